import pytest

from liandong.core import clock as core_clock
from liandong.notices.models import Notice
from liandong.recognition import services
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_who_may_confirm_is_warned_three_days_before_and_one_and_the_manager_when_it_is_late(clock):
    shift = make.shift()  # 9 June, due on 24 June: the Dragon Boat Festival lies between
    by = make.manager(shift.activity.host)
    make.attended(of=shift)
    told = []
    for _day in range(28):
        told.append((core_clock.today().isoformat(), services.warn_of_deadlines(), services.warn_of_deadlines()))
        clock.advance(days=1)
    assert [row for row in told if row[1]] == [
        ("2026-06-18", 1, 0),
        ("2026-06-23", 1, 0),
        ("2026-06-25", 1, 0),
        ("2026-06-29", 1, 0),
        ("2026-07-06", 1, 0),
    ]
    assert Notice.objects.filter(person=by, kind="hours.due").count() == 2
    assert Notice.objects.filter(person=by, kind="hours.late").count() == 3
