"""How it was: ratings that nobody can trace to a person."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.activities.models import Activity, SignUp


class RatingInvitation(models.Model):
    """Somebody who took part is asked once. It knows whether an answer came, never which: no key leads from here to the rating, nor back."""

    sign_up = models.OneToOneField(SignUp, on_delete=models.CASCADE, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_answered = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["activity", "is_answered"], name="evaluation_invitation_activity")]

    def __str__(self) -> str:
        return f"{self.activity} {self.is_answered}"


class Rating(models.Model):
    """One anonymous answer. The id is random and only the day is kept, so that neither order nor time leads to a person."""

    class Score(models.IntegerChoices):
        VERY_GOOD = 5, _("Very satisfied")
        GOOD = 4, _("Satisfied")
        FAIR = 3, _("So-so")
        POOR = 1, _("Not satisfied")

    class Side(models.TextChoices):
        SERVED = "served", _("From people served")
        SERVING = "serving", _("From volunteers")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    score = models.PositiveSmallIntegerField(choices=Score.choices)
    words = models.CharField(max_length=300, blank=True)
    rated_date = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(score__in=[1, 3, 4, 5]), name="evaluation_rating_score")]
        indexes = [
            models.Index(fields=["activity", "side"], name="evaluation_rating_activity"),
            models.Index(fields=["rated_date"], name="evaluation_rating_date"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.score}"
