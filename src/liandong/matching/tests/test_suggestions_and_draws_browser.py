"""In a real browser: a suggestion leads to a sign-up and another one is not wanted again; a draw is run, and anybody computes it again from its page."""

import datetime as dt
from hashlib import sha256

import pytest

from liandong.activities.models import SignUp
from liandong.activities.tests import factories as activities
from liandong.activities.tests.test_browser import sign_in
from liandong.core import clock as moments
from liandong.matching.models import Draw, SuggestionRefusal
from liandong.matching.tests.draw_factories import Lots
from liandong.matching.tests.factories import Fair

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_volunteer_takes_a_suggestion_and_refuses_another_and_a_draw_is_computed_again(served, client, live_server):
    fair, lots = Fair(), Lots()
    volunteer = fair.volunteer("林晓", skills=[fair.skill])
    other = activities.make_activity(host=fair.host, title="读报聊天")
    activities.make_position(activities.make_shift(other, starts_at=activities.at(6, 9)))
    page = served(javascript=False)
    sign_in(page, client, volunteer.account, live_server)
    page.goto("/matching/for-me/")
    page.click(f"a[href^='/activities/{fair.activity.code}/']")
    page.click(".dock button")
    page.click(".dock button")
    page.wait_for_selector(".result-success")
    assert SignUp.objects.get(person=volunteer).shift.activity == fair.activity
    page.goto("/matching/for-me/")
    page.click("details.more summary")
    page.click("button[name=what][value=activity]")
    page.wait_for_selector("form[action$='/take-back/']")
    assert SuggestionRefusal.objects.get().activity == other
    assert page.locator(f"a[href^='/activities/{other.code}/']").count() == 0

    lots.enter(5)
    Draw.objects.update(closes_at=moments.now() - dt.timedelta(minutes=1))
    sign_in(page, client, lots.planner.account, live_server)
    page.goto(f"/matching/draws/{lots.activity.code}/run/")
    page.click("input[name=act] ~ .card button[type=submit]")
    page.click(f"main .page-head a[href='/matching/draws/{lots.activity.code}/']")
    listed = page.request.get(page.locator("a[href$='.txt']").get_attribute("href")).body()
    announced, _list, secret = [text.strip() for text in page.locator(".timeline code.digest").all_inner_texts()]
    assert sha256(secret.encode()).hexdigest() == announced
    start = f"{secret}//{sha256(listed).hexdigest()}"
    slips = [line.split()[0] for line in listed.decode().splitlines()]
    order = sorted(slips, key=lambda slip: sha256(f"{start}/{slip}/1".encode()).hexdigest())
    shown = page.locator("table tbody tr td:nth-child(2)").all_inner_texts()
    assert [text.replace(" ", "") for text in shown] == order
