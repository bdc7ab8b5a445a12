"""Verbs of answering: by the link, from paper, for somebody who was asked in person."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold
from liandong.journal import services as journal
from liandong.needs.suggest import segment_of_firm
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import holds
from liandong.surveys import answers as reading
from liandong.surveys import definition as form
from liandong.surveys import permissions
from liandong.surveys.models import Survey, SurveyResponse
from liandong.surveys.services.rounds import locked

Channel = SurveyResponse.Channel
RESPONDENT = System("survey-respondent")
GRACE = dt.timedelta(hours=24)  # a page that was opened in time may still be sent this long after the end


class Unanswered(Refused):
    """Some answers are missing or not possible; `errors` by question."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = dict(errors)


@transaction.atomic
def send_response(
    survey: Survey, *, raw: Mapping[str, Sequence[str]], key: uuid.UUID, begun_at: dt.datetime | None = None, respondent: Person | None = None
) -> SurveyResponse:
    """An answer by the link. The same `key` again gives the answer of the first time. An answer that was begun before the survey ended is kept as late.

    Nobody's name or account is kept when the survey is anonymous.
    """
    survey = locked(survey)
    if made := SurveyResponse.objects.filter(survey=survey, key=key).first():
        return made
    is_late = False
    if not permissions.can_answer(survey):
        ended_at = survey.ended_at
        if survey.state == Survey.State.DRAFT or ended_at is None or begun_at is None or begun_at >= ended_at or clock.now() - ended_at > GRACE:
            raise Refused(permissions.can_answer(survey).reason)
        is_late = True
    who = None if survey.is_anonymous else respondent
    return _keep(survey, raw=raw, key=key, channel=Channel.LINK, respondent=who, is_late=is_late, by=RESPONDENT)


@transaction.atomic
def key_in_paper(survey: Survey, *, raw: Mapping[str, Sequence[str]], paper_number: int, key: uuid.UUID, by: Person) -> SurveyResponse:
    """Key in a sheet of paper. Paper may have gaps; a number is keyed in once. After the end too: paper comes in late."""
    survey = locked(survey)
    if made := SurveyResponse.objects.filter(survey=survey, key=key).first():
        return made
    require(permissions.can_enter(by, survey))
    _require_begun(survey)
    if not 1 <= paper_number <= 999_999:
        raise Refused(_("Enter the number of the sheet."), field="paper_number")
    before = SurveyResponse.objects.filter(survey=survey, paper_number=paper_number).select_related("entered_by").first()
    if before is not None:
        raise Refused(
            _("Sheet %(number)s was keyed in already, by %(who)s.")
            % {"number": paper_number, "who": before.entered_by.masked_name if before.entered_by else "–"},
            field="paper_number",
        )
    return _keep(survey, raw=raw, key=key, channel=Channel.PAPER, paper_number=paper_number, needs_all=False, by=by)


@transaction.atomic
def answer_for(
    survey: Survey, *, raw: Mapping[str, Sequence[str]], key: uuid.UUID, consent: bool, asked_name: str = "", by: Person
) -> SurveyResponse:
    """Write down what somebody said who was asked in person, with their consent. Who it was is kept only when the survey is not anonymous."""
    survey = locked(survey)
    if made := SurveyResponse.objects.filter(survey=survey, key=key).first():
        return made
    require(permissions.can_enter(by, survey))
    _require_begun(survey)
    if not consent:
        raise Refused(_("Ask the person first, then tick that they agree."), field="consent")
    name = "" if survey.is_anonymous else fold(clean_words(asked_name))[:50]
    if not survey.is_anonymous and not name:
        raise Refused(_("Say who was asked."), field="asked_name")
    return _keep(survey, raw=raw, key=key, channel=Channel.PROXY, asked_name=name, has_consent=True, is_late=survey.ended_at is not None, by=by)


def _require_begun(survey: Survey) -> None:
    if survey.state == Survey.State.DRAFT:
        raise Refused(_("This is a draft. Open the survey first."))


def _keep(
    survey: Survey,
    *,
    raw: Mapping[str, Sequence[str]],
    key: uuid.UUID,
    channel: str,
    needs_all: bool = True,
    respondent: Person | None = None,
    paper_number: int | None = None,
    asked_name: str = "",
    has_consent: bool = False,
    is_late: bool = False,
    by: Person | System,
) -> SurveyResponse:
    settled = reading.settle(survey.definition, raw, needs_all=needs_all)
    if settled.errors:
        raise Unanswered(settled.errors)
    if not settled.answers:
        raise Refused(_("Nothing is answered yet."))
    speaker = by if isinstance(by, Person) else respondent
    organization = None if survey.is_anonymous else organization_of(survey, settled.answers, speaker=speaker)
    response = SurveyResponse(
        survey=survey,
        definition_version=survey.version,
        answers=settled.answers,
        segment=segment_of(survey, settled.answers, organization),
        territory=territory_of(survey, settled.answers, organization),
        organization=organization,
        channel=channel,
        paper_number=paper_number,
        asked_name=asked_name,
        has_consent=has_consent,
        entered_by=by if isinstance(by, Person) else None,
        respondent=respondent,
        answered_at=clock.now(),
        is_late=is_late,
        key=key,
    )
    try:
        with transaction.atomic():
            response.save(force_insert=True)
    except IntegrityError as error:
        if made := SurveyResponse.objects.filter(survey=survey, key=key).first():
            return made
        raise Refused(_("This was sent before, or the number of the sheet is taken.")) from error
    journal.record(
        "survey.answered", on=response, after={"survey": survey.number, "channel": channel, "late": is_late, "paper_number": paper_number}, by=by
    )
    return response


# What an answer says about who gave it


def segment_of(survey: Survey, answers: Mapping[str, Any], organization: Organization | None = None) -> str:
    """By the question for it, else the size class of the firm, else the one group that the survey asks."""
    for question in form.serving(survey.definition, form.SEGMENT):
        chosen = answers.get(question["name"])
        for choice in form.choices_of(question):
            if choice["name"] == chosen and (segment := form.segment_of_choice(choice)):
                return segment
    if organization is not None and organization.kind == Organization.Kind.ENTERPRISE and (segment := segment_of_firm(organization.staff_count)):
        return segment
    segments = {target.segment for target in survey.targets.all()}
    return segments.pop() if len(segments) == 1 and not form.serving(survey.definition, form.SEGMENT) else ""


def territory_of(survey: Survey, answers: Mapping[str, Any], organization: Organization | None = None) -> Territory | None:
    """The community that was chosen, by its key or its name; inside the survey's ground only."""
    for question in form.serving(survey.definition, form.COMMUNITY):
        chosen = answers.get(question["name"])
        choice = next((choice for choice in form.choices_of(question) if choice["name"] == chosen), None)
        if choice is not None:
            inside = Territory.objects.filter(path__startswith=survey.territory.path)
            key = chosen[1:] if isinstance(chosen, str) and chosen[:1] == "t" and chosen[1:].isdigit() else ""
            found = inside.filter(Q(name=choice["label"]) | (Q(pk=int(key)) if key else Q(pk__in=[]))).order_by("path").first()
            if found is not None:
                return found
    if organization is not None and survey.territory.holds(organization.territory):
        return organization.territory
    return survey.territory if survey.territory.level == Territory.Level.COMMUNITY else None


def organization_of(survey: Survey, answers: Mapping[str, Any], *, speaker: Person | None) -> Organization | None:
    """The body whose name was given, when whoever gave it may speak for it: staff of the body, or those who run the survey."""
    for question in form.serving(survey.definition, form.ORGANIZATION):
        name = fold(str(answers.get(question["name"], "")))
        named = Organization.objects.filter(Q(name=name) | Q(short_name=name), state=Organization.State.ACTIVE).select_related("territory")
        found = list(named.order_by("id")[:2]) if name else []
        if len(found) == 1 and speaker is not None:
            if holds(speaker, Right.SEE_WORK, organization=found[0]) or permissions.can_enter(speaker, survey):
                return found[0]
    return None
