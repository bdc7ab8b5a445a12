"""Opening hours: when a door is open, until when, and when it opens next. Knows public holidays, weekends worked in exchange and hours past midnight.

No database: `queries.hours_of` makes `Hours` from rows.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from liandong.core import workdays

Stretch = tuple[dt.time, dt.time]  # ends on the next day where the end is not after the beginning
Span = tuple[dt.datetime, dt.datetime]
MIDNIGHT = dt.time(0)
LOOK_AHEAD = 14  # days
MONDAY, HOLIDAY = 0, 7
DAY = 24 * 60
_STRETCH = re.compile(
    r"(\d{1,2})(?:[:：点时.](\d{1,2}|半)?)?分?\s*(?:-|–|—|－|~|～|到|至|to)\s*(次日|翌日)?\s*(\d{1,2})(?:[:：点时.](\d{1,2}|半)?)?分?"
)
_SEPARATOR = re.compile(r"[,，;；、/\s]+")
ALL_DAY = ("24h", "24小时", "全天", "all day")
CLOSED = ("", "-", "休息", "关门", "不开", "closed")


@dataclass(frozen=True, slots=True)
class Hours:
    """A venue's week. `holidays` as in `Venue.Holidays`; `special` lists the days that are different, an empty list meaning closed."""

    week: dict[int, list[Stretch]] = field(default_factory=dict)
    holidays: str = "calendar"
    special: dict[dt.date, list[Stretch]] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        return bool(self.week)

    def stretches(self, day: dt.date) -> list[Stretch]:
        """What holds on this day, in order."""
        if day in self.special:
            return self.special[day]
        if self.holidays == "own" and workdays.is_holiday(day):
            return self.week.get(HOLIDAY, [])
        if self.holidays == "calendar":
            if workdays.is_holiday(day):
                return []
            if day.weekday() >= 5 and workdays.is_workday(day):
                return self.week.get(MONDAY, [])
        return self.week.get(day.weekday(), [])

    def spans(self, first: dt.date, last: dt.date) -> Iterator[Span]:
        """Moments from and to, of the stretches that begin on these days; one that goes on where the last ended is joined to it."""
        waiting: Span | None = None
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            for begins, ends in self.stretches(day):
                start, end = _at(day, begins), _at(day if ends > begins else day + dt.timedelta(days=1), ends)
                if waiting is not None and start <= waiting[1]:
                    waiting = (waiting[0], max(waiting[1], end))
                else:
                    if waiting is not None:
                        yield waiting
                    waiting = (start, end)
        if waiting is not None:
            yield waiting

    def span_at(self, moment: dt.datetime) -> Span | None:
        """The stretch in which the door is open at this moment, or None."""
        day = timezone.localtime(moment).date()
        around = self.spans(day - dt.timedelta(days=1), day + dt.timedelta(days=1))
        return next(((start, end) for start, end in around if start <= moment < end), None)

    def is_open(self, moment: dt.datetime) -> bool:
        return self.span_at(moment) is not None

    def covers(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Open all the time from start to end."""
        span = self.span_at(start)
        return span is not None and end <= span[1]

    def next_opening(self, moment: dt.datetime) -> dt.datetime | None:
        """When it opens next, within a fortnight."""
        day = timezone.localtime(moment).date()
        return next((start for start, _ in self.spans(day, day + dt.timedelta(days=LOOK_AHEAD)) if start > moment), None)


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def minutes(stretch: Stretch) -> Iterator[tuple[int, int]]:
    """The stretch in minutes of its own day and, past midnight, of the next (from 1,440 on)."""
    begins, ends = (time.hour * 60 + time.minute for time in stretch)
    yield begins, ends if ends > begins else ends + DAY


def read_stretches(text: str) -> list[Stretch]:
    """'9:00-12:00, 13:30-17:30', '9点到17点半', '18:00-2:00', '全天', '休息'. Raises ValueError for what it does not understand and for stretches that overlap."""
    folded = text.strip().lower()
    if folded in CLOSED:
        return []
    if folded in ALL_DAY:
        return [(MIDNIGHT, MIDNIGHT)]
    found, at = [], 0
    for match in _STRETCH.finditer(folded):
        if _SEPARATOR.sub("", folded[at : match.start()]):
            raise ValueError(text)
        at = match.end()
        hour, minute, _next_day, end_hour, end_minute = match.groups()
        found.append((_time(hour, minute), _time(end_hour, end_minute)))
    if not found or _SEPARATOR.sub("", folded[at:]):
        raise ValueError(text)
    found.sort()
    spans = [span for stretch in found for span in minutes(stretch)]
    if any(after[0] < before[1] for before, after in itertools.pairwise(spans)) or spans[-1][1] - DAY > spans[0][0]:
        raise ValueError(text)
    return found


def _time(hour: str, minute: str | None) -> dt.time:
    value = int(hour) * 60 + (30 if minute == "半" else int(minute or 0))
    if value > DAY or (minute and minute != "半" and int(minute) > 59):
        raise ValueError(hour)
    return dt.time(*divmod(value % DAY, 60))


def said(stretches: list[Stretch]) -> str:
    """As `read_stretches` reads it: '9:00-12:00, 13:30-17:30'; empty where it is closed."""
    return ", ".join(f"{begins.hour}:{begins:%M}-{ends.hour or 24 if ends == MIDNIGHT else ends.hour}:{ends:%M}" for begins, ends in stretches)
