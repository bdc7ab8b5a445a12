"""What the journal says about a project, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.journal.models import Entry

SAID: dict[str, Any] = {
    "project.created": _("set it up"),
    "project.need_added": _("added a need"),
    "project.edited": _("changed it"),
    "project.proposed": _("asked for approval"),
    "project.returned": _("sent it back"),
    "project.approved": _("approved it"),
    "project.finished": _("finished it"),
    "project.cancelled": _("called it off"),
}


def said(entry: Entry) -> Any:
    return SAID.get(entry.verb, entry.verb)
