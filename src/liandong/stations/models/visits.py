"""How many came. Numbers only: what keeps somebody from being counted twice lives until the day ends, and is then destroyed.

No row has a number of its own, so that the order in which rows were written says nothing about the order in which people came.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.stations.models.station import Station


class VisitCount(models.Model):
    """So many came to a station on a day, by how they were counted."""

    class Source(models.TextChoices):
        TAP = "tap", _("Plaque")
        HOST = "host", _("Tap of the host")
        PAPER = "paper", _("Paper list")

    pk = models.CompositePrimaryKey("station", "counted_on", "source")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="visit_counts")
    counted_on = models.DateField()
    source = models.CharField(max_length=5, choices=Source.choices)
    people_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.counted_on} {self.source} {self.people_count}"


class VisitHour(models.Model):
    """So many came in an hour of a weekday, all weeks of a month together. Paper lists know no hours."""

    pk = models.CompositePrimaryKey("station", "month_on", "weekday", "hour")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="visit_hours")
    month_on = models.DateField()  # the first of the month
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    hour = models.PositiveSmallIntegerField()
    people_count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(weekday__lte=6, hour__lte=23), name="stations_visit_hour_of_week")]

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m} {self.weekday} {self.hour} {self.people_count}"


class VisitSalt(models.Model):
    """The secret of one day, destroyed when the day is over. Without it nobody can try out who a token was made of."""

    counted_on = models.DateField(primary_key=True)
    salt = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.counted_on}"


class VisitToken(models.Model):
    """Something that was counted at a station today, as a digest made with the secret of the day. Destroyed with it."""

    pk = models.CompositePrimaryKey("counted_on", "digest")
    counted_on = models.DateField()
    digest = models.CharField(max_length=64)
    times = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.counted_on}"
