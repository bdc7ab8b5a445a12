"""Bookings: who has which room from when to when. Two that overlap cannot both stand: the database itself refuses."""

import datetime as dt
import secrets

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.organizations.models import Organization
from liandong.venues.models import Room, Venue


def new_booking_number() -> str:
    return "B" + ids.short_code(7)


def new_feed_token() -> str:
    return secrets.token_urlsafe(24)


class BookingSeries(models.Model):
    """Bookings that repeat: every so many weeks on the weekday of the first, or on the nth such weekday of every month; until a day, some dates left out."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("Every week, or every so many weeks")
        MONTHLY = "monthly", _("Once a month, on the same weekday of the month")

    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    every = models.PositiveSmallIntegerField(default=1)
    first_date = models.DateField()
    until_date = models.DateField()
    left_out = ArrayField(models.DateField(), default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(every__gte=1, every__lte=12), name="bookings_series_every"),
            models.CheckConstraint(condition=Q(until_date__gte=F("first_date")), name="bookings_series_until"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.rhythm} {self.every}"


class Booking(models.Model):
    """A room from one moment to another, for a body or a person; or a time in which the keepers of the room have closed it.

    `requested` holds the time until somebody answers or the deadline passes. `free_at` is the end and the buffer after it.
    """

    class Kind(models.TextChoices):
        USE = "use", pgettext_lazy("booking", "Booking")
        CLOSED = "closed", pgettext_lazy("booking", "Closed for work")

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("booking", "Waiting for an answer")
        CONFIRMED = "confirmed", pgettext_lazy("booking", "Booked")
        DECLINED = "declined", pgettext_lazy("booking", "Declined")
        LAPSED = "lapsed", pgettext_lazy("booking", "Not answered in time")
        CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
        RELEASED = "released", pgettext_lazy("booking", "Nobody came")

    TRANSITIONS = {
        "requested": ("confirmed", "declined", "lapsed", "cancelled"),
        "confirmed": ("requested", "cancelled", "released"),  # asked for again when it moves
        "declined": (),
        "lapsed": (),
        "cancelled": (),
        "released": (),
    }
    HOLDS = ("requested", "confirmed")

    number = models.CharField(max_length=12, unique=True, default=new_booking_number, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.USE)
    state = models.CharField(max_length=10, choices=State.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    free_at = models.DateTimeField()
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    booked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    people_count = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    price_fen = models.PositiveIntegerField(default=0)
    for_activity = models.BooleanField(default=False)  # a shift has it and moves it along
    series = models.ForeignKey(BookingSeries, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings")
    series_date = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    answer_by_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_in_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_up_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(  # range types bring GiST along, so no extension is needed
                name="bookings_booking_no_overlap",
                expressions=[
                    (Func(F("room_id"), F("room_id"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("starts_at"), F("free_at"), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=("requested", "confirmed")),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at"), free_at__gte=F("ends_at")), name="bookings_booking_times"),
            models.CheckConstraint(condition=~Q(state="requested") | Q(answer_by_at__isnull=False), name="bookings_booking_deadline"),
            models.CheckConstraint(
                condition=Q(state__in=("requested", "confirmed"), given_up_at__isnull=True)
                | (~Q(state__in=("requested", "confirmed")) & Q(given_up_at__isnull=False)),
                name="bookings_booking_given_up",
            ),
            models.CheckConstraint(condition=Q(checked_in_at__isnull=True) | ~Q(state__in=("requested", "released")), name="bookings_booking_came"),
            models.CheckConstraint(
                condition=Q(series__isnull=True, series_date__isnull=True) | Q(series__isnull=False, series_date__isnull=False),
                name="bookings_booking_series_date",
            ),
            models.UniqueConstraint(fields=["series", "series_date"], name="bookings_booking_series_once"),
        ]
        indexes = [
            models.Index(fields=["room", "starts_at"], name="bookings_booking_room"),
            models.Index(fields=["organization", "-starts_at"], name="bookings_booking_body"),
            models.Index(fields=["booked_by", "-starts_at"], name="bookings_booking_person"),
            models.Index(fields=["answer_by_at"], condition=Q(state="requested"), name="bookings_booking_waiting"),
            models.Index(
                fields=["starts_at"], condition=Q(state="confirmed", kind="use", checked_in_at__isnull=True), name="bookings_booking_not_come"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def holds(self) -> bool:
        """The time is taken by it."""
        return self.state in self.HOLDS

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def frees_at(self) -> dt.datetime | None:
        """When it is freed unless somebody has come by then; None where it is kept."""
        if self.state != self.State.CONFIRMED or self.kind != self.Kind.USE or self.checked_in_at is not None or not self.room.venue.keep_minutes:
            return None
        return min(self.starts_at + dt.timedelta(minutes=self.room.venue.keep_minutes), self.ends_at)


class RoomWait(models.Model):
    """Somebody would take a room at a time that is taken now. Whoever taps first when it comes free has it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("room wait", "Waiting")
        TOOK = "took", pgettext_lazy("room wait", "Got the room")
        GONE = "gone", pgettext_lazy("room wait", "No longer waiting")

    TRANSITIONS = {"waiting": ("took", "gone"), "took": (), "gone": ()}

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    booking = models.OneToOneField(Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="bookings_wait_times"),
            models.CheckConstraint(
                condition=Q(state="took", booking__isnull=False) | (~Q(state="took") & Q(booking__isnull=True)), name="bookings_wait_took"
            ),
            models.UniqueConstraint(fields=["room", "starts_at", "person"], condition=Q(state="waiting"), name="bookings_wait_once"),
        ]
        indexes = [models.Index(fields=["room", "starts_at"], condition=Q(state="waiting"), name="bookings_wait_room")]

    def __str__(self) -> str:
        return f"{self.room} {self.starts_at:%m-%d %H:%M}"


class HourLimit(models.Model):
    """How many hours a month one body may book: of one room or of all rooms of a venue; a row without a body holds for each that has none of its own."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    hours = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "room", "organization"], nulls_distinct=False, name="bookings_limit_once"),
            models.CheckConstraint(condition=Q(hours__lte=744), name="bookings_limit_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.room_id} {self.organization_id} {self.hours}"


class CalendarFeed(models.Model):
    """The secret address under which a calendar program reads the bookings of a room or of a body. A new one takes the old one's place."""

    room = models.OneToOneField(Room, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    organization = models.OneToOneField(Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=new_feed_token, editable=False)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(room__isnull=True, organization__isnull=False) | Q(room__isnull=False, organization__isnull=True),
                name="bookings_feed_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_id or self.organization_id}"
