"""Verbs on desks: set one up, its hours, days that are different, who sits there."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.appointments import permissions, queries
from liandong.appointments.models import Appointment, Desk, DeskDay, DeskHours, Receiver
from liandong.appointments.services.ground import Actor, State, call_off, lock_desk
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold, one_line
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.venues.hours import Stretch

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
        call_off(row, words=words, by_desk=True, by=by)
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
