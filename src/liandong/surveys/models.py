"""Survey rounds: whom we ask, what, who answered, and the sentences of an answer that became needs."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.needs.models import Need, Segment
from liandong.organizations.models import Organization, Territory


def new_survey_number() -> str:
    return "Q" + ids.short_code(5)


class Survey(models.Model):
    """One round of asking: the same questions to everybody, open for a while. `definition` is described in `definition.py`; `version` counts its changes."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("survey", "Draft")
        OPEN = "open", pgettext_lazy("survey", "Open")
        CLOSED = "closed", pgettext_lazy("survey", "Closed")

    TRANSITIONS = {"draft": ("open",), "open": ("closed",), "closed": ("open",)}

    number = models.CharField(max_length=12, unique=True, default=new_survey_number, editable=False)
    title = models.CharField(max_length=80)
    intro = models.TextField(blank=True)
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    opens_date = models.DateField(null=True, blank=True)
    closes_date = models.DateField(null=True, blank=True)
    is_anonymous = models.BooleanField(default=True)
    definition = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    collect_total = models.PositiveIntegerField(default=0)
    collect_done = models.PositiveIntegerField(default=0)
    collect_public = models.BooleanField(default=True)
    collect_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    collect_started_at = models.DateTimeField(null=True, blank=True)
    collect_finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-created_at"], name="surveys_survey_state")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="surveys_survey_has_title"),
            models.CheckConstraint(
                condition=models.Q(opens_date__isnull=True) | models.Q(closes_date__isnull=True) | models.Q(opens_date__lte=models.F("closes_date")),
                name="surveys_survey_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ended_at(self) -> dt.datetime | None:
        """From when on answers are late: the moment it was closed, or the end of its last day."""
        if self.state == self.State.CLOSED:
            return self.closed_at
        if self.closes_date is not None and self.closes_date < clock.today():
            return clock.day_bounds(self.closes_date)[1]
        return None

    @property
    def takes_answers(self) -> bool:
        return self.state == self.State.OPEN and self.ended_at is None and (self.opens_date is None or self.opens_date <= clock.today())

    @property
    def is_collecting(self) -> bool:
        return self.collect_started_at is not None and self.collect_finished_at is None


class SurveyTarget(models.Model):
    """How many answers are wanted of a group, and how many people or firms the group has."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="targets")
    segment = models.CharField(max_length=12, choices=Segment.choices)
    wanted_count = models.PositiveIntegerField(default=0)
    population_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "segment"], name="surveys_target_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.segment}"


class SurveyResponse(models.Model):
    """What one person or firm answered. Never changed. An anonymous survey keeps nobody's name, account or address."""

    class Channel(models.TextChoices):
        LINK = "link", pgettext_lazy("survey channel", "Link")
        PAPER = "paper", pgettext_lazy("survey channel", "Paper")
        PROXY = "proxy", pgettext_lazy("survey channel", "Asked in person")

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses")
    definition_version = models.PositiveIntegerField(default=1)
    answers = models.JSONField(default=dict)
    segment = models.CharField(max_length=12, choices=Segment.choices, blank=True)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.LINK)
    paper_number = models.PositiveIntegerField(null=True, blank=True)
    asked_name = models.CharField(max_length=50, blank=True)
    has_consent = models.BooleanField(default=False)
    entered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    respondent = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    key = models.UUIDField(unique=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["survey", "answered_at"], name="surveys_response_survey")]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "paper_number"], condition=models.Q(paper_number__isnull=False), name="surveys_response_paper_number"
            ),
            models.CheckConstraint(
                condition=models.Q(channel="paper", paper_number__isnull=False) | (~models.Q(channel="paper") & models.Q(paper_number__isnull=True)),
                name="surveys_response_paper",
            ),
            models.CheckConstraint(condition=~models.Q(channel="proxy") | models.Q(has_consent=True), name="surveys_response_consent"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.pk}"


class SurveySentence(models.Model):
    """A sentence of an answer that somebody has looked at: it became a need, joined one, or was left aside (no need).

    `words` is what stands in the answer to `question` from `start` to `end`.
    """

    response = models.ForeignKey(SurveyResponse, on_delete=models.PROTECT, related_name="sentences")
    question = models.CharField(max_length=60)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    words = models.TextField()
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    collected_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    collected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question", "start"], name="surveys_sentence_once"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="surveys_sentence_range"),
        ]

    def __str__(self) -> str:
        return self.words[:30]
