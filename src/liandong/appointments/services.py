"""Verbs on desks and appointments. What somebody comes about never reaches the journal nor a message."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.appointments import permissions, queries
from liandong.appointments.models import Appointment, Desk, DeskDay, DeskHours, Receiver
from liandong.appointments.places import Place
from liandong.core import clock
from liandong.core.actors import SCHEDULER, System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices.services import notify
from liandong.organizations.models import Organization
from liandong.venues.hours import Stretch

Actor = Person | System
State = Appointment.State
EDITABLE = (
    "kind",
    "title",
    "receiver",
    "words",
    "venue",
    "spot",
    "phone",
    "minutes",
    "ahead_days",
    "until_minutes",
    "is_open_on_holidays",
    "is_open",
)
MOST_HOURS = 60
LIMITS = {"title": 60, "receiver": 60, "spot": 60, "phone": 30}


def lock_desk(pk: int) -> Desk:
    """A sought-after desk is a queue: everybody waits their turn instead of being turned away by the usual short lock timeout."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '30s'")
    return Desk.objects.select_for_update(of=["self"]).select_related("host__territory", "venue").get(pk=pk)


# Desks


@transaction.atomic
def create_desk(*, host: Organization, by: Actor, **values: Any) -> Desk:
    """A desk of the body. Whoever sets it up sits at it until somebody else is named."""
    require(permissions.can_keep_desk(by, host))
    desk = Desk(host=host, created_at=clock.now())
    _write(desk, values)
    if isinstance(by, Person):
        Receiver.objects.create(desk=desk, person=by)
    journal.record("desk.created", on=desk, after={"host": host.pk, "kind": desk.kind, "title": desk.title}, by=by)
    return desk


@transaction.atomic
def edit_desk(desk: Desk, *, by: Actor, **values: Any) -> Desk:
    """Refuses to close it while people still have an appointment. A new length holds for places not yet taken."""
    desk = lock_desk(desk.pk)
    require(permissions.can_keep_desk(by, desk.host))
    before = {name: _plain(getattr(desk, name)) for name in values}
    if desk.is_open and not values.get("is_open", True) and queries.booked_ahead(desk):
        raise Refused(_("People still have an appointment here. Cancel those days first."), field="is_open")
    _write(desk, values)
    changed = [name for name in values if _plain(getattr(desk, name)) != before[name]]
    if changed:
        after = {name: _plain(getattr(desk, name)) for name in changed}
        journal.record("desk.edited", on=desk, before={name: before[name] for name in changed}, after=after, by=by)
    return desk


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)


def _write(desk: Desk, values: dict[str, Any]) -> None:
    if unknown := set(values) - set(EDITABLE):
        raise TypeError(f"not editable: {sorted(unknown)}")
    for name, value in values.items():
        setattr(desk, name, one_line(value, 1_000) if name in LIMITS else clean_words(value) if name == "words" else value)
    for name, limit in (*LIMITS.items(), ("words", 600)):
        if len(getattr(desk, name)) > limit:
            raise Refused(_("At most %(n)s characters, please.") % {"n": limit}, field=name)
    if not desk.title:
        raise Refused(_("Please enter a name."), field="title")
    if not desk.receiver:
        raise Refused(_("Say who receives people."), field="receiver")
    if desk.kind not in Desk.Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    for name, low, high in (("minutes", 5, 240), ("ahead_days", 1, 90), ("until_minutes", 0, 4320)):
        if not low <= getattr(desk, name) <= high:
            raise Refused(_("Between %(low)s and %(high)s, please.") % {"low": low, "high": high}, field=name)
    try:
        with transaction.atomic():
            desk.save()
    except IntegrityError as error:
        raise Refused(_("This organisation has a desk of this name already."), field="title") from error


@transaction.atomic
def set_receivers(desk: Desk, *, people: Iterable[Person], by: Actor) -> Desk:
    """Exactly these sit at the desk: they see who comes. Only staff of the body, besides those who sit there already."""
    desk = lock_desk(desk.pk)
    require(permissions.can_keep_desk(by, desk.host))
    wanted, now = {person.pk for person in people}, set(desk.receivers.values_list("person", flat=True))
    if wanted - now - set(queries.staff_of(desk.host).filter(pk__in=wanted).values_list("pk", flat=True)):
        raise Refused(_("Choose among the staff of the organisation."), field="people")
    if wanted != now:
        desk.receivers.exclude(person__in=wanted).delete()
        Receiver.objects.bulk_create([Receiver(desk=desk, person_id=pk) for pk in sorted(wanted - now)])
        journal.record("desk.receivers_set", on=desk, before={"people": sorted(now)}, after={"people": sorted(wanted)}, by=by)
    return desk


@transaction.atomic
def add_hours(
    desk: Desk,
    *,
    weekdays: Iterable[int],
    stretches: Sequence[Stretch],
    every_weeks: int = 1,
    nth: int | None = None,
    from_date: dt.date | None = None,
    by: Actor,
) -> list[DeskHours]:
    """Office hours again and again, on each of the weekdays (0 Monday). `nth` counts weekdays of the month, 5 being the last. What is booked already stays."""
    desk = lock_desk(desk.pk)
    require(permissions.can_keep_desk(by, desk.host))
    weekdays = sorted(set(weekdays))
    if not weekdays or not set(weekdays) <= set(range(7)) or not 1 <= every_weeks <= 8 or nth not in (None, 1, 2, 3, 4, 5):
        raise Refused(_("Please choose one of the answers."), field="weekdays")
    if not stretches:
        raise Refused(_("Please say from when to when."), field="times")
    for stretch in stretches:
        _refuse_short(desk, stretch)
    rows = [
        DeskHours(
            desk=desk,
            weekday=weekday,
            opens_at=opens_at,
            closes_at=closes_at,
            every_weeks=1 if nth else every_weeks,
            nth=nth,
            from_date=from_date or clock.today(),
        )
        for weekday in weekdays
        for opens_at, closes_at in stretches
    ]
    if desk.hours.count() + len(rows) > MOST_HOURS:
        raise Refused(_("That is more than a week can hold. Take old hours out first."))
    made = DeskHours.objects.bulk_create(rows)
    journal.record("desk.hours_added", on=desk, after={"hours": [str(row) for row in made], "every_weeks": made[0].every_weeks, "nth": nth}, by=by)
    return made


@transaction.atomic
def remove_hours(desk: Desk, *, keys: Iterable[int], by: Actor) -> int:
    """No new places at these hours. What is booked already stays."""
    desk = lock_desk(desk.pk)
    require(permissions.can_keep_desk(by, desk.host))
    rows = list(desk.hours.filter(pk__in=list(keys)))
    if rows:
        desk.hours.filter(pk__in=[row.pk for row in rows]).delete()
        before = {"hours": [str(row) for row in rows], "every_weeks": rows[0].every_weeks, "nth": rows[0].nth}
        journal.record("desk.hours_removed", on=desk, before=before, by=by)
    return len(rows)


def _refuse_short(desk: Desk, stretch: Stretch) -> None:
    """Also those past midnight: nobody receives then."""
    opens_at, closes_at = stretch
    if (closes_at.hour - opens_at.hour) * 60 + closes_at.minute - opens_at.minute < desk.minutes:
        raise Refused(_("That is shorter than one appointment (%(n)s minutes).") % {"n": desk.minutes}, field="times")


@transaction.atomic
def set_day(desk: Desk, *, date: dt.date, stretch: Stretch | None, words: str = "", by: Actor) -> tuple[DeskDay, int]:
    """One day without office hours (`stretch` None), or with these; a second word on the same day replaces the first.

    Appointments that are still to come and no longer fit are cancelled, each person is told and asked to choose again. Returns how many.
    """
    desk = lock_desk(desk.pk)
    require(permissions.can_set_day(by, desk))
    if date < clock.today():
        raise Refused(_("That day is over."), field="date")
    if date > clock.today() + dt.timedelta(days=730):
        raise Refused(_("Please check the day."), field="date")
    if len(words := fold(words)) > 80:
        raise Refused(_("At most %(n)s characters, please.") % {"n": 80}, field="words")
    if stretch is not None:
        _refuse_short(desk, stretch)
    opens_at, closes_at = stretch or (None, None)
    day, _created = DeskDay.objects.update_or_create(desk=desk, on_date=date, defaults={"opens_at": opens_at, "closes_at": closes_at, "words": words})
    rows = Appointment.objects.filter(desk=desk, on_date=date, state=State.BOOKED, starts_at__gt=clock.now()).select_related("person").order_by("pk")
    gone = [row for row in rows if stretch is None or not _fits(row, stretch)]
    for row in gone:
        row.desk = desk
        _cancel(row, words=words, by=by, by_desk=True)
    after = {"date": date, "hours": [f"{time:%H:%M}" for time in stretch or ()], "words": words, "cancelled": len(gone)}
    journal.record("desk.day_set", on=desk, after=after, by=by)
    return day, len(gone)


def _fits(row: Appointment, stretch: Stretch) -> bool:
    return stretch[0] <= timezone.localtime(row.starts_at).time() and timezone.localtime(row.ends_at).time() <= stretch[1]


@transaction.atomic
def forget_day(day: DeskDay, *, by: Actor) -> None:
    """As usual, again. Appointments on it stay."""
    desk = lock_desk(day.desk_id)
    require(permissions.can_set_day(by, desk))
    if DeskDay.objects.filter(pk=day.pk).delete()[0]:
        journal.record("desk.day_forgotten", on=desk, before={"date": day.on_date, "words": day.words}, by=by)


# Appointments


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
    _end(Appointment.objects.filter(desk=desk, person=person, state__in=Appointment.OPEN, ends_at__lte=clock.now()))
    if (there := queries.open_at(desk, person)) is not None:
        if there.starts_at == starts_at:
            return there
        raise Refused(_("You have an appointment here already. Cancel it first if you want another time."))
    place = queries.place_at(desk, starts_at)
    if place is None or starts_at > clock.now() + dt.timedelta(days=desk.ahead_days + 1):
        raise Refused(_("There are no office hours at this time."), field="at")
    if starts_at < clock.now() + dt.timedelta(minutes=desk.until_minutes):
        raise Refused(_("It is too late to book this time. Please choose another one."), field="at")
    row = _take(desk, place, person=person, about=about)
    _tell(row, "booked")
    journal.record("appointment.booked", on=row, after={"desk": desk.pk, "starts_at": row.starts_at, "number": row.number}, by=by)
    return row


@transaction.atomic
def add_walk_in(desk: Desk, *, starts_at: dt.datetime | None = None, by: Actor) -> Appointment:
    """Somebody at the counter or on the phone gets a number, without a name: the next free place of today, or the one asked for."""
    desk = lock_desk(desk.pk)
    require(permissions.can_receive(by, desk))
    day = timezone.localtime(starts_at).date() if starts_at else clock.today()
    free = [place for place in queries.free_at_counter(desk, day) if starts_at is None or place.starts_at == starts_at]
    if not free:
        raise Refused(_("All places of this day are taken.") if starts_at is None else _("This time was just taken. Please choose another one."))
    row = _take(desk, free[0], person=None, about="", state=State.ARRIVED if starts_at is None else State.BOOKED)
    journal.record("appointment.walked_in", on=row, after={"desk": desk.pk, "starts_at": row.starts_at, "number": row.number}, by=by)
    return row


def _take(desk: Desk, place: Place, *, person: Person | None, about: str, state: str = State.BOOKED) -> Appointment:
    """Under the lock of the desk; the constraint would refuse a second one without it, too."""
    day = timezone.localtime(place.starts_at).date()
    numbers = set(Appointment.objects.filter(desk=desk, on_date=day).exclude(state=State.CANCELLED).values_list("number", flat=True))
    row = Appointment(
        desk=desk,
        person=person,
        on_date=day,
        number=place.number if place.number not in numbers else max(numbers) + 1,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
        about=about,
        state=state,
        booked_at=clock.now(),
    )
    with _or_taken():
        row.save()
    return row


@contextmanager
def _or_taken() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(_("This time was just taken. Please choose another one."), field="at") from error


@transaction.atomic
def cancel_appointment(appointment: Appointment, *, by: Actor) -> Appointment:
    """The place is free again at once, and what it was about is forgotten. Cancelling twice has one effect."""
    row = _lock(appointment)
    require(permissions.can_cancel(by, row))
    if row.state == State.CANCELLED:
        return row
    require_transition(Appointment.TRANSITIONS, row.state, State.CANCELLED)
    own = isinstance(by, Person) and by.pk == row.person_id
    if own and clock.now() > row.until_at:
        raise Refused(_("It is too late to cancel here. Please ring the desk."))
    _cancel(row, words="", by=by, by_desk=not own)
    return row


def _cancel(row: Appointment, *, words: str, by: Actor, by_desk: bool) -> None:
    before = row.state
    row.state, row.about, row.is_cancelled_by_desk, row.cancel_words = State.CANCELLED, "", by_desk, words
    row.save(update_fields=["state", "about", "is_cancelled_by_desk", "cancel_words"])
    if by_desk:
        _tell(row, "called_off", words=words)
    after = {"state": State.CANCELLED, "starts_at": row.starts_at, "by_desk": by_desk}
    journal.record("appointment.cancelled", on=row, before={"state": before}, after=after, by=by)


@transaction.atomic
def step(appointment: Appointment, *, to: str, by: Actor) -> Appointment:
    """At the desk: here, being received, received, not there. The same again has no second effect; only on the day itself or after."""
    row = _lock(appointment)
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


def _lock(appointment: Appointment) -> Appointment:
    desk = lock_desk(appointment.desk_id)
    row = Appointment.objects.select_related("person").get(pk=appointment.pk)
    row.desk = desk
    return row


def _tell(row: Appointment, kind: str, *, words: str = "") -> None:
    """A quiet desk's name, place and reasons stay out of messages."""
    if row.person is None:
        return
    quiet = row.desk.is_quiet
    values = {"starts_at": row.starts_at.isoformat(), "number": row.number}
    if not quiet:
        values |= {"title": row.desk.title, "place": " ".join(part for part in (row.desk.venue.name, row.desk.spot) if part), "words": words}
    notify(
        row.person,
        kind=f"appointment.{kind}_quiet" if quiet else f"appointment.{kind}",
        values=values,
        url=reverse("appointments:appointment", args=[row.code]),
        once_key=f"appointment.{kind}:{row.pk}",
    )


# Jobs


@transaction.atomic
def remind(appointment: Appointment) -> bool:
    """Once, the day before."""
    row = Appointment.objects.select_for_update(of=["self"]).select_related("desk__venue", "person").get(pk=appointment.pk)
    if row.state != State.BOOKED or row.reminded_at is not None:
        return False
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    _tell(row, "reminder")
    return True


@transaction.atomic
def end_past() -> int:
    """Days gone by on which nobody said what became of it: over, without a mark on anybody. Who was being received is done."""
    Appointment.objects.filter(pk__in=queries.to_end().filter(state=State.CALLED).values("pk")).update(state=State.DONE)
    return _end(queries.to_end())


def _end(rows: Any) -> int:
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
