"""Working days in China: weekends, public holidays and the weekends worked in exchange (调休), as the State Council announces them year by year.

Three sources, the later wins: the calendar that comes along (2007 to 2026), the days a hub has entered when a new notice came out (`hold_source`), and
`settings.WORKDAYS`, which maps a date ("2026-02-14") to True (worked) or False (free).
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from functools import cache

import holidays
from django.conf import settings
from django.utils import timezone

from liandong.core.clock import today

END_OF_DAY = dt.time(18, 0)
FIRST_YEAR, LAST_YEAR = 2007, 2026  # proved equal to the official notices, day by day (tests/official_days.csv)
KEPT_SECONDS = 60
Days = Mapping[dt.date, bool]


class _Entered:
    """The days a hub has entered, read at most once a minute by each process."""

    def __init__(self) -> None:
        self.read: Callable[[], Days] = dict
        self.hold({}, seconds=0)

    def hold(self, days: Days, *, seconds: float = KEPT_SECONDS) -> None:
        self.days, self.until = days, time.monotonic() + seconds

    def __call__(self) -> Days:
        if time.monotonic() >= self.until:
            self.hold(self.read())
        return self.days


entered = _Entered()


def hold_source(read: Callable[[], Days]) -> None:
    """Where the entered days are kept; called once, by the app that keeps them."""
    entered.read = read


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_workday(day: dt.date) -> bool:
    decided = getattr(settings, "WORKDAYS", None)
    if decided and day.isoformat() in decided:
        return bool(decided[day.isoformat()])
    days = entered()
    return days[day] if day in days else _official(day)


@cache
def _official(day: dt.date) -> bool:
    return _calendar().is_working_day(day)


def is_holiday(day: dt.date) -> bool:
    """A public holiday, or a weekday that is free in exchange for a weekend. An ordinary weekend is none."""
    return not is_workday(day) and (day.weekday() < 5 or day in _calendar())


def is_announced(year: int) -> bool:
    """The notice for this year is known: it came along, or a hub has entered at least one weekend that is worked in exchange."""
    return FIRST_YEAR <= year <= LAST_YEAR or any(worked and day.year == year and day.weekday() > 4 for day, worked in entered().items())


def unannounced_year() -> int | None:
    """The year whose notice should be entered now: this one, or the next one from December on. None when all is known."""
    now = today()
    wanted = [now.year, *([now.year + 1] if now.month == 12 else [])]
    return next((year for year in wanted if not is_announced(year)), None)


def workday_until(day: dt.date) -> dt.date:
    """The day itself when it is worked, else the last working day before it."""
    while not is_workday(day):
        day -= dt.timedelta(days=1)
    return day


def workdays_left(today: dt.date, due_at: dt.datetime) -> int:
    """Working days from the day until that of the moment; -1 when that lies behind."""
    due = timezone.localtime(due_at).date()
    days = (due - today).days
    return sum(is_workday(today + dt.timedelta(days=n)) for n in range(1, days + 1)) if days >= 0 else -1


def after_workdays(at: dt.datetime, count: int) -> dt.datetime:
    """The end (18:00) of the working day that comes `count` working days after the moment's own day."""
    day = timezone.localtime(at).date()
    while count:
        day += dt.timedelta(days=1)
        count -= is_workday(day)
    return dt.datetime.combine(day, END_OF_DAY, tzinfo=timezone.get_current_timezone())
