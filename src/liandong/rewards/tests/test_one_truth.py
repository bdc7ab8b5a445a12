"""Whatever came in under whatever rule and however it went: statement, expiry and board say the same of what is left."""

import calendar
import datetime as dt
import uuid
from collections import defaultdict

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from liandong.core import clock
from liandong.core.actors import DEMO, SCHEDULER
from liandong.core.errors import Refused
from liandong.points import queries
from liandong.points import services as ledger
from liandong.points.models import PointsAccount, PointsEntry, PointsReservation
from liandong.points.tests import factories as make
from liandong.rewards import covering

MONTHS = (None, 6, 12, 24)
ACTS = ("earn", "spend", "give", "keep", "release", "take_back", "refund", "expire")
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(1, 40), st.sampled_from(MONTHS), st.integers(0, 150)), max_size=14)


def left_by_hand(account: PointsAccount) -> list[tuple[dt.date | None, dt.date, int]]:
    """(first day without, day of coming, what is left with what is kept back), taken off one by one."""
    lots, gone = [], 0
    for entry in PointsEntry.objects.filter(account=account).select_related("transfer__rule"):
        if entry.amount < 0:
            gone -= entry.amount
            continue
        came, rule = timezone.localtime(entry.transfer.made_at).date(), entry.transfer.rule
        ends = later(came, rule.expiry_months) if rule and rule.expiry_months else dt.date.max
        lots.append((ends, entry.transfer.made_at, entry.pk, came, entry.amount))
    left = []
    for ends, _at, _pk, came, amount in sorted(lots):
        taken = min(amount, gone)
        gone -= taken
        if amount > taken:
            left.append((None if ends == dt.date.max else ends, came, amount - taken))
    assert gone == 0
    return left


def later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def act(world: dict, what: str, who: int, amount: int, months: int | None) -> None:
    own, other = world["people"][who], world["people"][who - 1]
    key = uuid.uuid4()
    match what:
        case "earn":
            ledger.transfer(key, source=world["issue"], target=own, amount=amount, kind="starter", rule=world["rules"][months], by=DEMO)
        case "spend":
            ledger.transfer(key, source=own, target=world["till"], amount=amount, kind="spend", by=DEMO)
            world["spent"].append(key)
        case "give":
            ledger.reserve(key, source=own, target=other, amount=amount, kind="gift", by=DEMO)
            ledger.complete(key, by=DEMO)
        case "keep":
            ledger.reserve(key, source=own, target=world["till"], amount=amount, by=DEMO)
        case "release":
            if row := PointsReservation.objects.filter(source=own, state="pending").first():
                ledger.release(row.pk, by=DEMO)
        case "take_back":
            ledger.settle(key, person=own.person, due=-amount, is_correction=True, by=DEMO)
        case "refund":
            if world["spent"]:
                ledger.refund(world["spent"].pop(), by=DEMO)
        case "expire":
            today = clock.today()
            due, before = sum(lot.left for lot in queries.lots_ending(before=today + dt.timedelta(days=1))), total("balance")
            ledger.expire(today=today, by=SCHEDULER)
            assert (before - total("balance"), queries.lots_ending(before=today + dt.timedelta(days=1))) == (due, [])


def total(field: str) -> int:
    return sum(PointsAccount.objects.filter(kind="person").values_list(field, flat=True))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
@example([("earn", 0, 30, None, 40), ("earn", 0, 20, 12, 0), ("spend", 0, 25, None, 0), ("keep", 0, 5, None, 90)])  # the younger go first
@example([("earn", 0, 30, 6, 90), ("keep", 0, 10, None, 100), ("expire", 0, 1, None, 0), ("release", 0, 1, None, 0), ("expire", 0, 1, None, 0)])
def test_statement_expiry_and_board_say_the_same(story):
    with time_machine.travel(dt.datetime(2026, 6, 10, 2, tzinfo=dt.UTC), tick=False) as time, transaction.atomic():
        rules = {months: make.rule(expiry_months=months) for months in MONTHS}
        people = [ledger.account_of(make.person()) for _ in range(3)]
        world = {"issue": ledger.issue_account(), "till": ledger.till_of(make.organization()), "rules": rules, "people": people, "spent": []}
        for what, who, amount, months, days in story:
            try:
                with transaction.atomic():
                    act(world, what, who, amount, months)
            except Refused:
                pass
            time.shift(dt.timedelta(days=days))
        by_hand: dict[tuple[int, int], int] = defaultdict(int)  # (year it came in, whole years ago)
        for account in people:
            account.refresh_from_db()
            left = left_by_hand(account)
            assert sum(amount for _ends, _came, amount in left) == account.balance
            for _ends, came, amount in left:
                by_hand[came.year, (clock.today() - came).days // 365] += amount
            kept, free = account.pending, []
            for ends, _came, amount in left:
                taken = min(amount, kept)
                kept -= taken
                free += [(ends, amount - taken)] if amount > taken else []
            assert [(lot.expires_on, lot.left) for lot in queries.lots_of(account.person)] == free
        found = covering.figures(None)
        on_board: dict[tuple[int, int], int] = defaultdict(int)
        for lot in found.lots:
            on_board[lot.year, lot.years_old] += lot.left
        assert (on_board, found.promised) == (by_hand, total("balance"))
        assert make.broken() == {}
        transaction.set_rollback(True)
