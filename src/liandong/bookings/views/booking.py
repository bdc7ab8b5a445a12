"""One booking: set up, read, move, give back, answer, check in."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.activities import queries as activities
from liandong.bookings import permissions, queries, services
from liandong.bookings.forms import BookForm, MoveForm, ReasonForm, TimesForm
from liandong.bookings.models import Booking
from liandong.bookings.views.load import TONES, asked_number, base_for, booking_or_404, reader, rooms_for
from liandong.core import clock
from liandong.core.answers import add_refusal, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.ui import words


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Choose room and time; what is refused shows what is in the way and what is free, and keeps every word."""
    by, rooms = reader(request), rooms_for(request)
    bodies = permissions.bodies_of(by)
    form = BookForm(_posted(request), rooms=rooms, bodies=bodies, initial=_start(request, rooms, bodies, by))
    room = next((each for each in rooms if str(each.pk) == str(form["room"].value() or "")), None)
    context: dict[str, Any] = {"base": base_for(request), "form": form, "room": room, "has_bodies": bodies.exists()}
    status = 200
    if request.method == "POST":
        if form.is_valid() and (answer := _book(request, form, context)) is not None:
            return answer
        status = 409 if "taken" in context else 422
        context["kept"] = _kept(request)
    return render(request, "bookings/new.html", context, status=status)


def _posted(request: HttpRequest) -> Any:
    """What was sent; "take" is one of the free times that were offered instead."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    first, _sign, last = data.get("take", "").partition("/")
    try:
        start, end = parse_datetime(first), parse_datetime(last)
    except ValueError:
        start = end = None
    if start and end and timezone.is_aware(start) and timezone.is_aware(end):
        start, end = timezone.localtime(start), timezone.localtime(end)
        data["date"], data["start"], data["end"] = start.date().isoformat(), f"{start:%H:%M}", f"{end:%H:%M}"
    return data


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, for a second form beside the first: its buttons answer with one tap, and nothing typed is lost."""
    apart = {"csrfmiddlewaretoken", "take", "others", "wait"}
    return [(name, value) for name, values in request.POST.lists() if name not in apart for value in values[:1]]


def _start(request: HttpRequest, rooms: list[Any], bodies: Any, by: Any) -> dict[str, Any]:
    """What the empty form knows: room, day and hour from the address; else the next full hour."""
    asked = request.GET
    now = timezone.localtime(clock.now())
    try:
        day = dt.date.fromisoformat(asked.get("date", ""))
    except ValueError:
        day = now.date() + dt.timedelta(days=1 if now.hour >= 20 else 0)
    try:
        start = dt.time.fromisoformat(asked.get("start", ""))
    except ValueError:
        start = dt.time(min(now.hour + 1, 23)) if day == now.date() else dt.time(9)
    try:
        end = dt.time.fromisoformat(asked.get("end", ""))
    except ValueError:
        end = dt.time((start.hour + 1) % 24, start.minute)
    return {
        "room": asked_number(request, "room"),
        "date": day,
        "start": start,
        "end": end,
        "organization": permissions.own_body(by, bodies),
        "every": 1,
    }


def _book(request: HttpRequest, form: BookForm, context: dict[str, Any]) -> HttpResponse | None:
    by, values = reader(request), form.cleaned_data
    room = values["room"]
    try:
        if request.POST.get("wait"):
            kept = {name: values[name] for name in ("starts_at", "ends_at", "title", "organization")}
            row = services.wait(room, **kept, by=by)
            messages.success(request, _("We tell you as soon as it comes free."))
            return see_other("bookings:wait", row.pk)
        if values["rhythm"]:
            made = services.book_series(room, **form.for_series(), others_too=bool(request.POST.get("others")), by=by)
            text = ngettext("One date is booked.", "%(n)s dates are booked.", len(made)) % {"n": len(made)}
            messages.success(request, text)
            return see_other("bookings:booking", made[0].number)
        booking = services.book(room, **form.for_one(), by=by)
    except services.Taken as taken:
        context["taken"], context["free"] = taken, _offers(taken)
        form.add_error("start", ValidationError(str(taken.reason)))
    except services.SeriesTaken as taken:
        context["problems"], context["possible"] = taken.problems, taken.possible
        form.add_error("until", ValidationError(str(taken.reason)))
    except Refused as refused:
        add_refusal(form, refused)
    else:
        messages.success(request, _("Asked for. The time is held for you.") if booking.state == Booking.State.REQUESTED else _("The room is yours."))
        return see_other("bookings:booking", booking.number)
    return None


def _offers(taken: services.Taken) -> list[dict[str, str]]:
    """Free times as buttons."""
    local = [(timezone.localtime(start), timezone.localtime(end)) for start, end in taken.free]
    return [
        {"value": f"{start.isoformat()}/{end.isoformat()}", "label": f"{words.day_short(start)} {words.time_range(start, end)}"}
        for start, end in local
    ]


@require_safe
def booking(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, booking_or_404(request, number))


def _page(request: HttpRequest, found: Booking, *, form: ReasonForm | None = None, refused: str = "", status: int = 200) -> HttpResponse:
    by, now = reader(request), clock.now()
    stands = found.holds and not found.is_over
    keeps, activity = bool(permissions.can_keep(by, found.room)), activities.by_booking([found.pk]).get(found.pk)
    can_change = stands and bool(permissions.can_change(by, found))
    own = by is not None and found.booked_by_id == by.pk
    can_come = found.state == Booking.State.CONFIRMED and found.kind == Booking.Kind.USE and found.checked_in_at is None and stands
    can_come = can_come and bool(permissions.can_check_in(by, found))
    series = list(queries.of_series(found.series)) if found.series else []
    context = {
        "base": base_for(request),
        "booking": found,
        "tone": TONES[found.state],
        "activity": activity,
        "keeps": keeps,
        "own": own,
        "who": found.organization.label if found.organization else found.booked_by.masked_name if found.booked_by and not own else "",
        "can_move": can_change and not found.for_activity and found.kind == Booking.Kind.USE,
        "can_cancel": can_change and (own or found.state != Booking.State.REQUESTED or not keeps) and (keeps or not found.for_activity),
        "can_answer": stands and keeps and found.state == Booking.State.REQUESTED,
        "can_come_now": can_come and now >= found.starts_at - services.OPENS,
        "comes_at": found.starts_at - services.OPENS if can_come and now < found.starts_at - services.OPENS else None,
        "can_make_activity": can_change and (own or found.state != Booking.State.REQUESTED) and found.organization is not None and activity is None and found.kind == Booking.Kind.USE
        and permissions.bodies_of(by).filter(pk=found.organization_id).exists(),
        "series": [(row, TONES[row.state]) for row in series],
        "more_of_series": sum(1 for row in series if row.holds and row.starts_at > found.starts_at),
        "asked_of_series": sum(1 for row in series if row.state == Booking.State.REQUESTED),
        "form": form or ReasonForm(),
        "refused": refused,
    }  # fmt: skip
    return render(request, "bookings/booking.html", context, status=status)


@form_page
def move(request: HttpRequest, number: str) -> HttpResponse:
    found, by = booking_or_404(request, number), reader(request)
    require(permissions.can_change(by, found))
    rooms = rooms_for(request)
    start, end = timezone.localtime(found.starts_at), timezone.localtime(found.ends_at)
    initial = {"room": found.room_id, "date": start.date(), "start": start.time(), "end": end.time()}
    data = _posted(request)
    form: TimesForm = MoveForm(data, rooms=rooms, initial=initial) if found.series_id else TimesForm(data, rooms=rooms, initial=initial)
    context: dict[str, Any] = {"base": base_for(request), "form": form, "booking": found}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            named = {name: values[name] for name in ("room", "starts_at", "ends_at")}
            try:
                if values.get("whole"):
                    services.move_following(found, **named, others_too=bool(request.POST.get("others")), by=by)
                else:
                    services.move(found, **named, by=by)
            except services.Taken as taken:
                context["free"], status = _offers(taken), 409
                form.add_error("start", ValidationError(str(taken.reason)))
            except services.SeriesTaken as taken:
                context["problems"], context["possible"] = taken.problems, taken.possible
                form.add_error("whole", ValidationError(str(taken.reason)))
            except Refused as refused:
                add_refusal(form, refused)
            else:
                messages.success(request, _("Moved."))
                return see_other("bookings:booking", found.number)
        context["kept"] = _kept(request)
    return render(request, "bookings/move.html", context, status=status)


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    found, by = booking_or_404(request, number), reader(request)
    form = ReasonForm(request.POST)
    if form.is_valid():
        verb = services.cancel_following if request.POST.get("which") == "following" else services.cancel
        try:
            verb(found, reason=form.cleaned_data["reason"], by=by)
        except Refused as refused:
            form.add_error("reason" if refused.field == "reason" else None, ValidationError(str(refused.reason)))
        else:
            messages.success(request, _("Given back. The room is free for others."))
            return see_other("bookings:booking", found.number)
    return _page(request, booking_or_404(request, number), form=form, status=422)


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    found, by = booking_or_404(request, number), reader(request)
    form, agree = ReasonForm(request.POST), request.POST.get("answer") == "agree"
    if form.is_valid():
        verb = services.answer_series if form.cleaned_data["whole"] and found.series_id else services.answer
        try:
            verb(found, agree=agree, reason=form.cleaned_data["reason"], by=by)
        except Refused as refused:
            form.add_error("reason" if refused.field == "reason" else None, ValidationError(str(refused.reason)))
        else:
            messages.success(request, _("Agreed. Whoever asked has been told.") if agree else _("Declined. Whoever asked has been told why."))
            return see_other("bookings:booking", found.number)
    return _page(request, booking_or_404(request, number), form=form, status=422)


@require_POST
def check_in(request: HttpRequest, number: str) -> HttpResponse:
    found, by = booking_or_404(request, number), reader(request)
    try:
        services.check_in(found, by=by)
    except Refused as refused:
        return _page(request, booking_or_404(request, number), refused=str(refused.reason), status=422)
    messages.success(request, _("The room is yours until %(time)s.") % {"time": words.clock(found.ends_at)})
    return see_other(reverse("bookings:booking", args=[found.number]))
