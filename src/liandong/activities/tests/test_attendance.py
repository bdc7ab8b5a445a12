import datetime as dt

import pytest

from liandong.activities import queries, services
from liandong.activities.models import Attendance, AttendanceCorrection
from liandong.activities.tests import factories as make
from liandong.activities.tests.test_sign_up import at_once
from liandong.core import actors
from liandong.core.errors import Denied, Refused
from liandong.journal.queries import history_of

pytestmark = pytest.mark.django_db
DOOR, TICKET, LIST = Attendance.Method.VENUE_CODE, Attendance.Method.TICKET, Attendance.Method.LIST


@pytest.fixture
def row(clock):
    """A confirmed place today at 14:00 to 16:30; it is 14:02."""
    clock.move_to(make.at(0, 14, 2))
    return make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(0, 14))))


def test_coming_and_leaving_are_timed_and_written_down(row, clock):
    services.check_in(row, method=DOOR, by=row.person)
    clock.move_to(make.at(0, 16, 20))
    attendance = services.check_out(row, method=DOOR, by=row.person)
    assert (attendance.in_at, attendance.out_at, attendance.minutes) == (make.at(0, 14, 2), make.at(0, 16, 20), 138)
    assert [entry.verb for entry in history_of(row)] == ["sign_up.checked_in", "sign_up.checked_out"]


def test_a_second_scan_gives_the_first_time_back(row, clock):
    first = services.check_in(row, method=DOOR, nonce="a", by=row.person)
    clock.advance(minutes=3)
    again = services.check_in(row, method=TICKET, nonce="b", by=row.shift.activity.leader)
    assert (again, again.in_at, again.in_nonce, Attendance.objects.count()) == (first, make.at(0, 14, 2), "a", 1)


def test_the_same_nonce_is_one_act(row):
    answers = {services.check_in(row, method=DOOR, nonce="a", by=row.person).pk for _ in range(50)}
    assert (len(answers), history_of(row).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_ticket_on_many_devices_is_one_check_in():
    row = make.make_sign_up(make.make_position(make.make_shift(starts_at=make.clock.now() - dt.timedelta(minutes=5))))
    make.make_person()
    assert (
        at_once(
            [lambda number=number: services.check_in(row, method=TICKET, nonce=str(number), by=row.shift.activity.leader) for number in range(100)]
        )
        == []
    )
    assert Attendance.objects.count() == 1


def test_leaving_needs_coming(row):
    with pytest.raises(Refused):
        services.check_out(row, method=DOOR, by=row.person)


@pytest.mark.parametrize(("minutes", "word"), [(-31, "early"), (150 + 61, "late")])
def test_outside_the_window_only_those_who_check_people_may_with_a_reason_and_never_beyond_it(row, clock, settings, minutes, word):
    from django.utils import translation

    clock.move_to(row.shift.starts_at + dt.timedelta(minutes=minutes))
    with translation.override("en"), pytest.raises(Refused, match=word):
        services.check_in(row, method=DOOR, by=row.person)
    with pytest.raises(Refused):
        services.check_in(row, method=LIST, by=row.shift.activity.leader)
    attendance = services.check_in(row, method=LIST, reason="门口没网，补记", by=row.shift.activity.leader)
    assert services.OPENS * -1 <= attendance.in_at - row.shift.starts_at <= row.shift.ends_at - row.shift.starts_at + services.SHUTS


def test_a_time_told_by_hand_needs_the_right_a_reason_and_lies_in_the_past(row):
    leader = row.shift.activity.leader
    with pytest.raises(Refused):
        services.check_in(row, method=DOOR, at=make.at(0, 13, 40), reason="早到", by=row.person)
    with pytest.raises(Refused):
        services.check_in(row, method=LIST, at=make.at(0, 13, 40), by=leader)
    with pytest.raises(Refused):
        services.check_in(row, method=LIST, at=make.at(0, 15), reason="还没到", by=leader)
    attendance = services.check_in(row, method=LIST, at=make.at(0, 13, 40), reason="早到，漏扫", by=leader)
    assert (attendance.in_at, history_of(row).last().reason) == (make.at(0, 13, 40), "早到，漏扫")


@pytest.mark.parametrize("state", ["waiting", "cancelled", "absent"])
def test_who_has_no_place_is_not_checked_in(row, state):
    row.state = state
    row.save(update_fields=["state"])
    with pytest.raises((Refused, Denied)):
        services.check_in(row, method=DOOR, by=row.person)
    assert Attendance.objects.count() == 0


def test_a_cancelled_activity_checks_nobody_in(row):
    row.shift.activity.__class__.objects.update(state="cancelled")
    with pytest.raises(Refused):
        services.check_in(row, method=DOOR, by=row.person)


def test_who_was_marked_absent_is_taken_back_by_the_leader(row):
    services.mark_absent(row, by=row.shift.activity.leader)
    services.check_in(row, method=LIST, by=row.shift.activity.leader)
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_strangers_check_nobody_in(row):
    for by in (make.make_person("赵芳"), make.make_staff(make.make_organization())):
        for method in (DOOR, TICKET, LIST):
            with pytest.raises(Denied):
                services.check_in(row, method=method, by=by)
    with pytest.raises(Denied):
        services.check_in(row, method=LIST, by=row.person)
    assert Attendance.objects.count() == 0


def test_closing_lets_people_leave_at_the_end_and_marks_the_others_absent(row, clock):
    services.check_in(row, method=DOOR, by=row.person)
    missed = make.make_sign_up(row.position)
    with pytest.raises(Refused):
        services.close_shift(row.shift)
    clock.move_to(make.at(0, 17, 1))
    services.close_shift(row.shift)
    services.close_shift(row.shift)
    attendance = Attendance.objects.get()
    missed.refresh_from_db()
    assert (attendance.out_at, attendance.out_method, missed.state) == (row.shift.ends_at, "shift_end", "absent")
    assert history_of(row.shift).count() == 1


def test_added_after_closing_leaves_at_the_end(row, clock):
    clock.move_to(make.at(0, 17, 15))
    services.close_shift(row.shift)
    attendance = services.check_in(row, method=LIST, at=make.at(0, 14), reason="纸上签到", by=row.shift.activity.leader)
    assert (attendance.in_at, attendance.out_at) == (make.at(0, 14), row.shift.ends_at)


def test_a_correction_keeps_the_old_times_and_the_reason(row, clock):
    services.check_in(row, method=DOOR, by=row.person)
    clock.move_to(make.at(0, 16, 40))
    staff = make.make_staff(row.shift.activity.host)
    services.correct_attendance(row.attendance, in_at=make.at(0, 14), out_at=make.at(0, 16), reason="手机没电", by=staff)
    row.attendance.refresh_from_db()
    assert list(AttendanceCorrection.objects.values_list("old_in_at", "old_out_at", "new_in_at", "new_out_at", "reason", "corrected_by")) == [
        (make.at(0, 14, 2), None, make.at(0, 14), make.at(0, 16), "手机没电", staff.pk)
    ]
    assert row.attendance.minutes == 120


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [((13, 0), (16, 0), "早到"), ((14, 0), (17, 31), "晚走"), ((16, 0), (14, 0), "颠倒"), ((14, 0), (16, 0), " "), ((14, 0), (16, 59), "还没到")],
)
def test_impossible_corrections_are_refused(row, clock, start, end, reason):
    services.check_in(row, method=DOOR, by=row.person)
    clock.move_to(make.at(0, 16, 40))
    with pytest.raises(Refused):
        services.correct_attendance(
            row.attendance, in_at=make.at(0, *start), out_at=make.at(0, *end), reason=reason, by=make.make_staff(row.shift.activity.host)
        )
    assert AttendanceCorrection.objects.count() == 0


def test_nobody_corrects_their_own_times_and_nothing_after_it_is_confirmed(row, clock):
    staff = make.make_staff(row.shift.activity.host)
    own = make.make_sign_up(row.position, person=staff)
    services.check_in(own, method=DOOR, by=staff)
    with pytest.raises(Denied):
        services.correct_attendance(own.attendance, in_at=make.at(0, 14), out_at=None, reason="自己改", by=staff)
    services.check_in(row, method=DOOR, by=row.person)
    with pytest.raises(Refused):
        services.confirm_attendance(row.attendance, by=staff)
    services.check_out(row, method=DOOR, by=row.person)
    services.confirm_attendance(row.attendance, by=staff)
    with pytest.raises(Refused):
        services.correct_attendance(row.attendance, in_at=make.at(0, 14), out_at=None, reason="晚了", by=staff)


def test_overlapping_attendance_is_found(row):
    services.check_in(row, method=DOOR, by=row.person)
    other = make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(0, 14))), person=row.person)
    make.make_attendance(other, in_at=make.at(0, 14, 1))
    assert [each.sign_up for each in queries.overlapping(row.attendance)] == [other]


def test_the_system_may_put_times_inside_the_window(row):
    attendance = services.check_in(row, method=LIST, at=make.at(0, 9), by=actors.DEMO)
    assert attendance.in_at == row.shift.starts_at - services.OPENS


def test_shifts_wait_for_confirmation_while_volunteers_times_are_open(row, clock):
    guest = make.make_sign_up(make.make_position(row.shift, kind="participant"))
    for each in (row, guest):
        services.check_in(each, method=DOOR, by=each.person)
    clock.move_to(make.at(0, 17))
    assert list(queries.to_confirm()) == []
    services.close_shift(row.shift)
    assert [(shift, shift.to_confirm_count) for shift in queries.to_confirm()] == [(row.shift, 1)]
    services.confirm_attendance(Attendance.objects.get(sign_up=row), by=row.shift.activity.leader)
    assert list(queries.to_confirm()) == []
