"""What bodies have to give, what of it has been asked for, and the calculations of which of it together meets a need."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.matching.models.roster import SILENT_FOR
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import Pledge
from liandong.volunteers.models import Skill


class Resource(models.Model):
    """Something a body has to give: a plan that it can carry out, hours of its people, money. Places are venues.

    A plan says what others have to bring (`work`, minutes of a skill or of anybody's hands) and what the room has to have. Hours are so many minutes in all or every month.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", pgettext_lazy("resource", "Plan")
        HOURS = "hours", pgettext_lazy("resource", "Hours")
        MONEY = "money", pgettext_lazy("resource", "Money")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("resource", "To be had")
        PAUSED = "paused", pgettext_lazy("resource", "Paused")
        WITHDRAWN = "withdrawn", pgettext_lazy("resource", "Withdrawn")

    class Feature(models.TextChoices):
        STEP_FREE = "step_free", _("No steps to the door")
        INDOORS = "indoors", _("Indoors")
        OUTDOORS = "outdoors", _("In the open")

    TRANSITIONS = {"open": ("paused", "withdrawn"), "paused": ("open", "withdrawn"), "withdrawn": ()}

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=60)
    words = models.CharField(max_length=300, blank=True)
    topics = models.JSONField(default=list, blank=True)  # categories of needs; none: of any
    matters = models.JSONField(default=list, blank=True)  # words of which a need has to have one; none: any need of the topics
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # of hours; none: anybody's hands
    minutes = models.PositiveIntegerField(default=0)  # of hours: how many; of a plan: how long it takes
    is_monthly = models.BooleanField(default=False)  # hours: so many every month
    work = models.JSONField(default=list, blank=True)  # of a plan: [{"skill": name or "", "minutes": n}]
    features = models.JSONField(default=list, blank=True)  # of a plan: what the room has to have
    capacity = models.PositiveIntegerField(null=True, blank=True)  # of a plan: people at most
    times = models.PositiveSmallIntegerField(default=1)  # of a plan: how often it can be done
    fen = models.BigIntegerField(default=0)  # of money: how much; of a plan: what one time costs
    slots = models.JSONField(default=list, blank=True)  # stretches of the week (VolunteerProfile.Slot); none: at any time
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")  # how far it reaches
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fen__gte=0), name="matching_resource_money"),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True) | Q(to_date__isnull=True) | Q(to_date__gte=models.F("from_date")), name="matching_resource_dates"
            ),
            models.CheckConstraint(
                condition=(Q(kind="money", fen__gt=0)) | (Q(kind__in=("plan", "hours"), minutes__gt=0)), name="matching_resource_has_an_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state"], name="matching_resource_body"),
            models.Index(fields=["state", "kind"], name="matching_resource_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class ResourceUse(models.Model):
    """So much of a resource was asked for by a promise of a project. It counts unless the promise was declined or the project called off."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="uses")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()  # minutes, fen, or times of a plan
    on_date = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "pledge"], name="matching_use_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="matching_use_is_something"),
        ]
        indexes = [models.Index(fields=["pledge"], name="matching_use_pledge")]

    def __str__(self) -> str:
        return f"{self.resource} {self.amount}"


class MatchRun(models.Model):
    """One calculation of the needs of a place with everything there is to give. `result` holds codes and keys; `matching.package_words` says them."""

    class State(models.TextChoices):
        WORKING = "working", pgettext_lazy("match run", "Being calculated")
        DONE = "done", pgettext_lazy("match run", "Calculated")
        STOPPED = "stopped", pgettext_lazy("match run", "Stopped on the way")
        FAILED = "failed", pgettext_lazy("match run", "Broke off")

    TRANSITIONS = {"working": ("done", "stopped", "failed"), "done": (), "stopped": (), "failed": ()}

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WORKING)
    need_count = models.PositiveSmallIntegerField(default=0)
    done_count = models.PositiveSmallIntegerField(default=0)
    alone_count = models.PositiveSmallIntegerField(default=0)  # needs that could be met if they were the only one: no choice meets more
    met_count = models.PositiveSmallIntegerField(default=0)
    is_proven = models.BooleanField(default=False)
    result = models.JSONField(default=list)  # [{need, found, chosen, packages, nearest}]
    seconds = models.FloatField(default=0)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    is_stop_asked = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory"], condition=Q(state="working"), name="matching_run_one_at_work")]
        indexes = [models.Index(fields=["territory", "-finished_at"], name="matching_run_territory")]

    def __str__(self) -> str:
        return f"{self.territory} {self.asked_at:%Y-%m-%d}"

    @property
    def is_working(self) -> bool:
        return self.state == self.State.WORKING

    def is_silent(self, now: dt.datetime) -> bool:
        """Its worker has not been heard of for so long that it may be begun again."""
        return self.is_working and self.beat_at < now - SILENT_FOR


class PieceCall(models.Model):
    """A body was asked whether it has the one piece that a need still lacks. Once for a need and body."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    piece = models.CharField(max_length=10)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "organization"], name="matching_piece_call_once")]

    def __str__(self) -> str:
        return f"{self.need} {self.organization}"
