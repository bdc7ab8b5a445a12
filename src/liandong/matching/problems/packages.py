"""From needs, resources and venues to the question of the package solver, and from its answers to what a calculation keeps. Keys are primary keys as text.

What is asked: the coming weeks, from a few days ahead. A plan is for a need when they share a topic and, where the plan names matters, the need speaks of one. A room is sought in the need's
own community, and in its street where the community has none of that kind. Of monthly hours the scarcer of the months is what is left.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from liandong.activities.models import Activity, Shift
from liandong.core import clock
from liandong.matching.models import Resource, ResourceUse
from liandong.matching.problems.rosters import code_of
from liandong.matching.solver import package as solver
from liandong.matching.solver.roster_types import Reason, Span, merged, minute
from liandong.needs.models import Category, Need, Segment
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import Pledge, Project
from liandong.venues.models import Venue
from liandong.volunteers.models import VolunteerProfile

LEAD_DAYS = 3  # nobody is asked for tomorrow
DAYS = 21
DAY_OPENS, DAY_CLOSES = 9, 21
ROOMS_OF_THE_STREET = 3
KEPT = 3  # packages of a need that a calculation keeps
HANDS = "*"  # hours of anybody: the solver wants a name for every skill
Slot = VolunteerProfile.Slot
Feature = Resource.Feature
HOURS_OF: dict[str, tuple[tuple[int, ...], int, int]] = {
    Slot.WEEKDAY_MORNING: ((0, 1, 2, 3, 4), 9, 12),
    Slot.WEEKDAY_NOON: ((0, 1, 2, 3, 4), 12, 14),
    Slot.WEEKDAY_AFTERNOON: ((0, 1, 2, 3, 4), 14, 18),
    Slot.WEEKDAY_EVENING: ((0, 1, 2, 3, 4), 18, 21),
    Slot.SATURDAY_MORNING: ((5,), 9, 12),
    Slot.SATURDAY_AFTERNOON: ((5,), 14, 18),
    Slot.SUNDAY_MORNING: ((6,), 9, 12),
    Slot.SUNDAY_AFTERNOON: ((6,), 14, 18),
    Slot.WEEKEND_EVENING: ((5, 6), 18, 21),
    Slot.HOLIDAY: ((), 9, 18),
}
WANTED = {"weekdays": ((0, 1, 2, 3, 4), 9, 18), "evenings": (tuple(range(7)), 18, 21), "weekends": ((5, 6), 9, 21)}
NOT_COUNTED = Q(pledge__state=Pledge.State.DECLINED) | Q(pledge__project__state=Project.State.CANCELLED)
STEP_FREE_FOR = {Segment.ELDERS, Segment.DISABLED}


def days_ahead() -> list[dt.date]:
    return [clock.today() + dt.timedelta(days=LEAD_DAYS + number) for number in range(DAYS)]


def span(day: dt.date, opens: int, closes: int) -> Span:
    zone = timezone.get_current_timezone()
    return Span(*(minute(dt.datetime.combine(day, dt.time(hour), tzinfo=zone)) for hour in (opens, closes)))


def moment(minutes: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(minutes * 60, tz=dt.UTC)


def windows_of(resource: Resource) -> tuple[Span, ...] | None:
    """When it is to be had in the coming weeks; None: at any time."""
    days = [
        day
        for day in days_ahead()
        if (resource.from_date is None or resource.from_date <= day) and (resource.to_date is None or day <= resource.to_date)
    ]
    if not resource.slots:
        return None if len(days) == DAYS else tuple(span(day, DAY_OPENS, DAY_CLOSES) for day in days)
    stretches = [HOURS_OF[slot] for slot in resource.slots if slot in HOURS_OF]
    return tuple(span(day, opens, closes) for day in days for weekdays, opens, closes in stretches if day.weekday() in weekdays)


def windows_wanted(need: Need) -> tuple[Span, ...]:
    """When it would suit: as chosen, else any day of the coming weeks."""
    stretches = [WANTED[part] for part in need.wanted_time.split(",") if part in WANTED] or [(tuple(range(7)), DAY_OPENS, DAY_CLOSES)]
    days = days_ahead()
    if need.wanted_date in days:
        days, stretches = [need.wanted_date], [(tuple(range(7)), DAY_OPENS, DAY_CLOSES)]
    return tuple(span(day, opens, closes) for day in days for weekdays, opens, closes in stretches if day.weekday() in weekdays)


def features_wanted(need: Need) -> frozenset[str]:
    """Older people and people with disabilities come in without steps."""
    return frozenset({Feature.STEP_FREE}) if need.segment in STEP_FREE_FOR or need.category == Category.ELDERS else frozenset()


def features_of(venue: Venue) -> frozenset[str]:
    return frozenset({Feature.STEP_FREE} if venue.is_step_free else set()) | {room_kind(venue)}


def room_kind(venue: Venue) -> str:
    return Feature.OUTDOORS if venue.kind == Venue.Kind.OUTDOORS else Feature.INDOORS


def matter_in(resource: Resource, need: Need) -> str:
    """The word of the plan that the need says."""
    return next((word for word in resource.matters if word in need.title or word in need.words), "")


def is_for(resource: Resource, need: Need) -> bool:
    """It reaches the need, and a plan that names its matters finds one of them there."""
    return resource.territory.holds(need.territory) and (
        resource.kind != Resource.Kind.PLAN or not resource.matters or bool(matter_in(resource, need))
    )


def street_path(territory: Territory) -> str:
    above = {Territory.Level.COMMUNITY: 1, Territory.Level.BUILDING: 2}.get(territory.level, 0)  # type: ignore[call-overload]
    parts = territory.line_ids
    return "/" + "".join(f"{part}/" for part in parts[: max(1, len(parts) - above)])


def nearness(need: Need, venue: Venue) -> str:
    """How near a room is by the tree of territories: "community", "street", or "" where it is neither."""
    street = street_path(need.territory)
    if not venue.territory.path.startswith(street):
        return ""
    community = need.territory.path.removeprefix(street).split("/")[0]
    return "community" if community and venue.territory.path.startswith(f"{street}{community}/") else "street"


def rooms_for(need: Need, venues: Sequence[Venue]) -> list[Venue]:
    """The rooms large enough and as needed: those of the need's own community; of a kind it has none of, the largest of the street."""
    wanted, people = features_wanted(need), need.people_count or 1
    fitting = [venue for venue in venues if (venue.capacity or 0) >= people and wanted <= features_of(venue)]
    own = [venue for venue in fitting if venue.territory.path.startswith(need.territory.path) or need.territory.path.startswith(venue.territory.path)]
    found = list(own)
    for kind in (Feature.INDOORS, Feature.OUTDOORS):
        if not any(room_kind(venue) == kind for venue in own):
            around = [venue for venue in fitting if room_kind(venue) == kind and venue.territory.path.startswith(street_path(need.territory))]
            found += sorted(around, key=lambda venue: (-(venue.capacity or 0), venue.pk))[:ROOMS_OF_THE_STREET]
    return found


@dataclass(frozen=True, slots=True)
class Left:
    """What of a resource may still be asked for, and what was taken: minutes, fen, or times."""

    amount: int
    taken: int
    whole: int


def amount_of(resource: Resource) -> int:
    return {Resource.Kind.PLAN: resource.times, Resource.Kind.HOURS: resource.minutes}.get(resource.kind, resource.fen)  # type: ignore[call-overload]


def left_of(resources: Iterable[Resource], *, day: dt.date | None = None) -> dict[int, Left]:
    """One query. `day`: what is left for that day's month, else the least of this month and those of the coming weeks."""
    rows = {resource.pk: resource for resource in resources}
    months = {(day.year, day.month)} if day else {(each.year, each.month) for each in (clock.today(), *days_ahead())}
    used: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    uses = ResourceUse.objects.filter(resource__in=rows).exclude(NOT_COUNTED)
    for key, on, amount in uses.values_list("resource", "on_date", "amount"):
        used[key][(on.year, on.month) if rows[key].is_monthly else (0, 0)] += amount
    found = {}
    for key, resource in rows.items():
        taken = max((used[key][month] for month in months), default=0) if resource.is_monthly else used[key][0, 0]
        whole = amount_of(resource)
        found[key] = Left(max(0, whole - taken), taken, whole)
    return found


def busy_rooms(venues: Iterable[int]) -> dict[int, list[Span]]:
    """Venue -> when an activity is on in the coming weeks. One query."""
    days = days_ahead()
    first, last = clock.day_bounds(days[0])[0], clock.day_bounds(days[-1])[1]
    rows = Shift.objects.filter(
        activity__venue__in=list(venues), activity__state__in=(Activity.State.DRAFT, Activity.State.PUBLISHED), starts_at__lt=last, ends_at__gt=first
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for venue, starts_at, ends_at in rows.values_list("activity__venue", "starts_at", "ends_at"):
        found[venue].append(Span(minute(starts_at), minute(ends_at)))
    return found


def without(windows: Iterable[Span], busy: Iterable[Span]) -> tuple[Span, ...]:
    """The time that is left of windows when what is busy is taken out."""
    left = list(windows)
    for taken in merged(busy):
        cut = []
        for window in left:
            if taken.end <= window.start or window.end <= taken.start:
                cut.append(window)
                continue
            cut += [part for part in (Span(window.start, taken.start), Span(taken.end, window.end)) if part.start < part.end]
        left = cut
    return tuple(left)


@dataclass
class Frame:
    """Everything one calculation looks at, in memory: four queries, however many needs."""

    needs: list[Need]
    resources: dict[int, Resource]
    venues: dict[int, Venue]
    left: dict[int, Left]
    busy: dict[int, list[Span]]
    rooms: dict[int, list[Venue]] = field(default_factory=dict)

    def question(self) -> solver.Question:
        of_kind: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            if self.left[resource.pk].amount > 0:
                of_kind[resource.kind].append(resource)
        self.rooms = {need.pk: rooms_for(need, list(self.venues.values())) for need in self.needs}
        serves: dict[int, set[str]] = defaultdict(set)
        for need, rooms in self.rooms.items():
            for venue in rooms:
                serves[venue.pk].add(str(need))
        days = days_ahead()
        open_hours = [span(day, DAY_OPENS, DAY_CLOSES) for day in days]
        return solver.Question(
            needs=tuple(self.need(need) for need in self.needs),
            plans=tuple(self.plan(resource) for resource in of_kind[Resource.Kind.PLAN]),
            enterprises=tuple(
                solver.Enterprise(
                    str(one.pk), (solver.Work(skill_key(one), self.left[one.pk].amount),), windows=windows_of(one), serves=self.reach(one)
                )
                for one in of_kind[Resource.Kind.HOURS]
            ),
            venues=tuple(
                solver.Venue(
                    str(venue.pk), venue.capacity or 0, features_of(venue), without(open_hours, self.busy.get(venue.pk, ())),
                    serves=frozenset(serves[venue.pk]), close_to=self.neighbours(venue),
                )
                for venue in self.venues.values()
                if serves[venue.pk]
            ),
            # The solver knows no time of money: only what may be spent on each of these days.
            money=tuple(
                solver.Money(str(one.pk), self.left[one.pk].amount, frozenset(one.topics) or None, serves=self.reach(one))
                for one in of_kind[Resource.Kind.MONEY]
                if (one.from_date is None or one.from_date <= days[0]) and (one.to_date is None or one.to_date >= days[-1])
            ),
        )  # fmt: skip

    def need(self, need: Need) -> solver.Need:
        return solver.Need(
            str(need.pk), frozenset({need.category}), people=need.people_count or 1, windows=windows_wanted(need), features=features_wanted(need),
            priority=1 + Need.Urgency.URGENT - need.urgency,
        )  # fmt: skip

    def plan(self, resource: Resource) -> solver.Plan:
        return solver.Plan(
            str(resource.pk), str(resource.organization_id), frozenset(resource.topics or Category.values), resource.minutes,
            tuple(solver.Work(part["skill"] or HANDS, part["minutes"]) for part in resource.work), frozenset(resource.features), resource.capacity,
            resource.fen, windows_of(resource), self.left[resource.pk].amount, serves=self.reach(resource),
        )  # fmt: skip

    def neighbours(self, venue: Venue) -> frozenset[str]:
        return frozenset(str(need.pk) for need in self.needs if nearness(need, venue) == "community")

    def reach(self, resource: Resource) -> frozenset[str]:
        return frozenset(str(need.pk) for need in self.needs if is_for(resource, need))


def skill_key(resource: Resource) -> str:
    return resource.skill.name if resource.skill is not None else HANDS


def frame_for(needs: Sequence[Need]) -> Frame:
    """What could be given to these needs. Resources of bodies that stand, rooms that are open."""
    grounds = {street_path(need.territory) for need in needs}
    above = {pk for need in needs for pk in need.territory.line_ids}
    near, rooms = Q(territory__in=above), Q(territory__in=above)
    for path in grounds:
        near |= Q(territory__path__startswith=path)
        rooms |= Q(territory__path__startswith=path)
    standing = Organization.State.ACTIVE
    resources = Resource.objects.filter(near, state=Resource.State.OPEN, organization__state=standing)
    found = {row.pk: row for row in resources.select_related("organization", "territory", "skill").order_by("pk")}
    open_rooms = Venue.objects.filter(rooms, is_open=True, host__state=standing, capacity__gt=0).select_related("host", "territory").order_by("pk")
    venues = {row.pk: row for row in open_rooms}
    return Frame(list(needs), found, venues, left_of(found.values()), busy_rooms(venues))


# Answers as a calculation keeps them

Packed = dict[str, Any]


def packed(package: solver.Package) -> Packed:
    def skill(name: str) -> str:
        return "" if name == HANDS else name

    return {
        "plan": int(package.plan) if package.plan else None,
        "venue": int(package.venue) if package.venue else None,
        "start": package.start,
        "end": package.end,
        "hours": [{"resource": int(one.key), "skill": skill(one.skill), "minutes": one.amount} for one in package.hours],
        "money": [{"resource": int(one.key), "fen": one.amount} for one in package.money],
        "cost": package.cost_fen,
        "missing": [_missing(reason) for reason in package.missing],
    }


def _missing(reason: Reason) -> dict[str, Any]:
    code = code_of(reason)
    if code["values"].get("skill") == HANDS:
        code["values"]["skill"] = ""
    return code


def asked_of(package: Packed) -> dict[int, int]:
    """Resource -> how much the package asks of it: times, minutes, fen."""
    asked = {package["plan"]: 1}
    for part in package["hours"]:
        asked[part["resource"]] = asked.get(part["resource"], 0) + part["minutes"]
    for part in package["money"]:
        asked[part["resource"]] = asked.get(part["resource"], 0) + part["fen"]
    return asked


def name_of(package: Packed) -> str:
    """One word that names a package of a need: plan, room, time."""
    return "-".join(str(package[part] or 0) for part in ("plan", "venue", "start"))


def row_of(need: int, answered: solver.Answered, chosen: solver.Package | None = None) -> dict[str, Any]:
    """What is kept of one need: the best packages (other plans or rooms first), the one chosen together with the other needs, else what lacks least."""
    return {
        "need": need,
        "found": len(answered.packages),
        "chosen": packed(chosen) if chosen else None,
        "packages": [packed(package) for package in varied(answered.packages)],
        "nearest": packed(answered.nearest) if answered.nearest else None,
    }


def varied(packages: Sequence[solver.Package]) -> list[solver.Package]:
    """The best first, then such that differ in plan, room or givers and not only in time."""
    seen: set[tuple] = set()
    firsts: list[solver.Package] = []
    rest: list[solver.Package] = []
    for package in packages:
        what = (package.plan, package.venue, tuple(given.key for given in (*package.hours, *package.money)))
        (rest if what in seen else firsts).append(package)
        seen.add(what)
    return [*firsts, *rest][:KEPT]


@dataclass(frozen=True)
class Together:
    """The answers of a calculation so far. `met` needs together, `alone`: as many as could be met if each were the only one, so never more than that.
    `proven`: among the packages that were ranked, no choice meets more, the most urgent first."""

    rows: list[dict[str, Any]]
    met: int
    alone: int
    proven: bool


def together(question: solver.Question, answers: Sequence[solver.Answered], *, until: float) -> Together:
    """Choose for all these needs at once."""
    chosen, proven = solver.choose(question, tuple(answers), until=until)
    of_need = {package.need: package for package in chosen}
    alone = sum(bool(answered.packages) for answered in answers)
    rows = [row_of(int(answered.need), answered, of_need.get(answered.need)) for answered in answers]
    return Together(rows, len(chosen), alone, proven or len(chosen) == alone)
