"""From rows to the question the solver is asked, and back to figures and codes. Keys are the numbers of people, shifts and positions as text."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Prefetch, Sum
from django.utils import timezone

from liandong.activities import queries as activities
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import clock
from liandong.matching import rules
from liandong.matching.models import Roster, RosterCandidate, RosterLine
from liandong.matching.solver import check, roster_reasons
from liandong.matching.solver import roster_types as solver
from liandong.volunteers.models import VolunteerProfile

PAST = dt.timedelta(days=90)
Slot = VolunteerProfile.Slot


def slot_of(shift: Shift) -> str:
    return slot_at(shift.starts_at)


def slot_at(starts_at: dt.datetime) -> str:
    """The stretch of the week by which volunteers say when they have time."""
    begins = timezone.localtime(starts_at)
    day, hour = begins.weekday(), begins.hour + begins.minute / 60
    if day >= 5:
        if hour >= 18:
            return Slot.WEEKEND_EVENING
        if day == 5:
            return Slot.SATURDAY_MORNING if hour < 12 else Slot.SATURDAY_AFTERNOON
        return Slot.SUNDAY_MORNING if hour < 12 else Slot.SUNDAY_AFTERNOON
    if hour >= 18:
        return Slot.WEEKDAY_EVENING
    return Slot.WEEKDAY_MORNING if hour < 11.5 else Slot.WEEKDAY_NOON if hour < 13.5 else Slot.WEEKDAY_AFTERNOON


def shifts_to_fill(activity: Activity) -> list[Shift]:
    """The shifts that have volunteers' positions, each with `rows`: those positions in order. Two queries."""
    positions = Position.objects.filter(kind=Position.Kind.VOLUNTEER).order_by("order", "pk")
    shifts: list[Any] = list(activity.shifts.order_by("starts_at", "pk").prefetch_related(Prefetch("positions", queryset=positions, to_attr="rows")))
    return [shift for shift in shifts if shift.rows]


def past_minutes_of(people: Iterable[int]) -> dict[int, int]:
    """What each has served in the last quarter."""
    rows = Attendance.objects.filter(
        sign_up__person__in=list(people), sign_up__position__kind=Position.Kind.VOLUNTEER, out_at__isnull=False, in_at__gte=clock.now() - PAST
    )
    spans = rows.order_by().values("sign_up__person").annotate(span=Sum(F("out_at") - F("in_at")))
    return {row["sign_up__person"]: int(row["span"].total_seconds() // 60) for row in spans}


Busy = dict[int, list[tuple[dt.datetime, dt.datetime, bool]]]


def elsewhere(people: Iterable[int], activity: Activity, shifts: Sequence[Shift]) -> Busy:
    """Where people are in other activities in the weeks of these shifts: (from, to, serves there)."""
    if not shifts:
        return {}
    first, last = shifts[0].starts_at - dt.timedelta(days=7), max(shift.ends_at for shift in shifts) + dt.timedelta(days=7)
    rows = SignUp.objects.filter(
        person__in=list(people), state=SignUp.State.CONFIRMED, shift__starts_at__gte=first, shift__ends_at__lte=last
    ).exclude(shift__activity=activity)
    found: Busy = defaultdict(list)
    for person, starts_at, ends_at, kind in rows.values_list("person", "shift__starts_at", "shift__ends_at", "position__kind"):
        found[person].append((starts_at, ends_at, kind == Position.Kind.VOLUNTEER))
    return found


@dataclass
class Frame:
    """All of a roster in memory: six queries, however large it is. `suspended`: person -> the last day on which the host lets them serve nothing."""

    roster: Roster
    shifts: list[Any]
    candidates: list[RosterCandidate]
    lines: list[RosterLine]
    declined: list[RosterLine]
    busy: Busy
    suspended: dict[int, dt.date]

    def problem(self, *, locks: Iterable[solver.Slot] | None = None) -> solver.Problem:
        """`locks` None: the lines that are locked."""
        if locks is None:
            locks = [slot(line) for line in self.lines if line.is_locked]
        return solver.Problem(
            people=tuple(self.person(candidate) for candidate in self.candidates),
            shifts=tuple(self.shift(row) for row in self.shifts),
            locks=tuple(locks),
        )

    def shift(self, row: Any) -> solver.Shift:
        return solver.Shift(
            key=str(row.pk), start=solver.minute(row.starts_at), end=solver.minute(row.ends_at),
            positions=tuple(
                solver.Position(key=str(one.pk), minimum=one.capacity, skills=frozenset(self.roster.skills.get(one.name, ()))) for one in row.rows
            ),
        )  # fmt: skip

    def person(self, candidate: RosterCandidate) -> solver.Person:
        out = set(candidate.unavailable)
        refused: set[str | tuple[str, str]] = {str(line.shift_id) for line in self.declined if line.person_id == candidate.person_id}
        refused |= {
            (str(row.pk), str(one.pk)) for row in self.shifts for one in row.rows if activities.is_too_young(candidate.person, one, row)
        }  # fmt: skip
        free = [row for row in self.shifts if row.pk not in out and not self.is_away(candidate.person_id, row)]
        return solver.Person(
            key=str(candidate.person_id),
            skills=frozenset(candidate.skills),
            windows=tuple(solver.Span(solver.minute(row.starts_at), solver.minute(row.ends_at)) for row in free),
            wishes=frozenset(str(pk) for pk in candidate.wishes if pk not in out),
            refusals=frozenset(refused),
            limits=self.limits(candidate.person_id),
            rest_minutes=rules.rule_of(self.roster.rule_version).rest_minutes,
            past_minutes=candidate.past_minutes,
        )

    def is_busy(self, person: int, shift: Shift) -> bool:
        return any(start < shift.ends_at and shift.starts_at < end for start, end, _serves in self.busy.get(person, ()))

    def is_suspended(self, person: int, shift: Shift) -> bool:
        until = self.suspended.get(person)
        return until is not None and until >= timezone.localdate(shift.starts_at)

    def is_away(self, person: int, shift: Shift) -> bool:
        """They cannot come, whatever they said: elsewhere at that time, or suspended."""
        return self.is_busy(person, shift) or self.is_suspended(person, shift)

    def turned_away(self, candidate: RosterCandidate, shift: Shift, position: Position) -> solver.Reason | None:
        """Why the list would not take them there, with what proves it."""
        if self.is_suspended(candidate.person_id, shift):
            return solver.Reason("suspended", {"until": self.suspended[candidate.person_id].isoformat()})
        if activities.is_too_young(candidate.person, position, shift):
            return solver.Reason("young", {"position": position.name, "age": position.min_age})
        return None

    def conflicts(self) -> list[tuple[RosterLine, solver.Reason]]:
        """Lines that stand although the list would turn the person away by now. None is dropped: whoever plans decides."""
        people = {candidate.person_id: candidate for candidate in self.candidates}
        found = []
        for line in self.lines:
            reason = self.turned_away(people[line.person_id], line.shift, line.position) if line.person_id in people else None
            if reason is not None and line.shift.ends_at > clock.now():
                found.append((line, reason))
        return found

    def limits(self, person: int) -> tuple[solver.Limit, ...]:
        """The most for each week, less what is served elsewhere in it."""
        if not self.shifts:
            return ()
        found = solver.limits_of(
            start=solver.minute(self.shifts[0].starts_at),
            end=solver.minute(max(row.ends_at for row in self.shifts)),
            zone=timezone.get_current_timezone_name(),
            weekly=self.roster.weekly_minutes,
        )
        taken = [(solver.minute(start), solver.minute(end)) for start, end, serves in self.busy.get(person, ()) if serves]
        return tuple(
            replace(limit, minutes=max(0, limit.minutes - sum(end - start for start, end in taken if limit.start <= start < limit.end)))
            for limit in found
        )

    @property
    def slots(self) -> list[solver.Slot]:
        return [slot(line) for line in self.lines]

    def figures(self, *, base: Iterable[solver.Slot] | None) -> dict[str, Any]:
        """What a plan is worth as it stands, whoever made it: heads, wishes, spread, what is missing and why."""
        problem = self.problem(locks=self.slots)
        people = {person.key: person for person in problem.people}
        slots = [one for one in self.slots if one.person in people]
        minutes = {shift.key: shift.minutes for shift in problem.shifts}
        loads: Counter[str] = Counter()
        for one in slots:
            loads[one.person] += minutes[one.shift]
        view = roster_reasons.View(problem, slots, loads)
        lacking = check.missing(problem, slots)
        unmet = [roster_reasons.why_missing(view, key, lack) for key, lack in roster_reasons.urgent(problem, lacking)]
        required = check.demand(problem)
        carried = [loads[candidate_key] for candidate_key in loads]
        wished = [one for one in slots if people[one.person].wishes]
        return {
            "required": required,
            "covered": required - sum(lacking.values()),
            "wishes": len(wished),
            "wishes_met": sum(check.wished(people[one.person], one) for one in wished),
            "spread_minutes": max(carried) - min(carried) if carried else 0,
            "changes": None if base is None else len(set(base) - set(slots)),
            "unmet": [said(one) for one in unmet],
        }

    def hindrances(self, person: int, shift: int, position: int, *, without: int | None = None) -> list[solver.Reason]:
        """What speaks against placing somebody there; empty: nothing."""
        others = [line for line in self.lines if line.pk != without]
        problem = self.problem(locks=[slot(line) for line in others])
        people = {one.key: one for one in problem.people}
        who, where = people[str(person)], next(one for one in problem.shifts if one.key == str(shift))
        place = next(one for one in where.positions if one.key == str(position))
        row = next(one for one in self.shifts if one.pk == shift)
        candidate = next(one for one in self.candidates if one.person_id == person)
        barred = self.turned_away(candidate, row, next(one for one in row.rows if one.pk == position))
        if barred is not None:
            return [barred]
        found = [] if check.qualified(who, place) else [solver.Reason("too_few_qualified", {"skills": sorted(place.skills - who.skills)})]
        slots = [slot(line) for line in others if line.person_id == person]
        if (stuck := roster_reasons.View(problem, slots, Counter()).hindrance(who, where, (place,))) is not None:
            found.append(stuck[1])
        return found


def slot(line: RosterLine) -> solver.Slot:
    return solver.Slot(str(line.person_id), str(line.shift_id), str(line.position_id))


def frame_of(roster: Roster) -> Frame:
    shifts = shifts_to_fill(roster.activity)
    candidates = list(roster.candidates.select_related("person").order_by("pk"))
    lines = list(roster.lines.select_related("person", "shift", "position").order_by("shift__starts_at", "pk"))
    return Frame(
        roster=roster,
        shifts=shifts,
        candidates=candidates,
        lines=[line for line in lines if line.answer != RosterLine.Answer.DECLINED],
        declined=[line for line in lines if line.answer == RosterLine.Answer.DECLINED],
        busy=elsewhere([candidate.person_id for candidate in candidates], roster.activity, shifts),
        suspended=activities.suspended_among([candidate.person_id for candidate in candidates], roster.activity.host_id),
    )


def code_of(reason: solver.Reason | solver.Conflict) -> dict[str, Any]:
    return {"code": reason.code, "values": _plain(reason.values)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return value


def said(unmet: solver.Unmet) -> dict[str, Any]:
    return {
        "shift": int(unmet.shift), "position": int(unmet.position), "missing": unmet.missing, "minimum": unmet.minimum, "cause": code_of(unmet.cause),
        "funnel": unmet.funnel, "blocked": [[int(who), code_of(reason)] for who, reason in unmet.blocked],
    }  # fmt: skip


def helped(one: solver.Help) -> dict[str, Any]:
    return {"skills": sorted(one.skills), "heads": one.heads, "shifts": [int(key) for key in one.shifts], "exact": one.exact}
