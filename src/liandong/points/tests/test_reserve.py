import datetime as dt
import threading
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from liandong.core.actors import DEMO, SCHEDULER
from liandong.core.errors import Conflict, Denied, Refused
from liandong.core.invariants import broken
from liandong.points import queries
from liandong.points import services as ledger
from liandong.points.models import PointsAccount, PointsReservation, PointsTransfer
from liandong.points.tests import factories as make
from liandong.points.tests.factories import balances, purse

NOON = dt.datetime(2026, 6, 10, 4, 0, tzinfo=dt.UTC)


def till(of=None):
    return ledger.till_of(of or make.organization())


@pytest.mark.django_db
class TestReserve:
    def test_what_is_kept_back_is_not_free_and_does_not_move(self):
        one, shop = purse(100), till()
        row = ledger.reserve(uuid.uuid4(), source=one, target=shop, amount=60, words="理发一次", by=one.person)
        assert (row.state, balances(one, shop), queries.available_of(one.person)) == ("pending", [100, 0], 40)
        with pytest.raises(Refused, match="there are 40, 41 are needed"):
            ledger.reserve(uuid.uuid4(), source=one, target=shop, amount=41, by=one.person)
        with pytest.raises(Refused, match="there are 40, 41 are needed"):
            ledger.transfer(uuid.uuid4(), source=one, target=shop, amount=41, by=one.person)
        assert broken() == {}

    def test_the_same_id_answers_the_same_and_another_body_is_a_conflict(self):
        one, shop, key = purse(100), till(), uuid.uuid4()
        row = ledger.reserve(key, source=one, target=shop, amount=60, by=one.person)
        assert ledger.reserve(key, source=one, target=shop, amount=60, by=one.person) == row
        for other in ({"amount": 61}, {"target": till()}, {"kind": "gift"}):
            with pytest.raises(Conflict):
                ledger.reserve(key, **{"source": one, "target": shop, "amount": 60, **other}, by=one.person)
        with pytest.raises(Conflict):
            ledger.transfer(key, source=one, target=shop, amount=60, kind="spend", by=one.person)
        assert queries.available_of(one.person) == 40
        used = uuid.uuid4()
        ledger.transfer(used, source=one, target=shop, amount=1, by=one.person)
        with pytest.raises(Conflict):
            ledger.reserve(used, source=one, target=shop, amount=1, by=one.person)

    def test_completed_it_moves_once_in_whole_or_in_part(self):
        host = make.organization()
        one, shop, by = purse(100), till(host), make.manager(host, role="org_staff")
        whole, part = uuid.uuid4(), uuid.uuid4()
        ledger.reserve(whole, source=one, target=shop, amount=30, by=one.person)
        ledger.reserve(part, source=one, target=shop, amount=50, by=one.person)
        made = ledger.complete(whole, by=by)
        assert ledger.complete(whole, by=by) == made
        ledger.complete(part, amount=20, by=by)
        assert (balances(one, shop), queries.available_of(one.person)) == ([50, 50], 50)
        with pytest.raises(Conflict):
            ledger.complete(part, amount=30, by=by)
        with pytest.raises(Refused, match="returned is a refund"):
            ledger.release(whole, by=by)
        assert broken() == {}

    def test_released_it_is_free_again_and_stays_so(self):
        one, shop, key = purse(100), till(), uuid.uuid4()
        ledger.reserve(key, source=one, target=shop, amount=30, by=one.person)
        assert ledger.release(key, reason="不去了", by=one.person).state == "released"
        assert ledger.release(key, by=one.person).end_reason == "不去了"
        with pytest.raises(Refused, match="released already"):
            ledger.complete(key, by=DEMO)
        assert (balances(one), queries.available_of(one.person), broken()) == ([100], 100, {})

    def test_it_ends_by_itself_as_was_said(self, clock):
        one, two, shop = purse(100), purse(), till()
        ends, stays, goes = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        ledger.reserve(ends, source=one, target=shop, amount=10, until=NOON, by=one.person)
        ledger.reserve(goes, source=one, target=two, amount=20, kind="gift", until=NOON, at_end="completed", by=one.person)
        ledger.reserve(stays, source=one, target=shop, amount=30, by=one.person)
        assert ledger.end_due(by=SCHEDULER) == 0
        clock.move_to(NOON)
        assert (ledger.end_due(by=SCHEDULER), ledger.end_due(by=SCHEDULER)) == (2, 0)
        assert (balances(one, two, shop), queries.available_of(one.person)) == ([80, 20, 0], 50)

    def test_strangers_neither_reserve_complete_nor_release(self):
        one, shop, key, stranger = purse(100), till(), uuid.uuid4(), make.person()
        with pytest.raises(Denied):
            ledger.reserve(key, source=one, target=shop, amount=1, by=stranger)
        ledger.reserve(key, source=one, target=shop, amount=1, by=one.person)
        for verb in (ledger.complete, ledger.release):
            with pytest.raises(Denied):
                verb(key, by=stranger)
        with pytest.raises(Denied):  # the buyer does not say that it was handed over
            ledger.complete(key, by=one.person)

    def test_nobody_moves_issued_points_or_a_till_by_hand(self):
        host = make.organization()
        by, target = make.manager(host), purse()
        for source in (ledger.issue_account(host), ledger.till_of(host), ledger.written_off_of(host)):
            with pytest.raises(Denied):
                ledger.transfer(uuid.uuid4(), source=source, target=target, amount=1, by=by)


@pytest.mark.django_db
class TestRefund:
    def test_parts_come_back_and_never_more_than_was_given(self):
        host = make.organization()
        one, shop, by, key, part = purse(100), till(host), make.manager(host), uuid.uuid4(), uuid.uuid4()
        ledger.reserve(key, source=one, target=shop, amount=60, by=one.person)
        with pytest.raises(Refused, match="not handed over"):
            ledger.refund(key, by=by)
        ledger.complete(key, by=by)
        first = ledger.refund(key, amount=20, refund_id=part, reason="少剪了一半", by=by)
        assert ledger.refund(key, amount=20, refund_id=part, by=by) == first
        with pytest.raises(Conflict):
            ledger.refund(key, amount=21, refund_id=part, by=by)
        with pytest.raises(Refused, match="Between 1 and 40"):
            ledger.refund(key, amount=41, by=by)
        rest = ledger.refund(key, by=by)
        assert ledger.refund(key, by=by) == rest
        assert (balances(one, shop), broken()) == ([100, 0], {})
        with pytest.raises(Denied):
            ledger.refund(key, by=one.person)


@pytest.mark.django_db
class TestTheDatabaseItself:
    def test_what_is_kept_back_cannot_be_spent_past_the_verbs(self):
        one, two = purse(10), purse()
        ledger.reserve(uuid.uuid4(), source=one, target=two, amount=6, kind="gift", by=one.person)
        with pytest.raises(IntegrityError, match="points_account_floor"), transaction.atomic():
            PointsAccount.objects.filter(pk=one.pk).update(balance=5)
        with pytest.raises(IntegrityError, match="points_account_floor"), transaction.atomic():
            PointsReservation.objects.create(id=uuid.uuid4(), kind="gift", source=one, target=two, amount=5, made_by="t", made_at=NOON)

    @pytest.mark.parametrize("words", ["set amount = 1", "set state = 'pending'", "set source_id = target_id"])
    def test_a_reservation_is_not_changed(self, words):
        one, two = purse(10), purse()
        ledger.reserve(uuid.uuid4(), source=one, target=two, amount=6, kind="gift", by=one.person)
        for sql in (f"update points_pointsreservation {words}", "delete from points_pointsreservation"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def in_threads(work, calls):
    """Run the calls at the same moment, each on a connection of its own; faults come back in the list."""
    answers, ready = [], threading.Barrier(len(calls))

    def one(arguments):
        try:
            ready.wait()
            work(*arguments)
            answers.append("ok")
        except (Refused, Conflict):
            answers.append("refused")
        except Exception as fault:
            answers.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(arguments,)) for arguments in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_redemptions_of_all_there_is_at_the_same_moment_give_exactly_one():
    host = make.organization()
    one, shop = purse(100), till(host)
    keys = [uuid.uuid4() for _ in range(100)]
    answers = []
    for start in range(0, 100, 20):  # twenty connections at a time
        answers += in_threads(
            lambda key: ledger.reserve(key, source=one, target=shop, amount=100, by=one.person), [(k,) for k in keys[start : start + 20]]
        )
    assert (answers.count("ok"), answers.count("refused")) == (1, 99)
    row = PointsReservation.objects.get()
    assert in_threads(lambda: ledger.complete(row.pk, by=DEMO), [()] * 8) == ["ok"] * 8
    assert (balances(one, shop), PointsTransfer.objects.filter(kind="spend").count()) == ([0, 100], 1)


@pytest.mark.django_db(transaction=True)
def test_complete_and_release_at_the_same_moment_end_it_once():
    one, two, key = purse(10), purse(), uuid.uuid4()
    ledger.reserve(key, source=one, target=two, amount=10, kind="gift", by=one.person)
    verbs = [(ledger.complete,), (ledger.release,)] * 4
    answers = in_threads(lambda verb: verb(key, by=DEMO), verbs)
    assert answers == ["ok"] * 4 + ["refused"] * 4
    assert sum(balances(one, two)) == 10
