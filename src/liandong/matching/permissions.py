"""Who may see and make rosters. Planning is running the activity; answering is for the person alone."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities import permissions as activities
from liandong.activities.models import Activity
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.matching.models import Draw, Invitation, Resource, Roster, RosterLine, Rota, RotaHost, SuggestionRefusal, Turn
from liandong.needs import permissions as needs
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of, holds_anywhere, may, may_anywhere, organizations_with, places_with, scope
from liandong.projects import permissions as projects

Actor = Person | System


def can_plan(by: Actor, activity: Activity) -> Decision:
    """Make, calculate, change, publish and withdraw rosters: whoever runs the activity."""
    return activities.can_manage(by, activity)


def can_see(by: Actor, activity: Activity) -> Decision:
    """See a roster: those who check the people of the activity."""
    return activities.can_check_people(by, activity)


def visible_to(person: Person | None) -> QuerySet[Roster]:
    """Rosters of activities the person works on."""
    rows = Roster.objects.select_related(
        "activity__host__territory", "activity__territory", "activity__venue", "activity__leader", "made_by", "copied_from"
    )
    if person is None:
        return rows.none()
    return rows.filter(activity__in=Activity.objects.filter(activities.worked_on_by(person)))


def can_answer(by: Actor, line: RosterLine) -> Decision:
    if isinstance(by, Person) and by.pk == line.person_id:
        return ALLOWED
    return deny(_("Only the person asked can answer."), who_can=_("The person asked"))


def asked_of(person: Person | None) -> QuerySet[Roster]:
    """Published rosters in which a person has been asked."""
    if person is None:
        return Roster.objects.none()
    asked = RosterLine.objects.filter(roster=OuterRef("pk"), person=person, asked_at__isnull=False)
    return Roster.objects.filter(Q(state=Roster.State.PUBLISHED), Exists(asked)).select_related(
        "activity__host", "activity__venue", "activity__territory", "activity__leader"
    )


# Rotas: the hub keeps them, each host answers for its own turns.


def can_keep_rotas(by: Actor, territory: Territory) -> Decision:
    """Make a rota on this ground, change it, pause and end its hosts."""
    return may(by, Right.MANAGE_PROJECTS, territory=territory)


def can_keep_some_rota(by: Actor) -> Decision:
    if isinstance(by, System) or places_with(by, Right.MANAGE_PROJECTS).exists():
        return ALLOWED
    return deny(_("Rotas are made by the hub."), who_can=_("A manager of your hub"))


def can_keep(by: Actor, rota: Rota) -> Decision:
    return can_keep_rotas(by, rota.territory)


def can_host(by: Actor, host: RotaHost | None) -> Decision:
    """Say yes, ask for a swap or a pause, write the notes: whoever sets up activities of the body; the hub around it may do it for them, by phone."""
    if host is None:
        return deny(_("Nobody has this turn yet."), who_can=_("A manager of your hub"))
    return may(by, Right.MANAGE_ACTIVITIES, organization=host.organization)


def own_hosts(person: Person, right: str = Right.SEE_WORK) -> QuerySet[RotaHost]:
    """Where bodies one works for take turns; what the hub sees over its ground is not meant."""
    bodies = [grant.organization_id for grant in grants_of(person) if grant.organization_id is not None and right in RIGHTS_OF[grant.role]]
    return RotaHost.objects.filter(organization__in=bodies).exclude(rota__state=Rota.State.DRAFT)


def rotas_visible_to(person: Person | None) -> QuerySet[Rota]:
    """Rotas of one's ground, and those in which a body of one's own takes turns once they run."""
    if person is None:
        return Rota.objects.none()
    on_ground = scope(person, Right.SEE_WORK, organization="", territory="territory")
    hosting = Exists(own_hosts(person).filter(rota=OuterRef("pk")))
    return Rota.objects.filter(on_ground | Q(hosting)).select_related("territory", "made_by", "made_from")


def turns_visible_to(person: Person | None) -> QuerySet[Turn]:
    rows = Turn.objects.filter(rota__in=rotas_visible_to(person).order_by().values("pk"))
    return rows.select_related("rota__territory", "host__organization__territory", "host__contact", "activity__host", "activity__territory")


def can_open_turns(person: Person) -> Decision:
    """The page of turns, for those who work for a body."""
    return may_anywhere(person, Right.SEE_WORK)


# Suggestions and invitations: what somebody wants is theirs alone; asking by name is for those who check the people of the activity.


def can_invite(by: Actor, activity: Activity) -> Decision:
    """Find people for a position and ask them. Whom one finds is another right: only people one sees."""
    return activities.can_check_people(by, activity)


def can_answer_invitation(by: Actor, invitation: Invitation) -> Decision:
    if isinstance(by, Person) and by.pk == invitation.person_id:
        return ALLOWED
    return deny(_("Only the person asked can answer."), who_can=_("The person asked"))


def can_take_back(by: Actor, refusal: SuggestionRefusal) -> Decision:
    if isinstance(by, Person) and by.pk == refusal.person_id:
        return ALLOWED
    return deny(_("Only the person themselves can change this."))


def can_choose(by: Actor, person: Person) -> Decision:
    """How somebody wants to be suggested things."""
    if isinstance(by, Person) and by.pk == person.pk:
        return ALLOWED
    return deny(_("Only the person themselves can change this."))


# Draws: the page is for everybody, holding them for those who run the activity.


def draws_visible_to(person: Person | None) -> QuerySet[Draw]:
    """Draws of activities the person works on."""
    if person is None:
        return Draw.objects.none()
    rows = Draw.objects.select_related("activity__host__territory", "activity__territory", "drawn_by")
    return rows.filter(activity__in=Activity.objects.filter(activities.worked_on_by(person)))


# Resources and packages: each body keeps its own list, the hub sees those of its ground and calculates; a project is made by whoever may lead it.


def resources_visible_to(person: Person | None) -> QuerySet[Resource]:
    """What the bodies one works for have to give; for the hub, what there is on its ground."""
    rows = Resource.objects.select_related("organization__territory", "territory", "skill")
    return rows.filter(scope(person, Right.SEE_WORK, territory="territory")) if person is not None else rows.none()


def can_keep_resources(by: Actor, organization: Organization) -> Decision:
    """Say what a body has to give: those who set up its projects."""
    return may(by, Right.MANAGE_PROJECTS, organization=organization)


def can_match(by: Actor, territory: Territory) -> Decision:
    """Calculate the packages of a place."""
    if isinstance(by, System) or needs.holds_on_ground(by, Right.TRIAGE_NEEDS, territory):
        return ALLOWED
    return deny(_("Only the hub calculates for the whole place."), who_can=_("The hub's manager for %(where)s") % {"where": territory})


def can_open_board(by: Actor) -> Decision:
    """Look at packages at all: those who set up projects."""
    if holds_anywhere(by, Right.MANAGE_PROJECTS):
        return ALLOWED
    return deny(_("Packages are for those who set up projects."), who_can=_("A manager of your organisation"))


def lead_for(by: Actor, *, need: Need, plan: Resource) -> Organization | None:
    """Who would lead a project made by this person: the body whose plan it is, who took the need over, else the person's own body."""
    possible = [plan.organization, need.claimed_by]
    if not isinstance(by, System):
        possible += list(organizations_with(by, Right.MANAGE_PROJECTS)[:1])
    return next((body for body in possible if body is not None and projects.can_create(by, body)), None)


def can_make_project(by: Actor, *, need: Need, plan: Resource) -> Decision:
    if lead_for(by, need=need, plan=plan) is None:
        return deny(_("You need the right to set up projects."), who_can=_("A manager of your organisation"))
    return needs.can_plan(by, need)


def can_ask(by: Actor, need: Need) -> Decision:
    """Ask bodies for the missing piece of a need: whoever takes care of it."""
    return needs.can_handle(by, need)
