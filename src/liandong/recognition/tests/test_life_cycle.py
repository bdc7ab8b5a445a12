"""The life of a service record against a model in sixty lines: whatever people do in whatever order, hours are what two honest clerks would have written."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from liandong.activities import services as activities
from liandong.activities.models import Attendance, SignUp
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.points import queries as points
from liandong.recognition import queries, services
from liandong.recognition.models import Backfill, RecordAppeal, ServiceClaim, ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LENGTH = 120
PLACES = st.integers(0, 2)
MINUTES = st.integers(0, LENGTH)
ALL = settings(max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)


class Model:
    """One volunteer, three shifts (the third overlaps the second): what was measured, what counts, what waits, by hand or not."""

    def __init__(self) -> None:
        self.measured: dict[int, tuple[int, int]] = {}
        self.minutes: dict[int, int] = {}
        self.span: dict[int, tuple[int, int]] = {}
        self.by_hand: set[int] = set()
        self.waiting: dict[int, tuple[int, int]] = {}
        self.claims: set[int] = set()
        self.appeals: set[int] = set()

    def clashes(self, shift: int, span: tuple[int, int]) -> bool:
        mine = (BEGINS[shift] + span[0], BEGINS[shift] + span[1])
        return any(
            BEGINS[other] + theirs[0] < mine[1] and mine[0] < BEGINS[other] + theirs[1]
            for other, theirs in self.span.items()
            if other != shift and self.minutes[other]
        )

    def confirm(self, shift: int) -> bool:
        if shift in self.minutes:
            return True
        span = self.measured.get(shift)
        if span is None or span[1] <= span[0] or self.clashes(shift, span):
            return False
        self.minutes[shift], self.span[shift] = span[1] - span[0], span
        return True

    def correct(self, shift: int, minutes: int) -> bool:
        longest = self.span[shift][1] - self.span[shift][0]
        if minutes == self.minutes[shift] or minutes > longest or (minutes and self.clashes(shift, self.span[shift])):
            return False
        self.minutes[shift] = minutes
        self.appeals.discard(shift)
        return True

    def propose(self, shift: int, span: tuple[int, int]) -> bool:
        if shift in self.minutes or shift in self.waiting or span[1] <= span[0] or self.clashes(shift, span):
            return False
        self.waiting[shift] = span
        return True

    def approve(self, shift: int) -> bool:
        span = self.waiting[shift]
        if shift in self.minutes or self.clashes(shift, span):
            return False
        del self.waiting[shift]
        self.measured[shift], self.minutes[shift], self.span[shift] = span, span[1] - span[0], span
        self.by_hand.add(shift)
        self.claims.discard(shift)
        return True


BEGINS = (0, 24 * 60, 24 * 60 + 60)


class LifeOfARecord(RuleBasedStateMachine):
    @initialize()
    def town(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.host, self.model = make.organization(), Model()
        self.volunteer = make.person()
        self.first, self.second = make.manager(self.host, "周敏"), make.manager(self.host, "王芳")
        start = make.clock.day_bounds(make.clock.today() - dt.timedelta(days=3))[0] + dt.timedelta(hours=9)
        self.shifts = [make.shift(host=self.host, starts_at=start + dt.timedelta(minutes=begin), minutes=LENGTH) for begin in BEGINS]
        for shift in self.shifts:
            make.sign_up(of=shift)

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def at(self, shift: int, minute: int) -> dt.datetime:
        return self.shifts[shift].starts_at + dt.timedelta(minutes=minute)

    def tried(self, verb, *args, **values) -> bool:
        try:
            with transaction.atomic():
                verb(*args, **values)
        except Refused:
            return False
        return True

    def record(self, shift: int) -> ServiceRecord:
        return ServiceRecord.objects.current().get(person=self.volunteer, shift=self.shifts[shift])

    @precondition(lambda self: len(self.model.measured) < 3)
    @rule(shift=PLACES, come=MINUTES, go=MINUTES)
    def check_in_and_out(self, shift: int, come: int, go: int) -> None:
        """The door measures, at its own time."""
        if shift not in self.model.measured:
            row = SignUp.objects.filter(shift=self.shifts[shift], person=self.volunteer).first() or make.sign_up(
                self.volunteer, of=self.shifts[shift]
            )
            come, go = min(come, go), max(come, go)
            Attendance.objects.create(
                sign_up=row, in_at=self.at(shift, come), in_method="venue_code", out_at=self.at(shift, go), out_method="venue_code"
            )
            self.model.measured[shift] = (come, go)

    @rule(shift=PLACES)
    def confirm(self, shift: int) -> None:
        row = SignUp.objects.filter(shift=self.shifts[shift], person=self.volunteer).first()
        assert (row is not None and self.tried(services.confirm_service, row, by=self.first)) == self.model.confirm(shift)

    @rule(shift=PLACES, start=MINUTES, end=MINUTES)
    def claim(self, shift: int, start: int, end: int) -> None:
        """Claimed and accepted in one go: what waits then is a back-fill."""
        free = shift not in self.model.waiting
        made = self.tried(
            services.claim_service,
            self.shifts[shift],
            person=self.volunteer,
            starts_at=self.at(shift, start),
            ends_at=self.at(shift, end),
            words="忘了",
            by=self.volunteer,
        )
        claim = ServiceClaim.objects.filter(person=self.volunteer, shift=self.shifts[shift], state="open").first()
        assert made or not self.model.propose(shift, (start, end)) or not free
        if claim is not None:
            with pytest.raises(Denied):
                services.accept_claim(claim, words="", evidence="我", by=self.volunteer)
            accepted = self.tried(services.accept_claim, claim, words="", evidence="签到表", by=self.first)
            if accepted:
                self.model.claims.add(shift)
                self.model.propose(shift, (start, end))
            else:
                services.withdraw_claim(claim, by=self.volunteer)

    @rule(shift=PLACES, start=MINUTES, end=MINUTES)
    def propose(self, shift: int, start: int, end: int) -> None:
        done = self.tried(services.propose_backfill, self.shifts[shift], person=self.volunteer, starts_at=self.at(shift, start), ends_at=self.at(shift, end), reason="忘了", evidence="签到表", by=self.first)  # fmt: skip
        assert done == self.model.propose(shift, (start, end))

    @precondition(lambda self: self.model.waiting)
    @rule(data=st.data(), agrees=st.booleans())
    def decide(self, data, agrees: bool) -> None:
        shift = data.draw(st.sampled_from(sorted(self.model.waiting)))
        waiting = Backfill.objects.get(person=self.volunteer, shift=self.shifts[shift], state="waiting")
        for by in (self.first, self.volunteer):
            with pytest.raises(Denied):
                services.approve_backfill(waiting, by=by)
        if agrees:
            assert self.tried(services.approve_backfill, waiting, by=self.second) == self.model.approve(shift)
        else:
            services.refuse_backfill(waiting, words="看不清", by=self.second)
            del self.model.waiting[shift]
            self.model.claims.discard(shift)

    @precondition(lambda self: self.model.minutes)
    @rule(data=st.data(), minutes=MINUTES)
    def correct_or_withdraw(self, data, minutes: int) -> None:
        shift = data.draw(st.sampled_from(sorted(self.model.minutes)))
        done = self.tried(services.correct_record, self.record(shift), minutes=minutes, reason=f"改{minutes}", by=self.second)
        assert done == self.model.correct(shift, minutes)

    @precondition(lambda self: self.model.minutes)
    @rule(data=st.data())
    def appeal(self, data) -> None:
        shift = data.draw(st.sampled_from(sorted(self.model.minutes)))
        appeal = services.appeal_record(self.record(shift), words="不对", by=self.volunteer)
        if shift in self.model.appeals:
            services.withdraw_appeal(appeal, by=self.volunteer)
        self.model.appeals ^= {shift}

    @precondition(lambda self: self.model.measured)
    @rule(data=st.data())
    def a_hand_cannot_make_it_longer_alone(self, data) -> None:
        """Times put right upwards before confirming wait for a back-fill too; here they are put back at once."""
        shift = data.draw(st.sampled_from(sorted(self.model.measured)))
        if shift in self.model.minutes or self.model.measured[shift][1] == LENGTH:
            return
        with transaction.atomic():
            attendance = Attendance.objects.get(sign_up__shift=self.shifts[shift], sign_up__person=self.volunteer)
            activities.correct_attendance(attendance, in_at=attendance.in_at, out_at=self.at(shift, LENGTH), reason="看名单", by=self.first)
            assert not self.tried(services.confirm_service, attendance.sign_up, by=self.second)
            transaction.set_rollback(True)

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        current = {self.shifts.index(row.shift): row for row in ServiceRecord.objects.current().filter(person=self.volunteer).select_related("shift")}
        assert {shift: row.minutes for shift, row in current.items()} == self.model.minutes
        assert {shift for shift, row in current.items() if row.is_backfilled} == self.model.by_hand
        assert queries.hours_of(self.volunteer) == sum(self.model.minutes.values())
        assert points.balance_of(self.volunteer) == sum(minutes * 2 // 60 for minutes in self.model.minutes.values())
        assert RecordAppeal.objects.filter(person=self.volunteer, state="open").count() == len(self.model.appeals)

    @invariant()
    def every_promise_holds(self) -> None:
        if hasattr(self, "model"):
            assert {key: rows for key, rows in broken().items() if key.startswith(("INV4", "INV5"))} == {}


def test_the_life_of_a_record_follows_the_model():
    run_state_machine_as_test(LifeOfARecord, settings=ALL)
