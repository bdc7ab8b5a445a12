"""The desk: hours to confirm, and who may."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities.models import Attendance, Position, Shift, SignUp
from liandong.activities.queries import Evidence, evidence_of
from liandong.core import clock, workdays
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import scope
from liandong.organizations.queries import hub_people, people_with
from liandong.recognition import rules
from liandong.recognition.models import Backfill, Outlier, RecordAppeal, ServiceRecord
from liandong.recognition.queries.claims import by_hand_of
from liandong.recognition.queries.trust import outliers_about

CONFIRM_WORKDAYS = 10  # Order 67 article 11


@dataclass(frozen=True)
class Waiting:
    """A shift whose volunteers came and have no record yet: how many, and how many of them have not left."""

    shift_id: int
    host_id: int
    waiting: int
    still_in: int


def _unconfirmed() -> QuerySet[Attendance]:
    return Attendance.objects.filter(
        confirmed_at__isnull=True, sign_up__state=SignUp.State.CONFIRMED, sign_up__position__kind=Position.Kind.VOLUNTEER
    )


def hours_to_confirm(person: Person | None) -> QuerySet[Attendance]:
    """Who served in shifts that are over, and waits for the person to confirm their hours."""
    mine = scope(person, Right.CONFIRM_SERVICE, organization="sign_up__shift__activity__host")
    return _unconfirmed().filter(mine, sign_up__shift__ends_at__lte=clock.now())


def shifts_to_confirm(person: Person | None, *, text: str = "") -> list[Waiting]:
    """The same by shift, oldest first. One query over all attendances that nobody confirmed."""
    open_ones = hours_to_confirm(person)
    if text:
        open_ones = open_ones.filter(sign_up__shift__activity__title__icontains=text)
    rows = open_ones.values_list("sign_up__shift", "sign_up__shift__activity__host").annotate(
        waiting=Count("pk"), still_in=Count("pk", filter=Q(out_at__isnull=True)), ends_at=Min("sign_up__shift__ends_at")
    )
    return [Waiting(*row[:4]) for row in rows.order_by("ends_at", "sign_up__shift")]


def shifts_unconfirmed() -> QuerySet[Shift]:
    """All shifts of the last half year with volunteers who came and have no record, oldest first."""
    open_ones = _unconfirmed().filter(sign_up__shift__ends_at__range=(clock.now() - dt.timedelta(days=180), clock.now()))
    return Shift.objects.filter(pk__in=open_ones.values("sign_up__shift")).select_related("activity__host__territory").order_by("ends_at", "pk")


def with_shifts(rows: Iterable[Waiting]) -> list[tuple[Waiting, Shift]]:
    """The rows of one page with their shifts, activities and hosts."""
    rows = list(rows)
    shifts = Shift.objects.select_related("activity__host").in_bulk([row.shift_id for row in rows])
    return [(row, shifts[row.shift_id]) for row in rows]


@dataclass(frozen=True)
class Clock:
    """Until when a shift must be confirmed (Order 67 article 11), and how it stands: "late", "soon" (two days) or ""."""

    due_at: dt.datetime
    state: str


def clock_of(shift: Shift) -> Clock:
    now, due_at = clock.now(), workdays.after_workdays(shift.ends_at, CONFIRM_WORKDAYS)
    return Clock(due_at, "late" if due_at < now else "soon" if due_at < now + dt.timedelta(days=2) else "")


TO_DO = ("ready", "look", "by_hand", "still_in", "appealed", "confirmed", "withdrawn", "absent")


@dataclass(frozen=True)
class Row:
    """One volunteer of a shift on the page where hours are confirmed."""

    sign_up: SignUp
    attendance: Attendance | None
    record: ServiceRecord | None
    minutes: int | None
    appeal: RecordAppeal | None
    evidence: Evidence | None = None
    is_by_hand: bool = False
    outliers: tuple[Outlier, ...] = ()
    backfill: Backfill | None = None

    @property
    def state(self) -> str:
        if self.record is not None:
            return "appealed" if self.appeal else "withdrawn" if not self.record.minutes else "confirmed"
        if self.attendance is None:
            return "absent"
        if not self.attendance.out_at:
            return "still_in"
        return "by_hand" if self.is_by_hand else "look" if self.outliers else "ready"


def rows_of_shift(shift: Shift) -> list[Row]:
    """The volunteers of a shift, those with something to do first; those who did not come last."""
    sign_ups = SignUp.objects.filter(shift=shift, position__kind=Position.Kind.VOLUNTEER, state__in=[SignUp.State.CONFIRMED, SignUp.State.ABSENT])
    records = {record.sign_up_id: record for record in ServiceRecord.objects.current().filter(shift=shift)}
    appeals = {appeal.record_id: appeal for appeal in RecordAppeal.objects.filter(record__shift=shift, state=RecordAppeal.State.OPEN)}
    rows = []
    known = list(sign_ups.select_related("person", "position", "attendance").order_by("position__order", "sequence"))
    came = []
    for sign_up in known:
        sign_up.shift = shift
        if (attendance := getattr(sign_up, "attendance", None)) is not None:
            attendance.sign_up = sign_up
            came.append(attendance)
    evidence, by_hand, look_at = evidence_of(came), by_hand_of(came), outliers_about(sign_up.pk for sign_up in known)
    waiting = {row.person_id: row for row in Backfill.objects.filter(shift=shift, state=Backfill.State.WAITING)}
    for sign_up in known:
        attendance, record = getattr(sign_up, "attendance", None), records.get(sign_up.pk)
        if record is not None:
            minutes: int | None = record.minutes
        elif attendance is not None and attendance.out_at is not None:
            minutes = rules.served_in(shift, attendance)[2]
        else:
            minutes = None
        rows.append(
            Row(
                sign_up,
                attendance,
                record,
                minutes,
                appeals.get(record.pk) if record else None,
                evidence.get(attendance.pk) if attendance else None,
                attendance is not None and attendance.pk in by_hand,
                tuple(look_at.get(sign_up.pk, ())),
                waiting.get(sign_up.person_id),
            )
        )
    return sorted(rows, key=lambda row: TO_DO.index(row.state))


def who_can_confirm(organization: Organization, *, besides: Iterable[int] = ()) -> list[Person]:
    """The people of a body who may confirm its service, `besides` some; without any, those of the hub around it."""
    own = list(people_with(organization, Right.CONFIRM_SERVICE).exclude(pk__in=list(besides)))
    return own or list(hub_people(organization.territory, Right.CONFIRM_SERVICE).exclude(pk__in=list(besides)))


def hub_of(organization: Organization) -> list[Person]:
    """The people of the hub around a body who may confirm service."""
    return list(hub_people(organization.territory, Right.CONFIRM_SERVICE))
