"""The places of a desk: its office hours on a day, cut into so many minutes each. No database: `queries` reads the rows."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from liandong.appointments.models import Desk, DeskDay, DeskHours
from liandong.core.workdays import is_holiday

Taken = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Place:
    """One place: when, and which of its day (1 is the first)."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    number: int

    @property
    def key(self) -> str:
        """For addresses: 202606121420."""
        return f"{timezone.localtime(self.starts_at):%Y%m%d%H%M}"


@dataclass
class Schedule:
    """When a desk receives."""

    desk: Desk
    hours: list[DeskHours] = field(default_factory=list)
    days: dict[dt.date, DeskDay] = field(default_factory=dict)

    def is_holiday(self, day: dt.date) -> bool:
        """Office hours of this day fall out because it is a public holiday."""
        return day not in self.days and not self.desk.is_open_on_holidays and is_holiday(day) and any(row.holds_on(day) for row in self.hours)

    def stretches(self, day: dt.date) -> list[tuple[dt.time, dt.time]]:
        if day in self.days:
            special = self.days[day]
            return [(special.opens_at, special.closes_at)] if special.opens_at is not None and special.closes_at is not None else []
        if not self.desk.is_open_on_holidays and is_holiday(day):
            return []
        return [(row.opens_at, row.closes_at) for row in self.hours if row.holds_on(day)]

    def places(self, day: dt.date) -> list[Place]:
        """All of the day, free or not. What is left at the end of a stretch and too short is no place."""
        length = dt.timedelta(minutes=self.desk.minutes)
        found: list[Taken] = []
        for begins, ends in sorted(self.stretches(day)):
            start, end = (timezone.make_aware(dt.datetime.combine(day, time)) for time in (begins, ends))
            if found and start < found[-1][1]:  # hours that overlap make no two places at once
                start = found[-1][1]
            while start + length <= end:
                found.append((start, start + length))
                start += length
        return [Place(start, end, number) for number, (start, end) in enumerate(found, 1)]

    def next_days(self, first: dt.date, *, days: int) -> Iterable[dt.date]:
        """Days with office hours."""
        return (day for day in (first + dt.timedelta(days=n) for n in range(days + 1)) if self.stretches(day))


def free_of(places: Iterable[Place], taken: Sequence[Taken]) -> list[Place]:
    return [place for place in places if not any(start < place.ends_at and place.starts_at < end for start, end in taken)]
