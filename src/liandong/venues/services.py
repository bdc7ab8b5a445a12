"""Verbs on places."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Territory
from liandong.venues.hours import Stretch
from liandong.venues.models import OpeningHours, SpecialDay, Venue
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


@transaction.atomic
def set_hours(venue: Venue, *, week: dict[int, list[Stretch]], holidays: str, by: Actor) -> Venue:
    """The whole ordinary week at once: stretches by weekday (0 Monday, 7 public holidays). Days left out are closed."""
    venue = Venue.objects.select_for_update(of=["self"]).select_related("host__territory").get(pk=venue.pk)
    require(can_keep_venue(by, venue.host))
    if holidays not in Venue.Holidays.values:
        raise Refused(_("Please choose one of the answers."), field="holidays")
    before = {str(row.weekday): str(row) for row in venue.opening_hours.all()} | {"holidays": venue.holidays}
    venue.opening_hours.all().delete()
    rows = [
        OpeningHours(venue=venue, weekday=weekday, opens_at=begins, closes_at=ends)
        for weekday, stretches in week.items()
        for begins, ends in stretches
    ]
    OpeningHours.objects.bulk_create(rows)
    venue.holidays = holidays
    venue.save(update_fields=["holidays"])
    journal.record("venue.hours_set", on=venue, before=before, after={"holidays": holidays, "week": [str(row) for row in rows]}, by=by)
    return venue


@transaction.atomic
def set_special_day(venue: Venue, *, date: dt.date, stretch: Stretch | None, words: str = "", by: Actor) -> SpecialDay:
    """One day at other hours, or closed. A second word on the same day replaces the first."""
    venue = Venue.objects.select_for_update(of=["self"]).select_related("host__territory").get(pk=venue.pk)
    require(can_keep_venue(by, venue.host))
    if date < clock.today():
        raise Refused(_("That day is over."), field="date")
    if len(words := fold(words)) > 80:
        raise Refused(_("At most %(n)s characters, please.") % {"n": 80}, field="words")
    opens_at, closes_at = stretch or (None, None)
    day, _created = SpecialDay.objects.update_or_create(
        venue=venue, date=date, defaults={"opens_at": opens_at, "closes_at": closes_at, "words": words}
    )
    journal.record(
        "venue.day_set", on=venue, after={"date": date.isoformat(), "hours": [f"{time:%H:%M}" for time in stretch or ()], "words": words}, by=by
    )
    return day


@transaction.atomic
def forget_special_day(day: SpecialDay, *, by: Actor) -> None:
    """As the week says, again."""
    venue = Venue.objects.select_for_update(of=["self"]).select_related("host__territory").get(pk=day.venue_id)
    require(can_keep_venue(by, venue.host))
    journal.record("venue.day_forgotten", on=venue, before={"date": day.date.isoformat(), "words": day.words}, by=by)
    SpecialDay.objects.filter(pk=day.pk).delete()
