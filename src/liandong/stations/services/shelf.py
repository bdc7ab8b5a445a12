"""Verbs on the shelf of a station. Whoever changes the number of pieces holds the item's lock."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.core.actors import SCHEDULER, System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.stations import permissions
from liandong.stations.models import ShelfItem, ShelfTaking, Station

Actor = Person | System
HELD = dt.timedelta(hours=24)
MOST_PIECES = 500
OFFERS_WAITING = 5  # of one person at one station
HELD_BY_ONE = 3  # reservations of one person at one time
LONGEST_FOOD = dt.timedelta(days=366)
Item, Taking = ShelfItem.State, ShelfTaking.State


@transaction.atomic
def put_item(
    station: Station,
    *,
    name: str,
    kind: str,
    count: int = 1,
    words: str = "",
    is_food: bool = False,
    expires_on: dt.date | None = None,
    loan_days: int = 14,
    by: Person,
) -> ShelfItem:
    """On the shelf at once when the host puts it there; from anybody else it waits for the host's tap."""
    require(permissions.can_offer_item(by, station))
    name, words, today, keeps = one_line(name, 40), one_line(words, 120), clock.today(), bool(permissions.can_keep_station(by, station))
    if len(name) < 2:
        raise Refused(_("Say what it is."), field="name")
    if kind not in ShelfItem.Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    if not 1 <= count <= MOST_PIECES:
        raise Refused(_("Between 1 and %(n)s, please.") % {"n": MOST_PIECES}, field="count")
    if is_food and kind == ShelfItem.Kind.LOAN:
        raise Refused(_("Food is not lent."), field="kind")
    if is_food and expires_on is None:
        raise Refused(_("Food needs the last day on which it may be eaten."), field="expires_on")
    if expires_on is not None and not today <= expires_on <= today + LONGEST_FOOD:
        raise Refused(_("That day is over.") if expires_on < today else _("Within a year, please."), field="expires_on")
    if kind == ShelfItem.Kind.LOAN and not 1 <= loan_days <= 90:
        raise Refused(_("Between 1 and %(n)s, please.") % {"n": 90}, field="loan_days")
    if not keeps and ShelfItem.objects.filter(station=station, brought_by=by, state=Item.OFFERED).count() >= OFFERS_WAITING:
        raise Refused(_("The host still has to look at what you brought before."))
    now = clock.now()
    item = ShelfItem.objects.create(
        station=station,
        kind=kind,
        name=name,
        words=words,
        put_count=count,
        left_count=count,
        is_food=is_food,
        expires_on=expires_on,
        loan_days=loan_days if kind == ShelfItem.Kind.LOAN else 0,
        state=Item.ON_SHELF if keeps else Item.OFFERED,
        brought_by=None if keeps else by,
        brought_at=now,
        put_at=now if keeps else None,
    )
    journal.record("shelf.put" if keeps else "shelf.offered", on=item, after={"station": station.pk, "name": name, "count": count}, by=by)
    return item


@transaction.atomic
def accept_item(item: ShelfItem, *, by: Actor) -> ShelfItem:
    """The host has it in hand: it goes on the shelf."""
    item = _locked(item)
    require(permissions.can_keep_station(by, item.station))
    require_transition(ShelfItem.TRANSITIONS, item.state, Item.ON_SHELF)
    if item.expires_on is not None and item.expires_on < clock.today():
        raise Refused(_("Its last day is over."))
    return _turn(item, Item.ON_SHELF, "shelf.put", put_at=clock.now(), by=by)


@transaction.atomic
def decline_item(item: ShelfItem, *, by: Actor) -> ShelfItem:
    item = _locked(item)
    require(permissions.can_keep_station(by, item.station))
    require_transition(ShelfItem.TRANSITIONS, item.state, Item.DECLINED)
    return _turn(item, Item.DECLINED, "shelf.declined", gone_at=clock.now(), by=by)


@transaction.atomic
def take_off(item: ShelfItem, *, by: Actor) -> ShelfItem:
    """Off the shelf, with what is left of it. Reservations end; what is lent still comes back."""
    item = _locked(item)
    require(permissions.can_keep_station(by, item.station))
    require_transition(ShelfItem.TRANSITIONS, item.state, Item.GONE)
    return _off(item, "shelf.taken_off", by=by)


@transaction.atomic
def reserve(item: ShelfItem, *, by: Person) -> ShelfTaking:
    """One piece is kept for 24 hours for somebody who is signed in."""
    item = _locked(item)
    require(permissions.can_reserve(by, item.station))
    _require_there(item)
    if ShelfTaking.objects.filter(item=item, person=by, state__in=(Taking.RESERVED, Taking.LENT)).exists():
        raise Refused(_("One is kept for you already."))
    if ShelfTaking.objects.filter(person=by, state=Taking.RESERVED).count() >= HELD_BY_ONE:
        raise Refused(_("Three things are kept for you already. Fetch one first."))
    _move(item, -1)
    now = clock.now()
    taking = ShelfTaking.objects.create(item=item, person=by, state=Taking.RESERVED, code=_code(), asked_at=now, held_until_at=now + HELD)
    journal.record("shelf.reserved", on=item, after={"taking": taking.pk, "left": item.left_count}, by=by)
    return taking


@transaction.atomic
def give_up(taking: ShelfTaking, *, by: Person) -> ShelfTaking:
    """Rather not: the piece is free again."""
    taking = _locked_taking(taking)
    require(permissions.can_give_up(by, taking))
    require_transition(ShelfTaking.TRANSITIONS, taking.state, Taking.CANCELLED)
    return _back(taking, Taking.CANCELLED, "shelf.given_up", by=by)


@transaction.atomic
def hand_over(taking: ShelfTaking, *, brought: str = "", by: Actor) -> ShelfTaking:
    """The host hands out what was reserved: taken for good, or lent until a day."""
    taking = _locked_taking(taking)
    require(permissions.can_keep_station(by, taking.item.station))
    require_transition(ShelfTaking.TRANSITIONS, taking.state, Taking.LENT if taking.item.is_loan else Taking.TAKEN)
    return _handed(taking, brought=brought, by=by)


@transaction.atomic
def hand_out(item: ShelfItem, *, brought: str = "", by: Actor) -> ShelfTaking:
    """The host hands one piece to somebody who stands there. Nobody's name is asked; what is lent so is known by its code."""
    item = _locked(item)
    require(permissions.can_keep_station(by, item.station))
    _require_there(item)
    _move(item, -1)
    now = clock.now()
    taking = ShelfTaking(item=item, state=Taking.RESERVED, code=_code(), asked_at=now, held_until_at=now)
    return _handed(taking, brought=brought, by=by)


@transaction.atomic
def bring_back(taking: ShelfTaking, *, by: Actor) -> ShelfTaking:
    """What was lent is back, on the shelf if the thing still stands there."""
    taking = _locked_taking(taking)
    require(permissions.can_keep_station(by, taking.item.station))
    require_transition(ShelfTaking.TRANSITIONS, taking.state, Taking.RETURNED)
    return _back(taking, Taking.RETURNED, "shelf.returned", by=by)


# What time does


def free_unfetched() -> int:
    """Reservations whose day is over let their piece go."""
    freed = 0
    for taking in ShelfTaking.objects.filter(state=Taking.RESERVED, held_until_at__lte=clock.now()).order_by("id"):
        with transaction.atomic():
            taking = _locked_taking(taking)
            if taking.state == Taking.RESERVED:
                _back(taking, Taking.FREED, "shelf.freed", by=SCHEDULER)
                freed += 1
    return freed


def clear_expired() -> int:
    """What may not be taken any more leaves the shelf by itself."""
    cleared = 0
    for item in ShelfItem.objects.filter(state__in=(Item.ON_SHELF, Item.OFFERED), expires_on__lt=clock.today()).order_by("id"):
        with transaction.atomic():
            item = _locked(item)
            if item.state == Item.ON_SHELF:
                _off(item, "shelf.expired", by=SCHEDULER)
            elif item.state == Item.OFFERED:
                _turn(item, Item.DECLINED, "shelf.expired", gone_at=clock.now(), by=SCHEDULER)
            cleared += 1
    return cleared


# Inside


def _locked(item: ShelfItem) -> ShelfItem:
    item.refresh_from_db(
        from_queryset=ShelfItem.objects.select_for_update(of=["self"]).select_related("station__venue__host__territory", "brought_by")
    )
    return item


def _locked_taking(taking: ShelfTaking) -> ShelfTaking:
    """The item first, as every verb on it does."""
    item = _locked(taking.item)
    taking.refresh_from_db(from_queryset=ShelfTaking.objects.select_for_update(of=["self"]).select_related("person"))
    taking.item = item
    return taking


def _require_there(item: ShelfItem) -> None:
    if item.state != Item.ON_SHELF or (item.expires_on is not None and item.expires_on < clock.today()):
        raise Refused(_("It is not on the shelf any more."))
    if item.left_count < 1:
        raise Refused(_("The last one is just gone."))


def _move(item: ShelfItem, count: int) -> None:
    item.left_count += count
    item.save(update_fields=["left_count"])


def _turn(item: ShelfItem, state: str, verb: str, *, by: Actor, **fields: Any) -> ShelfItem:
    before, item.state = item.state, state
    for name, value in fields.items():
        setattr(item, name, value)
    item.save(update_fields=["state", *fields])
    journal.record(verb, on=item, before={"state": before}, after={"state": state}, by=by)
    return item


def _off(item: ShelfItem, verb: str, *, by: Actor) -> ShelfItem:
    for taking in item.takings.select_for_update().filter(state=Taking.RESERVED):
        taking.item = item
        _back(taking, Taking.FREED, "shelf.freed", by=by)
    return _turn(item, Item.GONE, verb, gone_at=clock.now(), by=by)


def _handed(taking: ShelfTaking, *, brought: str, by: Actor) -> ShelfTaking:
    item, now = taking.item, clock.now()
    taking.state = Taking.LENT if item.is_loan else Taking.TAKEN
    taking.taken_at, taking.held_until_at = now, None
    taking.due_on = clock.today() + dt.timedelta(days=item.loan_days) if item.is_loan else None
    taking.ended_at = None if item.is_loan else now
    taking.brought_words = one_line(brought, 60) if item.kind == ShelfItem.Kind.EXCHANGE else ""
    taking.save()
    journal.record("shelf.lent" if item.is_loan else "shelf.taken", on=item, after={"taking": taking.pk, "left": item.left_count}, by=by)
    return taking


def _back(taking: ShelfTaking, state: str, verb: str, *, by: Actor) -> ShelfTaking:
    _move(taking.item, 1)
    taking.state, taking.ended_at = state, clock.now()
    taking.save(update_fields=["state", "ended_at"])
    journal.record(verb, on=taking.item, after={"taking": taking.pk, "left": taking.item.left_count}, by=by)
    return taking


def _code() -> str:
    return "".join(secrets.choice(ids.ALPHABET) for _turn in range(4))
