"""Territory, bodies, who belongs to them, and who may act for them."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core.pinyin import pinyin_of


class Territory(models.Model):
    """A node of the tree of places: city, district, street, community, building. It has a beginning and an end; old figures keep the place they were earned in."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        DISTRICT = "district", _("District")
        STREET = "street", _("Street")
        COMMUNITY = "community", _("Community")
        BUILDING = "building", _("Building")

    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, editable=False)
    code = models.CharField(max_length=20, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, editable=False, default="")
    from_date = models.DateField(null=True, blank=True)
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "territories"
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], condition=models.Q(to_date__isnull=True), name="organizations_territory_name")
        ]
        indexes = [models.Index(fields=["path"], name="organizations_territory_path", opclasses=["text_pattern_ops"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps `pinyin` and `path` ('/1/4/9/': the ids from the root to this node)."""
        self.pinyin = pinyin_of(self.name)
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            self.path = path
            Territory.objects.filter(pk=self.pk).update(path=path)

    @property
    def line_ids(self) -> list[int]:
        """The keys from the root to this node, itself last."""
        return [int(part) for part in self.path.split("/") if part]

    def holds(self, other: "Territory | None") -> bool:
        """True for this node and everything below it."""
        return other is not None and other.path.startswith(self.path)


class Organization(models.Model):
    """A body: enterprise and its union branch, community, social organisation, hub, government office."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("Enterprise")
        UNION_BRANCH = "union_branch", _("Union branch")
        COMMUNITY = "community", _("Community")
        AGENCY = "agency", _("Social work agency")
        ASSOCIATION = "association", _("Association")
        FOUNDATION = "foundation", _("Foundation")
        GRASSROOTS = "grassroots", _("Grassroots group")
        HUB = "hub", _("Hub")
        GOVERNMENT = "government", _("Government office")
        PARTY_BRANCH = "party_branch", _("Party branch")

    class Party(models.TextChoices):
        ENTERPRISE = "enterprise", _("Enterprise")
        COMMUNITY = "community", _("Community")
        SOCIAL = "social", _("Social organisation")
        HUB = "hub", _("Hub")

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        ACTIVE = "active", pgettext_lazy("body", "Active")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed")

    TRANSITIONS = {"applied": ("active", "closed"), "active": ("suspended", "closed"), "suspended": ("active", "closed"), "closed": ()}
    PARTY_OF = {
        Kind.ENTERPRISE: Party.ENTERPRISE,
        Kind.UNION_BRANCH: Party.ENTERPRISE,
        Kind.COMMUNITY: Party.COMMUNITY,
        Kind.AGENCY: Party.SOCIAL,
        Kind.ASSOCIATION: Party.SOCIAL,
        Kind.FOUNDATION: Party.SOCIAL,
        Kind.GRASSROOTS: Party.SOCIAL,
        Kind.HUB: Party.HUB,
        Kind.GOVERNMENT: Party.HUB,
        Kind.PARTY_BRANCH: Party.HUB,
    }

    name = models.CharField(max_length=100, unique=True)
    short_name = models.CharField(max_length=30, blank=True)
    pinyin = models.CharField(max_length=300, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    uscc = models.CharField(max_length=18, blank=True)
    intro = models.TextField(blank=True)
    staff_count = models.PositiveIntegerField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=50, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uscc"], condition=~models.Q(uscc=""), name="organizations_organization_uscc")]
        indexes = [
            models.Index(fields=["kind", "state"], name="organizations_kind"),
            models.Index(fields=["pinyin"], name="organizations_pinyin", opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_of(self.name)[:300]
        super().save(*args, **kwargs)

    @property
    def party(self) -> str:
        """Which of the three parties, or the hub, this body stands for in a compact."""
        return self.PARTY_OF[self.Kind(self.kind)]

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


class Membership(models.Model):
    """A person belongs to a body for a time. One person, several bodies."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        MEMBER = "member", _("Member")
        RESIDENT = "resident", _("Resident")
        STAFF = "staff", _("Staff")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    department = models.CharField(max_length=60, blank=True)
    staff_number = models.CharField(max_length=40, blank=True)
    is_union_member = models.BooleanField(null=True, blank=True)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "kind"], condition=models.Q(to_date__isnull=True), name="organizations_membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(to_date__isnull=True) | models.Q(to_date__gte=models.F("from_date")), name="organizations_membership_dates"
            ),
        ]
        indexes = [models.Index(fields=["organization", "to_date"], name="organizations_membership_org")]

    def __str__(self) -> str:
        return f"{self.person} {self.organization}"


class Right(models.TextChoices):
    """What a role may hold. Verbs ask for a right on an organisation or a territory, never for a role."""

    SEE_WORK = "see_work", _("See the work of the body")
    TRIAGE_NEEDS = "triage_needs", _("Triage needs")
    CLAIM_NEEDS = "claim_needs", _("Claim and answer needs")
    MANAGE_PROJECTS = "manage_projects", _("Set up and run projects")
    APPROVE_PROJECTS = "approve_projects", _("Approve projects")
    SIGN_COMPACT = "sign_compact", _("Agree to a compact")
    MANAGE_ACTIVITIES = "manage_activities", _("Set up and publish activities")
    CHECK_PEOPLE = "check_people", _("Check people in and out")
    CONFIRM_SERVICE = "confirm_service", _("Confirm service")
    SEE_PEOPLE = "see_people", _("See the people of the body")
    REVEAL_PERSONAL = "reveal_personal", _("See unmasked personal details")
    MANAGE_PEOPLE = "manage_people", _("Register people and memberships")
    MANAGE_TEAMS = "manage_teams", _("Manage teams")
    IMPORT = "import", _("Import files")
    SEE_FIGURES = "see_figures", _("See figures")
    EXPORT = "export", _("Export")
    EDIT_ORGANIZATION = "edit_organization", _("Edit the body")
    KEEP_VENUES = "keep_venues", _("Keep venues, rooms and stations")
    VET_ORGANIZATIONS = "vet_organizations", _("Admit bodies")
    GRANT_ROLES = "grant_roles", _("Grant roles")
    KEEP_TERRITORIES = "keep_territories", _("Keep the tree of places")


class Role(models.TextChoices):
    HUB_MANAGER = "hub_manager", _("Hub manager")
    HUB_STAFF = "hub_staff", _("Hub staff")
    ORG_MANAGER = "org_manager", _("Manager of the body")
    ORG_STAFF = "org_staff", _("Staff of the body")
    ACTIVITY_LEADER = "activity_leader", _("Activity leader")
    OBSERVER = "observer", _("Observer")


class RoleGrant(models.Model):
    """(person, role, organisation or territory, from, to). A grant on a territory reaches everything inside it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization__isnull=False, territory__isnull=True) | models.Q(organization__isnull=True, territory__isnull=False),
                name="organizations_grant_has_one_scope",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "organization", "territory"],
                condition=models.Q(to_date__isnull=True),
                nulls_distinct=False,
                name="organizations_grant_once",
            ),
        ]
        indexes = [models.Index(fields=["person", "to_date"], name="organizations_grant_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.role} {self.organization or self.territory}"

    @property
    def place(self) -> Organization | Territory:
        """What the role is held on: exactly one of the two, by a constraint."""
        place = self.organization or self.territory
        assert place is not None
        return place


class CalendarDay(models.Model):
    """A day that is not like its weekday: a weekday that is free, or a weekend worked in exchange, entered by a hub from the yearly notice."""

    calendar_date = models.DateField(unique=True)
    is_worked = models.BooleanField()
    occasion = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(source=""), name="organizations_calendar_day_has_source")]

    def __str__(self) -> str:
        return f"{self.calendar_date} {self.is_worked}"
