"""What the verbs of activities share: plans of shifts and positions, times, locks in one order, and how people are told."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from liandong.accounts.models import Person
from liandong.activities import queries
from liandong.activities.models import Activity, Shift, SignUp
from liandong.core.actors import System
from liandong.notices.services import notify

Actor = Person | System
OPENS = dt.timedelta(minutes=30)  # check-in opens before the start
SHUTS = dt.timedelta(minutes=60)  # and shuts after the end
CLOSES = dt.timedelta(minutes=30)  # what is still open is closed this long after the end
SENT_AGAIN = dt.timedelta(minutes=10)
OLDEST = 80  # the highest age that a position may ask for
PERSON_LOCK = 1_404  # class of the advisory locks on people


@dataclass(frozen=True)
class PositionPlan:
    """A position as it should be. `pk` names the one it already is."""

    kind: str
    name: str
    capacity: int
    note: str = ""
    pk: int | None = None
    min_age: int = 0  # 0: everybody


@dataclass(frozen=True)
class ShiftPlan:
    """A shift as it should be, with its positions. `pk` names the one it already is."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    positions: Sequence[PositionPlan] = ()
    spot: str = ""
    pk: int | None = None


def lock_activity(activity: Activity) -> Activity:
    return (
        Activity.objects.select_for_update(of=("self",))
        .select_related("host__territory", "territory", "venue__territory", "project", "leader")
        .get(pk=activity.pk)
    )


def lock_shifts(activity: Activity) -> list[Shift]:
    shifts = list(Shift.objects.select_for_update().filter(activity=activity).order_by("pk"))
    for shift in shifts:
        shift.activity = activity
    return shifts


def lock_shift(pk: int) -> Shift:
    """A sought-after shift is a queue: everybody waits their turn instead of being turned away by the usual short lock timeout."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '30s'")
    return (
        Shift.objects.select_for_update(of=("self",))
        .select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__leader")
        .get(pk=pk)
    )


def lock_sign_up(sign_up: SignUp) -> SignUp:
    rows = SignUp.objects.select_for_update(of=("self",)).select_related(
        "position", "person", "shift__booking", "shift__activity__host__territory", "shift__activity__territory"
    )
    return rows.get(pk=sign_up.pk)


def lock_people(ids: Iterable[int]) -> None:
    """One person's places in different shifts are decided one after the other, so that two of them cannot both find no clash."""
    ordered = sorted(set(ids))
    if not ordered:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(pg_advisory_xact_lock(%s, id)) from (select unnest(%s::int[]) as id order by 1) as people", [PERSON_LOCK, ordered]
        )


def tell(row: SignUp, kind: str, *, once: str, activity: Activity, urgent: bool = False, **values: str) -> None:
    notify(
        row.person,
        kind=kind,
        values={
            "title": activity.title,
            "position": row.position.name,
            "starts_at": row.shift.starts_at.isoformat(),
            "place": place_of(activity),
            "place_in_queue": str(queries.waiting_position(row)),
            "contact_phone": activity.contact_phone,
            **values,
        },
        url=reverse("activities:ticket", args=[row.code]),
        once_key=once,
        urgent=urgent,
    )


def place_of(activity: Activity) -> str:
    """The place in a few words."""
    return activity.venue.name if activity.venue else activity.place
