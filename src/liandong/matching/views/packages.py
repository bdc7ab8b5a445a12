"""The match board: needs with their best packages or the one missing piece; one need at once; from a package to a project."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core.answers import see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import permissions, queries, services
from liandong.matching.models import MatchRun
from liandong.matching.problems import packages as packing
from liandong.matching.views.load import reader
from liandong.matching.words import packages as package_words
from liandong.needs import permissions as need_permissions
from liandong.needs import queries as needs
from liandong.needs.models import Need
from liandong.organizations.models import Right, Territory
from liandong.organizations.permissions import organizations_with
from liandong.ui import listing
from liandong.ui import words as ui

NEEDS_A_PAGE = 12
MOST_CHOSEN = 12
GROUPS = ("met", "alone", "one", "more", "plan")
TONES = {"met": "success", "alone": "warn", "one": "danger", "more": "neutral", "plan": "neutral"}


@dataclass
class Row:
    """One need on the board."""

    need: Need
    group: str
    tone: str
    tag: Any
    lines: list[package_words.Line]
    missing: list[str]
    others: list[list[package_words.Line]]
    asked: int
    href: str


@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """The needs of a place and what meets them: the newest calculation, or with ?need= some chosen ones, calculated at once."""
    person = reader(request)
    require(permissions.can_open_board(person))
    places = places_of(person)
    place = next((one for one in places if str(one.pk) == request.GET.get("place", "")), places[0] if places else None)
    numbers = [number.upper() for number in request.GET.getlist("need")][:MOST_CHOSEN]
    working = queries.run_at_work(place) if place and not numbers else None
    run = None
    if numbers:
        chosen = [need for need in _seen(person).filter(number__in=numbers).order_by("-urgency", "submitted_at") if queries.is_to_match(need)]
        made = services.answer_together(chosen)
        kept, counts = made.rows, {"met": made.met, "alone": made.alone, "of": len(made.rows), "proven": made.proven}
    else:
        run = queries.last_run(place.line_ids) if place else None
        kept = run.result if run else []
        counts = {"met": run.met_count, "alone": run.alone_count, "of": run.done_count, "proven": run.is_proven} if run else {}
    seen = {need.pk: need for need in _seen(person).filter(pk__in=[row["need"] for row in kept])}
    standing = [row for row in kept if row["need"] in seen and queries.is_to_match(seen[row["need"]])]
    grouped: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for row in standing:
        grouped[group_of(row)].append(row)
    group = request.GET.get("show", "")
    shown = grouped[group] if group in GROUPS else [row for name in GROUPS for row in grouped[name]]
    page = listing.page(request, shown, size=NEEDS_A_PAGE)
    things = queries.things_of(page.object_list)
    calls = queries.call_counts([row["need"] for row in page.object_list])
    suffix = f"?run={run.pk}" if run else ""
    can_match = place is not None and bool(permissions.can_match(person, place))
    context = {
        "page": page,
        "rows": [row_of(row, seen[row["need"]], things, asked=calls.get(row["need"], 0), suffix=suffix) for row in page.object_list],
        "run": run,
        "working": working,
        "place": place,
        "places": listing.filter_links(request, "place", [(one.pk, ui.said(one.name)) for one in places]) if len(places) > 1 else [],
        "groups": listing.filter_links(
            request, "show", [(name, label, len(grouped[name])) for name, label in group_labels().items()], any_label=_("All")
        ),
        "numbers": numbers,
        "statement": statement(counts) if kept else None,
        "gone": sum(1 for row in kept if row["need"] in seen) - len(standing),
        "can_match": can_match,
        "here": f"{request.path}?place={place.pk}" if place else request.path,
        "fewer": len(seen) < len(kept),
        "waiting": [] if kept or place is None else list(_seen(person).filter(pk__in=queries.needs_to_match(place).values("pk"))[:NEEDS_A_PAGE]),
    }
    answer = render(request, "matching/packages.html", context)
    if request.headers.get("HX-Request") and working is None:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _seen(person: Person) -> Any:
    rows = needs.worked_on_by(person).filter(is_wish=False)
    return rows.select_related("territory__parent", "claimed_by__territory", "asker_organization__territory").defer("search")


def places_of(person: Person) -> list[Territory]:
    """The grounds somebody matches for, with the streets inside; for staff of a body the street around it."""
    grounds = need_permissions.grounds_of(person, Right.TRIAGE_NEEDS)
    found = {ground.pk: ground for ground in grounds}
    for ground in grounds:
        if ground.level in (Territory.Level.DISTRICT, Territory.Level.CITY):
            streets = Territory.objects.filter(path__startswith=ground.path, level=Territory.Level.STREET, to_date__isnull=True)
            found |= {street.pk: street for street in streets.order_by("pinyin", "pk")[:24]}
    if not found and (body := organizations_with(person, Right.MANAGE_PROJECTS).select_related("territory").first()):
        street = Territory.objects.filter(path=packing.street_path(body.territory)).first() or body.territory
        found[street.pk] = street
    # Streets first: a whole district is chosen on purpose.
    return sorted(found.values(), key=lambda place: (place.level != Territory.Level.STREET, place.path))


def group_labels() -> dict[str, Any]:
    return {
        "met": _("Can be done together"),
        "alone": _("Others need the same"),
        "one": _("One piece missing"),
        "more": _("More missing"),
        "plan": _("No plan"),
    }


def group_of(row: dict[str, Any]) -> str:
    if row["chosen"]:
        return "met"
    if row["packages"]:
        return "alone"
    missing = row["nearest"]["missing"] if row["nearest"] else []
    if not row["nearest"] or not row["nearest"]["plan"]:
        return "plan"
    return "one" if len(missing) == 1 else "more"


def row_of(row: dict[str, Any], need: Need, things: package_words.Things, *, asked: int, suffix: str) -> Row:
    group = group_of(row)
    best = row["chosen"] or (row["packages"] or [row["nearest"]])[0]
    others = [package for package in row["packages"] if packing.name_of(package) != packing.name_of(best)][:2]
    return Row(
        need, group, TONES[group], group_labels()[group], package_words.lines_of(best, need=need, things=things) if best else [],
        [package_words.missing_words(piece) for piece in best["missing"]] if best else [],
        [package_words.lines_of(package, need=need, things=things) for package in others], asked,
        reverse("matching:need_packages", args=[need.number]) + suffix,
    )  # fmt: skip


def statement(counts: dict[str, Any]) -> dict[str, str]:
    """How many needs can be met together, and how sure that is."""
    title = ngettext("%(met)s of %(of)s need can be met", "%(met)s of %(of)s needs can be met together", counts["of"]) % counts
    if counts["met"] == counts["alone"]:
        note = _("Proven: no choice meets more. The others lack a piece each.")
    elif counts["proven"]:
        note = _("Among the best packages of each need no choice meets more, the most urgent first; never more than %(alone)s.") % counts
    else:
        note = _("The best found so far; never more than %(alone)s.") % counts
    return {"title": title, "note": note}


@require_POST
def match(request: HttpRequest) -> HttpResponse:
    """Calculate, as a job."""
    person = reader(request)
    place = get_object_or_404(Territory, pk=whole_number(request.POST.get("place", "")) or 0)
    if place.pk not in {one.pk for one in places_of(person)}:
        raise Http404
    services.match_needs(place, by=person)
    return see_other(f"{reverse('matching:packages')}?place={place.pk}")


@require_POST
def stop_match(request: HttpRequest, pk: int) -> HttpResponse:
    person = reader(request)
    run = get_object_or_404(MatchRun.objects.select_related("territory"), pk=pk, territory__in=[one.pk for one in places_of(person)])
    services.stop_matching(run, by=person)
    messages.success(request, _("It stops in a moment. The best so far is kept."))
    return see_other(f"{reverse('matching:packages')}?place={run.territory_id}")


# One need


def find_need(request: HttpRequest, number: str) -> Need:
    person = reader(request)
    need = get_object_or_404(_seen(person), number=number.upper())
    require(permissions.can_open_board(person))
    return need


def options_of(need: Need, run: MatchRun | None) -> list[tuple[dict[str, Any], bool]]:
    """(package, was it chosen together with the other needs): first that one, then what a calculation for this need alone finds now."""
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    row = next((one for one in run.result if one["need"] == need.pk), None) if run else None
    if row and row["chosen"]:
        found[packing.name_of(row["chosen"])] = (row["chosen"], True)
    for package in services.answer_now(need)["packages"]:
        found.setdefault(packing.name_of(package), (package, False))
    return list(found.values())[: packing.KEPT]


def run_of(request: HttpRequest, need: Need, value: str) -> MatchRun | None:
    """The calculation the reader came from, of a place around the need."""
    around = need.territory.line_ids
    return MatchRun.objects.filter(pk=whole_number(value) or 0, territory__in=around).first()


@require_safe
def need_packages(request: HttpRequest, number: str) -> HttpResponse:
    """The packages of one need with their reasons, or the missing piece and who could have it; calculated at once."""
    person, need = reader(request), find_need(request, number)
    run = run_of(request, need, request.GET.get("run", ""))
    waits = queries.is_to_match(need)
    options = options_of(need, run) if waits else []
    nearest = services.answer_now(need)["nearest"] if waits and not options else None
    row = {"chosen": None, "packages": [package for package, _chosen in options], "nearest": nearest}
    things = queries.things_of([row])
    may_make, makers = None, []
    for package, chosen in options:
        decision = permissions.can_make_project(person, need=need, plan=things.resources[package["plan"]])
        may_make = may_make or decision
        gone = package_words.gone_words(package, things=things) if chosen else ""
        makers.append(
            {
                "name": packing.name_of(package), "chosen": chosen, "lines": package_words.lines_of(package, need=need, things=things),
                "can": bool(decision), "who_can": decision.who_can, "reason": decision.reason, "gone": gone,
                "givers": package_words.join(package_words.givers(package, things=things)),
            }
        )  # fmt: skip
    for maker in makers[1:]:
        maker["differs"] = package_words.differs_words(maker["lines"], makers[0]["lines"])
    can_ask = permissions.can_ask(person, need) if nearest else None
    context = {
        "need": need,
        "words": need.title,
        "waits": waits,
        "run": run,
        "options": makers,
        "lines": package_words.lines_of(nearest, need=need, things=things) if nearest else [],
        "missing": [(package_words.missing_label(piece), package_words.missing_words(piece)) for piece in nearest["missing"]] if nearest else [],
        "asked": queries.calls_of(need),
        "could": queries.bodies_for_piece(need, nearest) if nearest and can_ask else [],
        "can_ask": bool(can_ask),
        "ask_denied": can_ask.who_can if can_ask is not None and not can_ask else "",
    }
    return render(request, "matching/need_packages.html", context)


@require_POST
def make_project(request: HttpRequest, number: str) -> HttpResponse:
    """From a package to a project: the second tap."""
    person, need = reader(request), find_need(request, number)
    wanted = request.POST.get("package", "")
    run = run_of(request, need, request.POST.get("run", ""))
    package = next((one for one, _chosen in options_of(need, run) if packing.name_of(one) == wanted), None) if queries.is_to_match(need) else None
    back = reverse("matching:need_packages", args=[need.number])
    if package is None:
        messages.error(request, _("This package is no longer to be had. Look at what there is now."))
        return see_other(back)
    try:
        project = services.make_project_of(need, package=package, by=person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return see_other(back)
    messages.success(request, _("The project is set up. Everybody in the package has been asked for their part."))
    return see_other("projects:project", project.number)


@require_POST
def ask_piece(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the bodies that could have the missing piece."""
    person, need = reader(request), find_need(request, number)
    try:
        calls = services.ask_for_piece(need, by=person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        names = package_words.join(call.organization.label for call in calls)
        messages.success(request, _("Asked: %(names)s.") % {"names": names})
    return see_other("matching:need_packages", need.number)
