"""申报: a volunteer says that they served though no check-in shows it; a body looks, and answers within five working days."""

import datetime as dt
import secrets
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift
from liandong.core import clock, workdays
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.recognition import permissions, queries, rules
from liandong.recognition.models import Backfill, ServiceClaim, ServiceRecord
from liandong.recognition.permissions import Actor
from liandong.recognition.services.records import lock_people, refuse_impossible
from liandong.venues import photos

CLAIM_WORKDAYS, CLAIM_DAYS = 5, 60
FORGOTTEN = "–"
State = ServiceClaim.State


@transaction.atomic
def claim_service(
    shift: Shift,
    *,
    person: Person,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    words: str,
    evidence: str = "",
    photo: bytes = b"",
    relation: str = "",
    by: Actor,
) -> ServiceClaim:
    """Say: I served here from then to then. Answered within five working days. Said again while it is looked into, the first one stands.

    For somebody else it needs how one knows them. Refuses what is not over or too long ago, times outside the shift, a service that has a record already
    (object to that one), times that overlap with another record, and more than 24 hours a day. Journal: claim.made. Tells those who check.
    """
    lock_people([person.pk])
    shift = Shift.objects.select_related("activity__host__territory", "activity__leader").get(pk=shift.pk)
    require(permissions.can_claim(by, person, shift))
    if earlier := ServiceClaim.objects.filter(person=person, shift=shift, state__in=(State.OPEN, State.ACCEPTED)).first():
        return earlier
    words, evidence, relation = clean_words(words)[:300], clean_words(evidence)[:300], fold(relation)[:40]
    _refuse_nonsense(shift, person, starts_at=starts_at, ends_at=ends_at, words=words)
    by_person = by if isinstance(by, Person) else person
    if by_person.pk != person.pk and not relation:
        raise Refused(_("Say how you know this person."), field="relation")
    refuse_impossible(person, starts_at=starts_at, ends_at=ends_at, minutes=rules.whole_minutes(starts_at, ends_at))
    now = clock.now()
    claim = ServiceClaim(
        person=person,
        made_by=by_person,
        relation=relation if by_person.pk != person.pk else "",
        organization=shift.activity.host,
        shift=shift,
        starts_at=starts_at,
        ends_at=ends_at,
        words=words,
        evidence=evidence,
        claimed_at=now,
        answer_due_at=workdays.after_workdays(now, CLAIM_WORKDAYS),
    )
    if photo:
        content, kind = photos.cleaned(photo)
        claim.photo.save(f"{secrets.token_hex(8)}.{kind}", ContentFile(content), save=False)
    claim.save(force_insert=True)
    journal.record("claim.made", on=claim, after={"state": State.OPEN, "shift": shift.pk, "minutes": claim.minutes}, by=by)
    for one in queries.who_can_confirm(claim.organization, besides={person.pk, by_person.pk}):
        _tell(one, claim, "claim.made", url=reverse("recognition:check_claim", args=[claim.number]))
    return claim


@transaction.atomic
def refuse_claim(claim: ServiceClaim, *, words: str, by: Actor) -> ServiceClaim:
    """With the reason, which the volunteer reads; they may ask the hub once. Journal: claim.refused."""
    claim = locked(claim)
    require(permissions.can_check_claim(by, claim))
    words = clean_words(words)[:300]
    if (claim.state, claim.answer) == (State.REFUSED, words):
        return claim
    require_transition(ServiceClaim.TRANSITIONS, claim.state, State.REFUSED)
    if not words:
        raise Refused(_("Say why; the volunteer will read it."), field="words")
    answer(claim, State.REFUSED, words=words, by=by)
    return claim


@transaction.atomic
def withdraw_claim(claim: ServiceClaim, *, by: Actor) -> ServiceClaim:
    """Who made it takes it back, while nobody has answered. Journal: claim.withdrawn."""
    claim = locked(claim)
    require(permissions.can_withdraw_claim(by, claim))
    if claim.state == State.WITHDRAWN:
        return claim
    require_transition(ServiceClaim.TRANSITIONS, claim.state, State.WITHDRAWN)
    claim.state = State.WITHDRAWN
    claim.save(update_fields=["state"])
    journal.record("claim.withdrawn", on=claim, before={"state": State.OPEN}, after={"state": claim.state}, by=by)
    return claim


@transaction.atomic
def appeal_claim(claim: ServiceClaim, *, words: str, by: Actor) -> ServiceClaim:
    """A refusal is looked at once more, by the hub. Once only. Journal: claim.appealed."""
    claim = locked(claim)
    require(permissions.can_appeal_claim(by, claim))
    words = clean_words(words)[:300]
    if not words:
        raise Refused(_("Say in a few words what is not right."), field="words")
    if claim.appeal_words:
        if claim.state == State.OPEN:
            return claim
        raise Refused(_("The hub has looked at it already: %(answer)s") % {"answer": claim.answer})
    require_transition(ServiceClaim.TRANSITIONS, claim.state, State.OPEN)
    claim.state, claim.appeal_words = State.OPEN, words
    claim.save(update_fields=["state", "appeal_words"])
    journal.record("claim.appealed", on=claim, before={"state": State.REFUSED}, after={"state": claim.state}, by=by)
    return to_hub(claim, by=by)


def to_hub(claim: ServiceClaim, *, by: Actor) -> ServiceClaim:
    """From here on the hub answers, with a new clock. The caller has locked the claim. Journal: claim.escalated."""
    claim.escalated_at = clock.now()
    claim.answer_due_at = workdays.after_workdays(claim.escalated_at, CLAIM_WORKDAYS)
    claim.save(update_fields=["escalated_at", "answer_due_at"])
    journal.record("claim.escalated", on=claim, after={"due": claim.answer_due_at}, by=by)
    for one in queries.hub_of(claim.organization):
        if one.pk not in (claim.person_id, claim.made_by_id):
            _tell(one, claim, "claim.escalated", url=reverse("recognition:check_claim", args=[claim.number]))
    return claim


@transaction.atomic
def forget_words(person: Person, *, by: Actor) -> int:
    """A person was erased: what they said and showed goes, that there was a claim or a back-fill stays. Returns how many rows."""
    forgotten = 0
    for rows in (ServiceClaim.objects.filter(person=person), Backfill.objects.filter(person=person)):
        for row in rows.exclude(evidence=FORGOTTEN):
            file, name = row.photo, row.photo.name
            row.evidence, row.photo = FORGOTTEN, ""
            fields = ["evidence", "photo"]
            if isinstance(row, ServiceClaim):
                row.words, row.relation, row.appeal_words = FORGOTTEN, "", FORGOTTEN if row.appeal_words else ""
                fields += ["words", "relation", "appeal_words"]
            row.save(update_fields=fields)
            if name:
                transaction.on_commit(partial(file.storage.delete, name))
            forgotten += 1
    return forgotten


def settled(claim: ServiceClaim, *, state: str, words: str, by: Actor) -> None:
    """The second person has decided; called by the back-fill's verbs."""
    claim = locked(claim)
    require_transition(ServiceClaim.TRANSITIONS, claim.state, state)
    answer(claim, state, words=words or claim.answer, by=by)


def answer(claim: ServiceClaim, state: str, *, words: str, by: Actor) -> None:
    """Write the answer under the caller's lock, and tell whom it concerns."""
    before, claim.state = claim.state, state
    claim.answer, claim.answered_at, claim.answered_by = words, clock.now(), by if isinstance(by, Person) else None
    claim.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    journal.record(f"claim.{state}", on=claim, before={"state": before}, after={"state": state}, by=by)
    if state != State.RECORDED:  # then the record itself is the news
        for one in {claim.person_id: claim.person, claim.made_by_id: claim.made_by}.values():
            _tell(one, claim, f"claim.{state}", url=reverse("recognition:claim", args=[claim.number]))


def _tell(person: Person, claim: ServiceClaim, kind: str, *, url: str) -> None:
    values = {"activity": claim.shift.activity.title, "words": claim.answer, "due_at": claim.answer_due_at.isoformat()}
    notices.notify(person, kind=kind, values=values, url=url, once_key=f"{kind}:{claim.pk}:{'hub' if claim.is_with_hub else 'body'}")


def locked(claim: ServiceClaim) -> ServiceClaim:
    """The claim as it is now, locked until the end of the transaction."""
    return (
        ServiceClaim.objects.select_for_update(of=("self",))
        .select_related("person", "made_by", "organization__territory", "shift__activity__host__territory")
        .get(pk=claim.pk)
    )


def _refuse_nonsense(shift: Shift, person: Person, *, starts_at: dt.datetime, ends_at: dt.datetime, words: str) -> None:
    now = clock.now()
    if not words:
        raise Refused(_("Say in a few words what happened."), field="words")
    if shift.activity.state not in (Activity.State.PUBLISHED, Activity.State.FINISHED) or shift.ends_at > now:
        raise Refused(_("This shift is not over yet."), field="shift")
    if shift.ends_at < now - dt.timedelta(days=CLAIM_DAYS):
        raise Refused(_("Claims are possible for %(n)s days after the shift.") % {"n": CLAIM_DAYS}, field="shift")
    if not shift.positions.filter(kind=Position.Kind.VOLUNTEER).exists():
        raise Refused(_("Only a volunteer position makes a service record."), field="shift")
    if not (shift.starts_at <= starts_at < ends_at <= shift.ends_at):
        raise Refused(_("The time lies inside the shift: what was before or after does not count."), field="starts_at")
    if record := ServiceRecord.objects.current().filter(person=person, shift=shift).first():
        raise Refused(_("There is a record of it already: %(number)s. If it is not right, say so there.") % {"number": record.number}, field="shift")
