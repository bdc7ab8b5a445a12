"""Opening hours in words."""

from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _


def grouped(days: list[tuple[int, str]]) -> list[tuple[Any, str]]:
    """Days in a row that have the same hours as one line: [("Mon–Fri", "9:00-17:30"), ("Sat, Sun" …)]; a closed day has no hours."""
    rows: list[tuple[int, int, str]] = []
    for weekday, said in days:
        if rows and rows[-1][2] == said and rows[-1][1] == weekday - 1:
            rows[-1] = (rows[-1][0], weekday, said)
        else:
            rows.append((weekday, weekday, said))
    return [(_named(first, last), said) for first, last, said in rows]


def _named(first: int, last: int) -> Any:
    if (first, last) == (0, 6):
        return _("Every day")
    if first == last:
        return WEEKDAYS_ABBR[first]
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS_ABBR[first], "last": WEEKDAYS_ABBR[last]}
