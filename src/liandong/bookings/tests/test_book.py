"""One booking: what is refused, what is held, who changes it."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from liandong.accounts.tests import factories as people
from liandong.bookings import services
from liandong.bookings.models import Booking, HourLimit
from liandong.bookings.tests.factories import THURSDAY, at, book, room, staff
from liandong.core.errors import Denied, Refused
from liandong.journal.queries import history_of
from liandong.notices.models import Notice
from liandong.organizations.tests import factories as bodies
from liandong.venues.models import Room, SpecialDay
from liandong.venues.tests import factories as venues

pytestmark = pytest.mark.django_db


def refusal(call, *arguments, **named) -> Refused:
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value


def test_a_free_room_is_booked_at_once_and_recorded(clock):
    booking = book(room())
    assert (booking.state, booking.starts_at, booking.ends_at) == ("confirmed", at(14), at(16))
    assert list(history_of(booking).values_list("verb", flat=True)) == ["booking.made"]


def test_a_taken_hour_is_refused_with_what_is_in_the_way_and_the_next_free_times(clock):
    hall = room(name="多功能厅")
    first = book(hall, organization=(body := bodies.organization(name="禾木公益")), by=bodies.grant("org_staff", on=body).person)
    refused = refusal(book, hall, at(15), at(17))
    assert isinstance(refused, services.Taken)
    assert refused.booking == first
    assert refused.free == [(at(9), at(11)), (at(12), at(14)), (at(16), at(18))]
    assert str(refused.reason).startswith("多功能厅 is taken 11 Jun 14:00–16:00 (禾木公益). Free instead:")


def test_the_time_between_two_bookings_stays_free(clock):
    hall = room(buffer_minutes=15)
    book(hall)
    assert "15 minutes stay free" in str(refusal(book, hall, at(16), at(17)).reason)
    assert "15 minutes stay free" in str(refusal(book, hall, at(12), at(14)).reason)
    assert book(hall, at(16, 15), at(17)).state == "confirmed"


def test_the_database_itself_refuses_an_overlap(clock):
    booking = book(room())
    booking.pk, booking.number = None, "BOTHER"
    with pytest.raises(IntegrityError, match="bookings_booking_no_overlap"), transaction.atomic():
        booking.save(force_insert=True)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(16), at(14), "The end lies before the beginning."),
        (at(14), at(14), "The end lies before the beginning."),
        (at(14), at(14, 5), "A booking lasts at least a quarter of an hour."),
        (at(8, day=dt.date(2026, 6, 10)), at(9, day=dt.date(2026, 6, 10)), "This time is past."),
        (at(9), at(14), "会议室 is booked for at most 4 hours at a time."),
        (at(7), at(9), "活动中心 is open 9:00-21:00 on 11 Jun."),
        (at(20), at(22), "活动中心 is open 9:00-21:00 on 11 Jun."),
        (at(20), at(1, day=THURSDAY + dt.timedelta(days=1)), "会议室 is booked for at most 4 hours at a time."),
        (at(20, 30), at(0, 15, day=THURSDAY + dt.timedelta(days=1)), "活动中心 is open 9:00-21:00 on 11 Jun."),
        (at(14, day=dt.date(2026, 6, 19)), at(16, day=dt.date(2026, 6, 19)), "活动中心 is closed on 19 Jun, a public holiday."),
        (at(14, day=dt.date(2026, 6, 12)), at(16, day=dt.date(2026, 6, 12)), "活动中心 is closed on 12 Jun."),
        (at(14, day=dt.date(2026, 9, 20)), at(16, day=dt.date(2026, 9, 20)), "会议室 can be booked until 8 Sep."),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(clock, start, end, words):
    office = room(venue=venues.venue(name="活动中心"), name="会议室")
    SpecialDay.objects.create(venue=office.venue, special_date=dt.date(2026, 6, 12))
    assert str(refusal(book, office, start, end).reason) == words
    assert Booking.objects.count() == 0


def test_a_weekend_worked_in_exchange_has_the_hours_of_monday(clock):
    office = room(hours=None)
    for weekday in range(5):
        office.venue.opening_hours.create(weekday=weekday, opens_at=dt.time(9), closes_at=dt.time(17))
    saturday = dt.date(2026, 9, 20)  # a Sunday that is worked
    office.days_ahead = 200
    office.save()
    assert book(office, at(10, day=saturday), at(12, day=saturday)).state == "confirmed"
    assert "is closed" in str(refusal(book, office, at(10, day=dt.date(2026, 9, 13)), at(12, day=dt.date(2026, 9, 13))).reason)


def test_over_midnight_where_the_venue_is_open_then(clock):
    bar = room(hours=(18, 2))
    assert book(bar, at(22), at(1, day=THURSDAY + dt.timedelta(days=1))).minutes == 180


def test_a_room_or_venue_out_of_use_is_not_booked(clock):
    hall = room(is_open=False)
    assert "cannot be booked at present" in str(refusal(book, hall).reason)
    Room.objects.filter(pk=hall.pk).update(is_open=True)
    hall.venue.is_open = False
    hall.venue.save()
    assert "cannot be booked at present" in str(refusal(book, hall).reason)


def test_more_people_than_the_room_holds_are_refused(clock):
    assert refusal(book, room(capacity=10), people_count=11).field == "people_count"


def test_a_resident_books_where_the_room_is_for_everybody_and_only_staff_book_for_a_body(clock):
    hall, resident = room(), people.account().person
    assert book(hall, by=resident).organization is None
    with pytest.raises(Denied):
        book(hall, at(18), at(19), by=resident, organization=bodies.organization())
    with pytest.raises(Denied):
        book(room(open_to="bodies"), by=resident)


def test_the_same_form_sent_twice_is_one_booking(clock):
    person, body = staff()
    hall = room()
    assert book(hall, by=person, organization=body) == book(hall, by=person, organization=body)


def test_a_request_holds_the_time_until_it_is_answered_once(clock, run_jobs):
    host = bodies.organization()
    keeper, other = bodies.manager(host), bodies.manager(host)
    hall = room(host=host, agreed="by_hand")
    asked = book(hall)
    assert (asked.state, asked.answer_by_at) == ("requested", at(14))
    assert isinstance(refusal(book, hall), services.Taken)
    run_jobs()
    assert Notice.objects.filter(kind="bookings.requested", person__in=[keeper, other]).count() == 2
    services.answer(asked, agree=True, by=keeper)
    assert "answered already" in str(refusal(services.answer, asked, agree=False, reason="不行", by=other).reason)
    run_jobs()
    assert Notice.objects.get(kind="bookings.agreed").person == asked.booked_by
    with pytest.raises(Denied):
        services.answer(book(hall, at(18), at(19)), agree=True, by=staff()[0])


def test_those_who_keep_the_room_need_not_ask_themselves(clock):
    host = bodies.organization()
    assert book(room(host=host, agreed="by_hand"), by=bodies.manager(host), organization=host).state == "confirmed"


def test_a_request_that_nobody_answers_lapses(clock, run_jobs):
    from liandong.bookings.reactions import mind_rooms

    asked = book(room(agreed="by_hand", answer_hours=2), at(18), at(20))
    clock.advance(hours=2, minutes=1)
    mind_rooms()
    run_jobs()
    asked.refresh_from_db()
    assert (asked.state, Notice.objects.get(person=asked.booked_by).kind) == ("lapsed", "bookings.lapsed")


def test_hours_a_month_are_counted_by_room_and_venue_and_a_word_about_the_body_wins(clock):
    hall = room()
    person, body = staff()
    HourLimit.objects.create(venue=hall.venue, hours=3)
    book(hall, by=person, organization=body)
    refused = refusal(book, room(venue=hall.venue), at(17), at(19), by=person, organization=body)
    assert str(refused.reason) == f"{body.label} may book 3 hours a month here; 1 are left in this month."
    services.set_limit(hall.venue, hours=5, organization=body, by=bodies.manager(hall.venue.host))
    assert book(room(venue=hall.venue), at(17), at(19), by=person, organization=body).holds
    july = dt.date(2026, 7, 2)
    assert book(hall, at(9, day=july), at(12, day=july), by=person, organization=body).holds
    with pytest.raises(Denied):
        services.set_limit(hall.venue, hours=9, by=person)


def test_moving_takes_the_booking_along_and_frees_the_old_time(clock):
    hall = room()
    mine, theirs = book(hall), book(hall, at(18), at(20))
    assert isinstance(refusal(services.move, mine, starts_at=at(17), ends_at=at(19), by=mine.booked_by), services.Taken)
    services.move(mine, starts_at=at(15), ends_at=at(17), by=mine.booked_by)
    assert book(hall, at(13), at(15)).holds
    with pytest.raises(Denied):
        services.move(mine, starts_at=at(9), ends_at=at(10), by=theirs.booked_by)


def test_what_had_to_be_agreed_to_is_asked_for_again_unless_it_gets_shorter(clock):
    host = bodies.organization()
    keeper = bodies.manager(host)
    mine = services.answer(book(room(host=host, agreed="by_hand")), agree=True, by=keeper)
    assert services.move(mine, starts_at=at(14), ends_at=at(15), by=mine.booked_by).state == "confirmed"
    assert services.move(mine, starts_at=at(18), ends_at=at(19), by=mine.booked_by).state == "requested"


def test_a_keeper_who_takes_a_room_back_says_why(clock, run_jobs):
    hall = room()
    keeper, mine = bodies.manager(hall.venue.host), book(hall)
    assert refusal(services.cancel, mine, by=keeper).field == "reason"
    services.cancel(mine, reason="水管坏了", by=keeper)
    run_jobs()
    assert Notice.objects.get(person=mine.booked_by).values["reason"] == "水管坏了"
    assert services.cancel(mine, by=mine.booked_by).state == "cancelled"
    assert "does not stand" in str(refusal(services.move, mine, starts_at=at(15), ends_at=at(16), by=mine.booked_by).reason)


def test_closing_a_room_shows_what_stands_there_and_cancels_it_only_when_asked(clock):
    hall = room(buffer_minutes=15)
    keeper, before, within = bodies.manager(hall.venue.host), book(hall, at(9), at(12)), book(hall)
    wanted = {"starts_at": at(12), "ends_at": at(20, day=THURSDAY + dt.timedelta(days=2)), "title": "粉刷墙面", "by": keeper}
    refused = refusal(services.close, hall, **wanted)
    assert refused.bookings == [within]
    closed = services.close(hall, **wanted, cancel_others=True)
    within.refresh_from_db()
    before.refresh_from_db()
    assert (within.state, within.reason, before.state) == ("cancelled", "粉刷墙面", "confirmed")
    assert refusal(book, hall, at(10, day=THURSDAY + dt.timedelta(days=1)), at(11, day=THURSDAY + dt.timedelta(days=1))).booking == closed


@pytest.mark.django_db(transaction=True)
def test_of_many_who_book_one_hour_at_once_exactly_one_has_it():
    hall = room(hours=None)
    day = dt.date.today() + dt.timedelta(days=2)
    crowd = [people.account().person for _ in range(12)]

    def attempt(person):
        try:
            return services.book(hall, starts_at=at(14, day=day), ends_at=at(15, day=day), title="读书会", by=person).state
        except services.Taken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=12) as pool:
        answers = sorted(pool.map(attempt, crowd))
    assert answers == ["confirmed"] + ["taken"] * 11


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_give_one_answer():
    host = bodies.organization()
    day = dt.date.today() + dt.timedelta(days=2)
    asked = book(room(host=host, hours=None, agreed="by_hand"), at(14, day=day), by=people.account().person)
    keepers = [bodies.manager(host), bodies.manager(host)]

    def attempt(job):
        keeper, agree = job
        try:
            return services.answer(Booking.objects.get(pk=asked.pk), agree=agree, reason="那天有会", by=keeper).state
        except Refused:
            return "second"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = list(pool.map(attempt, zip(keepers, (True, False), strict=True)))
    assert answers.count("second") == 1
