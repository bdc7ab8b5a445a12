"""`liandong mine`: from a file to a file, without a database."""

import json

import pytest
import xlsxwriter

from liandong.config import cli

ROWS = [
    ("挂号要用手机，我不会点", "北郎东社区"),
    ("", ""),
    ("不会用手机挂号", "永安里社区"),
    ("手机挂号太难了", "北郎东社区"),
    ("想组织一次篮球比赛", ""),
]


def mined(tmp_path, source, *more):
    out = tmp_path / "themes.json"
    status = cli.main(["mine", str(source), "--text", "需求", "--out", str(out), *more])
    return status, json.loads(out.read_text(encoding="utf-8")) if out.exists() else None


def csv_file(tmp_path, encoding="utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(("社区需求清单,\n需求,地点\n" + "".join(f"{words},{place}\n" for words, place in ROWS)).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_themes_of_a_csv_file_count_rows_below_the_header(tmp_path, capsys, encoding):
    status, found = mined(tmp_path, csv_file(tmp_path, encoding), "--group", "地点")
    assert status == 0
    assert [sorted(member["row"] for member in theme["members"]) for theme in found["themes"]] == [[0, 2, 3]]
    assert found["loose"] == [1, 4]
    assert set(found) == {"themes", "loose", "seconds", "peak_mb"}
    assert set(found["themes"][0]) == {"label", "phrases", "stability", "members"}
    assert "1 themes of 3 texts, 2 loose" in capsys.readouterr().out


def test_an_excel_file_gives_the_same(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([("需求", "地点"), *ROWS]):
            sheet.write_row(number, 0, row)
    _status, found = mined(tmp_path, path)
    assert [sorted(member["row"] for member in theme["members"]) for theme in found["themes"]] == [[0, 2, 3]]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["--text", "题目"], "liandong: list.csv has no column '题目'; its columns: 社区需求清单."),
        (["--text", "需求", "--group", "街道"], "liandong: list.csv has no column '街道'; its columns: 需求, 地点."),
    ],
)
def test_a_column_that_is_not_there_is_one_line(tmp_path, capsys, more, line):
    assert cli.main(["mine", str(csv_file(tmp_path)), *more, "--out", str(tmp_path / "x.json")]) == 1
    assert capsys.readouterr().err.strip() == line


def test_a_file_that_is_none_is_one_line(tmp_path, capsys):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    assert mined(tmp_path, path)[0] == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
