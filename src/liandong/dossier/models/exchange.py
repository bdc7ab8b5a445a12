"""Dossiers that travel: files that go out and come in, and records that came from elsewhere."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.dossier.models.entries import new_entry_number
from liandong.needs.models import Category
from liandong.organizations.models import Organization


class ExchangeRun(models.Model):
    """One exchange file on its way: going out made by a job; coming in checked, looked at, then taken in by a job."""

    class Direction(models.TextChoices):
        OUT = "out", _("Going out")
        IN = "in", _("Coming in")

    class State(models.TextChoices):
        WORKING = "working", _("Being made")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", pgettext_lazy("exchange", "Checked")
        TAKING = "taking", _("Going in")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    TRANSITIONS = {
        "working": ("done", "failed"),
        "checking": ("checked", "failed"),
        "checked": ("taking",),
        "taking": ("done", "failed"),
        "done": (),
        "failed": ("working", "checking", "taking"),
    }

    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200, blank=True)
    is_masked = models.BooleanField(default=True)
    file = models.FileField(upload_to="dossier/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=120, blank=True)
    people_total = models.PositiveIntegerField(default=0)
    people_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-created_at"], name="dossier_run_organization")]

    def __str__(self) -> str:
        return f"{self.direction} {self.file_name}"

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.WORKING, self.State.CHECKING, self.State.TAKING)


class ExchangeProblem(models.Model):
    """What the checker or the import says about one line of a file."""

    run = models.ForeignKey(ExchangeRun, on_delete=models.CASCADE, related_name="problems")
    file = models.CharField(max_length=60)
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="dossier_problem_run")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code}"


class OutsideRecord(models.Model):
    """A service recorded elsewhere, as that place wrote it. Shown in the dossier with its source; never one of our own certified records. Append-only."""

    number = models.CharField(max_length=12, unique=True, default=new_entry_number, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ExchangeRun, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=120)
    source_number = models.CharField(max_length=60)
    activity_name = models.CharField(max_length=80)
    service_date = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=12, choices=Category.choices, default=Category.OTHER)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    organizer_name = models.CharField(max_length=100)
    leader_name = models.CharField(max_length=50, blank=True)
    is_back_filled = models.BooleanField(default=False)
    taken_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_number"], name="dossier_outside_once"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1, minutes__lte=1440), name="dossier_outside_minutes"),
            models.CheckConstraint(condition=models.Q(ends_at__gte=models.F("starts_at")), name="dossier_outside_times"),
        ]
        indexes = [models.Index(fields=["person", "-service_date"], name="dossier_outside_person")]

    def __str__(self) -> str:
        return self.number
