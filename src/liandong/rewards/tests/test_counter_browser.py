"""The counter in a real browser: what the phone's camera sees is looked up at once, and the same voucher is not taken in twice."""

import pytest
from django.conf import settings
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.rewards.models import Redemption
from tests.support.browser import FLAGS, PHONE, browser_program, camera_showing, press

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_camera_reads_a_voucher_and_the_second_time_says_that_it_is_used(town, browser, live_server, client, tmp_path):
    voucher = town.take(town.rice())
    client.force_login(Account.objects.get(person=town.grocer))
    shown = f"{settings.SITE_URL}{reverse('rewards:take_in')}?code={voucher.code}"
    counter = browser.browser_type.launch(executable_path=browser_program(), args=[*FLAGS, *camera_showing(shown, tmp_path / "camera.y4m")])
    context = counter.new_context(base_url=live_server.url, viewport=PHONE, locale="zh-CN", permissions=["camera"])
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("rewards:take_in"))
    press(page.get_by_role("button", name="已交付"))
    assert Redemption.objects.get().state == "used"
    page.get_by_text("请不要再发一次。").wait_for()
    counter.close()
