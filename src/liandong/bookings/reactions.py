"""What bookings do as jobs: free rooms in which nobody came, let unanswered requests lapse, tell those who asked, who keep, and who wait."""

import datetime as dt
from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.bookings import queries, services
from liandong.bookings.models import Booking
from liandong.core import clock
from liandong.core.errors import Refused
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.organizations.models import Organization, Right
from liandong.organizations.queries import hub_people, people_with
from liandong.venues.models import Room

MOST_TOLD = 20
TELL_BOOKER = {
    "booking.agreed": "bookings.agreed",
    "booking.declined": "bookings.declined",
    "booking.lapsed": "bookings.lapsed",
    "booking.cancelled": "bookings.cancelled",
    "booking.moved": "bookings.moved",
    "booking.released": "bookings.released",
}
FREED = ("booking.declined", "booking.lapsed", "booking.cancelled", "booking.moved", "booking.released")


@app.periodic(cron="* * * * *", periodic_id="rooms")
@app.task(name="liandong.bookings.mind_rooms", queueing_lock="mind_rooms")
def mind_rooms(timestamp: int = 0) -> None:
    """Every minute: rooms in which nobody came, requests whose deadline is over, a word before the start."""
    now = clock.now()
    for found, verb in ((queries.not_come(now), services.release), (queries.unanswered(now), services.lapse)):
        for booking in found[:500]:
            try:
                verb(booking)
            except Refused:  # somebody came, or answered, between reading and locking
                continue
    for booking in queries.about_to_start(now):
        assert booking.booked_by is not None
        values = _values(booking) | {"minutes": str(booking.room.venue.keep_minutes)}
        notify(
            booking.booked_by, kind="bookings.soon", values=values, url=page_of(booking), once_key=f"bookings.soon:{booking.pk}:{booking.starts_at}"
        )


def _booking(entry: Entry) -> Booking:
    return Booking.objects.select_related("room__venue__host__territory", "organization", "booked_by").get(pk=entry.on_key)


def page_of(booking: Booking) -> str:
    return reverse("bookings:booking", args=[booking.number])


def _values(booking: Booking) -> dict[str, Any]:
    return {
        "room": booking.room.name,
        "venue": booking.room.venue.name,
        "title": booking.title,
        "starts_at": booking.starts_at.isoformat(),
        "reason": booking.reason,
    }


def keepers_of(host: Organization) -> list[Person]:
    """Who keeps the rooms of a body: its own people, else those of the hub of the ground."""
    people = list(people_with(host, Right.KEEP_VENUES)[:MOST_TOLD])
    return people or list(hub_people(host.territory, Right.KEEP_VENUES)[:MOST_TOLD])


@react("booking.requested", "booking.moved")
def tell_keepers(entry: Entry) -> None:
    """One message for a whole series."""
    booking = _booking(entry)
    if booking.state != Booking.State.REQUESTED or booking.answer_by_at is None:
        return
    who = booking.organization.label if booking.organization else booking.booked_by.masked_name if booking.booked_by else ""
    values = _values(booking) | {"who": who, "answer_by_at": booking.answer_by_at.isoformat()}
    once = (
        f"bookings.requested:series:{booking.series_id}"
        if booking.series_id and entry.verb == "booking.requested"
        else f"bookings.requested:{entry.pk}"
    )
    for person in keepers_of(booking.room.venue.host):
        if person.pk != entry.by_person:
            notify(person, kind="bookings.requested", values=values, url=page_of(booking), once_key=once)


@react(*TELL_BOOKER)
def tell_booker(entry: Entry) -> None:
    booking = _booking(entry)
    if booking.booked_by is not None and booking.booked_by_id != entry.by_person and booking.kind == Booking.Kind.USE:
        notify(booking.booked_by, kind=TELL_BOOKER[entry.verb], values=_values(booking), url=page_of(booking), once_key=f"entry:{entry.pk}")


@react(*FREED)
def tell_waiting(entry: Entry) -> None:
    """The time that was held before is free, or part of it."""
    before = entry.before
    room = Room.objects.filter(pk=before.get("room")).first()
    if room is not None:
        start, end = (dt.datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at"))
        services.tell_waiting(room, start=start, end=end, once=f"free:{entry.pk}")
