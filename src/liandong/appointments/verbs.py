"""What the journal says about a desk, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.journal.models import Entry

SAID: dict[str, Any] = {
    "desk.created": _("set the desk up"),
    "desk.edited": _("changed the desk"),
    "desk.receivers_set": _("named who sits there"),
    "desk.hours_added": _("added office hours"),
    "desk.hours_removed": _("took office hours out"),
    "desk.day_set": _("changed a day"),
    "desk.day_forgotten": _("put a day back as usual"),
}


def said(entry: Entry) -> Any:
    return SAID.get(entry.verb, entry.verb)
