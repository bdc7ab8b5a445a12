"""What the journal says about a need, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.journal.models import Entry

SAID: dict[str, Any] = {
    "need.submitted": _("asked"),
    "need.accepted": _("accepted it"),
    "need.edited": _("put category, urgency or visibility right"),
    "need.claimed": _("took it over"),
    "need.released": _("gave it back"),
    "need.answered": _("answered"),
    "need.matched": _("found somebody for it"),
    "need.declined": _("declined it"),
    "need.withdrawn": _("took it back"),
    "need.merged": _("joined it with another need"),
    "need.planned": _("put it into a project"),
    "need.unplanned": _("took it out of a project"),
    "need.activated": _("published an activity for it"),
    "need.done": _("noted it as done"),
    "need.confirmed": _("confirmed that it is done"),
    "need.reopened": _("said that it is not done yet"),
    "need.objected": _("said that a step is not right"),
    "wish.offered": _("offered to fulfil the wish"),
    "wish.agreed": _("would like to meet"),
    "wish.met": _("agreed too: both sides can reach each other"),
    "wish.declined": _("would rather not meet"),
    "wish.offer_withdrawn": _("took the offer back"),
    "wish.moved_up": _("is next in line"),
    "need.contact_revealed": _("looked at the full contact"),
}


def said(entry: Entry) -> Any:
    return SAID.get(entry.verb, entry.verb)
