from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.matching.solver.package import Enterprise, Money, Need, Plan, Question, Venue, Work, match
from liandong.matching.solver.roster_types import Impossible, Place, Span

REPAIR = Question(
    needs=(Need("n", frozenset({"repair"}), people=30, windows=(Span(540, 720),), place=Place(0, 0)),),
    plans=(Plan("p", "ngo", frozenset({"repair"}), 120, (Work("electric", 240),), frozenset({"ground floor"}), cost_fen=50_000),),
    enterprises=(
        Enterprise("near", (Work("electric", 120),), place=Place(1, 0)),
        Enterprise("far", (Work("electric", 240),), place=Place(9, 0)),
        Enterprise("busy", (Work("electric", 900),), windows=(Span(0, 600),)),
    ),
    venues=(
        Venue("hall", 40, frozenset({"ground floor"}), (Span(560, 800),), 10_000, Place(0, 0)),
        Venue("attic", 40, cost_fen=0, place=Place(0, 0)),
    ),
    money=(Money("fund", 60_000), Money("other", 999_999, frozenset({"music"}))),
)


def test_a_complete_package_names_every_part_and_why():
    matched = match(REPAIR)
    (answered,) = matched.answers
    best = answered.packages[0]
    assert (best.plan, best.venue, best.start, best.end) == ("p", "hall", 560, 680)
    assert [(given.key, given.amount) for given in best.hours] == [("far", 240)]
    assert [(given.key, given.amount) for given in best.money] == [("fund", 60_000)]
    assert sorted(best.reasons) == ["hours", "money", "plan", "time", "venue"]
    assert (matched.proven, matched.chosen) == (True, (best,))


@pytest.mark.parametrize(
    ("changes", "code", "values"),
    [
        ({"money": (Money("fund", 40_000),)}, "money", {"fen": 20_000, "of": 60_000}),
        ({"enterprises": REPAIR.enterprises[:1]}, "hours", {"skill": "electric", "minutes": 120}),
        ({"venues": REPAIR.venues[1:], "money": (Money("fund", 60_000),)}, "venue", {"features": ("ground floor",), "people": 30, "reach_km": None}),
        ({"plans": ()}, "plan", {"topics": ("repair",), "people": 30}),
        ({"venues": (replace(REPAIR.venues[0], windows=(Span(700, 900),)),)}, "time", {"minutes": 120, "between": ("need", "venue")}),
    ],
)
def test_the_one_missing_piece_is_named(changes, code, values):
    (answered,) = match(replace(REPAIR, **changes)).answers
    assert answered.packages == ()
    assert [(reason.code, reason.values) for reason in answered.nearest.missing] == [(code, values)]


def test_two_needs_share_what_there_is():
    second = replace(REPAIR.needs[0], key="m", windows=(Span(540, 1000),))
    question = replace(
        REPAIR, needs=(*REPAIR.needs, second), money=(Money("fund", 60_000), Money("gift", 60_000)), plans=(replace(REPAIR.plans[0], times=2),)
    )
    matched = match(question)
    assert [package.need for package in matched.chosen] == ["n"]  # 360 minutes of work for 480
    more = replace(question, enterprises=(*question.enterprises, Enterprise("third", (Work("electric", 120),), place=Place(1, 0))))
    more = replace(
        more,
        needs=(more.needs[0], replace(second, windows=(Span(700, 1000),))),
        venues=(replace(more.venues[0], windows=(Span(560, 680), Span(700, 820))),),
    )
    chosen = match(more).chosen
    assert [package.need for package in chosen] == ["n", "m"]
    for key, most in (("near", 120), ("far", 240), ("third", 120), ("fund", 60_000), ("gift", 60_000)):
        assert sum(given.amount for package in chosen for given in (*package.hours, *package.money) if given.key == key) <= most
    for package in chosen:
        assert sum(given.amount for given in package.hours) == 240
        assert sum(given.amount for given in package.money) == package.cost_fen


def test_nonsense_is_refused():
    with pytest.raises(Impossible) as caught:
        match(Question(needs=()))
    assert [conflict.code for conflict in caught.value.conflicts] == ["no_needs"]


spans = st.sampled_from([None, (Span(0, 2),), (Span(1, 3),), (Span(0, 1), Span(2, 4))])


@st.composite
def questions(draw):
    topics = st.frozensets(st.sampled_from("xy"), min_size=1)
    return Question(
        (Need("n", draw(topics), draw(st.integers(1, 3)), draw(spans)),),
        tuple(
            Plan(
                f"p{n}",
                f"o{n}",
                draw(topics),
                draw(st.integers(1, 2)),
                (Work("s", draw(st.integers(0, 3))), Work("t", draw(st.integers(0, 1)))),
                cost_fen=draw(st.integers(0, 3)),
                windows=draw(spans),
            )
            for n in range(draw(st.integers(0, 2)))
        ),
        tuple(
            Enterprise(f"e{n}", (Work("s", draw(st.integers(0, 2))), Work("t", draw(st.integers(0, 1)))), draw(spans))
            for n in range(draw(st.integers(0, 3)))
        ),
        tuple(Venue(f"v{n}", draw(st.integers(1, 3)), windows=draw(spans), cost_fen=draw(st.integers(0, 1))) for n in range(draw(st.integers(0, 2)))),
        tuple(Money(f"m{n}", draw(st.integers(0, 3)), draw(st.sampled_from([None, frozenset("x")]))) for n in range(draw(st.integers(0, 2)))),
    )


def fewest_partners(question):
    """Every plan, venue, minute, set of enterprises and set of sources."""
    need = question.needs[0]
    best = None
    for plan, venue, start in product(question.plans, question.venues, range(4)):

        def free(windows, start=start, plan=plan):
            return windows is None or any(span.start <= start and start + plan.minutes <= span.end for span in windows)

        if not (plan.topics & need.topics and venue.capacity >= need.people and free(need.windows) and free(plan.windows) and free(venue.windows)):
            continue
        cost = plan.cost_fen + venue.cost_fen
        able = [one for one in question.enterprises if free(one.windows)]
        sources = [one for one in question.money if one.topics is None or one.topics & need.topics & plan.topics]
        staffed = [
            size
            for size in range(len(able) + 1)
            for group in combinations(able, size)
            if all(sum(offer.minutes for one in group for offer in one.offers if offer.skill == work.skill) >= work.minutes for work in plan.work)
        ]
        paid = [size for size in range(len(sources) + 1) for group in combinations(sources, size) if sum(one.amount_fen for one in group) >= cost]
        if staffed and paid and (best is None or min(staffed) + min(paid) < best):
            best = min(staffed) + min(paid)
    return best


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions())
def test_a_package_is_found_exactly_when_there_is_one_and_with_the_fewest_partners(question):
    matched = match(question)
    (answered,) = matched.answers
    best = fewest_partners(question)
    assert bool(answered.packages) == (best is not None)
    assert len(matched.chosen) == bool(answered.packages)
    if best is None:
        assert answered.nearest is not None
        assert answered.nearest.missing
    else:
        assert answered.packages[0].rank[0] == best
