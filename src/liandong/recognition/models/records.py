"""The service record of Order 67 and what a volunteer says against it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift, SignUp
from liandong.core import ids
from liandong.needs.models import Category
from liandong.organizations.models import Organization, Territory
from liandong.points.models import PointsRule, PointsTransfer
from liandong.recognition.models.claims import Backfill
from liandong.recognition.models.trust import ConfirmationRule


def new_record_number() -> str:
    return "R" + ids.short_code(9)


class ServiceRecordQuerySet(models.QuerySet["ServiceRecord"]):
    def current(self) -> "ServiceRecordQuerySet":
        """The last word on each service: records that no other record corrects."""
        corrected = self.model._default_manager.filter(corrects__isnull=False).values("corrects")
        return self.exclude(pk__in=corrected)  # a short list, looked up once: an outer join would cost a hash of the whole table

    def counting(self) -> "ServiceRecordQuerySet":
        """The records whose minutes count: the last word on each service, unless it was withdrawn."""
        return self.current().filter(minutes__gt=0)


class ServiceRecord(models.Model):
    """One volunteer's service in one shift, with the fields that Order 67 article 7 asks for. Append-only: a correction is a new record that names the old one.

    A record counts when no other record corrects it. A withdrawal is a correction with 0 minutes.
    """

    number = models.CharField(max_length=12, unique=True, default=new_record_number, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    sign_up = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="+")
    activity_name = models.CharField(max_length=80)
    service_date = models.DateField()
    place = models.CharField(max_length=200)
    content = models.CharField(max_length=200)
    category = models.CharField(max_length=12, choices=Category.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    organizer_name = models.CharField(max_length=100)
    leader_name = models.CharField(max_length=50, blank=True)
    method = models.CharField(max_length=30)
    rule = models.ForeignKey(PointsRule, on_delete=models.PROTECT, related_name="+")
    transfer = models.OneToOneField(PointsTransfer, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    confirmed_under = models.ForeignKey(ConfirmationRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    backfill = models.ForeignKey(Backfill, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction")
    reason = models.CharField(max_length=200, blank=True)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sign_up"], condition=models.Q(corrects__isnull=True), name="recognition_record_once"),
            models.CheckConstraint(condition=models.Q(corrects__isnull=True) | ~models.Q(reason=""), name="recognition_record_correction_has_reason"),
            models.CheckConstraint(condition=models.Q(minutes__lte=1440), name="recognition_record_minutes"),
            models.CheckConstraint(condition=models.Q(ends_at__gte=models.F("starts_at")), name="recognition_record_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(confirmed_under__isnull=True) | models.Q(confirmed_by__isnull=True, backfill__isnull=True),
                name="recognition_record_by_rule_or_person",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-service_date"], name="recognition_record_person"),
            models.Index(fields=["organization", "-service_date"], name="recognition_record_org"),
            models.Index(fields=["service_date"], include=["minutes", "person", "territory"], name="recognition_record_date"),
            models.Index(fields=["activity"], name="recognition_record_activity"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_backfilled(self) -> bool:
        """Its time was added by hand, by two people. Every later version says so too."""
        return self.backfill_id is not None


class RecordAppeal(models.Model):
    """A volunteer says that a record is not right (Order 67 article 13). It carries an answer clock; the answer is a corrected record or words."""

    class State(models.TextChoices):
        OPEN = "open", _("Being looked into")
        CORRECTED = "corrected", _("Record corrected")
        KEPT = "kept", _("Record stands")
        WITHDRAWN = "withdrawn", _("Taken back")

    TRANSITIONS = {"open": ("corrected", "kept", "withdrawn"), "corrected": (), "kept": (), "withdrawn": ()}

    record = models.ForeignKey(ServiceRecord, on_delete=models.PROTECT, related_name="appeals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    appealed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)  # from here on the hub answers
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=models.Q(state="open"), name="recognition_appeal_one_open"),
            models.CheckConstraint(condition=~models.Q(words=""), name="recognition_appeal_has_words"),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(answered_at__isnull=False), name="recognition_appeal_answered"),
        ]
        indexes = [models.Index(fields=["answer_due_at"], condition=models.Q(state="open"), name="recognition_appeal_due")]

    def __str__(self) -> str:
        return self.words[:30]
