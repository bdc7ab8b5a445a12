"""Verbs on the catalogue: offer, edit, let in or not, pause, end."""

import datetime as dt
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.needs.models import Category
from liandong.organizations.models import Organization
from liandong.rewards import permissions, queries
from liandong.rewards.models import Reward
from liandong.venues import photos
from liandong.venues.models import Venue

Actor = Person | System
Kind, State = Reward.Kind, Reward.State
MOST_POINTS, MOST_PIECES = 10_000, 100_000
_LINES = {"title": 40, "where_words": 120, "when_words": 120, "photo_words": 80}
_TEXTS = {"words": 600, "terms": 400}
_LOOKED_AT = ("kind", "title", "words", "points", "terms", "valid_days")  # the hub let these in


@transaction.atomic
def offer(host: Organization, *, by: Actor, **values: Any) -> Reward:
    """Put something into the catalogue: at once, or after the hub has looked where the rule asks for it. `stock` None is without end."""
    require(permissions.can_offer(by, host))
    if host.state != Organization.State.ACTIVE:
        raise Refused(_("This body is not active."))
    reward = Reward(host=host, territory=host.territory, proposed_by=by if isinstance(by, Person) else None, created_at=clock.now())
    _write(reward, {"from_date": clock.today(), **values})
    reward.state = State.WAITING if _is_looked_at(reward, by) else State.OPEN
    reward.save(force_insert=True)
    journal.record("reward.offered", on=reward, after={"host": host.pk, "points": reward.points, "state": reward.state}, by=by)
    return reward


@transaction.atomic
def edit(reward: Reward, *, by: Actor, **values: Any) -> Reward:
    """What changes holds for those who take it from now on. A changed price or promise goes before the hub again where the rule asks for it."""
    reward = locked(reward)
    require(permissions.can_offer(by, reward.host))
    if reward.state == State.ENDED:
        raise Refused(_("This offer has ended. Make a new one."))
    before = {name: _plain(getattr(reward, name)) for name in (*values, "left_count", "state") if name != "stock"}
    looked = {name: getattr(reward, name) for name in _LOOKED_AT}
    _write(reward, values)
    changed = any(getattr(reward, name) != value for name, value in looked.items())
    if _is_looked_at(reward, by) and (changed or reward.state == State.DECLINED):
        reward.state = State.WAITING
    elif reward.state == State.DECLINED and changed:
        reward.state = State.OPEN
    reward.save()
    after = {name: _plain(getattr(reward, name)) for name in before}
    if before != after:
        journal.record("reward.edited", on=reward, before=before, after=after, by=by)
    return reward


@transaction.atomic
def decide(reward: Reward, *, let_in: bool, words: str = "", by: Actor) -> Reward:
    """The hub lets it into the catalogue, or not and says why."""
    reward = locked(reward)
    require(permissions.can_decide(by, reward))
    state = State.OPEN if let_in else State.DECLINED
    if reward.state != State.WAITING:
        raise Refused(_("This offer does not wait any more."))
    words = one_line(words, 120)
    if not let_in and len(words) < 2:
        raise Refused(_("Say in a few words why not."), field="words")
    before = reward.state
    reward.state, reward.decision_words, reward.decided_by = state, words, by if isinstance(by, Person) else None
    reward.save(update_fields=["state", "decision_words", "decided_by"])
    journal.record("reward.let_in" if let_in else "reward.declined", on=reward, before={"state": before}, after={"state": state}, reason=words, by=by)
    return reward


@transaction.atomic
def pause(reward: Reward, *, by: Actor) -> Reward:
    """Nobody takes it for now; vouchers that stand are still honoured."""
    return _turn(reward, State.PAUSED, "reward.paused", by=by)


@transaction.atomic
def resume(reward: Reward, *, by: Actor) -> Reward:
    reward = locked(reward)
    if reward.state != State.PAUSED:
        raise Refused(_("Only a paused offer goes on."))
    return _turn(reward, State.OPEN, "reward.resumed", by=by)


@transaction.atomic
def end(reward: Reward, *, by: Actor) -> Reward:
    """It leaves the catalogue for good; vouchers that stand are still honoured."""
    return _turn(reward, State.ENDED, "reward.ended", by=by)


@transaction.atomic
def set_photo(reward: Reward, *, content: bytes, words: str = "", by: Actor) -> Reward:
    """Its picture, freed of the camera's notes. A new one takes the place of the old."""
    reward = locked(reward)
    require(permissions.can_offer(by, reward.host))
    cleaned, kind = photos.cleaned(content)
    reward.photo_words = one_line(words, 80)
    reward.photo.save(f"{secrets.token_hex(8)}.{kind}", ContentFile(cleaned), save=False)
    reward.save(update_fields=["photo", "photo_words"])
    journal.record("reward.photo_set", on=reward, after={"bytes": len(cleaned)}, by=by)
    return reward


# Inside


def locked(reward: Reward) -> Reward:
    """The row as it is now, locked: whoever changes its stock or its price holds this lock."""
    reward.refresh_from_db(
        from_queryset=Reward.objects.select_for_update(of=["self"], no_key=True).select_related("host__territory", "territory", "venue", "activity")
    )
    return reward


def _turn(reward: Reward, state: str, verb: str, *, by: Actor) -> Reward:
    reward = locked(reward)
    require(permissions.can_offer(by, reward.host))
    require_transition(Reward.TRANSITIONS, reward.state, state)
    before = reward.state
    reward.state = state
    reward.save(update_fields=["state"])
    journal.record(verb, on=reward, before={"state": before}, after={"state": state}, by=by)
    return reward


def _is_looked_at(reward: Reward, by: Actor) -> bool:
    """Does the hub look first? Dear things, and what happens at somebody's home, as the rule says."""
    if isinstance(by, System):
        return False
    rule = queries.rule_on(clock.today())
    return reward.points >= rule.approve_from_points or (rule.approves_services and reward.is_service)


def _write(reward: Reward, values: dict[str, Any]) -> None:
    stock = values.pop("stock", ...)
    for name, value in values.items():
        if name in _LINES:
            value = one_line(value, _LINES[name])
        elif name in _TEXTS:
            value = clean_words(value)[: _TEXTS[name]]
        setattr(reward, name, value)
    if stock is not ...:
        _set_stock(reward, stock)
    _refuse(reward)
    if not reward.is_service:
        reward.category = Category.OTHER
    if reward.kind != Kind.PLACE:
        reward.activity = None
    reward.territory = reward.venue.territory if reward.venue is not None else reward.host.territory


def _set_stock(reward: Reward, stock: int | None) -> None:
    """`stock` is how many are there to take now; those that others hold stand beside it."""
    if stock is None:
        reward.put_count = reward.left_count = None
        return
    refuse_outside(stock, 0, MOST_PIECES, field="stock")
    held = reward.redemptions.filter(takes_piece=True).count() if reward.pk else 0
    reward.left_count, reward.put_count = stock, stock + held


def refuse_outside(value: int | None, least: int, most: int, *, field: str) -> None:
    if not least <= (value or 0) <= most:
        raise Refused(_("Between %(least)s and %(most)s, please.") % {"least": least, "most": most}, field=field)


def _refuse(reward: Reward) -> None:
    if reward.kind not in Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    if len(reward.title) < 2:
        raise Refused(_("Say what it is."), field="title")
    refuse_outside(reward.points, 1, MOST_POINTS, field="points")
    refuse_outside(reward.monthly_count, 1, MOST_PIECES, field="monthly_count")
    refuse_outside(reward.valid_days, 1, 366, field="valid_days")
    if reward.to_date is not None and reward.to_date < max(reward.from_date, clock.today()):
        raise Refused(_("The last day is before the first one, or over."), field="to_date")
    if reward.from_date > clock.today() + dt.timedelta(days=366):
        raise Refused(_("Within a year, please."), field="from_date")
    if reward.category not in Category.values:
        raise Refused(_("Please choose one of the answers."), field="category")
    if reward.kind == Kind.PLACE and reward.activity is None:
        raise Refused(_("Choose the activity in which there is a place."), field="activity")
    venue: Venue | None = reward.venue
    if not reward.is_service and venue is None and not reward.where_words and reward.kind != Kind.PLACE:
        raise Refused(_("Say where it is fetched."), field="where_words")
    activity: Activity | None = reward.activity
    if activity is not None and activity.host_id != reward.host_id:
        raise Refused(_("Choose an activity of your own body."), field="activity")


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)
