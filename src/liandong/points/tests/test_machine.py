"""The ledger against a model of sixty lines: whatever is called in whatever order, both know the same."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from liandong.core.actors import DEMO
from liandong.core.errors import Conflict, Refused
from liandong.points import services as ledger
from liandong.points.models import PointsAccount, PointsReservation, PointsTransfer
from liandong.points.tests import factories as make
from liandong.points.tests.factories import broken

NAMES = ("issue", "ann", "ben", "till", "pool")
KEYS = [uuid.UUID(int=n) for n in range(1, 9)]
names, keys, amounts = st.sampled_from(NAMES), st.sampled_from(KEYS), st.integers(-2, 40)


class Model:
    """Balances, what is kept back, and what each number was used for."""

    FREE = ("issue", "till")  # may go below zero

    def __init__(self):
        self.balance = dict.fromkeys(NAMES, 0)
        self.held, self.moved, self.back = {}, {}, {}

    def free(self, name):
        return self.balance[name] - sum(h[2] for h in self.held.values() if h[0] == name and h[3] == "pending")

    def fits(self, source, target, amount):
        return amount > 0 and source != target and (source in self.FREE or self.free(source) >= amount)

    def move(self, source, target, amount):
        self.balance[source] -= amount
        self.balance[target] += amount

    def transfer(self, key, *body):
        if key in self.moved or key in self.held:
            return "same" if self.moved.get(key) == body else "conflict" if body[2] > 0 and body[0] != body[1] else "refused"
        if not self.fits(*body):
            return "refused"
        self.moved[key] = body
        self.move(*body)
        return "made"

    def reserve(self, key, *body):
        if key in self.held:
            return "same" if self.held[key][:3] == body else "conflict"
        if key in self.moved:
            return "conflict"
        if not self.fits(*body):
            return "refused"
        self.held[key] = (*body, "pending")
        return "made"

    def complete(self, key, amount):
        if key not in self.held or self.held[key][3] == "released":
            return "refused"
        source, target, most, state = self.held[key]
        if state == "completed":
            return "same" if amount in (None, self.moved[key][2]) else "conflict"
        amount = most if amount is None else amount
        if not 1 <= amount <= most:
            return "refused"
        self.held[key] = (source, target, most, "completed")
        self.moved[key] = (source, target, amount)
        self.move(source, target, amount)
        return "made"

    def release(self, key):
        if key not in self.held or self.held[key][3] == "completed":
            return "refused"
        self.held[key] = (*self.held[key][:3], "released")
        return "made"

    def refund(self, key, amount):
        if key not in self.moved:
            return "refused"
        source, target, given = self.moved[key]
        left = given - sum(self.back.get(key, []))
        if not 1 <= amount <= left or (target not in self.FREE and self.free(target) < amount):
            return "refused"
        self.back.setdefault(key, []).append(amount)
        self.move(target, source, amount)
        return "made"


class Ledger(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.frozen = time_machine.travel(dt.datetime(2026, 6, 10, 2, tzinfo=dt.UTC), tick=False)
        self.frozen.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        body = make.organization()
        made = (
            ledger.issue_account(),
            ledger.account_of(make.person()),
            ledger.account_of(make.person()),
            ledger.till_of(body),
            ledger.pool_of(body),
        )
        self.accounts = dict(zip(NAMES, made, strict=True))
        self.model = Model()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.frozen.stop()

    def compare(self, expected, verb, *arguments, **named):
        try:
            with transaction.atomic():
                verb(*arguments, **named, by=DEMO)
            answer = "done"
        except Conflict:
            answer = "conflict"
        except Refused:
            answer = "refused"
        assert answer == {"made": "done", "same": "done"}.get(expected, expected)

    def body(self, source, target, amount):
        return {"source": self.accounts[source], "target": self.accounts[target], "amount": amount, "kind": "spend"}

    @rule(name=st.sampled_from(("ann", "ben", "pool")), amount=st.integers(1, 60))
    def earn(self, name, amount):
        self.model.move("issue", name, amount)
        ledger.transfer(uuid.uuid4(), **self.body("issue", name, amount) | {"kind": "starter"}, by=DEMO)

    @rule(key=keys, source=names, to=names, amount=amounts)
    def transfer(self, key, source, to, amount):
        self.compare(self.model.transfer(key, source, to, amount), ledger.transfer, key, **self.body(source, to, amount))

    @rule(key=keys, source=names, to=names, amount=amounts)
    def reserve(self, key, source, to, amount):
        self.compare(self.model.reserve(key, source, to, amount), ledger.reserve, key, **self.body(source, to, amount))

    @precondition(lambda self: self.model.held)
    @rule(key=keys, amount=st.none() | amounts)
    def complete(self, key, amount):
        self.compare(self.model.complete(key, amount), ledger.complete, key, amount=amount)

    @precondition(lambda self: self.model.held)
    @rule(key=keys)
    def release(self, key):
        self.compare(self.model.release(key), ledger.release, key)

    @precondition(lambda self: self.model.moved)
    @rule(key=keys, amount=amounts)
    def refund(self, key, amount):
        self.compare(self.model.refund(key, amount), ledger.refund, key, amount=amount, refund_id=uuid.uuid4())

    @invariant()
    def both_know_the_same(self):
        rows = {row.pk: row for row in PointsAccount.objects.filter(pk__in=[each.pk for each in self.accounts.values()])}
        assert {name: rows[account.pk].balance for name, account in self.accounts.items()} == self.model.balance
        assert {name: rows[account.pk].available for name, account in self.accounts.items()} == {name: self.model.free(name) for name in NAMES}
        assert set(PointsReservation.objects.values_list("pk", "state")) == {(key, held[3]) for key, held in self.model.held.items()}
        assert set(PointsTransfer.objects.filter(pk__in=KEYS).values_list("pk", flat=True)) == set(self.model.moved)
        assert broken() == {}


@pytest.mark.django_db
def test_the_ledger_does_what_the_model_does():
    run_state_machine_as_test(
        Ledger,
        settings=settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)),
    )
