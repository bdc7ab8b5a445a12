"""What a station says is there, and everybody who looked."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.stations import freshness
from liandong.stations.models.station import Station, Subject


class Fact(models.Model):
    """One claim of a station: its door opens as the hours say, or one thing is there.

    `verdict`, `verdict_at`, `verdict_source` are what the proofs come to (`freshness.weigh`), kept by the verb that writes a proof, so that a list needs no proofs.
    What is shown follows from them and the moment: `shown()`. Proofs before `counted_from_at` do not count: the station has moved, or the thing is new.
    """

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="facts")
    subject = models.CharField(max_length=12, choices=Subject.choices)
    quantity = models.PositiveSmallIntegerField(null=True, blank=True)  # seats
    words = models.CharField(max_length=60, blank=True)  # "second floor", "from 11:00"
    is_claimed = models.BooleanField(default=True)
    counted_from_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=[(value, value) for value in freshness.VERDICTS], default=freshness.NOTHING)
    verdict_at = models.DateTimeField(null=True, blank=True)
    verdict_source = models.CharField(max_length=10, blank=True)
    spoils_on = models.DateField(null=True, blank=True)  # the earliest expiry of its supplies
    called_at = models.DateTimeField(null=True, blank=True)  # the host was called and has not answered
    hub_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "subject"], name="stations_fact_once"),
            models.CheckConstraint(
                condition=models.Q(verdict="nothing", verdict_at__isnull=True) | (~models.Q(verdict="nothing") & models.Q(verdict_at__isnull=False)),
                name="stations_fact_verdict_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["called_at"], condition=models.Q(called_at__isnull=False), name="stations_fact_called")]

    def __str__(self) -> str:
        return f"{self.station} {self.subject}"

    def shown(self, now: dt.datetime | None = None) -> freshness.Belief:
        """What may be said about it at this moment."""
        verdict = freshness.Verdict(self.verdict, self.verdict_at, self.verdict_source)
        return freshness.at(verdict, now=now or clock.now(), subject=self.subject, spoils_on=self.spoils_on, today=clock.today())

    @property
    def icon(self) -> str:
        return Subject(self.subject).icon

    @property
    def label(self) -> Any:
        """'Hot water', '6 seats'."""
        if self.subject == Subject.SEAT and self.quantity:
            return _("%(n)s seats") % {"n": self.quantity}
        return self.get_subject_display()


class Proof(models.Model):
    """Somebody looked: it works, or it does not. Never changed. A visitor leaves nothing personal: `mark` tells two visitors of one day apart and cannot be traced back."""

    class Source(models.TextChoices):
        HOST = "host", _("Host")
        INSPECTOR = "inspector", _("Inspector")
        VISITOR = "visitor", _("Visitor")

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="proofs")
    at = models.DateTimeField()
    works = models.BooleanField()
    source = models.CharField(max_length=10, choices=Source.choices)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=32, blank=True)
    words = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(source="visitor") | models.Q(person__isnull=True), name="stations_proof_visitor_unknown"),
            models.CheckConstraint(condition=models.Q(source="visitor") | models.Q(mark=""), name="stations_proof_mark_of_visitors"),
        ]
        indexes = [models.Index(fields=["fact", "-at"], name="stations_proof_fact")]

    def __str__(self) -> str:
        return f"{self.fact} {self.at:%Y-%m-%d %H:%M} {self.works}"
