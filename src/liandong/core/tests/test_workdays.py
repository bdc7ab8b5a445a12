"""Working days: equal to the official notices for twenty years, open to what comes."""

import csv
import datetime as dt
import time
from pathlib import Path

import pytest

from liandong.core import workdays

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def official():
    lines = (Path(__file__).parent / "official_days.csv").read_text(encoding="utf-8").splitlines()
    return {dt.date.fromisoformat(row["day"]): row["is"] == "worked" for row in csv.DictReader(line for line in lines if line[0] != "#")}


def test_every_day_of_twenty_years_is_as_the_notices_say():
    noticed = official()
    days = [dt.date(2007, 1, 1) + dt.timedelta(days=n) for n in range((dt.date(2027, 1, 1) - dt.date(2007, 1, 1)).days)]
    different = [day for day in days if workdays.is_workday(day) != noticed.get(day, day.weekday() < 5)]
    assert (len(days), different) == (7305, [])


def test_each_year_has_days_that_differ_from_the_plain_week():
    assert {day.year for day in official()} == set(range(2007, 2027))


def test_a_notice_that_a_hub_enters_counts_at_once():
    assert (workdays.is_announced(2026), workdays.is_announced(2027)) == (True, False)
    workdays.entered.hold({dt.date(2027, 2, 14): True, dt.date(2027, 2, 11): False}, seconds=float("inf"))
    assert (workdays.is_workday(dt.date(2027, 2, 14)), workdays.is_workday(dt.date(2027, 2, 11)), workdays.is_announced(2027)) == (True, False, True)


@pytest.mark.parametrize(("at", "year"), [("2026-11-30", None), ("2026-12-01", 2027), ("2027-03-01", 2027)])
def test_an_unknown_year_is_asked_for_in_december(clock, at, year):
    clock.move_to(dt.datetime.fromisoformat(at).replace(tzinfo=SHANGHAI))
    assert workdays.unannounced_year() == year


def test_ten_thousand_deadlines_take_less_than_a_second():
    began = time.process_time()
    for n in range(10_000):
        workdays.after_workdays(dt.datetime(2026, 1, 1 + n % 28, tzinfo=SHANGHAI), 10)
    assert time.process_time() - began < 1


def test_working_days_left_are_counted_over_weekends():
    due = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)
    assert [workdays.workdays_left(dt.date(2026, 6, day), due) for day in (12, 15, 16)] == [1, 0, -1]
