"""Why something is suggested, in one short line: for the person themselves, and for whoever looks for people."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.matching.fit import Reason
from liandong.matching.words.rosters import join
from liandong.needs.models import Category
from liandong.volunteers.models import VolunteerProfile

SAID = 2  # reasons in one line
TOLD = ("skill", "team", "first", "community", "time", "theme", "street", "district")  # what tells most comes first
SLOTS = dict(VolunteerProfile.Slot.choices)
CATEGORIES = dict(Category.choices)


def slot_words(slot: str) -> str:
    """周六上午; within a sentence: weekday mornings, Saturday mornings."""
    text = str(SLOTS[slot])
    return text if text.startswith("S") else text[:1].lower() + text[1:]


def own_words(reason: Reason) -> str:
    """To the person; empty when it is too little to say."""
    values = reason.values
    match reason.code:
        case "skill":
            return _("needs what you can do: %(skill)s") % {"skill": values["skill"]}
        case "community":
            return _("close to your home")
        case "street":
            return _("in your street")
        case "time":
            return _("you have time on %(slot)s") % {"slot": slot_words(values["slot"])}
        case "team":
            return _("somebody of your team goes")
        case "first":
            return _("good for a first time")
        case "theme":
            kind = CATEGORIES[values["category"]]
            return ngettext("you did %(n)s of this kind: %(kind)s", "you did %(n)s of this kind: %(kind)s", values["times"]) % {
                "n": values["times"],
                "kind": kind,
            }
    return ""


def planner_words(reason: Reason) -> str:
    """To whoever looks for people."""
    values = reason.values
    match reason.code:
        case "skill":
            return _("can do %(skill)s") % {"skill": values["skill"]}
        case "community":
            return _("lives in this community")
        case "street":
            return _("lives in this street")
        case "time":
            return _("has time on %(slot)s") % {"slot": slot_words(values["slot"])}
    return ""


def line(reasons: Sequence[Reason], *, own: bool = True, most: int = SAID) -> str:
    """离您家近，周六上午您有空"""
    ordered = sorted(reasons, key=lambda reason: TOLD.index(reason.code))
    said = [text for reason in ordered if (text := own_words(reason) if own else planner_words(reason))]
    text = join(said[:most])
    return text[:1].upper() + text[1:]
