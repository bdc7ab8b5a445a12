"""Reading places, bodies, people of a body, roles."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Consent, Person
from liandong.core import clock
from liandong.core.text import fold, normalize_phone
from liandong.journal.models import Entry
from liandong.journal.services import key_of
from liandong.organizations.models import Membership, Organization, Right, RoleGrant, Territory
from liandong.organizations.permissions import RIGHTS_OF, Actor, in_force, people_visible_to, places_with, visible_to, worked_in_by

REVEALABLE = {"name": _("Name"), "phone": _("Mobile number"), "email": _("E-mail"), "birth_date": _("Day of birth"), "id_number": _("ID number")}


# Places


def open_territories() -> QuerySet[Territory]:
    """All places in use, each after the one it lies in."""
    return Territory.objects.filter(in_force()).select_related("parent").order_by("path")


def territories_below(top: Territory, *, level: str = "") -> QuerySet[Territory]:
    """The place itself and everything inside it, by name."""
    found = open_territories().filter(path__startswith=top.path).order_by("pinyin", "id")
    return found.filter(level=level) if level else found


def communities() -> QuerySet[Territory]:
    """The places where people live: for forms that ask where."""
    return open_territories().filter(level=Territory.Level.COMMUNITY).order_by("pinyin", "id")


def line_of(territory: Territory) -> list[Territory]:
    """From the root to the place."""
    ids = territory.line_ids
    found = Territory.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def tree(person: Actor, right: str) -> list[Territory]:
    """Places on which the right is held, in the order of the tree; each with `depth` and the number of active bodies as `organization_count`."""
    active = Organization.objects.filter(territory=OuterRef("pk"), state=Organization.State.ACTIVE).order_by().values("territory")
    rows = places_with(person, right).annotate(organization_count=Subquery(active.annotate(n=Count("pk")).values("n"))).order_by("pinyin", "pk")
    inside: dict[int | None, list[Territory]] = {}
    known = {row.pk for row in rows}
    for row in rows:
        inside.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def walk(parent: int | None, depth: int) -> Iterator[Territory]:
        for row in inside.get(parent, ()):
            row.depth = depth  # type: ignore[attr-defined]
            yield row
            yield from walk(row.pk, depth + 1)

    return list(walk(None, 0))


# Bodies


def organizations(person: Actor, *, words: str = "", kind: str = "", territory: Territory | None = None) -> QuerySet[Organization]:
    """Bodies the person may see, by pinyin; `words` matches names and the beginning of the pinyin."""
    found = visible_to(person).select_related("territory").order_by("pinyin", "id")
    if words := fold(words):
        found = found.filter(Q(name__icontains=words) | Q(short_name__icontains=words) | Q(pinyin__startswith=words.lower().replace(" ", "")))
    if kind in Organization.Party.values:
        found = found.filter(kind__in=[item for item, party in Organization.PARTY_OF.items() if party == kind])
    elif kind:
        found = found.filter(kind=kind)
    return found.filter(territory__path__startswith=territory.path) if territory else found


def workplaces_of(person: Actor, right: str = Right.SEE_WORK) -> QuerySet[Organization]:
    return worked_in_by(person, right).filter(state=Organization.State.ACTIVE).select_related("territory").order_by("pinyin", "id")


# People of a body


def matching_people(people: QuerySet[Person], words: str) -> QuerySet[Person]:
    """By name, pinyin, initials, number, or a whole phone number."""
    if not (words := fold(words)):
        return people
    latin = words.lower().replace(" ", "")
    wanted = Q(name__contains=words) | Q(number=words.upper())
    if latin.isascii() and latin.isalnum():
        wanted |= Q(pinyin__startswith=latin) | Q(initials__startswith=latin)
    if phone := normalize_phone(words):
        wanted |= Q(phone=phone)
    return people.filter(wanted)


def members_of(organization: Organization, *, words: str = "", kind: str = "") -> QuerySet[Membership]:
    """Today's memberships of a body with their people, by pinyin."""
    found = (
        Membership.objects.filter(in_force(), organization=organization, person__merged_into__isnull=True)
        .select_related("person")
        .order_by("person__pinyin", "id")
    )
    if kind:
        found = found.filter(kind=kind)
    if words:
        found = found.filter(person__in=matching_people(Person.objects.all(), words))
    return found


def member_counts(organization: Organization) -> dict[str, int]:
    rows = Membership.objects.filter(in_force(), organization=organization).order_by().values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in rows}


def memberships_of(person: Person, *, seen_by: Actor = None) -> QuerySet[Membership]:
    """Where a person belongs today. A body sees only its own slice: give `seen_by` for anybody but the person."""
    found = Membership.objects.filter(in_force(), person=person).select_related("organization").order_by("-from_date", "id")
    if seen_by is None or seen_by == person:
        return found
    return found.filter(organization__in=worked_in_by(seen_by, Right.SEE_PEOPLE))


def person_visible_to(by: Actor, number: str) -> Person | None:
    return people_visible_to(by).filter(number=number).first()


def consents_of(person: Person) -> QuerySet[Consent]:
    return Consent.objects.filter(person=person).select_related("given_through").order_by("withdrawn_at", "-given_at", "id")


def full_value(person: Person, field: str) -> str:
    """The value that is masked elsewhere. Call only from `services.reveal` or after it."""
    value = person.read_id_number() if field == "id_number" else getattr(person, field)
    return str(value or "")


def reveals_in_last_hour(by: Actor) -> int:
    if by is None:
        return 0
    return Entry.objects.filter(by=key_of(by), verb__endswith="revealed", at__gt=clock.now() - dt.timedelta(hours=1)).count()


# Roles


def grants_on(*, organization: Organization | None = None, territory: Territory | None = None) -> QuerySet[RoleGrant]:
    """Roles in force or to come on a body or place."""
    return (
        RoleGrant.objects.filter(in_force(), organization=organization, territory=territory)
        .select_related("person", "granted_by")
        .order_by("role", "person__pinyin", "id")
    )


def hub_people(territory: Territory, right: str) -> QuerySet[Person]:
    """Who holds the right on the place or on one around it, today: whom to tell of work there."""
    roles = [role for role, rights in RIGHTS_OF.items() if right in rights]
    grants = RoleGrant.objects.filter(in_force(), territory__in=territory.line_ids, role__in=roles, from_date__lte=clock.today())
    return Person.objects.filter(pk__in=grants.values("person")).order_by("pinyin", "id")


def people_with(organization: Organization, right: str) -> QuerySet[Person]:
    """Who holds the right on the body itself, today."""
    roles = [role for role, rights in RIGHTS_OF.items() if right in rights]
    grants = RoleGrant.objects.filter(in_force(), organization=organization, role__in=roles, from_date__lte=clock.today())
    return Person.objects.filter(pk__in=grants.values("person")).order_by("pinyin", "id")
