"""Who may bring files, see what became of them and take them back."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.imports.models import ImportRun
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import Actor, holds, holds_anywhere, may, scope

UNDO_HOURS = 24


def visible_to(person: Actor) -> QuerySet[ImportRun]:
    """Files brought for a body or a place on which the person may import. A file brought for a body is seen by the place around it too."""
    runs = ImportRun.objects.select_related("organization", "territory", "uploaded_by")
    if isinstance(person, System):
        return runs
    for_body = Q(organization__isnull=False) & scope(person, Right.IMPORT)
    for_place = Q(organization__isnull=True) & scope(person, Right.IMPORT, organization="", territory="territory")
    return runs.filter(for_body | for_place)


def can_import_anywhere(by: Actor) -> Decision:
    if holds_anywhere(by, Right.IMPORT):
        return ALLOWED
    return deny(_("You need the right “%(right)s”.") % {"right": Right.IMPORT.label}, who_can=_("A manager of your organisation"))


def can_import(by: Actor, *, organization: Organization | None, territory: Territory) -> Decision:
    return may(by, Right.IMPORT, organization=organization) if organization is not None else may(by, Right.IMPORT, territory=territory)


def can_commit(by: Actor, run: ImportRun) -> Decision:
    return can_import(by, organization=run.organization, territory=run.territory)


def can_undo(by: Actor, run: ImportRun) -> Decision:
    """Within a day, by whoever may import there."""
    decision = can_commit(by, run)
    if not decision:
        return decision
    if run.state not in (ImportRun.State.DONE, ImportRun.State.FAILED):
        return deny(_("There is nothing to take back."))
    if run.finished_at is not None and (clock.now() - run.finished_at).total_seconds() > UNDO_HOURS * 3600:
        return deny(_("Taking back was possible within %(hours)s hours only.") % {"hours": UNDO_HOURS})
    return ALLOWED


def reaches(by: Person | System, organization: Organization) -> bool:
    """May a file brought by this person say who belongs to the body?"""
    return holds(by, Right.IMPORT, organization=organization)
