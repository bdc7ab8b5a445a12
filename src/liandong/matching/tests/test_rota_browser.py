"""In a real browser without script: a host proposes a swap, the other side agrees."""

import pytest

from liandong.activities.tests.test_browser import sign_in
from liandong.matching.models import Turn, TurnSwap
from liandong.matching.tests.rota_factories import Round
from tests.support.browser import press

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_hosts_exchange_their_dates(served, client, live_server):
    town = Round()
    rota = town.running()
    first = rota.turns.select_related("host__organization").earliest("turn_date")
    page = served(javascript=False)
    sign_in(page, client, town.staff_of(first).account, live_server)
    page.goto("/matching/turns/")
    page.click(f"a[href='/matching/turns/{first.pk}/']")
    page.click("form[action$='/swap/'] label:has(input[type=radio])")
    press(page.locator("form[action$='/swap/'] button[type=submit]"))
    swap = TurnSwap.objects.select_related("other__host__organization", "other__rota").get()
    sign_in(page, client, town.staff_of(swap.other).account, live_server)
    page.goto(f"/matching/turns/{swap.other_id}/")
    press(page.locator(f"form[action='/matching/swaps/{swap.pk}/'] button[value=agree]"))
    assert Turn.objects.get(pk=first.pk).host_id == swap.asked_id
