"""转移接续: a volunteer moves from one body to another; the records stay where they were written and with the person."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.organizations.models import Membership, Organization


class Transfer(models.Model):
    """Three say yes: the body that lets go, the body that takes over, and the person. Then the membership moves."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a yes")
        DONE = "done", pgettext_lazy("transfer", "Moved")
        REFUSED = "refused", pgettext_lazy("transfer", "Refused")

    TRANSITIONS = {"open": ("done", "refused"), "done": (), "refused": ()}

    batch = models.UUIDField(default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    from_organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    to_organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Membership.Kind.choices)
    words = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    from_agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_agreed_at = models.DateTimeField(null=True, blank=True)
    to_agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_agreed_at = models.DateTimeField(null=True, blank=True)
    person_agreed_at = models.DateTimeField(null=True, blank=True)
    paper = models.CharField(max_length=100, blank=True)  # where the signed yes of somebody without account lies
    paper_noted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "from_organization", "kind"], condition=models.Q(state="open"), name="dossier_transfer_one_open"
            ),
            models.CheckConstraint(condition=~models.Q(from_organization=models.F("to_organization")), name="dossier_transfer_moves"),
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(from_agreed_at__isnull=False, to_agreed_at__isnull=False, person_agreed_at__isnull=False),
                name="dossier_transfer_three_yes",
            ),
            models.CheckConstraint(
                condition=models.Q(paper_noted_by__isnull=True) | ~models.Q(paper="") & ~models.Q(paper_noted_by=models.F("asked_by")),
                name="dossier_transfer_paper_two_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["from_organization", "state"], name="dossier_transfer_from"),
            models.Index(fields=["to_organization", "state"], name="dossier_transfer_to"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.state}"
