"""When a desk receives, in words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from liandong.appointments.models import Desk, DeskHours
from liandong.appointments.places import Schedule
from liandong.core import clock
from liandong.ui import words

NTH: dict[int, Any] = {
    1: gettext_lazy("First %(days)s of the month, %(times)s"),
    2: gettext_lazy("Second %(days)s of the month, %(times)s"),
    3: gettext_lazy("Third %(days)s of the month, %(times)s"),
    4: gettext_lazy("Fourth %(days)s of the month, %(times)s"),
    5: gettext_lazy("Last %(days)s of the month, %(times)s"),
}


def about_desk(desk: Desk) -> dict[str, Any]:
    """What pages say beside a desk."""
    return {
        "minutes_note": ngettext("%(n)s minute each", "%(n)s minutes each", desk.minutes) % {"n": desk.minutes},
        "until_note": until_words(desk.until_minutes),
        "where_note": "，".join(part for part in (desk.venue.address, desk.spot, desk.venue.directions) if part),
    }


def until_words(minutes: int) -> str:
    if minutes == 0:
        return _("You can book and cancel until it begins.")
    if minutes < 120:
        return ngettext("You can book and cancel until %(n)s minute before.", "You can book and cancel until %(n)s minutes before.", minutes) % {
            "n": minutes
        }
    if minutes < 1440:
        return ngettext("You can book and cancel until %(n)s hour before.", "You can book and cancel until %(n)s hours before.", minutes // 60) % {
            "n": minutes // 60
        }
    return ngettext("You can book and cancel until %(n)s day before.", "You can book and cancel until %(n)s days before.", minutes // 1440) % {
        "n": minutes // 1440
    }


def weekday(number: int) -> str:
    return words.weekday(dt.date(2024, 1, 1) + dt.timedelta(days=number))


def _list(parts: Iterable[str]) -> str:
    return pgettext("between the parts of a list", ", ").join(parts)


def span(opens_at: dt.time, closes_at: dt.time) -> str:
    return f"{opens_at.hour}:{opens_at:%M}–{closes_at.hour}:{closes_at:%M}"


def hours_lines(hours: Iterable[DeskHours]) -> list[tuple[str, list[DeskHours]]]:
    """每周一、周三 9:00–11:30，14:00–17:00: one line for days that have the same rhythm and times, with its rows."""
    days: dict[tuple[int, int, int], list[DeskHours]] = defaultdict(list)
    for row in sorted(hours, key=lambda row: (row.weekday, row.opens_at)):
        days[(row.nth or 0, row.every_weeks, row.weekday)].append(row)
    alike: dict[tuple[int, int, str], list[tuple[int, list[DeskHours]]]] = defaultdict(list)
    for (nth, every, number), rows in days.items():
        alike[(nth, every, _list(span(row.opens_at, row.closes_at) for row in rows))].append((number, rows))
    return [
        (_rhythm(nth, every, [number for number, _rows in group], times), [row for _number, rows in group for row in rows])
        for (nth, every, times), group in alike.items()
    ]


def _rhythm(nth: int, every: int, numbers: list[int], times: str) -> str:
    said = {"days": weekday(numbers[0]) + "–" + weekday(numbers[-1]) if _in_a_row(numbers) else _list(map(weekday, numbers)), "times": times}
    if nth:
        return str(NTH[nth] % said)
    if every == 1:
        return _("Every %(days)s, %(times)s") % said
    return _("Every %(weeks)s weeks on %(days)s, %(times)s") % {**said, "weeks": every}


def _in_a_row(numbers: list[int]) -> bool:
    return len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))


def special_days(schedule: Schedule) -> list[tuple[dt.date, str, str]]:
    """What is different in the days one can book: (day, what, the desk's own words)."""
    found = []
    for day in (clock.today() + dt.timedelta(days=n) for n in range(schedule.desk.ahead_days + 1)):
        if schedule.is_holiday(day):
            found.append((day, _("no office hours: public holiday"), ""))
        elif (special := schedule.days.get(day)) is not None:
            if special.opens_at is None or special.closes_at is None:
                found.append((day, _("no office hours"), special.words))
            else:
                found.append((day, _("only %(times)s this day") % {"times": span(special.opens_at, special.closes_at)}, special.words))
    return found
