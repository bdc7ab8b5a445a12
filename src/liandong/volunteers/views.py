"""Volunteers and their teams."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.core.answers import add_refusal, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.core.text import whole_number
from liandong.honours import queries as honours
from liandong.organizations import queries as organizations
from liandong.organizations import showing
from liandong.organizations.forms import RevealForm
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere, organizations_with, places_with, visible_to, worked_in_by, works
from liandong.recognition import queries as recognition
from liandong.ui import listing
from liandong.volunteers import permissions, queries, services
from liandong.volunteers.forms import EditTeamForm, ProfileForm, TeamForm
from liandong.volunteers.models import Team, VolunteerProfile


def reader(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def base_for(request: HttpRequest) -> str:
    return "ui/desk.html" if works(reader(request)) else "ui/phone.html"


def show(form: Any, refused: Refused) -> None:
    add_refusal(form, refused)


# Myself


@form_page
def my_profile(request: HttpRequest) -> HttpResponse:
    """Become a volunteer, or change what one offers."""
    me = request.user.person
    profile = queries.profile_of(me)
    first = {}
    if profile is not None:
        first = {field: getattr(profile, field) for field in ("residence", "availability", "availability_note", "intro")} | {
            "skills": profile.skills.all()
        }
    form, status = ProfileForm(request.POST or None, initial=first), 200
    if request.method == "POST":
        form, status = ProfileForm(request.POST), 422
        if form.is_valid():
            try:
                _save_mine(me, profile, form.cleaned_data)
            except Refused as refused:
                show(form, refused)
            else:
                messages.success(request, _("Saved.") if profile else _("Welcome! From now on you are a volunteer."))
                return see_other("volunteers:my_profile")
    context = {"form": form, "profile": profile, "person": me, "teams": queries.teams_of(me), "minutes": recognition.hours_of(me) if profile else 0}
    return render(request, "volunteers/my_profile.html", context, status=status)


def _save_mine(me: Person, profile: VolunteerProfile | None, values: dict[str, Any]) -> None:
    if profile is None:
        services.register_volunteer(me, **values, by=me)
    else:
        services.edit_volunteer(profile, **values, by=me)


@require_POST
def my_state(request: HttpRequest) -> HttpResponse:
    """Take a break, come back."""
    me = request.user.person
    profile = get_object_or_404(VolunteerProfile, person=me)
    state = request.POST.get("state", "")
    if state not in VolunteerProfile.State.values:
        raise Refused(_("Please choose one of the answers."))
    services.change_state(profile, state=state, by=me)
    return see_other("volunteers:my_profile")


# Volunteers, for staff


@require_GET
def volunteer_list(request: HttpRequest) -> HttpResponse:
    """The volunteers of the reader's bodies and places."""
    by = request.user.person
    require(may_anywhere(by, Right.SEE_PEOPLE))
    places = places_with(by, Right.SEE_PEOPLE).filter(level="community").order_by("pinyin", "id")
    chosen = places.filter(pk=place).first() if (place := whole_number(request.GET.get("place", ""))) else None
    rows = queries.volunteers(
        by,
        words=request.GET.get("q", ""),
        state=request.GET.get("state", ""),
        territory=chosen,
        slot=request.GET.get("slot", ""),
        skill=request.GET.get("skill", ""),
    )
    columns = [_("Name"), _("Number"), _("Lives in"), _("Can do"), _("Phone"), _("State"), _("Since")]
    return render(
        request,
        "volunteers/list.html",
        {
            "page": listing.page(request, rows),
            "columns": columns,
            "states": listing.filter_links(request, "state", VolunteerProfile.State.choices, any_label=_("All")),
            "slots": VolunteerProfile.Slot.choices,
            "places": places,
            "skills": queries.skills(),
            "chosen": {name: request.GET.get(name, "") for name in ("q", "state", "place", "slot", "skill")},
            "filtered": any(request.GET.get(name) for name in ("q", "state", "place", "slot", "skill")),
            "can_import": holds_anywhere(by, Right.IMPORT),
        },
    )


@require_GET
def volunteer(request: HttpRequest, number: str) -> HttpResponse:
    """One volunteer, masked, with the hours the reader's bodies recorded."""
    by = request.user.person
    profile = get_object_or_404(permissions.visible_to(by).select_related("person", "residence").prefetch_related("skills"), person__number=number)
    person, can_reveal = profile.person, bool(permissions.can_reveal(by, profile))
    records = (
        recognition.records_between(person)
        .filter(organization__in=worked_in_by(by, Right.SEE_PEOPLE))
        .select_related("organization")
        .order_by("-service_date", "-id")
    )
    minutes = sum(records.values_list("minutes", flat=True))
    earned = honours.earned_by(person)
    return render(
        request,
        "volunteers/volunteer.html",
        {
            "person": person,
            "profile": profile,
            "slots": queries.slots_of(profile),
            "memberships": organizations.memberships_of(person, seen_by=by),
            "teams": queries.teams_of(person).filter(organization__in=worked_in_by(by, Right.SEE_PEOPLE)),
            "minutes": minutes,
            "earned": earned,
            "star": honours.level_name(earned.star.grant.level, earned.star.grant.rule) if earned.star else "",
            "page": listing.page(request, records, size=20),
            "columns": [_("Day"), _("Activity"), _("Organisation"), listing.Column(_("Hours"), number=True)],
            "can_reveal": can_reveal,
            "shown": showing.shown(request, person, allowed=can_reveal),
            "belongs": organizations.person_visible_to(by, number) is not None,
        },
    )


@form_page
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for one full value of a volunteer, with the reason."""
    by = request.user.person
    profile = get_object_or_404(permissions.visible_to(by).select_related("person"), person__number=number)
    require(permissions.can_reveal(by, profile))
    form, status = RevealForm(request.POST or None, initial={"field": request.GET.get("field", "phone")}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.reveal(profile, **form.cleaned_data, by=by)
            except Refused as refused:
                show(form, refused)
                status = 429 if isinstance(refused, TooMany) else 422
            else:
                showing.remember(request, profile.person, field=form.cleaned_data["field"])
                return see_other("volunteers:volunteer", number)
    context = {"form": form, "person": profile.person, "back_href": reverse("volunteers:volunteer", args=[number])}
    return render(request, "organizations/reveal.html", context, status=status)


# Teams


def chosen_body(request: HttpRequest) -> Organization | None:
    slug = request.GET.get("organization", "")
    return visible_to(reader(request)).filter(slug=slug).first() if slug else None


@login_not_required
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """All teams, by pinyin."""
    by, body = reader(request), chosen_body(request)
    rows = queries.teams(words=request.GET.get("q", ""), state=request.GET.get("state", ""), organization=body)
    return render(
        request,
        "volunteers/teams.html",
        {
            "base": base_for(request),
            "desk": works(by),
            "body": body,
            "page": listing.page(request, rows),
            "columns": [_("Team"), _("Kept by"), _("Territory"), _("Team leader"), listing.Column(_("Members"), number=True), _("State")],
            "states": listing.filter_links(request, "state", Team.State.choices, any_label=_("All")),
            "mine": queries.teams_of(by) if by and not request.GET else [],
            "can_create": holds_anywhere(by, Right.MANAGE_TEAMS),
        },
    )


@login_not_required
@require_GET
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: what it does, join and leave; members see one another masked, keepers add and remove."""
    return _team_page(request, get_object_or_404(Team.objects.select_related("organization__territory", "territory", "leader"), pk=pk))


def _team_page(request: HttpRequest, found: Team, *, status: int = 200, trouble: str = "") -> HttpResponse:
    by = reader(request)
    can_manage = by is not None and bool(permissions.can_manage_team(by, found))
    can_see = by is not None and bool(permissions.can_see_members(by, found))
    words = request.GET.get("find", "")
    return render(
        request,
        "volunteers/team.html",
        {
            "base": base_for(request),
            "team": found,
            "trouble": trouble,
            "member_count": queries.members_of(found).count(),
            "is_member": queries.is_member(found, by),
            "is_leader": by is not None and found.leader_id == by.pk,
            "can_manage": can_manage,
            "can_appoint": can_manage and permissions.can_appoint_leader(by, found),
            "page": listing.page(request, queries.members_of(found, words=request.GET.get("q", ""))) if can_see else None,
            "columns": [_("Name"), _("Since"), _("Actions")],
            "found": queries.people_to_add(by, found, words)[:10] if can_manage and words else [],
            "find": words,
        },
        status=status,
    )


@form_page
def team_new(request: HttpRequest) -> HttpResponse:
    by = request.user.person
    require(may_anywhere(by, Right.MANAGE_TEAMS))
    bodies = organizations_with(by, Right.MANAGE_TEAMS)
    form, status = TeamForm(request.POST or None, organizations=bodies, initial={"organization": chosen_body(request)}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            leader = _person(by, values.pop("leader"))
            if leader is None and request.POST.get("leader", "").strip():
                form.add_error("leader", _("Nobody you see has this number."))
            else:
                try:
                    made = services.create_team(**values, leader=leader, by=by)
                except Refused as refused:
                    show(form, refused)
                else:
                    return see_other("volunteers:team", made.pk)
    return render(request, "volunteers/team_form.html", {"form": form, "team": None}, status=status)


def _person(by: Person, number: str) -> Person | None:
    """Somebody the reader sees, by volunteer number or by a phone that only one of them has."""
    found = with_number(queries.people_seen(by), number)
    return found[0] if len(found) == 1 else None


@form_page
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person
    found = get_object_or_404(Team.objects.select_related("organization__territory", "territory"), pk=pk)
    require(permissions.can_manage_team(by, found))
    form, status = EditTeamForm(request.POST or None, initial={"name": found.name, "intro": found.intro, "state": found.state}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_team(found, **form.cleaned_data, by=by)
            except Refused as refused:
                show(form, refused)
            else:
                messages.success(request, _("Saved."))
                return see_other("volunteers:team", pk)
    return render(request, "volunteers/team_form.html", {"form": form, "team": found}, status=status)


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Join a team: at once, nobody has to agree."""
    me, found = request.user.person, get_object_or_404(Team, pk=pk)
    try:
        services.join_team(found, person=me, by=me)
    except Refused as refused:
        return _team_page(request, queries.team(pk) or found, status=422, trouble=str(refused.reason))
    messages.success(request, _("You are in the team now."))
    return see_other("volunteers:team", pk)


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    me, found = request.user.person, get_object_or_404(Team, pk=pk)
    try:
        services.leave_team(found, person=me, by=me)
    except Refused as refused:
        return _team_page(request, queries.team(pk) or found, status=422, trouble=str(refused.reason))
    messages.success(request, _("You left the team. Your hours stay yours."))
    return see_other("volunteers:team", pk)


def _kept_team(request: HttpRequest, pk: int) -> Team:
    found = get_object_or_404(Team.objects.select_related("organization__territory", "territory"), pk=pk)
    require(permissions.can_manage_team(request.user.person, found))
    return found


@require_POST
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    found, by = _kept_team(request, pk), request.user.person
    person = get_object_or_404(queries.people_seen(by), number=request.POST.get("number", ""))
    try:
        services.join_team(found, person=person, by=by)
    except Refused as refused:
        return _team_page(request, queries.team(pk) or found, status=422, trouble=str(refused.reason))
    messages.success(request, _("%(name)s is in the team now.") % {"name": person})
    return see_other("volunteers:team", pk)


@require_POST
def remove_member(request: HttpRequest, pk: int) -> HttpResponse:
    found, by = _kept_team(request, pk), request.user.person
    member = get_object_or_404(queries.members_of(found), person__number=request.POST.get("number", ""))
    try:
        services.leave_team(found, person=member.person, by=by)
    except Refused as refused:
        return _team_page(request, queries.team(pk) or found, status=422, trouble=str(refused.reason))
    messages.success(request, _("%(name)s is out of the team.") % {"name": member.person})
    return see_other("volunteers:team", pk)


@require_POST
def appoint_leader(request: HttpRequest, pk: int) -> HttpResponse:
    found, by = _kept_team(request, pk), request.user.person
    member = get_object_or_404(queries.members_of(found), person__number=request.POST.get("number", ""))
    services.appoint_leader(found, person=member.person, by=by)
    messages.success(request, _("%(name)s leads the team now.") % {"name": member.person})
    return see_other("volunteers:team", pk)
