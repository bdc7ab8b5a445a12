"""What the verbs of bookings share: one lock per venue, the rules a booking keeps, and the refusal that says what is in the way and what is free."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.bookings import permissions, queries
from liandong.bookings.models import Booking
from liandong.core import clock, workdays
from liandong.core.actors import System
from liandong.core.errors import Refused
from liandong.organizations.models import Organization
from liandong.ui import words
from liandong.venues import hours as reading
from liandong.venues import queries as venues
from liandong.venues.hours import Hours
from liandong.venues.models import Room, Venue

Actor = Person | System
SHORTEST = dt.timedelta(minutes=15)
OPENS = dt.timedelta(minutes=30)  # check-in opens before the start
SENT_AGAIN = dt.timedelta(minutes=10)
NO_OVERLAP = "bookings_booking_no_overlap"


class Taken(Refused):
    """The time is taken. `booking` is in the way, `free` are the nearest times of the same length."""

    def __init__(self, reason: object, *, booking: Booking | None, free: list[queries.Span]) -> None:
        super().__init__(reason, field="start")
        self.booking, self.free = booking, free


class SeriesTaken(Refused):
    """Some dates of a series are not possible: `problems` are (date, why)."""

    def __init__(self, problems: list[tuple[dt.date, str]], *, possible: int) -> None:
        count = len(problems)
        super().__init__(
            ngettext("One of these dates is not possible.", "%(n)s of these dates are not possible.", count) % {"n": count}, field="until"
        )
        self.problems, self.possible = problems, possible


def lock_rooms(*ids: int) -> list[Room]:
    """The rooms as they are now. Whoever books at a venue does so one after the other: so limits over several rooms hold, and a sought-after hour is a queue,
    not a deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '30s'")
    list(Venue.objects.select_for_update(no_key=True).filter(rooms__in=ids).order_by("pk").values_list("pk"))
    rows = Room.objects.select_related("venue__host__territory", "venue__territory").in_bulk(ids)
    return [rows[pk] for pk in ids]


def lock_booking(booking: Booking, *, also: Room | None = None) -> Booking:
    """The row as it is now, in the caller's own object, with its venue locked, and that of the room it may move to."""
    lock_rooms(*{booking.room_id, also.pk if also else booking.room_id})
    rows = Booking.objects.select_for_update(of=["self"]).select_related(
        "room__venue__host__territory", "room__venue__territory", "organization__territory", "booked_by", "series"
    )
    booking.refresh_from_db(from_queryset=rows)
    return booking


@dataclass
class Rules:
    """What holds for one room and one who books, read once: hours, limits, who keeps it."""

    room: Room
    organization: Organization | None
    by: Actor
    hours: Hours
    keeps: bool

    @classmethod
    def of(cls, room: Room, organization: Organization | None, by: Actor) -> "Rules":
        return cls(room, organization, by, venues.hours_of([room.venue])[room.venue_id], bool(permissions.can_keep(by, room)))

    def refuse(self, start: dt.datetime, end: dt.datetime, *, apart_from: Iterable[int] = (), begun: bool = False) -> None:
        """Raise what stands against this time. `begun`: the rest of a time that has begun may be taken."""
        apart_from = list(apart_from)
        self.refuse_out_of_use()
        self._refuse_times(start, end, begun=begun)
        self._refuse_closed(start, end)
        self.refuse_taken(start, end, apart_from=apart_from)
        self._refuse_over_limit(start, end, apart_from)

    def refuse_out_of_use(self) -> None:
        if not (self.room.is_open and self.room.venue.is_open):
            raise Refused(_("%(room)s cannot be booked at present.") % {"room": self.room.name}, field="room")

    def _refuse_times(self, start: dt.datetime, end: dt.datetime, *, begun: bool) -> None:
        now = clock.now()
        if end <= start:
            raise Refused(_("The end lies before the beginning."), field="end")
        if end - start < SHORTEST:
            raise Refused(_("A booking lasts at least a quarter of an hour."), field="end")
        if start < now - dt.timedelta(minutes=1 if begun else 5):
            raise Refused(_("This time is past."), field="date")
        longest = dt.timedelta(minutes=self.room.longest_minutes)
        if end - start > longest and not self.keeps:
            raise Refused(
                _("%(room)s is booked for at most %(hours)s hours at a time.")
                % {"room": self.room.name, "hours": words.hours(self.room.longest_minutes)},
                field="end",
            )
        if end - start > dt.timedelta(hours=24):
            raise Refused(_("A booking lasts at most a day. To close the room for longer, say so on its page."), field="end")
        last = clock.today() + dt.timedelta(days=self.room.days_ahead)
        if timezone.localtime(start).date() > last and not self.keeps:
            raise Refused(_("%(room)s can be booked until %(day)s.") % {"room": self.room.name, "day": words.day_short(last)}, field="date")
        if timezone.localtime(start).date() > clock.today() + dt.timedelta(days=400):
            raise Refused(_("Choose a day within a year."), field="date")

    def _refuse_closed(self, start: dt.datetime, end: dt.datetime) -> None:
        if not (self.hours.known or self.hours.special) or self.hours.covers(start, end):
            return
        day = timezone.localtime(start).date()
        open_then = reading.said(self.hours.stretches(day))
        if open_then:
            raise Refused(
                _("%(venue)s is open %(hours)s on %(day)s.") % {"venue": self.room.venue.name, "hours": open_then, "day": words.day_short(day)},
                field="start",
            )
        if workdays.is_holiday(day):
            raise Refused(
                _("%(venue)s is closed on %(day)s, a public holiday.") % {"venue": self.room.venue.name, "day": words.day_short(day)}, field="date"
            )
        raise Refused(_("%(venue)s is closed on %(day)s.") % {"venue": self.room.venue.name, "day": words.day_short(day)}, field="date")

    def refuse_taken(self, start: dt.datetime, end: dt.datetime, *, apart_from: Iterable[int] = ()) -> None:
        if (booking := queries.in_way(self.room, start, end, apart_from=apart_from).first()) is not None:
            raise self.taken(booking, start, end)

    def taken(self, booking: Booking | None, start: dt.datetime, end: dt.datetime) -> Taken:
        """What is in the way, in words, with the buffer where it is that, and what is free."""
        free = queries.next_free(self.room, self.hours, start, end)
        text = _("%(room)s is taken at this time.") % {"room": self.room.name}
        if booking is not None:
            when = f"{words.day_short(booking.starts_at)} {words.time_range(booking.starts_at, booking.ends_at)}"
            text = _("%(room)s is taken %(when)s (%(who)s).") % {"room": self.room.name, "when": when, "who": who_has(booking)}
            if booking.ends_at <= start or booking.starts_at >= end:
                minutes = self.room.buffer_minutes
                text += " " + _("Between two bookings %(n)s minutes stay free.") % {"n": minutes}
        if free:
            times = _("; ").join(f"{words.day_short(first)} {words.time_range(first, last)}" for first, last in free)
            text += " " + _("Free instead: %(times)s.") % {"times": times}
        return Taken(text, booking=booking, free=free)

    def _refuse_over_limit(self, start: dt.datetime, end: dt.datetime, apart_from: list[int]) -> None:
        person = self.by if isinstance(self.by, Person) else None
        wanted = int((end - start).total_seconds() // 60)
        for limit in queries.limits_for(self.room, self.organization, person, start, apart_from=apart_from):
            if limit.minutes + wanted > limit.row.hours * 60:
                who = self.organization.label if self.organization else _("You")
                raise Refused(
                    _("%(who)s may book %(hours)s hours a month here; %(left)s are left in this month.")
                    % {"who": who, "hours": limit.row.hours, "left": words.hours(limit.left)},
                    field="end",
                )


def who_has(booking: Booking) -> str:
    """Whose it is, for anybody: a body by its name, never a person."""
    if booking.kind == Booking.Kind.CLOSED:
        return _("closed for work")
    return booking.organization.label if booking.organization else _("somebody")


def state_for(room: Room, organization: Organization | None, start: dt.datetime, *, keeps: bool) -> tuple[str, dt.datetime | None]:
    """Free means booked; or held until somebody agrees, at the latest when it would begin. Those who keep the room need not ask themselves."""
    own = organization is not None and organization.pk == room.venue.host_id
    if room.agreed == Room.Agreed.AT_ONCE or keeps or own:
        return Booking.State.CONFIRMED, None
    return Booking.State.REQUESTED, min(clock.now() + dt.timedelta(hours=room.answer_hours), start)


def insert(booking: Booking, rules: Rules) -> Booking:
    """Write it; the database has the last word on who was first."""
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        if NO_OVERLAP not in str(error):
            raise
        raise rules.taken(None, booking.starts_at, booking.ends_at) from error
    return booking


def person_of(actor: Actor) -> Person | None:
    return actor if isinstance(actor, Person) else None
