"""What everybody may see: when rooms are taken and free, the door of a room, and the feed behind its secret address."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.activities import queries as activities
from liandong.bookings import calendar as drawing
from liandong.bookings import feed as feeds
from liandong.bookings import permissions, queries
from liandong.bookings.models import Booking, CalendarFeed
from liandong.bookings.views.load import asked_number, base_for, reader
from liandong.core import clock
from liandong.core.ids import clean_code
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere
from liandong.ui import words
from liandong.ui.listing import Link
from liandong.venues.models import Venue


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A day of all rooms of a venue, or a week of one room."""
    by, day = reader(request), _day(request.GET.get("date", ""))
    rooms = list(permissions.rooms_visible_to(by).order_by("venue__name", "venue", "name")[:300])
    room = next((each for each in rooms if each.pk == asked_number(request, "room")), None)
    wanted = room.venue_id if room else asked_number(request, "venue")
    here = [each for each in rooms if each.venue_id == wanted] or [each for each in rooms if rooms and each.venue_id == rooms[0].venue_id]
    venue = here[0].venue if here else None
    monday = day - dt.timedelta(days=day.weekday())
    first, last = (monday, monday + dt.timedelta(days=6)) if room else (day, day)
    grid = None
    if venue is not None:
        held = [row.pk for row in drawing.held([room] if room else here, first, last) if row.for_activity]
        public = activities.by_booking(held, shown=True) if held else {}
        grid = drawing.week_of_room(room, monday, by=by, public=public) if room else drawing.day_of_venue(venue, here, day, by=by, public=public)
    key = f"room={room.pk}" if room else f"venue={venue.pk if venue else ''}"
    step = dt.timedelta(days=7)
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    context = {
        "base": base_for(request),
        "venue": venue,
        "room": room,
        "room_key": str(room.pk) if room else "",
        "rooms": here,
        "venues": _venues(rooms),
        "grid": grid,
        "title": words.day_short(first) if not room else f"{words.day_short(first)}–{words.day_short(last)}",
        "before": f"?{key}&date={day - step}",
        "after": f"?{key}&date={day + step}",
        "days": [] if room else [Link(f"{words.weekday(one)} {one.day}", f"?{key}&date={one}", current=one == day) for one in days],
        "views": [
            Link(_("By day"), f"?venue={venue.pk}&date={day}", current=room is None),
            Link(_("By week"), f"?room={(room or here[0]).pk}&date={day}", current=room is not None),
        ]
        if venue
        else [],
        "keeps": holds_anywhere(by, Right.KEEP_VENUES),
        "date": day,
    }
    return render(request, "bookings/calendar.html", context)


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:  # in the evening one looks at tomorrow
        return clock.today() + dt.timedelta(days=timezone.localtime(clock.now()).hour >= 20)
    return day if abs((day - clock.today()).days) < 1_500 else clock.today()


def _venues(rooms: list) -> list[Venue]:
    return list({room.venue_id: room.venue for room in rooms}.values())


@login_not_required
@require_safe
def door(request: HttpRequest, code: str) -> HttpResponse:
    """At the door of a room: free or taken, until when; whose it is now says that they are here."""
    by, now = reader(request), clock.now()
    room = get_object_or_404(permissions.rooms_visible_to(by), code=clean_code(code))
    today = list(queries.between([room], now, clock.day_bounds(clock.today())[1]))
    current = next((row for row in today if row.starts_at <= now < row.ends_at), None)
    coming = [row for row in today if row.starts_at > now]
    to_check_in = next((row for row in today if row.state == Booking.State.CONFIRMED and _may_come(by, row, now)), None)
    free_until = coming[0].starts_at if coming else None
    start = timezone.localtime(now)
    context = {
        "base": base_for(request),
        "room": room,
        "current": current,
        "coming": coming[:6],
        "to_check_in": to_check_in,
        "free_until": free_until,
        "book_href": f"{reverse('bookings:new')}?room={room.pk}&date={start:%Y-%m-%d}&start={_next_five(start)}",
        "sign_in_href": f"{reverse('accounts:sign_in')}?next={request.path}",
    }
    return render(request, "bookings/door.html", context)


def _may_come(by: object, row: Booking, now: dt.datetime) -> bool:
    from liandong.bookings.services import OPENS

    return (
        row.kind == Booking.Kind.USE
        and row.checked_in_at is None
        and row.starts_at - OPENS <= now < row.ends_at
        and bool(by)
        and bool(permissions.can_check_in(by, row))  # type: ignore[arg-type]
    )


def _next_five(moment: dt.datetime) -> str:
    later = moment + dt.timedelta(minutes=5 - moment.minute % 5)
    return f"{later:%H:%M}"


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """For calendar programs, which cannot sign in: who knows the address reads it."""
    found = CalendarFeed.objects.select_related("room", "organization").filter(token=token).first()
    if found is None:
        raise Http404
    base = request.build_absolute_uri(reverse("bookings:list"))
    return HttpResponse(
        feeds.file_of(found, address=base),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="rooms.ics"'},
    )
