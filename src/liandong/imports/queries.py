"""Reading runs: counts, reasons, rows for the preview."""

import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liandong.core import clock
from liandong.core.masking import mask_name, mask_phone
from liandong.core.text import normalize_phone
from liandong.imports import detection, problems, reading, services
from liandong.imports.models import ImportIssue, ImportRun
from liandong.imports.normalising import hidden, text_of
from liandong.imports.permissions import visible_to
from liandong.imports.specs import importer_of
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, Actor, grants_of, organizations_with

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


def reasons_of(run: ImportRun, *, shown: int = 5) -> list[tuple[str, str, list[Reason]]]:
    """(level, its label, reasons): the frequent ones first, with the first rows of each."""
    importer = importer_of(run.kind)
    issues = ImportIssue.objects.filter(run=run)
    same = ["level", "code", "column"]
    first = issues.annotate(place=Window(RowNumber(), partition_by=same, order_by=["row", "id"])).filter(place__lte=shown).order_by("row")
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for *key, row in first.values_list(*same, "row"):
        rows[tuple(key)].append(row)
    found: dict[str, list[Reason]] = {level: [] for level in Level.values}
    for level, code, key, count in issues.values_list(*same).annotate(count=Count("id")).order_by("-count", "code", "column"):
        column = importer.column(key)
        found[level].append(Reason(code, level, str(column.label) if column else "", problems.plain(code), count, rows[level, code, key]))
    return [(level, str(Level(level).label), reasons) for level, reasons in found.items() if reasons]


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
            "label": issue.get_level_display(),
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


def first_rows(run: ImportRun, *, most: int = SHOWN_ROWS) -> tuple[list[Any], list[tuple[int, list[str]]]]:
    """(columns, rows): the first rows as they will be read, names and numbers masked."""
    importer = importer_of(run.kind)
    columns = [column for column in importer.columns if column.key in run.columns]
    rows = []
    for number, cells in detection.data_rows(run.file.path, services.table_of(run), most=most):
        texts = [text_of(cells[index]) if (index := run.columns[column.key]) < len(cells) else "" for column in columns]
        rows.append((number, [masked(text, column.key) for column, text in zip(columns, texts, strict=True)]))
    return columns, rows


_NAMES = {"name", "contact_name"}


def masked(text: str, key: str = "") -> str:
    """Names by their key, long numbers wherever they stand."""
    if key in _NAMES:
        return mask_name(text)
    if phone := normalize_phone(text):
        return mask_phone(phone)
    return re.sub(r"[\dXx*][\d\s\-*]{5,}[\dXx*]", lambda found: hidden(found[0]), text) if key not in _DATES else text


_DATES = {"birth_date", "registered_on", "from_date", "wanted", "asked_on", "outside_number", "staff_number"}


@dataclass(frozen=True)
class Head:
    """A column of the file and what it seems to hold."""

    index: int
    letter: str
    title: str
    samples: list[str]
    key: str


def heads_of(run: ImportRun, table: detection.Table) -> list[Head]:
    """The columns of a sheet that hold anything."""
    titles = detection.header_texts(run.file.path, table)
    sample = [cells for _number, cells in detection.data_rows(run.file.path, table, most=SHOWN_ROWS)]
    keys = {index: key for key, index in table.columns.items()}
    heads = []
    for index, title in enumerate(titles):
        key = keys.get(index, "")
        texts = [masked(text, key) for cells in sample if index < len(cells) and (text := text_of(cells[index]))]
        if title or texts:
            heads.append(Head(index, letter(index), title, list(dict.fromkeys(texts))[:3], key))
    return heads


def scopes_of(by: Actor) -> tuple[list[Territory], list[Organization]]:
    """The places and bodies a person may bring files for; those granted themselves come first."""
    grants = [grant for grant in grants_of(by) if Right.IMPORT in RIGHTS_OF[grant.role]]
    places = {grant.territory.pk: grant.territory for grant in grants if grant.territory is not None}
    return list(places.values()), list(organizations_with(by, Right.IMPORT))


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


def level_counts(run: ImportRun) -> dict[str, int]:
    """Rows by level; a row counts once at each."""
    return dict(ImportIssue.objects.filter(run=run).values_list("level").annotate(rows=Count("row", distinct=True)).order_by())


_THINGS = {
    "accounts.person": gettext_lazy("People"),
    "organizations.membership": gettext_lazy("Memberships"),
    "organizations.organization": gettext_lazy("Bodies"),
    "organizations.territory": gettext_lazy("Places"),
    "volunteers.volunteerprofile": gettext_lazy("Volunteer profiles"),
    "volunteers.volunteerprofile_skills": gettext_lazy("Skills of volunteers"),
    "volunteers.skill": gettext_lazy("Skills in the list"),
    "volunteers.team": gettext_lazy("Teams"),
    "volunteers.teammembership": gettext_lazy("Team memberships"),
    "needs.need": gettext_lazy("Needs"),
}


def label_of(model: str) -> str:
    return str(_THINGS.get(model, model))


def why_kept(reason: str) -> str:
    return problems.text_for(f"kept_{reason}")
