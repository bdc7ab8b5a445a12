"""The directory as open data: for anybody and any program, without a key."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.core.text import whole_number
from liandong.stations.models import Station
from liandong.stations.queries import open_data
from liandong.stations.queries.open_data import Record
from liandong.venues.models import Venue

PER_PAGE, MOST_PER_PAGE = 50, 500
KEPT_SECONDS = 300
MOST_ON_MAP = 300


def answer(request: HttpRequest, data: Any, *, kind: str = "application/json", name: str = "") -> HttpResponse:
    """JSON that any page may fetch, with an ETag; unchanged since the last time is 304."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    etag, changed = f'"{hashlib.sha256(body).hexdigest()[:32]}"', int(open_data.newest([]).timestamp())
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response = get_conditional_response(request, etag=etag, last_modified=changed, response=response) or response
    response.headers["ETag"], response.headers["Last-Modified"] = etag, http_date(changed)
    response.headers["Cache-Control"], response.headers["Access-Control-Allow-Origin"] = f"public, max-age={KEPT_SECONDS}", "*"
    response.headers["Link"] = f'<{settings.OPEN_DATA_LICENCE_URL}>; rel="license"'
    return response


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What there is to take, how, and under which licence."""
    files = [
        (_("All stations as GeoJSON"), _("For maps: position, door, what is there and how sure that is"), "stations:open_geojson"),
        (_("All stations as HSDS 3.0, one file"), _("For directories: hours, location, host, attributes"), "stations:open_file"),
        (_("HSDS 3.0 as an API"), _("Page by page: services, organisations, locations"), "stations:open_hsds"),
    ]
    context = {
        "files": [(title, note, reverse(name), settings.SITE_URL + reverse(name)) for title, note, name in files],
        "licence": settings.OPEN_DATA_LICENCE,
        "licence_url": settings.OPEN_DATA_LICENCE_URL,
        "count": open_data.published().count(),
    }
    return render(request, "stations/open_data.html", context)


@login_not_required
@require_safe
def geojson(request: HttpRequest) -> HttpResponse:
    """Stations that are not closed for good and have a position; `bbox=west,south,east,north` gives at most 300 of what lies within."""
    rows = open_data.published().exclude(state=Station.State.CLOSED).filter(venue__latitude__isnull=False)
    if request.GET.get("bbox"):
        rows = within(rows, request.GET["bbox"])
    return answer(request, open_data.collection(rows), kind="application/geo+json")


def within(rows: QuerySet[Station], bbox: str) -> QuerySet[Station]:
    numbers = re.findall(r"-?\d{1,3}(?:\.\d+)?", bbox[:100])
    if len(numbers) != 4:
        return rows.none()
    west, south, east, north = (Decimal(number) for number in numbers)
    return rows.filter(venue__longitude__range=(west, east), venue__latitude__range=(south, north))[:MOST_ON_MAP]


@login_not_required
@require_safe
def whole_file(request: HttpRequest) -> HttpResponse:
    data = {"version": "3.0", "licence": settings.OPEN_DATA_LICENCE, "services": open_data.services(open_data.published(), full=True)}
    return answer(request, data, name="stations-hsds-3.0.json")


@login_not_required
@require_safe
def hsds(request: HttpRequest) -> HttpResponse:
    """What this API is."""
    return answer(
        request,
        {
            "version": "3.0",
            "profile": "https://docs.openreferral.org/en/v3.0.1/hsds/",
            "description": str(_("Stations of %(site)s") % {"site": settings.SITE_NAME}),
            "publisher": {"name": str(settings.SITE_NAME), "website": settings.SITE_URL},
            "licence": settings.OPEN_DATA_LICENCE,
            "licence_url": settings.OPEN_DATA_LICENCE_URL,
            "endpoints": [settings.SITE_URL + reverse(f"stations:open_{name}") for name in ("services", "organizations", "locations")],
        },
    )


def listed(request: HttpRequest, rows: QuerySet[Any], make: Callable[[Sequence[Any]], list[Record]]) -> HttpResponse:
    """One page, as HSDS pages them."""
    size = min(max(whole_number(request.GET.get("per_page", "")) or PER_PAGE, 1), MOST_PER_PAGE)
    pages = Paginator(rows, size)
    page = pages.get_page(request.GET.get("page"))
    contents = make(list(page.object_list))
    return answer(
        request,
        {
            "total_items": pages.count,
            "total_pages": pages.num_pages,
            "page_number": page.number,
            "size": len(contents),
            "first_page": page.number == 1,
            "last_page": not page.has_next(),
            "empty": not contents,
            "contents": contents,
        },
    )


def one(request: HttpRequest, kind: str, identifier: str, rows: QuerySet[Any], make: Callable[[Sequence[Any]], list[Record]]) -> HttpResponse:
    key = open_data.key_of(kind, identifier)
    found = rows.filter(pk=key).first() if key is not None else None
    if found is None:
        raise Http404
    return answer(request, make([found])[0])


def is_full(request: HttpRequest) -> bool:
    return request.GET.get("full", "").lower() in ("1", "true")


@login_not_required
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    rows = open_data.published()
    host = open_data.key_of("organization", request.GET["organization_id"]) or 0 if request.GET.get("organization_id") else None
    if host is not None:
        rows = rows.filter(venue__host=host)
    return listed(request, rows, lambda found: open_data.services(found, full=is_full(request)))


@login_not_required
@require_safe
def service(request: HttpRequest, identifier: str) -> HttpResponse:
    return one(request, "service", identifier, open_data.published(), lambda found: open_data.services(found, full=True))


def _organizations(found: Sequence[Any]) -> list[Record]:
    return [open_data.organization(body) for body in found]


@login_not_required
@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    return listed(request, open_data.hosts(), _organizations)


@login_not_required
@require_safe
def organization(request: HttpRequest, identifier: str) -> HttpResponse:
    return one(request, "organization", identifier, open_data.hosts(), _organizations)


def _places() -> QuerySet[Venue]:
    return Venue.objects.filter(pk__in=open_data.published().order_by().values("venue")).select_related("host", "territory").order_by("pk")


def _locations(found: Sequence[Any]) -> list[Record]:
    above = open_data.ancestors(found)
    return [open_data.location(venue, above) for venue in found]


@login_not_required
@require_safe
def locations(request: HttpRequest) -> HttpResponse:
    return listed(request, _places(), _locations)


@login_not_required
@require_safe
def location(request: HttpRequest, identifier: str) -> HttpResponse:
    return one(request, "location", identifier, _places(), _locations)
