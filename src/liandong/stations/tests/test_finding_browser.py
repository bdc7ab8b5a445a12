"""Somebody who sweeps the streets, at 360 px, without account, script or position: where is hot water; and then it is not there."""

import datetime as dt

import pytest
from django.urls import reverse

from liandong.stations.models import Proof
from liandong.stations.tests import factories
from liandong.venues.models import OpeningHours
from tests.support.browser import press


@pytest.mark.django_db(transaction=True)
def test_hot_water_in_two_taps_and_not_there_in_two_more(served):
    town = factories.Town()
    near, dry = town.station(), town.station("没水的站", at=("39.909500", "116.440000"))
    OpeningHours.objects.update(opens_at=dt.time(0), closes_at=dt.time(0))
    for fact in near.facts.all():
        factories.proof(fact, hours_ago=1)
    factories.proof(factories.fact(dry), works=False)
    page = served(javascript=False)
    page.goto(reverse("portal:home"))

    press(page.get_by_role("link", name="驿站", exact=True))
    press(page.get_by_role("link", name="热水", exact=True))
    assert page.locator(".station h2").all_inner_texts() == ["拾光咖啡驿站"]
    assert page.locator(".station .door-state").all_inner_texts() == ["全天开着"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    press(page.get_by_role("link", name="我在这，帮确认"))
    press(page.get_by_role("button", name="没有 热水"))
    assert page.get_by_role("status").inner_text() == "谢谢。下一位能看到了，也会告诉站点：热水，没有。"
    assert list(Proof.objects.filter(source="visitor").values_list("fact__subject", "works", "person")) == [("water", False, None)]
