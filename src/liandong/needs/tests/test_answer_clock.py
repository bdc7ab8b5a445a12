import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from liandong.core.workdays import is_workday
from liandong.needs import services

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-06-10 10:00", "2026-06-15"),  # Wednesday: Thursday, Friday, Monday
        ("2026-06-12 23:59", "2026-06-17"),  # Friday night: Monday to Wednesday
        ("2026-06-13 09:00", "2026-06-17"),  # Saturday counts like Friday
        ("2026-09-30 12:00", "2026-10-10"),  # National Day, and the Saturday worked in exchange
        ("2026-02-13 12:00", "2026-02-25"),  # Spring Festival, with the Saturday before it worked
    ],
)
def test_an_answer_is_due_at_six_on_the_third_working_day_after(asked, due):
    at = dt.datetime.fromisoformat(asked).replace(tzinfo=SHANGHAI)
    assert services.answer_due_from(at) == dt.datetime.fromisoformat(f"{due} 18:00").replace(tzinfo=SHANGHAI)


def test_a_site_may_decide_a_day_itself(settings):
    day = dt.date(2026, 6, 11)
    assert is_workday(day)
    settings.WORKDAYS = {"2026-06-11": False}
    assert not is_workday(day)


def test_a_need_is_overdue_for_as_long_as_it_is_open_and_unanswered(town, clock):
    need = town.need()
    assert (need.waits_for_answer, need.is_overdue) == (True, False)
    clock.move_to(dt.datetime(2026, 6, 15, 18, 1, tzinfo=SHANGHAI))
    assert need.is_overdue
    services.answer_need(need, words="我们周六来修。", by=town.worker)
    assert (need.waits_for_answer, need.is_overdue) == (False, False)
