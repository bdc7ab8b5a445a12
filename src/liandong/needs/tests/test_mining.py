"""Common needs found in texts: what is one matter and what is not, what people decided, bad input."""

import csv
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.needs.mining import Index, Mined, Placed, Text, asking, mine

PHONE = ["挂号要用手机，我不会点", "不会用手机挂号", "手机上挂号太难，孩子不在身边", "老人想学用手机预约挂号", "医院只能手机挂号，不会弄"]
LAMP = ["楼道灯坏了，晚上看不清台阶", "我们楼道的灯不亮了", "楼道里的灯坏了半个月没人修", "楼道太暗，灯坏了"]
NOISE = ["东郡华庭楼下酒吧噪音扰民", "投诉东郡华庭底商酒吧深夜噪音", "东郡华庭酒吧音响开到凌晨三点"]
NOISE_ELSEWHERE = ["水岸春天小区酒吧噪音太大", "水岸春天楼下酒吧深夜噪音扰民"]
SAME_ESTATE = ["东郡华庭房产证什么时候能办", "东郡华庭入住五年办不了房产证"]
WORDS = PHONE + LAMP + NOISE + NOISE_ELSEWHERE + SAME_ESTATE
PLACES = ["北郎东社区", "永安里东社区"]


DATA = Path(__file__).parents[4] / "bench" / "data"


def others(name: str) -> list[str]:
    """Other things people wrote, each once: without company a word says little about how rare it is."""
    with (DATA / name).open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file) if not row["matter"] and not row["near"]][:150]


COMPLAINTS, WISHES = others("mailbox.csv"), others("hub_needs.csv")


def among_others(words: list[str], others: list[str]) -> set[frozenset[str]]:
    """The themes of the words in a list with many others, by what is in them; the others left out."""
    mined = mine(texts(words + others), resamples=2)
    return {frozenset(words[row] for row in group if row < len(words)) for group in groups(mined) if any(row < len(words) for row in group)}


def texts(words: list[str]) -> list[Text]:
    return [Text(said) for said in words]


def groups(mined: Mined) -> set[frozenset[int]]:
    return {frozenset(member.row for member in theme.members) for theme in mined.themes}


def rows_of(words: list[str], wanted: list[str]) -> set[int]:
    return {words.index(said) for said in wanted}


def test_one_wish_in_many_words_is_one_theme():
    assert among_others(PHONE + LAMP, WISHES) == {frozenset(PHONE), frozenset(LAMP)}


def test_the_same_trouble_elsewhere_and_another_trouble_there_are_other_themes():
    words = NOISE + NOISE_ELSEWHERE + SAME_ESTATE
    assert among_others(words, COMPLAINTS) == {frozenset(NOISE), frozenset(NOISE_ELSEWHERE), frozenset(SAME_ESTATE)}


def test_where_somebody_asks_neither_joins_nor_parts():
    said = [
        f"{place}{words}"
        for place, words in zip(
            PLACES * 3,
            ["楼道灯坏了没人修", "楼道灯坏了，晚上看不清", "书法班还招人吗", "孩子放学没人接", "书法班什么时候开课", "放学后孩子没人接"],
            strict=True,
        )
    ]
    assert groups(mine(texts(said), places=PLACES, resamples=5)) == {frozenset({0, 1}), frozenset({2, 4}), frozenset({3, 5})}


def test_every_row_comes_back_once_with_a_degree():
    mined = mine(texts(WORDS), resamples=5)
    rows = sorted([member.row for theme in mined.themes for member in theme.members] + mined.loose)
    assert rows == list(range(len(WORDS)))
    assert all(0 <= member.degree <= 1 for theme in mined.themes for member in theme.members)
    assert all(0 <= theme.stability <= 1 for theme in mined.themes)


def test_a_theme_is_named_in_the_words_of_its_members():
    theme = max(mine(texts(PHONE + LAMP), resamples=5).themes, key=lambda theme: len(theme.members))
    assert any(theme.label in said for said in PHONE)
    assert "挂号" in " ".join(theme.phrases)


@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["", ""],
        ["。。。", "！？"],
        ["😀😀😀", "😀"],
        ["灯"],
        ["灯", "灯"],
        ["x" * 5000],
        ["我要修灯 lamp ランプ램프"],
        ["1", "2", "3"],
        ["\x00", "\u200b"],
    ],
    ids=["none", "empty", "empties", "marks", "emoji", "one word", "one word twice", "long", "mixed", "digits", "invisible"],
)
def test_nothing_breaks_it_and_nothing_is_lost(words):
    mined = mine(texts(words), resamples=3)
    assert sorted([member.row for theme in mined.themes for member in theme.members] + mined.loose) == list(range(len(words)))


def test_texts_that_say_nothing_are_loose():
    assert mine(texts(["", "", "！！！", "！！！", "灯坏了", "灯坏了"]), resamples=3).loose == [0, 1, 2, 3]


def test_ten_thousand_identical_texts_are_one_theme():
    mined = mine(texts(["楼道灯坏了"] * 10_000), resamples=3)
    assert [(len(theme.members), theme.stability, theme.members[0].degree) for theme in mined.themes] == [(10_000, 1.0, 1.0)]


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_texts_changes_nothing(chance: random.Random):
    order = list(range(len(WORDS)))
    chance.shuffle(order)
    mined = mine(texts([WORDS[row] for row in order]), resamples=5)
    assert {frozenset(order[row] for row in group) for group in groups(mined)} == groups(mine(texts(WORDS), resamples=5))


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.integers(0, len(WORDS) - 1), st.integers(1, 3)))
def test_what_people_put_together_stays_together_and_what_they_part_stays_apart(held: dict[int, int]):
    mined = mine(texts(WORDS), held=held, resamples=2)
    theme_of = {member.row: number for number, theme in enumerate(mined.themes) for member in theme.members}
    for row, key in held.items():
        for other, other_key in held.items():
            assert (theme_of[row] == theme_of[other]) == (key == other_key)
    assert {theme.held for theme in mined.themes if theme.held is not None} == set(held.values())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=25))
def test_any_texts_at_all_come_back_whole(words: list[str]):
    mined = mine(texts(words), resamples=2)
    assert sorted([member.row for theme in mined.themes for member in theme.members] + mined.loose) == list(range(len(words)))


def test_another_source_of_meaning_can_be_plugged_in():
    import numpy as np

    def embed(runs):
        return np.asarray([[float("挂号" in run), float("灯" in run), 1.0] for run in runs], dtype=np.float32)

    found = groups(mine(texts(PHONE + LAMP + WISHES), embed=embed, resamples=3))
    assert not [group for group in found if {0} & group and set(range(5, 9)) & group]


def test_a_new_text_finds_its_theme_and_a_stranger_none():
    known = texts(PHONE + LAMP)
    mined = mine(known, resamples=3)
    index = Index.from_bytes(Index.of(known, mined).to_bytes())
    home = next(number for number, theme in enumerate(mined.themes) if 0 in {member.row for member in theme.members})
    placed = index.place(Text("不会用手机在网上挂号"))
    assert isinstance(placed, Placed)
    assert placed.theme == home
    assert index.place(Text("想组织一次篮球比赛")) is None
    assert index.place(Text("")) is None
    assert index.place(Text("？？？")) is None


def test_an_index_of_nothing_places_nothing():
    assert Index.from_bytes(Index.of([], mine([])).to_bytes()).place(Text("楼道灯坏了")) is None


def test_sentences_that_state_a_need_are_found_where_they_stand():
    notes = "上午去了刘奶奶家。她说挂号要用手机，不会点！儿子在外地。希望有人来教一教。"
    found = [sentence for sentence in asking(notes) if sentence.asks]
    assert [sentence.words for sentence in found] == ["她说挂号要用手机，不会点！", "希望有人来教一教。"]
    assert [notes[sentence.start : sentence.end] for sentence in found] == [sentence.words for sentence in found]


@given(st.text(max_size=300))
def test_sentences_point_into_their_text(text: str):
    assert all(text[sentence.start : sentence.end] == sentence.words for sentence in asking(text))
