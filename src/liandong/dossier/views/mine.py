"""我的志愿档案: the person's own dossier, what they add to it, and where they belong."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core.answers import see_other
from liandong.core.errors import Refused
from liandong.dossier import paper, permissions, queries, services
from liandong.dossier.forms import ClaimForm, EraseForm, OwnTransferForm
from liandong.dossier.models import DossierClaim
from liandong.dossier.queries.people import SHOWN, claims_of
from liandong.dossier.services import exchange
from liandong.honours.models import Honour
from liandong.organizations.models import Membership, Organization
from liandong.organizations.permissions import in_force

form_page = require_http_methods(["GET", "HEAD", "POST"])
TONES = {"open": "info", "accepted": "success", "refused": "warn", "withdrawn": "neutral"}


def reader(request: HttpRequest) -> Person:
    person: Person = request.user.person
    return person


def show(form: Any, refused: Refused) -> None:
    """The refusal at its field, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.reason))


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All five groups of Order 67, newest first; what is missing is named, never asked for."""
    person = reader(request)
    dossier = queries.dossier_of(person)
    claims = list(claims_of(person)[:SHOWN])
    return render(
        request,
        "dossier/mine.html",
        {
            "person": person,
            "dossier": dossier,
            "service": list(dossier.service[:SHOWN]),
            "town_honours": list(
                Honour.objects.filter(person=person, state=Honour.State.VALID).select_related("issuer").order_by("-granted_on", "-id")
            ),
            "claims": [(claim, TONES[claim.state]) for claim in claims],
            "transfers": list(queries.open_transfers_of(person)),
            "can_claim": dossier.profile is not None or dossier.service_count > 0,
        },
    )


@require_safe
def mine_pdf(request: HttpRequest) -> HttpResponse:
    """The whole dossier on paper, for the person."""
    person = reader(request)
    content = paper.dossier_pdf(queries.dossier_of(person), language=request.LANGUAGE_CODE)
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="dossier-{person.number}.pdf"'})


@require_POST
def mine_file(request: HttpRequest) -> FileResponse:
    """The whole dossier in the exchange format, for any other site."""
    person = reader(request)
    return FileResponse(
        exchange.own_file(person, by=person), as_attachment=True, filename=f"dossier-{person.number}.zip", content_type="application/zip"
    )


@form_page
def claim_new(request: HttpRequest, kind: str) -> HttpResponse:
    """A training or an honour from elsewhere, with a picture that proves it."""
    if kind not in DossierClaim.Kind.values:
        raise Http404
    person = reader(request)
    bodies = queries.bodies_of(person)
    if not bodies.exists():
        messages.info(request, _("A body you belong to or have served checks what you add; there is none yet."))
        return see_other("dossier:mine")
    form = ClaimForm(request.POST or None, request.FILES or None, kind=kind, organizations=bodies)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        proof = values.pop("proof", None)
        try:
            services.claim(person, kind=kind, proof=proof.read() if proof else b"", by=person, **values)
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Sent. You hear within ten working days."))
            return see_other("dossier:mine")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "dossier/claim_new.html", {"form": form, "kind": kind, "is_honour": kind == "honour"}, status=status)


@require_POST
def withdraw_claim(request: HttpRequest, pk: int) -> HttpResponse:
    person = reader(request)
    claim = get_object_or_404(permissions.claims_visible_to(person), pk=pk, person=person)
    services.withdraw_claim(claim, by=person)
    messages.success(request, _("Taken back."))
    return see_other("dossier:mine")


@form_page
def move(request: HttpRequest) -> HttpResponse:
    """Ask to move to another body. Records stay where they were written and in one's dossier."""
    person = reader(request)
    memberships = Membership.objects.filter(in_force(), person=person).select_related("organization")
    targets = Organization.objects.filter(state=Organization.State.ACTIVE).order_by("pinyin", "id")
    form = OwnTransferForm(request.POST or None, memberships=memberships, targets=targets)
    if request.method == "POST" and form.is_valid():
        membership = form.cleaned_data["membership"]
        try:
            services.ask_transfer(
                [person],
                from_organization=membership.organization,
                to_organization=form.cleaned_data["to_organization"],
                kind=membership.kind,
                words=form.cleaned_data["words"],
                by=person,
            )
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Asked. Both bodies have to say yes."))
            return see_other("dossier:mine")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "dossier/move.html", {"form": form, "belongs": memberships.exists()}, status=status)


@form_page
def erase(request: HttpRequest) -> HttpResponse:
    """Leaving for good: what goes, what a rule keeps, and the number to type so that it is no slip."""
    person = reader(request)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["number"].strip().upper() != person.number:
            form.add_error("number", _("This is not your volunteer number."))
        else:
            try:
                services.erase_person(person, by=person)
            except Refused as refused:
                show(form, refused)
            else:
                logout(request)
                messages.success(request, _("Your data is erased. Thank you for your time with us."))
                return see_other("portal:home")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "dossier/erase.html", {"form": form, "person": person}, status=status)
