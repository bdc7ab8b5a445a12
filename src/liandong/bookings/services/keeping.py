"""What those who keep rooms do: close them for work, limit hours, hand out calendar addresses."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.bookings import permissions, queries
from liandong.bookings.models import Booking, CalendarFeed, HourLimit, new_feed_token
from liandong.bookings.services.booking import State, _titled, give_up, shown
from liandong.bookings.services.ground import Actor, Rules, insert, lock_booking, lock_rooms, person_of
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import may
from liandong.venues.models import Room, Venue
from liandong.venues.permissions import can_keep_venue


class InTheWay(Refused):
    """Bookings stand where the room should be closed."""

    def __init__(self, bookings: list[Booking]) -> None:
        count = len(bookings)
        super().__init__(
            ngettext("One booking stands in this time.", "%(n)s bookings stand in this time.", count) % {"n": count}, field="cancel_others"
        )
        self.bookings = bookings


@transaction.atomic
def close(room: Room, *, starts_at: dt.datetime, ends_at: dt.datetime, title: str, cancel_others: bool = False, by: Actor) -> Booking:
    """Nobody books the room in this time: painting, stocktaking. Bookings that stand there are cancelled only when asked to, and told why."""
    (room,) = lock_rooms(room.pk)
    require(permissions.can_keep(by, room))
    title = _titled(title)
    if ends_at <= starts_at:
        raise Refused(_("The end lies before the beginning."), field="until")
    if ends_at <= clock.now():
        raise Refused(_("This time is past."), field="date")
    if ends_at - starts_at > dt.timedelta(days=370):
        raise Refused(_("Choose a day within a year."), field="until")
    standing = list(Booking.objects.filter(queries.holding(), room=room, starts_at__lt=ends_at, ends_at__gt=starts_at).order_by("starts_at"))
    if any(row.kind == Booking.Kind.CLOSED for row in standing):
        raise Refused(_("The room is closed at this time already."), field="date")
    if standing and not cancel_others:
        raise InTheWay(standing)
    for row in standing:
        give_up(lock_booking(row), State.CANCELLED, reason=title, verb="booking.cancelled", by=by)
    Booking.objects.filter(queries.holding(), room=room, ends_at__lte=starts_at, free_at__gt=starts_at).update(
        free_at=starts_at
    )  # the buffer gives way
    booking = Booking(
        room=room, kind=Booking.Kind.CLOSED, state=State.CONFIRMED, starts_at=starts_at, ends_at=ends_at, free_at=ends_at, organization=room.venue.host,
        booked_by=person_of(by), title=title, created_at=clock.now(),
    )  # fmt: skip
    insert(booking, Rules.of(room, room.venue.host, by))
    journal.record("booking.room_closed", on=booking, after=shown(booking) | {"cancelled": len(standing)}, reason=title, by=by)
    return booking


@transaction.atomic
def set_limit(venue: Venue, *, hours: int | None, room: Room | None = None, organization: Organization | None = None, by: Actor) -> HourLimit | None:
    """So many hours a month: for one body or for each, in one room or in all of the venue. None takes the limit away."""
    venue = Venue.objects.select_for_update(of=["self"], no_key=True).select_related("host__territory").get(pk=venue.pk)
    require(can_keep_venue(by, venue.host))
    if room is not None and room.venue_id != venue.pk:
        raise Refused(_("This room belongs to another venue."), field="room")
    if hours is not None and not 0 <= hours <= 744:
        raise Refused(_("Between 0 and 744 hours, please."), field="hours")
    rows = HourLimit.objects.filter(venue=venue, room=room, organization=organization)
    before = rows.first()
    found = None
    if hours is None:
        rows.delete()
    else:
        found, _created = HourLimit.objects.update_or_create(venue=venue, room=room, organization=organization, defaults={"hours": hours})
    journal.record(
        "venue.limit_set",
        on=venue,
        before={"hours": before.hours if before else None},
        after={"hours": hours, "room": room.pk if room else None, "organization": organization.pk if organization else None},
        by=by,
    )
    return found


@transaction.atomic
def new_feed(*, room: Room | None = None, organization: Organization | None = None, by: Person) -> CalendarFeed:
    """A new secret address for a calendar program; an older one stops working."""
    assert (room is None) != (organization is None)
    if room is not None:
        require(permissions.can_keep(by, room))
    else:
        require(may(by, Right.SEE_WORK, organization=organization))
    feed, _created = CalendarFeed.objects.update_or_create(
        room=room, organization=organization, defaults={"token": new_feed_token(), "created_by": by, "created_at": clock.now()}
    )
    journal.record("calendar_feed.made", on=room or organization, by=by)  # type: ignore[arg-type]
    return feed
