import pytest

from liandong.activities import queries, services
from liandong.activities.models import SignUp
from liandong.activities.tests import factories as make
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.notices.models import Notice

pytestmark = pytest.mark.django_db


def sign_up_all(position, *names):
    return [services.sign_up(position, person=person, by=person) for person in map(make.make_person, names)]


def states():
    return list(SignUp.objects.order_by("sequence").values_list("state", flat=True))


def test_the_first_in_line_moves_up_and_hears_of_it():
    first, second, third = sign_up_all(make.make_position(capacity=1), "赵芳", "刘洋", "陈静")
    services.cancel_sign_up(first, reason="临时有事", by=first.person)
    assert states() == ["cancelled", "confirmed", "waiting"]
    assert queries.waiting_position(SignUp.objects.get(pk=third.pk)) == 1
    assert [notice.kind for notice in Notice.objects.filter(person=second.person).order_by("pk")] == ["activities.waiting", "activities.moved_up"]
    assert list(Entry.objects.order_by("pk").values_list("verb", "by"))[-2:] == [
        ("sign_up.cancelled", f"accounts.person:{first.person_id}"),
        ("sign_up.moved_up", "system:waitlist"),
    ]


def test_cancelling_twice_has_one_effect():
    first, _second, _third = sign_up_all(make.make_position(capacity=1), "赵芳", "刘洋", "陈静")
    services.cancel_sign_up(first, by=first.person)
    services.cancel_sign_up(first, by=first.person)
    assert states() == ["cancelled", "confirmed", "waiting"]


def test_one_who_waits_leaves_the_line_without_moving_anybody():
    _first, second, third = sign_up_all(make.make_position(capacity=1), "赵芳", "刘洋", "陈静")
    services.cancel_sign_up(second, by=second.person)
    assert states() == ["confirmed", "cancelled", "waiting"]
    assert queries.waiting_position(third) == 1


def test_who_is_busy_elsewhere_by_now_keeps_waiting_and_the_next_one_moves_up():
    first, second, _third = sign_up_all(make.make_position(capacity=1), "赵芳", "刘洋", "陈静")
    make.make_sign_up(person=second.person)
    services.cancel_sign_up(first, by=first.person)
    assert list(SignUp.objects.filter(position=first.position).order_by("sequence").values_list("state", flat=True)) == [
        "cancelled",
        "waiting",
        "confirmed",
    ]


def test_staff_cancels_for_somebody_who_is_told_why():
    (row,) = sign_up_all(make.make_position(), "赵芳")
    services.cancel_sign_up(row, reason="年龄不符", by=row.shift.activity.leader)
    notice = Notice.objects.get(person=row.person, kind="activities.sign_up_cancelled")
    assert notice.values["reason"] == "年龄不符"


def test_nobody_cancels_for_others():
    (row,) = sign_up_all(make.make_position(), "赵芳")
    with pytest.raises(Denied):
        services.cancel_sign_up(row, by=make.make_person("刘洋"))
    assert states() == ["confirmed"]


def test_who_has_come_or_whose_shift_is_over_cannot_cancel():
    row = make.make_sign_up()
    make.make_attendance(row)
    over = make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(-1, 9))))
    for each in (row, over):
        with pytest.raises(Refused):
            services.cancel_sign_up(each, by=each.person)


def test_after_cancelling_one_may_sign_up_again_at_the_end_of_the_line():
    position = make.make_position(capacity=1)
    first, _second = sign_up_all(position, "赵芳", "刘洋")
    services.cancel_sign_up(first, by=first.person)
    again = services.sign_up(position, person=first.person, by=first.person)
    assert (again.state, again.sequence) == ("waiting", 3)
