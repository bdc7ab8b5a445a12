import threading
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from liandong.core.actors import DEMO
from liandong.core.errors import Conflict, Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.points import services as ledger
from liandong.points.models import PointsEntry, PointsTransfer
from liandong.points.tests.factories import balances, purse


@pytest.mark.django_db
class TestTransfer:
    def test_what_leaves_one_account_enters_the_other(self):
        one, two = purse(100), purse()
        made = ledger.transfer(uuid.uuid4(), source=one, target=two, amount=30, by=one.person)
        assert balances(one, two) == [70, 30]
        assert sorted(made.entries.values_list("account", "amount")) == sorted([(one.pk, -30), (two.pk, 30)])
        assert Entry.objects.filter(verb="points.transferred").last().after == {"kind": "gift", "amount": 30}
        assert broken() == {}

    def test_the_same_id_again_answers_the_same_and_moves_nothing(self):
        one, two, key = purse(100), purse(), uuid.uuid4()
        first = ledger.transfer(key, source=one, target=two, amount=30, by=one.person)
        assert ledger.transfer(key, source=one, target=two, amount=30, by=one.person) == first
        assert balances(one, two) == [70, 30]

    @pytest.mark.parametrize("other", ["amount", "target", "both accounts"])
    def test_the_same_id_with_another_body_is_refused(self, other):
        one, two, three, four, key = purse(100), purse(), purse(), purse(100), uuid.uuid4()
        ledger.transfer(key, source=one, target=two, amount=30, by=DEMO)
        body = {
            "source": four if other == "both accounts" else one,
            "target": two if other == "amount" else three,
            "amount": 31 if other == "amount" else 30,
        }
        with pytest.raises(Conflict, match="already used"):
            ledger.transfer(key, **body, by=DEMO)
        assert balances(one, two, three, four) == [70, 30, 0, 100]

    def test_what_is_not_there_is_not_given(self):
        one, two = purse(10), purse()
        with pytest.raises(Refused, match="there are 10, 11 are needed"):
            ledger.transfer(uuid.uuid4(), source=one, target=two, amount=11, by=one.person)
        assert (balances(one, two), PointsTransfer.objects.count()) == ([10, 0], 1)

    @pytest.mark.parametrize("amount", [0, -5])
    def test_nothing_or_less_is_refused(self, amount):
        one = purse(10)
        with pytest.raises(Refused):
            ledger.transfer(uuid.uuid4(), source=one, target=purse(), amount=amount, by=one.person)

    def test_to_oneself_is_refused(self):
        one = purse(10)
        with pytest.raises(Refused):
            ledger.transfer(uuid.uuid4(), source=one, target=one, amount=1, by=one.person)

    def test_nobody_gives_away_what_is_not_theirs(self):
        one, two = purse(10), purse()
        for source in (one, ledger.issue_account()):
            with pytest.raises(Denied):
                ledger.transfer(uuid.uuid4(), source=source, target=two, amount=1, by=two.person)

    @pytest.mark.parametrize("kind", ["award", "correction"])
    def test_an_award_comes_from_a_record_only(self, kind):
        with pytest.raises(Refused, match="confirmed record"):
            ledger.transfer(uuid.uuid4(), source=ledger.issue_account(), target=purse(), amount=1, kind=kind, by=DEMO)


@pytest.mark.django_db
class TestTheDatabaseItself:
    @pytest.mark.parametrize("model", [PointsTransfer, PointsEntry])
    @pytest.mark.parametrize("words", ["update {table} set id = id", "delete from {table}", "truncate {table} cascade"])
    def test_history_cannot_be_changed(self, model, words, clock):
        purse(10)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # truncate does not wait for them
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words.format(table=model._meta.db_table))
        assert model.objects.exists()

    def test_a_transfer_that_does_not_sum_to_zero_does_not_commit(self):
        one, two = purse(100), purse()
        with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():  # noqa: PT012 -- several rows make one transfer
            made = PointsTransfer.objects.create(kind="gift", made_by="test", made_at="2026-01-01T00:00Z")
            PointsEntry.objects.create(transfer=made, account=one, amount=-5)
            PointsEntry.objects.create(transfer=made, account=two, amount=6)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")

    def test_a_balance_below_its_floor_is_impossible(self):
        one, two = purse(10), purse()
        with pytest.raises(IntegrityError, match="points_account_floor"), transaction.atomic():  # noqa: PT012 -- several rows make one transfer
            made = PointsTransfer.objects.create(kind="gift", made_by="test", made_at="2026-01-01T00:00Z")
            PointsEntry.objects.bulk_create([PointsEntry(transfer=made, account=one, amount=-11), PointsEntry(transfer=made, account=two, amount=11)])


@pytest.mark.django_db(transaction=True)
def test_opposite_transfers_at_the_same_moment_lose_nothing_and_never_lock_each_other_out():
    one, two = purse(500), purse(500)
    faults, ready = [], threading.Barrier(8)

    def work(source, target):
        try:
            ready.wait()
            for _ in range(10):
                ledger.transfer(uuid.uuid4(), source=source, target=target, amount=3, by=DEMO)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=pair) for pair in [(one, two), (two, one)] * 4]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert faults == []
    assert balances(one, two) == [500, 500]
    assert PointsTransfer.objects.count() == 82
    assert broken() == {}


@pytest.mark.django_db(transaction=True)
def test_the_last_points_are_spent_once_and_one_id_moves_once():
    one, two = purse(100), purse()
    key, answers, ready = uuid.uuid4(), [], threading.Barrier(12)

    def spend(transfer_id):
        ready.wait()
        try:
            ledger.transfer(transfer_id, source=one, target=two, amount=100, by=DEMO)
            answers.append("ok")
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=spend, args=(key if n < 6 else uuid.uuid4(),)) for n in range(12)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert balances(one, two) == [0, 100]
    assert len(answers) == 12
    assert answers.count("ok") in {1, 6}  # one of the six strangers, or the six that carry the same id
    assert broken() == {}
