"""Cells as people write them. Whatever stands in a cell, nothing breaks and nothing is guessed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.core.numbers import check_digit, is_id_number
from liandong.imports import normalising as n

TODAY = dt.date(2026, 11, 22)
CELLS = st.one_of(
    st.text(max_size=60),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.none(),
    st.text(alphabet="0123456789年月日-/.E+Xx １９约人小时=一二十〇", max_size=24),
)


@given(CELLS)
def test_no_cell_breaks_a_parser(cell):
    today = TODAY
    parsers = [n.parse_name, n.parse_id_number, n.parse_phone, n.parse_sex, n.parse_yes_no, n.parse_list, n.parse_hours, n.parse_count]
    found = [parser(cell) for parser in parsers]
    found += [
        n.parse_date(cell, today=today),
        n.parse_birth_date(cell, today=today),
        n.parse_wanted(cell, today=today),
        n.parse_text(cell, longest=20),
    ]
    assert all(isinstance(each, n.Parsed) for each in found)
    assert isinstance(n.text_of(cell), str)


@given(CELLS)
def test_what_comes_out_is_whole(cell):
    number = n.parse_id_number(cell).value
    assert number == "" or is_id_number(number)
    phone = n.parse_phone(cell).value
    assert phone == "" or (len(phone) == 11 and phone.isdigit())
    assert 0 <= n.parse_hours(cell).value <= n.MOST_HOURS * 60
    born = n.parse_birth_date(cell, today=TODAY).value
    assert born is None or dt.date(1906, 1, 1) <= born <= TODAY
    assert len(n.parse_name(cell).value or "") <= 50


@given(st.dates(dt.date(1930, 1, 1), TODAY))
def test_a_date_is_read_the_same_however_it_is_written(day):
    written = [
        day,
        dt.datetime.combine(day, dt.time(8)),
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
        float(f"{day:%Y%m%d}"),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m-%d} 00:00:00",
        float((day - dt.date(1899, 12, 30)).days),
        "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{day:%Y-%m-%d}"),
    ]
    assert [n.parse_date(each, today=TODAY).value for each in written] == [day] * len(written)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("90.5.1", dt.date(1990, 5, 1), ""),
        ("05.5.1", dt.date(2005, 5, 1), ""),
        ("一九九〇年五月三日", dt.date(1990, 5, 3), ""),
        ("一九九〇年", None, "date_incomplete"),
        ("1990年5月", None, "date_incomplete"),
        ("2026/11/31", None, "date_impossible"),
        ("13/5/1990", dt.date(1990, 5, 13), ""),
        ("3/4/1990", dt.date(1990, 3, 4), "date_ambiguous"),
        ("去年春天", None, "date_unreadable"),
        ("", None, ""),
        ("—", None, ""),
    ],
)
def test_odd_dates(cell, value, code):
    found = n.parse_date(cell, today=TODAY)
    assert (found.value, found.code) == (value, code)


@given(st.integers(100_000, 659_999), st.dates(dt.date(1930, 1, 1), dt.date(2020, 1, 1)), st.integers(0, 999))
def test_a_rounded_id_number_is_never_taken_for_a_whole_one(place, born, serial):
    whole = f"{place}{born:%Y%m%d}{serial:03d}"
    whole += check_digit(whole)
    assert n.parse_id_number(whole).value == ("" if whole.endswith("000") else whole)
    if whole[-1] != "X":
        assert n.parse_id_number(float(whole)).code == "id_ruined"
        assert n.parse_id_number(whole[:15] + "000").code == "id_ruined"
        assert n.parse_id_number(f"{float(whole):.5E}").code == "id_ruined"
    wrong = whole[:17] + ("1" if whole[17] != "1" else "2")
    assert n.parse_id_number(wrong).code in {"id_checksum"}


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("１１０１０５１９７９１１０２２２２２", "110105197911022222", ""),
        ("11010519880911044x", "11010519880911044X", ""),
        ("110105 19880911 044X", "11010519880911044X", ""),
        ("440606850208166", "440606198502081664", ""),
        (440606850208166.0, "440606198502081664", ""),
        ("H1234567(8)", "", "id_other"),
        ("1101**********123X", "", "id_masked"),
        ("44060519900101", "", "id_length"),
        ("110105197913022228", "", "id_checksum"),
        ("无", "", ""),
    ],
)
def test_id_numbers(cell, value, code):
    found = n.parse_id_number(cell)
    assert (found.value, found.code) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (19959956774.0, "19959956774", ""),
        ("+86 13373682272", "13373682272", ""),
        ("0086-133 7368 2272", "13373682272", ""),
        ("158-2757-2006", "15827572006", ""),
        ("１８８８８５５２０７１", "18888552071", ""),
        ("138.0013.8000", "13800138000", ""),
        ("手机：13800138000", "13800138000", ""),
        ("13800138000转8", "13800138000", ""),
        ("13800138000/13900139000", "13800138000", "phone_several"),
        ("010-65001234、13800138000", "13800138000", "phone_several"),
        ("1503874531", "", "phone_digits"),
        ("1.38E+10", "", "phone_ruined"),
        ("010-65001234转801", "", "phone_landline"),
        ("见备注", "", "phone_unreadable"),
        ("", "", ""),
    ],
)
def test_phones(cell, value, code):
    found = n.parse_phone(cell)
    assert (found.value, found.code) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("010-65001234转801", "010-65001234-801"), ("65001234", "65001234"), ("0755-83001234", "0755-83001234"), ("13800138000", "13800138000")],
)
def test_a_landline_is_good_enough_where_it_may_be_one(cell, value):
    assert n.parse_phone(cell, landline=True) == n.Parsed(value)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (" 包\u3000建华", "包建华", ""),
        ("阿依古丽•买买提", "阿依古丽·买买提", ""),
        ("张明（组长）", "张明", ""),
        ("𠮷野", "𠮷野", ""),
        ("John  Smith", "John Smith", ""),
        ('=HYPERLINK("http://x.example","张")', '=HYPERLINK("http://x.example","张")', "formula"),
        ("'=SUM(张)", "=SUM(张)", "formula"),
        ("@SUM", "@SUM", "formula"),
        ("=1+1", "", "name_is_no_name"),
        ("-1+1", "", "name_is_no_name"),
        (12.0, "", "name_is_no_name"),
        ("", "", "name_missing"),
        ("王" * 51, "", "name_too_long"),
    ],
)
def test_names(cell, value, code):
    found = n.parse_name(cell)
    assert (found.value, found.code) == (value, code)


@pytest.mark.parametrize(
    ("cell", "minutes", "code"),
    [
        (58.5, 3510, ""),
        ("12小时", 720, ""),
        ("90分钟", 90, ""),
        ("1,502", 90120, ""),
        ("二十", 1200, ""),
        ("12:30", 750, ""),
        ("约30", 1800, "hours_about"),
        (99999.0, 0, "hours_not_believable"),
        ("很多", 0, "hours_unreadable"),
        (-3.0, 0, "hours_unreadable"),
        ("", 0, ""),
    ],
)
def test_hours(cell, minutes, code):
    found = n.parse_hours(cell)
    assert (found.value, found.code) == (minutes, code)


def test_a_column_of_minutes_counts_minutes():
    assert n.parse_hours(90.0, in_minutes=True).value == 90
    assert n.parse_hours("2小时", in_minutes=True).value == 120


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [(30.0, 30, ""), ("5人", 5, ""), ("三十人", 30, ""), ("约20", 20, "count_about"), ("50-60人", 60, "count_about"), ("若干", None, "count_unknown"), ("一些吧", None, "count_unreadable"), (2.5, None, "count_unreadable")],
)  # fmt: skip
def test_counts_of_people(cell, value, code):
    found = n.parse_count(cell)
    assert (found.value, found.code) == (value, code)


@pytest.mark.parametrize(
    ("cell", "words", "date", "code"),
    [
        ("2026-12-12", "", dt.date(2026, 12, 12), ""),
        ("12月5日下午", "12月5日下午", dt.date(2026, 12, 5), ""),
        ("3月5日", "3月5日", dt.date(2027, 3, 5), ""),
        ("2026/11/31", "2026/11/31", None, "date_impossible"),
        ("2026年12月", "2026年12月", None, ""),
        ("暑假", "暑假", None, ""),
        (dt.datetime(2026, 12, 1, 9, 0), "09:00", dt.date(2026, 12, 1), ""),
        ("", "", None, ""),
    ],
)
def test_wanted_times(cell, words, date, code):
    found = n.parse_wanted(cell, today=TODAY)
    assert (*found.value, found.code) == (words, date, code)


def test_lists_are_cut_at_whatever_people_put_between():
    for cell in ("急救、手语", "急救，手语", "急救;手语", "急救/手语", "急救 手语", "急救\n手语", "急救、、手语、急救"):
        assert n.parse_list(cell).value == ["急救", "手语"]
    assert n.parse_list("first aid, sign language").value == ["first aid", "sign language"]
    assert n.parse_list("x" * 31) == n.Parsed([], "list_cut")
    assert n.parse_list("=cmd|calc").code == "formula"


def test_rows_that_are_no_data_are_known():
    assert [n.is_total([text, "", 3.0]) for text in ("合计", "总 计", "小计：", "合计3人", "Total")] == [True] * 5
    assert not n.is_total([1.0, "合计平", "男"])
    assert n.is_footnote(["注：以上信息由各社区填报，请核对后报送。"])
    assert n.is_footnote(["填表人：", "", "审核人："])
    assert not n.is_footnote(["张小明"])


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "'=1+1"])
def test_what_a_spreadsheet_would_run_is_noticed(cell):
    assert n.is_formula(cell)


@pytest.mark.parametrize("cell", ["+86 13800000000", "-5", "-", "——", "张=明", "a@b.cn", 5.0])
def test_numbers_and_words_are_no_formulas(cell):
    assert not n.is_formula(cell)
