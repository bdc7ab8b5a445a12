"""An independent look at a roster: every rule and every aim counted again, person by person, in the plainest way. It shares no line with the model that the solver builds;
production and bench both ask it before an answer is believed."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from liandong.matching.solver.roster_types import Conflict, Person, Position, Problem, Shift, Slot, distance_km, load_cost, merged, turns


def qualified(person: Person, position: Position) -> bool:
    return position.skills <= person.skills and position.qualifications <= person.qualifications


def willing(person: Person, shift: Shift, position: Position) -> bool:
    return shift.key not in person.refusals and (shift.key, position.key) not in person.refusals


def available(person: Person, shift: Shift) -> bool:
    return person.windows is None or any(window.start <= shift.start and shift.end <= window.end for window in merged(person.windows))


def near(person: Person, shift: Shift) -> bool:
    return person.reach_km is None or distance_km(person.place, shift.place) <= person.reach_km + 1e-9


def eligible(person: Person, shift: Shift, position: Position) -> bool:
    """Nothing about the two alone speaks against it."""
    return qualified(person, position) and willing(person, shift, position) and available(person, shift) and near(person, shift)


def could_serve(person: Person, shift: Shift) -> bool:
    """There is a position for this person, and the shift alone is not beyond a limit."""
    if any(limit.start <= shift.start < limit.end and shift.minutes > limit.minutes for limit in person.limits):
        return False
    return any(position.most and eligible(person, shift, position) for position in shift.positions)


def wished(person: Person, slot: Slot) -> bool:
    return slot.shift in person.wishes or (slot.shift, slot.position) in person.wishes


def clash(person: Person, one: Shift, other: Shift) -> bool:
    """The later of two shifts starts before the earlier one has ended and the rest is over."""
    first, second = (one, other) if (one.start, one.end) <= (other.start, other.end) else (other, one)
    return second.start < first.end + person.rest_minutes


def faults(problem: Problem, slots: Iterable[Slot], *, supervised: bool = True) -> list[Conflict]:
    """Every broken rule; an empty list is a roster that may be published. With `supervised` False, supervision and newcomers are left aside."""
    slots = list(slots)
    people = {person.key: person for person in problem.people}
    shifts = {shift.key: shift for shift in problem.shifts}
    positions = {(shift.key, position.key): position for shift in problem.shifts for position in shift.positions}
    found: list[Conflict] = []
    known: list[Slot] = []
    for slot in slots:
        if slot.person not in people or (slot.shift, slot.position) not in positions:
            found.append(Conflict("unknown", {"person": slot.person, "shift": slot.shift, "position": slot.position}))
        else:
            known.append(slot)
    locked = set(problem.locks)
    for slot in sorted(locked - set(known)):
        found.append(Conflict("lock_lost", {"person": slot.person, "shift": slot.shift, "position": slot.position}))

    of_person: dict[str, list[Slot]] = defaultdict(list)
    of_shift: dict[str, list[Slot]] = defaultdict(list)
    for slot in known:
        of_person[slot.person].append(slot)
        of_shift[slot.shift].append(slot)
        person, shift, position = people[slot.person], shifts[slot.shift], positions[slot.shift, slot.position]
        values: dict[str, object] = {"person": slot.person, "shift": slot.shift, "position": slot.position}
        if not qualified(person, position):
            found.append(Conflict("not_qualified", values))
        if slot not in locked:
            for code, holds in (
                ("refused", willing(person, shift, position)),
                ("unavailable", available(person, shift)),
                ("far", near(person, shift)),
            ):
                if not holds:
                    found.append(Conflict(code, values))

    for key, own in of_person.items():
        person = people[key]
        for number, slot in enumerate(own):
            for other in own[number + 1 :]:
                if slot.shift == other.shift or clash(person, shifts[slot.shift], shifts[other.shift]):
                    found.append(Conflict("overlap", {"person": key, "shifts": (slot.shift, other.shift)}))
        for limit in person.limits:
            minutes = sum(shifts[slot.shift].minutes for slot in own if limit.start <= shifts[slot.shift].start < limit.end)
            if minutes > limit.minutes:
                found.append(Conflict("limit", {"person": key, "minutes": minutes, "limit": limit.minutes, "name": limit.name}))

    for (shift_key, position_key), heads in Counter((slot.shift, slot.position) for slot in known).items():
        if heads > positions[shift_key, position_key].most:
            found.append(
                Conflict("too_many", {"shift": shift_key, "position": position_key, "heads": heads, "most": positions[shift_key, position_key].most})
            )

    apart = {frozenset(pair) for pair in problem.apart}
    for key, there in of_shift.items():
        shift = shifts[key]
        heads_of = [people[slot.person] for slot in there]
        present = {person.key for person in heads_of}
        for pair in apart:
            if len(pair) == 2 and pair <= present:
                found.append(Conflict("apart", {"shift": key, "people": tuple(sorted(pair))}))
        if not supervised:
            continue
        for rule in shift.supervision:
            over = sum(rule.qualification in person.qualifications for person in heads_of)
            if len(heads_of) - over > rule.per * over:
                found.append(
                    Conflict("supervision", {"shift": key, "qualification": rule.qualification, "supervisors": over, "heads": len(heads_of) - over})
                )
        if shift.newcomers_per_experienced is not None:
            new = sum(person.newcomer for person in heads_of)
            old = sum(person.experienced for person in heads_of)
            if new > shift.newcomers_per_experienced * old:
                found.append(Conflict("newcomers", {"shift": key, "newcomers": new, "experienced": old}))
    return found


def missing(problem: Problem, slots: Iterable[Slot]) -> dict[tuple[str, str, str], int]:
    """Heads that each demand lacks: (shift, position, "") for a minimum, (shift, "", qualification) for a mix. Only demands that lack something."""
    people = {person.key: person for person in problem.people}
    heads: Counter[tuple[str, str]] = Counter()
    holders: Counter[tuple[str, str]] = Counter()
    for slot in slots:
        heads[slot.shift, slot.position] += 1
        for qualification in people[slot.person].qualifications:
            holders[slot.shift, qualification] += 1
    lacking: dict[tuple[str, str, str], int] = {}
    for shift in problem.shifts:
        for position in shift.positions:
            if (lack := position.minimum - heads[shift.key, position.key]) > 0:
                lacking[shift.key, position.key, ""] = lack
        for mix in shift.mix:
            if (lack := mix.heads - holders[shift.key, mix.qualification]) > 0:
                lacking[shift.key, "", mix.qualification] = lack
    return lacking


def measure(problem: Problem, slots: Iterable[Slot], previous: Iterable[Slot] | None = None) -> dict[str, int]:
    """The value of every tier, in order of importance; less is better (docs/solver.md)."""
    slots = list(slots)
    people = {person.key: person for person in problem.people}
    shifts = {shift.key: shift for shift in problem.shifts}
    values: dict[str, int] = {f"cover:{level}": 0 for level in priorities(problem)}
    for (shift_key, position_key, _), lack in missing(problem, slots).items():
        shift = shifts[shift_key]
        own = [position.priority for position in shift.positions if position.key == position_key]
        values[f"cover:{own[0] if own else mix_priority(shift)}"] += lack
    if problem.fill:
        room = sum(position.most - position.minimum for shift in problem.shifts for position in shift.positions)
        heads = Counter((slot.shift, slot.position) for slot in slots)
        beyond = sum(max(0, heads[shift.key, position.key] - position.minimum) for shift in problem.shifts for position in shift.positions)
        values["fill"] = room - beyond
    if previous is not None:
        values["changes"] = len(set(previous) ^ set(slots))
    step = problem.step
    carried: Counter[str] = Counter()
    for slot in slots:
        carried[slot.person] += turns(shifts[slot.shift].minutes, step)
    before = {key: people[key].past_minutes // step for key in carried}
    values["load"] = sum(load_cost(before[key] + own) - load_cost(before[key]) for key, own in carried.items())
    values["wishes"] = teammates_missing(problem, slots) - sum(wished(people[slot.person], slot) for slot in slots)
    values["travel"] = sum(round(10 * distance_km(people[slot.person].place, shifts[slot.shift].place)) for slot in slots)
    return values


def teammates_missing(problem: Problem, slots: Iterable[Slot]) -> int:
    """Over teams and shifts where somebody of the team serves: those of the team who could serve there too and do not."""
    teams: dict[str, list[Person]] = defaultdict(list)
    for person in problem.people:
        if person.team:
            teams[person.team].append(person)
    people = {person.key: person for person in problem.people}
    shifts = {shift.key: shift for shift in problem.shifts}
    present: dict[tuple[str, str], set[str]] = defaultdict(set)
    for slot in slots:
        if people[slot.person].team:
            present[people[slot.person].team, slot.shift].add(slot.person)
    locked = {(lock.person, lock.shift) for lock in problem.locks}
    lonely = 0
    for (team, shift_key), there in present.items():
        shift = shifts[shift_key]
        for person in teams[team]:
            if person.key not in there:
                lonely += could_serve(person, shift) or (person.key, shift_key) in locked
    return lonely


def priorities(problem: Problem) -> list[int]:
    return sorted({position.priority for shift in problem.shifts for position in shift.positions})


def mix_priority(shift: Shift) -> int:
    """A mix is as urgent as the most urgent position of its shift."""
    return min(position.priority for position in shift.positions)


def demand(problem: Problem) -> int:
    """All heads asked for: the minima, and each mix on top (a holder counts for both)."""
    return sum(position.minimum for shift in problem.shifts for position in shift.positions) + sum(
        mix.heads for shift in problem.shifts for mix in shift.mix
    )
