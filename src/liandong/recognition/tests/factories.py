"""Rows for the tests of recognition and of what stands on it: an activity that took place, with people who came."""

import datetime as dt
from typing import Any

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import clock
from liandong.organizations.models import Organization
from liandong.points.tests.factories import account, hub_manager, manager, organization, person, territory
from liandong.recognition import services
from liandong.recognition.models import ServiceRecord

__all__ = ["HOUR", "account", "attended", "hub_manager", "manager", "organization", "person", "record", "shift", "sign_up", "territory"]
HOUR = dt.timedelta(hours=1)


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
