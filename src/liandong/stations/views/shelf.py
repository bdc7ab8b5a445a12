"""The shelf of a station: what lies there, bringing, reserving, handing out, lending; recyclables for something useful."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.stations import permissions
from liandong.stations.forms.shelf import BroughtForm, ExchangeForm, ItemForm, RateForm
from liandong.stations.models import GreenRate, ShelfItem, ShelfTaking, Station
from liandong.stations.queries import shelf
from liandong.stations.services import green as exchanging
from liandong.stations.services import shelf as verbs
from liandong.stations.views.visits import kept_or_403, station_or_404, viewer
from liandong.ui import listing

ICONS = {ShelfItem.Kind.GIVE: "gift", ShelfItem.Kind.EXCHANGE: "repeat", ShelfItem.Kind.LOAN: "book"}


@login_not_required
@require_safe
def shelf_page(request: HttpRequest, number: str) -> HttpResponse:
    """What lies there. The host also sees what waits for a tap."""
    station, person = station_or_404(request, number), viewer(request)
    keeps = bool(permissions.can_keep_station(person, station))
    page = listing.page(request, shelf.on_shelf(station, kind=request.GET.get("kind", "")), size=30)
    context: dict[str, Any] = {
        "station": station,
        "venue": station.venue,
        "keeps": keeps,
        "page": page,
        "items": [(item, ICONS[ShelfItem.Kind(item.kind)]) for item in page],
        "kinds": listing.filter_links(request, "kind", ShelfItem.Kind.choices, any_label=_("Everything")),
        "narrowed": bool(request.GET.get("kind")),
        "can_offer": permissions.can_offer_item(person, station) or person is None,
        "has_rates": bool(shelf.rates_of(station)),
        "offered": shelf.offered(station) if keeps else [],
        "takings": shelf.open_takings(station) if keeps else [],
        "today": clock.today(),
    }
    return render(request, "stations/shelf.html", context)


@login_not_required
@require_safe
def item_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _item(request, _item_or_404(request, pk))


@form_page
def put(request: HttpRequest, number: str) -> HttpResponse:
    """Something for the shelf: from the host at once, from others after the host's tap."""
    station, person = station_or_404(request, number), request.user.person
    require(permissions.can_offer_item(person, station))
    keeps = bool(permissions.can_keep_station(person, station))
    form = ItemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: verbs.put_item(station, **form.cleaned_data, by=person)):
        messages.success(request, _("It is on the shelf.") if keeps else _("Thank you. Bring it along: the host puts it on the shelf."))
        return see_other("stations:shelf", number=station.number)
    return form_answer(request, "stations/put.html", form, station=station, venue=station.venue, keeps=keeps)


@require_POST
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item_or_404(request, pk)
    try:
        taking = verbs.reserve(item, by=request.user.person)
    except Refused as refused:
        return _item(request, _item_or_404(request, pk), refusal=str(refused.reason), status=422)
    messages.success(request, _("Kept for you for 24 hours. Say %(code)s at the counter.") % {"code": taking.code})
    return see_other("stations:item", pk=item.pk)


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap of the host on a thing: it goes on the shelf or not, is handed out, comes off."""
    item, person = _item_or_404(request, pk), request.user.person
    require(permissions.can_keep_station(person, item.station))
    what = request.POST.get("what", "")
    form = BroughtForm(request.POST)
    brought = form.cleaned_data["brought"] if form.is_valid() else ""
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "accept": (lambda: verbs.accept_item(item, by=person), _("It is on the shelf.")),
        "decline": (lambda: verbs.decline_item(item, by=person), _("Not taken in.")),
        "off": (lambda: verbs.take_off(item, by=person), _("It is off the shelf.")),
        "hand_out": (lambda: verbs.hand_out(item, brought=brought, by=person), _("Handed out.")),
    }
    if what not in steps:
        raise Http404
    step, told = steps[what]
    try:
        done = step()
    except Refused as refused:
        return _item(request, _item_or_404(request, pk), refusal=str(refused.reason), status=422)
    if what == "hand_out" and item.is_loan:
        told = _("Lent until %(day)s. The code of the loan is %(code)s.") % {"day": done.due_on.isoformat(), "code": done.code}
    messages.success(request, told)
    return see_other("stations:shelf", number=item.station.number)


@require_POST
def taking_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap of the host on something reserved or lent."""
    taking, person = _taking_or_404(pk), request.user.person
    require(permissions.can_keep_station(person, taking.item.station))
    form = BroughtForm(request.POST)
    brought = form.cleaned_data["brought"] if form.is_valid() else ""
    what = request.POST.get("what", "")
    if what == "hand_over":
        verbs.hand_over(taking, brought=brought, by=person)
        messages.success(request, _("Handed out."))
    elif what == "back":
        verbs.bring_back(taking, by=person)
        messages.success(request, _("It is back."))
    else:
        raise Http404
    return see_other("stations:shelf", number=taking.item.station.number)


@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    taking, person = _taking_or_404(pk), request.user.person
    if not permissions.can_give_up(person, taking):
        raise Http404
    verbs.give_up(taking, by=person)
    messages.success(request, _("Given up. It is there for others again."))
    return see_other("stations:mine") if taking.person_id == person.pk else see_other("stations:shelf", number=taking.item.station.number)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What is kept for me, lent to me, and what I brought."""
    person: Person = request.user.person
    takings = shelf.takings_of(person)
    context = {
        "held": [row for row in takings if row.ended_at is None],
        "past": [row for row in takings if row.ended_at is not None],
        "offers": shelf.offers_of(person),
        "today": clock.today(),
    }
    return render(request, "stations/mine.html", context)


# Recyclables


@login_not_required
@require_safe
def green(request: HttpRequest, number: str) -> HttpResponse:
    """The table, what was brought so far, and for the host the till."""
    return _green(request, station_or_404(request, number))


@require_POST
def green_exchange(request: HttpRequest, pk: int) -> HttpResponse:
    rate, person = _rate_or_404(pk), request.user.person
    require(permissions.can_keep_station(person, rate.station))
    form, made = ExchangeForm(request.POST, prefix=f"r{rate.pk}"), []
    if form.is_valid() and carried_out(form, lambda: made.append(exchanging.exchange(rate, amount=form.cleaned_data["amount"], by=person))):
        messages.success(request, _("Give %(count)s × %(what)s.") % {"count": made[0].given_count, "what": rate.gives})
        return see_other("stations:green", number=rate.station.number)
    return _green(request, rate.station, wrong=(rate.pk, form), status=422)


@require_POST
def green_rate(request: HttpRequest, number: str) -> HttpResponse:
    station, person = kept_or_403(request, number), request.user.person
    form = RateForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: exchanging.set_rate(station, **form.cleaned_data, by=person)):
        messages.success(request, _("Saved."))
        return see_other("stations:green", number=station.number)
    return _green(request, station, form=form, status=422)


@require_POST
def green_end(request: HttpRequest, pk: int) -> HttpResponse:
    rate, person = _rate_or_404(pk), request.user.person
    require(permissions.can_keep_station(person, rate.station))
    exchanging.end_rate(rate, by=person)
    messages.success(request, _("Taken off the table."))
    return see_other("stations:green", number=rate.station.number)


def _green(
    request: HttpRequest,
    station: Station,
    *,
    form: RateForm | None = None,
    wrong: tuple[int, ExchangeForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    keeps = bool(permissions.can_keep_station(viewer(request), station))
    tills = []
    for rate in shelf.rates_of(station):
        till = wrong[1] if wrong is not None and wrong[0] == rate.pk else ExchangeForm(prefix=f"r{rate.pk}")
        tills.append((rate, till))
    context: dict[str, Any] = {
        "station": station,
        "venue": station.venue,
        "keeps": keeps,
        "tills": tills,
        "brought": shelf.brought_to(station, first=clock.today() - dt.timedelta(days=364)),
        "rate_form": form or RateForm(),
        "form": form or (wrong[1] if wrong is not None else None),
    }
    if keeps:
        context["page"] = listing.page(request, shelf.exchanges_of(station), size=20)
        context["columns"] = [_("Day"), _("What came in"), _("What went out")]
    return render(request, "stations/green.html", context, status=status)


# Inside


def _item_or_404(request: HttpRequest, pk: int) -> ShelfItem:
    """On the shelf: for everybody. Offered or gone: for those who keep the station, who brought it, and who has one."""
    item = get_object_or_404(ShelfItem.objects.select_related("station__venue__host__territory", "station__venue__territory"), pk=pk)
    person = viewer(request)
    if not permissions.visible_to(person).filter(pk=item.station_id).exists():
        raise Http404
    if item.state != ShelfItem.State.ON_SHELF and not permissions.can_keep_station(person, item.station):
        mine = person is not None and (item.brought_by_id == person.pk or item.takings.filter(person=person).exists())
        if not mine:
            raise Http404
    return item


def _taking_or_404(pk: int) -> ShelfTaking:
    return get_object_or_404(ShelfTaking.objects.select_related("item__station__venue__host__territory", "item__station__venue__territory"), pk=pk)


def _rate_or_404(pk: int) -> GreenRate:
    return get_object_or_404(GreenRate.objects.select_related("station__venue__host__territory", "station__venue__territory"), pk=pk)


def _item(request: HttpRequest, item: ShelfItem, *, refusal: str = "", status: int = 200) -> HttpResponse:
    person, station = viewer(request), item.station
    own = shelf.open_with(person, station).get(item.pk) if person is not None else None
    context: dict[str, Any] = {
        "item": item,
        "icon": ICONS[ShelfItem.Kind(item.kind)],
        "station": station,
        "venue": station.venue,
        "keeps": bool(permissions.can_keep_station(person, station)),
        "own": own,
        "is_there": item.state == ShelfItem.State.ON_SHELF and item.left_count > 0,
        "can_reserve": permissions.can_reserve(person, station),
        "is_signed_in": person is not None,
        "refusal": refusal,
        "brought_form": BroughtForm(),
    }
    return render(request, "stations/item.html", context, status=status)
