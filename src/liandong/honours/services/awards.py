"""Verbs on awards: set one, propose, endorse, review, show for objections, grant by two."""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, one_line
from liandong.core.transitions import require_transition
from liandong.honours import permissions
from liandong.honours.files import cleaned
from liandong.honours.models import Award, AwardObjection, Honour, Nomination, NominationEvidence, NominationReview
from liandong.honours.queries import awards as queries
from liandong.journal import services as journal
from liandong.needs.models import Need
from liandong.notices import services as notices
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Team

Actor = Person | System
State = Award.State
NState = Nomination.State
FEWEST_SCORES = 2


@transaction.atomic
def create_award(
    *,
    title: str,
    whom_for: str,
    territory: Territory,
    issuer: Organization,
    places: int,
    criteria: str,
    from_date: dt.date,
    to_date: dt.date,
    nominate_until_date: dt.date,
    notice_days: int = Award.NOTICE_DAYS,
    by: Actor,
) -> Award:
    """Set an award of one period. Nominations may come at once. Journal: award.created."""
    require(permissions.can_create_award(by, territory))
    title, criteria = one_line(title, 60), clean_words(criteria)[:2_000]
    if len(title) < 2:
        raise Refused(_("Give it a title."), field="title")
    if len(criteria) < 4:
        raise Refused(_("Say what is honoured, so that people know whom to propose."), field="criteria")
    if to_date < from_date:
        raise Refused(_("The last day is before the first one."), field="to_date")
    if nominate_until_date < clock.today():
        raise Refused(_("Nominations end in the past."), field="nominate_until_date")
    if notice_days < Award.NOTICE_DAYS:
        raise Refused(_("The notice stands for at least seven days."), field="notice_days")
    if places < 1:
        raise Refused(_("At least one, please."), field="places")
    award = Award.objects.create(
        title=title,
        whom_for=whom_for,
        territory=territory,
        issuer=issuer,
        places=places,
        criteria=criteria,
        from_date=from_date,
        to_date=to_date,
        nominate_until_date=nominate_until_date,
        notice_days=notice_days,
        created_by=_person(by),
        created_at=clock.now(),
    )
    journal.record("award.created", on=award, after={"state": State.OPEN, "places": places, "whom_for": whom_for}, by=by)
    return award


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
    award = _locked(award)
    if award.state != State.OPEN or award.nominate_until_date < clock.today():
        raise Refused(_("Nominations are closed."))
    given: dict[str, Any] = {"person": person, "team": team, "organization": organization}
    if [name for name, value in given.items() if value is not None] != [award.whom_for]:
        raise Refused(_("This award is for somebody else: choose whom it is for."), field=award.whom_for)
    if proposed_for is not None and isinstance(by, Person) and not permissions.bodies_to_propose_for(by).filter(pk=proposed_for.pk).exists():
        raise Refused(_("You cannot speak for this organisation."), field="proposed_for")
    if not queries.serves_in(award.territory, **given):
        raise Refused(_("They are not at home here and have not served here."), field="whom" if person is not None else award.whom_for)
    words = clean_words(words)
    if len(words) < 10:
        raise Refused(_("Say in a few sentences what they did."), field="words")
    if len(words) > Nomination.LONGEST:
        raise Refused(_("At most %(n)s characters, please.") % {"n": Nomination.LONGEST}, field="words")
    if Nomination.objects.filter(award=award, **given).exclude(state__in=[NState.WITHDRAWN, NState.DECLINED]).exists():
        raise Refused(_("They are proposed already."), field=award.whom_for)
    if Nomination.objects.filter(award=award, **given, state=NState.DECLINED).exists():
        raise Refused(_("They were proposed and do not want it."), field=award.whom_for)
    minutes, count = queries.figures_of(queries.records_behind(**given, from_date=award.from_date, to_date=award.to_date))
    nomination = Nomination.objects.create(
        award=award,
        **given,
        words=words,
        minutes=minutes,
        record_count=count,
        proposed_by=_person(by),
        proposed_for=proposed_for,
        proposed_at=clock.now(),
    )
    journal.record("nomination.made", on=nomination, after={"state": NState.PROPOSED, "award": award.pk, "minutes": minutes}, by=by)
    who = person or (team.leader if team is not None else None)
    if who is not None and who != by:
        _notify(who, nomination, kind="nomination.made")
    place = permissions.place_of(nomination)
    if place is not None:
        for community in _communities(place):
            for one in organizations.people_with(community, permissions.RIGHT)[:5]:
                _notify(one, nomination, kind="nomination.to_endorse")
    return nomination


@transaction.atomic
def add_evidence(nomination: Nomination, *, words: str = "", need: Need | None = None, content: bytes = b"", by: Actor) -> NominationEvidence:
    """Add what it stands on: a need that was served, a file, words. By the one who proposed or who is proposed, until the notice. Journal: nomination.evidence_added."""
    nomination = _locked_nomination(nomination)
    require(permissions.can_decline(by, nomination) or permissions.can_withdraw_nomination(by, nomination))
    if nomination.state not in (NState.PROPOSED, NState.ENDORSED):
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
    piece = NominationEvidence(nomination=nomination, kind=kind, words=words, need=need, entered_by=_person(by), added_at=clock.now())
    if content:
        content, ending = cleaned(content)
        piece.file.save(f"{secrets.token_hex(8)}.{ending}", ContentFile(content), save=False)
    piece.save()
    journal.record("nomination.evidence_added", on=nomination, after={"kind": kind, "evidence": piece.pk}, by=by)
    return piece


@transaction.atomic
def endorse(nomination: Nomination, *, words: str = "", by: Actor) -> Nomination:
    """The community where they are at home says that it is true. Journal: nomination.endorsed."""
    nomination = _locked_nomination(nomination)
    require(permissions.can_endorse(by, nomination))
    if nomination.award.state not in (State.OPEN, State.REVIEW):
        raise Refused(_("The review is over."))
    require_transition(Nomination.TRANSITIONS, nomination.state, NState.ENDORSED)
    place = permissions.place_of(nomination)
    bodies = [body for body in permissions.communities_of(by) if body.territory.holds(place)]
    nomination.state, nomination.agreed_by, nomination.agreed_at = NState.ENDORSED, _person(by), clock.now()
    nomination.endorsed_for, nomination.endorsement = bodies[0] if bodies else nomination.award.issuer, one_line(words, 300)
    nomination.save(update_fields=["state", "agreed_by", "agreed_at", "endorsed_for", "endorsement"])
    journal.record("nomination.endorsed", on=nomination, before={"state": NState.PROPOSED}, after={"state": NState.ENDORSED}, by=by)
    return nomination


@transaction.atomic
def decline(nomination: Nomination, *, by: Actor) -> Nomination:
    """The one proposed does not want it. No reason is asked. Journal: nomination.declined."""
    nomination = _locked_nomination(nomination)
    require(permissions.can_decline(by, nomination))
    return _end(nomination, state=NState.DECLINED, verb="nomination.declined", by=by)


@transaction.atomic
def withdraw_nomination(nomination: Nomination, *, by: Actor) -> Nomination:
    """Taken back by the one who made it, before the notice. Journal: nomination.withdrawn."""
    nomination = _locked_nomination(nomination)
    require(permissions.can_withdraw_nomination(by, nomination))
    return _end(nomination, state=NState.WITHDRAWN, verb="nomination.withdrawn", by=by)


@transaction.atomic
def close_nominations(award: Award, *, by: Actor) -> Award:
    """No more nominations; the review begins. Journal: award.review_begun."""
    award = _locked(award)
    require(permissions.can_keep_award(by, award))
    return _step(award, State.REVIEW, verb="award.review_begun", by=by)


@transaction.atomic
def review(nomination: Nomination, *, score: int | None = None, words: str = "", is_too_close: bool = False, by: Person) -> NominationReview:
    """Score a nomination from 1 to 10, or say that one is too close to it. One's own score may change until the notice begins. Journal: nomination.reviewed."""
    nomination = _locked_nomination(nomination)
    if not is_too_close:
        require(permissions.can_review(by, nomination))
    else:
        require(permissions.can_keep_award(by, nomination.award))
    if nomination.award.state != State.REVIEW or nomination.state not in Nomination.STANDING:
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
def begin_notice(award: Award, *, chosen: Iterable[Nomination], by: Actor) -> Award:
    """Put the list before the members for at least seven days. Each on it is endorsed and was scored by two. Journal: award.notice_begun."""
    award = _locked(award)
    require(permissions.can_keep_award(by, award))
    require_transition(Award.TRANSITIONS, award.state, State.NOTICE)
    picked = list(
        Nomination.objects.select_for_update(of=["self"])
        .filter(award=award, pk__in=[each.pk for each in chosen])
        .select_related("person", "team", "organization")
    )
    if not picked:
        raise Refused(_("Choose at least one."))
    if len(picked) > award.places:
        raise Refused(_("There are only %(n)s places.") % {"n": award.places})
    for nomination in picked:
        if nomination.state != NState.ENDORSED:
            raise Refused(_("%(name)s has not been endorsed by the community yet.") % {"name": nomination.whom})
        if nomination.reviews.filter(score__isnull=False).count() < FEWEST_SCORES:
            raise Refused(_("%(name)s needs scores of two people at least.") % {"name": nomination.whom})
        if isinstance(by, Person) and nomination.person_id == by.pk:
            raise Refused(_("You are on this list yourself."))
    Nomination.objects.filter(pk__in=[each.pk for each in picked]).update(state=NState.CHOSEN)
    award.notice_from_at = clock.now()
    award.notice_until_at = clock.day_bounds(clock.today() + dt.timedelta(days=award.notice_days))[1]
    award.save(update_fields=["notice_from_at", "notice_until_at"])
    return _step(award, State.NOTICE, verb="award.notice_begun", by=by, chosen=sorted(each.number for each in picked), until=award.notice_until_at)


@transaction.atomic
def back_to_review(award: Award, *, by: Actor) -> Award:
    """The list is taken back; a new one stands its full days again. Journal: award.notice_ended."""
    award = _locked(award)
    require(permissions.can_keep_award(by, award))
    require_transition(Award.TRANSITIONS, award.state, State.REVIEW)
    award.nominations.filter(state=NState.CHOSEN).update(state=NState.ENDORSED)
    award.notice_from_at = award.notice_until_at = award.asked_by = award.asked_at = None
    award.save(update_fields=["notice_from_at", "notice_until_at", "asked_by", "asked_at"])
    return _step(award, State.REVIEW, verb="award.notice_ended", by=by)


@transaction.atomic
def object_to(nomination: Nomination, *, words: str, by: Person) -> AwardObjection:
    """A member says during the notice why somebody should not be honoured. Only the hub learns who. Journal: award_objection.raised."""
    nomination = _locked_nomination(nomination)
    if nomination.award.state != State.NOTICE or nomination.state != NState.CHOSEN or queries.is_over(nomination.award):
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
    objection = AwardObjection.objects.select_for_update(of=["self"]).select_related("raised_by").get(pk=objection.pk)
    nomination = _locked_nomination(Nomination.objects.get(pk=objection.nomination_id))
    require(permissions.can_review(by, nomination))
    if isinstance(by, Person) and by.pk == objection.raised_by_id:
        raise Refused(_("Somebody else answers it."))
    answer = clean_words(answer)[:500]
    if len(answer) < 4:
        raise Refused(_("Write the answer; the one who objected reads it."), field="answer")
    new = AwardObjection.State.UPHELD if uphold else AwardObjection.State.DISMISSED
    require_transition(AwardObjection.TRANSITIONS, objection.state, new)
    objection.state, objection.answer, objection.answered_by, objection.answered_at = new, answer, _person(by), clock.now()
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    journal.record("award_objection.answered", on=objection, before={"state": "open"}, after={"state": new}, by=by)
    if uphold and nomination.state == NState.CHOSEN:
        _end(nomination, state=NState.NOT_CHOSEN, verb="nomination.taken_off", reason=answer[:200], by=by)
        award = nomination.award
        if award.asked_by_id is not None:  # what a second person was asked for is not what it was
            award.asked_by = award.asked_at = None
            award.save(update_fields=["asked_by", "asked_at"])
    notices.notify(
        objection.raised_by,
        kind="objection.answered",
        values={"award": nomination.award.title, "answer": answer},
        url=reverse("honours:award", args=[nomination.award_id]),
        once_key=f"objection.answered:{objection.pk}",
    )
    return objection


@transaction.atomic
def ask_to_grant(award: Award, *, by: Actor) -> Award:
    """The notice is over and every objection answered: a second person is asked. Journal: award.grant_asked."""
    award = _locked(award)
    require(permissions.can_keep_award(by, award))
    _require_grantable(award)
    award.asked_by, award.asked_at = _person(by), clock.now()
    award.save(update_fields=["asked_by", "asked_at"])
    journal.record("award.grant_asked", on=award, after={"state": award.state}, by=by)
    for one in organizations.hub_people(award.territory, permissions.RIGHT)[:20]:
        if one != by:
            notices.notify(
                one,
                kind="award.to_grant",
                values={"award": award.title},
                url=reverse("honours:award", args=[award.pk]),
                once_key=f"award.to_grant:{award.pk}:{award.asked_at:%Y%m%d%H%M}",
            )
    return award


@transaction.atomic
def grant(award: Award, *, by: Actor) -> list[Honour]:
    """The second person grants: each on the list has an honour from now on, with what it stands on. Journal: award.granted, honour.granted."""
    award = _locked(award)
    require(permissions.can_grant(by, award))
    _require_grantable(award)
    if award.asked_at is None:
        raise Refused(_("One asks, another grants: nobody has asked yet."))
    made = []
    rows = (
        award.nominations.select_for_update(of=["self"])
        .filter(state=NState.CHOSEN)
        .select_related("person", "team__leader", "organization", "endorsed_for")
    )
    for nomination in rows.order_by("pk"):
        require_transition(Nomination.TRANSITIONS, nomination.state, NState.HONOURED)
        nomination.state = NState.HONOURED
        nomination.save(update_fields=["state"])
        honour = Honour.objects.create(
            award=award,
            nomination=nomination,
            person=nomination.person,
            team=nomination.team,
            organization=nomination.organization,
            title=award.title,
            issuer=award.issuer,
            words=nomination.words,
            evidence=evidence_of(nomination, award=award),
            granted_on=clock.today(),
        )
        journal.record("honour.granted", on=honour, after={"state": "valid", "nomination": nomination.number}, by=by)
        made.append(honour)
        who = nomination.person or (nomination.team.leader if nomination.team is not None else None)
        if who is not None:
            _tell(who, honour, kind="honour.granted")
    award.nominations.filter(state__in=[NState.PROPOSED, NState.ENDORSED]).update(state=NState.NOT_CHOSEN)
    award.decided_by, award.decided_at = _person(by), clock.now()
    award.save(update_fields=["decided_by", "decided_at"])
    _step(award, State.GRANTED, verb="award.granted", by=by, honours=len(made))
    return made


@transaction.atomic
def cancel_award(award: Award, *, reason: str, by: Actor) -> Award:
    """Call it off, with the reason. Journal: award.cancelled."""
    award = _locked(award)
    require(permissions.can_keep_award(by, award))
    require_transition(Award.TRANSITIONS, award.state, State.CANCELLED)
    reason = one_line(reason, 200)
    if len(reason) < 2:
        raise Refused(_("Say why it is called off."), field="reason")
    award.cancel_reason = reason
    award.save(update_fields=["cancel_reason"])
    return _step(award, State.CANCELLED, verb="award.cancelled", by=by)


# What was granted


@transaction.atomic
def ask_to_withdraw(honour: Honour, *, reason: str, by: Actor) -> Honour:
    """The first of two: says why an honour should be withdrawn. It stays valid until another agrees. Journal: honour.withdrawal_asked."""
    honour = _locked_honour(honour)
    require(permissions.can_keep_award(by, honour.award))
    reason = one_line(reason, 200)
    if len(reason) < 4:
        raise Refused(_("Say why; everybody who checks it will read it."), field="reason")
    require_transition(Honour.TRANSITIONS, honour.state, Honour.State.WITHDRAWN)
    if honour.asked_at is not None:
        raise Refused(_("A second person has been asked already."))
    honour.asked_by, honour.asked_at, honour.reason = _person(by), clock.now(), reason
    honour.save(update_fields=["asked_by", "asked_at", "reason"])
    journal.record("honour.withdrawal_asked", on=honour, reason=reason, by=by)
    return honour


@transaction.atomic
def decide_withdrawal(honour: Honour, *, agree: bool, by: Actor) -> Honour:
    """The second of two. Withdrawn, it says so wherever it is checked, and comes off the wall. Journal: honour.withdrawn, honour.kept."""
    honour = _locked_honour(honour)
    if honour.asked_at is None:
        raise Refused(_("Nobody has asked for that."))
    require(permissions.can_withdraw_honour(by, honour))
    require_transition(Honour.TRANSITIONS, honour.state, Honour.State.WITHDRAWN)
    if not agree:
        honour.asked_by = honour.asked_at = None
        honour.reason = ""
        honour.save(update_fields=["asked_by", "asked_at", "reason"])
        journal.record("honour.kept", on=honour, by=by)
        return honour
    honour.state, honour.decided_by, honour.ended_at = Honour.State.WITHDRAWN, _person(by), clock.now()
    honour.save(update_fields=["state", "decided_by", "ended_at"])
    honour.wall_entries.filter(withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    journal.record("honour.withdrawn", on=honour, before={"state": "valid"}, after={"state": "withdrawn"}, reason=honour.reason, by=by)
    who = honour.person or (honour.team.leader if honour.team is not None else None)
    if who is not None:
        _tell(who, honour, kind="honour.withdrawn")
    return honour


def evidence_of(nomination: Nomination, *, award: Award) -> dict[str, Any]:
    """What the honour stands on, kept with it as it was that day."""
    reviews = [score for score in nomination.reviews.values_list("score", flat=True) if score is not None]
    pieces = list(nomination.evidence.select_related("need"))
    return {
        "minutes": nomination.minutes,
        "records": nomination.record_count,
        "from": award.from_date.isoformat(),
        "to": award.to_date.isoformat(),
        "endorsed_for": nomination.endorsed_for.name if nomination.endorsed_for else "",
        "scores": len(reviews),
        "mean": round(sum(reviews) / len(reviews), 1) if reviews else None,
        "needs": [piece.need.number for piece in pieces if piece.need is not None],
        "pieces": len(pieces),
        "thanks": queries.thanks_behind(nomination).count(),
        "notice_from": award.notice_from_at.isoformat() if award.notice_from_at else "",
        "notice_until": award.notice_until_at.isoformat() if award.notice_until_at else "",
        "objections": nomination.objections.count(),
    }


# Inside


def _require_grantable(award: Award) -> None:
    require_transition(Award.TRANSITIONS, award.state, State.GRANTED)
    if not queries.is_over(award):
        raise Refused(_("The notice is still running."))
    if AwardObjection.objects.filter(nomination__award=award, state=AwardObjection.State.OPEN).exists():
        raise Refused(_("Answer every objection first."))
    if not award.nominations.filter(state=NState.CHOSEN).exists():
        raise Refused(_("Nobody is left on the list. Go back to the review."))


def _end(nomination: Nomination, *, state: str, verb: str, reason: str = "", by: Actor) -> Nomination:
    require_transition(Nomination.TRANSITIONS, nomination.state, state)
    before, nomination.state, nomination.reason = nomination.state, state, reason
    nomination.save(update_fields=["state", "reason"])
    journal.record(verb, on=nomination, before={"state": before}, after={"state": state}, by=by)
    if state == NState.NOT_CHOSEN and nomination.person is not None:
        _notify(nomination.person, nomination, kind="nomination.taken_off", reason=reason)
    return nomination


def _step(award: Award, state: str, *, verb: str, by: Actor, **after: Any) -> Award:
    require_transition(Award.TRANSITIONS, award.state, state)
    before, award.state = award.state, state
    award.save(update_fields=["state"])
    journal.record(verb, on=award, before={"state": before}, after={"state": state, **after}, by=by)
    return award


def _notify(person: Person, nomination: Nomination, *, kind: str, **values: Any) -> None:
    notices.notify(
        person,
        kind=kind,
        values={"award": nomination.award.title, **values},
        url=reverse("honours:nomination", args=[nomination.number]),
        once_key=f"{kind}:{nomination.number}",
    )


def _tell(person: Person, honour: Honour, *, kind: str) -> None:
    values = {"award": honour.title, "reason": honour.reason}
    notices.notify(person, kind=kind, values=values, url=reverse("honours:honour", args=[honour.code]), once_key=f"{kind}:{honour.code}")


def _communities(place: Territory) -> list[Organization]:
    around = place.line_ids
    return list(Organization.objects.filter(kind=Organization.Kind.COMMUNITY, state=Organization.State.ACTIVE, territory__in=around)[:3])


def _locked(award: Award) -> Award:
    award.refresh_from_db(from_queryset=Award.objects.select_for_update(of=["self"]).select_related("territory", "issuer"))
    return award


def _locked_nomination(nomination: Nomination) -> Nomination:
    """The nomination with its award, both locked: the award first, as everywhere."""
    award = Award.objects.select_for_update(of=["self"]).select_related("territory", "issuer").get(pk=nomination.award_id)
    nomination.refresh_from_db(
        from_queryset=Nomination.objects.select_for_update(of=["self"]).select_related(
            "person", "team__organization__territory", "team__territory", "organization__territory"
        )
    )
    nomination.award = award
    return nomination


def _locked_honour(honour: Honour) -> Honour:
    honour.refresh_from_db(
        from_queryset=Honour.objects.select_for_update(of=["self"]).select_related("award__territory", "person", "team__leader", "organization")
    )
    return honour


def _person(by: Actor) -> Person | None:
    return by if isinstance(by, Person) else None
