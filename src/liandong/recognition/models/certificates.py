"""The proof of service, the records it counts, what two people decide about it, and the links by which its bearer shows it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.organizations.models import Organization
from liandong.recognition.models.keys import SigningKey
from liandong.recognition.models.records import ServiceRecord
from liandong.recognition.models.seals import RegisteredSeal


def new_certificate_code() -> str:
    return ids.short_code(12)


class Certificate(models.Model):
    """A proof of service 志愿服务记录证明: what it says is kept, anyone can check it by its code."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        SUPERSEDED = "superseded", _("Replaced by a newer one")
        REVOKED = "revoked", _("Revoked")

    TRANSITIONS = {"valid": ("superseded", "revoked"), "superseded": ("revoked",), "revoked": ()}

    class IdShown(models.TextChoices):
        NONE = "none", _("No ID number")
        MASKED = "masked", _("Masked: its first and last four characters")
        FULL = "full", _("The whole number")

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
    holder_number = models.CharField(max_length=12, blank=True)  # kept apart from the person: what was signed must be provable after an erasure
    first_date = models.DateField(null=True, blank=True)
    last_date = models.DateField(null=True, blank=True)
    id_shown = models.CharField(max_length=8, choices=IdShown.choices, default=IdShown.NONE)
    key = models.ForeignKey(SigningKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signature = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-issued_at"], name="recognition_certificate_person"),
            models.Index(fields=["issuer", "id"], condition=~models.Q(state="valid"), name="recognition_certificate_ended"),
        ]

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


class CertificateRequest(models.Model):
    """Somebody asks for a seal on a certificate, or that it be revoked. A second person decides."""

    class Kind(models.TextChoices):
        SEAL = "seal", _("Put the registered e-seal on it")
        REVOKE = "revoke", _("Revoke it")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Not approved")

    TRANSITIONS = {"open": ("approved", "refused"), "approved": (), "refused": ()}

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    seal = models.ForeignKey(RegisteredSeal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "kind"], condition=models.Q(state="open"), name="recognition_request_one_open"),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(decided_at__isnull=False), name="recognition_request_decided"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | models.Q(asked_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
                name="recognition_request_two_people",
            ),
            models.CheckConstraint(condition=models.Q(kind="seal") | ~models.Q(reason=""), name="recognition_request_revoke_has_reason"),
            models.CheckConstraint(
                condition=models.Q(kind="seal", seal__isnull=False) | models.Q(kind="revoke", seal__isnull=True), name="recognition_request_seal"
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(state="open"), name="recognition_request_open")]

    def __str__(self) -> str:
        return f"{self.certificate} {self.kind}"


class SealedPaper(models.Model):
    """The very bytes that carry the e-seal, kept as they were sealed. Deleted only when the bearer is erased."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="sealed_paper")
    seal = models.ForeignKey(RegisteredSeal, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(CertificateRequest, on_delete=models.PROTECT, related_name="+")
    pdf = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signature = models.CharField(max_length=100)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest


def new_share_token() -> str:
    return ids.short_code(20)


class CertificateShare(models.Model):
    """A link by which the bearer shows a part of a certificate, until a day of their choice or until they end it."""

    class Shows(models.TextChoices):
        HOURS = "hours", _("Hours only")
        BODIES = "bodies", _("Hours and who recorded them")
        LIST = "list", _("Hours and every service")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="shares")
    token = models.CharField(max_length=24, unique=True, default=new_share_token, editable=False)
    shows = models.CharField(max_length=8, choices=Shows.choices, default=Shows.HOURS)
    shows_name = models.BooleanField(default=False)
    note = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("made_at")), name="recognition_share_expires_later")]

    def __str__(self) -> str:
        return self.token
