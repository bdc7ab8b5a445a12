"""Working days in China: weekends, public holidays and the weekends worked in exchange, with an override for the days a site decides itself.

`settings.WORKDAYS` maps a date ("2026-02-14") to True (worked) or False (free) and wins over the calendar.
"""

import datetime as dt
from functools import cache

import holidays
from django.conf import settings
from django.utils import timezone

END_OF_DAY = dt.time(18, 0)


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_workday(day: dt.date) -> bool:
    override = getattr(settings, "WORKDAYS", {})
    if day.isoformat() in override:
        return bool(override[day.isoformat()])
    return _calendar().is_working_day(day)


def is_holiday(day: dt.date) -> bool:
    """A public holiday, or a weekday that is free in exchange for a weekend. An ordinary weekend is none."""
    return not is_workday(day) and (day.weekday() < 5 or day in _calendar())


def workday_until(day: dt.date) -> dt.date:
    """The day itself when it is worked, else the last working day before it."""
    while not is_workday(day):
        day -= dt.timedelta(days=1)
    return day


def after_workdays(at: dt.datetime, count: int) -> dt.datetime:
    """The end (18:00) of the working day that comes `count` working days after the moment's own day."""
    day = timezone.localtime(at).date()
    while count:
        day += dt.timedelta(days=1)
        count -= is_workday(day)
    return dt.datetime.combine(day, END_OF_DAY, tzinfo=timezone.get_current_timezone())
