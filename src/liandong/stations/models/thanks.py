"""Thanks of those who were there. Nobody's name, no moment: only the day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.stations.models.station import Station


class Thanks(models.Model):
    """A tap (no words), or a few words, which others read once the host lets them. The taps of one day share a row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SHOWN = "shown", _("Shown")
        KEPT = "kept", _("For the host only")

    TRANSITIONS = {"waiting": ("shown", "kept"), "shown": ("kept",), "kept": ("shown",)}

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="thanks")
    words = models.CharField(max_length=100, blank=True)
    taps = models.PositiveIntegerField(default=0)
    said_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "thanks"
        ordering = ["-said_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "said_on"], condition=Q(words=""), name="stations_thanks_taps_once"),
            models.CheckConstraint(condition=Q(words="", taps__gte=1) | ~Q(words="") & Q(taps=0), name="stations_thanks_tap_or_words"),
        ]

    def __str__(self) -> str:
        return self.words or f"{self.taps}"
