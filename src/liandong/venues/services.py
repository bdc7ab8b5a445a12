"""Verbs on places."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Territory
from liandong.venues.models import Venue
from liandong.venues.permissions import can_keep_venue

Actor = Person | System
_LIMITS = {"name": 80, "address": 200, "directions": 200}


@transaction.atomic
def create_venue(
    *,
    name: str,
    host: Organization,
    address: str,
    kind: str = Venue.Kind.ACTIVITY_ROOM,
    territory: Territory | None = None,
    directions: str = "",
    capacity: int | None = None,
    is_step_free: bool = False,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    by: Actor,
) -> Venue:
    """A place that the body lends. Coordinates are WGS-84, both or none."""
    require(can_keep_venue(by, host))
    venue = Venue(host=host, territory=territory or host.territory)
    values = {
        "name": name,
        "kind": kind,
        "address": address,
        "directions": directions,
        "capacity": capacity,
        "is_step_free": is_step_free,
        "latitude": latitude,
        "longitude": longitude,
    }
    _write(venue, values)
    journal.record("venue.created", on=venue, after={"name": venue.name, "host": host.pk}, by=by)
    return venue


@transaction.atomic
def edit_venue(venue: Venue, *, by: Actor, **values: Any) -> Venue:
    venue = Venue.objects.select_for_update(of=["self"]).select_related("host__territory").get(pk=venue.pk)
    require(can_keep_venue(by, venue.host))
    before = {field: getattr(venue, field) for field in values}
    _write(venue, values)
    changed = {field: getattr(venue, field) for field in values if getattr(venue, field) != before[field]}
    if changed:
        journal.record(
            "venue.edited",
            on=venue,
            before={field: _plain(before[field]) for field in changed},
            after={field: _plain(value) for field, value in changed.items()},
            by=by,
        )
    return venue


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)


def _write(venue: Venue, values: dict[str, Any]) -> None:
    for field, value in values.items():
        setattr(venue, field, fold(value) if field in _LIMITS else value)
    for field, limit in _LIMITS.items():
        if len(getattr(venue, field)) > limit:
            raise Refused(_("At most %(n)s characters, please.") % {"n": limit}, field=field)
    if not venue.name:
        raise Refused(_("Please enter a name."), field="name")
    if not venue.address:
        raise Refused(_("Please enter an address."), field="address")
    if venue.kind not in Venue.Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    if (venue.latitude is None) != (venue.longitude is None):
        raise Refused(_("Please give both coordinates or none."), field="latitude")
    if venue.latitude is not None and venue.longitude is not None and not (-90 <= venue.latitude <= 90 and -180 <= venue.longitude <= 180):
        raise Refused(_("These coordinates are not on the map."), field="latitude")
    try:
        with transaction.atomic():
            venue.save()
    except IntegrityError as error:
        raise Refused(_("This organisation has a place of this name already."), field="name") from error
