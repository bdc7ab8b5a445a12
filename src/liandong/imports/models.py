"""Files that people bring: what was read, what went in, what was refused, and how to take it back."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.organizations.models import Organization, Territory


class ImportRun(models.Model):
    """One file on its way in: uploaded, looked at, committed by a job, undone within a day if wished."""

    class Kind(models.TextChoices):
        ROSTER = "roster", _("Volunteer roster")
        EMPLOYEES = "employees", _("Employee list")
        NEEDS = "needs", _("List of needs")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        COMMITTING = "committing", _("Going in")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    TRANSITIONS = {
        "uploaded": ("uploaded", "checking"),
        "checking": ("checked", "uploaded"),
        "checked": ("uploaded", "checking", "committing"),
        "committing": ("done", "failed"),
        "done": ("undoing",),
        "failed": ("committing", "undoing"),
        "undoing": ("undone",),
        "undone": (),
    }
    WORKING_STATES = ("checking", "committing", "undoing")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=200)
    sheets = models.JSONField(default=list)
    sheet = models.CharField(max_length=60, blank=True)
    header_row = models.PositiveIntegerField(default=0)
    header_height = models.PositiveSmallIntegerField(default=1)
    columns = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    made = models.JSONField(default=dict)
    undo_result = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="imports_run_created")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"

    @property
    def rows_in(self) -> int:
        return self.taken + self.joined + self.unchanged

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING_STATES


class ImportIssue(models.Model):
    """What is to be said about a row: an error keeps it out, a warning lets it in without the cell, a note only tells. Values come masked."""

    class Level(models.TextChoices):
        ERROR = "error", _("Keeps the row out")
        WARNING = "warning", _("Goes in, please look")
        NOTE = "note", _("For your information")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    level = models.CharField(max_length=8, choices=Level.choices)

    class Meta:
        indexes = [models.Index(fields=["run", "row"], name="imports_issue_row"), models.Index(fields=["run", "code"], name="imports_issue_code")]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class ImportEffect(models.Model):
    """A row of the database that the run made or filled in: what undo needs.

    `after` holds digests, not values: undo only asks whether somebody changed the row since. What was filled in had been empty, which `before` says.
    """

    class Action(models.TextChoices):
        CREATED = "created", _("Created")
        FILLED = "filled", _("Filled in")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="effects")
    row = models.PositiveIntegerField()
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    action = models.CharField(max_length=10, choices=Action.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["run", "row"], name="imports_effect_row"),
            models.Index(fields=["model", "object_id"], name="imports_effect_object"),
        ]

    def __str__(self) -> str:
        return f"{self.model}:{self.object_id} {self.action}"
