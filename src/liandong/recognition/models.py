"""What service is worth: records by law, points, certificates. Append-only where it counts."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift, SignUp
from liandong.core import ids
from liandong.needs.models import Category
from liandong.organizations.models import Organization, Territory


def new_record_number() -> str:
    return "R" + ids.short_code(9)


def new_certificate_code() -> str:
    return ids.short_code(12)


class RecognitionRule(models.Model):
    """A version of the local rule: how minutes become points and stars. A record keeps the version it was made under."""

    version = models.PositiveIntegerField(unique=True)
    points_per_hour = models.PositiveIntegerField(default=2)
    activity_cap_minutes = models.PositiveIntegerField(default=480)
    star_hours = models.JSONField(default=list)
    source = models.CharField(max_length=200, blank=True)
    from_date = models.DateField()

    def __str__(self) -> str:
        return f"v{self.version}"


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    def current(self) -> "ServiceRecordQuerySet":
        """The last word on each service: records that no other record corrects."""
        corrected = self.model._default_manager.filter(corrects__isnull=False).values("corrects")
        return self.exclude(pk__in=corrected)  # a short list, looked up once: an outer join would cost a hash of the whole table

    def counting(self) -> "ServiceRecordQuerySet":
        """The records whose minutes count: the last word on each service, unless it was withdrawn."""
        return self.current().filter(minutes__gt=0)


class ServiceRecord(models.Model):
    """One volunteer's service in one shift, with the fields that Order 67 article 7 asks for. Append-only: a correction is a new record that names the old one.

    A record counts when no other record corrects it. A withdrawal is a correction with 0 minutes.
    """

    number = models.CharField(max_length=12, unique=True, default=new_record_number, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    sign_up = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="+")
    activity_name = models.CharField(max_length=80)
    service_date = models.DateField()
    place = models.CharField(max_length=200)
    content = models.CharField(max_length=200)
    category = models.CharField(max_length=12, choices=Category.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    organizer_name = models.CharField(max_length=100)
    leader_name = models.CharField(max_length=50, blank=True)
    method = models.CharField(max_length=30)
    rule = models.ForeignKey(RecognitionRule, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction")
    reason = models.CharField(max_length=200, blank=True)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_up"], condition=models.Q(corrects__isnull=True), name="recognition_record_once"),
            models.CheckConstraint(condition=models.Q(corrects__isnull=True) | ~models.Q(reason=""), name="recognition_record_correction_has_reason"),
            models.CheckConstraint(condition=models.Q(minutes__lte=1440), name="recognition_record_minutes"),
            models.CheckConstraint(condition=models.Q(ends_at__gte=models.F("starts_at")), name="recognition_record_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["person", "-service_date"], name="recognition_record_person"),
            models.Index(fields=["organization", "-service_date"], name="recognition_record_org"),
            models.Index(fields=["service_date"], include=["minutes", "person", "territory"], name="recognition_record_date"),
            models.Index(fields=["activity"], name="recognition_record_activity"),
        ]

    def __str__(self) -> str:
        return self.number


class PointsAccount(models.Model):
    """An account of the points ledger. `balance` always equals the sum of its entries; it may not fall below `floor`."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("Issued for service")
        PERSON = "person", _("A person's points")
        POOL = "pool", _("Points given by a body")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    balance = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True, blank=True, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(floor__isnull=True) | models.Q(balance__gte=models.F("floor")), name="recognition_account_floor"
            ),
            models.UniqueConstraint(fields=["kind", "organization"], condition=models.Q(organization__isnull=False), name="recognition_account_pool"),
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="issue"), name="recognition_account_one_issue"),
            models.CheckConstraint(
                condition=models.Q(kind="person", person__isnull=False)
                | models.Q(kind="pool", organization__isnull=False)
                | models.Q(kind="issue", floor__isnull=True),
                name="recognition_account_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person or self.organization or ''}"


class PointsTransfer(models.Model):
    """Points moving between accounts. The caller chooses the id: the same id again has no second effect. Append-only."""

    class Kind(models.TextChoices):
        AWARD = "award", _("For service")
        CORRECTION = "correction", _("Correction")
        SPEND = "spend", _("Exchanged for a service")
        GIFT = "gift", _("Given")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record = models.OneToOneField(ServiceRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="transfer")
    words = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(kind="award") | models.Q(record__isnull=False), name="recognition_award_has_record")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class PointsEntry(models.Model):
    """One side of a transfer. The entries of a transfer sum to zero, checked by the database when the transaction commits. Append-only."""

    transfer = models.ForeignKey(PointsTransfer, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "points entries"
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="recognition_entry_moves"),
            models.UniqueConstraint(fields=["transfer", "account"], name="recognition_entry_once"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="recognition_entry_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+d}"


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


class RecordAppeal(models.Model):
    """A volunteer says that a record is not right (Order 67 article 13). It carries an answer clock; the answer is a corrected record or words."""

    class State(models.TextChoices):
        OPEN = "open", _("Being looked into")
        CORRECTED = "corrected", _("Record corrected")
        KEPT = "kept", _("Record stands")

    TRANSITIONS = {"open": ("corrected", "kept"), "corrected": (), "kept": ()}

    record = models.ForeignKey(ServiceRecord, on_delete=models.PROTECT, related_name="appeals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    appealed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=models.Q(state="open"), name="recognition_appeal_one_open"),
            models.CheckConstraint(condition=~models.Q(words=""), name="recognition_appeal_has_words"),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(answered_at__isnull=False), name="recognition_appeal_answered"),
        ]
        indexes = [models.Index(fields=["answer_due_at"], condition=models.Q(state="open"), name="recognition_appeal_due")]

    def __str__(self) -> str:
        return self.words[:30]
