"""What every view of bookings starts with."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from liandong.accounts.models import Person
from liandong.bookings import permissions
from liandong.bookings.models import Booking
from liandong.core.text import whole_number
from liandong.organizations.permissions import works
from liandong.venues.models import Room

TONES = {"requested": "warn", "confirmed": "success", "declined": "danger", "lapsed": "neutral", "cancelled": "neutral", "released": "danger"}
MOST_ROOMS = 300


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def base_for(request: HttpRequest) -> str:
    return "ui/desk.html" if works(reader(request)) else "ui/phone.html"


def booking_or_404(request: HttpRequest, number: str) -> Booking:
    return get_object_or_404(permissions.visible_to(reader(request)).select_related("checked_in_by", "answered_by"), number=number.upper())


def rooms_for(request: HttpRequest) -> list[Room]:
    """Rooms the reader may choose from, by venue."""
    return list(
        permissions.rooms_visible_to(reader(request)).filter(is_open=True, venue__is_open=True).order_by("venue__name", "venue", "name")[:MOST_ROOMS]
    )


def asked_number(request: HttpRequest, name: str) -> int | None:
    return whole_number(request.GET.get(name, ""))
