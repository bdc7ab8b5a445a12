"""Waiting for a room: the line, and the one tap."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.bookings import queries, services
from liandong.bookings.models import RoomWait
from liandong.bookings.views.load import base_for, reader
from liandong.core.answers import see_other
from liandong.core.errors import Refused


def _wait(request: HttpRequest, pk: int) -> RoomWait:
    rows = RoomWait.objects.filter(person=reader(request)).select_related("room__venue__host__territory", "organization", "booking")
    return get_object_or_404(rows, pk=pk)


@require_safe
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _wait(request, pk))


def _page(request: HttpRequest, found: RoomWait, *, refused: str = "", status: int = 200) -> HttpResponse:
    waits = found.state == RoomWait.State.WAITING
    context = {
        "base": base_for(request),
        "wait": found,
        "free": waits and queries.can_take_now(found),
        "place": queries.place_in_line(found) if waits else 0,
        "refused": refused,
    }
    return render(request, "bookings/wait.html", context, status=status)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    found = _wait(request, pk)
    try:
        booking = services.take(found, by=reader(request))
    except Refused as refused:
        return _page(request, _wait(request, pk), refused=str(refused.reason), status=409)
    messages.success(request, _("The room is yours."))
    return see_other("bookings:booking", booking.number)


@require_POST
def stop_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    services.stop_waiting(_wait(request, pk), by=reader(request))
    messages.success(request, _("You are no longer waiting."))
    return see_other("bookings:list")
