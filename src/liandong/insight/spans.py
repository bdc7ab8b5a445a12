"""Stretches of time that figures are asked for. The running month, quarter and year end today, and so does the year before they are compared with."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.ui import words

MONTH, QUARTER, YEAR, TWELVE_MONTHS = "month", "quarter", "year", "12m"


@dataclass(frozen=True)
class Span:
    """From the first to the last day, both included."""

    key: str
    first: dt.date
    last: dt.date

    @property
    def start_at(self) -> dt.datetime:
        return clock.day_bounds(self.first)[0]

    @property
    def end_at(self) -> dt.datetime:
        """The first moment after the span."""
        return clock.day_bounds(self.last)[1]

    def year_before(self) -> "Span":
        """The same days one year earlier."""
        return Span(f"{self.key}-before", year_earlier(self.first), year_earlier(self.last))

    @property
    def label(self) -> str:
        return _("%(first)s to %(last)s") % {"first": words.full_day(self.first), "last": words.full_day(self.last)}

    @property
    def name(self) -> str:
        """How one speaks of it."""
        if self.key == MONTH:
            return _("this month")
        if self.key == QUARTER:
            return _("this quarter")
        if self.key == YEAR:
            return _("this year")
        if self.key == TWELVE_MONTHS:
            return _("the last 12 months")
        return self.label


def year_earlier(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def month_end(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def months_back(day: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months earlier."""
    place = day.year * 12 + day.month - 1 - count
    return dt.date(place // 12, place % 12 + 1, 1)


def span_of(text: str, *, default: str = MONTH) -> Span:
    """month, quarter, year, 12m, 2026-10 or 2026; anything else gives the default."""
    today = clock.today()
    text = text.strip()
    if found := re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text):
        first = dt.date(int(found[1]), int(found[2]), 1)
        return Span(text, first, min(month_end(first), today) if first <= today else month_end(first))
    if re.fullmatch(r"20\d\d", text):
        first = dt.date(int(text), 1, 1)
        return Span(text, first, min(dt.date(first.year, 12, 31), today) if first <= today else dt.date(first.year, 12, 31))
    if text == QUARTER:
        return Span(QUARTER, dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1), today)
    if text == YEAR:
        return Span(YEAR, dt.date(today.year, 1, 1), today)
    if text == TWELVE_MONTHS:
        return Span(TWELVE_MONTHS, months_back(today, 11), today)
    if text == MONTH or default == MONTH:
        return Span(MONTH, today.replace(day=1), today)
    return span_of(default)
