"""Plans of two bodies in the town of the needs' tests."""

import datetime as dt
from typing import Any

from liandong.accounts.models import Account, Person
from liandong.activities.models import Activity
from liandong.activities.tests import factories as activities
from liandong.core import search
from liandong.needs.tests.factories import Town
from liandong.organizations.models import Organization, Role
from liandong.overlap import digests

NURSES = {"title": "家门口量血压", "summary": "护士带血压计来，量完告诉您。"}
SUGAR = {"title": "三高随手测", "summary": "血糖血脂现场查，带好老花镜。"}


def activity(host: Organization, *, state: str = "published", day: int = 5, hour: int = 9, shift: bool = True, **fields: Any) -> Activity:
    """In the host's community, so many days from today, with a shift."""
    row = activities.make_activity(host=host, state=state, leader=None, **{**NURSES, **fields})
    if shift:
        activities.make_position(activities.make_shift(row, starts_at=activities.at(day, hour)), kind="participant", name="来量血压", capacity=60)
    Activity.objects.filter(pk=row.pk).update(search=search.vector(row.title, row.summary))
    row.refresh_from_db()
    return row


def with_account(person: Person) -> Person:
    if not Account.objects.filter(person=person).exists():
        activities.make_account(person)
    return person


class Street(Town):
    """The town, with a second body on the ground of the first community: a clinic that belongs to nobody else there."""

    def __init__(self) -> None:
        super().__init__()
        self.clinic = Organization.objects.create(name="北郎东卫生服务站", slug="clinic", kind="agency", territory=self.north)
        self.nurse = self.staff_of(self.clinic, "何护士")
        self.agency_here = Organization.objects.create(name="银龄乐学中心", slug="elders", kind="agency", territory=self.north)
        self.teacher = self.staff_of(self.agency_here, "罗老师")

    def staff_of(self, body: Organization, name: str, role: str = Role.ORG_MANAGER) -> Person:
        return with_account(activities.make_staff(body, name, role))


def crowd(first: int, count: int) -> list[frozenset[str]]:
    """Digests of made-up people, numbered."""
    return [digests.digests_of(name=f"某{number}", phone=f"138{number:08}") for number in range(first, first + count)]


def days(*numbers: int) -> tuple[tuple[dt.date, dt.date], ...]:
    start = dt.date(2026, 6, 10)
    return tuple((start + dt.timedelta(days=number), start + dt.timedelta(days=number)) for number in numbers)
