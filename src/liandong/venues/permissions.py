"""Places are public while they are open; the body that lends one, and the hub, keep it."""

from django.db.models import Q, QuerySet

from liandong.core.decision import Decision
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor, may, scope
from liandong.venues.models import Venue


def visible_to(by: Actor) -> QuerySet[Venue]:
    return Venue.objects.filter(Q(is_open=True) | scope(by, Right.KEEP_VENUES, organization="host"))


def can_keep_venue(by: Actor, host: Organization) -> Decision:
    return may(by, Right.KEEP_VENUES, organization=host)
