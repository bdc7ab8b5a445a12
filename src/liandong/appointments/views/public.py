"""For everybody: whom one can see and when, a place of one's own, what became of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.appointments import calendars, permissions, queries, said, services
from liandong.appointments.forms import AboutForm
from liandong.appointments.models import Appointment, Desk
from liandong.appointments.places import Place
from liandong.appointments.views.load import TONES, appointment_or_404, desk_or_404, moment_of, reader
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.ui import listing, words
from liandong.ui.listing import Link

PAGE_SIZE = 20
DAYS_SHOWN = 4


def book_link(desk: Desk, place: Place, label: str) -> Link:
    return Link(label, reverse("appointments:book", args=[desk.pk]) + f"?at={place.key}")


def short_when(place: Place) -> str:
    """今天 14:20, 周五 14:20, 12月1日 14:20."""
    day = words.local_date(place.starts_at)
    ahead = (day - clock.today()).days
    said = words.day(day) if ahead < 2 else words.weekday(day) if ahead < 7 else words.day_short(day)
    return f"{said} {words.clock(place.starts_at)}"


@login_not_required
@require_safe
def desk_list(request: HttpRequest) -> HttpResponse:
    """Desks by kind, each with its next free times: one tap leads to the place itself."""
    by = reader(request)
    page = listing.page(request, queries.desks(by, words=request.GET.get("q", ""), kind=request.GET.get("kind", "")), size=PAGE_SIZE)
    free = queries.next_free(page.object_list)
    context = {
        "page": page,
        "rows": [(desk, [book_link(desk, place, short_when(place)) for place in free[desk.pk]]) for desk in page],
        "kinds": listing.filter_links(request, "kind", Desk.Kind.choices, any_label=_("All")),
        "narrowed": bool(request.GET.get("q") or request.GET.get("kind")),
        "works": by is not None and bool(permissions.can_open_desks(by)),
        "person": by,
    }
    return render(request, "appointments/list.html", context)


@login_not_required
@require_safe
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """One desk: who receives, when, and what is free."""
    found, by = desk_or_404(request, pk), reader(request)
    schedule = queries.schedules_of([found])[found.pk]
    days = list(queries.free_days(schedule, queries.taken_ahead([found])[found.pk])) if found.is_open else []
    shown = days if "all" in request.GET else days[:DAYS_SHOWN]
    mine = queries.open_at(found, by)
    receives = by is not None and permissions.receives(by, found)
    context = {
        "desk": found,
        **said.about_desk(found),
        "lines": [line for line, _rows in said.hours_lines(schedule.hours)],
        "special": said.special_days(schedule),
        "days": [(day, [book_link(found, place, words.clock(place.starts_at)) for place in places]) for day, places in shown],
        "more_count": len(days) - len(shown),
        "mine": mine,
        "receives": receives,
        "keeps": by is not None and bool(permissions.can_keep_desk(by, found.host)),
    }
    return render(request, "appointments/desk.html", context)


@form_page
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Look once more, say a few words or none, done."""
    found, person = desk_or_404(request, pk), request.user.person
    starts_at = moment_of(request.POST.get("at", "") or request.GET.get("at", ""))
    if starts_at is None:
        return see_other("appointments:desk", pk)
    if (mine := queries.open_at(found, person)) is not None and request.method != "POST":
        return see_other("appointments:appointment", mine.code)
    form, made = AboutForm(request.POST if request.method == "POST" else None), []
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form, lambda: made.append(services.book(found, starts_at=starts_at, person=person, about=form.cleaned_data["about"], by=person))
        )
    ):
        messages.success(request, _("Your place is kept."))
        return see_other("appointments:appointment", made[0].code)
    place = queries.place_at(found, starts_at)
    free = [place for _day, places in queries.free_of_desk(found) for place in places]
    open_now = place is not None and any(each.starts_at == starts_at for each in free)
    return form_answer(
        request,
        "appointments/book.html",
        form,
        desk=found,
        **said.about_desk(found),
        length_note=_("until %(time)s") % {"time": words.clock(place.ends_at)} if place else "",
        at=f"{request.POST.get('at') or request.GET.get('at')}",
        starts_at=starts_at,
        is_free=open_now,
        others=[] if open_now else [book_link(found, each, short_when(each)) for each in free[:6]],
        about_days=Appointment.ABOUT_DAYS,
        mine=mine,
    )


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My appointments, those to come first."""
    page = listing.page(request, queries.mine(request.user.person), size=PAGE_SIZE)
    rows = list(page)
    context = {
        "page": page,
        "ahead": sorted((row for row in rows if row.is_ahead), key=lambda row: row.starts_at),
        "past": [(row, TONES[row.state]) for row in rows if not row.is_ahead],
    }
    return render(request, "appointments/mine.html", context)


@require_safe
def appointment(request: HttpRequest, code: str) -> HttpResponse:
    """One's own appointment: the number, when and where, what is called right now."""
    row = appointment_or_404(request, code)
    own = row.person_id == request.user.person.pk
    today = row.on_date == clock.today() and row.is_open
    called = queries.called_now(row.desk, row.on_date) if today else None
    context: dict[str, Any] = {
        "row": row,
        "desk": row.desk,
        **said.about_desk(row.desk),
        "when_note": _(", ").join(
            part for part in (words.time_range(row.starts_at, row.ends_at), words.until(row.starts_at) if row.is_ahead else "") if part
        ),
        "tone": TONES[row.state],
        "own": own,
        "is_today": today,
        "called": called,
        "can_cancel": own and row.state == Appointment.State.BOOKED and clock.now() <= row.until_at,
        "too_late": own and row.state == Appointment.State.BOOKED and row.until_at < clock.now() < row.starts_at,
        "about_days": Appointment.ABOUT_DAYS,
        "others": [],
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "appointments/appointment.html#now", context)
    if row.state == Appointment.State.CANCELLED and own and row.desk.is_open:
        free = queries.next_free([row.desk], limit=6)[row.desk.pk]
        context["others"] = [book_link(row.desk, place, short_when(place)) for place in free]
    return render(request, "appointments/appointment.html", context)


@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    row, by = appointment_or_404(request, code), request.user.person
    services.cancel_appointment(row, by=by)
    if row.person_id == by.pk:
        messages.success(request, _("Cancelled. The place is free for somebody else."))
        return see_other("appointments:appointment", row.code)
    messages.success(request, _("Cancelled. The person is told."))
    return see_other(reverse("appointments:day", args=[row.desk_id]) + f"?date={row.on_date}")


@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """One's own appointment as a calendar file."""
    row = appointment_or_404(request, code)
    url = f"{settings.SITE_URL}{reverse('appointments:appointment', args=[row.code])}"
    answer = HttpResponse(calendars.file_of(row, url=url), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.code}.ics"'
    return answer
