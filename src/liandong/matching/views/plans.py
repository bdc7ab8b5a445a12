"""All rosters, a new one, and people to add to one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from liandong.activities import permissions as activity_permissions
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.answers import add_refusal, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import permissions, queries, rules, services
from liandong.matching.forms import MakeForm
from liandong.matching.models import Roster
from liandong.matching.problems.rosters import shifts_to_fill
from liandong.matching.views.load import find_roster, reader
from liandong.matching.words import rosters as words
from liandong.organizations.models import Right
from liandong.organizations.permissions import in_force, may_anywhere
from liandong.ui import listing
from liandong.volunteers.models import Team, TeamMembership

TONES = {"draft": "draft", "solving": "info", "ready": "primary", "published": "success", "withdrawn": "neutral"}
TEAMS_SHOWN = 12


@require_safe
def rosters(request: HttpRequest) -> HttpResponse:
    """Rosters one works on; ?activity= those of one activity."""
    person = reader(request)
    code = request.GET.get("activity", "").upper()[:8]
    activity = Activity.objects.filter(activity_permissions.worked_on_by(person), code=code).first() if code else None
    if activity is None:
        require(activity_permissions.can_open_desk(person))
    rows = queries.rosters_for(person, state=request.GET.get("state", ""), activity=code)
    page = listing.page(request, rows)
    for row in page.object_list:
        row.tone = TONES[row.state]
    context = {
        "page": page,
        "activity": activity,
        "columns": [
            listing.Column(_("Activity")), listing.Column(_("When")), listing.Column(_("Which plan")), listing.Column(_("State")),
            listing.Column(_("Places filled"), number=True), listing.Column(_("People"), number=True),
        ],
        "chips": listing.filter_links(request, "state", Roster.State.choices, any_label=_("All")),
        "can_make": activity is not None and bool(permissions.can_plan(person, activity)),
        "narrowed": bool(code or request.GET.get("state")),
    }  # fmt: skip
    return render(request, "matching/rosters.html", context)


@form_page
def new(request: HttpRequest, code: str) -> HttpResponse:
    """One page: whom it may place, what each position asks for, how much at most."""
    person = reader(request)
    rows = Activity.objects.filter(activity_permissions.worked_on_by(person)).select_related("host__territory", "territory__parent", "venue")
    activity = get_object_or_404(rows, code=code.upper())
    require(permissions.can_plan(person, activity))
    shifts = shifts_to_fill(activity)
    positions = list(dict.fromkeys(position.name for shift in shifts for position in shift.rows))
    teams = list(queries.teams_for(activity, by=person)[:TEAMS_SHOWN])
    rule = rules.rule_on(clock.today())
    initial = {
        "name": services.next_name(activity),
        "weekly_hours": rule.weekly_minutes // 60,
        "teams": [str(team.pk) for team in teams if team.own][:1],
    }
    form = MakeForm(
        request.POST if request.method == "POST" else None, teams=teams, positions=positions, skills=queries.skill_names(), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_roster(activity, **form.values(), by=person)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            if request.POST.get("solve"):
                services.solve_roster(made, by=person)
            return see_other("matching:roster", made.pk)
    return form_answer(request, "matching/new.html", form, activity=activity, most=rule.weekly_minutes // 60)


@form_page
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Volunteers on the platform who are not on the plan: by skill, team, words; tick and add."""
    person, row = reader(request), find_roster(request, pk)
    require(permissions.can_plan(person, row.activity))
    require(may_anywhere(person, Right.SEE_PEOPLE))
    known = queries.skill_names()
    skills = [name for name in request.GET.getlist("skill") if name in known]
    rows = queries.people_to_add(row, by=person, skills=skills, text=request.GET.get("q", "")[:40])
    team = Team.objects.filter(pk=whole_number(request.GET.get("team", "")) or 0).first()
    if team is not None:
        rows = rows.filter(pk__in=TeamMembership.objects.filter(in_force(), team=team).values("person"))
    if request.method == "POST":
        ids = [key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None]
        chosen = list(queries.people_to_add(row, by=person).filter(pk__in=ids))
        if not chosen:
            messages.error(request, _("Choose at least one person."))
            return see_other(request.get_full_path())
        try:
            n = services.add_candidates(row, people=chosen, by=person)
        except Refused as refused:
            messages.error(request, str(refused.reason))
            return see_other(request.get_full_path())
        messages.success(
            request,
            ngettext("%(n)s person can be placed now.", "%(n)s people can be placed now.", n) % {"n": n} + " " + _("Calculate again to place them."),
        )
        return see_other("matching:roster", row.pk)
    page = listing.page(request, rows)
    context = {
        "row": row, "page": page, "skills": words.skills_words(skills), "team": team,
        "columns": [listing.Column(_("Name")), listing.Column(_("Skills")), listing.Column(_("Has time"))],
        "to_find": queries.position_to_fill(row.activity) if row.activity.state == Activity.State.PUBLISHED else None,
    }  # fmt: skip
    profiles = queries.profiles_of([one.pk for one in page.object_list])
    for one in page.object_list:
        one.profile = profiles.get(one.pk)
    return render(request, "matching/people.html", context)
