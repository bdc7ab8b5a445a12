"""Verbs on places."""

import datetime as dt
import secrets
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold
from liandong.journal import services as journal
from liandong.organizations.models import Organization, Territory
from liandong.venues import photos
from liandong.venues.hours import Stretch
from liandong.venues.models import OpeningHours, Room, RoomPhoto, SpecialDay, Venue
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
        venue=venue, special_date=date, defaults={"opens_at": opens_at, "closes_at": closes_at, "words": words}
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
    journal.record("venue.day_forgotten", on=venue, before={"date": day.special_date.isoformat(), "words": day.words}, by=by)
    SpecialDay.objects.filter(pk=day.pk).delete()


# Rooms

_ROOM_LIMITS = {"name": 40, "spot": 80, "words": 300}
ROOM_FIELDS = (
    "name", "space", "spot", "capacity", "square_metres", "features", "words", "rules", "price_fen", "open_to", "agreed", "answer_hours", "longest_minutes",
    "buffer_minutes", "days_ahead", "is_open",
)  # fmt: skip


@transaction.atomic
def create_room(venue: Venue, *, name: str, capacity: int, by: Actor, **values: Any) -> Room:
    """A room of this venue that can be booked."""
    venue = _locked(venue)
    require(can_keep_venue(by, venue.host))
    room = Room(venue=venue)
    _write_room(room, {"name": name, "capacity": capacity, **values})
    journal.record("room.created", on=room, after={"name": room.name, "venue": venue.pk}, by=by)
    return room


@transaction.atomic
def edit_room(room: Room, *, by: Actor, **values: Any) -> Room:
    """What changes holds for new bookings; those that stand keep what they were given."""
    venue = _locked(room.venue)
    require(can_keep_venue(by, venue.host))
    room = Room.objects.select_for_update(of=["self"]).get(pk=room.pk)
    room.venue = venue
    before = {field: getattr(room, field) for field in values}
    _write_room(room, values)
    changed = [field for field in values if getattr(room, field) != before[field]]
    if changed:
        journal.record(
            "room.edited",
            on=room,
            before={field: before[field] for field in changed},
            after={field: getattr(room, field) for field in changed},
            by=by,
        )
    return room


def _locked(venue: Venue) -> Venue:
    return Venue.objects.select_for_update(of=["self"], no_key=True).select_related("host__territory", "territory").get(pk=venue.pk)


def _write_room(room: Room, values: dict[str, Any]) -> None:
    if unknown := set(values) - set(ROOM_FIELDS):
        raise TypeError(f"not of a room: {sorted(unknown)}")
    for field, value in values.items():
        setattr(room, field, fold(value) if field in _ROOM_LIMITS else clean_words(value) if field == "rules" else value)
    for field, limit in _ROOM_LIMITS.items():
        if len(getattr(room, field)) > limit:
            raise Refused(_("At most %(n)s characters, please.") % {"n": limit}, field=field)
    if not room.name:
        raise Refused(_("Please enter a name."), field="name")
    try:
        with transaction.atomic():
            room.full_clean(exclude=["code", "venue"], validate_unique=False, validate_constraints=False)
            room.save()
    except IntegrityError as error:
        if "venues_room_name" in str(error):
            raise Refused(_("This venue has a room of this name already."), field="name") from error
        raise Refused(_("Please check the numbers."), field="capacity") from error
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], field=field) from error


@transaction.atomic
def set_space(venue: Venue, *, space: str, offers: str, keep_minutes: int, by: Actor) -> Venue:
    """Which kind of space it is, what people find there, and how long a booked room is kept for those who have not come."""
    venue = _locked(venue)
    require(can_keep_venue(by, venue.host))
    if space and space not in Venue.Space.values:
        raise Refused(_("Please choose one of the answers."), field="space")
    if not 0 <= keep_minutes <= 240:
        raise Refused(_("Between 0 and 240 minutes, please."), field="keep_minutes")
    if len(offers := clean_words(offers)) > 600:
        raise Refused(_("At most %(n)s characters, please.") % {"n": 600}, field="offers")
    before = {"space": venue.space, "keep_minutes": venue.keep_minutes}
    venue.space, venue.offers, venue.keep_minutes = space, offers, keep_minutes
    venue.save(update_fields=["space", "offers", "keep_minutes"])
    journal.record("venue.space_set", on=venue, before=before, after={"space": space, "keep_minutes": keep_minutes}, by=by)
    return venue


@transaction.atomic
def add_photo(room: Room, *, content: bytes, words: str = "", by: Actor) -> RoomPhoto:
    """A picture, freed of the camera's notes. At most four."""
    venue = _locked(room.venue)
    require(can_keep_venue(by, venue.host))
    if room.photos.count() >= RoomPhoto.MOST:
        raise Refused(_("At most %(n)s pictures of a room.") % {"n": RoomPhoto.MOST}, field="file")
    if len(words := fold(words)) > 80:
        raise Refused(_("At most %(n)s characters, please.") % {"n": 80}, field="words")
    content, kind = photos.cleaned(content)
    photo = RoomPhoto(room=room, words=words, added_at=clock.now())
    photo.file.save(f"{secrets.token_hex(8)}.{kind}", ContentFile(content), save=True)
    journal.record("room.photo_added", on=room, after={"photo": photo.pk, "bytes": len(content)}, by=by)
    return photo


@transaction.atomic
def remove_photo(photo: RoomPhoto, *, by: Actor) -> None:
    venue = _locked(photo.room.venue)
    require(can_keep_venue(by, venue.host))
    journal.record("room.photo_removed", on=photo.room, before={"photo": photo.pk}, by=by)
    file = photo.file
    RoomPhoto.objects.filter(pk=photo.pk).delete()
    transaction.on_commit(lambda: file.delete(save=False))
