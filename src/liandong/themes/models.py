"""Common needs: themes found in what people ask for, and what people decided about them."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.needs.models import Need, Segment
from liandong.organizations.models import Territory

UNDO_MINUTES = 10


def new_theme_number() -> str:
    return "T" + ids.short_code(7)


class Hand(models.TextChoices):
    """Who put something where it is. What a person did, the next run leaves alone."""

    PERSON = "person", pgettext_lazy("who decided", "A person")
    MACHINE = "machine", pgettext_lazy("who decided", "The calculation")


class MiningRun(models.Model):
    """One calculation of all themes. The last finished one keeps what is needed to place new needs at once."""

    class State(models.TextChoices):
        WORKING = "working", pgettext_lazy("calculation", "Working")
        DONE = "done", pgettext_lazy("calculation", "Finished")
        FAILED = "failed", pgettext_lazy("calculation", "Failed")

    state = models.CharField(max_length=8, choices=State.choices, default=State.WORKING)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    share = models.FloatField(default=0)
    seconds = models.FloatField(default=0)
    need_count = models.PositiveIntegerField(default=0)
    theme_count = models.PositiveIntegerField(default=0)
    loose_count = models.PositiveIntegerField(default=0)
    found_count = models.PositiveIntegerField(default=0)
    ended_count = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=80, blank=True)
    index = models.BinaryField(null=True, editable=False)
    index_themes = models.JSONField(default=list, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state"], condition=models.Q(state="working"), name="themes_one_run_at_a_time")]
        indexes = [models.Index(fields=["state", "-id"], name="themes_run_state")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.state}"

    @property
    def is_working(self) -> bool:
        return self.state == self.State.WORKING


class Theme(models.Model):
    """Needs that are about one matter. Its number and page stay while runs come and go; `merged_into` leads on from one that has ended."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("theme", "Active")
        MERGED = "merged", pgettext_lazy("theme", "Joined with another")
        ENDED = "ended", pgettext_lazy("theme", "Ended")

    number = models.CharField(max_length=12, unique=True, default=new_theme_number, editable=False)
    label = models.CharField(max_length=80)
    label_by = models.CharField(max_length=8, choices=Hand.choices, default=Hand.MACHINE)
    phrases = models.JSONField(default=list)
    stability = models.FloatField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    split_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_locked = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    run = models.ForeignKey(MiningRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state"], name="themes_theme_state")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False), name="themes_theme_merged_somewhere"),
            models.CheckConstraint(condition=~models.Q(label=""), name="themes_theme_has_label"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class ThemeMember(models.Model):
    """Where a need belongs now: one theme at most. Without a theme, a person has said that it belongs to none."""

    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="+")
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    degree = models.FloatField(default=1)
    placed_by = models.CharField(max_length=8, choices=Hand.choices, default=Hand.MACHINE)
    placed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["theme", "-degree"], name="themes_member_theme")]
        constraints = [
            models.CheckConstraint(condition=models.Q(theme__isnull=False) | models.Q(placed_by="person"), name="themes_member_loose_by_person"),
            models.CheckConstraint(condition=models.Q(degree__gte=0, degree__lte=1), name="themes_member_degree"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.theme_id}"


class ThemeStep(models.Model):
    """One step in the life of a theme: where it came from and what was decided. `before` holds what an undo puts back."""

    class Kind(models.TextChoices):
        FOUND = "found", pgettext_lazy("step of a theme", "Found")
        MERGED = "merged", pgettext_lazy("step of a theme", "Joined")
        SPLIT = "split", pgettext_lazy("step of a theme", "Split")
        MOVED = "moved", pgettext_lazy("step of a theme", "Moved")
        RENAMED = "renamed", pgettext_lazy("step of a theme", "Renamed")
        LOCKED = "locked", pgettext_lazy("step of a theme", "Locked")
        UNLOCKED = "unlocked", pgettext_lazy("step of a theme", "Unlocked")
        CARRIED = "carried", pgettext_lazy("step of a theme", "Took over")
        ENDED = "ended", pgettext_lazy("step of a theme", "Ended")
        UNDONE = "undone", pgettext_lazy("step of a theme", "Undone")

    DECISIONS = ("merged", "split", "moved", "renamed", "locked", "unlocked")

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    other = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    need_count = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=80, blank=True)
    before = models.JSONField(default=dict, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["theme", "-id"], name="themes_step_theme"), models.Index(fields=["other"], name="themes_step_other")]

    def __str__(self) -> str:
        return f"{self.theme} {self.kind}"

    @property
    def can_still_be_undone(self) -> bool:
        return self.undone_at is None and bool(self.before) and clock.now() - self.at < dt.timedelta(minutes=UNDO_MINUTES)


class SegmentPopulation(models.Model):
    """How many people of a segment live or work in a place, as far as the hub knows: the measure of who speaks too little."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=12, choices=Segment.choices)
    people = models.PositiveIntegerField()
    source = models.CharField(max_length=80, blank=True)
    as_of_date = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "segment"], name="themes_population_once")]

    def __str__(self) -> str:
        return f"{self.territory} {self.segment} {self.people}"


class ServicePackage(models.Model):
    """What the hub offers to one segment as a whole, and which themes it answers."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=12, choices=Segment.choices)
    title = models.CharField(max_length=60)
    summary = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    themes = models.ManyToManyField(Theme, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    top_then = models.JSONField(default=list, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(title=""), name="themes_package_has_title")]
        indexes = [models.Index(fields=["territory", "segment"], name="themes_package_place")]

    def __str__(self) -> str:
        return self.title
