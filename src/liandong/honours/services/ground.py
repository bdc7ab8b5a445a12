"""What the verbs on awards share: locks in one order, the end of a nomination, whom to tell."""

from typing import Any

from django.urls import reverse

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.transitions import require_transition
from liandong.honours.models import Award, Honour, Nomination
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations import queries as organizations
from liandong.organizations.models import Right

Actor = Person | System


def locked_award(award: Award) -> Award:
    award.refresh_from_db(from_queryset=Award.objects.select_for_update(of=["self"]).select_related("territory", "issuer"))
    return award


def locked_nomination(nomination: Nomination) -> Nomination:
    """The nomination with its award, both locked: the award first, as everywhere."""
    award = Award.objects.select_for_update(of=["self"]).select_related("territory", "issuer").get(pk=nomination.award_id)
    nomination.refresh_from_db(
        from_queryset=Nomination.objects.select_for_update(of=["self"]).select_related(
            "person", "team__organization__territory", "team__territory", "team__leader", "organization__territory"
        )
    )
    nomination.award = award
    return nomination


def locked_honour(honour: Honour) -> Honour:
    honour.refresh_from_db(
        from_queryset=Honour.objects.select_for_update(of=["self"]).select_related("award__territory", "person", "team__leader", "organization")
    )
    return honour


def end_nomination(nomination: Nomination, *, state: str, verb: str, reason: str = "", by: Actor) -> Nomination:
    require_transition(Nomination.TRANSITIONS, nomination.state, state)
    before, nomination.state, nomination.reason = nomination.state, state, reason
    nomination.save(update_fields=["state", "reason"])
    journal.record(verb, on=nomination, before={"state": before}, after={"state": state}, reason=reason, by=by)
    award = nomination.award
    if before == Nomination.State.CHOSEN and award.asked_at is not None:  # what a second person was asked for is not what it was
        award.asked_by = award.asked_at = None
        award.save(update_fields=["asked_by", "asked_at"])
    return nomination


def those_behind(subject: Nomination | Honour) -> list[Person]:
    """Whom to tell: the person, the leader of the team, those who speak for the body."""
    if subject.person is not None:
        return [subject.person]
    if subject.team is not None:
        return [subject.team.leader] if subject.team.leader is not None else []
    assert subject.organization is not None
    return list(organizations.people_with(subject.organization, Right.EDIT_ORGANIZATION)[:5])


def tell_of_nomination(person: Person, nomination: Nomination, *, kind: str, **values: Any) -> None:
    notices.notify(
        person,
        kind=kind,
        values={"award": nomination.award.title, **values},
        url=reverse("honours:nomination", args=[nomination.number]),
        once_key=f"{kind}:{nomination.number}",
    )


def tell_of_honour(honour: Honour, *, kind: str) -> None:
    for person in those_behind(honour):
        notices.notify(
            person,
            kind=kind,
            values={"award": honour.title, "reason": honour.reason},
            url=reverse("honours:honour", args=[honour.code]),
            once_key=f"{kind}:{honour.code}",
        )
