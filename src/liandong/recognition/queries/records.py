"""Records: sums, lists, one record and what it stands on."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from liandong.accounts.models import Person
from liandong.activities.models import Attendance, AttendanceCorrection, Position, SignUp
from liandong.needs.models import Category, Need
from liandong.needs.permissions import visible_to as needs_visible_to
from liandong.organizations.models import Organization, Territory
from liandong.points import queries as points
from liandong.points.models import PointsEntry
from liandong.projects.models import ProjectNeed
from liandong.recognition.models import RecordAppeal, ServiceRecord, ServiceRecordQuerySet
from liandong.volunteers.models import VolunteerProfile


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
    points: int  # those that may be spent now

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
    minutes = sum(year.minutes for year in years)
    return Overview(minutes, sum(year.count for year in years), *brought, years, points.available_of(person))


def records_of(person: Person) -> ServiceRecordQuerySet:
    """The last word on each of the person's services, the withdrawn ones too, newest first."""
    return ServiceRecord.objects.current().filter(person=person).select_related("organization").order_by("-service_date", "-id")


def found_among(records: ServiceRecordQuerySet, *, year: str = "", body: str = "", kind: str = "", text: str = "") -> ServiceRecordQuerySet:
    """Narrowed by year, body (slug), kind of service, and words in the name of the activity, the place or the number; unknown values narrow nothing."""
    if year.isdecimal() and len(year) == 4:
        records = records.filter(service_date__year=int(year))
    if body:
        records = records.filter(organization__slug=body)
    if kind in Category.values:
        records = records.filter(category=kind)
    if text := text.strip()[:40]:
        records = records.filter(Q(activity_name__icontains=text) | Q(place__icontains=text) | Q(number__iexact=text))
    return records


def bodies_of(person: Person) -> list[tuple[str, str]]:
    """The bodies that recorded somebody's service: (slug, label)."""
    inside = ServiceRecord.objects.filter(person=person).order_by().values("organization")
    return [(body.slug, body.label) for body in Organization.objects.filter(pk__in=inside).order_by("pinyin", "id")]


def records_by_sign_up(sign_ups: Iterable[int]) -> dict[int, ServiceRecord]:
    """The last word on each of these services."""
    return {record.sign_up_id: record for record in ServiceRecord.objects.current().filter(sign_up__in=list(sign_ups)).select_related("backfill")}


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


def minutes_of(people: Iterable[Person], *, organizations: QuerySet[Organization]) -> dict[int, int]:
    """Person -> counted minutes at these bodies."""
    rows = ServiceRecord.objects.counting().filter(person__in=[person.pk for person in people], organization__in=organizations)
    return dict(rows.order_by().values_list("person").annotate(total=Sum("minutes")))


def history_of(record: ServiceRecord) -> list[ServiceRecord]:
    """All versions of a service, the first one first."""
    return list(
        ServiceRecord.objects.filter(sign_up=record.sign_up_id)
        .select_related("confirmed_by", "rule", "transfer", "corrects", "confirmed_under")
        .order_by("id")
    )


def entries_of(record: ServiceRecord) -> QuerySet[PointsEntry]:
    """What this service moved on the person's own account, or that of an entry joined to theirs; corrections included."""
    transfers = ServiceRecord.objects.filter(sign_up=record.sign_up_id).values("transfer")
    own = Q(account__person=record.person_id) | Q(account__person__merged_into=record.person_id)
    return PointsEntry.objects.filter(own, transfer__in=transfers)


def records_by_transfer(transfers: Iterable[uuid.UUID]) -> dict[uuid.UUID, ServiceRecord]:
    """The records that made these transfers of points."""
    return {record.transfer_id: record for record in ServiceRecord.objects.filter(transfer__in=list(transfers))}


def points_of(record: ServiceRecord) -> int:
    """The points that this service brought, corrections included."""
    return entries_of(record).aggregate(total=Sum("amount"))["total"] or 0


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
