"""What bodies have to give: the list, one with what was asked of it, a new one, changing and pausing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.matching import permissions, queries, services
from liandong.matching.forms import ResourceForm, resource_initial
from liandong.matching.models import Resource
from liandong.matching.problems import packages as packing
from liandong.matching.views.load import reader
from liandong.matching.words import packages as package_words
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import grants_of, may_anywhere, organizations_with
from liandong.ui import listing
from liandong.ui import words as ui
from liandong.volunteers.models import Skill

TONES = {"open": "success", "paused": "warn", "withdrawn": "neutral"}
PLACES_SHOWN = 30


@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """What there is to give, and which needs ask for it."""
    person = reader(request)
    require(may_anywhere(person, Right.SEE_WORK))
    body = Organization.objects.filter(slug=request.GET.get("organization", "")).first()
    asked = request.GET
    rows = queries.resources_for(person, organization=body, kind=asked.get("kind", ""), state=asked.get("state", ""), text=asked.get("q", "")[:40])
    page = listing.page(request, rows)
    left = packing.left_of(page.object_list)
    own = own_body(person, body)
    calls = list(queries.calls_to([grant.organization for grant in grants_of(person) if grant.organization])[:5])
    context = {
        "page": page,
        "rows": [(row, package_words.amount_words(row, left[row.pk].amount), package_words.slot_words(row.slots), TONES[row.state]) for row in page],
        "columns": [
            listing.Column(_("What there is to give")), listing.Column(_("Kind")), listing.Column(_("From whom")), listing.Column(_("Still left"), number=True),
            listing.Column(_("When")), listing.Column(_("State")),
        ],
        "kinds": listing.filter_links(request, "kind", Resource.Kind.choices, any_label=_("All")),
        "states": listing.filter_links(request, "state", Resource.State.choices),
        "calls": [_call(call) for call in calls],
        "body": body,
        "own": own,
        "narrowed": any(asked.get(name) for name in ("q", "kind", "state")),
        "can_open_board": bool(permissions.can_open_board(person)),
    }  # fmt: skip
    return render(request, "matching/resources.html", context)


def own_body(person: Person, body: Organization | None) -> Organization | None:
    """For whom a new entry would be made: the body looked at, the one somebody works for, for the hub's people the hub."""
    if body is not None:
        return body if permissions.can_keep_resources(person, body) else None
    for grant in grants_of(person):
        if grant.organization is not None and permissions.can_keep_resources(person, grant.organization):
            return grant.organization
    return organizations_with(person, Right.MANAGE_PROJECTS).filter(kind=Organization.Kind.HUB).order_by("territory__path").first()


def _call(call: Any) -> dict[str, Any]:
    need = call.need
    what = need.title if need.is_public else need.get_category_display()
    return {
        "title": what,
        "note": _("%(where)s, asked %(when)s") % {"where": need.territory.name, "when": ui.day_short(call.asked_at)},
        "tag": pieces()[call.piece],
    }


def pieces() -> dict[str, str]:
    """Names of pieces, in the language of the reader."""
    return {
        "plan": pgettext("piece", "A plan"), "hours": pgettext("piece", "Hours"), "money": pgettext("piece", "Money"), "venue": pgettext("piece", "A place"),
        "time": pgettext("piece", "Another time"),
    }  # fmt: skip


def find_resource(request: HttpRequest, pk: int) -> Resource:
    return get_object_or_404(permissions.resources_visible_to(reader(request)), pk=pk)


@require_safe
def resource(request: HttpRequest, pk: int) -> HttpResponse:
    person, row = reader(request), find_resource(request, pk)
    left = packing.left_of([row], day=clock.today())[row.pk]
    keeps = permissions.can_keep_resources(person, row.organization)
    uses = [(use, package_words.amount_words(row, use.amount)) for use in queries.uses_of(row)]
    context = {
        "row": row,
        "tone": TONES[row.state],
        "facts": facts_of(row),
        "left": package_words.amount_words(row, left.amount),
        "whole": package_words.amount_words(row, left.whole),
        "left_amount": left.amount,
        "whole_amount": left.whole,
        "uses": uses,
        "keeps": bool(keeps),
        "denied": keeps.who_can,
        "steps": [state for state in ("paused", "open") if state in Resource.TRANSITIONS[row.state]],
    }
    return render(request, "matching/resource.html", context)


def facts_of(row: Resource) -> list[tuple[str, Any]]:
    """What is known of it, in words."""
    found: list[tuple[str, Any]] = [(_("From whom"), ui.said(row.organization.name)), (_("For which place"), ui.said(row.territory.name))]
    if row.topics:
        found.append((_("For which needs"), package_words.topic_words(row.topics)))
    if row.matters:
        found.append((_("The need has to speak of"), ui.said(package_words.join(row.matters))))
    if row.kind == Resource.Kind.HOURS:
        found.append((_("Skill"), ui.said(row.skill.name) if row.skill else _("Anybody's hands")))
    if row.kind == Resource.Kind.PLAN:
        found.append((_("It takes"), _("%(hours)s h") % {"hours": ui.hours(row.minutes)}))
        for part in row.work:
            found.append((_("Others bring"), package_words.hours_words(part)))
        if row.capacity:
            found.append((_("People at most"), row.capacity))
        if row.features:
            found.append((_("What the room has to have"), package_words.feature_words(row.features)))
        if row.fen:
            found.append((_("One time costs"), ui.yuan(row.fen)))
    found.append((_("When"), package_words.slot_words(row.slots) or _("Any time")))
    if row.from_date or row.to_date:
        found.append((_("To be had"), _("%(first)s to %(last)s") % {"first": ui.day_short(row.from_date), "last": ui.day_short(row.to_date)}))
    return found


def places_for(body: Organization) -> list[Territory]:
    """The body's own place, those around it and those inside it."""
    line = [place for place in organizations.line_of(body.territory) if place.level != Territory.Level.CITY]
    inside = organizations.territories_below(body.territory, level=Territory.Level.COMMUNITY)[:PLACES_SHOWN]
    return list({place.pk: place for place in (*line, *inside)}.values())


def form_for(request: HttpRequest, body: Organization, kind: str, **named: Any) -> ResourceForm:
    data = request.POST if request.method == "POST" else None
    return ResourceForm(data, kind=kind, skills=list(Skill.objects.order_by("name")), places=places_for(body), **named)


@form_page
def new_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """Put something on the list; ?kind= which form it is."""
    person = reader(request)
    body = get_object_or_404(Organization.objects.select_related("territory__parent"), slug=slug, state=Organization.State.ACTIVE)
    require(permissions.can_keep_resources(person, body))
    kind = request.GET.get("kind", "")
    kind = kind if kind in Resource.Kind.values else Resource.Kind.HOURS if body.party == Organization.Party.ENTERPRISE else Resource.Kind.PLAN
    street = packing.street_path(body.territory)
    places = places_for(body)
    near = next((place for place in places if place.path == street), body.territory)
    form = form_for(request, body, kind, initial={"territory": near, "is_monthly": "yes", "times": 1})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_resource(organization=body, kind=kind, **form.values(), by=person)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("It is on the list."))
            return see_other("matching:resource", made.pk)
    return form_answer(request, "matching/resource_form.html", form, body=body, kind=kind, kinds=kind_links(request, kind))


def kind_links(request: HttpRequest, kind: str) -> list[listing.Link]:
    return [listing.Link(label, f"{request.path}?kind={value}", current=value == kind) for value, label in Resource.Kind.choices]


@form_page
def edit_resource(request: HttpRequest, pk: int) -> HttpResponse:
    person, row = reader(request), find_resource(request, pk)
    require(permissions.can_keep_resources(person, row.organization))
    skills = list(Skill.objects.order_by("name"))
    form = form_for(request, row.organization, row.kind, initial=resource_initial(row, skills=skills))
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.edit_resource(row, **form.values(), by=person)):
            messages.success(request, _("Saved."))
            return see_other("matching:resource", row.pk)
    return form_answer(request, "matching/resource_form.html", form, body=row.organization, kind=row.kind, row=row)


@require_POST
def resource_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause it, have it out again, take it off."""
    row, state = find_resource(request, pk), request.POST.get("state", "")
    if state in Resource.State.values:
        try:
            services.set_resource_state(row, state=state, by=reader(request))
        except Refused as refused:
            messages.error(request, str(refused.reason))
        else:
            said = {"open": _("It is to be had again."), "paused": _("Paused: nobody is asked for it now.")}
            messages.success(request, said.get(state, _("Taken off the list. What was promised stands.")))
    return see_other("matching:resource", row.pk)
