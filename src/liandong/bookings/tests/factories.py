"""Rooms and bookings for tests. The clock of tests stands at Wednesday 2026-06-10 10:00."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from liandong.accounts.models import Person
from liandong.bookings import services
from liandong.bookings.models import Booking
from liandong.organizations.models import Organization
from liandong.organizations.tests import factories as bodies
from liandong.venues.models import OpeningHours, Room
from liandong.venues.tests import factories as venues

_next = itertools.count(1)
THURSDAY = dt.date(2026, 6, 11)


def at(hour: int, minute: int = 0, *, day: dt.date = THURSDAY) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def room(*, host: Organization | None = None, hours: tuple[int, int] | None = (9, 21), **values: Any) -> Room:
    """A room of a venue that is open every day from 9 to 21."""
    venue = values.pop("venue", None) or venues.venue(host=host)
    if hours is not None and not venue.opening_hours.exists():
        rows = [OpeningHours(venue=venue, weekday=day, opens_at=dt.time(hours[0]), closes_at=dt.time(hours[1])) for day in range(7)]
        OpeningHours.objects.bulk_create(rows)
    return Room.objects.create(venue=venue, **{"name": f"多功能厅{next(_next)}", "capacity": 30, "buffer_minutes": 0, **values})


def staff(organization: Organization | None = None) -> tuple[Person, Organization]:
    """Somebody who books for a body, and the body."""
    organization = organization or bodies.organization()
    return bodies.grant("org_staff", on=organization).person, organization


def book(room: Room, start: dt.datetime | None = None, end: dt.datetime | None = None, *, by: Person | None = None, **values: Any) -> Booking:
    start = start or at(14)
    if by is None:
        by, values["organization"] = staff()
    return services.book(room, starts_at=start, ends_at=end or start + dt.timedelta(hours=2), by=by, **{"title": "读书会", **values})
