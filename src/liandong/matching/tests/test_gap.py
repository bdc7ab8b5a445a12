import itertools
import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.config.cli import main
from liandong.matching.files.gap import Unusable, gap_file, read_gap
from liandong.matching.solver import gap_bound, gap_patterns, gap_search
from liandong.matching.solver.gap import Answer, Problem, checked, in_steps, solve_gap

SMALL = "2 3\n1 2 3\n3 2 1\n1 1 1\n1 1 1\n2 2\n"


def brute(problem: Problem) -> float | None:
    """The least (or greatest) objective over every assignment there is."""
    c, r, b, heads = problem.arrays()
    m, n = c.shape
    best = None
    for ways in itertools.product(*(list(itertools.combinations(range(m), int(count))) for count in heads)):
        x = np.zeros((m, n), bool)
        for job, agents in enumerate(ways):
            x[list(agents), job] = True
        if ((r * x).sum(axis=1) <= b + 1e-9).all():
            cost = float(c[x].sum())
            if best is None or (cost > best if problem.maximise else cost < best):
                best = cost
    return best


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    m, n = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    whole = draw(st.booleans())
    some = st.integers(-9, 30) if whole else st.integers(-900, 3000).map(lambda value: value / 100)
    uses = draw(
        st.sampled_from([st.integers(0, 12), st.integers(0, 50).map(lambda value: value / 4), st.integers(0, 9000).map(lambda value: value / 777)])
    )

    def matrix(numbers: st.SearchStrategy) -> list[list[float]]:
        return draw(st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=m, max_size=m))

    heads = draw(st.none() | st.lists(st.integers(1, 2), min_size=n, max_size=n))
    return Problem(matrix(some), matrix(uses), draw(st.lists(st.integers(0, 40), min_size=m, max_size=m)), heads, maximise=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(problems())
def test_small_problems_are_solved_like_by_trying_everything(problem: Problem) -> None:
    answer, best = solve_gap(problem, seconds=10, processes=1), brute(problem)
    assert (answer.proven, answer.infeasible) == (True, best is None)
    if best is not None:
        assert answer.assignment is not None
        assert answer.objective == pytest.approx(best, abs=1e-6)
        assert answer.bound == pytest.approx(best, abs=1e-6)
        assert checked(problem, answer.assignment) == answer.objective


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_bounds_are_never_above_the_best(problem: Problem) -> None:
    c, r, b, heads = problem.arrays()
    c = -c if problem.maximise else c
    best, allowed = brute(problem), r <= b[:, None]
    if best is None or (allowed.sum(0) < heads).any():
        return
    best = -best if problem.maximise else best
    prices = gap_bound.linear(c, r, b, heads, allowed, 10)
    assert prices is not None
    assert prices.bound <= best + 1e-6
    steps, room, exact = in_steps(r, b)
    if exact:
        bound, u = gap_bound.lagrange(np.where(allowed, c, np.inf), steps, room, heads, prices.job, best + 1, float("inf"))
        assert bound <= best + 1e-6
        least = gap_bound.forced(np.where(allowed, c, np.inf), steps, room, heads, u)
        assert all((least[x] <= best + 1e-6).all() for x in best_answers(problem, best))


def best_answers(problem: Problem, best: float) -> list[np.ndarray]:
    c, r, b, heads = problem.arrays()
    c = -c if problem.maximise else c
    found = []
    for ways in itertools.product(*(list(itertools.combinations(range(len(b)), int(count))) for count in heads)):
        x = np.zeros(c.shape, bool)
        for job, agents in enumerate(ways):
            x[list(agents), job] = True
        if ((r * x).sum(axis=1) <= b + 1e-9).all() and c[x].sum() <= best + 1e-6:
            found.append(x)
    return found


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(0, 99))
def test_the_search_finds_only_answers_that_hold(problem: Problem, seed: int) -> None:
    c, r, b, heads = problem.arrays()
    steps, room, _ = in_steps(r, b)
    allowed = steps <= room[:, None]
    if (allowed.sum(0) < heads).any():
        return
    x = gap_search.beam(c, steps, room, heads, allowed, np.zeros(len(b)), np.inf, np.random.default_rng(seed), width=2, children=2)
    if x is not None:
        checked(problem, [tuple(np.flatnonzero(column)) for column in x.T])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 9)), min_size=1, max_size=8), st.integers(0, 25), st.integers(1, 40), st.integers(0, 30)
)
def test_the_best_patterns_are_listed_and_no_others(things: list[tuple[int, int]], b: int, most: int, loss: int) -> None:
    p, r = np.array([float(worth) for worth, _ in things]), np.array([weight for _, weight in things])
    all_ = [p @ x for x in (np.array(way, bool) for way in itertools.product([0, 1], repeat=len(p))) if r @ x <= b]
    good = sorted((worth for worth in all_ if worth >= max(all_) - loss), reverse=True)
    worth, x, complete = gap_patterns.patterns(p, r, b, most, loss)
    assert sorted(worth, reverse=True) == good[:most]
    assert complete == (len(good) <= most)
    assert (x @ p).tolist() == worth.tolist()
    assert ((x @ r) <= b).all()
    assert len(np.unique(x, axis=0)) == len(x)


@settings(max_examples=150, deadline=None)
@given(problems(), st.integers(0, 99), st.integers(0, 30))
def test_a_choice_among_patterns_is_the_best_there_is(problem: Problem, seed: int, more: int) -> None:
    """From any job prices; and with all patterns that may be in an answer that is dear enough, it is the best answer of the problem."""
    c, r, b, heads = problem.arrays()
    c = np.round(-c if problem.maximise else c)
    best = brute(Problem(c, r, b, heads))
    steps, room, exact = in_steps(r, b)
    if not exact or (steps > room[:, None]).any():
        return
    u = np.round(np.random.default_rng(seed).uniform(-5, 30, len(heads)))
    low = float(heads @ u - gap_bound.knapsacks(c, steps, room, u).value.sum())
    limit = low + more if best is None or seed % 2 else max(best + seed % 3 - 1, low)
    choice = gap_patterns.Choice.of(c, steps, room, u, 1000, limit - low)
    assert choice is not None
    assert choice.complete
    cover = choice.cover(heads, limit, 1.0)
    x = cover.run(u)
    assert cover.settled
    assert (x is None) == (best is None or best > limit)
    if x is not None:
        assert checked(Problem(c, r, b, heads), [tuple(np.flatnonzero(column)) for column in x.T]) == best


@settings(max_examples=60, deadline=None)
@given(problems())
def test_job_prices_from_listed_patterns_give_a_bound(problem: Problem) -> None:
    c, r, b, heads = problem.arrays()
    c, best = -c if problem.maximise else c, brute(problem)
    steps, room, exact = in_steps(r, b)
    if best is None or not exact or (steps > room[:, None]).any():
        return
    best = -best if problem.maximise else best
    low, u = gap_patterns.priced(c, steps, room, heads, np.zeros(len(heads)), best + 1, rounds=8)
    assert low <= best + 1e-6
    assert low == pytest.approx(float(heads @ u - gap_bound.knapsacks(c, steps, room, u).value.sum()), abs=1e-6)


def test_a_neighbourhood_solved_by_patterns_makes_an_answer_better() -> None:
    problem = tight(6, 24, 5)
    c, r, b, heads = problem.arrays()
    allowed = r <= b[:, None]
    steps, room, _ = in_steps(r, b)
    prices = gap_bound.linear(c, r, b, heads, allowed, 5)
    assert prices is not None
    x = gap_search.beam(c, steps, room, heads, allowed, prices.capacity, np.inf, np.random.default_rng(1))
    assert x is not None
    near = gap_patterns.Neighbourhoods(np.where(allowed, c, np.inf), steps, room, prices.job, 1.0, np.random.default_rng(1))
    found = (near.improve(x, time.monotonic() + 10) for _ in range(8))
    better = next(y for y in found if y is not None)
    assert checked(problem, [tuple(np.flatnonzero(column)) for column in better.T]) <= c[x].sum() - 1


def tight(m: int, n: int, seed: int) -> Problem:
    """Dear where little is used, so that every unit of capacity counts."""
    rng = np.random.default_rng(seed)
    r = rng.integers(1, 101, (m, n))
    return Problem(111 - r + rng.integers(-10, 11, (m, n)), r, (0.8 * r.sum(axis=1) / m).astype(int))


def test_a_tight_problem_comes_close_to_its_bound_with_two_processes() -> None:
    problem = tight(10, 60, 3)
    answer = solve_gap(problem, seconds=6, processes=2)
    assert answer.assignment is not None
    assert answer.bound <= answer.objective == checked(problem, answer.assignment)
    assert answer.gap < 0.02
    assert answer.seconds < 8


def test_several_heads_take_different_agents() -> None:
    answer = solve_gap(Problem([[1, 5], [2, 1], [3, 2]], [[1, 1]] * 3, [1, 2, 1], heads=[2, 2]), processes=1)
    assert (answer.objective, answer.assignment, answer.proven) == (6.0, ((0, 1), (1, 2)), True)


def test_more_heads_than_agents_is_proven_impossible() -> None:
    answer = solve_gap(Problem([[1], [1]], [[1], [1]], [5, 5], heads=[3]))
    assert (answer.infeasible, answer.proven, answer.assignment, answer.gap) == (True, True, None, None)


def test_jobs_that_fit_one_by_one_but_not_together_are_proven_impossible() -> None:
    assert solve_gap(Problem([[1, 1, 1]] * 2, [[2, 2, 2]] * 2, [3, 3])).infeasible


@pytest.mark.parametrize(
    ("assignment", "why"),
    [
        ([(0,), (0,), (0,)], "agent 0 has 2 and would use 3"),
        ([(0,), (1,)], "2 jobs are assigned, not 3"),
        ([(0,), (1,), (2,)], "job 2 needs 1 different agents and has [2]"),
        ([(0,), (1,), (0, 1)], "job 2 needs 1 different agents and has [0, 1]"),
    ],
)
def test_the_check_says_what_is_broken(assignment: list[tuple[int, ...]], why: str) -> None:
    with pytest.raises(ValueError) as error:
        checked(Problem([[1, 2, 3], [3, 2, 1]], [[1, 1, 1]] * 2, [2, 2]), assignment)
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"capacities": [1, -1]}, "consumptions and capacities must not be negative"),
        ({"capacities": [1]}, "1 capacities, costs (2, 1) and consumptions (2, 1) do not fit together"),
        ({"costs": [[1], [float("nan")]]}, "all numbers must be finite"),
        ({"heads": [0]}, "every job needs at least one head"),
        ({"costs": [[], []], "consumptions": [[], []]}, "there must be at least one agent and one job"),
    ],
)
def test_what_is_no_problem_is_refused(changes: dict, why: str) -> None:
    with pytest.raises(ValueError) as error:
        Problem(**({"costs": [[1], [1]], "consumptions": [[1], [1]], "capacities": [1, 1]} | changes))
    assert str(error.value) == why


def test_the_gap_is_a_share_of_the_objective() -> None:
    assert Answer(10.0, 8.0, ((0,),), False, 1.0).gap == 0.2


# Files


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ": the file is empty."),
        ("hello there", ", line 1: “hello” is not a number."),
        (SMALL + "the end\n", ", line 7: “the” is not a number."),
        (SMALL.replace("2 2\n", "2 nan\n"), ", line 6: “nan” is not a number."),
        (SMALL + "7 8", ", line 7: 2 numbers too many: after the capacities the file must end."),
        (SMALL.replace("2 2\n", "2 -2\n"), ", line 6: a capacity of -2; none may be negative."),
        ("2 3\n1 2 3\n3 2 1\n1 -1 1\n1 1 1\n2 2\n", ", line 4: a consumption of -1; none may be negative."),
        ("2 3\n1 2 3\n3 2 1\n1 1", ", line 4: the file ends in the middle: of 2 agents and 3 jobs, 2 of the 6 consumptions are there."),
        ("2\n" + SMALL, ", line 7: the file ends where the numbers of agents and jobs should stand."),
        ("1\n" + SMALL + "5", ", line 8: 1 numbers too many: after problem 1 of 1 the file must end."),
        ("0 3\n1", ", line 1: the numbers of agents and jobs must be whole and at least 1, not 0 and 3."),
        ("-2\n3 4", ", line 1: a file begins with its agents and jobs, or with the number of its problems, not with -2."),
    ],
)
def test_a_bad_file_is_refused_in_one_line_that_names_the_place(tmp_path: Path, capsys: pytest.CaptureFixture, text: str, why: str) -> None:
    source = tmp_path / "bad.txt"
    source.write_text(text)
    assert main(["solve", "gap", str(source)]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"liandong: {source}{why}\n")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "bad.bin"
    source.write_bytes(bytes(range(256)))
    with pytest.raises(Unusable) as error:
        read_gap(source)
    assert str(error.value) == f"{source}: this is no text file with numbers."


def test_the_command_prints_the_answer_and_writes_it_too(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source, out = tmp_path / "gap.txt", tmp_path / "answer.json"
    source.write_text(SMALL)
    assert main(["solve", "gap", str(source), "--maximise", "--out", str(out)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert json.loads(out.read_text()) == found
    del found["seconds"]
    assert found == {"objective": 8, "bound": 8, "gap": 0.0, "assignment": [1, 0, 0], "proven": True} or found["assignment"][1] == 1


def test_a_file_with_several_problems_gives_all_or_the_one_asked_for(tmp_path: Path) -> None:
    source = tmp_path / "gaps.txt"
    source.write_text("2\n" + SMALL + "1 1\n5\n2\n1\n")
    answers = gap_file(source, seconds=5)["instances"]
    assert [(answer["objective"], answer.get("infeasible", False), answer["proven"]) for answer in answers] == [(4, False, True), (None, True, True)]
    assert gap_file(source, seconds=5, instance=2)["infeasible"] is True
    with pytest.raises(Unusable) as error:
        gap_file(source, instance=3)
    assert str(error.value) == f"{source}: there is no instance 3, the file holds 2."
