"""The staff's side: whose dossiers, lines given to many at once, claims to check, evaluations to write."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.activities.models import Shift
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other, shown_file
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.dossier import permissions, queries, services
from liandong.dossier.forms import AnswerForm, EvaluationForm, GiveTrainingForm, HonourForm, ReasonForm, TrainingForm, initial_of
from liandong.dossier.models import DossierClaim, DossierEntry, HonourEntry, ServiceEvaluation, TrainingEntry
from liandong.dossier.queries.people import with_sums
from liandong.dossier.views.load import TONES, choices, reader, tabs
from liandong.organizations import queries as bodies
from liandong.organizations.models import Right
from liandong.organizations.permissions import may_anywhere, scope
from liandong.ui import listing, words
from liandong.ui.listing import Column

KINDS: dict[str, tuple[type[DossierEntry], Any]] = {
    "training": (TrainingEntry, TrainingForm),
    "honour": (HonourEntry, HonourForm),
    "evaluation": (ServiceEvaluation, EvaluationForm),
}


def own_lines(person: Person) -> Any:
    """Lines that the reader's bodies wrote."""
    return scope(person, Right.SEE_PEOPLE)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the reader's bodies, masked, with what these bodies recorded."""
    by = reader(request)
    require(permissions.can_see_people(by))
    text = request.GET.get("q", "")
    found = bodies.matching_people(permissions.people(by), text).order_by("pinyin", "id")
    page = listing.page(request, found)
    return render(
        request,
        "dossier/people.html",
        {
            "page": page,
            "rows": with_sums(page.object_list, own_lines(by)),
            "narrowed": bool(text),
            "columns": [
                Column(_("Volunteer")),
                Column(_("Number")),
                Column(_("Hours served"), number=True),
                Column(_("Services"), number=True),
                Column(_("Hours of training"), number=True),
                Column(_("Last service")),
            ],
            "can_write": permissions.writers(by).exists(),
            "tabs_inside": tabs(request),
        },
    )


@require_safe
def person(request: HttpRequest, number: str) -> HttpResponse:
    """One dossier, masked, as far as the reader's bodies wrote it."""
    by = reader(request)
    found = get_object_or_404(permissions.people(by), number=number)
    dossier = queries.dossier_of(found, where=own_lines(by))
    page = listing.page(request, dossier.service, size=20)
    return render(
        request,
        "dossier/person.html",
        {
            "found": found,
            "dossier": dossier,
            "page": page,
            "can_write": bool(may_anywhere(by, Right.CONFIRM_SERVICE)) and by != found,
            "columns": [Column(_("Day")), Column(_("Activity")), Column(_("Place")), Column(_("Hours"), number=True), Column(_("Recorded by"))],
        },
    )


@form_page
def training_new(request: HttpRequest) -> HttpResponse:
    """One training, many people."""
    by = reader(request)
    require(may_anywhere(by, Right.CONFIRM_SERVICE))
    organizations = permissions.writers(by)
    everybody = permissions.people(by).exclude(pk=by.pk).order_by("pinyin", "id")
    people, is_cut = choices(request, everybody)
    picked = request.GET.get("person", "")
    form = GiveTrainingForm(
        request.POST or None,
        organizations=organizations,
        people=people | everybody.filter(number=picked),
        initial={"people": everybody.filter(number=picked)},
    )
    written: list[TrainingEntry] = []

    def write() -> None:
        written.extend(services.write_training(by=by, **form.cleaned_data)[0])

    if request.method == "POST" and form.is_valid() and carried_out(form, write):
        text = ngettext("Written for %(n)s person.", "Written for %(n)s people.", len(written)) % {"n": len(written)}
        if left := len(form.cleaned_data["people"]) - len(written):
            text += " " + _("%(n)s have it already.") % {"n": left}
        messages.success(request, text)
        return see_other("dossier:people")
    return form_answer(request, "dossier/training_new.html", form, is_cut=is_cut)


def _line(request: HttpRequest, kind: str, number: str) -> tuple[Any, Any]:
    """A line of a body on which the reader may write; for everybody else it does not exist."""
    if kind not in KINDS:
        raise Http404
    model, form = KINDS[kind]
    rows = model.objects.filter(scope(reader(request), Right.CONFIRM_SERVICE)).select_related("person", "organization__territory", "written_by")
    return get_object_or_404(rows, number=number), form


def history_of(entry: Any) -> list[Any]:
    """All versions, newest first. A line is put right rarely, so this is few steps."""
    newest = entry
    while hasattr(newest, "correction"):
        newest = newest.correction
    found = [newest]
    while found[-1].corrects is not None:
        found.append(found[-1].corrects)
    return found


@form_page
def line(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A line with its history, and the form that puts it right."""
    entry, form_class = _line(request, kind, number)
    by = reader(request)
    history = history_of(entry)
    newest = history[0]
    decision = permissions.can_correct(by, newest)
    form, reason = form_class(request.POST or None, initial=initial_of(newest, form_class)), ReasonForm(request.POST or None)
    made: list[DossierEntry] = []
    if request.method == "POST" and all([form.is_valid(), reason.is_valid()]):
        if carried_out(form, lambda: made.append(services.correct_entry(entry, by=by, **reason.cleaned_data, **form.cleaned_data))):
            messages.success(request, _("Put right. The old line stays readable."))
            return see_other("dossier:line", kind, made[0].number)
    context = {
        "entry": newest,
        "kind": kind,
        "opens": permissions.people(by).filter(pk=newest.person_id).exists(),  # who wrote a line for a guest sees the line, not the dossier
        "history": history,
        "form": form,
        "reason": reason,
        "can_correct": bool(decision) and not newest.is_withdrawn,
        "denied": decision,
        "title": newest.name if kind != "evaluation" else newest.activity_name,
    }
    return render(request, "dossier/line.html", context, status=422 if form.errors or reason.errors else 200)


@require_POST
def withdraw_line(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    entry, _form = _line(request, kind, number)
    try:
        made = services.withdraw_entry(entry, reason=request.POST.get("reason", ""), by=reader(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return see_other("dossier:line", kind, number)
    messages.success(request, _("Taken back. The line and the reason stay readable."))
    return see_other("dossier:line", kind, made.number)


# Claims


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """What people proved and wait for, the nearest deadline first."""
    by = reader(request)
    require(may_anywhere(by, Right.CONFIRM_SERVICE))
    rows = permissions.claims_to_check(by).select_related("person", "organization")
    state = request.GET.get("state", "open")
    rows = rows.filter(state=state) if state in DossierClaim.State.values else rows
    if text := request.GET.get("q", ""):
        rows = rows.filter(name__icontains=text)
    page = listing.page(request, rows.order_by("answer_due_at", "id") if state == "open" else rows.order_by("-claimed_at", "-id"))
    return render(
        request,
        "dossier/claims.html",
        {
            "page": page,
            "rows": [(claim, TONES[claim.state], *due_words(claim.answer_due_at)) for claim in page],
            "states": listing.filter_links(request, "state", [("open", _("Being checked")), ("accepted", _("Written into the dossier")), ("refused", _("Not accepted"))], any_label=_("All")),
            "narrowed": bool(text) or state != "open",
            "tabs_inside": tabs(request),
            "columns": [Column(_("Claim")), Column(_("Kind")), Column(_("Person")), Column(_("Body")), Column(_("State")), Column(_("Answer by"))],
        },
    )  # fmt: skip


def due_words(due_at: Any) -> tuple[str, str]:
    """When it is due, and how urgent that is."""
    days = (words.local_date(due_at) - clock.today()).days
    return words.day_short(due_at), "danger" if days < 0 else "warn" if days <= 2 else ""


@form_page
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with its proof: write it in, or say why not."""
    by = reader(request)
    found = get_object_or_404(permissions.claims_to_check(by).select_related("person", "organization__territory", "answered_by"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.answer_claim(found, accept="accept" in request.POST, answer=form.cleaned_data["answer"], by=by)):
            messages.success(request, _("Answered. The person is told."))
            return see_other("dossier:claims")
    can_answer = found.state == "open" and bool(permissions.can_answer(by, found))
    return form_answer(
        request, "dossier/claim.html", form, claim=found, tone=TONES[found.state], can_answer=can_answer, is_honour=found.kind == "honour"
    )


@require_safe
def claim_proof(request: HttpRequest, pk: int) -> FileResponse:
    """The picture, for the person and those who check. A file of its own, never inside a page of ours."""
    found = get_object_or_404(permissions.claims_visible_to(reader(request)), pk=pk)
    return shown_file(found.proof)


# Evaluations


@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """Shifts whose volunteers wait for a word (Order 67 article 11)."""
    by = reader(request)
    require(may_anywhere(by, Right.CONFIRM_SERVICE))
    text = request.GET.get("q", "")
    page = listing.page(request, queries.evaluations_due(by, text=text))
    tones = {"late": "danger", "soon": "warn", "": ""}
    return render(
        request,
        "dossier/evaluations.html",
        {
            "page": page,
            "rows": [(due, words.day_short(due.due_at), tones[due.state]) for due in page],
            "narrowed": bool(text),
            "tabs_inside": tabs(request),
            "columns": [
                Column(_("Activity")),
                Column(_("Host")),
                Column(_("Ended")),
                Column(_("Volunteers waiting"), number=True),
                Column(_("Write by")),
            ],
        },
    )


@form_page
def evaluate(request: HttpRequest, pk: int) -> HttpResponse:
    """One row a volunteer. Good is set for all; what differs is changed."""
    by = reader(request)
    shift = get_object_or_404(
        Shift.objects.select_related("activity__host__territory").filter(scope(by, Right.CONFIRM_SERVICE, organization="activity__host")), pk=pk
    )
    waiting, written = queries.rows_of_shift(shift, by=by)
    error = ""
    if request.method == "POST":
        grades = {
            record.person_id: (request.POST.get(f"grade-{record.person_id}", ""), request.POST.get(f"words-{record.person_id}", ""))
            for record in waiting
            if request.POST.get(f"grade-{record.person_id}")
        }
        try:
            made = services.evaluate_shift(shift, grades=grades, by=by)
        except Refused as refused:
            error = str(refused.reason)
        else:
            messages.success(request, ngettext("%(n)s evaluation written.", "%(n)s evaluations written.", len(made)) % {"n": len(made)})
            return see_other("dossier:evaluations")
    given = {key: value for key, value in request.POST.items() if key.startswith(("grade-", "words-"))}
    context = {
        "shift": shift,
        "rows": [(record, given.get(f"grade-{record.person_id}", "good"), given.get(f"words-{record.person_id}", "")) for record in waiting],
        "written": written,
        "grades": ServiceEvaluation.Grade.choices,
        "error": error,
        "columns": [
            Column(_("Volunteer")),
            Column(_("Position")),
            Column(_("Hours"), number=True),
            Column(_("Quality of the service")),
            Column(_("In a few words")),
        ],
    }
    return render(request, "dossier/evaluate.html", context, status=422 if error else 200)
