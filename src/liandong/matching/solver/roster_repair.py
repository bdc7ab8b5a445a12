"""After a refusal: only the neighbourhood of what broke is decided again, everybody else keeps their lines.

Lines that no longer hold are dropped. For each demand that then lacks heads the people who could fill it are gathered, the free ones first, with all the shifts they serve and
everybody who serves there (locked unless they were gathered). That small question is solved exactly, fewest changes right after the heads. If heads are still missing, the
circle is drawn once more around the shifts that were gathered. When that fills less than before the refusal, nothing is claimed: the whole is solved again.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from liandong.matching.solver import check, roster_reasons
from liandong.matching.solver.roster_types import Line, Person, Position, Problem, Reason, Roster, Shift, Slot, Tier

FREE, BUSY = 24, 12  # people gathered for one demand
MOST = 30  # demands mended this way
SINGLE = {"refused", "unavailable", "far", "not_qualified", "unknown"}

Solve = Callable[..., Roster]


def repair(
    problem: Problem, previous: frozenset[Slot], *, seconds: float, solve: Solve, cancelled: Callable[[], bool] | None = None
) -> Roster | None:
    """The mended plan, or None when it has to be solved as a whole."""
    began = time.monotonic()
    broken = check.faults(problem, previous)
    dropped = {
        Slot(str(fault.values["person"]), str(fault.values["shift"]), str(fault.values["position"])) for fault in broken if fault.code in SINGLE
    }
    if any(fault.code not in SINGLE for fault in broken) or not dropped:
        return None
    kept = previous - dropped
    lacking = check.missing(problem, kept)
    touched = {slot.shift for slot in dropped}
    before = {key: lack for key, lack in lacking.items() if key[0] not in touched}
    wanted = [key for key in lacking if key[0] in touched]
    if len(wanted) > MOST:
        return None
    found = kept
    if wanted:
        circle = Circle(problem, kept)
        for _ in range(2):
            circle.gather(wanted)
            found = circle.mend(kept, seconds=seconds, solve=solve, cancelled=cancelled)
            if not any(key[0] in touched for key in check.missing(problem, found)):
                break
            wanted = sorted({(slot.shift, slot.position, "") for slot in kept if slot.shift in circle.shifts and slot.shift not in touched})[:MOST]
    after = check.missing(problem, found)
    strangers = unknown(problem, dropped)
    if sum(after.values()) > sum(check.missing(problem, previous - strangers).values()) + len(strangers) or check.faults(problem, found):
        return None
    values = check.measure(problem, found, previous)
    floors = {"changes": len(dropped), "wishes": -sum(len(person.wishes) for person in problem.people)}
    tiers = tuple(Tier(name, value, min(value, floors.get(name, 0))) for name, value in values.items())
    loads: Counter[str] = Counter()
    shifts = {shift.key: shift for shift in problem.shifts}
    for slot in found:
        loads[slot.person] += shifts[slot.shift].minutes
    changed = found ^ previous
    lines = tuple(
        Line(slot.person, slot.shift, slot.position, (Reason("kept") if slot in previous else Reason("steps_in"),)) for slot in sorted(found)
    )
    made = Roster(lines=lines, tiers=tiers, loads=dict(loads), required=check.demand(problem), changes=len(changed), mended=True)
    made = replace(made, people_changed=tuple(sorted({slot.person for slot in changed})))
    view = roster_reasons.View(problem, sorted(found), loads)
    unmet = tuple(roster_reasons.why_missing(view, key, lack, brief=key in before) for key, lack in roster_reasons.urgent(problem, after))
    return replace(made, unmet=unmet, seconds=time.monotonic() - began)


def unknown(problem: Problem, slots: Iterable[Slot]) -> set[Slot]:
    people = {person.key for person in problem.people}
    return {slot for slot in slots if slot.person not in people}


class Circle:
    """The people and shifts that are decided again."""

    def __init__(self, problem: Problem, kept: frozenset[Slot]) -> None:
        self.problem = problem
        self.by_key = {shift.key: shift for shift in problem.shifts}
        self.of_person: dict[str, list[Slot]] = defaultdict(list)
        for slot in kept:
            self.of_person[slot.person].append(slot)
        self.people: set[str] = set()
        self.shifts: set[str] = set()

    def gather(self, demands: list[tuple[str, str, str]]) -> None:
        for shift_key, position_key, qualification in demands:
            shift = self.by_key[shift_key]
            positions = [position for position in shift.positions if not position_key or position.key == position_key]
            able = [person for person in self.problem.people if fit(person, shift, positions, qualification)]
            free = [person for person in able if not any(check.clash(person, shift, self.by_key[slot.shift]) for slot in self.of_person[person.key])]
            busy = [person for person in able if person not in free] if len(free) < FREE else []
            free.sort(key=lambda person: (len(self.of_person[person.key]), person.past_minutes, person.key))
            for person in [*free[:FREE], *busy[:BUSY]]:
                self.people.add(person.key)
            self.shifts.add(shift_key)
        self.shifts |= {slot.shift for key in self.people for slot in self.of_person[key]}

    def mend(self, kept: frozenset[Slot], *, seconds: float, solve: Solve, cancelled: Callable[[], bool] | None) -> frozenset[Slot]:
        inside = {slot for slot in kept if slot.shift in self.shifts}
        everybody = self.people | {slot.person for slot in inside}
        held = {slot for slot in inside if slot.person not in self.people}
        serving: dict[str, set[str]] = defaultdict(set)
        for slot in held:
            serving[slot.person].add(slot.shift)
        small = replace(
            self.problem,
            people=tuple(self.bystander(person, serving[person.key]) for person in self.problem.people if person.key in everybody),
            shifts=tuple(shift for shift in self.problem.shifts if shift.key in self.shifts),
            apart=tuple(pair for pair in self.problem.apart if set(pair) <= everybody),
            locks=tuple(sorted(held | {lock for lock in self.problem.locks if lock.shift in self.shifts and lock.person in everybody})),
            load_step=self.problem.step,
        )
        answer = solve(small, seconds=seconds, previous=inside, cancelled=cancelled)
        return (kept - inside) | {line.slot for line in answer.lines}

    def bystander(self, person: Person, serving: set[str]) -> Person:
        """Who was not gathered keeps what they have and gets nothing new: what they do elsewhere is not in the small question."""
        return person if person.key in self.people else replace(person, refusals=person.refusals | (self.shifts - serving))


def fit(person: Person, shift: Shift, positions: list[Position], qualification: str) -> bool:
    if qualification and qualification not in person.qualifications:
        return False
    able = [position for position in positions if position.most and check.qualified(person, position) and check.willing(person, shift, position)]
    return bool(able) and check.available(person, shift) and check.near(person, shift)
