"""The working days of a year whose notice did not come along with Liandong: read for `core.workdays`, written by a hub's manager."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.core import clock, workdays
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold, one_line
from liandong.journal import services as journal
from liandong.notices.services import notify
from liandong.organizations.models import CalendarDay, Role, RoleGrant
from liandong.organizations.permissions import can_keep_calendar, in_force

MOST_DAYS = 80
_LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:~|to|\u81f3|\u5230)\s*(\d{4}-\d{1,2}-\d{1,2}))?\s*(.*)")


def entered_days() -> dict[dt.date, bool]:
    return dict(CalendarDay.objects.values_list("calendar_date", "is_worked"))


def year_of(year: int) -> list[tuple[dt.date, bool, CalendarDay | None]]:
    """The days of a year that differ from the plain week, as they are counted now: (day, is worked, the row a hub entered)."""
    rows = {row.calendar_date: row for row in CalendarDay.objects.filter(calendar_date__year=year).select_related("entered_by")}
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    return [(day, worked, rows.get(day)) for day in days if (worked := workdays.is_workday(day)) != (day.weekday() < 5) or day in rows]


@dataclass(frozen=True)
class Span:
    first: dt.date
    last: dt.date
    occasion: str


def spans_of(text: str, *, field: str) -> list[Span]:
    """One line a holiday: a date, or two dates with a wave between them, and what for. Refuses a line it cannot read."""
    found = []
    for line in text.splitlines():
        if not (line := fold(line).replace("/", "-")):
            continue
        match = _LINE.fullmatch(line)
        try:
            first = dt.date(*map(int, match[1].split("-"))) if match else None
            last = dt.date(*map(int, match[2].split("-"))) if match and match[2] else first
        except ValueError:
            first = last = None
        if match is None or first is None or last is None or not dt.timedelta(0) <= last - first <= dt.timedelta(days=15):
            raise Refused(_("This line is no date or span of dates: “%(line)s”.") % {"line": line[:40]}, field=field)
        found.append(Span(first, last, match[3][:40]))
    return found


@transaction.atomic
def enter_calendar(*, free: str, worked: str, source: str, by: Actor) -> list[CalendarDay]:
    """Enter a notice: the days off and the weekends worked in exchange. A day entered before is replaced; the journal keeps both."""
    require(can_keep_calendar(by))
    source = one_line(source, 200)
    if len(source) < 4:
        raise Refused(_("Please say which notice these days come from."), field="source")
    wanted: dict[dt.date, tuple[bool, str]] = {}
    for field, text, is_worked in (("free", free, False), ("worked", worked, True)):
        for span in spans_of(text, field=field):
            for n in range((span.last - span.first).days + 1):
                day = span.first + dt.timedelta(days=n)
                if wanted.get(day, (is_worked,))[0] != is_worked:
                    raise Refused(_("%(day)s stands in both lists.") % {"day": day.isoformat()}, field="worked")
                if is_worked != (day.weekday() < 5):  # what the plain week says already need not be kept
                    wanted[day] = (is_worked, span.occasion)
    if not wanted or len(wanted) > MOST_DAYS:
        raise Refused(_("Enter at least one day that differs from the plain week, and at most %(n)s.") % {"n": MOST_DAYS}, field="free")
    person = accounts.person_of(by)
    rows = []
    for day, (is_worked, occasion) in sorted(wanted.items()):
        before = CalendarDay.objects.filter(calendar_date=day).first()
        row, _made = CalendarDay.objects.update_or_create(
            calendar_date=day,
            defaults={"is_worked": is_worked, "occasion": occasion, "source": source, "entered_by": person, "entered_at": clock.now()},
        )
        if before is None or before.is_worked != is_worked:
            journal.record(
                "calendar.day_entered",
                on=row,
                before={"is_worked": before.is_worked} if before else {},
                after={"day": day, "is_worked": is_worked, "source": source},
                by=by,
            )
        rows.append(row)
    transaction.on_commit(lambda: workdays.entered.hold({}, seconds=0))
    return rows


@transaction.atomic
def remove_calendar_day(row: CalendarDay, *, by: Actor) -> None:
    """The day is counted again as the calendar that came along says."""
    require(can_keep_calendar(by))
    row = CalendarDay.objects.select_for_update().get(pk=row.pk)
    journal.record("calendar.day_removed", on=row, before={"day": row.calendar_date, "is_worked": row.is_worked, "source": row.source}, by=by)
    row.delete()
    transaction.on_commit(lambda: workdays.entered.hold({}, seconds=0))


def remind() -> int:
    """From December on, those who keep the calendar hear once that next year's notice is not entered. Returns how many were told."""
    year = workdays.unannounced_year()
    if year is None or not workdays.is_workday(clock.today()):
        return 0
    keepers = Person.objects.filter(pk__in=RoleGrant.objects.filter(in_force(), role=Role.HUB_MANAGER, from_date__lte=clock.today()).values("person"))
    url, key = reverse("organizations:calendar"), f"calendar.missing:{year}"
    told = [notify(person, kind="calendar.missing", values={"year": year}, url=url, once_key=key) for person in keepers.order_by("id")]
    return sum(notice is not None for notice in told)
