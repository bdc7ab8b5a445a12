"""The model of promises and shelf, where its answer is known beforehand."""

import time

import numpy as np
import pytest

from liandong.rewards.solvency import AGES, LOTS, YOUNGEST, Assumptions, Start, simulate, wishes

STILL = {"earning_growth": 0, "shelf_growth": 0, "chance": 0}


def start(*, held: float = 0, earned: float = 0, shelf: float = 0, age: int = 30) -> Start:
    points, income = np.zeros((AGES, LOTS)), np.zeros(AGES)
    points[age - YOUNGEST, 0] = held
    income[age - YOUNGEST] = earned
    return Start(points, income, shelf)


def test_nobody_spends_and_everything_adds_up():
    course = simulate(start(held=100, earned=10), Assumptions(wish_young=0, wish_old=0, **STILL))
    assert np.allclose(course.promised, 100 + 10 * np.arange(1, 11))
    assert course.short_from(100) is None


def test_a_constant_share_decays_as_a_power():
    course = simulate(start(held=1000, shelf=1e9, age=20), Assumptions(wish_young=20, wish_old=20, **STILL))
    assert np.allclose(course.promised, 1000 * 0.8 ** np.arange(1, 11))
    assert np.allclose(course.unmet, 0)


def test_points_run_out_after_so_many_years():
    course = simulate(start(earned=10), Assumptions(wish_young=0, wish_old=0, expiry_years=3, **STILL))
    assert np.allclose(course.promised, [10, 20, 30, 30, 30, 30, 30, 30, 30, 30])
    assert np.allclose(course.expired, [0, 0, 0, 10, 10, 10, 10, 10, 10, 10])


def test_the_shelf_serves_as_far_as_it_reaches():
    course = simulate(start(held=1000, shelf=50, age=20), Assumptions(wish_young=10, wish_old=10, **STILL), years=1)
    assert (round(course.cover[0], 6), course.short_from(100), course.short_from(50)) == (50.0, 1, None)
    assert (course.spent[0], course.unmet[0], course.promised[0]) == (50, 50, 950)


def test_a_growing_shelf_covers_until_the_year_that_can_be_reckoned():
    """Wishes stand still at 10 of 100 earned and spent in full; a shelf of 20 that shrinks by 30 % a year is below them from the third year: 20, 14, 9.8."""
    assumptions = Assumptions(wish_young=100, wish_old=100, earning_growth=0, shelf_growth=-30, chance=0)
    assert simulate(start(earned=10, shelf=20), assumptions).short_from(100) == 3


def test_the_old_wish_more():
    share = wishes(Assumptions(wish_young=10, wish_old=40))
    assert (share[0], share[58 - YOUNGEST], round(share[65 - YOUNGEST], 6), share[72 - YOUNGEST], share[-1]) == (0.1, 0.1, 0.25, 0.4, 0.4)


def test_nothing_is_lost_or_made_and_the_same_seed_gives_the_same():
    rng = np.random.default_rng(1)
    place = Start(rng.uniform(0, 100, (AGES, LOTS)), rng.uniform(0, 50, AGES), 8_000)
    calm = Assumptions(chance=0, expiry_years=5)
    course = simulate(place, calm)
    before = np.concatenate([[place.promised], course.promised[:-1]])
    assert np.allclose(before + course.earned - course.expired - course.spent, course.promised)
    noisy = Assumptions()
    one, two = simulate(place, noisy, seed=3), simulate(place, noisy, seed=3)
    assert np.array_equal(one.cover, two.cover)
    assert np.all((one.low <= one.cover) & (one.cover <= one.high))


def test_dearer_promises_are_short_sooner():
    place = start(held=5_000, earned=1_000, shelf=900, age=50)
    years = [simulate(place, Assumptions(earning=share)).short_from(100) or 99 for share in (50, 100, 150)]
    assert years == sorted(years, reverse=True)


def test_four_courses_take_less_than_a_second():
    place = Start(np.full((AGES, LOTS), 100.0), np.full(AGES, 50.0), 9_000)
    begun = time.process_time()
    for growth in (0, 3, 6, 9):
        simulate(place, Assumptions(shelf_growth=growth))
    assert time.process_time() - begun < 1


def test_another_shape_is_a_fault():
    with pytest.raises(ValueError, match="held must be"):
        simulate(Start(np.zeros((3, 3)), np.zeros(3), 1), Assumptions())
