"""Verbs of people: book, cancel; and the jobs that follow: remind, close days gone by, forget what it was about."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.appointments import permissions, queries
from liandong.appointments.models import Appointment, Desk
from liandong.appointments.services.ground import Actor, State, call_off, lock_appointment, lock_desk, take, tell
from liandong.core import clock
from liandong.core.actors import SCHEDULER
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal


@transaction.atomic
def book(desk: Desk, *, starts_at: dt.datetime, person: Person, about: str = "", by: Actor) -> Appointment:
    """A place of its own. The same again gives the same appointment.

    Refuses a place that is taken, too near, too far ahead or none at all, and a second open appointment at this desk.
    """
    desk = lock_desk(desk.pk)
    require(permissions.can_book(by, person))
    if person.merged_into_id:
        raise Refused(_("This person is now kept under another number."))
    if not desk.is_open:
        raise Refused(_("This desk takes no appointments any more."))
    about = clean_words(about)
    if len(about) > 200:
        raise Refused(_("At most %(n)s characters, please.") % {"n": 200}, field="about")
    end(Appointment.objects.filter(desk=desk, person=person, state__in=Appointment.OPEN, ends_at__lte=clock.now()))
    if (there := queries.open_at(desk, person)) is not None:
        if there.starts_at == starts_at:
            return there
        raise Refused(_("You have an appointment here already. Cancel it first if you want another time."))
    place = queries.place_at(desk, starts_at)
    if place is None or starts_at > clock.now() + dt.timedelta(days=desk.ahead_days + 1):
        raise Refused(_("There are no office hours at this time."), field="at")
    if starts_at < clock.now() + dt.timedelta(minutes=desk.until_minutes):
        raise Refused(_("It is too late to book this time. Please choose another one."), field="at")
    row = take(desk, place, person=person, about=about)
    tell(row, "booked")
    journal.record("appointment.booked", on=row, after={"desk": desk.pk, "starts_at": row.starts_at, "number": row.number}, by=by)
    return row


@transaction.atomic
def cancel_appointment(appointment: Appointment, *, by: Actor) -> Appointment:
    """The place is free again at once, and what it was about is forgotten. Cancelling twice has one effect."""
    row = lock_appointment(appointment)
    require(permissions.can_cancel(by, row))
    if row.state == State.CANCELLED:
        return row
    require_transition(Appointment.TRANSITIONS, row.state, State.CANCELLED)
    own = isinstance(by, Person) and by.pk == row.person_id
    if own and clock.now() > row.until_at:
        raise Refused(_("It is too late to cancel here. Please ring the desk."))
    call_off(row, words="", by_desk=not own, by=by)
    return row


@transaction.atomic
def remind(appointment: Appointment) -> bool:
    """Once, the day before."""
    row = Appointment.objects.select_for_update(of=["self"]).select_related("desk__venue", "person").get(pk=appointment.pk)
    if row.state != State.BOOKED or row.reminded_at is not None:
        return False
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    tell(row, "reminder")
    return True


@transaction.atomic
def end_past() -> int:
    """Days gone by on which nobody said what became of it: over, without a mark on anybody. Who was being received is done."""
    Appointment.objects.filter(pk__in=queries.to_end().filter(state=State.CALLED).values("pk")).update(state=State.DONE)
    return end(queries.to_end())


def end(rows: Any) -> int:
    ended = list(rows.select_for_update(of=["self"]))
    for row in ended:
        before, row.state = row.state, State.OVER
        row.save(update_fields=["state"])
        journal.record("appointment.ended", on=row, before={"state": before}, after={"state": State.OVER}, by=SCHEDULER)
    return len(ended)


@transaction.atomic
def forget_words() -> int:
    """What people came about is forgotten 90 days after."""
    return queries.to_blank().update(about="")
