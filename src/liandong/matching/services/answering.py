"""What people on a roster say, and who could step in."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Position
from liandong.activities.services.ground import lock_shifts
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.matching import permissions, rules
from liandong.matching.models import Roster, RosterCandidate, RosterLine
from liandong.matching.problems.rosters import frame_of, slot
from liandong.matching.services.ground import PLANNER, Actor, lock_roster, save_figures
from liandong.matching.services.placing import _remove, give_back
from liandong.matching.services.publishing import ask
from liandong.matching.solver import roster_types as solver

Answer = RosterLine.Answer


def _locked(line: RosterLine, *, by: Actor) -> tuple[Roster, RosterLine]:
    row = lock_roster(line.roster, by=PLANNER)
    found = RosterLine.objects.select_related("person", "position", "shift").get(pk=line.pk)
    require(permissions.can_answer(by, found))
    if row.state != Roster.State.PUBLISHED or found.asked_at is None:
        raise Refused(_("Nobody is waiting for this answer any more."))
    if found.shift.ends_at <= clock.now():
        raise Refused(_("This shift is over."))
    return row, found


@transaction.atomic
def accept_line(line: RosterLine, *, by: Actor) -> RosterLine:
    """I come. Saying it twice has one effect."""
    _row, found = _locked(line, by=by)
    if found.answer == Answer.ACCEPTED:
        return found
    require_transition(RosterLine.TRANSITIONS, found.answer, Answer.ACCEPTED)
    found.answer, found.answered_at = Answer.ACCEPTED, clock.now()
    found.save(update_fields=["answer", "answered_at"])
    journal.record("roster_line.accepted", on=found, by=by)
    return found


@transaction.atomic
def decline_line(line: RosterLine, *, words: str = "", by: Actor) -> RosterLine:
    """I cannot come. The place is free at once, a job looks for somebody, and nothing of it is held against anyone."""
    row, found = _locked(line, by=by)
    if found.answer == Answer.DECLINED:
        return found
    lock_shifts(row.activity)
    _decline(row, found, words=words, by=by)
    give_back(found.person, found.shift, position=found.position_id, reason=fold(words)[:200], by=by)
    return found


def _decline(row: Roster, found: RosterLine, *, words: str, by: Actor) -> None:
    require_transition(RosterLine.TRANSITIONS, found.answer, Answer.DECLINED)
    found.answer, found.answered_at, found.answer_words, found.is_locked = Answer.DECLINED, clock.now(), fold(words)[:200], False
    found.save(update_fields=["answer", "answered_at", "answer_words", "is_locked"])
    save_figures(row, by_hand=True)
    journal.record("roster_line.declined", on=found, by=by)


@transaction.atomic
def note_cancelled(line: RosterLine, *, by: Actor = PLANNER) -> None:
    """The place was given back on the page of the activity: the roster knows it too."""
    row = lock_roster(line.roster, by=PLANNER)
    found = RosterLine.objects.select_related("person", "shift", "position").filter(pk=line.pk).exclude(answer=Answer.DECLINED).first()
    if found is not None and row.state == Roster.State.PUBLISHED and found.asked_at is not None:
        _decline(row, found, words="", by=by)


def propose_substitutes(line: RosterLine, *, seconds: float = rules.SUBSTITUTE_SECONDS) -> list[dict[str, Any]]:
    """Solve again for the hole that somebody left. Who has said yes and what a person decided stays; of the others as few as possible change."""
    from liandong.matching.solver import roster as engine

    row = Roster.objects.select_related("activity__host__territory", "activity__territory").get(pk=line.roster_id)
    if row.state != Roster.State.PUBLISHED or line.answer != Answer.DECLINED:
        return []
    frame = frame_of(row)
    problem = frame.problem(locks=[slot(one) for one in frame.lines if one.is_locked or one.answer == Answer.ACCEPTED])
    try:
        made = engine.solve(problem, seconds=seconds, previous=frame.slots)
    except solver.Impossible:
        RosterLine.objects.filter(pk=line.pk).update(substitutes=[])
        return []
    before, after = set(frame.slots), {one.slot for one in made.lines}
    steps: list[dict[str, Any]] = [{"add": _numbers(one)} for one in sorted(after - before)] + [
        {"drop": _numbers(one)} for one in sorted(before - after)
    ]
    if not any("add" in step and step["add"][2] == line.position_id for step in steps):
        steps = []
    RosterLine.objects.filter(pk=line.pk).update(substitutes=steps)
    return steps


def _numbers(one: solver.Slot) -> list[int]:
    return [int(one.person), int(one.shift), int(one.position)]


@transaction.atomic
def accept_substitutes(line: RosterLine, *, version: int | None = None, by: Actor) -> int:
    """Do what was proposed: everybody concerned gets their place and is asked. Gives how many people hear of it."""
    row = lock_roster(line.roster, version=version, by=by)
    lock_shifts(row.activity)
    found = RosterLine.objects.get(pk=line.pk)
    if row.state != Roster.State.PUBLISHED or not found.substitutes:
        raise Refused(_("There is no proposal any more."))
    lines = {slot(one): one for one in frame_of(row).lines}
    for step in found.substitutes:
        if "drop" in step:
            held = lines.get(solver.Slot(*(str(key) for key in step["drop"])))
            if held is None:
                raise Refused(_("The roster has changed since. Look for somebody again."))
            _remove(row, held, by=by)
    fresh = []
    for step in found.substitutes:
        if "add" in step:
            person, shift, position = step["add"]
            taken = row.lines.filter(position=position).exclude(answer=Answer.DECLINED).count()
            free = Position.objects.get(pk=position).capacity - taken
            known = RosterCandidate.objects.filter(roster=row, person=person).exists()
            if free <= 0 or not known or row.lines.filter(person=person, shift=shift).exclude(answer=Answer.DECLINED).exists():
                raise Refused(_("The roster has changed since. Look for somebody again."))
            fresh.append(
                RosterLine.objects.create(
                    roster=row, person_id=person, shift_id=shift, position_id=position, reasons=[{"code": "substitute", "values": {}}],
                    placed_by=by if isinstance(by, Person) else None,
                )
            )  # fmt: skip
    found.substitutes = []
    found.save(update_fields=["substitutes"])
    fresh = list(
        RosterLine.objects.filter(pk__in=[one.pk for one in fresh]).select_related("person", "shift", "position").order_by("shift_id", "person_id")
    )
    told = ask(row, fresh, by=by)
    save_figures(row, by_hand=True)
    journal.record("roster.substituted", on=row, after={"lines": len(fresh), "people": told}, by=by)
    return told
