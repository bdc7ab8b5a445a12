"""For those who keep rooms: closed days, hours a month, use, the sign at the door."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.bookings import permissions, services, use
from liandong.bookings.forms import CloseForm, LimitForm
from liandong.bookings.models import HourLimit
from liandong.bookings.views.lists import month_of
from liandong.bookings.views.load import asked_number, reader
from liandong.core import clock
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Right
from liandong.organizations.permissions import may_anywhere
from liandong.ui.listing import Column, Link
from liandong.venues.models import Room, Venue
from liandong.venues.permissions import can_keep_venue
from liandong.venues.permissions import visible_to as venues_visible_to


def _room(request: HttpRequest, pk: int) -> Room:
    room = get_object_or_404(permissions.rooms_visible_to(reader(request)), pk=pk)
    require(permissions.can_keep(reader(request), room))
    return room


@form_page
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closed for work: shows the bookings that stand there before it takes them away."""
    room, by = _room(request, pk), reader(request)
    form = CloseForm(request.POST if request.method == "POST" else None, initial={"date": clock.today(), "until": clock.today()})
    context: dict[str, Any] = {"room": room}
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = services.close(room, **{name: values[name] for name in ("starts_at", "ends_at", "title", "cancel_others")}, by=by)
        except services.InTheWay as found:
            context["standing"] = found.bookings
            form.add_error("cancel_others", ValidationError(str(found.reason)))
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The room is closed for this time."))
            return see_other("bookings:booking", made.number)
    return form_answer(request, "bookings/close.html", form, **context)


def _venue(request: HttpRequest, pk: int) -> Venue:
    venue = get_object_or_404(venues_visible_to(reader(request)).select_related("host__territory"), pk=pk)
    require(can_keep_venue(reader(request), venue.host))
    return venue


@form_page
def limits(request: HttpRequest, pk: int) -> HttpResponse:
    """Hours a month that a body may book here."""
    venue, by = _venue(request, pk), reader(request)
    form = LimitForm(request.POST if request.method == "POST" else None, venue=venue)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.set_limit(venue, **form.cleaned_data, by=by)):
            messages.success(request, _("Saved."))
            return see_other("bookings:limits", pk)
    rows = HourLimit.objects.filter(venue=venue).select_related("room", "organization").order_by("room__name", "organization__pinyin", "pk")
    columns = [Column(_("Where")), Column(_("Organisation")), Column(_("Hours a month"), number=True), Column(_("Actions"))]
    return form_answer(request, "bookings/limits.html", form, venue=venue, rows=rows, columns=columns)


@require_POST
def forget_limit(request: HttpRequest, pk: int, limit: int) -> HttpResponse:
    venue = _venue(request, pk)
    row = get_object_or_404(HourLimit.objects.select_related("room", "organization"), venue=venue, pk=limit)
    services.set_limit(venue, hours=None, room=row.room, organization=row.organization, by=reader(request))
    return see_other("bookings:limits", pk)


@require_safe
def used(request: HttpRequest) -> HttpResponse:
    """Hours booked of hours open, by room and month; each figure opens the bookings behind it."""
    by = reader(request)
    require(may_anywhere(by, Right.KEEP_VENUES))
    month = month_of(request.GET.get("month", "")) or clock.today().replace(day=1)
    if not 2020 <= month.year <= clock.today().year + 1:
        month = clock.today().replace(day=1)
    venues = list(permissions.venues_kept_by(by)[:100])
    chosen = asked_number(request, "venue")
    shown = [venue for venue in venues if chosen is None or venue.pk == chosen] or venues
    rows = use.of_rooms(shown, month)
    address, keep = reverse("bookings:use"), f"&venue={chosen}" if chosen else ""
    before, after = (month - dt.timedelta(days=1)).replace(day=1), (month + dt.timedelta(days=32)).replace(day=1)
    context = {
        "month": month,
        "months": [Link(_("Month before"), f"{address}?month={before:%Y-%m}{keep}"), Link(_("Month after"), f"{address}?month={after:%Y-%m}{keep}")],
        "venues": [
            Link(_("All"), f"{address}?month={month:%Y-%m}", current=chosen is None),
            *[Link(venue.name, f"{address}?month={month:%Y-%m}&venue={venue.pk}", current=venue.pk == chosen) for venue in venues],
        ],
        "rows": rows,
        "total": use.total(rows),
        "columns": [
            Column(_("Room")),
            Column(_("Hours open"), number=True),
            Column(_("Hours booked"), number=True),
            Column(_("Share booked")),
            Column(_("Bookings"), number=True),
            Column(_("Nobody came"), number=True),
        ],
        "list_href": f"{reverse('bookings:list')}?scope=kept&month={month:%Y-%m}",
    }
    return render(request, "bookings/use.html", context)


@require_safe
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """A page for the door, with its code."""
    room = _room(request, pk)
    return render(request, "bookings/sign.html", {"room": room, "address": request.build_absolute_uri(reverse("bookings:door", args=[room.code]))})
