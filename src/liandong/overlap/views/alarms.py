"""The list of overlaps, the part that looks while somebody writes, and what people say about an overlap."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.activities.models import Activity
from liandong.core.answers import safe_next, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.needs.models import Segment
from liandong.needs.suggest import segment_from
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import organizations_with
from liandong.overlap import permissions, plans, queries, radar, services
from liandong.overlap.forms import DecideForm
from liandong.overlap.views.load import find_thing, is_hub, reader
from liandong.ui import listing
from liandong.venues.models import Venue

PAGE_SIZE = 12
MOST_DAYS = 60


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All overlaps of the ground (hub), or of one's bodies: open ones, or those somebody has spoken about."""
    person = reader(request)
    require(permissions.can_open(person))
    settled, text = request.GET.get("show") == "settled", request.GET.get("q", "").strip()[:40]
    territories, bodies = queries.where_of(person)
    alarms = queries.alarms_on(person, territories=territories, bodies=[] if territories else bodies, settled=settled, text=text)
    context = {
        "page": listing.page(request, alarms, size=PAGE_SIZE),
        "chips": listing.filter_links(request, "show", [("settled", _("Decided"))], any_label=_("To look at")),
        "settled": settled,
        "narrowed": bool(text),
        "is_hub": bool(territories),
        "waiting": queries.proposals_for(person).filter(state="proposed").count(),
        "next": request.get_full_path(),
    }
    return render(request, "overlap/list.html", context)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """A part: what the activity in the form would meet, before it is saved. Says nothing about half a form."""
    person, data = reader(request), request.POST
    host = organizations_with(person, Right.MANAGE_ACTIVITIES).filter(pk=whole_number(data.get("host", "")) or 0).first()
    if host is None:
        return render(request, "overlap/parts/section.html", {"overlaps": queries.Overlaps(), "quiet": True})
    thing = _written(request, data.get("overlap_of", ""), host)
    venue = Venue.objects.select_related("territory").filter(pk=whole_number(data.get("venue", "")) or 0).first()
    plan = _plan_of(data, host, venue, thing)
    project = thing.project_id if thing else None
    overlaps = queries.overlaps_of_plan(plan, person=person, project=project, thing=thing)
    return render(request, "overlap/parts/section.html", {"overlaps": overlaps, "quiet": not plan.spans or not plan.title})


def _written(request: HttpRequest, code: str, host: Organization) -> Activity | None:
    """The saved activity that the form changes."""
    return Activity.objects.filter(code=code, host=host).select_related("host", "territory", "venue").first() if code else None


def _plan_of(data: Any, host: Organization, venue: Venue | None, thing: Activity | None) -> radar.Plan:
    territory = venue.territory if venue else thing.territory if thing else host.territory
    title, segment = data.get("title", "").strip()[:80], data.get("segment", "")
    place = data.get("place", "")[:200]
    segment = segment if segment in Segment.values else ""
    days = []
    for number in range(MOST_DAYS):
        try:
            day = dt.date.fromisoformat(data.get(f"shifts-{number}-date", ""))
        except ValueError:
            continue
        if 2000 <= day.year <= 2199 and not data.get(f"shifts-{number}-DELETE"):
            days.append((day, day))
    return radar.Plan(
        key=plans.key_of(thing) if thing else "new",
        host=host.pk,
        title=title,
        words=data.get("summary", "")[:2000],
        path=territory.path,
        street=plans.streets_of([territory.path])[territory.path],
        venue=venue.pk if venue else None,
        spans=tuple(days),
        segment=segment,
        guessed="" if segment else segment_from(title),
        ground=plans.ground_of(territory.name, host.name, host.short_name, venue.name if venue else "", place),
    )


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """It is not the same, or both take place all the same."""
    person, form = reader(request), DecideForm(request.POST)
    thing = find_thing(request, request.POST.get("thing", ""))
    others = queries.things_of(request.POST.getlist("other")[:12], person=person)
    if not form.is_valid() or not others:
        raise Refused(_("Choose what it is."))
    own = thing.host if isinstance(thing, Activity) else thing.lead
    side = None if is_hub(person) and not permissions.belongs_to(person, own) else own
    services.decide(thing, others=others, **form.cleaned_data, organization=side, by=person)
    messages.success(request, _("Noted. It stays so until the matter, the place or the day changes."))
    return see_other(safe_next(request, request.POST.get("next"), default=reverse("overlap:list")))


@require_POST
def ask_hub(request: HttpRequest) -> HttpResponse:
    """The hub sees both plans and brings the two together."""
    thing = find_thing(request, request.POST.get("thing", ""))
    services.ask_hub(thing, by=reader(request))
    messages.success(request, _("The hub has been asked. It sees both plans and comes back to you."))
    return see_other(safe_next(request, request.POST.get("next"), default=reverse("overlap:list")))
