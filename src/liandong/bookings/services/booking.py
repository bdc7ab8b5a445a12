"""One booking: taken, moved, given back, answered, used, freed."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.bookings import permissions, queries
from liandong.bookings.models import Booking
from liandong.bookings.services.ground import OPENS, SENT_AGAIN, Actor, Rules, insert, lock_booking, lock_rooms, person_of, state_for
from liandong.core import actors, clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.ui import words
from liandong.venues.models import Room

State = Booking.State


@transaction.atomic
def book(
    room: Room,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    title: str,
    organization: Organization | None = None,
    people_count: int | None = None,
    note: str = "",
    for_activity: bool = False,
    begun: bool = False,
    by: Actor,
) -> Booking:
    """Take a room. Refuses a time that is taken (`Taken`: what is in the way, what is free), past, closed, too long, too far ahead or over the hours a month.

    The same booking sent again within ten minutes is the same booking.
    """
    title = _titled(title)
    if (same := _sent_before(room, starts_at, ends_at, title, by)) is not None:
        return same
    Rules.of(room, organization, by).refuse_taken(starts_at, ends_at)  # before queueing up: most of a crowd hears at once
    (room,) = lock_rooms(room.pk)
    if (same := _sent_before(room, starts_at, ends_at, title, by)) is not None:
        return same
    require(permissions.can_book(by, room, organization))
    rules = Rules.of(room, organization, by)
    refuse_crowd(room, people_count)
    rules.refuse(starts_at, ends_at, begun=begun)
    booking = make(rules, starts_at, ends_at, title=title, people_count=people_count, note=note, for_activity=for_activity)
    insert(booking, rules)
    record_booked(booking, by=by)
    return booking


def make(rules: Rules, starts_at: dt.datetime, ends_at: dt.datetime, *, title: str, **more: Any) -> Booking:
    """A booking that is not written yet."""
    room = rules.room
    state, answer_by_at = state_for(room, rules.organization, starts_at, keeps=rules.keeps)
    more["note"] = one_line(more.get("note", ""), 300)
    return Booking(
        room=room,
        state=state,
        answer_by_at=answer_by_at,
        starts_at=starts_at,
        ends_at=ends_at,
        free_at=ends_at + dt.timedelta(minutes=room.buffer_minutes),
        organization=rules.organization,
        booked_by=person_of(rules.by),
        title=title,
        price_fen=price_of(room, starts_at, ends_at),
        created_at=clock.now(),
        **more,
    )


def record_booked(booking: Booking, *, by: Actor) -> None:
    verb = "booking.requested" if booking.state == State.REQUESTED else "booking.made"
    journal.record(verb, on=booking, after=shown(booking) | {"series": booking.series_id}, by=by)


def shown(booking: Booking) -> dict[str, Any]:
    return {"state": booking.state, "room": booking.room_id, "starts_at": booking.starts_at.isoformat(), "ends_at": booking.ends_at.isoformat()}


def price_of(room: Room, starts_at: dt.datetime, ends_at: dt.datetime) -> int:
    """By the begun quarter of an hour."""
    quarters = -int(-(ends_at - starts_at).total_seconds() // 900)
    return room.price_fen * quarters // 4


def _titled(title: str) -> str:
    title = one_line(title, 80)
    if len(title) < 2:
        raise Refused(_("Say in a few words what the room is for."), field="title")
    return title


def refuse_crowd(room: Room, people_count: int | None) -> None:
    if people_count is not None and people_count > room.capacity:
        raise Refused(_("%(room)s holds %(n)s people.") % {"room": room.name, "n": room.capacity}, field="people_count")


def _sent_before(room: Room, starts_at: dt.datetime, ends_at: dt.datetime, title: str, by: Actor) -> Booking | None:
    person = person_of(by)
    if person is None:
        return None
    since = clock.now() - SENT_AGAIN
    rows = Booking.objects.filter(
        queries.holding(), room=room, starts_at=starts_at, ends_at=ends_at, title=title, booked_by=person, created_at__gte=since
    )
    return rows.select_related("room__venue__host__territory", "organization").first()


@transaction.atomic
def move(
    booking: Booking,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    room: Room | None = None,
    title: str | None = None,
    for_activity: bool = False,
    by: Actor,
) -> Booking:
    """Another time or another room. What has to be agreed to is asked for again, unless it only becomes shorter. Of a series, only this one."""
    booking = lock_booking(booking, also=room)
    _require_change(booking, for_activity=for_activity, by=by)
    refuse_settled(booking)
    refuse_of_activity(booking, for_activity=for_activity)
    old = shown(booking)
    new_room = lock_rooms(room.pk)[0] if room is not None else booking.room
    if new_room.pk != booking.room_id:
        require(permissions.can_book(by, new_room, booking.organization))
    rules = Rules.of(new_room, booking.organization, by)
    if booking.checked_in_at is not None and (starts_at != booking.starts_at or new_room.pk != booking.room_id):
        raise Refused(_("You are in the room already; only the end can change."), field="date")
    if starts_at != booking.starts_at or new_room.pk != booking.room_id:
        rules.refuse(starts_at, ends_at, apart_from=[booking.pk])
    else:
        _refuse_end(rules, booking, ends_at)
    place(booking, rules, starts_at, ends_at)
    if title is not None:
        booking.title = _titled(title)
    insert(booking, rules)
    if shown(booking) != old or title is not None:
        journal.record("booking.moved", on=booking, before=old, after=shown(booking), by=by)
    return booking


def _refuse_end(rules: Rules, booking: Booking, ends_at: dt.datetime) -> None:
    """The beginning stays, though it may be past by now."""
    now = clock.now().replace(second=0, microsecond=0)
    if ends_at <= max(booking.starts_at, now):
        raise Refused(_("The end lies before the beginning.") if ends_at <= booking.starts_at else _("This time is past."), field="end")
    if ends_at > booking.ends_at:
        rules.refuse(max(booking.starts_at, now), ends_at, apart_from=[booking.pk], begun=True)


def place(booking: Booking, rules: Rules, starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    """Put it on another time, not written yet."""
    room = rules.room
    within = room.pk == booking.room_id and booking.starts_at <= starts_at and ends_at <= booking.ends_at
    booking.room, booking.starts_at, booking.ends_at = room, starts_at, ends_at
    booking.free_at = ends_at + dt.timedelta(minutes=room.buffer_minutes)
    booking.price_fen = price_of(room, starts_at, ends_at)
    booking.version += 1
    if not within:
        booking.state, booking.answer_by_at = state_for(room, rules.organization, starts_at, keeps=rules.keeps)
        booking.answered_at = booking.answered_by = None


def _require_change(booking: Booking, *, for_activity: bool, by: Actor) -> None:
    """What belongs to an activity goes with it: whoever may change the activity was asked there."""
    if not (for_activity and booking.for_activity):
        require(permissions.can_change(by, booking))


def refuse_settled(booking: Booking) -> None:
    if not booking.holds:
        raise Refused(_("This booking does not stand any more: %(state)s.") % {"state": booking.get_state_display()})
    if booking.is_over:
        raise Refused(_("This time is past."))


def refuse_of_activity(booking: Booking, *, for_activity: bool) -> None:
    if booking.for_activity and not for_activity:
        raise Refused(_("The room belongs to an activity and goes along with it. Change the activity."))


@transaction.atomic
def keep_for_activity(booking: Booking, *, by: Actor) -> Booking:
    """An activity is made of a booking: from now on it moves with it."""
    booking = lock_booking(booking)
    require(permissions.can_change(by, booking))
    refuse_settled(booking)
    if not booking.for_activity:
        booking.for_activity = True
        booking.save(update_fields=["for_activity"])
        journal.record("booking.kept_for_activity", on=booking, by=by)
    return booking


@transaction.atomic
def cancel(booking: Booking, *, reason: str = "", for_activity: bool = False, by: Actor) -> Booking:
    """Give the room back. Of a series, only this one. Whoever keeps the room must say why when they take it from others."""
    booking = lock_booking(booking)
    _require_change(booking, for_activity=for_activity, by=by)
    if booking.state == State.CANCELLED:
        return booking
    refuse_settled(booking)
    if not permissions.can_keep(by, booking.room):
        refuse_of_activity(booking, for_activity=for_activity)
    why = one_line(reason, 200) if for_activity else _reason(booking, reason, by=by)
    give_up(booking, State.CANCELLED, reason=why, verb="booking.cancelled", by=by)
    if booking.series is not None and booking.series_date is not None:
        booking.series.left_out = sorted({*booking.series.left_out, booking.series_date})
        booking.series.save(update_fields=["left_out"])
    return booking


def _reason(booking: Booking, reason: str, *, by: Actor) -> str:
    reason, person = one_line(reason, 200), person_of(by)
    if len(reason) < 2 and person is not None and booking.booked_by_id not in (None, person.pk):
        raise Refused(_("Say why; whoever booked the room reads it."), field="reason")
    return reason


def give_up(booking: Booking, state: str, *, reason: str = "", verb: str, by: Actor) -> None:
    """The time is free again; `after` says which, for those who wait."""
    before = shown(booking)
    require_transition(Booking.TRANSITIONS, booking.state, state)
    booking.state, booking.given_up_at, booking.reason, booking.answer_by_at = state, clock.now(), reason, None
    booking.version += 1
    booking.save(update_fields=["state", "given_up_at", "reason", "answer_by_at", "version"])
    journal.record(verb, on=booking, before=before, after={"state": state}, reason=reason, by=by)


@transaction.atomic
def answer(booking: Booking, *, agree: bool, reason: str = "", by: Actor) -> Booking:
    """Agree to a request, or decline it with a reason. Whoever comes second hears that it has been answered."""
    booking = lock_booking(booking)
    require(permissions.can_answer(by, booking))
    if booking.state != State.REQUESTED:
        raise Refused(_("This request has been answered already: %(state)s.") % {"state": booking.get_state_display()})
    refuse_settled(booking)
    if agree:
        Rules.of(booking.room, booking.organization, by).refuse_out_of_use()
    booking.answered_at, booking.answered_by = clock.now(), person_of(by)
    if not agree:
        reason = one_line(reason, 200)
        if len(reason) < 2:
            raise Refused(_("Say why; whoever booked the room reads it."), field="reason")
        booking.save(update_fields=["answered_at", "answered_by"])
        give_up(booking, State.DECLINED, reason=reason, verb="booking.declined", by=by)
        return booking
    booking.state, booking.answer_by_at = State.CONFIRMED, None
    booking.version += 1
    booking.save(update_fields=["state", "answer_by_at", "answered_at", "answered_by", "version"])
    journal.record("booking.agreed", on=booking, before={"state": State.REQUESTED}, after={"state": State.CONFIRMED}, by=by)
    return booking


@transaction.atomic
def check_in(booking: Booking, *, by: Actor) -> Booking:
    """The room is in use: it is kept to its end. Once only; from half an hour before the start."""
    booking = lock_booking(booking)
    require(permissions.can_check_in(by, booking))
    if booking.checked_in_at is not None:
        return booking
    if booking.state == State.RELEASED:
        raise Refused(_("Nobody had checked in, so the room was freed at %(time)s.") % {"time": words.clock(booking.given_up_at)})
    if booking.state == State.REQUESTED:
        raise Refused(_("Nobody has agreed to this booking yet."))
    refuse_settled(booking)
    if clock.now() < booking.starts_at - OPENS:
        raise Refused(_("Check-in opens at %(time)s.") % {"time": words.clock(booking.starts_at - OPENS)})
    booking.checked_in_at, booking.checked_in_by = clock.now(), person_of(by)
    booking.save(update_fields=["checked_in_at", "checked_in_by"])
    journal.record("booking.checked_in", on=booking, after={"checked_in_at": booking.checked_in_at}, by=by)
    return booking


@transaction.atomic
def confirm_presence(booking: Booking) -> None:
    """Somebody of the linked activity has come: the same as a check-in, where there is one to make. Never in the way of the activity's own."""
    found = Booking.objects.filter(
        pk=booking.pk, state=State.CONFIRMED, checked_in_at=None, ends_at__gt=clock.now(), starts_at__lte=clock.now() + OPENS
    )
    if found.exists():
        check_in(booking, by=actors.DOOR)


@transaction.atomic
def release(booking: Booking) -> Booking:
    """Nobody came in time: the room is free again. Refuses when somebody has come meanwhile."""
    booking = lock_booking(booking)
    if booking.frees_at is None or booking.frees_at > clock.now():
        raise Refused(_("The room is in use, or not due to be freed."))
    give_up(booking, State.RELEASED, verb="booking.released", by=actors.SCHEDULER)
    return booking


@transaction.atomic
def lapse(booking: Booking) -> Booking:
    """Nobody answered in time: the hold ends."""
    booking = lock_booking(booking)
    if booking.state != State.REQUESTED or booking.answer_by_at is None or booking.answer_by_at > clock.now():
        raise Refused(_("This request has been answered already: %(state)s.") % {"state": booking.get_state_display()})
    give_up(booking, State.LAPSED, verb="booking.lapsed", by=actors.SCHEDULER)
    return booking
