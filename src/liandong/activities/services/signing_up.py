"""Signing up, waiting, moving up, giving a place back."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp, new_slip
from liandong.activities.services.barring import refuse_barred
from liandong.activities.services.ground import (
    Actor,
    lock_people,
    lock_shift,
    tell,
)
from liandong.core import actors, clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices.services import notify


@transaction.atomic
def sign_up(position: Position, *, person: Person, allow_clash: bool = False, reason: str = "", by: Actor) -> SignUp:
    """A place in the position, or the next place on its waiting list when it is full. The same again gives the same sign-up.

    Where places go by draw, everybody waits for it, with a slip; later ones wait behind those who were drawn.
    Refuses when sign-up is not open, when the person is too young or suspended on the day, has another position in the shift, or another activity at that
    time; staff may allow such a clash and say why, and nothing else.
    """
    shift = lock_shift(position.shift_id)
    position = Position.objects.get(pk=position.pk)
    position.shift = shift
    require(permissions.can_sign_up(by, person, position))
    lock_people([person.pk])
    existing = queries.active_sign_up(shift, person)
    if existing is not None and existing.position_id == position.pk:
        return existing
    if person.merged_into_id:
        raise Refused(_("This person is now kept under another number."))
    _refuse_closed(shift)
    refuse_barred(person, position, shift, moment=max(shift.starts_at, clock.now()), by=by)
    if existing is not None:
        raise Refused(
            _("You already have a place in this shift: %(position)s. Cancel it first if you want to change.") % {"position": existing.position.name}
        )
    clash = queries.clashes(person, shift).first()
    if clash is not None:
        _refuse_clash(clash, position, allow_clash=allow_clash, reason=reason, by=by)
    now = clock.now()
    drawn = shift.activity.awaits_draw and position.kind in queries.OPEN_KINDS
    state = SignUp.State.CONFIRMED if not drawn and queries.free_places(position) > 0 else SignUp.State.WAITING
    row = SignUp.objects.create(
        position=position,
        shift=shift,
        person=person,
        state=state,
        sequence=shift.next_sequence,
        slip=_free_slip(shift) if drawn else "",
        signed_up_at=now,
        signed_up_by=by if isinstance(by, Person) else None,
        clash_allowed_by=by if clash is not None and isinstance(by, Person) else None,
    )
    shift.next_sequence += 1
    shift.save(update_fields=["next_sequence"])
    kind = "activities.signed_up" if state == SignUp.State.CONFIRMED else "activities.in_draw" if drawn else "activities.waiting"
    tell(row, kind, once=f"sign_up:{row.pk}", activity=shift.activity, slip=row.slip)
    journal.record(
        "shift.signed_up",
        on=row,
        after={"state": state, "position": position.pk, "sequence": row.sequence, "clash": clash is not None},
        reason=reason,
        by=by,
    )
    return row


def _free_slip(shift: Shift) -> str:
    """Under the lock of the shift."""
    while SignUp.objects.filter(shift=shift, slip=(slip := new_slip())).exists():
        pass
    return slip


def _refuse_closed(shift: Shift) -> None:
    if shift.activity.state != Activity.State.PUBLISHED:
        raise Refused(_("This activity does not take sign-ups."))
    if shift.ends_at <= clock.now():
        raise Refused(_("This shift is over."))


def _refuse_clash(clash: SignUp, position: Position, *, allow_clash: bool, reason: str, by: Actor) -> None:
    if not allow_clash:
        raise Refused(
            _("At that time there is already “%(activity)s”, %(position)s.")
            % {"activity": clash.shift.activity.title, "position": clash.position.name}
        )
    require(permissions.can_allow_clash(by, position))
    if not reason and isinstance(by, Person):
        raise Refused(_("Say why both are possible."), field="reason")


@transaction.atomic
def cancel_sign_up(sign_up: SignUp, *, reason: str = "", by: Actor) -> SignUp:
    """Give the place back; the first on the waiting list gets it in the same transaction. Cancelling twice has one effect."""
    shift = lock_shift(sign_up.shift_id)
    row = SignUp.objects.select_related("person", "position").get(pk=sign_up.pk)
    row.shift = row.position.shift = shift
    require(permissions.can_cancel_sign_up(by, row))
    if row.state == SignUp.State.CANCELLED:
        return row
    require_transition(SignUp.TRANSITIONS, row.state, SignUp.State.CANCELLED)
    if Attendance.objects.filter(sign_up=row).exists():
        raise Refused(_("This person has already checked in."))
    if shift.ends_at <= clock.now():
        raise Refused(_("This shift is over."))
    before = row.state
    row.state, row.cancelled_at, row.cancel_reason = SignUp.State.CANCELLED, clock.now(), one_line(reason, 200)
    row.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    if not (isinstance(by, Person) and by.pk == row.person_id):
        tell(row, "activities.sign_up_cancelled", once=f"sign_up.cancelled:{row.pk}", activity=shift.activity, reason=row.cancel_reason)
    elif before == SignUp.State.CONFIRMED and clock.now() > shift.starts_at - dt.timedelta(hours=shift.activity.cancel_until_hours):
        _tell_leader(row)
    journal.record("sign_up.cancelled", on=row, before={"state": before}, after={"state": "cancelled"}, reason=reason, by=by)
    if before == SignUp.State.CONFIRMED:
        move_up([shift], activity=shift.activity)
    return row


def _tell_leader(row: SignUp) -> None:
    """Somebody gives a place back when it is late: whoever leads must know."""
    activity = row.shift.activity
    if activity.leader is not None:
        notify(
            activity.leader,
            kind="activities.cancelled_late",
            values={
                "title": activity.title,
                "who": row.person.masked_name,
                "position": row.position.name,
                "starts_at": row.shift.starts_at.isoformat(),
            },
            url=reverse("activities:manage", args=[activity.code]),
            once_key=f"sign_up.cancelled_late:{row.pk}",
        )


def move_up(shifts: Iterable[Shift], *, activity: Activity, quietly: bool = False) -> list[SignUp]:
    """Give free places to those who wait, in order; who is busy elsewhere at that time, too young or suspended keeps waiting. Runs under the locks of the shifts.

    Before a draw nobody moves up. `quietly`: the caller tells them.
    """
    if activity.state != Activity.State.PUBLISHED:
        return []
    now = clock.now()
    open_shifts = [shift for shift in shifts if shift.ends_at > now]
    rows = queries.in_turn(SignUp.objects.filter(shift__in=open_shifts, state=SignUp.State.WAITING))
    if activity.awaits_draw:
        rows = rows.exclude(position__kind__in=queries.OPEN_KINDS)
    waiting = list(rows.select_related("person", "position", "shift"))
    free = {row.position_id: queries.free_places(row.position) for row in waiting}
    waiting = [row for row in waiting if free[row.position_id] > 0]
    lock_people(row.person_id for row in waiting)
    suspended = queries.suspended_among([row.person_id for row in waiting], activity.host_id) if waiting else {}
    moved = []
    for row in waiting:
        if queries.is_turned_away(row.person, row.position, row.shift, suspended=suspended):
            continue
        if free[row.position_id] <= 0 or (row.clash_allowed_by_id is None and queries.clashes(row.person, row.shift).exists()):
            continue
        free[row.position_id] -= 1
        row.state, row.moved_up_at = SignUp.State.CONFIRMED, now
        row.save(update_fields=["state", "moved_up_at"])
        if not quietly:
            tell(
                row,
                "activities.moved_up",
                once=f"sign_up.moved_up:{row.pk}",
                activity=activity,
                urgent=row.shift.starts_at - now < dt.timedelta(hours=24),
            )
        journal.record("sign_up.moved_up", on=row, before={"state": "waiting"}, after={"state": "confirmed"}, by=actors.WAITLIST)
        moved.append(row)
    return moved
