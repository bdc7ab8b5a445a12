"""Waiting for a room that is taken: everybody who waits is told when it comes free, and the first tap has it."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.bookings import permissions, queries
from liandong.bookings.models import Booking, RoomWait
from liandong.bookings.services.booking import _titled, book
from liandong.bookings.services.ground import SHORTEST, lock_rooms
from liandong.core import clock
from liandong.core.decision import deny, require
from liandong.core.errors import Refused
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices.services import notify
from liandong.organizations.models import Organization
from liandong.venues.models import Room

State = RoomWait.State


@transaction.atomic
def wait(room: Room, *, starts_at: dt.datetime, ends_at: dt.datetime, title: str, organization: Organization | None = None, by: Person) -> RoomWait:
    """Ask to be told when the room comes free at this time. Once for one time; refuses a time that is free now or past."""
    (room,) = lock_rooms(room.pk)
    require(permissions.can_book(by, room, organization))
    if ends_at <= starts_at:
        raise Refused(_("The end lies before the beginning."), field="end")
    if starts_at <= clock.now():
        raise Refused(_("This time is past."), field="date")
    if not queries.in_way(room, starts_at, ends_at).exists():
        raise Refused(_("The room is free at this time: book it."))
    found, created = RoomWait.objects.get_or_create(
        room=room,
        starts_at=starts_at,
        person=by,
        state=State.WAITING,
        defaults={"ends_at": ends_at, "title": _titled(title), "organization": organization, "created_at": clock.now()},
    )
    if created:
        journal.record("room_wait.made", on=found, after={"room": room.pk, "starts_at": starts_at}, by=by)
    return found


@transaction.atomic
def stop_waiting(row: RoomWait, *, by: Person) -> RoomWait:
    row = _locked(row, by=by)
    if row.state == State.GONE:
        return row
    require_transition(RoomWait.TRANSITIONS, row.state, State.GONE)
    row.state = State.GONE
    row.save(update_fields=["state"])
    journal.record("room_wait.withdrawn", on=row, by=by)
    return row


@transaction.atomic
def take(row: RoomWait, *, by: Person) -> Booking:
    """It came free: book it, or what is left of it. Of all who tap, one has it; the others hear so and wait on."""
    row = _locked(row, by=by)
    if row.state == State.TOOK and row.booking is not None:
        return row.booking
    require_transition(RoomWait.TRANSITIONS, row.state, State.TOOK)
    now = clock.now().replace(second=0, microsecond=0)
    start = max(row.starts_at, now)
    if row.ends_at - start < SHORTEST:
        raise Refused(_("This time is past."))
    booking = book(row.room, starts_at=start, ends_at=row.ends_at, title=row.title, organization=row.organization, begun=start == now, by=by)
    row.state, row.booking = State.TOOK, booking
    row.save(update_fields=["state", "booking"])
    journal.record("room_wait.took", on=row, after={"booking": booking.number}, by=by)
    return booking


def _locked(row: RoomWait, *, by: Person) -> RoomWait:
    lock_rooms(row.room_id)
    row = (
        RoomWait.objects.select_for_update(of=["self"])
        .select_related("room__venue__host__territory", "organization__territory", "booking")
        .get(pk=row.pk)
    )
    if row.person_id != by.pk:
        require(deny(_("Somebody else waits here.")))
    return row


@transaction.atomic
def tell_waiting(room: Room, *, start: dt.datetime, end: dt.datetime, once: str) -> int:
    """Everybody who waits for this room at this time and could take it now, the longest waiting first."""
    told = 0
    for row in queries.waiting_for(room, start, end):
        if not queries.can_take_now(row):
            continue
        values = {"room": row.room.name, "venue": row.room.venue.name, "starts_at": max(row.starts_at, clock.now()).isoformat()}
        notice = notify(
            row.person,
            kind="bookings.came_free",
            values=values,
            url=reverse("bookings:wait", args=[row.pk]),
            once_key=f"{once}:{row.pk}",
            urgent=True,
        )
        if notice is not None:
            told += 1
            RoomWait.objects.filter(pk=row.pk).update(told_at=clock.now())
    return told
