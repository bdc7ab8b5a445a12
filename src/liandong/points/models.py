"""The points ledger: rules by version, accounts, transfers of two or more entries (append-only), what is kept back for a while, and settling between bodies."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.organizations.models import Organization, Territory


class PointsRule(models.Model):
    """A version of the local rule: how minutes become points and what points may do. A record and a balance keep the version they were made under.

    The nearest place with a rule in force holds; without a place it holds everywhere. Shares are percents of the base: `by_category` {category: percent},
    `by_place` {id of a community: percent}, `night_percent` for service that begins from 20:00 until before 6:00. In force once somebody else has agreed.
    """

    version = models.PositiveIntegerField(unique=True)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    points_per_hour = models.PositiveIntegerField(default=2)
    by_category = models.JSONField(default=dict, blank=True)
    by_place = models.JSONField(default=dict, blank=True)
    night_percent = models.PositiveSmallIntegerField(default=100)
    activity_cap_minutes = models.PositiveIntegerField(default=480)
    day_cap_points = models.PositiveIntegerField(null=True, blank=True)
    month_cap_points = models.PositiveIntegerField(null=True, blank=True)
    expiry_months = models.PositiveSmallIntegerField(null=True, blank=True)
    starter_points = models.PositiveIntegerField(default=0)
    gift_month_limit = models.PositiveIntegerField(null=True, blank=True)
    pool_alone_limit = models.PositiveIntegerField(default=50)
    pair_limit = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    from_date = models.DateField()
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(proposed_by__isnull=True) | models.Q(approved_by__isnull=True) | ~models.Q(proposed_by=models.F("approved_by")),
                name="points_rule_two_persons",
            ),
            models.CheckConstraint(condition=models.Q(approved_at__isnull=True) | models.Q(withdrawn_at__isnull=True), name="points_rule_one_end"),
            models.CheckConstraint(condition=models.Q(night_percent__gte=100, night_percent__lte=500), name="points_rule_night"),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class PointsAccount(models.Model):
    """An account of the ledger. `balance` always equals the sum of its entries; what is there without `pending` may not fall below `floor`.

    Without a body, `issue`, `pool` and `written_off` are those of the hub.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", _("Issued for service")
        PERSON = "person", _("A person's points")
        POOL = "pool", _("To give to those in need")
        TILL = "till", _("Taken in for rewards")
        WRITTEN_OFF = "written_off", _("Written off")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    balance = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True, blank=True, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(floor__isnull=True) | models.Q(balance__gte=models.F("floor") + models.F("pending")), name="points_account_floor"
            ),
            models.CheckConstraint(condition=models.Q(pending__gte=0), name="points_account_pending"),
            models.UniqueConstraint(
                fields=["kind", "organization"], condition=~models.Q(kind="person"), nulls_distinct=False, name="points_account_of_body"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="person", person__isnull=False, organization__isnull=True)
                | (~models.Q(kind="person") & models.Q(person__isnull=True)),
                name="points_account_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person or self.organization or ''}"

    @property
    def available(self) -> int:
        """What may be spent: the balance without what is kept back for something."""
        return self.balance - self.pending


class TransferKind(models.TextChoices):
    AWARD = "award", _("For service")
    CORRECTION = "correction", _("Correction")
    SPEND = "spend", _("Exchanged")
    REFUND = "refund", _("Given back")
    GIFT = "gift", _("Given")
    POOL = "pool", _("From the caring pool")
    STARTER = "starter", _("Welcome points")
    EXPIRY = "expiry", _("Passed on to the caring pool")
    CLEARING = "clearing", _("Settled between bodies")
    MERGE = "merge", _("From an entry joined to this one")


class PointsTransfer(models.Model):
    """Points moving between accounts. The caller chooses the id: the same id again has no second effect. Append-only.

    `on_date` is the day the points are for (caps count by it; when two entries are joined, the day from which they age), `rule` the version they came in under, `capped` what a cap kept from being given.
    """

    Kind = TransferKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=TransferKind.choices)
    words = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    on_date = models.DateField(null=True, blank=True)
    rule = models.ForeignKey(PointsRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    capped = models.PositiveIntegerField(default=0)
    refund_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="refunds")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind="refund") | models.Q(refund_of__isnull=True), name="points_transfer_refund"),
        ]
        indexes = [models.Index(fields=["made_at", "id"], name="points_transfer_made")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class PointsEntry(models.Model):
    """One side of a transfer. The entries of a transfer sum to zero, checked by the database when the transaction commits. Append-only.

    `digest` is SHA-256 of transfer, account and amount, written by the database: a number that somebody changed by hand no longer fits it.
    """

    transfer = models.ForeignKey(PointsTransfer, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()
    digest = models.BinaryField(editable=False, default=b"")

    class Meta:
        verbose_name_plural = "points entries"
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="points_entry_moves"),
            models.UniqueConstraint(fields=["transfer", "account"], name="points_entry_once"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="points_entry_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+d}"


class PointsReservation(models.Model):
    """Points kept back on the source account until something is handed over: completed (then a transfer of the same id exists) or released.

    At `until_at` it ends by itself, as `at_end` says. Everything but the end stays as it was written, held by the database.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("points", "Kept back")
        COMPLETED = "completed", pgettext_lazy("points", "Done")
        RELEASED = "released", pgettext_lazy("points", "Released")

    TRANSITIONS = {"pending": ("completed", "released"), "completed": (), "released": ()}

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=12, choices=TransferKind.choices)
    source = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    words = models.CharField(max_length=200, blank=True)
    until_at = models.DateTimeField(null=True, blank=True)
    at_end = models.CharField(max_length=10, choices=[("released", _("Release")), ("completed", _("Complete"))], default="released")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    transfer = models.OneToOneField(PointsTransfer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="points_reservation_amount"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="points_reservation_sides"),
            models.CheckConstraint(condition=models.Q(state="pending") | models.Q(ended_at__isnull=False), name="points_reservation_ended"),
            models.CheckConstraint(
                condition=models.Q(state="completed", transfer__isnull=False) | (~models.Q(state="completed") & models.Q(transfer__isnull=True)),
                name="points_reservation_completed",
            ),
        ]
        indexes = [
            models.Index(fields=["until_at"], condition=models.Q(state="pending"), name="points_reservation_until"),
            models.Index(fields=["source", "state"], name="points_reservation_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class FamilyTie(models.Model):
    """Two people who say that they are family; both have to say so. Points may be given along a tie that both confirmed."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("family", "Asked")
        CONFIRMED = "confirmed", pgettext_lazy("family", "Confirmed by both")
        ENDED = "ended", pgettext_lazy("family", "Ended")

    TRANSITIONS = {"asked": ("confirmed", "ended"), "confirmed": ("ended",), "ended": ()}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "relative"], condition=~models.Q(state="ended"), name="points_family_once"),
            models.CheckConstraint(condition=~models.Q(person=models.F("relative")), name="points_family_two"),
        ]
        indexes = [models.Index(fields=["relative", "state"], name="points_family_relative")]

    def __str__(self) -> str:
        return f"{self.person} {self.relative}"

    def other_of(self, person: Person) -> Person:
        return self.relative if self.person_id == person.pk else self.person


class PoolGrant(models.Model):
    """Points from a body's caring pool for somebody in need. Above the rule's limit a second person agrees before they move; never the one it is for."""

    reservation = models.OneToOneField(PointsReservation, on_delete=models.PROTECT, related_name="grant")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    needs_second = models.BooleanField()
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("proposed_by")), name="points_grant_two_persons"
            ),
            models.CheckConstraint(
                condition=(models.Q(proposed_by__isnull=True) | ~models.Q(proposed_by=models.F("person")))
                & (models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("person"))),
                name="points_grant_not_to_oneself",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="points_grant_has_reason"),
        ]
        indexes = [models.Index(fields=["organization"], name="points_grant_body")]

    def __str__(self) -> str:
        return f"{self.organization} {self.person}"


class ClearingRun(models.Model):
    """A month's settling between bodies: what each took in goes back to those who issued it, and who owes whom is netted."""

    month_on = models.DateField(unique=True)
    transfer = models.OneToOneField(PointsTransfer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m}"


class ClearingPosition(models.Model):
    """How a body stands in a month's settling: points of its own issue redeemed by others, and points of others it took in. No body: the hub."""

    run = models.ForeignKey(ClearingRun, on_delete=models.PROTECT, related_name="positions")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    redeemed_elsewhere = models.PositiveBigIntegerField()
    taken_in = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "organization"], nulls_distinct=False, name="points_clearing_position_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.organization or ''}"

    @property
    def net(self) -> int:
        return self.taken_in - self.redeemed_elsewhere


class ClearingLine(models.Model):
    """One body makes good to another what its points cost there. Above the limit between two it is due in several months. No body: the hub."""

    run = models.ForeignKey(ClearingRun, on_delete=models.PROTECT, related_name="lines")
    debtor = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    creditor = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField()
    due_on = models.DateField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="points_clearing_line_amount"),
            models.CheckConstraint(
                condition=models.Q(debtor__isnull=True) | models.Q(creditor__isnull=True) | ~models.Q(debtor=models.F("creditor")),
                name="points_clearing_line_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.amount}"


class PointsDigest(models.Model):
    """What was published about a month: SHA-256 of its file of transfers, whose first line names the digest of the month before. Append-only."""

    month_on = models.DateField(unique=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    transfer_count = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m} {self.digest[:12]}"
