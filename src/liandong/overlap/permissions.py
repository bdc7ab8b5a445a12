"""Who may see overlaps, decide about them, propose and agree to host together."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities import permissions as activities
from liandong.activities.models import Activity
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import RIGHTS_OF, grants_of, holds_anywhere, may, scope
from liandong.overlap.models import CoHosting
from liandong.projects import permissions as projects
from liandong.projects.models import Project

Actor = Person | System


def can_open(by: Person) -> Decision:
    """The list of overlaps: for those who work in some body or hub."""
    if holds_anywhere(by, Right.SEE_WORK):
        return ALLOWED
    return deny(_("This list is for people who work for a body."), who_can=_("Somebody who manages your organisation"))


def can_decide(by: Actor, thing: Activity | Project) -> Decision:
    """Say what an overlap means: whoever runs one of the two things."""
    return activities.can_manage(by, thing) if isinstance(thing, Activity) else projects.can_manage(by, thing)


def can_propose(by: Actor, organization: Organization) -> Decision:
    """Propose to host together, in the name of a body: those who set up its activities, and its hub as go-between."""
    return ALLOWED if isinstance(by, System) else may(by, Right.MANAGE_ACTIVITIES, organization=organization)


def can_answer(by: Actor, co_hosting: CoHosting) -> Decision:
    """Agree or decline: only the asked body itself, never the hub in its name."""
    if isinstance(by, System):
        return ALLOWED
    body = co_hosting.invited
    if any(grant.organization_id == body.pk and Right.SIGN_COMPACT in RIGHTS_OF[grant.role] for grant in grants_of(by)):
        return ALLOWED
    return deny(
        _("Only %(organization)s itself can agree or decline.") % {"organization": body}, who_can=_("A manager of %(where)s") % {"where": body}
    )


def can_withdraw(by: Actor, co_hosting: CoHosting) -> Decision:
    """Take a proposal back: the side that made it, and the host whose activity it is."""
    if isinstance(by, Person) and by.pk == co_hosting.proposed_by_id:
        return ALLOWED
    decision = can_propose(by, co_hosting.asked_by)
    return decision if decision else can_propose(by, co_hosting.activity.host)


def can_keep_list(by: Actor, activity: Activity) -> Decision:
    """Put in or delete the list of those an activity is for: the body's own people, not the hub."""
    if isinstance(by, System):
        return ALLOWED
    if any(grant.organization_id == activity.host_id and Right.MANAGE_ACTIVITIES in RIGHTS_OF[grant.role] for grant in grants_of(by)):
        return ALLOWED
    return deny(
        _("Only %(organization)s itself keeps its list.") % {"organization": activity.host},
        who_can=_("A manager of %(where)s") % {"where": activity.host},
    )


def co_hostings_visible_to(person: Person | None) -> QuerySet[CoHosting]:
    """Proposals of and to the bodies a person works for, and those on the hub's ground."""
    if person is None:
        return CoHosting.objects.none()
    right = Right.SEE_WORK
    query = scope(person, right, organization="partner") | scope(person, right, organization="activity__host", territory="activity__territory")
    return CoHosting.objects.filter(query | Q(proposed_by=person)).select_related(
        "activity__host__territory",
        "activity__territory",
        "activity__venue",
        "partner__territory",
        "asked_by__territory",
        "twin__host",
        "twin__territory",
    )


def belongs_to(person: Person | None, organization: Organization) -> bool:
    """Holds a role in the body itself, not only on the ground around it."""
    return any(grant.organization_id == organization.pk for grant in grants_of(person))
