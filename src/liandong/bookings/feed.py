"""Bookings for calendar programs: of one room or one body, cancelled ones said to be so, people never named."""

import datetime as dt

from liandong.bookings.models import Booking, CalendarFeed
from liandong.bookings.services.ground import who_has
from liandong.core import clock, icalendar
from liandong.core.icalendar import text, utc

BACK, AHEAD = dt.timedelta(days=31), dt.timedelta(days=400)
STATUS = {"requested": "TENTATIVE", "confirmed": "CONFIRMED"}


def file_of(feed: CalendarFeed, *, address: str) -> bytes:
    """`address` is where a booking's page begins: its number is put behind it."""
    now = clock.now()
    rows = (
        Booking.objects.filter(ends_at__gt=now - BACK, starts_at__lt=now + AHEAD)
        .select_related("room__venue", "organization")
        .order_by("starts_at", "pk")
    )
    rows = rows.filter(room=feed.room_id) if feed.room_id else rows.filter(organization=feed.organization_id, kind=Booking.Kind.USE)
    lines = []
    for row in rows[:2_000]:
        place = f"{row.room.venue.name} {row.room.name}, {row.room.venue.address}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{row.number}@liandong",
            f"SEQUENCE:{row.version - 1}",
            f"DTSTAMP:{utc(now)}",
            f"DTSTART:{utc(row.starts_at)}",
            f"DTEND:{utc(row.ends_at)}",
            f"SUMMARY:{text(row.title)}",
            f"LOCATION:{text(place)}",
            f"DESCRIPTION:{text(who_has(row) if feed.room_id else row.room.name)}",
            f"URL:{address}{row.number}/",
            f"STATUS:{STATUS.get(row.state, 'CANCELLED')}",
            "END:VEVENT",
        ]
    name = feed.room.name if feed.room else feed.organization.label if feed.organization else ""
    return icalendar.file_of("Bookings", lines, name=name)
