"""Booking, cancelling, what follows of it, and that a place is never taken twice."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from liandong.appointments import reactions, services
from liandong.appointments.models import Appointment
from liandong.appointments.tests.factories import Town, at
from liandong.core.actors import SCHEDULER
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.notices.queries import words_of

ABOUT = "想立一份遗嘱"


def kinds():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_booking_takes_a_place_tells_the_person_and_keeps_what_it_is_about_to_itself(town):
    desk = town.desk(kind="department")
    row = town.book(desk, at(12, 9, 20), about=ABOUT)
    assert (row.number, row.on_date, row.state, row.about) == (2, dt.date(2026, 6, 12), "booked", ABOUT)
    notice = Notice.objects.get(person=town.resident)
    assert words_of(notice) == (f"您的预约：{desk.title}", "6月12日 9:20，便民大厅 2 号室，2 号。来不了请取消，把位置让给别人。")
    entry = Entry.objects.get(verb="appointment.booked")
    assert set(entry.after) == {"desk", "starts_at", "number"}
    assert ABOUT not in "".join(map(str, [*Notice.objects.values(), *Entry.objects.values()]))
    assert broken() == {}


def test_a_quiet_desk_is_not_named_in_messages(town):
    desk = town.desk(kind="counsellor")
    town.book(desk, at(12, 9))
    services.set_day(desk, date=dt.date(2026, 6, 12), stretch=None, words="老师去培训", by=town.worker)
    said = [" ".join(words_of(notice)) for notice in Notice.objects.order_by("pk")]
    assert said == [
        "您的预约 6月12日 9:00，1 号。地点请打开查看。来不了请取消。",
        "您的预约被取消了 原定 6月12日 9:00。点开可以换个时间。",
    ]
    assert broken() == {}


def test_the_same_again_is_the_same_and_another_one_at_the_desk_is_refused(town):
    desk = town.desk()
    row = town.book(desk, at(12, 9))
    assert town.book(desk, at(12, 9)).pk == row.pk
    with pytest.raises(Refused, match="您在这里已有预约"):
        town.book(desk, at(17, 9))
    town.book(town.desk(), at(12, 9))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(12, 9, 10), "不接待"),
        (at(11, 9), "不接待"),
        (at(19, 9), "不接待"),  # a public holiday
        (at(10, 10, 40), "来不及约"),
        (at(10, 9), "来不及约"),
        (at(15, 9, month=7), "不接待"),  # more than four weeks ahead
    ],
)
def test_no_place_at_other_times_too_late_or_too_far_ahead(town, moment, words):
    with pytest.raises(Refused, match=words):
        town.book(town.desk(), moment)


def test_a_taken_place_is_refused_and_the_database_would_refuse_it_too(town):
    desk = town.desk()
    row = town.book(desk, at(12, 9))
    with pytest.raises(Refused, match="刚被约走"):
        town.book(desk, at(12, 9), person=town.neighbour)
    half = dt.timedelta(minutes=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            desk=desk,
            person=town.neighbour,
            on_date=row.on_date,
            number=9,
            starts_at=row.starts_at + half,
            ends_at=row.ends_at + half,
            booked_at=at(10, 9),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            desk=desk, person=town.resident, on_date=row.on_date, number=9, starts_at=at(12, 10), ends_at=at(12, 10, 20), booked_at=at(10, 9)
        )


def test_nobody_books_for_somebody_else(town):
    with pytest.raises(Denied):
        services.book(town.desk(), starts_at=at(12, 9), person=town.resident, by=town.worker)


def test_cancelling_frees_the_place_and_forgets_the_words(town):
    desk = town.desk()
    row = services.cancel_appointment(town.book(desk, at(12, 9), about=ABOUT), by=town.resident)
    assert services.cancel_appointment(row, by=town.resident).state == "cancelled"
    row.refresh_from_db()
    assert (row.about, row.is_cancelled_by_desk, kinds()) == ("", False, ["appointment.booked_quiet"])
    assert town.book(desk, at(12, 9), person=town.neighbour).number == 1
    with pytest.raises(Denied):
        services.cancel_appointment(Appointment.objects.get(person=town.neighbour), by=town.resident)


def test_cancelling_ends_before_the_start_as_the_desk_says(town, clock):
    row = town.book(town.desk(until_minutes=60), at(12, 9))
    clock.move_to(at(12, 8, 1))
    with pytest.raises(Refused, match="打个电话"):
        services.cancel_appointment(row, by=town.resident)
    services.cancel_appointment(row, by=town.worker)  # who sits there still can
    assert kinds()[-1] == "appointment.called_off_quiet"


def test_a_day_without_office_hours_cancels_tells_and_frees_nothing(town):
    desk = town.desk(kind="department")
    kept = town.book(desk, at(17, 9), person=town.neighbour)
    gone = town.book(desk, at(12, 9), about=ABOUT)
    _day, count = services.set_day(desk, date=dt.date(2026, 6, 12), stretch=None, words="李老师开会", by=town.worker)
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (count, gone.state, gone.about, gone.is_cancelled_by_desk, kept.state) == (1, "cancelled", "", True, "booked")
    assert words_of(Notice.objects.get(kind="appointment.called_off")) == (
        f"窗口取消了接待：{desk.title}",
        "原定 6月12日 9:00。李老师开会 点开可以换个时间。",
    )
    with pytest.raises(Refused):
        town.book(desk, at(12, 9))
    services.forget_day(desk.days.get(), by=town.worker)
    assert town.book(desk, at(12, 9)).state == "booked"


def test_other_hours_keep_those_who_still_fit(town):
    desk = town.desk()
    early, late = town.book(desk, at(12, 9)), town.book(desk, at(12, 10, 20), person=town.neighbour)
    services.set_day(desk, date=dt.date(2026, 6, 12), stretch=(dt.time(10), dt.time(12)), by=town.worker)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, late.state) == ("cancelled", "booked")
    assert town.book(desk, at(12, 11, 40)).number == 6  # its own number of that day: no two the same
    assert broken() == {}


def test_a_desk_closes_only_when_nobody_comes_any_more(town):
    desk = town.desk()
    row = town.book(desk, at(12, 9))
    with pytest.raises(Refused):
        services.edit_desk(desk, is_open=False, by=town.worker)
    services.cancel_appointment(row, by=town.resident)
    services.edit_desk(desk, is_open=False, by=town.worker)
    with pytest.raises(Refused, match="不再接受预约"):
        town.book(desk, at(12, 9))


def test_a_reminder_goes_out_once_the_day_before(town, clock):
    desk = town.desk(kind="department")
    town.book(desk, at(12, 9))
    services.add_walk_in(desk, starts_at=at(12, 9, 20), by=town.worker)
    clock.move_to(at(10, 18, 15))
    reactions.remind()
    assert kinds() == ["appointment.booked"]
    clock.move_to(at(11, 18, 15))
    reactions.remind()
    reactions.remind()
    assert kinds() == ["appointment.booked", "appointment.reminder"]


def test_days_gone_by_are_over_without_a_mark_and_the_words_are_forgotten(town, clock):
    desk = town.desk()
    row = town.book(desk, at(12, 9), about=ABOUT)
    clock.move_to(at(12, 12))
    again = town.book(desk, at(17, 9))  # what was not marked does not stand in the way
    row.refresh_from_db()
    assert row.state == "over"
    clock.move_to(at(18, 1))
    reactions.tidy()
    again.refresh_from_db()
    assert (again.state, Appointment.objects.get(pk=row.pk).about) == ("over", ABOUT)
    clock.move_to(at(12, 9, month=6) + dt.timedelta(days=91))
    reactions.tidy()
    assert Appointment.objects.get(pk=row.pk).about == ""
    assert Entry.objects.filter(verb="appointment.ended", by=str(SCHEDULER)).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_gets_the_place(clock):
    town = Town()
    desk = town.desk()

    def try_it(who):
        try:
            return services.book(desk, starts_at=at(12, 9), person=who, by=who).state
        except Refused as refused:
            return str(refused.reason)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(try_it, [town.resident, town.neighbour]))
    assert answers == ["booked", "这个时间刚被约走，请选另一个。"]
