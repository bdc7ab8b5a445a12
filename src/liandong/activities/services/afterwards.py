"""Somebody served, and it was written down by hand afterwards: their place and their times, after two people agreed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, AttendanceCorrection, Position, Shift, SignUp
from liandong.activities.services.barring import refuse_barred
from liandong.activities.services.ground import OPENS, SHUTS, Actor, lock_people, lock_shift
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal

BY_HAND = Attendance.Method.CORRECTION


@transaction.atomic
def add_attendance(shift: Shift, *, person: Person, in_at: dt.datetime, out_at: dt.datetime, reason: str, by: Actor) -> Attendance:
    """The person's times in this shift, told instead of measured. Gives them a place when they had none, in a volunteer position; a full one grows by one.

    Times that stand already, unconfirmed, are put right by a correction. Refuses confirmed ones, a draft or called-off activity, and who was suspended then or too young.
    """
    shift = lock_shift(shift.pk)
    activity = shift.activity
    require(permissions.can_check_people(by, activity))
    lock_people([person.pk])
    reason = fold(reason)[:200]
    if not reason:
        raise Refused(_("Say why the time is given by hand."), field="reason")
    if activity.state not in (Activity.State.PUBLISHED, Activity.State.FINISHED):
        raise Refused(_("This activity was cancelled.") if activity.state == Activity.State.CANCELLED else _("This activity is not open yet."))
    in_at, out_at = max(in_at, shift.starts_at - OPENS), min(out_at, shift.ends_at + SHUTS)
    if out_at <= in_at or out_at > clock.now():
        raise Refused(_("Leaving comes after coming.") if out_at <= in_at else _("This time has not come yet."), field="out_at")
    row = _place(shift, person, reason=reason, by=by)
    refuse_barred(person, row.position, shift, moment=in_at, by=by)
    attendance = Attendance.objects.select_for_update().filter(sign_up=row).first()
    hand = by if isinstance(by, Person) else None
    if attendance is None:
        attendance = Attendance.objects.create(
            sign_up=row, in_at=in_at, in_method=BY_HAND, in_by=hand, out_at=out_at, out_method=BY_HAND, out_by=hand
        )
        journal.record("sign_up.checked_in", on=row, after={"in_at": in_at, "out_at": out_at, "method": BY_HAND}, reason=reason, by=by)
        return attendance
    if attendance.confirmed_at is not None:
        raise Refused(_("The service is confirmed already. Correct the service record instead."))
    if (attendance.in_at, attendance.out_at) != (in_at, out_at) and hand is not None:
        before = {"in_at": attendance.in_at, "out_at": attendance.out_at}
        AttendanceCorrection.objects.create(
            attendance=attendance,
            old_in_at=attendance.in_at,
            old_out_at=attendance.out_at,
            new_in_at=in_at,
            new_out_at=out_at,
            reason=reason,
            corrected_by=hand,
            corrected_at=clock.now(),
        )
        attendance.in_at, attendance.out_at, attendance.out_method, attendance.out_by = in_at, out_at, BY_HAND, hand
        attendance.save(update_fields=["in_at", "out_at", "out_method", "out_by"])
        journal.record("attendance.corrected", on=attendance, before=before, after={"in_at": in_at, "out_at": out_at}, reason=reason, by=by)
    return attendance


def _place(shift: Shift, person: Person, *, reason: str, by: Actor) -> SignUp:
    """The person's place in the shift, confirmed; a new one under the lock of the shift when there is none."""
    row = queries.active_sign_up(shift, person)
    if row is None:
        position = _position(shift, person)
        row = SignUp.objects.create(
            position=position,
            shift=shift,
            person=person,
            state=SignUp.State.CONFIRMED,
            sequence=shift.next_sequence,
            signed_up_at=clock.now(),
            signed_up_by=by if isinstance(by, Person) else None,
        )
        shift.next_sequence += 1
        shift.save(update_fields=["next_sequence"])
        journal.record("shift.signed_up", on=row, after={"state": row.state, "position": position.pk, "sequence": row.sequence}, reason=reason, by=by)
    elif row.state != SignUp.State.CONFIRMED:
        require_transition(SignUp.TRANSITIONS, row.state, SignUp.State.CONFIRMED)
        _grow_when_full(row.position)
        before, row.state = row.state, SignUp.State.CONFIRMED
        row.save(update_fields=["state"])
        journal.record("sign_up.added", on=row, before={"state": before}, after={"state": row.state}, reason=reason, by=by)
    return row


def _position(shift: Shift, person: Person) -> Position:
    """A volunteer position for people of that age with a free place, else the first one with one place more: who served took nobody's place."""
    positions = list(Position.objects.filter(shift=shift, kind=Position.Kind.VOLUNTEER).order_by("order", "pk"))
    if not positions:
        raise Refused(_("This shift has no position for volunteers."))
    positions = [each for each in positions if not queries.is_too_young(person, each, shift)] or positions
    position = next((each for each in positions if queries.free_places(each) > 0), positions[0])
    _grow_when_full(position)
    return position


def _grow_when_full(position: Position) -> None:
    if queries.free_places(position) < 1:
        position.capacity += 1
        position.save(update_fields=["capacity"])
