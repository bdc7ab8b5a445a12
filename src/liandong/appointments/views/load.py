"""What every view of appointments starts and ends with. What a person may not see does not exist."""

import datetime as dt
import re

from django.http import Http404, HttpRequest
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.appointments import queries
from liandong.appointments.models import Appointment, Desk
from liandong.core import clock

TONES = {
    "booked": "info",
    "arrived": "warn",
    "called": "primary",
    "done": "success",
    "missed": "neutral",
    "cancelled": "neutral",
    "over": "neutral",
}


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None  # type: ignore[union-attr]


def desk_or_404(request: HttpRequest, pk: int) -> Desk:
    desk = queries.desk_of(pk, reader(request))
    if desk is None:
        raise Http404
    return desk


def worked_or_404(request: HttpRequest, pk: int) -> Desk:
    """A desk somebody keeps or sits at."""
    desk = queries.desk_worked_on(pk, request.user.person)
    if desk is None:
        raise Http404
    return desk


def appointment_or_404(request: HttpRequest, code: str) -> Appointment:
    found = queries.appointment_of(code.upper(), request.user.person)
    if found is None:
        raise Http404
    return found


def moment_of(text: str) -> dt.datetime | None:
    """202606121420, where the site lives."""
    if not re.fullmatch(r"20\d{10}", text, re.ASCII):
        return None
    try:
        return timezone.make_aware(dt.datetime.strptime(text, "%Y%m%d%H%M"))
    except ValueError:
        return None


def day_of(text: str) -> dt.date:
    """The day asked for, or today."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return day if 2000 <= day.year <= 2199 else clock.today()
