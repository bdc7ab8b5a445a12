"""At the desk: who comes when, calling the next number, somebody at the counter, the day on paper."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.appointments import permissions, queries, services
from liandong.appointments.models import Appointment, Desk
from liandong.appointments.places import Place
from liandong.appointments.views.load import TONES, appointment_or_404, day_of, moment_of, worked_or_404
from liandong.core import clock
from liandong.core.answers import see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.ui import words
from liandong.ui.listing import Column, Link

State = Appointment.State
DAYS_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """A line of the day: somebody's appointment, or a free place."""

    starts_at: dt.datetime
    number: int
    appointment: Appointment | None = None
    place: Place | None = None
    tone: str = ""
    steps: tuple[tuple[str, Any, str], ...] = ()


def steps_of(row: Appointment) -> tuple[tuple[str, Any, str], ...]:
    """What can be said of it now: (state, words, tone); the likely one first."""
    if row.on_date > clock.today():
        return ()
    return {
        "booked": ((State.ARRIVED, _("Is here"), "plain"), (State.MISSED, _("Did not come"), "link")),
        "arrived": ((State.CALLED, _("Call"), "plain"), (State.BOOKED, _("Not yet"), "link")),
        "called": ((State.DONE, _("Finished"), "plain"), (State.ARRIVED, _("Back to waiting"), "link")),
        "missed": ((State.ARRIVED, _("Came late"), "link"),),
    }.get(row.state, ())


def _slip(row: Appointment, made: list[Appointment]) -> tuple[tuple[str, Any, str], ...]:
    """A slip of the finger: who was finished last can be called back."""
    finished = [each for each in made if each.state == State.DONE and each.called_at is not None and day_is_today(each)]
    last = max(finished, key=lambda each: each.called_at or each.starts_at, default=None)
    return ((State.CALLED, _("Not finished"), "link"),) if row is last else ()


def day_is_today(row: Appointment) -> bool:
    return row.on_date == clock.today()


def rows_of(desk: Desk, day: dt.date) -> list[Row]:
    made = queries.of_day(desk, day)
    rows = [Row(row.starts_at, row.number, row, tone=TONES[row.state], steps=steps_of(row) or _slip(row, made)) for row in made]
    free = [Row(place.starts_at, place.number, place=place) for place in queries.free_at_counter(desk, day)] if day >= clock.today() else []
    return sorted([*rows, *free], key=lambda row: row.starts_at)


def day_links(request: HttpRequest, desk: Desk, day: dt.date) -> list[Link]:
    """Today and the next days with office hours or appointments, with how many come."""
    ahead = queries.booked_ahead(desk)
    schedule = queries.schedules_of([desk])[desk.pk]
    days = sorted({clock.today(), day, *list(ahead)[:DAYS_SHOWN], *list(schedule.next_days(clock.today(), days=desk.ahead_days))[:DAYS_SHOWN]})
    return [Link(words.day(each), f"?date={each}", current=each == day, count=ahead.get(each, "")) for each in days[: DAYS_SHOWN + 2]]


@require_safe
def day(request: HttpRequest, pk: int) -> HttpResponse:
    desk = worked_or_404(request, pk)
    require(permissions.can_receive(request.user.person, desk))
    chosen = day_of(request.GET.get("date", ""))
    rows = rows_of(desk, chosen)
    made = [row.appointment for row in rows if row.appointment is not None]
    is_today = chosen == clock.today()
    context = {
        "desk": desk,
        "day": chosen,
        "is_today": is_today,
        "days": day_links(request, desk, chosen),
        "rows": rows,
        "columns": [Column(_("No.")), Column(_("Time")), Column(_("Who")), Column(_("What about")), Column(_("State")), Column(_("Actions"))],
        "has_free": any(row.place for row in rows),
        "booked_count": len(made),
        "waiting_count": sum(row.state == State.ARRIVED for row in made),
        "free_count": len(rows) - len(made),
        "called": next((row for row in made if row.state == State.CALLED), None),
        "next": queries.next_to_call(made) if is_today else None,
        "about_days": Appointment.ABOUT_DAYS,
    }
    return render(request, "appointments/day.html", context)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The day to print. What it is about stays off paper."""
    desk = worked_or_404(request, pk)
    require(permissions.can_receive(request.user.person, desk))
    chosen = day_of(request.GET.get("date", ""))
    columns = [Column(_("No.")), Column(_("Time")), Column(_("Who")), Column(_("Came"))]
    return render(request, "appointments/paper.html", {"desk": desk, "day": chosen, "rows": rows_of(desk, chosen), "columns": columns})


@require_POST
def call_next(request: HttpRequest, pk: int) -> HttpResponse:
    desk, by = worked_or_404(request, pk), request.user.person
    try:
        row = services.call_next(desk, by=by)
    except Refused as refused:
        messages.info(request, str(refused.reason))
    else:
        messages.success(request, _("Please call number %(n)s.") % {"n": row.number})
    return see_other("appointments:day", pk)


@require_POST
def walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    desk, by = worked_or_404(request, pk), request.user.person
    starts_at = moment_of(request.POST.get("at", ""))
    try:
        row = services.add_walk_in(desk, starts_at=starts_at, by=by)
    except Refused as refused:
        messages.warning(request, str(refused.reason))
        return see_other("appointments:day", pk)
    said = {"n": row.number, "when": words.when(row.starts_at)}
    messages.success(request, _("Number %(n)s, %(when)s. Write it on a slip of paper.") % said)
    return see_other(reverse("appointments:day", args=[pk]) + f"?date={row.on_date}")


@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    row, by = appointment_or_404(request, code), request.user.person
    services.step(row, to=request.POST.get("to", ""), by=by)
    return see_other(reverse("appointments:day", args=[row.desk_id]) + f"?date={row.on_date}")
