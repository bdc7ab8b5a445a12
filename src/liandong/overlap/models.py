"""What people decided about overlaps, who hosts together and counts which part, and whom a body means to serve, as digests only."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.organizations.models import Organization
from liandong.projects.models import Project


class OverlapDecision(models.Model):
    """Two things look alike, and somebody said what that means. It holds until the matter, the place or the days of one of them change (`fingerprint`)."""

    class Kind(models.TextChoices):
        DIFFERENT = "different", _("Not the same thing")
        CO_HOST = "co_host", _("Proposed to do it together")
        ACCEPTED = "accepted", _("Known, both take place")

    pair = models.CharField(max_length=60, editable=False)
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    other_activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    other_project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, editable=False)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["pair", "-decided_at"], name="overlap_decision_pair")]

    def __str__(self) -> str:
        return f"{self.pair} {self.kind}"


class CoHosting(models.Model):
    """One body is asked to run an activity together with its host. The partner counts its percent of hours and people, the host the rest: once, not twice.

    `asked_by` is the side that proposed: the host, or a body that wants to join in. `twin` is the partner's own activity that the joint one replaces.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("co-hosting", "Waiting for an answer")
        AGREED = "agreed", pgettext_lazy("co-hosting", "Agreed")
        DECLINED = "declined", pgettext_lazy("co-hosting", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("co-hosting", "Taken back")

    TRANSITIONS = {"proposed": ("agreed", "declined", "withdrawn"), "agreed": (), "declined": (), "withdrawn": ()}
    OPEN_STATES = ("proposed", "agreed")

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    twin = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    hours_percent = models.PositiveSmallIntegerField()
    people_percent = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300, blank=True)
    answer_words = models.CharField(max_length=300, blank=True)
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "partner"], condition=models.Q(state__in=["proposed", "agreed"]), name="overlap_co_hosting_once"
            ),
            models.CheckConstraint(
                condition=models.Q(hours_percent__gte=0, hours_percent__lte=100, people_percent__gte=0, people_percent__lte=100),
                name="overlap_co_hosting_percent",
            ),
        ]
        indexes = [
            models.Index(fields=["activity", "state"], name="overlap_co_hosting_activity"),
            models.Index(fields=["partner", "state"], name="overlap_co_hosting_partner"),
            models.Index(fields=["twin"], name="overlap_co_hosting_twin"),
            models.Index(fields=["state", "answer_due_at"], name="overlap_co_hosting_due"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} + {self.partner}"

    @property
    def invited(self) -> Organization:
        """The side that answers."""
        return self.activity.host if self.asked_by_id == self.partner_id else self.partner

    @property
    def host_hours(self) -> int:
        """What the host keeps when this is its only partner."""
        return 100 - self.hours_percent

    @property
    def is_late(self) -> bool:
        return self.state == self.State.PROPOSED and self.answer_due_at < clock.now()


class HostShare(models.Model):
    """What part of a joint activity a body counts: the stretch from `hours_from` to `hours_to` of its 100 parts, so that whole minutes split without rest.

    An activity without rows is its host's alone. The stretches of an activity lie end to end from 0 to 100.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    hours_from = models.PositiveSmallIntegerField()
    hours_to = models.PositiveSmallIntegerField()
    people_from = models.PositiveSmallIntegerField()
    people_to = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "organization"], name="overlap_share_once"),
            models.CheckConstraint(
                condition=models.Q(
                    hours_from__lte=models.F("hours_to"), hours_to__lte=100, people_from__lte=models.F("people_to"), people_to__lte=100
                ),
                name="overlap_share_stretch",
            ),
        ]
        indexes = [models.Index(fields=["organization"], name="overlap_share_organization")]

    def __str__(self) -> str:
        return f"{self.organization} {self.hours_percent}%"

    @property
    def hours_percent(self) -> int:
        return self.hours_to - self.hours_from

    @property
    def people_percent(self) -> int:
        return self.people_to - self.people_from


class BeneficiaryList(models.Model):
    """Whom a body means to serve at an activity. No name and no number is kept, only keyed digests; the list goes a month after the activity."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    people_count = models.PositiveIntegerField()
    content = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_date = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["expires_date"], name="overlap_list_expires"),
            models.Index(fields=["organization"], name="overlap_list_body"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.people_count}"


class BeneficiaryDigest(models.Model):
    """One digest of one person of a list; several a person. `person_number` counts within the list and says nothing outside it."""

    list = models.ForeignKey(BeneficiaryList, on_delete=models.CASCADE, related_name="digests")
    person_number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "person_number", "digest"], name="overlap_digest_once")]
        indexes = [models.Index(fields=["digest"], name="overlap_digest")]

    def __str__(self) -> str:
        return str(self.person_number)


class BeneficiaryChange(models.Model):
    """A list was put in or changed: counted, so that nobody can try single persons out. Stays when the list is deleted."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "-changed_at"], name="overlap_change_body")]

    def __str__(self) -> str:
        return f"{self.organization} {self.changed_at:%Y-%m-%d}"
