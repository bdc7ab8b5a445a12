"""Who may see a survey, and who may do what with it."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.needs.permissions import grounds_of, holds_on_ground
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import holds, may, may_anywhere, scope
from liandong.surveys.models import Survey

Actor = Person | System


def in_scope(person: Person | None, right: str = Right.SEE_WORK) -> Q:
    """Surveys of a body, or on the ground, on which the person holds the right."""
    query = scope(person, right, organization="host", territory="territory")
    for ground in grounds_of(person, right):
        query |= Q(territory__path__startswith=ground.path)
    return query


def visible_to(person: Person | None) -> QuerySet[Survey]:
    """Surveys whose work the person may see."""
    return Survey.objects.none() if person is None else Survey.objects.filter(in_scope(person))


def readable_by(person: Person | None) -> QuerySet[Survey]:
    """Surveys whose page of questions the person may open: all that are or were open, drafts for those who work on them."""
    public = ~Q(state=Survey.State.DRAFT)
    return Survey.objects.filter(public if person is None else public | in_scope(person))


def works_on(person: Person | None, survey: Survey) -> bool:
    return holds(person, Right.SEE_WORK, organization=survey.host) or (
        person is not None and holds_on_ground(person, Right.SEE_WORK, survey.territory)
    )


def can_see_any(by: Actor) -> Decision:
    return may_anywhere(by, Right.SEE_WORK)


def can_create(by: Actor, host: Organization) -> Decision:
    return may(by, Right.CLAIM_NEEDS, organization=host)


def can_manage(by: Actor, survey: Survey) -> Decision:
    """Edit, open, close, key in paper, take needs out of it: those who answer for needs at its host."""
    return may(by, Right.CLAIM_NEEDS, organization=survey.host)


can_enter = can_collect = can_manage


def can_export(by: Actor, survey: Survey) -> Decision:
    return may(by, Right.EXPORT, organization=survey.host)


def can_answer(survey: Survey) -> Decision:
    """Anybody, while it is open."""
    if survey.takes_answers:
        return ALLOWED
    if survey.state == Survey.State.DRAFT:
        return deny(_("This survey is not open yet."))
    if survey.ended_at is None:
        return deny(_("This survey has not begun yet."))
    return deny(_("This survey is closed. Thank you for wanting to answer."))
