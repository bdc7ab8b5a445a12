"""Who may see a project, and who may do what with it."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.needs.permissions import grounds_of, holds_on_ground
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import grants_of, holds, may, scope
from liandong.projects.models import Pledge, Project

Actor = Person | System
PUBLIC_STATES = (Project.State.RUNNING, Project.State.DONE)


def in_scope(person: Person | None, right: str = Right.SEE_WORK) -> Q:
    """Projects led by a body, promised something by a body, or on the ground, on which the person holds the right."""
    query = scope(person, right, organization="lead", territory="territory")
    for ground in grounds_of(person, right):
        query |= Q(territory__path__startswith=ground.path)
    if any(grant.organization_id for grant in grants_of(person)):
        query |= Q(Exists(Pledge.objects.filter(scope(person, right, organization="organization"), project=OuterRef("pk"))))
    return query


def visible_to(person: Person | None) -> QuerySet[Project]:
    """Projects the person may see with money, milestones and history."""
    if person is None:
        return Project.objects.none()
    return Project.objects.filter(in_scope(person) | Q(manager=person) | Q(created_by=person))


def readable_by(person: Person | None) -> QuerySet[Project]:
    """Projects whose page the person may open: those above, and all that run or are finished."""
    public = Q(state__in=PUBLIC_STATES)
    if person is None:
        return Project.objects.filter(public)
    return Project.objects.filter(public | in_scope(person) | Q(manager=person) | Q(created_by=person))


def sees_in_full(person: Person | None, project: Project) -> bool:
    if person is None:
        return False
    if person.pk in (project.manager_id, project.created_by_id) or holds(person, Right.SEE_WORK, organization=project.lead):
        return True
    if holds_on_ground(person, Right.SEE_WORK, project.territory):
        return True
    return any(
        holds(person, Right.SEE_WORK, organization=pledge.organization) for pledge in project.pledges.select_related("organization__territory")
    )


def can_create(by: Actor, lead: Organization) -> Decision:
    return ALLOWED if isinstance(by, System) else may(by, Right.MANAGE_PROJECTS, organization=lead)


def can_manage(by: Actor, project: Project) -> Decision:
    """Edit, propose, finish, cancel, ask for pledges, set milestones: those who run projects of the leading body, and the hub of the place."""
    return ALLOWED if isinstance(by, System) else may(by, Right.MANAGE_PROJECTS, organization=project.lead, territory=project.territory)


def can_approve(by: Actor, project: Project) -> Decision:
    if isinstance(by, System) or holds_on_ground(by, Right.APPROVE_PROJECTS, project.territory):
        return ALLOWED
    return deny(_("Only the hub can approve projects."), who_can=_("The hub's manager for %(where)s") % {"where": project.territory})


def can_sign(by: Actor, pledge: Pledge) -> Decision:
    """Agree or decline in the name of the body that is asked for something. Nobody else can, not even the hub."""
    if isinstance(by, System):
        return ALLOWED
    right = Right.SIGN_COMPACT
    for grant in grants_of(by):
        if grant.organization_id == pledge.organization_id and holds(by, right, organization=pledge.organization):
            return ALLOWED
    return deny(
        _("Only %(organization)s itself can agree or decline.") % {"organization": pledge.organization},
        who_can=_("A manager of %(where)s") % {"where": pledge.organization},
    )


def manageable_by(person: Person | None) -> QuerySet[Project]:
    """Projects that the person may run."""
    return Project.objects.filter(scope(person, Right.MANAGE_PROJECTS, organization="lead", territory="territory"))
