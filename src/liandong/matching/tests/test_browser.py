"""In a real browser: a cell opens its form and somebody is placed, with and without script; with it, chips are dragged and moved by keyboard."""

import pytest

from liandong.activities.tests.test_browser import sign_in
from liandong.matching import services
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


def test_a_chip_is_dragged_to_somebody_else_and_moved_and_locked_by_keyboard(served, client, live_server):
    fair = Fair()
    made = fair.roster(solved=False)
    one, other = fair.people[:2]
    services.place(made, person=one, position=fair.position(fair.morning, "登记引导"), by=fair.planner)
    page = served()
    sign_in(page, client, fair.planner.account, live_server)
    page.goto(f"/matching/rosters/{made.pk}/")
    with page.expect_navigation():
        page.drag_and_drop(f"#c-{one.number}-{fair.morning.pk}", f"#c-{other.number}-{fair.morning.pk}")
    assert made.lines.get().person == other
    page.focus(f"#c-{other.number}-{fair.morning.pk}")
    with page.expect_navigation():
        page.keyboard.press("l")
    assert made.lines.get().is_locked is False
    assert page.evaluate("document.activeElement.id") == f"c-{other.number}-{fair.morning.pk}"
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Space")
    line = made.lines.get()
    assert (line.person, line.shift, line.is_locked) == (other, fair.afternoon, True)
