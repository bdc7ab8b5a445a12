"""Who speaks too little for how many they are, and how much their words weigh then."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from liandong.needs.models import Segment
from liandong.organizations.models import Territory
from liandong.themes.hiding import SMALL
from liandong.themes.models import SegmentPopulation

MOST = 3.0  # nobody's words weigh more than three times
LEAST_WEIGHT = 1.2  # below this nothing is made up for


@dataclass(frozen=True)
class Weight:
    segment: str
    people: int
    voices: int
    share_of_people: float
    share_of_voices: float
    weight: float

    @property
    def label(self) -> Any:
        return Segment(self.segment).label

    @property
    def is_quiet(self) -> bool:
        return self.weight > 1

    @property
    def people_percent(self) -> int:
        return round(100 * self.share_of_people)

    @property
    def voices_percent(self) -> int:
        return round(100 * self.share_of_voices)


@dataclass(frozen=True)
class Weighting:
    """Weights of the segments of one place; 1 for everybody when the place has no populations."""

    territory: Territory | None
    rows: list[Weight] = field(default_factory=list)

    @property
    def quiet(self) -> list[Weight]:
        return sorted((row for row in self.rows if row.is_quiet), key=lambda row: -row.weight)

    def of(self, segment: str) -> float:
        return next((row.weight for row in self.rows if row.segment == segment), 1.0)

    def size(self, shown: Mapping[str, int], people: int) -> int:
        """How many the people of a theme would be if every segment spoke as much as it has people. `shown`: only groups that are not hidden count."""
        return round(people + sum((self.of(segment) - 1) * count for segment, count in shown.items() if count >= SMALL))


def populations_of(territory: Territory | None) -> tuple[Territory | None, dict[str, int]]:
    """Of the place itself, else the sum of the places in it, else of the nearest place around it that has any."""
    if territory is None:
        return None, {}
    line = territory.line_ids
    near = Q(territory__in=line) | Q(territory__path__startswith=territory.path)
    of: dict[int, dict[str, int]] = {}
    places = {}
    for row in SegmentPopulation.objects.filter(near).select_related("territory"):
        places[row.territory_id] = row.territory
        of.setdefault(row.territory_id, {})[row.segment] = row.people
    if territory.pk in of:
        return territory, of[territory.pk]
    inside = Counter[str]()
    for pk, people in of.items():
        if pk not in line:
            inside.update(people)
    if inside:
        return territory, dict(inside)
    for pk in reversed(line):
        if pk in of:
            return places[pk], of[pk]
    return None, {}


def weighting(territory: Territory | None, voices: Mapping[str, int]) -> Weighting:
    """`voices`: people per segment who said something in the time looked at. A segment's weight is its share of the people over its share of the voices."""
    place, people = populations_of(territory)
    all_people, all_voices = sum(people.values()), sum(voices.get(segment, 0) for segment in people)
    if not all_people or not all_voices:
        return Weighting(place)
    rows = []
    for segment in Segment.values:
        if segment not in people:
            continue
        share, said = people[segment] / all_people, voices.get(segment, 0) / all_voices
        weight = min(share / said, MOST) if said else MOST
        rows.append(Weight(segment, people[segment], voices.get(segment, 0), share, said, round(weight, 2) if weight >= LEAST_WEIGHT else 1.0))
    return Weighting(place, rows)
