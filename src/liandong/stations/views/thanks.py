"""Thanks: a tap, a few words, and what the host lets others read."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import add_refusal, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.stations import permissions
from liandong.stations.forms.shelf import ThanksForm
from liandong.stations.models import Station, Thanks
from liandong.stations.queries import thanks as reading
from liandong.stations.services import thanks as verbs
from liandong.stations.views.visits import caller_of, is_machine, station_or_404, viewer
from liandong.ui import listing


@login_not_required
@require_safe
def thanks_page(request: HttpRequest, number: str) -> HttpResponse:
    """What others said; the host also reads what waits."""
    return _page(request, station_or_404(request, number))


@login_not_required
@require_POST
def thank(request: HttpRequest, number: str) -> HttpResponse:
    """A tap, or words. Nobody is asked who they are."""
    station, words = station_or_404(request, number), request.POST.get("words")
    if is_machine(request) or station.state != Station.State.OPEN:
        return see_other("stations:thanks", number=station.number)
    form = ThanksForm(request.POST) if words is not None else None
    if form is not None and not form.is_valid():
        return _page(request, station, form=form, status=422)
    try:
        verbs.thank(station, words=form.cleaned_data["words"] if form is not None else "", caller=caller_of(request))
    except Refused as refused:
        form = form or ThanksForm(request.POST)
        add_refusal(form, refused)
        return _page(request, station, form=form, status=429 if isinstance(refused, TooMany) else 422)
    messages.success(request, _("Thank you! The host reads it, then it stands here.") if words else _("Your thanks is passed on."))
    return see_other("stations:thanks", number=station.number)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The host lets others read it, or keeps it."""
    row = get_object_or_404(Thanks.objects.select_related("station__venue__host__territory", "station__venue__territory").exclude(words=""), pk=pk)
    require(permissions.can_keep_station(request.user.person, row.station))
    verb = {"show": verbs.show_thanks, "keep": verbs.keep_thanks}.get(request.POST.get("what", ""))
    if verb is None:
        raise Http404
    verb(row, by=request.user.person)
    return see_other("stations:thanks", number=row.station.number)


def _page(request: HttpRequest, station: Station, *, form: ThanksForm | None = None, status: int = 200) -> HttpResponse:
    keeps = bool(permissions.can_keep_station(viewer(request), station))
    context: dict[str, Any] = {
        "station": station,
        "venue": station.venue,
        "keeps": keeps,
        "is_open": station.state == Station.State.OPEN,
        "page": listing.page(request, reading.shown(station), size=20),
        "taps": reading.taps(station),
        "waiting": reading.waiting(station) if keeps else [],
        "kept": list(reading.kept(station)[:20]) if keeps else [],
        "form": form or ThanksForm(),
    }
    return render(request, "stations/thanks.html", context, status=status)
