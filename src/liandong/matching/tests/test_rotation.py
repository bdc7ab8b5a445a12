import datetime as dt
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.matching.solver.rotation import Host, NoTurn, counts_of, pause, rotate, shares_of, swap

WEEKS = tuple(dt.date(2026, 1, 5) + dt.timedelta(days=7 * number) for number in range(52))


def test_equal_hosts_come_round_regularly():
    plan = rotate([Host(key) for key in "abcd"], WEEKS)
    assert [load.turns for load in plan.loads] == [13, 13, 13, 13]
    assert {load.shortest_gap for load in plan.loads} | {load.longest_gap for load in plan.loads} == {28}
    assert plan.open == ()


def test_size_says_how_often_and_remainders_are_owed():
    plan = rotate([Host("big", 3), Host("small"), Host("tiny")], WEEKS[:11])
    assert {load.host: load.turns for load in plan.loads} == {"big": 7, "small": 2, "tiny": 2}
    assert {load.host: load.owed for load in plan.loads} == {"big": Fraction(-2, 5), "small": Fraction(1, 5), "tiny": Fraction(1, 5)}
    again = [Host(load.host, size, owed=load.owed) for load, size in zip(plan.loads, (3, 1, 1), strict=True)]
    assert sum(shares_of(again, 9).values()) == 9


def test_blocked_dates_are_kept_free_and_counts_still_equal():
    away = frozenset(WEEKS[:26])
    plan = rotate([Host("a", blocked=away), Host("b"), Host("c")], WEEKS[:51])
    assert [load.turns for load in plan.loads] == [17, 17, 17]
    assert not {date for date, host in plan.turns.items() if host == "a"} & away


def test_a_date_nobody_can_take_stays_open():
    plan = rotate([Host("a", blocked=frozenset(WEEKS[:1])), Host("b", blocked=frozenset(WEEKS[:1]))], WEEKS[:5])
    assert plan.open == WEEKS[:1]


def test_swapped_dates_leave_the_counts_alone():
    plan = rotate([Host("a"), Host("b", blocked=frozenset(WEEKS[2:3]))], WEEKS[:10])
    a, b = (next(date for date in plan.dates if plan.turns[date] == key and date != WEEKS[2]) for key in "ab")
    swapped = swap(plan, a, b)
    assert (swapped.turns[a], swapped.turns[b]) == ("b", "a")
    assert [load.turns for load in swapped.loads] == [load.turns for load in plan.loads]
    with pytest.raises(NoTurn) as caught:
        swap(plan, WEEKS[2], b)
    assert caught.value.code == "blocked"


def test_after_a_pause_the_turns_come_back_and_the_past_stays():
    hosts = [Host(key) for key in "abcd"]
    plan = rotate(hosts, WEEKS)
    start, end = WEEKS[8], WEEKS[20]
    paused = pause(plan, "a", start, end)
    assert [load.turns for load in paused.loads] == [13, 13, 13, 13]
    assert all(paused.turns[date] == plan.turns[date] for date in WEEKS[:8])
    assert not [date for date in WEEKS[8:20] if paused.turns[date] == "a"]
    lost = [date for date in WEEKS[8:20] if plan.turns[date] == "a"]
    assert sum(paused.turns[date] != plan.turns[date] for date in WEEKS) == 2 * len(lost)


def test_what_cannot_come_back_is_owed():
    paused = pause(rotate([Host("a"), Host("b")], WEEKS[:10]), "a", WEEKS[4], WEEKS[9] + dt.timedelta(days=1))
    assert {load.host: (load.turns, load.owed) for load in paused.loads} == {"a": (2, Fraction(3)), "b": (8, Fraction(-3))}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(1, 3), st.sets(st.integers(0, 5))), min_size=1, max_size=3), st.integers(1, 6))
def test_no_other_plan_is_fairer_or_more_even(drawn, total):
    days = WEEKS[:total]
    hosts = [Host(str(number), size, frozenset(WEEKS[at] for at in barred)) for number, (size, barred) in enumerate(drawn)]
    plan = rotate(hosts, days)
    counts = counts_of(hosts, total)
    assert sum(counts.values()) == total

    def layers(turns):
        own = {host.key: [number for number, key in enumerate(turns) if key == host.key] for host in hosts}
        beyond = sum(max(0, len(own[key]) - counts[key]) * (max(0, len(own[key]) - counts[key]) + 1) // 2 for key in own)
        return (sum(key is None for key in turns), beyond)

    best = min(
        layers(turns)
        for turns in product([None, *(host.key for host in hosts)], repeat=total)
        if not any(key is not None and day in hosts[int(key)].blocked for key, day in zip(turns, days, strict=True))
    )
    assert layers([plan.turns.get(day) for day in days]) == best


@pytest.mark.parametrize(
    ("hosts", "dates", "code"),
    [([], WEEKS, "no_hosts"), ([Host("a")], [], "no_dates"), ([Host("a"), Host("a")], WEEKS, "twice"), ([Host("a", 0)], WEEKS, "no_size")],
)
def test_impossible_questions_are_refused(hosts, dates, code):
    with pytest.raises(NoTurn) as caught:
        rotate(hosts, dates)
    assert caught.value.code == code


def test_what_is_over_counts_for_the_earliest_place_and_leaves_the_later_ones_apart():
    dates = [dt.date(2026, 1, 3) + dt.timedelta(weeks=4 * number) for number in range(13)]
    hosts = [Host("a", 2), *(Host(key) for key in "bcdefg")]
    fixed = dict(zip(dates, "bcdea", strict=False))
    found = rotate(hosts, dates, fixed=fixed)
    places = [number for number, date in enumerate(dates) if found.turns[date] == "a"]
    assert places[0] == 4
    assert min(later - earlier for earlier, later in pairwise(places)) >= 2
