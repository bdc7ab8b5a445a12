"""What goes with an erased person: words about them, files, names on the wall. Figures and decisions stay under the number."""

from django.db import transaction

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.honours.models import Honour, Nomination, NominationEvidence, WallEntry
from liandong.journal import services as journal


@transaction.atomic
def forget(person: Person, *, by: Person | System) -> None:
    """Repeatable without harm. Journal: honours.forgotten."""
    nominations = Nomination.objects.filter(person=person)
    for piece in NominationEvidence.objects.select_for_update().filter(nomination__in=nominations):
        if piece.file:
            piece.file.delete(save=False)
        piece.delete()
    nominations.update(words="", endorsement="", reason="")
    Honour.objects.filter(person=person).update(words="")
    entries = WallEntry.objects.filter(honour__person=person) | WallEntry.objects.filter(grant__person=person)
    for entry in entries.select_for_update(of=["self"]):
        entry.nickname, entry.name_form, entry.withdrawn_at = "", WallEntry.NameForm.MASKED, entry.withdrawn_at or clock.now()
        entry.save(update_fields=["nickname", "name_form", "withdrawn_at"])
    journal.record("honours.forgotten", on=person, by=by)
