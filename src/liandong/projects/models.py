"""Projects: what three parties agree to do about one or several needs."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.needs.models import Category, Need
from liandong.organizations.models import Organization, Territory


def new_project_number() -> str:
    return "P" + ids.short_code(7)


class Project(models.Model):
    """A project, led by one body, that answers needs."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("project", "Draft")
        PROPOSED = "proposed", _("Waiting for approval")
        RUNNING = "running", pgettext_lazy("project", "Running")
        DONE = "done", pgettext_lazy("project", "Finished")
        CANCELLED = "cancelled", pgettext_lazy("project", "Cancelled")

    TRANSITIONS = {
        "draft": ("proposed", "cancelled"),
        "proposed": ("running", "draft", "cancelled"),
        "running": ("done", "cancelled"),
        "done": (),
        "cancelled": (),
    }
    OPEN_STATES = ("draft", "proposed", "running")

    number = models.CharField(max_length=12, unique=True, default=new_project_number, editable=False)
    name = models.CharField(max_length=80)
    goal = models.TextField(blank=True)
    category = models.CharField(max_length=12, choices=Category.choices, default=Category.OTHER)
    lead = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    budget_fen = models.BigIntegerField(default=0)
    spent_fen = models.BigIntegerField(default=0)
    starts_date = models.DateField(null=True, blank=True)
    ends_date = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    closing_words = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(budget_fen__gte=0, spent_fen__gte=0), name="projects_project_money"),
            models.CheckConstraint(
                condition=models.Q(ends_date__isnull=True) | models.Q(starts_date__isnull=True) | models.Q(ends_date__gte=models.F("starts_date")),
                name="projects_project_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="projects_project_state"),
            models.Index(fields=["lead", "state"], name="projects_project_lead"),
            GinIndex(fields=["search"], name="projects_project_search"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectNeed(models.Model):
    """A need that a project answers."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="need_links")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "need"], name="projects_project_need_once")]
        indexes = [models.Index(fields=["need"], name="projects_project_need_need")]

    def __str__(self) -> str:
        return f"{self.project} {self.need}"


class Pledge(models.Model):
    """One line of the compact: which body owes what to the project, and whether it was kept."""

    class Kind(models.TextChoices):
        PLACE = "place", pgettext_lazy("pledge", "Place")
        PLAN = "plan", pgettext_lazy("pledge", "Plan")
        HOURS = "hours", pgettext_lazy("pledge", "Hours")
        MONEY = "money", pgettext_lazy("pledge", "Money")
        GOODS = "goods", pgettext_lazy("pledge", "Goods")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("pledge", "Not yet agreed")
        AGREED = "agreed", pgettext_lazy("pledge", "Agreed")
        DECLINED = "declined", pgettext_lazy("pledge", "Declined")
        KEPT = "kept", pgettext_lazy("pledge", "Kept")
        BROKEN = "broken", pgettext_lazy("pledge", "Not kept")

    TRANSITIONS = {
        "proposed": ("agreed", "declined"),
        "agreed": ("kept", "broken", "declined", "proposed"),
        "declined": ("proposed",),
        "kept": (),
        "broken": ("kept",),
    }

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pledges")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    answer_words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "organization", "kind"], name="projects_pledge_once")]
        indexes = [models.Index(fields=["organization", "state"], name="projects_pledge_organization")]

    def __str__(self) -> str:
        return f"{self.organization} {self.kind}"


class Milestone(models.Model):
    """A step of a project with its day."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(max_length=80)
    due_date = models.DateField()
    done_date = models.DateField(null=True, blank=True)
    proof = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_date"], condition=models.Q(done_date__isnull=True), name="projects_milestone_due")]

    def __str__(self) -> str:
        return self.name
