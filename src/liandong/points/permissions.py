"""Who may move points, see accounts and set rules."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import holds, may, may_anywhere, organizations_with, people_visible_to, scope
from liandong.points.models import ClearingLine, FamilyTie, PointsAccount, PointsReservation, PointsRule, PoolGrant

Actor = Person | System
Kind = PointsAccount.Kind


def can_transfer(by: Actor, source: PointsAccount) -> Decision:
    """Points leave an account by the hand of its owner, a caring pool by those who may bind its body. All else is moved by verbs alone."""
    if isinstance(by, System) or (source.person_id is not None and source.person_id == by.pk):
        return ALLOWED
    if source.kind == Kind.POOL and source.organization is not None:
        return can_give_from_pool(by, source.organization)
    return deny(_("These points belong to somebody else."))


def can_complete(by: Actor, row: PointsReservation) -> Decision:
    """Those who hand over what the points are for: the body they go to; a gift, its giver; a grant, those of its pool."""
    if row.target.kind == Kind.TILL:
        return may(by, Right.CHECK_PEOPLE, organization=row.target.organization)
    return can_transfer(by, row.source)


def can_release(by: Actor, row: PointsReservation) -> Decision:
    """The one whose points they are, or the body they would go to."""
    if row.target.kind == Kind.TILL and holds(by, Right.CHECK_PEOPLE, organization=row.target.organization):
        return ALLOWED
    return can_transfer(by, row.source)


def can_refund(by: Actor, account: PointsAccount) -> Decision:
    """Those who took the points in give them back."""
    if account.organization is not None:
        return may(by, Right.CHECK_PEOPLE, organization=account.organization)
    return can_transfer(by, account)


# Family


def can_answer_tie(by: Actor, tie: FamilyTie) -> Decision:
    if isinstance(by, Person) and by.pk == tie.relative_id:
        return ALLOWED
    return deny(_("The other one answers this."))


def can_end_tie(by: Actor, tie: FamilyTie) -> Decision:
    if isinstance(by, Person) and by.pk in (tie.person_id, tie.relative_id):
        return ALLOWED
    return deny(_("This is between two other people."))


# The caring pool


def can_give_from_pool(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.SIGN_COMPACT, organization=organization)


def can_decide_grant(by: Actor, grant: PoolGrant) -> Decision:
    """A second person: not who proposed it, not the one it is for."""
    if isinstance(by, Person) and by.pk == grant.proposed_by_id:
        return deny(_("A second person agrees to this."), who_can=_("A manager of %(where)s") % {"where": grant.organization})
    if isinstance(by, Person) and by.pk == grant.person_id:
        return deny(_("Nobody decides on points for themselves."), who_can=_("A manager of %(where)s") % {"where": grant.organization})
    return can_give_from_pool(by, grant.organization)


def pools_with(by: Actor) -> QuerySet[Organization]:
    """The bodies whose caring pool the person may give from."""
    return organizations_with(by, Right.SIGN_COMPACT)


# Rules, the hub's books, settling


def can_keep_rules(by: Actor, territory: Territory | None) -> Decision:
    """With the right to approve for the place; a rule that holds everywhere, by those who keep the places."""
    if territory is None:
        return may_anywhere(by, Right.KEEP_TERRITORIES)
    return may(by, Right.APPROVE_PROJECTS, territory=territory)


def can_approve_rule(by: Actor, rule: PointsRule) -> Decision:
    if isinstance(by, Person) and by.pk == rule.proposed_by_id:
        return deny(_("A second person agrees to a rule."), who_can=_("Another manager of the hub"))
    return can_keep_rules(by, rule.territory)


def can_see_ledger(by: Actor) -> Decision:
    """The books of the hub."""
    return may_anywhere(by, Right.VET_ORGANIZATIONS)


def ledger_visible_to(by: Actor) -> QuerySet[PointsAccount]:
    """The hub's own accounts, those of bodies on its ground, and of the people it may see."""
    if not can_see_ledger(by):
        return PointsAccount.objects.none()
    of_people = Q(person__in=people_visible_to(by))
    of_bodies = Q(organization__isnull=True) & ~Q(kind=Kind.PERSON) | scope(by, Right.VET_ORGANIZATIONS, organization="organization")
    return PointsAccount.objects.filter(of_people | of_bodies)


def can_settle_line(by: Actor, line: ClearingLine) -> Decision:
    """The body that is owed says that it was made good; for the hub, somebody of the hub."""
    if line.creditor is not None:
        return may(by, Right.SIGN_COMPACT, organization=line.creditor)
    return may_anywhere(by, Right.VET_ORGANIZATIONS)
