"""What every view of those who keep stations starts and ends with."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.core.decision import require
from liandong.core.ids import clean_code
from liandong.stations import permissions
from liandong.stations.models import Station
from liandong.stations.queries.board import AROUND
from liandong.ui.listing import Link

TONES = {"planned": "info", "open": "success", "paused": "warn", "closed": "neutral"}


def station_or_404(request: HttpRequest, number: str) -> Station:
    return get_object_or_404(permissions.visible_to(request.user.person).select_related(*AROUND), number=clean_code(number))


def kept_or_404(request: HttpRequest, number: str) -> Station:
    """A station the reader may keep; for others who see it a denial that says who can."""
    station = station_or_404(request, number)
    require(permissions.can_keep_station(request.user.person, station))
    return station


def host_tabs(station: Station, current: str) -> list[Link]:
    """The four pages of a host."""
    pages = [
        ("host", pgettext("pages of a station", "Today")),
        ("host_supplies", pgettext("pages of a station", "Supplies")),
        ("visits", pgettext("pages of a station", "Visits")),
        ("feedback", pgettext("pages of a station", "Feedback")),
    ]
    return [Link(label, reverse(f"stations:{name}", args=[station.number]), current=name == current) for name, label in pages]


def board_tabs(current: str) -> list[Link]:
    pages = [("board", _("Station board")), ("rounds", _("Inspection rounds")), ("usage", _("Use"))]
    return [Link(label, reverse(f"stations:{name}"), current=name == current) for name, label in pages]
