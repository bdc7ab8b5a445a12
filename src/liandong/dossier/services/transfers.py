"""Belonging moves from body to body with three yes. Records stay where they were written, and with the person."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.dossier import permissions
from liandong.dossier.models import Transfer
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations import queries as bodies
from liandong.organizations import services as organizations
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import holds, in_force

MOVER = System("transfer")
MOST_AT_ONCE = 30
State = Transfer.State


@transaction.atomic
def ask_transfer(
    people: Iterable[Person], *, from_organization: Organization, to_organization: Organization, kind: str = "", words: str = "", by: Actor
) -> list[Transfer]:
    """Ask to move one person or up to thirty. Whoever asks says yes for their own side; the others are told and decide."""
    chosen = list({person.pk: person for person in people}.values())
    if not chosen or len(chosen) > MOST_AT_ONCE:
        raise Refused(_("Choose at least one person, and at most %(n)s.") % {"n": MOST_AT_ONCE}, field="people")
    if from_organization == to_organization:
        raise Refused(_("Choose another body."), field="to_organization")
    if to_organization.state != Organization.State.ACTIVE:
        raise Refused(_("This body is not active."), field="to_organization")
    for organization in sorted((from_organization, to_organization), key=lambda body: body.pk):
        Organization.objects.select_for_update().get(pk=organization.pk)
    own = isinstance(by, Person) and [person.pk for person in chosen] == [by.pk]
    if not own and not holds(by, Right.MANAGE_PEOPLE, organization=to_organization):
        require(permissions.can_move(by, from_organization))
    batch, made = uuid.uuid4(), []
    for person in chosen:
        memberships = Membership.objects.filter(in_force(), person=person, organization=from_organization)
        membership = (memberships.filter(kind=kind) if kind else memberships).order_by("-from_date").first()
        if membership is None:
            raise Refused(_("%(name)s does not belong to this body.") % {"name": person.masked_name}, field="people")
        if Transfer.objects.filter(person=person, from_organization=from_organization, kind=membership.kind, state=State.OPEN).exists():
            raise Refused(_("A move of %(name)s is under way already.") % {"name": person.masked_name}, field="people")
        transfer = Transfer.objects.create(
            batch=batch,
            person=person,
            from_organization=from_organization,
            to_organization=to_organization,
            kind=membership.kind,
            words=one_line(words, 200),
            asked_by=accounts.person_of(by),
            asked_at=clock.now(),
        )
        journal.record("transfer.asked", on=transfer, after={"person": person.pk, "from": from_organization.pk, "to": to_organization.pk}, by=by)
        made.append(_agree(transfer, by=by))
    _tell(made)
    return made


def _tell(made: list[Transfer]) -> None:
    """Those whose yes is missing: each person once, and those who keep the people of a body once a batch."""
    first = made[0]
    values = {"from": first.from_organization.name, "to": first.to_organization.name, "count": len(made)}
    for transfer in made:
        if transfer.state == State.OPEN and transfer.person_agreed_at is None:
            notices.notify(
                transfer.person, kind="dossier.transfer_asked", values=values, url=reverse("dossier:mine"), once_key=f"dossier.transfer:{transfer.pk}"
            )
    for side, organization in (("from", first.from_organization), ("to", first.to_organization)):
        if getattr(first, f"{side}_agreed_at") is None:
            for person in bodies.people_with(organization, Right.MANAGE_PEOPLE)[:20]:
                notices.notify(
                    person,
                    kind="dossier.transfer_waits",
                    values=values,
                    url=reverse("dossier:transfers"),
                    once_key=f"dossier.transfer_batch:{first.batch}:{person.pk}",
                )


def _locked(transfer: Transfer) -> Transfer:
    return (
        Transfer.objects.select_for_update(of=["self"])
        .select_related("person", "from_organization__territory", "to_organization__territory")
        .get(pk=transfer.pk)
    )


@transaction.atomic
def agree(transfer: Transfer, *, by: Actor) -> Transfer:
    """A yes for every side the reader stands for. The third yes moves the membership."""
    transfer = _locked(transfer)
    require(permissions.can_agree(by, transfer))
    if transfer.state == State.DONE:
        return transfer
    require_transition(Transfer.TRANSITIONS, transfer.state, State.DONE)
    return _agree(transfer, by=by)


def _agree(transfer: Transfer, *, by: Actor) -> Transfer:
    sides = permissions.sides_of(by, transfer)
    now, person = clock.now(), accounts.person_of(by)
    if "person" in sides:
        transfer.person_agreed_at = transfer.person_agreed_at or now
    for side in ("from", "to"):
        if side in sides and getattr(transfer, f"{side}_agreed_at") is None:
            setattr(transfer, f"{side}_agreed_at", now)
            setattr(transfer, f"{side}_agreed_by", person)
    return _kept(transfer, sides, by=by)


@transaction.atomic
def note_paper(transfer: Transfer, *, paper: str, by: Person) -> Transfer:
    """The yes of somebody without account, signed on paper: `paper` says where it lies. Like their own yes from here on."""
    transfer = _locked(transfer)
    require(permissions.can_note_paper(by, transfer))
    require_transition(Transfer.TRANSITIONS, transfer.state, State.DONE)
    if transfer.person_agreed_at is not None:
        return transfer
    paper = one_line(paper, 100)
    if len(paper) < 2:
        raise Refused(_("Say where the signed paper lies."), field="paper")
    transfer.person_agreed_at, transfer.paper, transfer.paper_noted_by = clock.now(), paper, by
    return _kept(transfer, ["paper"], by=by)


def _kept(transfer: Transfer, sides: list[str], *, by: Actor) -> Transfer:
    if transfer.person_agreed_at and transfer.from_agreed_at and transfer.to_agreed_at:
        _move(transfer)
    transfer.save()
    journal.record("transfer.agreed", on=transfer, after={"sides": sides, "state": transfer.state}, by=by)
    return transfer


def _move(transfer: Transfer) -> None:
    """Ends the membership and begins the new one. Nothing else is touched: records, points, training and teams stay as they are."""
    old = Membership.objects.filter(in_force(), person=transfer.person, organization=transfer.from_organization, kind=transfer.kind).first()
    if old is not None:
        organizations.end_membership(old, by=MOVER)
    organizations.add_membership(transfer.to_organization, person=transfer.person, kind=transfer.kind, by=MOVER)
    transfer.state, transfer.ended_at = State.DONE, clock.now()
    notices.notify(
        transfer.person,
        kind="dossier.transfer_done",
        values={"from": transfer.from_organization.name, "to": transfer.to_organization.name},
        url=reverse("dossier:mine"),
        once_key=f"dossier.transfer_done:{transfer.pk}",
    )


@transaction.atomic
def refuse_transfer(transfer: Transfer, *, answer: str = "", by: Actor) -> Transfer:
    """A no of any side ends it. A body says why; the person need not, nor who erases them."""
    transfer = _locked(transfer)
    require(permissions.can_agree(by, transfer))
    require_transition(Transfer.TRANSITIONS, transfer.state, State.REFUSED)
    answer = one_line(answer, 200)
    if isinstance(by, Person) and by != transfer.person and len(answer) < 2:
        raise Refused(_("Please say why."), field="answer")
    transfer.state, transfer.answer, transfer.ended_at = State.REFUSED, answer, clock.now()
    transfer.save(update_fields=["state", "answer", "ended_at"])
    journal.record("transfer.refused", on=transfer, by=by)
    return transfer
