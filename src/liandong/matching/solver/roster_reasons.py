"""Why: for every line, for every head that is missing, and what would help. Codes and values only; pages put them into words (docs/solver.md lists the codes)."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import mean

import numpy as np

from liandong.matching.solver import check
from liandong.matching.solver.candidates import Ground, Pairs
from liandong.matching.solver.roster_types import Help, Line, Person, Position, Problem, Reason, Roster, Shift, Slot, Unmet, distance_km

BLOCKED = 20  # people named at one missing head
EXACT = 3_000  # pairs up to which help is computed by solving again
KINDS = 8  # kinds of help looked at


def explain(
    ground: Ground, pairs: Pairs, roster: Roster, *, previous: frozenset[Slot] | None, until: float, fewest: Callable[[Problem], int | None]
) -> Roster:
    """The same roster with reasons, missing heads and help. `fewest` says how many heads must stay missing in another question (None: no time)."""
    problem = ground.problem
    slots = [line.slot for line in roster.lines]
    shifts = {shift.key: shift for shift in problem.shifts}
    loads: Counter[str] = Counter()
    for slot in slots:
        loads[slot.person] += shifts[slot.shift].minutes
    bare = replace(roster, loads=dict(loads), lines=tuple(why_each(ground, pairs, slots, loads, previous)))
    lacking = check.missing(problem, slots)
    view = View(problem, slots, loads)
    deadline = max(until, time.monotonic() + 2.0)
    unmet = tuple(why_missing(view, key, lack, brief=time.monotonic() > deadline) for key, lack in urgent(problem, lacking))
    helps = what_helps(problem, unmet, exact=len(pairs) <= EXACT and roster.finished, fewest=fewest, until=deadline) if unmet else ()
    return replace(bare, unmet=unmet, helps=helps)


def urgent(problem: Problem, lacking: dict[tuple[str, str, str], int]) -> list[tuple[tuple[str, str, str], int]]:
    shifts = {shift.key: shift for shift in problem.shifts}

    def rank(entry: tuple[tuple[str, str, str], int]) -> tuple[int, int]:
        (shift, position, _), _ = entry
        own = [one.priority for one in shifts[shift].positions if one.key == position]
        return (own[0] if own else check.mix_priority(shifts[shift]), shifts[shift].start)

    return sorted(lacking.items(), key=rank)


# Lines


def why_each(ground: Ground, pairs: Pairs, slots: list[Slot], loads: Counter[str], previous: frozenset[Slot] | None) -> Iterable[Line]:
    problem = ground.problem
    people = {person.key: person for person in problem.people}
    shifts = {shift.key: shift for shift in problem.shifts}
    locked = set(problem.locks)
    edges = np.searchsorted(pairs.position, np.arange(ground.positions + 1))
    past = np.array([person.past_minutes for person in problem.people])
    present: dict[str, list[Person]] = defaultdict(list)
    for slot in slots:
        present[slot.shift].append(people[slot.person])
    for slot in slots:
        person, shift = people[slot.person], shifts[slot.shift]
        at = ground.position_at[slot.shift, slot.position]
        rivals = slice(edges[at], edges[at + 1])
        others = pairs.person[rivals]
        reasons: list[Reason] = []
        if slot in locked:
            against = [
                code
                for code, holds in (
                    ("refused", check.willing(person, shift, position_of(shift, slot.position))),
                    ("unavailable", check.available(person, shift)),
                    ("far", check.near(person, shift)),
                )
                if not holds
            ]
            reasons.append(Reason("locked", {"against": tuple(against)}))
        if previous is not None and slot in previous:
            reasons.append(Reason("kept"))
        needed = int(ground.minimum[at])
        if len(others) <= max(2 * needed, 3):
            reasons.append(Reason("scarce", {"people": len(others), "needed": needed}))
        guides = [("supervises", rule.qualification) for rule in shift.supervision] + [("mix", mix.qualification) for mix in shift.mix]
        for code, qualification in guides:
            if qualification in person.qualifications:
                holders = sum(qualification in one.qualifications for one in present[slot.shift])
                reasons.append(Reason(code, {"qualification": qualification, "holders": holders}))
        if shift.newcomers_per_experienced is not None and person.experienced and any(one.newcomer for one in present[slot.shift]):
            reasons.append(Reason("beside_newcomers", {"newcomers": tuple(one.key for one in present[slot.shift] if one.newcomer)}))
        if check.wished(person, slot):
            reasons.append(Reason("wished"))
        mates = tuple(one.key for one in present[slot.shift] if person.team and one.team == person.team and one.key != person.key)
        if mates:
            reasons.append(Reason("team", {"team": person.team, "with": mates}))
        before = person.past_minutes
        middle = float(mean(past[others])) if len(others) else 0.0
        if before < middle:
            reasons.append(Reason("lighter", {"before": before, "average": round(middle), "now": loads[person.key]}))
        if person.place and shift.place:
            km = distance_km(person.place, shift.place)
            rank = int((pairs.km[rivals] < km - 1e-9).sum()) + 1
            if rank <= max(1, len(others) // 3):
                reasons.append(Reason("near", {"km": round(km, 1), "rank": rank, "of": len(others)}))
        reasons.append(Reason("fits", {"people": len(others), "free": True}))
        yield Line(slot.person, slot.shift, slot.position, tuple(reasons))


def position_of(shift: Shift, key: str) -> Position:
    return next(position for position in shift.positions if position.key == key)


# Missing heads

SIEVES = ("qualified", "willing", "available", "near", "within_limit", "free", "allowed")
CAUSES = dict(zip(SIEVES, ("too_few_qualified", "refused", "unavailable", "far", "limit", "busy", "rules"), strict=True))


class View:
    """A roster seen from the people and from the shifts."""

    def __init__(self, problem: Problem, slots: list[Slot], loads: Counter[str]) -> None:
        self.problem, self.loads = problem, loads
        self.people = {person.key: person for person in problem.people}
        self.shifts = {shift.key: shift for shift in problem.shifts}
        self.of_person: dict[str, list[Slot]] = defaultdict(list)
        self.of_shift: dict[str, list[Slot]] = defaultdict(list)
        for slot in slots:
            self.of_person[slot.person].append(slot)
            self.of_shift[slot.shift].append(slot)
        self.enemies: dict[str, set[str]] = defaultdict(set)
        for one, other in problem.apart:
            self.enemies[one].add(other)
            self.enemies[other].add(one)

    def hindrance(self, person: Person, shift: Shift, positions: tuple[Position, ...]) -> tuple[str, Reason] | None:
        """The first sieve somebody who can do the work gets stuck in; None: nothing in the way."""
        if not any(check.willing(person, shift, position) for position in positions):
            return "willing", Reason("refused")
        if not check.available(person, shift):
            return "available", Reason("unavailable")
        if not check.near(person, shift):
            return "near", Reason("far", {"km": round(distance_km(person.place, shift.place), 1), "reach": person.reach_km})
        own = self.of_person[person.key]
        for limit in person.limits:
            if limit.start <= shift.start < limit.end:
                minutes = sum(self.shifts[slot.shift].minutes for slot in own if limit.start <= self.shifts[slot.shift].start < limit.end)
                if minutes + shift.minutes > limit.minutes and not any(slot.shift == shift.key for slot in own):
                    return "within_limit", Reason("limit", {"name": limit.name, "minutes": minutes, "limit": limit.minutes})
        for slot in own:
            other = self.shifts[slot.shift]
            if slot.shift == shift.key or check.clash(person, shift, other):
                touching = other.start < shift.end and shift.start < other.end
                return "free", Reason("busy" if touching else "rest", {"shift": slot.shift, "position": slot.position, "rest": person.rest_minutes})
        there = self.of_shift[shift.key]
        for slot in there:
            if slot.person in self.enemies[person.key]:
                return "allowed", Reason("apart", {"with": slot.person})
        heads = [*(self.people[slot.person] for slot in there), person]
        for rule in shift.supervision:
            over = sum(rule.qualification in one.qualifications for one in heads)
            if len(heads) - over > rule.per * over:
                return "allowed", Reason("supervision", {"qualification": rule.qualification, "per": rule.per})
        if (each := shift.newcomers_per_experienced) is not None and sum(one.newcomer for one in heads) > each * sum(
            one.experienced for one in heads
        ):
            return "allowed", Reason("newcomers", {"per": each})
        return None


def why_missing(view: View, key: tuple[str, str, str], lack: int, *, brief: bool = False) -> Unmet:
    shift_key, position_key, qualification = key
    shift = view.shifts[shift_key]
    if position_key:
        positions: tuple[Position, ...] = (position_of(shift, position_key),)
        minimum = positions[0].minimum
        able = [person for person in view.people.values() if check.qualified(person, positions[0])]
        serving = {slot.person for slot in view.of_shift[shift_key] if slot.position == position_key}
    else:
        positions = shift.positions
        minimum = next(mix.heads for mix in shift.mix if mix.qualification == qualification)
        able = [
            person
            for person in view.people.values()
            if qualification in person.qualifications and any(check.qualified(person, position) for position in positions)
        ]
        serving = {slot.person for slot in view.of_shift[shift_key] if qualification in view.people[slot.person].qualifications}
    counts = {"people": len(view.people), "qualified": len(able)}
    if brief:
        return Unmet(shift_key, position_key, lack, minimum, Reason("not_examined"), counts, (), qualification)
    stuck: list[tuple[str, str, Reason]] = []
    for person in able:
        if person.key not in serving and (found := view.hindrance(person, shift, positions)):
            stuck.append((person.key, *found))
    left = len(able)
    by_sieve = Counter(sieve for _, sieve, _ in stuck)
    for sieve in SIEVES[1:]:
        left -= by_sieve[sieve]
        counts[sieve] = left
    binding = next((sieve for sieve in SIEVES if counts[sieve] < minimum), None)
    cause = Reason(CAUSES[binding] if binding else "search", {"needed": minimum, "left": counts[binding] if binding else left})
    # Those who came furthest are the most interesting.
    stuck.sort(key=lambda entry: -SIEVES.index(entry[1]))
    return Unmet(shift_key, position_key, lack, minimum, cause, counts, tuple((who, reason) for who, _, reason in stuck[:BLOCKED]), qualification)


# Help


def what_helps(problem: Problem, unmet: tuple[Unmet, ...], *, exact: bool, fewest: Callable[[Problem], int | None], until: float) -> tuple[Help, ...]:
    """One more person of each kind that is missing: how many more heads? Without `exact`, only what that person would fill directly."""
    shifts = {shift.key: shift for shift in problem.shifts}
    kinds: Counter[tuple[frozenset[str], frozenset[str]]] = Counter()
    wanted: list[tuple[Shift, frozenset[str], frozenset[str]]] = []
    for gap in unmet:
        shift = shifts[gap.shift]
        if gap.position:
            position = position_of(shift, gap.position)
            kind = (position.skills, position.qualifications)
        else:
            kind = (frozenset[str](), frozenset({gap.qualification}))
        kinds[kind] += gap.missing
        wanted.append((shift, *kind))
    totals = sorted(min(limit.minutes for limit in person.limits) for person in problem.people if person.limits)
    allowed = totals[len(totals) // 2] if totals else None
    lacking = sum(gap.missing for gap in unmet)
    found: list[Help] = []
    for skills, qualifications in [kind for kind, _ in kinds.most_common(KINDS)]:
        own = sorted({shift.key: shift for shift, s, q in wanted if s <= skills and q <= qualifications}.values(), key=lambda shift: shift.end)
        taken: list[Shift] = []
        for shift in own:
            within = allowed is None or sum(one.minutes for one in taken) + shift.minutes <= allowed
            if within and (not taken or taken[-1].end <= shift.start):
                taken.append(shift)
        heads, sure = len(taken), False
        if exact and time.monotonic() < until:
            limits = tuple(replace(limit, minutes=allowed or limit.minutes) for limit in sample_limits(problem))
            more = Person("\0one more", skills, qualifications, limits=limits)
            left = fewest(replace(problem, people=(*problem.people, more)))
            if left is not None and lacking - left >= heads:
                heads, sure = lacking - left, True
        found.append(Help(skills, qualifications, heads, tuple(shift.key for shift in taken), sure))
    return tuple(sorted(found, key=lambda one: (-one.heads, sorted(one.skills), sorted(one.qualifications))))


def sample_limits(problem: Problem) -> tuple:
    """The kind of limits people have here."""
    return next((person.limits for person in problem.people if person.limits), ())
