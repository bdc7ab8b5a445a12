"""Thanks: who may write, whom they reach, what waits to be read first."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, SignUp
from liandong.core import clock, crypto
from liandong.honours import permissions
from liandong.honours.models import ThanksNote, ThanksReceipt
from liandong.needs.models import Need
from liandong.organizations.models import Right
from liandong.organizations.permissions import scope
from liandong.projects.models import ProjectNeed

FEWEST = 3  # so many must have been served that nobody can be picked out
WRITE_DAYS = 60
PASS_DAYS = 180
State = ThanksNote.State
_SERVED = Q(sign_up__position__kind=Position.Kind.PARTICIPANT, sign_up__state="confirmed")
_SERVING = Q(sign_up__position__kind=Position.Kind.VOLUNTEER, sign_up__state="confirmed")


def writer_digest(person: Person, *, activity: Activity | None = None, need: Need | None = None) -> str:
    about = f"activity:{activity.pk}" if activity is not None else f"need:{need.pk if need else ''}"
    return crypto.keyed_hash(f"{about}:{person.pk}", purpose="thanks-writer")


def served_by(activity: Activity) -> int:
    """How many different people came to be served."""
    return Attendance.objects.filter(_SERVED, sign_up__shift__activity=activity).values("sign_up__person").distinct().count()


def volunteers_behind(note: ThanksNote) -> list[int]:
    """Those who served at the activity, or at the activities of the projects that answered the need."""
    rows = Attendance.objects.filter(_SERVING)
    if note.activity_id is not None:
        rows = rows.filter(sign_up__shift__activity=note.activity_id)
    else:
        rows = rows.filter(sign_up__shift__activity__project__in=ProjectNeed.objects.filter(need=note.need_id).values("project"))
    return list(rows.order_by().values_list("sign_up__person", flat=True).distinct())


def served_enough(people: Iterable[int], *, since: dt.date, until: dt.date) -> list[int]:
    """Of these volunteers, those who served at least three different people between the two days, the last not counted."""
    start, end = clock.day_bounds(since)[0], clock.day_bounds(until)[0]
    if start >= end:
        return []
    shifts: dict[int, set[int]] = {}
    rows = Attendance.objects.filter(_SERVING, sign_up__person__in=list(people), in_at__gte=start, in_at__lt=end)
    for person, shift in rows.values_list("sign_up__person", "sign_up__shift"):
        shifts.setdefault(person, set()).add(shift)
    there: dict[int, set[int]] = {}
    every = {shift for some in shifts.values() for shift in some}
    for shift, person in Attendance.objects.filter(_SERVED, sign_up__shift__in=every).values_list("sign_up__shift", "sign_up__person"):
        there.setdefault(shift, set()).add(person)
    return [person for person, some in shifts.items() if len(set().union(*(there.get(shift, set()) for shift in some))) >= FEWEST]


def to_pass_on(*, today: dt.date) -> QuerySet[ThanksNote]:
    """What waits since before today; and what reached only some, because the others had served too few."""
    recent = Q(written_on__lt=today, written_on__gte=today - dt.timedelta(days=PASS_DAYS))
    return ThanksNote.objects.filter(recent, state__in=[State.WAITING, State.RELAYED]).select_related("activity").order_by("id")


def to_thank_for(person: Person) -> tuple[list[Activity], list[Need]]:
    """Where the person was served lately and has not said thank you yet. Four queries."""
    since = clock.now() - dt.timedelta(days=WRITE_DAYS)
    activities = list(
        permissions.served_at(person)
        .filter(last_ends_at__gte=since, last_ends_at__lte=clock.now())
        .select_related("host")
        .order_by("-last_ends_at")[:20]
    )
    needs = list(permissions.needs_served(person).filter(closed_at__gte=since).order_by("-closed_at")[:20])
    digests = {writer_digest(person, activity=row): row for row in activities} | {writer_digest(person, need=row): row for row in needs}
    known: Any = set(ThanksNote.objects.filter(writer_digest__in=digests).values_list("writer_digest", flat=True)) if digests else set()
    done = {id(row) for digest, row in digests.items() if digest in known}
    return [row for row in activities if id(row) not in done], [row for row in needs if id(row) not in done]


def received(person: Person) -> QuerySet[ThanksReceipt]:
    """Thanks that reached the person."""
    return (
        permissions.receipts_of(person)
        .filter(state=ThanksReceipt.State.SHOWN, note__state=State.RELAYED)
        .select_related("note__activity")
        .order_by("-reached_on", "note_id")
    )


def to_read(person: Person) -> QuerySet[ThanksNote]:
    """What a colleague has to look at first, without who wrote it."""
    return permissions.thanks_to_read(person).filter(state=State.FLAGGED).select_related("activity__host", "need").order_by("written_on", "id")


def sign_ups_served(activity: Activity) -> QuerySet[SignUp]:
    """Those who came to be served, by name: for writing down what they said."""
    came = SignUp.objects.filter(shift__activity=activity, position__kind=Position.Kind.PARTICIPANT, state="confirmed", attendance__isnull=False)
    return came.select_related("person").order_by("person__pinyin", "id")


def recently_served(person: Person) -> QuerySet[Activity]:
    """Where somebody was served lately, at bodies of the person."""
    seats = Position.objects.filter(shift__activity=OuterRef("pk"), kind=Position.Kind.PARTICIPANT)
    rows = Activity.objects.filter(Exists(seats), scope(person, Right.CHECK_PEOPLE, organization="host"), state=Activity.State.FINISHED)
    return rows.order_by("-last_ends_at", "-id")[:8]


def thanks_counts(person: Person) -> dict[str, int]:
    rows = permissions.thanks_to_read(person)
    return rows.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        relayed=Count("pk", filter=Q(state=State.RELAYED)),
    )


def on_wall(*, limit: int = 12) -> QuerySet[ThanksNote]:
    """Words whose writers let them stand on the wall, without any name."""
    return ThanksNote.objects.filter(is_for_wall=True, state=State.RELAYED).order_by("-relayed_on", "id")[:limit]
