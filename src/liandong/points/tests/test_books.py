"""Settling between bodies, the published digest, and a check that names what was changed by hand."""

import datetime as dt
import hashlib
import uuid

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from liandong.core.actors import DEMO, SCHEDULER
from liandong.core.errors import Denied
from liandong.core.invariants import broken
from liandong.points import clearing, digests
from liandong.points import services as ledger
from liandong.points.models import ClearingLine, ClearingPosition, PointsDigest, PointsEntry
from liandong.points.tests import factories as make
from liandong.points.tests.factories import balances, purse

MAY = dt.date(2026, 5, 1)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=12))
def test_payments_make_even_and_are_fewer_than_bodies(amounts):
    positions = {**dict(enumerate(amounts)), None: -sum(amounts)}
    paid = clearing.net(positions)
    after = dict(positions)
    for each in paid:
        assert each.amount > 0
        after[each.debtor] += each.amount
        after[each.creditor] -= each.amount
    assert set(after.values()) == {0}
    assert len(paid) <= max(sum(amount != 0 for amount in positions.values()) - 1, 0)
    assert not {each.debtor for each in paid} & {each.creditor for each in paid}


@given(st.integers(1, 5000), st.none() | st.integers(1, 700))
def test_instalments_are_the_whole_and_within_the_limit(amount, limit):
    parts = clearing.instalments(amount, limit)
    assert sum(parts) == amount
    assert max(parts) <= (limit or amount)


def test_points_keep_their_issuer_through_gifts_and_the_oldest_go_first():
    accounts = {1: ("issue", 10), 2: ("issue", 20), 3: ("person", None), 4: ("person", None), 5: ("till", 30), 6: ("written_off", 10)}
    moves = [
        [(1, -5), (3, 5)],
        [(2, -5), (3, 5)],
        [(3, -7), (4, 7)],
        [(4, -6), (5, 6)],
        [(5, -1), (4, 1)],
        [(1, 2), (3, -1), (6, -1)],
    ]
    assert clearing.origins(moves, accounts) == {3: {20: 2}, 4: {20: 1, 10: 1}, 5: {10: 4, 20: 1}}


@pytest.mark.django_db
class TestClearing:
    def test_tills_go_back_to_those_who_issued_and_the_rest_is_netted(self, clock):
        a, b, c = (make.organization(name) for name in ("甲", "乙", "丙"))
        make.rule(pair_limit=25)
        for issuer, shop, amount in ((a, b, 40), (b, c, 10), (c, c, 5), (b, a, 5)):
            own = purse(amount + 1, from_body=issuer)
            ledger.transfer(uuid.uuid4(), source=own, target=ledger.till_of(shop), amount=amount, kind="spend", by=own.person)
        run = ledger.clear(MAY, by=SCHEDULER)
        assert ledger.clear(MAY, by=SCHEDULER) == run
        assert balances(*(ledger.till_of(each) for each in (a, b, c))) == [0, 0, 0]
        assert balances(*(ledger.issue_account(each) for each in (a, b, c))) == [-1, -2, -1]  # what is not spent yet
        assert list(ClearingPosition.objects.order_by("organization").values_list("organization", "redeemed_elsewhere", "taken_in")) == [
            (a.pk, 40, 5),
            (b.pk, 15, 40),
            (c.pk, 0, 10),
        ]
        lines = ClearingLine.objects.order_by("id").values_list("debtor", "creditor", "amount", "due_on")
        assert list(lines) == [(a.pk, b.pk, 25, dt.date(2026, 6, 1)), (a.pk, c.pk, 10, dt.date(2026, 6, 1))]
        assert broken() == {}

    def test_above_the_limit_it_is_due_in_parts_and_the_creditor_says_when_it_is_good(self, clock):
        a, b = make.organization(), make.organization()
        make.rule(pair_limit=25)
        own = purse(40, from_body=a)
        ledger.transfer(uuid.uuid4(), source=own, target=ledger.till_of(b), amount=40, kind="spend", by=own.person)
        ledger.clear(MAY, by=SCHEDULER)
        first, second = ClearingLine.objects.order_by("id")
        assert [(first.amount, first.due_on.month), (second.amount, second.due_on.month)] == [(25, 6), (15, 7)]
        with pytest.raises(Denied):
            ledger.settle_line(first, by=make.manager(a))
        assert ledger.settle_line(first, by=make.manager(b)).settled_at is not None

    def test_an_empty_month_is_a_run_without_lines(self, clock):
        assert (ledger.clear(MAY, by=SCHEDULER).transfer, ClearingLine.objects.count()) == (None, 0)

    def test_given_back_after_the_settling_it_comes_right_the_next_time(self, clock):
        a, b, key = make.organization(), make.organization(), uuid.uuid4()
        own = purse(10, from_body=a)
        ledger.transfer(key, source=own, target=ledger.till_of(b), amount=10, kind="spend", by=own.person)
        ledger.clear(MAY, by=SCHEDULER)
        ledger.refund(key, by=DEMO)
        assert balances(ledger.till_of(b)) == [-10]
        ledger.transfer(uuid.uuid4(), source=own, target=ledger.till_of(b), amount=10, kind="spend", by=own.person)
        ledger.clear(dt.date(2026, 6, 1), by=SCHEDULER)
        assert (ClearingLine.objects.count(), broken()) == (1, {})


@pytest.mark.django_db
class TestDigest:
    @pytest.fixture
    def published(self, clock):
        clock.move_to(dt.datetime(2026, 4, 30, 15, tzinfo=dt.UTC))
        one, two = purse(10), purse()
        clock.move_to(dt.datetime(2026, 4, 30, 16, tzinfo=dt.UTC))  # the first of May, in Shanghai
        ledger.transfer(uuid.uuid4(), source=one, target=two, amount=4, words="给妈妈", by=one.person)
        clock.move_to(dt.datetime(2026, 6, 10, 2, tzinfo=dt.UTC))
        assert [ledger.publish_digests(today=dt.date(2026, 6, 10)) for _ in range(2)] == [2, 0]
        return one

    def test_each_month_that_is_over_is_chained_to_the_one_before(self, published):
        april, may = PointsDigest.objects.order_by("month_on")
        assert (april.previous, may.previous, april.transfer_count, may.transfer_count) == ("", april.digest, 1, 1)
        text = "".join(digests.lines_of(MAY, previous=april.digest))
        assert hashlib.sha256(text.encode()).hexdigest() == may.digest
        assert text.splitlines()[:4] == ["liandong-ledger 1", "month 2026-05", f"previous {april.digest}", "transfers 1"]
        assert "给妈妈" not in text
        checked = digests.check_file(text.encode())
        assert (checked.month, checked.previous, checked.digest, checked.faults) == ("2026-05", april.digest, may.digest, [])
        assert digests.first_difference(text.encode()) == ""
        assert list(digests.faults()) == []

    def test_a_file_with_another_amount_is_seen(self, published):
        text = "".join(digests.lines_of(MAY, previous=PointsDigest.objects.earliest("month_on").digest))
        changed = text.replace(":4", ":5")
        assert digests.check_file(changed.encode()).faults[0].endswith("does not sum to zero.")
        assert digests.first_difference(changed.encode()).startswith("Line 5: the file says")
        assert digests.check_file(b"\xff\xfe nothing").faults != []

    @pytest.mark.parametrize("careful", [False, True])
    def test_what_a_superuser_changes_is_named(self, published, careful):
        entry = PointsEntry.objects.filter(amount=4).get()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("alter table points_pointsentry disable trigger append_only")
            if careful:  # both sides, the balances and the digests of the rows: the published digest still sees it
                cursor.execute("update points_pointsentry set amount = sign(amount) * 5 where transfer_id = %s", [entry.transfer_id])
                cursor.execute("update points_pointsentry set digest = points_entry_digest(transfer_id, account_id, amount)")
                cursor.execute(
                    "update points_pointsaccount a set balance = (select sum(amount) from points_pointsentry where account_id = a.id) where kind = 'person'"
                )
            else:
                cursor.execute("update points_pointsentry set amount = 5 where id = %s", [entry.pk])
            cursor.execute("alter table points_pointsentry enable trigger append_only")
        found = list(digests.faults())
        if careful:
            assert [each[:13] for each in found] == ["Month 2026-05"]
        else:
            assert found[0] == f"Entry {entry.pk} of transfer {entry.transfer_id}, account {entry.account_id}: 5 is not what was written."
            assert (found[1][:8], found[2][:7], found[3][:13], len(found)) == ("Transfer", "Account", "Month 2026-05", 4)
