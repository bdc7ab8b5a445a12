"""Making an exchange file: people in parts, each kind of line into a file of its own, a digest for each."""

import datetime as dt
import hashlib
import json
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.core import clock, masking
from liandong.dossier.exchange.fields import FILES, FORMAT, MANIFEST, VERSION
from liandong.dossier.models import HonourEntry, ServiceEvaluation, TrainingEntry
from liandong.recognition.models import ServiceRecord
from liandong.volunteers.models import VolunteerProfile

PART = 200
HERE = "liandong"


def own_source() -> str:
    """The name under which the numbers of this site are known elsewhere."""
    return f"{HERE} {urlsplit(settings.SITE_URL).netloc or settings.SITE_URL}"[:120]


class Writer:
    """Five growing files on disk, then one zip."""

    def __init__(self, *, is_masked: bool, purpose: str) -> None:
        self.is_masked, self.purpose, self.people = is_masked, purpose, 0
        self.parts = {name: tempfile.TemporaryFile() for name in FILES}  # noqa: SIM115 -- closed by `finish`
        self.digests = {name: hashlib.sha256() for name in FILES}
        self.rows = dict.fromkeys(FILES, 0)

    def add(self, file: str, row: dict[str, Any]) -> None:
        empty: tuple[Any, ...] = (None, "", [])
        needed = {field.name for field in FILES[file] if field.needed}
        line = json.dumps({key: value for key, value in row.items() if key in needed or value not in empty}, ensure_ascii=False, sort_keys=True)
        raw = line.encode() + b"\n"
        self.parts[file].write(raw)
        self.digests[file].update(raw)
        self.rows[file] += 1

    def finish(self) -> IO[bytes]:
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "source": own_source(),
            "made_at": moment(clock.now()),
            "purpose": self.purpose,
            "is_masked": self.is_masked,
            "people": self.people,
            "files": [{"name": name, "rows": self.rows[name], "sha256": self.digests[name].hexdigest()} for name in FILES],
        }
        made = tempfile.TemporaryFile(suffix=".zip")  # noqa: SIM115 -- the caller closes it
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            for name, part in self.parts.items():
                part.seek(0)
                with archive.open(name, "w", force_zip64=True) as target:
                    while piece := part.read(1 << 20):
                        target.write(piece)
                part.close()
        made.seek(0)
        return made


def moment(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def in_parts(keys: list[int], size: int = PART) -> Iterator[list[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def write_people(writer: Writer, keys: Iterable[int], *, where: Q | None, beat: Callable[[int], None] = lambda done: None) -> None:
    """The dossiers of these people. `where` narrows lines to the bodies the reader may export for (a filter on `organization`); None is all of them."""
    keys, done = list(keys), 0
    for part in in_parts(keys):
        _write_part(writer, part, where if where is not None else Q())
        done += len(part)
        writer.people += len(part)
        beat(done)


def _write_part(writer: Writer, keys: list[int], where: Q) -> None:
    people = Person.objects.in_bulk(keys)
    profiles = {
        profile.person_id: profile
        for profile in VolunteerProfile.objects.filter(person__in=keys).select_related("residence").prefetch_related("skills")
    }
    services: dict[int, list[ServiceRecord]] = defaultdict(list)
    for record in ServiceRecord.objects.counting().filter(where, person__in=keys).select_related("organization").order_by("starts_at", "id"):
        services[record.person_id].append(record)
    for key in keys:
        writer.add("volunteers.jsonl", person_row(people[key], profiles.get(key), services[key], masked=writer.is_masked))
        for record in services[key]:
            writer.add("service.jsonl", service_row(people[key], record, masked=writer.is_masked))
    for file, model, row in (
        ("training.jsonl", TrainingEntry, training_row),
        ("honours.jsonl", HonourEntry, honour_row),
        ("evaluations.jsonl", ServiceEvaluation, evaluation_row),
    ):
        for entry in model.objects.counting().filter(where, person__in=keys, source="").order_by("person", "id"):  # type: ignore[attr-defined]
            writer.add(file, {"volunteer": people[entry.person_id].number, "number": entry.number, **row(entry)})


def person_row(person: Person, profile: VolunteerProfile | None, records: list[ServiceRecord], *, masked: bool) -> dict[str, Any]:
    number = person.read_id_number() if person.has_id_number else ""
    return {
        "number": person.number,
        "name": person.masked_name if masked else person.name,
        "sex": person.sex,
        "birth_date": None if masked or person.birth_date is None else person.birth_date.isoformat(),
        "id_kind": person.id_kind if number else "",
        "id_number": masking.mask_id_number(number) if masked else number,
        "residence": profile.residence.name if profile and profile.residence else "",
        "phone": person.masked_phone if masked else person.phone,
        "skills": sorted(skill.name for skill in profile.skills.all()) if profile else [],
        "categories": sorted({record.category for record in records}),
        "registered_on": profile.registered_on.isoformat() if profile else None,
    }


def service_row(person: Person, record: ServiceRecord, *, masked: bool) -> dict[str, Any]:
    return {
        "volunteer": person.number,
        "number": record.number,
        "activity_name": record.activity_name,
        "service_date": record.service_date.isoformat(),
        "place": record.place or "-",
        "content": record.content or "-",
        "category": record.category,
        "starts_at": moment(record.starts_at),
        "ends_at": moment(record.ends_at),
        "minutes": record.minutes,
        "organizer_name": record.organizer_name,
        "leader_name": masking.mask_name(record.leader_name) if masked else record.leader_name,
        "is_back_filled": record.is_backfilled,
        "recorded_by": record.organization.name,
    }


def training_row(entry: TrainingEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "content": entry.content,
        "minutes": entry.minutes,
        "organizer_name": entry.organizer_name,
        "from_date": entry.from_date.isoformat(),
        "to_date": entry.to_date.isoformat(),
    }


def honour_row(entry: HonourEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "honoured_on": entry.honoured_on.isoformat(),
        "granted_by_name": entry.granted_by_name,
        "is_government": entry.is_government,
    }


def evaluation_row(entry: ServiceEvaluation) -> dict[str, Any]:
    return {"activity_name": entry.activity_name, "grade": entry.grade, "words": entry.words, "evaluated_on": entry.evaluated_on.isoformat()}
