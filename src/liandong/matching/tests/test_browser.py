"""In a real browser without script: a cell opens its form, somebody is placed, the board shows it."""

import pytest

from liandong.activities.tests.test_browser import sign_in
from liandong.matching.tests.factories import Fair

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_is_placed_by_hand_from_the_board(served, client, live_server, javascript):
    fair = Fair()
    made = fair.roster(solved=False)
    page = served(javascript=javascript)
    sign_in(page, client, fair.planner.account, live_server)
    page.goto(f"/matching/rosters/{made.pk}/")
    page.click(f"a[href$='/cell/{fair.people[0].number}/{fair.morning.pk}/']")
    page.click(
        f"input[value='{fair.position(fair.morning, '登记引导').pk}'] + *, label:has(input[value='{fair.position(fair.morning, '登记引导').pk}'])"
    )
    page.click("main form[novalidate] button[type=submit]")
    page.wait_for_selector("a.roster-chip")
    assert made.lines.get().person == fair.people[0]
