"""What the solver's codes mean, in words. The codes stand in docs/solver.md."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liandong.activities.models import Shift
from liandong.matching.solver.roster_types import Reason
from liandong.ui import words as ui

NAMED = 3  # people named in a cause


def shift_words(shift: Shift) -> str:
    """周六 14:00"""
    return _("%(weekday)s %(time)s") % {"weekday": ui.weekday(ui.local_date(shift.starts_at)), "time": ui.clock(shift.starts_at)}


def short(name: str) -> str:
    """A position in a chip: two Han characters, or the first word."""
    if name[:1].isascii():
        return name.split()[0][:10] if name.split() else name
    return name[:2]


def join(parts: Sequence[str]) -> str:
    return _(", ").join(parts)


def skills_words(skills: Iterable[str]) -> str:
    return pgettext("between skills", " and ").join(skills)


def _shift_of(key: Any, shifts: Iterable[Shift]) -> str:
    return next((shift_words(shift) for shift in shifts if str(shift.pk) == str(key)), "")


def hindrance_words(reason: Reason, *, who: str, shifts: Iterable[Shift]) -> str:
    """Why somebody should not be placed there, one sentence."""
    values: dict[str, Any] = reason.values
    match reason.code:
        case "suspended":
            return _("%(who)s is suspended until %(day)s.") % {"who": who, "day": ui.day_short(dt.date.fromisoformat(values["until"]))}
        case "young":
            return _("%(who)s is too young: %(position)s is for people of %(age)s and older.") % {
                "who": who, "position": values["position"], "age": values["age"]
            }  # fmt: skip
        case "too_few_qualified":
            return _("%(who)s does not have the skill asked for: %(skills)s.") % {"who": who, "skills": skills_words(values.get("skills", ()))}
        case "refused":
            return _("%(who)s cannot come to this shift.") % {"who": who}
        case "unavailable":
            return _("%(who)s has no time then.") % {"who": who}
        case "limit":
            return _("%(who)s would serve more than %(hours)s hours that week.") % {"who": who, "hours": ui.hours(int(values["limit"]))}
        case "busy":
            return _("%(who)s serves at that time already: %(shift)s.") % {"who": who, "shift": _shift_of(values["shift"], shifts)}
        case "rest":
            return _("%(who)s would have too little rest after %(shift)s.") % {"who": who, "shift": _shift_of(values["shift"], shifts)}
        case "far":
            return _("It is too far for %(who)s.") % {"who": who}
    return _("%(who)s does not fit here.") % {"who": who}


def _blocked(code: str, values: Mapping[str, Any]) -> str:
    match code:
        case "limit":
            return _("%(hours)s hours served already") % {"hours": ui.hours(int(values["minutes"]))}
        case "refused" | "unavailable":
            return pgettext("why not", "cannot come")
        case "busy":
            return _("on another position")
        case "rest":
            return _("too little rest")
        case "far":
            return _("too far away")
    return _("against the rules")


def cause_words(gap: Mapping[str, Any], *, skills: Sequence[str], position: str, names: Mapping[int, str]) -> list[str]:
    """Why a place stays empty: how many could, and what stands in the way of each."""
    able = int(gap["funnel"].get("qualified", 0))
    if skills:
        asked = {"skills": skills_words(skills), "n": able}
        first = (
            _("Nobody on the plan has %(skills)s.") % asked
            if not able
            else ngettext("Only %(n)s person has %(skills)s.", "Only %(n)s people have %(skills)s.", able) % asked
        )
    else:
        first = ngettext("%(n)s person could do it.", "%(n)s people could do it.", able) % {"n": able} if able else _("Nobody is on the plan yet.")
    grouped: dict[str, list[str]] = defaultdict(list)
    for who, reason in gap["blocked"]:
        grouped[_blocked(reason["code"], reason["values"])].append(names.get(who, _("Somebody")))
    parts = []
    for what, people in grouped.items():
        more = len(people) - NAMED
        who = join(people[:NAMED]) if more <= 0 else _("%(names)s and %(n)s more") % {"names": join(people[:NAMED]), "n": more}
        parts.append(_("%(who)s: %(what)s") % {"who": who, "what": what})
    return [first, _("%(words)s.") % {"words": _("; ").join(parts)}] if parts else [first]


def reason_words(reason: Mapping[str, Any], *, skills: Sequence[str] = ()) -> str:
    """Why somebody stands where they stand; empty when there is nothing to say."""
    values = reason["values"]
    match reason["code"]:
        case "signed_up":
            return _("Signed up themselves")
        case "by_hand":
            return _("Placed by hand")
        case "substitute":
            return _("Steps in for somebody")
        case "locked":
            return _("Locked, so it stays")
        case "kept":
            return _("Stays as it was")
        case "scarce":
            if skills:
                return ngettext("Only %(n)s person has %(skills)s and could come", "Only %(n)s people have %(skills)s and could come", values["people"]) % {
                    "n": values["people"], "skills": skills_words(skills)
                }  # fmt: skip
            return ngettext("Only %(n)s person could come", "Only %(n)s people could come", values["people"]) % {"n": values["people"]}
        case "wished":
            return _("Would like this shift")
        case "lighter":
            return _("Has served less than others lately")
        case "near":
            return _("Lives near: %(km)s km") % {"km": values["km"]}
        case "fits":
            return _("Has time and what it takes")
    return ""


def failure_words(conflict: Mapping[str, Any], *, names: Mapping[int, str], shifts: Sequence[Shift]) -> str:
    """Why no plan can be calculated at all."""
    values = conflict["values"]
    who = names.get(int(values["person"]), "") if str(values.get("person", "")).isdigit() else ""
    match conflict["code"]:
        case "lock_limit":
            return _("The locked places of %(who)s are more than %(hours)s hours a week.") % {"who": who, "hours": ui.hours(int(values["limit"]))}
        case "lock_overlap":
            return _("%(who)s is locked into two shifts at one time.") % {"who": who}
        case "lock_too_many":
            return _("More people are locked into one position than it has places: %(shift)s.") % {"shift": _shift_of(values["shift"], shifts)}
        case "lock_not_qualified":
            return _("%(who)s is locked where a skill is asked for that they do not have.") % {"who": who}
        case "lock_unknown":
            return _("Somebody is locked into a shift that is no longer there.")
        case "no_people":
            return _("Nobody is on the plan yet. Add people, then calculate.")
        case "no_shifts" | "no_positions":
            return _("There is no shift with places for volunteers ahead.")
        case "broke":
            return _("The calculation stopped on the way. The plan is as it was.")
    return _("Some of the locked places contradict each other.")


def tier_words(name: str) -> str:
    """What an aim counts."""
    if name.startswith("cover"):
        return _("places filled")
    return {
        "changes": _("as few changes as possible"),
        "load": _("load shared fairly"),
        "wishes": _("shifts people would like"),
    }.get(name, _("short ways"))
