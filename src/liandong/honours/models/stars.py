"""How hours become stars, by place and version, and the stars that were reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.organizations.models import Territory


class StarRule(models.Model):
    """A version of the rule set of one place, or of everywhere: how many hours each star and medal asks for. The nearest place holds.

    Nobody changes the levels of many by themselves: one proposes, another agrees (R18).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        AGREED = "agreed", pgettext_lazy("rule set", "Agreed")
        REFUSED = "refused", pgettext_lazy("rule set", "Not agreed")

    class Quality(models.TextChoices):
        NONE = "", _("Hours alone")
        SHOW_UP = "show_up", _("Came when they had said yes")
        RATED = "rated", _("Evaluated as good or better")

    TRANSITIONS = {"proposed": ("agreed", "refused"), "agreed": (), "refused": ()}

    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    star_hours = models.JSONField(default=list)
    star_names = models.JSONField(default=list, blank=True)
    medal_hours = models.JSONField(default=list, blank=True)
    medal_names = models.JSONField(default=list, blank=True)
    quality = models.CharField(max_length=10, choices=Quality.choices, blank=True, default=Quality.NONE)
    quality_percent = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=200)
    from_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "version"], nulls_distinct=False, name="honours_star_rule_version"),
            models.CheckConstraint(condition=~models.Q(source=""), name="honours_star_rule_has_source"),
            models.CheckConstraint(condition=models.Q(quality_percent__lte=100), name="honours_star_rule_percent"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")), name="honours_star_rule_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def steps(self) -> list[int]:
        """Hours of every level, stars first, then medals."""
        return [*self.star_hours, *self.medal_hours]

    def name_of(self, level: int) -> str:
        """The name this set gives a level; "" when it gives none."""
        stars = len(self.star_hours)
        names, place = (self.star_names, level - 1) if level <= stars else (self.medal_names, level - 1 - stars)
        return str(names[place]) if 0 <= place < len(names) else ""


class StarGrant(models.Model):
    """A star or medal somebody reached, under the rule that held then; or, with `withdraws`, that it fell because records were withdrawn. Append-only."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(StarRule, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    needed_minutes = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    granted_at = models.DateTimeField()
    withdraws = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(level__gte=1), name="honours_star_grant_level"),
            models.CheckConstraint(
                condition=models.Q(withdraws__isnull=True, reason="", minutes__gte=models.F("needed_minutes"))
                | (models.Q(withdraws__isnull=False, minutes__lt=models.F("needed_minutes")) & ~models.Q(reason="")),
                name="honours_star_grant_or_withdrawal",
            ),
        ]
        indexes = [models.Index(fields=["person", "level"], name="honours_star_grant_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.level}"
