"""A street with two bodies, a manager for each, and a volunteer with recorded service."""

import datetime as dt
from types import SimpleNamespace

import pytest

from liandong.organizations.models import Membership, Organization
from liandong.recognition.models import ServiceRecord
from liandong.recognition.tests import factories as recorded


@pytest.fixture
def town(db, clock) -> SimpleNamespace:
    street = recorded.territory("建外街道", level="street")
    place = recorded.territory(parent=street)
    body = recorded.organization("暖邻社工所", at=place)
    other = recorded.organization("北郎社区", kind=Organization.Kind.COMMUNITY, at=place)
    manager, other_manager = recorded.manager(body), recorded.manager(other, "吴桐")
    volunteer = recorded.person("李晓雯", phone="13800000001", sex="F", birth_date=dt.date(1990, 5, 1))
    Membership.objects.create(person=volunteer, organization=body, kind="member", from_date=dt.date(2024, 1, 1))
    return SimpleNamespace(
        street=street,
        place=place,
        body=body,
        other=other,
        manager=manager,
        other_manager=other_manager,
        hub=recorded.hub_manager(street),
        volunteer=volunteer,
        accounts={person.pk: recorded.account(person) for person in (volunteer, manager, other_manager)},
    )


@pytest.fixture
def record(town) -> ServiceRecord:
    return recorded.record(town.volunteer, of=recorded.shift(host=town.body), by=town.manager)
