"""Verbs on awards: set one, end the nominations, show the list for objections, grant by two, call off."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

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
from liandong.honours.models import Award, AwardObjection, Honour, Nomination
from liandong.honours.queries import awards as queries
from liandong.honours.services.ground import Actor, locked_award, tell_of_honour
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Territory

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
        created_by=person_of(by),
        created_at=clock.now(),
    )
    journal.record("award.created", on=award, after={"state": State.OPEN, "places": places, "whom_for": whom_for}, by=by)
    return award


@transaction.atomic
def close_nominations(award: Award, *, by: Actor) -> Award:
    """No more nominations; the review begins. Journal: award.review_begun."""
    award = locked_award(award)
    require(permissions.can_keep_award(by, award))
    return _step(award, State.REVIEW, verb="award.review_begun", by=by)


@transaction.atomic
def begin_notice(award: Award, *, chosen: Iterable[Nomination], by: Actor) -> Award:
    """Put the list before the members for at least seven days. Each on it is endorsed and was scored by two. Journal: award.notice_begun."""
    award = locked_award(award)
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
    award = locked_award(award)
    require(permissions.can_keep_award(by, award))
    require_transition(Award.TRANSITIONS, award.state, State.REVIEW)
    award.nominations.filter(state=NState.CHOSEN).update(state=NState.ENDORSED)
    award.notice_from_at = award.notice_until_at = award.asked_by = award.asked_at = None
    award.save(update_fields=["notice_from_at", "notice_until_at", "asked_by", "asked_at"])
    return _step(award, State.REVIEW, verb="award.notice_ended", by=by)


@transaction.atomic
def ask_to_grant(award: Award, *, by: Actor) -> Award:
    """The notice is over and every objection answered: a second person is asked. Journal: award.grant_asked."""
    award = locked_award(award)
    require(permissions.can_ask_to_grant(by, award))
    _require_grantable(award)
    award.asked_by, award.asked_at = person_of(by), clock.now()
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
    award = locked_award(award)
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
            evidence=queries.evidence_of(nomination, award=award),
            granted_on=clock.today(),
        )
        journal.record("honour.granted", on=honour, after={"state": "valid", "nomination": nomination.number}, by=by)
        made.append(honour)
        tell_of_honour(honour, kind="honour.granted")
    award.nominations.filter(state__in=[NState.PROPOSED, NState.ENDORSED]).update(state=NState.NOT_CHOSEN)
    award.decided_by, award.decided_at = person_of(by), clock.now()
    award.save(update_fields=["decided_by", "decided_at"])
    _step(award, State.GRANTED, verb="award.granted", by=by, honours=len(made))
    return made


@transaction.atomic
def cancel_award(award: Award, *, reason: str, by: Actor) -> Award:
    """Call it off, with the reason. Journal: award.cancelled."""
    award = locked_award(award)
    require(permissions.can_keep_award(by, award))
    require_transition(Award.TRANSITIONS, award.state, State.CANCELLED)
    reason = one_line(reason, 200)
    if len(reason) < 2:
        raise Refused(_("Say why it is called off."), field="reason")
    award.cancel_reason = reason
    award.save(update_fields=["cancel_reason"])
    return _step(award, State.CANCELLED, verb="award.cancelled", by=by)


# Inside


def _require_grantable(award: Award) -> None:
    require_transition(Award.TRANSITIONS, award.state, State.GRANTED)
    if not queries.is_over(award):
        raise Refused(_("The notice is still running."))
    if AwardObjection.objects.filter(nomination__award=award, state=AwardObjection.State.OPEN).exists():
        raise Refused(_("Answer every objection first."))
    if not award.nominations.filter(state=NState.CHOSEN).exists():
        raise Refused(_("Nobody is left on the list. Go back to the review."))


def _step(award: Award, state: str, *, verb: str, by: Actor, **after: Any) -> Award:
    require_transition(Award.TRANSITIONS, award.state, state)
    before, award.state = award.state, state
    award.save(update_fields=["state"])
    journal.record(verb, on=award, before={"state": before}, after={"state": state, **after}, by=by)
    return award
