"""What must be written, and by when: evaluations within ten working days after the service ends (Order 67 article 11)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities.models import Shift
from liandong.core import clock, workdays
from liandong.dossier.models import ServiceEvaluation
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor, scope
from liandong.recognition.models import ServiceRecord

EVALUATE_WORKDAYS = 10
LOOK_BACK = dt.timedelta(days=365)
REMIND_BEFORE = dt.timedelta(days=3)


@dataclass(frozen=True)
class Due:
    """A shift whose volunteers have recorded service and no evaluation yet."""

    shift_id: int
    title: str
    host: Organization
    ends_at: dt.datetime
    waiting: int

    @property
    def due_at(self) -> dt.datetime:
        return workdays.after_workdays(self.ends_at, EVALUATE_WORKDAYS)

    @property
    def state(self) -> str:
        """ "late", "soon" (two days) or ""."""
        now = clock.now()
        return "late" if self.due_at < now else "soon" if self.due_at < now + dt.timedelta(days=2) else ""


def _waiting(where: Q, *, since: dt.date) -> QuerySet[ServiceRecord]:
    evaluated = ServiceEvaluation.objects.filter(person=OuterRef("person"), shift=OuterRef("shift"))
    return ServiceRecord.objects.counting().filter(where, ~Exists(evaluated), service_date__gte=since)


def evaluations_due(person: Actor, *, text: str = "") -> list[Due]:
    """Shifts of the reader's bodies whose volunteers wait for a word, the nearest deadline first. A year back: what is older is no help to anybody."""
    rows = _waiting(scope(person, Right.CONFIRM_SERVICE), since=clock.today() - LOOK_BACK)
    if isinstance(person, Person):
        rows = rows.exclude(person=person)
    if text:
        rows = rows.filter(activity_name__icontains=text)
    return _dues(rows)


def _dues(rows: QuerySet[ServiceRecord]) -> list[Due]:
    grouped = list(
        rows.order_by()
        .values_list("shift", "shift__activity__title", "shift__activity__host", "shift__ends_at")
        .annotate(n=Count("pk"))
        .order_by("shift__ends_at", "shift")
    )
    hosts = Organization.objects.in_bulk({row[2] for row in grouped})
    return [Due(row[0], row[1], hosts[row[2]], row[3], row[4]) for row in grouped]


def evaluations_to_remind(*, today: dt.date) -> list[Due]:
    """Those whose deadline lies within three days."""
    soon = clock.now() + REMIND_BEFORE
    return [due for due in _dues(_waiting(Q(), since=today - dt.timedelta(days=45))) if clock.now() <= due.due_at <= soon]


def rows_of_shift(shift: Shift, *, by: Person) -> tuple[list[ServiceRecord], list[ServiceEvaluation]]:
    """Who waits for an evaluation of this shift, and what was written already."""
    waiting = _waiting(Q(shift=shift), since=dt.date.min).exclude(person=by).select_related("person", "position").order_by("person__pinyin", "person")
    written = ServiceEvaluation.objects.counting().filter(shift=shift).select_related("person").order_by("person__pinyin", "id")  # type: ignore[attr-defined]
    return list(waiting), list(written)
