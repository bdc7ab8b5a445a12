"""Results: small groups are hidden and cannot be worked out; who is heard too little is said; weights make up for it."""

from io import BytesIO

import python_calamine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from liandong.surveys import queries
from liandong.surveys.tallies import SMALL, hide, hide_table
from liandong.surveys.tests import factories as make


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=8))
def test_what_is_hidden_cannot_be_worked_out_from_the_sum(counts):
    shown = hide(counts)
    hidden = [count for count, seen in zip(counts, shown, strict=True) if seen is None]
    assert all(seen is None or seen == count for count, seen in zip(counts, shown, strict=True))
    assert not any(seen is not None and 0 < seen < SMALL for seen in shown)
    assert hidden == [] or not any(shown) or (len(hidden) > 1 and sum(hidden) >= SMALL)


@given(st.lists(st.lists(st.integers(min_value=0, max_value=20), min_size=3, max_size=3), min_size=2, max_size=5))
def test_no_line_of_a_table_gives_one_hidden_cell_away(rows):
    row_totals, column_totals = [sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)]
    shown = hide_table(rows, row_totals=row_totals, column_totals=column_totals, adds_down=True)
    lines = [list(zip(row, seen, strict=True)) for row, seen in zip(rows, shown, strict=True)]
    lines += [[(rows[r][c], shown[r][c]) for r in range(len(rows))] for c in range(3)]
    for line in lines:
        hidden = [count for count, seen in line if seen is None]
        assert hidden == [] or not any(seen for _count, seen in line) or (len(hidden) > 1 and sum(hidden) >= SMALL)


def filled(town, **groups):
    survey = make.survey(town, targets=[("elders", 20, 100), ("parents", 20, 300)])
    for group, answers in groups.items():
        for hard, count in answers.items():
            for _person in range(count):
                make.respond(survey, group=group, hard=[hard], happy=4, wish="希望有食堂。")
    return survey


def tally(results, name):
    return next(each for each in results.tallies if each.question["name"] == name)


def test_the_share_is_weighted_when_the_size_of_every_group_is_known(town):
    found = queries.results_of(filled(town, elders={"meal": 10}, parents={"doctor": 10}))
    assert [(group.segment, group.count, group.leaning, round(group.weight, 2)) for group in found.groups] == [
        ("elders", 10, "over", 0.5),
        ("parents", 10, "under", 1.5),
    ]
    bars = {bar.name: (bar.count, bar.share, round(bar.weighted, 2), bar.by_group) for bar in tally(found, "hard").bars}
    assert (bars["meal"], bars["doctor"]) == ((10, 0.5, 0.25, (10, 0)), (10, 0.5, 0.75, (0, 10)))


def test_a_small_group_is_hidden_everywhere_and_so_is_the_next_that_gives_it_away(town):
    survey = filled(town, elders={"meal": 9, "doctor": 2}, parents={"doctor": 7}, staff={"meal": 3})
    found = queries.results_of(survey)
    assert {group.segment: group.count for group in found.groups} == {"elders": 11, "parents": None, "staff": None}
    group = {bar.name: bar.count for bar in tally(found, "group").bars}
    assert group == {"elders": 11, "parents": None, "staff": None}
    assert all(bar.weighted is None for bar in tally(found, "hard").bars)


def test_with_fewer_than_five_answers_nothing_is_shown(as_, town):
    survey = filled(town, elders={"meal": 4})
    page = as_(town.worker).get(reverse("surveys:results", args=[survey.number])).content.decode()
    assert ("满五份才显示" in page, "吃饭" in page) == (True, False)


def test_the_file_holds_no_formula_and_no_small_group(as_, town):
    survey = filled(town, elders={"meal": 8}, parents={"doctor": 2})
    make.respond(survey, group="elders", wish='=HYPERLINK("http://x","y")')
    answer = as_(town.manager).get(reverse("surveys:export", args=[survey.number]))
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(answer.content))
    rows = book.get_sheet_by_name("答卷").to_python()
    assert '=HYPERLINK("http://x","y")' in rows[-1]
    assert {row[5] for row in rows[1:]} == {"老年人", "<5"}
    assert [row[1] for row in book.get_sheet_by_name("谁填了").to_python()[1:]] == ["<5", "<5"]
    import zipfile

    with zipfile.ZipFile(BytesIO(answer.content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets"))


def test_numbers_are_counted_in_spans_with_mean_and_middle(town):
    survey = make.survey(town)
    for children in (0, 1, 1, 2, 3, 12):
        make.respond(survey, group="parents", children=children)
    found = tally(queries.results_of(survey), "children")
    assert (round(found.mean, 2), found.middle, found.answered, [bar.label for bar in found.bars]) == (3.17, 1.5, 6, ["0–4", "5–9", "10–14"])
