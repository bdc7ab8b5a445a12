"""A street with a hub, a community and an agency, and desks at which people are received."""

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from liandong.accounts.models import Account, Person
from liandong.appointments import services
from liandong.appointments.models import Appointment, Desk
from liandong.core import clock
from liandong.organizations.models import Organization, Role, RoleGrant, Territory
from liandong.venues.models import Venue

_numbers = count(1)


def at(day: int, hour: int, minute: int = 0, *, month: int = 6) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2026, month, day, hour, minute))


def person(name: str = "王秀兰", *, phone: str = "") -> Person:
    row = Person.objects.create(name=name, phone=phone)
    Account.objects.create_account(person=row, phone=f"138{next(_numbers):08}")
    return row


def staff(name: str, *, of: Organization | None = None, on: Territory | None = None, role: str = Role.ORG_STAFF) -> Person:
    row = person(name)
    RoleGrant.objects.create(person=row, role=role, organization=of, territory=on, from_date=clock.today() - dt.timedelta(days=30))
    return row


class Town:
    def __init__(self) -> None:
        self.street = Territory.objects.create(name="建外街道", level="street")
        self.north = Territory.objects.create(name="北郎东社区", parent=self.street, level="community")
        self.community = Organization.objects.create(name="北郎东社区居委会", slug="north", kind="community", territory=self.north)
        self.agency = Organization.objects.create(name="暖邻社工事务所", slug="warm", kind="agency", territory=self.street)
        self.hall = Venue.objects.create(name="便民大厅", host=self.community, territory=self.north, address="北郎东路 8 号", kind="office")
        self.worker = staff("李敏", of=self.community)
        self.manager = staff("孙芳", of=self.community, role=Role.ORG_MANAGER)
        self.hub_manager = staff("周敏", on=self.street, role=Role.HUB_MANAGER)
        self.stranger = staff("冯静", of=self.agency, role=Role.ORG_MANAGER)
        self.resident = person("王秀兰", phone="13800001234")
        self.neighbour = person("赵明")

    def desk(self, *, hours: bool = True, **fields: Any) -> Desk:
        """Wednesdays and Fridays 9:00-11:00, twenty minutes each; 李敏 sits there."""
        number = next(_numbers)
        values = {"kind": "lawyer", "title": f"律师面对面{number}", "receiver": "王律师", "venue": self.hall, "spot": "2 号室", "minutes": 20}
        made = services.create_desk(**{"host": self.community, "by": self.worker, **values, **fields})
        if hours:
            services.add_hours(made, weekdays=[2, 4], stretches=[(dt.time(9), dt.time(11))], by=self.worker)
        return made

    def book(self, desk: Desk, starts_at: dt.datetime, *, person: Person | None = None, about: str = "") -> Appointment:
        who = person or self.resident
        return services.book(desk, starts_at=starts_at, person=who, about=about, by=who)
