"""Everything read about activities."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.activities.permissions import visible_to, worked_on_by
from liandong.core import clock, search
from liandong.organizations.models import Membership, Territory

CONFIRMED, WAITING = SignUp.State.CONFIRMED, SignUp.State.WAITING
TAKEN = (SignUp.State.CONFIRMED, SignUp.State.ABSENT)
OPEN_KINDS = (Position.Kind.VOLUNTEER, Position.Kind.PARTICIPANT)


FIRST_COME = 2_000_000_000  # a rank behind everybody who was drawn


def in_turn(rows: QuerySet[SignUp]) -> QuerySet[SignUp]:
    """As places go: those who were drawn, in that order, then in order of arrival."""
    return rows.order_by(F("drawn_rank").asc(nulls_last=True), "sequence")


def _count(rows: QuerySet[Any], *, by: str) -> Coalesce:
    """A count of rows that belong to the outer row, as a subquery: two counts in one query do not multiply."""
    counted = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


# Activities


def activities_visible_to(person: Person | None) -> QuerySet[Activity]:
    return Activity.objects.filter(visible_to(person)).select_related("host__territory", "territory", "venue", "project", "leader")


def upcoming_public(
    *, text: str = "", category: str = "", territory: Territory | None = None, day: dt.date | None = None, weekend: bool = False
) -> QuerySet[Activity]:
    """Published activities that are not over, next one first, each with `left_count`, the places left in open positions."""
    rows = Activity.objects.filter(state=Activity.State.PUBLISHED, last_ends_at__gt=clock.now()).select_related("host", "venue", "territory")
    if text:
        rows = rows.filter(Q(search=search.query(text)) | Q(title__icontains=text) | Q(host__name__icontains=text))
    if category:
        rows = rows.filter(category=category)
    if territory is not None:
        rows = rows.filter(territory__path__startswith=territory.path)
    if day is not None:
        start, end = clock.day_bounds(day)
        rows = rows.filter(Exists(Shift.objects.filter(activity=OuterRef("pk"), starts_at__gte=start, starts_at__lt=end)))
    if weekend:
        rows = rows.filter(Exists(Shift.objects.filter(activity=OuterRef("pk"), starts_at__gte=clock.now(), starts_at__iso_week_day__gte=6)))
    return rows.annotate(left_count=places_left()).order_by("first_starts_at", "pk")


def places_left() -> Any:
    """Places left in the open positions of an activity's shifts that are not over."""
    positions = Position.objects.filter(shift__activity=OuterRef("pk"), kind__in=OPEN_KINDS, shift__ends_at__gt=clock.now()).order_by()
    capacity = positions.values("shift__activity").annotate(n=Sum("capacity")).values("n")
    taken = (
        SignUp.objects.filter(shift__activity=OuterRef("pk"), state=CONFIRMED, position__kind__in=OPEN_KINDS, shift__ends_at__gt=clock.now())
        .order_by()
        .values("shift__activity")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(capacity, output_field=IntegerField()), Value(0)) - Coalesce(Subquery(taken, output_field=IntegerField()), Value(0))


def with_counts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Adds volunteers_count and participants_count (confirmed), waiting_count, came_count (checked in, whatever position)."""
    confirmed = SignUp.objects.filter(state__in=TAKEN)
    return rows.annotate(
        volunteers_count=_count(confirmed.filter(position__kind=Position.Kind.VOLUNTEER), by="shift__activity"),
        participants_count=_count(confirmed.filter(position__kind=Position.Kind.PARTICIPANT), by="shift__activity"),
        waiting_count=_count(SignUp.objects.filter(state=WAITING), by="shift__activity"),
        came_count=_count(Attendance.objects.all(), by="sign_up__shift__activity"),
    )


def for_projects(project_ids: Iterable[int]) -> QuerySet[Activity]:
    """The activities of projects, oldest first, with counts; drafts included: the caller shows what its reader may see."""
    return with_counts(Activity.objects.filter(project__in=list(project_ids)).select_related("host", "venue")).order_by("first_starts_at", "pk")


def desk_list(person: Person, *, text: str = "", state: str = "", host_id: int | None = None) -> QuerySet[Activity]:
    """The activities a person works on, with counts and places: what is not over first, the next one on top; then what is over, the latest first."""
    rows = Activity.objects.filter(worked_on_by(person)).select_related("host__territory", "territory", "venue", "leader", "project")
    if text:
        rows = rows.filter(Q(search=search.query(text)) | Q(title__icontains=text) | Q(code=text.upper()))
    if state:
        rows = rows.filter(state=state)
    if host_id:
        rows = rows.filter(host=host_id)
    is_over = Q(last_ends_at__lt=clock.now())
    return with_counts(rows).order_by(Case(When(is_over, then=1), default=0), Case(When(~is_over, then="first_starts_at")), "-first_starts_at", "-pk")


def last_time(activity: Activity) -> Activity | None:
    """The latest finished activity of the same series or project before this one, with came_count."""
    same = Q(pk__in=[])
    if activity.series_id:
        same |= Q(series=activity.series_id)
    if activity.project_id:
        same |= Q(project=activity.project_id)
    rows = Activity.objects.filter(same, state=Activity.State.FINISHED).exclude(pk=activity.pk)
    if activity.first_starts_at:
        rows = rows.filter(first_starts_at__lt=activity.first_starts_at)
    return with_counts(rows).order_by("-first_starts_at").first()


def missing_to_publish(activity: Activity) -> list[tuple[str, str]]:
    """What a draft lacks: (what, the field of the form that takes it)."""
    shifts = list(activity.shifts.prefetch_related("positions"))
    missing = []
    if not any(shift.starts_at > clock.now() for shift in shifts):
        missing.append(("shift", "shifts"))
    if not shifts or not all(shift.positions.all() for shift in shifts):
        missing.append(("position", "positions"))
    if not activity.venue_id and not activity.place:
        missing.append(("place", "place"))
    if not activity.leader_id:
        missing.append(("leader", "leader"))
    if not (activity.contact_name and activity.contact_phone):
        missing.append(("contact", "contact_phone"))
    return missing


# Shifts and positions


def shifts_of(activity: Activity) -> list[Shift]:
    """The shifts in order of time, each with `rows`: its positions with confirmed_count, waiting_count and left."""
    positions = Position.objects.annotate(
        confirmed_count=_count(SignUp.objects.filter(state__in=TAKEN), by="position"),
        waiting_count=_count(SignUp.objects.filter(state=WAITING), by="position"),
    ).order_by("order", "pk")
    shifts: list[Any] = list(
        activity.shifts.order_by("starts_at", "pk")
        .select_related("booking__room")
        .prefetch_related(Prefetch("positions", queryset=positions, to_attr="rows"))
    )
    for shift in shifts:
        shift.activity = activity
        for position in shift.rows:
            position.shift = shift
            position.left = max(position.capacity - position.confirmed_count, 0)
    return shifts


def free_places(position: Position) -> int:
    """Read under the lock of the shift."""
    return position.capacity - SignUp.objects.filter(position=position, state__in=TAKEN).count()


def to_confirm() -> QuerySet[Shift]:
    """Shifts that are over and have volunteers who came and left and whose attendance nobody confirmed yet; oldest first, with `to_confirm_count`."""
    rows = Attendance.objects.filter(sign_up__position__kind=Position.Kind.VOLUNTEER, out_at__isnull=False, confirmed_at__isnull=True)
    return (
        Shift.objects.filter(Exists(rows.filter(sign_up__shift=OuterRef("pk"))), ends_at__lt=clock.now())
        .exclude(activity__state=Activity.State.CANCELLED)
        .annotate(to_confirm_count=_count(rows, by="sign_up__shift"))
        .select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__project")
        .order_by("ends_at", "pk")
    )


# Sign-ups


def _with_activity(rows: QuerySet[SignUp]) -> QuerySet[SignUp]:
    return rows.select_related(
        "position",
        "shift__activity__host__territory",
        "shift__activity__territory",
        "shift__activity__venue",
        "shift__activity__leader",
        "attendance",
        "person",
    )


def active_sign_up(shift: Shift, person: Person | None) -> SignUp | None:
    """The person's place in this shift, confirmed, waiting or missed."""
    if person is None:
        return None
    return _with_activity(SignUp.objects.filter(shift=shift, person=person).exclude(state=SignUp.State.CANCELLED)).first()


def active_sign_ups(activity: Activity, person: Person | None) -> dict[int, SignUp]:
    """The person's places in an activity by shift."""
    if person is None:
        return {}
    return {
        row.shift_id: row
        for row in _with_activity(SignUp.objects.filter(shift__activity=activity, person=person).exclude(state=SignUp.State.CANCELLED))
    }


def sign_ups_of(person: Person) -> QuerySet[SignUp]:
    """All a person signed up for, latest first."""
    return _with_activity(SignUp.objects.filter(person=person)).order_by("-shift__starts_at", "-pk")


def today_of(person: Person) -> QuerySet[SignUp]:
    """Today's confirmed places that are not over, earliest first."""
    start, end = clock.day_bounds(clock.today())
    rows = SignUp.objects.filter(
        person=person, state=CONFIRMED, shift__starts_at__gte=start, shift__starts_at__lt=end, shift__ends_at__gt=clock.now() - dt.timedelta(hours=1)
    )
    return _with_activity(rows.filter(Q(attendance__isnull=True) | Q(attendance__out_at__isnull=True))).order_by("shift__starts_at")


def next_of(person: Person) -> QuerySet[SignUp]:
    """What comes after today, confirmed or waiting, earliest first. Each waiting one has `place_in_queue`."""
    _start, end = clock.day_bounds(clock.today())
    rows = SignUp.objects.filter(person=person, state__in=(CONFIRMED, WAITING)).filter(
        Q(shift__starts_at__gte=end) | Q(state=WAITING, shift__ends_at__gt=clock.now())
    )
    return _with_activity(with_place_in_queue(rows)).order_by("shift__starts_at", "pk")


_RANK = Coalesce(F("drawn_rank"), Value(FIRST_COME))


def with_place_in_queue(rows: QuerySet[SignUp]) -> QuerySet[SignUp]:
    """Adds `place_in_queue`, counted from 1; only meaningful for those who wait."""
    before = (
        SignUp.objects.annotate(rank=_RANK)
        .filter(Q(rank__lt=OuterRef("own_rank")) | Q(rank=OuterRef("own_rank"), sequence__lte=OuterRef("sequence")))
        .filter(position=OuterRef("position"), state=WAITING)
        .order_by()
        .values("position")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(own_rank=_RANK).annotate(place_in_queue=Coalesce(Subquery(before, output_field=IntegerField()), Value(0)))


def waiting_position(sign_up: SignUp) -> int:
    """Place in the waiting list counted from 1; 0 for somebody who does not wait."""
    if sign_up.state != WAITING:
        return 0
    rank = FIRST_COME if sign_up.drawn_rank is None else sign_up.drawn_rank
    before = Q(rank__lt=rank) | Q(rank=rank, sequence__lte=sign_up.sequence)
    return SignUp.objects.annotate(rank=_RANK).filter(before, position=sign_up.position_id, state=WAITING).count()


def clashes(person: Person, shift: Shift) -> QuerySet[SignUp]:
    """The person's other confirmed places that overlap in time."""
    return _with_activity(
        SignUp.objects.filter(person=person, state=CONFIRMED, shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at).exclude(
            shift=shift
        )
    ).order_by("shift__starts_at")


def roster(shift: Shift, *, text: str = "") -> QuerySet[SignUp]:
    """The people of a shift, confirmed and waiting and missed, by pinyin; `text` finds by name, pinyin or initials, and by code."""
    rows = (
        SignUp.objects.filter(shift=shift).exclude(state=SignUp.State.CANCELLED).select_related("person", "position", "attendance", "shift__activity")
    )
    if text:
        typed = text.strip().lower()
        rows = rows.filter(
            Q(person__name__contains=text.strip())
            | Q(person__pinyin__startswith=typed)
            | Q(person__initials__startswith=typed)
            | Q(code=typed.upper().replace(" ", ""))
        )
    return with_place_in_queue(rows).order_by("person__pinyin", "pk")


def people_to_notify(activity: Activity) -> QuerySet[SignUp]:
    """Who hears about a change or a cancellation."""
    return SignUp.objects.filter(shift__activity=activity, state__in=(CONFIRMED, WAITING), shift__ends_at__gt=clock.now())


def overlapping(attendance: Attendance) -> QuerySet[Attendance]:
    """Other attendances of the same person that overlap in time: hours are counted once, somebody has to look."""
    end = attendance.out_at or clock.now()
    return (
        Attendance.objects.filter(sign_up__person=attendance.sign_up.person_id, in_at__lt=end)
        .filter(Q(out_at__gt=attendance.in_at) | Q(out_at__isnull=True))
        .exclude(pk=attendance.pk)
        .select_related("sign_up__shift__activity")
    )


def people_for(activity: Activity, text: str) -> QuerySet[Person]:
    """Whom staff may sign up: members of the host and people who came to its activities, by name or pinyin; anybody by full phone or number."""
    typed = text.strip()
    known = Membership.objects.filter(organization=activity.host_id, to_date__isnull=True).values("person")
    came = SignUp.objects.filter(shift__activity__host=activity.host_id).values("person")
    lower = typed.lower()
    named = Q(name__contains=typed) | Q(pinyin__startswith=lower) | Q(initials=lower)
    exact = Q(phone=typed) & ~Q(phone="") | Q(number=typed.upper())
    return Person.objects.filter(exact | named & (Q(pk__in=known) | Q(pk__in=came)), merged_into__isnull=True).order_by("pinyin", "pk")


# Work for the clock


def shifts_to_remind(*, within: dt.timedelta, field: str) -> QuerySet[Shift]:
    now = clock.now()
    return Shift.objects.filter(
        activity__state=Activity.State.PUBLISHED, starts_at__gt=now, starts_at__lte=now + within, **{f"{field}__isnull": True}
    ).order_by("pk")


def shifts_to_close(*, after: dt.timedelta) -> QuerySet[Shift]:
    return Shift.objects.filter(
        closed_at__isnull=True, ends_at__lte=clock.now() - after, activity__state__in=(Activity.State.PUBLISHED, Activity.State.FINISHED)
    ).order_by("pk")


def held_by_project(project_ids: Iterable[int]) -> dict[int, int]:
    """Project -> how many of its activities have been held. One query."""
    rows = Activity.objects.filter(project__in=list(project_ids), state=Activity.State.FINISHED).order_by().values("project").annotate(n=Count("pk"))
    return {row["project"]: row["n"] for row in rows}


def days_taken(venue_id: int, *, first: dt.datetime, last: dt.datetime) -> list[dt.date]:
    """The days on which something takes place at a venue."""
    shifts = Shift.objects.filter(activity__venue=venue_id, starts_at__gte=first, starts_at__lt=last).exclude(
        activity__state=Activity.State.CANCELLED
    )
    return sorted({timezone.localtime(at).date() for at in shifts.values_list("starts_at", flat=True)})


def by_booking(booking_ids: Iterable[int], *, shown: bool = False) -> dict[int, Activity]:
    """Booking -> the activity whose shift has it; `shown`: only those that everybody may read. One query."""
    rows = Shift.objects.filter(booking__in=list(booking_ids)).select_related("activity__host")
    if shown:
        rows = rows.filter(activity__state__in=(Activity.State.PUBLISHED, Activity.State.FINISHED))
    return {shift.booking_id: shift.activity for shift in rows if shift.booking_id is not None}


def days_without_room(activities: Iterable[Activity]) -> list[dt.date]:
    """Days of shifts that have no room."""
    moments = Shift.objects.filter(activity__in=list(activities), booking=None).order_by("starts_at").values_list("starts_at", flat=True)
    return sorted({timezone.localtime(moment).date() for moment in moments})
