"""Reading places."""

from django.db.models import Q, QuerySet

from liandong.core.text import fold
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import Actor
from liandong.venues.models import Venue
from liandong.venues.permissions import visible_to


def venues(by: Actor, *, words: str = "", kind: str = "", territory: Territory | None = None, host: Organization | None = None) -> QuerySet[Venue]:
    """Places the person may see, open ones first."""
    found = visible_to(by).select_related("host", "territory").order_by("-is_open", "name", "id")
    if words := fold(words):
        found = found.filter(Q(name__icontains=words) | Q(address__icontains=words) | Q(host__name__icontains=words))
    if kind in Venue.Kind.values:
        found = found.filter(kind=kind)
    if territory is not None:
        found = found.filter(territory__path__startswith=territory.path)
    return found.filter(host=host) if host is not None else found


def venues_for(organization: Organization) -> QuerySet[Venue]:
    """For forms: the body's own places first, then the open ones of its street."""
    place = organization.territory
    near = place.path.removesuffix(f"{place.pk}/") if place.parent_id else place.path
    return (
        Venue.objects.filter(Q(host=organization) | Q(is_open=True, territory__path__startswith=near)).select_related("host").order_by("name", "id")
    )
