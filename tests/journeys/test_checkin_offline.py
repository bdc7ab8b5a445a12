"""A leader's phone without network: three hundred scans, a browser that is killed, a network that comes and goes. None is lost, none counts twice, what is odd is listed."""

import contextlib
import datetime as dt
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Error

from liandong.activities import services
from liandong.activities.models import Attendance, DoorScan, SignUp
from liandong.activities.tests import factories as make
from liandong.activities.views.places import code_url
from tests.support.browser import FLAGS, PHONE, browser_program, camera_showing, press

pytestmark = pytest.mark.django_db(transaction=True)
FEED = "codes => { const root = document.querySelector('[data-scanner]'); codes.forEach(code => root.dispatchEvent(new CustomEvent('code', {detail: code}))); }"

# The kept page becomes one of an older release.
AGE = """async () => {
  const shelf = await caches.open((await caches.keys())[0]), kept = await shelf.match(location.pathname);
  await shelf.put(location.pathname, new Response((await kept.text()).replace(/"none_waits": "[^"]*"/, '"none_waits": "OLD"'), { headers: kept.headers }));
}"""


def sign_in(context, client, live_server, account) -> None:
    client.force_login(account)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def kill_browser_of(profile: Path) -> None:
    """As when the battery goes flat: no goodbye, no last writes. Comes back when nothing of it holds a file any more."""
    while processes := list(_processes_of(profile)):
        for number in processes:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


def _processes_of(profile: Path) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"--user-data-dir={profile}".encode() in (process / "cmdline").read_bytes().split(b"\0"):
                yield int(process.name)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="the browser is killed by its number in /proc")
def test_three_hundred_scans_without_network_survive_everything(browser, live_server, client, tmp_path):
    shift = make.make_shift(starts_at=timezone.now() - dt.timedelta(minutes=5))
    helper = make.make_position(shift, name="维修师傅", capacity=400)
    people = [make.make_sign_up(helper, person=make.make_person(name)) for name in ["李晓雯", *(f"王小{number}" for number in range(292))]]
    states = [make.make_sign_up(helper, state=state) for state in ("waiting", "waiting", "cancelled")]
    filmed, doubles, own = people[0], people[1:3], people[1:]
    unknown = [f"2222{one}{two}" for one in "AB" for two in "CDEFG"][: 300 - len(own) - len(states)]
    scanned = [row.code for row in own + states] + unknown
    account = make.make_account(shift.activity.leader)
    profile = tmp_path / "phone"

    def phone(**options):
        context = browser.browser_type.launch_persistent_context(
            profile,
            executable_path=browser_program(),
            args=[*FLAGS, *options.pop("flags", [])],
            base_url=live_server.url,
            viewport=PHONE,
            locale="zh-CN",
            service_workers="block",  # as in WeChat on an iPhone
            **options,
        )
        context.set_default_timeout(60_000)
        sign_in(context, client, live_server, account)
        page = context.pages[0]
        page.goto(f"/activities/shift/{shift.pk}/scan/")
        page.wait_for_selector("[data-ready]")
        return context, page

    # Without network: everything is on the phone before the screen is green.
    context, page = phone()
    page.get_by_text("名单 293 人已备好").wait_for()
    context.set_offline(True)
    page.evaluate(FEED, scanned[:200])
    page.evaluate(FEED, ["javascript:alert(1)", "https://evil.example/activities/ticket/ABCDEF/", "WIFI:S:home;;", "x" * 10_000, scanned[0]])
    page.wait_for_selector("[data-waiting='200']")
    page.get_by_text("没有网").wait_for()
    page.get_by_text("待上传 200 人").wait_for()
    last = page.locator(".scanner-row").first.filter(has_text="已扫过")
    last.wait_for()
    assert last.inner_text().split("\n")[1].startswith("已扫过")
    with page.expect_download() as export:
        page.get_by_role("button", name="导出").click()
    assert len(json.loads(Path(export.value.path()).read_text())["scans"]) == 200
    page.evaluate(FEED, scanned[200:])
    page.wait_for_selector("[data-waiting='300']")
    kill_browser_of(profile)
    with contextlib.suppress(Exception):
        context.close()
    assert DoorScan.objects.count() == 0

    # Another phone scans two of them meanwhile; the first one comes back, its network flickers, and somebody stands before its camera.
    for row in doubles:
        services.check_in(row, method="ticket", by=shift.activity.leader)
    for lock in profile.glob("Singleton*"):
        lock.unlink()
    context, page = phone(flags=camera_showing(code_url(filmed), tmp_path / "camera.y4m"), permissions=["camera"])
    for _ in range(20):
        context.set_offline(True)
        page.wait_for_timeout(25)
        context.set_offline(False)
        page.wait_for_timeout(45)
    page.wait_for_selector("[data-waiting='0']", timeout=90_000)
    page.get_by_text("都已上传").wait_for()
    assert DoorScan.objects.filter(code__in=scanned).count() == 300
    page.locator("[data-rows] li").filter(has_text="李*雯").get_by_text("签到成功").wait_for()
    came = set(Attendance.objects.values_list("sign_up", flat=True))
    assert came == {row.pk for row in people}
    verdicts = {name: DoorScan.objects.filter(verdict=name).count() for name in ("taken", "already", "waiting", "cancelled", "unlisted")}
    assert verdicts == {"taken": 291, "already": 2, "waiting": 2, "cancelled": 1, "unlisted": len(unknown)}
    assert not SignUp.objects.filter(pk__in=[row.pk for row in states], state="confirmed").exists()

    # The leader sees what has to be decided; signing out leaves nothing on the phone.
    page.get_by_role("link", name=re.compile(r"有 \d+ 条要核对")).click()
    page.get_by_role("button", name="重复的都不计").click()
    page.get_by_text("已略过 2 条重复扫码。").wait_for()
    page.goto("/me/")
    press(page.get_by_role("button", name="退出登录"))
    assert page.evaluate("() => indexedDB.databases()") == []
    context.close()


def test_a_kept_page_opens_without_network_and_leaves_nothing_behind(browser, served, live_server, client):
    shift = make.make_shift(starts_at=timezone.now() - dt.timedelta(minutes=5))
    helper = make.make_position(shift, name="维修师傅", capacity=9)
    rows = [make.make_sign_up(helper, person=make.make_person(name)) for name in ("李晓雯", "王建国")]
    address = f"/activities/shift/{shift.pk}/scan/"
    page = served()
    phone = page.context
    sign_in(phone, client, live_server, make.make_account(shift.activity.leader))
    page.goto(address)
    page.wait_for_selector("[data-ready][data-kept]")

    # Closed and opened again without network: the whole page is there, its pictures too, and takes codes.
    phone.set_offline(True)
    page.close()
    page = phone.new_page()
    page.goto(address)
    page.wait_for_selector("[data-ready]")
    page.get_by_text("名单 2 人已备好").wait_for()
    page.get_by_text("没有网").wait_for()
    page.get_by_role("button", name="输 6 位码").click()
    for row in rows:
        page.get_by_label("6 位签到码").fill(row.code)
        page.get_by_role("button", name="签到", exact=True).click()
        page.get_by_text("已登记（待上传）").first.wait_for()
    page.get_by_text("待上传 2 人").wait_for()
    page.evaluate(AGE)
    assert page.locator(".scanner-buttons").evaluate("one => getComputedStyle(one).display") == "grid"
    page.close()
    page = phone.new_page()
    page.goto(address)
    page.wait_for_selector("[data-waiting='2']")

    # Somebody signed in anew meanwhile, so the token of the kept page is old, and there is a newer page. Sent once all the same, then the newer one comes by itself.
    sign_in(phone, client, live_server, shift.activity.leader.account)
    phone.clear_cookies(name="csrftoken")
    phone.set_offline(False)
    page.get_by_text("都已上传").wait_for(timeout=60_000)
    page.wait_for_selector("[data-ready][data-kept]")
    assert sorted(DoorScan.objects.values_list("code", "verdict")) == sorted((row.code, "taken") for row in rows)

    # The session is over: what is scanned now waits, the page asks to sign in, and is no longer kept.
    other = make.make_sign_up(helper)
    client.logout()
    page.evaluate(FEED, [other.code])
    page.get_by_text("请重新登录，记录都在").wait_for()
    page.get_by_text("待上传 1 人").wait_for()
    page.get_by_role("link", name="登录").wait_for()
    assert page.evaluate("caches.keys()") == []

    # Signed in again everything is sent and kept; after signing out nothing opens without network.
    sign_in(phone, client, live_server, shift.activity.leader.account)
    page.goto(address)
    page.wait_for_selector("[data-kept][data-waiting='0']")
    assert DoorScan.objects.count() == 3
    page.goto("/me/")
    press(page.get_by_role("button", name="退出登录"))
    phone.set_offline(True)
    page = phone.new_page()
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(address)
    phone.set_offline(False)
    page.goto("/")
    assert page.evaluate("Promise.all([caches.keys(), indexedDB.databases(), navigator.serviceWorker.getRegistrations()])") == [[], [], []]
