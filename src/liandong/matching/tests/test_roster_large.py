"""The ways of large rosters, on questions small enough to know the best answer."""

import random
import time
from dataclasses import replace

import numpy as np
import pytest

from liandong.matching.solver import check, roster, roster_blocks, roster_large, roster_repair
from liandong.matching.solver.candidates import eligible_pairs, ground_of
from liandong.matching.solver.programme import Programme
from liandong.matching.solver.roster_model import MERGED, build, exclusive, knapsack
from liandong.matching.solver.roster_types import Limit, Mix, Person, Place, Position, Problem, Shift, Slot, Span, Supervision


def town(seed, people=60, shifts=18):
    rng = random.Random(seed)
    made = []
    for number in range(shifts):
        start = rng.randrange(4) * 1440 + rng.choice([540, 700, 900])
        positions = tuple(Position(name, rng.choice([1, 2]), None, rng.choice([1, 2]), skills=frozenset([name])) for name in rng.sample("abc", 2))
        rules = (Supervision("guide", 2),) if rng.random() < 0.2 else ()
        made.append(
            Shift(
                f"s{number}",
                start,
                start + rng.choice([120, 150, 180]),
                positions,
                Place(rng.random() * 9, rng.random() * 3),
                mix=(Mix("aid"),),
                supervision=rules,
            )
        )
    everybody = tuple(
        Person(
            f"p{number}",
            frozenset(rng.sample("abc", 2)),
            frozenset(rng.sample(["aid", "guide", "none"], 1)),
            tuple(Span(day * 1440 + 500, day * 1440 + 1300) for day in rng.sample(range(4), 2)),
            Place(rng.random() * 9, rng.random() * 3),
            4,
            frozenset([f"s{rng.randrange(shifts)}"]),
            limits=(Limit(0, 9999, rng.choice([300, 450])),),
            past_minutes=rng.choice([0, 150, 300]),
        )
        for number in range(people)
    )
    return Problem(everybody, tuple(made))


def weighed(problem, slots):
    values = check.measure(problem, slots)
    ground = ground_of(problem)
    weigh = roster_large.weights(build(ground, eligible_pairs(ground)))
    return sum(weigh[name] * value for name, value in values.items())


def best_weighed(problem):
    ground = ground_of(problem)
    pairs = roster.within_limits(ground, eligible_pairs(ground))
    model = build(ground, pairs)
    weigh = roster_large.weights(model)
    cost = sum((weigh[aim.name] * aim.cost for aim in model.aims), np.zeros(model.columns))
    programme = Programme(model.matrix, model.lower, model.upper, model.low, model.high, model.integer)
    found = programme.search(cost, start=None, until=time.monotonic() + 30, unit=1e-6)
    assert found.optimal
    return float(cost @ found.x)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("whole", "block"), [(10**9, 1), (0, 10**9), (0, 60)])
def test_the_answer_is_allowed_and_the_bound_is_one(monkeypatch, seed, whole, block):
    monkeypatch.setattr(roster, "LARGE", 0)
    monkeypatch.setattr(roster_large, "WHOLE", whole)
    monkeypatch.setattr(roster_large, "BLOCK", block)
    monkeypatch.setattr(roster_blocks, "BLOCK", block)
    problem = town(seed)
    answer = roster.solve(problem, seconds=30)
    slots = [line.slot for line in answer.lines]
    assert check.faults(problem, slots) == []
    assert answer.blended
    best, own = best_weighed(problem), weighed(problem, slots)
    heads = own - answer.value("blend")
    assert answer.tiers[-1].bound + heads <= best + 1e-6
    assert best <= own + 1e-6
    assert own <= (1.05 if block == 60 else 1.01) * best
    for tier in answer.tiers[:-1]:
        assert tier.bound <= tier.value


def test_facets_of_a_limit_hold_exactly_what_fits():
    for kinds, limit in [((120, 150, 180), 300), ((120, 150, 180), 600), ((60, 90), 240), ((45, 60, 75, 150), 300)]:
        counts = (4,) * len(kinds)
        rows = knapsack(kinds, counts, limit)
        for combination in np.ndindex(*(5,) * len(kinds)):
            fits = sum(number * kind for number, kind in zip(combination, kinds, strict=True)) <= limit
            held = all(sum(number * value for number, value in zip(combination, values, strict=True)) <= most for values, most in rows)
            assert fits == held, (kinds, limit, combination)


@pytest.mark.parametrize("seed", range(8))
def test_after_one_refusal_in_a_large_plan_few_others_change_and_no_head_is_lost(monkeypatch, seed):
    monkeypatch.setattr(roster, "MENDED", 20)
    problem = town(seed, people=90)
    first = roster.solve(problem, seconds=30)
    slots = [line.slot for line in first.lines]
    gone = slots[len(slots) // 2]
    people = tuple(replace(person, refusals=frozenset({gone.shift})) if person.key == gone.person else person for person in problem.people)
    again = roster.solve(replace(problem, people=people), previous=slots, seconds=30)
    new = [line.slot for line in again.lines]
    assert check.faults(replace(problem, people=people), new) == []
    assert again.covered >= first.covered
    assert len([key for key in again.people_changed if key != gone.person]) <= 3
    monkeypatch.setattr(roster, "MENDED", 10**9)
    best = roster.solve(replace(problem, people=people), previous=slots, seconds=30)
    assert best.covered == again.covered
    assert best.changes <= again.changes <= best.changes + 1


def test_what_excludes_one_another_is_in_one_row_and_nothing_else():
    rng = random.Random(11)
    for _ in range(60):
        shifts = []
        for number in range(rng.randint(2, 9)):
            start = rng.randrange(3) * 1440 + rng.choice([540, 600, 700, 900])
            shifts.append(Shift(f"s{number}", start, start + rng.choice([60, 120, 180]), (Position("a", 0, None, 1),)))
        limits = (Limit(0, 1440, rng.choice([120, 240])), Limit(0, 4320, rng.choice([300, 340])))
        rest = rng.choice([0, 60])
        ground = ground_of(Problem((Person("p", limits=limits, rest_minutes=rest),), tuple(shifts)))
        pairs = eligible_pairs(ground)
        found = exclusive(ground, pairs, np.arange(len(pairs)), rest, limits)

        def apart(one, other, shifts=shifts, rest=rest, limits=limits, pairs=pairs):
            a, b = shifts[pairs.shift[one]], shifts[pairs.shift[other]]
            over = any(x.start <= a.start < x.end and x.start <= b.start < x.end and a.end - a.start + b.end - b.start > x.minutes for x in limits)
            return over or (a.start < b.end + rest and b.start < a.end + rest)

        every = {(one, other) for one in range(len(pairs)) for other in range(one) if apart(one, other)}
        assert not found or {(one, other) for group in found for one in group for other in group if other < one} == every


def test_too_many_shifts_are_left_to_the_cliques_of_time():
    shifts = tuple(Shift(f"s{number}", 1440 * number, 1440 * number + 60, (Position("a", 0, None, 1),)) for number in range(MERGED + 1))
    limits = (Limit(0, 10**6, 60),)
    ground = ground_of(Problem((Person("p", limits=limits),), shifts))
    pairs = eligible_pairs(ground)
    assert exclusive(ground, pairs, np.arange(len(pairs)), 0, limits) == []


def test_who_serves_elsewhere_at_that_hour_does_not_step_in():
    one = (Position("a", 1, None, 1),)
    here, far = Place(0, 0), Place(3, 0)
    shifts = (
        Shift("broken", 600, 720, one, here),
        Shift("same hour", 600, 720, one, here),
        Shift("later", 2000, 2100, (Position("a", 2, None, 1),), here),
    )
    free = tuple(Person(f"f{number}", place=far, reach_km=9, past_minutes=1200) for number in range(24))
    people = (Person("gone", place=here, reach_km=9, refusals=frozenset(["broken"])), Person("near", place=here, reach_km=9), *free)
    before = {Slot("gone", "broken", "a"), Slot("near", "same hour", "a"), Slot("near", "later", "a"), Slot("f0", "later", "a")}
    mended = roster_repair.repair(Problem(people, shifts), frozenset(before), seconds=5, solve=roster.solve)
    assert mended is not None
    assert (mended.covered, len(mended.people_changed), "near" in mended.people_changed) == (4, 2, False)
