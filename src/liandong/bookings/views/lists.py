"""Lists: bookings, what waits for an answer, calendar addresses."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.bookings import permissions, queries, services
from liandong.bookings.models import CalendarFeed
from liandong.bookings.views.load import TONES, asked_number, base_for, reader
from liandong.core.answers import see_other
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, works
from liandong.organizations.permissions import visible_to as bodies_visible_to
from liandong.organizations.queries import workplaces_of
from liandong.ui import listing
from liandong.ui.listing import Column
from liandong.venues.models import Room


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Mine, those of my body, those of the rooms I keep."""
    by = reader(request)
    asked, month = request.GET, month_of(request.GET.get("month", ""))
    keeps, works_here = holds_anywhere(by, Right.KEEP_VENUES), works(by)
    scope = asked.get("scope", "") if works_here else "mine"
    filters = queries.Filters(scope, asked.get("state", ""), asked.get("q", "").strip()[:60], asked_number(request, "room"), month)
    page = listing.page(request, queries.bookings(by, filters), size=50 if works_here else 20)
    waiting = queries.requests_to(by).count() if keeps else 0
    states = [
        *([("requested", _("To answer"), waiting)] if keeps else []),
        ("past", _("Over")),
        ("released", _("Nobody came")),
        ("gone", _("Cancelled or declined")),
    ]
    context = {
        "base": base_for(request),
        "is_desk": works_here,
        "page": page,
        "rows": [(booking, TONES[booking.state]) for booking in page],
        "columns": [Column(_("When")), Column(_("Room")), Column(_("What it is for")), Column(_("Booked for")), Column(_("State"))],
        "states": listing.filter_links(request, "state", states, any_label=pgettext("bookings", "Coming")),
        "scopes": listing.filter_links(
            request, "scope", [("mine", _("My own")), ("ours", _("Of my organisation")), ("kept", _("Rooms I keep"))], any_label=_("All I see")
        ),
        "room": Room.objects.filter(pk=filters.room).first() if filters.room else None,
        "month": month,
        "keeps": keeps,
        "waiting": waiting,
        "waits": queries.waits_of(by)[:10] if by else [],
        "narrowed": any(asked.get(name) for name in ("q", "scope", "state", "room", "month")),
    }
    return render(request, "bookings/list.html", context)


def month_of(text: str) -> dt.date | None:
    """'2026-06' as its first day."""
    try:
        return dt.date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Secret addresses for calendar programs: of the rooms I keep and the bodies I work for."""
    by = reader(request)
    rooms = list(permissions.rooms_visible_to(by).filter(venue__in=permissions.venues_kept_by(by)).order_by("venue__name", "name")[:100])
    bodies = list(workplaces_of(by)[:50])
    by_room = {feed.room_id: feed for feed in CalendarFeed.objects.filter(room__in=rooms)}
    by_body = {feed.organization_id: feed for feed in CalendarFeed.objects.filter(organization__in=bodies)}

    def row(label: str, note: str, feed: CalendarFeed | None, action: str) -> dict[str, object]:
        path = reverse("bookings:feed", args=[feed.token]) if feed else ""
        return {"label": label, "note": note, "path": path, "address": request.build_absolute_uri(path) if path else "", "action": action}

    context = {
        "base": base_for(request),
        "bodies": [row(body.label, "", by_body.get(body.pk), reverse("bookings:new_body_feed", args=[body.slug])) for body in bodies],
        "rooms": [row(room.name, room.venue.name, by_room.get(room.pk), reverse("bookings:new_room_feed", args=[room.pk])) for room in rooms],
    }
    return render(request, "bookings/feeds.html", context)


@require_POST
def new_room_feed(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    room = get_object_or_404(permissions.rooms_visible_to(by), pk=pk)
    services.new_feed(room=room, by=by)
    return see_other("bookings:feeds")


@require_POST
def new_body_feed(request: HttpRequest, slug: str) -> HttpResponse:
    by = reader(request)
    services.new_feed(organization=get_object_or_404(bodies_visible_to(by), slug=slug), by=by)
    return see_other("bookings:feeds")
