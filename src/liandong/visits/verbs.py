"""What the journal says about a visit, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.journal.models import Entry

SAID: dict[str, Any] = {
    "visit.planned": _("planned it"),
    "visit.moved": _("moved it to another day"),
    "visit.cancelled": _("called it off"),
    "visit.done": _("was there"),
    "visit.notes_corrected": _("corrected the notes"),
    "visit.promised": _("noted a promise"),
    "visit.follow_up_done": _("kept a promise"),
    "visit.needs_made": _("made needs of sentences"),
}


def said(entry: Entry) -> Any:
    return SAID.get(entry.verb, entry.verb)
