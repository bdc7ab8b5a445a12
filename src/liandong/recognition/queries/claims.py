"""Claims, back-fill, and what was added by hand."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from liandong.accounts.models import Person
from liandong.activities.models import Attendance, AttendanceCorrection, Position, Shift, SignUp
from liandong.core import clock
from liandong.journal.models import Entry
from liandong.organizations.models import Organization
from liandong.recognition.models import Backfill, Outlier, OutlierLine, ServiceClaim, ServiceRecord

SHARE_DAYS, SHARE_LIMIT = 90, 0.10
SIGN_UP = "activities.signup:"


def by_hand_of(attendances: Iterable[Attendance]) -> set[int]:
    """Of these, the attendances whose time was told after the shift instead of measured, or made longer, and those sent to back-fill by who looked at them.

    They come with `sign_up` and its shift. Three queries.
    """
    rows = {row.pk: row for row in attendances}
    ends = {f"{SIGN_UP}{row.sign_up_id}": (row.pk, row.sign_up.shift.ends_at) for row in rows.values()}
    told = Entry.objects.filter(on__in=ends, verb="sign_up.checked_in").exclude(reason="").exclude(after__method=Attendance.Method.OFFLINE)
    found = {ends[on][0] for on, at in told.values_list("on", "at") if at > ends[on][1]}
    longer = AttendanceCorrection.objects.filter(Q(new_in_at__lt=F("old_in_at")) | Q(new_out_at__gt=F("old_out_at")), attendance__in=rows)
    sent = sent_to_backfill(row.sign_up_id for row in rows.values())
    return found | set(longer.values_list("attendance", flat=True)) | {row.pk for row in rows.values() if row.sign_up_id in sent}


def sent_to_backfill(sign_ups: Iterable[int]) -> set[int]:
    """Of these, the sign-ups whose hours somebody who looked at them has sent to back-fill: they count again only with a second person."""
    return set(OutlierLine.objects.filter(sign_up__in=list(sign_ups), outlier__state=Outlier.State.BACKFILL).values_list("sign_up", flat=True))


def hands_on(person: Person, shift: Shift) -> set[int]:
    """Who put in or changed the times of the person in this shift by hand: none of them may be the second person."""
    attendance = Attendance.objects.filter(sign_up__shift=shift, sign_up__person=person).select_related("sign_up__shift").first()
    if attendance is None or not by_hand_of([attendance]):
        return set()
    corrected = attendance.corrections.values_list("corrected_by", flat=True)
    return {pk for pk in (attendance.in_by_id, attendance.out_by_id, *corrected) if pk is not None}


def claimable_shifts(person: Person, *, text: str = "", since_days: int = 60) -> QuerySet[Shift]:
    """Shifts of the last two months that are over and in which the person has no record: their own first, others by search."""
    now = clock.now()
    rows = (
        Shift.objects.filter(ends_at__lte=now, ends_at__gt=now - dt.timedelta(days=since_days), activity__state__in=["published", "finished"])
        .filter(positions__kind=Position.Kind.VOLUNTEER)
        .exclude(pk__in=ServiceRecord.objects.filter(person=person).values("shift"))
        .select_related("activity__host", "activity__venue")
        .distinct()
    )
    if text:
        return rows.filter(Q(activity__title__icontains=text) | Q(activity__code=text.upper()) | Q(activity__host__name__icontains=text)).order_by(
            "-ends_at"
        )
    own = SignUp.objects.filter(person=person).exclude(state=SignUp.State.CANCELLED).values("shift")
    return rows.filter(pk__in=own).order_by("-ends_at")


def claims_of(person: Person) -> QuerySet[ServiceClaim]:
    """What the person claimed or somebody claimed for them, and what they claimed for others; newest first."""
    return (
        ServiceClaim.objects.filter(Q(person=person) | Q(made_by=person))
        .select_related("person", "shift__activity", "organization")
        .order_by("-claimed_at", "-id")
    )


def open_claims(claims: QuerySet[ServiceClaim]) -> QuerySet[ServiceClaim]:
    return claims.filter(state=ServiceClaim.State.OPEN).select_related("person", "shift__activity", "organization").order_by("answer_due_at", "id")


def waiting_backfills(backfills: QuerySet[Backfill]) -> QuerySet[Backfill]:
    return (
        backfills.filter(state=Backfill.State.WAITING)
        .select_related("person", "shift__activity", "organization__territory", "created_by", "claim")
        .order_by("created_at", "id")
    )


@dataclass(frozen=True)
class Share:
    """How much of what a body recorded in the last 90 days was added by hand."""

    organization: Organization
    minutes: int
    backfilled: int

    @property
    def share(self) -> float:
        return self.backfilled / self.minutes if self.minutes else 0.0

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def is_high(self) -> bool:
        return self.share > SHARE_LIMIT


def since() -> dt.date:
    return clock.today() - dt.timedelta(days=SHARE_DAYS)


def shares(bodies: Q, *, only_with: bool = True) -> list[Share]:
    """Shares by body, the highest first; `bodies` narrows the organisations. Two queries."""
    records = ServiceRecord.objects.counting().filter(service_date__gt=since())
    rows = records.order_by().values("organization").annotate(total=Sum("minutes"), by_hand=Sum("minutes", filter=Q(backfill__isnull=False)))
    sums = {row["organization"]: (row["total"], row["by_hand"] or 0) for row in rows if row["by_hand"] or not only_with}
    found = Organization.objects.filter(bodies, pk__in=sums).select_related("territory")
    return sorted((Share(body, *sums[body.pk]) for body in found), key=lambda share: (-share.share, share.organization.pinyin))


def backfilled_records(organization: Organization) -> QuerySet[ServiceRecord]:
    """The rows behind a share."""
    return (
        ServiceRecord.objects.counting()
        .filter(organization=organization, service_date__gt=since(), backfill__isnull=False)
        .select_related("person", "backfill__created_by", "backfill__decided_by")
        .order_by("-service_date", "-id")
    )
