"""`liandong solve roster`: a roster question as JSON in, the roster as JSON out (docs/solver.md, "The file of a roster"). Needs no database."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from liandong.matching.files.gap import Unusable, writable
from liandong.matching.solver.roster import solve
from liandong.matching.solver.roster_types import (
    Conflict,
    Impossible,
    Limit,
    Mix,
    Person,
    Place,
    Position,
    Problem,
    Reason,
    Roster,
    Shift,
    Slot,
    Span,
    Supervision,
    limits_of,
    minute,
)

DAY = 1440
WORDS = {
    "no_people": "there are no people",
    "no_shifts": "there are no shifts",
    "no_positions": "shift {shift} has no positions",
    "twice": "the same key is there twice: {all}",
    "negative": "a number is below 0: {all}",
    "not_positive": "a number must be above 0: {all}",
    "two_kinds_of_places": "some places are x and y, others lat and lon",
    "ends_before_start": "the end does not come after the start: {all}",
    "minimum_over_maximum": "shift {shift}, position {position}: the minimum {minimum} is above the maximum {maximum}",
    "mix_over_maximum": "shift {shift}: {heads} heads with {qualification} are asked for, and there is room for {maximum}",
    "unknown": "nothing has this key: {all}",
    "apart_from_oneself": "{person} cannot be kept apart from themselves",
    "lock_unknown": "a lock names what does not exist: {all}",
    "lock_twice": "the same lock is there twice: {all}",
    "lock_not_qualified": "{person} is locked to shift {shift}, position {position}, and lacks its skills or qualifications",
    "lock_overlap": "{person} is locked to shifts that overlap or leave too little rest: {shifts}",
    "lock_limit": "{person} is locked to {minutes} minutes, with a limit ({name}) of {limit}",
    "lock_too_many": "shift {shift}, position {position}: {heads} people are locked and there is room for {most}",
    "lock_apart": "shift {shift}: people who are to be kept apart are locked together: {people}",
    "lock_supervision": "shift {shift}: the locked people need a holder of {qualification} beside them, and nobody can come",
    "lock_newcomers": "shift {shift}: the locked newcomers need somebody experienced beside them, and nobody can come",
}


def roster_file(
    source: Path, out: Path | None = None, *, seconds: float = 60.0, progress: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:
    """The best roster for the question in `source` within `seconds`, also written to `out`. Raises Unusable with the place in the file."""
    problem, previous = read_roster(source)
    if out is not None:
        writable(out)

    def shown(roster: Roster) -> None:
        progress(f"{roster.seconds:6.1f} s: {len(roster.lines)} lines")

    try:
        found = told(solve(problem, seconds=seconds, previous=previous, progress=shown))
    except Impossible as impossible:
        raise Unusable(f"{source}: this cannot hold together: {'; '.join(in_words(conflict) for conflict in impossible.conflicts[:5])}.") from None
    if out is not None:
        out.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def in_words(conflict: Conflict) -> str:
    everything = ", ".join(f"{name} {value}" for name, value in conflict.values.items())
    return WORDS.get(conflict.code, conflict.code + ": {all}").format(all=everything, **conflict.values)


def told(roster: Roster) -> dict[str, Any]:
    def reason(one: Reason) -> dict[str, Any]:
        return {"code": one.code} | one.values

    return {
        "lines": [
            {"person": line.person, "shift": line.shift, "position": line.position, "reasons": [reason(one) for one in line.reasons]}
            for line in roster.lines
        ],
        "unmet": [
            {
                "shift": unmet.shift,
                **({"position": unmet.position} if unmet.position else {"qualification": unmet.qualification}),
                "missing": unmet.missing,
                "minimum": unmet.minimum,
                "cause": reason(unmet.cause),
                "funnel": unmet.funnel,
                "blocked": [{"person": person} | reason(one) for person, one in unmet.blocked],
            }
            for unmet in roster.unmet
        ],
        "helps": [
            {
                "skills": sorted(one.skills),
                "qualifications": sorted(one.qualifications),
                "heads": one.heads,
                "shifts": list(one.shifts),
                "exact": one.exact,
            }
            for one in roster.helps
        ],
        "tiers": [
            {"name": tier.name, "value": tier.value, "bound": tier.bound, "gap": round(tier.gap, 9), "proven": tier.proven} for tier in roster.tiers
        ],
        "required": roster.required,
        "covered": roster.covered,
        "gap": round(roster.gap, 9),
        "bound": roster.bound,
        "proven": roster.proven,
        "loads": roster.loads,
        **({} if roster.changes is None else {"changes": roster.changes, "people_changed": list(roster.people_changed)}),
        "pairs": roster.pairs,
        "blended": roster.blended,
        "seconds": round(roster.seconds, 2),
    }


# Reading


def read_roster(source: Path) -> tuple[Problem, list[Slot] | None]:
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, ValueError):
        raise Unusable(f"{source}: this is no text file.") from None
    except OSError as error:
        raise Unusable(f"{source} cannot be read: {error.strerror or error}.") from None
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        torn = error.pos >= len(text.rstrip()) - 1
        raise Unusable(f"{source}, line {error.lineno}, column {error.colno}: {'the file ends in the middle' if torn else error.msg}.") from None
    except RecursionError:
        raise Unusable(f"{source}: lists inside lists without end.") from None
    return Reader(source).problem(data)


class Reader:
    """Takes the values out of the file one by one and knows where it is."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.zone: ZoneInfo | None = None
        self.clock = ""  # "minutes" or "calendar", whichever came first

    def refuse(self, at: str, why: str) -> Unusable:
        return Unusable(f"{self.source}: {at}: {why}")

    def problem(self, data: Any) -> tuple[Problem, list[Slot] | None]:
        known = {"zone", "people", "shifts", "apart", "locks", "previous", "load_step", "fill"}
        top = self.table(data, "the file", known, {"people", "shifts"})
        if (zone := self.words(top.get("zone", ""), "zone")) != "":
            try:
                self.zone = ZoneInfo(zone)
            except (ValueError, OSError, KeyError):
                raise self.refuse("zone", f"“{zone}” is no time zone") from None
        shifts = tuple(self.shift(entry, f"shifts[{number}]") for number, entry in enumerate(self.items(top["shifts"], "shifts")))
        start, end = min((shift.start for shift in shifts), default=0), max((shift.end for shift in shifts), default=0)
        people = tuple(self.person(entry, f"people[{number}]", start, end) for number, entry in enumerate(self.items(top["people"], "people")))
        apart = []
        for number, pair in enumerate(self.items(top.get("apart", []), "apart")):
            names = self.strings(pair, f"apart[{number}]")
            if len(names) != 2:
                raise self.refuse(f"apart[{number}]", "two people are named")
            apart.append((names[0], names[1]))
        step = top.get("load_step")
        made = Problem(
            people,
            shifts,
            tuple(apart),
            tuple(self.slots(top.get("locks", []), "locks")),
            None if step is None else self.whole(step, "load_step"),
            self.yes(top.get("fill", False), "fill"),
        )
        return made, None if top.get("previous") is None else self.slots(top["previous"], "previous")

    def person(self, entry: Any, at: str, first: int, last: int) -> Person:
        fields = {
            "key",
            "skills",
            "qualifications",
            "windows",
            "place",
            "reach_km",
            "wishes",
            "refusals",
            "limits",
            "weekly_minutes",
            "monthly_minutes",
        }
        fields |= {"rest_minutes", "past_minutes", "newcomer", "experienced", "team"}
        one = self.table(entry, at, fields, {"key"})
        windows = one.get("windows")
        spans = None
        if windows is not None:
            spans = tuple(self.span(pair, f"{at}.windows[{number}]") for number, pair in enumerate(self.items(windows, f"{at}.windows")))
        limits = []
        for number, limit in enumerate(self.items(one.get("limits", []), f"{at}.limits")):
            where = f"{at}.limits[{number}]"
            got = self.table(limit, where, {"start", "end", "minutes", "name"}, {"start", "end", "minutes"})
            begins, ends = self.moment(got["start"], f"{where}.start"), self.moment(got["end"], f"{where}.end")
            limits.append(Limit(begins, ends, self.whole(got["minutes"], f"{where}.minutes"), self.words(got.get("name", "total"), f"{where}.name")))
        weekly, monthly = (None if one.get(name) is None else self.whole(one[name], f"{at}.{name}") for name in ("weekly_minutes", "monthly_minutes"))
        limits += self.regular(first, last, weekly, monthly)
        return Person(
            self.words(one["key"], f"{at}.key"),
            frozenset(self.strings(one.get("skills", []), f"{at}.skills")),
            frozenset(self.strings(one.get("qualifications", []), f"{at}.qualifications")),
            spans,
            self.place(one.get("place"), f"{at}.place"),
            None if one.get("reach_km") is None else self.amount(one["reach_km"], f"{at}.reach_km"),
            self.wants(one.get("wishes", []), f"{at}.wishes"),
            self.wants(one.get("refusals", []), f"{at}.refusals"),
            tuple(limits),
            self.whole(one.get("rest_minutes", 0), f"{at}.rest_minutes"),
            self.whole(one.get("past_minutes", 0), f"{at}.past_minutes"),
            self.yes(one.get("newcomer", False), f"{at}.newcomer"),
            self.yes(one.get("experienced", False), f"{at}.experienced"),
            self.words(one.get("team", ""), f"{at}.team"),
        )

    def regular(self, first: int, last: int, weekly: int | None, monthly: int | None) -> list[Limit]:
        """Calendar weeks and months where times are dates; else stretches of 7 and 30 days from minute 0."""
        if self.clock == "calendar":
            zone = self.zone.key if self.zone else "Asia/Shanghai"
            return list(limits_of(start=first, end=last, zone=zone, weekly=weekly, monthly=monthly))
        found = []
        for name, days, most in (("week", 7, weekly), ("month", 30, monthly)):
            if most is not None:
                length = days * DAY
                found += [Limit(at * length, (at + 1) * length, most, name) for at in range(first // length, last // length + 1)]
        return found

    def shift(self, entry: Any, at: str) -> Shift:
        fields = {"key", "start", "end", "positions", "place", "mix", "supervision", "newcomers_per_experienced"}
        one = self.table(entry, at, fields, {"key", "start", "end", "positions"})
        positions = []
        for number, position in enumerate(self.items(one["positions"], f"{at}.positions")):
            where = f"{at}.positions[{number}]"
            got = self.table(position, where, {"key", "minimum", "maximum", "priority", "skills", "qualifications"}, {"key"})
            positions.append(
                Position(
                    self.words(got["key"], f"{where}.key"),
                    self.whole(got.get("minimum", 1), f"{where}.minimum"),
                    None if got.get("maximum") is None else self.whole(got["maximum"], f"{where}.maximum"),
                    self.whole(got.get("priority", 1), f"{where}.priority"),
                    frozenset(self.strings(got.get("skills", []), f"{where}.skills")),
                    frozenset(self.strings(got.get("qualifications", []), f"{where}.qualifications")),
                )
            )
        mix = []
        for number, rule in enumerate(self.items(one.get("mix", []), f"{at}.mix")):
            where = f"{at}.mix[{number}]"
            got = self.table(rule, where, {"qualification", "heads"}, {"qualification"})
            mix.append(Mix(self.words(got["qualification"], f"{where}.qualification"), self.whole(got.get("heads", 1), f"{where}.heads")))
        supervision = []
        for number, rule in enumerate(self.items(one.get("supervision", []), f"{at}.supervision")):
            where = f"{at}.supervision[{number}]"
            got = self.table(rule, where, {"qualification", "per"}, {"qualification", "per"})
            supervision.append(Supervision(self.words(got["qualification"], f"{where}.qualification"), self.whole(got["per"], f"{where}.per")))
        each = one.get("newcomers_per_experienced")
        return Shift(
            self.words(one["key"], f"{at}.key"),
            self.moment(one["start"], f"{at}.start"),
            self.moment(one["end"], f"{at}.end"),
            tuple(positions),
            self.place(one.get("place"), f"{at}.place"),
            tuple(mix),
            tuple(supervision),
            None if each is None else self.whole(each, f"{at}.newcomers_per_experienced"),
        )

    # Values

    def table(self, value: Any, at: str, known: set[str], needed: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(at, "a table {…} is wanted here")
        for name in value:
            if name not in known:
                raise self.refuse(at, f"“{str(name)[:40]}” is not known here; known are {', '.join(sorted(known))}")
        for name in sorted(needed):
            if name not in value:
                raise self.refuse(at, f"{name} is missing")
        return value

    def items(self, value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.refuse(at, "a list […] is wanted here")
        return value

    def words(self, value: Any, at: str) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.refuse(at, "words are wanted here")
        return value

    def strings(self, value: Any, at: str) -> list[str]:
        return [self.words(one, f"{at}[{number}]") for number, one in enumerate(self.items(value, at))]

    def whole(self, value: Any, at: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**12:
            raise self.refuse(at, f"{str(value)[:40]} is not a whole number")
        return value

    def amount(self, value: Any, at: str) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
            raise self.refuse(at, f"{str(value)[:40]} is not a number")
        return float(value)

    def yes(self, value: Any, at: str) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(at, "true or false is wanted here")
        return value

    def moment(self, value: Any, at: str) -> int:
        kind = "calendar" if isinstance(value, str) else "minutes"
        self.clock = self.clock or kind
        if kind != self.clock:
            raise self.refuse(at, "all times are minutes, or all are dates")
        if not isinstance(value, str):
            return self.whole(value, at)
        try:
            found = dt.datetime.fromisoformat(value)
        except ValueError:
            raise self.refuse(at, f"“{value[:40]}” is not a time like 2026-12-05T09:00:00+08:00") from None
        if found.tzinfo is None:
            if self.zone is None:
                raise self.refuse(at, f"“{value[:40]}” has no zone (+08:00), and the file has none either")
            found = found.replace(tzinfo=self.zone)
        return minute(found)

    def span(self, value: Any, at: str) -> Span:
        pair = self.items(value, at)
        if len(pair) != 2:
            raise self.refuse(at, "a window is [start, end]")
        return Span(self.moment(pair[0], f"{at}[0]"), self.moment(pair[1], f"{at}[1]"))

    def place(self, value: Any, at: str) -> Place | None:
        if value is None:
            return None
        got = self.table(value, at, {"x", "y", "lat", "lon"}, set())
        if set(got) == {"x", "y"}:
            return Place(self.amount(got["x"], f"{at}.x"), self.amount(got["y"], f"{at}.y"))
        if set(got) == {"lat", "lon"}:
            lat, lon = self.amount(got["lat"], f"{at}.lat"), self.amount(got["lon"], f"{at}.lon")
            if abs(lat) > 90 or abs(lon) > 180:
                raise self.refuse(at, "lat lies within 90, lon within 180 degrees")
            return Place(lon, lat, earth=True)
        raise self.refuse(at, "a place has x and y, or lat and lon")

    def wants(self, value: Any, at: str) -> frozenset[str | tuple[str, str]]:
        found: set[str | tuple[str, str]] = set()
        for number, one in enumerate(self.items(value, at)):
            if isinstance(one, list):
                pair = self.strings(one, f"{at}[{number}]")
                if len(pair) != 2:
                    raise self.refuse(f"{at}[{number}]", "a shift, or [shift, position]")
                found.add((pair[0], pair[1]))
            else:
                found.add(self.words(one, f"{at}[{number}]"))
        return frozenset(found)

    def slots(self, value: Any, at: str) -> list[Slot]:
        found = []
        for number, one in enumerate(self.items(value, at)):
            names = self.strings(one, f"{at}[{number}]")
            if len(names) != 3:
                raise self.refuse(f"{at}[{number}]", "[person, shift, position] is wanted here")
            found.append(Slot(*names))
        return found
