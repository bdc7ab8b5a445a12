"""The yearly report on recording and certifying (Order 67 article 18): page, rows, files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.sheets import Sheet, sheets_file
from liandong.core.text import whole_number
from liandong.dossier import paper
from liandong.dossier.queries.report import FIRST_YEAR, Figure, Report
from liandong.dossier.views.load import reader, tabs
from liandong.organizations import permissions as rights
from liandong.organizations.models import Right
from liandong.ui import listing, words
from liandong.ui.listing import Column, Link, with_query


def report_of(request: HttpRequest) -> Report:
    """The body or place asked for, else the widest one whose figures the reader sees."""
    by: Person = reader(request)
    year = whole_number(request.GET.get("year", "")) or clock.today().year
    if not FIRST_YEAR <= year <= clock.today().year:
        raise Http404
    organization = territory = None
    if slug := request.GET.get("organization"):
        organization = get_object_or_404(rights.worked_in_by(by, Right.SEE_FIGURES), slug=slug)
    elif (key := whole_number(request.GET.get("territory", ""))) is not None:
        territory = get_object_or_404(rights.places_with(by, Right.SEE_FIGURES), pk=key)
    else:
        grants = [grant for grant in rights.grants_of(by) if Right.SEE_FIGURES in rights.RIGHTS_OF[grant.role]]
        for grant in sorted(grants, key=lambda grant: len(grant.territory.path) if grant.territory else 999):
            territory, organization = grant.territory, grant.organization
            break
    if organization is None and territory is None:
        require(rights.may_anywhere(by, Right.SEE_FIGURES))
        raise Http404
    return Report(year, organization, territory)


def name_of(report: Report) -> str:
    return report.organization.name if report.organization is not None else str(report.territory)


def scopes(request: HttpRequest, report: Report) -> list[Link]:
    """Other bodies and places of the reader, at most a dozen."""
    by = reader(request)
    places = [grant.territory for grant in rights.grants_of(by) if grant.territory is not None and Right.SEE_FIGURES in rights.RIGHTS_OF[grant.role]]
    found = [
        Link(place.name, with_query(request, territory=place.pk, organization=None, page=None), current=place == report.territory) for place in places
    ]
    for body in rights.organizations_with(by, Right.SEE_FIGURES)[:12]:
        found.append(Link(body.label, with_query(request, organization=body.slug, territory=None, page=None), current=body == report.organization))
    return found if len(found) > 1 else []


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The figures of a year; each opens to its rows."""
    found = report_of(request)
    this = clock.today().year
    query = request.GET.urlencode()
    return render(
        request,
        "dossier/report.html",
        {
            "report": found,
            "name": name_of(found),
            "figures": found.figures(),
            "years": [Link(str(year), with_query(request, year=year), current=year == found.year) for year in range(this, this - 5, -1)],
            "scopes": scopes(request, found),
            "columns": [Column(_("Figure")), Column(_("Value"), number=True), Column(_("What it counts"))],
            "can_export": _can_export(request, found),
            "query": query,
            "tabs_inside": tabs(request),
        },
    )


def _can_export(request: HttpRequest, found: Report) -> bool:
    return rights.holds(reader(request), Right.EXPORT, organization=found.organization, territory=found.territory)


def _figure(found: Report, key: str) -> Figure:
    figure = next((one for one in found.figures() if one.key == key), None)
    if figure is None:
        raise Http404
    return figure


def cells_of(row: Any) -> list[str]:
    """A row of any figure: day, number, whom (masked), what, and what else matters."""
    kind = type(row).__name__
    person = row.person.masked_name
    if kind == "ServiceRecord":
        return [words.day_short(row.service_date), row.number, person, row.activity_name, f"{words.hours(row.minutes)} {_('h')}"]
    if kind == "RecordAppeal":
        return [words.day_short(row.appealed_at), row.record.number, person, row.record.activity_name, row.get_state_display()]
    if kind == "Certificate":
        return [words.day_short(row.issued_at), row.code, person, row.issuer.name, row.get_state_display()]
    what = row.activity_name if kind == "ServiceEvaluation" else row.name
    return [words.day_short(row.written_at), row.number, person, what, row.organization.name if row.organization else ""]


JOINS = {"RecordAppeal": ("person", "record"), "Certificate": ("person", "issuer"), "ServiceRecord": ("person",)}


@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """The rows behind one figure, people masked."""
    found = report_of(request)
    figure = _figure(found, key)
    rows = figure.rows()
    page = listing.page(request, rows.select_related(*JOINS.get(rows.model.__name__, ("person", "organization"))).order_by("-pk"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "dossier/report_rows.html",
        {
            "report": found,
            "name": name_of(found),
            "figure": figure,
            "page": page,
            "rows": [cells_of(row) for row in page],
            "columns": [Column(_("Day")), Column(_("Number")), Column(_("Volunteer")), Column(_("What")), Column(_("More about it"))],
            "query": query.urlencode(),
        },
    )


@require_safe
def report_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The report as a workbook or on paper."""
    found = report_of(request)
    require(rights.may(reader(request), Right.EXPORT, organization=found.organization, territory=found.territory))
    name = f"report-{found.year}"
    if kind == "pdf":
        content = paper.report_pdf(found, name_of(found), language=request.LANGUAGE_CODE)
        return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})
    if kind != "xlsx":
        raise Http404
    figures = [[figure.label, figure.value, figure.unit, figure.definition] for figure in found.figures()]
    about = [
        [_("Report"), _("Recording and certifying of volunteer service, %(year)s") % {"year": found.year}],
        [_("For"), name_of(found)],
        [_("Rule"), _("Order 67 of the Ministry of Civil Affairs, article 18")],
        [_("Day"), str(clock.today())],
    ]
    heads = [_("Figure"), _("Value"), _("Note"), _("What it counts")]
    return sheets_file(name, Sheet(_("Figures"), figures, heads, (28, 16, 28, 70)), Sheet(_("Explanation"), about))
