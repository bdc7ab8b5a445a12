"""What speaks for each attendance and what against it, gathered for `confidence.weigh` in a number of queries that does not grow."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from liandong.activities.confidence import Evidence, Part, Proofs, weigh
from liandong.activities.models import Attendance, AttendanceCorrection, DoorScan, SpotCheck
from liandong.core import clock
from liandong.journal.models import Entry

__all__ = ["Evidence", "Part", "evidence_of"]

SCANNED = ("venue_code", "ticket", "offline")
BY_LEADER = ("ticket", "offline", "list")
WALK = dt.timedelta(minutes=10)  # from one place to the next: so much overlap says nothing
SAME_PHONE = dt.timedelta(minutes=2)
_FIELDS = ("pk", "in_at", "in_method", "in_by", "in_device", "out_at", "out_method", "out_by", "sign_up__person", "sign_up__shift")


def evidence_of(attendances: Iterable[Attendance]) -> dict[int, Evidence]:
    """Attendance -> its stated confidence and the parts of it. Six queries, however many."""
    keys = [row.pk for row in attendances]
    if not keys:
        return {}
    elsewhere = (
        Attendance.objects.filter(sign_up__person=OuterRef("sign_up__person"), in_at__lt=Coalesce(OuterRef("out_at"), Value(clock.now())) - WALK)
        .filter(Q(out_at__gt=OuterRef("in_at") + WALK) | Q(out_at__isnull=True))
        .exclude(sign_up__shift__activity=OuterRef("sign_up__shift__activity"))
        .order_by()
        .values("sign_up__person")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = list(
        Attendance.objects.filter(pk__in=keys)
        .annotate(
            elsewhere=Coalesce(Subquery(elsewhere), Value(0)),
            is_corrected=Exists(AttendanceCorrection.objects.filter(attendance=OuterRef("pk"))),
            leader=F("sign_up__shift__activity__leader"),
        )
        .values(*_FIELDS, "in_nonce", "distance_m", "sign_up", "leader", "elsewhere", "is_corrected")
    )
    others: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in Attendance.objects.filter(sign_up__shift__in={row["sign_up__shift"] for row in rows}).values(*_FIELDS):
        others[row["sign_up__shift"]].append(row)
    looked: dict[int, Counter[str]] = defaultdict(Counter)
    for key, answer in SpotCheck.objects.filter(attendance__in=keys).values_list("attendance", "answer"):
        looked[key][answer] += 1
    nonces = [row["in_nonce"] for row in rows if row["in_method"] == Attendance.Method.OFFLINE]
    by_file = set(DoorScan.objects.filter(nonce__in=nonces, is_from_file=True).values_list("nonce", flat=True)) if nonces else set()
    places = [f"activities.signup:{row['sign_up']}" for row in rows]
    by_hand = set(Entry.objects.filter(on__in=places, verb="sign_up.checked_in").exclude(reason="").values_list("on", flat=True))
    return {row["pk"]: weigh(_proofs(row, others[row["sign_up__shift"]], looked[row["pk"]], by_file, by_hand)) for row in rows}


def _proofs(row: dict[str, Any], shift: list[dict[str, Any]], looked: Counter[str], by_file: set[str], by_hand: set[str]) -> Proofs:
    others = [each for each in shift if each["pk"] != row["pk"]]
    together = [each for each in others if _end(each) > row["in_at"] and each["in_at"] < _end(row)]
    phone = row["in_device"]
    leads = row["leader"] if row["leader"] != row["sign_up__person"] else None
    return Proofs(
        came_by=row["in_method"],
        left_by=row["out_method"],
        is_from_file=row["in_nonce"] in by_file,
        distance_m=row["distance_m"],
        others_seen=sum(each["in_method"] in SCANNED and not (phone and each["in_device"] == phone) for each in together),
        is_leader_there=leads is not None and any(_shows(each, leads) for each in together),
        times_seen=looked[SpotCheck.Answer.HERE],
        times_not_seen=looked[SpotCheck.Answer.GONE],
        elsewhere=row["elsewhere"],
        others_on_phone=sum(bool(phone) and each["in_device"] == phone and abs(each["in_at"] - row["in_at"]) <= SAME_PHONE for each in others),
        ticked_with=_ticked_with(row, others),
        stayed_seconds=None if row["out_at"] is None else int((row["out_at"] - row["in_at"]).total_seconds()),
        is_corrected=row["is_corrected"],
        is_by_hand=f"activities.signup:{row['sign_up']}" in by_hand,
        is_own_hand=row["in_by"] == row["sign_up__person"] and row["in_method"] in BY_LEADER,
    )


def _end(row: dict[str, Any]) -> dt.datetime:
    return row["out_at"] or clock.now()


def _shows(row: dict[str, Any], leader: int) -> bool:
    """The leader came too, or scanned somebody with their own hands."""
    return row["sign_up__person"] == leader or (row["in_method"] in SCANNED and row["in_by"] == leader)


def _ticked_with(row: dict[str, Any], others: list[dict[str, Any]]) -> int:
    if row["in_method"] != Attendance.Method.LIST:
        return 0
    second = row["in_at"].replace(microsecond=0)
    return sum(each["in_method"] == Attendance.Method.LIST and each["in_at"].replace(microsecond=0) == second for each in others)
