"""What a person asks a body to write: a training or an honour, with proof."""

import datetime as dt
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.core import clock, workdays
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.dossier import permissions, queries
from liandong.dossier.models import DossierClaim, HonourEntry, TrainingEntry
from liandong.dossier.services.entries import honour_values, training_values, write
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations.models import Organization
from liandong.venues import photos

ANSWER_WORKDAYS = 10
MOST_OPEN = 20
Kind, State = DossierClaim.Kind, DossierClaim.State


@transaction.atomic
def claim(
    person: Person,
    *,
    kind: str,
    organization: Organization,
    name: str,
    giver_name: str,
    from_date: dt.date,
    to_date: dt.date | None = None,
    content: str = "",
    minutes: int | None = None,
    is_government: bool = False,
    proof: bytes = b"",
    by: Actor,
) -> DossierClaim:
    """Ask a body one belongs to, or has served with, to write a training or honour into the dossier. A training and a government honour need a picture as proof."""
    Person.objects.select_for_update().get(pk=person.pk)
    require(permissions.can_claim(by, person))
    if kind not in Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    if not queries.bodies_of(person).filter(pk=organization.pk).exists():
        raise Refused(_("Choose a body you belong to or have served with."), field="organization")
    waiting = DossierClaim.objects.filter(person=person, state=State.OPEN)
    if waiting.count() >= MOST_OPEN:
        raise Refused(_("%(n)s of your entries are being checked. Please wait for an answer first.") % {"n": MOST_OPEN})
    made = DossierClaim(
        kind=kind,
        person=person,
        organization=organization,
        name=name,
        content=content,
        minutes=minutes if kind == Kind.TRAINING else None,
        giver_name=giver_name,
        from_date=from_date,
        to_date=to_date if kind == Kind.TRAINING else None,
        is_government=is_government and kind == Kind.HONOUR,
        claimed_at=clock.now(),
        answer_due_at=workdays.after_workdays(clock.now(), ANSWER_WORKDAYS),
    )
    checked = _values(made)
    made.name, made.content, made.giver_name = checked["name"], checked.get("content", ""), one_line(giver_name, 100)
    if waiting.filter(kind=kind, organization=organization, name=made.name, from_date=from_date).exists():
        raise Refused(_("You have sent this already; it is being checked."), field="name")
    if not proof and (kind == Kind.TRAINING or made.is_government):
        raise Refused(_("Please add a picture that proves it."), field="proof")
    if proof:
        cleaned, suffix = _picture(proof)
        made.proof.save(f"{secrets.token_hex(8)}.{suffix}", ContentFile(cleaned), save=False)
    made.save()
    journal.record("dossier_claim.made", on=made, after={"kind": kind, "organization": organization.pk}, by=by)
    return made


def _picture(proof: bytes) -> tuple[bytes, str]:
    try:
        return photos.cleaned(proof)
    except Refused as refused:
        raise Refused(refused.reason, field="proof") from refused


def _values(claim: DossierClaim) -> dict[str, Any]:
    """What the claim would write, checked; a refusal names the form's field."""
    names = {"organizer_name": "giver_name", "granted_by_name": "giver_name", "honoured_on": "from_date"}
    try:
        if claim.kind == Kind.TRAINING:
            return training_values(
                name=claim.name,
                content=claim.content,
                minutes=claim.minutes,
                organizer_name=claim.giver_name,
                from_date=claim.from_date,
                to_date=claim.to_date,
            )
        return honour_values(name=claim.name, honoured_on=claim.from_date, granted_by_name=claim.giver_name, is_government=claim.is_government)
    except Refused as refused:
        raise Refused(refused.reason, field=names.get(refused.field or "", refused.field)) from refused


def _locked(claim: DossierClaim) -> DossierClaim:
    return DossierClaim.objects.select_for_update(of=["self"]).select_related("organization__territory", "person").get(pk=claim.pk)


@transaction.atomic
def answer_claim(claim: DossierClaim, *, accept: bool, answer: str = "", by: Actor) -> DossierClaim:
    """Write it into the dossier, or say why not. Never by the one it is for."""
    claim = _locked(claim)
    require(permissions.can_answer(by, claim))
    new = State.ACCEPTED if accept else State.REFUSED
    require_transition(DossierClaim.TRANSITIONS, claim.state, new)
    answer = one_line(answer, 300)
    if not accept and len(answer) < 2:
        raise Refused(_("Please say why, so that the person knows what is missing."), field="answer")
    claim.state, claim.answer, claim.answered_by, claim.answered_at = new, answer, accounts.person_of(by), clock.now()
    if accept:
        model = TrainingEntry if claim.kind == Kind.TRAINING else HonourEntry
        entry = write(model, person=claim.person, organization=claim.organization, values=_values(claim), by=by)
        setattr(claim, claim.kind, entry)
    claim.save()
    journal.record("dossier_claim.answered", on=claim, after={"state": claim.state}, by=by)
    notices.notify(
        claim.person,
        kind="dossier.claim_accepted" if accept else "dossier.claim_refused",
        values={"name": claim.name, "organization": claim.organization.name, "answer": answer},
        url=reverse("dossier:mine"),
        once_key=f"dossier.claim:{claim.pk}",
    )
    return claim


@transaction.atomic
def withdraw_claim(claim: DossierClaim, *, by: Actor) -> DossierClaim:
    claim = _locked(claim)
    require(permissions.can_claim(by, claim.person))
    require_transition(DossierClaim.TRANSITIONS, claim.state, State.WITHDRAWN)
    claim.state = State.WITHDRAWN
    claim.save(update_fields=["state"])
    journal.record("dossier_claim.withdrawn", on=claim, by=by)
    return claim
