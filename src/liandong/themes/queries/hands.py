"""Who and what could serve a theme near its people: volunteers with a fitting skill, teams, a place."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

from liandong.core import clock
from liandong.organizations.models import Territory
from liandong.themes.models import Theme
from liandong.venues.models import Venue
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile

KEPT_SECONDS = 300
# Words of needs that call for a skill whose name shares no letters with them.
CALLS_FOR = {
    "挂号": "手机", "验证码": "手机", "扫码": "手机", "缴费": "手机", "坏了": "维修", "没处修": "维修", "电饭煲": "维修", "剪头": "理发", "量血压": "医疗", "血压": "医疗",
    "作业": "美术", "接孩子": "主持", "说说话": "心理", "睡不": "心理", "压力": "心理", "合同": "法律", "律师": "法律", "唱歌": "声乐", "合唱": "声乐", "报税": "财务",
}  # fmt: skip


@dataclass(frozen=True)
class Hands:
    """Volunteers nearby who can do it. `skill` "" : nobody asks for a skill, everybody who is near counts."""

    skill: str
    people: int
    team: str
    team_people: int


def street_of(place: Territory) -> Territory:
    return place.parent if place.level in (Territory.Level.COMMUNITY, Territory.Level.BUILDING) and place.parent is not None else place


def skill_names() -> list[str]:
    """The town's own list hardly ever changes: read every few minutes."""
    return cache.get_or_set("themes.skills", lambda: list(Skill.objects.order_by("pk").values_list("name", flat=True)), KEPT_SECONDS) or []


def fitting_skill(theme: Theme) -> str:
    """The skill whose name, or what the theme's words call for, stands in its label and phrases; "" when none does."""
    text = theme.label + " " + " ".join(theme.phrases)
    called = " ".join([text, *(skill for word, skill in CALLS_FOR.items() if word in text)])
    scored = []
    for place, name in enumerate(skill_names()):
        if score := sum(called.count(name[n : n + 2]) for n in range(len(name) - 1)):
            scored.append((-score, place, name))
    return min(scored)[2] if scored else ""


def hands_near(theme: Theme, place: Territory) -> Hands:
    """Two queries."""
    street = street_of(place)
    skill = fitting_skill(theme)
    people = VolunteerProfile.objects.filter(state=VolunteerProfile.State.ACTIVE, residence__path__startswith=street.path)
    if skill:
        people = people.filter(skills__name=skill)
    teams = (
        TeamMembership.objects.filter(
            to_date__isnull=True, person__in=people.values("person"), team__state=Team.State.ACTIVE, team__territory__path__startswith=street.path
        )
        .order_by()
        .values("team", "team__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "team")[:1]
    )
    team = teams[0] if teams else None
    return Hands(skill, people.count(), team["team__name"] if team else "", team["n"] if team else 0)


def venues_near(place: Territory) -> list[Venue]:
    """Open places in the community, else in its street; the largest first."""
    street = street_of(place)
    found = list(
        Venue.objects.filter(is_open=True, territory__path__startswith=street.path).select_related("territory").order_by("-capacity", "pk")[:40]
    )
    own = [venue for venue in found if venue.territory.path.startswith(place.path)]
    return own or found


def free_weekday(busy: Iterable[dt.date]) -> int | None:
    """The weekday (0 is Monday) that is free most often within the days looked at, Monday to Sunday; None when every day is taken."""
    taken = {day.weekday() for day in busy}
    return next((day for day in (2, 5, 1, 3, 0, 4, 6) if day not in taken), None)


def days_looked_at() -> tuple[dt.datetime, dt.datetime]:
    """The next two weeks."""
    return clock.now(), clock.now() + dt.timedelta(days=14)
