"""The checker of exchange files. It needs no database, unpacks nothing to disk, and never fails on what somebody else wrote.

One pass over each file; in memory are the numbers seen and the times of service per volunteer, so a hundred thousand lines are no trouble.
"""

import datetime as dt
import hashlib
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from liandong.core.clock import now, today
from liandong.core.numbers import RESIDENT_KINDS, birth_date_of, clean_number, problem_of_document
from liandong.core.text import normalize_phone
from liandong.dossier.exchange.fields import FILES, FORMAT, MANIFEST, VERSION, Field
from liandong.dossier.exchange.problems import Problem

MOST_BYTES = 512 * 1024 * 1024
MOST_LINE = 64 * 1024
MOST_PROBLEMS = 2000
OLDEST = dt.date(1949, 10, 1)
DAY_MINUTES = 24 * 60


@dataclass
class Checked:
    """What the checker found: problems in the order of the file, and how many lines of each kind are sound."""

    manifest: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    bad_lines: set[tuple[str, int]] = field(default_factory=set)
    is_cut: bool = False

    def say(self, file: str, line: int, name: str, code: str, /, **values: Any) -> None:
        if line:
            self.bad_lines.add((file, line))
        if len(self.problems) >= MOST_PROBLEMS:
            self.is_cut = True
            return
        self.problems.append(Problem(file, line, name, code, {key: str(value)[:60] for key, value in values.items()}))

    @property
    def is_sound(self) -> bool:
        return not self.problems

    @property
    def is_broken(self) -> bool:
        """Nothing of it can be trusted: a file is missing, changed, or not this format."""
        return any(not problem.line for problem in self.problems)

    @property
    def source(self) -> str:
        return str(self.manifest.get("source", ""))

    @property
    def is_masked(self) -> bool:
        return bool(self.manifest.get("is_masked"))


def check(file: Path | IO[bytes]) -> Checked:
    """Everything that can be known without a database."""
    checked = Checked()
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError):
        checked.say("", 0, "", "not_zip")
        return checked
    with archive:
        try:
            _check_archive(archive, checked)
        except RuntimeError:  # zipfile's word for a password
            checked.say("", 0, "", "encrypted")
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
            checked.say("", 0, "", "not_zip")
    return checked


def _check_archive(archive: zipfile.ZipFile, checked: Checked) -> None:
    infos = archive.infolist()
    if sum(info.file_size for info in infos) > MOST_BYTES:
        checked.say("", 0, "", "too_large", most=MOST_BYTES // 1024**2)
        return
    names = [info.filename for info in infos]
    for name in names:
        if (name != MANIFEST and name not in FILES) or names.count(name) > 1:
            checked.say("", 0, "", "odd_name", name=name)
    if checked.problems or not _read_manifest(archive, names, checked):
        return
    listed = {entry["name"]: entry for entry in checked.manifest["files"]}
    for name in FILES:
        if (name in listed) != (name in names):
            checked.say(name, 0, "", "missing_file" if name in listed else "unlisted_file")
    if "volunteers.jsonl" not in names:
        checked.say("volunteers.jsonl", 0, "", "missing_file")
    if checked.problems:
        return
    lines = _Lines(checked)
    for name in FILES:
        if name in names:
            digest, count = hashlib.sha256(), 0
            for count, raw in enumerate(_raw_lines(archive, name, digest), 1):
                lines.read(name, count, raw)
            if digest.hexdigest() != listed[name]["sha256"]:
                checked.say(name, 0, "", "wrong_digest")
            if count != listed[name]["rows"]:
                checked.say(name, 0, "", "wrong_rows", said=listed[name]["rows"], found=count)
            checked.rows[name] = count
    lines.finish()


def _read_manifest(archive: zipfile.ZipFile, names: list[str], checked: Checked) -> bool:
    if MANIFEST not in names:
        checked.say(MANIFEST, 0, "", "no_manifest")
        return False
    try:
        manifest = json.loads(archive.open(MANIFEST).read(1024 * 1024).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        checked.say(MANIFEST, 0, "", "bad_manifest", what=type(error).__name__)
        return False
    if not isinstance(manifest, dict):
        checked.say(MANIFEST, 0, "", "bad_manifest", what=_("no object"))
        return False
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        checked.say(MANIFEST, 0, "format", "other_format", value=f"{manifest.get('format')} {manifest.get('version')}")
        return False
    files, source = manifest.get("files"), manifest.get("source")
    if not isinstance(source, str) or not 0 < len(source.strip()) <= 120:
        checked.say(MANIFEST, 0, "source", "missing")
    if not isinstance(manifest.get("is_masked"), bool):
        checked.say(MANIFEST, 0, "is_masked", "missing")
    sound = isinstance(files, list) and all(
        isinstance(entry, dict) and entry.get("name") in FILES and isinstance(entry.get("rows"), int) and isinstance(entry.get("sha256"), str)
        for entry in files
    )
    if not sound:
        checked.say(MANIFEST, 0, "files", "bad_manifest", what="files")
    checked.manifest = manifest
    return not checked.problems


def _raw_lines(archive: zipfile.ZipFile, name: str, digest: Any = None) -> Iterator[bytes]:
    """Lines as they are; of one that is too long only the beginning. The digest sees all of it."""
    with archive.open(name) as stream:
        while raw := stream.readline(MOST_LINE + 1):
            part = raw
            while part:
                if digest is not None:
                    digest.update(part)
                part = b"" if part.endswith(b"\n") else stream.readline(MOST_LINE)
            yield raw


def rows_of(file: Path | IO[bytes], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of one file, parsed, with their numbers. For files that were checked."""
    with zipfile.ZipFile(file) as archive:
        if name in archive.namelist():
            for number, raw in enumerate(_raw_lines(archive, name), 1):
                try:
                    row = json.loads(raw)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    yield number, row


class _Lines:
    """Line by line, with what must be remembered between lines."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self.seen: dict[str, dict[str, int]] = defaultdict(dict)
        self.times: dict[str, list[tuple[dt.datetime, dt.datetime, int, int]]] = defaultdict(list)

    def read(self, file: str, line: int, raw: bytes) -> None:
        if len(raw) > MOST_LINE:
            self.checked.say(file, line, "", "long_line")
            return
        try:
            row = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError:
            self.checked.say(file, line, "", "not_utf8")
            return
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            self.checked.say(file, line, "", "not_json")
            return
        fields = {each.name: each for each in FILES[file]}
        for name in row:
            if name not in fields:
                self.checked.say(file, line, name[:40], "unknown_field")
        found = {name: self._value(file, line, each, row.get(name)) for name, each in fields.items()}
        self._number(file, line, found)
        if file == "volunteers.jsonl":
            self._volunteer(file, line, found)
        else:
            if found["volunteer"] and found["volunteer"] not in self.seen["volunteers.jsonl"]:
                self.checked.say(file, line, "volunteer", "unknown_volunteer", value=found["volunteer"])
            if file == "service.jsonl":
                self._service(file, line, found)
            if file == "training.jsonl":
                self._training(file, line, found)

    def _value(self, file: str, line: int, each: Field, value: Any) -> Any:
        """The value as Python knows it; None when it is missing or wrong."""
        say = self.checked.say
        if value is None or value == "" or value == []:
            if each.needed:
                say(file, line, each.name, "missing")
            return None
        if each.kind in ("text", "date", "moment", "code") and not isinstance(value, str):
            say(file, line, each.name, "wrong_kind", wanted=_("text"))
        elif each.kind == "minutes" and (not isinstance(value, int) or isinstance(value, bool)):
            say(file, line, each.name, "wrong_kind", wanted=_("a whole number"))
        elif each.kind == "flag" and not isinstance(value, bool):
            say(file, line, each.name, "wrong_kind", wanted="true / false")
        elif each.kind in ("codes", "texts") and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            say(file, line, each.name, "wrong_kind", wanted=_("a list of texts"))
        else:
            return self._sound(file, line, each, value)
        return None

    def _sound(self, file: str, line: int, each: Field, value: Any) -> Any:
        say = self.checked.say
        if each.kind in ("text", "texts"):
            if any(len(one) > each.longest for one in ([value] if each.kind == "text" else value)):
                say(file, line, each.name, "too_long", most=each.longest)
                return None
            if "\x00" in str(value):
                say(file, line, each.name, "wrong_kind", wanted=_("text"))
                return None
            return value
        if each.kind in ("code", "codes"):
            for one in [value] if each.kind == "code" else value:
                if one not in each.codes:
                    say(file, line, each.name, "not_a_code", value=one)
                    return None
            return value
        if each.kind == "minutes":
            if not 1 <= value <= each.longest:
                say(file, line, each.name, "minutes_range", most=each.longest)
                return None
            return value
        return self._time(file, line, each, value) if each.kind in ("date", "moment") else value

    def _time(self, file: str, line: int, each: Field, value: str) -> Any:
        say = self.checked.say
        try:
            found: Any = dt.date.fromisoformat(value) if each.kind == "date" and len(value) == 10 else dt.datetime.fromisoformat(value)
            if (each.kind == "date" and isinstance(found, dt.datetime)) or (each.kind == "moment" and found.utcoffset() is None):
                raise ValueError(value)
        except ValueError:
            say(file, line, each.name, "not_a_date" if each.kind == "date" else "not_a_moment", value=value)
            return None
        try:
            is_future = found > (today() if each.kind == "date" else now())
            day = found if each.kind == "date" else found.astimezone(dt.UTC).date()
        except OverflowError:
            is_future, day = False, dt.date.min
        if is_future:
            say(file, line, each.name, "future")
        elif day < (dt.date(1880, 1, 1) if each.name == "birth_date" else OLDEST):
            say(file, line, each.name, "too_early")
        else:
            return found
        return None

    def _number(self, file: str, line: int, found: dict[str, Any]) -> None:
        number = found["number"]
        if number is None:
            return
        if number in self.seen[file]:
            self.checked.say(file, line, "number", "number_twice", line=self.seen[file][number])
        else:
            self.seen[file][number] = line

    def _volunteer(self, file: str, line: int, found: dict[str, Any]) -> None:
        if self.checked.is_masked:
            return
        number = clean_number(found["id_number"])
        if number:
            kind = found["id_kind"] or "resident"
            if problem := problem_of_document(kind, number):
                self.checked.say(file, line, "id_number", "id_wrong", what=problem)
            elif kind in RESIDENT_KINDS and found["birth_date"] and birth_date_of(number) != found["birth_date"]:
                self.checked.say(file, line, "birth_date", "birth_differs")
        if found["phone"] and not normalize_phone(found["phone"]):
            self.checked.say(file, line, "phone", "phone_wrong")

    def _service(self, file: str, line: int, found: dict[str, Any]) -> None:
        starts, ends, minutes = found["starts_at"], found["ends_at"], found["minutes"]
        if starts is None or ends is None or minutes is None:
            return
        if ends < starts:
            self.checked.say(file, line, "ends_at", "ends_before")
            return
        if minutes > (ends - starts).total_seconds() / 60 + 1:
            self.checked.say(file, line, "minutes", "more_than_span", minutes=minutes)
            return
        if found["service_date"] and starts.date() != found["service_date"]:
            self.checked.say(file, line, "service_date", "other_day")
            return
        if found["volunteer"]:
            self.times[found["volunteer"]].append((starts, ends, minutes, line))

    def _training(self, file: str, line: int, found: dict[str, Any]) -> None:
        first, last, minutes = found["from_date"], found["to_date"], found["minutes"]
        if first and last and last < first:
            self.checked.say(file, line, "to_date", "ends_before")
        elif first and last and minutes and minutes > ((last - first).days + 1) * DAY_MINUTES:
            self.checked.say(file, line, "minutes", "more_than_span", minutes=minutes)

    def finish(self) -> None:
        """What only shows between lines: two services at one time, more than 24 hours a day."""
        for times in self.times.values():
            times.sort(key=lambda one: (one[0], one[3]))
            latest: tuple[dt.datetime, int] | None = None
            days: dict[dt.date, int] = defaultdict(int)
            for starts, ends, minutes, line in times:
                if latest is not None and starts < latest[0]:
                    self.checked.say("service.jsonl", line, "starts_at", "overlap", line=latest[1])
                    continue
                latest = (ends, line)
                days[starts.date()] += minutes
                if days[starts.date()] > DAY_MINUTES:
                    self.checked.say("service.jsonl", line, "minutes", "over_24", day=starts.date())
