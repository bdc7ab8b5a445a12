"""收成需求: sentences of answers, and what becomes of each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core.answers import form_page, see_other
from liandong.core.errors import Refused
from liandong.core.ids import clean_code
from liandong.core.text import whole_number
from liandong.needs import suggest
from liandong.needs.models import Category, Segment
from liandong.surveys import definition as form
from liandong.surveys import permissions, queries
from liandong.surveys.forms import SentenceForm
from liandong.surveys.models import Survey, SurveyResponse
from liandong.surveys.services import collecting
from liandong.surveys.services.collecting import Chosen, Stated
from liandong.surveys.views.desk import tabs_of
from liandong.surveys.views.load import survey_for_work, worker
from liandong.ui import listing

ANSWERS_A_PAGE = 10


@form_page
def collect(request: HttpRequest, number: str) -> HttpResponse:
    """The next answers nobody has looked at, sentence by sentence; those that ask are ticked."""
    survey, person = survey_for_work(request, number), worker(request)
    if request.method == "POST":
        return _carry_out(request, survey, person)
    waiting = queries.waiting(survey).select_related("territory", "organization")
    total = waiting.count()
    rows = [] if survey.is_collecting else list(waiting[:ANSWERS_A_PAGE])
    return _page(request, survey, rows, total=total)


def _page(
    request: HttpRequest, survey: Survey, rows: list[SurveyResponse], *, total: int, forms: dict[str, SentenceForm] | None = None
) -> HttpResponse:
    person = worker(request)
    can_collect = permissions.can_collect(person, survey)
    alike = queries.open_needs_near(survey, person) if rows else queries.Alike([])
    labels = {question["name"]: form.words_of(question) for question in form.questions(survey.definition)}
    answers: list[dict[str, Any]] = []
    for stated in collecting.sentences_of(survey, rows):
        if not answers or answers[-1]["response"] != stated.response or answers[-1]["name"] != stated.question:
            answers.append({"response": stated.response, "name": stated.question, "question": labels.get(stated.question, ""), "sentences": []})
        sentence_form = (forms or {}).get(stated.key) or SentenceForm(prefix=stated.key, initial=_suggested(stated))
        answers[-1]["sentences"].append(
            {"stated": stated, "form": sentence_form, "alike": alike.to(stated.words), "shown": suggest.without_phones(stated.words)}
        )
    context = {
        "survey": survey,
        "answers": answers,
        "ids": [row.pk for row in rows],
        "total": total,
        "count": len(rows),
        "can_collect": can_collect,
        "has_question": bool(form.serving(survey.definition, form.NEED)),
        "tabs": tabs_of(request, survey),
        "categories": Category.choices,
        "segments": Segment.choices,
        "failed": bool(forms),
    }
    return render(request, "surveys/collect.html", context, status=422 if forms else 200)


def _suggested(stated: Stated) -> dict[str, Any]:
    return {
        "take": stated.asks,
        "title": suggest.title_from(stated.words),
        "category": suggest.category_from(stated.words),
        "segment": stated.response.segment or suggest.segment_from(stated.words, stated.response.organization),
    }


def _carry_out(request: HttpRequest, survey: Survey, person: Person) -> HttpResponse:
    ids = [key for text in request.POST.getlist("answer") if (key := whole_number(text)) is not None][:ANSWERS_A_PAGE]
    rows = list(survey.responses.filter(pk__in=ids).select_related("territory", "organization", "respondent").order_by("answered_at", "id"))
    forms = {
        stated.key: (stated, SentenceForm(request.POST, prefix=stated.key))
        for stated in collecting.sentences_of(survey, rows)
        if f"{stated.key}-category" in request.POST
    }
    wanted = {clean_code(each["join"].value() or "") for _stated, each in forms.values() if each["join"].value()}
    known = queries.needs_to_join(wanted, person)
    chosen, failed = [], False
    for stated, each in forms.values():
        number = clean_code(each["join"].value() or "")
        if not each.is_valid():
            failed = True
            continue
        values = each.cleaned_data
        if values["take"] and number and number not in known:
            each.add_error("join", _("There is no need with this number."))
            failed = True
            continue
        join = known.get(number) if values["take"] and number else None
        chosen.append(Chosen(stated, values["take"], values["title"], values["category"], values["segment"], join))
    if not failed:
        try:
            made = collecting.collect_sentences(survey, chosen=chosen, is_public="is_public" in request.POST, by=person)
        except Refused as refused:
            messages.error(request, str(refused.reason))
            failed = True
        else:
            joined = sum(1 for item in chosen if item.join is not None)
            messages.success(request, ngettext("%(n)s need made.", "%(n)s needs made.", len(made)) % {"n": len(made)})
            if joined:
                messages.info(request, ngettext("%(n)s sentence joined a need.", "%(n)s sentences joined needs.", joined) % {"n": joined})
            return see_other("surveys:collect", survey.number)
    return _page(request, survey, rows, total=queries.waiting(survey).count(), forms={key: each for key, (_stated, each) in forms.items()})


@require_POST
def collect_all(request: HttpRequest, number: str) -> HttpResponse:
    """All that are ticked beforehand, as a job."""
    survey = survey_for_work(request, number)
    try:
        collecting.collect_all(survey, is_public="is_public" in request.POST, by=worker(request))
    except Refused as refused:
        messages.info(request, str(refused.reason))
    return see_other("surveys:collect", survey.number)


@require_safe
def collected(request: HttpRequest, number: str) -> HttpResponse:
    """Sentences that were looked at: with their needs, or left aside."""
    survey = survey_for_work(request, number)
    taken = request.GET.get("what") != "aside"
    page = listing.page(request, queries.dealt_with(survey, taken=taken), size=30)
    what = [("", _("Became needs")), ("aside", _("Left aside"))]
    context = {
        "survey": survey,
        "page": page,
        "rows": [(row, suggest.without_phones(row.words)) for row in page],
        "what": [listing.Link(label, listing.with_query(request, what=value), current=(value == "aside") != taken) for value, label in what],
        "tabs": tabs_of(request, survey),
        "columns": [_("Sentence"), _("Need"), _("State"), _("Looked at on")] if taken else [_("Sentence"), _("Looked at on")],
    }
    return render(request, "surveys/collected.html", context)


@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """A sentence that was left aside becomes a need after all."""
    survey, person = survey_for_work(request, number), worker(request)
    row = queries.dealt_with(survey, taken=False).filter(pk=whole_number(request.POST.get("sentence", "")) or 0).first()
    if row is None:
        raise Http404
    stated = Stated(row.response, row.question, row.start, row.end, row.words, True)
    try:
        made = collecting.collect_sentences(survey, chosen=[Chosen(stated, take=True)], by=person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, ngettext("%(n)s need made.", "%(n)s needs made.", len(made)) % {"n": len(made)})
    return see_other(f"{reverse('surveys:collected', args=[survey.number])}?what=aside")
