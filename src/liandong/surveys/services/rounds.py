"""Verbs on a survey itself: make, change, open, close."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.core.text import clean_words, one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.needs.models import Segment
from liandong.organizations.models import Organization, Territory
from liandong.organizations.queries import territories_below
from liandong.surveys import definition as form
from liandong.surveys import expressions, permissions
from liandong.surveys.definition import Definition
from liandong.surveys.models import Survey, SurveyTarget

Actor = Person | System
State = Survey.State
# (group, wanted number of answers, how many there are or None)
Target = tuple[str, int, int | None]


@transaction.atomic
def create_survey(
    *,
    title: str,
    host: Organization,
    territory: Territory,
    definition: Definition | None = None,
    intro: str = "",
    is_anonymous: bool = True,
    opens_date: dt.date | None = None,
    closes_date: dt.date | None = None,
    targets: Sequence[Target] = (),
    by: Actor,
) -> Survey:
    """A draft. A question for the community without choices gets the communities of the territory."""
    require(permissions.can_create(by, host))
    _check_ground(host, territory)
    survey = Survey(
        host=host,
        territory=territory,
        definition=completed(form.tidy(definition or {"pages": [{"name": "", "questions": []}]}), territory),
        created_by=by if isinstance(by, Person) else None,
        created_at=clock.now(),
        **_checked(title=title, intro=intro, is_anonymous=is_anonymous, opens_date=opens_date, closes_date=closes_date),
    )
    check_definition(survey.definition)
    survey.save(force_insert=True)
    _write_targets(survey, targets)
    journal.record(
        "survey.created", on=survey, after={"state": survey.state, "host": host.pk, "questions": len(form.asked(survey.definition))}, by=by
    )
    return survey


@transaction.atomic
def copy_survey(survey: Survey, *, host: Organization, territory: Territory, by: Actor) -> Survey:
    """A new draft with the same questions and groups; dates and answers stay behind."""
    return create_survey(
        title=_("%(title)s (copy)") % {"title": survey.title[:70]},
        host=host,
        territory=territory,
        definition=_without_communities(survey.definition) if territory.pk != survey.territory_id else survey.definition,
        intro=survey.intro,
        is_anonymous=survey.is_anonymous,
        targets=[(target.segment, target.wanted_count, target.population_count) for target in survey.targets.order_by("id")],
        by=by,
    )


@transaction.atomic
def edit_survey(
    survey: Survey,
    *,
    title: str,
    intro: str,
    territory: Territory,
    is_anonymous: bool,
    opens_date: dt.date | None,
    closes_date: dt.date | None,
    targets: Sequence[Target],
    by: Actor,
) -> Survey:
    """Title, words, place, dates, groups. Whether it is anonymous and where it asks is fixed once it has answers."""
    survey = locked(survey)
    require(permissions.can_manage(by, survey))
    values = _checked(title=title, intro=intro, is_anonymous=is_anonymous, opens_date=opens_date, closes_date=closes_date) | {"territory": territory}
    if survey.responses.exists():
        if is_anonymous != survey.is_anonymous:
            raise Refused(_("There are answers already: people were told whether their names are kept."), field="is_anonymous")
        if territory != survey.territory:
            raise Refused(_("There are answers already: the place stays."), field="territory")
    _check_ground(survey.host, territory)
    before = {name: str(getattr(survey, name)) for name in ("title", "is_anonymous", "opens_date", "closes_date", "territory_id")}
    for name, value in values.items():
        setattr(survey, name, value)
    survey.save(update_fields=list(values))
    _write_targets(survey, targets)
    journal.record("survey.edited", on=survey, before=before, after={name: str(getattr(survey, name)) for name in before}, by=by)
    return survey


@transaction.atomic
def change_questions(survey: Survey, *, definition: Definition, version: int, by: Actor) -> Survey:
    """Put other questions in place of those of `version`. Once there are answers only the words may change, so that answers keep their meaning."""
    survey = locked(survey)
    require(permissions.can_manage(by, survey))
    if version != survey.version:
        raise Conflict(_("Somebody else has changed the questions in the meantime. Look at them again, then change yours."))
    definition = completed(form.tidy(definition), survey.territory)
    check_definition(definition)
    if definition == survey.definition:
        return survey
    if survey.responses.exists() and form.shape(definition) != form.shape(survey.definition):
        raise Refused(_("There are answers already. Only the wording may change now; copy the survey to ask something else."))
    survey.definition, survey.version = definition, survey.version + 1
    survey.save(update_fields=["definition", "version"])
    journal.record(
        "survey.questions_changed", on=survey, before={"version": version}, after={"version": survey.version, "definition": definition}, by=by
    )
    return survey


@transaction.atomic
def open_survey(survey: Survey, *, by: Actor) -> Survey:
    """From now on anybody with the link answers. Also takes up a closed one again."""
    survey = locked(survey)
    require(permissions.can_manage(by, survey))
    require_transition(Survey.TRANSITIONS, survey.state, State.OPEN)
    if not form.asked(survey.definition):
        raise Refused(_("The survey has no question yet."))
    if survey.closes_date is not None and survey.closes_date < clock.today():
        raise Refused(_("Its last day has passed. Change the dates first."))
    before = survey.state
    survey.state, survey.opened_at, survey.closed_at = State.OPEN, survey.opened_at or clock.now(), None
    survey.save(update_fields=["state", "opened_at", "closed_at"])
    journal.record(
        "survey.opened" if before == State.DRAFT else "survey.reopened", on=survey, before={"state": before}, after={"state": survey.state}, by=by
    )
    return survey


@transaction.atomic
def close_survey(survey: Survey, *, by: Actor) -> Survey:
    """No new answers. Whoever is filling it in right now may still send; that answer is marked as late."""
    survey = locked(survey)
    require(permissions.can_manage(by, survey))
    require_transition(Survey.TRANSITIONS, survey.state, State.CLOSED)
    survey.state, survey.closed_at = State.CLOSED, clock.now()
    survey.save(update_fields=["state", "closed_at"])
    journal.record("survey.closed", on=survey, before={"state": State.OPEN}, after={"state": survey.state}, by=by)
    return survey


# Rules


def locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update(of=("self",)).select_related("host__territory", "territory").get(pk=survey.pk)


def _checked(*, title: str, intro: str, is_anonymous: bool, opens_date: dt.date | None, closes_date: dt.date | None) -> dict[str, Any]:
    title = one_line(title, 80)
    if not title:
        raise Refused(_("Give it a title."), field="title")
    if opens_date is not None and closes_date is not None and closes_date < opens_date:
        raise Refused(_("The last day lies before the first."), field="closes_date")
    return {"title": title, "intro": clean_words(intro)[:2000], "is_anonymous": is_anonymous, "opens_date": opens_date, "closes_date": closes_date}


def _check_ground(host: Organization, territory: Territory) -> None:
    """A body asks where it stands: its place, what lies inside it, or the street around it."""
    street = (
        host.territory.parent
        if host.territory.level in (Territory.Level.COMMUNITY, Territory.Level.BUILDING) and host.territory.parent
        else host.territory
    )
    if not (host.territory.holds(territory) or street.holds(territory)):
        raise Refused(_("%(organization)s does not stand on this ground.") % {"organization": host.label}, field="territory")


def _write_targets(survey: Survey, targets: Sequence[Target]) -> None:
    wanted = {segment: (max(count, 0), population) for segment, count, population in targets if segment in Segment.values}
    survey.targets.exclude(segment__in=wanted).delete()
    for segment, (count, population) in wanted.items():
        SurveyTarget.objects.update_or_create(survey=survey, segment=segment, defaults={"wanted_count": count, "population_count": population})


def completed(definition: Definition, territory: Territory) -> Definition:
    """A community question that brings no choices offers the communities of the place."""
    if all(question.get("choices") for question in form.serving(definition, form.COMMUNITY)):
        return definition
    places = list(territories_below(territory, level=Territory.Level.COMMUNITY)) or [territory]
    choices = [{"name": f"t{place.pk}", "label": place.name} for place in places[: form.MOST_CHOICES]]
    return {
        "pages": [
            {
                **page,
                "questions": [
                    {**q, "choices": choices} if q.get("purpose") == form.COMMUNITY and not q.get("choices") else q for q in page["questions"]
                ],
            }
            for page in form.pages(definition)
        ]
    }


def _without_communities(definition: Definition) -> Definition:
    return {
        "pages": [
            {
                **page,
                "questions": [{k: v for k, v in q.items() if k != "choices"} if q.get("purpose") == form.COMMUNITY else q for q in page["questions"]],
            }
            for page in form.pages(definition)
        ]
    }


def check_definition(definition: Definition) -> None:
    """Refuse questions that cannot be asked: names twice, choices missing, conditions that look ahead."""
    known: set[str] = set()
    if len(form.questions(definition)) > form.MOST_QUESTIONS:
        raise Refused(
            _("%(n)s questions are more than anybody answers; at most %(most)s can be read.")
            % {"n": len(form.questions(definition)), "most": form.MOST_QUESTIONS}
        )
    for page in form.pages(definition):
        _check_condition(page, known, form.words_of(page))
        for question in page["questions"]:
            name, label = question["name"], form.words_of(question)
            if not form.NAME.fullmatch(name) or name in known:
                raise Refused(_("“%(question)s”: the name is missing, or another question has it.") % {"question": label or name}, field="name")
            if not label:
                raise Refused(_("The words of the question are missing."), field="label")
            if question["kind"] not in form.KINDS:
                raise Refused(_("Choose what kind of question it is."), field="kind")
            if question["kind"] in form.CHOOSING and len(form.choices_of(question)) < 2 and question.get("purpose") != form.COMMUNITY:
                raise Refused(_("“%(question)s” needs at least two choices.") % {"question": label}, field="choices")
            purpose = question.get("purpose")
            if purpose and question["kind"] not in form.SERVES[purpose]:
                raise Refused(_("“%(question)s”: this kind of question cannot serve for that.") % {"question": label}, field="purpose")
            _check_condition(question, known, label)
            known.add(name)
    for purpose in (form.SEGMENT, form.COMMUNITY, form.ORGANIZATION):
        if len(form.serving(definition, purpose)) > 1:
            raise Refused(_("Only one question can serve for: %(purpose)s") % {"purpose": form.PURPOSES[purpose]}, field="purpose")


def _check_condition(thing: dict[str, Any], known: set[str], label: str) -> None:
    for key in ("relevant", "constraint"):
        try:
            tree = expressions.parse(str(thing.get(key) or ""))
        except expressions.Unknown as unknown:
            raise Refused(
                _("The condition cannot be read at “%(part)s”. Known are ${question}, =, !=, <, >, selected(), and, or, not().")
                % {"part": unknown.part},
                field=key,
            ) from unknown
        ahead = expressions.names_in(tree) - known
        if ahead:
            raise Refused(
                _("“%(question)s” asks about “%(name)s”, which does not come before it.") % {"question": label, "name": sorted(ahead)[0]}, field=key
            )
