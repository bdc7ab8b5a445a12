"""Inspection rounds: somebody goes to stations and looks at everything."""

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.organizations.models import Territory
from liandong.stations.models.station import Station


class InspectionRound(models.Model):
    """So many stations, by one person, by a day. States: open 进行中 -> done 已完成, or cancelled 取消."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("round", "Under way")
        DONE = "done", pgettext_lazy("round", "Finished")
        CANCELLED = "cancelled", pgettext_lazy("round", "Called off")

    TRANSITIONS = {"open": ("done", "cancelled"), "done": (), "cancelled": ()}

    title = models.CharField(max_length=60)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", finished_at__isnull=True) | (~models.Q(state="open") & models.Q(finished_at__isnull=False)),
                name="stations_round_finished_has_moment",
            )
        ]
        indexes = [models.Index(fields=["state", "due_date"], name="stations_round_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        return self.state == self.State.OPEN and self.due_date < clock.today()


class RoundStop(models.Model):
    """One station of a round; finished when everything there was looked at."""

    round = models.ForeignKey(InspectionRound, on_delete=models.PROTECT, related_name="stops")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    works_count = models.PositiveSmallIntegerField(default=0)
    fails_count = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    photo = models.FileField(upload_to="stations/", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "station"], name="stations_stop_once")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.station}"
