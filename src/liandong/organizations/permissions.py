"""Rights: which role holds what, and on what. Everything else asks here."""

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Membership, Organization, Right, Role, RoleGrant, Territory

_STAFF = {
    Right.SEE_WORK,
    Right.CLAIM_NEEDS,
    Right.MANAGE_PROJECTS,
    Right.MANAGE_ACTIVITIES,
    Right.CHECK_PEOPLE,
    Right.SEE_PEOPLE,
    Right.SEE_FIGURES,
    Right.KEEP_VENUES,
}
_MANAGER = _STAFF | {
    Right.SIGN_COMPACT,
    Right.CONFIRM_SERVICE,
    Right.REVEAL_PERSONAL,
    Right.MANAGE_PEOPLE,
    Right.MANAGE_TEAMS,
    Right.IMPORT,
    Right.EXPORT,
    Right.EDIT_ORGANIZATION,
    Right.GRANT_ROLES,
}
ON_TERRITORY = {Role.HUB_MANAGER, Role.HUB_STAFF}
RIGHTS_OF: dict[str, frozenset[str]] = {
    Role.HUB_MANAGER: frozenset(Right),
    Role.HUB_STAFF: frozenset(_MANAGER - {Right.GRANT_ROLES} | {Right.TRIAGE_NEEDS, Right.VET_ORGANIZATIONS}),
    Role.ORG_MANAGER: frozenset(_MANAGER),
    Role.ORG_STAFF: frozenset(_STAFF),
    Role.ACTIVITY_LEADER: frozenset({Right.SEE_WORK, Right.MANAGE_ACTIVITIES, Right.CHECK_PEOPLE}),
    Role.OBSERVER: frozenset({Right.SEE_WORK, Right.SEE_FIGURES}),
}


Actor = Person | System | None


def in_force() -> Q:
    """Rows with `from_date` and `to_date` that hold today; an empty end is none."""
    today = clock.today()
    return Q(to_date__isnull=True) | Q(to_date__gte=today)


def grants_of(person: Actor) -> list[RoleGrant]:
    """The grants in force today. Read once per person object: a request holds one. A system actor holds none: it needs none."""
    if person is None or isinstance(person, System):
        return []
    cached = getattr(person, "_grants_today", None)
    if cached is None:
        cached = list(
            RoleGrant.objects.filter(in_force(), person=person, from_date__lte=clock.today())
            .select_related("organization__territory", "territory")
            .order_by("id")
        )
        person._grants_today = cached  # type: ignore[attr-defined]
    return cached


def forget_grants(person: Actor) -> None:
    """After a change of grants: read them again."""
    if isinstance(person, Person):
        person.__dict__.pop("_grants_today", None)


def holds(person: Actor, right: str, *, organization: Organization | None = None, territory: Territory | None = None) -> bool:
    """Does the person hold the right on this organisation (or a territory around it), or on this territory? Named parts of Liandong may do everything."""
    if isinstance(person, System):
        return True
    for grant in grants_of(person):
        if right not in RIGHTS_OF[grant.role]:
            continue
        if grant.organization_id is not None:
            if organization is not None and organization.pk == grant.organization_id:
                return True
        elif grant.territory is not None:
            if grant.territory.holds(territory) or (organization is not None and grant.territory.holds(organization.territory)):
                return True
    return False


def holds_anywhere(person: Actor, right: str) -> bool:
    return isinstance(person, System) or any(right in RIGHTS_OF[grant.role] for grant in grants_of(person))


def works(person: Actor) -> bool:
    """Somebody who works in some body or hub: pages have their desk around them."""
    return holds_anywhere(person, Right.SEE_WORK)


def is_hub_staff(person: Actor) -> bool:
    """Somebody with a role on a territory: the hub's console is theirs."""
    return any(grant.territory_id is not None for grant in grants_of(person))


def may(person: Actor, right: str, *, organization: Organization | None = None, territory: Territory | None = None) -> Decision:
    """The usual body of a `can_*`: the right, or a denial that says who can grant it."""
    if holds(person, right, organization=organization, territory=territory):
        return ALLOWED
    where = organization or territory
    return deny(
        _("You need the right “%(right)s” for %(where)s.") % {"right": Right(right).label, "where": where},
        who_can=_("A manager of %(where)s") % {"where": where},
    )


def may_anywhere(person: Actor, right: str) -> Decision:
    """For pages that show whatever the right reaches: held somewhere, or a denial."""
    if holds_anywhere(person, right):
        return ALLOWED
    return deny(_("You need the right “%(right)s”.") % {"right": Right(right).label}, who_can=_("A manager of your organisation"))


def scope(person: Actor, right: str, *, organization: str = "organization", territory: str | None = None) -> Q:
    """A filter for rows the person holds the right on.

    `organization` is the path to the organisation ("pk" when the row is one), `territory` the path to a territory of the row itself.
    """
    prefix = "" if organization == "pk" else f"{organization}__"
    if isinstance(person, System):
        return Q()
    query = Q(pk__in=[])
    for grant in grants_of(person):
        if right not in RIGHTS_OF[grant.role]:
            continue
        if grant.organization_id is not None:
            if organization:
                query |= Q(**{f"{organization}": grant.organization_id})
        elif grant.territory is not None:
            if organization:
                query |= Q(**{f"{prefix}territory__path__startswith": grant.territory.path})
            if territory:
                query |= Q(**{f"{territory}__path__startswith": grant.territory.path})
    return query


def organizations_with(person: Actor, right: str) -> QuerySet[Organization]:
    """The active organisations on which the person holds the right: those where they work first, then by name."""
    query = Q() if isinstance(person, System) else Q(pk__in=[])
    own = Q(pk__in=[])
    for grant in grants_of(person):
        if right in RIGHTS_OF[grant.role]:
            if grant.organization_id is not None:
                query |= Q(pk=grant.organization_id)
                own |= Q(pk=grant.organization_id)
            elif grant.territory is not None:
                query |= Q(territory__path__startswith=grant.territory.path)
    if not isinstance(person, System):
        own |= Q(Exists(Membership.objects.filter(in_force(), person=person, organization=OuterRef("pk"), kind=Membership.Kind.STAFF)))
    found = Organization.objects.filter(query, state=Organization.State.ACTIVE).select_related("territory")
    return found.order_by(Case(When(own, then=0), default=1), "pinyin", "id")


# What each verb of this app asks. A body that is not active is seen only by those who work on it.


def visible_to(person: Actor) -> QuerySet[Organization]:
    """Active bodies are public; the others are seen by those who may edit or admit them."""
    open_to_all = Q(state=Organization.State.ACTIVE)
    if person is None or not (holds_anywhere(person, Right.EDIT_ORGANIZATION) or holds_anywhere(person, Right.VET_ORGANIZATIONS)):
        return Organization.objects.filter(open_to_all)
    mine = scope(person, Right.EDIT_ORGANIZATION, organization="pk") | scope(person, Right.VET_ORGANIZATIONS, organization="pk")
    return Organization.objects.filter(open_to_all | mine)


def worked_in_by(person: Actor, right: str) -> QuerySet[Organization]:
    """The bodies on which the person holds the right, whatever their state: what does not stand here does not exist for them."""
    return Organization.objects.filter(scope(person, right, organization="pk"))


def places_with(person: Actor, right: str) -> QuerySet[Territory]:
    """The places in use on which the right is held, with all inside them."""
    query = Q() if isinstance(person, System) else Q(pk__in=[])
    for grant in grants_of(person):
        if grant.territory is not None and right in RIGHTS_OF[grant.role]:
            query |= Q(path__startswith=grant.territory.path)
    return Territory.objects.filter(query, in_force())


def people_visible_to(person: Actor, right: str = Right.SEE_PEOPLE) -> QuerySet[Person]:
    """People who belong today to a body on which the right is held. Each body sees only its own slice."""
    belongs = Membership.objects.filter(scope(person, right), in_force(), person=OuterRef("pk"))
    return Person.objects.filter(Exists(belongs), merged_into__isnull=True)


def doubles_of(person: Person, by: Actor, *, limit: int = 10) -> list[Person]:
    """Who may be the same: by name or by mobile number among the people one keeps, those with both first."""
    same = Q(name=person.name)
    if person.phone:
        same |= Q(phone=person.phone)
    rows = list(people_visible_to(by, Right.MANAGE_PEOPLE).filter(same, erased_at__isnull=True).exclude(pk=person.pk).order_by("pk")[: 10 * limit])
    known = ("name", "phone", "birth_date")
    rows.sort(key=lambda other: -sum(bool(getattr(person, field)) and getattr(other, field) == getattr(person, field) for field in known))
    return rows[:limit]


def can_see_people(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.SEE_PEOPLE, organization=organization)


def can_create_organization(by: Actor, territory: Territory) -> Decision:
    return may(by, Right.VET_ORGANIZATIONS, territory=territory)


def can_edit_organization(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.EDIT_ORGANIZATION, organization=organization)


def can_change_state(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.VET_ORGANIZATIONS, territory=organization.territory)


def can_register_person(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.MANAGE_PEOPLE, organization=organization)


def can_keep_memberships(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.MANAGE_PEOPLE, organization=organization)


def can_reveal(by: Actor, person: Person) -> Decision:
    """One's own, or with the right on a body the person belongs to."""
    if isinstance(by, Person) and by.pk == person.pk:
        return ALLOWED
    if isinstance(by, System) or people_visible_to(by, Right.REVEAL_PERSONAL).filter(pk=person.pk).exists():
        return ALLOWED
    return deny(_("You need the right “%(right)s”.") % {"right": Right.REVEAL_PERSONAL.label}, who_can=_("A manager of your organisation"))


def can_see_roles(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.GRANT_ROLES, organization=organization)


def can_grant(by: Actor, role: str, *, organization: Organization | None = None, territory: Territory | None = None) -> Decision:
    """With the right to grant on this body or place, and never more than one holds there oneself."""
    decision = may(by, Right.GRANT_ROLES, organization=organization, territory=territory)
    if not decision:
        return decision
    if (role in ON_TERRITORY) != (territory is not None) and role != Role.OBSERVER:
        return deny(_("This role is not given there."))
    if not all(holds(by, right, organization=organization, territory=territory) for right in RIGHTS_OF[role]):
        return deny(_("Nobody can grant more than they hold themselves."), who_can=_("Somebody who holds this role"))
    return ALLOWED


def can_keep_territories(by: Actor, territory: Territory) -> Decision:
    return may(by, Right.KEEP_TERRITORIES, territory=territory)


def can_look_for_doubles(by: Person) -> Decision:
    if is_hub_staff(by) and holds_anywhere(by, Right.MANAGE_PEOPLE):
        return ALLOWED
    return deny(_("Only the hub joins two entries of one person."), who_can=_("A manager of your hub"))


def can_merge(by: Actor, person: Person, into: Person) -> Decision:
    """Somebody who sees both at a hub, is neither, and could give every role the two hold: an account moves to the other entry's roles, or roles to its account."""
    both = people_visible_to(by, Right.MANAGE_PEOPLE).filter(pk__in=[person.pk, into.pk]).count() == 2
    if not isinstance(by, System) and not (both and is_hub_staff(by)):
        return deny(_("Only the hub joins two entries of one person."), who_can=_("A manager of your hub"))
    if by in (person, into):
        return deny(_("Nobody joins their own entry: hours and points would come to the one who decides."), who_can=_("Somebody else at the hub"))
    held = RoleGrant.objects.filter(in_force(), person__in=[person, into]).select_related("organization__territory", "territory").order_by("id")
    answers = (can_grant(by, grant.role, organization=grant.organization, territory=grant.territory) for grant in held)
    return next((answer for answer in answers if not answer), ALLOWED)


def can_keep_calendar(by: Actor) -> Decision:
    """Working days hold for the whole site: a hub's manager enters them."""
    return may_anywhere(by, Right.KEEP_TERRITORIES)
