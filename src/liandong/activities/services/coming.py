"""Coming and leaving: in, out, absent, corrected, closed by the clock; and the reminders before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, AttendanceCorrection, Position, Shift, SignUp
from liandong.activities.services.barring import refuse_barred
from liandong.activities.services.ground import (
    OPENS,
    SHUTS,
    Actor,
    lock_shift,
    lock_sign_up,
    tell,
)
from liandong.activities.services.signing_up import sign_up
from liandong.bookings import services as bookings
from liandong.core import actors, clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal


@transaction.atomic
def check_in(
    sign_up: SignUp, *, method: str, nonce: str | None = None, device: str = "", at: dt.datetime | None = None, reason: str = "", by: Actor
) -> Attendance:
    """The person has come. Once only: any further call gives the first attendance back (compare `in_nonce` to know whether it was yours).

    Between 30 minutes before the start and 60 after the end; those who check people may go beyond it, or give a time, with a reason.
    """
    row = lock_sign_up(sign_up)
    require(permissions.can_check_in(by, row, method=method))
    attendance = Attendance.objects.filter(sign_up=row).first()
    if attendance is not None:
        return attendance
    _refuse_not_expected(row, at=at, by=by)
    moment = _moment(row.shift, at, method=method, reason=reason, by=by)
    before = row.state
    if row.state == SignUp.State.ABSENT:
        row.state = SignUp.State.CONFIRMED
        row.save(update_fields=["state"])
    attendance = Attendance.objects.create(
        sign_up=row, in_at=moment, in_method=method, in_by=by if isinstance(by, Person) else None, in_nonce=nonce or None, in_device=device
    )
    if row.shift.booking is not None:
        bookings.confirm_presence(row.shift.booking)
    if row.shift.closed_at is not None:  # added afterwards: nothing will close it any more
        attendance.out_at, attendance.out_method = max(row.shift.ends_at, moment), Attendance.Method.SHIFT_END
        attendance.save(update_fields=["out_at", "out_method"])
    journal.record("sign_up.checked_in", on=row, before={"state": before}, after={"in_at": moment, "method": method}, reason=reason, by=by)
    return attendance


@transaction.atomic
def check_out(sign_up: SignUp, *, method: str, nonce: str | None = None, at: dt.datetime | None = None, reason: str = "", by: Actor) -> Attendance:
    """The person leaves. Once only, like `check_in`; only a scan kept without network comes before the end that the clock put in. Refuses without a check-in."""
    row = lock_sign_up(sign_up)
    require(permissions.can_check_in(by, row, method=method))
    attendance = Attendance.objects.filter(sign_up=row).first()
    if attendance is None:
        raise Refused(_("There is no check-in yet."))
    is_late_scan = method == Attendance.Method.OFFLINE and attendance.out_method == Attendance.Method.SHIFT_END and attendance.confirmed_at is None
    if attendance.out_at is not None and not is_late_scan:
        return attendance
    before = attendance.out_at
    moment = max(_moment(row.shift, at, method=method, reason=reason, by=by), attendance.in_at)
    attendance.out_at, attendance.out_method, attendance.out_by, attendance.out_nonce = (
        moment,
        method,
        by if isinstance(by, Person) else None,
        nonce or None,
    )
    attendance.save(update_fields=["out_at", "out_method", "out_by", "out_nonce"])
    journal.record(
        "sign_up.checked_out", on=row, before={"out_at": before} if before else {}, after={"out_at": moment, "method": method}, reason=reason, by=by
    )
    return attendance


@transaction.atomic
def walk_in(position: Position, *, person: Person, nonce: str | None = None, device: str = "", by: Actor) -> Attendance:
    """Sign up at the door and check in, both or neither. Refuses when the position is full."""
    row = sign_up(position, person=person, by=by)
    if row.state == SignUp.State.WAITING:
        raise Refused(_("%(position)s is full. Please ask the leader.") % {"position": position.name})
    return check_in(row, method=Attendance.Method.VENUE_CODE, nonce=nonce, device=device, by=by)


@dataclass(frozen=True)
class Ticked:
    """Who was ticked, and who could not be and why."""

    done: list[SignUp]
    refused: list[tuple[SignUp, str]]


@transaction.atomic
def tick(shift: Shift, *, sign_ups: Sequence[SignUp], act: str, reason: str = "", by: Actor) -> Ticked:
    """Tick people on the list: `act` is in, out or absent. One that is refused does not hold up the others."""
    verbs = {
        "in": lambda row: check_in(row, method=Attendance.Method.LIST, reason=reason, by=by),
        "out": lambda row: check_out(row, method=Attendance.Method.LIST, reason=reason, by=by),
        "absent": lambda row: mark_absent(row, by=by),
    }
    done, refused = [], []
    for row in sorted((row for row in sign_ups if row.shift_id == shift.pk), key=lambda row: row.pk):
        try:
            with transaction.atomic():
                verbs[act](row)
        except Refused as refusal:
            refused.append((row, str(refusal.reason)))
        else:
            done.append(row)
    return Ticked(done, refused)


def _refuse_not_expected(row: SignUp, *, at: dt.datetime | None, by: Actor) -> None:
    activity = row.shift.activity
    if activity.state == Activity.State.CANCELLED:
        raise Refused(_("This activity was cancelled."))
    if activity.state == Activity.State.DRAFT:
        raise Refused(_("This activity is not open yet."))
    refuse_barred(row.person, row.position, row.shift, moment=_within(row.shift, at or clock.now()), by=by)
    if row.state == SignUp.State.CANCELLED:
        raise Refused(_("This sign-up was cancelled."))
    if row.is_in_draw:
        raise Refused(_("Places go by draw, and it has not been held yet."))
    if row.state == SignUp.State.WAITING:
        place = queries.waiting_position(row)
        raise Refused(ngettext("Still on the waiting list, next in line.", "Still on the waiting list, place %(place)s.", place) % {"place": place})
    if row.state == SignUp.State.ABSENT:
        require(permissions.can_check_people(by, activity))


def _moment(shift: Shift, at: dt.datetime | None, *, method: str, reason: str, by: Actor) -> dt.datetime:
    """The time that counts. Out of the window, or told instead of measured: only with a reason, by those who check people. Never beyond the window.

    What a leader's phone measured without network is measured.
    """
    now = clock.now()
    opens, shuts = shift.starts_at - OPENS, shift.ends_at + SHUTS
    staff = bool(permissions.can_check_people(by, shift.activity))
    moment = at or now
    if isinstance(by, System):
        return _within(shift, moment)
    if (at is None or method == Attendance.Method.OFFLINE) and opens <= moment <= shuts and moment <= now:
        return moment
    if not (staff and fold(reason)):
        if now < opens:
            raise Refused(_("Too early: check-in opens 30 minutes before the start."))
        if now > shuts:
            raise Refused(_("Too late: check-in shut 60 minutes after the end. The leader can add it with a reason."))
        raise Refused(_("Say why the time is given by hand."), field="reason")
    if at is not None and at > now:
        raise Refused(_("This time has not come yet."), field="at")
    return _within(shift, moment)


def _within(shift: Shift, moment: dt.datetime) -> dt.datetime:
    return min(max(moment, shift.starts_at - OPENS), shift.ends_at + SHUTS)


@transaction.atomic
def mark_absent(sign_up: SignUp, *, by: Actor) -> SignUp:
    """Did not come. Refuses before the start and after a check-in. Twice has one effect."""
    row = lock_sign_up(sign_up)
    require(permissions.can_check_people(by, row.shift.activity))
    if row.state == SignUp.State.ABSENT:
        return row
    require_transition(SignUp.TRANSITIONS, row.state, SignUp.State.ABSENT)
    if Attendance.objects.filter(sign_up=row).exists():
        raise Refused(_("This person has already checked in."))
    if row.shift.starts_at > clock.now():
        raise Refused(_("This shift has not started yet."))
    row.state = SignUp.State.ABSENT
    row.save(update_fields=["state"])
    journal.record("sign_up.absent", on=row, before={"state": "confirmed"}, after={"state": "absent"}, by=by)
    return row


@transaction.atomic
def correct_attendance(attendance: Attendance, *, in_at: dt.datetime, out_at: dt.datetime | None, reason: str, by: Actor) -> AttendanceCorrection:
    """Put times right; the old ones stay in the correction. Refuses times outside the shift's window, and anything once the service is confirmed."""
    row = lock_sign_up(attendance.sign_up)
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    attendance.sign_up = row
    require(permissions.can_correct(by, attendance))
    if attendance.confirmed_at is not None:
        raise Refused(_("The service is confirmed already. Correct the service record instead."))
    reason = fold(reason)[:200]
    if not reason:
        raise Refused(_("Say why the times change."), field="reason")
    opens, shuts = row.shift.starts_at - OPENS, row.shift.ends_at + SHUTS
    if not opens <= in_at <= shuts or (out_at is not None and not opens <= out_at <= shuts):
        raise Refused(_("Times lie between 30 minutes before the start and 60 minutes after the end."), field="in_at")
    if out_at is not None and out_at < in_at:
        raise Refused(_("Leaving comes after coming."), field="out_at")
    if in_at > clock.now() or (out_at is not None and out_at > clock.now()):
        raise Refused(_("This time has not come yet."), field="out_at")
    if not isinstance(by, Person):
        raise TypeError("a correction names a person")
    correction = AttendanceCorrection.objects.create(
        attendance=attendance,
        old_in_at=attendance.in_at,
        old_out_at=attendance.out_at,
        new_in_at=in_at,
        new_out_at=out_at,
        reason=reason,
        corrected_by=by,
        corrected_at=clock.now(),
    )
    before = {"in_at": attendance.in_at, "out_at": attendance.out_at}
    attendance.in_at, attendance.out_at = in_at, out_at
    attendance.out_method = Attendance.Method.CORRECTION if out_at is not None else ""
    attendance.save(update_fields=["in_at", "out_at", "out_method"])
    journal.record("attendance.corrected", on=attendance, before=before, after={"in_at": in_at, "out_at": out_at}, reason=reason, by=by)
    return correction


@transaction.atomic
def confirm_attendance(attendance: Attendance, *, by: Actor) -> Attendance:
    """Called by `recognition.confirm_service`, which holds the right and writes the entry: from here on the times stand. Refuses an attendance that is still open."""
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if attendance.out_at is None:
        raise Refused(_("This person has not checked out yet."))
    if attendance.confirmed_at is None:
        attendance.confirmed_at = clock.now()
        attendance.save(update_fields=["confirmed_at"])
    return attendance


@transaction.atomic
def close_shift(shift: Shift, *, by: Actor = actors.SCHEDULER) -> Shift:
    """After the end: who is still in leaves at the end of the shift, who never came is marked absent. Twice has one effect."""
    shift = lock_shift(shift.pk)
    require(permissions.can_check_people(by, shift.activity))
    if shift.closed_at is not None:
        return shift
    if shift.ends_at > clock.now():
        raise Refused(_("This shift has not ended yet."))
    close_locked(shift, by=by)
    return shift


def close_locked(shift: Shift, *, by: Actor) -> None:
    open_rows = list(Attendance.objects.select_for_update().filter(sign_up__shift=shift, out_at__isnull=True).order_by("pk"))
    for attendance in open_rows:
        attendance.out_at, attendance.out_method = max(shift.ends_at, attendance.in_at), Attendance.Method.SHIFT_END
    Attendance.objects.bulk_update(open_rows, ["out_at", "out_method"])
    absent = list(
        SignUp.objects.filter(shift=shift, state=SignUp.State.CONFIRMED, attendance__isnull=True).order_by("pk").values_list("pk", flat=True)
    )
    SignUp.objects.filter(pk__in=absent).update(state=SignUp.State.ABSENT)
    shift.closed_at = clock.now()
    shift.save(update_fields=["closed_at"])
    journal.record("shift.closed", on=shift, after={"checked_out": [row.sign_up_id for row in open_rows], "absent": absent}, by=by)


@transaction.atomic
def remind_shift(shift: Shift, *, field: str, by: Actor = actors.SCHEDULER) -> int:
    """Remind the people of a shift once; `field` is day_reminder_at or soon_reminder_at. Returns how many."""
    shift = lock_shift(shift.pk)
    require(permissions.can_check_people(by, shift.activity))
    if getattr(shift, field) is not None or shift.activity.state != Activity.State.PUBLISHED or shift.starts_at <= clock.now():
        return 0
    rows = list(
        SignUp.objects.filter(shift=shift, state=SignUp.State.CONFIRMED, attendance__isnull=True).select_related("person", "position").order_by("pk")
    )
    kind = {"day_reminder_at": "activities.reminder_day", "soon_reminder_at": "activities.reminder_soon"}[field]
    for row in rows:
        row.shift = shift
        tell(row, kind, once=f"{kind}:{row.pk}:{shift.starts_at:%Y%m%d%H%M}", activity=shift.activity)
    setattr(shift, field, clock.now())
    shift.save(update_fields=[field])
    journal.record("shift.reminded", on=shift, after={"kind": kind, "told": len(rows)}, by=by)
    return len(rows)
