import datetime as dt
import uuid

import pytest

from liandong.core.actors import SCHEDULER
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.notices.models import Notice
from liandong.points import queries
from liandong.points import services as ledger
from liandong.points.models import FamilyTie, PoolGrant
from liandong.points.tests import factories as make
from liandong.points.tests.factories import balances, purse


def family(one, two):
    tie = ledger.ask_family(one, number=two.number, by=one)
    return ledger.confirm_tie(tie, by=two)


@pytest.mark.django_db
class TestFamily:
    def test_both_say_so_by_phone_or_by_number(self):
        one, two = make.person(), make.person(phone="13800002222")
        tie = ledger.ask_family(one, number="138 0000 2222", by=one)
        assert (tie.state, ledger.ask_family(one, number=two.number, by=one)) == ("asked", tie)
        with pytest.raises(Denied):
            ledger.confirm_tie(tie, by=one)
        assert ledger.ask_family(two, number=one.number, by=two).state == "confirmed"  # asking back is saying yes
        assert [notice.kind for notice in Notice.objects.order_by("id")] == ["points.family_asked", "points.family_confirmed"]
        assert ledger.end_tie(FamilyTie.objects.get(), by=one).state == "ended"

    def test_who_asks_does_not_learn_who_is_here(self):
        one = make.person()
        assert ledger.ask_family(one, number="13900009999", by=one) is None
        for number in (one.number, "秀兰", ""):
            with pytest.raises(Refused):
                ledger.ask_family(one, number=number, by=one)


@pytest.mark.django_db
class TestGift:
    def test_it_leaves_after_ten_minutes_and_can_be_taken_back_until_then(self, clock, run_jobs):
        one, two = purse(50), purse()
        family(one.person, two.person)
        key, other = uuid.uuid4(), uuid.uuid4()
        assert ledger.give(key, to=two.person, amount=20, words="给妈妈", by=one.person) == ledger.give(key, to=two.person, amount=20, by=one.person)
        ledger.give(other, to=two.person, amount=5, by=one.person)
        ledger.release(other, by=one.person)
        assert (balances(one, two), queries.available_of(one.person)) == ([50, 0], 30)
        clock.advance(minutes=10)
        ledger.end_due(by=SCHEDULER)
        run_jobs()
        assert (balances(one, two), broken()) == ([30, 20], {})
        assert Notice.objects.filter(person=two.person, kind="points.gift").count() == 1
        assert queries.sums_of(one.person).given == 20
        assert queries.sums_of(two.person).received == 20

    def test_only_to_confirmed_family_and_within_the_limit_of_the_month(self, clock):
        make.rule(gift_month_limit=30)
        one, two = purse(100), purse()
        tie = ledger.ask_family(one.person, number=two.person.number, by=one.person)
        with pytest.raises(Refused, match="both of you"):
            ledger.give(uuid.uuid4(), to=two.person, amount=1, by=one.person)
        ledger.confirm_tie(tie, by=two.person)
        ledger.give(uuid.uuid4(), to=two.person, amount=20, by=one.person)
        clock.advance(minutes=10)
        ledger.end_due(by=SCHEDULER)
        ledger.give(uuid.uuid4(), to=two.person, amount=8, by=one.person)
        with pytest.raises(Refused, match="2 are left"):
            ledger.give(uuid.uuid4(), to=two.person, amount=3, by=one.person)
        ledger.give(uuid.uuid4(), to=make.organization(), amount=40, by=one.person)  # a pool has no limit
        clock.advance(days=30)
        ledger.give(uuid.uuid4(), to=two.person, amount=3, by=one.person)


@pytest.mark.django_db
class TestPool:
    @pytest.fixture
    def body(self):
        body = make.organization(kind="community")
        giver = purse(200)
        ledger.give(uuid.uuid4(), to=body, amount=150, by=giver.person)
        ledger.complete(queries.pending_of(giver.person).get().pk, by=giver.person)
        return body

    def give(self, body, person, amount, by, reason="独居，行动不便"):
        return ledger.give_from_pool(uuid.uuid4(), organization=body, person=person, amount=amount, reason=reason, by=by)

    def test_a_little_moves_at_once(self, body):
        old, by = make.resident(body), make.manager(body)
        grant = self.give(body, old, 50, by)
        assert (grant.needs_second, grant.reservation.state, queries.balance_of(old)) == (False, "completed", 50)
        assert balances(ledger.pool_of(body)) == [100]

    def test_much_waits_for_a_second_person(self, body):
        old, one, two = make.resident(body), make.manager(body), make.manager(body)
        grant = self.give(body, old, 51, one)
        assert (grant.needs_second, queries.balance_of(old)) == (True, 0)
        with pytest.raises(Denied, match="second person"):
            ledger.decide_grant(grant, agree=True, by=one)
        assert ledger.decide_grant(grant, agree=True, by=two) == ledger.decide_grant(grant, agree=True, by=two)
        assert (queries.balance_of(old), broken()) == (51, {})
        other = self.give(body, old, 60, two)
        with pytest.raises(Refused, match="Say why not"):
            ledger.decide_grant(other, agree=False, by=one)
        assert ledger.decide_grant(other, agree=False, reason="先走访", by=one).reservation.state == "released"
        assert PoolGrant.objects.count() == 2

    def test_not_to_oneself_not_to_strangers_not_more_than_there_is(self, body):
        by = make.manager(body)
        for person, amount, reason in ((by, 1, "x"), (make.person(), 1, "x"), (make.resident(body), 151, "x"), (make.resident(body), 1, " ")):
            with pytest.raises(Refused):
                self.give(body, person, amount, by, reason)
        with pytest.raises(Denied):
            self.give(body, make.resident(body), 1, make.manager(make.organization()))


@pytest.mark.django_db
class TestExpiry:
    def test_people_are_warned_and_what_is_old_helps_others(self, clock):
        home = make.organization(kind="community")
        rule = make.rule(expiry_months=12)
        owner, shop = make.resident(home), ledger.till_of(home)
        own = purse(30, of=owner, rule=rule)  # 10 June 2026
        purse(7, of=owner)  # under the first rule: never
        clock.move_to(dt.datetime(2026, 12, 1, 2, tzinfo=dt.UTC))
        purse(20, of=owner, rule=rule)
        ledger.transfer(uuid.uuid4(), source=own, target=shop, amount=12, kind="spend", by=owner)
        assert [(lot.left, str(lot.last_day)) for lot in queries.lots_of(owner)] == [(18, "2027-06-09"), (20, "2027-11-30"), (7, "None")]
        clock.move_to(dt.datetime(2027, 5, 12, 2, tzinfo=dt.UTC))
        today = dt.date(2027, 5, 12)
        assert (queries.expiring_soon(owner), ledger.warn_of_expiry(today=today), ledger.warn_of_expiry(today=today)) == (
            (18, dt.date(2027, 6, 9)),
            1,
            0,
        )
        assert Notice.objects.get(kind="points.expiring").values == {"points": 18, "day": "2027-06-09"}
        assert ledger.expire(today=dt.date(2027, 6, 9), by=SCHEDULER) == 0
        ledger.reserve(uuid.uuid4(), source=own, target=shop, amount=3, by=owner)  # kept back: counts as used
        clock.move_to(dt.datetime(2027, 6, 10, 2, tzinfo=dt.UTC))
        assert [ledger.expire(today=dt.date(2027, 6, 10), by=SCHEDULER) for _ in range(2)] == [1, 0]
        assert (balances(own, ledger.pool_of(home)), queries.sums_of(owner).expired, broken()) == ([30, 15], 15, {})


@pytest.mark.django_db
def test_welcome_points_come_once_in_a_life(clock):
    person = make.person()
    assert ledger.grant_starter(person, by=SCHEDULER) is None
    make.rule(starter_points=5)
    assert ledger.grant_starter(person, by=SCHEDULER) == ledger.grant_starter(person, by=SCHEDULER)
    assert (queries.balance_of(person), broken()) == (5, {})


@pytest.mark.django_db
def test_people_who_never_spend_are_found():
    saver, giver, spender, poor = purse(30), purse(30), purse(30), purse(2)
    ledger.transfer(uuid.uuid4(), source=giver, target=poor, amount=1, by=giver.person)
    ledger.transfer(uuid.uuid4(), source=spender, target=ledger.till_of(make.organization()), amount=1, kind="spend", by=spender.person)
    assert list(queries.never_spent(at_least=10)) == [saver]
    assert list(queries.never_spent()) == [saver, poor]
    assert list(queries.never_spent(since=dt.date(2020, 1, 1))) == []
