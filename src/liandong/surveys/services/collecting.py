"""收成需求: the sentences of an answer that state a need become needs, each once, with the link to the sentence."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.needs.mining import asking
from liandong.needs.models import Need, Source
from liandong.needs.services import submit_need
from liandong.surveys import definition as form
from liandong.surveys import permissions
from liandong.surveys.models import Survey, SurveyResponse, SurveySentence
from liandong.surveys.queries import waiting
from liandong.surveys.services.rounds import locked

SURVEYS = System("survey")
NAMESPACE = uuid.UUID("5a1f5c1e-6a3f-4f0e-9f55-3c7f1f0b9d21")
BATCH = 50


@dataclass(frozen=True)
class Stated:
    """A sentence of an answer. `asks`: it seems to state a need."""

    response: SurveyResponse
    question: str
    start: int
    end: int
    words: str
    asks: bool

    @property
    def key(self) -> str:
        return f"{self.response.pk}-{self.question}-{self.start}"


@dataclass(frozen=True)
class Chosen:
    """What is to become of a sentence: a need of its own, part of another need (`join`), or nothing (`take` is False)."""

    stated: Stated
    take: bool
    title: str = ""
    category: str = ""
    segment: str = ""
    join: Need | None = None


def sentences_of(survey: Survey, responses: Iterable[SurveyResponse]) -> Iterator[Stated]:
    """Every sentence of the answers to the questions that ask for needs, in order."""
    names = [question["name"] for question in form.serving(survey.definition, form.NEED)]
    for response in responses:
        for name in names:
            text = str(response.answers.get(name) or "")
            found = asking(text)
            for sentence in found:
                yield Stated(response, name, sentence.start, sentence.end, sentence.words, sentence.asks)
            if text and not found:  # nothing but marks: it still wants a look
                yield Stated(response, name, 0, len(text), text, False)


@transaction.atomic
def collect_sentences(survey: Survey, *, chosen: Iterable[Chosen], is_public: bool = True, by: Person) -> list[Need]:
    """Make needs of the chosen sentences. A sentence that was looked at before stays as it is, so nothing happens twice."""
    survey = locked(survey)
    require(permissions.can_collect(by, survey))
    return _collect(survey, chosen=list(chosen), is_public=is_public, by=by)


def _collect(survey: Survey, *, chosen: list[Chosen], is_public: bool, by: Person) -> list[Need]:
    done = {
        (row.response_id, row.question, row.start): row
        for row in SurveySentence.objects.filter(response__in={item.stated.response.pk for item in chosen}, response__survey=survey)
    }
    made: list[Need] = []
    new: list[SurveySentence] = []
    for item in chosen:
        stated = item.stated
        before = done.get((stated.response.pk, stated.question, stated.start))
        if stated.response.survey_id != survey.pk or (before is not None and (before.need_id is not None or not item.take)):
            continue
        need = None
        if item.take:
            need = _joined(item.join) if item.join is not None else _need(survey, item, is_public=is_public)
            if item.join is None:
                made.append(need)
        if before is not None:
            before.need, before.collected_by, before.collected_at = need, by, clock.now()
            before.save(update_fields=["need", "collected_by", "collected_at"])
            continue
        row = SurveySentence(
            response=stated.response,
            question=stated.question,
            start=stated.start,
            end=stated.end,
            words=stated.words,
            need=need,
            collected_by=by,
            collected_at=clock.now(),
        )
        done[stated.response.pk, stated.question, stated.start] = row
        new.append(row)
    SurveySentence.objects.bulk_create(new)
    if new:
        journal.record("survey.collected", on=survey, after={"sentences": len(new), "needs": [need.number for need in made]}, by=by)
    return made


def _joined(need: Need) -> Need:
    if not need.is_open:
        raise Refused(_("“%(need)s” has ended. Choose one that is still open.") % {"need": need.title})
    return need


def _need(survey: Survey, item: Chosen, *, is_public: bool) -> Need:
    """A need in the words of the sentence. The clock of its answer begins now: nobody could answer before it was read."""
    stated, response = item.stated, item.stated.response
    return submit_need(
        words=stated.words,
        title=item.title,
        category=item.category,
        segment=item.segment or response.segment,
        source=Source.SURVEY,
        territory=response.territory or survey.territory,
        asker=response.respondent if response.organization is None else None,
        asker_organization=response.organization,
        asker_name=response.asked_name if response.organization is None else "",
        is_public=is_public,
        key=uuid.uuid5(NAMESPACE, f"{survey.number}:{stated.key}"),
        by=SURVEYS,
    )


# All at once, as a job


@transaction.atomic
def collect_all(survey: Survey, *, is_public: bool = True, by: Person) -> Survey:
    """Take every sentence that seems to state a need, as a job; the others are left aside and can be taken up later."""
    from liandong.surveys import reactions

    survey = locked(survey)
    require(permissions.can_collect(by, survey))
    if survey.is_collecting:
        return survey
    total = waiting(survey).count()
    if not total:
        raise Refused(_("Every answer has been looked at."))
    survey.collect_total, survey.collect_done, survey.collect_public, survey.collect_by = total, 0, is_public, by
    survey.collect_started_at, survey.collect_finished_at = clock.now(), None
    survey.save(update_fields=["collect_total", "collect_done", "collect_public", "collect_by", "collect_started_at", "collect_finished_at"])
    journal.record("survey.collecting", on=survey, after={"answers": total}, by=by)
    reactions.collect.defer(survey_id=survey.pk)
    return survey


def run_collect(survey: Survey) -> None:
    """The job: parts of BATCH answers, each in its own transaction. Killed at any moment, it goes on behind the last part."""
    while _collect_part(survey):
        pass


@transaction.atomic
def _collect_part(survey: Survey) -> bool:
    survey = Survey.objects.select_for_update(of=("self",)).select_related("host__territory", "territory", "collect_by").get(pk=survey.pk)
    if not survey.is_collecting or survey.collect_by is None:
        return False
    part = list(waiting(survey).select_related("territory", "organization", "respondent")[:BATCH])
    chosen = [Chosen(stated, take=stated.asks) for stated in sentences_of(survey, part)]
    _collect(survey, chosen=chosen, is_public=survey.collect_public, by=survey.collect_by)
    survey.collect_done = min(survey.collect_done + len(part), survey.collect_total)
    if len(part) < BATCH:
        survey.collect_finished_at = clock.now()
    survey.save(update_fields=["collect_done", "collect_finished_at"])
    return survey.collect_finished_at is None
