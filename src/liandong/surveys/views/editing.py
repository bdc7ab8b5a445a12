"""Changing a survey: title, place, dates and groups; its questions, one by one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.organizations.models import Organization
from liandong.surveys import answers as reading
from liandong.surveys import definition as form
from liandong.surveys import permissions, queries
from liandong.surveys.definition import Definition, Question
from liandong.surveys.forms import PageForm, QuestionForm, SurveyForm
from liandong.surveys.services import rounds
from liandong.surveys.views.desk import tabs_of
from liandong.surveys.views.load import survey_for_work, worker


@form_page
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Title, words, place, dates, groups."""
    survey = survey_for_work(request, number, may=permissions.can_manage)
    initial: dict[str, Any] = {name: getattr(survey, name) for name in ("title", "intro", "territory", "is_anonymous", "opens_date", "closes_date")}
    for segment, wanted, population in queries.targets_of(survey):
        initial |= {f"wanted_{segment}": wanted or None, f"population_{segment}": population}
    hosts = Organization.objects.filter(pk=survey.host_id)
    survey_form = SurveyForm(request.POST if request.method == "POST" else None, hosts=hosts, with_host=False, initial=initial)
    if request.method == "POST" and survey_form.is_valid():
        values = {name: survey_form.cleaned_data[name] for name in ("title", "intro", "territory", "is_anonymous", "opens_date", "closes_date")}
        if carried_out(survey_form, lambda: rounds.edit_survey(survey, **values, targets=survey_form.targets(), by=worker(request))):
            messages.success(request, _("Saved."))
            return see_other("surveys:manage", survey.number)
    chosen = [segment for segment, _wanted, _population in queries.targets_of(survey)]
    groups = {"groups": survey_form.groups(only=chosen or None), "more_groups": survey_form.groups(but=chosen) if chosen else []}
    return form_answer(request, "surveys/edit.html", survey_form, survey=survey, **groups)


@form_page
def questions(request: HttpRequest, number: str) -> HttpResponse:
    """All questions in order; up, down, remove, pages. Without script each is one small form."""
    survey = survey_for_work(request, number)
    if request.method == "POST":
        survey_for_work(request, number, may=permissions.can_manage)
        try:
            changed = _changed(survey.definition, request.POST.get("do", ""), request.POST.get("label", ""), request.POST.get("label_en", ""))
            rounds.change_questions(survey, definition=changed, version=whole_number(request.POST.get("version", "")) or 0, by=worker(request))
        except Refused as refused:
            messages.error(request, str(refused.reason))
        return see_other("surveys:questions", survey.number)
    numbers = form.numbered(survey.definition)
    pages = []
    for place, page in enumerate(form.pages(survey.definition)):
        rows = [
            {
                "question": question,
                "number": numbers.get(question["name"]),
                "label": form.words_of(question),
                "kind": form.KINDS[question["kind"]],
                "purpose": form.PURPOSES.get(question.get("purpose", "")),
                "only_if": reading.in_words(form.condition(question), survey.definition),
                "choices": [form.words_of(choice) for choice in form.choices_of(question)] if question["kind"] in form.CHOOSING else [],
            }
            for question in page["questions"]
        ]
        pages.append(
            {"place": place, "label": form.words_of(page), "only_if": reading.in_words(form.condition(page), survey.definition), "rows": rows}
        )
    context = {
        "survey": survey,
        "pages": pages,
        "several": len(pages) > 1,
        "can_manage": permissions.can_manage(worker(request), survey),
        "fixed": queries.is_answered(survey),
        "page_form": PageForm(),
        "tabs": tabs_of(request, survey),
    }
    return render(request, "surveys/questions.html", context)


@form_page
def question(request: HttpRequest, number: str) -> HttpResponse:
    """One question: new (`?page=`) or known (`?name=`)."""
    survey = survey_for_work(request, number, may=permissions.can_manage)
    name = request.GET.get("name", "")
    before = form.question_of(survey.definition, name) if name else None
    if name and before is None:
        raise Http404
    pages = form.pages(survey.definition)
    place = reading.page_of(survey.definition, name) if name else min(whole_number(request.GET.get("page", "")) or 0, max(len(pages) - 1, 0))
    fixed = queries.is_answered(survey)
    if fixed and before is None:
        messages.error(request, _("There are answers already. Only the wording may change now; copy the survey to ask something else."))
        return see_other("surveys:questions", survey.number)
    earlier = _before(survey.definition, place, name)
    question_form = QuestionForm(request.POST if request.method == "POST" else None, earlier=earlier, before=before, fixed=fixed)
    if request.method == "POST" and question_form.is_valid():
        made = question_form.question(name or form.free_name(survey.definition))
        if carried_out(
            question_form,
            lambda: rounds.change_questions(
                survey,
                definition=_with(survey.definition, place, made),
                version=whole_number(request.POST.get("version", "")) or 0,
                by=worker(request),
            ),
        ):
            messages.success(request, _("Saved."))
            again = "again" in request.POST
            return see_other(f"{request.path}?page={place}") if again else see_other("surveys:questions", survey.number)
    return form_answer(
        request,
        "surveys/question.html",
        question_form,
        survey=survey,
        before=before,
        fixed=fixed,
        earlier=[(q["name"], form.words_of(q)) for q in earlier],
    )


def _before(definition: Definition, place: int, name: str) -> list[Question]:
    """The questions asked before this one; before a new one, all up to its page."""
    found: list[Question] = []
    for number, page in enumerate(form.pages(definition)):
        for row in page["questions"]:
            if row["name"] == name:
                return found
            found.append(row)
        if not name and number == place:
            return found
    return found


def _with(definition: Definition, place: int, made: Question) -> Definition:
    """The definition with the question in its old place, or at the end of the page."""
    pages = [{**page, "questions": list(page["questions"])} for page in form.pages(definition)] or [{"name": "", "questions": []}]
    for page in pages:
        for index, row in enumerate(page["questions"]):
            if row["name"] == made["name"]:
                page["questions"][index] = made
                return {"pages": pages}
    pages[place]["questions"].append(made)
    return {"pages": pages}


def _changed(definition: Definition, asked: str, label: str, label_en: str) -> Definition:
    """The definition after `up:NAME`, `down:NAME`, `remove:NAME`, `page` (a new one), `rename:PLACE`, `drop:PLACE` (its questions move to the page before)."""
    pages = [{**page, "questions": list(page["questions"])} for page in form.pages(definition)] or [{"name": "", "questions": []}]
    verb, _sign, what = asked.partition(":")
    if verb == "page":
        pages.append(
            {
                "name": f"page{len(pages) + 1}",
                "label": label.strip()[:120] or _("Page %(n)s") % {"n": len(pages) + 1},
                "label_en": label_en.strip()[:120],
                "questions": [],
            }
        )
    elif verb in ("rename", "drop"):
        place = whole_number(what)
        if place is None or place >= len(pages):
            raise Http404
        if verb == "rename":
            pages[place] |= {"label": label.strip()[:120], "label_en": label_en.strip()[:120]}
        elif len(pages) > 1:
            gone = pages.pop(place)
            pages[max(place - 1, 0)]["questions"] = (
                [*pages[max(place - 1, 0)]["questions"], *gone["questions"]] if place else [*gone["questions"], *pages[0]["questions"]]
            )
    elif verb in ("up", "down", "remove"):
        _move(pages, verb, what)
    else:
        raise Http404
    return {"pages": pages}


def _move(pages: list[dict[str, Any]], verb: str, name: str) -> None:
    for place, page in enumerate(pages):
        rows = page["questions"]
        index = next((index for index, row in enumerate(rows) if row["name"] == name), None)
        if index is None:
            continue
        row = rows.pop(index)
        if verb == "remove":
            return
        if verb == "up":
            if index:
                rows.insert(index - 1, row)
            else:
                (pages[place - 1]["questions"] if place else rows).insert(len(pages[place - 1]["questions"]) if place else 0, row)
        elif index < len(rows):
            rows.insert(index + 1, row)
        elif place + 1 < len(pages):
            pages[place + 1]["questions"].insert(0, row)
        else:
            rows.append(row)
        return
    raise Http404
