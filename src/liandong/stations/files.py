"""The board as a file; the person to call stands masked."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

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
