"""In a real browser: with script the code at the door needs no second tap; without script everything still works."""

import datetime as dt

import pytest

from liandong.activities import doors, services
from liandong.activities.models import Attendance, SignUp
from liandong.activities.tests import factories as make
from tests.support.browser import press

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
    press(page.locator(".dock button"))
    press(page.locator(".dock button"))
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


def test_screens_at_the_door_say_that_there_is_no_network(served, client, live_server, shift):
    page = served()
    phone, code, old = page.context, page.locator("[data-code]"), page.get_by_text("没有网，签到码暂时更新不了")
    phone.clock.install()
    sign_in(page, client, make.make_account(shift.activity.leader), live_server)

    # The code: gone before it is too old, back by itself.
    page.goto(f"/activities/shift/{shift.pk}/door/")
    code.wait_for()
    assert not old.is_visible()
    phone.set_offline(True)
    phone.clock.fast_forward("01:15")
    old.wait_for()
    assert not code.is_visible()
    phone.set_offline(False)
    phone.clock.fast_forward("00:30")
    code.wait_for()
    assert not old.is_visible()

    # The tablet: what was typed stays, and whoever comes next does not read who was here.
    row = make.make_sign_up(shift.positions.get(name="登记引导"), person=make.make_person("李晓雯"))
    page.goto(f"/activities/tablet/{doors.kiosk_token(services.open_kiosk(shift, by=shift.activity.leader))}/")
    lost, field, start = page.get_by_text("现在没有网"), page.locator("[name=typed]"), page.url
    phone.set_offline(True)
    field.fill(row.code)
    field.press("Enter")
    lost.wait_for()
    assert (field.input_value(), page.url, Attendance.objects.count()) == (row.code, start, 0)
    phone.set_offline(False)
    field.press("Enter")
    page.get_by_text("李*雯").wait_for()
    phone.set_offline(True)
    phone.clock.fast_forward("00:10")
    lost.wait_for()
    assert not page.get_by_text("李*雯").is_visible()
    phone.set_offline(False)
    phone.clock.fast_forward("00:10")
    field.wait_for()
    assert (page.url, Attendance.objects.get().sign_up) == (start, row)
