"""The first sign-in in a real browser: three fields, three taps, with and without script."""

import pytest

from liandong.accounts.models import Account
from liandong.accounts.tests.test_pages import last_code
from liandong.accounts.tests.test_sign_in import PHONE, gateway  # noqa: F401 - the gateway that keeps messages
from tests.support.browser import press


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False])
def test_the_first_sign_in_takes_three_fields(served, javascript):
    page = served(javascript=javascript)
    page.goto("/account/sign-in/?next=/account/privacy/")
    page.get_by_label("手机号").fill("+86 138 0000 0001")
    press(page.get_by_role("button", name="获取验证码"))
    page.get_by_label("验证码").fill(last_code())
    page.get_by_label("您的姓名").fill("李晓雯")
    press(page.get_by_role("button", name="登录", exact=True))
    page.wait_for_url("**/account/privacy/")
    assert Account.objects.get().phone == PHONE


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_said_at_the_field_and_on_top(served):
    page = served(language="en")
    page.goto("/account/sign-in/")
    page.get_by_label("Mobile number").fill("1380000")
    press(page.get_by_role("button", name="Send me a code"))
    assert page.title().startswith("Error:")
    assert page.get_by_label("Mobile number").input_value() == "1380000"
    page.get_by_label("Mobile number").fill(PHONE)
    press(page.get_by_role("button", name="Send me a code"))
    wrong = "000000" if last_code() != "000000" else "000001"
    page.get_by_label("Code from the message").fill(wrong)
    press(page.get_by_role("button", name="Sign in", exact=True))
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_text("This code is wrong or too old.").count() == 2
