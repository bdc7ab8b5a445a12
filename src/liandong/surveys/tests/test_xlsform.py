"""XLSForm files: what is understood comes in whole, everything wrong is named by sheet, row and column, all at once."""

import pytest
from django.urls import reverse
from django.utils import translation

from liandong.surveys import definition as form
from liandong.surveys import xlsform
from liandong.surveys.models import Survey
from liandong.surveys.starters import STARTERS
from liandong.surveys.tests import factories as make

HEADS = [
    "type",
    "name",
    "label::Chinese (zh)",
    "label::English (en)",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "appearance",
    "liandong",
]
CHOICES = [
    ["list_name", "name", "label"],
    ["yn", "yes", "是"],
    ["yn", "no", "否"],
    ["size", "small_firm", "小型企业"],
    ["size", "large_firm", "大型企业"],
]
GOOD = {
    "survey": [
        HEADS,
        ["begin_group", "firm", "企业情况", "Your firm"],
        ["select_one size", "size", "员工人数", "Staff", "", "yes", "", "", "", "", "segment"],
        ["integer", "young", "35 岁以下几人", "", "", "", "${size} = 'large_firm'", ". >= 0 and . <= 5000", "请填 0 到 5000"],
        ["end_group"],
        ["begin group", "wishes", "需求"],
        ["select_multiple yn or_other", "kids", "要托管吗", "", "", "TRUE"],
        ["text", "wish", "说一说", "", "一件事一句", "", "selected(${kids}, 'yes') or ${young} > 10", "", "", "multiline", "need"],
        ["note", "bye", "谢谢"],
        ["end group"],
    ],
    "choices": CHOICES,
    "settings": [["form_title"], ["企业问卷"]],
}


def read(**sheets):
    return xlsform.read(make.workbook({**GOOD, **sheets}))


def said(found):
    return [(issue.sheet, issue.row, issue.column, issue.level) for issue in found.issues]


def test_a_good_file_comes_in_whole():
    found = read()
    assert (found.issues, found.title) == ([], "企业问卷")
    first, second = found.definition["pages"]
    assert (first["label"], first["label_en"], [q["name"] for q in first["questions"]]) == ("企业情况", "Your firm", ["size", "young"])
    size, young = first["questions"]
    assert (size["kind"], size["required"], size["purpose"], [c["name"] for c in size["choices"]]) == (
        "one",
        True,
        "segment",
        ["small_firm", "large_firm"],
    )
    assert (young["relevant"], young["constraint"], young["message"]) == ("${size} = 'large_firm'", ". >= 0 and . <= 5000", "请填 0 到 5000")
    assert [(q["name"], q["kind"], q.get("other", False), q.get("purpose", "")) for q in second["questions"]] == [
        ("kids", "many", True, ""), ("wish", "long", False, "need"), ("bye", "note", False, "")
    ]  # fmt: skip


def test_every_mistake_is_named_at_once_with_sheet_row_and_column():
    rows = [
        ["type", "name", "label", "required", "relevant", "constraint"],
        ["select_one nolist", "a", "甲"],
        ["wonder", "b", "乙"],
        ["text", "a", "丙"],
        ["text", "", "丁"],
        ["integer", "e", "", "maybe"],
        ["integer", "f", "己", "", "${later} = 1", ". >> 3"],
        ["select_one yn", "g", "庚", "", "${a} == 'x'"],
        ["text", "h h", "辛"],
        ["begin_group", "i", "壬"],
    ]
    choices = [["list_name", "name", "label"], ["yn", "yes", "是"], ["yn", "yes", "又是"], ["yn", "n o", "否"], ["yn", "", "空"]]
    found = xlsform.read(make.workbook({"survey": rows, "choices": choices}))
    assert set(said(found)) == {
        ("survey", 2, "A (type)", "error"),
        ("survey", 3, "A (type)", "error"),
        ("survey", 4, "B (name)", "error"),
        ("survey", 5, "B (name)", "error"),
        ("survey", 6, "C (label)", "error"),
        ("survey", 6, "D (required)", "error"),
        ("survey", 7, "E (relevant)", "error"),
        ("survey", 7, "F (constraint)", "error"),
        ("survey", 8, "E (relevant)", "error"),
        ("survey", 9, "B (name)", "error"),
        ("survey", 10, "A (type)", "error"),
        ("choices", 3, "B (name)", "error"),
        ("choices", 4, "B (name)", "error"),
        ("choices", 5, "B (name)", "error"),
    }
    assert not found.is_usable(lenient=True)


def test_a_mistake_is_told_in_the_readers_language():
    rows = [["type", "name", "label"], ["select_one nolist", "a", "甲"]]
    assert xlsform.read(make.workbook({"survey": rows})).issues[0].text == "choices 表里没有“nolist”这个列表。"
    with translation.override("en"):
        assert xlsform.read(make.workbook({"survey": rows})).issues[0].text == "The sheet “choices” holds no list “nolist”."


def test_what_is_not_supported_is_said_and_left_out_only_when_asked_for():
    rows = [
        ["type", "name", "label", "calculation", "default", "relevant"],
        ["start", "start", ""],
        ["text", "a", "甲", "", "预填"],
        ["geopoint", "where", "在哪里"],
        ["calculate", "sum", "合计", "1 + 1"],
    ]
    found = xlsform.read(make.workbook({"survey": rows}))
    assert said(found) == [
        ("survey", 3, "E (default)", "unsupported"),
        ("survey", 4, "A (type)", "unsupported"),
        ("survey", 5, "A (type)", "unsupported"),
        ("survey", 2, "A (type)", "note"),
    ]
    assert (found.is_usable(lenient=False), found.is_usable(lenient=True), [q["name"] for q in form.asked(found.definition)]) == (False, True, ["a"])


def test_a_condition_on_a_choice_that_does_not_exist_is_a_mistake():
    survey = [*GOOD["survey"][:3], ["text", "x", "为什么", "", "", "", "${size} = 'tiny'"], ["end_group"]]
    assert said(read(survey=survey)) == [("survey", 4, "G (relevant)", "error")]


def test_groups_inside_groups_stand_on_the_outer_page_with_both_conditions():
    survey = [
        HEADS,
        ["begin_group", "outer", "外"],
        ["select_one yn", "a", "甲"],
        ["begin_group", "inner", "内", "", "", "", "${a} = 'yes'"],
        ["select_one yn", "b", "乙"],
        ["text", "c", "丙", "", "", "", "${b} = 'yes' or ${b} = 'no'"],
        ["end_group"],
        ["end_group"],
    ]
    found = read(survey=survey)
    (page,) = found.definition["pages"]
    assert [(q["name"], q.get("relevant", "")) for q in page["questions"]] == [
        ("a", ""), ("inner", "${a} = 'yes'"), ("b", "${a} = 'yes'"), ("c", "(${b} = 'yes' or ${b} = 'no') and (${a} = 'yes')")
    ]  # fmt: skip
    assert said(found) == [("survey", 4, "A (type)", "note")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.4", b"\x00\x01\x02" * 50, "甲,乙\n1,2".encode()])
def test_a_file_that_is_no_form_is_refused_in_words(content):
    from io import BytesIO

    found = xlsform.read(BytesIO(content))
    assert (len(found.issues), found.is_usable(lenient=True)) == (1, False)


@pytest.mark.parametrize("key", STARTERS)
def test_what_is_written_reads_back_the_same(key):
    from io import BytesIO

    from liandong.surveys.services.rounds import check_definition

    definition = STARTERS[key].definition
    for question in form.serving(definition, form.COMMUNITY):
        question = question | {"choices": [{"name": "t1", "label": "北郎东社区"}, {"name": "t2", "label": "永安里社区"}]}
        definition = {
            "pages": [
                {**page, "questions": [question if q["name"] == question["name"] else q for q in page["questions"]]} for page in definition["pages"]
            ]
        }
    check_definition(definition)
    found = xlsform.read(BytesIO(xlsform.write("标题", "Q12345", definition)))
    assert (found.issues, found.title) == ([], "标题")
    assert form.shape(found.definition) == form.shape(definition)
    assert [form.words_of(q) for q in form.questions(found.definition)] == [form.words_of(q) for q in form.questions(definition)]


def test_the_page_takes_a_good_file_and_tells_all_about_a_bad_one(as_, town):
    client, address = as_(town.manager), reverse("surveys:upload")
    values = {"title": "我的问卷", "host": town.community.pk, "territory": town.north.pk, "is_anonymous": "on"}
    bad = make.workbook({"survey": [["type", "name", "label"], ["select_one nolist", "a", "甲"], ["wonder", "b", "乙"]]})
    sent = client.post(address, {**values, "file": bad})
    page = sent.content.decode()
    assert (sent.status_code, Survey.objects.count(), "我的问卷" in page, "nolist" in page, "wonder" in page, "A (type)" in page) == (
        422,
        0,
        True,
        True,
        True,
        True,
    )
    sent = client.post(address, {**values, "file": make.workbook(GOOD)})
    survey = Survey.objects.get()
    assert (sent.headers["Location"], survey.title, len(form.asked(survey.definition))) == (
        reverse("surveys:manage", args=[survey.number]),
        "我的问卷",
        4,
    )
    answer = client.get(reverse("surveys:file", args=[survey.number]))
    assert answer.content[:2] == b"PK"
