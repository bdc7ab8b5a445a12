"""Places where things happen. Rooms, bookings and stations build on this."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.organizations.models import Organization, Territory


class Venue(models.Model):
    """A place with an address, lent by a body."""

    class Kind(models.TextChoices):
        ACTIVITY_ROOM = "activity_room", _("Activity room")
        OFFICE = "office", _("Office or meeting room")
        OUTDOORS = "outdoors", _("Outdoors")
        STATION = "station", _("Station")
        SCHOOL = "school", _("School")
        OTHER = "other", _("Other")

    class Holidays(models.TextChoices):
        CALENDAR = "calendar", _("Closed; a weekend worked in exchange has the hours of Monday")
        AS_USUAL = "as_usual", _("Open as on any such weekday")
        OWN = "own", _("Hours of their own")

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.ACTIVITY_ROOM)
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200)
    directions = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    is_step_free = models.BooleanField(default=False)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    is_open = models.BooleanField(default=True)
    holidays = models.CharField(max_length=10, choices=Holidays.choices, default=Holidays.CALENDAR)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "name"], name="venues_venue_name")]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One stretch of an ordinary week. It ends on the next day where `closes_at` is not after `opens_at`; 0:00 to 0:00 is the whole day."""

    HOLIDAY = 7  # the eighth day: public holidays, where the venue has hours of their own for them

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=7), name="venues_hours_weekday"),
            models.UniqueConstraint(fields=["venue", "weekday", "opens_at"], name="venues_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"


class SpecialDay(models.Model):
    """One day that is not as the week says: closed, or open at other hours. `words` say why."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="special_days")
    date = models.DateField()
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    words = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "date"], name="venues_special_day_once"),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True, closes_at__isnull=True) | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                name="venues_special_day_both_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}"
