"""Certificates for a whole body at once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.organizations.models import Organization
from liandong.recognition.models.certificates import Certificate


def new_batch_token() -> str:
    return ids.short_code(16)


class CertificateBatch(models.Model):
    """Certificates for everybody whose service one body recorded, made by a job and taken away as one file."""

    class State(models.TextChoices):
        WORKING = "working", _("Being made")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped by an error")
        FORGOTTEN = "forgotten", _("File deleted")

    TRANSITIONS = {"working": ("done", "failed"), "failed": ("working",), "done": ("forgotten",), "forgotten": ()}

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WORKING)
    token = models.CharField(max_length=16, unique=True, default=new_batch_token, editable=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=100, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "certificate batches"
        constraints = [
            models.CheckConstraint(condition=models.Q(done__lte=models.F("total")), name="recognition_batch_done"),
            models.UniqueConstraint(fields=["organization"], condition=models.Q(state="working"), name="recognition_batch_one_working"),
        ]

    def __str__(self) -> str:
        return self.token


class CertificateBatchItem(models.Model):
    """One volunteer of a batch: the certificate once it is issued, the moment its page lay in the folder."""

    batch = models.ForeignKey(CertificateBatch, on_delete=models.CASCADE, related_name="items")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(max_length=200, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "person"], name="recognition_batch_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.person}"
