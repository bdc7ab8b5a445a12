"""Scans that a leader's phone kept while it had no network: taken in once, in the order in which they arrive; what cannot be counted waits for the leader."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, DoorScan, Position, ScanSettlement, Shift, SignUp
from liandong.activities.services.barring import Barred, refuse_barred
from liandong.activities.services.coming import check_in, check_out, correct_attendance
from liandong.activities.services.ground import OPENS, SHUTS, lock_people, lock_shift
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal

AHEAD, BEHIND = dt.timedelta(minutes=5), dt.timedelta(hours=12)  # a scan may be said to be so much newer or older than now
OFFLINE = Attendance.Method.OFFLINE
Verdict = DoorScan.Verdict


@dataclass(frozen=True, kw_only=True)
class SentScan:
    """A scan as the phone tells it. `sent_at` is its clock when it sends, `ago_ms` its steady clock since the scan, `offset` what it knew of ours at the last contact."""

    nonce: str
    code: str
    act: str
    device: str
    device_at: dt.datetime
    sent_at: dt.datetime | None = None
    ago_ms: int | None = None
    offset: dt.timedelta = dt.timedelta(0)
    shown: str = DoorScan.Shown.KEPT
    is_from_file: bool = False


@transaction.atomic
def receive_scan(shift: Shift, *, sent: SentScan, by: Person) -> DoorScan:
    """Keeps the scan, both its times and what was made of it; the same nonce again gives the same scan back. Counts nobody who is not expected, and no time beyond the shift."""
    require(permissions.can_check_people(by, shift.activity))
    shift = lock_shift(shift.pk)
    known = DoorScan.objects.filter(nonce=sent.nonce).first()
    if known is not None:
        if known.shift_id != shift.pk:
            raise Refused(_("This scan belongs to another shift."))
        return known
    now = clock.now()
    moment, is_wrong = _moment_of(sent, now)
    row = SignUp.objects.filter(code=sent.code, shift__activity__host=shift.activity.host_id).select_related("person", "position").first()
    verdict = _verdict(shift, row, sent, moment, now=now, by=by)
    scan = DoorScan.objects.create(
        shift=shift,
        nonce=sent.nonce,
        code=sent.code,
        sign_up=row,
        act=sent.act,
        device=sent.device,
        device_at=sent.device_at,
        ago_ms=sent.ago_ms,
        scanned_at=min(moment, now),
        received_at=now,
        is_clock_wrong=is_wrong,
        is_from_file=sent.is_from_file,
        shown=sent.shown,
        verdict=verdict,
        sent_by=by,
    )
    journal.record("door_scan.received", on=scan, after={"shift": shift.pk, "verdict": verdict}, by=by)
    return scan


def _moment_of(sent: SentScan, now: dt.datetime) -> tuple[dt.datetime, bool]:
    """When it was, as well as can be known, and whether the phone's clock is off.

    The difference of two readings of one clock is right even when the clock is wrong. Where it was set in between, the steady clock knows better;
    but that one stands still while a phone sleeps, so it is only asked when the other makes no sense.
    """
    if sent.sent_at is None:
        moment = _plus(sent.device_at, sent.offset)
        return moment, abs(sent.offset) > AHEAD
    by_clock = sent.sent_at - sent.device_at
    steady = dt.timedelta(milliseconds=sent.ago_ms) if sent.ago_ms is not None and 0 <= sent.ago_ms <= BEHIND / dt.timedelta(milliseconds=1) else None
    is_off = abs(now - sent.sent_at) > AHEAD or (steady is not None and abs(by_clock - steady) > AHEAD)
    if steady is not None and not -AHEAD <= by_clock - steady <= BEHIND:
        return now - steady, True
    return _plus(now, -by_clock), is_off


def _plus(moment: dt.datetime, delta: dt.timedelta) -> dt.datetime:
    try:
        return moment + delta
    except OverflowError:  # a phone in the year 9999
        return moment


def _verdict(shift: Shift, row: SignUp | None, sent: SentScan, moment: dt.datetime, *, now: dt.datetime, by: Person) -> str:
    if not now - BEHIND <= moment <= now + AHEAD:
        return Verdict.CLOCK
    if row is None or row.shift_id != shift.pk:
        return Verdict.UNLISTED
    there = Attendance.objects.filter(sign_up=row).first()
    if sent.act == "in" and there is None and (barred := _barred(row, shift, moment, by=by)):
        return barred
    if row.state == SignUp.State.CANCELLED or shift.activity.state == Activity.State.CANCELLED:
        return Verdict.CANCELLED
    if row.state == SignUp.State.WAITING:
        return Verdict.WAITING
    if not shift.starts_at - OPENS <= moment <= shift.ends_at + SHUTS:
        return Verdict.OUTSIDE
    if sent.act == "out" and there is None:
        return Verdict.NOT_IN
    is_done = there is not None and (
        sent.act == "in" or (there.out_at is not None and (there.out_method != Attendance.Method.SHIFT_END or there.confirmed_at is not None))
    )
    if is_done:
        return Verdict.ALREADY
    verb = check_out if sent.act == "out" else check_in
    try:
        with transaction.atomic():
            verb(row, method=OFFLINE, nonce=sent.nonce, at=min(moment, now), by=by)
    except Refused:
        return Verdict.REFUSED
    return Verdict.TAKEN


def _barred(row: SignUp, shift: Shift, moment: dt.datetime, *, by: Person) -> str:
    try:
        refuse_barred(row.person, row.position, shift, moment=moment, by=by)
    except Barred as barred:
        return barred.verdict
    return ""


@transaction.atomic
def settle_scan(
    scan: DoorScan, *, take: bool, reason: str = "", position: Position | None = None, at: dt.datetime | None = None, by: Person
) -> ScanSettlement:
    """The leader decides: count it after all, with a reason, or leave it out. Once; the same decision again gives the first one back.

    Who has no place gets one in `position`, which must have one left. `at` puts a time right that cannot be believed; it never lies beyond the shift.
    """
    shift = lock_shift(scan.shift_id)
    require(permissions.can_settle(by, scan))
    outcome = ScanSettlement.Outcome.TOOK if take else ScanSettlement.Outcome.LEFT
    known = ScanSettlement.objects.filter(scan=scan).first()
    if known is not None:
        if known.outcome != outcome:
            raise Refused(_("Somebody has decided this already."))
        return known
    if not scan.is_conflict:
        raise Refused(_("This scan is counted."))
    reason = one_line(reason, 200)
    if take:
        if not reason:
            raise Refused(_("Say why it counts."), field="reason")
        _take(scan, shift, reason=reason, position=position, at=at, by=by)
    settlement = ScanSettlement.objects.create(scan=scan, outcome=outcome, reason=reason, settled_by=by, settled_at=clock.now())
    journal.record("door_scan.settled", on=scan, before={"verdict": scan.verdict}, after={"outcome": outcome}, reason=reason, by=by)
    return settlement


def _take(scan: DoorScan, shift: Shift, *, reason: str, position: Position | None, at: dt.datetime | None, by: Person) -> None:
    row = scan.sign_up
    if row is None:
        raise Refused(_("This code belongs to nobody we know. Sign the person up by name instead."))
    if shift.activity.state == Activity.State.CANCELLED:
        raise Refused(_("This activity was cancelled."))
    moment = at or scan.scanned_at
    if row.shift_id != shift.pk or row.state in (SignUp.State.CANCELLED, SignUp.State.WAITING):
        row = _placed(row, shift, position=position, by=by)
    there = Attendance.objects.filter(sign_up=row).first()
    if scan.act == "in" and there is None:
        check_in(row, method=OFFLINE, nonce=scan.nonce, at=moment, reason=reason, by=by)
    elif scan.act == "out" and there is None:
        raise Refused(_("There is no check-in yet."))
    elif scan.act == "out" and there is not None and (there.out_at is None or there.out_method == Attendance.Method.SHIFT_END):
        check_out(row, method=OFFLINE, nonce=scan.nonce, at=moment, reason=reason, by=by)
    elif there is not None:
        new_in = min(there.in_at, moment) if scan.act == "in" else there.in_at
        new_out = max(there.out_at, moment) if scan.act == "out" and there.out_at else there.out_at
        if (new_in, new_out) == (there.in_at, there.out_at):
            raise Refused(_("The times stand already; this scan changes nothing."))
        correct_attendance(there, in_at=new_in, out_at=new_out, reason=reason, by=by)


def _placed(row: SignUp, shift: Shift, *, position: Position | None, by: Person) -> SignUp:
    """A place for somebody who was there without one."""
    lock_people([row.person_id])
    mine = SignUp.objects.filter(shift=shift, person=row.person_id).exclude(state=SignUp.State.CANCELLED).select_related("position").first()
    if mine is not None and mine.state != SignUp.State.WAITING:
        return mine
    position = position or (mine.position if mine is not None else row.position if row.shift_id == shift.pk else None)
    if position is None or position.shift_id != shift.pk:
        raise Refused(_("Choose a position first."), field="position")
    if queries.free_places(position) <= 0:
        raise Refused(
            _("%(position)s is full. Choose another position, or give this one more places.") % {"position": position.name}, field="position"
        )
    if mine is not None and mine.position_id == position.pk:
        mine.state, mine.moved_up_at = SignUp.State.CONFIRMED, clock.now()
        mine.save(update_fields=["state", "moved_up_at"])
        journal.record("sign_up.moved_up", on=mine, before={"state": "waiting"}, after={"state": "confirmed"}, by=by)
        return mine
    if mine is not None:
        mine.state, mine.cancelled_at = SignUp.State.CANCELLED, clock.now()
        mine.save(update_fields=["state", "cancelled_at"])
    placed = SignUp.objects.create(
        position=position,
        shift=shift,
        person_id=row.person_id,
        state=SignUp.State.CONFIRMED,
        sequence=shift.next_sequence,
        signed_up_at=clock.now(),
        signed_up_by=by,
    )
    shift.next_sequence += 1
    shift.save(update_fields=["next_sequence"])
    journal.record("shift.signed_up", on=placed, after={"state": "confirmed", "position": position.pk, "at_door": True}, by=by)
    return placed
