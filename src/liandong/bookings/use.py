"""How much rooms are used: hours booked of the hours they were open, and how often nobody came."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from liandong.bookings import queries
from liandong.bookings.models import Booking
from liandong.venues import queries as venues
from liandong.venues.models import Room, Venue


@dataclass
class Use:
    """One room in one month, in minutes. Time closed for work is not open; a booking in which nobody came is counted apart."""

    room: Room | None
    open_minutes: int = 0
    booked_minutes: int = 0
    bookings: int = 0
    no_shows: int = 0

    @property
    def share(self) -> int | None:
        """Percent; None where it was never open."""
        return round(100 * self.booked_minutes / self.open_minutes) if self.open_minutes else None


def of_rooms(places: Iterable[Venue], month: dt.date) -> list[Use]:
    """By room. Four questions whatever their number. Special days of the past are known for as long as they are kept."""
    places = list(places)
    first, after = queries.month_bounds(timezone.make_aware(dt.datetime.combine(month, dt.time(12))))
    last = timezone.localtime(after).date() - dt.timedelta(days=1)
    hours = venues.hours_of(places, since=month)
    spans = {place.pk: queries.open_spans(hours[place.pk], month, last) for place in places}
    found = {
        room.pk: Use(room, open_minutes=sum(_minutes(start, end) for start, end in spans[room.venue_id]))
        for room in Room.objects.filter(venue__in=places).select_related("venue").order_by("venue__name", "venue", "name")
    }
    rows = Booking.objects.filter(room__in=found, starts_at__lt=after, ends_at__gt=first, state__in=("confirmed", "released")).select_related("room")
    for row in rows:
        use = found[row.room_id]
        if row.state == Booking.State.RELEASED:
            use.no_shows += first <= row.starts_at
        elif row.kind == Booking.Kind.CLOSED:
            use.open_minutes -= sum(_minutes(max(start, row.starts_at), min(end, row.ends_at)) for start, end in spans[row.room.venue_id])
        elif first <= row.starts_at:
            use.booked_minutes += row.minutes
            use.bookings += 1
    return list(found.values())


def _minutes(start: dt.datetime, end: dt.datetime) -> int:
    return max(int((end - start).total_seconds() // 60), 0)


def total(rows: Iterable[Use]) -> Use:
    rows = list(rows)
    return Use(
        None,
        sum(row.open_minutes for row in rows),
        sum(row.booked_minutes for row in rows),
        sum(row.bookings for row in rows),
        sum(row.no_shows for row in rows),
    )
