"""A small town for tests: one street, communities, bodies, people with roles, needs."""

import datetime as dt
from itertools import count
from typing import Any

from liandong.accounts.models import Account, Person
from liandong.core import clock
from liandong.needs import services
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Role, RoleGrant, Territory

_numbers = count(1)


def territory(name: str = "", *, parent: Territory | None = None, level: str = "community") -> Territory:
    return Territory.objects.create(name=name or f"第{next(_numbers)}社区", parent=parent, level=level)


def street(name: str = "建外街道") -> Territory:
    return territory(name, level="street")


def organization(name: str = "", *, on: Territory, kind: str = "community") -> Organization:
    number = next(_numbers)
    return Organization.objects.create(name=name or f"单位{number}", slug=f"body-{number}", kind=kind, territory=on)


def person(name: str = "王秀兰", *, phone: str = "") -> Person:
    row = Person.objects.create(name=name, phone=phone)
    number = next(_numbers)
    Account.objects.create_account(person=row, phone=f"139{number:08}")
    return row


def staff(name: str = "周敏", *, of: Organization | None = None, on: Territory | None = None, role: str = Role.ORG_MANAGER) -> Person:
    row = person(name)
    RoleGrant.objects.create(person=row, role=role, organization=of, territory=on, from_date=clock.today() - dt.timedelta(days=30))
    return row


def need(words: str = "电饭煲坏了，扔了可惜，找不到人修。", *, on: Territory, by: Any = None, **fields: Any) -> Need:
    return services.submit_need(words=words, territory=on, by=by or person(), **fields)


class Town:
    """One street with two communities, a hub over it, three parties on the first community's ground."""

    def __init__(self) -> None:
        self.street = street()
        self.north = territory("北郎东社区", parent=self.street)
        self.south = territory("永安里社区", parent=self.street)
        self.community = organization("北郎东社区居委会", on=self.north, kind="community")
        self.other_community = organization("永安里社区居委会", on=self.south, kind="community")
        self.enterprise = organization("禾木科技", on=self.street, kind="enterprise")
        self.agency = organization("暖邻社工事务所", on=self.street, kind="agency")
        self.hub = organization("建外街道枢纽", on=self.street, kind="hub")
        self.resident = person("王秀兰", phone="13800001234")
        self.neighbour = person("赵明")
        self.hub_manager = staff("周敏", on=self.street, role=Role.HUB_MANAGER)
        self.hub_staff = staff("钱进", on=self.street, role=Role.HUB_STAFF)
        self.worker = staff("李敏", of=self.community, role=Role.ORG_STAFF)
        self.manager = staff("孙芳", of=self.community, role=Role.ORG_MANAGER)
        self.other_worker = staff("吴刚", of=self.other_community, role=Role.ORG_STAFF)
        self.firm_manager = staff("郑强", of=self.enterprise, role=Role.ORG_MANAGER)
        self.agency_manager = staff("冯静", of=self.agency, role=Role.ORG_MANAGER)
        self.observer = staff("陈观", of=self.community, role=Role.OBSERVER)

    def need(self, words: str = "电饭煲坏了，扔了可惜，找不到人修。", **fields: Any) -> Need:
        return need(words, **{"on": self.north, "by": self.resident, **fields})
