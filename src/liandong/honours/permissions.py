"""Who sets stars and awards, who proposes, endorses, reviews and grants, who sees what.

The hub keeps recognition: whoever may confirm service on the territory. What matters for many takes two of them, never the same one, never the one it is for.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.honours.models import Award, Honour, Nomination, StarGrant, StarRule, ThanksNote, ThanksReceipt
from liandong.needs.models import Need
from liandong.organizations.models import Membership, Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of, holds, holds_anywhere, in_force, may, organizations_with, places_with, scope
from liandong.points.queries import are_family
from liandong.volunteers.models import TeamMembership, VolunteerProfile
from liandong.volunteers.queries import home_of

Actor = Person | System
RIGHT = Right.CONFIRM_SERVICE
HUB = _("A colleague at the hub")


def keeps_anywhere(person: Actor) -> bool:
    """Keeps recognition on some territory."""
    return isinstance(person, System) or any(grant.territory_id is not None and RIGHT in RIGHTS_OF[grant.role] for grant in grants_of(person))


def _keeps(by: Actor, territory: Territory | None) -> Decision:
    if isinstance(by, System):
        return ALLOWED
    if territory is None:
        return ALLOWED if keeps_anywhere(by) else deny(_("Only a hub keeps stars and awards."), who_can=HUB)
    return may(by, RIGHT, territory=territory)


def places_kept(person: Actor) -> QuerySet[Territory]:
    """Where the person may set rule sets and awards: districts and streets."""
    return places_with(person, RIGHT).filter(level__in=[Territory.Level.CITY, Territory.Level.DISTRICT, Territory.Level.STREET]).order_by("path")


# Stars


def can_keep_rules(by: Actor, territory: Territory | None) -> Decision:
    return _keeps(by, territory)


def can_decide_rule(by: Actor, rule: StarRule) -> Decision:
    """A second person of the hub."""
    if isinstance(by, Person) and by.pk == rule.proposed_by_id:
        return deny(_("Somebody else has to agree: two people decide this."), who_can=HUB)
    return _keeps(by, rule.territory)


# Awards


def awards_visible_to(person: Actor | None) -> QuerySet[Award]:
    """Members see all that was not called off; those who keep them see everything of theirs."""
    if person is None:
        return Award.objects.none()
    shown = ~Q(state=Award.State.CANCELLED)
    return Award.objects.filter(shown | scope(person, RIGHT, organization="", territory="territory"))


def can_create_award(by: Actor, territory: Territory) -> Decision:
    return _keeps(by, territory)


def can_keep_award(by: Actor, award: Award) -> Decision:
    return _keeps(by, award.territory)


def can_ask_to_grant(by: Actor, award: Award) -> Decision:
    """The first of two: not one of those on the list."""
    if isinstance(by, Person) and award.nominations.filter(state=Nomination.State.CHOSEN, person=by).exists():
        return deny(_("You are on this list yourself."), who_can=HUB)
    return can_keep_award(by, award)


def can_grant(by: Actor, award: Award) -> Decision:
    """The second of two: not the one who asked for it, not one of those on the list."""
    if isinstance(by, Person) and by.pk == award.asked_by_id:
        return deny(_("Somebody else has to agree: two people decide this."), who_can=HUB)
    return can_ask_to_grant(by, award)


def nominations_visible_to(person: Actor | None) -> QuerySet[Nomination]:
    """One's own, those one has proposed, those of bodies one works for, those one may endorse or review."""
    if person is None:
        return Nomination.objects.none()
    query = scope(person, RIGHT, organization="", territory="award__territory")
    if isinstance(person, Person):
        mine = _bodies_of(person)
        query |= Q(person=person) | Q(proposed_by=person) | Q(team__leader=person) | Q(proposed_for__in=mine) | Q(organization__in=mine)
        query |= near(person)
    return Nomination.objects.filter(query)


def _bodies_of(person: Person) -> list[int]:
    """The bodies the person works for; not all those of a hub's ground."""
    return [grant.organization_id for grant in grants_of(person) if grant.organization_id and Right.SEE_WORK in RIGHTS_OF[grant.role]]


def near(person: Person) -> Q:
    """Nominations of the ground of communities one speaks for."""
    query = Q(pk__in=[])
    for body in communities_of(person):
        path = body.territory.path
        lives = VolunteerProfile.objects.filter(person=OuterRef("person"), residence__path__startswith=path)
        query |= Q(Exists(lives)) | Q(team__territory__path__startswith=path) | Q(organization__territory__path__startswith=path)
    return query


def communities_of(person: Actor) -> list[Organization]:
    """Communities whose word the person may give."""
    if isinstance(person, System):
        return []
    return [
        grant.organization
        for grant in grants_of(person)
        if grant.organization is not None and grant.organization.kind == Organization.Kind.COMMUNITY and RIGHT in RIGHTS_OF[grant.role]
    ]


def communities_around(place: Territory | None) -> QuerySet[Organization]:
    """The communities responsible for a place."""
    around = place.line_ids if place is not None else []
    return Organization.objects.filter(kind=Organization.Kind.COMMUNITY, state=Organization.State.ACTIVE, territory__in=around).order_by("pk")


def place_of(nomination: Nomination) -> Territory | None:
    """Where the one proposed is at home."""
    if nomination.person is not None:
        return home_of(nomination.person)
    thing = nomination.team or nomination.organization
    return thing.territory if thing is not None else None


def can_endorse(by: Actor, nomination: Nomination) -> Decision:
    """The community where they are at home; never the one who proposed, never oneself. Where no community is responsible, the hub."""
    if isinstance(by, System):
        return ALLOWED
    if by.pk in (nomination.proposed_by_id, nomination.person_id):
        return deny(_("Somebody else has to endorse it."), who_can=_("The community"))
    place = place_of(nomination)
    if any(body.territory.holds(place) for body in communities_of(by)):
        return ALLOWED
    if holds(by, RIGHT, territory=nomination.award.territory) and not communities_around(place).exists():
        return ALLOWED
    return deny(_("The community where they are at home endorses them."), who_can=_("The community"))


def can_withdraw_nomination(by: Actor, nomination: Nomination) -> Decision:
    """Who proposed takes it back."""
    if isinstance(by, System) or by.pk == nomination.proposed_by_id:
        return ALLOWED
    return deny(_("Only the one who proposed can take it back."))


def can_decline(by: Actor, nomination: Nomination) -> Decision:
    """Nobody is honoured who does not want to be."""
    if isinstance(by, System) or speaks_for(by, nomination):
        return ALLOWED
    return deny(_("Only the one it is about can say that."))


def speaks_for(by: Actor, subject: Nomination | Honour) -> bool:
    """Oneself, the leader of the team, a manager of the body."""
    if isinstance(by, System):
        return True
    if subject.person_id is not None:
        return by.pk == subject.person_id
    if subject.team is not None:
        return by.pk == subject.team.leader_id or holds(by, Right.MANAGE_TEAMS, organization=subject.team.organization)
    return subject.organization is not None and any(
        grant.organization_id == subject.organization_id and Right.EDIT_ORGANIZATION in RIGHTS_OF[grant.role] for grant in grants_of(by)
    )


def is_too_close(by: Person, nomination: Nomination) -> bool:
    """Conflict of interest: the one proposed, the one who proposes, family, the same team, the same body."""
    if by.pk in (nomination.person_id, nomination.proposed_by_id):
        return True
    if nomination.person is not None:
        who = nomination.person
        if who.guardian_id == by.pk or by.guardian_id == who.pk or are_family(by, who):
            return True
        own_teams = TeamMembership.objects.filter(in_force(), person=by).values("team")
        if TeamMembership.objects.filter(in_force(), person=who, team__in=own_teams).exists():
            return True
        own_bodies = Membership.objects.filter(in_force(), person=by, kind__in=["employee", "staff"]).values("organization")
        return Membership.objects.filter(in_force(), person=who, kind__in=["employee", "staff"], organization__in=own_bodies).exists()
    if nomination.team is not None:
        return nomination.team.leader_id == by.pk or TeamMembership.objects.filter(in_force(), person=by, team=nomination.team_id).exists()
    return Membership.objects.filter(in_force(), person=by, organization=nomination.organization_id).exists() or any(
        grant.organization_id == nomination.organization_id for grant in grants_of(by)
    )


def can_review(by: Actor, nomination: Nomination) -> Decision:
    """Hub people; who is too close says so and gives no score."""
    decision = _keeps(by, nomination.award.territory)
    if decision and isinstance(by, Person) and is_too_close(by, nomination):
        return deny(_("You are too close to this nomination to judge it. Your colleagues review it."), who_can=HUB)
    return decision


def bodies_to_propose_for(person: Person) -> QuerySet[Organization]:
    return organizations_with(person, Right.SIGN_COMPACT)


def can_withdraw_honour(by: Actor, honour: Honour) -> Decision:
    """Two of the hub: one asks, another decides."""
    if isinstance(by, Person) and (by.pk == honour.person_id or (honour.asked_by_id is not None and by.pk == honour.asked_by_id)):
        return deny(_("Somebody else has to agree: two people decide this."), who_can=HUB)
    return _keeps(by, honour.award.territory)


def honours_visible_to(person: Actor | None) -> QuerySet[Honour]:
    """One's own, one's team's, one's body's, and those of one's hub."""
    if person is None:
        return Honour.objects.none()
    query = scope(person, RIGHT, organization="", territory="award__territory")
    if isinstance(person, Person):
        mine = _bodies_of(person)
        query |= Q(person=person) | Q(organization__in=mine) | Q(team__leader=person) | Q(team__organization__in=mine)
    return Honour.objects.filter(query)


# The wall


def can_show(by: Actor, thing: Honour | StarGrant) -> Decision:
    """Only by the word of the one it is about."""
    allowed = speaks_for(by, thing) if isinstance(thing, Honour) else isinstance(by, System) or by.pk == thing.person_id
    return ALLOWED if allowed else deny(_("Only the one it is about can say that."))


# Thanks


def served_at(person: Person) -> QuerySet[Activity]:
    """Activities at which the person was served and seen."""
    came = Attendance.objects.filter(
        sign_up__shift__activity=OuterRef("pk"), sign_up__person=person, sign_up__position__kind=Position.Kind.PARTICIPANT, sign_up__state="confirmed"
    )
    return Activity.objects.filter(Exists(came))


def needs_served(person: Person) -> QuerySet[Need]:
    return Need.objects.filter(asker=person, state__in=[Need.State.DONE, Need.State.CONFIRMED])


def can_thank_for(by: Actor, activity: Activity) -> Decision:
    """Staff write down what somebody without a phone said."""
    return ALLOWED if isinstance(by, System) else may(by, Right.CHECK_PEOPLE, organization=activity.host)


def thanks_to_read(person: Actor) -> QuerySet[ThanksNote]:
    """Thanks to be read first: of activities of one's body, and all of one's hub. Never with a writer."""
    if not holds_anywhere(person, RIGHT):
        return ThanksNote.objects.none()
    of_activity = scope(person, RIGHT, organization="activity__host", territory="activity__territory")
    return ThanksNote.objects.filter(of_activity | scope(person, RIGHT, organization="", territory="need__territory"))


def can_decide_thanks(by: Actor, note: ThanksNote) -> Decision:
    if isinstance(by, System) or thanks_to_read(by).filter(pk=note.pk).exists():
        return ALLOWED
    return deny(_("You need the right “%(right)s”.") % {"right": RIGHT.label}, who_can=_("A manager of your organisation"))


def receipts_of(person: Person) -> QuerySet[ThanksReceipt]:
    return ThanksReceipt.objects.filter(person=person)


# Pressed or not


def can_see_pressure(by: Actor) -> Decision:
    return ALLOWED if keeps_anywhere(by) else deny(_("Only a hub sees these counts."), who_can=HUB)
