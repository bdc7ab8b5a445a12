"""The page of one's own points."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.core import clock
from liandong.points import queries
from liandong.recognition import queries as recognition
from liandong.ui import listing
from liandong.ui.words import hours


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    return render(
        request,
        "points/mine.html",
        {
            "balance": queries.balance_of(person),
            "rule": queries.rule_on(clock.today()),
            "page": _with_words(listing.page(request, queries.statement_of(person), size=30)),
        },
    )


def _with_words(page: Page[Any]) -> Page[Any]:
    """Each entry says what it added and what there was afterwards."""
    records = recognition.records_by_transfer(entry.transfer_id for entry in page.object_list)
    for entry in page.object_list:
        entry.signed = f"{entry.amount:+d}".replace("-", "−")
        entry.after = _("then %(balance)s") % {"balance": entry.running}
        entry.record = record = records.get(entry.transfer_id)
        entry.line = (
            _("%(hours)s hours") % {"hours": hours(record.minutes)} if record and not record.corrects_id else entry.transfer.get_kind_display()
        )
    return page
