"""Reading places."""

import datetime as dt
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy

from liandong.core import clock
from liandong.core.text import fold
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import Actor
from liandong.venues.hours import Hours, Stretch
from liandong.venues.models import OpeningHours, Room, SpecialDay, Venue
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


def hours_of(places: Iterable[Venue], *, since: dt.date | None = None) -> dict[int, Hours]:
    """Opening hours by venue, two queries for all of them. Special days: from `since` on, or from yesterday on, whose night may go on."""
    chosen = {place.pk: place for place in places}
    week: dict[int, dict[int, list[Stretch]]] = {key: {} for key in chosen}
    special: dict[int, dict[dt.date, list[Stretch]]] = {key: {} for key in chosen}
    for row in OpeningHours.objects.filter(venue__in=chosen):
        week[row.venue_id].setdefault(row.weekday, []).append((row.opens_at, row.closes_at))
    for day in SpecialDay.objects.filter(venue__in=chosen, special_date__gte=since or clock.today() - dt.timedelta(days=1)):
        special[day.venue_id][day.special_date] = [(day.opens_at, day.closes_at)] if day.opens_at is not None and day.closes_at is not None else []
    return {key: Hours(week[key], place.holidays, special[key]) for key, place in chosen.items()}


@dataclass(frozen=True)
class Kind:
    """One kind of space with its venues, each with its rooms (`rows`) and what people find there (`lines`)."""

    value: str
    label: Any
    venues: list[Venue]


def spaces(by: Actor) -> list[Kind]:
    """Venues with rooms or a kind of space, by kind; a venue also stands under the kinds of its rooms. Two queries."""
    rooms = Room.objects.filter(is_open=True).order_by("name")
    rows = (
        visible_to(by)
        .filter(Q(is_open=True), ~Q(space="") | Q(rooms__is_open=True))
        .distinct()
        .select_related("host")
        .prefetch_related(Prefetch("rooms", queryset=rooms, to_attr="rows"))
        .order_by("name", "pk")
    )
    found = list(rows[:200])
    kinds = [*Venue.Space.choices, ("", gettext_lazy("Other venues with rooms"))]
    result = []
    for value, label in kinds:
        here: list[Venue] = []
        for venue in found:
            shown = [room for room in venue.rows if (room.space or venue.space) == value]  # type: ignore[attr-defined]
            if shown or (value and venue.space == value):
                copied = copy(venue)
                copied.rows = shown  # type: ignore[attr-defined]
                copied.lines = [line for line in venue.offers.splitlines() if line.strip()] if venue.space == value else []  # type: ignore[attr-defined]
                here.append(copied)
        if here:
            result.append(Kind(value, label, here))
    return result
