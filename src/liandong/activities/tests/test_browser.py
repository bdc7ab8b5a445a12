"""In a real browser: with script the code at the door needs no second tap; without script everything still works."""

import datetime as dt

import pytest

from liandong.activities import doors
from liandong.activities.models import Attendance, SignUp
from liandong.activities.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shift():
    """Begun five minutes ago."""
    shift = make.make_shift(starts_at=make.clock.now() - dt.timedelta(minutes=5))
    make.make_position(shift, name="登记引导", capacity=1, order=0)
    make.make_position(shift, name="来修家电", kind="participant", order=1)
    return shift


def sign_in(page, client, account, live_server):
    client.force_login(account)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


@pytest.mark.parametrize("javascript", [True, False])
def test_signing_up_takes_two_taps(served, client, live_server, shift, javascript):
    make.make_sign_up(shift.positions.get(name="登记引导"))
    account = make.make_account(make.make_person("李晓雯"))
    page = served(javascript=javascript)
    sign_in(page, client, account, live_server)
    page.goto(f"/activities/{shift.activity.code}/")
    page.click(".dock button")
    page.click(".dock button")
    page.wait_for_selector(".result-success")
    assert SignUp.objects.get(person=account.person).position.name == "来修家电"


def test_the_dock_follows_the_choice(served, shift):
    make.make_sign_up(shift.positions.get(name="登记引导"))
    page = served()
    page.goto(f"/activities/{shift.activity.code}/")
    page.check(f"input[value='{shift.positions.get(name='登记引导').pk}']")
    page.wait_for_selector(".dock-text:has-text('登记引导')")
    assert page.locator(".dock button").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_the_code_at_the_door_needs_no_tap_with_script_and_one_without(served, client, live_server, shift, javascript):
    row = make.make_sign_up(shift.positions.get(name="登记引导"))
    page = served(javascript=javascript)
    sign_in(page, client, make.make_account(row.person), live_server)
    page.goto(f"/k/{doors.token(shift)}/")
    if not javascript:
        page.click(".dock button")
    page.wait_for_url("**/arrived/")
    assert Attendance.objects.get().sign_up == row
