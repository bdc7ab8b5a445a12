"""The proof of service and the records it counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.organizations.models import Organization
from liandong.recognition.models.records import ServiceRecord


def new_certificate_code() -> str:
    return ids.short_code(12)


class Certificate(models.Model):
    """A proof of service 志愿服务记录证明: what it says is kept, anyone can check it by its code."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        SUPERSEDED = "superseded", _("Replaced by a newer one")
        REVOKED = "revoked", _("Revoked")

    TRANSITIONS = {"valid": ("superseded", "revoked"), "superseded": ("revoked",), "revoked": ()}

    code = models.CharField(max_length=14, unique=True, default=new_certificate_code, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)
    minutes = models.PositiveIntegerField()
    record_count = models.PositiveIntegerField()
    person_name = models.CharField(max_length=50, blank=True)
    in_charge_name = models.CharField(max_length=50, blank=True)
    handler_name = models.CharField(max_length=50, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.VALID)
    state_reason = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-issued_at"], name="recognition_certificate_person")]

    def __str__(self) -> str:
        return self.code


class CertificateLine(models.Model):
    """A record that a certificate counts. Append-only."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="lines")
    record = models.ForeignKey(ServiceRecord, on_delete=models.PROTECT, related_name="certificate_lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "record"], name="recognition_certificate_line_once")]

    def __str__(self) -> str:
        return f"{self.certificate} {self.record}"
