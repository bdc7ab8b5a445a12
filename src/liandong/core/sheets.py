"""Excel files: sheets of rows, written row by row. Nothing in a cell is ever read as a formula or a link."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sheet:
    """Rows below their heads; without heads each row begins with its label. Whole numbers and days stay what they are, the rest is text."""

    title: Any
    rows: Iterable[Sequence[Any]]
    heads: Sequence[Any] = ()
    widths: Sequence[int] = (18, 90)


def sheets_file(name: str, *sheets: Sheet) -> HttpResponse:
    """The answer of a view: `name`.xlsx to keep."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, SAFE)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1EC", "text_wrap": True, "valign": "top"})
    day, wrapped = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(str(sheet.title)[:31])
        for place in range(max(len(sheet.heads), len(sheet.widths))):
            page.set_column(place, place, sheet.widths[min(place, len(sheet.widths) - 1)])
        if sheet.heads:
            page.freeze_panes(1, 0)
        for place, text in enumerate(sheet.heads):
            page.write_string(0, place, str(text), head)
        for line, row in enumerate(sheet.rows, bool(sheet.heads)):
            for place, value in enumerate(row):
                if isinstance(value, dt.date):
                    page.write_datetime(line, place, dt.datetime.combine(value, dt.time()), day)
                elif isinstance(value, int | float):
                    page.write_number(line, place, value)
                elif value not in (None, ""):
                    page.write_string(line, place, str(value), None if sheet.heads else wrapped if place else head)
    book.close()
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.xlsx") or "", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(file.getvalue(), content_type=XLSX, headers=headers)
