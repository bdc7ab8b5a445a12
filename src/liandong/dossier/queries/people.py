"""A dossier as it is read: by the person whole, by a body as far as it wrote it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.accounts.models import Account, Person
from liandong.dossier.models import DossierClaim, HonourEntry, OutsideRecord, ServiceEvaluation, TrainingEntry, Transfer
from liandong.dossier.permissions import transfers_visible_to
from liandong.needs.models import Category
from liandong.organizations.models import Membership, Organization
from liandong.organizations.permissions import in_force
from liandong.recognition.models import ServiceRecord
from liandong.volunteers.models import VolunteerProfile

SHOWN = 5  # lines of each kind on the phone page; the rest is one step away


@dataclass(frozen=True)
class Dossier:
    """The five groups of Order 67."""

    person: Person
    profile: VolunteerProfile | None
    skills: list[str]
    categories: list[str]
    missing: list[str]
    service: QuerySet[ServiceRecord]
    minutes: int
    service_count: int
    training: list[TrainingEntry]
    training_minutes: int
    honours: list[HonourEntry]
    evaluations: list[ServiceEvaluation]
    outside: list[OutsideRecord]
    outside_minutes: int

    @property
    def total_minutes(self) -> int:
        """With what came along from elsewhere: what a volunteer sees as their service time everywhere."""
        return self.minutes + (self.profile.brought_minutes if self.profile else 0)


def missing_of(person: Person, profile: VolunteerProfile | None, *, skills: list[str]) -> list[str]:
    """The personal fields of article 5 that are empty. Shown, never forced; the ID number is not among them: only a rule asks for it."""
    found = [
        (_("Sex"), person.sex),
        (_("Day of birth"), person.birth_date),
        (pgettext("dossier", "Area of living"), profile and profile.residence_id),
        (_("How to be reached"), person.phone or person.email),
        (_("Skills"), skills),
    ]
    return [label for label, value in found if not value]


def dossier_of(person: Person, *, where: Q | None = None) -> Dossier:
    """`where` narrows lines to the reader's bodies (a filter on `organization`); None is everything, for the person."""
    narrowed = where if where is not None else Q()
    known = ArrayAgg("skills__name", filter=Q(skills__isnull=False), default=Value([]))
    profile = VolunteerProfile.objects.filter(person=person).select_related("residence").annotate(skill_names=known).first()
    skills = sorted(profile.skill_names) if profile else []  # type: ignore[attr-defined]
    service = ServiceRecord.objects.counting().filter(narrowed, person=person)
    by_kind = list(service.order_by().values("category").annotate(minutes=Sum("minutes"), count=Count("pk")).order_by("category"))
    lines: dict[Any, list[Any]] = {
        model: list(model.objects.counting().filter(narrowed, person=person).select_related("organization").order_by("-id"))
        for model in (TrainingEntry, HonourEntry, ServiceEvaluation)
    }
    outside = list(OutsideRecord.objects.filter(person=person).order_by("-service_date", "-id")) if where is None else []
    return Dossier(
        person=person,
        profile=profile,
        skills=skills,
        categories=[str(Category(row["category"]).label) for row in by_kind],
        missing=missing_of(person, profile, skills=skills),
        service=service.select_related("organization").order_by("-service_date", "-id"),
        minutes=sum(row["minutes"] for row in by_kind),
        service_count=sum(row["count"] for row in by_kind),
        training=sorted(lines[TrainingEntry], key=lambda line: (line.from_date, line.pk), reverse=True),
        training_minutes=sum(line.minutes for line in lines[TrainingEntry]),
        honours=sorted(lines[HonourEntry], key=lambda line: (line.honoured_on, line.pk), reverse=True),
        evaluations=sorted(lines[ServiceEvaluation], key=lambda line: (line.evaluated_on, line.pk), reverse=True),
        outside=outside,
        outside_minutes=sum(line.minutes for line in outside),
    )


def bodies_of(person: Person) -> QuerySet[Organization]:
    """Where the person belongs today or has served: who can check what they claim."""
    belongs = Membership.objects.filter(in_force(), person=person).values("organization")
    served = ServiceRecord.objects.filter(person=person).values("organization")
    return Organization.objects.filter(Q(pk__in=belongs) | Q(pk__in=served), state=Organization.State.ACTIVE).order_by("pinyin", "id")


def people_of(organization: Organization) -> QuerySet[Person]:
    """Whose dossiers a body keeps: who belongs to it today, and whoever it has written service for."""
    belongs = Membership.objects.filter(in_force(), person=OuterRef("pk"), organization=organization)
    served = ServiceRecord.objects.filter(person=OuterRef("pk"), organization=organization)
    return Person.objects.filter(Exists(belongs) | Exists(served), merged_into__isnull=True, erased_at__isnull=True)


def with_sums(people: QuerySet[Person], where: Q) -> list[dict[str, Any]]:
    """For a page of people: hours, last service and training minutes as far as the reader's bodies wrote them."""
    found = list(people)
    keys = [person.pk for person in found]
    served = {
        row["person"]: row
        for row in ServiceRecord.objects.counting()
        .filter(where, person__in=keys)
        .order_by()
        .values("person")
        .annotate(minutes=Sum("minutes"), count=Count("pk"), last=Max("service_date"))
    }
    learned = dict(
        TrainingEntry.objects.counting().filter(where, person__in=keys).order_by().values_list("person").annotate(Sum("minutes"))  # type: ignore[attr-defined]
    )
    none = {"minutes": 0, "count": 0, "last": None}
    return [{**served.get(person.pk, none), "person": person, "learned": learned.get(person.pk, 0)} for person in found]


# Belonging


def transfers(person: Person, *, state: str = "") -> QuerySet[Transfer]:
    """Those the person may see; `has_account` says whether the mover can answer by themselves."""
    found = transfers_visible_to(person).select_related("person", "from_organization__territory", "to_organization__territory")
    found = found.annotate(has_account=Exists(Account.objects.filter(person=OuterRef("person"))))
    return (found.filter(state=state) if state in Transfer.State.values else found).order_by("-asked_at", "-id")


def open_transfers_of(person: Person) -> QuerySet[Transfer]:
    """What waits for the person's own yes."""
    return Transfer.objects.filter(person=person, state=Transfer.State.OPEN).select_related("from_organization", "to_organization").order_by("id")


def claims_of(person: Person) -> QuerySet[DossierClaim]:
    return DossierClaim.objects.filter(person=person).select_related("organization").order_by("-claimed_at", "-id")
