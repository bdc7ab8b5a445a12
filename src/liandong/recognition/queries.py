"""Everything read about records, points and certificates."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import ExtractYear

from liandong.accounts.models import Person
from liandong.activities.models import Attendance, AttendanceCorrection, Position, Shift, SignUp
from liandong.core import clock, workdays
from liandong.needs.models import Need
from liandong.needs.permissions import visible_to as needs_visible_to
from liandong.organizations.models import Organization, Right, RoleGrant, Territory
from liandong.organizations.permissions import RIGHTS_OF, scope
from liandong.projects.models import ProjectNeed
from liandong.recognition import rules
from liandong.recognition.models import (
    Certificate,
    PointsAccount,
    PointsEntry,
    RecognitionRule,
    RecordAppeal,
    ServiceRecord,
    ServiceRecordQuerySet,
)
from liandong.volunteers.models import VolunteerProfile

CONFIRM_WORKDAYS = 10  # Order 67 article 11
CONFIRM_ROLES = [role for role, rights in RIGHTS_OF.items() if Right.CONFIRM_SERVICE in rights]


# Rules and sums


def rule_on(day: dt.date) -> RecognitionRule:
    """The version of the rule that holds on a day."""
    return RecognitionRule.objects.filter(from_date__lte=day).order_by("-version").first() or RecognitionRule.objects.earliest("version")


def hours_of(person: Person) -> int:
    """The person's confirmed service, in minutes."""
    return ServiceRecord.objects.counting().filter(person=person).aggregate(total=Sum("minutes"))["total"] or 0


@dataclass(frozen=True)
class Year:
    year: int
    minutes: int
    count: int


@dataclass(frozen=True)
class Overview:
    """What a volunteer sees on top of their records. Minutes brought along from elsewhere count for stars, not for certificates."""

    minutes: int
    count: int
    brought_minutes: int
    brought_source: str
    years: list[Year]
    stars: rules.Stars
    balance: int
    rule: RecognitionRule

    @property
    def total_minutes(self) -> int:
        return self.minutes + self.brought_minutes

    @property
    def busiest(self) -> int:
        return max((year.minutes for year in self.years), default=0)


def overview_of(person: Person) -> Overview:
    rows = (
        ServiceRecord.objects.counting()
        .filter(person=person)
        .values(year=ExtractYear("service_date"))
        .annotate(minutes=Sum("minutes"), count=Count("pk"))
    )
    years = [Year(**row) for row in rows.order_by("-year")]
    brought = VolunteerProfile.objects.filter(person=person).values_list("brought_minutes", "brought_source").first() or (0, "")
    rule, minutes = rule_on(clock.today()), sum(year.minutes for year in years)
    return Overview(
        minutes, sum(year.count for year in years), *brought, years, rules.stars_for(minutes + brought[0], rule), balance_of(person), rule
    )


def records_of(person: Person) -> ServiceRecordQuerySet:
    """The last word on each of the person's services, the withdrawn ones too, newest first."""
    return ServiceRecord.objects.current().filter(person=person).select_related("organization").order_by("-service_date", "-id")


def records_between(
    person: Person, *, from_date: dt.date | None = None, to_date: dt.date | None = None, organization: Organization | None = None
) -> ServiceRecordQuerySet:
    """The records that a certificate counts, oldest first."""
    records = ServiceRecord.objects.counting().filter(person=person).select_related("territory", "organization__territory")
    if from_date:
        records = records.filter(service_date__gte=from_date)
    if to_date:
        records = records.filter(service_date__lte=to_date)
    if organization:
        records = records.filter(organization=organization)
    return records.order_by("starts_at", "id")


def organizations_of(person: Person) -> QuerySet[Organization]:
    """The bodies that keep records of the person."""
    return Organization.objects.filter(pk__in=ServiceRecord.objects.counting().filter(person=person).values("organization")).order_by("pinyin", "id")


def waiting_of(person: Person) -> QuerySet[Attendance]:
    """Service that was given and is not confirmed yet."""
    return (
        Attendance.objects.filter(
            ~Exists(ServiceRecord.objects.filter(sign_up=OuterRef("sign_up"))),
            sign_up__person=person,
            sign_up__state=SignUp.State.CONFIRMED,
            sign_up__position__kind=Position.Kind.VOLUNTEER,
        )
        .select_related("sign_up__shift__activity")
        .order_by("-in_at")
    )


# Figures for the hub and the public


def counted(
    *, territory: Territory | None = None, organization: Organization | None = None, start: dt.date | None = None, end: dt.date | None = None
) -> ServiceRecordQuerySet:
    """Counting records of a territory (with everything inside it) and a body, from `start` to `end`, both included."""
    records = ServiceRecord.objects.counting()
    if territory is not None:
        records = records.filter(territory__path__startswith=territory.path)
    if organization is not None:
        records = records.filter(organization=organization)
    if start is not None:
        records = records.filter(service_date__gte=start)
    if end is not None:
        records = records.filter(service_date__lte=end)
    return records


def minutes_between(
    *, territory: Territory | None = None, organization: Organization | None = None, start: dt.date | None = None, end: dt.date | None = None
) -> int:
    return counted(territory=territory, organization=organization, start=start, end=end).aggregate(total=Sum("minutes"))["total"] or 0


# Points


def balance_of(person: Person) -> int:
    return PointsAccount.objects.filter(person=person).values_list("balance", flat=True).first() or 0


def statement_of(person: Person) -> QuerySet[PointsEntry]:
    """The person's entries, newest first, each with `running`: the balance after it."""
    return (
        PointsEntry.objects.filter(account__person=person)
        .annotate(running=Window(Sum("amount"), order_by=F("id").asc()))
        .select_related("transfer__record")
        .order_by("-id")
    )


# The desk: hours to confirm


@dataclass(frozen=True)
class Waiting:
    """A shift whose volunteers came and have no record yet: how many, and how many of them have not left."""

    shift_id: int
    host_id: int
    waiting: int
    still_in: int


def shifts_to_confirm(person: Person | None, *, text: str = "") -> list[Waiting]:
    """Shifts that are over and wait for the person to confirm hours, oldest first. One query over all attendances that nobody confirmed."""
    open_ones = Attendance.objects.filter(
        scope(person, Right.CONFIRM_SERVICE, organization="sign_up__shift__activity__host"),
        confirmed_at__isnull=True,
        sign_up__state=SignUp.State.CONFIRMED,
        sign_up__position__kind=Position.Kind.VOLUNTEER,
        sign_up__shift__ends_at__lte=clock.now(),
    )
    if text:
        open_ones = open_ones.filter(sign_up__shift__activity__title__icontains=text)
    rows = open_ones.values_list("sign_up__shift", "sign_up__shift__activity__host").annotate(
        waiting=Count("pk"), still_in=Count("pk", filter=Q(out_at__isnull=True)), ends_at=Min("sign_up__shift__ends_at")
    )
    return [Waiting(*row[:4]) for row in rows.order_by("ends_at", "sign_up__shift")]


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


TO_DO = ("ready", "still_in", "appealed", "confirmed", "withdrawn", "absent")


@dataclass(frozen=True)
class Row:
    """One volunteer of a shift on the page where hours are confirmed."""

    sign_up: SignUp
    attendance: Attendance | None
    record: ServiceRecord | None
    minutes: int | None
    appeal: RecordAppeal | None

    @property
    def state(self) -> str:
        if self.record is not None:
            return "appealed" if self.appeal else "withdrawn" if not self.record.minutes else "confirmed"
        if self.attendance is None:
            return "absent"
        return "ready" if self.attendance.out_at else "still_in"


def rows_of_shift(shift: Shift) -> list[Row]:
    """The volunteers of a shift, those with something to do first; those who did not come last."""
    sign_ups = SignUp.objects.filter(shift=shift, position__kind=Position.Kind.VOLUNTEER, state__in=[SignUp.State.CONFIRMED, SignUp.State.ABSENT])
    records = {record.sign_up_id: record for record in ServiceRecord.objects.current().filter(shift=shift)}
    appeals = {appeal.record_id: appeal for appeal in RecordAppeal.objects.filter(record__shift=shift, state=RecordAppeal.State.OPEN)}
    rows = []
    for sign_up in sign_ups.select_related("person", "position", "attendance").order_by("position__order", "sequence"):
        attendance, record = getattr(sign_up, "attendance", None), records.get(sign_up.pk)
        if record is not None:
            minutes: int | None = record.minutes
        elif attendance is not None and attendance.out_at is not None:
            minutes = rules.served_window(attendance.in_at, attendance.out_at, shift_starts_at=shift.starts_at, shift_ends_at=shift.ends_at)[2]
        else:
            minutes = None
        rows.append(Row(sign_up, attendance, record, minutes, appeals.get(record.pk) if record else None))
    return sorted(rows, key=lambda row: TO_DO.index(row.state))


# One record and what it stands on


def history_of(record: ServiceRecord) -> list[ServiceRecord]:
    """All versions of a service, the first one first."""
    return list(ServiceRecord.objects.filter(sign_up=record.sign_up_id).select_related("confirmed_by", "rule", "transfer", "corrects").order_by("id"))


def points_of(record: ServiceRecord) -> int:
    """The points that this service brought, corrections included."""
    entries = PointsEntry.objects.filter(transfer__record__sign_up=record.sign_up_id, account__person=record.person_id)
    return entries.aggregate(total=Sum("amount"))["total"] or 0


def attendance_corrections(record: ServiceRecord) -> list[AttendanceCorrection]:
    return list(AttendanceCorrection.objects.filter(attendance__sign_up=record.sign_up_id).select_related("corrected_by").order_by("id"))


def needs_behind(record: ServiceRecord, *, person: Person) -> QuerySet[Need]:
    """The needs that this service answered, as far as the person may read them."""
    return needs_visible_to(person).filter(pk__in=ProjectNeed.objects.filter(project=record.activity.project_id).values("need"))


def open_appeals(appeals: QuerySet[RecordAppeal]) -> QuerySet[RecordAppeal]:
    return (
        appeals.filter(state=RecordAppeal.State.OPEN)
        .select_related("record__organization", "record__person", "person")
        .order_by("answer_due_at", "id")
    )


def who_can_confirm(organization: Organization) -> list[Person]:
    """The people of a body who may confirm its service; without any, those of the hub around it."""
    today = clock.today()
    grants = RoleGrant.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=today), role__in=CONFIRM_ROLES, from_date__lte=today).select_related(
        "person"
    )
    own = grants.filter(organization=organization)
    around = grants.filter(territory__path__in=_around(organization.territory))
    return list({grant.person_id: grant.person for grant in (own or around)}.values())


# Certificates


def issuer_for(records: Iterable[ServiceRecord]) -> Organization | None:
    """Who records certifies: the one body that kept the records; when there are several, the nearest hub around the latest one."""
    records = list(records)
    if not records:
        return None
    bodies = {record.organization_id: record.organization for record in records}
    if len(bodies) == 1:
        return records[0].organization
    hubs = Organization.objects.filter(kind=Organization.Kind.HUB, state=Organization.State.ACTIVE).select_related("territory")
    around = [hub for hub in hubs if hub.territory.holds(records[-1].territory)]
    if around:
        return max(around, key=lambda hub: (len(hub.territory.path), -hub.pk))
    minutes = {pk: sum(record.minutes for record in records if record.organization_id == pk) for pk in bodies}
    return bodies[max(minutes, key=lambda pk: (minutes[pk], -pk))]


def name_in_charge(organization: Organization) -> str:
    """The manager of the body, as a certificate names them."""
    today = clock.today()
    grants = (
        RoleGrant.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=today), from_date__lte=today)
        .select_related("person")
        .order_by("from_date", "id")
    )
    grant = grants.filter(organization=organization, role="org_manager").first()
    if grant is None and organization.kind == Organization.Kind.HUB:
        grant = grants.filter(territory=organization.territory_id, role="hub_manager").first()
    return grant.person.name if grant else organization.contact_name


def certificates_of(person: Person) -> QuerySet[Certificate]:
    return Certificate.objects.filter(person=person).select_related("issuer").order_by("-issued_at", "-id")


def certificate_by_code(code: str) -> Certificate | None:
    return Certificate.objects.select_related("issuer", "person").filter(code=code).first()


def lines_of(certificate: Certificate) -> list[ServiceRecord]:
    """The records a certificate counts, oldest first."""
    return list(ServiceRecord.objects.filter(certificate_lines__certificate=certificate).order_by("starts_at", "id"))


def span_of(certificate: Certificate) -> dict[str, dt.date]:
    """The first and the last day of service that a certificate counts."""
    return ServiceRecord.objects.filter(certificate_lines__certificate=certificate).aggregate(first=Min("service_date"), last=Max("service_date"))


def disputed_in(records: QuerySet[ServiceRecord]) -> list[RecordAppeal]:
    """Open appeals on these records, so that a certificate says which hours are in dispute."""
    return list(RecordAppeal.objects.filter(record__in=records, state=RecordAppeal.State.OPEN).select_related("record"))


def _around(territory: Territory) -> list[str]:
    """The paths of a territory and of everything that holds it."""
    ids = [part for part in territory.path.split("/") if part]
    return ["/" + "/".join(ids[: n + 1]) + "/" for n in range(len(ids))]
