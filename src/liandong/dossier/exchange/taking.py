"""Taking an exchange file in: who is who, what is new, what is refused and why. A dry run does the same and takes it back, so it says exactly what would happen."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from liandong.accounts import services as accounts
from liandong.accounts.models import IdKind, Person
from liandong.accounts.same_person import find_same_person
from liandong.core import clock
from liandong.core.actors import IMPORTER
from liandong.core.errors import Refused
from liandong.core.numbers import clean_number
from liandong.core.text import fold
from liandong.dossier.exchange.checking import DAY_MINUTES, Checked, rows_of
from liandong.dossier.exchange.making import own_source
from liandong.dossier.exchange.problems import Problem
from liandong.dossier.models import ExchangeRun, HonourEntry, OutsideRecord, ServiceEvaluation, TrainingEntry
from liandong.dossier.services.entries import write
from liandong.organizations import services as organizations
from liandong.organizations.models import Membership
from liandong.recognition.models import ServiceRecord
from liandong.volunteers import services as volunteers

ENTRIES = {"training.jsonl": TrainingEntry, "honours.jsonl": HonourEntry, "evaluations.jsonl": ServiceEvaluation}
Row = tuple[int, dict[str, Any]]


@dataclass
class Taken:
    """What came of a part of the file: counts by outcome, and what was refused."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, file: str, line: int, name: str, code: str, /, **values: Any) -> None:
        self.problems.append(Problem(file, line, name, code, {key: str(value)[:60] for key, value in values.items()}))
        self.counts["refused"] += 1


class File:
    """A checked file, its sound lines by volunteer. Broken files and masked ones are never taken in."""

    def __init__(self, path: Any, checked: Checked) -> None:
        self.source = checked.source.strip()
        self.is_own = self.source == own_source()
        self.volunteers: list[Row] = []
        self.lines: dict[str, dict[str, list[Row]]] = {}
        self.bad: list[str] = []
        for number, row in rows_of(path, "volunteers.jsonl"):
            if ("volunteers.jsonl", number) in checked.bad_lines:
                self.bad.append(str(row.get("number")))
            else:
                self.volunteers.append((number, row))
        for name in ("service.jsonl", *ENTRIES):
            by_person: dict[str, list[Row]] = defaultdict(list)
            for number, row in rows_of(path, name):
                if (name, number) not in checked.bad_lines:
                    by_person[row["volunteer"]].append((number, row))
            self.lines[name] = by_person

    def refused_with(self) -> Taken:
        """Sound lines whose volunteer's own line is not sound."""
        taken = Taken()
        for who in self.bad:
            for name, by_person in self.lines.items():
                for line, _row in by_person.get(who, ()):
                    taken.refuse(name, line, "volunteer", "volunteer_refused")
        return taken


def take(file: File, part: list[Row], *, run: ExchangeRun) -> Taken:
    """Write the volunteers of this part with all their lines. Call in a transaction; nothing of it is an error that breaks."""
    taken = Taken()
    for line, row in part:
        person = _person(file, line, row, run, taken)
        if person is None:
            for name, by_person in file.lines.items():
                for number, _row in by_person.get(row["number"], ()):
                    taken.refuse(name, number, "volunteer", "volunteer_refused")
            continue
        _services(file, row["number"], person, run, taken)
        for name, model in ENTRIES.items():
            _entries(file, name, model, row["number"], person, taken)
    return taken


def _person(file: File, line: int, row: dict[str, Any], run: ExchangeRun, taken: Taken) -> Person | None:
    """Known by our own number when the file is ours, else by the one rule of `accounts.same_person`; else new, a member of the body that brings the file."""
    name = fold(row["name"])
    born = dt.date.fromisoformat(row["birth_date"]) if row.get("birth_date") else None
    number = clean_number(row.get("id_number")) if row.get("id_kind", "resident") == IdKind.RESIDENT else ""
    if file.is_own and (own := Person.objects.filter(number=row["number"], merged_into__isnull=True).first()):
        if own.erased_at is not None:
            taken.refuse("volunteers.jsonl", line, "number", "erased")
            return None
        if own.name != name:
            taken.refuse("volunteers.jsonl", line, "name", "name_differs")
            return None
        taken.counts["people_known"] += 1
        return own
    known = find_same_person(name=name, phone=row.get("phone", ""), birth_date=born, id_number=number)
    if known is not None:
        taken.counts["people_known"] += 1
        return known
    try:
        person = accounts.register_person(
            name=name, phone=row.get("phone", ""), birth_date=born, sex=row.get("sex", ""), id_number=number, by=IMPORTER
        )
    except Refused as refused:
        taken.refuse("volunteers.jsonl", line, refused.field or "", "id_wrong", what=refused.reason)
        return None
    organizations.add_membership(run.organization, person=person, kind=Membership.Kind.MEMBER, by=IMPORTER)
    registered = dt.date.fromisoformat(row["registered_on"]) if row.get("registered_on") else None
    volunteers.register_volunteer(person, skills=volunteers.ensure_skills(row.get("skills", [])), registered_on=registered, by=IMPORTER)
    taken.counts["people_new"] += 1
    return person


def _services(file: File, who: str, person: Person, run: ExchangeRun, taken: Taken) -> None:
    rows = file.lines["service.jsonl"].get(who, [])
    if not rows:
        return
    numbers = [row["number"] for _line, row in rows]
    ours = dict(ServiceRecord.objects.filter(number__in=numbers).values_list("number", "person")) if file.is_own else {}
    known = dict(OutsideRecord.objects.filter(source=file.source, source_number__in=numbers).values_list("source_number", "person"))
    new: list[OutsideRecord] = []
    for line, row in sorted(rows, key=lambda each: each[1]["starts_at"]):
        owner = ours.get(row["number"], known.get(row["number"]))
        if owner is not None:
            if owner != person.pk:
                taken.refuse("service.jsonl", line, "number", "other_person")
            else:
                taken.counts["lines_known"] += 1
            continue
        starts, ends = dt.datetime.fromisoformat(row["starts_at"]), dt.datetime.fromisoformat(row["ends_at"])
        if number := _clash(person, starts, ends):
            taken.refuse("service.jsonl", line, "starts_at", "overlap_here", number=number)
            continue
        day = timezone.localtime(starts).date()
        if _minutes_on(person, day) + sum(one.minutes for one in new if one.service_date == day) + row["minutes"] > DAY_MINUTES:
            taken.refuse("service.jsonl", line, "minutes", "over_24_here", day=day)
            continue
        new.append(
            OutsideRecord(
                person=person,
                run=run,
                source=file.source,
                source_number=row["number"],
                activity_name=row["activity_name"],
                service_date=day,
                place=row["place"],
                content=row["content"],
                category=row.get("category") or "other",
                starts_at=starts,
                ends_at=ends,
                minutes=row["minutes"],
                organizer_name=row["organizer_name"],
                leader_name=row.get("leader_name", ""),
                is_back_filled=bool(row.get("is_back_filled")),
                taken_in_at=clock.now(),
            )
        )
    OutsideRecord.objects.bulk_create(new)
    taken.counts["service_new"] += len(new)


def _clash(person: Person, starts: dt.datetime, ends: dt.datetime) -> str:
    """The number of a service of the person at that time, ours or taken in before."""
    inside = {"person": person, "starts_at__lt": ends, "ends_at__gt": starts}
    own = ServiceRecord.objects.counting().filter(**inside).values_list("number", flat=True).first()
    return own or OutsideRecord.objects.filter(**inside).values_list("number", flat=True).first() or ""


def _minutes_on(person: Person, day: dt.date) -> int:
    total = 0
    for rows in (ServiceRecord.objects.counting(), OutsideRecord.objects.all()):
        total += rows.filter(person=person, service_date=day).aggregate(total=Sum("minutes"))["total"] or 0
    return total


def _entries(file: File, name: str, model: Any, who: str, person: Person, taken: Taken) -> None:
    rows = file.lines[name].get(who, [])
    if not rows:
        return
    numbers = [row["number"] for _line, row in rows]
    ours = dict(model.objects.filter(number__in=numbers, source="").values_list("number", "person")) if file.is_own else {}
    known = dict(model.objects.filter(source=file.source, source_number__in=numbers).values_list("source_number", "person"))
    for line, row in rows:
        owner = ours.get(row["number"], known.get(row["number"]))
        if owner is not None:
            if owner != person.pk:
                taken.refuse(name, line, "number", "other_person")
            else:
                taken.counts["lines_known"] += 1
            continue
        values = {
            key: dt.date.fromisoformat(value) if key in ("from_date", "to_date", "honoured_on", "evaluated_on") else value
            for key, value in row.items()
            if key not in ("volunteer", "number")
        }
        write(model, person=person, organization=None, values=values, by=IMPORTER, source=file.source, source_number=row["number"])
        taken.counts[f"{name.removesuffix('.jsonl')}_new"] += 1
