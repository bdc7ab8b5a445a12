"""Answering: the list of open surveys, the pages of a survey, the thanks; and the same pages for staff who ask somebody in person.

Page after page, what was answered before travels in the form itself: nothing is stored before it is sent, so an anonymous survey leaves no trace of who began it.
"""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.answers import form_page, see_other
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right
from liandong.surveys import answers as reading
from liandong.surveys import definition as form
from liandong.surveys import expressions, permissions, queries
from liandong.surveys.forms import PREFIX, AnswerForm, ProxyForm, raw_of
from liandong.surveys.models import Survey
from liandong.surveys.services import answering
from liandong.surveys.views.load import public_survey, reader, survey_for_work, worker
from liandong.ui import listing

SALT = "surveys.begun"


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be answered now."""
    page = listing.page(request, queries.open_surveys(), size=20)
    return render(request, "surveys/list.html", {"page": page, "can_ask": permissions.can_see_any(reader(request))})


@login_not_required
@form_page
def survey(request: HttpRequest, number: str) -> HttpResponse:
    """The questions, page by page."""
    found = public_survey(request, number)
    open_now = permissions.can_answer(found)
    if request.method != "POST" and not open_now and found.state != Survey.State.DRAFT:
        return render(request, "surveys/closed.html", {"survey": found, "reason": open_now.reason})
    return _Walk(request, found).answer()


@form_page
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody is asked in person; staff write it down with their consent."""
    found = survey_for_work(request, number, may=permissions.can_enter)
    return _Walk(request, found, asks_for=worker(request)).answer()


@login_not_required
@require_safe
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    found = public_survey(request, number)
    person = reader(request)
    context = {
        "survey": found,
        "late": "late" in request.GET,
        "asked": "asked" in request.GET and permissions.works_on(person, found),
        "follows": person and not found.is_anonymous,
    }
    return render(request, "surveys/thanks.html", context)


@dataclass(frozen=True)
class _Begun:
    """The signed slip in the form: one key for one answer, and when the page was opened."""

    key: uuid.UUID
    at: dt.datetime
    slip: str


def _begin(survey: Survey, slip: str = "") -> _Begun:
    if slip:
        try:
            kept = signing.loads(slip, salt=SALT)
            if kept["survey"] == survey.number:
                return _Begun(uuid.UUID(kept["key"]), dt.datetime.fromtimestamp(kept["at"], tz=dt.UTC), slip)
        except (signing.BadSignature, KeyError, ValueError, TypeError):
            pass
    key, at = uuid.uuid4(), clock.now()
    return _Begun(key, at, signing.dumps({"key": str(key), "survey": survey.number, "at": at.timestamp()}, salt=SALT))


class _Walk:
    """One step through the pages: GET begins, POST goes on, back, or sends."""

    def __init__(self, request: HttpRequest, survey: Survey, *, asks_for: Person | None = None) -> None:
        self.request, self.survey, self.asks_for = request, survey, asks_for
        self.definition = survey.definition
        self.pages = form.pages(self.definition)
        self.begun = _begin(survey, request.POST.get("slip", ""))
        self.proxy = ProxyForm(request.POST if request.method == "POST" else None, survey=survey) if asks_for is not None else None

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            raw = self.known_beforehand()
            return self.show(self.next_place(-1, reading.settle(self.definition, raw)) or 0, raw)
        raw = raw_of(self.request.POST, self.definition)
        settled = reading.settle(self.definition, raw)
        place = min(whole_number(self.request.POST.get("page", "0")) or 0, max(len(self.pages) - 1, 0))
        go = self.request.POST.get("go", "")
        if go == "back":
            return self.show(self.next_place(place, settled, step=-1) or 0, raw)
        here = self.asked_on(place, settled)
        wrong = {name: settled.errors[name] for name in here if name in settled.errors}
        shown = self.request.POST.getlist("shown")
        opened = [name for name in here if name not in shown]
        if opened:  # an answer on this page opens questions that were not seen yet
            return self.show(place, raw, wrong={name: words for name, words in wrong.items() if name in shown}, opened=True)
        if wrong or (self.proxy is not None and not self.proxy.is_valid()):
            return self.show(place, raw, wrong=wrong)
        following = self.next_place(place, settled)
        return self.show(following, raw) if following is not None else self.send(raw)

    def send(self, raw: dict[str, list[str]]) -> HttpResponse:
        try:
            if self.asks_for is not None:
                assert self.proxy is not None
                values = self.proxy.cleaned_data
                answering.answer_for(
                    self.survey, raw=raw, key=self.begun.key, consent=values["consent"], asked_name=values.get("asked_name", ""), by=self.asks_for
                )
                return see_other(f"{self.url('thanks')}?asked")
            response = answering.send_response(self.survey, raw=raw, key=self.begun.key, begun_at=self.begun.at, respondent=reader(self.request))
        except answering.Unanswered as error:
            return self.show(reading.page_of(self.definition, next(iter(error.errors))), raw, wrong=error.errors)
        except Refused as refused:
            if permissions.can_answer(self.survey) or self.survey.state == Survey.State.DRAFT:
                return self.show(len(self.pages) - 1, raw, refusal=str(refused.reason))
            return render(self.request, "surveys/closed.html", {"survey": self.survey, "reason": refused.reason, "was_sent": True}, status=422)
        return see_other(self.url("thanks") + ("?late" if response.is_late else ""))

    def url(self, name: str) -> str:
        return reverse(f"surveys:{name}", args=[self.survey.number])

    def asked_on(self, place: int, settled: reading.Settled) -> list[str]:
        return [name for name in reading.names_on(self.definition, place) if name in settled.asked] if self.pages else []

    def next_place(self, place: int, settled: reading.Settled, *, step: int = 1) -> int | None:
        """The next page (or the one before) on which anything is asked."""
        place += step
        while 0 <= place < len(self.pages):
            if self.asked_on(place, settled):
                return place
            place += step
        return None

    def known_beforehand(self) -> dict[str, list[str]]:
        """A firm's staff need not type its name."""
        person, names = reader(self.request), form.serving(self.definition, form.ORGANIZATION)
        if person is None or self.survey.is_anonymous or not names or self.asks_for is not None:
            return {}
        body = organizations.workplaces_of(person, Right.SEE_WORK).filter(kind=Organization.Kind.ENTERPRISE).first()
        return {names[0]["name"]: [body.name]} if body is not None and len(body.name) <= 60 else {}

    def show(
        self, place: int, raw: dict[str, list[str]], *, wrong: dict[str, str] | None = None, opened: bool = False, refusal: str = ""
    ) -> HttpResponse:
        settled = reading.settle(self.definition, raw)
        here = self.asked_on(place, settled)
        steers = reading.steers(self.definition, place) if self.pages else set()
        questions = [
            question
            for question in (self.pages[place]["questions"] if self.pages else [])
            if question["name"] in here or expressions.names_in(form.condition(question)) & steers
        ]
        answer_form = AnswerForm(questions, data=_as_data(raw), wrong=wrong)
        on_page = set(reading.names_on(self.definition, place)) if self.pages else set()
        carried = [
            (f"{PREFIX}-{name}", value)
            for name, values in raw.items()
            if name.removesuffix(form.OTHER_WORDS) not in on_page and name not in on_page
            for value in values
        ]
        first, last = self.next_place(place, settled, step=-1) is None, self.next_place(place, settled) is None
        reached = [number for number in range(len(self.pages)) if self.asked_on(number, settled)]
        shows_proxy = self.proxy is not None and (first or bool(self.proxy.errors))
        context: dict[str, Any] = {
            "survey": self.survey,
            "page": self.pages[place] if self.pages else {},
            "page_label": form.words_of(self.pages[place]) if self.pages else "",
            "place": place,
            "form": answer_form,
            "rows": [
                {**row, "name": question["name"], "asked": question["name"] in here, "relevant": _as_json(question, steers)}
                for question, row in zip(questions, answer_form.rows(), strict=True)
            ],
            "shown": here,
            "carried": carried,
            "first": first,
            "last": last,
            "step": reached.index(place) + 1 if place in reached else 1,
            "steps": len(reached),
            "begun": self.begun,
            "opened": opened,
            "refusal": refusal,
            "proxy": self.proxy,
            "shows_proxy": shows_proxy,
            "proxy_kept": [(name, self.request.POST.get(name, "")) for name in self.proxy.fields]
            if self.proxy is not None and not shows_proxy
            else [],
            "is_preview": self.survey.state == Survey.State.DRAFT,
            "person": reader(self.request),
            "asks_for_needs": bool(form.serving(self.definition, form.NEED)),
        }
        failed = (
            bool(wrong)
            or bool(refusal)
            or (self.proxy is not None and self.proxy.is_bound and shows_proxy and bool(self.proxy.errors) and not opened)
        )
        if self.proxy is not None and self.request.method == "POST" and self.request.POST.get("go") == "back":
            failed = False
        return render(self.request, "surveys/survey.html", context, status=422 if failed else 200)


def _as_json(question: form.Question, steers: set[str]) -> str:
    """The condition for the page's script, where an answer of the same page decides."""
    condition = form.condition(question)
    return json.dumps(condition, ensure_ascii=False) if expressions.names_in(condition) & steers else ""


def _as_data(raw: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in raw.items():
        data.setlist(f"{PREFIX}-{name}", values)
    return data
