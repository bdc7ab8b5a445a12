"""Visits to firms and homes: the plan, the notes, what was promised, and the sentences that became needs."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, ids, masking
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory


def new_visit_number() -> str:
    return "V" + ids.short_code(7)


class Whom(models.Model):
    """Whom a visit goes to: a body, a person who is registered, or a home known by a name and a place."""

    visited_organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visited_person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visited_name = models.CharField(max_length=50, blank=True)
    place = models.CharField(max_length=120, blank=True)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def whom(self) -> str:
        """Whom, as staff may read it: a body by name, a person masked."""
        if self.visited_organization is not None:
            return self.visited_organization.label
        return masking.mask_name(self.visited_person.name if self.visited_person is not None else self.visited_name)

    @property
    def is_body(self) -> bool:
        return self.visited_organization_id is not None


EXACTLY_ONE = (
    models.Q(visited_organization__isnull=False, visited_person__isnull=True, visited_name="")
    | models.Q(visited_organization__isnull=True, visited_person__isnull=False, visited_name="")
    | (models.Q(visited_organization__isnull=True, visited_person__isnull=True) & ~models.Q(visited_name=""))
)


class VisitPlan(Whom):
    """A body goes to see somebody every so many weeks, from a day on. When the next visit is due is worked out from the last one (`queries.with_due`)."""

    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    every_weeks = models.PositiveSmallIntegerField()
    handler = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE, name="visits_plan_whom"),
            models.CheckConstraint(condition=models.Q(every_weeks__gte=1, every_weeks__lte=104), name="visits_plan_weeks"),
            models.UniqueConstraint(
                fields=["host", "visited_organization"],
                condition=models.Q(to_date__isnull=True, visited_organization__isnull=False),
                name="visits_plan_one_of_a_body",
            ),
            models.UniqueConstraint(
                fields=["host", "visited_person"],
                condition=models.Q(to_date__isnull=True, visited_person__isnull=False),
                name="visits_plan_one_of_a_person",
            ),
        ]
        indexes = [models.Index(fields=["host", "to_date"], name="visits_plan_host")]

    def __str__(self) -> str:
        return f"{self.host_id} {self.every_weeks}"

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def is_active(self) -> bool:
        return self.to_date is None or self.to_date >= clock.today()


class Visit(Whom):
    """One visit. States: planned 待走访 -> done 已走访, or cancelled 取消 with the reason.

    Notes and drafts of them are rows of their own (`VisitNote`), because few may read them.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("visit", "Planned")
        DONE = "done", pgettext_lazy("visit", "Visited")
        CANCELLED = "cancelled", pgettext_lazy("visit", "Called off")

    TRANSITIONS = {"planned": ("done", "cancelled"), "done": (), "cancelled": ("planned",)}

    number = models.CharField(max_length=12, unique=True, default=new_visit_number, editable=False)
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(VisitPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_date = models.DateField()
    handler = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visited_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE, name="visits_visit_whom"),
            models.CheckConstraint(
                condition=models.Q(state="done", visited_on__isnull=False) | (~models.Q(state="done") & models.Q(visited_on__isnull=True)),
                name="visits_visit_done_has_day",
            ),
            models.CheckConstraint(condition=~models.Q(state="cancelled") | ~models.Q(cancel_reason=""), name="visits_visit_cancelled_has_reason"),
        ]
        indexes = [
            models.Index(fields=["host", "state", "planned_date"], name="visits_visit_host"),
            models.Index(fields=["visited_organization", "-visited_on"], name="visits_visit_body"),
            models.Index(fields=["visited_person", "-visited_on"], name="visits_visit_person"),
            models.Index(fields=["territory", "state"], name="visits_visit_territory"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_overdue(self) -> bool:
        return self.state == self.State.PLANNED and self.planned_date < clock.today()

    @property
    def at_date(self) -> dt.date:
        """The day that counts: when it took place, else when it is planned."""
        return self.visited_on or self.planned_date


class Visitor(models.Model):
    """Somebody who went."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="visitors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="visits_visitor_once")]

    def __str__(self) -> str:
        return f"{self.visit} {self.person}"


class VisitNote(models.Model):
    """What was seen and heard, as it was written at one time. Version 0 is the draft, gone when the visit is done; a correction is a new version, the earlier ones stay."""

    DRAFT = 0
    LONGEST = 5_000

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="notes")
    version = models.PositiveSmallIntegerField()
    words = models.TextField(max_length=LONGEST)
    present = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "version"], name="visits_note_version")]

    def __str__(self) -> str:
        return f"{self.visit} {self.version}"


class FollowUp(models.Model):
    """What was promised at a visit. Those who were visited see it, and whether it was kept."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="follow_ups")
    words = models.CharField(max_length=300)
    due_date = models.DateField(null=True, blank=True)
    handler = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(words=""), name="visits_follow_up_has_words")]
        indexes = [models.Index(fields=["due_date"], condition=models.Q(done_at__isnull=True), name="visits_follow_up_due")]

    def __str__(self) -> str:
        return f"{self.visit} {self.due_date}"

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_date is not None and self.due_date < clock.today()


class VisitSentence(models.Model):
    """A sentence of the notes that became a need: `note.words[start:end]`."""

    note = models.ForeignKey(VisitNote, on_delete=models.PROTECT, related_name="sentences")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    words = models.TextField()
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "start"], name="visits_sentence_once"),
            models.UniqueConstraint(fields=["need"], name="visits_sentence_of_a_need"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="visits_sentence_span"),
        ]

    def __str__(self) -> str:
        return f"{self.note} {self.start}"
