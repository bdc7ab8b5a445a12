"""Everything read about surveys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.search import LONGEST
from liandong.needs import permissions as need_permissions
from liandong.needs import suggest
from liandong.needs.models import Need
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import grants_of, in_force, organizations_with
from liandong.surveys import definition as form
from liandong.surveys import permissions
from liandong.surveys.models import Survey, SurveyResponse, SurveySentence
from liandong.surveys.tallies import SMALL, Group, Row, Tally, groups_of, tallies

State = Survey.State


def answerable() -> Q:
    """Surveys that take answers today."""
    today = clock.today()
    return Q(state=State.OPEN) & (Q(opens_date__isnull=True) | Q(opens_date__lte=today)) & (Q(closes_date__isnull=True) | Q(closes_date__gte=today))


def open_surveys() -> QuerySet[Survey]:
    """What anybody may answer now, what ends first on top."""
    found = Survey.objects.filter(answerable()).select_related("host", "territory").defer("definition")
    return found.order_by(F("closes_date").asc(nulls_last=True), "-opened_at", "-id")


def open_surveys_for(person: Person) -> QuerySet[Survey]:
    """Those that ask at a place around a body to which the person belongs."""
    belongs = Membership.objects.filter(in_force(), person=person, organization__territory__path__startswith=OuterRef("territory__path"))
    return open_surveys().filter(Exists(belongs))


def desk_list(person: Person, *, text: str = "", state: str = "", host: str = "") -> QuerySet[Survey]:
    """Surveys in the scope of the person's work, with the number of answers; open ones first."""
    found = permissions.visible_to(person).select_related("host", "territory").defer("definition")
    if text := text.strip()[:LONGEST]:
        found = found.filter(Q(title__icontains=text) | Q(number__iexact=text) | Q(host__name__icontains=text))
    if state in State.values:
        found = found.filter(state=state)
    if host:
        found = found.filter(host__slug=host)
    order = {State.OPEN: 0, State.DRAFT: 1, State.CLOSED: 2}
    place = Case(*(When(state=state, then=Value(rank)) for state, rank in order.items()), output_field=IntegerField())
    return found.annotate(answers_count=Count("responses"), place=place).order_by("place", "-created_at", "-id")


def hosts_for(person: Person) -> QuerySet[Organization]:
    """Bodies in whose name the person may ask."""
    return organizations_with(person, Right.CLAIM_NEEDS).exclude(kind=Organization.Kind.PARTY_BRANCH)


def first_host(hosts: QuerySet[Organization], person: Person, slug: str) -> Organization | None:
    """In whose name the person most likely asks: the body they come from, one they work for, the hub of their ground."""
    own = [grant.organization_id for grant in grants_of(person) if grant.organization_id]
    likely = Case(
        When(slug=slug, then=Value(0)),
        When(pk__in=own, then=Value(1)),
        When(kind=Organization.Kind.HUB, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return hosts.order_by(likely, "pinyin", "id").first()


def survey_of(number: str, rows: QuerySet[Survey]) -> Survey | None:
    return rows.filter(number=number.upper()).select_related("host__territory", "territory__parent").first()


def targets_of(survey: Survey) -> list[tuple[str, int, int | None]]:
    return list(survey.targets.order_by("id").values_list("segment", "wanted_count", "population_count"))


def rows_of(survey: Survey) -> list[Row]:
    return list(survey.responses.order_by("id").values_list("segment", "answers"))


@dataclass(frozen=True)
class Results:
    total: int
    late: int
    by_channel: dict[str, int]
    groups: list[Group]
    tallies: list[Tally]
    wanted: int

    @property
    def shown_groups(self) -> list[Group]:
        """The groups whose columns stand beside each question."""
        found = [group for group in self.groups if group.count is not None and group.count >= SMALL]
        return found if len(found) > 1 else []

    @property
    def under(self) -> list[Group]:
        return [group for group in self.groups if group.leaning == "under"]

    @property
    def over(self) -> list[Group]:
        return [group for group in self.groups if group.leaning == "over"]

    @property
    def is_weighted(self) -> bool:
        return any(tally.has_weights for tally in self.tallies)


def results_of(survey: Survey) -> Results:
    rows = list(survey.responses.order_by("id").values_list("segment", "answers", "channel", "is_late"))
    targets = targets_of(survey)
    pairs = [(segment, answers) for segment, answers, _channel, _late in rows]
    groups = groups_of(pairs, targets)
    by_channel: dict[str, int] = {}
    for _segment, _answers, channel, _late in rows:
        by_channel[channel] = by_channel.get(channel, 0) + 1
    return Results(
        total=len(rows),
        late=sum(late for *_rest, late in rows),
        by_channel=by_channel,
        groups=groups,
        tallies=tallies(survey.definition, pairs, groups),
        wanted=sum(count for _segment, count, _population in targets),
    )


@dataclass(frozen=True)
class Progress:
    total: int
    late: int
    waiting: int
    needs: int
    last_at: Any


def progress_of(survey: Survey) -> Progress:
    counts = survey.responses.aggregate(total=Count("pk"), late=Count("pk", filter=Q(is_late=True)), last_at=Max("answered_at"))
    needs = SurveySentence.objects.filter(response__survey=survey, need__isnull=False).values("need").distinct().count()
    return Progress(counts["total"], counts["late"], waiting(survey).count(), needs, counts["last_at"])


def free_answers(survey: Survey, question: str, *, text: str = "", segment: str = "") -> QuerySet[SurveyResponse]:
    """Answers in people's own words, newest first."""
    found = survey.responses.filter(answers__has_key=question).order_by("-answered_at", "-id")
    if text := text.strip()[:LONGEST]:
        found = found.filter(**{f"answers__{question}__icontains": text})
    return found.filter(segment=segment) if segment else found


def next_paper_number(survey: Survey) -> int:
    return (survey.responses.aggregate(last=Coalesce(Max("paper_number"), 0))["last"] or 0) + 1


def last_sheets(survey: Survey, *, limit: int = 5) -> list[SurveyResponse]:
    return list(survey.responses.filter(channel=SurveyResponse.Channel.PAPER).select_related("entered_by").order_by("-answered_at", "-id")[:limit])


# Sentences and needs


def waiting(survey: Survey) -> QuerySet[SurveyResponse]:
    """Answers with free words that nobody has looked at yet, oldest first."""
    names = [question["name"] for question in form.serving(survey.definition, form.NEED)]
    rows = SurveyResponse.objects.filter(~Exists(SurveySentence.objects.filter(response=OuterRef("pk"))), survey=survey)
    return rows.filter(answers__has_any_keys=names).order_by("answered_at", "id") if names else rows.none()


def dealt_with(survey: Survey, *, taken: bool) -> QuerySet[SurveySentence]:
    """Sentences that became needs, or were left aside; newest first."""
    return (
        SurveySentence.objects.filter(response__survey=survey, need__isnull=not taken)
        .select_related("need", "response")
        .defer("need__search", "need__words")
        .order_by("-collected_at", "-id")
    )


@dataclass(frozen=True)
class Alike:
    """Open needs of the ground with their telling words, to be compared with many sentences."""

    rows: list[tuple[Need, set[str]]]

    def to(self, words: str, *, limit: int = 2) -> list[Need]:
        mine = suggest.telling_words(words)
        scored = []
        for need, theirs in self.rows:
            shared = len(mine & theirs)
            if shared > 1 and (score := shared / min(len(mine), len(theirs))) >= 0.4:
                scored.append((-score, -shared, -need.pk, need))
        return [need for *_rest, need in sorted(scored, key=lambda row: row[:3])[:limit]]


def open_needs_near(survey: Survey, person: Person, *, limit: int = 150) -> Alike:
    needs = (
        need_permissions.readable_by(person)
        .filter(territory__path__startswith=survey.territory.path, state__in=Need.OPEN_STATES)
        .only("number", "title", "words")
        .order_by("-submitted_at", "-id")[:limit]
    )
    return Alike([(need, suggest.telling_words(f"{need.title} {need.words}")) for need in needs])


def needs_to_join(numbers: Iterable[str], person: Person) -> dict[str, Need]:
    return {need.number: need for need in need_permissions.readable_by(person).filter(number__in=set(numbers))}


@dataclass(frozen=True)
class Origin:
    """Where a need came from: the survey, and the answer cut at the sentence."""

    survey: Survey
    response: SurveyResponse
    question: str
    before: str
    words: str
    after: str
    sees_survey: bool


def origins_of(need: Need, *, person: Person, limit: int = 5) -> list[Origin]:
    """The sentences of which the need was made; the words around them for those who work on the survey."""
    rows = (
        SurveySentence.objects.filter(need=need)
        .select_related("response__survey__host__territory", "response__survey__territory")
        .order_by("id")[:limit]
    )
    found = []
    for row in rows:
        survey, text = row.response.survey, str(row.response.answers.get(row.question, ""))
        question = form.question_of(survey.definition, row.question) or {}
        sees = permissions.works_on(person, survey)
        before, after = (text[: row.start], text[row.end :]) if sees else ("", "")
        before, words, after = (suggest.without_phones(part) for part in (before, row.words, after))
        found.append(Origin(survey, row.response, form.words_of(question), before, words, after, sees))
    return found


def title_of_origin(need: Need) -> str:
    """The survey a need came from, by its title: for everybody who may read the need."""
    return (
        SurveySentence.objects.filter(need=need)
        .exclude(response__survey__state=State.DRAFT)
        .values_list("response__survey__title", flat=True)
        .order_by("id")
        .first()
        or ""
    )


def copyable(person: Person) -> QuerySet[Survey]:
    """Earlier surveys that can be copied: those of one's work, and those that anybody could read."""
    return permissions.readable_by(person).select_related("host").defer("definition").order_by("-created_at", "-id")


def is_answered(survey: Survey) -> bool:
    return bool(Survey.objects.filter(Exists(SurveyResponse.objects.filter(survey=OuterRef("pk"))), pk=survey.pk).exists())
