"""What may be said about a fact. Each line of the table: words (hours ago, who, works), and what is shown."""

import datetime as dt
import random

import pytest

from liandong.stations import freshness
from liandong.stations.freshness import CONTRADICTED, KNOWN, MISSING, PROVED, UNPROVED, Said, belief

NOW = dt.datetime(2026, 6, 10, 10, tzinfo=dt.UTC)  # 18:00 in China
DAY = 24


def said(hours_ago: float, who: str, works: bool = True) -> Said:
    """`who`: host, inspector, or a visitor's mark."""
    source = who if who in (freshness.HOST, freshness.INSPECTOR) else freshness.VISITOR
    return Said(NOW - dt.timedelta(hours=hours_ago), works, source, "" if source == who else who)


LINES = [
    ("nobody has ever looked", [], "water", UNPROVED),
    ("the host this morning", [(2, "host", True)], "water", PROVED),
    ("the host three days ago", [(3 * DAY, "host", True)], "water", KNOWN),
    ("water fades faster than a seat", [(5 * DAY, "host", True)], "water", UNPROVED),
    ("a seat keeps for two weeks", [(5 * DAY, "host", True)], "seat", KNOWN),
    ("nothing keeps longer", [(16 * DAY, "host", True)], "seat", UNPROVED),
    ("the host says not today", [(5, "inspector", True), (1, "host", False)], "water", MISSING),
    ("one visitor, the host silent for days", [(3 * DAY, "host", True), (1, "a", False)], "water", MISSING),
    ("one visitor on the day of the host's tap", [(5, "host", True), (1, "a", False)], "water", CONTRADICTED),
    ("the same visitor a hundred times", [(5, "host", True), *[(1 + n / 100, "a", False) for n in range(100)]], "water", CONTRADICTED),
    ("the host answers one visitor", [(5, "host", True), (2, "a", False), (1, "host", True)], "water", PROVED),
    (
        "one visitor a day for a week, answered each day",
        [w for n in range(7) for w in [(n * DAY + 3, f"a{n}", False), (n * DAY + 2, "host", True)]],
        "toilet",
        CONTRADICTED,
    ),
    (
        "the host denies it, and the next day somebody finds it broken again",
        [(DAY, "a", False), (4, "host", True), (1, "b", False)],
        "seat",
        CONTRADICTED,
    ),
    ("his next tap is not enough", [(DAY, "a", False), (8, "host", True), (4, "b", False), (1, "host", True)], "seat", CONTRADICTED),
    ("somebody else's is", [(DAY, "a", False), (8, "host", True), (4, "b", False), (2, "host", True), (1, "c", True)], "seat", PROVED),
    ("an inspector's is", [(DAY, "a", False), (8, "host", True), (4, "b", False), (3, "inspector", True), (1, "host", True)], "seat", PROVED),
    (
        "so is what he says after he admitted it",
        [(DAY, "a", False), (8, "host", True), (4, "b", False), (3, "host", False), (1, "host", True)],
        "seat",
        PROVED,
    ),
    (
        "two reports long apart are two matters",
        [(14 * DAY, "a", False), (13 * DAY, "host", True), (8, "b", False), (1, "host", True)],
        "seat",
        PROVED,
    ),
    ("two visitors win over the host", [(5, "host", True), (2, "a", False), (1, "b", False)], "water", MISSING),
    ("the host cannot tap two of them away", [(5, "host", True), (3, "a", False), (2, "b", False), (1, "host", True)], "water", CONTRADICTED),
    ("nor four", [*[(6 - n / 10, f"v{n}", False) for n in range(4)], (5.5, "host", True)], "water", MISSING),
    ("a visitor after him believes it", [(3, "a", False), (2, "b", False), (1, "host", True), (0.5, "c", True)], "water", PROVED),
    ("one visitor against an inspector", [(5, "inspector", True), (1, "a", False)], "toilet", PROVED),
    ("two against an inspector", [(5, "inspector", True), (2, "a", False), (1, "b", False)], "toilet", MISSING),
    ("an inspector replaces what was said before", [(9, "a", False), (8, "b", False), (7, "c", False), (1, "inspector", True)], "water", PROVED),
    ("an inspector who found it broken outweighs the host's tap", [(5, "inspector", False), (1, "host", True)], "toilet", MISSING),
    ("a visitor alone may confirm", [(1, "a", True)], "water", PROVED),
    ("a visitor's no after a visitor's yes", [(3, "a", True), (1, "b", False)], "water", MISSING),
    ("a visitor's yes after a lone no", [(3, "a", False), (1, "b", True)], "water", PROVED),
    ("missing fades too", [(5 * DAY, "host", False)], "water", UNPROVED),
    (
        "a host overruled on two days is not believed alone",
        [w for n in (1, 2) for w in [(n * DAY + 5, "host", True), (n * DAY + 3, f"a{n}", False), (n * DAY + 2, f"b{n}", False)]]
        + [(1, "host", True)],
        "door",
        MISSING,
    ),
    (
        "until an inspector has looked",
        [w for n in (2, 3) for w in [(n * DAY + 5, "host", True), (n * DAY + 3, f"a{n}", False), (n * DAY + 2, f"b{n}", False)]]
        + [(DAY, "inspector", True), (1, "host", True)],
        "door",
        PROVED,
    ),
    (
        "a host who admits it on the same day keeps his word's weight",
        [
            w
            for n in (10, 12)
            for w in [(n * DAY + 5, "host", True), (n * DAY + 3, f"a{n}", False), (n * DAY + 2, f"b{n}", False), (n * DAY + 1, "host", False)]
        ]
        + [(1, "host", True)],
        "water",
        PROVED,
    ),
]


@pytest.mark.parametrize(("words", "subject", "state"), [line[1:] for line in LINES], ids=[line[0] for line in LINES])
def test_what_is_shown(words, subject, state):
    proofs = [said(*word) for word in words]
    assert belief(proofs, NOW, subject).state == state
    random.Random(7).shuffle(proofs)
    assert belief(proofs, NOW, subject).state == state  # whatever their order


def test_without_new_words_nothing_becomes_true_again():
    """A list keeps the verdict and asks only the clock: what is shown never gets better by waiting."""
    ladder = {PROVED: 0, KNOWN: 1, UNPROVED: 2}
    rng = random.Random(11)
    for _ in range(300):
        words = [said(rng.uniform(0, 200), rng.choice(["host", "inspector", "a", "b", "c"]), rng.random() < 0.6) for _ in range(rng.randint(1, 8))]
        verdict = freshness.weigh(words, "toilet")
        shown = [freshness.at(verdict, now=NOW + dt.timedelta(hours=12 * n), subject="toilet").state for n in range(40)]
        if verdict.verdict == freshness.WORKS:
            assert [ladder[state] for state in shown] == sorted(ladder[state] for state in shown)
        else:
            assert {PROVED, KNOWN}.isdisjoint(shown)


def test_what_has_expired_is_missing_whoever_says_that_it_is_there():
    verdict = freshness.weigh([said(1, "host")], "first_aid")
    day = NOW.date()
    states = [freshness.at(verdict, now=NOW, subject="first_aid", spoils_on=day + dt.timedelta(days=n), today=day).state for n in (0, -1)]
    assert states == [PROVED, MISSING]
