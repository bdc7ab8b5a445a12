"""The code of a station: on paper, and where it leads."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liandong.core.decision import require
from liandong.stations import paper, permissions
from liandong.stations.models import Station
from liandong.stations.views.finding import load


def _kept(request: HttpRequest, number: str) -> Station:
    station = load(number, by=request.user.person)
    require(permissions.can_keep_station(request.user.person, station))
    return station


@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """The A4 plaque for the door."""
    station = _kept(request, number)
    return _pdf(paper.sheet(station), f"plaque-{station.number}.pdf")


@require_safe
def sticker(request: HttpRequest, number: str) -> HttpResponse:
    """The small one for inside."""
    station = _kept(request, number)
    return _pdf(paper.sticker(station), f"sticker-{station.number}.pdf")


def _pdf(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
