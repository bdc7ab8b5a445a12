"""One shift whose leader's phone had no network, with what has to be decided about it; tablets at the door; proofs of every strength."""

import datetime as dt
from random import Random
from typing import Any

from liandong.activities.models import Attendance, DoorScan, Kiosk, ScanSettlement, Shift, SignUp, SpotCheck
from liandong.core import ids
from liandong.demo.tools import BATCH, DAY

MINUTE = dt.timedelta(minutes=1)
FEWEST, LOOKED = 8, 2  # people of that shift; asked about on the way


def plant(town: Any) -> None:
    """After sign-ups and records: times stay as they are, only how they became known changes."""
    rng = Random(f"{town.seed}-door")  # noqa: S311 -- repeatable on purpose
    shift, rows = _chosen(town)
    if shift is None:
        return
    leader = shift.activity.leader
    by_list = min(5, len(rows) // 3)
    by_tablet = by_list + min(4, len(rows) // 5)
    ticked, typed, rest = rows[:by_list], rows[by_list:by_tablet], rows[by_tablet:]
    for row in ticked:  # the whole list at once: it counts little
        row.in_at, row.in_method, row.in_by = ticked[0].in_at, Attendance.Method.LIST, leader
    for row in typed:
        row.in_method = row.out_method = Attendance.Method.KIOSK
        row.in_by = row.out_by = leader
    scanned = rest[: max(3, len(rest) // 2)]
    scans = [_scan(rng, shift, leader, row.sign_up, row.in_at, verdict="taken") for row in scanned]
    for row, scan in zip(scanned, scans, strict=True):
        row.in_method, row.in_nonce, row.in_by = Attendance.Method.OFFLINE, scan.nonce, leader
    Attendance.objects.bulk_update(rows, ["in_at", "in_method", "in_by", "in_nonce", "out_method", "out_by"], batch_size=BATCH)
    odd = _odd(rng, town, shift, leader, scanned)
    town.save(scans + odd)
    for scan in scans + odd:
        town.note("door_scan.received", scan, scan.received_at, leader, shift=shift.pk, verdict=scan.verdict)
    settled = ScanSettlement(
        scan=odd[0], outcome="left", reason="两部手机都扫了，按先到的算", settled_by=leader, settled_at=odd[0].received_at + 9 * MINUTE
    )
    town.save([settled])
    town.note("door_scan.settled", odd[0], settled.settled_at, leader, outcome="left")
    checks = [
        SpotCheck(shift=shift, turn=turn, attendance=row, answer=answer, answered_by=leader, answered_at=shift.starts_at + (turn * 20 + 13) * MINUTE)
        for turn, (row, answer) in enumerate(zip(rest[-LOOKED:], ("here", "gone"), strict=False))
    ]
    town.save(checks)
    for check in checks:
        town.note("spot_check.answered", check.attendance.sign_up, check.answered_at, leader, answer=check.answer, turn=check.turn)
    _tablets(town, shift)
    town.say(f"{len(scans) + len(odd)} scans from a phone without network, {len(odd) - 1} to decide")


def _chosen(town: Any) -> tuple[Shift | None, list[Attendance]]:
    """The latest shift of somebody who leads, not confirmed yet, with enough people: its own leader not among them."""
    by_shift: dict[int, tuple[Shift, list[Attendance]]] = {}
    for sign_up, attendance, activity, shift, _position in town.attended:
        if attendance.confirmed_at is None and sign_up.person_id != activity.leader_id:
            shift.activity = activity
            by_shift.setdefault(shift.pk, (shift, []))[1].append(attendance)
    enough = [pair for pair in by_shift.values() if len(pair[1]) >= FEWEST]
    if not enough:
        return None, []
    shift, rows = max(
        enough,
        key=lambda pair: (
            pair[0].activity.leader_id == town.cast["leader"].pk,
            pair[0].activity_id in town.to_confirm,
            pair[0].starts_at,
            pair[0].pk,
        ),
    )
    return shift, sorted(rows, key=lambda row: (row.in_at, row.pk))


def _scan(rng: Random, shift: Shift, leader: Any, sign_up: SignUp | None, at: dt.datetime, *, verdict: str, **fields: Any) -> DoorScan:
    received = shift.starts_at + 41 * MINUTE
    values = {
        "nonce": f"{rng.getrandbits(96):024x}",
        "code": sign_up.code if sign_up else "".join(rng.choices(ids.ALPHABET, k=6)),
        "act": "in",
        "device": "5e1f09aa77c3d210",
        "device_at": at,
        "scanned_at": at,
        "received_at": max(received, at + MINUTE),
        "shown": "kept" if verdict in ("taken", "already") else "unlisted",
        "sent_by": leader,
    } | fields
    return DoorScan(shift=shift, sign_up=sign_up, verdict=verdict, **values)


def _odd(rng: Random, town: Any, shift: Shift, leader: Any, scanned: list[Attendance]) -> list[DoorScan]:
    """What the server could not settle by itself; the first one is decided already."""
    other = "90c4be2713fd6a58"
    start = shift.starts_at
    doubles = [_scan(rng, shift, leader, row.sign_up, row.in_at + MINUTE, verdict="already", device=other) for row in scanned[:3]]
    stranger = _scan(rng, shift, leader, None, start - 2 * MINUTE, verdict="unlisted")
    missed = SignUp.objects.filter(shift=shift, state=SignUp.State.ABSENT).exclude(person=leader).order_by("pk").first()
    clock = _scan(rng, shift, leader, missed, start + 40 * MINUTE, verdict="clock", device=other, device_at=start + DAY, is_clock_wrong=True)
    gone = SignUp.objects.filter(shift=shift, state=SignUp.State.CANCELLED).exclude(person=leader).order_by("pk").first()
    extra = [_scan(rng, shift, leader, gone, start + 3 * MINUTE, verdict="cancelled")] if gone is not None else []
    return [*doubles, stranger, *extra, clock]


def _tablets(town: Any, past: Shift) -> None:
    """The tablet of that day, and one for the next activity of the same body."""
    rows = [Kiosk(shift=past, name="活动站正门", made_by=past.activity.leader, made_at=past.starts_at - 30 * MINUTE)]
    coming = (
        Shift.objects.filter(activity__state="published", activity__host=past.activity.host_id, starts_at__gt=town.now)
        .select_related("activity__leader")
        .order_by("starts_at", "pk")
        .first()
    )
    if coming is not None and coming.activity.leader is not None:
        rows.append(Kiosk(shift=coming, name="活动站正门", made_by=coming.activity.leader, made_at=town.now - 50 * MINUTE))
    town.save(rows)
    for row in rows:
        town.note("kiosk.opened", row, row.made_at, row.made_by, shift=row.shift_id)
