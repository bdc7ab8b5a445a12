"""Being counted, the figures of a station, and what all stations are used for."""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.accounts.views import address_of
from liandong.core import clock
from liandong.core.answers import add_refusal, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.ids import clean_code
from liandong.organizations.models import Right
from liandong.organizations.permissions import may_anywhere
from liandong.stations import permissions
from liandong.stations.forms.shelf import PaperForm
from liandong.stations.models import Station
from liandong.stations.queries import use, visits
from liandong.stations.services import visits as counting
from liandong.stations.services.visits import Caller
from liandong.stations.views.load import board_tabs, host_tabs
from liandong.ui import listing, words
from liandong.ui.listing import Column, Link

COOKIE, COOKIE_PATH = "came", "/stations/"
MACHINES = re.compile(r"bot\b|spider|crawl|slurp|headless|preview|curl|wget|python|monitor", re.I)
AHEAD = re.compile(r"prefetch|prerender|preview", re.I)


def viewer(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def station_or_404(request: HttpRequest, number: str) -> Station:
    rows = permissions.visible_to(viewer(request)).select_related("venue__host__territory", "venue__territory")
    return get_object_or_404(rows, number=clean_code(number))


def kept_or_403(request: HttpRequest, number: str) -> Station:
    station = station_or_404(request, number)
    require(permissions.can_keep_station(viewer(request), station))
    return station


def caller_of(request: HttpRequest) -> Caller:
    """What tells two callers of one day apart. It goes into digests and is forgotten."""
    cookie = request.COOKIES.get(COOKIE, "")
    return Caller(
        address=address_of(request),
        agent=request.headers.get("User-Agent", "")[:300],
        cookie=cookie if re.fullmatch(r"[\w-]{22}", cookie, re.A) else "",
    )


def is_machine(request: HttpRequest) -> bool:
    """Looks ahead for somebody, or is nobody."""
    ahead = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(MACHINES.search(agent) or AHEAD.search(ahead))


@login_not_required
@require_POST
def count(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody is here. Says the same to everybody, counted or not."""
    station = station_or_404(request, number)
    cookie = "" if is_machine(request) else counting.count_visit(station, caller=caller_of(request), by=viewer(request))
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, "stations/here.html#counted", {"station": station})
    else:
        messages.success(request, _("Noted: one more person was here today. Nothing about you is kept."))
        response = see_other("stations:station", number=station.number)
    if cookie:
        midnight = clock.day_bounds(clock.today())[1]
        left = int((midnight - clock.now()).total_seconds())
        response.set_cookie(COOKIE, cookie, max_age=left, path=COOKIE_PATH, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@login_not_required
@require_safe
def figures(request: HttpRequest, number: str) -> HttpResponse:
    """How many came and when. Those who keep the station see every day, and enter what stood on paper."""
    station = station_or_404(request, number)
    return _figures(request, station)


@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """The host's tap for somebody without a phone."""
    station = kept_or_403(request, number)
    count = -1 if request.POST.get("count") == "-1" else 1
    counting.add_visit(station, count=count, by=viewer(request))
    return see_other("stations:visits", number=station.number)


@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """The number on the paper list of a day."""
    station = kept_or_403(request, number)
    form = PaperForm(request.POST)
    if form.is_valid():
        try:
            counting.note_visits(station, **form.cleaned_data, by=viewer(request))
        except Refused as refused:
            add_refusal(form, refused)
    if form.errors:
        return _figures(request, station, form=form, status=422)
    messages.success(request, _("Saved. The figures say that it comes from paper."))
    return see_other("stations:visits", number=station.number)


def _figures(request: HttpRequest, station: Station, *, form: PaperForm | None = None, status: int = 200) -> HttpResponse:
    keeps = bool(permissions.can_keep_station(viewer(request), station))
    context: dict[str, Any] = {
        "station": station,
        "venue": station.venue,
        "keeps": keeps,
        "figure": visits.public_figure(station),
        "busy": busy_grid(visits.busy(station, in_full=keeps)),
        "form": form or PaperForm(),
    }
    if keeps:
        context["tabs_inside"] = host_tabs(station, "visits")
        months = visits.months_of(station)
        month = next((each for each in months if f"{each:%Y-%m}" == request.GET.get("month")), months[0] if months else clock.today().replace(day=1))
        context |= {
            "today": visits.day_of(station, clock.today()),
            "month": month,
            "months": [Link(words.month(each), listing.with_query(request, month=f"{each:%Y-%m}"), current=each == month) for each in months[:13]],
            "days": visits.days_of(station, month, (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)),
            "columns": [_("Day"), Column(_("Together"), number=True), Column(_("Plaque"), number=True), Column(_("Tap of the host"), number=True),
                        Column(_("Paper list"), number=True)],
        }  # fmt: skip
    return render(request, "stations/visits.html", context, status=status)


def busy_grid(found: visits.Busy) -> dict[str, Any]:
    """For `{% heat_grid %}`: weekdays across, hours down."""
    levels = [_("hardly anybody"), _("few"), _("some"), _("many"), _("most")]
    monday = dt.date(2024, 1, 1)
    rows = [
        (f"{start}–{end}", [(cell.level, cell.people, levels[cell.level]) for cell in row])
        for (start, end), row in zip(found.bands, found.rows, strict=True)
    ]
    busiest = ""
    if found.busiest is not None:
        day, (start, end) = found.busiest
        busiest = _("Busiest: %(weekday)s, %(start)s–%(end)s o'clock") % {
            "weekday": words.weekday(monday + dt.timedelta(days=day)),
            "start": start,
            "end": end,
        }
    return {
        "columns": [words.weekday(monday + dt.timedelta(days=day)) for day in range(7)],
        "rows": rows,
        "levels": list(enumerate(levels)),
        "busiest": busiest,
        "from_date": found.from_date,
        "to_date": found.to_date,
    }


@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """What the stations of a body or of the ground are used for; each figure leads to the rows behind it."""
    person = viewer(request)
    require(may_anywhere(person, Right.KEEP_VENUES))
    last = clock.today()
    first = last - dt.timedelta(days=27)
    rows = use.stations(permissions.kept(person), first=first, last=last)
    page = listing.page(request, rows.order_by(*listing.order(request, allowed={"people": "people", "name": "venue__name"}, default="-people")))
    context = {
        "page": page,
        "rows": page.object_list,
        "total": use.total(permissions.kept(person), first=first, last=last),
        "first": first,
        "last": last,
        "tabs_inside": board_tabs("usage") if permissions.runs_some_ground(person) else [],
        "columns": [
            Column(_("Station"), key="name"),
            Column(_("People who came"), key="people", number=True),
            Column(_("In the 4 weeks before"), number=True),
            Column(_("Of these by plaque"), number=True),
            Column(_("Handed out"), number=True),
            Column(_("Recyclables brought"), number=True),
            Column(_("Thanks"), number=True),
        ],
    }
    return render(request, "stations/usage.html", context)
