"""What lies on the shelf of a station: to give away, to exchange, to lend; and what recyclables are exchanged for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.stations.models.station import Station


class ShelfItem(models.Model):
    """Some pieces of one thing. `left_count` are those that nobody has taken, lent or reserved."""

    class Kind(models.TextChoices):
        GIVE = "give", _("To give away")
        EXCHANGE = "exchange", _("To exchange")
        LOAN = "loan", _("To lend")

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ON_SHELF = "on_shelf", _("On the shelf")
        DECLINED = "declined", _("Not taken in")
        GONE = "gone", _("Off the shelf")

    TRANSITIONS = {"offered": ("on_shelf", "declined"), "on_shelf": ("gone",), "declined": (), "gone": ()}

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="shelf_items")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=40)
    words = models.CharField(max_length=120, blank=True)
    put_count = models.PositiveSmallIntegerField(default=1)
    left_count = models.PositiveSmallIntegerField(default=1)
    is_food = models.BooleanField(default=False)
    expires_on = models.DateField(null=True, blank=True)  # the last day on which it may be taken
    loan_days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ON_SHELF)
    brought_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    put_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["station", "state"], name="stations_shelf_state")]
        constraints = [
            models.CheckConstraint(condition=Q(put_count__gte=1, left_count__lte=F("put_count")), name="stations_shelf_counts"),
            models.CheckConstraint(condition=Q(is_food=False) | Q(expires_on__isnull=False), name="stations_shelf_food_expires"),
            models.CheckConstraint(condition=Q(kind="loan", loan_days__gte=1) | Q(loan_days=0) & ~Q(kind="loan"), name="stations_shelf_loan_days"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_loan(self) -> bool:
        return self.kind == self.Kind.LOAN


class ShelfTaking(models.Model):
    """One piece reserved, taken or lent. Without a person where the host handed it to somebody who is not registered."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        TAKEN = "taken", _("Taken")
        LENT = "lent", _("Lent")
        RETURNED = "returned", _("Returned")
        FREED = "freed", _("Not fetched")
        CANCELLED = "cancelled", _("Given up")

    TRANSITIONS = {
        "reserved": ("taken", "lent", "freed", "cancelled"),
        "lent": ("returned",),
        "taken": (),
        "returned": (),
        "freed": (),
        "cancelled": (),
    }
    HOLDING = (State.RESERVED, State.TAKEN, State.LENT)  # the piece is not on the shelf

    item = models.ForeignKey(ShelfItem, on_delete=models.PROTECT, related_name="takings")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    code = models.CharField(max_length=4)  # said or shown at the counter
    brought_words = models.CharField(max_length=60, blank=True)  # what came in exchange
    asked_at = models.DateTimeField()
    held_until_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "person"], condition=Q(state__in=["reserved", "lent"], person__isnull=False), name="stations_taking_one_open"
            ),
            models.CheckConstraint(condition=~Q(state="reserved") | Q(held_until_at__isnull=False), name="stations_taking_held_until"),
            models.CheckConstraint(condition=~Q(state="lent") | Q(due_on__isnull=False), name="stations_taking_due"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.state}"


class GreenRate(models.Model):
    """So much of something to recycle is given so many of something else for at a station."""

    class Unit(models.TextChoices):
        PIECE = "piece", _("pieces")
        KILOGRAM = "kg", _("kilograms")

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="green_rates")
    material = models.CharField(max_length=20)
    unit = models.CharField(max_length=5, choices=Unit.choices, default=Unit.PIECE)
    per_amount = models.PositiveSmallIntegerField()
    gives = models.CharField(max_length=20)
    gives_count = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["material", "id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "material"], condition=Q(is_active=True), name="stations_green_rate_once"),
            models.CheckConstraint(condition=Q(per_amount__gte=1, gives_count__gte=1), name="stations_green_rate_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.per_amount} {self.material}"


class GreenExchange(models.Model):
    """Somebody brought recyclables and was given something for them. Who is not kept."""

    rate = models.ForeignKey(GreenRate, on_delete=models.PROTECT, related_name="exchanges")
    brought_amount = models.PositiveIntegerField()
    given_count = models.PositiveIntegerField()
    exchanged_on = models.DateField()
    entered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(brought_amount__gte=1), name="stations_green_brought")]

    def __str__(self) -> str:
        return f"{self.exchanged_on} {self.brought_amount}"
