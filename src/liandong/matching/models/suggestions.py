"""Suggestions: what somebody does not want to see again, whether what is known about them may be used, and who was asked by name to take a position."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position
from liandong.needs.models import Category
from liandong.organizations.models import Organization


class SuggestionRefusal(models.Model):
    """Somebody does not want this again: one activity (with its series), or, only when they say so, a kind or all of a body. Taken back by deleting the row; the journal keeps both."""

    class What(models.TextChoices):
        ACTIVITY = "activity", pgettext_lazy("not again", "This activity")
        CATEGORY = "category", pgettext_lazy("not again", "This kind")
        ORGANIZATION = "organization", pgettext_lazy("not again", "This organisation")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=12, choices=Category.choices, blank=True)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "what", "activity", "category", "organization"], nulls_distinct=False, name="matching_refusal_once"
            ),
            models.CheckConstraint(
                condition=models.Q(what="activity", activity__isnull=False, category="", organization__isnull=True)
                | models.Q(what="category", activity__isnull=True, organization__isnull=True) & ~models.Q(category="")
                | models.Q(what="organization", activity__isnull=True, category="", organization__isnull=False),
                name="matching_refusal_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.what}"


class SuggestionChoice(models.Model):
    """How somebody wants to be suggested things: with what is known about them or without, and until when nobody may ask them by name."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    is_without_profile = models.BooleanField(default=False)
    quiet_until_date = models.DateField(null=True, blank=True)
    chosen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person"], condition=models.Q(is_without_profile=True), name="matching_choice_without")]

    def __str__(self) -> str:
        return str(self.person)

    def is_quiet_on(self, day: dt.date) -> bool:
        return self.quiet_until_date is not None and day <= self.quiet_until_date


class Invitation(models.Model):
    """Somebody was asked by name to take a position. Yes is the sign-up itself; no is one tap without a reason; no answer is no mark."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["position", "person"], name="matching_invitation_once")]
        indexes = [models.Index(fields=["person", "-invited_at"], name="matching_invitation_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.position}"
