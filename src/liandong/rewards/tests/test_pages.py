"""The pages: what each shows to whom, what changed in between, the counter, the board."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.core.invariants import broken
from liandong.points import queries as points
from liandong.rewards import covering
from liandong.rewards.models import Redemption, Reward, RewardRule, SpendingCare
from liandong.rewards.services import offering, taking
from liandong.rewards.tests.factories import offer

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def url(name: str, *arguments) -> str:
    return reverse(f"rewards:{name}", args=arguments)


def enter(client, person) -> None:
    client.force_login(Account.objects.get(person=person))


def sent(reward, **values) -> dict:
    return {"key": str(uuid.uuid4()), "seen_points": reward.points} | values


def test_the_catalogue_is_public_and_knows_the_purse_of_who_is_signed_in(client, town):
    rice = town.rice()
    town.rice(title="很贵的油", points=59)
    page = client.get(url("list"))
    assert [seen.reward.title for seen, _icon, _note in page.context["rows"]] == ["东北大米 5 斤", "很贵的油"]
    town.earn(town.neighbour, 30)
    enter(client, town.neighbour)
    page = client.get(url("list"), {"mine": "1"})
    assert [seen.reward for seen, _icon, _note in page.context["rows"]] == [rice]
    page = client.get(url("reward", Reward.objects.get(points=59).number))
    assert (page.context["missing"], page.context["missing_hours"], page.context["can_take"]) == (29, 15, False)


def test_what_waits_is_seen_by_those_it_concerns(client, town):
    waiting = town.rice(points=80)
    assert client.get(url("reward", waiting.number)).status_code == 404
    for person, status in ((town.volunteer, 404), (town.boss, 404), (town.grocer, 200), (town.hub_staff, 200)):
        enter(client, person)
        assert client.get(url("reward", waiting.number)).status_code == status
    assert client.post(url("move", waiting.number), {"what": "let_in"}).status_code == 303
    waiting.refresh_from_db()
    assert waiting.state == "open"


def test_taking_goods_and_showing_the_code(client, town):
    rice = town.rice()
    enter(client, town.volunteer)
    assert f'href="{url("redeem", rice.number)}"' in client.get(url("reward", rice.number)).content.decode()
    assert client.get(url("redeem", rice.number)).context["after"] == 80
    form = sent(rice)
    answer = client.post(url("redeem", rice.number), form)
    voucher = Redemption.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("voucher", voucher.pk))
    assert client.post(url("redeem", rice.number), form)["Location"] == answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert voucher.code in page
    enter(client, town.neighbour)
    assert client.get(answer["Location"]).status_code == 404
    assert client.post(url("give_back", voucher.pk)).status_code == 404
    enter(client, town.volunteer)
    assert client.post(url("give_back", voucher.pk)).status_code == 303
    assert points.available_of(town.volunteer) == 100
    assert broken() == {}


def test_a_price_that_changed_meanwhile_is_shown_and_nothing_is_taken(client, town):
    rice = town.rice()
    enter(client, town.volunteer)
    form = sent(rice)
    offering.edit(rice, points=25, by=town.grocer)
    page = client.post(url("redeem", rice.number), form)
    assert (page.status_code, page.context["form"]["seen_points"].value(), points.available_of(town.volunteer)) == (409, "25", 100)
    offering.edit(rice, stock=0, by=town.grocer)
    page = client.post(url("redeem", rice.number), sent(rice))
    assert (page.status_code, page.context["can_take"], Redemption.objects.count()) == (409, False, 0)


def test_a_service_asks_what_and_where(client, town):
    cut = town.haircut()
    enter(client, town.volunteer)
    assert client.post(url("redeem", cut.number), sent(cut)).status_code == 422
    answer = client.post(
        url("redeem", cut.number), sent(cut, words="想请师傅上门理个发", territory=town.north.pk, place="3 号楼", wanted_time=["weekdays"])
    )
    assert answer.status_code == 303
    need = Redemption.objects.get().need
    assert (need.words, need.place, need.wanted_time, need.is_public) == ("想请师傅上门理个发", "3 号楼", "weekdays", True)
    page = client.get(reverse("needs:need", args=[need.number])).content.decode()
    assert "回馈" in page
    client.logout()
    assert "30 积分" not in client.get(reverse("needs:need", args=[need.number])).content.decode()


def test_the_counter(client, town):
    voucher = town.take(town.rice())
    assert client.get(url("take_in")).status_code == 302
    enter(client, town.volunteer)
    assert client.get(url("take_in")).status_code == 403
    enter(client, town.boss)
    assert client.get(url("take_in"), {"code": voucher.code}).status_code == 404
    assert client.post(url("use", voucher.pk)).status_code == 404
    enter(client, town.grocer)
    typed = f"{voucher.code[:4]} {voucher.code[4:].lower()}"
    assert client.get(url("take_in"), {"code": typed}).context["voucher"] == voucher
    assert client.post(url("use", voucher.pk)).status_code == 303
    again = client.post(url("use", voucher.pk))
    assert (again.status_code, "10:00" in again.content.decode()) == (409, True)
    assert client.get(url("refund", voucher.pk)).status_code == 200
    assert client.post(url("refund", voucher.pk), {"reason": ""}).status_code == 422
    assert client.post(url("refund", voucher.pk), {"reason": "米袋破了"}).status_code == 303
    for _ in range(taking.GUESSES):
        client.get(url("take_in"), {"code": "AAAABBBB"})
    answer = client.get(url("take_in"), {"code": voucher.code})
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert broken() == {}


def test_the_desk_of_those_who_offer(client, town):
    enter(client, town.volunteer)
    assert {client.get(url(name)).status_code for name in ("desk", "new", "taken")} == {403}
    enter(client, town.grocer)
    form = {"host": town.shop.pk, "kind": "goods", "title": "东北大米", "points": 12, "stock": 5, "monthly_count": 8, "valid_days": 30}
    assert client.post(url("new"), form | {"from_date": "2026-06-10"}).status_code == 422
    assert client.post(url("new"), form | {"from_date": "2026-06-10", "where_words": "前台", "host": town.barber.pk}).status_code == 422
    assert client.post(url("new"), form | {"from_date": "2026-06-10", "where_words": "前台"}).status_code == 303
    made = Reward.objects.get()
    assert (made.host, made.left_count, made.state) == (town.shop, 5, "open")
    assert client.post(url("edit", made.number), {"picture": "1", "file": _file()}).status_code == 303
    client.logout()
    picture = client.get(url("photo", made.number))
    assert (picture["Content-Type"], b"".join(picture.streaming_content)[:4]) == ("image/png", b"\x89PNG")


def _file():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.png", PNG, content_type="image/png")


def test_whether_one_is_asked(client, town):
    enter(client, town.volunteer)
    assert client.post(url("asking"), {"asking": "off"}).status_code == 303
    assert SpendingCare.objects.get().wants_none
    assert client.get(url("mine")).context["wants_none"]


def test_the_board_for_the_hub_and_the_short_form_for_everybody(client, town):
    town.rice(stock=None, monthly_count=3)
    page = client.get(url("covered"))
    assert (page.context["figures"].promised, page.context["figures"].shelf_month, page.context["figures"].cover) == (100, 60, 720)
    enter(client, town.grocer)
    assert {client.get(url(name)).status_code for name in ("board", "rule")} == {403}
    enter(client, town.hub_manager)
    page = client.get(url("board"))
    assert (len(page.context["answers"]), [place.name for place in page.context["places"]]) == (4, ["北郎东社区", "永安里社区"])
    assert client.get(url("board"), {"shelf_growth": "-50", "wish_young": "90"}).context["answers"][0].short_from is not None
    assert client.get(url("board"), {"shelf_growth": "viel"}).status_code == 422
    values = {"approve_from_points": 10, "voucher_days": 20, "ask_after_days": 90, "ask_from_points": 10, "cover_floor_percent": 80}
    assert client.post(url("rule"), values).status_code == 303
    assert RewardRule.objects.count() == 2


def test_promises_are_spent_oldest_first(town, clock):
    clock.move_to("2027-02-01 10:00")
    town.earn(town.volunteer, 40)
    voucher = town.take(town.rice(points=50))
    assert covering.figures(None).by_year == [(2026, 100), (2027, 40)]
    taking.use(voucher, by=town.grocer)
    assert covering.figures(None).by_year == [(2026, 50), (2027, 40)]
    assert [(row.promised, row.spent) for row in covering.history()][-9:] == [*[(100, 0)] * 8, (90, 50)]
    assert covering.figures(None).start().promised == 90


@pytest.mark.parametrize("name", ["list", "mine", "covered", "board", "desk", "taken"])
def test_queries_do_not_grow_with_what_is_there(client, town, name):
    def more(n: int) -> None:
        reward = town.rice(title=f"大米 {n}")
        town.earn(town.hub_manager, 40)
        taking.use(town.take(reward), by=town.grocer) if n % 2 else town.take(reward, by=town.hub_manager)
        offer(town.shop, by=town.grocer, kind="goods", title=f"酱油 {n}", points=70, where_words="店里")

    enter(client, town.hub_manager)
    more(0)
    client.get(url(name))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url(name))
    more(1)
    more(2)
    with CaptureQueriesContext(connection) as three:
        client.get(url(name))
    assert len(three) <= len(one)
