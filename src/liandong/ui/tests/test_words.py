"""Days, times and numbers in both languages."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from liandong.ui import words

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 14, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (at(10), "今天", "Today"),
        (at(11), "明天", "Tomorrow"),
        (at(13), "6月13日（周六）", "Sat 13 Jun"),
        (dt.date(2025, 12, 2), "2025年12月2日（周二）", "Tue 2 Dec 2025"),
        (None, "", ""),
    ],
)
def test_a_day_is_named_as_people_name_it(clock, value, zh, en):
    with translation.override("zh-hans"):
        assert words.day(value) == zh
    with translation.override("en"):
        assert words.day(value) == en


def test_a_late_hour_in_utc_belongs_to_the_day_here(clock):
    with translation.override("en"):
        assert words.day(dt.datetime(2026, 6, 9, 17, 0, tzinfo=dt.UTC)) == "Today"


def test_a_range_has_an_en_dash_and_names_another_day(clock):
    with translation.override("zh-hans"):
        assert words.time_range(at(13), at(13, 16, 30)) == "14:00–16:30"
        assert words.time_range(at(13, 22), at(14, 6)) == "22:00–6月14日（周日）6:00"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (at(10, 10, 40), "还有 40 分钟", "in 40 minutes"),
        (at(10, 15), "还有 5 小时", "in 5 hours"),
        (at(16), "还有 6 天", "in 6 days"),
        (at(9), "", ""),
    ],
)
def test_until_counts_down(clock, value, zh, en):
    with translation.override("zh-hans"):
        assert words.until(value) == zh
    with translation.override("en"):
        assert words.until(value) == en


@pytest.mark.parametrize(("minutes", "text"), [(150, "2.5"), (60, "1"), (0, "0"), (4862 * 60, "4,862"), (100, "1.7"), (None, "")])
def test_minutes_are_written_as_hours(minutes, text):
    assert words.hours(minutes) == text


def test_fen_are_written_as_yuan():
    with translation.override("zh-hans"):
        assert words.yuan(320000) == "3,200 元"
        assert words.yuan(5) == "0.05 元"
    with translation.override("en"):
        assert words.yuan(284650) == "¥2,846.50"


def test_a_code_is_spaced_for_reading_aloud():
    assert words.spaced_code("7K4M2Q") == "7K4 M2Q"
    assert words.spaced_code("AB12") == "AB12"


def test_peoples_words_are_marked_as_chinese_on_an_english_page():
    with translation.override("en"):
        assert words.said("<灯>") == '<span lang="zh-Hans">&lt;灯&gt;</span>'
    with translation.override("zh-hans"):
        assert words.said("<灯>") == "<灯>"


def test_what_is_kept_carries_its_whole_date():
    day = dt.datetime(2026, 2, 28, 17, tzinfo=dt.UTC)  # the first of March in Shanghai
    with translation.override("zh-hans"):
        assert (words.full_day(day), words.full_month(day), words.full_day(None)) == ("2026年3月1日", "2026年3月", "")
    with translation.override("en"):
        assert (words.full_day(day), words.full_month(day)) == ("1 March 2026", "March 2026")
