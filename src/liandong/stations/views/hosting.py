"""How a station comes to be, what was agreed, and what is changed later: kinds, what is there, address, state."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations import queries as organizations
from liandong.organizations.models import Right
from liandong.organizations.permissions import may_anywhere, organizations_with
from liandong.stations import permissions
from liandong.stations.forms.keeping import AgreementForm, MoveForm, NewStationForm, StationForm, WordsForm
from liandong.stations.forms.pins import read_pin
from liandong.stations.models import Station, StationAgreement, Subject
from liandong.stations.queries import board
from liandong.stations.services import facts as looking
from liandong.stations.services import hosting, running
from liandong.stations.views.load import TONES, kept_or_404

YEAR = dt.timedelta(days=365)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """A body applies to host a station; the hub invites one."""
    person = request.user.person
    require(may_anywhere(person, Right.KEEP_VENUES))
    hosts = organizations_with(person, Right.KEEP_VENUES)
    chosen = hosts.filter(slug=request.GET.get("host", "")).first()
    initial = {"host": chosen, "kinds": ["love"], "entry": Station.Entry.EVERYBODY, "review_date": clock.today() + YEAR}
    form = NewStationForm(request.POST or None, hosts=hosts, initial=initial)
    is_hub = permissions.runs_some_ground(person)
    made: list[Station] = []
    if request.method == "POST" and form.is_valid():
        pin, values = read_pin(form), form.cleaned_data
        names = ("host", "name", "address", "kinds", "entry", "gives", "words", "review_date")
        if not form.errors and carried_out(
            form, lambda: made.append(hosting.propose_station(**{name: values[name] for name in names}, claims=form.claims(), **pin, by=person))
        ):
            messages.success(request, _("Invited. The host hears of it now.") if is_hub else _("Applied. The hub hears of it now."))
            return see_other("stations:agreement", made[0].number)
    return form_answer(request, "stations/new.html", form, is_hub=is_hub)


@require_safe
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    return _agreement(request, kept_or_404(request, number))


def _agreement(request: HttpRequest, station: Station, *, form: AgreementForm | None = None, decline_form: WordsForm | None = None) -> HttpResponse:
    person = request.user.person
    versions = list(station.agreements.select_related("host_agreed_by", "hub_agreed_by"))
    for one in versions:
        one.station = station
    waiting = next((one for one in versions if one.state == StationAgreement.State.PROPOSED), None)
    current = next((one for one in versions if one.state == StationAgreement.State.AGREED), None)
    base = current or (versions[0] if versions else None)
    initial = {"gives": base.gives, "words": base.words, "review_date": clock.today() + YEAR} if base else {"review_date": clock.today() + YEAR}
    context = {
        "station": station,
        "venue": station.venue,
        "tone": TONES[station.state],
        "waiting": waiting,
        "current": current,
        "earlier": [one for one in versions if one not in (waiting, current)],
        "can_agree": bool(waiting) and permissions.can_agree(person, waiting),
        "can_run": permissions.can_run(person, station),
        "can_propose": waiting is None and station.state != Station.State.CLOSED,
        "form": form or AgreementForm(initial=initial),
        "decline_form": decline_form or WordsForm(prefix="decline"),
        "is_closed": station.state == Station.State.CLOSED,
    }
    return render(request, "stations/agreement.html", context, status=422 if form or decline_form else 200)


@require_POST
def propose(request: HttpRequest, number: str) -> HttpResponse:
    station, form = kept_or_404(request, number), AgreementForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: hosting.renew(station, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("Proposed. The other side hears of it now; until then the old one holds."))
        return see_other("stations:agreement", station.number)
    return _agreement(request, station, form=form)


@require_POST
def answer(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """`what=agree`, or decline with words."""
    station = kept_or_404(request, number)
    found = get_object_or_404(station.agreements, version=version)
    found.station = station
    if request.POST.get("what") == "agree":
        try:
            hosting.agree(found, by=request.user.person)
        except Refused as refused:
            messages.error(request, str(refused.reason))
        else:
            messages.success(request, _("Agreed. It holds from now on."))
        return see_other("stations:agreement", station.number)
    form = WordsForm(request.POST, prefix="decline")
    if form.is_valid() and carried_out(form, lambda: hosting.decline(found, words=form.cleaned_data["words"], by=request.user.person)):
        messages.success(request, _("Declined. The other side reads why."))
        return see_other("stations:agreement", station.number)
    return _agreement(request, station, decline_form=form)


@form_page
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """What kind of station it is, what is there, who may come in, whom to call."""
    station = kept_or_404(request, number)
    form = _form(station, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values, person = form.cleaned_data, request.user.person
        names = ("kinds", "entry", "entry_words", "contact")

        if carried_out(form, lambda: _save(station, form, {name: values[name] for name in names}, person)):
            messages.success(request, _("Saved."))
            return see_other("stations:host", station.number)
    return _edit(request, station, form=form)


def _save(station: Station, form: StationForm, values: dict[str, Any], person: Any) -> None:
    running.edit_station(station, **values, by=person)
    looking.set_claims(station, claims=form.claims(), by=person)


def _edit(request: HttpRequest, station: Station, **bound: Any) -> HttpResponse:
    person = request.user.person
    venue = station.venue
    context = {
        "station": station,
        "venue": venue,
        "form": bound.get("form") or _form(station),
        "move_form": bound.get("move_form") or MoveForm(prefix="move", initial={"address": venue.address, "directions": venue.directions}),
        "state_form": bound.get("state_form") or WordsForm(prefix="state"),
        "can_run": permissions.can_run(person, station),
        "is_agreed": station.agreements.filter(state=StationAgreement.State.AGREED).exists(),
    }
    is_bad = any(form.errors for form in bound.values())
    return render(request, "stations/edit.html", context, status=422 if is_bad else 200)


def _form(station: Station, data: Any = None) -> StationForm:
    facts = board.facts_of(station)
    initial = {
        "kinds": station.kinds,
        "entry": station.entry,
        "entry_words": station.entry_words,
        "contact": station.contact_id,
        "amenities": [fact.subject for fact in facts if fact.subject != Subject.DOOR],
        "seats": next((fact.quantity for fact in facts if fact.subject == Subject.SEAT), None),
    }
    return StationForm(data, people=organizations.people_with(station.venue.host, Right.KEEP_VENUES), initial=initial)


@require_POST
def move(request: HttpRequest, number: str) -> HttpResponse:
    station, form = kept_or_404(request, number), MoveForm(request.POST, prefix="move")
    if form.is_valid():
        pin, values = read_pin(form), form.cleaned_data
        if not form.errors and carried_out(
            form,
            lambda: running.move_station(station, address=values["address"], directions=values["directions"], **pin, by=request.user.person),
        ):
            messages.success(request, _("Moved. The plaque stays valid; everything there wants to be looked at again."))
            return see_other("stations:host", station.number)
    return _edit(request, station, move_form=form)


@require_POST
def state(request: HttpRequest, number: str) -> HttpResponse:
    """`what`: open, pause or close; the last two with words."""
    station, what, person = kept_or_404(request, number), request.POST.get("what", ""), request.user.person
    if what == "open":
        try:
            running.open_station(station, by=person)
        except Refused as refused:
            messages.error(request, str(refused.reason))
            return see_other("stations:edit", station.number)
        messages.success(request, _("Open. It stands on the map now."))
        return see_other("stations:host", station.number)
    form = WordsForm(request.POST, prefix="state")
    verb = running.close_station if what == "close" else running.pause_station
    if form.is_valid() and carried_out(form, lambda: verb(station, words=form.cleaned_data["words"], by=person)):
        messages.success(
            request, _("Closed for good. Its plaque shows the nearest open ones.") if what == "close" else _("Paused. Everybody reads why.")
        )
        return see_other("stations:host", station.number)
    return _edit(request, station, state_form=form)
