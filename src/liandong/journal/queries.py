"""Reading the journal: the history of a thing, and whether the chain holds."""

from django.db import models

from liandong.journal.models import Entry, Seal
from liandong.journal.services import FIELDS, digest_of, key_of


def history_of(thing: models.Model) -> models.QuerySet[Entry]:
    """All entries on one thing, oldest first."""
    return Entry.objects.filter(on=key_of(thing)).order_by("id")


def first_broken_seal() -> Seal | None:
    """The first seal whose entries no longer give its digest, or None when the chain holds."""
    previous, after, counted = "", 0, 0
    for seal in Seal.objects.order_by("last_entry_id").iterator():
        rows = list(Entry.objects.filter(id__gt=after, id__lte=seal.last_entry_id).order_by("id").values_list(*FIELDS))
        counted += len(rows)
        if digest_of(previous, rows) != seal.digest or counted != seal.entry_count:
            return seal
        previous, after = seal.digest, seal.last_entry_id
    return None
