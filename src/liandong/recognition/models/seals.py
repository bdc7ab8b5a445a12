"""The e-seal that a body has had registered. Liandong keeps its picture; it never draws one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.organizations.models import Organization


class RegisteredSeal(models.Model):
    """A seal made and registered elsewhere (under the law on electronic signatures): picture, registration number, certificate chain. In use after a second person agreed."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("No longer used")
        REFUSED = "refused", _("Not approved")

    TRANSITIONS = {"proposed": ("active", "refused"), "active": ("retired",), "retired": (), "refused": ()}

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    authority = models.CharField(max_length=100)
    chain = models.TextField(blank=True)
    expires_on = models.DateField(null=True, blank=True)
    picture = models.BinaryField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=models.Q(state="active"), name="recognition_seal_one_active"),
            models.UniqueConstraint(fields=["organization"], condition=models.Q(state="proposed"), name="recognition_seal_one_proposed"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | models.Q(proposed_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="recognition_seal_two_people",
            ),
            models.CheckConstraint(condition=~models.Q(number="") & ~models.Q(authority=""), name="recognition_seal_registered"),
        ]

    def __str__(self) -> str:
        return self.name
