"""What points can be spent on: rewards, what somebody took of them, the local rule, and who is asked to spend."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock, ids
from liandong.needs.models import Category, Need
from liandong.organizations.models import Organization, Territory
from liandong.venues.models import Venue


def new_reward_number() -> str:
    return ids.short_code(6)


def new_voucher_code() -> str:
    return ids.short_code(8)


class RewardRule(models.Model):
    """A version of the local rule: which offers the hub looks at first, how long a voucher holds, who is asked to spend. The newest that has begun holds."""

    version = models.PositiveIntegerField(unique=True)
    approve_from_points = models.PositiveIntegerField(default=60)
    approves_services = models.BooleanField(default=True)
    voucher_days = models.PositiveSmallIntegerField(default=30)
    ask_after_days = models.PositiveSmallIntegerField(default=180)
    ask_from_points = models.PositiveIntegerField(default=20)
    cover_floor_percent = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(max_length=200, blank=True)
    from_date = models.DateField()
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(voucher_days__gte=1, voucher_days__lte=366, ask_after_days__gte=30, cover_floor_percent__lte=500),
                name="rewards_rule_spans",
            )
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class Reward(models.Model):
    """Something a body gives for points. `put_count` and `left_count` are both empty where there is no end of it.

    `monthly_count` is what the body says it can give in a month: the shelf is counted by it.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        VOUCHER = "voucher", _("Voucher")
        SERVICE = "service", pgettext_lazy("reward", "Service")
        PLACE = "place", _("Place in an activity")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the hub")
        OPEN = "open", pgettext_lazy("reward", "On offer")
        PAUSED = "paused", pgettext_lazy("reward", "Paused")
        DECLINED = "declined", pgettext_lazy("reward", "Not taken in")
        ENDED = "ended", pgettext_lazy("reward", "Ended")

    TRANSITIONS = {
        "waiting": ("open", "declined", "ended"),
        "open": ("paused", "ended", "waiting"),
        "paused": ("open", "ended", "waiting"),
        "declined": ("waiting", "open", "ended"),
        "ended": (),
    }
    RUNNING = (State.OPEN, State.PAUSED)

    number = models.CharField(max_length=8, unique=True, default=new_reward_number, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=40)
    words = models.TextField(max_length=600, blank=True)
    category = models.CharField(max_length=12, choices=Category.choices, default=Category.OTHER)
    points = models.PositiveIntegerField()
    put_count = models.PositiveIntegerField(null=True, blank=True)
    left_count = models.PositiveIntegerField(null=True, blank=True)
    monthly_count = models.PositiveIntegerField(default=10)
    per_person = models.PositiveSmallIntegerField(default=0)  # 0 is no limit
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    venue = models.ForeignKey(Venue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    where_words = models.CharField(max_length=120, blank=True)
    when_words = models.CharField(max_length=120, blank=True)
    terms = models.TextField(max_length=400, blank=True)
    valid_days = models.PositiveSmallIntegerField(default=30)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    photo = models.FileField(upload_to="rewards/", blank=True)
    photo_words = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decision_words = models.CharField(max_length=120, blank=True)
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "points"], name="rewards_reward_state"),
            models.Index(fields=["host", "state"], name="rewards_reward_host"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1, monthly_count__gte=1, valid_days__gte=1), name="rewards_reward_counts"),
            models.CheckConstraint(
                condition=Q(put_count__isnull=True, left_count__isnull=True)
                | Q(put_count__isnull=False, left_count__isnull=False, left_count__lte=F("put_count")),
                name="rewards_reward_stock",
            ),
            models.CheckConstraint(condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="rewards_reward_dates"),
            models.CheckConstraint(condition=Q(kind="place") | Q(activity__isnull=True), name="rewards_reward_activity"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_service(self) -> bool:
        return self.kind == self.Kind.SERVICE

    @property
    def is_begun(self) -> bool:
        today = clock.today()
        return self.from_date <= today and (self.to_date is None or today <= self.to_date)

    @property
    def is_there(self) -> bool:
        """Somebody with enough points could have it now."""
        return self.state == self.State.OPEN and self.is_begun and self.left_count != 0


class Redemption(models.Model):
    """Somebody took a reward: points are kept back for it until it is used, and come back when it is not.

    `transfer_id` is chosen by who asks, and is the transfer in the ledger too: the same one again has no second effect. `takes_piece` while it holds one of the stock.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", pgettext_lazy("voucher", "To be used")
        USED = "used", pgettext_lazy("voucher", "Used")
        EXPIRED = "expired", pgettext_lazy("voucher", "Run out")
        RETURNED = "returned", pgettext_lazy("voucher", "Given back")
        REFUNDED = "refunded", pgettext_lazy("voucher", "Taken back")

    TRANSITIONS = {"reserved": ("used", "expired", "returned"), "used": ("refunded",), "expired": (), "returned": (), "refunded": ()}

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveIntegerField()
    code = models.CharField(max_length=8, unique=True, default=new_voucher_code, editable=False)
    transfer_id = models.UUIDField(unique=True, editable=False)
    need = models.OneToOneField(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # whose points they became
    state = models.CharField(max_length=8, choices=State.choices, default=State.RESERVED)
    takes_piece = models.BooleanField(default=False)
    reserved_at = models.DateTimeField()
    holds_until_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="rewards_redemption_person"),
            models.Index(fields=["reward", "-id"], name="rewards_redemption_reward"),
            models.Index(fields=["holds_until_at"], condition=Q(state="reserved"), name="rewards_redemption_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1), name="rewards_redemption_points"),
            models.CheckConstraint(
                condition=Q(state__in=["used", "refunded"], used_at__isnull=False) | (Q(used_at__isnull=True) & ~Q(state__in=["used", "refunded"])),
                name="rewards_redemption_used",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "used"], ended_at__isnull=True) | (Q(ended_at__isnull=False) & ~Q(state__in=["reserved", "used"])),
                name="rewards_redemption_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reward} {self.state}"

    @property
    def last_day(self) -> dt.date:
        """It may be used until the end of this day."""
        return timezone.localdate(self.holds_until_at - dt.timedelta(minutes=1))


class SpendingCare(models.Model):
    """When somebody who never spends was last asked whether they would like something, and whether they want to be asked."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    wants_none = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}"
