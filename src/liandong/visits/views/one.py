"""One visit: put on a day, done in the doorway, read and corrected, turned into needs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.accounts.queries import names_behind
from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.journal import queries as journal
from liandong.needs import suggest
from liandong.organizations import queries as organizations
from liandong.organizations.models import Territory
from liandong.organizations.permissions import works
from liandong.ui import words as ui_words
from liandong.visits import permissions, queries, services, verbs
from liandong.visits.forms import CancelForm, ConsentForm, FinishForm, KeptForm, MoveForm, NewVisitForm, NotesForm, PromiseForm, SentenceForm
from liandong.visits.models import Visit, VisitNote
from liandong.visits.views.choosing import build, chosen, whom_links, whom_of
from liandong.visits.views.load import TONES, kept_or_404, require_desk, visit_or_404

MOST_SENTENCES = 30
PROMISES = 3


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """A visit on a day, or one that takes place right now."""
    person = request.user.person
    require_desk(person)
    plan = None
    if pk := request.GET.get("plan", ""):
        plan = get_object_or_404(
            permissions.plans_visible_to(person).select_related("host__territory", "visited_organization", "visited_person", "territory"),
            pk=pk if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0,
        )
        return _by_plan(request, plan)
    whom = whom_of(request)
    form = build(NewVisitForm, request, whom=whom, initial={"planned_date": clock.today()})
    if request.method == "POST" and form.is_valid():
        values, made = chosen(form, person), []
        if values is not None and carried_out(form, lambda: made.append(services.plan_visit(**values, by=person))):
            return _planned(request, made[0])
    return form_answer(request, "visits/new.html", form, whom=whom, whom_links=whom_links(request, "visits:new", whom))


def _by_plan(request: HttpRequest, plan: Any) -> HttpResponse:
    person = request.user.person
    require(permissions.can_keep_plan(person, plan))
    staff = queries.staff_of(plan.host)
    form = MoveForm(
        request.POST if request.method == "POST" else None, staff=staff, initial={"planned_date": clock.today(), "handler": plan.handler or person}
    )
    made: list[Visit] = []
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(form, lambda: made.append(services.plan_visit(host=plan.host, plan=plan, **form.cleaned_data, by=person)))
    ):
        return _planned(request, made[0])
    return form_answer(request, "visits/new.html", form, plan=plan)


def _planned(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.POST.get("then") == "write":
        return see_other("visits:finish", visit.number)
    messages.success(request, _("The visit is planned. A reminder comes the day before."))
    return see_other("visits:visit", visit.number)


@require_safe
def visit(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, visit_or_404(request, number))


@form_page
def finish(request: HttpRequest, number: str) -> HttpResponse:
    """In the doorway: notes, who went, what was promised. Saving for later keeps the words here, not on the phone."""
    found, person = kept_or_404(request, number), request.user.person
    if found.state != Visit.State.PLANNED:
        return see_other("visits:visit", found.number)
    draft = found.notes.filter(version=VisitNote.DRAFT).first()
    staff, posted = queries.staff_of(found.host), request.POST if request.method == "POST" else None
    initial = {"notes": draft.words if draft else "", "present": draft.present if draft else "", "visited_on": clock.today(), "visitors": [person.pk]}
    form = FinishForm(posted, staff=staff, initial=initial)
    promises = [PromiseForm(posted, prefix=f"p{n}", staff=staff, needed=False) for n in range(1, PROMISES + 1)]
    if request.method == "POST" and request.POST.get("save") == "draft":
        services.save_draft(found, words=request.POST.get("notes", "")[: VisitNote.LONGEST], present=request.POST.get("present", "")[:200], by=person)
        messages.success(request, _("Kept for later. Nothing is lost."))
        return see_other("visits:visit", found.number)
    if request.method == "POST" and all([form.is_valid(), *(each.is_valid() for each in promises)]):
        made = [services.Promise(**each.cleaned_data) for each in promises]
        if carried_out(form, lambda: services.finish_visit(found, promises=made, **form.cleaned_data, by=person)):
            messages.success(request, _("Saved. Below: which sentences become needs?"))
            return see_other(reverse("visits:visit", args=[found.number]) + "#sentences")
    errors = bool(form.errors) or any(each.errors for each in promises)
    return render(request, "visits/finish.html", {"form": form, "promises": promises, "visit": found, "draft": draft}, status=422 if errors else 200)


@require_POST
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """While writing: keeps what is there so far and says when."""
    found = kept_or_404(request, number)
    services.save_draft(
        found, words=request.POST.get("notes", "")[: VisitNote.LONGEST], present=request.POST.get("present", "")[:200], by=request.user.person
    )
    return render(request, "visits/finish.html#kept", {"at": ui_words.clock(clock.now())})


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    found, by = kept_or_404(request, number), request.user.person
    form = CancelForm(request.POST, auto_id="id_cancel_%s")
    return _answer(request, found, "cancel_form", form, lambda v: services.cancel_visit(found, **v, by=by), _("Called off."))


@require_POST
def move(request: HttpRequest, number: str) -> HttpResponse:
    found, by = kept_or_404(request, number), request.user.person
    form = MoveForm(request.POST, auto_id="id_move_%s", staff=queries.staff_of(found.host))
    return _answer(request, found, "move_form", form, lambda v: services.move_visit(found, **v, by=by), _("Moved."))


@require_POST
def promise(request: HttpRequest, number: str) -> HttpResponse:
    found, by = kept_or_404(request, number), request.user.person
    form = PromiseForm(request.POST, auto_id="id_promise_%s", staff=queries.staff_of(found.host))
    return _answer(request, found, "promise_form", form, lambda v: services.promise(found, **v, by=by), _("Noted."))


@form_page
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Put the notes right; the earlier ones stay."""
    found, by = kept_or_404(request, number), request.user.person
    last = found.notes.exclude(version=VisitNote.DRAFT).order_by("-version").first()
    form = NotesForm(request.POST if request.method == "POST" else None, initial={"notes": last.words, "present": last.present} if last else {})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if carried_out(form, lambda: services.correct_notes(found, words=values["notes"], present=values["present"], by=by)):
            messages.success(request, _("Saved. The earlier notes stay readable."))
            return see_other("visits:visit", found.number)
    return form_answer(request, "visits/correct.html", form, visit=found)


@require_POST
def make_needs(request: HttpRequest, number: str) -> HttpResponse:
    """The ticked sentences become needs."""
    found, by = kept_or_404(request, number), request.user.person
    note = found.notes.exclude(version=VisitNote.DRAFT).order_by("-version").first()
    rows = _sentence_forms(request, found, note) if note is not None else []
    consent = ConsentForm(request.POST)
    others = {value for value in request.POST.getlist("others") if value.isascii() and value.isdigit()}
    picked = [(said, form) for said, form in rows if form.is_valid() and form.cleaned_data["pick"]]
    wrong = [form for _said, form in rows if form.errors]
    if not wrong and consent.is_valid():
        candidates = [
            services.Candidate(said.start, said.end, **{key: value for key, value in form.cleaned_data.items() if key != "pick"})
            for said, form in picked
        ]
        if note is not None and others:
            candidates += [
                services.Candidate(said.start, said.end) for said in queries.sentences_of(note) if str(said.start) in others and said.need is None
            ]
        made: list[Any] = []
        if carried_out(consent, lambda: made.extend(services.make_needs(found, candidates=candidates, **consent.cleaned_data, by=by))):
            messages.success(
                request,
                ngettext("%(n)s need made. It has an answer clock now.", "%(n)s needs made. Each has an answer clock now.", len(made))
                % {"n": len(made)},
            )
            return see_other(reverse("visits:visit", args=[found.number]) + "#notes")
    return _page(request, found, status=422, rows=rows, consent_form=consent)


def _answer(request: HttpRequest, found: Visit, name: str, form: forms.Form, verb: Callable[[dict[str, Any]], Any], told: str) -> HttpResponse:
    if not form.is_valid() or not carried_out(form, lambda: verb(form.cleaned_data)):
        return _page(request, visit_or_404(request, found.number), status=422, **{name: form})
    messages.success(request, told)
    return see_other("visits:visit", found.number)


def _page(
    request: HttpRequest,
    found: Visit,
    *,
    status: int = 200,
    rows: list[tuple[queries.Said, SentenceForm]] | None = None,
    consent_form: ConsentForm | None = None,
    **came_back: forms.Form,
) -> HttpResponse:
    person = request.user.person
    keeps = bool(permissions.can_keep(person, found))
    notes = queries.notes_of(found) if permissions.reads_notes(person, found) else []
    draft = notes[0] if notes and notes[0].version == VisitNote.DRAFT else None
    written = [note for note in notes if note.version != VisitNote.DRAFT]
    said = queries.sentences_of(written[0]) if written else []
    entries = list(journal.history_of(found)) if keeps else []
    staff = queries.staff_of(found.host) if keeps else Person.objects.none()
    if keeps and written and rows is None:
        rows = _sentence_forms(request, found, written[0], said=said)
    context = {
        "base": "ui/desk.html" if works(person) else "ui/phone.html",
        "is_desk": works(person),
        "visit": found,
        "tone": TONES[found.state],
        "whom": found.whom,
        "keeps": keeps,
        "reads": bool(notes) or (permissions.reads_notes(person, found) and found.state == Visit.State.DONE),
        "draft": draft,
        "note": written[0] if written else None,
        "earlier": written[1:],
        "said": said,
        "made": [part.need for part in said if part.need is not None],
        "rows": rows or [],
        "others": [part for part in said if not part.asks and len(part.words) >= 6 and part.need is None][:MOST_SENTENCES],
        "consent_form": consent_form or ConsentForm(initial={"is_public": found.is_body}),
        "follow_ups": [(row, keeps or row.handler_id == person.pk, KeptForm(auto_id=f"id_{row.pk}_%s")) for row in found.follow_ups.all()],
        "today": clock.today(),
        "history": [(entry, verbs.said(entry)) for entry in reversed(entries)],
        "actors": names_behind(entries),
        "cancel_form": CancelForm(auto_id="id_cancel_%s"),
        "move_form": MoveForm(auto_id="id_move_%s", staff=staff, initial={"planned_date": found.planned_date, "handler": found.handler}),
        "promise_form": PromiseForm(auto_id="id_promise_%s", staff=staff),
        "form": next(iter(came_back.values()), consent_form),
        **came_back,
    }
    return render(request, "visits/visit.html", context, status=status)


def _sentence_forms(
    request: HttpRequest, found: Visit, note: VisitNote, *, said: list[queries.Said] | None = None
) -> list[tuple[queries.Said, SentenceForm]]:
    """A form for each sentence that states a need and is none yet, ticked already."""
    places = places_around(found)
    rows = []
    data = request.POST if request.method == "POST" else None
    for part in said if said is not None else queries.sentences_of(note):
        if not part.asks or part.need is not None:
            continue
        initial = {
            "pick": True,
            "title": suggest.title_from(part.words),
            "category": suggest.category_from(part.words),
            "segment": suggest.segment_from(part.words, found.visited_organization),
            "territory": found.territory,
        }
        rows.append((part, SentenceForm(data, prefix=f"s{part.start}", initial=initial, places=places)))
    return rows[:MOST_SENTENCES]


def places_around(found: Visit) -> Any:
    """The place of the visit and those beside it."""
    place = found.territory
    around = place.parent_id if place.level in (Territory.Level.COMMUNITY, Territory.Level.BUILDING) else place.pk
    return organizations.open_territories().filter(pk=place.pk) | organizations.open_territories().filter(
        parent=around, level=Territory.Level.COMMUNITY
    )
