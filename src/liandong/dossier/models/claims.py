"""What a person asks a body to write into their dossier, with proof."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.dossier.models.entries import HonourEntry, TrainingEntry
from liandong.organizations.models import Organization


class DossierClaim(models.Model):
    """A training or an honour that the person proves; a body checks it, then it becomes a line of the dossier or is refused with words."""

    class Kind(models.TextChoices):
        TRAINING = "training", pgettext_lazy("dossier", "Training")
        HONOUR = "honour", pgettext_lazy("dossier", "Honour")

    class State(models.TextChoices):
        OPEN = "open", _("Being checked")
        ACCEPTED = "accepted", _("Written into the dossier")
        REFUSED = "refused", _("Not accepted")
        WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Taken back")

    TRANSITIONS = {"open": ("accepted", "refused", "withdrawn"), "accepted": (), "refused": (), "withdrawn": ()}

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    content = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    giver_name = models.CharField(max_length=100)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    is_government = models.BooleanField(default=False)
    proof = models.FileField(upload_to="dossier/", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    claimed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    training = models.OneToOneField(TrainingEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="claim")
    honour = models.OneToOneField(HonourEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="claim")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "withdrawn"]) | models.Q(answered_at__isnull=False), name="dossier_claim_answered"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(training__isnull=False) | models.Q(honour__isnull=False),
                name="dossier_claim_has_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_due_at"], condition=models.Q(state="open"), name="dossier_claim_due"),
            models.Index(fields=["person", "-claimed_at"], name="dossier_claim_person"),
        ]

    def __str__(self) -> str:
        return self.name
