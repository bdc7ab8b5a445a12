"""Dossiers that travel: ask for a file, bring one, look at what it would do."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, form_answer, form_page, opened, see_other
from liandong.core.decision import require
from liandong.core.errors import Denied, Refused
from liandong.dossier import permissions
from liandong.dossier.exchange.fields import FILES, json_schema
from liandong.dossier.exchange.problems import place_of, sentence
from liandong.dossier.forms import BringForm, ExportForm
from liandong.dossier.models import ExchangeRun
from liandong.dossier.services import exchange as services
from liandong.dossier.views.load import reader, tabs
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, organizations_with
from liandong.ui import listing
from liandong.ui.listing import Column

TONES = {"working": "info", "checking": "info", "checked": "warn", "taking": "info", "done": "success", "failed": "danger"}
HELD = {
    "volunteers.jsonl": gettext_lazy("Volunteers"),
    "service.jsonl": gettext_lazy("Service records"),
    "training.jsonl": gettext_lazy("Training entries"),
    "honours.jsonl": gettext_lazy("Honours"),
    "evaluations.jsonl": gettext_lazy("Evaluations"),
}  # what each file of an exchange file holds
COUNTS = {
    "people_new": gettext_lazy("New volunteers"),
    "people_known": gettext_lazy("Known volunteers"),
    "service_new": gettext_lazy("Services from elsewhere"),
    "training_new": gettext_lazy("Training entries"),
    "honours_new": gettext_lazy("Honours"),
    "evaluations_new": gettext_lazy("Evaluations"),
    "lines_known": gettext_lazy("Here already"),
    "refused": gettext_lazy("Refused lines"),
}


@form_page
def exchange(request: HttpRequest) -> HttpResponse:
    """The list of files, and two forms: one out, one in."""
    by = reader(request)
    require(permissions.can_exchange(by))
    is_out = request.method == "POST" and "out" in request.POST
    is_in = request.method == "POST" and not is_out
    out = ExportForm(request.POST if is_out else None, organizations=permissions.exporters(by), prefix="out")
    incoming = BringForm(
        request.POST if is_in else None, request.FILES if is_in else None, organizations=organizations_with(by, Right.IMPORT), prefix="in"
    )
    form = out if is_out else incoming
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        file = values.pop("file", None)
        made: list[ExchangeRun] = []
        try:
            if carried_out(
                form,
                lambda: made.append(
                    services.ask_export(by=by, **values)
                    if is_out
                    else services.bring(content=file.read(services.LARGEST + 1), file_name=file.name, by=by, **values)
                ),
            ):
                return see_other("dossier:run", made[0].pk)
        except Denied as denied:
            form.add_error("full" if is_out else None, str(denied.reason))
    page = listing.page(request, permissions.runs_visible_to(by).select_related("organization", "asked_by").order_by("-created_at", "-id"), size=20)
    return form_answer(
        request,
        "dossier/exchange.html",
        form,
        out=out if holds_anywhere(by, Right.EXPORT) else None,
        incoming=incoming if holds_anywhere(by, Right.IMPORT) else None,
        tabs_inside=tabs(request),
        page=page,
        rows=[(run, TONES[run.state]) for run in page],
        columns=[
            Column(_("File")),
            Column(_("Direction")),
            Column(_("Body")),
            Column(_("State")),
            Column(_("People"), number=True),
            Column(_("When")),
        ],
    )


@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is, what it did or would do, and what is wrong with it."""
    found = get_object_or_404(permissions.runs_visible_to(reader(request)).select_related("organization", "asked_by"), pk=pk)
    problems = listing.page(request, found.problems.order_by("id"))
    is_out = found.direction == ExchangeRun.Direction.OUT
    counts = (
        [(str(HELD[name]), found.counts.get(name, 0)) for name in FILES]
        if is_out
        else [(str(label), found.counts[key]) for key, label in COUNTS.items() if found.counts.get(key)]
    )
    return render(
        request,
        "dossier/run.html",
        {
            "run": found,
            "tone": TONES[found.state],
            "is_out": is_out,
            "counts": counts if found.counts else [],
            "problems": problems,
            "problem_rows": [(place_of(row.file, row.line), row.field, sentence(row.code, row.values)) for row in problems],
            "columns": [Column(_("Line of the file")), Column(_("Field")), Column(_("What is wrong"))],
            "can_take": not is_out and found.state == ExchangeRun.State.CHECKED and not found.counts.get("is_broken"),
        },
    )


@require_POST
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    found = get_object_or_404(permissions.runs_visible_to(by), pk=pk, direction=ExchangeRun.Direction.IN)
    try:
        services.take_in(found, by=by)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return see_other("dossier:run", pk)


@require_POST
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file, as long as it is kept; every download is logged with its purpose."""
    by = reader(request)
    found = get_object_or_404(permissions.runs_visible_to(by), pk=pk, direction=ExchangeRun.Direction.OUT, state=ExchangeRun.State.DONE)
    file = opened(found.file)
    services.record_download(found, by=by)
    return FileResponse(file, as_attachment=True, filename=found.file_name, content_type="application/zip")


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """The JSON Schema of the format."""
    return JsonResponse(json_schema(), json_dumps_params={"ensure_ascii": False, "indent": 1})
