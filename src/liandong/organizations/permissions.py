"""Rights: which role holds what, and on what. Everything else asks here."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right, Role, RoleGrant, Territory

_STAFF = {
    Right.SEE_WORK,
    Right.CLAIM_NEEDS,
    Right.MANAGE_PROJECTS,
    Right.MANAGE_ACTIVITIES,
    Right.CHECK_PEOPLE,
    Right.SEE_PEOPLE,
    Right.SEE_FIGURES,
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
RIGHTS_OF: dict[str, frozenset[str]] = {
    Role.HUB_MANAGER: frozenset(Right),
    Role.HUB_STAFF: frozenset(_MANAGER - {Right.GRANT_ROLES} | {Right.TRIAGE_NEEDS, Right.VET_ORGANIZATIONS}),
    Role.ORG_MANAGER: frozenset(_MANAGER),
    Role.ORG_STAFF: frozenset(_STAFF),
    Role.ACTIVITY_LEADER: frozenset({Right.SEE_WORK, Right.MANAGE_ACTIVITIES, Right.CHECK_PEOPLE}),
    Role.OBSERVER: frozenset({Right.SEE_WORK, Right.SEE_FIGURES}),
}


def grants_of(person: Person | None) -> list[RoleGrant]:
    """The grants in force today. Read once per person object: a request holds one."""
    if person is None:
        return []
    cached = getattr(person, "_grants_today", None)
    if cached is None:
        today = clock.today()
        cached = list(
            RoleGrant.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=today), person=person, from_date__lte=today)
            .select_related("organization__territory", "territory")
            .order_by("id")
        )
        person._grants_today = cached  # type: ignore[attr-defined]
    return cached


def holds(person: Person | None, right: str, *, organization: Organization | None = None, territory: Territory | None = None) -> bool:
    """Does the person hold the right on this organisation (or a territory around it), or on this territory?"""
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


def holds_anywhere(person: Person | None, right: str) -> bool:
    return any(right in RIGHTS_OF[grant.role] for grant in grants_of(person))


def is_hub_staff(person: Person | None) -> bool:
    """Somebody with a role on a territory: the hub's console is theirs."""
    return any(grant.territory_id is not None for grant in grants_of(person))


def may(person: Person | None, right: str, *, organization: Organization | None = None, territory: Territory | None = None) -> Decision:
    """The usual body of a `can_*`: the right, or a denial that says who can grant it."""
    if holds(person, right, organization=organization, territory=territory):
        return ALLOWED
    where = organization or territory
    return deny(
        _("You need the right “%(right)s” for %(where)s.") % {"right": Right(right).label, "where": where},
        who_can=_("A manager of %(where)s can grant it.") % {"where": where},
    )


def scope(person: Person | None, right: str, *, organization: str = "organization", territory: str | None = None) -> Q:
    """A filter for rows the person holds the right on. `organization` is the path to the organisation, `territory` the path to a territory of the row itself."""
    query = Q(pk__in=[])
    for grant in grants_of(person):
        if right not in RIGHTS_OF[grant.role]:
            continue
        if grant.organization_id is not None:
            if organization:
                query |= Q(**{f"{organization}": grant.organization_id})
        elif grant.territory is not None:
            if organization:
                query |= Q(**{f"{organization}__territory__path__startswith": grant.territory.path})
            if territory:
                query |= Q(**{f"{territory}__path__startswith": grant.territory.path})
    return query


def organizations_with(person: Person | None, right: str) -> "Iterable[Organization]":
    """The active organisations on which the person holds the right, by name."""
    query = Q(pk__in=[])
    for grant in grants_of(person):
        if right in RIGHTS_OF[grant.role]:
            if grant.organization_id is not None:
                query |= Q(pk=grant.organization_id)
            elif grant.territory is not None:
                query |= Q(territory__path__startswith=grant.territory.path)
    return Organization.objects.filter(query, state=Organization.State.ACTIVE).select_related("territory").order_by("pinyin", "id")
