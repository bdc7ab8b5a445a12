"""More proofs: a tablet where people type their own code, a leader who looks whether somebody is there, a person who says where they are."""

import datetime as dt
from math import isfinite

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import permissions, queries
from liandong.activities.models import Activity, Attendance, Kiosk, Shift, SignUp, SpotCheck
from liandong.activities.services.coming import check_in, check_out
from liandong.activities.services.ground import OPENS, SHUTS, Actor, lock_shift, lock_sign_up
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.venues.geo import Point, metres

KIOSK = Attendance.Method.KIOSK
WRONG_TRIES, WRONG_WITHIN = 8, dt.timedelta(minutes=2)
SECOND_TIME = dt.timedelta(minutes=10)  # typed again so long after coming means leaving


@transaction.atomic
def open_kiosk(shift: Shift, *, name: str = "", by: Person) -> Kiosk:
    """A link for a tablet at the door. Refuses once the shift is over."""
    shift = lock_shift(shift.pk)
    require(permissions.can_check_people(by, shift.activity))
    if shift.activity.state != Activity.State.PUBLISHED or shift.ends_at + SHUTS < clock.now():
        raise Refused(_("This shift is over."))
    name = one_line(name, 40) or _("Tablet %(n)s") % {"n": shift.kiosks.count() + 1}
    kiosk = Kiosk.objects.create(shift=shift, name=name, made_by=by, made_at=clock.now())
    journal.record("kiosk.opened", on=kiosk, after={"shift": shift.pk}, by=by)
    return kiosk


@transaction.atomic
def revoke_kiosk(kiosk: Kiosk, *, by: Person) -> Kiosk:
    """The link stops working at once. Twice has one effect."""
    kiosk = (
        Kiosk.objects.select_for_update(of=("self",))
        .select_related("shift__activity__host__territory", "shift__activity__territory")
        .get(pk=kiosk.pk)
    )
    require(permissions.can_check_people(by, kiosk.shift.activity))
    if kiosk.revoked_at is None:
        kiosk.revoked_at = clock.now()
        kiosk.save(update_fields=["revoked_at"])
        journal.record("kiosk.revoked", on=kiosk, by=by)
    return kiosk


def kiosk_works(kiosk: Kiosk) -> bool:
    """Neither taken back nor over, and whoever opened it may still check people."""
    shift = kiosk.shift
    return (
        kiosk.revoked_at is None
        and clock.now() <= shift.ends_at + SHUTS
        and shift.activity.state == Activity.State.PUBLISHED
        and bool(permissions.can_check_people(kiosk.made_by, shift.activity))
    )


def come_at_kiosk(kiosk: Kiosk, *, typed: str, nonce: str | None = None) -> tuple[Attendance, str]:
    """Somebody types their code or PIN: in, or out when they have been in for a while. Returns the attendance and what this was: in, out or again.

    Eight wrong tries in two minutes close it for the rest of the two minutes. In the name of whoever opened it.
    """
    _count_try(kiosk, wrong=False)
    row = queries.row_typed(kiosk.shift, typed)
    if row is None:
        _count_try(kiosk, wrong=True)
        raise Refused(_("We do not know this code. Please look once more, or ask the leader."), field="typed")
    with transaction.atomic():
        row = lock_sign_up(row)
        there = Attendance.objects.filter(sign_up=row).first()
        if there is None:
            return check_in(row, method=KIOSK, nonce=nonce, by=kiosk.made_by), "in"
        if there.out_at is not None or clock.now() - there.in_at < SECOND_TIME:
            return there, "again"
        return check_out(row, method=KIOSK, nonce=nonce, by=kiosk.made_by), "out"


@transaction.atomic
def _count_try(kiosk: Kiosk, *, wrong: bool) -> None:
    """Counted in a transaction of its own, so that a refusal does not undo it."""
    now = clock.now()
    row = Kiosk.objects.select_for_update(of=("self",)).get(pk=kiosk.pk)
    if row.wrong_since_at is None or now - row.wrong_since_at >= WRONG_WITHIN:
        row.wrong_since_at, row.wrong_tries = now, 0
    if row.wrong_tries >= WRONG_TRIES:
        seconds = int((row.wrong_since_at + WRONG_WITHIN - now).total_seconds())
        raise TooMany(_("Too many wrong codes. Please wait a moment, or ask the leader."), seconds=seconds)
    if wrong:
        row.wrong_tries += 1
        row.save(update_fields=["wrong_tries", "wrong_since_at"])


@transaction.atomic
def answer_spot_check(shift: Shift, *, attendance: Attendance, answer: str, by: Person) -> SpotCheck:
    """Whether the one whom chance chose is there. Nobody chooses whom they are asked about, nobody answers for themselves; one answer a turn."""
    shift = lock_shift(shift.pk)
    require(permissions.can_check_people(by, shift.activity))
    if answer not in SpotCheck.Answer.values:
        raise Refused(_("Choose an answer."))
    turn = queries.turn_of(shift)
    known = SpotCheck.objects.filter(shift=shift, turn=turn, attendance=attendance).first() if turn is not None else None
    if known is not None:
        return known
    asked = queries.spot_check_due(shift, person=by)
    if asked is None or turn is None or asked.pk != attendance.pk:
        raise Refused(_("By now somebody else is asked about. Please look again."))
    check = SpotCheck.objects.create(shift=shift, turn=turn, attendance=asked, answer=answer, answered_by=by, answered_at=clock.now())
    journal.record("spot_check.answered", on=asked.sign_up, after={"answer": answer, "turn": turn}, by=by)
    return check


@transaction.atomic
def give_place(sign_up: SignUp, *, latitude: float, longitude: float, by: Actor) -> Attendance:
    """The person says where they are. Only how far that is from the venue is kept; it speaks for them when near and never against them."""
    row = lock_sign_up(sign_up)
    require(permissions.can_give_place(by, row))
    attendance = Attendance.objects.select_for_update().filter(sign_up=row).first()
    if attendance is None:
        raise Refused(_("There is no check-in yet."))
    if not (isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude, longitude) == (0, 0):
        raise Refused(_("This is not a place on earth."), field="at")
    now, venue = clock.now(), row.shift.activity.venue
    if not row.shift.starts_at - OPENS <= now <= row.shift.ends_at + SHUTS:
        raise Refused(_("Too late: check-in shut 60 minutes after the end. The leader can add it with a reason."))
    if venue is None or venue.latitude is None or venue.longitude is None:
        return attendance
    attendance.distance_m = round(metres(Point(latitude, longitude), Point(float(venue.latitude), float(venue.longitude))))
    attendance.save(update_fields=["distance_m"])
    journal.record("sign_up.place_given", on=row, after={"distance_m": attendance.distance_m}, by=by)
    return attendance
