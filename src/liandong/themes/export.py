"""The board as an Excel file. Numbers of small groups stay hidden there too; no cell is ever read as a formula."""

import tempfile
from collections.abc import Sequence
from typing import IO, Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*, title: str, heads: Sequence[Any], rows: Sequence[Sequence[Any]], notes: Sequence[tuple[Any, Any]], notes_title: str) -> IO[bytes]:
    """One sheet of rows, one that explains it. Open at its beginning; deleted when it is closed."""
    import xlsxwriter

    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the caller closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1EC", "text_wrap": True, "valign": "top"})
    page = book.add_worksheet(title[:31])
    page.freeze_panes(1, 0)
    page.set_column(0, 0, 30)
    page.set_column(1, len(heads), 14)
    for place, text in enumerate(heads):
        page.write_string(0, place, str(text), head)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, int | float):
                page.write_number(number, place, value)
            else:
                page.write_string(number, place, str(value))
    page = book.add_worksheet(notes_title[:31])
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 90)
    for number, (label, text) in enumerate(notes):
        page.write_string(number, 0, str(label), head)
        page.write_string(number, 1, str(text))
    book.close()
    file.seek(0)
    return file
