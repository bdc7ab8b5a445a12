"""Verbs on wishes: needs whose asker stays unknown to those who fulfil them, until both sides agree to meet. One giver at a time, others wait in line."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Consent, Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.needs import permissions, suggest
from liandong.needs.models import Introduction, Need
from liandong.organizations.models import Organization, Territory

Actor = Person | System
State = Introduction.State

# A wish is shown to givers when somebody has looked at it, and until it is done.
OPEN_TO_OFFERS = (Need.State.ACCEPTED, Need.State.CLAIMED, Need.State.MATCHED, Need.State.PLANNED, Need.State.ACTIVE)
LONGEST = 300


@transaction.atomic
def offer_wish(need: Need, *, words: str = "", meets: bool = False, organization: Organization | None = None, by: Person) -> Introduction:
    """我想圆这个心愿: for oneself or in the name of a body. `meets`: would like to meet, and so shows name and phone when the asker agrees too. A second giver waits in line."""
    need.refresh_from_db(from_queryset=Need.objects.select_for_update())
    require(permissions.can_offer(by, need, organization))
    if not need.is_wish or not need.is_public:
        raise Refused(_("This need is not open to offers. Those who take care of it are named on its page."))
    if need.state not in OPEN_TO_OFFERS:
        raise Refused(_("This wish is not open to offers now."))
    if need.introductions.filter(giver=by).exclude(state=State.WITHDRAWN).exists():
        raise Refused(_("You have offered already. Look at the wish to see how far it is."))
    return _begin(need, organization=organization, words=words, meets=meets, by=by)


@transaction.atomic
def agree_to_meet(introduction: Introduction, *, words: str = "", consent: str = "", by: Person) -> Introduction:
    """One side would like to meet. When both have said so, each sees the other's name and phone. Who answers for an asker without account says how they agreed."""
    introduction = _locked(introduction)
    require(permissions.can_answer_offer(by, introduction))
    if introduction.state == State.MET:
        return introduction
    require_transition(Introduction.TRANSITIONS, introduction.state, State.MET)
    need, now = introduction.need, clock.now()
    if permissions.is_giver(by, introduction):
        changes: dict[str, Any] = {
            "giver_agreed_at": introduction.giver_agreed_at or now,
            **_words("giver_words", words, need, giver=introduction.giver),
        }
    else:
        changes = {
            "asker_agreed_at": introduction.asker_agreed_at or now,
            "agreed_by": by,
            **_words("asker_words", words, need, giver=introduction.giver),
        }
        if not permissions.asks_themselves(by, need):
            consent = clean_words(consent)[:200]
            if len(consent) < 2:
                raise Refused(_("Say how and when they agreed."), field="consent")
            changes["consent_words"] = consent
    _write(introduction, **changes)
    if introduction.giver_agreed_at is None or introduction.asker_agreed_at is None:
        journal.record("wish.agreed", on=need, after=_after(introduction), by=by)
        return introduction
    _write(introduction, state=State.MET)
    journal.record("wish.met", on=need, after=_after(introduction), by=by)
    if need.asker is not None:
        through = None if introduction.agreed_by_id == need.asker_id else introduction.agreed_by
        accounts.give_consent(need.asker, purpose=Consent.Purpose.SHARE, words=need.number, through=through, by=by)
    return introduction


@transaction.atomic
def decline_meeting(introduction: Introduction, *, words: str = "", by: Person) -> Introduction:
    """Rather not meet; no reason is asked. The wish can still be fulfilled: the community hands it over."""
    introduction = _locked(introduction)
    require(permissions.can_answer_offer(by, introduction))
    if introduction.state == State.APART:
        return introduction
    require_transition(Introduction.TRANSITIONS, introduction.state, State.APART)
    side = "giver_words" if permissions.is_giver(by, introduction) else "asker_words"
    _write(introduction, state=State.APART, declined_at=clock.now(), **_words(side, words, introduction.need, giver=introduction.giver))
    journal.record("wish.declined", on=introduction.need, after=_after(introduction), by=by)
    return introduction


@transaction.atomic
def withdraw_offer(introduction: Introduction, *, by: Actor) -> Introduction:
    """The giver cannot do it after all. The next in line moves up."""
    introduction = _locked(introduction)
    require(permissions.can_withdraw_offer(by, introduction))
    if introduction.state == State.WITHDRAWN:
        return introduction
    _end(introduction, by=by)
    return introduction


# Called by the verbs on needs, which have locked the need and asked for the right


def begin_by_claim(need: Need, *, organization: Organization, by: Actor) -> None:
    """A body that claims a wish is its giver, unless it answers for the ground: that one only passes it on."""
    if organization.kind in permissions.GROUND_KINDS and organization.territory.holds(need.territory):
        return
    under_way = need.introductions.filter(state__in=Introduction.UNDER_WAY).first()
    if under_way is not None and under_way.giver_organization_id == organization.pk:
        return
    if under_way is not None:
        raise Refused(_("Somebody is fulfilling this wish. Offer on its page to wait in line."))
    if isinstance(by, Person) and not permissions.is_asking_side(by, need):
        _begin(need, organization=organization, words="", meets=False, by=by)


def end_by_release(need: Need, *, by: Actor) -> None:
    """The body that gives the need back is its giver no more."""
    for introduction in need.introductions.select_for_update().filter(giver_organization=need.claimed_by, state__in=Introduction.UNDER_WAY):
        _end(introduction, by=by)


def hidden(text: str, asker: Person | None, organization: Organization | None, *names: str) -> str:
    """Words for everybody to read, without who asks."""
    bodies = (organization.name, organization.short_name) if organization is not None else ()
    return suggest.unnamed(text, asker.name if asker is not None else "", *bodies, *names)


def public_words(need: Need) -> str:
    """What the need says, for those who do not know who asks."""
    if not need.is_wish:
        return suggest.without_phones(need.words)
    return hidden(need.words, need.asker, need.asker_organization, need.asker_name, need.contact_name, need.place)


def rough_place(territory: Territory) -> Territory:
    """A wish names the community, never the building."""
    while territory.level == Territory.Level.BUILDING and territory.parent is not None:
        territory = territory.parent
    return territory


# Inside


def _locked(introduction: Introduction) -> Introduction:
    """The need first, as every verb on it does, then the row; both as they are now."""
    need = (
        Need.objects.select_for_update(of=["self"])
        .select_related("territory", "asker__account", "asker_organization__territory")
        .get(pk=introduction.need_id)
    )
    introduction.refresh_from_db(from_queryset=Introduction.objects.select_for_update())
    introduction.need = need
    return introduction


def _begin(need: Need, *, organization: Organization | None, words: str, meets: bool, by: Person) -> Introduction:
    now = clock.now()
    busy = need.introductions.filter(state__in=Introduction.UNDER_WAY).exists()
    introduction = Introduction.objects.create(
        need=need,
        giver=by,
        giver_organization=organization,
        state=State.WAITING if busy else State.OFFERED,
        offered_at=now,
        giver_agreed_at=now if meets else None,
        **_words("giver_words", words, need, giver=by),
    )
    journal.record("wish.offered", on=need, after=_after(introduction), by=by)
    return introduction


def _end(introduction: Introduction, *, by: Actor) -> None:
    was_under_way = introduction.is_under_way
    _write(introduction, state=State.WITHDRAWN, ended_at=clock.now())
    journal.record("wish.offer_withdrawn", on=introduction.need, after=_after(introduction), by=by)
    following = introduction.need.introductions.filter(state=State.WAITING).order_by("offered_at", "id").first() if was_under_way else None
    if following is not None and introduction.need.state in OPEN_TO_OFFERS:
        _write(following, state=State.OFFERED)
        journal.record("wish.moved_up", on=introduction.need, after=_after(following), by=by)


def _write(introduction: Introduction, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(introduction, name, value)
    introduction.save(update_fields=list(fields))


def _words(side: str, words: str, need: Need, *, giver: Person) -> dict[str, str]:
    """Words to the other side, without phones and without the names that either must not learn from them."""
    words = " ".join(clean_words(words).split())[:LONGEST]
    if not words:
        return {}
    names = (need.asker_name, need.contact_name, need.place, giver.name)
    return {side: hidden(words, need.asker, need.asker_organization, *names)}


def _after(introduction: Introduction) -> dict[str, Any]:
    return {"introduction": introduction.pk, "state": introduction.state}
