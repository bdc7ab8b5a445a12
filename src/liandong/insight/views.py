"""Pages of figures: the list, the rows behind one, the report of a month, and their files."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.insight import files, permissions, queries
from liandong.insight import report as reports
from liandong.insight.filters import HOST, MEMBERS, Filters
from liandong.insight.indicators import COUNT, HOURS, INDICATORS, NUMBER, Grain, Indicator, cell_text, grain_for, number_of
from liandong.insight.memory import kept
from liandong.insight.spans import MONTH, QUARTER, TWELVE_MONTHS, YEAR, month_end, months_back, span_of
from liandong.journal import services as journal
from liandong.organizations import permissions as rights
from liandong.organizations.models import Organization, Right, Territory
from liandong.ui import words
from liandong.ui.listing import Column, Link, with_query
from liandong.volunteers.models import Team

DESK_SIZE, PUBLIC_SIZE = 50, 20


def person_of(request: HttpRequest) -> Person | None:
    return request.user.person if request.user.is_authenticated else None


def filters_of(request: HttpRequest, *, default: str = MONTH) -> Filters:
    """The filters of the address. Without a place: the widest one the person sees figures of; for everybody else the whole site as the public sees it."""
    span = span_of(request.GET.get("period", ""), default=default)
    if request.GET.get("scope") == "all":
        return Filters(span, is_public=True)
    territory = organization = team = None
    if request.GET.get("territory"):
        territory = get_object_or_404(Territory, pk=number(request.GET["territory"]))
    if request.GET.get("organization"):
        organization = get_object_or_404(Organization.objects.select_related("territory"), slug=request.GET["organization"])
    if request.GET.get("team"):
        team = get_object_or_404(Team.objects.select_related("territory", "organization__territory"), pk=number(request.GET["team"]))
    if territory is None and organization is None:
        territory, organization = own_scope(person_of(request))
    if territory is None and organization is None:
        return Filters(span, is_public=True)
    side = MEMBERS if organization is not None and request.GET.get("side") == MEMBERS else HOST
    return Filters(span, territory, organization, team, side)


def own_scope(person: Person | None) -> tuple[Territory | None, Organization | None]:
    grants = [grant for grant in rights.grants_of(person) if Right.SEE_FIGURES in rights.RIGHTS_OF[grant.role]]
    for grant in sorted(grants, key=lambda grant: len(grant.territory.path) if grant.territory else 999):
        return grant.territory, grant.organization
    return None, None


def number(text: str) -> int:
    if not text.isdecimal() or len(text) > 12:
        raise Http404
    return int(text)


def known(key: str) -> Indicator:
    if key not in INDICATORS:
        raise Http404
    return INDICATORS[key]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All figures with their definitions."""
    filters = filters_of(request)
    require(permissions.can_see_figures(person_of(request), filters))
    first = clock.today().replace(day=1)
    months = [months_back(first, back) for back in range(12)]
    return render(
        request,
        "insight/index.html",
        {
            "indicators": [(indicator, indicator.opens(filters)) for indicator in INDICATORS.values()],
            "filters": filters,
            "months": [(words.full_month(day), filters.query(period=f"{day:%Y-%m}")) for day in months],
        },
    )


@login_not_required
@require_safe
def figure(request: HttpRequest, key: str) -> HttpResponse:
    """The rows behind a figure, with the filters it was made with."""
    indicator = known(key)
    person = person_of(request)
    filters = filters_of(request, default=TWELVE_MONTHS if key.startswith("needs-") else MONTH)
    if filters.is_public and not indicator.is_public:
        if person is None:
            return redirect_to_login(request.get_full_path())
        require(permissions.can_see_figures(person, filters))
    if not filters.is_public:
        if person is None:
            return redirect_to_login(request.get_full_path())
        require(permissions.can_open(person, indicator, filters))
    if queries.too_few(filters):
        return _too_few(request, filters, title=indicator.label)
    grain = grain_for(indicator, filters)
    total = kept(f"total-{key}", filters, lambda: indicator.total(filters))
    found = page_of(request, grain, filters, total, key)
    closed = addresses_of_unseen(person, found) if has_names(grain) else set()
    return render(
        request,
        "insight/figure.html",
        {
            "indicator": indicator,
            "filters": filters,
            "text": indicator.text(total),
            "margin": queries.satisfaction(filters) if key == "satisfaction" else None,
            "page": found,
            "columns": [Column(column.label, number=column.kind in {NUMBER, HOURS}) for column in grain.columns],
            "rows": [
                [(cell_text(column, row), "" if (href := column.href(row) if column.href else "") in closed else href) for column in grain.columns]
                for row in found
            ],
            "grain": grain,
            "periods": [] if indicator.is_moment else period_links(request, filters),
            "as_of": files.moment_text(clock.now()),
            "can_export": permissions.can_export(person, filters),
            "can_names": permissions.can_export_names(person, filters) and has_names(grain),
            "query": filters.query(),
            "base": "ui/phone.html" if filters.is_public else "ui/desk.html",
        },
    )


def _too_few(request: HttpRequest, filters: Filters, *, title: Any) -> HttpResponse:
    return render(request, "insight/too_few.html", {"title": title, "filters": filters, "periods": period_links(request, filters)})


def _refuse_too_few(filters: Filters) -> None:
    if queries.too_few(filters):
        raise Refused(_("Fewer than five of its people served or came in this period. Choose a longer one."))


def page_of(request: HttpRequest, grain: Grain, filters: Filters, total: float | None, key: str) -> Page[Any]:
    """The page of rows asked for. Where the figure is the number of rows they are not counted again."""
    rows = grain.rows(filters)
    paginator = Paginator(rows, PUBLIC_SIZE if filters.is_public else DESK_SIZE)
    if not isinstance(rows, list):
        paginator.__dict__["count"] = int(total or 0) if grain.of_rows is number_of else kept(f"count-{key}", filters, rows.order_by().count)
    return paginator.get_page(request.GET.get("page"))


def addresses_of_unseen(person: Person | None, rows: Page) -> set[str]:
    """Somebody counts where they served; their page is open only to those whose body they belong to."""
    numbers = {row["person__number"] for row in rows if isinstance(row, dict) and "person__number" in row}
    seen = set(rights.people_visible_to(person).filter(number__in=numbers).values_list("number", flat=True)) if numbers else set()
    return {reverse("organizations:person", args=[number]) for number in numbers - seen}


def has_names(grain: Grain) -> bool:
    return any(column.kind == "name" for column in grain.columns)


def period_links(request: HttpRequest, filters: Filters) -> list[Link]:
    choices = [(MONTH, _("Month")), (QUARTER, _("Quarter")), (YEAR, _("Year")), (TWELVE_MONTHS, _("12 months"))]
    return [Link(label, with_query(request, period=value), current=filters.span.key == value) for value, label in choices]


def export(request: HttpRequest, key: str) -> HttpResponse | FileResponse | StreamingHttpResponse:
    """The rows as a file. GET: names masked. POST with a reason: full names, for those who may; written to the journal."""
    indicator, filters, person = known(key), filters_of(request), person_of(request)
    require(permissions.can_open(person, indicator, filters))
    require(permissions.can_export(person, filters))
    _refuse_too_few(filters)
    full_names = request.method == "POST"
    reason = request.POST.get("reason", "").strip()
    if full_names:
        require(permissions.can_export_names(person, filters))
        if not reason:
            raise Refused(_("Say what the full names are needed for."))
    assert person is not None
    journal.record(
        "figure.exported",
        on=filters.organization or filters.territory or person,
        after={"figure": key, "full_names": full_names, "filters": filters.query()},
        reason=reason[:200],
        by=person,
    )
    grain = grain_for(indicator, filters)
    name = f"{key}-{clock.today():%Y%m%d}"
    if request.GET.get("format") == "csv":
        answer = StreamingHttpResponse(
            files.csv_lines(grain.columns, files.rows_of(indicator, filters), full_names=full_names), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    sheet = files.Sheet(str(indicator.label), grain.columns, files.rows_of(indicator, filters))
    book = files.workbook([sheet], files.explanation(indicator, filters), full_names=full_names)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=files.XLSX)


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """A month on paper."""
    filters = filters_of(request)
    require(permissions.can_see_figures(person_of(request), filters))
    lines = reports.lines(filters)
    if reports.too_few(lines, filters):
        return _too_few(request, filters, title=_("Reports"))
    first = filters.span.first.replace(day=1)
    months, values, before = queries.by_month(queries.minutes_by_day(filters))
    satisfaction = queries.satisfaction(filters)
    following = month_end(first) + dt.timedelta(days=1)
    context: dict[str, Any] = {
        "filters": filters,
        "month": words.full_month(first),
        "lines": lines,
        "satisfaction": satisfaction,
        "labels": [f"{day.month}" for day in months],
        "hours": [round(value / 60) for value in values],
        "hours_before": [round(value / 60) for value in before],
        "territories": queries.minutes_by_territory(filters)[:30],
        "organizations": queries.top_organizations(filters, limit=15),
        "categories": reports.categories(filters),
        "teams": queries.team_table(filters, limit=10),
        "funnel": queries.funnel(filters.over(span_of(TWELVE_MONTHS))),
        "query": filters.query(),
        "earlier": filters.query(period=f"{months_back(first, 1):%Y-%m}"),
        "later": filters.query(period=f"{following:%Y-%m}") if following <= clock.today() else "",
        "as_of": files.moment_text(clock.now()),
        "can_export": permissions.can_export(person_of(request), filters),
        "COUNT": COUNT,
    }
    return render(request, "insight/report.html", context)


@require_safe
def report_file(request: HttpRequest) -> FileResponse:
    filters, person = filters_of(request), person_of(request)
    require(permissions.can_export(person, filters))
    _refuse_too_few(filters)
    assert person is not None
    journal.record("report.exported", on=filters.organization or filters.territory or person, after={"filters": filters.query()}, by=person)
    notes = [
        *filters.words(),
        (_("As of"), files.moment_text(clock.now())),
        (_("Source"), _("Every figure opens to its rows in Liandong under Reports.")),
    ]
    book = files.workbook(reports.sheets(filters), notes)
    return FileResponse(
        book, as_attachment=True, filename=f"report-{filters.span.first:%Y%m%d}-{filters.span.last:%Y%m%d}.xlsx", content_type=files.XLSX
    )
