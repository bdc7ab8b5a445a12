"""One station: what is there, when, for whom, how to get there; and the word of somebody who stands in it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core import clock
from liandong.core.answers import form_page, see_other
from liandong.core.errors import Refused, TooMany
from liandong.stations import permissions
from liandong.stations.models import Fact, Station, Subject
from liandong.stations.queries import around, finding
from liandong.stations.queries.finding import Place
from liandong.stations.services import facts as looking
from liandong.stations.services import marks
from liandong.stations.views.finding import Card, Choice, card, entry_of, load
from liandong.stations.views.visits import caller_of
from liandong.stations.words import ORDER, tile
from liandong.ui import words
from liandong.venues import queries as venues
from liandong.venues import words as venue_words
from liandong.venues.hours import LOOK_AHEAD, Hours, said
from liandong.venues.models import Venue

NEXT_SHOWN = 3


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


@login_not_required
@require_safe
def station(request: HttpRequest, number: str) -> HttpResponse:
    """For everybody; those who keep it find the way to their own pages here too."""
    by = reader(request)
    return render(request, "stations/station.html", context_of(load(number, by=by), by=by))


def context_of(row: Station, *, by: Person | None) -> dict[str, Any]:
    (shown,) = finding.seen([row])
    hours = venues.hours_of([row.venue])[row.venue_id]
    is_running = row.state == Station.State.OPEN and row.venue.is_open
    return {
        "station": row,
        "venue": row.venue,
        "seen": shown,
        "entry": entry_of(row),
        "hours": hours,
        "week": week_of(hours),
        "holidays": holidays_of(row.venue, hours),
        "is_running": is_running,
        "others": [] if is_running else others(row),
        "activities": activities.upcoming_public().filter(venue=row.venue)[:NEXT_SHOWN],
        "around": around.around(row),
        "can_keep": permissions.can_keep_station(by, row),
    }


def week_of(hours: Hours) -> list[tuple[Any, str]]:
    """The ordinary week, days that are alike as one line; then the days of the next fortnight that are different."""
    days = [(day, said(hours.week.get(day, []))) for day in range(7)]
    return [*venue_words.grouped(days), *((words.day(day), said(hours.stretches(day))) for day in unlike(hours))]


def unlike(hours: Hours) -> list[dt.date]:
    coming = (clock.today() + dt.timedelta(days=number) for number in range(LOOK_AHEAD))
    return [day for day in coming if hours.stretches(day) != hours.week.get(day.weekday(), [])]


def holidays_of(venue: Venue, hours: Hours) -> str:
    if venue.holidays == Venue.Holidays.OWN:
        return said(hours.week.get(7, [])) or _("Not open")
    return str(venue.get_holidays_display())


def others(row: Station) -> list[Card]:
    """Where to go instead: the nearest ones that are open now."""
    start = finding.position(row.venue)
    if start is None:
        return []
    found = finding.nearest(start, wanted=3)
    return [card(seen, Choice(Place(row.venue.name, start), False, [], True, False, 3)) for seen in found.rows if seen.station.pk != row.pk]


@login_not_required
@form_page
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody stands in it and says what is there: one tap for one thing, no name asked."""
    row = load(number, by=reader(request))
    facts = sorted(row.facts.filter(is_claimed=True), key=lambda fact: ORDER[fact.subject])
    refusal, status = "", 200
    if request.method == "POST":
        fact = get_object_or_404(Fact, station=row, is_claimed=True, subject=request.POST.get("subject", ""))
        works = request.POST.get("works") == "1"
        try:
            looking.report(fact, works=works, mark=marks.mark_of(row, caller=caller_of(request)))
        except TooMany:
            raise
        except Refused as refused:
            refusal, status = str(refused.reason), 422
        else:
            thanks = (
                _("Thank you. Who comes next knows now: %(thing)s, there.")
                if works
                else _("Thank you. Who comes next knows now, and the host is told: %(thing)s, not there.")
            )
            messages.success(request, thanks % {"thing": _("Door") if fact.subject == Subject.DOOR else fact.label})
            return see_other("stations:report", number=row.number)
    context = {"station": row, "venue": row.venue, "rows": [tile(fact) for fact in facts], "refusal": refusal}
    return render(request, "stations/report.html", context, status=status)
