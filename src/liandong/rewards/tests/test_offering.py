"""Offer, look at, edit, pause, end; the rule; people who never spend."""

import datetime as dt

import pytest

from liandong.accounts.models import Account
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.notices.models import Notice
from liandong.rewards import queries
from liandong.rewards.models import Reward, RewardRule, SpendingCare
from liandong.rewards.services import caring, offering
from liandong.rewards.tests.factories import offer


def test_small_things_are_on_offer_at_once_and_the_hub_looks_at_the_rest(town, run_jobs):
    assert town.rice().state == "open"
    dear = town.rice(title="电饭煲", points=60)
    service = offer(town.barber, by=town.hand, kind="service", title="上门理发", points=10)
    assert (dear.state, service.state) == ("waiting", "waiting")
    run_jobs()
    assert Notice.objects.filter(person=town.hub_manager, kind="reward.waiting").count() == 2
    with pytest.raises(Denied):
        offering.decide(dear, let_in=True, by=town.grocer)
    with pytest.raises(Refused):
        offering.decide(dear, let_in=False, by=town.hub_staff)
    offering.decide(dear, let_in=False, words="太贵重了，换成小件吧", by=town.hub_staff)
    offering.decide(service, let_in=True, by=town.hub_staff)
    with pytest.raises(Refused):
        offering.decide(service, let_in=False, words="算了", by=town.hub_staff)
    run_jobs()
    told = Notice.objects.filter(person__in=[town.grocer, town.hand]).values_list("kind", "person__name")
    assert sorted(told) == [("reward.declined", "郭平"), ("reward.let_in", "小马")]
    assert [seen.reward for seen in queries.catalogue()] == [service, Reward.objects.get(title="东北大米 5 斤")]
    assert broken() == {}


def test_nobody_lets_in_their_own_offer(town):
    own = offer(town.hub, by=town.hub_manager, kind="goods", title="电动车头盔", points=80, where_words="枢纽前台")
    assert own.state == "waiting"
    with pytest.raises(Denied):
        offering.decide(own, let_in=True, by=town.hub_manager)
    assert offering.decide(own, let_in=True, by=town.hub_staff).state == "open"


def test_who_may_offer_and_edit(town):
    with pytest.raises(Denied):
        offer(town.shop, by=town.boss, kind="goods", title="酱油", points=3, where_words="店里")
    rice = town.rice()
    with pytest.raises(Denied):
        offering.edit(rice, points=1, by=town.boss)
    offering.edit(rice, points=61, by=town.grocer)
    assert rice.state == "waiting"


@pytest.mark.parametrize(
    "values",
    [
        {"title": "米"},
        {"points": 0},
        {"points": 10_001},
        {"stock": -1},
        {"monthly_count": 0},
        {"valid_days": 400},
        {"kind": "money"},
        {"kind": "place"},
        {"where_words": ""},
        {"to_date": dt.date(2026, 6, 9)},
        {"from_date": dt.date(2028, 1, 1)},
    ],
    ids=str,
)
def test_what_is_not_offered(town, values):
    with pytest.raises(Refused):
        town.rice(**values)


def test_stock_counts_what_others_hold(town):
    rice = town.rice(stock=2)
    town.take(rice)
    offering.edit(rice, stock=10, by=town.grocer)
    assert (rice.put_count, rice.left_count) == (11, 10)
    offering.edit(rice, stock=None, by=town.grocer)
    assert town.take(rice).takes_piece is False
    assert broken() == {}


def test_steps_of_an_offer(town):
    rice = town.rice()
    offering.pause(rice, by=town.grocer)
    assert queries.catalogue() == []
    offering.resume(rice, by=town.grocer)
    offering.end(rice, by=town.grocer)
    for step in (offering.pause, offering.resume, offering.end):
        with pytest.raises(Refused):
            step(rice, by=town.grocer)
    with pytest.raises(Refused):
        offering.edit(rice, points=3, by=town.grocer)


def test_the_catalogue_by_words_kind_place_and_purse(town):
    rice, cut = town.rice(), town.haircut()
    gone = town.rice(title="食用油", stock=0, points=5)

    def found(**values):
        return [seen.reward for seen in queries.catalogue(**values)]

    assert found() == [rice, cut, gone]
    assert found(text="理发") == [cut]
    assert found(kind="goods") == [rice, gone]
    assert found(territory=town.north) == [cut]
    assert found(at_most=25) == [rice]


def test_a_rule_has_versions(town):
    values = {name: getattr(queries.rule_on(dt.date(2026, 6, 10)), name) for name in caring.RULE_FIELDS}
    with pytest.raises(Denied):
        caring.write_rule(**values, by=town.grocer)
    with pytest.raises(Refused):
        caring.write_rule(**(values | {"ask_after_days": 3}), by=town.hub_manager)
    made = caring.write_rule(**(values | {"approve_from_points": 10}), by=town.hub_manager)
    assert (made.version, RewardRule.objects.count(), town.rice().state) == (2, 2, "waiting")


# People who never spend


def test_people_who_never_spend_are_asked_twice_a_year_at_most(town, clock, run_jobs):
    rice, cut, oil = town.rice(), town.haircut(), town.rice(title="食用油", points=5)
    town.earn(town.resident, 30)
    town.take(oil, by=town.resident)
    assert caring.ask_all() == 0
    clock.move_to("2026-12-20 10:00")
    Reward.objects.update(to_date=None)
    assert (caring.ask_all(), caring.ask_all()) == (1, 0)
    run_jobs()
    told = Notice.objects.get(kind="reward.care")
    assert (told.person, told.values) == (town.volunteer, {"points": 100, "titles": "上门理发、东北大米 5 斤、食用油"})
    clock.move_to("2027-06-25 10:00")
    assert caring.ask_all() == 1
    caring.choose_asking(town.volunteer, wants_none=True, by=town.volunteer)
    clock.move_to("2028-06-25 10:00")
    assert caring.ask_all() == 0
    with pytest.raises(Denied):
        caring.choose_asking(town.volunteer, wants_none=False, by=town.neighbour)
    assert SpendingCare.objects.get().wants_none
    assert {rice, cut, oil} == set(queries.suits(Reward.objects.select_related("territory"), 100, ""))


def test_only_people_who_can_sign_in_are_asked(town, clock):
    town.rice()
    Account.objects.filter(person=town.volunteer).delete()
    clock.move_to("2026-12-20 10:00")
    assert caring.ask_all() == 0
