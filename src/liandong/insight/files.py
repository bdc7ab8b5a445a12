"""Figures as files: xlsx with a sheet that explains it, csv that Excel opens. Nothing in a cell is ever read as a formula, a link or a rounded number."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.insight.filters import Filters
from liandong.insight.indicators import DAY, HOURS, MOMENT, NAME, NUMBER, Col, Indicator, cell, grain_for
from liandong.ui import words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {DAY: 12, MOMENT: 17, NUMBER: 10, HOURS: 10, NAME: 12}
MOST_ROWS = 1_000_000  # a sheet of Excel holds a few more


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook."""

    title: str
    columns: Sequence[Col]
    rows: Iterable[Any]


def explanation(indicator: Indicator, filters: Filters) -> list[tuple[str, str]]:
    """What the file holds and how it was made."""
    value = indicator.total(filters)
    rows = [
        (_("Figure"), str(indicator.label)),
        (_("Definition"), str(indicator.definition)),
        (_("Value"), f"{indicator.text(value)} {indicator.unit}".strip()),
    ]
    rows += [row for row in filters.words() if not (indicator.is_moment and row[0] == _("Period"))]
    note = grain_for(indicator, filters).note
    return [*rows, *([(_("Rows"), str(note))] if note else []), (_("As of"), moment_text(clock.now()))]


def moment_text(moment: dt.datetime) -> str:
    return f"{words.full_day(moment)} {words.clock(moment)}"


def rows_of(indicator: Indicator, filters: Filters) -> Iterator[Any]:
    rows = grain_for(indicator, filters).rows(filters)
    return iter(rows) if isinstance(rows, list) else rows.iterator(chunk_size=2000)


def workbook(sheets: Iterable[Sheet], notes: Iterable[tuple[str, str]], *, full_names: bool = False) -> IO[bytes]:
    """An xlsx file, open at its beginning; deleted when it is closed."""
    import xlsxwriter

    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the caller closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1EC", "text_wrap": True, "valign": "top"})
    formats = {
        NUMBER: book.add_format({"num_format": "#,##0.##"}),
        HOURS: book.add_format({"num_format": "#,##0.0"}),
        DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "text": book.add_format({"num_format": "@"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(sheet.title[:31])
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, WIDTHS.get(column.kind, 24))
            page.write_string(0, place, str(column.label), head)
        count = 0
        for count, row in enumerate(sheet.rows, 1):
            if count > MOST_ROWS:
                break
            for place, column in enumerate(sheet.columns):
                _write(page, count, place, column.kind, cell(column, row, full_names=full_names), formats)
        if count:
            page.autofilter(0, 0, min(count, MOST_ROWS), len(sheet.columns) - 1)
    page = book.add_worksheet(_("Explanation"))
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 90)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, (label, text) in enumerate(notes):
        page.write_string(place, 0, label, head)
        page.write_string(place, 1, text, wrapped)
    book.close()
    file.seek(0)
    return file


def _write(page: Any, row: int, place: int, kind: str, value: Any, formats: dict[str, Any]) -> None:
    if value == "":
        return
    if kind == HOURS:
        page.write_number(row, place, round(value / 60, 2), formats[HOURS])
    elif kind == NUMBER and isinstance(value, int | float):
        page.write_number(row, place, value, formats[NUMBER])
    elif kind == DAY:
        page.write_datetime(row, place, words.local_date(value), formats[DAY])
    elif kind == MOMENT:
        page.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), formats[MOMENT])
    else:
        page.write_string(row, place, str(value), formats["text"])


def plain(kind: str, value: Any) -> str:
    """A value in a csv file; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if value == "":
        return ""
    if kind == HOURS:
        return f"{value / 60:.2f}"
    if kind == DAY:
        return words.local_date(value).isoformat()
    if kind == MOMENT:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if kind != NUMBER and text[:1] in "=+-@\t\r" else text


def csv_lines(columns: Sequence[Col], rows: Iterable[Any], *, full_names: bool = False) -> Iterator[bytes]:
    """UTF-8 with the mark that Excel asks for."""
    line = io.StringIO()
    writer = csv.writer(line)

    def take() -> bytes:
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text.encode()

    yield b"\xef\xbb\xbf"
    writer.writerow([str(column.label) for column in columns])
    yield take()
    for count, row in enumerate(rows, 1):
        writer.writerow([plain(column.kind, cell(column, row, full_names=full_names)) for column in columns])
        if count % 200 == 0:
            yield take()
    yield take()
