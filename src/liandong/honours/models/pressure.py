"""Was anybody pressed to take part? Counted, never traced: the ticket knows that somebody answered, the answer knows nobody."""

import uuid

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.organizations.models import Territory


class PressureTicket(models.Model):
    """That somebody has answered in this half year, as a digest; no key leads from here to the answer, nor back."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    half_year = models.CharField(max_length=6)

    def __str__(self) -> str:
        return self.half_year


class PressureAnswer(models.Model):
    """One answer, without a person and without a moment. The id is random, so that no order leads to anybody."""

    class Source(models.TextChoices):
        NOBODY = "", pgettext_lazy("pressure", "Nobody")
        EMPLOYER = "employer", pgettext_lazy("pressure", "My employer")
        SCHOOL = "school", pgettext_lazy("pressure", "A school")
        COMMUNITY = "community", pgettext_lazy("pressure", "The community")
        TEAM = "team", pgettext_lazy("pressure", "My team or an organisation")
        OTHER = "other", pgettext_lazy("pressure", "Somebody else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    half_year = models.CharField(max_length=6)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    was_pressed = models.BooleanField()
    source = models.CharField(max_length=10, choices=Source.choices, blank=True, default=Source.NOBODY)

    class Meta:
        indexes = [models.Index(fields=["half_year", "territory"], name="honours_pressure_half")]

    def __str__(self) -> str:
        return f"{self.half_year} {self.was_pressed}"
