"""Finding a station: the nearest ones out of an index, then what is open and what is there, then exact metres."""

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, FloatField, Func, QuerySet

from liandong.core import clock
from liandong.core.memory import for_a_minute
from liandong.core.text import fold
from liandong.organizations.models import Territory
from liandong.stations import freshness
from liandong.stations.door import CLOSED, Door, door_of
from liandong.stations.models import Fact, Station, Subject
from liandong.stations.words import Tile, tiles
from liandong.venues import queries as venues
from liandong.venues.geo import Point, metres, walking_minutes
from liandong.venues.models import Venue
from liandong.venues.outlines import outlines

STEPS = (0, 60, 300, 1_500)  # how many are looked at, until there are enough
FLATTEST = 85.0


def mercator(point: Point) -> tuple[float, float]:
    """Where the point lies on a map drawn so that what is nearer on paper is nearer on the ground."""
    latitude = max(-FLATTEST, min(FLATTEST, point.latitude))
    return point.longitude, math.degrees(math.log(math.tan(math.radians(45 + latitude / 2))))


class Away(Func):
    """Distance on the map from a point, written as the index is (migration 0003), so that it is used."""

    output_field = FloatField()

    def __init__(self, point: Point, **more: Any) -> None:
        super().__init__("venue__longitude", "venue__latitude", **more)
        self.point = mercator(point)

    def as_sql(  # type: ignore[override] # the parts of Func's own template are not used
        self, compiler: Any, connection: Any, **more: Any
    ) -> tuple[str, tuple[Any, ...]]:
        (longitude, _a), (latitude, _b) = (compiler.compile(part) for part in self.get_source_expressions())
        where = f"point({longitude}::float8, degrees(ln(tan(radians(45 + greatest(-85, least(85, {latitude}::float8)) / 2)))))"
        return f"({where} <-> point(%s, %s))", self.point


@dataclass(frozen=True, slots=True)
class Seen:
    """A station as somebody looking for one sees it. `distance` in metres, None without a place to start from."""

    station: Station
    door: Door
    tiles: list[Tile]
    distance: float | None = None

    @property
    def venue(self) -> Venue:
        return self.station.venue

    @property
    def minutes(self) -> int:
        return walking_minutes(self.distance or 0)

    @property
    def length(self) -> tuple[str, str]:
        """180 m, 1.2 km: number and unit."""
        distance = self.distance or 0
        if distance < 995:
            return str(max(10, round(distance / 10) * 10)), "m"
        return (f"{distance / 1000:.1f}" if distance < 9_950 else str(round(distance / 1000))), "km"

    @property
    def is_doubted(self) -> bool:
        """Something there is known to be missing, or in dispute."""
        return any(tile.state in (freshness.MISSING, freshness.CONTRADICTED) for tile in self.tiles)

    def has(self, subject: str, *, unsure: bool = False) -> bool:
        allowed = (freshness.PROVED, freshness.KNOWN, *((freshness.UNPROVED,) if unsure else ()))
        return any(tile.fact.subject == subject and tile.state in allowed for tile in self.tiles)


@dataclass(slots=True)
class Found:
    """`rows` fit; `is_more`: there are others further off; `unsure`: how many would fit if things nobody proved lately counted; `next`: what opens first when nothing is open."""

    rows: list[Seen] = field(default_factory=list)
    is_more: bool = False
    unsure: int = 0
    next: Seen | None = None


def listed() -> QuerySet[Station]:
    """Stations that may be found: running, at a place that is in use."""
    return Station.objects.filter(state=Station.State.OPEN, venue__kind=Venue.Kind.STATION, venue__is_open=True).select_related(
        "venue__host", "venue__territory"
    )


def position(venue: Venue) -> Point | None:
    return Point(float(venue.latitude), float(venue.longitude)) if venue.latitude is not None and venue.longitude is not None else None


def seen(stations: Iterable[Station], *, start: Point | None = None, now: dt.datetime | None = None) -> list[Seen]:
    """Doors and things of these stations: three queries, however many there are."""
    now, stations = now or clock.now(), list(stations)
    hours = venues.hours_of(station.venue for station in stations)
    facts: dict[int, list[Fact]] = {station.pk: [] for station in stations}
    for fact in Fact.objects.filter(station__in=facts, is_claimed=True):
        facts[fact.station_id].append(fact)
    rows = []
    for station in stations:
        there = position(station.venue)
        rows.append(
            Seen(
                station,
                door_of(hours[station.venue_id], next((fact.shown(now) for fact in facts[station.pk] if fact.subject == Subject.DOOR), None), now),
                tiles(facts[station.pk], now=now),
                metres(start, there) if start is not None and there is not None else None,
            )
        )
    return rows


def nearest(start: Point, *, wanted: int = 5, open_now: bool = True, subjects: Iterable[str] = (), unsure: bool = False) -> Found:
    """The nearest stations that fit, looking further until there are enough. The last ones are those whose position nobody gave."""
    subjects, found, closed = list(subjects), Found(), []

    def take(rows: Iterable[Seen]) -> None:
        for row in rows:
            if not all(row.has(subject, unsure=True) for subject in subjects):
                continue
            if open_now and not row.door.is_open:
                if row.door.state == CLOSED and row.door.opens is not None:
                    closed.append(row)
            elif unsure or all(row.has(subject) for subject in subjects):
                found.rows.append(row)
            else:
                found.unsure += 1

    for rows in _outwards(start):
        take(sorted(rows, key=lambda row: (row.distance is None, row.distance)))
        if len(found.rows) > wanted:
            break
    found.is_more = len(found.rows) > wanted
    found.rows = found.rows[:wanted]
    if not found.rows and closed:
        found.next = min(closed, key=lambda row: (row.door.opens, row.distance is None, row.distance))
    return found


def _outwards(start: Point) -> Iterator[list[Seen]]:
    ordered = listed().filter(venue__latitude__isnull=False).annotate(away=Away(start)).order_by("away")
    for since, until in itertools.pairwise(STEPS):
        rows = list(ordered[since:until])
        yield seen(rows, start=start)
        if len(rows) < until - since:
            yield seen(listed().filter(venue__latitude__isnull=True).order_by("venue__name", "pk")[: STEPS[1]])
            return


# Where one starts from


@dataclass(frozen=True, slots=True)
class Place:
    """`near` is what the address remembers; empty for the whole site and for a position that the phone gave."""

    name: str
    point: Point
    near: str = ""
    is_here: bool = False


def middle() -> Point | None:
    """Of the site: its outline, or its stations. None where nobody gave any position."""
    wide = [shape for shape in outlines().shapes if shape.level not in ("community", "building")]
    if wide:
        middles = [shape.middle for shape in wide]
        return Point(sum(point.latitude for point in middles) / len(middles), sum(point.longitude for point in middles) / len(middles))
    return for_a_minute("stations.middle", lambda: _middle_of(listed().filter(venue__latitude__isnull=False)))


def _middle_of(stations: QuerySet[Station]) -> Point | None:
    found = stations.aggregate(latitude=Avg("venue__latitude"), longitude=Avg("venue__longitude"))
    return Point(float(found["latitude"]), float(found["longitude"])) if found["latitude"] is not None else None


def place_named(name: str) -> Place | None:
    """A landmark, a community or a venue of this very name that has a position."""
    name = fold(name)[:80]
    for landmark in outlines().landmarks:
        if landmark.name == name:
            return Place(name, landmark.point, name)
    if territory := Territory.objects.filter(name=name, to_date__isnull=True).order_by("path").first():
        shape = outlines().shape(name)
        point = shape.middle if shape else _middle_of_venues(territory)
        return Place(name, point, name) if point else None
    venue = Venue.objects.filter(name=name, is_open=True, latitude__isnull=False).order_by("pk").first()
    return Place(name, position(venue), name) if venue else None  # type: ignore[arg-type]


def _middle_of_venues(territory: Territory) -> Point | None:
    rows = Venue.objects.filter(territory__path__startswith=territory.path, latitude__isnull=False)
    found = rows.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
    return Point(float(found["latitude"]), float(found["longitude"])) if found["latitude"] is not None else None


def landmarks(words: str = "") -> list[str]:
    return [landmark.name for landmark in outlines().landmarks if fold(words) in landmark.name]


def communities(words: str = "") -> QuerySet[Territory]:
    rows = Territory.objects.filter(to_date__isnull=True, level__in=(Territory.Level.STREET, Territory.Level.COMMUNITY)).order_by("pinyin", "id")
    return rows.filter(name__icontains=fold(words)) if words else rows


def venues_named(words: str) -> QuerySet[Venue]:
    return Venue.objects.filter(is_open=True, latitude__isnull=False, name__icontains=fold(words)).order_by("name", "pk")
