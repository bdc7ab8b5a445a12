"""The board of all stations: what is rotten, in doubt, broken or due; and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from liandong.core import clock
from liandong.core.decision import require
from liandong.core.sheets import Sheet, sheets_file
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere
from liandong.stations import files, permissions
from liandong.stations.queries import board as stations
from liandong.stations.queries.board import Filters
from liandong.stations.views.load import TONES, board_tabs
from liandong.ui import listing
from liandong.ui.listing import Column


def filters_of(request: HttpRequest) -> Filters:
    return Filters(request.GET.get("q", ""), request.GET.get("state", ""), request.GET.get("problem", ""))


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Those in trouble first."""
    person = request.user.person
    require(may_anywhere(person, Right.KEEP_VENUES))
    page = listing.page(request, stations.in_order(stations.board(person, filters_of(request))))
    counts = stations.counts(person)
    problems: list[Any] = [
        ("doubt", _("In doubt"), counts.get("doubt", 0)),
        ("unanswered", _("Host has not answered"), counts.get("unanswered", 0)),
        ("rotten", _("Nobody looked for long"), counts.get("rotten", 0)),
        ("expired", _("Something expired"), counts.get("expired", 0)),
        ("fault", _("Something broken"), counts.get("fault", 0)),
        ("agreement", _("Agreement due"), counts.get("agreement", 0)),
    ]
    states: list[Any] = [
        ("open", pgettext("station", "Open"), counts.get("open", 0)),
        ("paused", pgettext("station", "Paused"), counts.get("paused", 0)),
        ("planned", pgettext("station", "Being prepared"), counts.get("planned", 0)),
        ("closed", pgettext("station", "Closed for good"), counts.get("closed", 0)),
    ]
    today = clock.today()
    context = {
        "page": page,
        "rows": [(row, TONES[row.state], _review_tone(row, today)) for row in page],
        "counts": counts,
        "tabs_inside": board_tabs("board"),
        "problems": listing.filter_links(request, "problem", problems, any_label=_("All")),
        "states": listing.filter_links(request, "state", states, any_label=_("All in use")),
        "columns": [
            Column(_("Station")),
            Column(_("State")),
            Column(_("In doubt"), number=True),
            Column(_("Nobody looked"), number=True),
            Column(_("Broken"), number=True),
            Column(_("Last looked at")),
            Column(_("Last inspected")),
            Column(_("Agreement until")),
        ],
        "narrowed": [name for name in ("q", "state", "problem") if request.GET.get(name)],
        "can_export": holds_anywhere(person, Right.EXPORT),
        "is_hub": permissions.runs_some_ground(person),
        "query": request.GET.urlencode(),
    }
    return render(request, "stations/board.html", context)


def _review_tone(row: Any, today: Any) -> str:
    if row.review_on is None:
        return ""
    return "danger" if row.review_on < today else "warn" if row.review_on <= today + stations.DUE else ""


@require_safe
def board_export(request: HttpRequest) -> HttpResponse:
    """The board as it is filtered, as a file."""
    person = request.user.person
    require(may_anywhere(person, Right.EXPORT))
    rows = files.rows_of(stations.in_order(stations.board(person, filters_of(request))))
    return sheets_file(f"stations-{clock.today():%Y%m%d}", Sheet(_("Stations"), rows, files.headings(), (18,)))
