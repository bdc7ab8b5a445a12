"""One's own points: statement, giving, family."""

import csv
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.errors import Refused
from liandong.points import permissions, queries, services
from liandong.points.forms import FamilyForm, GiveForm
from liandong.points.models import FamilyTie, PointsEntry, PointsReservation, TransferKind
from liandong.points.services.gifts import UNDO_MINUTES
from liandong.recognition import queries as recognition
from liandong.ui import listing
from liandong.ui.words import hours

Kind = TransferKind
FILTERS = {
    "earned": Q(transfer__kind__in=(Kind.AWARD, Kind.CORRECTION, Kind.STARTER, Kind.MERGE)),
    "spent": Q(transfer__kind__in=(Kind.SPEND, Kind.REFUND)),
    "given": Q(transfer__kind__in=(Kind.GIFT, Kind.POOL)),
    "expired": Q(transfer__kind=Kind.EXPIRY),
}


def _chosen(request: HttpRequest, person: Person) -> QuerySet[PointsEntry]:
    """The statement as it is filtered and searched: by words, or by the activity of the service."""
    found = queries.statement_of(person)
    if (kind := request.GET.get("kind", "")) in FILTERS:
        found = found.filter(FILTERS[kind])
    if words := request.GET.get("q", "").strip()[:40]:
        served = recognition.records_of(person).filter(activity_name__icontains=words).order_by().values("transfer")
        found = found.filter(Q(transfer__words__icontains=words) | Q(transfer__in=served))
    return found


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    account = queries.account_if_any(person)
    soon, until = queries.expiring_soon(person) if account and account.balance else (0, None)
    page = listing.page(request, _chosen(request, person), size=30)
    kinds = [
        ("earned", pgettext("points", "Earned")),
        ("spent", pgettext("points", "Exchanged")),
        ("given", pgettext("points", "Given and received")),
        ("expired", pgettext("points", "Passed on")),
    ]
    context = {
        "available": account.available if account else 0,
        "account": account,
        "sums": queries.sums_of(person),
        "soon": soon,
        "until": until,
        "pending": [(row, bool(row.kind == Kind.GIFT and permissions.can_release(person, row))) for row in queries.pending_of(person)[:20]],
        "page": page,
        "lines": _lines(page.object_list),
        "kinds": listing.filter_links(request, "kind", kinds, any_label=_("All")),
        "narrowed": bool(request.GET.get("kind") or request.GET.get("q")),
        "query": request.GET.urlencode(),
    }
    return render(request, "points/mine.html", context)


def _lines(entries: Iterable[PointsEntry]) -> list[tuple[Any, ...]]:
    """Each entry says what it added and what there was afterwards."""
    entries = list(entries)
    records, others = _around(entries)
    for entry in entries:
        entry.signed = f"{entry.amount:+d}".replace("-", "−")
        entry.after = _("then %(balance)s") % {"balance": entry.running}
    return [(entry, *_line(entry, records, others)) for entry in entries]


def _around(entries: Iterable[PointsEntry]) -> tuple[dict[uuid.UUID, Any], dict[uuid.UUID, Any]]:
    entries = list(entries)
    records = recognition.records_by_transfer(entry.transfer_id for entry in entries)
    return records, queries.others_of(entry for entry in entries if entry.transfer_id not in records)


def _line(entry: PointsEntry, records: dict[uuid.UUID, Any], others: dict[uuid.UUID, Any]) -> tuple[str, str, str, str]:
    """(title, whether people wrote it, note, link) of a line of the statement."""
    kind = entry.transfer.kind
    if record := records.get(entry.transfer_id):
        note = _("%(hours)s hours") % {"hours": hours(record.minutes)} if not record.corrects_id else entry.transfer.get_kind_display()
        return record.activity_name, "said", note, reverse("recognition:record", args=[record.number])
    other = others.get(entry.transfer_id)
    who = ""
    if other is not None:
        who = other.person.masked_name if other.person else other.organization.label if other.organization else ""
    words = entry.transfer.words
    if kind in (Kind.GIFT, Kind.POOL) and other is not None and other.person is None:
        title = _("Caring pool of %(body)s") % {"body": who} if who else _("Caring pool")
        return title, "", words, ""
    if kind == Kind.GIFT:
        return (_("From %(name)s") if entry.amount > 0 else _("To %(name)s")) % {"name": who}, "", words, ""
    if kind in (Kind.SPEND, Kind.REFUND) and words:
        return words, "said", " · ".join(filter(None, (str(entry.transfer.get_kind_display()), who))), ""
    return str(entry.transfer.get_kind_display()), "", words or who, ""


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """One's own statement as a file that spreadsheets open."""
    person = request.user.person
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="points-{clock.today():%Y%m%d}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("Day"), _("What"), _("Kind"), _("Points"), _("Points left"), _("Version of the rule")])
    entries = list(_chosen(request, person)[:10_000])
    records, others = _around(entries)
    for entry in entries:
        title, _said, note, _href = _line(entry, records, others)
        title = f"{title} {note}".strip()
        title = f"'{title}" if title[:1] in "=+-@\t" else title
        day = timezone.localtime(entry.transfer.made_at).date()
        rule = entry.transfer.rule.version if entry.transfer.rule else ""
        writer.writerow([day, title, entry.transfer.get_kind_display(), entry.amount, entry.running, rule])
    return response


# Giving


@form_page
def give(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    ties = queries.family_of(person).filter(state=FamilyTie.State.CONFIRMED)
    relatives, near = [tie.other_of(person) for tie in ties], queries.pools_near(person)
    first = f"p{relatives[0].pk}" if relatives else f"b{near[0].pk}" if near else ""
    form = GiveForm(request.POST if request.method == "POST" else None, family=relatives, pools=near, initial={"to": first})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if carried_out(form, lambda: services.give(given["key"], to=form.target, amount=given["amount"], words=given["words"], by=person)):
            said = {"points": given["amount"], "n": UNDO_MINUTES}
            messages.success(request, _("%(points)s points are on their way. For %(n)s minutes you can take them back.") % said)
            return see_other("points:mine")
    return form_answer(
        request,
        "points/give.html",
        form,
        available=queries.available_of(person),
        limit=queries.rule_of(person).gift_month_limit,
        relatives=relatives,
        undo_minutes=UNDO_MINUTES,
    )


@require_POST
def take_back(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    person = request.user.person
    row = get_object_or_404(PointsReservation, pk=key, source__person=person, kind=Kind.GIFT)
    try:
        services.release(row.pk, reason=_("Taken back"), by=person)
    except Refused:
        messages.info(request, _("They have arrived already and cannot be taken back."))
    else:
        messages.success(request, _("Taken back: %(points)s points.") % {"points": row.amount})
    return see_other("points:mine")


@form_page
def family(request: HttpRequest) -> HttpResponse:
    """Who is family: asked, to answer, confirmed."""
    person = request.user.person
    form = FamilyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.ask_family(person, number=form.cleaned_data["number"], by=person)):
            messages.success(request, _("If somebody has this number here, they are asked now."))
            return see_other("points:family")
    ties = list(queries.family_of(person))
    return form_answer(
        request,
        "points/family.html",
        form,
        to_answer=[tie for tie in ties if tie.state == "asked" and tie.relative_id == person.pk],
        asked=[tie for tie in ties if tie.state == "asked" and tie.person_id == person.pk],
        confirmed=[(tie, tie.other_of(person)) for tie in ties if tie.state == "confirmed"],
    )


@require_POST
def answer_family(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    tie = get_object_or_404(queries.family_of(person), pk=pk)
    if request.POST.get("answer") == "yes":
        services.confirm_tie(tie, by=person)
        messages.success(request, _("You are family here now. You can give each other points."))
    elif request.POST.get("answer") == "no":
        services.end_tie(tie, by=person)
        messages.success(request, _("Removed. Nobody is told."))
    else:
        raise Http404
    return see_other("points:family")
