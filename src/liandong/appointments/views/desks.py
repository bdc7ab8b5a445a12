"""For those who keep desks: the list, setting one up, its hours, days that are different, who sits there."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.queries import names_behind
from liandong.appointments import permissions, queries, said, services, verbs
from liandong.appointments.forms import DayForm, DeskForm, HoursForm, ReceiversForm, initial_of
from liandong.appointments.models import Desk
from liandong.appointments.views.load import worked_or_404
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.journal import queries as journal
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere, organizations_with
from liandong.ui import listing
from liandong.ui.listing import Column

HOSTS_SHOWN = 300


@require_safe
def desk_list(request: HttpRequest) -> HttpResponse:
    by = request.user.person
    require(permissions.can_open_desks(by))
    page = listing.page(request, queries.desk_list(by, words=request.GET.get("q", "")))
    sits_at = queries.sits_at(by)
    free = queries.next_free(page.object_list, limit=1)
    context = {
        "page": page,
        "rows": [(desk, desk.pk in sits_at, next(iter(free[desk.pk]), None)) for desk in page],
        "columns": [
            Column(_("Desk")),
            Column(_("Offered by")),
            Column(_("Venue")),
            Column(_("Today"), number=True),
            Column(_("Next free time")),
            Column(_("Actions")),
        ],
        "narrowed": bool(request.GET.get("q")),
        "can_create": holds_anywhere(by, Right.KEEP_VENUES),
    }
    return render(request, "appointments/desks.html", context)


@form_page
def new(request: HttpRequest) -> HttpResponse:
    by = request.user.person
    require(may_anywhere(by, Right.KEEP_VENUES))
    hosts = organizations_with(by, Right.KEEP_VENUES)
    own = list(hosts[:HOSTS_SHOWN])
    asked = next((host for host in own if host.slug == request.GET.get("organization", "")), None)
    form = DeskForm(
        request.POST if request.method == "POST" else None,
        hosts=hosts,
        venues=queries.venues_for(own),
        initial={"host": asked or (own[0] if own else None)},
    )
    made: list[Desk] = []
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: made.append(services.create_desk(**form.cleaned_data, by=by))):
        messages.success(request, _("Saved. Now say when people can come."))
        return see_other("appointments:manage", made[0].pk)
    return form_answer(request, "appointments/form.html", form, desk=None)


@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    desk, by = worked_or_404(request, pk), request.user.person
    require(permissions.can_keep_desk(by, desk.host))
    venues = queries.venues_for([desk.host], also=desk.venue_id)
    form = DeskForm(request.POST if request.method == "POST" else None, hosts=None, venues=venues, initial=initial_of(desk))
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: services.edit_desk(desk, **form.cleaned_data, by=by)):
        messages.success(request, _("Saved."))
        return see_other("appointments:manage", pk)
    return form_answer(request, "appointments/form.html", form, desk=desk)


@require_safe
def manage(request: HttpRequest, pk: int) -> HttpResponse:
    """Hours, different days, who sits there."""
    return _page(request, worked_or_404(request, pk))


@require_POST
def add_hours(request: HttpRequest, pk: int) -> HttpResponse:
    desk, by = worked_or_404(request, pk), request.user.person
    form = HoursForm(request.POST, auto_id="id_hours_%s")
    return _answer(request, desk, "hours_form", form, lambda: services.add_hours(desk, **form.values(), by=by), _("Saved."))


@require_POST
def remove_hours(request: HttpRequest, pk: int, hours: str) -> HttpResponse:
    """One line of the hours: its rows."""
    desk, by = worked_or_404(request, pk), request.user.person
    keys = {int(key) for key in hours.split("-") if key.isascii() and key.isdigit() and len(key) < 19}
    services.remove_hours(desk, keys=keys, by=by)
    messages.success(request, _("Taken out. What is booked already stays."))
    return see_other("appointments:manage", pk)


@require_POST
def set_day(request: HttpRequest, pk: int) -> HttpResponse:
    desk, by = worked_or_404(request, pk), request.user.person
    form, gone = DayForm(request.POST, auto_id="id_day_%s"), []

    def verb() -> None:
        gone.append(services.set_day(desk, **form.values(), by=by)[1])

    def told() -> str:
        if not gone[0]:
            return _("Saved.")
        return ngettext(
            "Saved. %(n)s appointment is cancelled; the person is told.", "Saved. %(n)s appointments are cancelled; everybody is told.", gone[0]
        ) % {"n": gone[0]}

    return _answer(request, desk, "day_form", form, verb, told)


@require_POST
def forget_day(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    desk = worked_or_404(request, pk)
    services.forget_day(get_object_or_404(desk.days, pk=day), by=request.user.person)
    messages.success(request, _("Office hours as usual again."))
    return see_other("appointments:manage", pk)


@require_POST
def receivers(request: HttpRequest, pk: int) -> HttpResponse:
    desk, by = worked_or_404(request, pk), request.user.person
    form = ReceiversForm(request.POST, staff=queries.staff_of(desk.host), now=desk.receivers.values_list("person", flat=True), auto_id="id_people_%s")
    return _answer(request, desk, "people_form", form, lambda: services.set_receivers(desk, people=form.cleaned_data["people"], by=by), _("Saved."))


def _answer(request: HttpRequest, desk: Desk, name: str, form: forms.Form, verb: Callable[[], Any], told: str | Callable[[], str]) -> HttpResponse:
    if not form.is_valid() or not carried_out(form, verb):
        return _page(request, desk, status=422, **{name: form})
    messages.success(request, told if isinstance(told, str) else told())
    return see_other("appointments:manage", desk.pk)


def _page(request: HttpRequest, desk: Desk, *, status: int = 200, **came_back: forms.Form) -> HttpResponse:
    by = request.user.person
    keeps = bool(permissions.can_keep_desk(by, desk.host))
    schedule = queries.schedules_of([desk])[desk.pk]
    people = list(queries.people_at(desk))
    entries = list(journal.history_of(desk))[-20:]
    now = [person.pk for person in people]
    context = {
        "desk": desk,
        **said.about_desk(desk),
        "people_open": "people_form" in came_back,
        "keeps": keeps,
        "receives": by.pk in now,
        "lines": [(line, "-".join(str(row.pk) for row in rows)) for line, rows in said.hours_lines(schedule.hours)],
        "special": said.special_days(schedule),
        "changed": [
            (day, said.span(day.opens_at, day.closes_at) if day.opens_at and day.closes_at else "")
            for day in sorted(schedule.days.values(), key=lambda day: day.on_date)
        ],
        "people": people,
        "ahead": list(queries.booked_ahead(desk).items())[:10],
        "history": [(entry, verbs.said(entry)) for entry in reversed(entries)],
        "actors": names_behind(entries),
        "hours_form": HoursForm(auto_id="id_hours_%s"),
        "day_form": DayForm(auto_id="id_day_%s"),
        "people_form": ReceiversForm(auto_id="id_people_%s", staff=queries.staff_of(desk.host), now=now, initial={"people": now}) if keeps else None,
        "form": next(iter(came_back.values()), None),
        **came_back,
    }
    return render(request, "appointments/manage.html", context, status=status)
