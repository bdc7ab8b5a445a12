"""我的志愿档案: the person's own dossier, what they add to it, and where they belong."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.dossier import paper, permissions, queries, services
from liandong.dossier.forms import ClaimForm, EraseForm, OwnTransferForm
from liandong.dossier.models import DossierClaim
from liandong.dossier.queries.people import SHOWN, claims_of
from liandong.dossier.services import exchange
from liandong.dossier.views.load import TONES, reader
from liandong.honours.queries import honours_of
from liandong.organizations.models import Membership, Organization
from liandong.organizations.permissions import in_force
from liandong.venues import photos


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
            "town_honours": list(honours_of(person).filter(state="valid")),
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
        content = proof.read(photos.LARGEST + 1) if proof else b""
        if carried_out(form, lambda: services.claim(person, kind=kind, proof=content, by=person, **values)):
            messages.success(request, _("Sent. You hear within ten working days."))
            return see_other("dossier:mine")
    return form_answer(request, "dossier/claim_new.html", form, is_honour=kind == "honour")


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
        values = form.cleaned_data
        membership = values.pop("membership")
        if carried_out(
            form,
            lambda: services.ask_transfer([person], from_organization=membership.organization, kind=membership.kind, by=person, **values),
        ):
            messages.success(request, _("Asked. Both bodies have to say yes."))
            return see_other("dossier:mine")
    return form_answer(request, "dossier/move.html", form, belongs=memberships.exists())


@form_page
def erase(request: HttpRequest) -> HttpResponse:
    """Leaving for good: what goes, what a rule keeps, and the number to type so that it is no slip."""
    person = reader(request)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["number"].strip().upper() != person.number:
            form.add_error("number", _("This is not your volunteer number."))
        elif carried_out(form, lambda: services.erase_person(person, by=person)):
            logout(request)
            messages.success(request, _("Your data is erased. Thank you for your time with us."))
            return see_other("portal:home")
    return form_answer(request, "dossier/erase.html", form, person=person)
