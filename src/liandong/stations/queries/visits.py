"""How many came, when, and what may be said about it to everybody.

Public figures are of whole weeks and months that are over, so that a number read twice does not tell who came in between, and none of them stands for fewer than
`LEAST` people.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import QuerySet, Sum

from liandong.core import clock
from liandong.stations.models import Station, VisitCount

LEAST = 5  # a smaller number is not published
WEEKS = 4
BAND = 2  # hours
MONTHS = 3
EARLIEST, LATEST = 8, 20  # always drawn, whatever was counted


@dataclass(frozen=True)
class Figure:
    """People who came in the last four whole weeks. None: fewer than may be said."""

    people: int | None
    from_date: dt.date
    to_date: dt.date


@dataclass(frozen=True)
class Day:
    """One day, by how people were counted."""

    day: dt.date
    tap: int = 0
    host: int = 0
    paper: int = 0

    @property
    def people(self) -> int:
        return self.tap + self.host + self.paper


@dataclass(frozen=True)
class Cell:
    """`level` 0 (hardly anybody) to 4 (busiest), by the busiest cell; `people` None where it may not be said."""

    level: int
    people: int | None


@dataclass(frozen=True)
class Busy:
    """Bands of hours by weekday, Monday first."""

    bands: list[tuple[int, int]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    from_date: dt.date | None = None
    to_date: dt.date | None = None

    @property
    def busiest(self) -> tuple[int, tuple[int, int]] | None:
        """(weekday, band) of the fullest cell."""
        full = [(day, band) for band, row in zip(self.bands, self.rows, strict=True) for day, cell in enumerate(row) if cell.level == 4]
        return full[0] if full else None


def whole_weeks(today: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """First and last day of the last four whole weeks, Monday to Sunday."""
    today = today or clock.today()
    last = today - dt.timedelta(days=today.weekday() + 1)
    return last - dt.timedelta(days=7 * WEEKS - 1), last


def public_figure(station: Station) -> Figure:
    first, last = whole_weeks()
    people = _between(station, first, last).aggregate(people=Sum("people_count"))["people"] or 0
    return Figure(sayable(people), first, last)


def sayable(people: int) -> int | None:
    return people if people >= LEAST else None


def day_of(station: Station, day: dt.date) -> Day:
    return Day(day, **dict(_between(station, day, day).values_list("source", "people_count")))


def days_of(station: Station, first: dt.date, last: dt.date) -> list[Day]:
    """Every day somebody was counted, newest first."""
    found: dict[dt.date, dict[str, int]] = {}
    for day, source, people in _between(station, first, last).values_list("counted_on", "source", "people_count"):
        found.setdefault(day, {})[source] = people
    return [Day(day, **by_source) for day, by_source in sorted(found.items(), reverse=True)]


def months_of(station: Station) -> list[dt.date]:
    """First days of the months with counts, newest first."""
    return list(station.visit_counts.dates("counted_on", "month", order="DESC"))


def busy(station: Station, *, in_full: bool = False) -> Busy:
    """When people come: the last three whole months, for those who keep the station this month too. Cells of fewer than five say no number to others."""
    this_month = clock.today().replace(day=1)
    first = this_month
    for _turn in range(MONTHS):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    rows = station.visit_hours.filter(month_on__gte=first)
    if not in_full:
        rows = rows.filter(month_on__lt=this_month)
    counted: dict[tuple[int, int], int] = {}
    for weekday, hour, people in rows.values_list("weekday", "hour").annotate(people=Sum("people_count")):
        counted[weekday, hour // BAND] = counted.get((weekday, hour // BAND), 0) + people
    counted = {key: people for key, people in counted.items() if people}
    if not counted:
        return Busy()
    top = max(counted.values())
    start = min(EARLIEST // BAND, *(band for _day, band in counted))
    end = max(LATEST // BAND, *(band + 1 for _day, band in counted))
    return Busy(
        [(band * BAND, band * BAND + BAND) for band in range(start, end)],
        [[_cell(counted.get((day, band), 0), top, in_full=in_full) for day in range(7)] for band in range(start, end)],
        first,
        clock.today() if in_full else this_month - dt.timedelta(days=1),
    )


def _cell(people: int, top: int, *, in_full: bool) -> Cell:
    said = people if in_full else sayable(people)
    if said is None or not people:
        return Cell(0, said)
    return Cell(max(1, min(4, -(-4 * people // top))), said)


def _between(station: Station, first: dt.date, last: dt.date) -> QuerySet[VisitCount]:
    return VisitCount.objects.filter(station=station, counted_on__range=(first, last))
