"""Keeping a rota: dates, hosts, the calculation, pauses, beginning and end."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import permissions
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.problems.rotas import MOST_DATES, Circle, circle_of, is_made
from liandong.matching.services.circle import Actor, changed, lapse, lock_kept, move, put, tell, tell_moved
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import visible_to as bodies_visible_to
from liandong.organizations.queries import people_with

MOST_SIZE = 9
MOST_HOSTS = 40
TEXTS = ("name", "words", "place", "needed_words", "checklist")
LINES = {"needed_words", "checklist"}


@transaction.atomic
def make_rota(
    *, name: str, territory: Territory, dates: Sequence[dt.date], rhythm: str, nth: int = 1, weekday: int = 5, every_weeks: int = 4, words: str = "",
    place: str = "", needed_words: str = "", checklist: str = "", start_time: dt.time = dt.time(14), minutes: int = 120, made_from: Rota | None = None,
    by: Actor,
) -> Rota:  # fmt: skip
    """A draft with its dates. Made from an earlier one it takes over its hosts, and what each was owed or ahead there."""
    require(permissions.can_keep_rotas(by, territory))
    days = _usable(dates)
    if not fold(name):
        raise Refused(_("Give the rota a name."), field="name")
    row = Rota.objects.create(
        name=one_line(name, 60), words=one_line(words, 300), territory=territory, rhythm=rhythm, nth=nth, weekday=weekday, every_weeks=every_weeks,
        from_date=days[0], to_date=days[-1], place=one_line(place, 200), needed_words=clean_words(needed_words), checklist=clean_words(checklist),
        start_time=start_time, minutes=minutes, made_from=made_from, made_by=by if isinstance(by, Person) else None, made_at=clock.now(),
    )  # fmt: skip
    Turn.objects.bulk_create(Turn(rota=row, turn_date=day) for day in days)
    taken_over = 0
    if made_from is not None:
        require(permissions.can_keep(by, made_from))
        taken_over = _take_over(row, made_from)
        if taken_over:
            put(row, circle := circle_of(row), circle.best(anew=True), by=by)
    journal.record("rota.made", on=row, after={"dates": len(days), "from": made_from.pk if made_from else None, "hosts": taken_over}, by=by)
    return row


def _usable(dates: Iterable[dt.date]) -> list[dt.date]:
    days = sorted(set(dates))
    if not days:
        raise Refused(_("There is no date yet."), field="dates")
    if len(days) > MOST_DATES:
        raise Refused(_("At most %(n)s dates in one rota.") % {"n": MOST_DATES}, field="dates")
    return days


def _take_over(row: Rota, earlier: Rota) -> int:
    """Hosts that are still there, with their balance: four decimals of a turn are enough."""
    circle = circle_of(earlier)
    loads = circle.loads()
    standing = [host for host in circle.in_force if host.organization.state == Organization.State.ACTIVE]
    RotaHost.objects.bulk_create(
        RotaHost(
            rota=row, organization=host.organization, size=host.size, from_date=row.from_date, contact=host.contact,
            owed_turns=Decimal(round(loads[host.pk].owed * 10_000)) / 10_000,
        )
        for host in standing
    )  # fmt: skip
    return len(standing)


@transaction.atomic
def edit_rota(rota: Rota, *, version: int | None = None, dates: Sequence[dt.date] | None = None, by: Actor, **changes: Any) -> Rota:
    """Change texts and times; with `dates` take dates out and put dates in. What is past, agreed, held or made stays."""
    row = lock_kept(rota, version=version, by=by)
    before = {name: str(getattr(row, name)) for name in changes}
    for name, value in changes.items():
        limit = 60 if name == "name" else 300
        setattr(row, name, clean_words(value) if name in LINES else one_line(value, limit) if name in TEXTS else value)
    if not row.name:
        raise Refused(_("Give the rota a name."), field="name")
    row.version += 1
    row.save(update_fields=[*changes, "version"])
    after: dict[str, Any] = {name: str(getattr(row, name)) for name in changes if str(getattr(row, name)) != before[name]}
    if dates is not None:
        after |= _change_dates(row, _usable(dates))
    journal.record("rota.edited", on=row, before={name: before[name] for name in after if name in before}, after=after, by=by)
    return row


def _change_dates(row: Rota, days: list[dt.date]) -> dict[str, Any]:
    circle = circle_of(row)
    there = {turn.turn_date: turn for turn in circle.turns}
    gone = [turn for day, turn in there.items() if day not in days]
    for turn in gone:
        if circle.is_fixed(turn) or turn.turn_date < circle.today or turn.state != Turn.State.PLANNED:
            raise Refused(_("%(day)s stays: it is past, agreed or already has an activity.") % {"day": turn.turn_date.isoformat()}, field="dates")
    fresh = [day for day in days if day not in there]
    if any(day < circle.today for day in fresh):
        raise Refused(_("A new date lies in the future."), field="dates")
    lapse(gone)
    Turn.objects.filter(pk__in=[turn.pk for turn in gone]).delete()
    Turn.objects.bulk_create(Turn(rota=row, turn_date=day) for day in fresh)
    row.from_date, row.to_date = days[0], days[-1]
    row.save(update_fields=["from_date", "to_date"])
    return {"dates_out": len(gone), "dates_in": len(fresh)} if gone or fresh else {}


@transaction.atomic
def add_hosts(rota: Rota, *, organizations: Iterable[Organization], from_date: dt.date | None = None, by: Actor) -> int:
    """Bodies take part from this day on (a draft: from its first date); who had left comes back. The dates are shared out again."""
    row = lock_kept(rota, by=by)
    bodies = list({body.pk: body for body in organizations}.values())
    seen = bodies_visible_to(by if isinstance(by, Person) else None).filter(pk__in=[body.pk for body in bodies], state=Organization.State.ACTIVE)
    if not bodies or seen.count() < len(bodies):
        raise Refused(_("Choose active organisations."))
    start = row.from_date if row.state == Rota.State.DRAFT else max(from_date or clock.today(), row.from_date)
    there = {host.organization_id: host for host in row.hosts.all()}
    if len(there.keys() | {body.pk for body in bodies}) > MOST_HOSTS:
        raise Refused(_("At most %(n)s hosts in one rota.") % {"n": MOST_HOSTS})
    added = 0
    for body in bodies:
        if (host := there.get(body.pk)) is None:
            RotaHost.objects.create(rota=row, organization=body, from_date=start)
            added += 1
        elif host.to_date is not None:
            host.to_date = None
            host.save(update_fields=["to_date"])
            added += 1
    if added:
        _share_out(row, by=by)
        journal.record("rota.hosts_added", on=row, after={"hosts": [body.label for body in bodies]}, by=by)
    return added


def _share_out(row: Rota, *, anew: bool | None = None, by: Actor) -> int:
    circle = circle_of(row)
    changed(row)
    if not circle.hosts or not circle.counted:
        return 0
    return put(row, circle, circle.best(anew=row.state == Rota.State.DRAFT if anew is None else anew), by=by)


@transaction.atomic
def recalculate(rota: Rota, *, version: int | None = None, by: Actor) -> int:
    """The fairest turns from where things stand: held and agreed turns stay, and as few others as possible change hands. Gives how many did."""
    row = lock_kept(rota, version=version, by=by)
    if not row.hosts.exists():
        raise Refused(_("Add hosts first."))
    moved = _share_out(row, by=by)
    journal.record("rota.recalculated", on=row, after={"changed": moved}, by=by)
    return moved


@transaction.atomic
def start_rota(rota: Rota, *, by: Actor) -> Rota:
    """From now on the hosts see their turns, and are told."""
    row = lock_kept(rota, by=by)
    require_transition(Rota.TRANSITIONS, row.state, Rota.State.RUNNING)
    circle = circle_of(row)
    if len(circle.in_force) < 2:
        raise Refused(_("Turns need at least two hosts."))
    row.state, row.started_at = Rota.State.RUNNING, clock.now()
    row.version += 1
    row.save(update_fields=["state", "started_at", "version"])
    tell_moved(row, [(turn, turn.host) for turn in circle.turns if turn.host is not None and turn.turn_date >= circle.today])
    journal.record("rota.started", on=row, after={"hosts": len(circle.in_force), "dates": len(circle.turns)}, by=by)
    return row


@transaction.atomic
def end_rota(rota: Rota, *, reason: str = "", by: Actor) -> Rota:
    """No further turns. What was held stays and may be carried into the next rota."""
    row = lock_kept(rota, by=by)
    before = row.state
    require_transition(Rota.TRANSITIONS, row.state, Rota.State.ENDED)
    row.state, row.ended_at = Rota.State.ENDED, clock.now()
    row.version += 1
    row.save(update_fields=["state", "ended_at", "version"])
    lapse(row.turns.all())
    journal.record("rota.ended", on=row, before={"state": before}, after={"state": "ended"}, reason=one_line(reason, 200), by=by)
    return row


def _lock_host(host: RotaHost, *, by: Actor) -> tuple[Rota, RotaHost]:
    row = lock_kept(host.rota, by=by)
    found = RotaHost.objects.select_related("organization__territory", "contact").get(pk=host.pk)
    found.rota = row
    return row, found


@transaction.atomic
def edit_host(host: RotaHost, *, size: int, blocked_dates: Iterable[dt.date], contact: Person | None = None, by: Actor) -> int:
    """How often it is its turn, dates it cannot, whom to call. The dates are shared out again; gives how many changed hands."""
    row, found = _lock_host(host, by=by)
    if not 1 <= size <= MOST_SIZE:
        raise Refused(_("Between 1 and %(n)s.") % {"n": MOST_SIZE}, field="size")
    if contact is not None and contact != found.contact and not people_with(found.organization, "manage_activities").filter(pk=contact.pk).exists():
        raise Refused(_("The contact is somebody who sets up activities of this organisation."), field="contact")
    barred = sorted({day.isoformat() for day in blocked_dates})
    before = {"size": found.size, "blocked_dates": found.blocked_dates}
    found.size, found.blocked_dates, found.contact = size, barred, contact
    found.save(update_fields=["size", "blocked_dates", "contact"])
    moved = _share_out(row, by=by) if before != {"size": size, "blocked_dates": barred} else 0
    journal.record("rota_host.edited", on=found, before=before, after={"size": size, "blocked_dates": barred, "changed": moved}, by=by)
    return moved


@transaction.atomic
def pause_host(host: RotaHost, *, from_date: dt.date, to_date: dt.date, reason: str = "", by: Actor) -> int:
    """No turns in [from, to]: others step in, the turns come back later in the year while dates remain, and what cannot come back is owed. Also the answer to a request."""
    row, found = _lock_host(host, by=by)
    if to_date < from_date:
        raise Refused(_("The pause ends before it begins."), field="to_date")
    made = [
        turn for turn in found.turns.select_related("activity").filter(turn_date__range=(from_date, to_date)) if turn.is_waiting and is_made(turn)
    ]
    if made:
        raise Refused(_("There is an activity on %(day)s already. Call it off first.") % {"day": made[0].turn_date.isoformat()}, field="from_date")
    asked = found.pause_asked_at is not None
    found.paused_from_date, found.paused_to_date, found.pause_reason = from_date, to_date, one_line(reason, 200)
    found.save(update_fields=["paused_from_date", "paused_to_date", "pause_reason"])
    _forget_request(found)
    today = clock.today()
    for turn in found.turns.filter(turn_date__range=(max(from_date, today), max(to_date, today)), state=Turn.State.AGREED):
        if found.is_paused_on(turn.turn_date):
            move(turn, None)
    moved = _share_out(row, anew=False, by=by)
    after = {"from": from_date.isoformat(), "to": to_date.isoformat(), "changed": moved}
    journal.record("rota_host.paused", on=found, after=after, reason=found.pause_reason, by=by)
    if asked:
        values = {"name": row.name, "from_date": from_date.isoformat(), "to_date": to_date.isoformat()}
        tell(found, "turn.paused", values=values, once=f"{found.pk}:{row.version}")
    return moved


def _forget_request(found: RotaHost) -> None:
    found.pause_asked_from_date = found.pause_asked_to_date = found.pause_asked_by = found.pause_asked_at = None
    found.pause_asked_words = ""
    found.save(update_fields=["pause_asked_from_date", "pause_asked_to_date", "pause_asked_by", "pause_asked_at", "pause_asked_words"])


@transaction.atomic
def end_pause(host: RotaHost, *, by: Actor) -> int:
    """It takes turns again from today; what it is owed comes back where dates remain."""
    row, found = _lock_host(host, by=by)
    if found.paused_to_date is None or found.paused_to_date < clock.today():
        raise Refused(_("There is no pause to end."))
    before = {"from": str(found.paused_from_date), "to": str(found.paused_to_date)}
    yesterday = clock.today() - dt.timedelta(days=1)
    if found.paused_from_date is not None and found.paused_from_date <= yesterday:
        found.paused_to_date = yesterday
    else:
        found.paused_from_date = found.paused_to_date = None
    found.save(update_fields=["paused_from_date", "paused_to_date"])
    moved = _share_out(row, by=by)
    journal.record("rota_host.resumed", on=found, before=before, after={"changed": moved}, by=by)
    return moved


@transaction.atomic
def decline_pause(host: RotaHost, *, reason: str, by: Actor) -> RotaHost:
    row, found = _lock_host(host, by=by)
    if found.pause_asked_at is None:
        raise Refused(_("There is no request any more."))
    if not fold(reason):
        raise Refused(_("Say why; they will read it."), field="reason")
    _forget_request(found)
    changed(row)
    journal.record("rota_host.pause_declined", on=found, reason=one_line(reason, 200), by=by)
    tell(found, "turn.pause_declined", values={"name": row.name, "words": one_line(reason, 200)}, once=f"{found.pk}:{row.version}")
    return found


@transaction.atomic
def end_host(host: RotaHost, *, to_date: dt.date, reason: str = "", by: Actor) -> int:
    """Its last day; its turns after that go to the others. What it has held stays."""
    row, found = _lock_host(host, by=by)
    today = clock.today()
    if to_date < today and row.state != Rota.State.DRAFT:
        raise Refused(_("The last day is today or later."), field="to_date")
    later = found.turns.select_related("activity").filter(turn_date__gt=to_date)
    if any(is_made(turn) for turn in later):
        raise Refused(_("There is an activity after that day already. Call it off first."), field="to_date")
    if row.state == Rota.State.DRAFT and not row.turns.exclude(state=Turn.State.PLANNED).exists():
        name, key = found.organization.label, found.pk
        for turn in found.turns.all():
            move(turn, None)
        RotaHost.objects.filter(pk=key).delete()
        moved = _share_out(row, by=by)
        journal.record("rota.host_taken_out", on=row, after={"host": name, "changed": moved}, by=by)
        return moved
    found.to_date = to_date
    found.save(update_fields=["to_date"])
    for turn in later.filter(state__in=[Turn.State.AGREED, Turn.State.PLANNED]):
        move(turn, None)
    moved = _share_out(row, anew=False, by=by)
    journal.record("rota_host.ended", on=found, after={"to": to_date.isoformat(), "changed": moved}, reason=one_line(reason, 200), by=by)
    return moved


@transaction.atomic
def give_turn(turn: Turn, *, host: RotaHost, version: int | None = None, by: Actor) -> Turn:
    """By hand, after somebody has phoned: this host takes this date, and it counts as agreed."""
    row = lock_kept(turn.rota, version=version, by=by)
    circle = circle_of(row)
    found = next(one for one in circle.turns if one.pk == turn.pk)
    taker = next((one for one in circle.hosts if one.pk == host.pk), None)
    if taker is None or not taker.is_in(found.turn_date):
        raise Refused(_("This organisation takes no part that day."), field="host")
    if not found.is_waiting or is_made(found) or found.turn_date < circle.today:
        raise Refused(_("This turn stays as it is: it is past, or has an activity."))
    before = found.host.organization.label if found.host else ""
    move(found, taker)
    found.state, found.agreed_by, found.agreed_at = Turn.State.AGREED, by if isinstance(by, Person) else None, clock.now()
    found.save(update_fields=["state", "agreed_by", "agreed_at"])
    changed(row)
    journal.record("turn.given", on=found, before={"host": before}, after={"host": taker.organization.label}, by=by)
    tell_moved(row, [(found, taker)])
    return found


__all__ = [
    "Circle", "add_hosts", "decline_pause", "edit_host", "edit_rota", "end_host", "end_pause", "end_rota", "give_turn", "make_rota", "pause_host",
    "recalculate", "start_rota",
]  # fmt: skip
