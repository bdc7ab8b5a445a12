"""能办成吗: plan, place, money and hands for a theme, as far as what is known says, and the piece that is missing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.organizations.models import Territory
from liandong.projects import permissions as project_permissions
from liandong.projects import queries as projects
from liandong.themes.models import Theme
from liandong.themes.queries import hands
from liandong.ui import words

HANDS_WANTED = 4  # a first afternoon of most activities


@dataclass(frozen=True)
class Piece:
    """One line: what, in words, with a link; `missing` names what is not there, and `way_out` who could help."""

    label: str
    text: str = ""
    href: str = ""
    note: str = ""
    missing: str = ""


def pieces_for(theme: Theme, person: Person, *, place: Territory | None, earlier: list[Any], held: dict[int, int], category: str) -> list[Piece]:
    """Four lines. `earlier`: the projects that answered its needs, `held`: how often each had an activity. At most seven queries."""
    alike = earlier or projects.like_words(theme.phrases, category=category)
    if not earlier and alike:
        held = activities.held_by_project([project.pk for project in alike])
    best = max(alike, key=lambda project: (held.get(project.pk, 0), project.pk), default=None)
    return [_plan(best, person, held), _place(place), _money(best), _hands(theme, place)]


def _plan(best: Any, person: Person, held: dict[int, int]) -> Piece:
    if best is None:
        return Piece(pgettext("can it be done", "Plan"), missing=_("nobody has done anything like it here"))
    times = held.get(best.pk, 0)
    note = ngettext("held once", "held %(n)s times", times) % {"n": times} if times else _("not held yet")
    readable = best.state in project_permissions.PUBLIC_STATES or project_permissions.sees_in_full(person, best)
    return Piece(pgettext("can it be done", "Plan"), best.name, reverse("projects:project", args=[best.number]) if readable else "", note)


def _place(place: Territory | None) -> Piece:
    venue = next(iter(hands.venues_near(place)), None) if place is not None else None
    if venue is None:
        return Piece(pgettext("can it be done", "Place"), missing=_("no place is known nearby"))
    first, last = hands.days_looked_at()
    day = hands.free_weekday(activities.days_taken(venue.pk, first=first, last=last))
    href = reverse("venues:venue", args=[venue.pk])
    if day is None:
        return Piece(pgettext("can it be done", "Place"), venue.name, href, missing=_("taken every day of the next two weeks"))
    return Piece(pgettext("can it be done", "Place"), venue.name, href, _("free on %(day)s") % {"day": weekday(day)})


def weekday(day: int) -> str:
    return words.weekday(dt.date(2024, 1, 1) + dt.timedelta(days=day))  # a Monday


def _money(best: Any) -> Piece:
    if best is None or not (best.spent_fen or best.budget_fen):
        return Piece(pgettext("can it be done", "Money"), _("no earlier figure"))
    return Piece(pgettext("can it be done", "Money"), _("%(money)s last time") % {"money": words.yuan(best.spent_fen or best.budget_fen)})


def _hands(theme: Theme, place: Territory | None) -> Piece:
    found = hands.hands_near(theme, place) if place is not None else None
    if found is None:
        return Piece(pgettext("can it be done", "Hands"), missing=_("no volunteers are known nearby"))
    if found.people >= HANDS_WANTED:
        values = {"n": words.thousands(found.people), "skill": found.skill}
        text = _("%(n)s volunteers nearby know “%(skill)s”") % values if found.skill else _("%(n)s volunteers nearby") % values
        note = _("%(team)s has %(n)s") % {"team": found.team, "n": words.thousands(found.team_people)} if found.team else ""
        return Piece(pgettext("can it be done", "Hands"), text, note=note)
    short = HANDS_WANTED - found.people
    values = {"n": str(short), "skill": found.skill}
    missing = _("%(n)s more who know “%(skill)s” are wanted") % values if found.skill else _("%(n)s more are wanted") % values
    return Piece(
        _("Hands"),
        missing=missing,
        note=_("%(team)s has %(n)s") % {"team": found.team, "n": found.team_people} if found.team else "",
    )
