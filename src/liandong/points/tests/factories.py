"""Rows for the tests of the ledger: people with points, bodies, staff."""

import datetime as dt
import uuid
from itertools import count
from typing import Any

from liandong.accounts.models import Account, Person
from liandong.core import clock
from liandong.core.actors import DEMO
from liandong.core.invariants import all_invariants
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory
from liandong.points import services
from liandong.points.models import PointsAccount, PointsRule

_numbers = count(1)


def territory(name: str = "北郎东社区", *, level: str = "community", parent: Territory | None = None) -> Territory:
    return Territory.objects.create(name=f"{name}{next(_numbers)}", level=level, parent=parent)


def organization(name: str = "光华里互助社", *, kind: str = "agency", at: Territory | None = None, **values: Any) -> Organization:
    number = next(_numbers)
    return Organization.objects.create(name=f"{name}{number}", slug=f"p{number}", kind=kind, territory=at or territory(), **values)


def person(name: str = "李晓雯", **values: Any) -> Person:
    return Person.objects.create(name=name, **values)


def account(of: Person) -> Account:
    return Account.objects.create_account(person=of, username=f"p{next(_numbers)}")


def manager(of: Organization, name: str = "周敏", *, role: str = Role.ORG_MANAGER) -> Person:
    made = person(name)
    RoleGrant.objects.create(person=made, role=role, organization=of, from_date=clock.today() - dt.timedelta(days=900))
    return made


def hub_manager(of: Territory, name: str = "陈立", *, role: str = Role.HUB_MANAGER) -> Person:
    made = person(name)
    RoleGrant.objects.create(person=made, role=role, territory=of, from_date=clock.today() - dt.timedelta(days=900))
    return made


def resident(of: Organization, name: str = "王秀兰", **values: Any) -> Person:
    made = person(name, **values)
    Membership.objects.create(person=made, organization=of, kind="resident", from_date=clock.today() - dt.timedelta(days=900))
    return made


def rule(**values: Any) -> PointsRule:
    """A later version, in force since the first of January unless told otherwise."""
    latest = PointsRule.objects.order_by("-version").values_list("version", flat=True).first() or 0
    defaults = {"version": latest + 1, "from_date": dt.date(2026, 1, 1), "approved_at": clock.now()}
    return PointsRule.objects.create(**{**defaults, **values})


def purse(points: int = 0, *, of: Person | None = None, rule: PointsRule | None = None, from_body: Organization | None = None) -> PointsAccount:
    """Somebody's account, with points that came from the issue account of a body or of the hub."""
    account = services.account_of(of or person())
    if points:
        services.transfer(uuid.uuid4(), source=services.issue_account(from_body), target=account, amount=points, rule=rule, by=DEMO)
    account.refresh_from_db()
    return account


def balances(*accounts: PointsAccount) -> list[int]:
    return [PointsAccount.objects.get(pk=account.pk).balance for account in accounts]


def broken() -> dict[str, list[Any]]:
    """The promises of the ledger that do not hold. Those about records stand in `recognition`: here awards are made without one."""
    found = {each.key: each.find() for each in all_invariants() if each.key.startswith("INV1.")}
    return {key: rows for key, rows in found.items() if rows}
