"""The hub's books, settling between bodies, and the digests everybody may compare."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import see_other
from liandong.core.decision import require
from liandong.core.text import fold
from liandong.points import digests, permissions, queries, services
from liandong.points.models import ClearingLine, PointsAccount, PointsDigest
from liandong.ui import listing, words
from liandong.ui.listing import Column

Kind = PointsAccount.Kind


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """What lies where: sums by kind, each opens its accounts."""
    person = request.user.person
    require(permissions.can_see_ledger(person))
    seen = permissions.ledger_visible_to(person)
    kind = request.GET.get("kind", "")
    words = fold(request.GET.get("q", ""))[:40]
    found = seen.filter(kind=kind) if kind in Kind.values else seen if words else seen.exclude(kind=Kind.PERSON)
    if words:
        found = found.filter(Q(organization__name__icontains=words) | Q(organization__short_name__icontains=words) | Q(person__number=words.upper()))
    order = listing.order(
        request, allowed={"balance": "balance", "pending": "pending"}, default="balance" if kind in (Kind.ISSUE, Kind.WRITTEN_OFF) else "-balance"
    )
    page = listing.page(request, found.select_related("person", "organization").order_by(*order))
    sums = queries.kinds_of(seen)
    context = {
        "sums": sums,
        "issued": -sums[Kind.ISSUE].balance,
        "written_off": -sums[Kind.WRITTEN_OFF].balance,
        "page": page,
        "kinds": listing.filter_links(request, "kind", [(each.value, each.label, sums[each].count) for each in Kind], any_label=_("All bodies")),
        "columns": [
            Column(_("Whose")),
            Column(_("Kind")),
            Column(_("Points"), key="balance", number=True),
            Column(_("Kept back"), key="pending", number=True),
        ],
    }
    return render(request, "points/ledger.html", context)


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """An account with its entries. Words of people are not shown here."""
    person = request.user.person
    require(permissions.can_see_ledger(person))
    shown = get_object_or_404(permissions.ledger_visible_to(person).select_related("person", "organization"), pk=pk)
    page = listing.page(request, queries.entries_of(shown))
    queries.put_running(page.object_list, shown)
    others = queries.others_of(page.object_list)
    context = {
        "account": shown,
        "page": page,
        "rows": [(entry, others.get(entry.transfer_id)) for entry in page],
        "columns": [Column(_("Time")), Column(_("Kind")), Column(_("With")), Column(_("Points"), number=True), Column(_("Points left"), number=True)],
    }
    return render(request, "points/account.html", context)


@login_not_required
@require_safe
def digest(request: HttpRequest) -> HttpResponse:
    """For everybody: what was published about each month, and how to compare."""
    user = request.user
    rows = listing.page(request, PointsDigest.objects.order_by("-month_on"), size=24)
    can_load = user.is_authenticated and bool(permissions.can_see_ledger(user.person))
    return render(request, "points/digest.html", {"page": rows, "can_load": can_load})


@require_safe
def digest_file(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The file of a month, for the hub: its SHA-256 is the published digest."""
    require(permissions.can_see_ledger(request.user.person))
    if not (1 <= month <= 12 and 2000 <= year <= 2999):
        raise Http404
    row = get_object_or_404(PointsDigest, month_on=dt.date(year, month, 1))
    response = HttpResponse("".join(digests.lines_of(row.month_on, previous=row.previous)), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ledger-{row.month_on:%Y-%m}.txt"'
    return response


@login_not_required
@require_safe
def between(request: HttpRequest) -> HttpResponse:
    """For everybody: how bodies stand with each other, month by month."""
    reader = request.user.person if request.user.is_authenticated else None
    runs = list(queries.runs()[:24])
    asked = request.GET.get("month", "")
    run = next((each for each in runs if f"{each.month_on:%Y-%m}" == asked), runs[0] if runs else None)
    lines = list(queries.lines_of_run(run)) if run else []
    positions = list(run.positions.select_related("organization")) if run else []
    context = {
        "run": run,
        "months": [
            listing.Link(words.full_month(each.month_on), listing.with_query(request, month=f"{each.month_on:%Y-%m}"), current=each == run)
            for each in runs[:12]
        ],
        "lines": [(line, reader is not None and line.settled_at is None and bool(permissions.can_settle_line(reader, line))) for line in lines],
        "positions": sorted(positions, key=lambda each: -each.net),
        "total": sum(each.taken_in for each in positions),
        "position_columns": [
            Column(_("Body")),
            Column(_("Took in for others"), number=True),
            Column(_("Redeemed elsewhere"), number=True),
            Column(_("Is owed"), number=True),
        ],
        "line_columns": [
            Column(_("Who makes good")),
            Column(_("Who gets it")),
            Column(_("Points"), number=True),
            Column(_("Due")),
            Column(_("State")),
        ],
    }
    return render(request, "points/between.html", context)


@require_POST
def settled(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(ClearingLine.objects.select_related("run"), pk=pk)
    services.settle_line(line, by=request.user.person)
    messages.success(request, _("Noted: it was made good."))
    return see_other(f"{reverse('points:between')}?month={line.run.month_on:%Y-%m}")
