"""The paper twin: sheets to print, and keying them in."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.core.answers import add_refusal, form_page, see_other
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.surveys import answers as reading
from liandong.surveys import definition as form
from liandong.surveys import permissions, queries
from liandong.surveys.forms import PREFIX, KeyInForm, PaperForm, decoded, raw_of
from liandong.surveys.models import Survey
from liandong.surveys.services import answering
from liandong.surveys.views.desk import tabs_of
from liandong.surveys.views.load import survey_for_work, worker

MOST_SHEETS = 50


@require_safe
def sheets(request: HttpRequest, number: str) -> HttpResponse:
    """Numbered sheets: `?from=` the first number, `?count=` how many."""
    survey = survey_for_work(request, number)
    first = max(whole_number(request.GET.get("from", "")) or queries.next_paper_number(survey), 1)
    count = min(max(whole_number(request.GET.get("count", "")) or 1, 1), MOST_SHEETS)
    context = {
        "survey": survey,
        "sheets": range(first, min(first + count, 1_000_000)),
        "first": first,
        "count": count,
        "most": MOST_SHEETS,
        "pages": printed(survey),
        "url": request.build_absolute_uri(reverse("surveys:survey", args=[survey.number])),
        "asks_for_needs": bool(form.serving(survey.definition, form.NEED)),
    }
    return render(request, "surveys/print.html", context)


def printed(survey: Survey) -> list[dict[str, Any]]:
    """The pages as they stand on paper: numbers, boxes, lines, and conditions in words."""
    numbers = form.numbered(survey.definition)
    pages = []
    for page in form.pages(survey.definition):
        rows = []
        for question in page["questions"]:
            kind = question["kind"]
            condition = form.condition(question)
            rows.append(
                {
                    "number": numbers.get(question["name"]),
                    "label": form.words_of(question),
                    "hint": form.words_of(question, "hint"),
                    "kind": kind,
                    "several": kind == form.MANY,
                    "only_if": reading.in_words(condition, survey.definition),
                    "choices": [
                        (place, form.words_of(choice), choice["name"] == form.OTHER and question.get("other"))
                        for place, choice in enumerate(form.choices_of(question), 1)
                    ]
                    if kind in form.CHOOSING
                    else [],
                    "lines": range({form.LONG: 4}.get(kind, 1)),
                }
            )
        pages.append({"label": form.words_of(page), "only_if": reading.in_words(form.condition(page), survey.definition), "rows": rows})
    return pages


@form_page
def key_in(request: HttpRequest, number: str) -> HttpResponse:
    """One sheet after the other: numbers of choices, next sheet at once."""
    survey = survey_for_work(request, number, may=permissions.can_enter)
    questions, numbers = form.questions(survey.definition), form.numbered(survey.definition)
    if request.method != "POST":
        data = QueryDict(f"paper_number={queries.next_paper_number(survey)}")
        return _page(
            request,
            survey,
            PaperForm(initial={"paper_number": data["paper_number"]}),
            KeyInForm(questions, data=QueryDict(), numbers=numbers),
            str(uuid.uuid4()),
        )
    paper_form, wrong, key = PaperForm(request.POST), dict[str, str](), request.POST.get("key", "")
    try:
        sheet_key = uuid.UUID(key)
    except ValueError:
        sheet_key = uuid.uuid4()
    raw = decoded(raw_of(request.POST, survey.definition), survey.definition)
    if paper_form.is_valid():
        try:
            response = answering.key_in_paper(
                survey, raw=raw, paper_number=paper_form.cleaned_data["paper_number"], key=sheet_key, by=worker(request)
            )
        except answering.Unanswered as error:
            wrong = error.errors
        except Refused as refused:
            add_refusal(paper_form, refused)
        else:
            messages.success(request, _("Sheet %(number)s is in.") % {"number": response.paper_number})
            _tell_dropped(request, survey, raw)
            return see_other("surveys:key_in", survey.number)
    else:
        wrong = reading.settle(survey.definition, raw, needs_all=False).errors
    return _page(request, survey, paper_form, KeyInForm(questions, data=request.POST, wrong=wrong, numbers=numbers), str(sheet_key), status=422)


def _tell_dropped(request: HttpRequest, survey: Survey, raw: dict[str, list[str]]) -> None:
    """What was answered on paper although it was not asked."""
    numbers = form.numbered(survey.definition)
    dropped = [str(numbers[name]) for name in reading.settle(survey.definition, raw, needs_all=False).dropped if name in numbers]
    if dropped:
        messages.warning(request, _("Left out, because the answers before skip them: %(questions)s.") % {"questions": _(", ").join(dropped)})


def _page(request: HttpRequest, survey: Survey, paper_form: PaperForm, answer_form: KeyInForm, key: str, *, status: int = 200) -> HttpResponse:
    context = {
        "survey": survey,
        "paper_form": paper_form,
        "form": answer_form,
        "rows": [
            {**row, "only_if": reading.in_words(form.condition(question), survey.definition)}
            for question, row in zip(answer_form.questions, answer_form.rows(), strict=True)
        ],
        "key": key,
        "last": queries.last_sheets(survey),
        "tabs": tabs_of(request, survey),
        "prefix": PREFIX,
    }
    return render(request, "surveys/key_in.html", context, status=status)
