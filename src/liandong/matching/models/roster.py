"""Rosters: who serves where and when in an activity, what is missing, and who said yes."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift

SILENT_FOR = dt.timedelta(minutes=3)


class Roster(models.Model):
    """One plan for an activity; several stand side by side until one is published. What was calculated is kept as codes and numbers, `matching.words` says it."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("roster", "Draft")
        SOLVING = "solving", pgettext_lazy("roster", "Being calculated")
        READY = "ready", pgettext_lazy("roster", "Ready")
        PUBLISHED = "published", pgettext_lazy("roster", "Published")
        WITHDRAWN = "withdrawn", pgettext_lazy("roster", "Withdrawn")

    TRANSITIONS = {
        "draft": ("solving", "ready", "published", "withdrawn"),
        "solving": ("ready", "draft"),
        "ready": ("solving", "published", "withdrawn"),
        "published": ("withdrawn",),
        "withdrawn": (),
    }
    OPEN_STATES = ("draft", "solving", "ready", "published")

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    copied_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    weekly_minutes = models.PositiveIntegerField()
    rule_version = models.PositiveSmallIntegerField()
    skills = models.JSONField(default=dict)  # position name -> names of the skills it asks for
    required = models.PositiveIntegerField(default=0)
    covered = models.PositiveIntegerField(default=0)
    wishes = models.PositiveIntegerField(default=0)
    wishes_met = models.PositiveIntegerField(default=0)
    spread_minutes = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(null=True, blank=True)
    tiers = models.JSONField(default=list)  # [{name, value, bound, unit}] of the last calculation
    is_proven = models.BooleanField(default=False)
    seconds = models.FloatField(default=0)
    unmet = models.JSONField(default=list)
    helps = models.JSONField(default=list)
    failure = models.JSONField(default=list)  # why it could not be calculated: [{code, values}]
    solve_asked_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    is_stop_asked = models.BooleanField(default=False)
    solved_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "name"], condition=~models.Q(state="withdrawn"), name="matching_roster_name"),
            models.UniqueConstraint(fields=["activity"], condition=models.Q(state="published"), name="matching_roster_published_once"),
        ]
        indexes = [
            models.Index(fields=["activity", "state"], name="matching_roster_activity"),
            models.Index(fields=["-saved_at", "-id"], name="matching_roster_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.name}"

    @property
    def is_solving(self) -> bool:
        return self.state == self.State.SOLVING

    @property
    def is_open(self) -> bool:
        """May still be changed."""
        return self.state in (self.State.DRAFT, self.State.READY, self.State.PUBLISHED)

    @property
    def open_tier(self) -> dict[str, Any] | None:
        """The first aim without proof."""
        return next((tier for tier in self.tiers if tier["bound"] is None or tier["value"] - tier["bound"] >= tier["unit"] * 0.999), None)

    @property
    def missing(self) -> int:
        return self.required - self.covered


class RosterCandidate(models.Model):
    """Somebody who may be placed, with the shifts they would like and those they cannot come to, as known when the plan was made or said since."""

    class Source(models.TextChoices):
        TEAM = "team", pgettext_lazy("candidate", "In the team")
        EARLIER = "earlier", pgettext_lazy("candidate", "Came before")
        SIGNED_UP = "signed_up", pgettext_lazy("candidate", "Signed up")
        SKILL = "skill", pgettext_lazy("candidate", "Has the skill")
        ADDED = "added", pgettext_lazy("candidate", "Added by hand")

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="candidates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    skills = models.JSONField(default=list)
    wishes = models.JSONField(default=list)  # shift ids
    unavailable = models.JSONField(default=list)  # shift ids
    past_minutes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "person"], name="matching_candidate_once")]
        indexes = [models.Index(fields=["person"], name="matching_candidate_person")]

    def __str__(self) -> str:
        return f"{self.roster} {self.person}"


class RosterLine(models.Model):
    """One person at one position of one shift, who decided it, why, and what the person said. A declined line stays, and nobody is shown it as a mark."""

    class Hand(models.TextChoices):
        PERSON = "person", pgettext_lazy("who decided", "A person")
        MACHINE = "machine", pgettext_lazy("who decided", "The calculation")

    class Answer(models.TextChoices):
        OPEN = "open", pgettext_lazy("roster line", "Not answered yet")
        ACCEPTED = "accepted", pgettext_lazy("roster line", "Coming")
        DECLINED = "declined", pgettext_lazy("roster line", "Cannot come")

    TRANSITIONS = {"open": ("accepted", "declined"), "accepted": ("declined",), "declined": ()}

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    is_locked = models.BooleanField(default=False)
    placed_how = models.CharField(max_length=8, choices=Hand.choices, default=Hand.MACHINE)
    placed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    allowed_reason = models.CharField(max_length=200, blank=True)
    reasons = models.JSONField(default=list)
    asked_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.OPEN)
    answer_words = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    substitutes = models.JSONField(default=list)  # [{add: [person, shift, position]} | {drop: …}] proposed when somebody declined

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "person", "shift"], condition=~models.Q(answer="declined"), name="matching_line_once"),
        ]
        indexes = [
            models.Index(fields=["roster", "shift"], name="matching_line_roster"),
            models.Index(fields=["person", "answer"], name="matching_line_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.position}"
