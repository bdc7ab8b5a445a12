"""Pages of projects: people read who brings what and what came of it; those who work on it also act."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.accounts.queries import names_behind
from liandong.activities import queries as activities
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page
from liandong.core.decision import deny, require
from liandong.core.errors import Refused
from liandong.evaluation import queries as evaluation
from liandong.journal import queries as journal
from liandong.needs.models import Category, Need
from liandong.needs.permissions import readable_by as readable_needs
from liandong.needs.permissions import sees_in_full as sees_need
from liandong.needs.wishes import public_words
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import holds_anywhere, organizations_with
from liandong.overlap import queries as overlap
from liandong.projects import compact, permissions, queries, services, verbs
from liandong.projects.forms import DeclineForm, EditForm, FinishForm, MilestoneDoneForm, MilestoneForm, NewForm, PledgeForm, ReasonForm, SignForm
from liandong.projects.models import Milestone, Pledge, Project
from liandong.themes import queries as themes
from liandong.ui import listing
from liandong.ui.listing import Column

TONES = {"draft": "draft", "proposed": "warn", "running": "primary", "done": "success", "cancelled": "neutral"}
State = Project.State
MOST_NEEDS = 200  # that one project takes up at once
NEEDS_TO_PLAN = ("submitted", *(state for state, after in Need.TRANSITIONS.items() if "planned" in after))


def person_of(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def to_project(project: Project, anchor: str = "") -> HttpResponse:
    return see_other(reverse("projects:project", args=[project.number]) + anchor)


# Lists


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Projects: everybody reads those that run or are finished; staff find those they work on."""
    person, asked = person_of(request), request.GET
    works = person is not None and holds_anywhere(person, Right.SEE_WORK)
    everything = asked.get("scope") == "public" or not works
    rows = permissions.readable_by(None) if everything else permissions.visible_to(person)
    states = [choice for choice in State.choices if not everything or choice[0] in permissions.PUBLIC_STATES]
    if asked.get("state") in State.values:
        rows = rows.filter(state=asked["state"])
    if asked.get("category") in Category.values:
        rows = rows.filter(category=asked["category"])
    rows = queries.with_details(queries.found(rows, asked.get("q", "")))
    if asked.get("late"):
        rows = rows.filter(late_count__gt=0, state=State.RUNNING)
    rows = queries.order_for_list(rows) if works else rows.order_by("-approved_at", "-id")
    page = listing.page(request, rows, size=50 if works else 20)
    context = {
        "page": page,
        "rows": [(project, TONES[project.state]) for project in page],
        "columns": [
            Column(_("Project name")),
            Column(_("State")),
            Column(_("Led by")),
            Column(_("Needs"), number=True),
            Column(_("Agreed"), number=True),
            Column(_("Next step")),
            Column(_("Budget"), number=True),
        ],
        "states": listing.filter_links(request, "state", states, any_label=_("All")),
        "categories": listing.filter_links(request, "category", Category.choices, any_label=_("Everything")),
        "late": listing.filter_links(request, "late", [("1", _("With a late step"))]),
        "scopes": listing.filter_links(request, "scope", [("public", _("All public ones"))], any_label=_("Ours")) if works else [],
        "narrowed": any(asked.get(name) for name in ("q", "state", "category", "late")),
        "clear_href": request.path,
        "can_create": works and holds_anywhere(person, Right.MANAGE_PROJECTS),
    }
    return render(request, "projects/list_desk.html" if works else "projects/list.html", context)


# One project


@login_not_required
@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _project(request, number))


def _project(request: HttpRequest, number: str) -> Project:
    """With everything its page shows; what the person may not read does not exist."""
    return get_object_or_404(queries.project_in_full(permissions.readable_by(person_of(request)), number.upper()))


def _worked_on(request: HttpRequest, number: str) -> Project:
    """For verbs: a project the person sees as staff."""
    found = _project(request, number)
    if not permissions.sees_in_full(request.user.person, found):
        raise Http404
    return found


def _page(request: HttpRequest, project: Project, *, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    person = person_of(request)
    works = permissions.sees_in_full(person, project)
    shown = [activity for activity in activities.for_projects([project.pk]) if works or activity.is_shown]
    over = [activity for activity in shown if activity.is_shown]
    satisfaction = evaluation.satisfaction_with(over) if over else None
    needs = [link.need for link in project.need_links.all() if works or link.need.is_public or sees_need(person, link.need)]
    context: dict[str, Any] = {
        "project": project,
        "tone": TONES[project.state],
        "hosts": compact.hosts_of(project.pledges.all()),
        "needs": needs,
        "activities": shown,
        "came": sum(max(activity.served_count, activity.came_count) for activity in shown if activity.pk in over),
        "satisfaction": satisfaction if satisfaction is not None and satisfaction.is_shown else None,
        "milestones": list(project.milestones.all()),
        "form": form,
        "today": clock.today(),
    }
    if not works:
        return render(request, "projects/project.html", context, status=status)
    assert person is not None
    manages = bool(permissions.can_manage(person, project))
    entries = list(journal.history_of(project))
    context |= {
        "manages": manages,
        "is_open": project.state in Project.OPEN_STATES,
        "can_approve": bool(permissions.can_approve(person, project)) and project.state == State.PROPOSED,
        "missing": compact.missing_of(project),
        "pledges": [_line(pledge, person, manages) for pledge in project.pledges.all()],
        "pledge_columns": [Column(_("Who")), Column(_("For what")), Column(_("In words")), Column(_("State")), Column(_("Yes or no"))],
        "pledge_form": _back(form, "pledge", PledgeForm)
        or PledgeForm(auto_id="id_pledge_%s", bodies=_bodies(), initial={"kind": _next_kind(project)}),
        "milestone_form": _back(form, "milestone", MilestoneForm) or MilestoneForm(auto_id="id_milestone_%s"),
        "done_form": MilestoneDoneForm(auto_id=False),
        "actions": _actions(project, person, manages, form),
        "history": [(entry, verbs.said(entry)) for entry in reversed(entries)],
        "actors": names_behind(entries),
        "can_add_activity": project.state in (State.RUNNING, State.PROPOSED, State.DRAFT) and holds_anywhere(person, Right.MANAGE_ACTIVITIES),
    }
    if project.state in Project.OPEN_STATES:
        context |= {"overlaps": overlap.overlaps_of(project, person=person), "thing_key": overlap.key_of(project), "can_decide": manages}
    return render(request, "projects/project_desk.html", context, status=status)


def _line(pledge: Pledge, person: Person, manages: bool) -> dict[str, Any]:
    open_project = pledge.project.state in Project.OPEN_STATES
    return {
        "pledge": pledge,
        "tone": compact.TONES[pledge.state],
        "icon": compact.ICONS[pledge.kind],
        "can_sign": pledge.state == Pledge.State.PROPOSED and open_project and bool(permissions.can_sign(person, pledge)),
        "can_judge": manages and pledge.state in (Pledge.State.AGREED, Pledge.State.BROKEN),
        "sign_form": SignForm(auto_id=f"id_sign_{pledge.pk}_%s"),
        "decline_form": DeclineForm(auto_id=f"id_decline_{pledge.pk}_%s"),
    }


def _actions(project: Project, person: Person, manages: bool, form: forms.Form | None) -> list[dict[str, Any]]:
    """Steps of the whole project that need words; the plain ones are buttons at the top."""
    approves = bool(permissions.can_approve(person, project))
    possible: list[tuple[bool, str, Any, Any, str, type[forms.Form], dict[str, Any]]] = [
        (
            manages and project.state == State.RUNNING,
            "finish",
            _("Finish"),
            _("Finish the project"),
            "plain",
            FinishForm,
            {"initial": {"spent_fen": project.spent_fen}},
        ),
        (approves and project.state == State.PROPOSED, "give_back", _("Send back"), _("Send it back"), "plain", ReasonForm, {}),
        (manages and project.state in Project.OPEN_STATES, "cancel", _("Call off"), _("Call the project off"), "danger", ReasonForm, {}),
    ]
    return [
        {
            "title": title,
            "label": label,
            "tone": tone,
            "form": _back(form, name, form_class) or form_class(auto_id=f"id_{name}_%s", **extra),
            "open": _back(form, name, form_class) is not None,
            "href": reverse(f"projects:{name}", args=[project.number]),
        }
        for shown, name, title, label, tone, form_class, extra in possible
        if shown
    ]


def _back(form: forms.Form | None, action: str, form_class: type[forms.Form]) -> Any:
    """The form that came back with errors, if it is this action's."""
    return form if isinstance(form, form_class) and getattr(form, "action", "") == action else None


def _bodies() -> QuerySet[Organization]:
    return Organization.objects.filter(state=Organization.State.ACTIVE).order_by("pinyin", "id")


def _next_kind(project: Project) -> str:
    missing = [kind for kind in queries.NEEDED if kind not in {pledge.kind for pledge in project.pledges.all()}]
    return str(missing[0]) if missing else str(Pledge.Kind.PLACE)


# Setting up and changing


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """From one or several needs: most of it is filled in from them."""
    person = request.user.person
    leads = organizations_with(person, Right.MANAGE_PROJECTS)
    if not leads.exists():
        require(deny(_("Setting up projects needs a right of your organisation."), who_can=_("A manager of your organisation")))
    asked = request.POST if request.method == "POST" else request.GET
    theme = themes.themes_behind([asked.get("theme", "")], person).first() if asked.get("theme") else None
    chosen = _needs(person, asked.getlist("need"))
    offered = themes.open_needs_of(theme, person, states=NEEDS_TO_PLAN)[:MOST_NEEDS] if theme is not None else chosen
    needs = offered if request.method != "POST" and theme is not None else chosen
    form = NewForm(request.POST if request.method == "POST" else None, leads=leads, initial=_prefilled(needs, person, leads, theme))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        made: list[Project] = []

        def create() -> None:
            made.append(services.create_project(**values, territory=_common_place(needs) or values["lead"].territory, needs=needs, by=person))

        if carried_out(form, create):
            messages.success(request, _("Set up. Now ask who brings place, plan and hours."))
            return to_project(made[0], "#compact")
    return form_answer(request, "projects/new.html", form, needs=offered, ticked={need.pk for need in needs}, theme=theme)


def _needs(person: Person, numbers: list[str]) -> list[Need]:
    wanted = [number.upper() for number in numbers[:MOST_NEEDS]]
    return list(
        readable_needs(person)
        .filter(number__in=wanted, state__in=NEEDS_TO_PLAN)
        .select_related("territory", "asker_organization", "asker")
        .order_by("submitted_at", "pk")
    )


def _prefilled(needs: list[Need], person: Person, leads: QuerySet[Organization], theme: Any = None) -> dict[str, Any]:
    if not needs:
        return {"lead": leads.first()} | ({"name": theme.label} if theme is not None else {})
    people = sum(need.people_count or 0 for need in needs)
    said = [need for need in needs if need.is_public]  # everybody reads the goal of a project
    goal = "\n".join(public_words(need) for need in said[:5])
    if theme is not None:
        typical = themes.typical_sentences(theme, person, [need.pk for need in said])
        people = themes.people_behind(needs)
        goal = "\n".join([theme.label, *("".join(part for part, _marked in sentence.parts) for sentence in typical)])
    if people:
        goal = "\n".join([*filter(None, [goal]), _("For about %(people)s people.") % {"people": people}])
    categories = [need.category for need in needs]
    taken = [need.claimed_by_id for need in needs if need.claimed_by_id]
    lead = (
        leads.filter(pk__in=taken).first()
        or leads.filter(Q(pk__in=[grant.organization_id for grant in permissions.grants_of(person) if grant.organization_id])).first()
        or leads.first()
    )
    return {
        "name": theme.label if theme is not None else needs[0].title[:80],
        "goal": goal,
        "category": max(set(categories), key=categories.count),
        "lead": lead,
    }


def _common_place(needs: list[Need]) -> Territory | None:
    """The smallest territory that holds the places of all needs."""
    if not needs:
        return None
    paths = [need.territory.line_ids for need in needs]
    common = [parts[0] for parts in zip(*paths, strict=False) if len(set(parts)) == 1]
    return Territory.objects.get(pk=common[-1]) if common else None


@form_page
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change it; somebody else's newer change is a conflict that shows both."""
    person, project = request.user.person, _worked_on(request, number)
    require(permissions.can_manage(person, project))
    managers = organizations.people_with(project.lead, Right.MANAGE_PROJECTS)
    if project.manager is not None:
        managers = Person.objects.filter(Q(pk__in=managers.values("pk")) | Q(pk=project.manager_id))
    initial = {name: getattr(project, name) for name in (*services.EDITABLE, "version")}
    form = EditForm(request.POST if request.method == "POST" else None, managers=managers, initial=initial)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: services.edit_project(project, **form.cleaned_data, by=person)):
        messages.success(request, _("Saved."))
        return to_project(project)
    return form_answer(request, "projects/edit.html", form, project=project)


# Steps


@require_POST
def propose(request: HttpRequest, number: str) -> HttpResponse:
    return _plain(request, number, services.propose_project, _("Sent. The hub decides."))


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    return _plain(request, number, services.approve_project, _("Approved. It may start."))


@require_POST
def give_back(request: HttpRequest, number: str) -> HttpResponse:
    return _with_words(request, number, "give_back", ReasonForm, services.return_project, _("Sent back with your words."))


@require_POST
def finish(request: HttpRequest, number: str) -> HttpResponse:
    return _with_words(
        request, number, "finish", FinishForm, services.finish_project, _("Finished. The people who asked are asked whether it is done.")
    )


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    return _with_words(request, number, "cancel", ReasonForm, services.cancel_project, _("Called off. Its needs wait for another project."))


@require_POST
def add_pledge(request: HttpRequest, number: str) -> HttpResponse:
    form = PledgeForm(request.POST, auto_id="id_pledge_%s", bodies=_bodies())
    return _done(request, number, "pledge", form, services.add_pledge, _("Asked. They get a message."), "#compact")


@require_POST
def add_milestone(request: HttpRequest, number: str) -> HttpResponse:
    form = MilestoneForm(request.POST, auto_id="id_milestone_%s")
    return _done(request, number, "milestone", form, services.add_milestone, _("Added."), "#milestones")


@require_POST
def agree_pledge(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = _pledge(request, pk)
    services.agree_pledge(pledge, words=request.POST.get("words", ""), by=request.user.person)
    messages.success(request, _("Agreed. Thank you."))
    return to_project(pledge.project, "#compact")


@require_POST
def decline_pledge(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = _pledge(request, pk)
    services.decline_pledge(pledge, words=request.POST.get("words", ""), by=request.user.person)
    messages.success(request, _("Declined. They get your words."))
    return to_project(pledge.project, "#compact")


@require_POST
def keep_pledge(request: HttpRequest, pk: int) -> HttpResponse:
    pledge = _pledge(request, pk)
    services.keep_pledge(pledge, kept=request.POST.get("kept") != "no", by=request.user.person)
    messages.success(request, _("Noted."))
    return to_project(pledge.project, "#compact")


@require_POST
def finish_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    milestone = get_object_or_404(Milestone.objects.select_related("project").filter(project__in=permissions.visible_to(request.user.person)), pk=pk)
    form = MilestoneDoneForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a day."))
    services.finish_milestone(milestone, **form.cleaned_data, by=request.user.person)
    messages.success(request, _("Noted."))
    return to_project(milestone.project, "#milestones")


def _pledge(request: HttpRequest, pk: int) -> Pledge:
    visible = Pledge.objects.select_related("project__lead", "project__territory", "organization__territory")
    return get_object_or_404(visible.filter(project__in=permissions.visible_to(request.user.person)), pk=pk)


def _plain(request: HttpRequest, number: str, verb: Callable[..., Any], told: str) -> HttpResponse:
    project = _worked_on(request, number)
    try:
        verb(project, by=request.user.person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return to_project(project)
    messages.success(request, told)
    return to_project(project)


def _with_words(request: HttpRequest, number: str, action: str, form_class: type[forms.Form], verb: Callable[..., Any], told: str) -> HttpResponse:
    return _done(request, number, action, form_class(request.POST, auto_id=f"id_{action}_%s"), verb, told)


def _done(request: HttpRequest, number: str, action: str, form: Any, verb: Callable[..., Any], told: str, anchor: str = "") -> HttpResponse:
    project = _worked_on(request, number)
    form.action = action
    if not form.is_valid() or not carried_out(form, lambda: verb(project, **form.cleaned_data, by=request.user.person)):
        return _page(request, _worked_on(request, number), form=form, status=422)
    messages.success(request, told)
    return to_project(project, anchor)
