"""Folding what people and spreadsheets write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.core.text import clean_words, fold, normalize_phone, one_line, whole_number


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("13812345678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("0086-138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("13812345678.0", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("1381234567", ""),
        ("23812345678", ""),
        ("电话不详", ""),
        ("", ""),
    ],
)
def test_a_mobile_number_is_eleven_digits_or_nothing(typed, digits):
    assert normalize_phone(typed) == digits


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_normalised_phone_is_always_a_mobile_number_or_empty(text):
    phone = normalize_phone(text)
    assert phone == "" or (len(phone) == 11 and phone.isascii() and phone.isdigit() and phone[0] == "1")


def test_words_keep_their_lines_and_lose_what_cannot_be_seen():
    assert clean_words("  第一行\r\n第二行\u200b\u202e ") == "第一行\n第二行"


@pytest.mark.parametrize(("typed", "number"), [("12", 12), ("0", 0), ("²", None), ("١٢", None), ("", None), ("-1", None), ("1e3", None), ("9" * 19, None), ("9" * 5000, None)])  # fmt: skip
def test_a_whole_number_is_ascii_digits_that_fit_a_column(typed, number):
    assert whole_number(typed) == number


def test_a_line_keeps_its_chinese_punctuation_and_loses_what_is_not_seen():
    assert one_line(" 场地我们来，\n请您带老师！\u200b ", 10) == "场地我们来， 请您带"
