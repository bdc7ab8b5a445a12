"""Places and suspensions when two entries of one person become one."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from liandong.accounts.joining import follow, hindrance, moves
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.activities import queries
from liandong.activities.models import Attendance, SignUp, Suspension
from liandong.activities.services.ground import lock_people
from liandong.activities.services.signing_up import cancel_sign_up
from liandong.core import actors, clock
from liandong.journal import services as journal
from liandong.ui import words

State = SignUp.State
HELD = (State.CONFIRMED, State.WAITING, State.ABSENT)


@hindrance
def two_places_at_one_time(person: Person, into: Person) -> Iterator[str]:
    """Both hold places at the same time still to come, or were there in the same shift: nobody is in two places. Confirmed service is judged by its records."""
    lock_people([person.pk, into.pk])
    ahead, came = Q(shift__ends_at__gt=clock.now()), Q(attendance__isnull=False)
    open_yet = Q(person=into) | ahead | Q(attendance__confirmed_at__isnull=True)
    rows = SignUp.objects.filter(ahead | came, open_yet, state__in=(State.CONFIRMED, State.WAITING), person__in=[person, into])
    found = list(rows.select_related("shift__activity", "attendance").order_by("shift__starts_at", "pk"))
    kept = [row for row in found if row.person_id == into.pk]
    for row in found:
        if row.person_id == into.pk:
            continue
        is_over = row.shift.ends_at <= clock.now()
        other = next((one for one in kept if row.shift_id == one.shift_id or (not is_over and _at_once(row, one))), None)
        if other is not None:
            yield _(
                "Both entries have a place at the same time: “%(one)s” and “%(other)s”, %(when)s. Give one of them back, or put its times right."
            ) % {
                "one": row.shift.activity.title,
                "other": other.shift.activity.title,
                "when": f"{words.day_short(row.shift.starts_at)} {words.clock(row.shift.starts_at)}",
            }


def _at_once(one: SignUp, other: SignUp) -> bool:
    return one.shift.starts_at < other.shift.ends_at and other.shift.starts_at < one.shift.ends_at


@moves(SignUp)
def follow_places(person: Person, into: Person, by: Actor) -> int:
    """In one shift the place where they came counts; the other is given back where it stands."""
    came = Exists(Attendance.objects.filter(sign_up=OuterRef("pk")))
    for row in SignUp.objects.filter(came, person=person, state__in=HELD):
        for idle in SignUp.objects.filter(~came, person=into, shift=row.shift_id, state__in=HELD):
            before = idle.state
            idle.state, idle.cancelled_at, idle.cancel_reason = State.CANCELLED, clock.now(), _("Entered twice: the other place counts.")
            idle.save(update_fields=["state", "cancelled_at", "cancel_reason"])
            journal.record("sign_up.joined", on=idle, before={"state": before}, after={"state": "cancelled", "kept": row.pk}, by=by)
    return follow(SignUp.objects.filter(person=person), "person", into=into)


@moves(Suspension)
def follow_suspensions(person: Person, into: Person, by: Actor) -> int:
    """Each counts. Where one body suspended both at a time the longer one stays; the other one is kept under the entry that was joined."""
    went = 0
    for row in Suspension.objects.filter(person=person).order_by("pk"):
        same = Suspension.objects.filter(person=into, organization=row.organization_id)
        together = [one for one in same if _overlap(row, one)]
        if any(_end(one) >= _end(row) for one in together):
            continue
        for one in together:
            Suspension.objects.filter(pk=one.pk).update(person=person)
        went += Suspension.objects.filter(pk=row.pk).update(person=into)
    for row in queries.suspensions_at(clock.now()).filter(person=into):
        for place in queries.places_until(row):
            cancel_sign_up(place, reason=row.reason, by=actors.SCHEDULER)
    return went


def _end(row: Suspension) -> dt.datetime:
    last = clock.day_bounds(row.until_date)[1]
    return min(row.lifted_at or last, last)


def _overlap(one: Suspension, other: Suspension) -> bool:
    return one.suspended_at < _end(other) and other.suspended_at < _end(one)
