"""Draws: announced with the activity, the list closed at its time, drawn once. Locks are taken in one order: the draw, then what `activities` locks."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities import services as signing
from liandong.activities.models import Activity, Position, SignUp
from liandong.activities.services.ground import lock_activity, lock_shifts
from liandong.core import clock, crypto
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.core.text import fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import permissions
from liandong.matching.models import Draw, DrawList
from liandong.matching.models.draw import seed_place
from liandong.matching.queries.draws import losses_of, one_person
from liandong.matching.services.ground import Actor
from liandong.matching.solver import draw as lots

DRAWER = System("draw")
USUALLY = dt.timedelta(days=2)  # before the first shift


def _lock(draw: Draw) -> Draw:
    rows = Draw.objects.select_for_update(of=("self",)).select_related("activity__host__territory", "activity__territory")
    return rows.get(pk=draw.pk)


@transaction.atomic
def announce_draw(activity: Activity, *, by: Actor = DRAWER) -> Draw | None:
    """When an activity whose places go by draw is published: the seed is made, sealed, and its digest stands from now on. Again has no second effect."""
    activity = lock_activity(activity)
    require(permissions.can_plan(by, activity))
    if activity.places_by != Activity.PlacesBy.DRAW or activity.state != Activity.State.PUBLISHED or activity.first_starts_at is None:
        return None
    there = Draw.objects.filter(activity=activity).first()
    if there is not None:
        return there
    now = clock.now()
    seed = lots.new_seed()
    row = Draw.objects.create(
        activity=activity, seed_sealed=crypto.seal(seed, place=seed_place(activity.pk)), seed_digest=lots.digest(seed), announced_at=now,
        closes_at=usual_close(activity.first_starts_at, now),
    )  # fmt: skip
    journal.record("draw.announced", on=row, after={"seed_digest": row.seed_digest, "closes_at": row.closes_at}, by=by)
    return row


def usual_close(starts_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Two days before; where that is too near, half of the time that is left."""
    usual = starts_at - USUALLY
    return usual if usual - now >= USUALLY else now + max(starts_at - now, dt.timedelta(0)) / 2


@transaction.atomic
def plan_draw(draw: Draw, *, closes_at: dt.datetime, public_rule: str = "", version: int | None = None, by: Actor) -> Draw:
    """When the list closes, and which public number will be added. Refuses once the list is closed."""
    row = _lock(draw)
    require(permissions.can_plan(by, row.activity))
    if version is not None and version != row.version:
        raise Conflict(_("Somebody changed the draw while you were writing."))
    if row.state != Draw.State.OPEN or row.closes_at <= clock.now():
        raise Refused(_("The list is closed; what was announced stands."))
    if closes_at <= clock.now():
        raise Refused(_("Choose a moment to come."), field="closes_at")
    if row.activity.first_starts_at is not None and closes_at >= row.activity.first_starts_at:
        raise Refused(_("The list must close before the activity begins."), field="closes_at")
    before = {"closes_at": row.closes_at, "public_rule": row.public_rule}
    row.closes_at, row.public_rule, row.version = closes_at, fold(public_rule)[:120], row.version + 1
    row.save(update_fields=["closes_at", "public_rule", "version"])
    journal.record("draw.planned", on=row, before=before, after={"closes_at": row.closes_at, "public_rule": row.public_rule}, by=by)
    return row


@transaction.atomic
def keep_before_start(draw: Draw, *, by: Actor = DRAWER) -> Draw:
    """The activity was moved: a list that would close after it begins closes at the usual time before."""
    row = _lock(draw)
    require(permissions.can_plan(by, row.activity))
    starts_at = row.activity.first_starts_at
    if row.state != Draw.State.OPEN or starts_at is None or row.closes_at < starts_at:
        return row
    before = row.closes_at
    row.closes_at, row.version = usual_close(starts_at, clock.now()), row.version + 1
    row.save(update_fields=["closes_at", "version"])
    journal.record("draw.planned", on=row, before={"closes_at": before}, after={"closes_at": row.closes_at}, by=by)
    return row


@transaction.atomic
def close_draw(draw: Draw, *, by: Actor = DRAWER) -> Draw:
    """Freeze the list of each position and publish its digest; who enters later stands behind it. Refuses before its time. Again has no second effect."""
    row = _lock(draw)
    require(permissions.can_plan(by, row.activity))
    return _close(row, by=by)


def _close(row: Draw, *, by: Actor) -> Draw:
    if row.state != Draw.State.OPEN:
        return row
    activity = lock_activity(row.activity)
    lock_shifts(activity)
    if activity.state != Activity.State.PUBLISHED:
        raise Refused(_("There are no places to draw here."))
    now = clock.now()
    if row.closes_at > now and (activity.first_starts_at is None or activity.first_starts_at > now):
        raise Refused(_("The list is still open."))
    _drop_doubles(activity)
    waiting = list(_waiting(activity).select_related("person"))
    lost = losses_of(one_person(each.person) for each in waiting)
    lists = []
    for position in Position.objects.filter(shift__activity=activity, pk__in={each.position_id for each in waiting}).order_by(
        "shift_id", "order", "pk"
    ):
        own = [each for each in waiting if each.position_id == position.pk]
        published = lots.publish(lots.Entry(each.slip, refusals=lost.get(one_person(each.person), 0)) for each in own)
        lists.append(
            DrawList(draw=row, position=position, published=published, digest=lots.digest(published), entries=len(own), places=position.capacity)
        )
    DrawList.objects.bulk_create(lists)
    row.state, row.closed_at, row.version = Draw.State.CLOSED, now, row.version + 1
    row.save(update_fields=["state", "closed_at", "version"])
    journal.record("draw.closed", on=row, before={"state": "open"}, after={"state": "closed", "entries": len(waiting), "digests": [each.digest for each in lists]}, by=by)  # fmt: skip
    return row


def _waiting(activity: Activity):
    return SignUp.objects.filter(shift__activity=activity, state=SignUp.State.WAITING).exclude(slip="").order_by("sequence")


def _drop_doubles(activity: Activity) -> None:
    """Somebody who was kept under two numbers and entered with both has one entry in a shift: the first. Runs under the locks of the shifts."""
    seen: set[tuple[int, int]] = set()
    for row in _waiting(activity).select_related("person", "shift"):
        key = (row.shift_id, one_person(row.person))
        if key in seen:
            signing.cancel_sign_up(row, reason=_("Entered twice; the first entry counts."), by=DRAWER)
        seen.add(key)


@transaction.atomic
def hold_draw(draw: Draw, *, public_number: str = "", by: Actor) -> Draw:
    """Draw, once: open the seed, put every list in order, give the places. Who has withdrawn since the list was closed is passed over.

    Refuses before the list is closed, without the public number that was announced, and with one where none was.
    """
    row = _lock(draw)
    require(permissions.can_plan(by, row.activity))
    if row.state == Draw.State.DRAWN:
        raise Refused(_("This has been drawn already; a draw is held once."))
    row = _close(row, by=by)
    require_transition(Draw.TRANSITIONS, row.state, Draw.State.DRAWN)
    number = "".join(fold(public_number).split())
    if row.public_rule and not number:
        raise Refused(_("Enter the public number that was announced."), field="public_number")
    if number and not row.public_rule:
        raise Refused(_("No public number was announced, so none may be added now."), field="public_number")
    if len(number) > 60 or "/" in number:
        raise Refused(_("At most 60 characters, without a slash."), field="public_number")
    seed = row.open_seed()
    if lots.digest(seed) != row.seed_digest:
        raise Refused(_("The seed is not the one that was announced; this cannot be drawn."))
    activity = lock_activity(row.activity)
    lock_shifts(activity)
    _drop_doubles(activity)
    lists = list(row.lists.select_related("position").order_by("pk"))
    for each in lists:
        each.order = [one.key for one in lots.draw(each.published, places=0, seed=seed, public=number).waiting]
        each.places = activities.free_places(each.position)
    here = {(one.position_id, one.slip) for one in _waiting(activity)}
    given = signing.give_places(activity, order={each.position_id: each.order for each in lists}, by=by)
    got = {(one.position_id, one.slip) for one in given}
    for each in lists:
        each.winners = [slip for slip in each.order if (each.position_id, slip) in got]
        gone = [slip for slip in each.order if (each.position_id, slip) not in here]
        each.passed = passed_over(each.order, each.winners, each.places, gone=gone)
    DrawList.objects.bulk_update(lists, ["order", "winners", "passed", "places"])
    row.state, row.seed, row.public_number, row.drawn_at, row.version = Draw.State.DRAWN, seed, number, clock.now(), row.version + 1
    row.drawn_by = by if isinstance(by, Person) else None
    row.save(update_fields=["state", "seed", "public_number", "drawn_at", "drawn_by", "version"])
    after = {
        "state": "drawn",
        "public_number": number,
        "places": sum(len(each.winners) for each in lists),
        "entries": sum(each.entries for each in lists),
    }
    journal.record("draw.drawn", on=row, before={"state": "closed"}, after=after, by=by)
    return row


def passed_over(order: list[str], winners: list[str], places: int, *, gone: Collection[str]) -> list[str]:
    """Those whose turn passed, in the order drawn: who had withdrawn, and who stood before a place that was given but was elsewhere at that time."""
    chosen = set(winners)
    last = order.index(winners[-1]) + 1 if winners and len(winners) >= places else len(order)
    return [slip for rank, slip in enumerate(order) if slip not in chosen and (rank < last or slip in gone)]
