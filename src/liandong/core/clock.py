"""The one clock. Tests freeze it, the demo town moves it."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return timezone.now()


def today() -> dt.date:
    """The date where the site lives."""
    return timezone.localdate()


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after."""
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def day_bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """First moment of a local day and of the next one."""
    zone = timezone.get_current_timezone()
    start = dt.datetime.combine(day, dt.time.min, tzinfo=zone)
    return start, dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=zone)
