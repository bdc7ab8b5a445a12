"""Rows for tests of activities and of the apps above. Written straight, not through the verbs."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from liandong.accounts.models import Account, Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import clock
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory
from liandong.venues.models import Venue

_numbers = itertools.count(1)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment so many days from today, in local time."""
    return dt.datetime.combine(clock.today() + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=timezone.get_current_timezone())


def make_person(name: str = "李晓雯", **fields: Any) -> Person:
    return Person.objects.create(name=name, **fields)


def make_account(person: Person | None = None, **fields: Any) -> Account:
    person = person or make_person()
    return Account.objects.create_account(person=person, phone=person.phone or f"139{next(_numbers):08}", **fields)


def make_territory(name: str = "", parent: Territory | None = None, level: str = "community") -> Territory:
    return Territory.objects.create(name=name or f"社区{next(_numbers)}", parent=parent, level=level)


def make_organization(name: str = "", **fields: Any) -> Organization:
    number = next(_numbers)
    fields.setdefault("territory", None)
    fields["territory"] = fields["territory"] or make_territory()
    return Organization.objects.create(
        name=name or f"暖邻社工事务所{number}", slug=fields.pop("slug", f"org-{number}"), kind=fields.pop("kind", "agency"), **fields
    )


def make_venue(host: Organization, **fields: Any) -> Venue:
    values = {"name": "北郎东社区活动站", "address": "北郎东里 12 号楼 1 层", "directions": "门口无台阶", "territory": host.territory} | fields
    return Venue.objects.create(host=host, **values)


def grant(person: Person, role: str = Role.ORG_STAFF, *, organization: Organization | None = None, territory: Territory | None = None) -> Person:
    RoleGrant.objects.create(
        person=person, role=role, organization=organization, territory=territory, from_date=clock.today() - dt.timedelta(days=30)
    )
    person.__dict__.pop("_grants_today", None)
    return person


def make_staff(organization: Organization, name: str = "周敏", role: str = Role.ORG_STAFF) -> Person:
    person = make_person(name)
    Membership.objects.create(person=person, organization=organization, kind="staff", from_date=clock.today() - dt.timedelta(days=30))
    return grant(person, role, organization=organization)


def make_activity(*, host: Organization | None = None, state: str = "published", **fields: Any) -> Activity:
    """Published, tomorrow's, with a leader and a contact, without shifts; see `make_shift`."""
    host = host or make_organization()
    values: dict[str, Any] = {
        "title": "小家电义诊：修一修，再用几年",
        "summary": "帮街坊检修电饭煲、电扇和收音机。",
        "territory": host.territory,
        "venue": fields.pop("venue", None) or Venue.objects.filter(host=host).first() or make_venue(host),
        "created_at": clock.now(),
        "published_at": clock.now() if state != "draft" else None,
        "contact_name": "周敏",
        "contact_phone": "010-5555 0186",
        "state": state,
    } | fields
    if "leader" not in values:
        values["leader"] = make_person("周敏")
    return Activity.objects.create(host=host, **values)


def make_shift(activity: Activity | None = None, *, starts_at: dt.datetime | None = None, hours: float = 2.5, spot: str = "", **fields: Any) -> Shift:
    activity = activity or make_activity()
    starts_at = starts_at or at(1, 14)
    shift = Shift.objects.create(activity=activity, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=hours), spot=spot, **fields)
    activity.first_starts_at = min(filter(None, (activity.first_starts_at, shift.starts_at)))
    activity.last_ends_at = max(filter(None, (activity.last_ends_at, shift.ends_at)))
    activity.save(update_fields=["first_starts_at", "last_ends_at"])
    return shift


def make_position(shift: Shift | None = None, *, kind: str = Position.Kind.VOLUNTEER, name: str = "", capacity: int = 6, **fields: Any) -> Position:
    return Position.objects.create(shift=shift or make_shift(), kind=kind, name=name or f"登记引导{next(_numbers)}", capacity=capacity, **fields)


def make_sign_up(position: Position | None = None, *, person: Person | None = None, state: str = SignUp.State.CONFIRMED, **fields: Any) -> SignUp:
    position = position or make_position()
    shift = Shift.objects.get(pk=position.shift_id)
    row = SignUp.objects.create(
        position=position,
        shift=shift,
        person=person or make_person(),
        state=state,
        sequence=shift.next_sequence,
        signed_up_at=fields.pop("signed_up_at", clock.now()),
        **fields,
    )
    Shift.objects.filter(pk=shift.pk).update(next_sequence=shift.next_sequence + 1)
    return row


def make_attendance(
    sign_up: SignUp | None = None, *, in_at: dt.datetime | None = None, out_at: dt.datetime | None = None, **fields: Any
) -> Attendance:
    sign_up = sign_up or make_sign_up()
    values = {"in_method": Attendance.Method.VENUE_CODE, "out_method": Attendance.Method.VENUE_CODE if out_at else ""} | fields
    return Attendance.objects.create(sign_up=sign_up, in_at=in_at or sign_up.shift.starts_at, out_at=out_at, **values)
