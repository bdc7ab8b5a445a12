"""Bringing a file: upload, columns, preview, result, taking back."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.core.answers import add_refusal, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.imports import permissions, queries, results, services
from liandong.imports.detection import Table
from liandong.imports.forms import ColumnsForm, TableForm, UploadForm
from liandong.imports.models import ImportIssue, ImportRun
from liandong.imports.specs import importer_of, kinds
from liandong.ui import listing

State = ImportRun.State
EDITABLE = (State.UPLOADED, State.CHECKED)
TONES = {"done": "success", "failed": "danger", "undone": "neutral", "checked": "info"}
LEVEL_TONES = {"error": "danger", "warning": "warn", "note": "info"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def reader(request: HttpRequest) -> Person:
    return request.user.person


def visible_run(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(queries.runs_visible_to(reader(request)), pk=pk)


@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """The files brought so far."""
    require(permissions.can_import_anywhere(reader(request)))
    kind = request.GET.get("kind", "")
    rows = queries.runs_visible_to(reader(request))
    if kind in kinds():
        rows = rows.filter(kind=kind)
    context = {
        "page": listing.page(request, rows),
        "kinds": listing.filter_links(request, "kind", [(each, importer_of(each).label) for each in kinds()], any_label=_("All")),
        "columns": [
            _("File"),
            _("What"),
            _("For"),
            _("Brought"),
            _("State"),
            listing.Column(_("Taken"), number=True),
            listing.Column(_("Refused"), number=True),
        ],
        "tones": TONES,
        "filtered": bool(kind),
    }
    return render(request, "imports/list.html", context)


@form_page
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file or paste cells; what is in it is looked at next, nothing goes in yet."""
    by = reader(request)
    require(permissions.can_import_anywhere(by))
    kind = request.GET.get("kind", "")
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": kind if kind in kinds() else kinds()[0]}, by=by)
    form.choose_body(request.GET.get("organization", ""))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                runs = _bring(form, by)
            except Refused as refused:
                add_refusal(form, refused)
            else:
                return see_other("imports:preview" if services.is_complete(runs[0]) else "imports:columns", runs[0].pk)
    context = {"form": form, "templates": [(kind, importer_of(kind).label) for kind in kinds()]}
    return render(request, "imports/upload.html", context, status=status)


def _bring(form: UploadForm, by: Person) -> list[ImportRun]:
    territory, organization = form.chosen()
    file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
    return services.upload(
        kind=form.cleaned_data["kind"],
        source=file.file if file else pasted,
        file_name=file.name if file else _("Pasted cells"),
        territory=territory,
        organization=organization,
        by=by,
    )


@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty list of the kind to fill in."""
    require(permissions.can_import_anywhere(reader(request)))
    if kind not in kinds():
        raise Http404
    return _file(results.template(kind), f"{importer_of(kind).label}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@form_page
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column is which; sheet and row of headings can be changed too."""
    run, by = visible_run(request, pk), reader(request)
    if run.state not in EDITABLE:
        return see_other("imports:run", run.pk)
    require(permissions.can_commit(by, run))
    table = _table_asked_for(request, run)
    form = ColumnsForm(
        request.POST or None,
        run=run,
        heads=queries.heads_of(run, table),
        initial={"sheet": table.sheet.name, "header_row": table.header_row, "header_height": table.header_height},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                run = _set_columns(run, form, by)
            except Refused as refused:
                form.add_error(None, str(refused.reason))
            else:
                return see_other("imports:preview", run.pk)
    where = TableForm(run=run, auto_id="where_%s", initial={"sheet": table.sheet.name, "header_row": table.header_row})
    return render(
        request,
        "imports/columns.html",
        {"run": run, "form": form, "where": where, "heads": [_("Column"), _("Heading"), _("For example"), _("Holds")]},
        status=status,
    )


def _table_asked_for(request: HttpRequest, run: ImportRun) -> Table:
    """The run's own table, or the one on another sheet or below another row, as the form asks."""
    asked = request.POST if request.method == "POST" else request.GET
    form = TableForm(asked, run=run, auto_id="where_%s")
    if "header_row" not in asked or not form.is_valid():
        return services.table_of(run)
    sheet, row = form.cleaned_data["sheet"] or run.sheet, form.cleaned_data["header_row"]
    if (sheet, row) == (run.sheet, run.header_row):
        return services.table_of(run)
    return services.redetect(run, sheet=sheet, header_row=row)


def _set_columns(run: ImportRun, form: ColumnsForm, by: Person) -> ImportRun:
    data = form.cleaned_data
    return services.set_columns(
        run, sheet=data["sheet"] or run.sheet, header_row=data["header_row"], header_height=data["header_height"] or 1, columns=data["columns"], by=by
    )


@form_page
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen, row by row. POST lets the rows in."""
    run, by = visible_run(request, pk), reader(request)
    if request.method == "POST":
        if run.state in (State.CHECKED, State.FAILED):
            services.commit(run, by=by)
        return see_other("imports:run", run.pk)
    if run.state == State.UPLOADED:
        if not services.is_complete(run):
            return see_other("imports:columns", run.pk)
        require(permissions.can_commit(by, run))
        run = services.check(run, by=by)
    if run.state not in (State.CHECKED, State.CHECKING):
        return see_other("imports:run", run.pk)
    context = _about(request, run)
    if run.state == State.CHECKED:
        head, rows = queries.first_rows(run)
        context |= {"head": [_("Row"), *(column.label for column in head)], "first": rows, "goes_in": run.taken + run.joined}
    return render(request, "imports/preview.html", context)


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and what came of it."""
    run = visible_run(request, pk)
    if run.state in (State.UPLOADED, State.CHECKING, State.CHECKED):
        return see_other("imports:preview", run.pk)
    context = _about(request, run)
    kept = [
        {
            **item,
            "label": queries.label_of(item["model"]),
            "why": queries.why_kept(item["reason"]),
            "shown": ", ".join(str(row) for row in item["rows"][:20] if row),
        }
        for item in run.undo_result.get("kept", [])
    ]
    context |= {"can_undo": permissions.can_undo(reader(request), run), "hours": permissions.UNDO_HOURS, "kept": kept}
    return render(request, "imports/run.html", context)


def _about(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """What preview and result show alike: counts, reasons, the rows about which something is said."""
    level, code = request.GET.get("level", ""), request.GET.get("code", "")
    level = level if level in ImportIssue.Level.values else ""
    context: dict[str, Any] = {
        "run": run,
        "importer": importer_of(run.kind),
        "seconds_left": queries.seconds_left(run),
        "tones": TONES,
        "level_tones": LEVEL_TONES,
    }
    if run.is_working:
        return context
    page = listing.page(request, queries.rows_with_issues(run, level=level, code=code))
    counts = queries.level_counts(run)
    context |= {
        "counts": queries.counts_of(run),
        "made": queries.made_of(run),
        "reasons": queries.reasons_of(run),
        "row_columns": [_("Row"), _("Who"), _("Cell"), "", _("What")],
        "reason_columns": ["", _("Column"), _("What"), listing.Column(pgettext("count", "Rows"), number=True)],
        "page": page,
        "rows": queries.said_rows(run, list(page)),
        "levels": listing.filter_links(
            request, "level", [(value, label, counts[value]) for value, label in ImportIssue.Level.choices if counts.get(value)], any_label=_("All")
        ),
        "filtered": bool(level or code),
        "sisters": list(queries.sisters_of(run)),
    }
    return context


@require_GET
def result_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that were refused (or about which something was said) as a file, with what is wrong."""
    run = visible_run(request, pk)
    if run.is_working or run.state == State.UPLOADED:
        raise Http404
    if not run.file:
        messages.info(request, _("The cells of this file were deleted %(days)s days after it came.") % {"days": services.DAYS_KEPT})
        return see_other("imports:run", run.pk)
    content = results.rows_back(run, warned=request.GET.get("rows") == "all")
    return _file(content, f"{run.file_name.rsplit('.', 1)[0]}-退回.xlsx")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    run = visible_run(request, pk)
    if run.state in (State.UNDOING, State.UNDONE):
        return see_other("imports:run", run.pk)
    services.undo(run, by=reader(request))
    return see_other("imports:run", run.pk)
