"""Verbs on what somebody takes: reserve, use, give back, take back, run out. The reward's lock comes first, then the voucher's, then the ledger's.

Points are kept back in the ledger when a voucher is made, become the giver's when it is used, and come back to the person in every other case.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import SCHEDULER, System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused, TooMany
from liandong.core.ids import clean_code
from liandong.core.text import clean_words, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.needs import services as needs
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.points import services as points
from liandong.points.models import PointsTransfer
from liandong.rewards import permissions, queries
from liandong.rewards.models import Redemption, Reward
from liandong.rewards.services.offering import locked

Actor = Person | System
State = Redemption.State
GUESSES, GUESS_SECONDS = 20, 3600
REFUND_WITHIN = dt.timedelta(days=30)
SILENCE = dt.timedelta(days=7)  # after which a service that was done counts as confirmed
SERVICE_DAYS = 90  # so long points are kept back for a service


@dataclass(frozen=True)
class Asked:
    """What somebody who takes a service says: the need that is raised for it."""

    words: str
    territory: Territory
    place: str = ""
    wanted_time: str = ""
    wanted_date: dt.date | None = None
    contact_phone: str = ""


@transaction.atomic
def redeem(reward: Reward, *, key: uuid.UUID, seen_points: int, asked: Asked | None = None, by: Person) -> Redemption:
    """Keep the points back and make a voucher; for a service raise its need, which is matched like any other.

    `key` is chosen by the caller: the same again answers with the voucher made first. `seen_points` is the price the person agreed to: with another price, or
    when nothing is left, it is a Conflict that says what holds now, and nothing is kept back.
    """
    reward = locked(reward)
    require(permissions.can_redeem(by, reward))
    if earlier := Redemption.objects.filter(transfer_id=key).select_related("reward").first():
        if (earlier.person_id, earlier.reward_id, earlier.points) != (by.pk, reward.pk, seen_points):
            raise Conflict(_("This request was already used for something else."))
        return earlier
    if reward.points != seen_points:
        raise Conflict(
            _("It costs %(now)s points now, not %(seen)s. Nothing was taken from you.") % {"now": reward.points, "seen": seen_points},
            mine=seen_points,
            theirs=reward.points,
        )
    if reward.left_count == 0:
        raise Conflict(_("The last one was just taken. Nothing was taken from you."), mine=1, theirs=0)
    if not reward.is_there or reward.host.state != Organization.State.ACTIVE:
        raise Refused(_("This is not on offer at the moment."))
    if reward.per_person and queries.taken_by(by, reward) >= reward.per_person:
        raise Refused(_("At most %(n)s for each person, so that it reaches many.") % {"n": reward.per_person})
    now = clock.now()
    days = SERVICE_DAYS if reward.is_service else reward.valid_days
    until = clock.day_bounds(clock.today() + dt.timedelta(days=days))[1]
    need = None
    if reward.is_service:
        if asked is None:
            raise Refused(_("Say what you would like."), field="words")
        need = _raise_need(reward, asked, key=key, by=by)
    points.reserve(
        key,
        source=points.account_of(by),
        target=points.till_of(reward.host),
        amount=reward.points,
        kind=PointsTransfer.Kind.SPEND,
        words=reward.title,
        by=by,
    )
    takes = reward.left_count is not None
    if takes:
        _move(reward, -1)
    made = Redemption.objects.create(
        reward=reward,
        person=by,
        points=reward.points,
        transfer_id=key,
        need=need,
        takes_piece=takes,
        reserved_at=now,
        holds_until_at=until,
    )
    journal.record(
        "reward.redeemed", on=made, after={"reward": reward.pk, "points": made.points, "left": reward.left_count, "need": need and need.pk}, by=by
    )
    return made


def _raise_need(reward: Reward, asked: Asked, *, key: uuid.UUID, by: Person) -> Need:
    """An ordinary need: the same answer clock, the same urgency as anybody's. Points buy no place in the line."""
    words = clean_words(asked.words)
    if len(words) < 4:
        raise Refused(_("Say what you would like."), field="words")
    return needs.submit_need(
        words=words,
        title=reward.title,
        category=reward.category,
        territory=asked.territory,
        place=asked.place,
        wanted_time=asked.wanted_time,
        wanted_date=asked.wanted_date,
        contact_phone=asked.contact_phone,
        key=uuid.uuid5(key, "need"),
        by=by,
    )


# At the counter


def find(code: str, *, by: Person) -> Redemption | None:
    """The voucher of a code, for the offering body's own people. What is not theirs does not exist for them, and counts as a guess; too many guesses are refused."""
    counter = f"rewards.guesses:{by.pk}"
    if cache.get(counter, 0) >= GUESSES:
        raise TooMany(_("Too many codes that are not yours. Please wait, or ask the hub."), seconds=GUESS_SECONDS)
    found = queries.by_code(clean_code(code))
    if found is not None and permissions.serves_at(by, found.reward.host):
        return found
    if not cache.add(counter, 1, GUESS_SECONDS):
        cache.incr(counter)
    return None


@transaction.atomic
def use(redemption: Redemption, *, by: Actor) -> Redemption:
    """It was handed over: the points become the giving body's. Once: the second time says when it was used."""
    redemption = _locked(redemption)
    require(permissions.can_use(by, redemption))
    if redemption.need_id is not None:
        raise Refused(_("This is a service: it ends with its need, when the person says that it is done."))
    _refuse_over(redemption)
    return _complete(redemption, by=by)


def _refuse_over(redemption: Redemption) -> None:
    if redemption.state == State.USED:
        raise Conflict(_("Used already. Do not hand it out again."), when=redemption.used_at)
    require_transition(Redemption.TRANSITIONS, redemption.state, State.USED)
    if redemption.holds_until_at <= clock.now():
        raise Refused(_("Its time is over. The points go back to the person."))


@transaction.atomic
def refund(redemption: Redemption, *, reason: str, piece_is_back: bool = False, by: Actor) -> Redemption:
    """What was handed over comes back, or was not as promised: the points return, with the reason. Within thirty days."""
    redemption = _locked(redemption)
    require(permissions.can_use(by, redemption))
    require_transition(Redemption.TRANSITIONS, redemption.state, State.REFUNDED)
    if redemption.need_id is not None:
        raise Refused(_("A service that was done is not given back here."))
    reason = one_line(reason, 120)
    if len(reason) < 2:
        raise Refused(_("Say in a few words why: the person reads it."), field="reason")
    if redemption.used_at is not None and redemption.used_at < clock.now() - REFUND_WITHIN:
        raise Refused(_("That is more than %(n)s days ago.") % {"n": REFUND_WITHIN.days})
    points.refund(redemption.transfer_id, reason=reason, by=SCHEDULER)  # the right was asked above: staff of the body take it back
    if piece_is_back:
        _piece_back(redemption)
    return _over(redemption, State.REFUNDED, "voucher.refunded", reason=reason, by=by)


@transaction.atomic
def give_back(redemption: Redemption, *, by: Actor) -> Redemption:
    """Rather not: the points are there again, the piece is free for others. The need of a service is taken back with it."""
    redemption = _locked(redemption)
    require(permissions.can_give_back(by, redemption))
    require_transition(Redemption.TRANSITIONS, redemption.state, State.RETURNED)
    need = redemption.need
    if need is not None and need.state in (Need.State.DONE, Need.State.CONFIRMED):
        raise Refused(_("It is done already. Say on its page if it is not."))
    if need is not None and Need.State.WITHDRAWN in Need.TRANSITIONS[need.state]:
        needs.withdraw_need(need, by=by)
    elif need is not None and need.is_open:
        raise Refused(_("Somebody is on the way for it. Tell them on its page first."))
    return _release(redemption, State.RETURNED, "voucher.given_back", by=by)


# What time and needs do


def run_out(*, limit: int = 1000) -> int:
    """Vouchers whose time is over: the points return by themselves. A service that was done waits for its person's word instead."""
    ended = 0
    rows = Redemption.objects.filter(state=State.RESERVED, holds_until_at__lte=clock.now()).exclude(
        need__state__in=(Need.State.DONE, Need.State.CONFIRMED)
    )
    for row in rows.order_by("id")[:limit]:
        with transaction.atomic():
            row = _locked(row)
            if row.state == State.RESERVED and row.holds_until_at <= clock.now():
                _release(row, State.EXPIRED, "voucher.ran_out", by=SCHEDULER)
                ended += 1
    return ended


def settle_services() -> int:
    """Services done a week ago that nobody called undone: silence is a yes."""
    done = 0
    for row in queries.open_services().filter(need__state=Need.State.DONE, need__done_at__lte=clock.now() - SILENCE)[:1000]:
        done += follow_need(row) is not None
    return done


@transaction.atomic
def follow_need(redemption: Redemption) -> Redemption | None:
    """Bring a service to where its need is: done and confirmed pays the giver, refused or taken back returns the points. None when there is nothing to do."""
    redemption = _locked(redemption)
    if redemption.state != State.RESERVED or redemption.need is None:
        return None
    need = _last(redemption.need)
    if need.state == Need.State.CONFIRMED or (need.state == Need.State.DONE and need.done_at is not None and need.done_at <= clock.now() - SILENCE):
        return _complete(redemption, by=SCHEDULER, giver=need.claimed_by)
    if need.state in (Need.State.DECLINED, Need.State.WITHDRAWN):
        return _release(redemption, State.RETURNED, "voucher.given_back", by=SCHEDULER)
    return None


def _last(need: Need) -> Need:
    """The need it was joined with, if it was."""
    return need.merged_into if need.merged_into is not None else need


# Inside


def _locked(redemption: Redemption) -> Redemption:
    reward = locked(Reward.objects.get(pk=redemption.reward_id))
    redemption.refresh_from_db(
        from_queryset=Redemption.objects.select_for_update(of=["self"], no_key=True).select_related(
            "need__merged_into__claimed_by", "need__claimed_by", "need__territory", "person"
        )
    )
    redemption.reward = reward
    return redemption


def _move(reward: Reward, count: int) -> None:
    assert reward.left_count is not None
    reward.left_count += count
    reward.save(update_fields=["left_count"])


def _piece_back(redemption: Redemption) -> None:
    if not redemption.takes_piece:
        return
    redemption.takes_piece = False
    redemption.save(update_fields=["takes_piece"])
    if redemption.reward.left_count is not None:
        _move(redemption.reward, 1)


def _complete(redemption: Redemption, *, by: Actor, giver: Organization | None = None) -> Redemption:
    """The points become those of who gave it: the offering body, or the one that took the need over."""
    host = redemption.reward.host
    giver = giver or host
    points.complete(redemption.transfer_id, by=SCHEDULER)
    if giver.pk != host.pk:
        points.transfer(
            uuid.uuid5(redemption.transfer_id, "giver"),
            source=points.till_of(host),
            target=points.till_of(giver),
            amount=redemption.points,
            kind=PointsTransfer.Kind.SPEND,
            words=redemption.reward.title,
            by=SCHEDULER,
        )
    _write(redemption, state=State.USED, used_at=clock.now(), used_by=by if isinstance(by, Person) else None, given_by=giver)
    journal.record(
        "voucher.used",
        on=redemption,
        before={"state": State.RESERVED},
        after={"state": State.USED, "points": redemption.points, "giver": giver.pk},
        by=by,
    )
    return redemption


def _release(redemption: Redemption, state: str, verb: str, *, by: Actor) -> Redemption:
    points.release(redemption.transfer_id, reason="", by=SCHEDULER)
    _piece_back(redemption)
    return _over(redemption, state, verb, by=by)


def _over(redemption: Redemption, state: str, verb: str, *, reason: str = "", by: Actor) -> Redemption:
    before = redemption.state
    _write(redemption, state=state, ended_at=clock.now(), reason=reason)
    journal.record(verb, on=redemption, before={"state": before}, after={"state": state, "points": redemption.points}, reason=reason, by=by)
    return redemption


def _write(redemption: Redemption, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(redemption, name, value)
    redemption.save(update_fields=list(fields))
