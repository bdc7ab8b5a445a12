"""Who may see a visit, who may read its notes, and who may keep it.

Three circles: those who keep it (staff of the visiting body who work on needs, the hub's managers of the ground) read everything; other staff of the visiting body, of
the ground, and those who were visited see that it took place and what was promised; for everybody else it does not exist.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, Actor, grants_of
from liandong.visits.models import FollowUp, Visit, VisitPlan

# Bodies without staff of their own: who holds a role on their ground works for them.
OF_THE_GROUND = (Organization.Kind.HUB, Organization.Kind.GOVERNMENT)


def hosts_of(person: Actor) -> QuerySet[Organization]:
    """Bodies in whose name the person may visit."""
    query = Q() if isinstance(person, System) else Q(pk__in=[])
    for grant in grants_of(person):
        if Right.CLAIM_NEEDS in RIGHTS_OF[grant.role]:
            if grant.organization_id is not None:
                query |= Q(pk=grant.organization_id)
            elif grant.territory is not None:
                query |= Q(kind__in=OF_THE_GROUND, territory__path__startswith=grant.territory.path)
    return Organization.objects.filter(query, state=Organization.State.ACTIVE).select_related("territory").order_by("pinyin", "id")


def works_for(person: Actor, host: Organization) -> bool:
    """Staff of the visiting body who work on needs; observers and activity leaders are none."""
    if isinstance(person, System):
        return True
    for grant in grants_of(person):
        if Right.CLAIM_NEEDS not in RIGHTS_OF[grant.role]:
            continue
        if grant.organization_id == host.pk:
            return True
        if grant.territory is not None and host.kind in OF_THE_GROUND and grant.territory.holds(host.territory):
            return True
    return False


def runs_ground(person: Actor, territory: Territory) -> bool:
    """The hub's manager of this place."""
    return isinstance(person, System) or any(
        grant.territory is not None and Right.APPROVE_PROJECTS in RIGHTS_OF[grant.role] and grant.territory.holds(territory)
        for grant in grants_of(person)
    )


def kept_by(person: Actor) -> Q:
    """Visits, or plans, whose notes the person may read and that they may keep."""
    if isinstance(person, System):
        return Q()
    query = Q(host__in=hosts_of(person).order_by().values("pk")) if grants_of(person) else Q(pk__in=[])
    for grant in grants_of(person):
        if grant.territory is not None and Right.APPROVE_PROJECTS in RIGHTS_OF[grant.role]:
            query |= Q(territory__path__startswith=grant.territory.path)
    return query


def in_scope(person: Actor) -> Q:
    """Visits, or plans, of the person's work: of their body, or on their ground."""
    query = kept_by(person)
    for grant in grants_of(person):
        if Right.SEE_WORK not in RIGHTS_OF[grant.role]:
            continue
        if grant.organization_id is not None:
            query |= Q(host=grant.organization_id)
        elif grant.territory is not None:
            query |= Q(territory__path__startswith=grant.territory.path)
    return query


def concerns(person: Person) -> Q:
    """Visits to the person, or to a body they work for."""
    bodies = [grant.organization_id for grant in grants_of(person) if grant.organization_id and Right.SEE_WORK in RIGHTS_OF[grant.role]]
    return Q(visited_person=person) | Q(visited_organization__in=bodies)


def visible_to(person: Person | None) -> QuerySet[Visit]:
    if person is None:
        return Visit.objects.none()
    return Visit.objects.filter(in_scope(person) | concerns(person))


def plans_visible_to(person: Person | None) -> QuerySet[VisitPlan]:
    return VisitPlan.objects.none() if person is None else VisitPlan.objects.filter(in_scope(person))


def reads_notes(person: Actor, visit: Visit) -> bool:
    return works_for(person, visit.host) or runs_ground(person, visit.territory)


def can_plan(by: Actor, host: Organization) -> Decision:
    if works_for(by, host):
        return ALLOWED
    return deny(
        _("Only staff of %(organization)s can visit in its name.") % {"organization": host}, who_can=_("A manager of %(where)s") % {"where": host}
    )


def can_keep_plan(by: Actor, plan: VisitPlan) -> Decision:
    return ALLOWED if runs_ground(by, plan.territory) else can_plan(by, plan.host)


def can_keep(by: Actor, visit: Visit) -> Decision:
    """Do it, call it off, write and correct notes, note what was promised, make needs of sentences."""
    return ALLOWED if runs_ground(by, visit.territory) else can_plan(by, visit.host)


def can_finish_follow_up(by: Actor, follow_up: FollowUp) -> Decision:
    """Who promised it, and those who keep the visit."""
    if isinstance(by, Person) and by.pk == follow_up.handler_id:
        return ALLOWED
    return can_keep(by, follow_up.visit)
