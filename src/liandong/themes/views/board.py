"""The board of themes, what is loose, how quiet groups are made up for, and the calculation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core import memory
from liandong.core.answers import form_answer, form_page, see_other
from liandong.core.decision import deny, require
from liandong.core.errors import Refused
from liandong.core.sheets import Sheet, sheets_file
from liandong.core.text import whole_number
from liandong.needs.models import Segment
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere
from liandong.overlap import queries as overlap
from liandong.projects import queries as projects
from liandong.themes import permissions, queries, services
from liandong.themes.forms import ORDER_LABELS, SPAN_LABELS, BoardForm, PopulationForm
from liandong.themes.hiding import SMALL
from liandong.themes.models import MiningRun
from liandong.themes.queries import BoardFilters, Row
from liandong.themes.queries.board import ground_of
from liandong.themes.views.feasible import pieces_for
from liandong.themes.words import SHORT, pieces_words, stability_words, trend_words
from liandong.ui import listing, words
from liandong.ui.listing import Column, Link

PAGE_SIZE = 10
DECIDED = "themes_decided"  # in the session of somebody who has decided something: there may be something to undo


def reader(request: HttpRequest) -> Person:
    """Whoever reads the board: staff with a ground."""
    person = request.user.person
    require(permissions.can_read(person))
    return person


def views_of_needs(person: Person) -> list[Link]:
    """The switch of the desk of needs: single needs, common ones, and what they come from."""
    links = [Link(_("Needs list"), reverse("needs:inbox")), Link(_("Themes"), reverse("themes:board"), current=True)]
    if holds_anywhere(person, Right.CLAIM_NEEDS):
        links.append(Link(_("Visits"), reverse("visits:list")))
    return [*links, Link(_("Surveys"), reverse("surveys:desk"))]


def filters_of(request: HttpRequest, person: Person) -> tuple[BoardFilters, BoardForm, Any]:
    """The filters asked for, the form that shows them, the communities to choose from."""
    communities = queries.communities_on(person)
    asked = request.GET
    key = whole_number(asked.get("community", ""))
    filters = BoardFilters(
        span=asked.get("span", "") if asked.get("span", "") in queries.SPANS else "12w",
        community=next((place for place in communities if place.pk == key), None),
        segment=asked.get("segment", "") if asked.get("segment", "") in Segment.values else "",
        order=asked.get("order", "") if asked.get("order", "") in dict(ORDER_LABELS) else "urgent",
        text=asked.get("q", ""),
    )
    shown = {
        "span": filters.span,
        "community": str(filters.community.pk) if filters.community else "",
        "segment": filters.segment,
        "order": filters.order,
    }
    return filters, BoardForm(initial=shown, communities=communities), communities


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """One row a theme; one of them open, with its sentences and what it takes to do it."""
    person = reader(request)
    filters, form, communities = filters_of(request, person)
    found = queries.board(person, filters)
    page = listing.page(request, found.rows, size=PAGE_SIZE)
    decides = bool(permissions.can_run(person))
    makes = holds_anywhere(person, Right.MANAGE_PROJECTS)
    asked = request.GET.get("open", "").upper()
    opened = next((row for row in page if row.theme.number == asked), next(iter(page), None)) if asked != "NONE" else None
    behind, held = _behind(list(page))
    lines = [_line(request, row, _times(row, behind, held), opened=row is opened, makes=makes, filters=filters) for row in page]
    if opened is not None:
        line = next(line for line in lines if line["row"] is opened)
        line |= _details(opened, person, communities, behind, held)
        line["decides"] = decides and not opened.theme.is_beyond
    run, working = queries.runs()
    undoable = queries.undoable_step(person) if decides and DECIDED in request.session else None
    context = {
        "views": views_of_needs(person),
        "form": form,
        "filters": filters,
        "span_label": dict(SPAN_LABELS)[filters.span],
        "board": found,
        "page": page,
        "lines": lines,
        "first": page.start_index(),
        "last": page.end_index(),
        "next_href": listing.with_query(request, page=page.next_page_number()) if page.has_next() else "",
        "previous_href": listing.with_query(request, page=page.previous_page_number()) if page.has_previous() else "",
        "quiet": pgettext("between names", ", ").join(str(SHORT[row.segment]) for row in found.weighting.quiet[:2]),
        "run": run,
        "working": working,
        "decides": decides,
        "alarms": memory.for_a_minute(f"themes.alarms:{person.pk}:{get_language()}", lambda: _alarms(person)),
        "undoable": undoable,
        "can_export": holds_anywhere(person, Right.EXPORT),
        "query": request.GET.urlencode(),
        "narrowed": bool(filters.text or filters.segment or filters.community),
    }
    return render(request, "themes/board.html", context)


def _alarms(person: Person) -> list[dict[str, str]]:
    """What a banner says of the sharpest overlap."""
    return [{"title": alarm.title, "note": alarm.note, "list_url": alarm.list_url} for alarm in overlap.alarms_for(person, limit=1)]


def _behind(rows: list[Row]) -> tuple[dict[int, list[Any]], dict[int, int]]:
    """(need -> projects that answer it, project -> activities held). Two queries for all rows."""
    behind = projects.answering([need for row in rows for need in row.needs])
    return behind, activities.held_by_project({project.pk for found in behind.values() for project in found}) if behind else {}


def _times(row: Row, behind: dict[int, list[Any]], held: dict[int, int]) -> int:
    """How many activities were held for the needs of a theme."""
    return sum(held.get(pk, 0) for pk in {project.pk for need in row.needs for project in behind.get(need, ())})


def _line(request: HttpRequest, row: Row, done: int, *, opened: bool, makes: bool, filters: BoardFilters) -> dict[str, Any]:
    percent = row.stability_percent
    number = row.theme.number
    members = reverse("themes:members", args=[number])
    loose = percent < 60
    people = row.people_text
    if filters.segment:
        people = words.thousands(row.asked) if row.asked is not None else f"<{SMALL}" if row.segments[filters.segment] < SMALL else "–"
    places = len(row.communities)
    return {
        "row": row,
        "theme": row.theme,
        "opened": opened,
        "toggle_href": listing.with_query(request, open="none" if opened else number, page=request.GET.get("page", "")) + f"#{number}",
        "people": people,
        "members_href": members,
        "note": _("about %(n)s when weighted") % {"n": words.thousands(row.weighted)}
        if row.is_made_up_for and not filters.segment
        else ngettext("%(n)s community", "%(n)s communities", places) % {"n": places},
        "bars": bars_of(row),
        "weeks": row.weeks,
        "trend": trend_words(row.trend, done),
        "stability": stability_words(percent),
        "action": _("Read the words") if loose or not makes or not row.open_needs else pgettext("theme", "Make a project"),
        "action_href": members if loose or not makes or not row.open_needs else f"{reverse('projects:new')}?theme={number}",
        "is_project": not (loose or not makes or not row.open_needs),
    }


def bars_of(row: Row) -> list[dict[str, Any]]:
    """For the component: what is hidden is a dashed box."""
    return [
        {"label": SHORT[cell.key], "title": Segment(cell.key).label, "count": cell.shown, "hidden": f"<{SMALL}" if cell.small else "–"}
        for cell in row.cells
    ]


def _details(row: Row, person: Person, communities: list[Any], behind: dict[int, list[Any]], held: dict[int, int]) -> dict[str, Any]:
    """The open row: three sentences, and what is there to do it."""
    place = None
    if row.communities:
        most = row.communities.most_common(1)[0][0]
        place = next((each for each in communities if each.pk == most), None)
    sentences = queries.typical_sentences(row.theme, person, row.needs)
    category = sentences[0].need.category if sentences else ""
    earlier = list({project.pk: project for need in row.needs for project in behind.get(need, ())}.values())
    pieces = pieces_for(row.theme, person, place=place, earlier=earlier, held=held, category=category)
    return {"sentences": sentences, "pieces": pieces, "can_it": pieces_words(sum(bool(piece.missing) for piece in pieces))}


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The board, as it is filtered, as an Excel file."""
    person = reader(request)
    if not holds_anywhere(person, Right.EXPORT):
        require(deny(_("You need the right to export."), who_can=_("A manager of your organisation")))
    filters, _form, _places = filters_of(request, person)
    found = queries.board(person, filters)
    heads = [
        _("Theme"),
        _("Key phrases"),
        _("People"),
        _("Made up for"),
        _("Needs"),
        _("Open needs"),
        _("Communities"),
        *SHORT.values(),
        _("Trend"),
        _("Stability"),
        _("Number"),
    ]
    rows = [_export_row(row) for row in found.rows]
    notes = [
        (_("Time"), dict(SPAN_LABELS)[filters.span]),
        (_("Community"), filters.community.name if filters.community else _("All communities")),
        (_("People"), _("Everybody is counted once. Groups under five people are not shown.")),
        (_("Stability"), _("How often two needs of a theme stay together when the needs are drawn again a hundred times.")),
        (_("Made up for"), _("What the number of people would be if every group spoke as much as it has people.")),
    ]
    return sheets_file(_("Themes"), Sheet(_("Themes"), rows, heads, (30, 14)), Sheet(_("Explanation"), notes))


def _export_row(row: Row) -> list[Any]:
    shown = {cell.key: cell.shown if cell.shown is not None else f"<{SMALL}" if cell.small else "–" for cell in row.cells}
    return [
        row.theme.label,
        "、".join(row.theme.phrases),
        row.people if not row.is_small else row.people_text,
        row.weighted if row.is_made_up_for else "",
        len(row.needs) if not row.is_small else "",
        row.open_needs if not row.is_small else "",
        len(row.communities),
        *(shown.get(segment, "") for segment in SHORT),
        trend_words(row.trend, 0),
        f"{row.stability_percent}%",
        row.theme.number,
    ]


@require_safe
def loose(request: HttpRequest) -> HttpResponse:
    """Needs that belong to no theme yet."""
    person = reader(request)
    filters, form, _places = filters_of(request, person)
    page = listing.page(request, queries.loose_needs(person, filters))
    context = {
        "form": form,
        "page": page,
        "columns": [Column(_("What was said")), Column(_("Place")), Column(_("Came in by")), Column(_("Asked on"))],
        "decides": bool(permissions.can_run(person)),
        "targets": list(permissions.visible_to(person).filter(state="active").order_by("label")[:300]),
        "narrowed": bool(filters.text or filters.segment or filters.community),
        "back": reverse("themes:loose"),
    }
    return render(request, "themes/loose.html", context)


@form_page
def weights(request: HttpRequest) -> HttpResponse:
    """How groups that say little are made up for, and the populations behind it."""
    person = reader(request)
    filters, _form, _places = filters_of(request, person)
    ground = filters.community or ground_of(person)
    assert ground is not None
    place, people = queries.populations_of(ground)
    own = people if place is not None and place.pk == ground.pk else {}
    keeps = bool(permissions.can_keep_place(person, ground))
    form = PopulationForm(request.POST if request.method == "POST" else None, people=own)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_populations(ground, people=form.people(), source=form.cleaned_data["source"], by=person)
        except Refused as refused:
            form.add_error(None, str(refused.reason))
        else:
            messages.success(request, _("Saved."))
            return see_other("themes:weights")
    found = queries.board(person, filters)
    return form_answer(
        request,
        "themes/weights.html",
        form,
        ground=ground,
        weighting=found.weighting,
        columns=[
            Column(_("Group")),
            Column(_("People here"), number=True),
            Column(_("Share of the people"), number=True),
            Column(_("Share of those who spoke"), number=True),
            Column(_("Weight"), number=True),
        ],
        span_label=dict(SPAN_LABELS)[filters.span],
        keeps=keeps,
    )


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Calculate again, as a job."""
    made = services.ask_for_run(by=request.user.person)
    return see_other("themes:progress", made.pk)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the calculation is."""
    person = reader(request)
    require(permissions.can_run(person))
    found = get_object_or_404(MiningRun.objects.defer("index", "index_themes"), pk=pk)
    return render(request, "themes/progress.html", {"run": found, "percent": round(100 * found.share)})
