"""Who may see a dossier, write into it, check what people claim, move people, and let dossiers travel."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Account, Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.dossier.models import DossierClaim, DossierEntry, ExchangeRun, Transfer
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor, holds, may, may_anywhere, organizations_with, people_visible_to, scope


def writers(by: Actor) -> QuerySet[Organization]:
    """The bodies in whose name the person may write lines and check claims."""
    return organizations_with(by, Right.CONFIRM_SERVICE)


def can_write(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.CONFIRM_SERVICE, organization=organization)


def can_write_for(by: Actor, organization: Organization, person_id: int) -> Decision:
    """Nobody writes into their own dossier."""
    if isinstance(by, Person) and by.pk == person_id:
        return deny(_("Nobody writes into their own dossier."), who_can=_("A colleague with the right to confirm service can do it."))
    return can_write(by, organization)


def can_correct(by: Actor, entry: DossierEntry) -> Decision:
    """The body that wrote the line puts it right. Lines from elsewhere are put right where they came from."""
    if entry.organization is None:
        return deny(_("This line came from elsewhere; it can only be put right there."))
    return can_write_for(by, entry.organization, entry.person_id)


def can_claim(by: Actor, person: Person) -> Decision:
    if isinstance(by, System) or by == person:
        return ALLOWED
    return deny(_("Only the person can ask for this."))


def can_answer(by: Actor, claim: DossierClaim) -> Decision:
    return can_write_for(by, claim.organization, claim.person_id)


def claims_visible_to(person: Person | None) -> QuerySet[DossierClaim]:
    """One's own, and those one may check."""
    if person is None:
        return DossierClaim.objects.none()
    return DossierClaim.objects.filter(Q(person=person) | scope(person, Right.CONFIRM_SERVICE))


def claims_to_check(person: Person) -> QuerySet[DossierClaim]:
    return DossierClaim.objects.filter(scope(person, Right.CONFIRM_SERVICE)).exclude(person=person)


def can_see_people(by: Actor) -> Decision:
    return may_anywhere(by, Right.SEE_PEOPLE)


def people(by: Actor) -> QuerySet[Person]:
    """Whose dossier a member of staff may open: masked, and only what their own bodies wrote."""
    return people_visible_to(by, Right.SEE_PEOPLE)


# Belonging


def can_move(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.MANAGE_PEOPLE, organization=organization)


def movers(by: Actor) -> QuerySet[Organization]:
    return organizations_with(by, Right.MANAGE_PEOPLE)


def transfers_visible_to(person: Person | None) -> QuerySet[Transfer]:
    if person is None:
        return Transfer.objects.none()
    either = scope(person, Right.MANAGE_PEOPLE, organization="from_organization") | scope(person, Right.MANAGE_PEOPLE, organization="to_organization")
    return Transfer.objects.filter(Q(person=person) | either)


def sides_of(by: Actor, transfer: Transfer) -> list[str]:
    """For whom the reader may say yes: person, from, to. A hub that reaches both bodies says yes for both."""
    if isinstance(by, System):
        return ["from", "to"]
    found = ["person"] if by == transfer.person else []
    for side, organization in (("from", transfer.from_organization), ("to", transfer.to_organization)):
        if holds(by, Right.MANAGE_PEOPLE, organization=organization) and by != transfer.person:
            found.append(side)
    return found


def can_agree(by: Actor, transfer: Transfer) -> Decision:
    if sides_of(by, transfer):
        return ALLOWED
    return deny(_("Only the person and the two bodies decide about this."), who_can=_("A manager of one of the two bodies"))


def can_note_paper(by: Actor, transfer: Transfer) -> Decision:
    """Who keeps the people of one of the two bodies, for somebody without account; never who asked for the move."""
    if Account.objects.filter(person=transfer.person).exists():
        return deny(_("Somebody with an account answers there."))
    if not {"from", "to"} & set(sides_of(by, transfer)):
        return deny(_("Only the person and the two bodies decide about this."), who_can=_("A manager of one of the two bodies"))
    if by == transfer.asked_by:
        return deny(_("Who asked for the move does not note the yes of the person."), who_can=_("A manager of the other body"))
    return ALLOWED


# Exchange


def exporters(by: Actor) -> QuerySet[Organization]:
    return organizations_with(by, Right.EXPORT)


def can_export(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.EXPORT, organization=organization)


def can_export_full(by: Actor, organization: Organization) -> Decision:
    """Names, phones and ID numbers in full: a right of its own."""
    return may(by, Right.REVEAL_PERSONAL, organization=organization)


def can_import(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.IMPORT, organization=organization)


def can_exchange(by: Actor) -> Decision:
    """Lets dossiers out or in, somewhere."""
    return may_anywhere(by, Right.EXPORT) or may_anywhere(by, Right.IMPORT)


def runs_visible_to(person: Actor) -> QuerySet[ExchangeRun]:
    out = Q(direction=ExchangeRun.Direction.OUT) & scope(person, Right.EXPORT)
    incoming = Q(direction=ExchangeRun.Direction.IN) & scope(person, Right.IMPORT)
    return ExchangeRun.objects.filter(out | incoming)
