"""Volunteers: what they can do, when they can, and the teams they stand in."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core.pinyin import pinyin_of
from liandong.organizations.models import Organization, Territory


class Skill(models.Model):
    """A skill in the town's own list."""

    name = models.CharField(max_length=30, unique=True)

    def __str__(self) -> str:
        return self.name


class VolunteerProfile(models.Model):
    """A person as a volunteer."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("volunteer", "Active")
        PAUSED = "paused", _("Taking a break")
        LEFT = "left", pgettext_lazy("volunteer", "Left")

    class Slot(models.TextChoices):
        WEEKDAY_MORNING = "wd_am", _("Weekday mornings")
        WEEKDAY_NOON = "wd_noon", _("Weekday noons")
        WEEKDAY_AFTERNOON = "wd_pm", _("Weekday afternoons")
        WEEKDAY_EVENING = "wd_eve", _("Weekday evenings")
        SATURDAY_MORNING = "sat_am", _("Saturday mornings")
        SATURDAY_AFTERNOON = "sat_pm", _("Saturday afternoons")
        SUNDAY_MORNING = "sun_am", _("Sunday mornings")
        SUNDAY_AFTERNOON = "sun_pm", _("Sunday afternoons")
        WEEKEND_EVENING = "we_eve", _("Weekend evenings")
        HOLIDAY = "holiday", _("Public holidays")

    TRANSITIONS = {"active": ("paused", "left"), "paused": ("active", "left"), "left": ("active",)}

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    residence = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    political_status = models.CharField(max_length=20, blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    availability = models.JSONField(default=list, blank=True)
    availability_note = models.CharField(max_length=100, blank=True)
    intro = models.CharField(max_length=300, blank=True)
    brought_minutes = models.PositiveIntegerField(default=0)
    brought_source = models.CharField(max_length=200, blank=True)
    registered_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["residence", "state"], name="volunteers_residence")]

    def __str__(self) -> str:
        return str(self.person)


class Team(models.Model):
    """A volunteer team with a leader, kept by a body or by the hub."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("team", "Active")
        RESTING = "resting", _("Resting")
        CLOSED = "closed", _("Closed")

    TRANSITIONS = {"active": ("resting", "closed"), "resting": ("active", "closed"), "closed": ()}

    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=300, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    intro = models.TextField(blank=True)
    founded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="volunteers_team_name")]
        indexes = [models.Index(fields=["pinyin"], name="volunteers_team_pinyin", opclasses=["text_pattern_ops"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_of(self.name)[:300]
        super().save(*args, **kwargs)


class TeamMembership(models.Model):
    """A person in a team, for a time."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], condition=models.Q(to_date__isnull=True), name="volunteers_team_membership_once")
        ]
        indexes = [models.Index(fields=["person", "to_date"], name="volunteers_membership_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.team}"
