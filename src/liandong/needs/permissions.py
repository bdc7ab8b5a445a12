"""Who may see a need, and who may do what with it."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.needs.models import Introduction, Need
from liandong.organizations.models import Organization, Right, RoleGrant, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of, holds, holds_anywhere, scope

Actor = Person | System

# Bodies that answer for everything asked on their ground, not only for what they took over.
GROUND_KINDS = (Organization.Kind.COMMUNITY, Organization.Kind.HUB, Organization.Kind.GOVERNMENT)


def grounds_of(person: Person | None, right: str) -> list[Territory]:
    """The territories on which the person holds the right: by a grant on the territory, or on the community, hub or office that answers for it."""
    return [ground for grant in grants_of(person) if right in RIGHTS_OF[grant.role] and (ground := _ground_of(grant)) is not None]


def _ground_of(grant: RoleGrant) -> Territory | None:
    if grant.organization is None:
        return grant.territory
    return grant.organization.territory if grant.organization.kind in GROUND_KINDS else None


def holds_on_ground(person: Person | None, right: str, territory: Territory) -> bool:
    return any(ground.holds(territory) for ground in grounds_of(person, right))


def in_scope(person: Person | None, right: str = Right.SEE_WORK) -> Q:
    """Needs on the person's ground, taken over by or asked by a body on which the person holds the right."""
    query = scope(person, right, organization="claimed_by") | scope(person, right, organization="asker_organization")
    for ground in grounds_of(person, right):
        query |= Q(territory__path__startswith=ground.path)
    return query


def visible_to(person: Person | None) -> QuerySet[Need]:
    """Needs the person may see in full: asked or written down by them, or in the scope of their work."""
    if person is None:
        return Need.objects.none()
    return Need.objects.filter(Q(asker=person) | Q(submitted_by=person) | in_scope(person))


def readable_by(person: Person | None) -> QuerySet[Need]:
    """Needs whose page the person may open: those above, and every public one (without names and contact)."""
    if person is None:
        return Need.objects.filter(is_public=True)
    return Need.objects.filter(Q(is_public=True) | Q(asker=person) | Q(submitted_by=person) | in_scope(person))


def sees_in_full(person: Person | None, need: Need) -> bool:
    """Who asked, how to reach them and exactly where. Of a wish only the asking side, and staff of the ground who look at needs."""
    if is_asking_side(person, need):
        return True
    return works_on(person, need) and (not need.is_wish or holds_on_ground(person, Right.CLAIM_NEEDS, need.territory))


def works_on(person: Person | None, need: Need) -> bool:
    """The need is in the scope of the person's work."""
    if holds_on_ground(person, Right.SEE_WORK, need.territory):
        return True
    bodies = (need.claimed_by, need.asker_organization)
    return any(body is not None and holds(person, Right.SEE_WORK, organization=body) for body in bodies)


def is_asking_side(person: Person | None, need: Need) -> bool:
    """The asker, whoever wrote it down for them, or staff of the body that asks."""
    if person is None:
        return False
    if person.pk in (need.asker_id, need.submitted_by_id):
        return True
    return need.asker_organization is not None and holds(person, Right.SEE_WORK, organization=need.asker_organization)


def can_submit(by: Actor, organization: Organization | None = None, *, agreed: bool = False) -> Decision:
    """Anybody may ask for themselves or for a person who agreed; in the name of a body only its staff, or with its word (`agreed`) who takes needs over anywhere."""
    if isinstance(by, System) or organization is None or holds(by, Right.SEE_WORK, organization=organization):
        return ALLOWED
    if agreed and holds_anywhere(by, Right.CLAIM_NEEDS):
        return ALLOWED
    return deny(
        _("Only staff of %(organization)s can ask in its name.") % {"organization": organization},
        who_can=_("A manager of %(where)s") % {"where": organization},
    )


def can_triage(by: Actor, need: Need) -> Decision:
    if isinstance(by, System) or holds_on_ground(by, Right.TRIAGE_NEEDS, need.territory):
        return ALLOWED
    return deny(_("Only the hub can triage needs."), who_can=_("The hub's manager for %(where)s") % {"where": need.territory})


def can_claim(by: Actor, need: Need, organization: Organization) -> Decision:
    """Staff who may claim for the body, when the need is public or on their own ground."""
    if isinstance(by, System):
        return ALLOWED
    if not holds(by, Right.CLAIM_NEEDS, organization=organization):
        return deny(
            _("You cannot take over needs for %(organization)s.") % {"organization": organization},
            who_can=_("A manager of %(where)s") % {"where": organization},
        )
    if need.is_public or works_on(by, need):
        return ALLOWED
    return deny(_("This need is not public. Ask the hub to hand it to you."))


def can_handle(by: Actor, need: Need) -> Decision:
    """Answer, match, join, decline, finish: the body that took it over; the hub; the community while nobody has taken it over."""
    if isinstance(by, System) or holds_on_ground(by, Right.TRIAGE_NEEDS, need.territory):
        return ALLOWED
    if need.claimed_by is not None:
        if holds(by, Right.CLAIM_NEEDS, organization=need.claimed_by):
            return ALLOWED
        return deny(
            _("%(organization)s has taken this need over.") % {"organization": need.claimed_by},
            who_can=_("A manager of %(where)s") % {"where": need.claimed_by},
        )
    if holds_on_ground(by, Right.CLAIM_NEEDS, need.territory):
        return ALLOWED
    return deny(_("Take the need over for your organisation first."), who_can=_("The hub's manager for %(where)s") % {"where": need.territory})


can_answer = can_match = can_decline = can_merge = can_handle


def can_release(by: Actor, need: Need) -> Decision:
    return can_handle(by, need)


def can_plan(by: Actor, need: Need) -> Decision:
    """Called by the projects' verbs, which ask for the right on the leading body. What a body has taken over is planned with those of the same street only."""
    if need.claimed_by is None or isinstance(by, System) or works_on(by, need) or _is_of_the_street(by, need.territory):
        return can_unplan(by, need)
    return deny(
        _("%(organization)s has taken this need over.") % {"organization": need.claimed_by},
        who_can=_("A manager of %(where)s") % {"where": need.claimed_by},
    )


def _is_of_the_street(by: Person, place: Territory) -> bool:
    """The person runs projects of a body in the street of this place."""
    street = Territory.objects.filter(pk__in=place.line_ids, level=Territory.Level.STREET).first() or place
    return any(
        street.holds(grant.organization.territory if grant.organization else grant.territory)
        for grant in grants_of(by)
        if Right.MANAGE_PROJECTS in RIGHTS_OF[grant.role]
    )


def can_unplan(by: Actor, need: Need) -> Decision:
    """Called by the verb that calls the project off, which asks for the right on the leading body."""
    if isinstance(by, System) or need.is_public or works_on(by, need):
        return ALLOWED
    return deny(_("This need is not public. Ask the hub to hand it to you."))


def can_finish(by: Actor, need: Need) -> Decision:
    """Whoever handles it; a need in a project is finished with the project, whose verb asks for the right on the leading body."""
    return can_handle(by, need)


def can_withdraw(by: Actor, need: Need) -> Decision:
    if isinstance(by, System) or is_asking_side(by, need):
        return ALLOWED
    return deny(_("Only the person who asked can take a need back."))


def can_confirm(by: Actor, need: Need) -> Decision:
    if isinstance(by, System) or is_asking_side(by, need):
        return ALLOWED
    return deny(_("Only the person who asked can say whether it is done."))


def can_object(by: Actor, need: Need) -> Decision:
    """Anybody on the asking side; staff who see the need in full may also say that a step is wrong."""
    if isinstance(by, System) or sees_in_full(by, need):
        return ALLOWED
    return deny(_("Only the person who asked and those who work on it can do this."))


def can_reveal(by: Actor, need: Need) -> Decision:
    """See the contact unmasked: staff with the right, of the body that took it over or of the ground."""
    if isinstance(by, System) or holds_on_ground(by, Right.REVEAL_PERSONAL, need.territory):
        return ALLOWED
    if need.is_wish:
        return deny(_("The person who asked stays unknown until both of you agree to meet."))
    if need.claimed_by is not None and holds(by, Right.REVEAL_PERSONAL, organization=need.claimed_by):
        return ALLOWED
    return deny(
        _("You need the right to see personal details."),
        who_can=_("A manager of %(where)s") % {"where": need.claimed_by or need.territory},
    )


# Wishes whose asker stays unknown


def can_offer(by: Actor, need: Need, organization: Organization | None = None) -> Decision:
    """Whoever is signed in and does not stand on the asking side; in the name of a body its staff."""
    if isinstance(by, System):
        return deny(_("A wish is fulfilled by a person or a body."))
    if is_asking_side(by, need):
        return deny(_("This is your own wish."))
    if organization is not None and not holds(by, Right.CLAIM_NEEDS, organization=organization):
        return deny(
            _("You cannot take over needs for %(organization)s.") % {"organization": organization},
            who_can=_("A manager of %(where)s") % {"where": organization},
        )
    return ALLOWED


def is_giver(by: Actor | None, introduction: Introduction) -> bool:
    """The person who offered, or staff of the body in whose name it was."""
    if by is None or isinstance(by, System):
        return False
    if by.pk == introduction.giver_id:
        return True
    return introduction.giver_organization is not None and holds(by, Right.CLAIM_NEEDS, organization=introduction.giver_organization)


def speaks_for_asker(by: Actor | None, need: Need) -> bool:
    """The asker, staff of the body that asks; for somebody without an account whoever wrote it down, and staff of the ground."""
    if by is None or isinstance(by, System):
        return False
    if asks_themselves(by, need):
        return True
    if need.asker is not None and hasattr(need.asker, "account"):
        return False
    return by.pk == need.submitted_by_id or holds_on_ground(by, Right.CLAIM_NEEDS, need.territory)


def asks_themselves(by: Person, need: Need) -> bool:
    """No word of consent is needed: it is their own wish, or that of the body they work for."""
    return by.pk == need.asker_id or (need.asker_organization is not None and holds(by, Right.SEE_WORK, organization=need.asker_organization))


def can_answer_offer(by: Actor, introduction: Introduction) -> Decision:
    if is_giver(by, introduction) or speaks_for_asker(by, introduction.need):
        return ALLOWED
    return deny(_("Only the two sides of a wish can answer each other."))


def can_withdraw_offer(by: Actor, introduction: Introduction) -> Decision:
    """The giver; and staff of the ground, when a giver is not heard of any more."""
    if isinstance(by, System) or is_giver(by, introduction) or holds_on_ground(by, Right.CLAIM_NEEDS, introduction.need.territory):
        return ALLOWED
    return deny(_("Only who offered it can take it back."))
