"""What people, firms and communities ask for, and what became of it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock, ids, masking
from liandong.organizations.models import Organization, Territory


def new_need_number() -> str:
    return "N" + ids.short_code(7)


class Category(models.TextChoices):
    ELDERS = "elders", _("Elders and disability")
    CHILDREN = "children", _("Children and family")
    OUTDOOR = "outdoor", _("Outdoor workers")
    STAFF = "staff", _("Enterprise staff")
    CULTURE = "culture", _("Environment and culture")
    ORDER = "order", _("Neighbourhood and safety")
    HEALTH = "health", _("Health")
    JOBS = "jobs", _("Work and skills")
    OTHER = "other", _("Other")


class Segment(models.TextChoices):
    """Whose need it is: a group of people, or firms of a size (staff counts by the national classes of service firms: small below 100, medium below 300)."""

    ELDERS = "elders", _("Older people")
    STAFF = "staff", _("Employees")
    PARENTS = "parents", _("Parents")
    OUTDOOR = "outdoor", _("Outdoor workers")
    SHOPS = "shops", _("Shopkeepers")
    YOUTH = "youth", _("Young people")
    DISABLED = "disabled", _("People with disabilities")
    SMALL_FIRM = "small_firm", _("Small firms")
    MEDIUM_FIRM = "medium_firm", _("Medium firms")
    LARGE_FIRM = "large_firm", _("Large firms")


class Source(models.TextChoices):
    """How a need came in."""

    FORM = "form", pgettext_lazy("how a need came in", "Wish")
    SURVEY = "survey", pgettext_lazy("how a need came in", "Survey")
    VISIT = "visit", pgettext_lazy("how a need came in", "Visit")
    LIST = "list", pgettext_lazy("how a need came in", "List")


class WantedTime(models.TextChoices):
    """When it would suit, as chips; `Need.wanted_time` holds the chosen values, or free words of an imported list."""

    ANY = "any", _("Any time")
    SOON = "soon", _("As soon as possible")
    WEEKDAYS = "weekdays", _("Weekdays")
    EVENINGS = "evenings", _("Evenings")
    WEEKENDS = "weekends", _("Weekends")


class Need(models.Model):
    """One need of somebody. It keeps its own words; every later step hangs on it.

    States: submitted 提出 -> accepted 受理 -> claimed 接下 -> matched 对接 -> planned 立项 -> active 去办 -> done 办成 -> confirmed 回访;
    declined, withdrawn and merged end it on the way, always with a reason the asker reads.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        ACCEPTED = "accepted", _("Accepted")
        CLAIMED = "claimed", _("Claimed")
        MATCHED = "matched", _("Matched")
        PLANNED = "planned", _("Project set up")
        ACTIVE = "active", _("Under way")
        DONE = "done", pgettext_lazy("need", "Done")
        CONFIRMED = "confirmed", _("Confirmed by the asker")
        DECLINED = "declined", _("Not possible")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        MERGED = "merged", _("Joined with another need")

    TRANSITIONS = {
        "submitted": ("accepted", "claimed", "declined", "withdrawn", "merged"),
        "accepted": ("claimed", "matched", "planned", "declined", "withdrawn", "merged"),
        "claimed": ("accepted", "matched", "planned", "declined", "withdrawn", "merged", "done"),
        "matched": ("claimed", "planned", "declined", "withdrawn", "merged", "done"),
        "planned": ("matched", "active", "withdrawn", "done"),
        "active": ("matched", "done"),
        "done": ("confirmed", "claimed", "accepted"),
        "confirmed": (),
        "declined": ("accepted",),
        "withdrawn": (),
        "merged": (),
    }
    OPEN_STATES = ("submitted", "accepted", "claimed", "matched", "planned", "active")

    class Urgency(models.IntegerChoices):
        NORMAL = 0, _("Normal")
        SOON = 1, _("Soon")
        URGENT = 2, _("Urgent")

    number = models.CharField(max_length=12, unique=True, default=new_need_number, editable=False)
    words = models.TextField()
    title = models.CharField(max_length=80)
    category = models.CharField(max_length=12, choices=Category.choices, default=Category.OTHER)
    segment = models.CharField(max_length=12, choices=Segment.choices, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.FORM)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=Urgency.NORMAL)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=120, blank=True)
    people_count = models.PositiveIntegerField(null=True, blank=True)
    wanted_time = models.CharField(max_length=60, blank=True)
    wanted_date = models.DateField(null=True, blank=True)
    asker = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asker_organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asker_name = models.CharField(max_length=100, blank=True)
    contact_name = models.CharField(max_length=50, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    submitted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    outside_number = models.CharField(max_length=40, blank=True)
    is_public = models.BooleanField(default=True)
    is_wish = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBMITTED)
    claimed_by = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closing_words = models.TextField(blank=True)
    asker_words = models.CharField(max_length=300, blank=True)
    answer_due_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    active_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="needs_need_state"),
            models.Index(fields=["territory", "-submitted_at"], name="needs_need_territory"),
            models.Index(fields=["-submitted_at", "-id"], name="needs_need_newest"),
            models.Index(fields=["asker", "-submitted_at"], name="needs_need_asker"),
            models.Index(fields=["claimed_by", "state"], name="needs_need_claimed"),
            models.Index(fields=["answer_due_at"], condition=models.Q(answered_at__isnull=True), name="needs_need_due"),
            GinIndex(fields=["search"], name="needs_need_search"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="needs_need_has_words"),
            models.CheckConstraint(condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False), name="needs_need_merged_somewhere"),
            models.UniqueConstraint(fields=["territory", "outside_number"], condition=~models.Q(outside_number=""), name="needs_need_outside_number"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def waits_for_answer(self) -> bool:
        """The answer clock runs."""
        return self.answered_at is None and self.is_open

    @property
    def is_overdue(self) -> bool:
        return self.waits_for_answer and self.answer_due_at < clock.now()

    @property
    def wanted_words(self) -> str:
        """When it would suit, in the reader's language where it was chosen, else as written."""
        labels = dict(WantedTime.choices)
        return gettext(", ").join(str(labels.get(part, part)) for part in self.wanted_time.split(",") if part)

    @property
    def masked_asker(self) -> str:
        """Who asked, as anybody may read it: a body by name, a person masked, nobody for a wish."""
        if self.is_wish:
            return gettext("an organisation") if self.asker_organization_id is not None else gettext("somebody nearby")
        return self.known_asker

    @property
    def known_asker(self) -> str:
        """Who asked, for those who may know it (`permissions.sees_in_full`): the mask of a name still."""
        if self.asker_organization is not None:
            return self.asker_organization.label
        name = self.asker.name if self.asker is not None else self.asker_name
        if not name and self.source == Source.SURVEY:
            return gettext("somebody in a survey")
        return masking.mask_name(name)


class NeedAnswer(models.Model):
    """Words from those who handle a need to those who asked. The first one stops the answer clock."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="answers")
    words = models.TextField()
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    promised_date = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.words[:30]


class Objection(models.Model):
    """Somebody says that a step on the page of a need is not right. It runs on an answer clock of its own; the old record stays."""

    class Step(models.TextChoices):
        WORDS = "words", _("What I said")
        ANSWER = "answer", _("The answer")
        PEOPLE = "people", _("Who is taking care of it")
        PROJECT = "project", _("The project and its money")
        ACTIVITY = "activity", _("The activity and who came")
        RESULT = "result", _("The result")

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="objections")
    step = models.CharField(max_length=10, choices=Step.choices)
    words = models.TextField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["answer_due_at"], condition=models.Q(answered_at__isnull=True), name="needs_objection_due")]
        constraints = [models.CheckConstraint(condition=~models.Q(words=""), name="needs_objection_has_words")]

    def __str__(self) -> str:
        return self.words[:30]


class Introduction(models.Model):
    """Somebody wants to fulfil a wish whose asker is unknown to them. Each reads the other's words; name and phone only when both have agreed to meet.

    States: waiting 排队 -> offered 正在认领 -> met 双方同意认识, or apart 不见面 (the community hands it over); withdrawn ends it.
    One of a wish is under way at a time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("introduction", "Waiting in line")
        OFFERED = "offered", pgettext_lazy("introduction", "Offered")
        MET = "met", pgettext_lazy("introduction", "Both agreed to meet")
        APART = "apart", pgettext_lazy("introduction", "Through the community")
        WITHDRAWN = "withdrawn", pgettext_lazy("introduction", "Taken back")

    TRANSITIONS = {
        "waiting": ("offered", "withdrawn"),
        "offered": ("met", "apart", "withdrawn"),
        "met": ("withdrawn",),
        "apart": ("withdrawn",),
        "withdrawn": (),
    }
    UNDER_WAY = ("offered", "met", "apart")

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="introductions")
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    giver_organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    giver_words = models.CharField(max_length=300, blank=True)
    asker_words = models.CharField(max_length=300, blank=True)
    consent_words = models.CharField(max_length=200, blank=True)
    offered_at = models.DateTimeField()
    giver_agreed_at = models.DateTimeField(null=True, blank=True)
    asker_agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need"], condition=models.Q(state__in=("offered", "met", "apart")), name="needs_introduction_one_giver"),
            models.UniqueConstraint(
                fields=["need", "giver"], condition=models.Q(state__in=("waiting", "offered", "met", "apart")), name="needs_introduction_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="met") | models.Q(giver_agreed_at__isnull=False, asker_agreed_at__isnull=False),
                name="needs_introduction_both_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
