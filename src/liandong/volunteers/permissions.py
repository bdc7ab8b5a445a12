"""Who sees volunteers, and who keeps teams. A volunteer sees and changes their own; a body sees its own slice; a hub the people of its territory."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import RIGHTS_OF, Actor, grants_of, holds, in_force, may, scope
from liandong.volunteers.models import Team, TeamMembership, VolunteerProfile


def visible_to(by: Actor, right: str = Right.SEE_PEOPLE) -> QuerySet[VolunteerProfile]:
    """Volunteers who live in a territory on which the right is held, belong to a body of it, or stand in one of its teams."""
    if isinstance(by, System):
        return VolunteerProfile.objects.all()
    if not any(right in RIGHTS_OF[grant.role] for grant in grants_of(by)):
        return VolunteerProfile.objects.none()
    lives = scope(by, right, organization="", territory="residence")
    belongs = Membership.objects.filter(scope(by, right), in_force()).values("person")
    stands = TeamMembership.objects.filter(scope(by, right, organization="team__organization", territory="team__territory"), in_force()).values(
        "person"
    )
    return VolunteerProfile.objects.filter(lives | Q(person__in=belongs.union(stands)), person__merged_into__isnull=True)


def people_visible_to(by: Actor, right: str = Right.SEE_PEOPLE) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=visible_to(by, right).values("person"))


def can_see(by: Actor, profile: VolunteerProfile) -> Decision:
    if isinstance(by, Person) and by.pk == profile.person_id:
        return ALLOWED
    return ALLOWED if visible_to(by).filter(pk=profile.pk).exists() else deny("")


def can_reveal(by: Actor, profile: VolunteerProfile) -> Decision:
    """A full value of a volunteer: with the right where they live, belong or stand."""
    if isinstance(by, System) or visible_to(by, Right.REVEAL_PERSONAL).filter(pk=profile.pk).exists():
        return ALLOWED
    return deny(_("You need the right “%(right)s”.") % {"right": Right.REVEAL_PERSONAL.label}, who_can=_("A manager of your organisation"))


def can_register(by: Actor, person: Person) -> Decision:
    """Oneself, or with the right to register people somewhere the person belongs."""
    if isinstance(by, System) or (isinstance(by, Person) and by.pk == person.pk):
        return ALLOWED
    belongs = Membership.objects.filter(scope(by, Right.MANAGE_PEOPLE), in_force(), person=person)
    if belongs.exists() or visible_to(by, Right.MANAGE_PEOPLE).filter(person=person).exists():
        return ALLOWED
    return deny(_("You need the right “%(right)s”.") % {"right": Right.MANAGE_PEOPLE.label}, who_can=_("A manager of your organisation"))


def can_create_team(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.MANAGE_TEAMS, organization=organization)


def can_manage_team(by: Actor, team: Team) -> Decision:
    """The leader, and who keeps the teams of the body or place."""
    if isinstance(by, Person) and team.leader_id == by.pk:
        return ALLOWED
    if holds(by, Right.MANAGE_TEAMS, organization=team.organization) or holds(by, Right.MANAGE_TEAMS, territory=team.territory):
        return ALLOWED
    return deny(
        _("You need the right “%(right)s”.") % {"right": Right.MANAGE_TEAMS.label},
        who_can=_("The leader of the team or a manager of its organisation"),
    )


def can_appoint_leader(by: Actor, team: Team) -> Decision:
    """Not the leader alone: the body decides."""
    if holds(by, Right.MANAGE_TEAMS, organization=team.organization) or holds(by, Right.MANAGE_TEAMS, territory=team.territory):
        return ALLOWED
    return deny(
        _("You need the right “%(right)s”.") % {"right": Right.MANAGE_TEAMS.label}, who_can=_("A manager of %(where)s") % {"where": team.organization}
    )


def can_join(by: Actor, team: Team, person: Person) -> Decision:
    """Anybody for themselves; others through who keeps the team, and only people they see."""
    if isinstance(by, System) or (isinstance(by, Person) and by.pk == person.pk):
        return ALLOWED
    decision = can_manage_team(by, team)
    if not decision:
        return decision
    seen = Q(pk=person.pk)
    knows = visible_to(by).filter(person=person).exists() or Person.objects.filter(seen, Exists(_belongs_where(by))).exists()
    return ALLOWED if knows else deny(_("You can add people of your own organisation only."))


def _belongs_where(by: Actor) -> QuerySet[Membership]:
    return Membership.objects.filter(scope(by, Right.SEE_PEOPLE), in_force(), person=OuterRef("pk"))


def can_leave(by: Actor, team: Team, person: Person) -> Decision:
    if isinstance(by, System) or (isinstance(by, Person) and by.pk == person.pk):
        return ALLOWED
    return can_manage_team(by, team)


def can_see_members(by: Actor, team: Team) -> Decision:
    """Members see one another's masked names; so do those who keep the team."""
    if isinstance(by, Person) and TeamMembership.objects.filter(in_force(), team=team, person=by).exists():
        return ALLOWED
    if holds(by, Right.SEE_PEOPLE, organization=team.organization) or holds(by, Right.SEE_PEOPLE, territory=team.territory):
        return ALLOWED
    return can_manage_team(by, team)
