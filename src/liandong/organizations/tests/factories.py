"""Places, bodies, memberships and roles for tests."""

import datetime as dt
import itertools
from typing import Any

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory

_next = itertools.count(1)
LONG_AGO = dt.date(2020, 1, 1)


def territory(*, name: str = "", level: str = Territory.Level.COMMUNITY, parent: Territory | None = None) -> Territory:
    made = Territory(name=name or f"社区{next(_next)}", level=level, parent=parent)
    made.save()
    return made


def street(**values: Any) -> Territory:
    return territory(level=Territory.Level.STREET, **{"name": f"街道{next(_next)}", **values})


def organization(*, name: str = "", kind: str = Organization.Kind.ENTERPRISE, place: Territory | None = None, **values: Any) -> Organization:
    number = next(_next)
    made = Organization(
        name=name or f"禾木科技{number}", slug=values.pop("slug", f"org{number}"), kind=kind, territory=place or territory(), **values
    )
    made.save()
    return made


def member(organization: Organization, *, person: Person | None = None, kind: str = Membership.Kind.MEMBER, **values: Any) -> Membership:
    return Membership.objects.create(organization=organization, person=person or people.person(), kind=kind, **{"from_date": LONG_AGO, **values})


def grant(role: str, *, on: Organization | Territory, person: Person | None = None, **values: Any) -> RoleGrant:
    scope = {"organization": on} if isinstance(on, Organization) else {"territory": on}
    return RoleGrant.objects.create(person=person or people.account().person, role=role, **{"from_date": LONG_AGO, **scope, **values})


def manager(organization: Organization) -> Person:
    return grant(Role.ORG_MANAGER, on=organization).person


def hub_manager(place: Territory) -> Person:
    return grant(Role.HUB_MANAGER, on=place).person
