"""What stands beside the board: what is missing and two ways out, how far from the best, the plans compared."""

from dataclasses import dataclass
from math import floor
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.matching import queries
from liandong.matching.models import Roster
from liandong.matching.problems.rosters import Frame
from liandong.matching.words import rosters as words
from liandong.ui import words as ui

GAPS_SHOWN = 3
COUNTED = 2  # kinds of missing people that are counted on the platform


@dataclass
class Gap:
    """A place that stays empty. `ways`: (words, address, icon)."""

    anchor: str
    title: str
    causes: list[str]
    ways: list[tuple[str, str, str]]


def gaps_of(frame: Frame, *, by: Person) -> list[Gap]:
    row = frame.roster
    positions = {position.pk: (position, shift) for shift in frame.shifts for position in shift.rows}
    shown = [gap for gap in row.unmet if gap["position"] in positions][:GAPS_SHOWN]
    names = {candidate.person_id: candidate.person.masked_name for candidate in frame.candidates}
    ways: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    made = []
    for gap in shown:
        position, shift = positions[gap["position"]]
        skills = row.skills.get(position.name, [])
        key = tuple(skills)
        if key not in ways:
            ways[key] = _ways(row, skills, by=by, count=len(ways) < COUNTED)
        title = _("%(shift)s, %(position)s") % {"shift": words.shift_words(shift), "position": position.name}
        if gap["missing"] > 1:
            title = _("%(title)s, %(n)s missing") % {"title": title, "n": gap["missing"]}
        made.append(Gap(f"gap-{position.pk}", title, words.cause_words(gap, skills=skills, position=position.name, names=names), ways[key]))
    return made


def _ways(row: Roster, skills: list[str], *, by: Person, count: bool) -> list[tuple[str, str, str]]:
    people = reverse("matching:people", args=[row.pk])
    said = words.skills_words(skills)
    found: list[tuple[str, str, str]] = []
    lender = queries.lender_of(row, by=by, skills=skills) if count else None
    if lender is not None:
        team, _number = lender
        found.append(
            (
                _("Borrow somebody from %(team)s") % {"team": team.name},
                f"{people}?{urlencode({'skill': skills, 'team': team.pk}, doseq=True)}",
                "users",
            )
        )
    else:
        found.append((_("Call for volunteers"), reverse("activities:share", args=[row.activity.code]), "speakerphone"))
    number = queries.people_to_add(row, by=by, skills=skills).count() if count else 0
    if not number:
        text = _("Look for people on the platform")
    elif skills:
        text = ngettext("See %(n)s other on the platform: %(skills)s", "See %(n)s others on the platform: %(skills)s", number) % {
            "n": number,
            "skills": said,
        }
    else:
        text = ngettext("See %(n)s other volunteer on the platform", "See %(n)s other volunteers on the platform", number) % {"n": number}
    found.append((text, f"{people}?{urlencode({'skill': skills}, doseq=True)}", "search"))
    return found


@dataclass
class Distance:
    """How far a plan is from the best there can be: bar from `start`."""

    title: str
    value: float
    bound: float
    start: float
    left: str
    right: str
    note: str


def distance_of(row: Roster) -> Distance | None:
    """None when nothing is known: never calculated, or changed by hand since."""
    tiers = row.tiers
    if not tiers:
        return None
    tier = row.open_tier
    proven = tier is None
    if tier is None:
        tier = next((one for one in tiers if one["name"] == "wishes" and one["value"] < 0), tiers[0])
    value, bound, more = _as_more(row, tier)
    if bound is None:
        return Distance(_("Not proven yet"), 0, 0, 0, "", "", _("Calculating longer shows how far it is from the best."))
    best = max(value, bound) if more else min(value, bound)
    percent = abs(best - value) / max(abs(best), abs(value), 1) * 100
    title = _("Nothing better exists") if proven else _("at most %(percent)s%% from the best") % {"percent": _shown(percent)}
    drawn, top = (value, best) if more else (best, value)
    start = floor(0.93 * top / 100) * 100 if top >= 100 else 0
    numbers = {"value": f"{value:g}", "best": f"{best:g}"}
    right = _("this plan %(value)s, at most %(best)s") % numbers if more else _("this plan %(value)s, at least %(best)s") % numbers
    what = words.tier_words(tier["name"])
    left = _("%(what)s, drawn from %(start)s") % {"what": what, "start": start}
    return Distance(title, drawn, top, start, left, right, _proof_words(tier, best - value, proven))


def _as_more(row: Roster, tier: dict[str, Any]) -> tuple[float, float | None, bool]:
    """Places and wishes count upwards; load, changes and ways count downwards. (value, bound, more is better)."""
    value, bound = tier["value"], tier["bound"]
    if tier["name"].startswith("cover"):
        return row.required - value, None if bound is None else row.required - bound, True
    if tier["name"] == "wishes":
        return -value, None if bound is None else -bound, True
    return value, bound, False


def _shown(percent: float) -> str:
    return f"{percent:.1f}" if percent >= 0.05 else "0.1"


def _proof_words(tier: dict[str, Any], more: float, proven: bool) -> str:
    if proven:
        return _("Proven for all aims, one after the other: places, changes, load, wishes.")
    n = round(abs(more))
    if tier["name"].startswith("cover"):
        return ngettext("Calculating longer fills at most %(n)s more place.", "Calculating longer fills at most %(n)s more places.", n) % {"n": n}
    if tier["name"] == "wishes":
        text = ngettext("Calculating longer suits at most %(n)s more person better.", "Calculating longer suits at most %(n)s more people better.", n)
        return text % {"n": n}
    return _("The places are as full as they can be; what is open is %(what)s.") % {"what": words.tier_words(tier["name"])}


def comparison(plans: list[Roster], row: Roster) -> dict[str, Any]:
    """The table of plans: what each figure is, one column a plan."""

    def percent(plan: Roster) -> str:
        return f"{100 * plan.wishes_met // plan.wishes}%" if plan.wishes else "–"

    return {
        "plans": [(plan, plan.pk == row.pk) for plan in plans],
        "rows": [
            (_("Places filled, of %(n)s") % {"n": row.required}, [(f"{plan.covered}", plan.pk == row.pk) for plan in plans]),
            (_("In shifts they would like"), [(percent(plan), plan.pk == row.pk) for plan in plans]),
            (_("Busiest to least busy, hours"), [(ui.hours(plan.spread_minutes), plan.pk == row.pk) for plan in plans]),
            (_("Differs from the plan before, places"), [("–" if plan.changes is None else str(plan.changes), plan.pk == row.pk) for plan in plans]),
        ],
    }
