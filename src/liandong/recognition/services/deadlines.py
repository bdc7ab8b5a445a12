"""The clock of Order 67: who may confirm is warned before the ten working days are over, who manages the body when they are; overdue answers go to the hub."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from liandong.activities.models import Shift
from liandong.core import actors, clock, workdays
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right
from liandong.recognition import queries
from liandong.recognition.models import RecordAppeal, ServiceClaim
from liandong.recognition.permissions import Actor
from liandong.recognition.services.appeals import escalate_appeal
from liandong.recognition.services.claims import locked, to_hub

WARN_BEFORE = (3, 1)  # working days left


def warn_of_deadlines(*, today: dt.date | None = None) -> int:
    """On working days: one message a body and deadline, three working days before and one before; one a week to the managers of a body that is late."""
    today = today or clock.today()
    if not workdays.is_workday(today):
        return 0
    soon: dict[tuple[int, int], list[Shift]] = defaultdict(list)
    late: dict[int, list[Shift]] = defaultdict(list)
    for shift in queries.shifts_unconfirmed():
        left = workdays.workdays_left(today, queries.clock_of(shift).due_at)
        if left < 0:
            late[shift.activity.host_id].append(shift)
        elif left in WARN_BEFORE:
            soon[shift.activity.host_id, left].append(shift)
    told = 0
    for (_body, left), shifts in soon.items():
        body, due = shifts[0].activity.host, queries.clock_of(shifts[0]).due_at
        told += _tell(body, "hours.due", shifts, f"{body.pk}:{due:%Y%m%d}:{left}", due_at=due.isoformat())
    for shifts in late.values():
        body = shifts[0].activity.host
        told += _tell(body, "hours.late", shifts, f"{body.pk}:{today.isocalendar()[0]}-{today.isocalendar()[1]}")
    return told


def _tell(body: Organization, kind: str, shifts: list[Shift], key: str, **values: str) -> int:
    people = list(organizations.people_with(body, Right.SIGN_COMPACT)) if kind == "hours.late" else []
    url = reverse("recognition:to_confirm") if len(shifts) > 1 else reverse("recognition:confirm_shift", args=[shifts[0].pk])
    values |= {"organization": body.label, "n": str(len(shifts))}
    told = [notices.notify(person, kind=kind, values=values, url=url, once_key=f"{kind}:{key}") for person in people or queries.who_can_confirm(body)]
    return sum(notice is not None for notice in told)


def escalate_overdue(*, by: Actor = actors.SCHEDULER) -> int:
    """Appeals and claims that nobody answered in time go to the hub. Once each. Returns how many."""
    now, moved = clock.now(), 0
    for appeal in RecordAppeal.objects.filter(state=RecordAppeal.State.OPEN, escalated_at__isnull=True, answer_due_at__lt=now).order_by("pk"):
        escalate_appeal(appeal, by=by)
        moved += 1
    for claim in ServiceClaim.objects.filter(state=ServiceClaim.State.OPEN, escalated_at__isnull=True, answer_due_at__lt=now).order_by("pk"):
        with transaction.atomic():
            row = locked(claim)
            if row.state == ServiceClaim.State.OPEN and row.escalated_at is None:
                to_hub(row, by=by)
                moved += 1
    return moved


def alert_of_shares(*, by: Actor = actors.SCHEDULER) -> int:
    """Bodies with more than a tenth of their hours added by hand: the hub hears of each once a month. Journal: backfill.share_high on the body."""
    told, month = 0, f"{clock.today():%Y%m}"
    for share in queries.shares(Q()):
        if not share.is_high:
            continue
        body, fresh = share.organization, 0
        with transaction.atomic():
            for person in queries.hub_of(body):
                notice = notices.notify(
                    person,
                    kind="backfill.share_high",
                    values={"organization": body.label, "share": str(share.percent)},
                    url=reverse("recognition:share", args=[body.slug]),
                    once_key=f"backfill.share_high:{body.pk}:{month}",
                )
                fresh += notice is not None
            if fresh:
                journal.record("backfill.share_high", on=body, after={"minutes": share.minutes, "backfilled": share.backfilled}, by=by)
        told += fresh > 0
    return told
