"""When a desk receives: rhythms, public holidays, days that are different, and what is free."""

import datetime as dt

import pytest

from liandong.appointments import queries, said, services
from liandong.appointments.tests.factories import at

NINE, ELEVEN = dt.time(9), dt.time(11)


def days_of(desk, *, first=dt.date(2026, 6, 10), days=60):
    return [(day.month, day.day) for day in queries.schedules_of([desk])[desk.pk].next_days(first, days=days)]


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        ({"weekdays": [2]}, [(6, 10), (6, 17), (6, 24), (7, 1)]),
        ({"weekdays": [2], "every_weeks": 2}, [(6, 10), (6, 24), (7, 8), (7, 22)]),
        ({"weekdays": [2], "every_weeks": 2, "from_date": dt.date(2026, 6, 17)}, [(6, 17), (7, 1), (7, 15), (7, 29)]),
        ({"weekdays": [2], "nth": 3}, [(6, 17), (7, 15)]),
        ({"weekdays": [2], "nth": 5}, [(6, 24), (7, 29)]),
        ({"weekdays": [0, 4]}, [(6, 12), (6, 15), (6, 22), (6, 26)]),  # 19 June is the Dragon Boat Festival
    ],
)
def test_office_hours_come_in_their_rhythm(town, rhythm, expected):
    desk = town.desk(hours=False)
    services.add_hours(desk, stretches=[(NINE, ELEVEN)], by=town.worker, **rhythm)
    assert days_of(desk)[:4] == expected


def test_a_public_holiday_falls_out_unless_the_desk_says_otherwise(town):
    desk = town.desk()
    holiday = dt.date(2026, 6, 19)
    assert (6, 19) not in days_of(desk)
    assert said.special_days(queries.schedules_of([desk])[desk.pk]) == [(holiday, "法定节假日，不接待", "")]
    services.edit_desk(desk, is_open_on_holidays=True, by=town.worker)
    assert (6, 19) in days_of(queries.desk_of(desk.pk, None))
    services.edit_desk(desk, is_open_on_holidays=False, by=town.worker)
    services.set_day(desk, date=holiday, stretch=(NINE, dt.time(9, 20)), words="端午加班", by=town.worker)
    assert said.special_days(queries.schedules_of([desk])[desk.pk]) == [(holiday, "当天只在 9:00–9:20", "端午加班")]


def test_places_are_cut_by_the_minutes_and_what_is_too_short_is_none(town):
    desk = town.desk(hours=False, minutes=25)
    services.add_hours(desk, weekdays=[2], stretches=[(NINE, dt.time(10)), (dt.time(9, 30), dt.time(10, 20))], by=town.worker)
    places = queries.schedules_of([desk])[desk.pk].places(dt.date(2026, 6, 10))
    assert [(place.number, place.key) for place in places] == [(1, "202606100900"), (2, "202606100925"), (3, "202606100950")]


def test_what_is_free_leaves_out_the_taken_the_past_and_what_is_too_near(town):
    desk = town.desk(until_minutes=30)  # it is 10:00
    assert [place.key[-4:] for place in queries.next_free([desk], limit=3)[desk.pk]] == ["1040", "0900", "0920"]
    town.book(desk, at(10, 10, 40))
    town.book(desk, at(12, 9), person=town.neighbour)
    assert [place.key for place in queries.next_free([desk], limit=2)[desk.pk]] == ["202606120920", "202606120940"]


def test_hours_are_said_in_words(town):
    desk = town.desk()
    services.add_hours(desk, weekdays=[0, 1, 2, 3, 4], stretches=[(dt.time(14), dt.time(16, 30))], by=town.worker)
    services.add_hours(desk, weekdays=[5], stretches=[(NINE, ELEVEN)], every_weeks=2, by=town.worker)
    services.add_hours(desk, weekdays=[6], stretches=[(NINE, ELEVEN)], nth=5, by=town.worker)
    assert [line for line, _rows in said.hours_lines(desk.hours.all())] == [
        "每周一、周二、周四 14:00–16:30",
        "每周三、周五 9:00–11:00、14:00–16:30",
        "每 2 周的周六 9:00–11:00",
        "每月最后一个周日 9:00–11:00",
    ]
