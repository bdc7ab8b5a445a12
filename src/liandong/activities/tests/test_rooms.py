"""Booking and activity are one act."""

import datetime as dt

import pytest
from django.urls import reverse

from liandong.activities import services
from liandong.activities.models import Activity, Position, SignUp
from liandong.activities.services import PositionPlan, ShiftPlan, room_of
from liandong.activities.tests import factories
from liandong.bookings import services as bookings
from liandong.bookings.models import Booking
from liandong.bookings.reactions import mind_rooms
from liandong.bookings.tests.factories import THURSDAY, at, book, room, staff
from liandong.core.errors import Refused
from liandong.core.invariants import all_invariants
from liandong.notices.models import Notice

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(weeks=1)


def broken() -> dict:
    return {promise.key: rows for promise in all_invariants() if promise.key.startswith("ROOM") and (rows := promise.find())}


@pytest.fixture(autouse=True)
def rooms_and_activities_agree(db):
    yield
    assert broken() == {}


def plan(start, end) -> ShiftPlan:
    return ShiftPlan(start, end, [PositionPlan(Position.Kind.PARTICIPANT, "参加", 10)])


def set_up(hall, person, body, *shifts, **values) -> Activity:
    shifts = shifts or (plan(at(14), at(16)),)
    return services.create_activity(title="读书会", host=body, room=hall, shifts=shifts, leader=person, by=person, **values)


def edit(activity, by, **values) -> Activity:
    activity.refresh_from_db()
    return services.edit_activity(activity, version=activity.version, by=by, **values)


def held(activity) -> list:
    rows = activity.shifts.filter(booking__state__in=Booking.HOLDS).order_by("starts_at")
    return [(shift.booking.starts_at, shift.booking.ends_at, shift.booking.room) for shift in rows]


def test_an_activity_gets_its_room_in_the_same_act(clock):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body)
    shift = activity.shifts.get()
    assert (activity.venue, shift.spot, shift.booking.title, shift.booking.organization) == (hall.venue, hall.name, "读书会", body)
    assert held(activity) == [(at(14), at(16), hall)]


def test_a_taken_room_is_refused_and_there_is_no_half_activity(clock):
    hall, (person, body) = room(), staff()
    other = book(hall, at(15), at(17))
    with pytest.raises(bookings.Taken) as refused:
        set_up(hall, person, body, plan(at(9), at(10)), plan(at(14), at(16)))
    assert refused.value.booking == other
    assert (Activity.objects.count(), Booking.objects.count()) == (0, 1)


def test_the_form_shows_what_is_in_the_way_and_loses_nothing(client, clock):
    person, body = staff()
    hall = room(host=body)
    book(hall, at(15), at(17))
    client.force_login(person.account)
    form = {"title": "亲子读书会", "host": body.pk, "category": "other", "room": hall.pk, "venue": "", "cancel_until_hours": "18", "summary": "带本书来",
            "shifts-TOTAL_FORMS": "1", "shifts-INITIAL_FORMS": "0", "shifts-0-date": THURSDAY.isoformat(), "shifts-0-start": "14:00", "shifts-0-end": "16:00",
            "positions-TOTAL_FORMS": "1", "positions-INITIAL_FORMS": "0", "positions-0-name": "参加", "positions-0-kind": "participant",
            "positions-0-capacity": "9"}  # fmt: skip
    client.cookies["lang"] = "en"
    answer = client.post(reverse("activities:new"), form)
    assert (answer.status_code, "Free instead" in answer.text, "带本书来" in answer.text) == (422, True, True)
    assert client.post(reverse("activities:new"), {**form, "shifts-0-start": "17:00", "shifts-0-end": "18:00"}).status_code == 303
    assert held(Activity.objects.get()) == [(at(17), at(18), hall)]


def test_moving_the_activity_moves_the_room_and_giving_it_up_frees_it(clock):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body, plan(at(9), at(11)), plan(at(11), at(13)))
    first, second = activity.shifts.order_by("starts_at")
    edit(activity, person, shifts=[ShiftPlan(at(11), at(13), pk=first.pk), ShiftPlan(at(13), at(15), pk=second.pk)])
    assert held(activity) == [(at(11), at(13), hall), (at(13), at(15), hall)]
    other = room(venue=hall.venue)
    edit(activity, person, room=other)
    assert [row[2] for row in held(activity)] == [other, other]
    edit(activity, person, shifts=[ShiftPlan(at(11), at(13), pk=first.pk)])
    assert held(activity) == [(at(11), at(13), other)]
    edit(activity, person, room=None)
    assert (held(activity), Booking.objects.filter(state__in=Booking.HOLDS).count()) == ([], 0)


def test_a_move_that_is_not_possible_leaves_all_as_it_was(clock):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body)
    book(hall, at(18), at(20))
    with pytest.raises(bookings.Taken):
        edit(activity, person, shifts=[ShiftPlan(at(18), at(20), pk=activity.shifts.get().pk)])
    assert held(activity) == [(at(14), at(16), hall)]
    with pytest.raises(Refused, match="belongs to"):
        edit(activity, person, room=hall, venue=room().venue)


def test_calling_it_off_frees_the_room(clock):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body)
    services.cancel_activity(activity, reason="下雨", by=person)
    assert Booking.objects.get().state == "cancelled"
    assert book(hall).holds


def test_the_room_of_an_activity_is_not_moved_behind_its_back(clock, run_jobs):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body)
    booking = Booking.objects.get()
    with pytest.raises(Refused, match="belongs to an activity"):
        bookings.move(booking, starts_at=at(17), ends_at=at(18), by=person)
    with pytest.raises(Refused, match="belongs to an activity"):
        bookings.cancel(booking, by=person)
    from liandong.organizations.tests import factories as bodies

    bookings.cancel(booking, reason="水管坏了", by=bodies.manager(hall.venue.host))
    run_jobs()
    assert Notice.objects.filter(kind="activities.room_gone", person=person).count() == 1
    assert room_of(activity) is None
    edit(activity, person, room=room(venue=hall.venue))
    assert len(held(activity)) == 1


def test_a_booking_becomes_the_shift_of_an_activity(clock):
    hall, (person, body) = room(), staff()
    booking = book(hall, by=person, organization=body)
    activity = set_up(hall, person, body)
    assert activity.shifts.get().booking == booking
    assert Booking.objects.count() == 1


def test_any_check_in_of_the_activity_keeps_the_room(clock):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body, venue=hall.venue, contact_name="张", contact_phone="010-5555 0100")
    services.publish_activity(activity, by=person)
    position = Position.objects.get()
    row = factories.make_sign_up(position)
    clock.move_to(at(13, 50))
    services.check_in(SignUp.objects.get(pk=row.pk), method="list", by=person)
    clock.move_to(at(14, 30))
    mind_rooms()
    assert Booking.objects.get().state == "confirmed"


def test_copies_have_the_room_too_and_those_that_cannot_say_so(clock):
    hall, (person, body) = room(), staff()
    activity = set_up(hall, person, body)
    book(hall, at(14, day=THURSDAY + WEEK))
    copies = services.repeat_weekly(activity, weeks=2, by=person)
    assert [room_of(copy) for copy in copies] == [None, hall]
    assert [copy.venue for copy in copies] == [hall.venue, hall.venue]
