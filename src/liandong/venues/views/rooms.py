"""Kinds of space, rooms and their pictures."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.bookings import queries as bookings
from liandong.core import clock
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other, shown_file
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.venues import permissions, photos, queries, services
from liandong.venues.forms import PhotoForm, RoomForm, SpaceForm
from liandong.venues.models import Room, RoomPhoto, Venue
from liandong.venues.views import base_for, find_kept, reader

DAYS_SHOWN = 4


@login_not_required
@require_safe
def spaces(request: HttpRequest) -> HttpResponse:
    """One centre and its spaces, each with what people find there and its rooms."""
    kinds = queries.spaces(reader(request))
    return render(request, "venues/spaces.html", {"base": base_for(request), "kinds": kinds})


@login_not_required
@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """What a room has, what holds there, and when it is free."""
    by = reader(request)
    found = _find(request, pk)
    hours = queries.hours_of([found.venue])[found.venue_id]
    first = clock.today()
    last = first + dt.timedelta(days=DAYS_SHOWN - 1)
    taken = list(bookings.between([found], clock.day_bounds(first)[0], clock.day_bounds(last)[1]))
    free = bookings.gaps(found, hours, first, last, taken) if found.is_open and found.venue.is_open else []
    context = {
        "base": base_for(request),
        "room": found,
        "room_key": str(found.pk),
        "photos": found.photos.all(),
        "features": [Room.Feature(name).label for name in found.features if name in Room.Feature.values],
        "free": [(start, end) for start, end in free if end - start >= 2 * bookings.QUARTER][:8],
        "can_keep": permissions.can_keep_venue(by, found.venue.host),
        "is_bookable": found.is_open and found.venue.is_open,
    }
    return render(request, "venues/room.html", context)


def _find(request: HttpRequest, pk: int) -> Room:
    return get_object_or_404(permissions.rooms_visible_to(reader(request)), pk=pk)


def _find_kept(request: HttpRequest, pk: int) -> Room:
    found = _find(request, pk)
    require(permissions.can_keep_venue(reader(request), found.venue.host))
    return found


@form_page
def room_new(request: HttpRequest, pk: int) -> HttpResponse:
    venue = find_kept(request, pk)
    return _form(request, venue, None)


@form_page
def room_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its facts, and its pictures beside them."""
    found = _find_kept(request, pk)
    if request.method == "POST" and "picture" in request.POST:
        return _add_photo(request, found)
    return _form(request, found.venue, found)


def _form(request: HttpRequest, venue: Venue, found: Room | None, *, photo_form: PhotoForm | None = None) -> HttpResponse:
    initial = {field: getattr(found, field) for field in services.ROOM_FIELDS} | {"price": found.price_fen / 100} if found else {}
    posted = request.POST if request.method == "POST" and photo_form is None else None
    form = RoomForm(posted, initial=initial)
    if posted is not None and form.is_valid():
        try:
            made = (
                services.edit_room(found, **form.values(), by=reader(request))
                if found
                else services.create_room(venue, **form.values(), by=reader(request))
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return see_other("venues:room", made.pk) if found else see_other("venues:room_edit", made.pk)
    context: dict[str, Any] = {"form": form, "venue": venue, "room": found, "photo_form": photo_form or PhotoForm(auto_id="id_photo_%s")}
    context["photos"] = found.photos.all() if found else []
    status = 422 if form.errors or (photo_form is not None and photo_form.errors) else 200
    return render(request, "venues/room_form.html", context, status=status)


def _add_photo(request: HttpRequest, found: Room) -> HttpResponse:
    """Its size is asked before a byte of it is read."""
    form = PhotoForm(request.POST, request.FILES, auto_id="id_photo_%s")
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            photos.refuse_size(file.size)
            services.add_photo(found, content=file.read(), words=form.cleaned_data["words"], by=reader(request))
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The picture is there."))
            return see_other("venues:room_edit", found.pk)
    return _form(request, found.venue, found, photo_form=form)


@login_not_required
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    found = get_object_or_404(RoomPhoto.objects.select_related("room"), pk=pk)
    if not permissions.rooms_visible_to(reader(request)).filter(pk=found.room_id).exists():
        raise Http404
    return shown_file(found.file, public=True)


@require_POST
def photo_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RoomPhoto.objects.select_related("room__venue__host__territory"), pk=pk)
    kept = _find_kept(request, found.room_id)
    services.remove_photo(found, by=reader(request))
    messages.success(request, _("The picture is gone."))
    return see_other("venues:room_edit", kept.pk)


@form_page
def space(request: HttpRequest, pk: int) -> HttpResponse:
    """Which kind of space a venue is, what people find there, how long a booked room is kept."""
    venue = find_kept(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = SpaceForm(posted, initial={"space": venue.space, "offers": venue.offers, "keep_minutes": venue.keep_minutes})
    if posted is not None and form.is_valid():
        if carried_out(form, lambda: services.set_space(venue, **form.cleaned_data, by=reader(request))):
            messages.success(request, _("Saved."))
            return see_other("venues:venue", pk)
    return form_answer(request, "venues/space.html", form, venue=venue)
