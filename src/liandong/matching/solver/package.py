"""Need x plan x hours x venue x money x time, solved together.

A package meets one need with one plan of a social organisation, at one venue, at one time, with as few enterprises as can give the hours and as few sources as can pay. It is
complete when all six hold at once; otherwise it says which pieces are missing. Tens times tens are enumerated whole: for each need, plan and venue the earliest start is tried
among all starts of windows (a common time exists if and only if one of those starts is one), so nothing is overlooked. Packages rank by, in this order: partners, way, cost, start.
`match` then chooses among the ranked packages for all needs together, so that nothing is asked twice for the same hours, rooms and money (who gives may change): most needs by
priority, then the best ranked, by HiGHS.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

from liandong.matching.solver.roster_types import Conflict, Impossible, Place, Reason, Span, distance_km, merged

if TYPE_CHECKING:  # loaded by `choose` only: pages ask for one need and do without
    import numpy as np

    from liandong.matching.solver.programme import Programme

RANKED = 24  # packages kept for one need
TIMES = 3  # starts kept for one plan at one venue
SUBSETS = 200_000  # sets of enterprises tried for one plan and time


@dataclass(frozen=True, slots=True)
class Need:
    """`topics`: what it is about (one in common with the plan is enough). `windows` None: any time. `people`: who will come. `features`: what they need (a lift, a sign interpreter's
    stage)."""

    key: str
    topics: frozenset[str]
    people: int = 1
    windows: tuple[Span, ...] | None = None
    place: Place | None = None
    reach_km: float | None = None
    features: frozenset[str] = frozenset()
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """Minutes of a skill."""

    skill: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`minutes`: how long it takes; `work`: what others have to bring; `features`: of the room; `capacity` people at most; `times`: how often the organisation can do it.
    `serves`, here and below: the keys of the needs within its reach; None: of all."""

    key: str
    organization: str
    topics: frozenset[str]
    minutes: int
    work: tuple[Work, ...] = ()
    features: frozenset[str] = frozenset()
    capacity: int | None = None
    cost_fen: int = 0
    windows: tuple[Span, ...] | None = None
    times: int = 1
    serves: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Enterprise:
    """Minutes it gives of each skill, in all."""

    key: str
    offers: tuple[Work, ...]
    windows: tuple[Span, ...] | None = None
    place: Place | None = None
    reach_km: float | None = None
    serves: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    """`close_to`: the keys of the needs for which it is the room around the corner; it goes before rooms that are not."""

    key: str
    capacity: int
    features: frozenset[str] = frozenset()
    windows: tuple[Span, ...] | None = None
    cost_fen: int = 0
    place: Place | None = None
    serves: frozenset[str] | None = None
    close_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Money:
    """`topics` None: for anything."""

    key: str
    amount_fen: int
    topics: frozenset[str] | None = None
    serves: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    needs: tuple[Need, ...]
    plans: tuple[Plan, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()
    venues: tuple[Venue, ...] = ()
    money: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What one enterprise or source gives."""

    key: str
    amount: int
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """`missing` is empty when it is complete. `reasons`: part -> why. Empty keys are parts that are missing."""

    need: str
    plan: str = ""
    venue: str = ""
    start: int | None = None
    end: int | None = None
    hours: tuple[Given, ...] = ()
    money: tuple[Given, ...] = ()
    cost_fen: int = 0
    km: float = 0.0
    is_close: bool = True
    reasons: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    missing: tuple[Reason, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def rank(self) -> tuple:
        partners = len({given.key for given in (*self.hours, *self.money)})
        return (partners, not self.is_close, round(self.km, 3), self.cost_fen, self.start or 0, self.plan, self.venue)


@dataclass(frozen=True, slots=True)
class Answered:
    """For one need: complete packages, best first; when there is none, the one that lacks least."""

    need: str
    packages: tuple[Package, ...]
    nearest: Package | None


@dataclass(frozen=True, slots=True)
class Matched:
    """`chosen`: one package a need at most, none asking for what another has taken. `proven`: no choice among the ranked packages meets more."""

    answers: tuple[Answered, ...]
    chosen: tuple[Package, ...]
    proven: bool
    seconds: float


def match(question: Question, *, seconds: float = 20.0) -> Matched:
    began = time.monotonic()
    refuse(question)
    answers = tuple(answer(question, need) for need in question.needs)
    chosen, proven = choose(question, answers, until=began + seconds)
    return Matched(answers, chosen, proven, time.monotonic() - began)


def refuse(question: Question) -> None:
    found: list[Conflict] = []
    if not question.needs:
        found.append(Conflict("no_needs"))
    groups: tuple[tuple[str, Iterable], ...] = (
        ("need", question.needs),
        ("plan", question.plans),
        ("enterprise", question.enterprises),
        ("venue", question.venues),
        ("money", question.money),
    )
    for kind, things in groups:
        keys = [thing.key for thing in things]
        found += [Conflict("twice", {kind: key}) for key in sorted({key for key in keys if keys.count(key) > 1})]
    found += [
        Conflict("negative", {"plan": plan.key})
        for plan in question.plans
        if plan.minutes <= 0 or plan.cost_fen < 0 or plan.times < 0 or any(work.minutes < 0 for work in plan.work)
    ]
    found += [Conflict("negative", {"venue": venue.key}) for venue in question.venues if venue.cost_fen < 0 or venue.capacity < 0]
    found += [Conflict("negative", {"money": money.key}) for money in question.money if money.amount_fen < 0]
    found += [Conflict("negative", {"enterprise": one.key}) for one in question.enterprises if any(work.minutes < 0 for work in one.offers)]
    if found:
        raise Impossible(found)


# One need


def answer(question: Question, need: Need) -> Answered:
    complete: list[Package] = []
    nearest: Package | None = None
    least: tuple | None = None
    plans = [
        plan
        for plan in question.plans
        if plan.topics & need.topics and plan.times and (plan.capacity is None or plan.capacity >= need.people) and reaches(plan, need)
    ]
    for plan in plans:
        features = plan.features | need.features
        venues = [
            venue
            for venue in question.venues
            if venue.capacity >= need.people
            and features <= venue.features
            and reaches(venue, need)
            and (need.reach_km is None or distance_km(need.place, venue.place) <= need.reach_km + 1e-9)
        ]
        choices: list[Venue | None] = [*venues] or [None]
        for venue in choices:
            for made in best_at(question, need, plan, venue):
                if made.complete:
                    complete.append(made)
                elif least is None or (weight(made), made.rank) < least:
                    nearest, least = made, (weight(made), made.rank)
    if not plans:
        nearest = Package(need.key, missing=(Reason("plan", {"topics": tuple(sorted(need.topics)), "people": need.people}),))
    complete.sort(key=lambda package: package.rank)
    return Answered(need.key, tuple(complete[:RANKED]), None if complete else nearest)


def reaches(thing: Plan | Enterprise | Venue | Money, need: Need) -> bool:
    return thing.serves is None or need.key in thing.serves


def weight(package: Package) -> tuple[int, int]:
    """Fewest pieces missing first, then the smallest."""
    return len(package.missing), sum(int(str(reason.values.get("minutes", reason.values.get("fen", 0)))) for reason in package.missing)


def best_at(question: Question, need: Need, plan: Plan, venue: Venue | None) -> list[Package]:
    """The best times for these three; without a venue or a common time, what then is missing."""
    lengths = [need.windows, plan.windows, *([venue.windows] if venue else [])]
    known = [merged(windows) for windows in lengths if windows is not None]
    starts = sorted(
        {span.start for windows in (*known, *(merged(one.windows) for one in question.enterprises if one.windows is not None)) for span in windows}
        or {0}
    )
    fitting = [start for start in starts if all(inside(windows, start, plan.minutes) for windows in known)]
    missing: list[Reason] = []
    if venue is None:
        values = {"features": tuple(sorted(plan.features | need.features)), "people": need.people, "reach_km": need.reach_km}
        missing.append(Reason("venue", values))
    if not fitting:
        who = [
            name
            for name, windows in (("need", need.windows), ("plan", plan.windows), ("venue", venue.windows if venue else None))
            if windows is not None
        ]
        missing.append(Reason("time", {"minutes": plan.minutes, "between": tuple(who)}))
    tried: list[int | None] = [*fitting] or [None]
    made = [at_time(question, need, plan, venue, start, missing) for start in tried]
    return sorted(made, key=lambda package: (weight(package), package.rank))[:TIMES]


def inside(windows: list[Span], start: int, minutes: int) -> bool:
    return any(span.start <= start and start + minutes <= span.end for span in windows)


def at_time(question: Question, need: Need, plan: Plan, venue: Venue | None, start: int | None, missing: list[Reason]) -> Package:
    place = venue.place if venue else need.place
    lacking = list(missing)
    able = enterprises_at(question, need, plan, start, place)
    hours, short = staff(plan, able)
    lacking += [Reason("hours", {"skill": skill, "minutes": minutes}) for skill, minutes in short]
    cost = plan.cost_fen + (venue.cost_fen if venue else 0)
    money, lack = pay(question, need, plan, cost)
    if lack:
        lacking.append(Reason("money", {"fen": lack, "of": cost}))
    near = distance_km(need.place, place) + sum(distance_km(one.place, place) for one in able if any(given.key == one.key for given in hours))
    reasons: dict[str, tuple[Reason, ...]] = {
        "plan": (
            Reason("topics", {"shared": tuple(sorted(plan.topics & need.topics))}),
            *([Reason("room_for", {"people": plan.capacity})] if plan.capacity else []),
        ),
        "hours": tuple(Reason("gives", {"key": given.key, "skill": given.skill, "minutes": given.amount}) for given in hours),
        "money": tuple(Reason("pays", {"key": given.key, "fen": given.amount}) for given in money),
    }
    if venue:
        reasons["venue"] = (
            Reason("seats", {"capacity": venue.capacity, "people": need.people}),
            *([Reason("features", {"features": tuple(sorted(plan.features | need.features))})] if plan.features | need.features else []),
            *([Reason("near", {"km": round(distance_km(need.place, venue.place), 1)})] if need.place and venue.place else []),
        )
    if start is not None:
        reasons["time"] = (Reason("all_free", {"start": start, "end": start + plan.minutes}),)
    return Package(
        need.key,
        plan.key,
        venue.key if venue else "",
        start,
        None if start is None else start + plan.minutes,
        hours,
        money,
        cost,
        near,
        venue is None or need.key in venue.close_to,
        reasons,
        tuple(lacking),
    )


def enterprises_at(question: Question, need: Need, plan: Plan, start: int | None, place: Place | None) -> list[Enterprise]:
    """Who is free then and near enough, the nearest first."""
    able = [
        one
        for one in question.enterprises
        if reaches(one, need)
        and (start is None or one.windows is None or inside(merged(one.windows), start, plan.minutes))
        and (one.reach_km is None or distance_km(one.place, place) <= one.reach_km + 1e-9)
    ]
    return sorted(able, key=lambda one: (distance_km(one.place, place), one.key))


def sources_of(question: Question, need: Need, plan: Plan) -> list[Money]:
    """What may be spent on this, the largest first."""
    about = need.topics & plan.topics
    able = (one for one in question.money if (one.topics is None or one.topics & about) and reaches(one, need))
    return sorted(able, key=lambda one: (-one.amount_fen, one.key))


def staff(plan: Plan, able: list[Enterprise]) -> tuple[tuple[Given, ...], list[tuple[str, int]]]:
    """The smallest set of enterprises that gives all the work (nearest among equals), and what is short if even all of them do not."""
    wanted: dict[str, int] = {}
    for work in plan.work:
        wanted[work.skill] = wanted.get(work.skill, 0) + work.minutes
    wanted = {skill: minutes for skill, minutes in wanted.items() if minutes}
    offers = [{skill: sum(work.minutes for work in one.offers if work.skill == skill) for skill in wanted} for one in able]
    useful = [number for number, offer in enumerate(offers) if any(offer.values())]
    short = [(skill, minutes - sum(offers[number][skill] for number in useful)) for skill, minutes in wanted.items()]
    short = [(skill, minutes) for skill, minutes in short if minutes > 0]
    team = useful
    if not short:
        tried = 0
        for size in range(len(useful) + 1):
            # The largest offers of each skill, `size` of them: if they do not reach, no set of this size does.
            if any(sum(sorted((offers[number][skill] for number in useful), reverse=True)[:size]) < minutes for skill, minutes in wanted.items()):
                continue
            found = None
            for group in combinations(useful, size):
                tried += 1
                if all(sum(offers[number][skill] for number in group) >= minutes for skill, minutes in wanted.items()):
                    found = list(group)
                    break
                if tried > SUBSETS:
                    break
            if found is not None:
                team = found
                break
            if tried > SUBSETS:
                break
    given: list[Given] = []
    left = dict(wanted)
    for number in team:
        for skill in wanted:
            if (amount := min(left[skill], offers[number][skill])) > 0:
                given.append(Given(able[number].key, amount, skill))
                left[skill] -= amount
    return tuple(given), short


def pay(question: Question, need: Need, plan: Plan, cost: int) -> tuple[tuple[Given, ...], int]:
    """Largest sources first: no fewer sources can pay."""
    sources = sources_of(question, need, plan)
    if (alone := [one for one in sources if one.amount_fen >= cost]) and cost:
        sources = [alone[-1]]  # the smallest that can pay alone
    given: list[Given] = []
    for one in sources:
        if cost and one.amount_fen:
            amount = min(cost, one.amount_fen)
            given.append(Given(one.key, amount))
            cost -= amount
    return tuple(given), cost


# All needs together


class Flows:
    """Columns and rows of the choice: packages first, then who gives what to which package."""

    def __init__(self, packages: int) -> None:
        self.high = [1.0] * packages
        self.rows: list[tuple[list[int], list[float], float, float]] = []
        self.gifts: list[tuple[int, str, str]] = []  # package, giver, skill ("" is money)

    def gift(self, package: int, key: str, skill: str, most: float) -> int:
        self.gifts.append((package, key, skill))
        self.high.append(most)
        return len(self.high) - 1

    def limit(self, columns: list[int], most: float) -> None:
        if columns:
            self.rows.append((columns, [1.0] * len(columns), float("-inf"), most))

    def programme(self, packages: int) -> "Programme":
        import numpy as np
        from scipy import sparse

        from liandong.matching.solver.programme import Programme

        at = np.concatenate([[number] * len(row[0]) for number, row in enumerate(self.rows)])
        matrix = sparse.csr_matrix(
            (np.concatenate([row[1] for row in self.rows]), (at, np.concatenate([row[0] for row in self.rows]))),
            shape=(len(self.rows), len(self.high)),
        )
        lower, upper = (np.array([row[end] for row in self.rows]) for end in (2, 3))
        return Programme(matrix, lower, upper, np.zeros(len(self.high)), np.array(self.high), np.arange(len(self.high)) < packages)


def choose(question: Question, answers: tuple[Answered, ...], *, until: float) -> tuple[tuple[Package, ...], bool]:
    """0/1 for packages, amounts for hours and money: at most one package a need; what enterprises and sources give within what they have, whoever gives it; a plan within its
    times; a room, and an organisation, in one place at a time. Most needs by priority, then the best ranked, then those who gave in the package anyway."""
    import numpy as np

    needs = {need.key: need for need in question.needs}
    plans = {plan.key: plan for plan in question.plans}
    venues = {venue.key: venue for venue in question.venues}
    packages = [package for answered in answers for package in answered.packages]
    if not packages:
        return (), True
    flows = Flows(len(packages))
    given_by: dict[tuple[str, str], list[int]] = {}
    for number, package in enumerate(packages):
        plan, place = plans[package.plan], venues[package.venue].place
        assert package.start is not None
        wanted: dict[str, int] = {}
        for work in plan.work:
            wanted[work.skill] = wanted.get(work.skill, 0) + work.minutes
        able = enterprises_at(question, needs[package.need], plan, package.start, place)
        for skill, minutes in wanted.items():
            columns = []
            for one in able:
                if most := min(minutes, sum(work.minutes for work in one.offers if work.skill == skill)):
                    columns.append(flows.gift(number, one.key, skill, most))
                    given_by.setdefault((one.key, skill), []).append(columns[-1])
            flows.rows.append(([*columns, number], [*[1.0] * len(columns), -float(minutes)], 0.0, 0.0))
        columns = []
        for source in sources_of(question, needs[package.need], plan) if package.cost_fen else []:
            columns.append(flows.gift(number, source.key, "", min(package.cost_fen, source.amount_fen)))
            given_by.setdefault((source.key, ""), []).append(columns[-1])
        if package.cost_fen:
            flows.rows.append(([*columns, number], [*[1.0] * len(columns), -float(package.cost_fen)], 0.0, 0.0))
    for need in needs:
        flows.limit([number for number, package in enumerate(packages) if package.need == need], 1)
    for plan in question.plans:
        flows.limit([number for number, package in enumerate(packages) if package.plan == plan.key], plan.times)
    for one in question.enterprises:
        for skill in {work.skill for work in one.offers}:
            flows.limit(given_by.get((one.key, skill), []), sum(work.minutes for work in one.offers if work.skill == skill))
    for source in question.money:
        flows.limit(given_by.get((source.key, ""), []), source.amount_fen)
    busy = [[("room", package.venue), ("body", plans[package.plan].organization)] for package in packages]
    for thing in sorted({thing for things in busy for thing in things}):
        own = [number for number, things in enumerate(busy) if thing in things]
        for moment in sorted({packages[number].start or 0 for number in own}):
            flows.limit([number for number in own if (packages[number].start or 0) <= moment < (packages[number].end or 0)], 1)

    programme = flows.programme(len(packages))
    total = len(flows.high)
    aims = []
    for level in sorted({need.priority for need in question.needs}):
        aims.append([-1.0 if needs[package.need].priority == level else 0.0 for package in packages])
    aims.append([float(place) for answered in answers for place in range(len(answered.packages))])
    best: np.ndarray | None = None
    proven = True
    for aim in aims:
        cost = np.array([*aim, *[0.0] * (total - len(packages))])
        found = programme.search(cost, start=None if best is None else best[: len(packages)], until=until, unit=1.0)
        if found.x is None:
            return (), False
        best = found.x
        proven = proven and found.optimal
        programme.cap(cost, round(float(cost @ best)) + 1e-6)
    assert best is not None
    taken = best[: len(packages)] > 0.5
    own_givers = [{(given.key, given.skill) for given in (*package.hours, *package.money)} for package in packages]
    programme.low[: len(packages)] = programme.high[: len(packages)] = taken.astype(float)
    strange = [0.0 if (key, skill) in own_givers[number] else 1.0 for number, key, skill in flows.gifts]
    settled = programme.relax(np.array([*[0.0] * len(packages), *strange]), until=until + 1.0)
    amounts = settled.x if settled is not None and settled.optimal else best
    return tuple(regiven(package, flows, amounts, number) for number, package in enumerate(packages) if taken[number]), proven


def regiven(package: Package, flows: Flows, amounts: "np.ndarray", number: int) -> Package:
    """The package with what is really given when all are served together."""
    given = [
        Given(key, round(amount), skill)
        for (owner, key, skill), amount in zip(flows.gifts, amounts[len(amounts) - len(flows.gifts) :], strict=True)
        if owner == number and round(amount)
    ]
    hours, money = tuple(one for one in given if one.skill), tuple(one for one in given if not one.skill)
    reasons = package.reasons | {
        "hours": tuple(Reason("gives", {"key": one.key, "skill": one.skill, "minutes": one.amount}) for one in hours),
        "money": tuple(Reason("pays", {"key": one.key, "fen": one.amount}) for one in money),
    }
    return replace(package, hours=hours, money=money, reasons=reasons)
