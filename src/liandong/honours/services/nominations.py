"""Verbs on nominations: propose, add evidence, endorse, decline, score, object and answer."""

import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.accounts.services import person_of
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, one_line
from liandong.core.transitions import require_transition
from liandong.honours import permissions
from liandong.honours.files import cleaned
from liandong.honours.models import Award, AwardObjection, Nomination, NominationEvidence, NominationReview
from liandong.honours.queries import awards as queries
from liandong.honours.services.ground import Actor, end_nomination, locked_award, locked_nomination, tell_of_nomination, those_behind
from liandong.journal import services as journal
from liandong.needs.models import Need
from liandong.notices import services as notices
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization
from liandong.volunteers.models import Team

AState, State = Award.State, Nomination.State


@transaction.atomic
def nominate(
    award: Award,
    *,
    person: Person | None = None,
    team: Team | None = None,
    organization: Organization | None = None,
    words: str,
    proposed_for: Organization | None = None,
    by: Actor,
) -> Nomination:
    """Propose somebody, oneself too, in one's own name or that of a body. The figures of the period come along. Tells them, and the community. Journal: nomination.made."""
    award = locked_award(award)
    if award.state != AState.OPEN or award.nominate_until_date < clock.today():
        raise Refused(_("Nominations are closed."))
    given: dict[str, Any] = {"person": person, "team": team, "organization": organization}
    if [name for name, value in given.items() if value is not None] != [award.whom_for]:
        raise Refused(_("This award is for somebody else: choose whom it is for."), field=award.whom_for)
    if proposed_for is not None and isinstance(by, Person) and not permissions.bodies_to_propose_for(by).filter(pk=proposed_for.pk).exists():
        raise Refused(_("You cannot speak for this organisation."), field="proposed_for")
    field = "whom" if person is not None else award.whom_for
    if not queries.serves_in(award.territory, **given):
        raise Refused(_("They are not at home here and have not served here."), field=field)
    words = clean_words(words)
    if len(words) < 10:
        raise Refused(_("Say in a few sentences what they did."), field="words")
    if len(words) > Nomination.LONGEST:
        raise Refused(_("At most %(n)s characters, please.") % {"n": Nomination.LONGEST}, field="words")
    known = set(Nomination.objects.filter(award=award, **given).exclude(state=State.WITHDRAWN).values_list("state", flat=True))
    if known:
        raise Refused(_("They were proposed and do not want it.") if known == {State.DECLINED} else _("They are proposed already."), field=field)
    minutes, count = queries.figures_of(queries.records_behind(**given, from_date=award.from_date, to_date=award.to_date))
    nomination = Nomination.objects.create(
        award=award,
        **given,
        words=words,
        minutes=minutes,
        record_count=count,
        proposed_by=person_of(by),
        proposed_for=proposed_for,
        proposed_at=clock.now(),
    )
    journal.record("nomination.made", on=nomination, after={"state": State.PROPOSED, "award": award.pk, "minutes": minutes}, by=by)
    for one in those_behind(nomination):
        if one != by:
            tell_of_nomination(one, nomination, kind="nomination.made")
    for community in permissions.communities_around(permissions.place_of(nomination))[:3]:
        for one in organizations.people_with(community, permissions.RIGHT)[:5]:
            tell_of_nomination(one, nomination, kind="nomination.to_endorse")
    return nomination


@transaction.atomic
def add_evidence(nomination: Nomination, *, words: str = "", need: Need | None = None, content: bytes = b"", by: Actor) -> NominationEvidence:
    """Add what it stands on: a need that was served, a file, words. By the one who proposed or who is proposed, until the notice. Journal: nomination.evidence_added."""
    nomination = locked_nomination(nomination)
    require(permissions.can_decline(by, nomination) or permissions.can_withdraw_nomination(by, nomination))
    if nomination.state not in (State.PROPOSED, State.ENDORSED):
        raise Refused(_("Nothing can be added any more."))
    if nomination.evidence.count() >= NominationEvidence.MOST:
        raise Refused(_("Ten pieces are enough."))
    words = one_line(words, 300)
    Kind = NominationEvidence.Kind
    if need is not None and not queries.needs_behind(nomination).filter(pk=need.pk).exists():
        raise Refused(_("This need is not among those they served."), field="need")
    kind = Kind.FILE if content else Kind.NEED if need is not None else Kind.WORDS
    if kind == Kind.WORDS and len(words) < 4:
        raise Refused(_("Choose a need or a file, or write a sentence."), field="words")
    piece = NominationEvidence(nomination=nomination, kind=kind, words=words, need=need, entered_by=person_of(by), added_at=clock.now())
    if content:
        content, ending = cleaned(content)
        piece.file.save(f"{secrets.token_hex(8)}.{ending}", ContentFile(content), save=False)
    piece.save()
    journal.record("nomination.evidence_added", on=nomination, after={"kind": kind, "evidence": piece.pk}, by=by)
    return piece


@transaction.atomic
def endorse(nomination: Nomination, *, words: str = "", by: Actor) -> Nomination:
    """The community where they are at home says that it is true. Journal: nomination.endorsed."""
    nomination = locked_nomination(nomination)
    require(permissions.can_endorse(by, nomination))
    if nomination.award.state not in (AState.OPEN, AState.REVIEW):
        raise Refused(_("The review is over."))
    require_transition(Nomination.TRANSITIONS, nomination.state, State.ENDORSED)
    place = permissions.place_of(nomination)
    bodies = [body for body in permissions.communities_of(by) if body.territory.holds(place)]
    nomination.state, nomination.agreed_by, nomination.agreed_at = State.ENDORSED, person_of(by), clock.now()
    nomination.endorsed_for, nomination.endorsement = bodies[0] if bodies else nomination.award.issuer, one_line(words, 300)
    nomination.save(update_fields=["state", "agreed_by", "agreed_at", "endorsed_for", "endorsement"])
    journal.record("nomination.endorsed", on=nomination, before={"state": State.PROPOSED}, after={"state": State.ENDORSED}, by=by)
    return nomination


@transaction.atomic
def decline(nomination: Nomination, *, by: Actor) -> Nomination:
    """The one proposed does not want it. No reason is asked. Journal: nomination.declined."""
    nomination = locked_nomination(nomination)
    require(permissions.can_decline(by, nomination))
    return end_nomination(nomination, state=State.DECLINED, verb="nomination.declined", by=by)


@transaction.atomic
def withdraw_nomination(nomination: Nomination, *, by: Actor) -> Nomination:
    """Taken back by the one who made it, before the notice. Journal: nomination.withdrawn."""
    nomination = locked_nomination(nomination)
    require(permissions.can_withdraw_nomination(by, nomination))
    return end_nomination(nomination, state=State.WITHDRAWN, verb="nomination.withdrawn", by=by)


@transaction.atomic
def review(nomination: Nomination, *, score: int | None = None, words: str = "", is_too_close: bool = False, by: Person) -> NominationReview:
    """Score a nomination from 1 to 10, or say that one is too close to it. One's own score may change until the notice begins. Journal: nomination.reviewed."""
    nomination = locked_nomination(nomination)
    require(permissions.can_keep_award(by, nomination.award) if is_too_close else permissions.can_review(by, nomination))
    if nomination.award.state != AState.REVIEW or nomination.state not in Nomination.STANDING:
        raise Refused(_("Scores are given between the end of nominations and the notice."))
    if not is_too_close and (score is None or not 1 <= score <= 10):
        raise Refused(_("Give a score from 1 to 10."), field="score")
    before = NominationReview.objects.filter(nomination=nomination, reviewed_by=by).first()
    row, _created = NominationReview.objects.update_or_create(
        nomination=nomination,
        reviewed_by=by,
        defaults={
            "score": None if is_too_close else score,
            "words": one_line(words, 300),
            "is_too_close": is_too_close,
            "reviewed_at": clock.now(),
        },
    )
    journal.record(
        "nomination.reviewed",
        on=nomination,
        before={"score": before.score} if before else None,
        after={"score": row.score, "is_too_close": is_too_close},
        by=by,
    )
    return row


@transaction.atomic
def object_to(nomination: Nomination, *, words: str, by: Person) -> AwardObjection:
    """A member says during the notice why somebody should not be honoured. Only the hub learns who. Journal: award_objection.raised."""
    nomination = locked_nomination(nomination)
    if nomination.award.state != AState.NOTICE or nomination.state != State.CHOSEN or queries.is_over(nomination.award):
        raise Refused(_("The notice is over."))
    if nomination.person_id == by.pk:
        raise Refused(_("You can take yourself off the list instead."))
    words = clean_words(words)[:500]
    if len(words) < 4:
        raise Refused(_("Say what is not right."), field="words")
    if nomination.objections.filter(raised_by=by).exists():
        raise Refused(_("You have objected already. You get an answer."), field="words")
    made = AwardObjection.objects.create(nomination=nomination, raised_by=by, words=words, raised_at=clock.now())
    journal.record("award_objection.raised", on=made, after={"state": "open", "nomination": nomination.number}, by=by)
    return made


@transaction.atomic
def answer_objection(objection: AwardObjection, *, uphold: bool, answer: str, by: Actor) -> AwardObjection:
    """Look into it and answer: they stay on the list, or are taken off. Journal: award_objection.answered."""
    objection = AwardObjection.objects.select_for_update(of=["self"]).select_related("raised_by", "nomination").get(pk=objection.pk)
    nomination = locked_nomination(objection.nomination)
    require(permissions.can_review(by, nomination))
    if isinstance(by, Person) and by.pk == objection.raised_by_id:
        raise Refused(_("Somebody else answers it."))
    answer = clean_words(answer)[:500]
    if len(answer) < 4:
        raise Refused(_("Write the answer; the one who objected reads it."), field="words")
    new = AwardObjection.State.UPHELD if uphold else AwardObjection.State.DISMISSED
    require_transition(AwardObjection.TRANSITIONS, objection.state, new)
    objection.state, objection.answer, objection.answered_by, objection.answered_at = new, answer, person_of(by), clock.now()
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    journal.record("award_objection.answered", on=objection, before={"state": "open"}, after={"state": new}, by=by)
    if uphold and nomination.state == State.CHOSEN:
        reason = answer[:200]
        end_nomination(nomination, state=State.NOT_CHOSEN, verb="nomination.taken_off", reason=reason, by=by)
        for one in those_behind(nomination):
            tell_of_nomination(one, nomination, kind="nomination.taken_off", reason=reason)
    notices.notify(
        objection.raised_by,
        kind="objection.answered",
        values={"award": nomination.award.title, "answer": answer},
        url=reverse("honours:award", args=[nomination.award_id]),
        once_key=f"objection.answered:{objection.pk}",
    )
    return objection
