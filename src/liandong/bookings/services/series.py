"""Bookings that repeat: made at once, with dates left out; cancelled or moved from one on."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.bookings import permissions, queries
from liandong.bookings.models import Booking, BookingSeries
from liandong.bookings.services.booking import (
    State,
    _reason,
    _titled,
    answer,
    give_up,
    make,
    place,
    record_booked,
    refuse_crowd,
    refuse_of_activity,
    refuse_settled,
    shown,
)
from liandong.bookings.services.ground import Actor, Rules, SeriesTaken, insert, lock_booking, lock_rooms
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.venues.models import Room

MOST = 60
Rhythm = BookingSeries.Rhythm


def dates_of(first: dt.date, until: dt.date, *, rhythm: str = Rhythm.WEEKLY, every: int = 1) -> list[dt.date]:
    """The first date and those that follow; a month without, say, a fifth Monday has none."""
    found: list[dt.date] = []
    at = first
    if rhythm == Rhythm.WEEKLY:
        while at <= until and len(found) <= MOST:
            found.append(at)
            at += dt.timedelta(weeks=every)
        return found
    nth, month = (first.day - 1) // 7, first.replace(day=1)
    while month <= until and len(found) <= MOST:
        day = month + dt.timedelta(days=(first.weekday() - month.weekday()) % 7 + 7 * nth)
        if day.month == month.month and first <= day <= until:
            found.append(day)
        for _month in range(every):
            month = (month + dt.timedelta(days=32)).replace(day=1)
    return found


def at_date(moment: dt.datetime, day: dt.date, *, first: dt.date) -> dt.datetime:
    """The same time of day, so many days later."""
    local = timezone.localtime(moment)
    return timezone.make_aware(dt.datetime.combine(day + (local.date() - first), local.time()))


@transaction.atomic
def book_series(
    room: Room,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    title: str,
    rhythm: str = Rhythm.WEEKLY,
    every: int = 1,
    until: dt.date,
    left_out: Iterable[dt.date] = (),
    others_too: bool = False,
    organization: Organization | None = None,
    people_count: int | None = None,
    note: str = "",
    by: Actor,
) -> list[Booking]:
    """All dates, or none: `SeriesTaken` says which are not possible and why. With `others_too` the possible ones are booked and those are left out."""
    (room,) = lock_rooms(room.pk)
    require(permissions.can_book(by, room, organization))
    title, first = _titled(title), timezone.localtime(starts_at).date()
    refuse_crowd(room, people_count)
    if not 1 <= every <= 12:
        raise Refused(_("Between every week and every twelfth, please."), field="every")
    if until <= first:
        raise Refused(_("The last day lies before the first."), field="until")
    dates, left = dates_of(first, until, rhythm=rhythm, every=every), set(left_out)
    if len(dates) > MOST or (until - first).days > 400:
        raise Refused(_("At most %(n)s dates within a year, please.") % {"n": MOST}, field="until")
    rules, problems, made = Rules.of(room, organization, by), [], []
    series = BookingSeries.objects.create(rhythm=rhythm, every=every, first_date=first, until_date=until, created_at=clock.now())
    for day in dates:
        if day in left:
            continue
        start, end = at_date(starts_at, day, first=first), at_date(ends_at, day, first=first)
        try:
            rules.refuse(start, end)
        except Refused as refused:
            problems.append((day, str(refused.reason)))
            continue
        booking = make(rules, start, end, title=title, people_count=people_count, note=note, series=series, series_date=day)
        made.append(insert(booking, rules))
    if problems and not (others_too and made):
        raise SeriesTaken(problems, possible=len(made))
    if not made:
        raise Refused(_("No date is left."), field="until")
    series.left_out = sorted({*(day for day in left if day in dates), *(day for day, _why in problems)})
    series.save(update_fields=["left_out"])
    for booking in made:
        record_booked(booking, by=by)
    return made


@transaction.atomic
def cancel_following(booking: Booking, *, reason: str = "", by: Actor) -> list[Booking]:
    """This one and all later ones of its series."""
    booking = lock_booking(booking)
    require(permissions.can_change(by, booking))
    refuse_settled(booking)
    series, day = booking.series, booking.series_date
    if series is None or day is None:
        raise Refused(_("This booking does not repeat."))
    reason = _reason(booking, reason, by=by)
    gone = [booking if row.pk == booking.pk else lock_booking(row) for row in queries.following(booking)]
    for row in gone:
        refuse_of_activity(row, for_activity=False)
        give_up(row, State.CANCELLED, reason=reason, verb="booking.cancelled", by=by)
    series.until_date = max(day - dt.timedelta(days=1), series.first_date)
    if day == series.first_date:
        series.left_out = sorted({*series.left_out, day})
    series.save(update_fields=["until_date", "left_out"])
    return gone


@transaction.atomic
def move_following(
    booking: Booking, *, starts_at: dt.datetime, ends_at: dt.datetime, room: Room | None = None, others_too: bool = False, by: Actor
) -> list[Booking]:
    """This one and all later ones: as many days later or earlier, at the new time. `SeriesTaken` says which cannot; with `others_too` those stay as they were."""
    booking = lock_booking(booking, also=room)
    require(permissions.can_change(by, booking))
    refuse_settled(booking)
    if booking.series_id is None:
        raise Refused(_("This booking does not repeat."))
    new_room = lock_rooms(room.pk)[0] if room is not None else booking.room
    require(permissions.can_book(by, new_room, booking.organization))
    rules, problems, moved = Rules.of(new_room, booking.organization, by), [], []
    old_day, new_day = timezone.localtime(booking.starts_at).date(), timezone.localtime(starts_at).date()
    shift = new_day - old_day
    rows = [booking if row.pk == booking.pk else lock_booking(row) for row in queries.following(booking)]
    if shift.days > 0:  # the last goes first, so that they do not stand in each other's way
        rows.reverse()
    for row in rows:
        refuse_of_activity(row, for_activity=False)
        day = timezone.localtime(row.starts_at).date() + shift
        start, end = at_date(starts_at, day, first=new_day), at_date(ends_at, day, first=new_day)
        before = shown(row)
        try:
            rules.refuse(start, end, apart_from=[row.pk])
        except Refused as refused:
            problems.append((day, str(refused.reason)))
            continue
        place(row, rules, start, end)
        insert(row, rules)
        journal.record("booking.moved", on=row, before=before, after=shown(row), by=by)
        moved.append(row)
    if problems and not (others_too and moved):
        raise SeriesTaken(sorted(problems), possible=len(moved))
    return moved


@transaction.atomic
def answer_series(booking: Booking, *, agree: bool, reason: str = "", by: Actor) -> list[Booking]:
    """One answer to all dates of a series that still wait for one."""
    if booking.series_id is None:
        raise Refused(_("This booking does not repeat."))
    lock_rooms(booking.room_id)
    rows = Booking.objects.filter(series=booking.series_id, state=State.REQUESTED, ends_at__gt=clock.now()).order_by("pk")
    found = [answer(row, agree=agree, reason=reason, by=by) for row in rows]
    if not found:
        raise Refused(_("This request has been answered already: %(state)s.") % {"state": booking.get_state_display()})
    return found
