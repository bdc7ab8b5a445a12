"""What the public front page shows: next activities, needs and what became of them, figures of the year, the bodies."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.insight.filters import Filters
from liandong.insight.indicators import INDICATORS
from liandong.insight.memory import kept
from liandong.insight.spans import YEAR, span_of
from liandong.needs.models import Need
from liandong.organizations.models import Organization
from liandong.portal import me as mine
from liandong.portal.workspaces import address
from liandong.surveys import queries as surveys
from liandong.surveys.models import Survey
from liandong.ui import words


@dataclass(frozen=True)
class Card:
    activity: Activity
    href: str
    when: str
    where: str
    left: int


def next_activities(*, limit: int = 4, without: Collection[int] = ()) -> list[Card]:
    """The next ones that still take people, those under way left out."""
    rows = activities.upcoming_public().filter(first_starts_at__gt=clock.now()).exclude(pk__in=without)[:limit]
    return [
        Card(
            activity,
            address("activities:activity", activity.code),
            words.when(activity.first_starts_at),
            activity.venue.name if activity.venue else activity.place,
            max(activity.left_count, 0),
        )
        for activity in rows
    ]


def needs_told(*, in_hand: int = 3, done: int = 2) -> tuple[list[Need], list[Need]]:
    """Public needs that somebody took on, the latest first, and those with a result told in words. One query."""
    rows = Need.objects.filter(is_public=True).select_related("territory").defer("search")
    ended_states = (Need.State.DONE, Need.State.CONFIRMED)
    at_work = rows.filter(state__in=[Need.State.CLAIMED, Need.State.MATCHED, Need.State.PLANNED, Need.State.ACTIVE])
    ended = rows.filter(state__in=ended_states, done_at__isnull=False).exclude(closing_words="")
    found = list(at_work.order_by("-submitted_at", "-id")[:in_hand].union(ended.order_by("-done_at", "-id")[: 4 * done], all=True))
    under_way = [need for need in found if need.state not in ended_states]
    told = sorted((need for need in found if need.state in ended_states), key=lambda need: (need.done_at, need.pk))
    # Not twice the same story.
    latest = list({need.closing_words: need for need in told}.values())[::-1]
    return sorted(under_way, key=lambda need: (need.submitted_at, need.pk), reverse=True), latest[:done]


def asked_now(*, limit: int = 2) -> list[Survey]:
    """Surveys that anybody may answer, what ends first on top."""
    return list(surveys.open_surveys()[:limit])


@dataclass(frozen=True)
class Figure:
    label: Any
    value: str
    unit: Any
    href: str


def figures_of_the_year() -> list[Figure]:
    filters = Filters(span_of(YEAR), is_public=True)
    found = []
    for key in ("service-hours", "served", "finished-needs", "shifts"):
        indicator = INDICATORS[key]
        value = kept(key, filters, partial(indicator.total, filters)) or 0
        text = words.thousands(round(value / 60)) if key == "service-hours" else indicator.text(value)
        found.append(Figure(indicator.label, text, indicator.unit, address("insight:figure", key, query=filters.query())))
    return found


@dataclass(frozen=True)
class Bodies:
    enterprises: int
    communities: int
    social: int

    @property
    def total(self) -> int:
        return self.enterprises + self.communities + self.social


def bodies() -> Bodies:
    kinds = {party: [kind for kind, its in Organization.PARTY_OF.items() if its == party] for party in Organization.Party}
    counts = {party: Count("pk", filter=Q(kind__in=kinds[party])) for party in Organization.Party}
    found = Organization.objects.filter(state=Organization.State.ACTIVE).aggregate(**{party.value: count for party, count in counts.items()})
    return Bodies(found["enterprise"], found["community"], found["social"])


def ways_in() -> list[dict[str, Any]]:
    """The three ways to take part."""
    return [
        {
            "title": _("I have a need"),
            "note": _("One sentence is enough. You get an answer by a day we name."),
            "href": address("needs:submit"),
            "icon": "message",
        },
        {
            "title": _("I want to help"),
            "note": _("Pick an activity. No password, no ID number."),
            "href": address("activities:list"),
            "icon": "hand-stop",
        },
        {
            "title": _("Our organisation joins"),
            "note": _("Enterprises, communities and social organisations."),
            "href": address("portal:help") + "#join",
            "icon": "building-community",
        },
    ]


def suggested(person: Person) -> list[mine.Suggested]:
    """What suits whoever is signed in; nothing for those who did not say what they can do, or do not want it used. Two queries."""
    return mine.suggested(person, without_profile=False)
