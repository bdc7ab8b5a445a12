"""Inspection rounds: planned on the desk, walked on a phone."""

import datetime as dt

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other, shown_file
from liandong.core.decision import deny, require
from liandong.core.errors import Refused
from liandong.core.ids import clean_code
from liandong.core.text import whole_number
from liandong.organizations import queries as organizations
from liandong.organizations.models import Right, Territory
from liandong.organizations.permissions import places_with
from liandong.stations import permissions
from liandong.stations.forms.keeping import MoveRoundForm, RoundForm, StopForm
from liandong.stations.models import InspectionRound
from liandong.stations.queries import board
from liandong.stations.queries import rounds as tours
from liandong.stations.services import rounds as walking
from liandong.stations.views.load import board_tabs
from liandong.ui import listing
from liandong.ui.listing import Column
from liandong.venues import photos

LONG = dt.timedelta(days=30)
MOST = 200


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    if not permissions.runs_some_ground(person):
        require(deny(_("Rounds are walked by the hub."), who_can=_("A manager of your hub")))
    page = listing.page(request, tours.rounds(person))
    context = {
        "page": page,
        "tabs_inside": board_tabs("rounds"),
        "columns": [Column(_("Round")), Column(_("Who goes")), Column(_("To finish by")), Column(_("State")), Column(_("Stations looked at"))],
    }
    return render(request, "stations/rounds.html", context)


@form_page
def round_new(request: HttpRequest) -> HttpResponse:
    """Which stations, who, by when."""
    person = request.user.person
    territory = _ground(request)
    people = organizations.hub_people(territory, Right.KEEP_VENUES)
    today = clock.today()
    initial = {"title": _("Round in %(month)s") % {"month": f"{today:%Y-%m}"}, "inspector": person.pk, "due_date": today + dt.timedelta(days=7)}
    form = RoundForm(request.POST or None, people=people, initial=initial)
    stations = list(tours.to_inspect(territory)[:MOST])
    long_ago = clock.now() - LONG
    if request.method == "POST":
        ids = {number for text in request.POST.getlist("ids") if (number := whole_number(text)) is not None}
        chosen = [station for station in stations if station.pk in ids]
        made: list[InspectionRound] = []
        if form.is_valid() and carried_out(
            form, lambda: made.append(walking.plan_round(**form.cleaned_data, stations=chosen, territory=territory, by=person))
        ):
            messages.success(request, _("Planned. The one who goes hears of it."))
            return see_other("stations:round", made[0].pk)
    else:
        ids = {station.pk for station in stations if station.inspected_at is None or station.inspected_at < long_ago}
    return form_answer(
        request,
        "stations/round_new.html",
        form,
        stations=stations,
        ids=ids,
        columns=[Column(_("Station")), Column(_("Place")), Column(_("Last inspected")), Column(_("Last looked at"))],
    )


def _ground(request: HttpRequest) -> Territory:
    """The hub's own place: the widest one it holds."""
    person = request.user.person
    found = places_with(person, Right.KEEP_VENUES).order_by("path").first()
    if found is None:
        require(deny(_("Rounds are planned by the hub."), who_can=_("A manager of your hub")))
    assert found is not None
    return found


def _load(request: HttpRequest, pk: int) -> InspectionRound:
    return get_object_or_404(permissions.rounds_visible_to(request.user.person).select_related("inspector", "territory"), pk=pk)


@require_safe
def round_(request: HttpRequest, pk: int) -> HttpResponse:
    return _round(request, _load(request, pk))


def _round(request: HttpRequest, tour: InspectionRound, *, form: MoveRoundForm | None = None) -> HttpResponse:
    stops = tours.stops_of(tour)
    can_plan = permissions.can_plan_round(request.user.person, tour.territory)
    people = organizations.hub_people(tour.territory, Right.KEEP_VENUES)
    context = {
        "tour": tour,
        "stops": stops,
        "done": sum(stop.finished_at is not None for stop in stops),
        "fails": sum(stop.fails_count for stop in stops),
        "pictures": [stop for stop in stops if stop.photo],
        "next": next((stop for stop in stops if stop.finished_at is None), None),
        "can_plan": can_plan,
        "can_inspect": tour.state == InspectionRound.State.OPEN and permissions.can_inspect(request.user.person, tour),
        "form": form or MoveRoundForm(people=people, initial={"inspector": tour.inspector_id, "due_date": tour.due_date}),
    }
    return render(request, "stations/round.html", context, status=422 if form else 200)


@require_POST
def round_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day or somebody else; `what=cancel` calls it off."""
    tour, person = _load(request, pk), request.user.person
    require(permissions.can_plan_round(person, tour.territory))
    if request.POST.get("what") == "cancel":
        try:
            walking.cancel_round(tour, by=person)
        except Refused as refused:
            messages.error(request, str(refused.reason))
        else:
            messages.success(request, _("Called off. What was looked at stays."))
        return see_other("stations:round", pk)
    form = MoveRoundForm(request.POST, people=organizations.hub_people(tour.territory, Right.KEEP_VENUES))
    if form.is_valid() and carried_out(form, lambda: walking.move_round(tour, **form.cleaned_data, by=person)):
        messages.success(request, _("Saved."))
        return see_other("stations:round", pk)
    return _round(request, tour, form=form)


@form_page
def stop(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """The inspector's phone, at the door: a word on everything, the dates on the packages, done."""
    tour = _load(request, pk)
    require(permissions.can_inspect(request.user.person, tour))
    found = get_object_or_404(
        tour.stops.select_related("station__venue__host", "station__venue__territory", "station__contact"), station__number=clean_code(number)
    )
    if found.finished_at is not None or tour.state != InspectionRound.State.OPEN:
        messages.info(request, _("This station has been looked at already."))
        return see_other("stations:round", pk)
    facts, supplies = board.facts_of(found.station), board.supplies_of(found.station)
    form = StopForm(request.POST or None, request.FILES or None, facts=facts, supplies=supplies)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]

        def finish() -> None:
            """The size of a picture is asked before a byte of it is read."""
            if file:
                photos.refuse_size(file.size)
            values = {"found": form.found(), "expiry": form.expiry(), "words": form.cleaned_data["words"]}
            walking.finish_stop(found, **values, photo=file.read() if file else b"", by=request.user.person)

        if carried_out(form, finish):
            messages.success(request, _("Noted. What is in order is green for a day."))
            return see_other("stations:round", pk)
    return form_answer(request, "stations/stop.html", form, tour=tour, stop=found, station=found.station, venue=found.station.venue)


@require_safe
def stop_photo(request: HttpRequest, pk: int, number: str) -> FileResponse:
    """The inspector's picture, for those who see the round."""
    found = get_object_or_404(_load(request, pk).stops.exclude(photo=""), station__number=clean_code(number))
    return shown_file(found.photo)
