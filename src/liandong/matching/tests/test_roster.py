"""The roster against brute force: on small questions every possible roster is written down and measured by the checker alone."""

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.matching.solver import check
from liandong.matching.solver.roster import solve
from liandong.matching.solver.roster_types import (
    Impossible,
    Limit,
    Mix,
    Person,
    Place,
    Position,
    Problem,
    Shift,
    Slot,
    Span,
    Supervision,
    limits_of,
    minute,
)


def every_roster(problem):
    """All sets of lines: for each person and shift nothing or one of the positions."""
    cells = [(person.key, shift) for person in problem.people for shift in problem.shifts]
    for choice in product(*([None, *(position.key for position in shift.positions)] for _, shift in cells)):
        slots = [Slot(person, shift.key, position) for (person, shift), position in zip(cells, choice, strict=True) if position is not None]
        if not check.faults(problem, slots):
            yield slots


def best_of_all(problem, previous=None):
    return min((tuple(check.measure(problem, slots, previous).values()) for slots in every_roster(problem)), default=None)


words = st.frozensets(st.sampled_from(["sign", "repair"]), max_size=2)
held = st.frozensets(st.sampled_from(["aid", "guide"]), max_size=2)
times = st.sampled_from([0, 60, 120, 180])


@st.composite
def questions(draw):
    shifts = []
    for number in range(draw(st.integers(1, 3))):
        start = draw(times)
        positions = []
        for at in range(draw(st.integers(1, 2)) if number == 0 else 1):
            least = draw(st.integers(0, 2))
            positions.append(
                Position(
                    f"j{at}",
                    least,
                    least + draw(st.integers(0, 1)),
                    draw(st.integers(1, 2)),
                    draw(st.sampled_from([frozenset(), frozenset({"sign"})])),
                )
            )
        shifts.append(
            Shift(
                f"s{number}",
                start,
                start + draw(st.sampled_from([60, 120])),
                tuple(positions),
                Place(draw(st.integers(0, 3)), 0),
                mix=draw(st.sampled_from([(), (Mix("aid"),)])) if any(position.most for position in positions) else (),
                supervision=draw(st.sampled_from([(), (), (Supervision("guide", 1),)])),
                newcomers_per_experienced=draw(st.sampled_from([None, None, 1])),
            )
        )
    keys = [shift.key for shift in shifts]
    people = []
    for number in range(draw(st.integers(1, 4 if len(shifts) < 3 else 3))):
        people.append(
            Person(
                f"p{number}",
                draw(words),
                draw(held),
                draw(st.sampled_from([None, None, (Span(0, 120), Span(120, 400)), (Span(60, 180),)])),
                Place(draw(st.integers(0, 3)), 0),
                draw(st.sampled_from([None, 2])),
                wishes=draw(st.frozensets(st.sampled_from(keys), max_size=2)),
                refusals=draw(st.frozensets(st.sampled_from(keys), max_size=1)),
                limits=draw(st.sampled_from([(), (Limit(0, 400, 120),), (Limit(0, 400, 180), Limit(0, 100, 60))])),
                rest_minutes=draw(st.sampled_from([0, 0, 60])),
                past_minutes=draw(st.sampled_from([0, 0, 70, 200])),
                newcomer=draw(st.booleans()),
                experienced=draw(st.booleans()),
                team=draw(st.sampled_from(["", "", "red"])),
            )
        )
    apart = (("p0", "p1"),) if len(people) > 1 and draw(st.booleans()) else ()
    return Problem(tuple(people), tuple(shifts), apart, fill=draw(st.booleans()))


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions())
def test_no_roster_is_better_than_the_answer(problem):
    roster = solve(problem, seconds=20)
    slots = [line.slot for line in roster.lines]
    assert check.faults(problem, slots) == []
    assert tuple(tier.value for tier in roster.tiers) == tuple(check.measure(problem, slots).values())
    assert roster.proven
    assert tuple(tier.value for tier in roster.tiers) == best_of_all(problem)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions(), st.randoms(use_true_random=False))
def test_with_an_earlier_plan_no_roster_that_covers_as_much_changes_less(problem, random):
    earlier = random.choice(list(every_roster(problem)))
    roster = solve(problem, previous=earlier, seconds=20)
    assert roster.proven
    assert tuple(tier.value for tier in roster.tiers) == best_of_all(problem, earlier)
    assert roster.changes == roster.value("changes")


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions(), st.randoms(use_true_random=False))
def test_locks_stay_or_the_question_is_called_impossible(problem, random):
    person, shift = random.choice(problem.people), random.choice(problem.shifts)
    problem = replace(problem, locks=(Slot(person.key, shift.key, random.choice(shift.positions).key),))
    best = best_of_all(problem)
    if best is None:
        with pytest.raises(Impossible) as caught:
            solve(problem, seconds=20)
        assert caught.value.conflicts
    else:
        roster = solve(problem, seconds=20)
        assert set(problem.locks) <= {line.slot for line in roster.lines}
        assert tuple(tier.value for tier in roster.tiers) == best


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions())
def test_help_that_is_called_exact_is_what_one_more_person_brings(problem):
    roster = solve(problem, seconds=20)
    lacking = sum(unmet.missing for unmet in roster.unmet)
    assert roster.covered == check.demand(problem) - lacking
    for one in roster.helps:
        if one.exact:
            limits = next((person.limits for person in problem.people if person.limits), ())
            allowed = sorted(min(limit.minutes for limit in person.limits) for person in problem.people if person.limits)
            more = Person(
                "more", one.skills, one.qualifications, limits=tuple(replace(limit, minutes=allowed[len(allowed) // 2]) for limit in limits)
            )
            again = solve(replace(problem, people=(*problem.people, more)), seconds=20)
            assert lacking - sum(unmet.missing for unmet in again.unmet) == one.heads


def cleaning(**changes):
    """Two days of a market: who keeps the power safe must be an electrician."""
    shifts = tuple(
        Shift(f"s{number}", number * 180, number * 180 + 150, (Position("safe", qualifications=frozenset({"power"})),)) for number in range(3)
    )
    people = (
        Person("Liu", qualifications=frozenset({"power"}), limits=(Limit(0, 10_000, 300),)),
        Person("Sun", qualifications=frozenset({"power"}), windows=(Span(0, 150),)),
        Person("Zhao"),
    )
    return replace(Problem(people, shifts), **changes)


def test_a_missing_head_says_how_many_could_and_why_each_does_not_come():
    roster = solve(replace(cleaning(), locks=(Slot("Liu", "s0", "safe"), Slot("Liu", "s1", "safe"))))
    (unmet,) = roster.unmet
    assert (unmet.shift, unmet.position, unmet.missing) == ("s2", "safe", 1)
    assert unmet.cause.code == "limit"
    assert (unmet.funnel["people"], unmet.funnel["qualified"], unmet.funnel["available"], unmet.funnel["within_limit"]) == (3, 2, 1, 0)
    assert [(who, reason.code) for who, reason in unmet.blocked] == [("Liu", "limit"), ("Sun", "unavailable")]
    assert unmet.blocked[0][1].values == {"name": "total", "minutes": 300, "limit": 300}


def test_it_says_which_one_more_person_would_fill_what_is_missing():
    roster = solve(replace(cleaning(), locks=(Slot("Liu", "s0", "safe"), Slot("Liu", "s1", "safe"))))
    (one,) = roster.helps
    assert (one.qualifications, one.heads, one.shifts, one.exact) == (frozenset({"power"}), 1, ("s2",), True)


def test_nobody_near_is_named_as_the_cause():
    shift = Shift("s", 0, 60, (Position("sign", skills=frozenset({"sign"})),), Place(10, 0))
    roster = solve(Problem((Person("a", frozenset({"sign"}), place=Place(0, 0), reach_km=5),), (shift,)))
    assert roster.unmet[0].cause.code == "far"
    assert roster.unmet[0].blocked == (("a", roster.unmet[0].blocked[0][1]),)
    assert roster.unmet[0].blocked[0][1].values == {"km": 10.0, "reach": 5}


def test_after_one_refusal_few_others_move():
    people = tuple(Person(f"p{number}", wishes=frozenset({f"s{number % 4}"})) for number in range(12))
    shifts = tuple(Shift(f"s{number}", number * 100, number * 100 + 60, (Position("any", 2),)) for number in range(4))
    first = solve(Problem(people, shifts))
    gone = first.lines[0]
    again = tuple(replace(person, refusals=frozenset({gone.shift})) if person.key == gone.person else person for person in people)
    second = solve(Problem(again, shifts), previous=[line.slot for line in first.lines])
    assert second.covered == second.required
    assert second.changes == 2
    assert len([person for person in second.people_changed if person != gone.person]) == 1


@pytest.mark.parametrize(
    ("problem", "codes"),
    [
        (Problem((), ()), ["no_people", "no_shifts"]),
        (Problem((Person("a"),), (Shift("s", 0, 60, (Position("j", 3, 2),)),)), ["minimum_over_maximum"]),
        (Problem((Person("a"),), (Shift("s", 60, 60, (Position("j"),)),)), ["ends_before_start"]),
        (Problem((Person("a"),), (Shift("s", 0, 60, (Position("j"),), mix=(Mix("aid", 2),)),)), ["mix_over_maximum"]),
        (Problem((Person("a"), Person("a")), (Shift("s", 0, 60, (Position("j"),)),)), ["twice"]),
        (Problem((Person("a"),), (Shift("s", 0, 60, (Position("j"),)),), locks=(Slot("b", "s", "j"),)), ["lock_unknown"]),
        (Problem((Person("a", limits=(Limit(0, 60, -5),)),), (Shift("s", 0, 60, (Position("j"),)),)), ["negative"]),
        (cleaning(locks=(Slot("Zhao", "s0", "safe"),)), ["lock_not_qualified"]),
        (cleaning(locks=(Slot("Liu", "s0", "safe"), Slot("Sun", "s0", "safe"))), ["lock_too_many"]),
        (cleaning(locks=(Slot("Liu", "s0", "safe"), Slot("Liu", "s1", "safe"), Slot("Liu", "s2", "safe"))), ["lock_limit"]),
        (
            Problem(
                (Person("new", newcomer=True),), (Shift("s", 0, 60, (Position("j"),), newcomers_per_experienced=1),), locks=(Slot("new", "s", "j"),)
            ),
            ["lock_newcomers"],
        ),
    ],
)
def test_contradictions_are_named(problem, codes):
    with pytest.raises(Impossible) as caught:
        solve(problem)
    assert [conflict.code for conflict in caught.value.conflicts] == codes


def test_locked_newcomers_get_their_guide():
    people = (Person("new", newcomer=True), Person("old", experienced=True), Person("mid"))
    shift = Shift("s", 0, 60, (Position("j", 1, 2),), newcomers_per_experienced=1)
    roster = solve(Problem(people, (shift,), locks=(Slot("new", "s", "j"),)))
    assert [line.person for line in roster.lines] == ["new", "old"]
    assert roster.lines[1].reasons[0].code in {"scarce", "beside_newcomers"}


def test_a_lock_goes_before_availability_and_says_so():
    people = (Person("a", windows=()), Person("b"))
    roster = solve(Problem(people, (Shift("s", 0, 60, (Position("j"),)),), locks=(Slot("a", "s", "j"),)))
    assert roster.lines[0].person == "a"
    assert (roster.lines[0].reasons[0].code, roster.lines[0].reasons[0].values) == ("locked", {"against": ("unavailable",)})


def test_a_cancelled_run_keeps_the_best_answer_so_far_and_claims_nothing():
    seen = []
    problem = Problem(tuple(Person(f"p{n}") for n in range(6)), tuple(Shift(f"s{n}", 0, 60, (Position("j", 2),)) for n in range(2)))
    roster = solve(problem, progress=seen.append, cancelled=lambda: True)
    assert check.faults(problem, [line.slot for line in roster.lines]) == []
    assert (len(roster.lines), roster.finished, roster.proven) == (4, False, False)
    assert len(seen) == 1


def test_limits_follow_the_calendar_of_the_zone_across_midnight():
    from zoneinfo import ZoneInfo

    home = ZoneInfo("Asia/Shanghai")
    sunday = minute(dt.datetime(2026, 5, 31, 23, 0, tzinfo=home))
    limits = limits_of(start=sunday, end=sunday + 120, weekly=300, monthly=600)
    assert [(limit.name, limit.minutes) for limit in limits] == [("week", 300), ("week", 300), ("month", 600), ("month", 600)]
    assert limits[1].start == minute(dt.datetime(2026, 6, 1, tzinfo=home)) == limits[3].start
    assert minute(dt.datetime(2026, 6, 1, 0, 30, tzinfo=home)) == minute(dt.datetime(2026, 5, 31, 16, 30, tzinfo=dt.UTC))


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        minute(dt.datetime(2026, 6, 1))
