"""Verbs at the desk: somebody at the counter, who is here, calling in."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.appointments import permissions, queries
from liandong.appointments.models import Appointment, Desk
from liandong.appointments.services.ground import Actor, State, lock_appointment, lock_desk, take
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.transitions import require_transition
from liandong.journal import services as journal


@transaction.atomic
def add_walk_in(desk: Desk, *, starts_at: dt.datetime | None = None, by: Actor) -> Appointment:
    """Somebody at the counter or on the phone gets a number, without a name: the next free place of today, or the one asked for."""
    desk = lock_desk(desk.pk)
    require(permissions.can_receive(by, desk))
    day = timezone.localtime(starts_at).date() if starts_at else clock.today()
    free = [place for place in queries.free_at_counter(desk, day) if starts_at is None or place.starts_at == starts_at]
    if not free:
        raise Refused(_("All places of this day are taken.") if starts_at is None else _("This time was just taken. Please choose another one."))
    row = take(desk, free[0], person=None, about="", state=State.ARRIVED if starts_at is None else State.BOOKED)
    journal.record("appointment.walked_in", on=row, after={"desk": desk.pk, "starts_at": row.starts_at, "number": row.number}, by=by)
    return row


@transaction.atomic
def step(appointment: Appointment, *, to: str, by: Actor) -> Appointment:
    """At the desk: here, being received, received, not there. The same again has no second effect; only on the day itself or after."""
    row = lock_appointment(appointment)
    require(permissions.can_receive(by, row.desk))
    if row.state == to:
        return row
    if to not in (State.BOOKED, State.ARRIVED, State.CALLED, State.DONE, State.MISSED):
        raise Refused(_("Please choose one of the answers."))
    if row.on_date > clock.today():
        raise Refused(_("That day is still to come."))
    _step(row, to, by=by)
    return row


@transaction.atomic
def call_next(desk: Desk, *, by: Actor) -> Appointment:
    """Who is being received is done; of those who are here the one with the earliest time is called."""
    desk = lock_desk(desk.pk)
    require(permissions.can_receive(by, desk))
    rows = queries.of_day(desk, clock.today())
    following = queries.next_to_call(rows)
    for row in rows:
        if row.state == State.CALLED:
            _step(row, State.DONE, by=by)
    if following is None:
        raise Refused(_("Nobody is waiting."))
    _step(following, State.CALLED, by=by)
    return following


def _step(row: Appointment, to: str, *, by: Actor) -> None:
    require_transition(Appointment.TRANSITIONS, row.state, to)
    before, row.state = row.state, to
    row.called_at = clock.now() if to == State.CALLED else row.called_at
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "called_at"])
    except IntegrityError as error:
        raise Refused(_("This person has booked again in the meantime.")) from error
    journal.record("appointment.stepped", on=row, before={"state": before}, after={"state": to}, by=by)
