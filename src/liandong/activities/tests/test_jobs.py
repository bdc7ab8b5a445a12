import pytest

from liandong.activities import reactions
from liandong.activities.models import Attendance, SignUp
from liandong.activities.tests import factories as make
from liandong.notices.models import Notice

pytestmark = pytest.mark.django_db


def kinds(person):
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_people_are_reminded_a_day_and_two_hours_before_once_each(clock):
    row = make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(2, 14)), capacity=1))
    waiting = make.make_sign_up(row.position, state="waiting")
    reactions.remind(0)
    assert kinds(row.person) == []
    clock.move_to(make.at(1, 14, 5))
    for _ in range(2):
        reactions.remind(0)
    assert kinds(row.person) == ["activities.reminder_day"]
    clock.move_to(make.at(0, 12, 5) if make.at(0, 14) == row.shift.starts_at else make.at(1, 12, 5))
    for _ in range(2):
        reactions.remind(0)
    assert kinds(row.person) == ["activities.reminder_day", "activities.reminder_soon"]
    assert kinds(waiting.person) == []


def test_nobody_is_reminded_of_what_was_called_off(clock):
    row = make.make_sign_up()
    row.shift.activity.__class__.objects.update(state="cancelled")
    clock.move_to(row.shift.starts_at)
    clock.advance(hours=-1)
    reactions.remind(0)
    assert kinds(row.person) == []


def test_shifts_close_half_an_hour_after_the_end_and_the_leader_is_asked_what_came_of_it(clock, run_jobs):
    shift = make.make_shift(starts_at=make.at(0, 14))
    row, missed = make.make_sign_up(make.make_position(shift)), make.make_sign_up(make.make_position(shift))
    make.make_attendance(row)
    clock.move_to(make.at(0, 16, 59))
    reactions.close_shifts(0)
    assert Attendance.objects.get().out_at is None
    clock.move_to(make.at(0, 17))
    for _ in range(2):
        reactions.close_shifts(0)
    run_jobs()
    assert Attendance.objects.get().out_at == shift.ends_at
    assert SignUp.objects.get(pk=missed.pk).state == "absent"
    assert kinds(shift.activity.leader) == ["activities.to_finish"]
