"""Places where things happen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core.answers import see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere, organizations_with, works
from liandong.organizations.permissions import visible_to as bodies_visible_to
from liandong.ui import listing
from liandong.venues import permissions, queries, services
from liandong.venues.forms import VenueForm
from liandong.venues.models import Venue

form_page = require_http_methods(["GET", "HEAD", "POST"])


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


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
    found = get_object_or_404(permissions.visible_to(by).select_related("host__territory", "territory"), pk=pk)
    context = {
        "base": base_for(request),
        "venue": found,
        "can_edit": permissions.can_keep_venue(by, found.host),
        "activities": activities.upcoming_public().filter(venue=found)[:5],
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
                form.add_error(refused.field if refused.field in form.fields else None, str(refused.reason))
            else:
                messages.success(request, _("Saved."))
                return see_other("venues:venue", made.pk)
    return render(request, "venues/form.html", {"form": form, "venue": None}, status=status)


@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    found = get_object_or_404(permissions.visible_to(by).select_related("host__territory", "territory"), pk=pk)
    require(permissions.can_keep_venue(by, found.host))
    fields = ("name", "kind", "address", "directions", "capacity", "is_step_free", "is_open")
    form, status = VenueForm(request.POST or None, hosts=None, initial={field: getattr(found, field) for field in fields}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_venue(found, **form.cleaned_data, by=by)
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused.reason))
            else:
                messages.success(request, _("Saved."))
                return see_other("venues:venue", pk)
    return render(request, "venues/form.html", {"form": form, "venue": found}, status=status)
