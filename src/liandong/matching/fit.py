"""How well a place suits somebody: whole points, each for a reason that anybody can check. Plain sums, no database.

Read are skills, the stretches of the week somebody named, where they live, kinds they served in, whether somebody of their team goes, and their own sign-ups.
Never read: ratings, attendance kept or missed, political status, age, sex. Nothing here is kept.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

SKILL, COMMUNITY, TIME, STREET, TEAM, FIRST, THEME, DISTRICT = 40, 25, 20, 15, 15, 15, 10, 5
NOT_THEN = -20  # somebody said when they have time, and this is another time
WORTH = 15  # what has fewer points is not suggested
NEWCOMER = 3  # fewer services than this
# Ends of skill names that say too little alone: 法律咨询 is not asked for at a health desk.
WEAK = frozenset({"咨询", "疏导", "活动", "服务", "辅导", "心理", "英语", "儿童"})

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `points`, a code, and the values that prove it. Said by `suggestion_words`."""

    points: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A position with a place left."""

    position: int
    name: str
    note: str
    shift: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    slot: str
    activity: int
    category: str
    host: int
    path: str  # of the territory
    is_good_first_time: bool
    left: int
    title: str = ""
    code: str = ""
    asks: Collection[str] = ()  # skills that a plan of the activity asks for in this position

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about somebody that may count."""

    home: str = ""  # path of the territory
    skills: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    served: Mapping[str, int] = field(default_factory=dict)  # category -> times in a year
    services: int = 0
    busy: Sequence[Span] = ()  # places they have
    serving: Sequence[Span] = ()  # those in which they serve
    mates: Collection[int] = ()  # activities somebody of their teams goes to


@dataclass(frozen=True, slots=True)
class Suggestion:
    place: Place
    points: int
    reasons: tuple[Reason, ...]


def pieces(skill: str) -> set[str]:
    """The words by which a skill shows in the name of a position: 小家电维修 -> itself, 维修, 小家."""
    if skill.isascii():
        return {skill.lower()}
    return {skill} | {part for part in (skill[:2], skill[-2:]) if part not in WEAK}


def is_asked(skill: str, place_words: str) -> bool:
    return any(piece in place_words for piece in pieces(skill))


def week_of(moment: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The local calendar week, Monday to Monday."""
    monday = timezone.localtime(moment).date() - dt.timedelta(days=timezone.localtime(moment).weekday())
    zone = timezone.get_current_timezone()
    start = dt.datetime.combine(monday, dt.time.min, tzinfo=zone)
    return start, dt.datetime.combine(monday + dt.timedelta(days=7), dt.time.min, tzinfo=zone)


def near(home: str, path: str) -> Reason | None:
    """Paths hold the way from the root: the longer the common one, the nearer. The last three steps are district, street, community."""
    if not home or not path:
        return None
    common = 0
    for mine, its in zip(home.strip("/").split("/"), path.strip("/").split("/"), strict=False):
        if mine != its:
            break
        common += 1
    missing = len(path.strip("/").split("/")) - common
    if missing <= 0:
        return Reason(COMMUNITY, "community")
    if missing == 1:
        return Reason(STREET, "street")
    return Reason(DISTRICT, "district") if missing == 2 and common else None


def fits(place: Place, known: Known, *, weekly_minutes: int) -> str:
    """Empty when nothing stands in the way; otherwise what: busy, limit, skill."""
    if any(start < place.ends_at and place.starts_at < end for start, end in known.busy):
        return "busy"
    if place.asks and not set(place.asks) <= known.skills:
        return "skill"
    week = week_of(place.starts_at)
    if sum(int((end - start).total_seconds() // 60) for start, end in known.serving if week[0] <= start < week[1]) + place.minutes > weekly_minutes:
        return "limit"
    return ""


def reasons_for(place: Place, known: Known) -> tuple[list[Reason], int]:
    """(reasons, heaviest first; points)."""
    found: list[Reason] = []
    text = f"{place.name} {place.note}".lower()
    used = sorted(skill for skill in known.skills if skill in place.asks or is_asked(skill, text))
    if used:
        found.append(Reason(SKILL, "skill", {"skill": used[0]}))
    if (how := near(known.home, place.path)) is not None:
        found.append(how)
    points = 0
    if place.slot in known.slots:
        found.append(Reason(TIME, "time", {"slot": place.slot}))
    elif known.slots:
        points += NOT_THEN
    if place.activity in known.mates:
        found.append(Reason(TEAM, "team"))
    if place.is_good_first_time and known.services < NEWCOMER:
        found.append(Reason(FIRST, "first"))
    if times := known.served.get(place.category):
        found.append(Reason(THEME, "theme", {"category": place.category, "times": times}))
    found.sort(key=lambda reason: -reason.points)
    return found, points + sum(reason.points for reason in found)


def rank(places: Sequence[Place], known: Known, *, weekly_minutes: int) -> tuple[list[Suggestion], int]:
    """One place of each activity, the best first; and how many were left out so that nobody is overworked."""
    best: dict[int, Suggestion] = {}
    over = 0
    for place in places:
        stuck = fits(place, known, weekly_minutes=weekly_minutes)
        if stuck:
            over += stuck == "limit"
            continue
        reasons, points = reasons_for(place, known)
        if points < WORTH:
            continue
        held = best.get(place.activity)
        if held is None or points > held.points:
            best[place.activity] = Suggestion(place, points, tuple(reasons))
    return sorted(best.values(), key=lambda one: (-one.points, one.place.starts_at, one.place.position)), over
