"""Leaving for good. The verb stands here because it touches everything below: belonging, roles, profile, messages, then the person."""

from django.db import transaction

from liandong.accounts import identity
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor, can_edit_person
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.dossier.models import DossierClaim, Transfer
from liandong.dossier.services.transfers import refuse_transfer
from liandong.notices import services as notices
from liandong.organizations import services as organizations
from liandong.organizations.models import Membership, RoleGrant
from liandong.organizations.permissions import in_force
from liandong.volunteers import services as volunteers

ERASER = System("eraser")


@transaction.atomic
def erase_person(person: Person, *, by: Actor) -> Person:
    """Erase somebody: roles, memberships and moves end, the profile is emptied, messages go, name and numbers go.

    What config/privacy.py names under RETENTION stays, under the volunteer number (GB/T 40143-2021: ten years). Refuses the last manager of a body and the leader
    of a team: they hand over first.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_edit_person(by, person))
    for grant in RoleGrant.objects.filter(in_force(), person=person):
        organizations.end_role(grant, by=ERASER)
    for membership in Membership.objects.filter(person=person, to_date__isnull=True):
        organizations.end_membership(membership, by=ERASER)
    for transfer in Transfer.objects.filter(person=person, state=Transfer.State.OPEN):
        refuse_transfer(transfer, by=ERASER)
    volunteers.forget_person(person)
    notices.forget_person(person)
    for claim in DossierClaim.objects.filter(person=person):
        if claim.proof:
            claim.proof.delete(save=False)
        if claim.state == DossierClaim.State.OPEN:
            claim.state = DossierClaim.State.WITHDRAWN
        claim.save(update_fields=["state", "proof"])
    return identity.erase_person(person, by=by)
