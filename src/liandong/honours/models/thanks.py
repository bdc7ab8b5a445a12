"""Thanks of those who were served, on their way to those who served them. Nobody's name, no moment: only the day."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.needs.models import Need


class ThanksNote(models.Model):
    """Words of thanks for an activity or a need. `writer_digest` knows whether somebody has written already, and leads back to nobody."""

    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        FLAGGED = "flagged", _("To be read first")
        RELAYED = "relayed", _("Passed on")
        REFUSED = "refused", _("Not passed on")

    TRANSITIONS = {"waiting": ("relayed", "refused", "flagged"), "flagged": ("waiting", "refused"), "relayed": ("flagged", "refused"), "refused": ()}
    LONGEST = 300

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    writer_digest = models.CharField(max_length=64, unique=True, editable=False)
    words = models.CharField(max_length=LONGEST)
    is_for_wall = models.BooleanField(default=False)
    written_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    flags = models.JSONField(default=list, blank=True)
    entered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    relayed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(activity__isnull=False, need__isnull=True) | models.Q(activity__isnull=True, need__isnull=False),
                name="honours_thanks_for_one",
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="honours_thanks_has_words"),
        ]
        indexes = [
            models.Index(fields=["state", "written_on"], name="honours_thanks_state"),
            models.Index(fields=["activity"], name="honours_thanks_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.written_on} {self.state}"


class ThanksReceipt(models.Model):
    """Thanks that reached a volunteer. `shows_activity` only where so many were served that nobody can be picked out."""

    class State(models.TextChoices):
        SHOWN = "shown", pgettext_lazy("thanks", "Shown")
        REPORTED = "reported", pgettext_lazy("thanks", "Reported")

    note = models.ForeignKey(ThanksNote, on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    shows_activity = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SHOWN)
    reached_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="honours_thanks_receipt_once")]
        indexes = [models.Index(fields=["person", "-reached_on"], name="honours_thanks_receipt_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.reached_on}"
