"""Bodies, their people and roles, the tree of places."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.joining import hindrances
from liandong.accounts.models import Account, Person
from liandong.accounts.queries import with_number
from liandong.activities import queries as activities
from liandong.core import clock
from liandong.core.answers import add_refusal, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.core.text import normalize_phone
from liandong.journal import queries as journal
from liandong.organizations import permissions, queries, services, showing
from liandong.organizations.forms import (
    EditOrganizationForm,
    GrantForm,
    MembershipForm,
    MergeForm,
    OrganizationForm,
    PlaceForm,
    RegisterForm,
    RenamePlaceForm,
    RevealForm,
    StateForm,
)
from liandong.organizations.models import Membership, Organization, Right, Role, RoleGrant, Territory
from liandong.recognition import queries as recognition
from liandong.ui import listing
from liandong.ui.words import full_day, hours
from liandong.venues import queries as venues
from liandong.visits import queries as visits
from liandong.volunteers import queries as volunteers

KIND_FOR = {Organization.Party.COMMUNITY: Membership.Kind.RESIDENT, Organization.Party.ENTERPRISE: Membership.Kind.EMPLOYEE}


def reader(request: HttpRequest) -> Person | None:
    """Who looks, or None for a stranger."""
    return request.user.person if request.user.is_authenticated else None


def base_for(request: HttpRequest) -> str:
    """The desk around those who work somewhere, the phone page around everybody else."""
    return "ui/desk.html" if permissions.works(reader(request)) else "ui/phone.html"


def for_work(request: HttpRequest, slug: str) -> Organization:
    """A body in which the reader works; for everybody else its inner pages do not exist."""
    return get_object_or_404(permissions.worked_in_by(reader(request), Right.SEE_WORK).select_related("territory", "parent"), slug=slug)


def show(form: Any, refused: Refused) -> int:
    """The refusal at its field; the status of the page."""
    add_refusal(form, refused)
    return 429 if isinstance(refused, TooMany) else 422


def tabs_of(organization: Organization, by: Person, current: str) -> list[listing.Link]:
    """The inner pages of a body that the reader may open."""
    pages = [
        ("organizations:organization", _("About"), True),
        ("organizations:people", _("People"), permissions.can_see_people(by, organization)),
        ("organizations:roles", _("Roles"), permissions.can_see_roles(by, organization)),
        ("organizations:edit", _("Edit"), permissions.can_edit_organization(by, organization)),
    ]
    links = [
        listing.Link(label, reverse(name, args=[organization.slug]), current=name.endswith(f":{current}"))
        for name, label, allowed in pages
        if allowed
    ]
    return [*links, listing.Link(_("Teams"), f"{reverse('volunteers:teams')}?organization={organization.slug}")]


# Bodies


@login_not_required
@require_GET
def organization_list(request: HttpRequest) -> HttpResponse:
    """Who takes part, by pinyin."""
    by, party = reader(request), request.GET.get("party", "")
    rows = queries.organizations(by, words=request.GET.get("q", ""), kind=party if party in Organization.Party.values else "")
    state = request.GET.get("state", "")
    if state in Organization.State.values:
        rows = rows.filter(state=state)
    elif not state:
        rows = rows.exclude(state=Organization.State.CLOSED)
    return render(
        request,
        "organizations/list.html",
        {
            "base": base_for(request),
            "desk": permissions.works(by),
            "page": listing.page(request, rows),
            "columns": [_("Its name"), _("Kind"), _("Territory"), _("State")],
            "parties": listing.filter_links(request, "party", Organization.Party.choices, any_label=_("All")),
            "can_create": permissions.holds_anywhere(by, Right.VET_ORGANIZATIONS),
            "can_keep_places": permissions.holds_anywhere(by, Right.KEEP_TERRITORIES),
        },
    )


@login_not_required
@require_GET
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """One body: what it does, what it gives. Staff see the ways in."""
    by = reader(request)
    body = get_object_or_404(permissions.visible_to(by).select_related("territory", "parent"), slug=slug)
    works_here = permissions.holds(by, Right.SEE_WORK, organization=body)
    year_ago = clock.today() - dt.timedelta(days=365)
    return render(
        request,
        "organizations/organization.html",
        {
            "base": base_for(request),
            "organization": body,
            "tabs_inside": tabs_of(body, by, "organization") if works_here and by else [],
            "works_here": works_here,
            "can_edit": permissions.can_edit_organization(by, body),
            "can_change_state": permissions.can_change_state(by, body),
            "next_states": [(state, Organization.State(state).label) for state in Organization.TRANSITIONS[body.state]],
            "phone_for_all": body.contact_phone if not normalize_phone(body.contact_phone) else "",
            "activities": activities.upcoming_public().filter(host=body)[:5],
            "teams": volunteers.teams(organization=body)[:5],
            "venues": venues.venues(by, host=body)[:5],
            "minutes": recognition.minutes_between(organization=body, start=year_ago),
            "visits": visits.of_body(body, person=by) if permissions.works(by) else [],
            "can_visit": permissions.holds_anywhere(by, Right.CLAIM_NEEDS) and not works_here,
        },
    )


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Admit a body."""
    by = request.user.person
    places = permissions.places_with(by, Right.VET_ORGANIZATIONS).order_by("path")
    require(permissions.may_anywhere(by, Right.VET_ORGANIZATIONS))
    form = OrganizationForm(request.POST or None, places=places)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.create_organization(**form.cleaned_data, by=by)
            except Refused as refused:
                status = show(form, refused)
            else:
                messages.success(request, _("%(name)s takes part from now on. Appoint its manager next.") % {"name": made.name})
                return see_other("organizations:roles", made.slug)
    return render(request, "organizations/form.html", {"form": form, "organization": None}, status=status)


@form_page
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    body, by = for_work(request, slug), request.user.person
    require(permissions.can_edit_organization(by, body))
    fields = ("name", "short_name", "uscc", "staff_count", "intro", "address", "contact_name", "contact_phone")
    now = {field: getattr(body, field) for field in fields}
    form, status = EditOrganizationForm(request.POST or None, initial=now), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_organization(body, seen=_seen(request), **form.cleaned_data, by=by)
            except Refused as refused:
                status = show(form, refused)
            else:
                messages.success(request, _("Saved."))
                return see_other("organizations:organization", body.slug)
    seen = request.POST.get("seen") or signing.dumps(now, salt="seen", compress=True)
    return render(
        request,
        "organizations/form.html",
        {"form": form, "organization": body, "seen": seen, "tabs_inside": tabs_of(body, by, "edit")},
        status=status,
    )


def _seen(request: HttpRequest) -> dict[str, Any]:
    """The values the form was opened with; without them there is nothing to compare."""
    try:
        return dict(signing.loads(request.POST.get("seen", ""), salt="seen"))
    except signing.BadSignature:
        return {}


@require_POST
def change_state(request: HttpRequest, slug: str) -> HttpResponse:
    by = request.user.person
    body = get_object_or_404(permissions.worked_in_by(by, Right.SEE_WORK), slug=slug)
    form = StateForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please choose one of the answers."))
    services.change_state(body, **form.cleaned_data, by=by)
    return see_other("organizations:organization", body.slug)


# People of a body


@require_GET
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who belongs here today, masked; found by name, pinyin, initials, phone."""
    body, by = for_work(request, slug), request.user.person
    require(permissions.can_see_people(by, body))
    counts = queries.member_counts(body)
    kinds = [(value, label, counts[value]) for value, label in Membership.Kind.choices if value in counts]
    kind = request.GET.get("kind", "")
    rows = queries.members_of(body, words=request.GET.get("q", ""), kind=kind if kind in Membership.Kind.values else "")
    columns = [
        listing.Column(_("Name")),
        listing.Column(_("Number")),
        listing.Column(_("As")),
        listing.Column(_("Department")),
        listing.Column(_("Phone")),
        listing.Column(_("Since")),
    ]
    return render(
        request,
        "organizations/people.html",
        {
            "organization": body,
            "tabs_inside": tabs_of(body, by, "people"),
            "page": listing.page(request, rows),
            "columns": columns,
            "kinds": listing.filter_links(request, "kind", kinds, any_label=_("All")),
            "total": sum(counts.values()),
            "can_register": permissions.can_register_person(by, body),
            "can_import": permissions.holds(by, Right.IMPORT, organization=body),
        },
    )


@form_page
def register_person(request: HttpRequest, slug: str) -> HttpResponse:
    """代办: five fields and a tick."""
    body, by = for_work(request, slug), request.user.person
    require(permissions.can_register_person(by, body))
    form = RegisterForm(request.POST or None, initial={"kind": KIND_FOR.get(Organization.Party(body.party), Membership.Kind.MEMBER)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.register_person(body, **form.cleaned_data, by=by)
            except Refused as refused:
                status = show(form, refused)
            else:
                return see_other("organizations:card", body.slug, made.number)
    return render(
        request, "organizations/register.html", {"form": form, "organization": body, "tabs_inside": tabs_of(body, by, "people")}, status=status
    )


@require_GET
def card(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """The card to print for somebody who was registered here."""
    body, by = for_work(request, slug), request.user.person
    require(permissions.can_register_person(by, body))
    member = get_object_or_404(queries.members_of(body), person__number=number)
    return render(request, "organizations/card.html", {"organization": body, "person": member.person})


def seen_person(request: HttpRequest, number: str) -> Person:
    """Somebody who belongs to a body where the reader may see people; nobody else exists here."""
    return get_object_or_404(permissions.people_visible_to(request.user.person), number=number)


@require_GET
def person(request: HttpRequest, number: str) -> HttpResponse:
    """A person for staff: masked, and only the slice of the reader's bodies."""
    return _person_page(request, seen_person(request, number))


def _person_page(request: HttpRequest, found: Person, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = request.user.person
    mine = permissions.organizations_with(by, Right.MANAGE_PEOPLE)
    profile = volunteers.volunteer_visible_to(by, found.number)
    records = recognition.records_between(found).filter(organization__in=permissions.worked_in_by(by, Right.SEE_PEOPLE))
    rows = list(queries.memberships_of(found, seen_by=by).select_related("organization__territory"))
    can_reveal = permissions.can_reveal(by, found)
    return render(
        request,
        "organizations/person.html",
        {
            "person": found,
            "rows": [(row, permissions.can_keep_memberships(by, row.organization)) for row in rows],
            "columns": [_("Organisation"), _("As"), _("Department"), _("Since"), _("Actions")],
            "profile": profile,
            "teams": volunteers.teams_of(found).filter(organization__in=permissions.worked_in_by(by, Right.SEE_PEOPLE)),
            "minutes": records.aggregate(total=Sum("minutes"))["total"],
            "can_reveal": can_reveal,
            "shown": showing.shown(request, found, allowed=bool(can_reveal)),
            "can_merge": permissions.can_look_for_doubles(by),
            "membership_form": MembershipForm(organizations=mine) if mine.exists() else None,
            "history": journal.history_of(found).filter(verb="person.revealed").order_by("-id")[:5] if can_reveal else [],
            **forms,
        },
        status=status,
    )


@form_page
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for one full value, with the reason; it stands on the person's page for half a minute."""
    found, by = seen_person(request, number), request.user.person
    require(permissions.can_reveal(by, found))
    form, status = RevealForm(request.POST or None, initial={"field": request.GET.get("field", "phone")}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.reveal(found, **form.cleaned_data, by=by)
            except Refused as refused:
                status = show(form, refused)
            else:
                showing.remember(request, found, field=form.cleaned_data["field"])
                return see_other("organizations:person", number)
    return render(
        request,
        "organizations/reveal.html",
        {"form": form, "person": found, "back_href": reverse("organizations:person", args=[number])},
        status=status,
    )


@require_POST
def add_membership(request: HttpRequest, number: str) -> HttpResponse:
    found, by = seen_person(request, number), request.user.person
    form = MembershipForm(request.POST, organizations=permissions.organizations_with(by, Right.MANAGE_PEOPLE))
    if not form.is_valid():
        return _person_page(request, found, status=422, membership_form=form)
    body = form.cleaned_data.pop("organization")
    services.add_membership(body, person=found, **form.cleaned_data, by=by)
    messages.success(request, _("Saved."))
    return see_other("organizations:person", number)


@require_POST
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    membership = get_object_or_404(Membership.objects.filter(permissions.scope(by, Right.SEE_PEOPLE)).select_related("organization", "person"), pk=pk)
    services.end_membership(membership, by=by)
    messages.success(
        request, _("%(name)s does not belong to %(organization)s any more.") % {"name": membership.person, "organization": membership.organization}
    )
    return see_other("organizations:people", membership.organization.slug)


@form_page
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Two entries of one person: who may be meant, both beside each other with what speaks against it, then one."""
    goes, by = seen_person(request, number), request.user.person
    require(permissions.can_look_for_doubles(by))
    asked = request.POST if request.method == "POST" else request.GET
    form = MergeForm(asked if "into" in asked else None, people=permissions.people_visible_to(by, Right.MANAGE_PEOPLE))
    stays = form.cleaned_data["into"] if form.is_valid() else None
    if request.method == "POST" and stays is not None:
        try:
            services.merge_person(goes, into=stays, by=by)
        except Refused:
            pass  # the page says why, as it is by now
        else:
            messages.success(request, _("The two entries are one now."))
            return see_other("organizations:person", stays.number)
    return render(
        request,
        "organizations/merge.html",
        {
            "goes": goes,
            "stays": stays,
            "form": form,
            "columns": ["", _("Goes: %(number)s") % {"number": goes.number}, _("Stays: %(number)s") % {"number": stays.number}] if stays else [],
            "rows": _beside(goes, stays, by) if stays else [],
            "against": _against(goes, stays, by) if stays else [],
            "doubles": [] if stays else [(other, _alike(goes, other)) for other in permissions.doubles_of(goes, by)],
        },
        status=422 if request.method == "POST" or form.errors else 200,
    )


def _against(goes: Person, stays: Person, by: Person) -> list[str]:
    allowed = permissions.can_merge(by, goes, stays)
    if allowed or goes == stays:
        return hindrances(goes, stays)
    return [str(allowed.reason), _("Whom to ask: %(who)s") % {"who": allowed.who_can}]


def _alike(one: Person, other: Person) -> str:
    """What the two have in common, in words."""
    same = [
        (_("same name"), one.name == other.name),
        (_("same mobile number"), one.phone and one.phone == other.phone),
        (_("same date of birth"), one.birth_date and one.birth_date == other.birth_date),
    ]
    return " · ".join(words for words, holds in same if holds)


def _beside(goes: Person, stays: Person, by: Person) -> list[tuple[Any, str, str, bool]]:
    """(what, of the one that goes, of the one that stays, whether the two contradict each other)."""
    two = [goes, stays]
    with_account = set(Account.objects.filter(person__in=two).values_list("person", flat=True))
    minutes = recognition.minutes_of(two, organizations=permissions.worked_in_by(by, Right.SEE_PEOPLE))
    bodies = {one.pk: queries.memberships_of(one, seen_by=by).select_related("organization__territory") for one in two}
    given = {_("Name"): "name", _("Born"): "birth_date", _("Sex"): "sex"}  # a person has one of each; masked or short they may look alike
    of = [
        {
            _("Name"): one.masked_name,
            _("Mobile number"): one.masked_phone,
            _("Born"): str(one.birth_date.year) if one.birth_date else "",
            _("Sex"): str(one.get_sex_display()) if one.sex else "",
            _("ID number"): _("Given, kept encrypted") if one.id_number_hash else "",
            _("Account"): _("Yes") if one.pk in with_account else "",
            _("Belongs to"): "、".join(str(row.organization.label) for row in bodies[one.pk]),
            _("Hours at your organisations"): hours(minutes.get(one.pk, 0)),
            _("Entered on"): full_day(one.created_at),
        }
        for one in two
    ]

    def differs(what: str) -> bool:
        one, other = (getattr(person, given[what], None) if what in given else None for person in two)
        return bool(one and other) and one != other

    return [(what, value, of[1][what], differs(what)) for what, value in of[0].items()]


# Roles


@form_page
def roles(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may do what for a body."""
    body, by = for_work(request, slug), request.user.person
    require(permissions.can_see_roles(by, body))
    return _roles_page(request, organization=body)


@form_page
def place_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may do what in a place and all bodies of it."""
    by = request.user.person
    place = get_object_or_404(permissions.places_with(by, Right.SEE_WORK), pk=pk)
    require(permissions.may(by, Right.GRANT_ROLES, territory=place))
    return _roles_page(request, territory=place)


def _roles_page(request: HttpRequest, *, organization: Organization | None = None, territory: Territory | None = None) -> HttpResponse:
    by = request.user.person
    scope: dict[str, Any] = {"organization": organization} if organization else {"territory": territory}
    offered = [role for role in Role.values if permissions.can_grant(by, role, **scope)]
    form, status = GrantForm(request.POST or None, roles=offered), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            found = with_number(permissions.people_visible_to(by), form.cleaned_data["who"])
            if len(found) == 1:
                try:
                    services.grant_role(found[0], role=form.cleaned_data["role"], to_date=form.cleaned_data["to_date"], **scope, by=by)
                except Refused as refused:
                    status = show(form, refused)
                else:
                    messages.success(request, _("Saved."))
                    return see_other(request.path)
            else:
                form.add_error(
                    "who",
                    _("Several people have this phone. Use the volunteer number.")
                    if found
                    else _("Nobody of yours has this number. Register the person first."),
                )
    grants = [(grant, permissions.can_grant(by, grant.role, **scope)) for grant in queries.grants_on(**scope)]
    context = {
        "form": form,
        "grants": grants,
        "columns": [_("Name"), _("Role"), _("Since"), _("Until"), _("Granted by"), _("Actions")],
        "organization": organization,
        "territory": territory,
        "tabs_inside": tabs_of(organization, by, "roles") if organization else [],
        "notes": {role: ", ".join(str(Right(right).label) for right in Right.values if right in permissions.RIGHTS_OF[role]) for role in offered},
    }
    return render(request, "organizations/roles.html", context, status=status)


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    seen = permissions.scope(by, Right.GRANT_ROLES) | permissions.scope(by, Right.GRANT_ROLES, organization="", territory="territory")
    grant = get_object_or_404(RoleGrant.objects.filter(seen).select_related("organization__territory", "territory", "person"), pk=pk)
    services.end_role(grant, by=by)
    messages.success(request, _("The role ended."))
    return (
        see_other("organizations:roles", grant.organization.slug)
        if grant.organization
        else see_other("organizations:place_roles", grant.territory_id)
    )


# Places


@form_page
def places(request: HttpRequest) -> HttpResponse:
    """The tree of places, and a new one."""
    by = request.user.person
    require(permissions.may_anywhere(by, Right.KEEP_TERRITORIES))
    form, status = (
        PlaceForm(request.POST or None, places=permissions.places_with(by, Right.KEEP_TERRITORIES).order_by("path"), initial={"level": "community"}),
        200,
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.create_territory(**form.cleaned_data, by=by)
            except Refused as refused:
                status = show(form, refused)
            else:
                messages.success(request, _("Saved."))
                return see_other("organizations:places")
    return render(
        request,
        "organizations/places.html",
        {
            "form": form,
            "tree": queries.tree(by, Right.KEEP_TERRITORIES),
            "columns": [_("Territory"), _("Level"), listing.Column(_("Organisations"), number=True), _("Actions")],
        },
        status=status,
    )


@form_page
def place(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    found = get_object_or_404(permissions.places_with(by, Right.SEE_WORK), pk=pk)
    require(permissions.can_keep_territories(by, found))
    form, status = RenamePlaceForm(request.POST or None, initial={"name": found.name}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.rename_territory(found, name=form.cleaned_data["name"], by=by)
            except Refused as refused:
                status = show(form, refused)
            else:
                messages.success(request, _("Saved."))
                return see_other("organizations:places")
    return render(request, "organizations/place.html", {"form": form, "territory": found, "line": queries.line_of(found)}, status=status)


@require_POST
def close_place(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    found = get_object_or_404(permissions.places_with(by, Right.SEE_WORK), pk=pk)
    services.close_territory(found, by=by)
    messages.success(request, _("The place is closed. What was earned there stays there."))
    return see_other("organizations:places")
