"""Rows for the tests of recognition and of what stands on it: an activity that took place, with people who came."""

import datetime as dt
from itertools import count
from typing import Any

from liandong.accounts.models import Account, Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import clock
from liandong.organizations.models import Organization, Role, RoleGrant, Territory
from liandong.recognition import services
from liandong.recognition.models import ServiceRecord

_numbers = count(1)
HOUR = dt.timedelta(hours=1)


def territory(name: str = "北郎东社区", *, level: str = "community", parent: Territory | None = None) -> Territory:
    return Territory.objects.create(name=f"{name}{next(_numbers)}", level=level, parent=parent)


def organization(name: str = "暖邻社工所", *, kind: str = "agency", at: Territory | None = None, **values: Any) -> Organization:
    number = next(_numbers)
    return Organization.objects.create(name=f"{name}{number}", slug=f"o{number}", kind=kind, territory=at or territory(), **values)


def person(name: str = "李晓雯", **values: Any) -> Person:
    return Person.objects.create(name=name, **values)


def account(of: Person) -> Account:
    return Account.objects.create_account(person=of, username=f"u{next(_numbers)}")


def manager(of: Organization, name: str = "周敏", *, role: str = Role.ORG_MANAGER) -> Person:
    made = person(name)
    RoleGrant.objects.create(person=made, role=role, organization=of, from_date=clock.today() - dt.timedelta(days=900))
    return made


def hub_manager(of: Territory, name: str = "陈立", *, role: str = Role.HUB_MANAGER) -> Person:
    made = person(name)
    RoleGrant.objects.create(person=made, role=role, territory=of, from_date=clock.today() - dt.timedelta(days=900))
    return made


def shift(
    *, host: Organization | None = None, starts_at: dt.datetime | None = None, minutes: int = 150, title: str = "小家电义诊", **values: Any
) -> Shift:
    """A shift that ended yesterday at 16:30 unless told otherwise."""
    host = host or organization()
    zone_day = clock.day_bounds(clock.today() - dt.timedelta(days=1))[0]
    starts_at = starts_at or zone_day + 14 * HOUR
    activity = Activity.objects.create(
        title=title,
        host=host,
        territory=host.territory,
        state=Activity.State.PUBLISHED,
        place="活动站 1 层",
        contact_name="周敏",
        first_starts_at=starts_at,
        last_ends_at=starts_at + dt.timedelta(minutes=minutes),
        created_at=starts_at,
        **values,
    )
    return Shift.objects.create(activity=activity, starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=minutes))


def sign_up(
    who: Person | None = None, *, of: Shift | None = None, kind: str = Position.Kind.VOLUNTEER, state: str = SignUp.State.CONFIRMED
) -> SignUp:
    of = of or shift()
    position, _new = Position.objects.get_or_create(shift=of, kind=kind, defaults={"name": f"登记引导 {kind}", "note": "带位", "capacity": 50})
    of.next_sequence += 1
    of.save(update_fields=["next_sequence"])
    return SignUp.objects.create(
        position=position, shift=of, person=who or person(), state=state, sequence=of.next_sequence - 1, signed_up_at=of.starts_at
    )


def attended(
    who: Person | None = None,
    *,
    of: Shift | None = None,
    kind: str = Position.Kind.VOLUNTEER,
    late: int = 2,
    stayed: int | None = 149,
    method: str = "venue_code",
) -> SignUp:
    """Somebody who came `late` minutes after the start and stayed so long; None: still there."""
    row = sign_up(who, of=of, kind=kind)
    in_at = row.shift.starts_at + dt.timedelta(minutes=late)
    out_at = in_at + dt.timedelta(minutes=stayed) if stayed is not None else None
    Attendance.objects.create(sign_up=row, in_at=in_at, in_method=method, out_at=out_at, out_method=method if out_at else "")
    return row


def record(who: Person | None = None, *, of: Shift | None = None, by: Any = None, **values: Any) -> ServiceRecord:
    """A confirmed record, by way of the verb."""
    row = attended(who, of=of, **values)
    return services.confirm_service(row, by=by or manager(row.shift.activity.host))
