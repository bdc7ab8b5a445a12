"""The page of a theme: who says it, what was done for it, where it came from; all its needs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from liandong.activities import queries as activities
from liandong.core.answers import see_other
from liandong.evaluation import queries as evaluation
from liandong.needs.models import Need, Segment
from liandong.organizations.models import Right, Territory
from liandong.organizations.permissions import holds_anywhere
from liandong.projects import permissions as project_permissions
from liandong.projects import queries as projects
from liandong.themes import permissions, queries
from liandong.themes.forms import SPAN_LABELS
from liandong.themes.hiding import SMALL, hide_small
from liandong.themes.models import Theme
from liandong.themes.queries import BoardFilters
from liandong.themes.queries.board import gather
from liandong.themes.views.board import reader
from liandong.themes.words import stability_words, step_words, trend_words
from liandong.ui import listing
from liandong.ui.listing import Column, Link

TONES = {"draft": "draft", "proposed": "warn", "running": "primary", "done": "success", "cancelled": "neutral"}
FEW_MEMBERS = 8


def theme_or_404(request: HttpRequest, number: str) -> Theme:
    """A theme on the reader's ground."""
    person = reader(request)
    return get_object_or_404(permissions.visible_to(person).select_related("merged_into", "split_from"), number=number.upper())


@require_safe
def theme(request: HttpRequest, number: str) -> HttpResponse:
    person = reader(request)
    found = theme_or_404(request, number)
    if not found.is_active and found.merged_into is not None and "history" not in request.GET:
        return see_other(reverse("themes:theme", args=[_last(found).number]) + f"?from={found.number}")
    span = request.GET.get("span", "") if request.GET.get("span", "") in queries.SPANS else "52w"
    row = gather(permissions.members_visible_to(person).filter(theme=found), BoardFilters(span=span)).get(found.pk)
    needs = list(queries.needs_of(found, person).values_list("pk", flat=True))
    behind = projects.answering(needs)
    done = list({project.pk: project for each in behind.values() for project in each}.values())
    held = [activity for activity in activities.for_projects([project.pk for project in done]) if activity.is_shown] if done else []
    satisfaction = evaluation.satisfaction_with(held) if held else None
    templates = [] if done else projects.like_words(found.phrases)
    readable = (
        set(project_permissions.readable_by(person).filter(pk__in=[project.pk for project in (*done, *templates)]).values_list("pk", flat=True))
        if done or templates
        else set()
    )
    members = list(queries.members_of(found, person)[: FEW_MEMBERS + 1])
    hardly = list(queries.members_of(found, person, hardly=True)[:FEW_MEMBERS])
    decides = found.is_active and bool(permissions.can_decide(person, found))
    alike = queries.alike_themes(found, permissions.visible_to(person).filter(state=Theme.State.ACTIVE)) if found.is_active else []
    steps = queries.lineage_of(found)
    count_of = {project.pk: sum(1 for activity in held if activity.project_id == project.pk and activity.finished_at) for project in done}
    open_count = Need.objects.filter(pk__in=needs, state__in=Need.OPEN_STATES).exclude(state__in=("planned", "active")).count()
    undoable = queries.undoable_step(person) if decides else None
    context: dict[str, Any] = {
        "theme": found,
        "came_from": request.GET.get("from", ""),
        "row": row,
        "people": row.people_text if row is not None else "",
        "need_count": len(needs),
        "segments": _segments(row.segments) if row is not None else [],
        "communities": _communities(row) if row is not None else [],
        "spans": [Link(label, listing.with_query(request, span=value), current=value == span) for value, label in SPAN_LABELS],
        "weeks": row.weeks if row is not None else [],
        "trend": trend_words(row.trend, 0) if row is not None else "",
        "stability": stability_words(round(100 * found.stability)),
        "members": members[:FEW_MEMBERS],
        "more_members": len(members) > FEW_MEMBERS,
        "hardly": hardly,
        "projects": [(project, TONES[project.state], count_of.get(project.pk, 0), project.pk in readable) for project in done],
        "templates": [project for project in templates if project.pk in readable],
        "satisfaction": satisfaction if satisfaction is not None and satisfaction.is_shown else None,
        "alike": alike,
        "steps": [(step, step_words(step, found)) for step in steps],
        "decides": decides,
        "undoable": undoable if undoable is not None and found.pk in (undoable.theme_id, undoable.other_id) else None,
        "project_href": f"{reverse('projects:new')}?theme={found.number}"
        if found.is_active and open_count and holds_anywhere(person, Right.MANAGE_PROJECTS)
        else "",
        "project_label": pgettext("theme", "Make a project"),
        "open_count": open_count,
        "is_loose": found.stability < 0.6,
    }
    return render(request, "themes/theme.html", context)


def _last(theme: Theme) -> Theme:
    """Where a theme that has ended went on, at the end of the chain."""
    for _step in range(20):
        if theme.is_active or theme.merged_into is None:
            return theme
        theme = theme.merged_into
    raise Http404


def _bars(counts: Any, labels: dict[Any, Any]) -> list[dict[str, Any]]:
    """Groups with anybody in them, largest first; under five, and at least two, stay hidden."""
    keys = sorted((key for key in counts if counts[key] and key in labels), key=lambda key: (-counts[key], str(key)))
    cells = {cell.key: cell for cell in hide_small({str(key): counts[key] for key in keys}, [str(key) for key in keys])}
    top = max((cell.shown or 0 for cell in cells.values()), default=0) or 1
    rows = []
    for key in keys:
        cell = cells[str(key)]
        text = str(cell.shown) if cell.shown is not None else f"<{SMALL}" if cell.small else "–"
        rows.append({"label": labels[key], "value": cell.shown or 0, "max": top, "text": text, "hidden": cell.shown is None})
    return rows


def _segments(counts: Any) -> list[dict[str, Any]]:
    """The groups with five and more, largest first, and one line for all others: which of them are empty would let the small ones be worked out."""
    keys = [str(key) for key in Segment.values]
    shown = sorted(((cell.shown, cell.key) for cell in hide_small(counts, keys) if cell.shown is not None), key=lambda pair: (-pair[0], pair[1]))
    top = shown[0][0] if shown else 1
    rows = [{"label": Segment(key).label, "value": count, "max": top, "text": str(count)} for count, key in shown]
    return [*rows, {"label": _("Each of the others") if rows else _("Each group"), "value": 0, "max": top, "text": f"<{SMALL}"}]


def _communities(row: Any) -> list[dict[str, Any]]:
    names = dict(Territory.objects.filter(pk__in=list(row.communities)).values_list("pk", "name"))
    return _bars(row.places, names)


@require_safe
def members(request: HttpRequest, number: str) -> HttpResponse:
    """All needs of the theme that the reader may read; those that hardly fit apart."""
    person = reader(request)
    found = theme_or_404(request, number)
    hardly = request.GET.get("fit") == "hardly"
    page = listing.page(request, queries.members_of(found, person, text=request.GET.get("q", ""), hardly=hardly))
    fits = listing.filter_links(request, "fit", [("hardly", _("Hardly fit"))], any_label=_("All"))
    decides = found.is_active and bool(permissions.can_run(person))
    context = {
        "theme": found,
        "page": page,
        "rows": [(member, round(100 * member.degree)) for member in page],
        "columns": [
            Column(_("What was said")),
            Column(_("Fits"), number=True),
            Column(_("Place")),
            Column(_("Came in by")),
            Column(_("Asked on")),
            Column(_("Put here by")),
        ],
        "fits": fits,
        "decides": decides,
        "targets": list(queries.themes_to_merge_into(found, person)[:300]) if decides else [],
        "narrowed": bool(request.GET.get("q") or hardly),
        "back": reverse("themes:members", args=[found.number]),
    }
    return render(request, "themes/members.html", context)
