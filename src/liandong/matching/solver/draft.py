"""A roster in the making: lines are added one by one and every rule is kept at each step. Gives the first answer at once, and mends answers that fell short."""

from collections import defaultdict

import numpy as np

from liandong.matching.solver.candidates import Ground, Pairs
from liandong.matching.solver.roster_types import load_cost


class Draft:
    def __init__(self, ground: Ground, pairs: Pairs) -> None:
        self.ground, self.pairs = ground, pairs
        self.person, self.position, self.shift = pairs.person.tolist(), pairs.position.tolist(), pairs.shift.tolist()
        self.starts, self.ends, self.minutes = ground.starts.tolist(), ground.ends.tolist(), ground.minutes.tolist()
        self.turns = ground.turns.tolist()
        self.past, self.most = ground.past.tolist(), ground.most.tolist()
        self.chosen = np.zeros(len(pairs), dtype=bool)
        self.of_person: dict[int, list[int]] = defaultdict(list)
        self.of_shift: dict[int, list[int]] = defaultdict(list)
        self.heads: dict[int, int] = defaultdict(int)
        self.load: dict[int, int] = defaultdict(int)
        self.enemies: dict[int, set[int]] = defaultdict(set)
        for one, other in ground.problem.apart:
            first, second = ground.person_at[one], ground.person_at[other]
            self.enemies[first].add(second)
            self.enemies[second].add(first)

    def fits(self, pair: int) -> bool:
        person, shift = self.person[pair], self.shift[pair]
        if self.chosen[pair] or self.heads[self.position[pair]] >= self.most[self.position[pair]]:
            return False
        who = self.ground.problem.people[person]
        start, end = self.starts[shift], self.ends[shift]
        for other in self.of_person[person]:
            there = self.shift[other]
            if start < self.ends[there] + who.rest_minutes and self.starts[there] < end + who.rest_minutes:
                return False
        for limit in who.limits:
            if limit.start <= start < limit.end:
                held = sum(
                    self.minutes[self.shift[other]] for other in self.of_person[person] if limit.start <= self.starts[self.shift[other]] < limit.end
                )
                if held + self.minutes[shift] > limit.minutes:
                    return False
        if self.enemies and any(self.person[other] in self.enemies[person] for other in self.of_shift[shift]):
            return False
        return self.guided(shift, person)

    def guided(self, shift: int, person: int) -> bool:
        """Supervision and newcomers' company hold with this person too."""
        asked = self.ground.problem.shifts[shift]
        if not asked.supervision and asked.newcomers_per_experienced is None:
            return True
        people = [self.ground.problem.people[self.person[other]] for other in self.of_shift[shift]]
        people.append(self.ground.problem.people[person])
        for rule in asked.supervision:
            over = sum(rule.qualification in one.qualifications for one in people)
            if len(people) - over > rule.per * over:
                return False
        if (each := asked.newcomers_per_experienced) is not None:
            return sum(one.newcomer for one in people) <= each * sum(one.experienced for one in people)
        return True

    def add(self, pair: int) -> None:
        self.chosen[pair] = True
        self.of_person[self.person[pair]].append(pair)
        self.of_shift[self.shift[pair]].append(pair)
        self.heads[self.position[pair]] += 1
        self.load[self.person[pair]] += self.turns[self.shift[pair]]

    def worth(self, pair: int, previous: np.ndarray | None) -> tuple[float, ...]:
        """Smaller is taken first: kept lines, guides, then load, wish and way."""
        person, shift = self.person[pair], self.shift[pair]
        carried = self.past[person] + self.load[person]
        asked = self.ground.problem.shifts[shift]
        guide = 0
        if asked.supervision or asked.newcomers_per_experienced is not None or asked.mix:
            who = self.ground.problem.people[person]
            guide = -sum(rule.qualification in who.qualifications for rule in (*asked.supervision, *asked.mix)) - who.experienced
        kept = 0.0 if previous is None else -float(previous[pair])
        return (kept, guide, load_cost(carried + self.turns[shift]) - load_cost(carried), -float(self.pairs.wish[pair]), float(self.pairs.km[pair]))

    def fill(self, previous: np.ndarray | None = None) -> None:
        """Locks first, then demands by priority, the scarcest first."""
        for lock in np.flatnonzero(self.pairs.locked).tolist():
            if not self.chosen[lock]:
                self.add(lock)
        ground = self.ground
        edges = np.searchsorted(self.pairs.position, np.arange(ground.positions + 1))
        choice = np.diff(edges)
        asks = np.flatnonzero(ground.minimum > 0)
        slack = choice[asks] / ground.minimum[asks]
        for position in asks[np.lexsort((slack, ground.priority[asks]))].tolist():
            candidates = range(int(edges[position]), int(edges[position + 1]))
            need = int(ground.minimum[position]) - self.heads[position]
            if need <= 0:
                continue
            for _, pair in sorted((self.worth(pair, previous), pair) for pair in candidates if not self.chosen[pair]):
                if need and self.fits(pair):
                    self.add(pair)
                    need -= 1
