"""Places where things happen. Rooms, bookings and stations build on this."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.core import ids
from liandong.organizations.models import Organization, Territory


def new_room_code() -> str:
    return ids.short_code(6)


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

    class Space(models.TextChoices):
        CENTER = "center", _("Centre")
        CREATE = "create", _("Space to create")
        SHARE = "share", _("Space to share")
        HOME = "home", _("Space to be at home")

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.ACTIVITY_ROOM)
    space = models.CharField(max_length=10, choices=Space.choices, blank=True)
    offers = models.TextField(max_length=600, blank=True)
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
    keep_minutes = models.PositiveSmallIntegerField(default=15)  # a booked room is kept so long without a check-in; 0 is to its end

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
    special_date = models.DateField()
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    words = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["special_date"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "special_date"], name="venues_special_day_once"),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True, closes_at__isnull=True) | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                name="venues_special_day_both_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.special_date}"


class Room(models.Model):
    """A room of a venue that is booked by the hour, with what stands in it and what holds there."""

    class Feature(models.TextChoices):
        PROJECTOR = "projector", _("Projector")
        SCREEN = "screen", _("Large screen")
        SOUND = "sound", _("Sound system")
        VIDEO = "video", _("Video meeting")
        WHITEBOARD = "whiteboard", _("Whiteboard")
        STAGE = "stage", _("Stage")
        PIANO = "piano", _("Piano")
        MIRRORS = "mirrors", _("Wall of mirrors")
        KITCHEN = "kitchen", _("Kitchen")
        WORKBENCH = "workbench", _("Workbench and tools")
        COMPUTERS = "computers", _("Computers")
        TOYS = "toys", _("Toys and soft floor")
        SOFAS = "sofas", _("Sofas")
        WATER = "water", _("Drinking water")
        WIFI = "wifi", _("Wi-Fi")

    class OpenTo(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        BODIES = "bodies", _("Organisations only")

    class Agreed(models.TextChoices):
        AT_ONCE = "at_once", _("Free means booked")
        BY_HAND = "by_hand", _("Somebody has to agree first")

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    code = models.CharField(max_length=8, unique=True, default=new_room_code, editable=False)
    space = models.CharField(max_length=10, choices=Venue.Space.choices, blank=True)
    spot = models.CharField(max_length=80, blank=True)
    capacity = models.PositiveIntegerField()
    square_metres = models.PositiveIntegerField(null=True, blank=True)
    features = ArrayField(models.CharField(max_length=12, choices=Feature.choices), default=list, blank=True)
    words = models.CharField(max_length=300, blank=True)
    rules = models.TextField(max_length=1_000, blank=True)
    price_fen = models.PositiveIntegerField(default=0)  # an hour; 0 is free
    open_to = models.CharField(max_length=10, choices=OpenTo.choices, default=OpenTo.EVERYBODY)
    agreed = models.CharField(max_length=10, choices=Agreed.choices, default=Agreed.AT_ONCE)
    answer_hours = models.PositiveSmallIntegerField(default=48)
    longest_minutes = models.PositiveSmallIntegerField(default=240)
    buffer_minutes = models.PositiveSmallIntegerField(default=15)
    days_ahead = models.PositiveSmallIntegerField(default=90)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="venues_room_name"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="venues_room_capacity"),
            models.CheckConstraint(condition=models.Q(longest_minutes__gte=30, longest_minutes__lte=1440), name="venues_room_longest"),
            models.CheckConstraint(condition=models.Q(buffer_minutes__lte=240), name="venues_room_buffer"),
            models.CheckConstraint(condition=models.Q(answer_hours__gte=1), name="venues_room_answer"),
            models.CheckConstraint(condition=models.Q(days_ahead__gte=1), name="venues_room_ahead"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_of_space(self) -> str:
        """Its own, else that of its venue."""
        return self.space or self.venue.space


class RoomPhoto(models.Model):
    """A picture of a room: JPEG or PNG, without what the camera noted about place and person."""

    MOST = 4

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(upload_to="rooms/")
    words = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.room} {self.pk}"
