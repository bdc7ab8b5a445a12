"""Tables are found wherever they begin, and columns however they are headed."""

from pathlib import Path

import pytest

from liandong.imports import detection, reading
from liandong.imports.people import BIRTH_DATE, ID_NUMBER, NAME, PHONE, SEX
from liandong.imports.specs import Column
from liandong.imports.tests import lists

TEAM = Column("team", "Team", ("所属服务队", "服务队", "团队", "team"), avoid=("队长",))
COLUMNS = (NAME, SEX, ID_NUMBER, PHONE, BIRTH_DATE, TEAM)
PEOPLE = [[p["name"], p["phone"], p["id"], p["sex"]] for p in lists.people(20)]


def tables(tmp_path: Path, sheets: dict) -> list[detection.Table]:
    cells = tmp_path / "cells"
    found = reading.convert(lists.workbook(tmp_path / "book.xlsx", sheets), cells)
    return detection.detect(cells, found, COLUMNS)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (["序号", "姓名", "手机"], {"name": 1, "phone": 2}),
        (["志愿者姓名", "联系方式", "证件号码"], {"name": 0, "phone": 1, "id_number": 2}),
        (["姓 名*", "性 别", "手机号码（必填）", "身份证号："], {"name": 0, "sex": 1, "phone": 2, "id_number": 3}),
        (["Name", "Mobile Phone", "Gender", "Date of birth", "Team"], {"name": 0, "phone": 1, "sex": 2, "birth_date": 3, "team": 4}),
        (["联系电话", "紧急联系人电话", "姓名", "队长姓名"], {"phone": 0, "name": 2}),
        (["紧急联系人电话", "本人手机号", "姓名"], {"phone": 1, "name": 2}),
        (["姓名", "电话", "错误原因"], {"name": 0, "phone": 1}),
        (["姓名\n（中文）", "出生\n年月日"], {"name": 0, "birth_date": 1}),
    ],
)
def test_headings_of_many_kinds(heads, expected):
    found, _score = detection.match_headers([[head] for head in heads], COLUMNS)
    assert found == expected


@pytest.mark.parametrize("above", range(10))
def test_the_table_may_begin_in_any_of_the_first_rows(tmp_path, above):
    notes = [["建外地区志愿者名册"], ["填报单位：某中心　填报人：　联系电话："]] * 5
    table = tables(tmp_path, {"表": [*notes[:above], ["姓名", "手机", "身份证号", "性别"], *PEOPLE]})[0]
    assert (table.header_row, table.header_height, table.columns) == (above + 1, 1, {"name": 0, "phone": 1, "id_number": 2, "sex": 3})


def test_headings_of_two_lines(tmp_path):
    rows = [["名册"], ["姓名", "基本信息", "", "联系方式"], ["", "性别", "出生日期", "手机"], ["张小明", "男", "1990-05-01", "13800000000"]]
    table = tables(tmp_path, {"表": rows})[0]
    assert (table.header_row, table.header_height, table.columns) == (2, 2, {"name": 0, "sex": 1, "birth_date": 2, "phone": 3})


def test_without_headings_the_cells_tell(tmp_path):
    table = tables(tmp_path, {"表": PEOPLE})[0]
    assert (table.header_row, table.columns) == (0, {"name": 0, "phone": 1, "id_number": 2, "sex": 3})


def test_a_heading_nobody_knows_does_not_hide_what_stands_below(tmp_path):
    table = tables(tmp_path, {"表": [["姓名", "号码", "证", "男女"], *PEOPLE]})[0]
    assert table.columns == {"name": 0, "phone": 1, "id_number": 2, "sex": 3}


def test_every_sheet_with_a_list_is_found_and_others_are_not(tmp_path):
    sheets = {
        "说明": [["一、请如实填写；二、每人一行。"]],
        "甲社区": [["姓名", "手机"], *(row[:2] for row in PEOPLE)],
        "乙社区": [["手机", "姓名"], ["13800000000", "张小明"]],
    }
    assert [(table.sheet.name, table.columns) for table in tables(tmp_path, sheets)] == [
        ("甲社区", {"name": 0, "phone": 1}),
        ("乙社区", {"phone": 0, "name": 1}),
    ]


def test_rows_that_are_no_data_are_named():
    heads = ["序号", "姓名", "手机"]
    assert detection.why_skipped(["合计", "", 3.0], heads) == "total"
    assert detection.why_skipped(["序号", "姓名", "手机"], heads) == "header_again"
    assert detection.why_skipped(["注：本表由各社区填报，请认真核对。"], heads) == "footnote"
    assert detection.why_skipped([1.0, "张小明", ""], heads) == ""
    assert detection.why_skipped(["", "张小明", ""], heads) == ""
