"""Draws: places of a sought-after activity by lot, so that anybody can compute it again."""

from django.db import models
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position
from liandong.core import crypto


def seed_place(activity_id: int) -> str:
    """A sealed seed opens for its own activity alone."""
    return f"matching.draw.seed:{activity_id}"


class Draw(models.Model):
    """The draw of one activity. What it will be drawn with is fixed before anybody is on the list, and known to nobody until then. Once drawn it stands: the database refuses any change."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("draw", "Open for entries")
        CLOSED = "closed", pgettext_lazy("draw", "List closed")
        DRAWN = "drawn", pgettext_lazy("draw", "Drawn")

    TRANSITIONS = {"open": ("closed",), "closed": ("drawn",), "drawn": ()}

    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    seed_sealed = models.TextField()
    seed_digest = models.CharField(max_length=64)
    seed = models.CharField(max_length=64, blank=True)
    public_rule = models.CharField(max_length=120, blank=True)
    public_number = models.CharField(max_length=60, blank=True)
    closes_at = models.DateTimeField()
    announced_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="drawn", drawn_at__isnull=False) & ~models.Q(seed="") | ~models.Q(state="drawn") & models.Q(seed="", drawn_at__isnull=True),
                name="matching_draw_seed_when_drawn",
            ),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(closed_at__isnull=False), name="matching_draw_closed_first"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["closes_at"], condition=models.Q(state="open"), name="matching_draw_to_close"),
            models.Index(fields=["-closes_at", "-id"], name="matching_draw_newest"),
        ]

    def __str__(self) -> str:
        return str(self.activity)

    def open_seed(self) -> str:
        """For the draw alone."""
        return crypto.open_sealed(self.seed_sealed, place=seed_place(self.activity_id))


class DrawList(models.Model):
    """The entries of one position as they hang on the wall, and what was drawn: all slips in order, those that got a place, those whose turn passed."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="lists")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    published = models.TextField()
    digest = models.CharField(max_length=64)
    entries = models.PositiveIntegerField()
    places = models.PositiveIntegerField()
    order = models.JSONField(default=list)  # slips, first drawn first
    winners = models.JSONField(default=list)  # slips that got a place at the draw
    passed = models.JSONField(default=list)  # slips withdrawn after the list was closed, or of somebody who is elsewhere at that time

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "position"], name="matching_draw_list_once")]

    def __str__(self) -> str:
        return f"{self.draw} {self.position}"
