"""Files that go back: the rows that did not go in with what is wrong, and an empty template. Every cell is text, so nothing in it can act as a formula."""

from collections import defaultdict
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from liandong.imports import detection, problems, reading, services
from liandong.imports.models import ImportIssue, ImportRun
from liandong.imports.normalising import text_of
from liandong.imports.specs import importer_of

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write_rows_back(run: ImportRun, target: BinaryIO, *, warned: bool = False) -> int:
    """The file's own head and columns, the rows that were refused (`warned`: every row about which something was said), and a last column 错误原因. Returns how many."""
    levels = [ImportIssue.Level.ERROR, ImportIssue.Level.WARNING] if warned else [ImportIssue.Level.ERROR]
    said: dict[int, list[str]] = defaultdict(list)
    wrong: dict[int, set[int]] = defaultdict(set)
    importer = importer_of(run.kind)
    for issue in ImportIssue.objects.filter(run=run, level__in=levels).order_by("row", "id"):
        column = importer.column(issue.column)
        text = problems.text_for(issue.code, issue.values)
        said[issue.row].append(f"{column.label}：{text}" if column else text)
        if issue.column in run.columns:
            wrong[issue.row].add(run.columns[issue.column])
    table = services.table_of(run)
    width = table.sheet.columns
    book = xlsxwriter.Workbook(target, SAFE)
    sheet = book.add_worksheet((run.sheet or _("Rows"))[:31].translate(str.maketrans("[]:*?/\\", "       ")))
    plain, head, bad = (
        book.add_format({"num_format": "@"}),
        book.add_format({"bold": True, "num_format": "@"}),
        book.add_format({"num_format": "@", "bg_color": "#FDE8E4"}),
    )
    line, widths = 0, [6.0] * (width + 1)

    def put(cells: list[Any], form: Any, marked: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        nonlocal line
        for index, cell in enumerate(cells):
            text = shown(cell)
            if text:
                sheet.write_string(line, index, text, bad if index in marked else form)
                widths[index] = min(max(widths[index], sum(2 if ord(c) > 255 else 1 for c in text.split("\n")[0]) + 2), 40)
        line += 1

    if table.header_row:
        for number, cells in reading.rows(run.file.path, table.sheet, stop=table.first_row - 1):
            is_head = number >= table.header_row
            put([*cells, *[""] * (width - len(cells)), _("What is wrong") if number == table.header_row else ""], head if is_head else plain)
        sheet.freeze_panes(line, 0)
    count = 0
    for number, cells in detection.data_rows(run.file.path, table):
        if number in said:
            put([*cells, *[""] * (width - len(cells)), "\n".join(said[number])], plain, wrong[number])
            count += 1
    for index, size in enumerate(widths):
        sheet.set_column(index, index, size)
    book.close()
    return count


def shown(cell: Any) -> str:
    """The cell as text, as it was: text stays as typed, a date is written out."""
    return cell if isinstance(cell, str) else text_of(cell)


def rows_back(run: ImportRun, *, warned: bool = False) -> bytes:
    target = BytesIO()
    write_rows_back(run, target, warned=warned)
    return target.getvalue()


def template(kind: str) -> bytes:
    """An empty list of the kind: heads as people know them, an example, notes on a second sheet."""
    importer = importer_of(kind)
    target = BytesIO()
    book = xlsxwriter.Workbook(target, SAFE)
    head, text, note = (
        book.add_format({"bold": True, "bg_color": "#E8F1EC", "border": 1}),
        book.add_format({"num_format": "@"}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet = book.add_worksheet(str(importer.label)[:31])
    notes = book.add_worksheet(_("Notes"))
    sheet.freeze_panes(1, 0)
    notes.set_column(0, 0, 22, note)
    notes.set_column(1, 1, 70, note)
    notes.write_string(0, 0, _("Row 2 is an example; delete it before you bring the file."))
    for index, column in enumerate(importer.columns):
        title = str(column.label) + ("*" if column.needed else "")
        sheet.set_column(index, index, max(12, 2 * len(title) + 4), text)
        sheet.write_string(0, index, title, head)
        sheet.write_string(1, index, column.sample, text)
        notes.write_string(index + 2, 0, title)
        said = [str(column.hint)] if column.hint else []
        said.append(_("Also understood: %(names)s") % {"names": "、".join(column.aliases[:6])})
        notes.write_string(index + 2, 1, "\n".join(said))
    book.close()
    return target.getvalue()
