"""The visiting plan: by week, one plan, several at once."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.text import whole_number
from liandong.needs.models import Segment
from liandong.organizations.models import Organization
from liandong.ui import listing
from liandong.ui.listing import Column
from liandong.visits import permissions, queries, services
from liandong.visits.forms import EditPlanForm, NewPlanForm, SeveralForm, weekday_from
from liandong.visits.models import VisitPlan
from liandong.visits.views.choosing import build, chosen, whom_links, whom_of
from liandong.visits.views.lists import tabs
from liandong.visits.views.load import require_desk


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Who is due, week by week; what is long overdue on top; whom nobody has visited."""
    person = request.user.person
    require_desk(person)
    hosts = list(permissions.hosts_of(person)[:12])
    host = next((each for each in hosts if each.slug == request.GET.get("host")), None)
    weeks, total = queries.board(person, host=host.slug if host else "")
    mine = host or (hosts[0] if hosts else None)
    groups = unvisited_groups(mine) if mine is not None else []
    context = {
        "tabs_inside": tabs("plan", person),
        "weeks": weeks,
        "total": total,
        "today": clock.today(),
        "hosts": listing.filter_links(request, "host", [(each.slug, each.label) for each in hosts], any_label=_("All I see"))
        if len(hosts) > 1
        else [],
        "host": mine,
        "groups": groups,
    }
    return render(request, "visits/plan.html", context)


SEGMENTS = (
    (Segment.SMALL_FIRM, Segment.SMALL_FIRM.label),
    (Segment.MEDIUM_FIRM, Segment.MEDIUM_FIRM.label),
    (Segment.LARGE_FIRM, Segment.LARGE_FIRM.label),
    (Organization.Party.COMMUNITY, Organization.Party.COMMUNITY.label),
    (Organization.Party.SOCIAL, Organization.Party.SOCIAL.label),
)
SPANS = (("never", None), ("year", 365), ("half", 182))


def unvisited_groups(host: Organization) -> list[tuple[Any, int, str]]:
    """(segment, bodies without a visit for a year and without a plan, address) of each segment that has any."""
    since = clock.today() - queries.YEAR
    bodies = list(queries.unvisited(host, since=since).values_list("pk", flat=True)[:2000])
    rows = Organization.objects.filter(pk__in=bodies)
    found = []
    for key, label in SEGMENTS:
        number = queries.in_segment(rows, str(key)).count()
        if number:
            found.append((label, number, f"{reverse('visits:plan_several')}?host={host.slug}&segment={key}&span=year"))
    return found


@form_page
def plan_several(request: HttpRequest) -> HttpResponse:
    """All small firms of the ground without a visit for a year: tick, choose how often, done."""
    person = request.user.person
    require_desk(person)
    hosts = list(permissions.hosts_of(person)[:50])
    if not hosts:
        require(permissions.can_plan(person, Organization(name=_("your organisation"))))
    asked = request.POST if request.method == "POST" else request.GET
    host = next((each for each in hosts if each.slug == asked.get("host")), hosts[0])
    segment, span = asked.get("segment", ""), asked.get("span", "year")
    days = dict(SPANS).get(span, 365)
    rows = queries.unvisited(host, segment=segment, since=clock.today() - dt.timedelta(days=days) if days else None)
    staff = queries.staff_of(host)
    form = SeveralForm(
        request.POST if request.method == "POST" else None, staff=staff, initial={"from_date": weekday_from(clock.today() + dt.timedelta(days=7))}
    )
    ids = {key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None}
    if request.method == "POST" and form.is_valid():
        bodies = list(rows.filter(pk__in=ids)[:200])
        if not bodies:
            form.add_error(None, _("Tick at least one organisation first."))
        else:
            done, left = services.create_plans(bodies, host=host, **form.cleaned_data, by=person)
            if done:
                messages.success(request, ngettext("%(n)s put on the plan.", "%(n)s put on the plan.", done) % {"n": done})
            if left:
                messages.warning(request, _("Not put on the plan: %(names)s.") % {"names": _(", ").join(body.label for body, _reason in left[:5])})
            return see_other(reverse("visits:plan"))
    spans = [("never", _("Never visited")), ("year", _("Not for a year")), ("half", _("Not for half a year"))]
    return form_answer(
        request,
        "visits/several.html",
        form,
        host=host,
        segment=segment,
        span=span,
        page=listing.page(request, rows, size=100),
        ids=ids,
        columns=[
            Column(_("Organisation")),
            Column(_("Kind")),
            Column(_("Number of staff"), number=True),
            Column(_("Place")),
            Column(_("Last visit")),
        ],
        hosts=listing.filter_links(request, "host", [(each.slug, each.label) for each in hosts]) if len(hosts) > 1 else [],
        segments=listing.filter_links(request, "segment", SEGMENTS, any_label=_("All")),
        spans=[replace(link, current=key == span) for link, (key, _label) in zip(listing.filter_links(request, "span", spans), spans, strict=True)],
    )


@form_page
def plan_new(request: HttpRequest) -> HttpResponse:
    """Visit somebody again and again."""
    person = request.user.person
    require_desk(person)
    whom = whom_of(request)
    form = build(NewPlanForm, request, whom=whom, initial={"from_date": weekday_from(clock.today() + dt.timedelta(days=7))})
    if request.method == "POST" and form.is_valid():
        values = chosen(form, person)
        if values is not None and carried_out(form, lambda: services.create_plan(**values, by=person)):
            messages.success(request, _("On the plan. A reminder comes when the visit is due."))
            return see_other(reverse("visits:plan"))
    return form_answer(request, "visits/plan_new.html", form, whom=whom, whom_links=whom_links(request, "visits:plan_new", whom))


@form_page
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    found = _plan(request, pk)
    require(permissions.can_keep_plan(person, found))
    initial = {name: getattr(found, name) for name in ("every_weeks", "handler", "from_date", "to_date")}
    form = EditPlanForm(request.POST if request.method == "POST" else None, staff=queries.staff_of(found.host), initial=initial)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: services.edit_plan(found, **form.cleaned_data, by=person)):
        messages.success(request, _("Saved."))
        return see_other(reverse("visits:plan"))
    visits = found.visits.select_related("handler").order_by("-planned_date", "-id")[:12]
    return form_answer(request, "visits/plan_edit.html", form, plan=found, visits=visits)


@require_POST
def end_plan(request: HttpRequest, pk: int) -> HttpResponse:
    services.end_plan(_plan(request, pk), by=request.user.person)
    messages.success(request, _("The plan has ended. What was visited stays."))
    return see_other(reverse("visits:plan"))


def _plan(request: HttpRequest, pk: int) -> VisitPlan:
    rows = permissions.plans_visible_to(request.user.person).select_related("host__territory", "visited_organization", "visited_person", "territory")
    found: VisitPlan = get_object_or_404(queries.with_due(rows), pk=pk)

    return found
