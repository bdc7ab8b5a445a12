"""Who may book a room, see a booking, change it, answer a request. Whoever keeps the venue keeps its rooms."""

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.bookings.models import Booking
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import Actor, holds, may, organizations_with, scope
from liandong.venues.models import Room, Venue
from liandong.venues.permissions import can_keep_venue, rooms_visible_to  # noqa: F401 - rooms_visible_to is read from here


def kept_by(by: Actor) -> Q:
    return scope(by, Right.KEEP_VENUES, organization="room__venue__host")


def venues_kept_by(by: Actor) -> QuerySet[Venue]:
    return Venue.objects.filter(scope(by, Right.KEEP_VENUES, organization="host"), rooms__isnull=False).distinct().order_by("name", "pk")


def visible_to(by: Actor) -> QuerySet[Booking]:
    """One's own, those of the bodies one works for, and all of the rooms one keeps. That a room is taken is no secret; by whom is."""
    rows = Booking.objects.select_related("room__venue__host__territory", "organization__territory", "booked_by", "series")
    if by is None:
        return rows.none()
    mine = Q(booked_by=by) if isinstance(by, Person) else Q()
    return rows.filter(mine | scope(by, Right.SEE_WORK) | kept_by(by))


def bodies_of(by: Actor) -> QuerySet[Organization]:
    """For whom the person may book."""
    return organizations_with(by, Right.MANAGE_ACTIVITIES)


def own_body(by: Actor, bodies: QuerySet[Organization]) -> Organization | None:
    """The body the person belongs to, of those they may book for; else the first."""
    own = Membership.objects.filter(person=by, to_date=None).values("organization") if isinstance(by, Person) else Membership.objects.none()
    return bodies.order_by(Case(When(pk__in=own, then=0), default=1), "pinyin", "pk").first()


def can_keep(by: Actor, room: Room) -> Decision:
    return can_keep_venue(by, room.venue.host)


def can_book(by: Actor, room: Room, organization: Organization | None) -> Decision:
    """For a body: who sets up its activities. For oneself: whoever is signed in, where the room is for everybody."""
    if organization is not None:
        return ALLOWED if can_keep(by, room) else may(by, Right.MANAGE_ACTIVITIES, organization=organization)
    if isinstance(by, System) or can_keep(by, room):
        return ALLOWED
    if by is None:
        return deny(_("Sign in to book a room."))
    if room.open_to == Room.OpenTo.EVERYBODY:
        return ALLOWED
    return deny(_("Only organisations can book this room."), who_can=_("A manager of your organisation"))


def _own(by: Actor, booking: Booking) -> bool:
    return isinstance(by, Person) and booking.booked_by_id == by.pk and (booking.organization is None or _of_body(by, booking))


def _of_body(by: Actor, booking: Booking) -> bool:
    return booking.organization is not None and holds(by, Right.MANAGE_ACTIVITIES, organization=booking.organization)


def can_change(by: Actor, booking: Booking) -> Decision:
    """Move it or give it back."""
    if _own(by, booking) or _of_body(by, booking) or can_keep(by, booking.room):
        return ALLOWED
    return deny(_("This booking is somebody else's."), who_can=_("Whoever booked the room, or who keeps it"))


def can_check_in(by: Actor, booking: Booking) -> Decision:
    """Say that the room is in use."""
    if isinstance(by, Person) and booking.booked_by_id == by.pk:
        return ALLOWED
    if booking.organization is not None and holds(by, Right.SEE_WORK, organization=booking.organization):
        return ALLOWED
    return can_change(by, booking)


def can_answer(by: Actor, booking: Booking) -> Decision:
    return can_keep(by, booking.room)
