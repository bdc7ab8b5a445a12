"""No check-in frees the room; who waits is told, and one has it."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from liandong.accounts.tests import factories as people
from liandong.bookings import services
from liandong.bookings.models import Booking, RoomWait
from liandong.bookings.reactions import mind_rooms
from liandong.bookings.tests.factories import at, book, room
from liandong.core.errors import Denied, Refused
from liandong.notices.models import Notice
from liandong.organizations.tests import factories as bodies


def waiting(hall, person=None, start=None, end=None) -> RoomWait:
    return services.wait(hall, starts_at=start or at(14), ends_at=end or at(16), title="排练", by=person or people.account().person)


@pytest.mark.django_db
def test_nobody_comes_so_the_room_goes_to_those_who_wait_and_one_tap_has_the_rest(clock, run_jobs):
    hall = room()
    first, rest = book(hall), [waiting(hall), waiting(hall)]
    clock.move_to(at(14, 14))
    mind_rooms()
    first.refresh_from_db()
    assert first.state == "confirmed"
    clock.move_to(at(14, 15))
    mind_rooms()
    run_jobs()
    first.refresh_from_db()
    assert (first.state, first.given_up_at) == ("released", at(14, 15))
    assert set(Notice.objects.filter(kind="bookings.came_free").values_list("person", flat=True)) == {row.person_id for row in rest}
    taken = services.take(rest[1], by=rest[1].person)
    assert (taken.starts_at, taken.ends_at, taken.state) == (at(14, 15), at(16), "confirmed")
    with pytest.raises(services.Taken):
        services.take(rest[0], by=rest[0].person)
    rest[0].refresh_from_db()
    assert rest[0].state == "waiting"


@pytest.mark.django_db
def test_a_check_in_keeps_the_room_from_half_an_hour_before(clock):
    booking = book(room())
    clock.move_to(at(13, 29))
    with pytest.raises(Refused):
        services.check_in(booking, by=booking.booked_by)
    clock.move_to(at(13, 30))
    with pytest.raises(Denied):
        services.check_in(booking, by=people.account().person)
    services.check_in(booking, by=booking.booked_by)
    clock.move_to(at(15))
    mind_rooms()
    booking.refresh_from_db()
    assert booking.state == "confirmed"


@pytest.mark.django_db
def test_a_colleague_or_the_keeper_checks_in_too_and_too_late_is_said(clock):
    hall = room()
    keeper, booking = bodies.manager(hall.venue.host), book(hall)
    clock.move_to(at(14, 20))
    services.release(booking)
    with pytest.raises(Refused, match="freed at 14:20"):
        services.check_in(booking, by=booking.booked_by)
    again = book(hall, at(15), at(16))
    clock.move_to(at(15))
    assert services.check_in(again, by=keeper).checked_in_by == keeper


@pytest.mark.django_db
def test_a_venue_that_keeps_rooms_to_the_end_frees_none(clock):
    hall = room()
    hall.venue.keep_minutes = 0
    hall.venue.save()
    booking = book(hall)
    clock.move_to(at(15))
    mind_rooms()
    booking.refresh_from_db()
    assert booking.state == "confirmed"


@pytest.mark.django_db
def test_a_word_before_the_start_once(clock):
    booking = book(room())
    clock.move_to(at(13, 50))
    mind_rooms()
    mind_rooms()
    assert Notice.objects.get(kind="bookings.soon").person == booking.booked_by


@pytest.mark.django_db
def test_waiting_is_for_what_is_taken_and_still_to_come_and_ends_on_a_tap(clock):
    hall = room()
    with pytest.raises(Refused, match="book it"):
        waiting(hall)
    book(hall)
    with pytest.raises(Refused, match="past"):
        waiting(hall, start=at(9).replace(day=10), end=at(11).replace(day=10))
    person = people.account().person
    row = waiting(hall, person)
    assert waiting(hall, person) == row
    assert services.stop_waiting(row, by=person).state == "gone"
    with pytest.raises(Refused):
        services.take(row, by=person)
    with pytest.raises(Denied):
        services.take(waiting(hall), by=person)


@pytest.mark.django_db
def test_who_waits_hears_only_when_the_whole_time_is_free(clock, run_jobs):
    hall = room()
    one, other = book(hall, at(14), at(15)), book(hall, at(15), at(16))
    waiting(hall)
    services.cancel(one, by=one.booked_by)
    run_jobs()
    assert not Notice.objects.filter(kind="bookings.came_free").exists()
    services.move(other, starts_at=at(18), ends_at=at(19), by=other.booked_by)
    run_jobs()
    assert Notice.objects.filter(kind="bookings.came_free").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_tap_at_once_exactly_one_has_the_room():
    hall, now = room(hours=None), timezone.now()
    day = timezone.localdate() + dt.timedelta(days=2)
    first = book(hall, at(14, day=day), by=people.account().person)
    rows = [waiting(hall, start=at(14, day=day), end=at(16, day=day)) for _ in range(8)]
    services.cancel(first, by=first.booked_by)

    def tap(row):
        try:
            return services.take(row, by=row.person).state
        except services.Taken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sorted(pool.map(tap, rows)) == ["confirmed"] + ["taken"] * 7
    assert Booking.objects.filter(state="confirmed", created_at__gte=now).count() == 1
