"""Activities: when, where, who stands in which position, who came."""

import secrets

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.bookings.models import Booking
from liandong.core import clock, ids
from liandong.needs.models import Category, Segment
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import Project
from liandong.venues.models import Venue


def new_activity_code() -> str:
    return ids.short_code(7)


def new_ticket_code() -> str:
    return ids.short_code(6)


def new_slip() -> str:
    """Six digits by chance: a number for a draw that says neither who nor when."""
    return f"{secrets.randbelow(900_000) + 100_000}"


def new_shift_secret() -> str:
    return secrets.token_hex(16)


class Series(models.Model):
    """Activities repeated week by week from one model."""

    weeks = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.pk} x{self.weeks}"


class Activity(models.Model):
    """Something that happens: one or several shifts, each with positions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Open for sign-up")
        CANCELLED = "cancelled", _("Cancelled")
        FINISHED = "finished", _("Finished")

    class PlacesBy(models.TextChoices):
        ORDER = "order", _("In order of sign-up")
        DRAW = "draw", _("By draw")

    TRANSITIONS = {"draft": ("published", "cancelled"), "published": ("cancelled", "finished"), "cancelled": (), "finished": ()}

    code = models.CharField(max_length=8, unique=True, default=new_activity_code, editable=False)
    title = models.CharField(max_length=80)
    summary = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    category = models.CharField(max_length=12, choices=Category.choices, default=Category.OTHER)
    segment = models.CharField(max_length=12, choices=Segment.choices, blank=True)
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="activities")
    venue = models.ForeignKey(Venue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    leader = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=50, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    is_good_first_time = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    cancel_reason = models.CharField(max_length=200, blank=True)
    cancel_until_hours = models.PositiveSmallIntegerField(default=18)
    places_by = models.CharField(max_length=5, choices=PlacesBy.choices, default=PlacesBy.ORDER)
    drawn_at = models.DateTimeField(null=True, blank=True)
    first_starts_at = models.DateTimeField(null=True, blank=True)
    last_ends_at = models.DateTimeField(null=True, blank=True)
    served_count = models.PositiveIntegerField(default=0)
    served_note = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["state", "first_starts_at"], name="activities_activity_state"),
            models.Index(fields=["host", "-first_starts_at"], name="activities_activity_host"),
            models.Index(fields=["project"], name="activities_activity_project"),
            models.Index(fields=["territory", "first_starts_at"], name="activities_activity_ground"),
            models.Index(fields=["-first_starts_at", "-id"], name="activities_activity_newest"),
            GinIndex(fields=["search"], name="activities_activity_search"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shown(self) -> bool:
        """Everybody may read it: published or finished, neither a draft nor called off."""
        return self.state in (self.State.PUBLISHED, self.State.FINISHED)

    @property
    def awaits_draw(self) -> bool:
        """Places go by draw, and it has not been held yet."""
        return self.places_by == self.PlacesBy.DRAW and self.drawn_at is None


class Shift(models.Model):
    """A stretch of time of an activity. Its secret signs the rotating code at the door."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    spot = models.CharField(max_length=80, blank=True)
    booking = models.OneToOneField(Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secret = models.CharField(max_length=32, default=new_shift_secret, editable=False)
    next_sequence = models.PositiveIntegerField(default=1)
    day_reminder_at = models.DateTimeField(null=True, blank=True)
    soon_reminder_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="activities_shift_ends_after_start")]
        indexes = [
            models.Index(fields=["activity", "starts_at"], name="activities_shift_activity"),
            models.Index(fields=["starts_at"], name="activities_shift_starts"),
            models.Index(fields=["ends_at"], name="activities_shift_ends"),
            models.Index(fields=["ends_at"], condition=models.Q(closed_at__isnull=True), name="activities_shift_open"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.starts_at:%m-%d %H:%M}"


class Position(models.Model):
    """What somebody does in a shift: a volunteer serves, a participant is served, staff works. Only a volunteer's attendance becomes a service record."""

    class Kind(models.TextChoices):
        VOLUNTEER = "volunteer", _("Volunteer")
        PARTICIPANT = "participant", _("Participant")
        STAFF = "staff", _("Staff")

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="positions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=40)
    note = models.CharField(max_length=120, blank=True)
    capacity = models.PositiveIntegerField()
    min_age = models.PositiveSmallIntegerField(default=0)  # 0: everybody
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "name"], name="activities_position_name"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="activities_position_capacity"),
            models.CheckConstraint(condition=models.Q(min_age__lte=80), name="activities_position_min_age"),
        ]
        indexes = [models.Index(fields=["shift", "order"], name="activities_position_shift")]

    def __str__(self) -> str:
        return self.name


class SignUp(models.Model):
    """A person's place in a position, or on its waiting list. `sequence` is the order of arrival within the shift.

    Where places go by draw, `slip` is the number on the list of the draw, and `drawn_rank` the place in the order drawn: it goes before `sequence`.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")
        ABSENT = "absent", _("Did not come")

    TRANSITIONS = {"confirmed": ("cancelled", "absent"), "waiting": ("confirmed", "cancelled"), "cancelled": (), "absent": ("confirmed",)}

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="sign_ups")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="sign_ups")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    sequence = models.PositiveIntegerField()
    slip = models.CharField(max_length=6, blank=True, editable=False)
    drawn_rank = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=8, unique=True, default=new_ticket_code, editable=False)
    signed_up_at = models.DateTimeField()
    signed_up_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_up_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    clash_allowed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "person"], condition=models.Q(state__in=["confirmed", "waiting", "absent"]), name="activities_sign_up_once"
            ),
            models.UniqueConstraint(fields=["shift", "sequence"], name="activities_sign_up_sequence"),
            models.UniqueConstraint(fields=["shift", "slip"], condition=~models.Q(slip=""), name="activities_sign_up_slip"),
            models.UniqueConstraint(fields=["position", "drawn_rank"], condition=models.Q(drawn_rank__isnull=False), name="activities_sign_up_rank"),
        ]
        indexes = [
            models.Index(fields=["position", "state", "sequence"], name="activities_sign_up_position"),
            models.Index(fields=["person", "state"], name="activities_sign_up_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.position}"

    @property
    def is_in_draw(self) -> bool:
        """Waits for the draw, not for somebody to cancel."""
        return self.state == self.State.WAITING and bool(self.slip) and self.shift.activity.awaits_draw


class Attendance(models.Model):
    """When somebody came and left, and how we know. Once confirmed it stands: what is wrong then is put right in the service record."""

    class Method(models.TextChoices):
        VENUE_CODE = "venue_code", _("Scanned the code at the door")
        TICKET = "ticket", _("Leader scanned the person's code")
        OFFLINE = "offline", _("Leader scanned the person's code without network")
        KIOSK = "kiosk", _("Typed a code at the door tablet")
        LIST = "list", _("Leader ticked the list")
        SHIFT_END = "shift_end", _("Closed at the end of the shift")
        CORRECTION = "correction", _("Corrected")

    sign_up = models.OneToOneField(SignUp, on_delete=models.PROTECT, related_name="attendance")
    in_at = models.DateTimeField()
    in_method = models.CharField(max_length=12, choices=Method.choices)
    in_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    in_nonce = models.CharField(max_length=40, null=True, blank=True, unique=True)
    in_device = models.CharField(max_length=16, blank=True, editable=False)  # keyed hash of the phone that opened the code at the door
    distance_m = models.PositiveIntegerField(
        null=True, blank=True
    )  # how far from the venue, where the person chose to say so; the place itself is not kept
    out_at = models.DateTimeField(null=True, blank=True)
    out_method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    out_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    out_nonce = models.CharField(max_length=40, null=True, blank=True, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(out_at__isnull=True) | models.Q(out_at__gte=models.F("in_at")), name="activities_attendance_out_after_in"
            )
        ]

    def __str__(self) -> str:
        return str(self.sign_up)

    @property
    def minutes(self) -> int | None:
        """Whole minutes between coming and leaving, None while the person is still there."""
        return None if self.out_at is None else int((self.out_at - self.in_at).total_seconds() // 60)


class AttendanceCorrection(models.Model):
    """A correction of an attendance: the old and the new values and why. Append-only."""

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="corrections")
    old_in_at = models.DateTimeField(null=True)
    old_out_at = models.DateTimeField(null=True)
    new_in_at = models.DateTimeField()
    new_out_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    corrected_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class DoorScan(models.Model):
    """A scan that a leader's phone kept while it had no network, as it came in: what the phone said, both times, and what was made of it. Append-only."""

    class Verdict(models.TextChoices):
        TAKEN = "taken", _("Counts")
        ALREADY = "already", _("Another phone was first")
        UNLISTED = "unlisted", _("Not on the list")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")
        NOT_IN = "not_in", _("Left without coming")
        OUTSIDE = "outside", _("Outside the time of the shift")
        CLOCK = "clock", _("The time cannot be believed")
        YOUNG = "young", _("Too young for this position")
        SUSPENDED = "suspended", _("Suspended from the activities of this body")
        REFUSED = "refused", _("Not accepted")

    class Shown(models.TextChoices):
        KEPT = "kept", _("Noted, not sent yet")
        UNLISTED = "unlisted", _("Not on the list, noted")

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="door_scans")
    nonce = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=8)
    sign_up = models.ForeignKey(SignUp, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=3, choices=[("in", _("Check-in")), ("out", _("Check-out"))])
    device = models.CharField(max_length=40)
    device_at = models.DateTimeField()  # the phone's own clock, whatever it says
    ago_ms = models.BigIntegerField(null=True, blank=True)  # by the phone's steady clock: how long before it was sent
    scanned_at = models.DateTimeField()  # our best knowledge of the moment
    received_at = models.DateTimeField()
    is_clock_wrong = models.BooleanField(default=False)
    is_from_file = models.BooleanField(default=False)
    shown = models.CharField(max_length=10, choices=Shown.choices, default=Shown.KEPT)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(act__in=["in", "out"]), name="activities_door_scan_act")]
        indexes = [models.Index(fields=["shift", "received_at"], name="activities_door_scan_shift")]

    def __str__(self) -> str:
        return f"{self.code} {self.act} {self.verdict}"

    @property
    def is_conflict(self) -> bool:
        return self.verdict != self.Verdict.TAKEN


class ScanSettlement(models.Model):
    """What the leader decided about a scan that could not simply be counted. Append-only."""

    class Outcome(models.TextChoices):
        TOOK = "took", _("Counted after all")
        LEFT = "left", _("Left out")

    scan = models.OneToOneField(DoorScan, on_delete=models.PROTECT, related_name="settlement")
    outcome = models.CharField(max_length=4, choices=Outcome.choices)
    reason = models.CharField(max_length=200)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scan} {self.outcome}"


class Kiosk(models.Model):
    """A tablet at the door where people type their own code. Its link works for one shift, until it is over or taken back."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="kiosks")
    name = models.CharField(max_length=40)
    secret = models.CharField(max_length=32, default=new_shift_secret, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    wrong_since_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class SpotCheck(models.Model):
    """Once in a while a page asks the leader to look whether one of those present is really there. Append-only."""

    class Answer(models.TextChoices):
        HERE = "here", _("Yes, is here")
        GONE = "gone", _("Is not here")
        UNSURE = "unsure", _("Could not look")

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="spot_checks")
    turn = models.PositiveIntegerField()
    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="spot_checks")
    answer = models.CharField(max_length=6, choices=Answer.choices)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "turn"], name="activities_spot_check_turn")]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.turn} {self.answer}"


class Suspension(models.Model):
    """A body keeps a person from its own activities until a day. In force while it is not lifted and that day has not passed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    until_date = models.DateField()
    suspended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~models.Q(lift_reason=""),
                name="activities_suspension_lifted_whole",
            )
        ]
        indexes = [
            models.Index(fields=["person", "organization"], name="activities_suspension_person"),
            models.Index(fields=["organization", "-suspended_at"], name="activities_suspension_body"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.person_id} {self.until_date}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None and self.until_date >= clock.today()
