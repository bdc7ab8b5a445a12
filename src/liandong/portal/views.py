"""The pages around the loop: the front page, one's own page, the workbench, the hub's console, search, help. They read, they do not write."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core.decision import ALLOWED, Decision, deny, require
from liandong.core.text import whole_number
from liandong.honours import queries as honours
from liandong.insight import queries as insight
from liandong.insight.filters import Filters
from liandong.insight.spans import MONTH, QUARTER, YEAR, span_of
from liandong.organizations import permissions as rights
from liandong.organizations.models import Organization, Right, Territory
from liandong.portal import home as front
from liandong.portal import hub as console
from liandong.portal import me as mine
from liandong.portal import search as finding
from liandong.portal import service as desks
from liandong.portal import workbench as bench
from liandong.portal.workspaces import HUB, SESSION_KEY, address, workspaces_of
from liandong.ui import words
from liandong.ui.listing import Link, page, with_query

# Public


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, what comes next or suits whoever is signed in, what became of needs, what the year came to."""
    suggested = front.suggested(request.user.person) if request.user.is_authenticated else []  # type: ignore[union-attr]
    in_hand, done = front.needs_told()
    return render(
        request,
        "portal/home.html",
        {
            "suggested": suggested,
            "cards": front.next_activities(limit=2 if suggested else 4, without=[row.activity for row in suggested]),
            "in_hand": in_hand,
            "done": done,
            "surveys": [] if request.user.is_authenticated else front.asked_now(),  # they stand on one's own page
            "figures": front.figures_of_the_year(),
            "bodies": None if suggested else front.bodies(),
            "ways": front.ways_in(),
        },
    )


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    hubs = Organization.objects.filter(kind=Organization.Kind.HUB, state=Organization.State.ACTIVE).order_by("pinyin", "id")[:3]
    return render(request, "portal/help.html", {"hubs": hubs})


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """ok when the database answers; says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    closed = (
        "/account/",
        "/me/",
        "/hub/",
        "/o/",
        "/search/",
        "/k/",
        "/v/",
        "/insight/",
        "/notices/",
        "/imports/",
        "/recognition/",
        "/evaluation/",
        "/demo/",
    )
    return HttpResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed), content_type="text/plain")


# One's own page


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Today, next, my records, my needs."""
    person = request.user.person  # type: ignore[union-attr]
    today = list(activities.today_of(person)[:2])
    needs, _count = mine.needs_of(person)
    facts = mine.facts_of(person)
    return render(
        request,
        "portal/me.html",
        {
            "person": person,
            "greeting": mine.greeting(),
            "today": [mine.today_card(sign_up) for sign_up in today],
            "next": mine.next_rows(person, limit=2 if today else 3),
            "facts": facts,
            "star": honours.star_name(facts.stars),
            "star_line": honours.star_line(facts.stars),
            "needs": needs,
            "suggested": mine.suggested(person, without_profile=facts.without_profile) if facts.is_volunteer else [],
            "ratings": mine.ratings_wanted(person),
            "surveys": mine.surveys_near(person),
            "spaces": workspaces_of(person),
        },
    )


# The desk


@require_safe
def workbench(request: HttpRequest, slug: str) -> HttpResponse:
    """The workbench of a body."""
    person = request.user.person  # type: ignore[union-attr]
    body = get_object_or_404(Organization.objects.select_related("territory"), slug=slug)
    if not rights.holds(person, Right.SEE_WORK, organization=body):
        if not rights.visible_to(person).filter(pk=body.pk).exists():
            raise Http404
        require(rights.may(person, Right.SEE_WORK, organization=body))
    remember(request, body.slug)
    todo = bench.todo_of(body, by=person)
    people, calls = bench.people_and_calls(body)
    if calls and rights.holds(person, Right.MANAGE_PROJECTS, organization=body):
        todo.add([bench.asked_for_pieces(body, calls)], calls)
    coming, running = bench.coming(body), bench.running(body)
    is_new = not (todo.total or coming or running)
    return render(
        request,
        "portal/workbench.html",
        {
            "body": body,
            "todo": todo,
            "coming": coming,
            "running": running,
            "packages": bench.packages(body),
            "figures": bench.figures(body) if rights.holds(person, Right.SEE_FIGURES, organization=body) else [],
            "actions": bench.quick_actions(body, person),
            "first_steps": bench.first_steps(body, person) if is_new else [],
            "people": people,
            "people_href": address("organizations:people", body.slug) if rights.holds(person, Right.SEE_PEOPLE, organization=body) else "",
            "new_activity": address("activities:new", query=f"org={body.slug}")
            if rights.holds(person, Right.MANAGE_ACTIVITIES, organization=body)
            else "",
            "new_project": address("projects:new") if rights.holds(person, Right.MANAGE_PROJECTS, organization=body) else "",
            "desks_href": address("appointments:desks") if rights.holds(person, Right.KEEP_VENUES, organization=body) else "",
            "as_of": console.as_of(),
        },
    )


def remember(request: HttpRequest, key: str) -> None:
    if request.session.get(SESSION_KEY) != key:
        request.session[SESSION_KEY] = key


@require_safe
def hub(request: HttpRequest) -> HttpResponse:
    """The console of a territory: the widest one the person works on, or the one asked for."""
    person = request.user.person  # type: ignore[union-attr]
    grounds = [
        grant.territory for grant in rights.grants_of(person) if grant.territory is not None and Right.SEE_FIGURES in rights.RIGHTS_OF[grant.role]
    ]
    if not grounds:
        require(deny(_("The console is for those who work at the hub."), who_can=_("A manager of the hub")))
    territory = min(grounds, key=lambda ground: len(ground.path))
    if request.GET.get("territory"):
        asked = get_object_or_404(Territory, pk=whole_number(request.GET["territory"]))
        if not any(ground.holds(asked) for ground in grounds):
            raise Http404
        territory = asked
    remember(request, HUB)
    filters = Filters(span_of(request.GET.get("period", "")), territory)
    needs = insight.need_figures(filters)
    hand = console.hand_of(filters, by=request.user.person)
    kind = request.GET.get("show", "")
    days = console.days_of(filters)
    teams, people, team_lines = console.team_lines(filters)
    context: dict[str, Any] = {
        "territory": territory,
        "filters": filters,
        "query": filters.query(),
        "as_of": console.as_of(),
        "periods": [
            Link(label, with_query(request, period=value), current=filters.span.key == value)
            for value, label in ((MONTH, _("Month")), (QUARTER, _("Quarter")), (YEAR, _("Year")))
        ],
        "strip": console.strip(filters, needs, days),
        "hand": hand,
        "hand_rows": hand.shown(kind),
        "hand_links": [
            Link(label, with_query(request, show=value) + "#hand", current=kind == value, count=count)
            for value, label, count in (
                ("", _("All"), hand.total),
                (console.ALERT, _("Alerts"), hand.counts[console.ALERT]),
                (console.TODO, _("To do"), hand.counts[console.TODO]),
            )
        ],
        "waiting": console.waiting_longest(filters),
        "waiting_count": needs.waiting,
        "waiting_href": console.figure_href("waiting-needs", filters),
        "funnel": console.funnel_steps(filters),
        "funnel_href": console.figure_href("needs-asked", filters, period="12m"),
        "chart": console.hours_chart(days),
        "chart_href": console.figure_href("service-hours", filters, period="12m"),
        "team_count": teams,
        "team_people": people,
        "teams": team_lines,
        "organizations": console.organization_lines(filters),
        "rising": console.rising_themes(filters),
        "match_line": console.match_line(filters),
        "month_name": words.month(filters.span.last),
        "can_export": rights.holds(person, Right.EXPORT, territory=territory),
        "desks_href": address("appointments:desks") if rights.holds_anywhere(person, Right.KEEP_VENUES) else "",
    }
    return render(request, "portal/hub.html", context)


# Records and points


@require_safe
def service(request: HttpRequest) -> HttpResponse:
    """Every desk for what service is worth."""
    person = request.user.person
    require(may_see_service(person))
    groups = desks.groups_of(person)
    total = sum(cell.waiting or 0 for group in groups for cell in group.cells)
    return render(request, "portal/service.html", {"groups": groups, "total": total})


def may_see_service(person: Person) -> Decision:
    if desks.opens_for(person):
        return ALLOWED
    return deny(_("This page is for people who work for a body."), who_can=_("A manager of your organisation"))


# Search


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Needs, activities, projects, bodies, teams; people for those who look after them."""
    person = request.user.person if request.user.is_authenticated else None
    text = request.GET.get("q", "").strip()[:80]
    found = finding.find(text, person)
    kind = request.GET.get("kind", "")
    total = sum(each.count for each in found)
    links = [Link(_("All"), with_query(request, kind=""), current=not kind, count=words.thousands(total))]
    links += [
        Link(each.kind.label, with_query(request, kind=each.kind.key), current=kind == each.kind.key, count=words.thousands(each.count))
        for each in found
        if each.count or kind == each.kind.key
    ]
    groups, one_page = [], None
    for each in found:
        if kind == each.kind.key:
            one_page = page(request, each.rows)
            groups = [(each, [each.kind.hit(row) for row in one_page], "")]
        elif not kind and each.count:
            groups.append((each, [each.kind.hit(row) for row in each.rows[:5]], with_query(request, kind=each.kind.key) if each.count > 5 else ""))
    is_desk = person is not None and bool(workspaces_of(person))
    context = {
        "text": text,
        "links": links,
        "groups": groups,
        "page": one_page,
        "total": total,
        "is_desk": is_desk,
        "base": "ui/desk.html" if is_desk else "ui/phone.html",
    }
    return render(request, "portal/search.html", context | {"is_staff": rights.holds_anywhere(person, Right.SEE_PEOPLE)})
