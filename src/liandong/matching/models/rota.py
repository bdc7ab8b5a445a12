"""Rotas: bodies host in turn, each as often as its size says; swaps between two of them, pauses, and what one hands to the next."""

import datetime as dt
from fractions import Fraction

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.organizations.models import Organization, Territory


class Rota(models.Model):
    """What is hosted in turn, over which dates. The rhythm has made the dates once; afterwards the turns are the dates."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("rota", "Draft")
        RUNNING = "running", pgettext_lazy("rota", "Running")
        ENDED = "ended", pgettext_lazy("rota", "Ended")

    class Rhythm(models.TextChoices):
        MONTHLY = "monthly", pgettext_lazy("rota", "Every month")
        WEEKS = "weeks", pgettext_lazy("rota", "Every so many weeks")
        LISTED = "listed", pgettext_lazy("rota", "On dates I write down")

    TRANSITIONS = {"draft": ("running", "ended"), "running": ("ended",), "ended": ()}

    name = models.CharField(max_length=60)
    words = models.CharField(max_length=300, blank=True)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    nth = models.PositiveSmallIntegerField(default=1)  # 1 to 4, 5 the last
    weekday = models.PositiveSmallIntegerField(default=5)  # 0 Monday
    every_weeks = models.PositiveSmallIntegerField(default=4)
    from_date = models.DateField()
    to_date = models.DateField()
    start_time = models.TimeField(default=dt.time(14))
    minutes = models.PositiveSmallIntegerField(default=120)
    place = models.CharField(max_length=200, blank=True)
    needed_words = models.TextField(blank=True)  # a line each
    checklist = models.TextField(blank=True)  # a line each
    made_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(to_date__gte=models.F("from_date")), name="matching_rota_dates")]
        indexes = [
            models.Index(fields=["territory", "state"], name="matching_rota_territory"),
            models.Index(fields=["-made_at", "-id"], name="matching_rota_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state != self.State.ENDED


class RotaHost(models.Model):
    """A body that takes turns: how much it can carry, when it cannot, and what it is owed from the year before."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="hosts")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveSmallIntegerField(default=1)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    blocked_dates = models.JSONField(default=list)  # ISO dates it has said it cannot
    paused_from_date = models.DateField(null=True, blank=True)
    paused_to_date = models.DateField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    pause_asked_from_date = models.DateField(null=True, blank=True)
    pause_asked_to_date = models.DateField(null=True, blank=True)
    pause_asked_words = models.CharField(max_length=200, blank=True)
    pause_asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pause_asked_at = models.DateTimeField(null=True, blank=True)
    owed_turns = models.DecimalField(max_digits=8, decimal_places=4, default=0)
    contact = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rota", "organization"], name="matching_rota_host_once"),
            models.CheckConstraint(condition=models.Q(size__gte=1), name="matching_rota_host_size"),
        ]
        indexes = [models.Index(fields=["organization"], name="matching_rota_host_body")]

    def __str__(self) -> str:
        return f"{self.rota} {self.organization}"

    @property
    def key(self) -> str:
        return f"{self.pk:012}"

    @property
    def owed(self) -> Fraction:
        return Fraction(self.owed_turns)

    def is_in(self, day: dt.date) -> bool:
        """Takes part on this day, paused or not."""
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)

    def is_paused_on(self, day: dt.date) -> bool:
        return self.paused_from_date is not None and self.paused_to_date is not None and self.paused_from_date <= day <= self.paused_to_date

    def can_on(self, day: dt.date) -> bool:
        return self.is_in(day) and not self.is_paused_on(day) and day.isoformat() not in self.blocked_dates

    @property
    def has_ended(self) -> bool:
        return self.to_date is not None and self.to_date < clock.today()


class Turn(models.Model):
    """One date: whose turn it is, whether they have said yes, and what they tell the next."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("turn", "Planned")
        AGREED = "agreed", pgettext_lazy("turn", "Agreed")
        HELD = "held", pgettext_lazy("turn", "Held")
        MISSED = "missed", pgettext_lazy("turn", "Did not take place")

    TRANSITIONS = {"planned": ("agreed", "held", "missed"), "agreed": ("planned", "held", "missed"), "held": (), "missed": ()}

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="turns")
    turn_date = models.DateField()
    host = models.ForeignKey(RotaHost, null=True, blank=True, on_delete=models.PROTECT, related_name="turns")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(blank=True)  # for the next host
    notes_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    missed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rota", "turn_date"], name="matching_turn_once"),
            models.CheckConstraint(condition=models.Q(host__isnull=False) | ~models.Q(state__in=["agreed", "held"]), name="matching_turn_has_host"),
        ]
        indexes = [
            models.Index(fields=["host", "turn_date"], name="matching_turn_host"),
            models.Index(fields=["turn_date"], condition=models.Q(state__in=["planned", "agreed"]), name="matching_turn_open"),
        ]

    def __str__(self) -> str:
        return f"{self.rota} {self.turn_date}"

    @property
    def is_waiting(self) -> bool:
        """Neither held nor lost yet."""
        return self.state in (self.State.PLANNED, self.State.AGREED)


class TurnSwap(models.Model):
    """One host asks another to exchange dates. Nothing changes before the other side has said yes."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("swap", "Asked")
        AGREED = "agreed", pgettext_lazy("swap", "Agreed")
        DECLINED = "declined", pgettext_lazy("swap", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("swap", "Withdrawn")
        LAPSED = "lapsed", pgettext_lazy("swap", "No longer possible")

    TRANSITIONS = {"asked": ("agreed", "declined", "withdrawn", "lapsed"), "agreed": (), "declined": (), "withdrawn": (), "lapsed": ()}

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="swaps_asked")
    other = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="swaps_wanted")
    asking = models.ForeignKey(RotaHost, on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(RotaHost, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    words = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_words = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn"], condition=models.Q(state="asked"), name="matching_swap_once"),
            models.CheckConstraint(condition=~models.Q(turn=models.F("other")), name="matching_swap_two_turns"),
        ]
        indexes = [
            models.Index(fields=["asked", "state"], name="matching_swap_asked"),
            models.Index(fields=["other"], condition=models.Q(state="asked"), name="matching_swap_wanted"),
        ]

    def __str__(self) -> str:
        return f"{self.turn} / {self.other}"
