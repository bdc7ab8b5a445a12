"""The honour wall: only what somebody has agreed to show, each time anew."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.honours.models.honours import Honour
from liandong.honours.models.stars import StarGrant
from liandong.organizations.models import Territory


class WallEntry(models.Model):
    """One consent for one publication: this honour, or this star, under this form of the name. Taken back at any time; off the wall at once."""

    class NameForm(models.TextChoices):
        FULL = "full", pgettext_lazy("name form", "Full name")
        MASKED = "masked", pgettext_lazy("name form", "Masked name")
        NICKNAME = "nickname", pgettext_lazy("name form", "Nickname")

    honour = models.ForeignKey(Honour, null=True, blank=True, on_delete=models.PROTECT, related_name="wall_entries")
    grant = models.ForeignKey(StarGrant, null=True, blank=True, on_delete=models.PROTECT, related_name="wall_entries")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name_form = models.CharField(max_length=10, choices=NameForm.choices, default=NameForm.MASKED)
    nickname = models.CharField(max_length=20, blank=True)
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "wall entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(honour__isnull=False, grant__isnull=True) | Q(honour__isnull=True, grant__isnull=False), name="honours_wall_one_thing"
            ),
            models.UniqueConstraint(fields=["honour"], condition=Q(withdrawn_at__isnull=True), name="honours_wall_honour_once"),
            models.UniqueConstraint(fields=["grant"], condition=Q(withdrawn_at__isnull=True), name="honours_wall_grant_once"),
            models.CheckConstraint(condition=~Q(name_form="nickname") | ~Q(nickname=""), name="honours_wall_nickname"),
        ]
        indexes = [models.Index(fields=["-agreed_at"], condition=Q(withdrawn_at__isnull=True), name="honours_wall_newest")]

    def __str__(self) -> str:
        return f"{self.honour or self.grant} {self.name_form}"
