"""Service that no check-in shows: what a volunteer claims, and hours added by hand 补录, which need a reason, evidence and two people."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Shift
from liandong.core import clock, ids
from liandong.organizations.models import Organization


def new_claim_number() -> str:
    return "Q" + ids.short_code(7)


def new_backfill_number() -> str:
    return "B" + ids.short_code(7)


class ServiceClaim(models.Model):
    """A volunteer, or somebody for them, says: I served, and no check-in shows it. Carries an answer clock; a refusal can be taken to the hub once."""

    class State(models.TextChoices):
        OPEN = "open", _("Being looked into")
        ACCEPTED = "accepted", _("Waits for a second person")
        RECORDED = "recorded", _("Recorded")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")

    TRANSITIONS = {
        "open": ("accepted", "refused", "withdrawn"),
        "accepted": ("recorded", "refused"),
        "refused": ("open",),
        "recorded": (),
        "withdrawn": (),
    }

    number = models.CharField(max_length=10, unique=True, default=new_claim_number, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=40, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    words = models.CharField(max_length=300)
    evidence = models.CharField(max_length=300, blank=True)
    photo = models.FileField(upload_to="evidence/", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    claimed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    appeal_words = models.CharField(max_length=300, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "shift"], condition=Q(state__in=["open", "accepted"]), name="recognition_claim_one_open"),
            models.CheckConstraint(condition=~Q(words=""), name="recognition_claim_has_words"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="recognition_claim_span"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="recognition_claim_refusal_has_reason"),
            models.CheckConstraint(condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("person")), name="recognition_claim_not_own"),
        ]
        indexes = [
            models.Index(fields=["person", "-claimed_at"], name="recognition_claim_person"),
            models.Index(fields=["organization", "answer_due_at"], condition=Q(state="open"), name="recognition_claim_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_with_hub(self) -> bool:
        return self.escalated_at is not None

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and self.answer_due_at < clock.now()

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class Backfill(models.Model):
    """Time added by hand 补录. Becomes a record only by a second person; whoever reads the record sees it for ever.

    `record` names the record it lengthens; without one it makes the first record of that person in that shift.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")

    TRANSITIONS = {"waiting": ("approved", "refused", "withdrawn"), "approved": (), "refused": (), "withdrawn": ()}

    number = models.CharField(max_length=10, unique=True, default=new_backfill_number, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(ServiceClaim, null=True, blank=True, on_delete=models.PROTECT, related_name="backfills")
    record = models.ForeignKey("ServiceRecord", null=True, blank=True, on_delete=models.PROTECT, related_name="lengthened_by")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    evidence = models.CharField(max_length=300)
    photo = models.FileField(upload_to="evidence/", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "shift"], condition=Q(state="waiting"), name="recognition_backfill_one_waiting"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(evidence=""), name="recognition_backfill_reason_evidence"),
            models.CheckConstraint(condition=~Q(created_by=F("person")), name="recognition_backfill_not_by_beneficiary"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="recognition_backfill_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | (~Q(decided_by=F("created_by")) & ~Q(decided_by=F("person"))),
                name="recognition_backfill_second_person",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at"), minutes__gte=1, minutes__lte=1440), name="recognition_backfill_span"),
        ]
        indexes = [
            models.Index(fields=["organization", "created_at"], condition=Q(state="waiting"), name="recognition_backfill_waiting"),
            models.Index(fields=["created_by", "created_at"], name="recognition_backfill_by"),
        ]

    def __str__(self) -> str:
        return self.number
