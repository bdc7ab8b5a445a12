"""The board as a file. Nothing in a cell is ever read as a formula or a link; the person to call stands masked."""

import datetime as dt
import tempfile
from collections.abc import Iterable
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000


def headings() -> list[str]:
    return [
        _("Number"), _("Station"), _("Kind of station"), _("State"), _("Host"), _("Whom to call"), _("Address"), _("Place"),
        _("In doubt"), _("Nobody looked"), _("Broken"), _("Something expired"), _("Last looked at"), _("Last inspected"), _("Agreement until"),
    ]  # fmt: skip


def rows_of(stations: QuerySet[Any]) -> list[list[Any]]:
    return [
        [
            row.number,
            row.venue.name,
            _(", ").join(row.kind_labels),
            str(row.get_state_display()),
            row.venue.host.name,
            row.contact.masked_name if row.contact else "",
            row.venue.address,
            row.venue.territory.name,
            row.doubts,
            row.rotten,
            row.faults_open,
            row.expired,
            _day(row.looked_at),
            _day(row.inspected_at),
            row.review_on,
        ]
        for row in stations[:MOST_ROWS]
    ]


def _day(at: dt.datetime | None) -> dt.date | None:
    return timezone.localtime(at).date() if at is not None else None


def workbook(rows: Iterable[list[Any]]) -> IO[bytes]:
    """An xlsx file, open at its beginning; deleted when it is closed."""
    import xlsxwriter

    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the caller closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    head, day = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1EC"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(_("Stations")[:31])
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(headings()):
        sheet.set_column(place, place, 18)
        sheet.write_string(0, place, name, head)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), day)
            elif isinstance(value, int):
                sheet.write_number(line, place, value)
            elif value:
                sheet.write_string(line, place, str(value))
    book.close()
    file.seek(0)
    return file
