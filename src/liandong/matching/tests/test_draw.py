from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.matching.solver.draw import Entry, NoDraw, digest, draw, new_seed, publish, tickets, verify

SEED = "0123456789abcdef"


def test_a_resident_with_a_sha256_page_finds_the_same_numbers():
    published = publish([Entry("A-02", refusals=1), Entry("A-01")])
    assert published == "A-01 1 1\nA-02 2 1\n"
    outcome = draw(published, places=1, seed=SEED, public="07 11 23")
    listed = sha256(published.encode()).hexdigest()
    first = sha256(f"{SEED}/07 11 23/{listed}/A-01/1".encode()).hexdigest()
    second = min(sha256(f"{SEED}/07 11 23/{listed}/A-02/{ticket}".encode()).hexdigest() for ticket in (1, 2))
    assert {one.key: one.number for one in (*outcome.winners, *outcome.waiting)} == {"A-01": first, "A-02": second}
    assert outcome.winners[0].number == min(first, second)


def test_tickets_grow_with_refusals_up_to_a_limit():
    assert [tickets(refusals) for refusals in range(7)] == [1, 2, 3, 4, 5, 5, 5]


entries = st.lists(st.integers(1, 99), unique=True, max_size=20).flatmap(
    lambda keys: st.tuples(*(st.builds(Entry, st.just(f"{key:02}"), st.integers(0, 6), st.integers(1, 3)) for key in keys))
)


@settings(deadline=None, derandomize=True)
@given(entries, st.integers(0, 12))
def test_seats_are_given_by_number_and_everybody_is_in_one_list(listed, places):
    outcome = draw(publish(listed), places=places, seed=SEED)
    everybody = [*outcome.winners, *outcome.waiting]
    assert sorted(one.key for one in everybody) == sorted(entry.key for entry in listed)
    assert sum(one.seats for one in outcome.winners) <= places
    left = places
    for one in sorted(everybody, key=lambda one: one.number):
        assert (one in outcome.winners) == (one.seats <= left)
        left -= one.seats if one in outcome.winners else 0
    assert verify(
        outcome.published,
        places=places,
        seed=SEED,
        public="",
        list_digest=outcome.list_digest,
        seed_digest=outcome.seed_digest,
        winners=[one.key for one in outcome.winners],
        waiting=[one.key for one in outcome.waiting],
    ) == []  # fmt: skip


def test_any_change_shows():
    outcome = draw(publish(Entry(f"{number:02}") for number in range(9)), places=3, seed=SEED)
    keys = [one.key for one in outcome.winners]
    known = {"places": 3, "public": "", "list_digest": outcome.list_digest, "seed_digest": outcome.seed_digest}
    assert verify(outcome.published, seed=SEED, winners=keys, **known) == []
    assert verify(outcome.published, seed=SEED, winners=[keys[1], keys[0], keys[2]], **known) == ["other_winners"]
    assert "seed_changed" in verify(outcome.published, seed="another", winners=keys, **known)
    assert "list_changed" in verify(outcome.published.replace("08 1", "08 5"), seed=SEED, winners=keys, **known)
    assert verify("torn", seed=SEED, winners=keys, **known) == ["list_changed", "unreadable"]


def test_three_tickets_win_three_times_as_often():
    wins = Counter(draw(publish([Entry("a", refusals=2), Entry("b")]), places=1, seed=str(number)).winners[0].key for number in range(4000))
    assert abs(wins["a"] / 4000 - 0.75) < 0.03


@pytest.mark.parametrize(
    "listed", [[Entry("a"), Entry("a")], [Entry("")], [Entry("a b")], [Entry("a/b")], [Entry("a", refusals=-1)], [Entry("a", seats=0)]]
)
def test_a_list_that_cannot_be_drawn_from_is_refused(listed):
    with pytest.raises(NoDraw):
        publish(listed)


def test_seeds_are_new_each_time():
    assert len({new_seed() for _ in range(50)}) == 50
    assert len(digest(new_seed())) == 64
