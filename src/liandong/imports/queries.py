"""Reading runs: counts, reasons, rows for the preview."""

import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.imports import detection, problems, reading, services
from liandong.imports.models import ImportIssue, ImportRun
from liandong.imports.normalising import text_of
from liandong.imports.permissions import visible_to
from liandong.imports.specs import importer_of
from liandong.organizations.permissions import Actor

Level = ImportIssue.Level
SHOWN_ROWS = 12


def runs_visible_to(person: Actor) -> QuerySet[ImportRun]:
    """Newest first."""
    return visible_to(person).order_by("-created_at", "-id")


def sisters_of(run: ImportRun) -> QuerySet[ImportRun]:
    """The other lists of the same file."""
    return ImportRun.objects.filter(file=run.file.name).exclude(pk=run.pk).exclude(file="").order_by("id") if run.file else ImportRun.objects.none()


def counts_of(run: ImportRun) -> list[tuple[str, int]]:
    return [
        (_("Taken"), run.taken),
        (_("Joined"), run.joined),
        (_("Unchanged"), run.unchanged),
        (_("Refused"), run.refused),
        (_("Skipped"), run.skipped),
    ]


def made_of(run: ImportRun) -> list[tuple[str, int]]:
    """What came into being besides, and which rows were passed over."""
    labels = importer_of(run.kind).made_labels
    made = [(str(labels[key]), number) for key, number in run.made.items() if key in labels and number]
    skipped = [(str(problems.SKIPPED[code]), number) for code, number in run.made.get("skipped", {}).items() if code in problems.SKIPPED]
    return made + skipped


@dataclass
class Reason:
    """Rows about which the same is said."""

    code: str
    level: str
    column: str
    text: str
    count: int
    rows: list[int] = field(default_factory=list)


def reasons_of(run: ImportRun, *, shown: int = 5) -> dict[str, list[Reason]]:
    """By level, the frequent ones first, with the first rows of each."""
    importer = importer_of(run.kind)
    grouped = ImportIssue.objects.filter(run=run).values("level", "code", "column").annotate(count=Count("id")).order_by("-count", "code", "column")
    found: dict[str, list[Reason]] = {str(label): [] for label in Level.labels}
    labels = dict(Level.choices)
    for group in grouped:
        rows = ImportIssue.objects.filter(run=run, code=group["code"], column=group["column"], level=group["level"]).order_by("row").values_list("row", flat=True)[:shown]
        column = importer.column(group["column"])
        found[str(labels[group["level"]])].append(
            Reason(group["code"], group["level"], str(column.label) if column else "", problems.plain(group["code"]), group["count"], list(rows))
        )
    return found


@dataclass
class SaidRow:
    """A row with all that is said about it."""

    number: int
    who: str
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def level(self) -> str:
        levels = [item["level"] for item in self.said]
        return next(level for level in (Level.ERROR, Level.WARNING, Level.NOTE) if level in levels)


def rows_with_issues(run: ImportRun, *, level: str = "", code: str = "") -> QuerySet[Any]:
    """Numbers of the rows about which something is said, in order."""
    found = ImportIssue.objects.filter(run=run)
    if level:
        found = found.filter(level=level)
    if code:
        found = found.filter(code=code)
    return found.order_by("row").values_list("row", flat=True).distinct()


def said_rows(run: ImportRun, numbers: list[int]) -> list[SaidRow]:
    importer = importer_of(run.kind)
    rows: dict[int, SaidRow] = {}
    for issue in ImportIssue.objects.filter(run=run, row__in=numbers).order_by("row", "id"):
        row = rows.setdefault(issue.row, SaidRow(issue.row, issue.values.get("who", "")))
        column = importer.column(issue.column)
        row.said.append({
            "level": issue.level,
            "cell": f"{letter(run.columns[issue.column])}{issue.row}" if issue.column in run.columns else "",
            "column": str(column.label) if column else "",
            "text": problems.text_for(issue.code, issue.values),
        })  # fmt: skip
    return [rows[number] for number in numbers if number in rows]


def letter(index: int) -> str:
    """0 -> A, 27 -> AB: the column as Excel calls it."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def first_rows(run: ImportRun, *, most: int = SHOWN_ROWS) -> list[tuple[int, list[str]]]:
    """The first rows as they stand in the file."""
    table = services.table_of(run)
    return [(number, [text_of(cell) for cell in cells] + [""] * (table.sheet.columns - len(cells))) for number, cells in detection.data_rows(run.file.path, table, most=most)]


def seconds_left(run: ImportRun) -> int | None:
    """At the pace so far; None while there is none."""
    if not run.rows_done or not run.started_at or not run.is_working:
        return None
    passed = (clock.now() - run.started_at).total_seconds()
    return max(1, round(passed / run.rows_done * (run.rows_total - run.rows_done)))


def title_lines(file: Path) -> list[str]:
    """What stands above the table: the first lines of the first sheet, for the command line."""
    with tempfile.TemporaryDirectory(prefix="liandong-") as folder:
        try:
            sheets = reading.convert(file, Path(folder) / "cells")
        except reading.Unreadable:
            return []
        lines = []
        for _number, cells in reading.rows(Path(folder) / "cells", sheets[0], stop=6):
            filled = [text_of(cell) for cell in cells if text_of(cell)]
            if len(filled) > 3:
                break
            lines.append(" ".join(filled))
        return lines
