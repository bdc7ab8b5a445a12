"""Verbs on files that people bring: upload, say which column is which, check, let in, take back."""

import datetime as dt
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import COMMAND_LINE, System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.ids import short_code
from liandong.core.transitions import require_transition
from liandong.imports import detection, effects, permissions, problems, reading
from liandong.imports.models import ImportEffect, ImportIssue, ImportRun
from liandong.imports.reading import Sheet, Unreadable
from liandong.imports.specs import Importer, Row, importer_of
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations.models import Organization, Territory

Actor = Person | System
State = ImportRun.State
BATCH = 500  # one transaction: half a second, so that nobody at a desk waits for it
CHECKED_AT_ONCE = 1500
DAYS_KEPT = 30
COUNTS = ("taken", "joined", "unchanged", "refused", "warned", "skipped")


# Bringing a file


def upload(
    *, kind: str, source: BinaryIO | str, file_name: str, territory: Territory, organization: Organization | None = None, by: Actor
) -> list[ImportRun]:
    """Read a file, or cells pasted as text, and find its lists: one run for each sheet that holds one, the likeliest first.

    The file itself is not kept, only its cells. Refuses what cannot be read, within seconds and little memory.
    """
    require(permissions.can_import(by, organization=organization, territory=territory))
    importer = importer_of(kind)
    if importer.needs_organization and organization is None:
        raise Refused(_("Choose the body whose people these are."), field="scope")
    with tempfile.TemporaryDirectory(prefix="liandong-") as folder:
        brought, cells = Path(folder) / "brought", Path(folder) / "cells"
        _put_down(source, brought)
        try:
            sheets = reading.convert(brought, cells)
        except Unreadable as error:
            raise Refused(problems.text_for(error.code, error.values_), field="file") from error
        tables = detection.detect(cells, sheets, importer.columns)
        return _save_runs(kind, tables, sheets, cells, file_name, territory, organization, by)


def _put_down(source: BinaryIO | str, target: Path) -> None:
    if isinstance(source, str):
        reading.text_as_file(source, target)
        return
    with target.open("wb") as out:
        left = reading.LARGEST_FILE + 1
        while left > 0 and (piece := source.read(min(left, 1 << 20))):
            out.write(piece)
            left -= len(piece)


@transaction.atomic
def _save_runs(
    kind: str,
    tables: list[detection.Table],
    sheets: list[Sheet],
    cells: Path,
    file_name: str,
    territory: Territory,
    organization: Organization | None,
    by: Actor,
) -> list[ImportRun]:
    runs: list[ImportRun] = []
    for table in tables:
        run = ImportRun(
            kind=kind,
            territory=territory,
            organization=organization,
            uploaded_by=by if isinstance(by, Person) else None,
            file_name=shown_file_name(file_name),
            sheets=[vars(sheet) for sheet in sheets],
            **_place_of(table),
        )
        if runs:
            run.file.name = runs[0].file.name
        else:
            with cells.open("rb") as content:
                run.file.save(f"{short_code(16)}.jsonl", File(content), save=False)
        run.rows_total = _count_rows(run)
        run.save()
        journal.record("import.uploaded", on=run, after={"kind": kind, "rows": run.rows_total, "columns": sorted(run.columns)}, by=by)
        runs.append(run)
    return runs


def shown_file_name(name: str) -> str:
    """The last part of the name, as text to show. Nothing on disk is ever named by it."""
    name = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    return name[-200:] or _("Pasted cells")


def _place_of(table: detection.Table) -> dict[str, Any]:
    return {"sheet": table.sheet.name, "header_row": table.header_row, "header_height": table.header_height, "columns": table.columns}


@transaction.atomic
def set_columns(run: ImportRun, *, sheet: str, header_row: int, header_height: int = 1, columns: dict[str, int], by: Actor) -> ImportRun:
    """Say where the list begins and which column is which. What was checked before counts no more."""
    run = lock(run)
    require(permissions.can_commit(by, run))
    require_transition(ImportRun.TRANSITIONS, run.state, State.UPLOADED)
    if sheet not in {each["name"] for each in run.sheets}:
        raise Refused(_("There is no such sheet."), field="sheet")
    run.sheet, run.header_row, run.header_height = sheet, header_row, header_height
    missing = [column for column in importer_of(run.kind).needed() if column.key not in columns]
    if missing:
        raise Refused(_("Say which column holds “%(column)s”.") % {"column": missing[0].label}, field="columns")
    width = sheet_of(run).columns
    if len(set(columns.values())) < len(columns) or not all(0 <= index < width for index in columns.values()):
        raise Refused(_("Each column of the file can be used once."), field="columns")
    before = run.columns
    run.columns, run.state = columns, State.UPLOADED
    run.rows_total = _count_rows(run)
    run.save()
    journal.record("import.columns_set", on=run, before={"columns": before}, after={"columns": columns}, by=by)
    return run


def redetect(run: ImportRun, *, sheet: str, header_row: int) -> detection.Table:
    """What the columns would be on this sheet, below this header row. Writes nothing."""
    columns = importer_of(run.kind).columns
    chosen = next((Sheet(**each) for each in run.sheets if each["name"] == sheet), sheet_of(run))
    if header_row == 0:
        return detection.complete_by_content(run.file.path, detection.Table(chosen, 0, 0, {}, 0), columns)
    rows = [cells for _number, cells in reading.rows(run.file.path, chosen, start=header_row, stop=header_row)]
    found, score = detection.match_headers([[detection.text_of(cell)] for cell in (rows[0] if rows else [])], columns)
    return detection.complete_by_content(run.file.path, detection.Table(chosen, header_row, 1, found, score), columns)


def lock(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(of=["self"]).select_related("territory", "organization__territory", "uploaded_by").get(pk=run.pk)


def sheet_of(run: ImportRun) -> Sheet:
    return next(Sheet(**each) for each in run.sheets if each["name"] == run.sheet)


def table_of(run: ImportRun) -> detection.Table:
    return detection.Table(sheet_of(run), run.header_row, run.header_height, run.columns, 0)


def _count_rows(run: ImportRun) -> int:
    return sum(1 for _row in detection.data_rows(run.file.path, table_of(run)))


def is_complete(run: ImportRun) -> bool:
    """Every needed column is known."""
    return all(column.key in run.columns for column in importer_of(run.kind).needed())


# Rows


def batches(run: ImportRun, *, skip: int, size: int) -> Iterator[list[tuple[int, list[Any]]]]:
    """The rows of the list after the first `skip`, in parts. One part in memory at a time."""
    part: list[tuple[int, list[Any]]] = []
    for index, row in enumerate(detection.data_rows(run.file.path, table_of(run))):
        if index < skip:
            continue
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _importer(run: ImportRun, *, dry: bool) -> tuple[Importer, list[str]]:
    headers = detection.header_texts(run.file.path, table_of(run))
    importer = importer_of(run.kind)(run, dry=dry)
    importer.headers = {key: headers[index] for key, index in run.columns.items() if index < len(headers)}
    return importer, headers


def read_rows(run: ImportRun, importer: Importer, part: list[tuple[int, list[Any]]], headers: list[str]) -> tuple[list[Row], Counter[str]]:
    """Rows of data with their values and problems, and how many were no data."""
    rows, skipped = [], Counter[str]()
    for number, cells in part:
        if code := detection.why_skipped(cells, headers):
            skipped[code] += 1
            continue
        row = Row(number, {key: cells[index] if index < len(cells) else "" for key, index in run.columns.items()})
        importer.read(row)
        rows.append(row)
    return rows, skipped


def _issues(run: ImportRun, rows: list[Row]) -> list[ImportIssue]:
    return [
        ImportIssue(run=run, row=row.number, column=problem.column, code=problem.code, level=problem.level, values={**problem.values, "who": row.who})
        for row in rows
        for problem in row.problems
    ]


def _count(run: ImportRun, rows: list[Row], skipped: Counter[str]) -> None:
    for row in rows:
        outcome = "refused" if row.refused else row.outcome
        setattr(run, outcome, getattr(run, outcome) + 1)
        run.warned += row.warned and not row.refused
    run.skipped += skipped.total()
    said = run.made.setdefault("skipped", {})
    for code, number in skipped.items():
        said[code] = said.get(code, 0) + number


def _begin(run: ImportRun, state: str) -> None:
    run.state, run.rows_done, run.failure, run.made = state, 0, "", {}
    for name in COUNTS:
        setattr(run, name, 0)
    run.started_at, run.beat_at, run.finished_at = clock.now(), clock.now(), None
    run.save()
    run.issues.all().delete()


# Checking


def check(run: ImportRun, *, by: Actor) -> ImportRun:
    """A dry run: every row read and recognised, nothing written but what is to be said. Long lists are checked by a job."""
    with transaction.atomic():
        run = lock(run)
        require(permissions.can_commit(by, run))
        require_transition(ImportRun.TRANSITIONS, run.state, State.CHECKING)
        if not is_complete(run):
            raise Refused(_("Say which column is which first."))
        _begin(run, State.CHECKING)
        if run.rows_total > CHECKED_AT_ONCE and isinstance(by, Person):
            _defer("check", run)
            return run
    return run_check(run)


@transaction.atomic
def check_skipped(run: ImportRun) -> ImportRun:
    """For the command line, which lets in without asking first."""
    run = lock(run)
    require_transition(ImportRun.TRANSITIONS, run.state, State.CHECKING)
    run.state = State.CHECKED
    run.save(update_fields=["state"])
    return run


def run_check(run: ImportRun) -> ImportRun:
    """Called by `check` and by the job. Begins anew when it was interrupted."""
    with only_one(run) as mine:
        if not mine:
            return run
        run.refresh_from_db()
        if run.state != State.CHECKING:
            return run
        _begin(run, State.CHECKING)
        importer, headers = _importer(run, dry=True)
        for part in batches(run, skip=0, size=BATCH):
            rows, skipped = read_rows(run, importer, part, headers)
            importer.plan([row for row in rows if not row.refused])
            ImportIssue.objects.bulk_create(_issues(run, rows), batch_size=2000)
            _count(run, rows, skipped)
            _advance(run, len(part))
        run.made.update(importer.made())
        run.state = State.CHECKED
        run.save()
    return run


def _advance(run: ImportRun, rows: int) -> None:
    run.rows_done, run.beat_at = run.rows_done + rows, clock.now()
    run.save(update_fields=["rows_done", "beat_at", "made", *COUNTS])


# Letting in


@transaction.atomic
def commit(run: ImportRun, *, by: Actor) -> ImportRun:
    """Let the rows in. A job does it, in parts; this only starts it."""
    run = start_commit(run, by=by)
    _defer("commit", run)
    return run


@transaction.atomic
def start_commit(run: ImportRun, *, by: Actor) -> ImportRun:
    """The part of `commit` before the job; the command line goes on by itself."""
    run = lock(run)
    require(permissions.can_commit(by, run))
    require_transition(ImportRun.TRANSITIONS, run.state, State.COMMITTING)
    if run.state == State.FAILED:  # goes on where it stopped
        run.state, run.failure, run.beat_at = State.COMMITTING, "", clock.now()
        run.save()
    else:
        _begin(run, State.COMMITTING)
    journal.record("import.committed", on=run, after={"rows": run.rows_total}, by=by)
    return run


def run_commit(run: ImportRun) -> ImportRun:
    """Called by the job, as often as need be: each part of the list goes in by one transaction that also keeps how far it came, so no row goes in twice."""
    with only_one(run) as mine:
        if not mine:
            return run
        run.refresh_from_db()
        if run.state != State.COMMITTING:
            return run
        importer, headers = _importer(run, dry=False)
        for part in batches(run, skip=run.rows_done, size=BATCH):
            with transaction.atomic():
                _let_in(run, importer, part, headers)
        _finish(run)
    return run


def _let_in(run: ImportRun, importer: Importer, part: list[tuple[int, list[Any]]], headers: list[str]) -> None:
    _be_patient()
    held = ImportRun.objects.select_for_update().only("rows_done", "state").get(pk=run.pk)
    if held.rows_done != run.rows_done or held.state != State.COMMITTING:
        raise RuntimeError("another worker has taken over this run")
    rows, skipped = read_rows(run, importer, part, headers)
    good = [row for row in rows if not row.refused]
    importer.plan(good)
    writer = effects.Writer(run, by=importer.by)
    importer.write(good, writer)
    writer.flush()
    ImportIssue.objects.bulk_create(_issues(run, rows), batch_size=2000)
    _count(run, rows, skipped)
    run.made.update(_added(run.made, importer.made()))
    _advance(run, len(part))


def _be_patient() -> None:
    """A job may wait for its turn longer than a page may (config.database)."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '60s'; set local statement_timeout = '300s'")


def _added(before: dict[str, Any], made: dict[str, int]) -> dict[str, int]:
    """`made` counts since the importer was built; an interrupted run had another one before."""
    return {key: before.get(key, 0) + number for key, number in made.items() if number}


@transaction.atomic
def _finish(run: ImportRun) -> None:
    run = lock(run)
    run.state, run.finished_at = State.DONE, clock.now()
    run.save(update_fields=["state", "finished_at"])
    by = run.uploaded_by or COMMAND_LINE
    journal.record("import.finished", on=run, after={name: getattr(run, name) for name in COUNTS}, by=by)
    if run.uploaded_by is not None:
        values = {"file": run.file_name, "taken": run.taken, "joined": run.joined, "refused": run.refused}
        notices.notify(run.uploaded_by, kind="import.finished", values=values, url=f"/imports/{run.pk}/", once_key=f"import.finished:{run.pk}")


@transaction.atomic
def fail(run: ImportRun, *, error: BaseException) -> ImportRun:
    """The job broke. What went in stays, what is left can be tried again."""
    run = lock(run)
    run.failure = type(error).__name__
    if run.state == State.COMMITTING:
        run.state, run.finished_at = State.FAILED, clock.now()
    elif run.state == State.CHECKING:
        run.state = State.UPLOADED
    elif run.state == State.UNDOING:
        run.state = State.DONE
    run.save(update_fields=["state", "failure", "finished_at"])
    return run


# Taking back


@transaction.atomic
def undo(run: ImportRun, *, by: Actor) -> ImportRun:
    """Take back what the run did, as far as nobody changed or used it since. A job does it when it is much."""
    run = lock(run)
    require(permissions.can_undo(by, run))
    require_transition(ImportRun.TRANSITIONS, run.state, State.UNDOING)
    run.state, run.beat_at = State.UNDOING, clock.now()
    run.save(update_fields=["state", "beat_at"])
    journal.record("import.undo_asked", on=run, by=by)
    if ImportEffect.objects.filter(run=run).count() > 4 * CHECKED_AT_ONCE:
        _defer("undo", run)
        return run
    return run_undo(run)


@transaction.atomic
def run_undo(run: ImportRun) -> ImportRun:
    """Called by `undo` and by the job; one transaction, so that it is done or not."""
    with connection.cursor() as cursor:  # a second worker leaves at once instead of waiting
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [lock_key(run)])
        if not cursor.fetchone()[0]:
            return run
    _be_patient()
    run = lock(run)
    if run.state != State.UNDOING:
        return run
    run.undo_result = effects.take_back(run, leaning=importer_of(run.kind).leaning)
    run.state, run.undone_at = State.UNDONE, clock.now()
    run.save(update_fields=["state", "undone_at", "undo_result"])
    result = {
        "removed": run.undo_result["removed"],
        "restored": run.undo_result["restored"],
        "kept": sum(item["count"] for item in run.undo_result["kept"]),
    }
    journal.record("import.undone", on=run, after=result, by=run.uploaded_by or COMMAND_LINE)
    return run


# Jobs and housekeeping


def _defer(what: str, run: ImportRun) -> None:
    from procrastinate.contrib.django import app

    app.configure_task(f"liandong.import_{what}", queue="imports").defer(run_id=run.pk)


def lock_key(run: ImportRun) -> int:
    return 7_105_000_000 + run.pk


class only_one:  # noqa: N801 - reads as words
    """True inside for the one worker that has the run; the database takes it back when that worker dies."""

    def __init__(self, run: ImportRun) -> None:
        self.key = lock_key(run)
        self.mine = False

    def __enter__(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [self.key])
            self.mine = cursor.fetchone()[0]
        return self.mine

    def __exit__(self, *_error: object) -> None:
        if self.mine and connection.connection is not None and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [self.key])


def resume_interrupted(*, silent_for: dt.timedelta) -> int:
    """Start again what stands still because its worker died. Harmless when it did not: only one worker gets a run."""
    waiting = ImportRun.objects.filter(state__in=ImportRun.WORKING_STATES, beat_at__lt=clock.now() - silent_for)
    for run in waiting:
        _defer({State.CHECKING: "check", State.COMMITTING: "commit", State.UNDOING: "undo"}[State(run.state)], run)
    return len(waiting)


def forget_old_files() -> int:
    """The cells of a file are deleted 30 days after it came; counts and messages stay, the values in the messages do not."""
    limit = clock.now() - dt.timedelta(days=DAYS_KEPT)
    old = ImportRun.objects.filter(created_at__lt=limit).exclude(file="").exclude(state__in=ImportRun.WORKING_STATES)
    pks = list(old.values_list("pk", flat=True))
    ImportIssue.objects.filter(run__in=pks).update(values={})
    ImportRun.objects.filter(pk__in=pks).update(file="")
    _delete_files_of_nobody()
    return len(pks)


def _delete_files_of_nobody() -> None:
    """Also what an upload left that was broken off; an hour is longer than any upload takes."""
    folder = Path(default_storage.path("imports"))
    an_hour_ago = clock.now().timestamp() - 3600
    needed = {Path(name).name for name in ImportRun.objects.exclude(file="").values_list("file", flat=True)}
    for path in folder.glob("*.jsonl"):
        if path.name not in needed and path.stat().st_mtime < an_hour_ago:
            path.unlink(missing_ok=True)
