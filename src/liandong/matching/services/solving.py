"""Calculating a roster: asked for, worked on by a job that tells how far it is, stopped with the best so far kept."""

import time
from collections.abc import Callable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.core.errors import Refused
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import rules
from liandong.matching.models import SILENT_FOR, Roster, RosterLine
from liandong.matching.problems.rosters import Frame, code_of, frame_of, helped, slot
from liandong.matching.services.ground import PLANNER, Actor, lock_roster, save_figures
from liandong.matching.solver import roster_types as solver

BEAT_SECONDS = 0.5


@transaction.atomic
def solve_roster(roster: Roster, *, version: int | None = None, by: Actor) -> Roster:
    """Calculate as a job. Locked lines stay, the others change as little as the heads allow. One that has gone silent is given up and begun again."""
    row = _begin(lock_roster(roster, version=version, by=by))
    from procrastinate.contrib.django import app

    app.configure_task("liandong.matching_solve", queue="matching").defer(roster_id=row.pk)
    journal.record("roster.solve_asked", on=row, by=by)
    return row


def _begin(row: Roster) -> Roster:
    heard_at = row.beat_at or row.solve_asked_at
    if row.state == Roster.State.SOLVING and heard_at is not None and heard_at < clock.now() - SILENT_FOR:
        row.state = Roster.State.READY
    if row.state == Roster.State.PUBLISHED:
        raise Refused(_("This roster is published. Copy it to try another plan."))
    require_transition(Roster.TRANSITIONS, row.state, Roster.State.SOLVING)
    row.state, row.solve_asked_at, row.beat_at, row.is_stop_asked, row.failure = Roster.State.SOLVING, clock.now(), clock.now(), False, []
    row.save(update_fields=["state", "solve_asked_at", "beat_at", "is_stop_asked", "failure"])
    return row


def solve_now(roster: Roster, *, seconds: float = rules.SOLVE_SECONDS, by: Actor) -> Roster:
    """The same without a job: for the demo town and tests."""
    with transaction.atomic():
        row = _begin(lock_roster(roster, by=by))
    return work_on_roster(row, seconds=seconds)


def stop_solving(roster: Roster, *, by: Actor) -> Roster:
    """Stop; the best so far is kept."""
    with transaction.atomic():
        row = lock_roster(roster, by=by)
        if row.state == Roster.State.SOLVING and not row.is_stop_asked:
            Roster.objects.filter(pk=row.pk).update(is_stop_asked=True)
            journal.record("roster.stop_asked", on=row, by=by)
    return row


def work_on_roster(roster: Roster, *, seconds: float = rules.SOLVE_SECONDS) -> Roster:
    """Called by the job. Reads, calculates outside of any transaction, then settles."""
    from liandong.matching.solver import roster as engine  # loads the solver's library, which pages do not need

    if roster.state != Roster.State.SOLVING:
        return roster
    frame = frame_of(roster)
    rows = Roster.objects.filter(pk=roster.pk, state=Roster.State.SOLVING)
    try:
        made = engine.solve(frame.problem(), seconds=seconds, previous=frame.slots or None, progress=_teller(rows), cancelled=_asker(rows))
    except solver.Impossible as impossible:
        return _fail(roster, [code_of(one) for one in impossible.conflicts])
    except Exception as error:
        if not connection.needs_rollback:
            _fail(roster, [{"code": "broke", "values": {"error": type(error).__name__}}])
        raise
    return _settle(roster, frame, made)


def _teller(rows) -> Callable[[solver.Roster], None]:
    def tell(best: solver.Roster) -> None:
        lacking = sum(int(tier.value) for tier in best.tiers if tier.name.startswith("cover"))
        rows.update(covered=max(0, best.required - lacking), required=best.required, seconds=best.seconds, beat_at=clock.now())

    return tell


def _asker(rows) -> Callable[[], bool]:
    asked, answer = 0.0, False

    def stop() -> bool:
        nonlocal asked, answer
        if not answer and time.monotonic() - asked > BEAT_SECONDS:
            asked, answer = time.monotonic(), rows.filter(is_stop_asked=True).exists() or not rows.exists()
            rows.update(beat_at=clock.now())
        return answer

    return stop


@transaction.atomic
def _fail(roster: Roster, why: list) -> Roster:
    row = lock_roster(roster, by=PLANNER)
    row.state, row.failure = Roster.State.READY, why
    save_figures(row, "state", "failure")
    journal.record("roster.solve_failed", on=row, after={"codes": [one["code"] for one in why]}, by=PLANNER)
    return row


@transaction.atomic
def _settle(roster: Roster, frame: Frame, made: solver.Roster) -> Roster:
    row = lock_roster(roster, by=PLANNER)
    if row.state != Roster.State.SOLVING:
        return row
    had = {slot(line): line for line in frame.lines}
    wanted = {line.slot: line for line in made.lines}
    RosterLine.objects.filter(pk__in=[line.pk for key, line in had.items() if key not in wanted]).delete()
    fresh = []
    for key, line in wanted.items():
        reasons = [code_of(one) for one in line.reasons]
        if (old := had.get(key)) is not None:
            own = [one for one in old.reasons if one["code"] in ("signed_up", "by_hand")]
            RosterLine.objects.filter(pk=old.pk).update(reasons=[*own, *reasons])
        else:
            fresh.append(RosterLine(roster=row, person_id=int(key.person), shift_id=int(key.shift), position_id=int(key.position), reasons=reasons))
    RosterLine.objects.bulk_create(fresh)
    row.state, row.solved_at, row.seconds, row.is_proven = Roster.State.READY, clock.now(), made.seconds, made.proven
    row.tiers = [
        {"name": tier.name, "value": tier.value, "bound": tier.bound if tier.bound > -1e8 else None, "unit": tier.unit} for tier in made.tiers
    ]
    row.helps = [helped(one) for one in made.helps]
    save_figures(row, "state", "solved_at", "seconds", "is_proven", "tiers", "helps")
    after = {"covered": row.covered, "required": row.required, "proven": row.is_proven, "finished": made.finished}
    journal.record("roster.solved", on=row, after=after, by=PLANNER)
    return row
