"""The wall for everybody, for a screen in a hall, and on paper."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.core.text import whole_number
from liandong.honours import paper
from liandong.honours.queries import thanks
from liandong.honours.queries import wall as queries
from liandong.honours.views.load import require_hub
from liandong.organizations.models import Territory
from liandong.ui import listing

ON_SCREEN = 6
SECONDS = 12


def place_of(request: HttpRequest) -> Territory | None:
    pk = whole_number(request.GET.get("place", ""))
    return Territory.objects.filter(pk=pk).first() if pk is not None else None


@login_not_required
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    place = place_of(request)
    page = listing.page(request, queries.entries(place), size=24)
    places = [(str(one.pk), one.name) for one in queries.places()]
    context = {
        "page": page,
        "cards": [queries.shown(entry) for entry in page],
        "thanks": list(thanks.on_wall(limit=6)) if page.number == 1 else [],
        "places": listing.filter_links(request, "place", places, any_label=_("All")) if len(places) > 1 else [],
        "query": f"?place={place.pk}" if place is not None else "",
    }
    return render(request, "honours/wall.html", context)


@login_not_required
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """A few at a time; the page itself calls the next ones, without any script."""
    place = place_of(request)
    rows = queries.entries(place)
    total = rows.count()
    screens = max(-(-total // ON_SCREEN), 1)
    number = (whole_number(request.GET.get("n", "")) or 0) % screens
    cards = [queries.shown(entry) for entry in rows[number * ON_SCREEN : (number + 1) * ON_SCREEN]]
    words = list(thanks.on_wall(limit=12))
    context = {
        "cards": cards,
        "words": words[number % len(words)] if words else None,
        "next": f"?n={(number + 1) % screens}" + (f"&place={place.pk}" if place is not None else ""),
        "seconds": SECONDS,
        "place": place,
    }
    return render(request, "honours/screen.html", context)


@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """The newest twelve on paper, with the way to the wall."""
    require_hub(request.user.person)
    place = place_of(request)
    cards = [queries.shown(entry) for entry in queries.entries(place)[:12]]
    return HttpResponse(
        paper.poster_pdf(cards, place=place), content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="honours.pdf"'}
    )
