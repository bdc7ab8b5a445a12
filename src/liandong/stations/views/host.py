"""The host's own pages, made for a phone behind the counter: today, supplies and faults, what visitors found."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Right
from liandong.organizations.permissions import may_anywhere
from liandong.stations import freshness, permissions
from liandong.stations.door import door_of
from liandong.stations.forms.keeping import FaultForm, RestockForm, SupplyForm, TodayForm
from liandong.stations.models import Fault, Station, Subject
from liandong.stations.queries import board
from liandong.stations.queries.around import around
from liandong.stations.services import facts as looking
from liandong.stations.services import supplies as keeping
from liandong.stations.views.load import TONES, host_tabs, kept_or_404
from liandong.stations.words import LACKING, tile
from liandong.ui import listing
from liandong.venues import queries as venues
from liandong.venues.models import SpecialDay


@require_safe
def hosted(request: HttpRequest) -> HttpResponse:
    """The stations of my organisation; straight to it when there is one."""
    person = request.user.person
    require(may_anywhere(person, Right.KEEP_VENUES))
    rows = board.hosted_by(person)
    if rows[:2].count() == 1:
        return see_other("stations:host", rows[0].number)
    page = listing.page(request, board.with_trouble(rows), size=20)
    return render(request, "stations/hosted.html", {"page": page, "rows": [(row, TONES[row.state]) for row in page]})


@require_safe
def host(request: HttpRequest, number: str) -> HttpResponse:
    """One tap says that all is as it should be; one tap a thing says that it is not."""
    return _host(request, kept_or_404(request, number))


def _host(request: HttpRequest, station: Station, *, form: TodayForm | None = None) -> HttpResponse:
    now, facts = clock.now(), board.facts_of(station)
    hours = venues.hours_of([station.venue])[station.venue_id]
    shown = [tile(fact, now=now) for fact in facts]
    door = next((fact for fact in facts if fact.subject == Subject.DOOR), None)
    context = {
        "station": station,
        "venue": station.venue,
        "tone": TONES[station.state],
        "tabs_inside": host_tabs(station, "host"),
        "door": door_of(hours, door.shown(now) if door else None, now),
        "tiles": [one for one in shown if one.fact.subject != Subject.DOOR],
        "called": [(one, LACKING[one.fact.subject]) for one in shown if one.fact.called_at is not None],
        "fresh": sum(one.state == freshness.PROVED for one in shown),
        "total": len(shown),
        "special": SpecialDay.objects.filter(venue=station.venue, special_date=clock.today()).first(),
        "form": form or TodayForm(),
        "around": around(station),
        "agreement": station.agreements.filter(state__in=["proposed", "agreed"]).order_by("-version").first(),
        "can_run": permissions.can_run(request.user.person, station),
    }
    return render(request, "stations/host.html", context, status=422 if form is not None else 200)


@require_POST
def prove_all(request: HttpRequest, number: str) -> HttpResponse:
    station = kept_or_404(request, number)
    try:
        made = looking.prove_all(station, by=request.user.person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        n = len(made)
        messages.success(
            request, ngettext("Thank you. %(n)s thing is green for a day.", "Thank you. %(n)s things are green for a day.", n) % {"n": n}
        )
    return see_other("stations:host", station.number)


@require_POST
def tap(request: HttpRequest, number: str) -> HttpResponse:
    """`<subject>=works` or `<subject>=fails`."""
    station = kept_or_404(request, number)
    subject = next((name for name in request.POST if name in Subject.values), "")
    fact = get_object_or_404(station.facts.filter(is_claimed=True), subject=subject)
    works = request.POST[subject] == "works"
    try:
        looking.tap(fact, works=works, by=request.user.person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Noted: it is there.") if works else _("Noted. People read it before they come."))
    return see_other("stations:host", station.number)


@require_POST
def today(request: HttpRequest, number: str) -> HttpResponse:
    """Closed for today, or open again."""
    station = kept_or_404(request, number)
    person = request.user.person
    if request.POST.get("what") == "open":
        looking.open_again(station, by=person)
        messages.success(request, _("Open again, as the week says."))
        return see_other("stations:host", station.number)
    form = TodayForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: looking.close_today(station, words=form.cleaned_data["words"], by=person)):
        messages.success(request, _("Closed for today. Tomorrow the week holds again."))
        return see_other("stations:host", station.number)
    return _host(request, station, form=form)


# Supplies and faults


@require_safe
def host_supplies(request: HttpRequest, number: str) -> HttpResponse:
    return _supplies(request, kept_or_404(request, number))


def _supplies(request: HttpRequest, station: Station, **bound: Any) -> HttpResponse:
    supplies = board.supplies_of(station)
    forms_of = {row.pk: RestockForm(auto_id=f"id_{row.pk}_%s", initial={"quantity": row.quantity, "expires_on": row.expires_on}) for row in supplies}
    if "restock" in bound:
        pk, form = bound["restock"]
        forms_of[pk] = form
    context = {
        "station": station,
        "venue": station.venue,
        "tabs_inside": host_tabs(station, "host_supplies"),
        "supplies": [(row, forms_of[row.pk]) for row in supplies],
        "faults": board.faults_of(station),
        "form": bound.get("form") or SupplyForm(),
        "fault_form": bound.get("fault_form") or FaultForm(prefix="fault"),
    }
    return render(request, "stations/host_supplies.html", context, status=422 if bound else 200)


@require_POST
def add_supply(request: HttpRequest, number: str) -> HttpResponse:
    station, form = kept_or_404(request, number), SupplyForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: keeping.add_supply(station, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("Put on the list."))
        return see_other("stations:host_supplies", station.number)
    return _supplies(request, station, form=form)


@require_POST
def restock(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Counted or replaced; `what=remove` takes it off the list."""
    station = kept_or_404(request, number)
    supply = get_object_or_404(station.supplies.filter(removed_at__isnull=True), pk=pk)
    if request.POST.get("what") == "remove":
        keeping.remove_supply(supply, by=request.user.person)
        messages.success(request, _("Taken off the list."))
        return see_other("stations:host_supplies", station.number)
    form = RestockForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid() and carried_out(form, lambda: keeping.restock(supply, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("Saved."))
        return see_other("stations:host_supplies", station.number)
    return _supplies(request, station, restock=(pk, form))


@require_POST
def report_fault(request: HttpRequest, number: str) -> HttpResponse:
    station, form = kept_or_404(request, number), FaultForm(request.POST, prefix="fault")
    if form.is_valid() and carried_out(form, lambda: keeping.report_fault(station, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("Reported. The clock runs until it is mended."))
        return see_other("stations:host_supplies", station.number)
    return _supplies(request, station, fault_form=form)


@require_POST
def fault(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """`what=take`: I see to it; `what=mend`: it works again."""
    station = kept_or_404(request, number)
    found = get_object_or_404(station.faults.exclude(state=Fault.State.MENDED), pk=pk)
    try:
        if request.POST.get("what") == "mend":
            keeping.mend_fault(found, by=request.user.person)
            messages.success(request, _("Mended. Tap that it works, so that people believe it."))
        else:
            keeping.take_fault(found, by=request.user.person)
            messages.success(request, _("You see to it."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return see_other("stations:host_supplies", station.number)


# What visitors found


@require_safe
def feedback(request: HttpRequest, number: str) -> HttpResponse:
    """What visitors tapped and wrote in thirty days; thanks have a page of their own."""
    station = kept_or_404(request, number)
    page = listing.page(request, board.words_of_visitors(station), size=30)
    context = {
        "station": station,
        "venue": station.venue,
        "tabs_inside": host_tabs(station, "feedback"),
        "page": page,
        "rows": [(proof, proof.fact.label if proof.works else LACKING[proof.fact.subject]) for proof in page],
        "around": around(station),
    }
    return render(request, "stations/feedback.html", context)
