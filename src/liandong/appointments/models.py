"""Desks one comes to see by appointment: who receives, when, and who comes."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.organizations.models import Organization
from liandong.venues.models import Venue


def new_appointment_code() -> str:
    return ids.short_code(8)


class Desk(models.Model):
    """Somebody, or an office, who receives people one after the other, so many minutes each."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Government department")
        DEPUTY = "deputy", _("Deputies and committee members")
        LAWYER = "lawyer", _("Lawyer")
        COUNSELLOR = "counsellor", _("Counsellor")
        OTHER = "other", pgettext_lazy("desk", "Others")

    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=60)
    receiver = models.CharField(max_length=60)  # public: the name of a person or an office
    words = models.TextField(max_length=600, blank=True)  # what one can come with
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    spot = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    minutes = models.PositiveSmallIntegerField(default=20)
    ahead_days = models.PositiveSmallIntegerField(default=28)
    until_minutes = models.PositiveSmallIntegerField(default=60)  # before the start: booking and cancelling end
    is_open_on_holidays = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "title"], name="appointments_desk_title"),
            models.CheckConstraint(condition=models.Q(minutes__gte=5, minutes__lte=240), name="appointments_desk_minutes"),
            models.CheckConstraint(condition=models.Q(ahead_days__gte=1, ahead_days__lte=90), name="appointments_desk_ahead"),
            models.CheckConstraint(condition=models.Q(until_minutes__lte=4320), name="appointments_desk_until"),
        ]
        indexes = [models.Index(fields=["kind", "is_open"], name="appointments_desk_kind")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_quiet(self) -> bool:
        """Messages about it name neither the desk nor the place: that somebody goes there is nobody's business."""
        return self.kind in (self.Kind.COUNSELLOR, self.Kind.LAWYER)


class Receiver(models.Model):
    """Who sits at a desk: sees who comes and what about, and calls them in."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="receivers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "person"], name="appointments_receiver_once")]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.person_id}"


class DeskHours(models.Model):
    """When a desk receives: every week, every n weeks counted from the week of `from_date`, or on the nth such weekday of the month (5: the last)."""

    LAST = 5

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    every_weeks = models.PositiveSmallIntegerField(default=1)
    nth = models.PositiveSmallIntegerField(null=True, blank=True)
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    from_date = models.DateField()

    class Meta:
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="appointments_hours_weekday"),
            models.CheckConstraint(condition=models.Q(every_weeks__gte=1, every_weeks__lte=8), name="appointments_hours_weeks"),
            models.CheckConstraint(
                condition=models.Q(nth__isnull=True) | models.Q(nth__gte=1, nth__lte=5, every_weeks=1), name="appointments_hours_nth"
            ),
            models.CheckConstraint(condition=models.Q(closes_at__gt=models.F("opens_at")), name="appointments_hours_span"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"

    def holds_on(self, day: dt.date) -> bool:
        """Does it hold on this day, public holidays and exceptions aside?"""
        if day.weekday() != self.weekday or day < self.from_date:
            return False
        if self.nth is not None:
            return (day + dt.timedelta(days=7)).month != day.month if self.nth == self.LAST else (day.day - 1) // 7 + 1 == self.nth
        monday = self.from_date - dt.timedelta(days=self.from_date.weekday())
        return (day - monday).days // 7 % self.every_weeks == 0


class DeskDay(models.Model):
    """One day that is not as usual: no office hours, or these. `words` say why."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="days")
    on_date = models.DateField()
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    words = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["on_date"]
        constraints = [
            models.UniqueConstraint(fields=["desk", "on_date"], name="appointments_day_once"),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True, closes_at__isnull=True)
                | models.Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="appointments_day_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.on_date}"

    @property
    def is_off(self) -> bool:
        return self.opens_at is None


class Appointment(models.Model):
    """A place at a desk. States: booked 已预约 -> arrived 已到 -> called 接待中 -> done 已办; or missed 未到, cancelled 已取消, over 已过期 (nobody said what became of it).

    `person` is empty for somebody who came to the counter and got a number on paper. `about` is blanked when it is cancelled and 90 days after.
    """

    class State(models.TextChoices):
        BOOKED = "booked", pgettext_lazy("appointment", "Booked")
        ARRIVED = "arrived", pgettext_lazy("appointment", "Here")
        CALLED = "called", pgettext_lazy("appointment", "Being received")
        DONE = "done", pgettext_lazy("appointment", "Received")
        MISSED = "missed", pgettext_lazy("appointment", "Not there")
        CANCELLED = "cancelled", pgettext_lazy("appointment", "Cancelled")
        OVER = "over", pgettext_lazy("appointment", "Over")

    OPEN = ("booked", "arrived", "called")
    TRANSITIONS = {
        "booked": ("arrived", "called", "missed", "cancelled", "over"),
        "arrived": ("booked", "called", "done", "missed", "cancelled", "over"),
        "called": ("arrived", "done", "missed", "over"),
        "done": ("called",),
        "missed": ("arrived", "called"),
        "cancelled": (),
        "over": (),
    }
    ABOUT_DAYS = 90

    code = models.CharField(max_length=10, unique=True, default=new_appointment_code, editable=False)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    number = models.PositiveSmallIntegerField()  # of the day, in order of time: what is called out
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    about = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    is_cancelled_by_desk = models.BooleanField(default=False)
    cancel_words = models.CharField(max_length=80, blank=True)
    booked_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="appointments_no_two_at_once",
                expressions=[
                    (models.Func("desk", "desk", models.Value("[]"), function="INT8RANGE"), RangeOperators.OVERLAPS),
                    (models.Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField()), RangeOperators.OVERLAPS),
                ],
                condition=~models.Q(state="cancelled"),
            ),
            models.UniqueConstraint(
                fields=["desk", "person"], condition=models.Q(state__in=["booked", "arrived", "called"]), name="appointments_one_open_each"
            ),
            models.UniqueConstraint(fields=["desk", "on_date", "number"], condition=~models.Q(state="cancelled"), name="appointments_number_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="appointments_appointment_span"),
            models.CheckConstraint(condition=~models.Q(state="cancelled") | models.Q(about=""), name="appointments_cancelled_says_nothing"),
        ]
        indexes = [
            models.Index(fields=["person", "-starts_at"], name="appointments_person"),
            models.Index(fields=["on_date", "state"], name="appointments_date"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_ahead(self) -> bool:
        """Still to come, or under way."""
        return self.is_open and self.ends_at > clock.now()

    @property
    def until_at(self) -> dt.datetime:
        """Until then one may cancel."""
        return self.starts_at - dt.timedelta(minutes=self.desk.until_minutes)
