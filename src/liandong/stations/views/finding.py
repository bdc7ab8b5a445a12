"""Finding a station: the nearest ones, choosing a place, one station, the way there. For anybody, without signing in; a position given is never kept nor logged by us."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from liandong.core.ids import clean_code
from liandong.core.text import fold, whole_number
from liandong.stations import permissions
from liandong.stations.models import Station, Subject
from liandong.stations.permissions import Actor
from liandong.stations.queries import finding
from liandong.stations.queries.finding import Place, Seen
from liandong.stations.words import Tile
from liandong.ui.listing import Link, with_query
from liandong.venues import geo
from liandong.venues.geo import Point
from liandong.venues.outlines import outlines

FIRST, MOST = 5, 30
NEAR_LANDMARK = 200  # metres: a position this near is called by its name
USUAL = (Subject.WATER, Subject.TOILET, Subject.MICROWAVE, Subject.SEAT)
TILES_SHOWN = 4


@dataclass(frozen=True)
class Choice:
    """What the address asks for."""

    place: Place | None
    is_whole: bool  # nobody chose a place
    subjects: list[str]
    open_now: bool
    unsure: bool
    wanted: int


def choice_of(request: HttpRequest) -> Choice:
    asked = request.GET
    place = here(asked.get("at", "")) or (finding.place_named(asked["near"]) if asked.get("near") else None)
    is_whole = place is None
    if place is None and (middle := finding.middle()) is not None:
        place = Place("", middle)
    subjects = [subject for subject in dict.fromkeys(asked.getlist("has")) if subject in Subject.values and subject != Subject.DOOR]
    wanted = whole_number(asked.get("n", "")) or FIRST
    return Choice(place, is_whole, subjects, asked.get("open") != "any", asked.get("unsure") == "1", min(max(wanted, FIRST), MOST))


def here(text: str) -> Place | None:
    """What the phone says, to ten metres; near a landmark it has a name."""
    point = geo.read(text) if text else None
    if point is None:
        return None
    point = Point(round(point.latitude, 4), round(point.longitude, 4))
    marks = [(geo.metres(point, mark.point), mark.name) for mark in outlines().landmarks]
    distance, name = min(marks, default=(NEAR_LANDMARK + 1, ""))
    return Place(_("Near %(place)s") % {"place": name} if distance <= NEAR_LANDMARK else _("Where you are"), point, is_here=True)


def label_of(choice: Choice) -> str:
    """What the line under the title says; empty for the whole site."""
    if choice.is_whole or choice.place is None:
        return ""
    is_mark = any(mark.name == choice.place.near for mark in outlines().landmarks)
    return _("Near %(place)s") % {"place": choice.place.name} if is_mark else choice.place.name


@login_not_required
@require_safe
def nearest(request: HttpRequest) -> HttpResponse:
    """The nearest stations, open ones unless asked otherwise. Without a place to start from, the site's stations without distances."""
    asked = request.GET.get("near", "")
    choice = choice_of(request)
    if asked and choice.is_whole:  # words that are no place: choose among what is like them
        return redirect(f"{reverse('stations:places')}?{urlencode({'q': asked[:40]})}")
    start = choice.place.point if choice.place is not None else Point(0, 0)
    found = finding.nearest(start, wanted=choice.wanted, open_now=choice.open_now, subjects=choice.subjects, unsure=choice.unsure)
    context = {
        "from_place": label_of(choice),
        "is_whole": choice.is_whole,
        "chips": chips(request, choice),
        "found": found,
        "rows": [card(row, choice) for row in found.rows],
        "next": card(found.next, choice) if found.next else None,
        "choice": choice,
        "more_href": with_query(request, n=str(choice.wanted + FIRST)) if found.is_more and choice.wanted < MOST else "",
        "any_href": with_query(request, open="any"),
        "all_href": with_query(request, has=""),
        "unsure_href": with_query(request, unsure="1"),
        "places_href": places_href(request),
        "map_href": f"{reverse('stations:map')}?{request.GET.urlencode()}" if request.GET else reverse("stations:map"),
        "here_href": with_query(request, at="", near="", n=""),
    }
    return render(request, "stations/nearest.html", context)


def places_href(request: HttpRequest) -> str:
    """Choosing a place keeps the chips."""
    kept = request.GET.copy()
    for name in ("at", "near", "n", "page"):
        kept.pop(name, None)
    return f"{reverse('stations:places')}?{kept.urlencode()}" if kept else reverse("stations:places")


def chips(request: HttpRequest, choice: Choice) -> list[Link]:
    """Open now, the four things asked for most, then all others: the row is as long as it needs."""
    links = [Link(_("Open now"), with_query(request, open="any" if choice.open_now else "", n=""), current=choice.open_now)]
    for subject in (*USUAL, *(each for each in Subject if each not in USUAL and each != Subject.DOOR)):
        on = subject in choice.subjects
        rest = [each for each in choice.subjects if each != subject] + ([] if on else [subject.value])
        links.append(Link(subject.label, with_query(request, has=rest or "", n=""), current=on))
    return links


@dataclass(frozen=True)
class Card:
    """A station in the list: its words and the first things that are there, what was asked for before the rest."""

    seen: Seen
    entry: str
    tiles: list[Tile]
    distance: tuple[str, str] | None
    walk: str
    is_whole: bool

    @property
    def number(self) -> str:
        return self.seen.station.number


def card(seen: Seen, choice: Choice) -> Card:
    is_far = choice.is_whole or seen.distance is None
    tiles = sorted(seen.tiles, key=lambda tile: tile.fact.subject not in choice.subjects)
    return Card(seen, entry_of(seen.station), tiles[:TILES_SHOWN], None if is_far else length_of(seen), "" if is_far else walk_of(seen), is_far)


def length_of(seen: Seen) -> tuple[str, str]:
    number, unit = seen.length
    return number, pgettext("length", "m") if unit == "m" else pgettext("length", "km")


def walk_of(seen: Seen) -> str:
    return _("%(n)s min walk") % {"n": seen.minutes} if seen.minutes <= 60 else ""


def entry_of(station: Station) -> str:
    """Who may come in: the host's words, or nothing where everybody may."""
    if station.entry_words:
        return station.entry_words
    return "" if station.entry == Station.Entry.EVERYBODY else str(station.get_entry_display())


@login_not_required
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Where to start from: landmarks, communities, places by name; and the phone's own position where it may be asked."""
    words = fold(request.GET.get("q", ""))[:40]
    kept = request.GET.copy()
    for name in ("q", "page"):
        kept.pop(name, None)

    def link(name: str) -> str:
        query = kept.copy()
        query["near"] = name
        return f"{reverse('stations:nearest')}?{query.urlencode()}"

    back = f"{reverse('stations:nearest')}?{kept.urlencode()}" if kept else reverse("stations:nearest")
    context = {
        "words": words,
        "landmarks": [Link(name, link(name)) for name in finding.landmarks(words)],
        "communities": [Link(row.name, link(row.name)) for row in finding.communities(words)[:80]],
        "venues": [Link(row.name, link(row.name)) for row in finding.venues_named(words)[:20]] if words else [],
        "back_href": back,
        "here_href": back,
    }
    return render(request, "stations/places.html", context)


def load(number: str, *, by: Actor = None) -> Station:
    """By the number on its plaque, however it was typed."""
    rows = permissions.visible_to(by).select_related("venue__host__territory", "venue__territory")
    return get_object_or_404(rows, number=clean_code(number))


# The way there


@dataclass(frozen=True)
class MapApp:
    name: str
    note: str
    href: str


def map_apps(name: str, point: Point) -> list[MapApp]:
    """Each in its own coordinates. The phone opens the app where it has it, a page where not."""
    gcj, bd = geo.from_wgs84(point, "gcj02"), geo.from_wgs84(point, "bd09")
    label, source = quote(name), quote(str(settings.SITE_NAME))
    return [
        MapApp(
            _("Amap"),
            "",
            f"https://uri.amap.com/navigation?to={gcj.longitude:.6f},{gcj.latitude:.6f},{label}&mode=walk&coordinate=gaode&callnative=1&src={source}",
        ),
        MapApp(
            _("Baidu Maps"),
            "",
            f"https://api.map.baidu.com/marker?location={bd.latitude:.6f},{bd.longitude:.6f}&title={label}&content={label}&coord_type=bd09ll&output=html&src={source}",
        ),
        MapApp(
            _("Tencent Maps"),
            "",
            f"https://apis.map.qq.com/uri/v1/routeplan?type=walk&to={label}&tocoord={gcj.latitude:.6f},{gcj.longitude:.6f}&referer={source}",
        ),
        MapApp(_("Apple Maps"), "", f"https://maps.apple.com/?daddr={gcj.latitude:.6f},{gcj.longitude:.6f}&q={label}&dirflg=w"),
        MapApp(
            _("Another map app"),
            _("Android: whatever opens positions"),
            f"geo:{point.latitude:.6f},{point.longitude:.6f}?q={point.latitude:.6f},{point.longitude:.6f}({label})",
        ),
    ]


@login_not_required
@require_safe
def way(request: HttpRequest, number: str) -> HttpResponse:
    """Hands over to the map app somebody uses; where there is no position, the words."""
    station = load(number)
    point = finding.position(station.venue)
    context = {"station": station, "venue": station.venue, "apps": map_apps(station.venue.name, point) if point else []}
    return render(request, "stations/way.html", context)


@login_not_required
@require_safe
def on_map(request: HttpRequest) -> HttpResponse:
    """All stations on the site's own outlines; without a script it is the list beside it."""
    choice = choice_of(request)
    start = choice.place.point if choice.place is not None else Point(0, 0)
    found = finding.nearest(start, wanted=MOST, open_now=False, subjects=choice.subjects, unsure=True)
    context: dict[str, Any] = {
        "rows": [card(row, choice) for row in found.rows],
        "start_words": f"{start.latitude:.5f},{start.longitude:.5f}" if choice.place is not None else "",
        "is_whole": choice.is_whole,
        "tiles_url": settings.TILES_URL,
        "tiles_words": settings.TILES_WORDS,
        "list_href": f"{reverse('stations:nearest')}?{request.GET.urlencode()}" if request.GET else reverse("stations:nearest"),
    }
    response = render(request, "stations/map.html", context)
    if settings.TILES_URL:
        response._csp_update = {"img-src": [tiles_host()]}
    return response


@login_not_required
@require_safe
def outlines_file(request: HttpRequest) -> HttpResponse:
    """The site's own outlines, as they were given."""
    path = Path(settings.OUTLINES) if settings.OUTLINES else None
    text = path.read_text(encoding="utf-8") if path is not None and path.is_file() else '{"type": "FeatureCollection", "features": []}'
    return HttpResponse(text, content_type="application/geo+json; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})


def tiles_host() -> str:
    """The one host that pictures may come from: scheme and host of the setting; {s} stands for any name before it."""
    scheme, _sep, rest = settings.TILES_URL.partition("://")
    return f"{scheme}://{rest.split('/')[0].replace('{s}', '*')}"
