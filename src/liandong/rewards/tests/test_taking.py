"""Reserve, use, give back, take back, run out; services and their needs; a hundred at once."""

import contextlib
import threading
import uuid

import pytest
from django.db import connection

from liandong.core.errors import Conflict, Denied, Refused, TooMany
from liandong.core.invariants import broken
from liandong.needs import services as needs
from liandong.notices.models import Notice
from liandong.points import queries as points
from liandong.points import services as ledger
from liandong.rewards import reactions
from liandong.rewards.models import Redemption, Reward
from liandong.rewards.services import offering, taking
from liandong.rewards.tests.factories import Town


def held(town) -> tuple[int, int]:
    """(what the volunteer has, what may be spent)."""
    return points.balance_of(town.volunteer), points.available_of(town.volunteer)


def till(body) -> int:
    account = ledger.till_of(body)
    account.refresh_from_db()
    return account.balance


def test_a_voucher_keeps_points_back_and_pays_when_it_is_used(town):
    rice = town.rice()
    voucher = town.take(rice)
    assert (voucher.state, held(town), rice.left_count, len(voucher.code)) == ("reserved", (100, 80), 4, 8)
    assert voucher.holds_until_at.isoformat() == "2026-07-11T00:00:00+08:00"
    taking.use(voucher, by=town.grocer)
    assert (voucher.state, voucher.given_by, voucher.used_by, held(town), till(town.shop)) == ("used", town.shop, town.grocer, (80, 80), 20)
    with pytest.raises(Conflict):
        taking.use(voucher, by=town.grocer)
    assert broken() == {}


def test_only_the_shops_own_people_take_it_in_and_nobody_their_own(town):
    voucher = town.take(town.rice())
    for other in (town.boss, town.hub_manager, town.volunteer):
        with pytest.raises(Denied):
            taking.use(voucher, by=other)
    town.earn(town.grocer, 50)
    own = town.take(voucher.reward, by=town.grocer)
    with pytest.raises(Denied):
        taking.use(own, by=town.grocer)
    assert (taking.find(voucher.code, by=town.boss), taking.find(voucher.code.lower(), by=town.grocer)) == (None, voucher)


def test_guesses_are_counted(town):
    voucher = town.take(town.rice())
    for n in range(taking.GUESSES):
        assert taking.find(f"AAAA{n:04}", by=town.grocer) is None
    with pytest.raises(TooMany):
        taking.find(voucher.code, by=town.grocer)


def test_the_same_request_again_has_no_second_effect(town):
    rice, key = town.rice(), uuid.uuid4()
    assert town.take(rice, key=key) == town.take(rice, key=key)
    with pytest.raises(Conflict):
        town.take(town.rice(title="食用油"), key=key)
    with pytest.raises(Conflict):
        town.take(rice, key=key, by=town.resident)
    assert (Redemption.objects.count(), held(town)) == (1, (100, 80))
    assert broken() == {}


def test_another_price_or_nothing_left_is_a_conflict_and_takes_nothing(town):
    rice = town.rice(stock=1)
    offering.edit(rice, points=25, by=town.grocer)
    with pytest.raises(Conflict) as changed:
        town.take(rice, seen_points=20)
    assert (changed.value.mine, changed.value.theirs) == (20, 25)
    offering.edit(rice, stock=0, by=town.grocer)
    with pytest.raises(Conflict) as gone:
        town.take(rice)
    assert (gone.value.theirs, held(town), Redemption.objects.count()) == (0, (100, 100), 0)


def test_what_is_not_given(town):
    rice = town.rice(per_person=1)
    town.take(rice)
    with pytest.raises(Refused):
        town.take(rice)
    with pytest.raises(Refused):
        town.take(town.rice(title="很贵的油", points=59, stock=None), by=town.neighbour)
    offering.pause(rice, by=town.grocer)
    with pytest.raises(Refused):
        town.take(rice, by=town.neighbour)
    assert broken() == {}


def test_what_is_given_back_is_free_again(town, run_jobs):
    rice = town.rice()
    voucher = town.take(rice)
    with pytest.raises(Denied):
        taking.give_back(voucher, by=town.neighbour)
    taking.give_back(voucher, by=town.volunteer)
    rice.refresh_from_db()
    assert (voucher.state, rice.left_count, held(town)) == ("returned", 5, (100, 100))
    with pytest.raises(Refused):
        taking.use(voucher, by=town.grocer)
    run_jobs()
    assert not Notice.objects.filter(person=town.volunteer).exists()
    assert broken() == {}


def test_points_come_back_by_themselves_when_time_is_over(town, clock, run_jobs):
    rice = town.rice(valid_days=3)
    voucher = town.take(rice)
    clock.move_to("2026-06-13 10:00")
    reactions.hourly()
    clock.move_to("2026-06-14 00:01")
    with pytest.raises(Refused):
        taking.use(voucher, by=town.grocer)
    assert (taking.run_out(), taking.run_out()) == (1, 0)
    run_jobs()
    rice.refresh_from_db()
    voucher.refresh_from_db()
    assert (voucher.state, rice.left_count, held(town)) == ("expired", 5, (100, 100))
    assert sorted(Notice.objects.filter(person=town.volunteer).values_list("kind", flat=True)) == ["reward.ran_out", "reward.running_out"]
    assert broken() == {}


def test_what_was_used_can_be_taken_back_with_a_reason(town, clock, run_jobs):
    rice = town.rice()
    voucher = town.take(rice)
    taking.use(voucher, by=town.grocer)
    with pytest.raises(Refused):
        taking.refund(voucher, reason="", by=town.grocer)
    with pytest.raises(Denied):
        taking.refund(voucher, reason="米袋破了", by=town.boss)
    taking.refund(voucher, reason="米袋破了", piece_is_back=True, by=town.grocer)
    run_jobs()
    rice.refresh_from_db()
    assert (voucher.state, held(town), till(town.shop), rice.left_count) == ("refunded", (100, 100), 0, 5)
    assert Notice.objects.get(person=town.volunteer, kind="reward.refunded").values["reason"] == "米袋破了"
    late = town.take(rice)
    taking.use(late, by=town.grocer)
    clock.move_to("2026-07-12 10:00")
    with pytest.raises(Refused):
        taking.refund(late, reason="米袋破了", by=town.grocer)
    assert broken() == {}


# Services


def test_a_service_raises_a_need_like_any_other_and_pays_who_did_it(town, run_jobs):
    voucher = town.take(town.haircut())
    need, plain = voucher.need, town.need()
    assert (need.asker, need.title, need.urgency, need.answer_due_at) == (town.volunteer, "上门理发", plain.urgency, plain.answer_due_at)
    run_jobs()
    assert Notice.objects.filter(person=town.boss, kind="reward.wanted").count() == 1
    with pytest.raises(Refused):
        taking.use(voucher, by=town.boss)
    needs.claim_need(need, organization=town.barber, by=town.boss)
    needs.finish_need(need, words="周三下午上门理好了", by=town.boss)
    run_jobs()
    assert held(town) == (100, 70)
    needs.confirm_need(need, by=town.volunteer)
    run_jobs()
    voucher.refresh_from_db()
    assert (voucher.state, voucher.given_by, held(town), till(town.barber)) == ("used", town.barber, (70, 70), 30)
    assert broken() == {}


def test_silence_after_a_week_is_a_yes_and_another_giver_gets_the_points(town, clock, run_jobs):
    voucher = town.take(town.haircut())
    needs.claim_need(voucher.need, organization=town.agency, by=town.agency_manager)
    needs.finish_need(voucher.need, words="社工陪着去理好了", by=town.agency_manager)
    run_jobs()
    assert taking.settle_services() == 0
    clock.move_to("2026-06-17 10:01")
    assert (taking.settle_services(), taking.settle_services()) == (1, 0)
    assert (till(town.barber), till(town.agency), held(town)) == (0, 30, (70, 70))
    assert broken() == {}


@pytest.mark.parametrize("ended", ["declined", "withdrawn", "given back", "late"])
def test_a_service_that_does_not_happen_returns_the_points(town, clock, run_jobs, ended):
    voucher = town.take(town.haircut())
    if ended == "declined":
        needs.decline_need(voucher.need, words="近期师傅休假", by=town.hub_manager)
    elif ended == "withdrawn":
        needs.withdraw_need(voucher.need, by=town.volunteer)
    elif ended == "given back":
        taking.give_back(voucher, by=town.volunteer)
    else:
        clock.move_to("2026-09-09 10:00")
        taking.run_out()
    run_jobs()
    voucher.refresh_from_db()
    assert (voucher.state, held(town)) == ("expired" if ended == "late" else "returned", (100, 100))
    assert voucher.need.state == {"declined": "declined", "late": "submitted"}.get(ended, "withdrawn")
    assert broken() == {}


def test_a_need_joined_with_another_follows_it(town, run_jobs):
    voucher = town.take(town.haircut())
    other = town.need("楼里几位老人都想理发")
    needs.merge_need(voucher.need, into=other, by=town.hub_manager)
    needs.claim_need(other, organization=town.barber, by=town.boss)
    needs.finish_need(other, words="一起理好了", by=town.boss)
    needs.confirm_need(other, by=town.resident)
    run_jobs()
    voucher.refresh_from_db()
    assert (voucher.state, till(town.barber)) == ("used", 30)
    assert broken() == {}


def test_points_buy_no_words(town):
    with pytest.raises(Refused):
        town.take(town.haircut(), asked=None)
    assert (Redemption.objects.count(), held(town)) == (0, (100, 100))


# At once


@pytest.mark.django_db(transaction=True)
def test_a_hundred_who_spend_the_same_hundred_points(request):
    """Ten threads, ten tries each, a balance for one: exactly one voucher."""
    request.getfixturevalue("clock")
    town = Town()
    rice = town.rice(points=50, stock=None)
    offering.edit(rice, points=100, by=town.grocer)
    Reward.objects.filter(pk=rice.pk).update(state="open")
    rice.refresh_from_db()
    start, made = threading.Barrier(10), []

    def run() -> None:
        start.wait()
        for _ in range(10):
            with contextlib.suppress(Refused):
                made.append(town.take(Reward.objects.get(pk=rice.pk)))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), Redemption.objects.count(), held(town)) == (1, 1, (100, 0))
    assert broken() == {}
