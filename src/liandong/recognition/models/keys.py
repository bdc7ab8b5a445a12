"""The keys that certificates are signed with. A key that retired signs nothing more; what it signed is verified with it for ever."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person


class SigningKey(models.Model):
    """An Ed25519 key pair. The private half is sealed under the site's secret and forgotten when the key retires."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("Retired: verifies, signs no more")
        REFUSED = "refused", _("Not approved")

    TRANSITIONS = {"proposed": ("active", "refused"), "active": ("retired",), "retired": (), "refused": ()}

    number = models.PositiveIntegerField(unique=True)
    public_key = models.CharField(max_length=43, blank=True)  # 32 bytes, base64url
    private_sealed = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="active"), name="recognition_key_one_active"),
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="proposed"), name="recognition_key_one_proposed"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | models.Q(proposed_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="recognition_key_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "active"]) | models.Q(private_sealed=""), name="recognition_key_forgotten"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(from_at__isnull=False, until_at__isnull=False), name="recognition_key_active_has_span"
            ),
        ]

    def __str__(self) -> str:
        return f"key-{self.number}"
