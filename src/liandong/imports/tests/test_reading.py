"""Files of every kind people bring, and files made to hurt."""

import datetime as dt
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from liandong.imports import reading
from liandong.imports.tests import lists

ROWS = [["姓名", "手机"], ["张小明", "13800000000"], ["李四", "13900000000"]]


def read(path: Path) -> list[list]:
    target = path.with_suffix(".cells")
    sheets = reading.convert(path, target)
    return [cells for _number, cells in reading.rows(target, sheets[0])]


def refused(path: Path) -> str:
    with pytest.raises(reading.Unreadable) as refusal:
        reading.convert(path, path.with_suffix(".cells"))
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_text_tables_in_every_encoding(tmp_path, encoding, sign):
    file = tmp_path / "list.csv"
    file.write_bytes("\r\n".join(sign.join(row) for row in ROWS).encode(encoding))
    assert read(file) == ROWS


def test_quotes_newlines_and_rare_characters_in_csv(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes('姓名,备注\r\n𠮷野,"一行\n两行, 带逗号"\r\n'.encode("gb18030"))
    assert read(file) == [["姓名", "备注"], ["𠮷野", "一行\n两行, 带逗号"]]


def test_one_torn_character_keeps_nobody_out(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes("姓名,手机\r\n张小明,13800000000\r\n".encode("gbk") * 200 + b"\xff\r\n")
    assert read(file)[:2] == [["姓名", "手机"], ["张小明", "13800000000"]]


def test_cells_keep_their_kinds(tmp_path):
    file = lists.workbook(tmp_path / "book.xlsx", {"表": [["姓名", "日期", "数"], [], ["张", dt.date(1990, 5, 1), 2.5], ["", "", 19959956774]]})
    assert read(file) == [["姓名", "日期", "数"], [], ["张", dt.date(1990, 5, 1), 2.5], ["", "", 19959956774.0]]


def test_an_old_xls_is_read(tmp_path):
    assert read(lists.old_workbook(tmp_path / "old.xls", [["姓名", "手机"], ["张小明", 13800000000]])) == [
        ["姓名", "手机"],
        ["张小明", 13800000000.0],
    ]


def test_a_web_page_that_calls_itself_xls_is_read(tmp_path):
    file = tmp_path / "export.xls"
    file.write_bytes(
        "<html><meta charset=gb2312><table><tr><th>姓名</th><th>手机</th></tr><tr><td>张小明</td><td>138</td></tr></table></html>".encode("gbk")
    )
    assert read(file) == [["姓名", "手机"], ["张小明", "138"]]


def test_a_cell_merged_downwards_counts_for_each_row(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "merged.xlsx"))
    sheet = book.add_worksheet()
    sheet.merge_range("A1:B1", "标题")
    sheet.write_row("A2", ["服务队", "姓名"])
    sheet.merge_range("A3:A5", "晨光队")
    for line, name in enumerate(("甲", "乙", "丙"), 2):
        sheet.write(line, 1, name)
    book.close()
    assert read(tmp_path / "merged.xlsx") == [["标题"], ["服务队", "姓名"], ["晨光队", "甲"], ["晨光队", "乙"], ["晨光队", "丙"]]


def test_hidden_sheets_are_left_out(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "hidden.xlsx"))
    book.add_worksheet("看").write(0, 0, "a")
    hidden = book.add_worksheet("藏")
    hidden.write(0, 0, "b")
    hidden.hide()
    book.close()
    assert [sheet.name for sheet in reading.convert(tmp_path / "hidden.xlsx", tmp_path / "cells")] == ["看"]


def bomb(path: Path, *, size: int, lie: bool = False) -> Path:
    """A book whose sheet unpacks to `size` bytes of the same cell; `lie`: the archive says it is small."""
    start = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    lists.workbook(path, {"表": [["a"]]})
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, content)
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(start)
            for _ in range(size >> 20):
                sheet.write(b"<c><v>1</v></c>" * 69906)
    if lie:
        content = path.read_bytes()
        place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
        path.write_bytes(content[: place + 24] + (1000).to_bytes(4, "little") + content[place + 28 :])
    return path


@pytest.mark.parametrize("lie", [False, True])
def test_a_bomb_is_refused_at_once_and_in_little_memory(tmp_path, lie):
    file = bomb(tmp_path / "bomb.xlsx", size=520 << 20, lie=lie)
    assert file.stat().st_size < 3_000_000
    program = (
        "import resource, sys, time; from pathlib import Path; from liandong.imports import reading\n"
        "before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()\n"
        "try: reading.convert(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except reading.Unreadable as error: print(error.code)\n"
        "print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(file), str(tmp_path / "cells")], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] == "file_too_big_inside"
    assert float(said[1]) < 2
    assert int(said[2]) < 60_000


def test_a_cell_far_out_ends_the_reader_and_nothing_else(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "far.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "z")
    book.close()
    began = time.monotonic()
    assert refused(tmp_path / "far.xlsx") == "file_too_big_inside"
    assert time.monotonic() - began < 5


def test_too_many_rows_and_columns_are_refused_with_the_number(tmp_path):
    wide = lists.workbook(tmp_path / "wide.xlsx", {"表": [["a"] * 16_384]})
    assert refused(wide) == "too_many_columns"
    long = tmp_path / "long.csv"
    long.write_text("姓名,手机\n" * 1_000_000)
    assert refused(long) == "too_many_rows"
    book = xlsxwriter.Workbook(str(tmp_path / "long.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet()
    for line in range(100_001):
        sheet.write_number(line, 0, 1)
    book.close()
    assert refused(tmp_path / "long.xlsx") == "too_many_rows"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (b"%PDF-1.7 ...", "file_no_table"),
        (b"\x89PNG\r\n\x1a\n", "file_no_table"),
        (b"PK\x03\x04 not a zip", "file_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "file_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "file_locked"),
        (b'<?xml version="1.0"?><svg/>', "file_no_table"),
        (bytes(range(256)) * 40, "file_no_table"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path, content, code):
    file = tmp_path / "brought.xlsx"
    file.write_bytes(content)
    assert refused(file) == code


def test_entities_and_other_archives_are_refused(tmp_path):
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    for name, parts, code in (
        ("laughs.xlsx", {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": laughs}, "file_with_entities"),
        ("text.docx", {"word/document.xml": b"<document/>"}, "file_no_table"),
        ("hollow.xlsx", {"xl/workbook.xml": b"<workbook/>"}, "file_broken"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        assert refused(tmp_path / name) == code
