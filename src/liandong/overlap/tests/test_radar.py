"""The rules: what is an overlap, what only looks like one, and the words that say why."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from liandong.overlap import radar
from liandong.overlap.matters import MATTERS, matters_in
from liandong.overlap.tests.factories import days

HERE, THERE, STREET = "/1/2/3/", "/1/2/4/", "/1/2/"
DATA = Path(__file__).resolve().parents[4] / "bench" / "data"


def plan(key="a1", host=1, title="家门口量血压", words="护士带血压计来。", path=HERE, on=(5,), **more):
    return radar.Plan(key=key, host=host, title=title, words=words, path=path, street=STREET, spans=days(*on), **more)


def other(**more):
    return plan(**{"key": "a2", "host": 2, "title": "三高随手测", "words": "血糖血脂现场查。", **more})


def alarm(a, b, **more):
    match = radar.compare(a, b, **more)
    return match is not None and match.is_alarm


def test_the_same_matter_in_the_same_community_on_the_same_day_is_an_alarm_with_its_reasons():
    match = radar.compare(plan(), other())
    assert match.is_alarm
    assert [reason.kind for reason in match.reasons] == ["matter", "place_community", "time_day"]
    assert match.reasons[0].value == "血压"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (plan(), other(title="理发师进社区", words="推子剪子都消毒。")),  # another matter, same place and time
        (plan(), other(path=THERE)),  # a neighbouring community
        (plan(), other(path="/1/9/3/", key="a3")),  # far away
        (plan(), other(on=(45,))),  # another time
        (plan(segment="elders"), other(segment="parents")),  # other people
        (plan(), other(on=())),  # no day yet
    ],
)
def test_what_lacks_matter_place_people_or_time_is_no_alarm(a, b):
    assert not alarm(a, b)


def test_a_month_apart_counts_less_than_a_week_and_a_week_less_than_a_day():
    scores = [radar.compare(plan(), other(on=(5 + gap,))).score for gap in (0, 6, 25)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_people_who_move_about_are_the_same_in_the_whole_street():
    rest, tea = plan(title="骑手歇脚点", words="一杯热水"), other(title="外卖小哥凉茶站", words="中午开放", path=THERE)
    assert not alarm(rest, tea)
    assert alarm(replace(rest, segment="outdoor"), replace(tea, segment="outdoor"))


def test_people_on_both_lists_make_up_for_the_place():
    match = radar.compare(plan(), other(path=THERE), twice=25)
    assert match.is_alarm
    assert match.why("twice").number == 25


def test_a_service_held_month_by_month_is_an_alarm_though_its_day_is_past():
    assert not alarm(plan(on=(60,)), other(on=(5,)))
    assert alarm(plan(on=(60,)), other(on=(5,)), monthly=days(5)[0][0])


def test_a_place_in_the_title_does_not_make_two_matters_one():
    a = plan(title="北郎东社区磨刀", words="", ground=("北郎东社区",))
    b = other(title="北郎东社区桥牌", words="", ground=("北郎东社区",))
    assert not alarm(a, b)


def test_a_matter_that_no_line_knows_is_found_by_its_rare_words():
    a, b = plan(title="学做烙画", words="一支烙铁"), other(title="烙画入门", words="葫芦自备")
    assert matters_in(a.title) == {}
    assert alarm(a, b, rarity=radar.rarity_from({"烙画": 2}, 5_000))


def test_words_that_everybody_uses_make_no_overlap():
    a, b = plan(title="春风行动", words="大家一起来"), other(title="春风里", words="大家一起走")
    assert not alarm(a, b, rarity=radar.rarity_from({"春风": 3_000}, 5_000))


def test_the_order_of_the_two_does_not_matter():
    for a, b in ((plan(), other()), (plan(), other(path=THERE)), (plan(title="学打桥牌"), other(title="桥牌入门"))):
        one, two = radar.compare(a, b), radar.compare(b, a)
        assert (one and (one.score, one.is_alarm)) == (two and (two.score, two.is_alarm))


def test_a_decision_lapses_when_matter_place_or_day_changes_and_not_with_a_comma():
    before = radar.fingerprint(plan(), other())
    assert radar.fingerprint(other(), plan(words="另有茶水，欢迎。")) == before
    for changed in (plan(title="义务理发"), plan(path=THERE), plan(on=(6,)), plan(segment="elders"), plan(venue=7)):
        assert radar.fingerprint(changed, other()) != before


def test_three_bodies_are_one_group():
    assert radar.groups([("a1", "a2"), ("a4", "a5"), ("a2", "a3")]) == [{"a4", "a5"}, {"a1", "a2", "a3"}]


def test_every_line_of_the_dictionary_can_be_found_and_has_a_name_of_its_own():
    assert len({key for key, _pattern in MATTERS}) == len(MATTERS)


@pytest.mark.parametrize("text", ["", " ", "。", "😀", "活动", "a" * 5_000, "量" * 5_000, "\x00"])
def test_odd_texts_break_nothing(text):
    assert radar.same_matter(radar.wording(text, text), radar.wording("量血压", ""))[0] <= 1


def rows(name):
    with open(DATA / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pairs_written_by_hand_are_found_and_near_misses_are_not():
    """The bench measures the same pairs in a whole district; this holds the rules themselves."""
    found = [
        alarm(
            plan(title=row["title_a"], words=row["words_a"], segment=row["segment"]),
            other(title=row["title_b"], words=row["words_b"], segment=row["segment"]),
        )
        for row in rows("overlaps.csv")
    ]
    wrong = [
        alarm(
            plan(title=row["title_a"], words=row["words_a"], segment=row["segment_a"]),
            other(
                title=row["title_b"],
                words=row["words_b"],
                segment=row["segment_b"],
                path=THERE if row["kind"] == "place" else HERE,
                on=(60,) if row["kind"] == "time" else (5,),
            ),
        )
        for row in rows("near_misses.csv")
    ]
    assert sum(found) / len(found) >= 0.95
    assert sum(wrong) / len(wrong) <= 0.1
