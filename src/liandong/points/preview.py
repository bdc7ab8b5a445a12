"""What a rule would have given for service that took place. Plain sums, no database."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from liandong.points.models import PointsRule
from liandong.points.rules import points_for


@dataclass(frozen=True)
class Served:
    """A service: who, when, how long, of what kind, where."""

    person: int
    day: dt.date
    minutes: int
    category: str
    starts_at: dt.datetime
    territory: int


@dataclass(frozen=True)
class Outcome:
    """Points for a time: all of them, by kind, how many people, and how much the caps kept back."""

    points: int
    by_category: dict[str, int]
    people: int
    most: int
    capped: int


def outcome(services: Iterable[Served], rule: PointsRule) -> Outcome:
    """The points of these services under a rule, with its caps of the day and of the month, in the order of the days."""
    by_day: dict[tuple[int, dt.date], int] = defaultdict(int)
    by_month: dict[tuple[int, int, int], int] = defaultdict(int)
    by_category: dict[str, int] = defaultdict(int)
    by_person: dict[int, int] = defaultdict(int)
    capped = 0
    for each in sorted(services, key=lambda one: (one.starts_at, one.person)):
        worth = points_for(each.minutes, rule, category=each.category, starts_at=each.starts_at, territory_id=each.territory)
        day, month = (each.person, each.day), (each.person, each.day.year, each.day.month)
        room = worth
        if rule.day_cap_points is not None:
            room = min(room, rule.day_cap_points - by_day[day])
        if rule.month_cap_points is not None:
            room = min(room, rule.month_cap_points - by_month[month])
        given = max(room, 0)
        capped += worth - given
        by_day[day] += given
        by_month[month] += given
        by_category[each.category] += given
        by_person[each.person] += given
    return Outcome(sum(by_person.values()), dict(by_category), len(by_person), max(by_person.values(), default=0), capped)
