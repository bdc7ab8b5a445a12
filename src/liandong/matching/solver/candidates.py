"""Who may stand where: the pairs (person, position) that nothing about the two alone speaks against, found with arrays so that 30,000 people x 3,000 shifts take seconds."""

from dataclasses import dataclass

import numpy as np

from liandong.matching.solver.roster_types import KM_PER_DEGREE, Conflict, Impossible, Person, Problem, Shift, Slot, merged, turns


@dataclass
class Ground:
    """The question as arrays. Positions of all shifts in one row; `shift_of[j]` is the shift of position j."""

    problem: Problem
    shift_of: np.ndarray
    minimum: np.ndarray
    most: np.ndarray
    priority: np.ndarray
    starts: np.ndarray  # of shifts
    ends: np.ndarray
    minutes: np.ndarray
    person_at: dict[str, int]
    position_at: dict[tuple[str, str], int]
    x: np.ndarray  # of people; nan: unknown
    y: np.ndarray
    shift_x: np.ndarray
    shift_y: np.ndarray
    earth: bool
    rest: np.ndarray
    past: np.ndarray  # in turns
    turns: np.ndarray  # of shifts

    @property
    def people(self) -> int:
        return len(self.problem.people)

    @property
    def positions(self) -> int:
        return len(self.shift_of)

    def slot(self, person: int, position: int) -> Slot:
        shift = self.problem.shifts[self.shift_of[position]]
        return Slot(self.problem.people[person].key, shift.key, self.names[position])

    @property
    def names(self) -> list[str]:
        if not hasattr(self, "_names"):
            self._names = [position.key for shift in self.problem.shifts for position in shift.positions]
        return self._names

    def distances(self, people: np.ndarray, shift: int) -> np.ndarray:
        """Kilometres; 0 where a place is unknown. The same formula as `distance_km`."""
        across, along = self.x[people] - self.shift_x[shift], self.y[people] - self.shift_y[shift]
        if self.earth:
            across = across * np.cos(np.radians((self.y[people] + self.shift_y[shift]) / 2)) * KM_PER_DEGREE
            along = along * KM_PER_DEGREE
        return np.nan_to_num(np.hypot(across, along), nan=0.0)


@dataclass
class Pairs:
    """Candidates, sorted by position, then person."""

    person: np.ndarray
    position: np.ndarray
    shift: np.ndarray
    km: np.ndarray
    wish: np.ndarray
    locked: np.ndarray
    at: dict[tuple[int, int], int] | None = None

    def __len__(self) -> int:
        return len(self.person)

    def find(self, person: int, position: int) -> int | None:
        if self.at is None:
            self.at = {pair: number for number, pair in enumerate(zip(self.person.tolist(), self.position.tolist(), strict=True))}
        return self.at.get((person, position))

    def only(self, keep: np.ndarray) -> "Pairs":
        return Pairs(self.person[keep], self.position[keep], self.shift[keep], self.km[keep], self.wish[keep], self.locked[keep])


def ground_of(problem: Problem) -> Ground:
    refuse_nonsense(problem)
    people, shifts, step = problem.people, problem.shifts, problem.step
    flat = [(number, position) for number, shift in enumerate(shifts) for position in shift.positions]
    position_at = {(shifts[number].key, position.key): at for at, (number, position) in enumerate(flat)}
    places = [place for place in (*(person.place for person in people), *(shift.place for shift in shifts)) if place]

    def along(things: tuple[Person | Shift, ...], axis: str) -> np.ndarray:
        return np.array([getattr(thing.place, axis) if thing.place else np.nan for thing in things], dtype=float)

    return Ground(
        problem=problem,
        shift_of=np.array([number for number, _ in flat], dtype=np.int32),
        minimum=np.array([position.minimum for _, position in flat], dtype=np.int64),
        most=np.array([position.most for _, position in flat], dtype=np.int64),
        priority=np.array([position.priority for _, position in flat], dtype=np.int64),
        starts=np.array([shift.start for shift in shifts], dtype=np.int64),
        ends=np.array([shift.end for shift in shifts], dtype=np.int64),
        minutes=np.array([shift.minutes for shift in shifts], dtype=np.int64),
        person_at={person.key: number for number, person in enumerate(people)},
        position_at=position_at,
        x=along(people, "x"),
        y=along(people, "y"),
        shift_x=along(shifts, "x"),
        shift_y=along(shifts, "y"),
        earth=bool(places and places[0].earth),
        rest=np.array([person.rest_minutes for person in people], dtype=np.int64),
        past=np.array([person.past_minutes // step for person in people], dtype=np.int64),
        turns=np.array([turns(shift.minutes, step) for shift in shifts], dtype=np.int64),
    )


def refuse_nonsense(problem: Problem) -> None:
    """What no roster can satisfy, whoever serves."""
    found: list[Conflict] = []
    if not problem.people:
        found.append(Conflict("no_people"))
    if not problem.shifts:
        found.append(Conflict("no_shifts"))
    for kind, keys in (("person", [person.key for person in problem.people]), ("shift", [shift.key for shift in problem.shifts])):
        if len(set(keys)) < len(keys):
            seen: set[str] = set()
            found += [Conflict("twice", {kind: key}) for key in keys if key in seen or seen.add(key)]  # type: ignore[func-returns-value]
    if problem.load_step is not None and problem.load_step <= 0:
        found.append(Conflict("not_positive", {"load_step": problem.load_step}))
    places = {place.earth for place in (*(person.place for person in problem.people), *(shift.place for shift in problem.shifts)) if place}
    if len(places) > 1:
        found.append(Conflict("two_kinds_of_places"))
    for shift in problem.shifts:
        if shift.end <= shift.start:
            found.append(Conflict("ends_before_start", {"shift": shift.key, "start": shift.start, "end": shift.end}))
        if not shift.positions:
            found.append(Conflict("no_positions", {"shift": shift.key}))
        names = [position.key for position in shift.positions]
        if len(set(names)) < len(names):
            found.append(Conflict("twice", {"shift": shift.key, "positions": tuple(names)}))
        for position in shift.positions:
            if position.minimum < 0 or position.most < 0:
                found.append(Conflict("negative", {"shift": shift.key, "position": position.key}))
            elif position.minimum > position.most:
                values = {"shift": shift.key, "position": position.key, "minimum": position.minimum, "maximum": position.most}
                found.append(Conflict("minimum_over_maximum", values))
        room = sum(position.most for position in shift.positions)
        for mix in shift.mix:
            if mix.heads < 0:
                found.append(Conflict("negative", {"shift": shift.key, "qualification": mix.qualification}))
            elif mix.heads > room:
                found.append(
                    Conflict("mix_over_maximum", {"shift": shift.key, "qualification": mix.qualification, "heads": mix.heads, "maximum": room})
                )
        for rule in shift.supervision:
            if rule.per < 0:
                found.append(Conflict("negative", {"shift": shift.key, "qualification": rule.qualification}))
        if shift.newcomers_per_experienced is not None and shift.newcomers_per_experienced < 0:
            found.append(Conflict("negative", {"shift": shift.key, "newcomers_per_experienced": shift.newcomers_per_experienced}))
    for person in problem.people:
        if person.rest_minutes < 0 or person.past_minutes < 0 or (person.reach_km is not None and person.reach_km < 0):
            found.append(Conflict("negative", {"person": person.key}))
        found += [Conflict("negative", {"person": person.key, "limit": limit.name}) for limit in person.limits if limit.minutes < 0]
        found += [
            Conflict("ends_before_start", {"person": person.key, "start": window.start, "end": window.end})
            for window in person.windows or ()
            if window.end < window.start
        ]
    known = {person.key for person in problem.people}
    for pair in problem.apart:
        found += [Conflict("unknown", {"person": key, "pair": pair}) for key in pair if key not in known]
        if pair[0] == pair[1]:
            found.append(Conflict("apart_from_oneself", {"person": pair[0]}))
    if found:
        raise Impossible(found)


def eligible_pairs(ground: Ground) -> Pairs:
    """All of them: nothing is left out here, so a bound over these pairs is a bound of the whole question."""
    problem = ground.problem
    count = ground.people
    everybody = np.arange(count)

    # Availability, once for each distinct time of a shift
    spans = [(number, span) for number, person in enumerate(problem.people) if person.windows is not None for span in merged(person.windows)]
    owner = np.array([number for number, _ in spans], dtype=np.int64)
    opens = np.array([span.start for _, span in spans], dtype=np.int64)
    closes = np.array([span.end for _, span in spans], dtype=np.int64)
    always = np.array([person.windows is None for person in problem.people], dtype=bool)
    free: dict[tuple[int, int], np.ndarray] = {}

    def free_at(start: int, end: int) -> np.ndarray:
        if (start, end) not in free:
            mask = always.copy()
            mask[owner[(opens <= start) & (closes >= end)]] = True
            free[start, end] = mask
        return free[start, end]

    able: dict[tuple[frozenset[str], frozenset[str]], np.ndarray] = {}

    def able_for(skills: frozenset[str], qualifications: frozenset[str]) -> np.ndarray:
        if (skills, qualifications) not in able:
            able[skills, qualifications] = np.array(
                [skills <= person.skills and qualifications <= person.qualifications for person in problem.people], dtype=bool
            )
        return able[skills, qualifications]

    reach = np.array([np.inf if person.reach_km is None else person.reach_km + 1e-9 for person in problem.people])
    refusing, wishing = wants(problem, "refusals"), wants(problem, "wishes")

    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    at = 0
    for number, shift in enumerate(problem.shifts):
        there = free_at(shift.start, shift.end)
        if shift.key in refusing:
            there = there.copy()
            there[refusing[shift.key]] = False
        for position in shift.positions:
            if position.most:
                who = everybody[there & able_for(position.skills, position.qualifications)]
                if (shift.key, position.key) in refusing:
                    who = who[~np.isin(who, refusing[shift.key, position.key])]
                km = ground.distances(who, number)
                close = km <= reach[who]
                who, km = who[close], km[close]
                wish = np.zeros(len(who), dtype=bool)
                for want in (shift.key, (shift.key, position.key)):
                    if want in wishing:
                        wish |= np.isin(who, wishing[want])
                parts.append((who, np.full(len(who), at), km, wish))
            at += 1
    person = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, dtype=np.int64)
    position_ = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, dtype=np.int64)
    km = np.concatenate([part[2] for part in parts]) if parts else np.zeros(0)
    wish = np.concatenate([part[3] for part in parts]) if parts else np.zeros(0, dtype=bool)
    return with_locks(
        ground, Pairs(person.astype(np.int32), position_.astype(np.int32), ground.shift_of[position_], km, wish, np.zeros(len(person), dtype=bool))
    )


def with_locks(ground: Ground, pairs: Pairs) -> Pairs:
    """Locked lines are candidates in any case: the person who decided them knew more."""
    problem = ground.problem
    if not problem.locks:
        return pairs
    wanted = sorted({(ground.person_at[lock.person], ground.position_at[lock.shift, lock.position]) for lock in problem.locks})
    extra = [pair for pair in wanted if pairs.find(*pair) is None]
    if extra:
        people, positions = np.array([pair[0] for pair in extra], dtype=np.int32), np.array([pair[1] for pair in extra], dtype=np.int32)
        shifts = ground.shift_of[positions]
        km = np.array([ground.distances(np.array([person]), shift)[0] for person, shift in zip(people, shifts, strict=True)])
        wish = np.array(
            [
                (slot := ground.slot(person, position)).shift in problem.people[person].wishes
                or (slot.shift, slot.position) in problem.people[person].wishes
                for person, position in extra
            ]
        )
        joined = [
            np.concatenate(both)
            for both in ((pairs.person, people), (pairs.position, positions), (pairs.shift, shifts), (pairs.km, km), (pairs.wish, wish))
        ]
        order = np.lexsort((joined[0], joined[1]))
        who, where, when, km, wish = (column[order] for column in joined)
        pairs = Pairs(who, where, when, km, wish, np.zeros(len(order), dtype=bool))
    for pair in wanted:
        number = pairs.find(*pair)
        assert number is not None
        pairs.locked[number] = True
    return pairs


def wants(problem: Problem, which: str) -> dict[str | tuple[str, str], np.ndarray]:
    """Who wishes or refuses a shift or a position."""
    found: dict[str | tuple[str, str], list[int]] = {}
    for number, person in enumerate(problem.people):
        for want in getattr(person, which):
            found.setdefault(want, []).append(number)
    return {want: np.array(people) for want, people in found.items()}
