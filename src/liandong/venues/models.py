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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "name"], name="venues_venue_name")]

    def __str__(self) -> str:
        return self.name
