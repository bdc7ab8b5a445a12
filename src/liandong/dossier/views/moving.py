"""Belonging that moves: what waits for a yes, and the question itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.dossier import permissions, queries, services
from liandong.dossier.forms import AskTransferForm
from liandong.dossier.models import Transfer
from liandong.dossier.views.load import TONES, choices, reader, tabs
from liandong.organizations import queries as bodies
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import in_force, may_anywhere, worked_in_by
from liandong.ui import listing
from liandong.ui.listing import Column


@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """Who moves, from where, and whose yes is missing."""
    by = reader(request)
    require(may_anywhere(by, Right.MANAGE_PEOPLE))
    rows = queries.transfers(by, state=request.GET.get("state", ""))
    if text := request.GET.get("q", ""):
        rows = rows.filter(person__in=bodies.matching_people(Person.objects.all(), text))
    page = listing.page(request, rows)
    shown = []
    for transfer in page:
        sides = permissions.sides_of(by, transfer) if transfer.state == Transfer.State.OPEN else []
        missing = [side for side in sides if side == "person" or getattr(transfer, f"{side}_agreed_at") is None]
        on_paper = (
            transfer.state == Transfer.State.OPEN and transfer.person_agreed_at is None and not transfer.has_account and transfer.asked_by_id != by.pk
        )
        shown.append((transfer, TONES[transfer.state], bool(missing), on_paper))
    return render(
        request,
        "dossier/transfers.html",
        {
            "page": page,
            "rows": shown,
            "tabs_inside": tabs(request),
            "narrowed": bool(text or request.GET.get("state")),
            "states": listing.filter_links(request, "state", Transfer.State.choices, any_label=_("All")),
            "columns": [
                Column(_("Volunteer")), Column(_("From")), Column(_("To")), Column(_("Yes of the old body")), Column(_("Yes of the new body")),
                Column(_("Yes of the person")), Column(_("State")), Column(_("Actions")),
            ],
        },
    )  # fmt: skip


@form_page
def ask(request: HttpRequest) -> HttpResponse:
    """Choose the body, then up to thirty people of it, and where they go."""
    by = reader(request)
    require(may_anywhere(by, Right.MANAGE_PEOPLE))
    sources = permissions.movers(by)
    wanted = whole_number(request.POST.get("from_organization") or request.GET.get("from") or "")
    source = sources.filter(pk=wanted or 0).first()
    source = source or worked_in_by(by, Right.MANAGE_PEOPLE).filter(state=Organization.State.ACTIVE).order_by("pinyin", "id").first()
    inside = Membership.objects.filter(in_force(), organization=source).values("person")
    everybody = Person.objects.filter(pk__in=inside, merged_into__isnull=True).exclude(pk=by.pk).order_by("pinyin", "id")
    people, is_cut = choices(request, everybody)
    targets = Organization.objects.filter(state=Organization.State.ACTIVE).order_by("pinyin", "id")
    form = AskTransferForm(request.POST or None, sources=sources, targets=targets, people=people, initial={"from_organization": source})
    made: list[Transfer] = []
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: made.extend(services.ask_transfer(by=by, **form.cleaned_data))):
        messages.success(request, ngettext("%(n)s person is asked.", "%(n)s people are asked.", len(made)) % {"n": len(made)})
        return see_other("dossier:transfers")
    return form_answer(request, "dossier/ask_transfer.html", form, source=source, sources=sources[:50], is_cut=is_cut)


def _back(person: Person, transfer: Transfer) -> HttpResponse:
    return see_other("dossier:mine" if transfer.person_id == person.pk else "dossier:transfers")


def _say(request: HttpRequest, transfer: Transfer) -> None:
    if transfer.state == Transfer.State.DONE:
        messages.success(request, _("Moved. All records stay in the dossier."))
    else:
        messages.success(request, _("The yes is kept. Others still have to answer."))


@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    transfer = get_object_or_404(permissions.transfers_visible_to(by), pk=pk)
    _say(request, services.agree(transfer, by=by))
    return _back(by, transfer)


@require_POST
def note_paper(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    transfer = get_object_or_404(permissions.transfers_visible_to(by), pk=pk)
    try:
        done = services.note_paper(transfer, paper=request.POST.get("paper", ""), by=by)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        _say(request, done)
    return _back(by, transfer)


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    transfer = get_object_or_404(permissions.transfers_visible_to(by), pk=pk)
    try:
        services.refuse_transfer(transfer, answer=request.POST.get("answer", ""), by=by)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Refused. Nobody moves."))
    return _back(by, transfer)
