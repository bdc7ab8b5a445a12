"""Awards: set by a hub, proposed by anybody, endorsed nearby, reviewed, shown for objections, granted by two."""

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Team


def new_nomination_number() -> str:
    return "H" + ids.short_code(7)


class Subject(models.Model):
    """Who is honoured: exactly one of a person, a team and a body."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def whom(self) -> str:
        """As others may read it: a person masked, a team or body by name."""
        if self.person is not None:
            return self.person.masked_name
        thing = self.team or self.organization
        return thing.name if thing is not None else ""

    @property
    def own_name(self) -> str:
        """In full: for the one it is about, and for those who decide."""
        return self.person.name if self.person is not None else self.whom


EXACTLY_ONE = (
    models.Q(person__isnull=False, team__isnull=True, organization__isnull=True)
    | models.Q(person__isnull=True, team__isnull=False, organization__isnull=True)
    | models.Q(person__isnull=True, team__isnull=True, organization__isnull=False)
)


class Award(models.Model):
    """One award of one period 表彰: for whom, how many, by which criteria, and how far it has come.

    open 征集提名 -> review 评审 -> notice 公示 -> granted 已表彰. A change during the notice is a step back to the review, and the notice begins anew.
    """

    class Whom(models.TextChoices):
        PERSON = "person", pgettext_lazy("award", "Volunteers")
        TEAM = "team", pgettext_lazy("award", "Teams")
        ORGANIZATION = "organization", pgettext_lazy("award", "Organisations")

    class State(models.TextChoices):
        OPEN = "open", _("Open for nominations")
        REVIEW = "review", pgettext_lazy("award", "Being reviewed")
        NOTICE = "notice", _("On public notice")
        GRANTED = "granted", pgettext_lazy("award", "Granted")
        CANCELLED = "cancelled", pgettext_lazy("award", "Called off")

    TRANSITIONS = {
        "open": ("review", "cancelled"),
        "review": ("notice", "cancelled"),
        "notice": ("review", "granted", "cancelled"),
        "granted": (),
        "cancelled": (),
    }
    NOTICE_DAYS = 7

    title = models.CharField(max_length=60)
    whom_for = models.CharField(max_length=12, choices=Whom.choices)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    places = models.PositiveSmallIntegerField()
    criteria = models.TextField(max_length=2_000)
    from_date = models.DateField()
    to_date = models.DateField()
    nominate_until_date = models.DateField()
    notice_days = models.PositiveSmallIntegerField(default=NOTICE_DAYS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    notice_from_at = models.DateTimeField(null=True, blank=True)
    notice_until_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(places__gte=1), name="honours_award_places"),
            models.CheckConstraint(condition=models.Q(notice_days__gte=7), name="honours_award_notice_days"),
            models.CheckConstraint(condition=models.Q(to_date__gte=models.F("from_date")), name="honours_award_period"),
            models.CheckConstraint(
                condition=~models.Q(state="granted") | models.Q(asked_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
                name="honours_award_two_people",
            ),
        ]
        indexes = [models.Index(fields=["territory", "state"], name="honours_award_territory")]

    def __str__(self) -> str:
        return self.title

    @property
    def notice_last_date(self) -> dt.date | None:
        """The last whole day of the notice."""
        return timezone.localtime(self.notice_until_at - dt.timedelta(seconds=1)).date() if self.notice_until_at else None


class Nomination(Subject):
    """Somebody is proposed for an award, with words and evidence."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("nomination", "Proposed")
        ENDORSED = "endorsed", pgettext_lazy("nomination", "Endorsed")
        CHOSEN = "chosen", pgettext_lazy("nomination", "On the list")
        HONOURED = "honoured", pgettext_lazy("nomination", "Honoured")
        NOT_CHOSEN = "not_chosen", pgettext_lazy("nomination", "Not this time")
        DECLINED = "declined", pgettext_lazy("nomination", "Does not want it")
        WITHDRAWN = "withdrawn", pgettext_lazy("nomination", "Taken back")

    TRANSITIONS = {
        "proposed": ("endorsed", "not_chosen", "declined", "withdrawn"),
        "endorsed": ("chosen", "not_chosen", "declined", "withdrawn"),
        "chosen": ("endorsed", "honoured", "not_chosen", "declined"),
        "honoured": (),
        "not_chosen": (),
        "declined": (),
        "withdrawn": (),
    }
    STANDING = ("proposed", "endorsed", "chosen")
    LONGEST = 1_000

    number = models.CharField(max_length=12, unique=True, default=new_nomination_number, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="nominations")
    words = models.TextField(max_length=LONGEST)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    minutes = models.PositiveIntegerField(default=0)
    record_count = models.PositiveIntegerField(default=0)
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    endorsed_for = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    endorsement = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE, name="honours_nomination_whom"),
            models.UniqueConstraint(
                fields=["award", "person", "team", "organization"],
                condition=~models.Q(state__in=["withdrawn", "declined"]),
                nulls_distinct=False,
                name="honours_nomination_once",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True) | models.Q(proposed_by__isnull=True) | ~models.Q(agreed_by=models.F("proposed_by")),
                name="honours_nomination_endorsed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["award", "state"], name="honours_nomination_award"),
            models.Index(fields=["person"], name="honours_nomination_person"),
        ]

    def __str__(self) -> str:
        return self.number


class NominationEvidence(models.Model):
    """What a nomination stands on: a need that was served, thanks that were written, a file, or where else to look."""

    class Kind(models.TextChoices):
        NEED = "need", pgettext_lazy("evidence", "A need that was served")
        THANKS = "thanks", pgettext_lazy("evidence", "Thanks")
        FILE = "file", pgettext_lazy("evidence", "A file")
        WORDS = "words", pgettext_lazy("evidence", "Something else")

    MOST = 10

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=300, blank=True)
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="honours/", blank=True)
    entered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(words="") | models.Q(need__isnull=False) | ~models.Q(file=""), name="honours_evidence_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {self.kind}"


class NominationReview(models.Model):
    """One reviewer's score of one nomination. It may change until the notice begins; who is too close to it gives none."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)
    is_too_close = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nomination", "reviewed_by"], name="honours_review_once"),
            models.CheckConstraint(
                condition=models.Q(is_too_close=True, score__isnull=True) | models.Q(is_too_close=False, score__gte=1, score__lte=10),
                name="honours_review_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {self.score}"


class AwardObjection(models.Model):
    """A member says, during the notice, that somebody on the list should not be honoured. Each one is answered before anything is granted."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("award objection", "To be answered")
        UPHELD = "upheld", pgettext_lazy("award objection", "Taken off the list")
        DISMISSED = "dismissed", pgettext_lazy("award objection", "Stays on the list")

    TRANSITIONS = {"open": ("upheld", "dismissed"), "upheld": (), "dismissed": ()}

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="objections")
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nomination", "raised_by"], condition=models.Q(state="open"), name="honours_award_objection_once"),
            models.CheckConstraint(condition=~models.Q(words=""), name="honours_award_objection_has_words"),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(answered_at__isnull=False), name="honours_award_objection_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {self.state}"
