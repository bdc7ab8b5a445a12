"""Places where things happen."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core import clock
from liandong.core.answers import add_refusal, carried_out, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere, organizations_with, works
from liandong.organizations.permissions import visible_to as bodies_visible_to
from liandong.ui import listing
from liandong.venues import hours as reading
from liandong.venues import permissions, queries, services, words
from liandong.venues.forms import HoursForm, SpecialDayForm, VenueForm
from liandong.venues.models import Venue


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def find(request: HttpRequest, pk: int) -> Venue:
    return get_object_or_404(permissions.visible_to(reader(request)).select_related("host__territory", "territory"), pk=pk)


def find_kept(request: HttpRequest, pk: int) -> Venue:
    found = find(request, pk)
    require(permissions.can_keep_venue(reader(request), found.host))
    return found


def opening_of(venue: Venue) -> dict[str, Any]:
    """What a page says of the hours: the week, now, and the days that are different. Two queries."""
    hours, now = queries.hours_of([venue])[venue.pk], clock.now()
    days = [(weekday, reading.said(hours.week.get(weekday, []))) for weekday in range(7)] if hours.known else []
    return {
        "hours": hours,
        "open_until": span[1] if (span := hours.span_at(now)) else None,
        "opens_next": hours.next_opening(now),
        "week": words.grouped(days),
        "holiday_hours": reading.said(hours.week.get(reading.HOLIDAY, [])),
        "special_days": venue.special_days.filter(special_date__gte=clock.today())[:10] if hours.known or hours.special else [],
    }


def base_for(request: HttpRequest) -> str:
    return "ui/desk.html" if works(reader(request)) else "ui/phone.html"


@login_not_required
@require_GET
def venue_list(request: HttpRequest) -> HttpResponse:
    """Places that may be used."""
    by = reader(request)
    rows = queries.venues(by, words=request.GET.get("q", ""), kind=request.GET.get("kind", ""))
    context = {
        "base": base_for(request),
        "page": listing.page(request, rows),
        "kinds": listing.filter_links(request, "kind", Venue.Kind.choices, any_label=_("All")),
        "can_create": holds_anywhere(by, Right.KEEP_VENUES),
    }
    return render(request, "venues/list.html", context)


@login_not_required
@require_GET
def venue(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    found = find(request, pk)
    keeps = permissions.can_keep_venue(by, found.host)
    context = {
        "base": base_for(request),
        **opening_of(found),
        "venue": found,
        "can_edit": keeps,
        "activities": activities.upcoming_public().filter(venue=found)[:5],
        "rooms": found.rooms.filter(is_open=True).order_by("name") if not keeps else found.rooms.order_by("-is_open", "name"),
        "venue_key": str(found.pk),
        "offers": [line for line in found.offers.splitlines() if line.strip()],
    }
    return render(request, "venues/venue.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    by = request.user.person
    require(may_anywhere(by, Right.KEEP_VENUES))
    chosen = bodies_visible_to(by).filter(slug=request.GET.get("organization", "")).first()
    form, status = VenueForm(request.POST or None, hosts=organizations_with(by, Right.KEEP_VENUES), initial={"host": chosen}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.create_venue(**form.cleaned_data, by=by)
            except Refused as refused:
                add_refusal(form, refused)
            else:
                messages.success(request, _("Saved."))
                return see_other("venues:venue", made.pk)
    return render(request, "venues/form.html", {"form": form, "venue": None}, status=status)


@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    found = find(request, pk)
    require(permissions.can_keep_venue(by, found.host))
    fields = ("name", "kind", "address", "directions", "capacity", "is_step_free", "is_open")
    form, status = VenueForm(request.POST or None, hosts=None, initial={field: getattr(found, field) for field in fields}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if carried_out(form, lambda: services.edit_venue(found, **form.cleaned_data, by=by)):
                messages.success(request, _("Saved."))
                return see_other("venues:venue", pk)
    return render(request, "venues/form.html", {"form": form, "venue": found}, status=status)


@form_page
def opening_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """The ordinary week and the days that are different."""
    found = find_kept(request, pk)
    form, status = HoursForm(request.POST or None, initial=as_written(found)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            services.set_hours(found, week=form.week(), holidays=form.cleaned_data["holidays"], by=request.user.person)
            messages.success(request, _("Saved."))
            return see_other("venues:venue", pk)
    return hours_page(request, found, form, SpecialDayForm(), status)


def as_written(venue: Venue) -> dict[str, str]:
    """The week as the form has it."""
    week = queries.hours_of([venue])[venue.pk].week
    return {"holidays": venue.holidays} | {f"day{weekday}": reading.said(week.get(weekday, [])) for weekday in range(8)}


def hours_page(request: HttpRequest, venue: Venue, form: HoursForm, day_form: SpecialDayForm, status: int) -> HttpResponse:
    context = {"venue": venue, "form": form, "day_form": day_form, "special_days": venue.special_days.filter(special_date__gte=clock.today())}
    return render(request, "venues/hours.html", context, status=status)


@require_POST
def add_day(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_kept(request, pk)
    form = SpecialDayForm(request.POST)
    if form.is_valid():
        if carried_out(
            form,
            lambda: services.set_special_day(
                found, date=form.cleaned_data["date"], stretch=form.cleaned_data["times"], words=form.cleaned_data["words"], by=request.user.person
            ),
        ):
            messages.success(request, _("Saved."))
            return see_other("venues:hours", pk)
    return hours_page(request, found, HoursForm(initial=as_written(found)), form, 422)


@require_POST
def forget_day(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    found = find_kept(request, pk)
    services.forget_special_day(get_object_or_404(found.special_days.all(), pk=day), by=request.user.person)
    messages.success(request, _("As the week says again."))
    return see_other("venues:hours", pk)
