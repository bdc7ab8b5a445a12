"""What was granted, with what it stands on."""

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.honours.models.awards import EXACTLY_ONE, Award, Nomination, Subject
from liandong.organizations.models import Organization


def new_honour_code() -> str:
    return ids.short_code(12)


class Honour(Subject):
    """An honour 荣誉 as it was granted: whose, by whom, for what; anyone can check it by its code. It can be withdrawn by two, with a note that all read."""

    class State(models.TextChoices):
        VALID = "valid", pgettext_lazy("honour", "Valid")
        WITHDRAWN = "withdrawn", pgettext_lazy("honour", "Withdrawn")

    TRANSITIONS = {"valid": ("withdrawn",), "withdrawn": ()}

    code = models.CharField(max_length=14, unique=True, default=new_honour_code, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="honours")
    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="honour")
    title = models.CharField(max_length=60)
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(max_length=1_000)
    evidence = models.JSONField(default=dict)
    granted_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE, name="honours_honour_whom"),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn")
                | (
                    models.Q(ended_at__isnull=False)
                    & ~models.Q(reason="")
                    & (models.Q(asked_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")))
                ),
                name="honours_honour_withdrawn_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-granted_on"], name="honours_honour_person"),
            models.Index(fields=["-granted_on", "-id"], name="honours_honour_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.code}"
