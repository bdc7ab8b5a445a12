"""One search over everything a person may see. People only for those who look after them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.core import search
from liandong.core.ids import clean_code
from liandong.core.text import fold, normalize_phone
from liandong.needs import permissions as needs
from liandong.organizations import permissions as rights
from liandong.organizations.models import Organization, Right
from liandong.portal.workspaces import address
from liandong.projects import permissions as projects
from liandong.ui import words
from liandong.volunteers import permissions as volunteers
from liandong.volunteers.models import Team


@dataclass(frozen=True)
class Hit:
    title: Any
    note: Any
    href: str
    icon: str
    tag: Any = ""


@dataclass(frozen=True)
class Kind:
    """One sort of thing that can be found. `rows` gives a queryset for (text, person), or None where the person may not look."""

    key: str
    label: Any
    rows: Callable[[str, Person | None], QuerySet[Any] | None]
    hit: Callable[[Any], Hit]


def name_like(text: str, *fields: str) -> Q:
    """Names that hold the text, or whose pinyin begins with it."""
    typed = re.sub(r"\s", "", text).lower()
    query = Q()
    for field in fields:
        query |= (
            Q(**{f"{field}__startswith": typed})
            if field == "pinyin" and typed.isascii()
            else Q(**{f"{field}__icontains": text})
            if field != "pinyin"
            else Q(pk__in=[])
        )
    return query


def find_needs(text: str, person: Person | None) -> QuerySet[Any]:
    return (
        needs.readable_by(person)
        .filter(Q(search=search.query(text)) | Q(title__icontains=text) | Q(number=clean_code(text)))
        .select_related("territory")
        .defer("search")
        .order_by("-submitted_at", "-id")
    )


def find_activities(text: str, person: Person | None) -> QuerySet[Any]:
    return (
        activities.activities_visible_to(person)
        .filter(Q(search=search.query(text)) | Q(title__icontains=text) | Q(code=clean_code(text)))
        .defer("search")
        .order_by("-first_starts_at", "-id")
    )


def find_projects(text: str, person: Person | None) -> QuerySet[Any]:
    return (
        projects.readable_by(person)
        .filter(Q(search=search.query(text)) | Q(name__icontains=text) | Q(number=clean_code(text)))
        .select_related("lead")
        .defer("search")
        .order_by("-created_at", "-id")
    )


def find_organizations(text: str, person: Person | None) -> QuerySet[Any]:
    return (
        Organization.objects.filter(name_like(text, "name", "short_name", "pinyin"), state=Organization.State.ACTIVE)
        .select_related("territory")
        .order_by("pinyin", "id")
    )


def find_teams(text: str, person: Person | None) -> QuerySet[Any]:
    return (
        Team.objects.filter(name_like(text, "name", "pinyin"))
        .exclude(state=Team.State.CLOSED)
        .select_related("organization")
        .order_by("pinyin", "id")
    )


def find_people(text: str, person: Person | None) -> QuerySet[Any] | None:
    """By name, pinyin, initials, whole phone number or volunteer number; only people the reader looks after."""
    if not rights.holds_anywhere(person, Right.SEE_PEOPLE):
        return None
    typed = re.sub(r"\s", "", fold(text)).lower()
    phone = normalize_phone(text)
    if phone:
        query = Q(phone=phone)
    elif typed.isascii():
        query = Q(pinyin__startswith=typed) | Q(initials=typed) | Q(number=typed.upper()) | Q(name__iexact=text)
    else:
        query = Q(name__startswith=text)
    belongs = Exists(rights.people_visible_to(person).filter(pk=OuterRef("pk")))
    serves = Exists(volunteers.people_visible_to(person).filter(pk=OuterRef("pk")))
    rows = Person.objects.filter(query, merged_into__isnull=True).annotate(belongs=belongs)
    return rows.filter(Q(belongs=True) | serves).order_by("pinyin", "id")


def need_hit(need: Any) -> Hit:
    return Hit(
        need.title,
        _("%(place)s, asked on %(day)s") % {"place": need.territory.name, "day": words.day_short(need.submitted_at)},
        address("needs:need", need.number),
        "message",
        need.get_state_display(),
    )


def activity_hit(activity: Any) -> Hit:
    when = words.day_short(activity.first_starts_at) if activity.first_starts_at else ""
    return Hit(
        activity.title,
        _(", ").join(part for part in (when, activity.host.label) if part),
        address("activities:activity", activity.code),
        "calendar",
        activity.get_state_display(),
    )


def project_hit(project: Any) -> Hit:
    return Hit(project.name, project.lead.label, address("projects:project", project.number), "folder", project.get_state_display())


def organization_hit(organization: Any) -> Hit:
    return Hit(
        organization.name,
        _("%(kind)s, %(place)s") % {"kind": organization.get_kind_display(), "place": organization.territory.name},
        address("organizations:organization", organization.slug),
        "building-community",
    )


def team_hit(team: Any) -> Hit:
    return Hit(team.name, team.organization.label, address("volunteers:team", team.pk), "users")


def person_hit(person: Any) -> Hit:
    return Hit(
        person.masked_name,
        _(", ").join(part for part in (person.masked_phone, person.number) if part),
        address("organizations:person" if person.belongs else "volunteers:volunteer", person.number),
        "user",
    )


KINDS = (
    Kind("needs", gettext_lazy("Needs"), find_needs, need_hit),
    Kind("activities", gettext_lazy("Activities"), find_activities, activity_hit),
    Kind("projects", gettext_lazy("Projects"), find_projects, project_hit),
    Kind("organizations", gettext_lazy("Organisations"), find_organizations, organization_hit),
    Kind("teams", gettext_lazy("Teams"), find_teams, team_hit),
    Kind("people", gettext_lazy("People"), find_people, person_hit),
)


@dataclass(frozen=True)
class Found:
    kind: Kind
    rows: QuerySet[Any]
    count: int


def find(text: str, person: Person | None) -> list[Found]:
    """What there is of each kind, with numbers; kinds the person may not search are left out."""
    text = fold(text)[:80]
    if not text:
        return []
    found = []
    for kind in KINDS:
        rows = kind.rows(text, person)
        if rows is not None:
            found.append(Found(kind, rows, rows.count()))
    return found
