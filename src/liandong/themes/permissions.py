"""Who reads which part of the themes, and who decides about them."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.needs.models import Need
from liandong.needs.permissions import grounds_of, holds_on_ground
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import grants_of, holds_anywhere
from liandong.themes.models import ServicePackage, Theme, ThemeMember

Actor = Person | System
HEIRS = ("merged_into", "merged_into__merged_into", "merged_into__merged_into__merged_into")


def on_ground(person: Actor | None, right: str = Right.SEE_WORK, *, path: str = "need__territory__path") -> Q:
    """Needs on the ground for which the person answers: a hub its place, a community its own part."""
    if isinstance(person, System):
        return Q()
    query = Q(pk__in=[])
    for ground in grounds_of(person, right):
        query |= Q(**{f"{path}__startswith": ground.path})
    return query


def members_visible_to(person: Person | None) -> QuerySet[ThemeMember]:
    """Members whose needs lie on the person's ground."""
    return ThemeMember.objects.filter(on_ground(person))


def visible_to(person: Person | None) -> QuerySet[Theme]:
    """Themes with a need on the person's ground. One that has ended holds no needs: who triages reads it when what it went into lies on their ground."""
    seen = Q(Exists(members_visible_to(person).filter(theme=OuterRef("pk"))))
    if holds_anywhere(person, Right.TRIAGE_NEEDS):
        for heir in HEIRS:
            seen |= ~Q(state=Theme.State.ACTIVE) & Q(Exists(members_visible_to(person).filter(theme=OuterRef(heir))))
    return Theme.objects.filter(seen)


def can_read(person: Person | None) -> Decision:
    """The board: hubs, communities and offices read what is asked on their ground."""
    if grounds_of(person, Right.SEE_WORK):
        return ALLOWED
    return deny(_("Themes are read by the hub and the communities."), who_can=_("A manager of your hub"))


def can_run(by: Actor) -> Decision:
    if isinstance(by, System) or holds_anywhere(by, Right.TRIAGE_NEEDS):
        return ALLOWED
    return deny(_("Only the hub calculates themes."), who_can=_("A manager of your hub"))


def can_decide(by: Actor, theme: Theme) -> Decision:
    """Join, split, rename, lock: whoever triages needs on the whole ground that the theme's needs lie on."""
    if isinstance(by, System):
        return ALLOWED
    if holds_anywhere(by, Right.TRIAGE_NEEDS):
        if not ThemeMember.objects.filter(theme=theme).exclude(on_ground(by, Right.TRIAGE_NEEDS)).exists():
            return ALLOWED
        return deny(_("This theme reaches beyond your place. Only the hub of the larger place decides."), who_can=_("The hub of the larger place"))
    return deny(_("Only the hub decides about themes."), who_can=_("A manager of your hub"))


def can_move(by: Actor, need: Need) -> Decision:
    if isinstance(by, System) or holds_on_ground(by, Right.TRIAGE_NEEDS, need.territory):
        return ALLOWED
    return deny(_("Only the hub decides about themes."), who_can=_("The hub's manager for %(where)s") % {"where": need.territory})


def can_keep_place(by: Actor, territory: Territory) -> Decision:
    """Populations and service packages of a place."""
    if isinstance(by, System) or holds_on_ground(by, Right.TRIAGE_NEEDS, territory):
        return ALLOWED
    return deny(_("Only the hub of the place keeps this."), who_can=_("The hub's manager for %(where)s") % {"where": territory})


def packages_visible_to(person: Person | None) -> QuerySet[ServicePackage]:
    """Active packages of the places around the bodies one works for; all of the ground one keeps."""
    around: set[int] = set()
    for grant in grants_of(person):
        place = grant.territory if grant.territory is not None else grant.organization.territory if grant.organization is not None else None
        if place is not None:
            around |= set(place.line_ids)
    return ServicePackage.objects.filter(Q(is_active=True, territory__in=around) | on_ground(person, Right.TRIAGE_NEEDS, path="territory__path"))


def packages_for(body: Organization) -> QuerySet[ServicePackage]:
    """Active packages that reach the body's place, whatever the segment."""
    around = body.territory.line_ids
    return ServicePackage.objects.filter(is_active=True, territory__in=around)
