"""The points ledger: rules by version, accounts, transfers of two or more entries. Append-only."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.organizations.models import Organization


class PointsRule(models.Model):
    """A version of the local rule: how minutes become points. A record keeps the version it was made under."""

    version = models.PositiveIntegerField(unique=True)
    points_per_hour = models.PositiveIntegerField(default=2)
    activity_cap_minutes = models.PositiveIntegerField(default=480)
    source = models.CharField(max_length=200, blank=True)
    from_date = models.DateField()

    def __str__(self) -> str:
        return f"v{self.version}"


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
            models.CheckConstraint(condition=models.Q(floor__isnull=True) | models.Q(balance__gte=models.F("floor")), name="points_account_floor"),
            models.UniqueConstraint(fields=["kind", "organization"], condition=models.Q(organization__isnull=False), name="points_account_pool"),
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="issue"), name="points_account_one_issue"),
            models.CheckConstraint(
                condition=models.Q(kind="person", person__isnull=False)
                | models.Q(kind="pool", organization__isnull=False)
                | models.Q(kind="issue", floor__isnull=True),
                name="points_account_owner",
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
    words = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

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
            models.CheckConstraint(condition=~models.Q(amount=0), name="points_entry_moves"),
            models.UniqueConstraint(fields=["transfer", "account"], name="points_entry_once"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="points_entry_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+d}"
