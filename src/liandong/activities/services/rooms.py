"""Booking and activity are one act: the shifts of an activity have its room, move it along and give it back, in the same transaction."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from liandong.activities.models import Activity, Shift
from liandong.activities.services.ground import Actor
from liandong.bookings import services as bookings
from liandong.bookings.models import Booking
from liandong.core import clock
from liandong.core.errors import Refused
from liandong.venues.models import Room

SAME: Final = "same"


def room_of(activity: Activity) -> Room | None:
    """The room that its coming shifts have now."""
    shift = (
        activity.shifts.filter(booking__state__in=Booking.HOLDS, ends_at__gt=clock.now())
        .select_related("booking__room__venue__host__territory")
        .order_by("starts_at")
        .first()
    )
    return shift.booking.room if shift is not None and shift.booking is not None else None


def hold_room(activity: Activity, shifts: Iterable[Shift], *, room: Room | None, by: Actor) -> None:
    """Each shift that is not over has this room at its time, or none. Refuses like a booking: what is in the way, and what is free. A booking of the same
    body at exactly this time becomes the shift's."""
    rows = sorted((shift for shift in shifts if shift.ends_at > clock.now()), key=lambda shift: (shift.starts_at, shift.pk))
    held = {
        row.pk: row for row in Booking.objects.filter(pk__in=[shift.booking_id for shift in rows if shift.booking_id]).select_related("room__venue")
    }
    if any((booking := held.get(shift.booking_id or 0)) is not None and shift.starts_at > booking.starts_at for shift in rows):
        rows.reverse()  # moving later: the last makes way first
    for shift in rows:
        booking = held.get(shift.booking_id or 0)
        if booking is not None and not booking.holds:
            booking = None
        if room is None:
            let_go(shift, by=by)
            continue
        if booking is None:
            _refuse_begun(shift)
            booking = _own_booking(activity, shift, room, by=by) or bookings.book(
                room, starts_at=shift.starts_at, ends_at=shift.ends_at, title=activity.title, organization=activity.host, for_activity=True, by=by
            )
        elif (booking.room_id, booking.starts_at, booking.ends_at, booking.title) != (room.pk, shift.starts_at, shift.ends_at, activity.title):
            bookings.move(
                booking,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                room=room if booking.room_id != room.pk else None,
                title=activity.title,
                for_activity=True,
                by=by,
            )
        spot = room.name if shift.spot in ("", held[shift.booking_id].room.name if shift.booking_id in held else "") else shift.spot
        if (shift.booking_id, shift.spot) != (booking.pk, spot):
            shift.booking, shift.spot = booking, spot
            shift.save(update_fields=["booking", "spot"])


def _refuse_begun(shift: Shift) -> None:
    if shift.starts_at <= clock.now():
        raise Refused(_("A shift that has begun takes no other room."), field="room")


def _own_booking(activity: Activity, shift: Shift, room: Room, *, by: Actor) -> Booking | None:
    """What the body had booked for this before there was an activity."""
    rows = Booking.objects.filter(
        state__in=Booking.HOLDS, kind=Booking.Kind.USE, room=room, organization=activity.host, starts_at=shift.starts_at, ends_at=shift.ends_at
    )
    found = rows.filter(for_activity=False).first()
    return bookings.keep_for_activity(found, by=by) if found is not None else None


def let_go(shift: Shift, *, by: Actor) -> None:
    """The shift has no room any more; a booking that still stands is given back."""
    if shift.booking_id is None:
        return
    booking = shift.booking
    shift.booking = None
    shift.save(update_fields=["booking"])
    if booking is not None and booking.holds and not booking.is_over:
        bookings.cancel(booking, for_activity=True, reason=shift.activity.cancel_reason, by=by)
