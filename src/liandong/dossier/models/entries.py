"""Training, honours and evaluation: append-only lines of the dossier. A correction is a new line that names the old one."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Shift
from liandong.core import ids
from liandong.organizations.models import Organization


def new_entry_number() -> str:
    return "D" + ids.short_code(9)


class EntryQuerySet(models.QuerySet[Any]):
    def current(self) -> "EntryQuerySet":
        """The last word on each line: entries that no other one corrects."""
        corrected = self.model._default_manager.filter(corrects__isnull=False).values("corrects")
        return self.exclude(pk__in=corrected)

    def counting(self) -> "EntryQuerySet":
        """The last word, unless it was taken back."""
        return self.current().filter(is_withdrawn=False)


class DossierEntry(models.Model):
    """What training, honours and evaluation share. `source` names where an imported line came from; our own have none."""

    number = models.CharField(max_length=12, unique=True, default=new_entry_number, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=120, blank=True)
    source_number = models.CharField(max_length=60, blank=True)
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction")
    is_withdrawn = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_number"],
                condition=~models.Q(source="") & models.Q(corrects__isnull=True),
                name="%(app_label)s_%(class)s_source",
            ),
            models.CheckConstraint(condition=models.Q(corrects__isnull=True) | ~models.Q(reason=""), name="%(app_label)s_%(class)s_reason"),
            models.CheckConstraint(condition=~models.Q(source="") | models.Q(organization__isnull=False), name="%(app_label)s_%(class)s_writer"),
        ]
        indexes = [models.Index(fields=["person"], name="%(app_label)s_%(class)s_pers")]

    def __str__(self) -> str:
        return self.number


class TrainingEntry(DossierEntry):
    """培训信息 (Order 67 article 8): what was learned, for how long, who held it, when."""

    name = models.CharField(max_length=80)
    content = models.CharField(max_length=300)
    minutes = models.PositiveIntegerField()
    organizer_name = models.CharField(max_length=100)
    from_date = models.DateField()
    to_date = models.DateField()

    class Meta(DossierEntry.Meta):
        verbose_name_plural = "training entries"
        constraints = [
            *DossierEntry.Meta.constraints,
            models.CheckConstraint(condition=models.Q(to_date__gte=models.F("from_date")), name="dossier_training_dates"),
            models.CheckConstraint(condition=models.Q(minutes__gte=1), name="dossier_training_minutes"),
        ]


class HonourEntry(DossierEntry):
    """表彰奖励 (article 9): honours from elsewhere, on proof. What the town itself gives stands in `honours`."""

    name = models.CharField(max_length=80)
    honoured_on = models.DateField()
    granted_by_name = models.CharField(max_length=100)
    is_government = models.BooleanField(default=False)

    class Meta(DossierEntry.Meta):
        verbose_name_plural = "honour entries"


class ServiceEvaluation(DossierEntry):
    """服务质量评价 (article 10): what the body says of a volunteer's service in one shift, and when it said so."""

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", _("Excellent")
        GOOD = "good", _("Good")
        FAIR = "fair", _("As expected")
        POOR = "poor", _("Needs a talk")

    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activity_name = models.CharField(max_length=80)
    grade = models.CharField(max_length=10, choices=Grade.choices)
    words = models.CharField(max_length=200, blank=True)
    evaluated_on = models.DateField()

    class Meta(DossierEntry.Meta):
        constraints = [
            *DossierEntry.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "shift"], condition=models.Q(corrects__isnull=True, shift__isnull=False), name="dossier_evaluation_once"
            ),
        ]
        indexes = [*DossierEntry.Meta.indexes, models.Index(fields=["shift"], name="dossier_evaluation_shift")]
