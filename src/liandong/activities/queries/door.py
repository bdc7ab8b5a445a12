"""What the door needs to know: the list a phone takes along, what it brought back, who a typed code is, whom to look for."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities import doors
from liandong.activities.models import Attendance, DoorScan, Shift, SignUp, SpotCheck
from liandong.activities.queries.barring import is_too_young, suspensions_at
from liandong.core import clock, ids

TURN = dt.timedelta(minutes=20)  # one spot check in so long, at most
_AS_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def list_to_take(shift: Shift) -> dict[str, Any]:
    """The list for a phone that will be without network: keyed hashes instead of codes, masked names, positions; some 45 bytes a person."""
    key = doors.list_key(shift)
    positions = {pk: (number, name) for number, (pk, name) in enumerate(shift.positions.order_by("order", "pk").values_list("pk", "name"))}
    suspended = suspensions_at(max(shift.starts_at, clock.now())).filter(organization=shift.activity.host_id).values_list("person", flat=True)
    kept_away = set(suspended.filter(person__in=SignUp.objects.filter(shift=shift).values("person")))
    rows = (
        SignUp.objects.filter(~Q(state=SignUp.State.CANCELLED) | Q(person__in=kept_away), shift=shift)
        .select_related("person", "position", "attendance")
        .order_by("person__pinyin", "pk")
    )
    return {
        "key": key,
        "positions": [name for _number, name in positions.values()],
        "people": [
            [
                doors.list_hash(key, row.code),
                row.person.masked_name,
                positions[row.position_id][0],
                _mark(row, shift, kept_away),
                *_times(getattr(row, "attendance", None)),
            ]
            for row in rows
        ],
        "now": int(clock.now().timestamp() * 1000),
        "wipe": int((shift.ends_at + dt.timedelta(hours=24)).timestamp() * 1000),
    }


def _mark(row: SignUp, shift: Shift, kept_away: set[int]) -> int:
    """0: expected, or there already. What the phone says instead: 1 on the waiting list, 2 too young for the position, 3 suspended."""
    if hasattr(row, "attendance"):
        return 0
    if row.person_id in kept_away:
        return 3
    return 2 if is_too_young(row.person, row.position, shift) else int(row.state == SignUp.State.WAITING)


def _times(attendance: Attendance | None) -> list[int]:
    """In and out in seconds, 0 for not yet; left away where nobody came."""
    if attendance is None:
        return []
    return [int(attendance.in_at.timestamp()), int(attendance.out_at.timestamp()) if attendance.out_at else 0]


def scans_of(shift: Shift) -> QuerySet[DoorScan]:
    return DoorScan.objects.filter(shift=shift).select_related(
        "sign_up__person", "sign_up__position", "sign_up__attendance", "sent_by", "settlement__settled_by"
    )


def open_conflicts(shift: Shift) -> QuerySet[DoorScan]:
    """What phones without network brought and nobody has decided, oldest first."""
    return scans_of(shift).exclude(verdict=DoorScan.Verdict.TAKEN).filter(settlement__isnull=True).order_by("received_at", "pk")


def scans_waiting(shift: Shift) -> dict[str, int | bool]:
    """In one query: how many scans somebody has to decide (`to_settle`), and whether a phone brought any (`has_scans`)."""
    is_open = ~Q(verdict=DoorScan.Verdict.TAKEN) & Q(settlement__isnull=True)
    found = DoorScan.objects.filter(shift=shift).aggregate(every=Count("pk"), to_settle=Count("pk", filter=is_open))
    return {"to_settle": found["to_settle"], "has_scans": found["every"] > 0}


def row_typed(shift: Shift, typed: str) -> SignUp | None:
    """Whom a typed code of six letters or PIN of six digits stands for. None when nobody, or when two people have the same PIN."""
    rows = SignUp.objects.filter(shift=shift).select_related("person", "position")
    plain = "".join(typed.translate(_AS_DIGITS).split()).replace("-", "")
    by_code = rows.filter(code=ids.clean_code(plain)).first() if len(plain) == 6 and ids.clean_code(plain) == plain.upper() else None
    if by_code is not None or not (len(plain) == 6 and plain.isascii() and plain.isdigit()):
        return by_code
    found = []
    for row in rows.exclude(state=SignUp.State.CANCELLED):
        row.shift = shift
        if doors.pin_of(row) == plain:
            found.append(row)
    return found[0] if len(found) == 1 else None


def turn_of(shift: Shift) -> int | None:
    """Which spot check it is by now, counted from the start; None before ten minutes of the shift are over and once it has ended."""
    now = clock.now()
    if not shift.starts_at + TURN / 2 <= now <= shift.ends_at:
        return None
    return int((now - shift.starts_at) / TURN)


def spot_check_due(shift: Shift, *, person: Person | None) -> Attendance | None:
    """Whom the leader is asked to look for in this turn: chosen by chance among those present, never the one who looks; None when the turn is answered."""
    turn = turn_of(shift)
    if turn is None or SpotCheck.objects.filter(shift=shift, turn=turn).exists():
        return None
    here = list(Attendance.objects.filter(sign_up__shift=shift, out_at__isnull=True).exclude(sign_up__person=person).values_list("pk", flat=True))
    if not here:
        return None
    chosen = min(here, key=lambda key: doors.turn_hash(shift, turn, key))
    return Attendance.objects.select_related("sign_up__person", "sign_up__position").get(pk=chosen)
