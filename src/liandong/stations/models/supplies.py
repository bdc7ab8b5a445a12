"""What is used up or goes off at a station, and what is broken there."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.stations.models.station import Station, Subject


class Supply(models.Model):
    """Something that is used up or goes off: plasters, soup, cups. While it is in hand its expiry counts for the fact of its `subject`."""

    SOON = dt.timedelta(days=14)

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="supplies")
    subject = models.CharField(max_length=12, choices=Subject.choices, blank=True)
    name = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField(default=1)
    unit = models.CharField(max_length=8, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "supplies"
        constraints = [
            models.UniqueConstraint(fields=["station", "name"], condition=models.Q(removed_at__isnull=True), name="stations_supply_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="stations_supply_has_name"),
        ]
        indexes = [
            models.Index(fields=["expires_on"], condition=models.Q(removed_at__isnull=True, expires_on__isnull=False), name="stations_supply_expiry")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """It may still be used on the day it expires."""
        return self.removed_at is None and self.expires_on is not None and self.expires_on < clock.today()

    @property
    def is_expiring(self) -> bool:
        return self.removed_at is None and self.expires_on is not None and clock.today() <= self.expires_on <= clock.today() + self.SOON


class Fault(models.Model):
    """Something is broken. States: reported 已报 -> taken 有人管 -> mended 已修好. The clock: mended within `DAYS` days of the report."""

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("fault", "Reported")
        TAKEN = "taken", pgettext_lazy("fault", "Somebody sees to it")
        MENDED = "mended", pgettext_lazy("fault", "Mended")

    TRANSITIONS = {"reported": ("taken", "mended"), "taken": ("mended",), "mended": ()}
    DAYS = 7

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="faults")
    subject = models.CharField(max_length=12, choices=Subject.choices, blank=True)
    words = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REPORTED)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mended_at = models.DateTimeField(null=True, blank=True)
    mended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(subject="") | ~models.Q(words=""), name="stations_fault_says_what"),
            models.CheckConstraint(
                condition=models.Q(state="mended", mended_at__isnull=False) | (~models.Q(state="mended") & models.Q(mended_at__isnull=True)),
                name="stations_fault_mended_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["station"], condition=~models.Q(state="mended"), name="stations_fault_open")]

    def __str__(self) -> str:
        return f"{self.station} {self.subject}"

    @property
    def due_at(self) -> dt.datetime:
        return self.reported_at + dt.timedelta(days=self.DAYS)

    @property
    def is_overdue(self) -> bool:
        return self.state != self.State.MENDED and self.due_at < clock.now()
