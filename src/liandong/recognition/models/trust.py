"""What may be confirmed without a person, and what a person has to look at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Shift, SignUp
from liandong.organizations.models import Organization, Territory


class ConfirmationRule(models.Model):
    """Inside which bounds hours are confirmed by themselves, for a body or a place. Append-only: the newest version holds, a record keeps the one it was confirmed under."""

    version = models.PositiveIntegerField()
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_on = models.BooleanField(default=True)
    min_confidence = models.PositiveSmallIntegerField()
    max_minutes = models.PositiveSmallIntegerField()
    min_records = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="recognition_rule_version"),
            models.CheckConstraint(
                condition=Q(organization__isnull=False, territory__isnull=True) | Q(organization__isnull=True, territory__isnull=False),
                name="recognition_rule_where",
            ),
            models.CheckConstraint(
                condition=Q(min_confidence__gte=50, min_confidence__lte=99, max_minutes__gte=30, max_minutes__lte=720), name="recognition_rule_bounds"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recognition_rule_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.version}"

    @property
    def where(self) -> str:
        return self.organization.label if self.organization is not None else str(self.territory)


class Outlier(models.Model):
    """Something about attendances that a person should look at, with the numbers that say why. Found again, it is the same row; once decided it stays decided."""

    class Kind(models.TextChoices):
        SAME_PHONE = "same_phone", _("One phone for many people")
        SAME_SECOND = "same_second", _("Everybody in the same second")
        NIGHT_WAVE = "night_wave", _("Many back-filled at night")
        MANY_HOURS = "many_hours", _("Far more hours than others")
        GHOST_CROWD = "ghost_crowd", _("A crowd without a trace")
        ONE_CONFIRMER = "one_confirmer", _("One person confirms very much")
        NEVER_SEEN = "never_seen", _("Never seen by a scan")
        PAIR = "pair", _("Two who vouch for each other")
        TRAVEL = "travel", _("In two places at once")

    class State(models.TextChoices):
        OPEN = "open", _("To look at")
        ACCEPTED = "accepted", _("Found to be right")
        RECHECK = "recheck", _("Asked to check again")
        BACKFILL = "backfill", _("Sent to back-fill")
        WITHDRAWN = "withdrawn", _("Hours withdrawn")

    TRANSITIONS = {
        "open": ("accepted", "recheck", "backfill", "withdrawn"),
        "recheck": ("accepted", "backfill", "withdrawn"),
        "backfill": ("accepted", "withdrawn"),
        "accepted": (),
        "withdrawn": (),
    }

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    weight = models.PositiveSmallIntegerField()
    facts = models.JSONField(default=dict)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line_count = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | ~Q(reason=""), name="recognition_outlier_decided_with_reason"),
            models.CheckConstraint(condition=Q(weight__lte=100), name="recognition_outlier_weight"),
        ]
        indexes = [
            models.Index(fields=["organization", "-weight"], name="recognition_outlier_org"),
            models.Index(fields=["-weight", "-id"], condition=Q(state__in=["open", "recheck", "backfill"]), name="recognition_outlier_open"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_open(self) -> bool:
        return bool(self.TRANSITIONS[self.state])


class OutlierLine(models.Model):
    """One person's attendance that an outlier is about."""

    outlier = models.ForeignKey(Outlier, on_delete=models.CASCADE, related_name="lines")
    sign_up = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outlier", "sign_up"], name="recognition_outlier_line_once")]

    def __str__(self) -> str:
        return f"{self.outlier_id} {self.sign_up_id}"
