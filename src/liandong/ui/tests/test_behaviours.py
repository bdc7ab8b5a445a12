"""Pages are whole without script; script only makes them quicker."""

import pytest


@pytest.mark.parametrize("javascript", [True, False])
def test_language_theme_and_care_are_switched_without_script_too(served, javascript):
    page = served(width="desk", javascript=javascript)
    page.goto("/ui/")
    page.locator(".topbar button[name=care]").click()
    page.locator(".topbar button[name=theme]").click()
    page.locator(".topbar button[name=language]").click()
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("data-theme"), root.get_attribute("data-care")) == ("en", "dark", "")
    assert page.locator("h1").first.inner_text() == "Components"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_sheet_opens_and_closes_without_script_too(served, javascript):
    page = served(javascript=javascript)
    page.goto("/ui/?frame=phone")
    sheet = page.locator("#confirm")
    assert not sheet.is_visible()
    page.locator('a[href="#confirm"]').click()
    assert sheet.is_visible()
    sheet.locator(".sheet-close").click()
    assert not sheet.is_visible()


def test_a_sheet_takes_the_focus_and_gives_it_back(page):
    page.goto("/ui/?frame=phone")
    page.locator('a[href="#confirm"]').click()
    assert page.evaluate("document.activeElement.id") == "confirm"
    page.keyboard.press("Escape")
    assert not page.locator("#confirm").is_visible()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#confirm"


def test_a_second_press_sends_nothing_and_the_button_says_it_is_busy(served, live_server):
    page = served(width="desk")
    page.goto("/ui/")
    sent = []

    def answer(route) -> None:
        sent.append(route.request.post_data)
        route.fulfill(status=204)  # the page stays

    page.route("**/ui/display/", answer)
    button = page.locator(".topbar button[name=theme]")
    button.evaluate("button => { button.dataset.busy = 'Working…'; button.click(); button.click(); }")
    page.wait_for_timeout(200)
    assert len(sent) == 1
    assert (button.get_attribute("aria-busy"), button.inner_text()) == ("true", "Working…")


def test_the_stepper_stays_in_its_limits_and_works_as_a_plain_field(served):
    page = served()
    page.goto("/ui/?frame=phone")
    field = page.locator(".stepper input")
    for _press in range(9):
        page.locator('.stepper [data-step="1"]').click()
    assert field.input_value() == "9"
    assert served(javascript=False).goto("/ui/?frame=phone").ok


def test_the_box_in_the_head_checks_all_rows(served):
    page = served(width="desk")
    page.goto("/ui/")
    everything = page.locator("[data-all]")
    assert everything.evaluate("box => box.indeterminate")
    everything.check()
    assert page.locator("tbody .select input:checked").count() == 4
