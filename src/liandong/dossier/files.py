"""The yearly report as a workbook: the figures, and what they count. Nothing in a cell is ever read as a formula or a link."""

import tempfile
from typing import IO

from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.dossier.queries.report import Report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(report: Report, name: str) -> IO[bytes]:
    """An xlsx file, open at its beginning; deleted when it is closed."""
    import xlsxwriter

    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the caller closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1EC", "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    rows = [[str(figure.label), figure.value, figure.unit, str(figure.definition)] for figure in report.figures()]
    title = _("Recording and certifying of volunteer service, %(year)s") % {"year": report.year}
    about = [
        [_("Report"), title],
        [_("For"), name],
        [_("Rule"), _("Order 67 of the Ministry of Civil Affairs, article 18")],
        [_("Day"), str(clock.today())],
    ]
    for sheet, heading, lines in (
        (_("Figures"), [_("Figure"), _("Value"), _("Note"), _("What it counts")], rows),
        (_("Explanation"), [], about),
    ):
        page = book.add_worksheet(sheet[:31])
        for column, width in enumerate((28, 44 if not heading else 16, 28, 70)):
            page.set_column(column, column, width)
        for column, text in enumerate(heading):
            page.write_string(0, column, text, head)
        for number, line in enumerate(lines, bool(heading)):
            for column, text in enumerate(line):
                page.write_string(number, column, text, wrapped)
    book.close()
    file.seek(0)
    return file
