"""Points earned and spent: a haircut at home that is a need like any other, and a bag of rice whose code is taken in once.

From the first page to the last click, without JavaScript: what somebody gave comes back.
"""

import uuid

import pytest
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.core.actors import DEMO
from liandong.core.invariants import broken
from liandong.needs.models import Need
from liandong.needs.tests.factories import Town, organization, staff
from liandong.notices.models import Notice
from liandong.points import queries as points
from liandong.points import services as ledger
from liandong.rewards.models import Redemption, Reward
from liandong.ui.words import spaced_code

pytestmark = pytest.mark.django_db


def test_points_become_a_haircut_and_a_bag_of_rice(client, clock, run_jobs, db):
    town = Town()
    barber = organization("光华里理发店", on=town.north, kind="enterprise")
    boss, hand = staff("沈青", of=barber), staff("小马", of=barber, role="org_staff")
    volunteer = town.neighbour

    def enter(person) -> None:
        client.force_login(Account.objects.get(person=person))

    def post(name: str, *arguments, **values):
        answer = client.post(reverse(name, args=arguments), values)
        assert answer.status_code == 303, answer.content.decode()
        return answer

    # The barber offers two things; the hub looks at the one that happens at somebody's home.
    enter(boss)
    common = {"host": barber.pk, "monthly_count": 8, "valid_days": 30, "from_date": "2026-06-10"}
    post("rewards:new", kind="service", title="上门理发", points=10, category="elders", **common)
    post("rewards:new", kind="goods", title="洗发水一瓶", points=4, stock=1, where_words="店里前台", **common)
    haircut, shampoo = Reward.objects.order_by("-points")
    assert (haircut.state, shampoo.state) == ("waiting", "open")
    enter(town.hub_manager)
    post("rewards:move", haircut.number, what="let_in")

    # Six hours of service brought twelve points; eighteen with what was there.
    given = {"source": ledger.issue_account(), "target": ledger.account_of(volunteer), "kind": "starter"}
    ledger.transfer(uuid.uuid4(), amount=18, by=DEMO, **given)
    enter(volunteer)
    assert [seen.reward for seen in client.get(reverse("rewards:list") + "?mine=1").context["rows"] for seen in seen[:1]] == [shampoo, haircut]

    # A haircut: the points are kept back, a need is raised, it stands in the same line as every other.
    asking = client.get(reverse("rewards:redeem", args=[haircut.number])).context["form"]
    form = {name: asking[name].value() for name in ("key", "seen_points")}
    post("rewards:redeem", haircut.number, words="膝盖不好，想请师傅来家里理个发。", territory=town.north.pk, place="3 号楼 201", **form)
    need, voucher = Need.objects.get(), Redemption.objects.get()
    assert (need.asker, need.urgency, points.balance_of(volunteer), points.available_of(volunteer)) == (volunteer, 0, 18, 8)
    run_jobs()

    # The barber hears of it, takes it over, answers, comes.
    assert Notice.objects.filter(person=boss, kind="reward.wanted").count() == 1
    enter(boss)
    page = client.get(reverse("needs:desk", args=[need.number])).content.decode()
    assert "回馈" in page
    post("needs:claim", need.number, organization=barber.pk)
    post("needs:answer", need.number, words="周四下午上门。")
    post("needs:done", need.number, words="理好了，阿姨很精神。")
    run_jobs()
    assert (points.balance_of(volunteer), voucher.state) == (18, "reserved")

    # The last word is hers: then the points arrive.
    enter(volunteer)
    post("needs:confirm", need.number, words="手艺真好")
    run_jobs()
    voucher.refresh_from_db()
    till = ledger.till_of(barber)
    assert (voucher.state, voucher.given_by, points.balance_of(volunteer), till.balance) == ("used", barber, 8, 10)

    # A bottle of shampoo: its code is taken in once, by another than the one who took it over.
    form = {"key": str(uuid.uuid4()), "seen_points": 4}
    shown = post("rewards:redeem", shampoo.number, **form)["Location"]
    bottle = Redemption.objects.get(reward=shampoo)
    code = bottle.code
    assert spaced_code(code) in client.get(shown).content.decode()
    enter(hand)
    counter = reverse("rewards:take_in")
    assert client.get(counter, {"code": code}).context["voucher"] == bottle
    post("rewards:use", bottle.pk)
    again = client.get(counter, {"code": code})
    assert "10:00" in again.content.decode()
    assert client.post(reverse("rewards:use", args=[bottle.pk])).status_code == 409
    enter(town.worker)
    assert client.get(counter, {"code": code}).status_code == 404
    assert (points.balance_of(volunteer), ledger.till_of(barber).balance) == (4, 14)
    assert broken() == {}
