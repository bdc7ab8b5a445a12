"""Places are public while they are open; the body that lends one, and the hub, keep it."""

from django.db.models import Q, QuerySet

from liandong.core.decision import Decision
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor, may, scope
from liandong.venues.models import Room, Venue


def visible_to(by: Actor) -> QuerySet[Venue]:
    return Venue.objects.filter(Q(is_open=True) | scope(by, Right.KEEP_VENUES, organization="host"))


def can_keep_venue(by: Actor, host: Organization) -> Decision:
    return may(by, Right.KEEP_VENUES, organization=host)


def rooms_visible_to(by: Actor) -> QuerySet[Room]:
    """Rooms in use at open venues are public; the others are seen by those who keep them."""
    rows = Room.objects.select_related("venue__host__territory", "venue__territory")
    return rows.filter(Q(is_open=True, venue__is_open=True) | scope(by, Right.KEEP_VENUES, organization="venue__host"))
