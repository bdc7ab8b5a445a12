"""The reasons of the radar in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.needs.models import Segment
from liandong.overlap.radar import Match, Reason
from liandong.ui import words

_SEGMENTS = dict(Segment.choices)


def said(reason: Reason) -> str:
    """One reason in a few words."""
    if reason.kind == "matter":
        return _("same matter: %(words)s") % {"words": reason.value} if reason.value else _("same matter")
    if reason.kind == "time_day" and reason.day is not None:
        return _("same day: %(day)s") % {"day": words.day_short(reason.day)}
    if reason.kind == "time_days":
        return ngettext("%(n)s day apart", "%(n)s days apart", reason.number) % {"n": reason.number}
    if reason.kind == "time_monthly" and reason.day is not None:
        return _("held month by month, last on %(day)s") % {"day": words.day_short(reason.day)}
    if reason.kind == "people":
        return _("same people: %(who)s") % {"who": _SEGMENTS.get(reason.value, "")}
    if reason.kind == "twice":
        return _("about %(n)s people would be called twice") % {"n": reason.number}
    plain = {
        "place_venue": _("same venue"),
        "place_community": _("same community"),
        "place_street": _("same street"),
        "time_month": _("same month"),
        "time_span": _("same months"),
    }
    return plain.get(reason.kind, "")


def reasons(match: Match) -> list[str]:
    return [text for reason in match.reasons if (text := said(reason))]


def joined(parts: Iterable[Any]) -> str:
    return _(", ").join(str(part) for part in parts if part)
