"""Bookings that repeat."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.bookings import services
from liandong.bookings.models import Booking
from liandong.bookings.tests.factories import THURSDAY, at, book, room, staff
from liandong.core.errors import Refused
from liandong.organizations.tests import factories as bodies

WEEK = dt.timedelta(weeks=1)


def repeat(hall, *, weeks=4, by=None, body=None, **values):
    if by is None:
        by, body = staff()
    return services.book_series(
        hall, starts_at=at(14), ends_at=at(16), title="读书会", organization=body, by=by, **{"until": THURSDAY + WEEK * (weeks - 1), **values}
    )


def days(rows) -> list[dt.date]:
    return [timezone.localtime(row.starts_at).date() for row in rows]


def test_every_other_week_until_a_day():
    assert services.dates_of(THURSDAY, dt.date(2026, 7, 20), every=2) == [THURSDAY, dt.date(2026, 6, 25), dt.date(2026, 7, 9)]


def test_the_fifth_thursday_is_in_the_months_that_have_one():
    first = dt.date(2026, 7, 30)
    assert services.dates_of(first, dt.date(2026, 12, 31), rhythm="monthly") == [first, dt.date(2026, 10, 29), dt.date(2026, 12, 31)]


@settings(deadline=None)
@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.integers(1, 12), st.sampled_from(["weekly", "monthly"]), st.integers(0, 400))
def test_dates_keep_their_weekday_and_their_place_in_the_month(first, every, rhythm, length):
    found = services.dates_of(first, first + dt.timedelta(days=length), rhythm=rhythm, every=every)
    assert found[0] == first
    assert {day.weekday() for day in found} == {first.weekday()}
    assert found == sorted(set(found))
    if rhythm == "monthly":
        assert {(day.day - 1) // 7 for day in found} == {(first.day - 1) // 7}


@pytest.mark.django_db
def test_a_series_is_booked_as_one_with_days_left_out(clock):
    made = repeat(room(), left_out=[THURSDAY + WEEK])
    assert days(made) == [THURSDAY, THURSDAY + 2 * WEEK, THURSDAY + 3 * WEEK]
    assert made[0].series.left_out == [THURSDAY + WEEK]


@pytest.mark.django_db
def test_dates_that_are_taken_or_closed_are_shown_and_the_others_booked_when_asked(clock):
    hall = room()
    book(hall, at(15, day=THURSDAY + 2 * WEEK), at(16, day=THURSDAY + 2 * WEEK))
    wanted = {"until": dt.date(2026, 7, 2)}
    hall.venue.special_days.create(special_date=THURSDAY + WEEK)
    with pytest.raises(services.SeriesTaken) as refused:
        repeat(hall, **wanted)
    assert [day for day, _why in refused.value.problems] == [THURSDAY + WEEK, THURSDAY + 2 * WEEK]
    assert (refused.value.possible, Booking.objects.count()) == (2, 1)
    assert days(repeat(hall, others_too=True, **wanted)) == [THURSDAY, THURSDAY + 3 * WEEK]


@pytest.mark.django_db
def test_one_date_is_given_back_or_moved_and_the_series_stays(clock):
    person, body = staff()
    made = repeat(room(), by=person, body=body)
    services.cancel(made[1], by=person)
    services.move(made[2], starts_at=at(17, day=THURSDAY + 2 * WEEK), ends_at=at(19, day=THURSDAY + 2 * WEEK), by=person)
    assert [row.holds for row in Booking.objects.order_by("series_date")] == [True, False, True, True]
    made[0].series.refresh_from_db()
    assert made[0].series.left_out == [THURSDAY + WEEK]


@pytest.mark.django_db
def test_all_following_are_given_back_at_once(clock):
    person, body = staff()
    made = repeat(room(), by=person, body=body)
    assert len(services.cancel_following(made[2], by=person)) == 2
    made[0].series.refresh_from_db()
    assert made[0].series.until_date == THURSDAY + 2 * WEEK - dt.timedelta(days=1)
    assert Booking.objects.filter(state="confirmed").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("later", [7, -1, 1])
def test_all_following_move_by_as_many_days_even_onto_each_other(clock, later):
    person, body = staff()
    made = repeat(room(days_ahead=200), by=person, body=body)
    to = THURSDAY + WEEK + dt.timedelta(days=later)
    if later == 1:  # a public holiday on which the venue is open
        made[0].room.venue.special_days.create(special_date=to, opens_at=dt.time(9), closes_at=dt.time(22))
    moved = services.move_following(made[1], starts_at=at(18, day=to), ends_at=at(20, day=to), by=person)
    assert sorted(days(moved)) == [to, to + WEEK, to + 2 * WEEK]
    made[0].refresh_from_db()
    assert made[0].starts_at == at(14)


@pytest.mark.django_db
def test_moving_all_following_says_which_dates_cannot(clock):
    person, body = staff()
    hall = room()
    made = repeat(hall, by=person, body=body)
    book(hall, at(18, day=THURSDAY + WEEK), at(19, day=THURSDAY + WEEK))
    with pytest.raises(services.SeriesTaken) as refused:
        services.move_following(made[0], starts_at=at(18), ends_at=at(20), by=person)
    assert [day for day, _why in refused.value.problems] == [THURSDAY + WEEK]
    assert len(services.move_following(made[0], starts_at=at(18), ends_at=at(20), others_too=True, by=person)) == 3


@pytest.mark.django_db
def test_one_answer_to_all_dates_of_a_series(clock):
    host = bodies.organization()
    made = repeat(room(host=host, agreed="by_hand"))
    keeper = bodies.manager(host)
    assert [row.state for row in services.answer_series(made[0], agree=True, by=keeper)] == ["confirmed"] * 4
    with pytest.raises(Refused):
        services.answer_series(made[0], agree=True, by=keeper)


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"until": THURSDAY}, {"until": dt.date(2028, 1, 1)}, {"every": 0}, {"every": 13}])
def test_a_series_without_end_or_rhythm_is_refused(clock, values):
    with pytest.raises(Refused):
        repeat(room(), **values)


@pytest.mark.django_db
def test_the_promise_about_series_sees_a_booking_on_a_day_left_out(clock):
    from liandong.bookings import invariants  # noqa: F401 - registers itself
    from liandong.core.invariants import all_invariants

    made = repeat(room())
    promise = next(each for each in all_invariants() if each.key == "ROOM.series")
    assert promise.find() == []
    made[0].series.left_out = [THURSDAY]
    made[0].series.save()
    assert len(promise.find()) == 1
