"""Verbs on needs. Every one stamps its moment; going back a step clears the stamps of the steps taken back, so the stamps of a need are always in order."""

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Consent, Person
from liandong.core import clock, search
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Denied, Refused
from liandong.core.text import clean_words, fold, normalize_phone
from liandong.core.transitions import require_transition
from liandong.core.workdays import after_workdays
from liandong.journal import services as journal
from liandong.needs import permissions, suggest, wishes
from liandong.needs.models import Category, Need, NeedAnswer, Objection, Segment, Source
from liandong.organizations import services as organizations
from liandong.organizations.models import Organization, Territory

Actor = Person | System
State = Need.State

ANSWER_WORKDAYS = 3
IN_A_PROJECT = (State.PLANNED, State.ACTIVE)
# In the order a need goes through them; a state that is entered stamps its own moment and every missing one before it.
STAMPS = {
    State.SUBMITTED: "submitted_at",
    State.ACCEPTED: "accepted_at",
    State.CLAIMED: "claimed_at",
    State.MATCHED: "matched_at",
    State.PLANNED: "planned_at",
    State.ACTIVE: "active_at",
    State.DONE: "done_at",
    State.CONFIRMED: "closed_at",
}
# What a later state implies: nothing is planned that was not matched, nothing matched that was not accepted.
IMPLIED = {
    "claimed_at": ("accepted_at",),
    "matched_at": ("accepted_at",),
    "planned_at": ("accepted_at", "matched_at"),
    "active_at": ("accepted_at", "matched_at", "planned_at"),
}


def answer_due_from(at: dt.datetime) -> dt.datetime:
    """By when a need asked at this moment must be answered: the end of the third working day after."""
    return after_workdays(at, ANSWER_WORKDAYS)


# Asking


@transaction.atomic
def submit_need(
    *,
    words: str,
    territory: Territory,
    title: str = "",
    category: str = "",
    segment: str = "",
    source: str = Source.FORM,
    urgency: int = Need.Urgency.NORMAL,
    place: str = "",
    people_count: int | None = None,
    wanted_time: str = "",
    wanted_date: dt.date | None = None,
    asker: Person | None = None,
    asker_organization: Organization | None = None,
    asker_name: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    consent: bool = False,
    note: str = "",
    outside_number: str = "",
    is_public: bool = True,
    is_wish: bool = False,
    at: dt.datetime | None = None,
    key: uuid.UUID | None = None,
    by: Actor,
) -> Need:
    """Keep a need in its own words and start the answer clock.

    Title, category and segment come from the words when they are not given. Without asker, body or name the person who submits is the asker. For another person
    (`asker`, or `asker_name` for somebody without an account) their consent is needed. For a body that the writer does not work for (a visit, a survey) the body's
    consent is. `is_wish`: who asks stays unknown until they agree to meet. The same `key` again returns the need made the first time.
    """
    if key is not None and (made := Need.objects.filter(submission_key=key).first()):
        return made
    require(permissions.can_submit(by, asker_organization, agreed=consent))
    words = clean_words(words)
    if len(words) < 4:
        raise Refused(_("Say what you need in a few words."), field="words")
    if asker is None and asker_organization is None and not asker_name and isinstance(by, Person):
        asker = by
    for_other = isinstance(by, Person) and asker_organization is None and asker != by
    if for_other and not consent:
        raise Refused(_("Ask the person first, then tick that they agree."), field="consent")
    now = at or clock.now()
    title = suggest.without_phones(_line(title, 80)) or suggest.title_from(words)
    if is_wish:  # left out once for all: themes, projects and files read the words too
        title, words = (wishes.hidden(text, asker, asker_organization, asker_name, contact_name, place) for text in (title, words))
        territory = wishes.rough_place(territory)
    need = Need(
        words=words,
        title=title,
        category=category if category in Category.values else suggest.category_from(words),
        segment=segment if segment in Segment.values else suggest.segment_from(words, asker_organization),
        source=source,
        urgency=urgency,
        territory=territory,
        place=_line(place, 120),
        people_count=people_count,
        wanted_time=_line(wanted_time, 60),
        wanted_date=wanted_date,
        asker=asker,
        asker_organization=asker_organization,
        asker_name=_line(asker_name, 100),
        contact_name=_line(contact_name, 50),
        contact_phone=(normalize_phone(contact_phone) or fold(contact_phone))[:20],
        submitted_by=by if isinstance(by, Person) else None,
        note=clean_words(note),
        outside_number=fold(outside_number)[:40],
        is_public=is_public,
        is_wish=is_wish,
        submission_key=key,
        submitted_at=now,
        answer_due_at=answer_due_from(now),
        search=search.vector(title, words, "" if is_wish else place),
    )
    try:
        with transaction.atomic():
            need.save(force_insert=True)
    except IntegrityError:
        if key is not None and (made := Need.objects.filter(submission_key=key).first()):
            return made
        raise
    if for_other and asker is not None:
        accounts.give_consent(asker, purpose=Consent.Purpose.PROXY, words=need.number, through=accounts.person_of(by), by=by)
    journal.record(
        "need.submitted",
        on=need,
        after={
            "state": need.state,
            "territory": territory.pk,
            "category": need.category,
            "for_other": for_other,
            "answer_due_at": need.answer_due_at,
        },
        by=by,
    )
    return need


# Handling


@transaction.atomic
def accept_need(
    need: Need, *, category: str = "", urgency: int | None = None, territory: Territory | None = None, is_public: bool | None = None, by: Actor
) -> Need:
    """Triage: the need is real and on the right desk. Takes a better category, urgency, place and whether the public may read it. Also takes up a declined one again."""
    need = _locked(need)
    require(permissions.can_triage(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.ACCEPTED)
    changes: dict[str, Any] = {"closing_words": "", "claimed_by": None, "handler": None}
    if category:
        changes["category"] = category
    if urgency is not None:
        changes["urgency"] = urgency
    if territory is not None:
        changes["territory"] = territory
    if is_public is not None:
        changes["is_public"] = is_public
    return _step(need, State.ACCEPTED, "need.accepted", by=by, **changes)


@transaction.atomic
def edit_triage(need: Need, *, category: str, urgency: int, is_public: bool, by: Actor) -> Need:
    """Put right category, urgency and visibility of a need that is under way."""
    need = _locked(need)
    require(permissions.can_handle(by, need))
    before = {"category": need.category, "urgency": need.urgency, "is_public": need.is_public}
    after = {"category": category, "urgency": urgency, "is_public": is_public}
    if before == after:
        return need
    _write(need, **after)
    journal.record("need.edited", on=need, before=before, after=after, by=by)
    return need


def accept_needs(needs: list[Need], *, by: Actor) -> tuple[int, list[tuple[Need, str]]]:
    """Accept several; each stands for itself. Returns how many went and which did not, with the reason."""
    done, left = 0, []
    for need in needs:
        try:
            accept_need(need, by=by)
            done += 1
        except (Refused, Denied) as refused:
            left.append((need, str(refused.reason)))
    return done, left


@transaction.atomic
def claim_need(need: Need, *, organization: Organization, handler: Person | None = None, by: Actor) -> Need:
    """A body takes the need over; the person who did becomes its handler."""
    need = _locked(need)
    require(permissions.can_claim(by, need, organization))
    if need.claimed_by_id is not None and need.claimed_by_id != organization.pk and need.state == State.CLAIMED:
        raise Refused(_("%(organization)s was faster and has taken this need over.") % {"organization": need.claimed_by})
    if need.claimed_by_id == organization.pk and need.state == State.CLAIMED:
        return need
    if need.claimed_by_id not in (None, organization.pk):
        require(permissions.can_handle(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.CLAIMED)
    if need.state == State.DONE:
        raise Refused(_("It is done. Only the person who asked can say that it is not."))
    if need.is_wish:
        wishes.begin_by_claim(need, organization=organization, by=by)
    return _step(
        need,
        State.CLAIMED,
        "need.claimed",
        by=by,
        claimed_by=organization,
        handler=handler or (by if isinstance(by, Person) else None),
        claimed_at=clock.now(),
    )


@transaction.atomic
def release_need(need: Need, *, reason: str, by: Actor) -> Need:
    """Give a need back to the hub; it waits for another body. The reason is kept."""
    need = _locked(need)
    require(permissions.can_release(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.ACCEPTED)
    if need.state != State.CLAIMED:
        raise Refused(_("Nobody has taken this need over."))
    reason = _some_words(reason)
    if need.is_wish:
        wishes.end_by_release(need, by=by)
    return _step(need, State.ACCEPTED, "need.released", by=by, reason=reason, claimed_by=None, handler=None)


@transaction.atomic
def answer_need(need: Need, *, words: str, promised_date: dt.date | None = None, at: dt.datetime | None = None, by: Actor) -> NeedAnswer:
    """Words to the asker, with the day something is promised for. The first answer stops the answer clock, and answers every open objection."""
    need = _locked(need)
    require(permissions.can_answer(by, need))
    if need.state in (State.WITHDRAWN, State.MERGED):
        raise Refused(_("This need has ended. There is nobody to answer."))
    if promised_date is not None and promised_date < clock.today() and at is None:
        raise Refused(_("Promise a day that is still to come."), field="promised_date")
    return _answer(need, words=_some_words(words), promised_date=promised_date, at=at or clock.now(), by=by)


@transaction.atomic
def match_need(need: Need, *, words: str = "", by: Actor) -> Need:
    """A plan, hands and a place are in sight: somebody has been found for it."""
    need = _locked(need)
    require(permissions.can_match(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.MATCHED)
    if need.state in IN_A_PROJECT:
        raise Refused(_("This need is part of a project. It goes on there."))
    _step(need, State.MATCHED, "need.matched", by=by)
    if words.strip():
        _answer(need, words=clean_words(words), promised_date=None, at=clock.now(), by=by)
    return need


@transaction.atomic
def decline_need(need: Need, *, words: str, by: Actor) -> Need:
    """Say no, with words that the asker reads. It counts as the answer."""
    need = _locked(need)
    require(permissions.can_decline(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.DECLINED)
    words = _some_words(words)
    _step(need, State.DECLINED, "need.declined", by=by, closing_words=words)
    _answer(need, words=words, promised_date=None, at=clock.now(), by=by, tell=False)
    return need


@transaction.atomic
def withdraw_need(need: Need, *, words: str = "", by: Actor) -> Need:
    """The asker takes the need back."""
    need = _locked(need)
    require(permissions.can_withdraw(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.WITHDRAWN)
    return _step(need, State.WITHDRAWN, "need.withdrawn", by=by, closing_words=clean_words(words))


@transaction.atomic
def merge_need(need: Need, *, into: Need, by: Actor) -> Need:
    """Join a need with another that says the same. Its asker is told where it went, which is its answer; needs joined with it before move along."""
    if need.pk == into.pk:
        raise Refused(_("A need cannot be joined with itself."), field="into")
    for row in sorted((need, into), key=lambda row: row.pk):
        _locked(row)
    require(permissions.can_merge(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.MERGED)
    if not into.is_open and into.state != State.DONE:
        raise Refused(_("The other need has ended. Choose one that is still open."), field="into")
    for earlier in Need.objects.select_for_update().filter(merged_into=need):
        _write(earlier, merged_into=into)
        journal.record("need.merged", on=earlier, before={"into": need.number}, after={"state": State.MERGED, "into": into.number}, by=by)
    _step(need, State.MERGED, "need.merged", by=by, merged_into=into, after={"into": into.number})
    if need.answered_at is None:
        _write(need, answered_at=clock.now())
    return need


# Steps driven by projects and activities


@transaction.atomic
def plan_need(need: Need, *, organization: Organization | None = None, by: Actor) -> Need:
    """A project answers it, which the asker is told: the answer clock stops. `organization`, the project's lead, takes it over when nobody has yet."""
    need = _locked(need)
    require(permissions.can_plan(by, need))
    if need.state == State.SUBMITTED:
        _step(need, State.ACCEPTED, "need.accepted", by=by)
    require_transition(Need.TRANSITIONS, need.state, State.PLANNED)
    changes: dict[str, Any] = {} if need.answered_at is not None else {"answered_at": clock.now()}
    if organization is not None and need.claimed_by_id is None:
        changes |= {"claimed_by": organization, "handler": by if isinstance(by, Person) else None, "claimed_at": need.matched_at or clock.now()}
    return _step(need, State.PLANNED, "need.planned", by=by, **changes)


@transaction.atomic
def unplan_need(need: Need, *, reason: str = "", by: Actor) -> Need:
    """Its project was called off: it waits for another one."""
    need = _locked(need)
    require(permissions.can_unplan(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.MATCHED)
    return _step(need, State.MATCHED, "need.unplanned", by=by, reason=reason)


@transaction.atomic
def activate_need(need: Need, *, by: Actor) -> Need:
    """An activity for it has been published. Called by that verb, which asks for the right; nothing happens when it is under way already."""
    need = _locked(need)
    if need.state == State.ACTIVE:
        return need
    require_transition(Need.TRANSITIONS, need.state, State.ACTIVE)
    return _step(need, State.ACTIVE, "need.activated", by=by)


@transaction.atomic
def finish_need(need: Need, *, words: str = "", with_project: bool = False, by: Actor) -> Need:
    """It has been dealt with; the asker is asked whether that is so. `with_project`: called by the verb that finishes its project and asks for the right there."""
    need = _locked(need)
    if not (with_project and need.state in IN_A_PROJECT):
        require(permissions.can_finish(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.DONE)
    words = clean_words(words)
    if need.answered_at is None and not words:
        raise Refused(_("Tell the person who asked what was done."), field="words")
    _step(need, State.DONE, "need.done", by=by, closing_words=words)
    if words:
        _answer(need, words=words, promised_date=None, at=clock.now(), by=by, tell=False)
    return need


# The asker has the last word


@transaction.atomic
def confirm_need(need: Need, *, words: str = "", by: Actor) -> Need:
    """办成了: the asker says that it is done."""
    need = _locked(need)
    require(permissions.can_confirm(by, need))
    require_transition(Need.TRANSITIONS, need.state, State.CONFIRMED)
    return _step(need, State.CONFIRMED, "need.confirmed", by=by, asker_words=clean_words(words)[:300])


@transaction.atomic
def reopen_need(need: Need, *, words: str, by: Actor) -> Need:
    """还没有: the asker says that it is not done. It goes back to the body that took it over (or to the hub), with an answer clock."""
    need = _locked(need)
    require(permissions.can_confirm(by, need))
    state = State.CLAIMED if need.claimed_by_id is not None else State.ACCEPTED
    require_transition(Need.TRANSITIONS, need.state, state)
    words = _some_words(words)
    _step(need, state, "need.reopened", by=by, closing_words="")
    _object(need, step=Objection.Step.RESULT, words=words, by=by)
    return need


@transaction.atomic
def object_to_step(need: Need, *, step: str, words: str, by: Actor) -> Objection:
    """有一步不对: say what is wrong on the page of the need. The old record stays; the answer clock runs."""
    need = _locked(need)
    require(permissions.can_object(by, need))
    if need.state in (State.WITHDRAWN, State.MERGED):
        raise Refused(_("This need has ended. There is nobody to answer."))
    return _object(need, step=step, words=_some_words(words), by=by)


@transaction.atomic
def reveal_contact(need: Need, *, reason: str, by: Person) -> tuple[str, str]:
    """The contact's name and phone unmasked, for a reason that is kept in the journal."""
    need = _locked(need)
    require(permissions.can_reveal(by, need))
    if len(reason.strip()) < 2:
        raise Refused(_("Say why you need the full details."), field="reason")
    organizations.refuse_many_reveals(by=by)
    journal.record("need.contact_revealed", on=need, reason=clean_words(reason), by=by)
    return contact_of(need)


def contact_of(need: Need) -> tuple[str, str]:
    name = need.contact_name or need.asker_name or (need.asker.name if need.asker is not None else "")
    phone = need.contact_phone or (need.asker.phone if need.asker is not None else "")
    return name, phone


# Inside


def _locked(need: Need) -> Need:
    """The row as it is now, locked until the end of the transaction, in the caller's own object."""
    need.refresh_from_db(from_queryset=Need.objects.select_for_update())
    return need


def _line(text: str, length: int) -> str:
    """One line, spaces tidied, Chinese punctuation kept."""
    return " ".join(clean_words(text).split())[:length]


def _write(need: Need, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(need, name, value)
    need.save(update_fields=list(fields))


def _step(need: Need, state: str, verb: str, *, by: Actor, reason: str = "", after: dict[str, Any] | None = None, **changes: Any) -> Need:
    """Enter a state: its stamp, the implied ones before it, none after it; the journal."""
    old, now = need.state, clock.now()
    fields: dict[str, Any] = {"state": state, **_stamps(need, State(state), now), **changes}
    _write(need, **fields)
    journal.record(verb, on=need, before={"state": old}, after={"state": state, **(after or {})}, reason=reason, by=by)
    return need


def _stamps(need: Need, state: State, now: dt.datetime) -> dict[str, Any]:
    if state not in STAMPS:  # declined, withdrawn, merged
        return {"closed_at": now}
    own, order = STAMPS[state], list(STAMPS.values())
    going_back = getattr(need, own) is not None
    stamps: dict[str, Any] = dict.fromkeys(order[order.index(own) + 1 :])
    if not going_back or own == "closed_at":
        stamps[own] = now
    for name in IMPLIED.get(own, ()):
        if getattr(need, name) is None:
            stamps[name] = now
    return stamps


def _answer(need: Need, *, words: str, promised_date: dt.date | None, at: dt.datetime, by: Actor, tell: bool = True) -> NeedAnswer:
    answer = NeedAnswer.objects.create(
        need=need,
        words=words,
        promised_date=promised_date,
        answered_by=by if isinstance(by, Person) else None,
        organization=need.claimed_by,
        answered_at=at,
    )
    first = need.answered_at is None
    if first:
        _write(need, answered_at=at)
    need.objections.filter(answered_at__isnull=True).update(answered_at=at)
    if tell:
        journal.record(
            "need.answered",
            on=need,
            after={"answer": answer.pk, "first": first, "in_time": at <= need.answer_due_at, "promised_date": promised_date},
            by=by,
        )
    return answer


def _object(need: Need, *, step: str, words: str, by: Actor) -> Objection:
    now = clock.now()
    if not isinstance(by, Person):
        raise Refused(_("An objection needs a person who raises it."))
    objection = Objection.objects.create(need=need, step=step, words=words, raised_by=by, raised_at=now, answer_due_at=answer_due_from(now))
    journal.record("need.objected", on=need, after={"objection": objection.pk, "step": step, "answer_due_at": objection.answer_due_at}, by=by)
    return objection


def _some_words(words: str) -> str:
    words = clean_words(words)
    if len(words) < 2:
        raise Refused(_("Write a few words: the person who asked reads them."), field="words")
    return words
