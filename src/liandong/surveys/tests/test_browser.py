"""A phone, 360 px wide, without script: the survey is answered to the end; with script the questions open by themselves."""

import pytest

from liandong.needs.tests.factories import Town
from liandong.surveys.models import SurveyResponse
from liandong.surveys.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [False, True])
def test_a_survey_is_answered_on_a_small_phone(served, javascript):
    survey = make.survey(Town())
    page = served(javascript=javascript)
    page.goto(f"/surveys/{survey.number}/")
    page.check("input[name='a-group'][value='parents']")
    if not javascript:
        page.click("button[name=go][value=next]")
    page.fill("input[name='a-children']", "2")
    page.click("button[name=go][value=next]")
    page.fill("textarea[name='a-wish']", "放学后没人接，希望有托管。")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360 if javascript else True
    page.click("button[name=go][value=next]")
    page.wait_for_selector(".result-success")
    assert SurveyResponse.objects.get().answers == {"group": "parents", "children": 2, "wish": "放学后没人接，希望有托管。"}
