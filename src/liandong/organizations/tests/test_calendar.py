"""Working days that a hub enters from a notice."""

import datetime as dt

import pytest
from django.urls import reverse

from liandong.accounts.tests import factories as people
from liandong.core import workdays
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.organizations import calendar
from liandong.organizations.models import CalendarDay
from liandong.organizations.tests import factories as make

pytestmark = pytest.mark.django_db
FREE = "2027-02-05 ~ 2027-02-11 春节\n2027/5/1～2027/5/5 劳动节"
WORKED = "2027-02-14\n"
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"


@pytest.fixture
def by():
    return make.hub_manager(make.street())


def test_a_notice_is_entered_and_counts(by, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        rows = calendar.enter_calendar(free=FREE, worked=WORKED, source=SOURCE, by=by)
    assert [(row.calendar_date.isoformat(), row.is_worked) for row in rows][:3] == [
        ("2027-02-05", False),
        ("2027-02-08", False),
        ("2027-02-09", False),
    ]
    assert [workdays.is_workday(dt.date(2027, 2, day)) for day in (5, 12, 13, 14)] == [False, True, False, True]
    assert Entry.objects.filter(verb="calendar.day_entered").count() == len(rows) == CalendarDay.objects.count() == 9


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"source": ""}, "source"),
        ({"free": "春节"}, "free"),
        ({"worked": "2027-02-30"}, "worked"),
        ({"worked": "2027-02-05"}, "worked"),
        ({"free": "", "worked": ""}, "free"),
    ],
)
def test_what_cannot_be_read_is_refused(by, changed, field):
    with pytest.raises(Refused) as refused:
        calendar.enter_calendar(**({"free": FREE, "worked": WORKED, "source": SOURCE} | changed), by=by)
    assert (refused.value.field, CalendarDay.objects.count()) == (field, 0)


def test_only_a_hub_manager_enters_days():
    with pytest.raises(Denied):
        calendar.enter_calendar(free=FREE, worked=WORKED, source=SOURCE, by=make.manager(make.organization()))


def test_the_page_warns_enters_and_removes(client, clock, by):
    client.force_login(people.account(person_=by) if not hasattr(by, "account") else by.account)
    url = reverse("organizations:calendar")
    assert "国务院" in client.get(url + "?year=2027").content.decode()
    assert client.post(url, {"free": "x", "worked": "", "source": SOURCE}).status_code == 422
    assert client.post(url, {"free": FREE, "worked": WORKED, "source": SOURCE})["Location"] == f"{url}?year=2027"
    row = CalendarDay.objects.first()
    assert client.post(reverse("organizations:remove_calendar_day", args=[row.pk])).status_code == 303
    assert CalendarDay.objects.count() == 8


def test_hubs_hear_in_december_that_next_years_days_are_missing(by, clock):
    assert calendar.remind() == 0
    clock.move_to(dt.datetime(2026, 12, 1, 2, tzinfo=dt.UTC))
    assert (calendar.remind(), calendar.remind()) == (1, 0)
