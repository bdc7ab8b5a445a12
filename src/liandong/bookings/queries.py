"""Reading bookings: what is in the way, when a room is free next, lists, limits, what waits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.fields import DurationField
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.bookings.models import Booking, BookingSeries, HourLimit, RoomWait
from liandong.bookings.permissions import kept_by, visible_to
from liandong.core import clock
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor, scope
from liandong.venues.hours import Hours
from liandong.venues.models import Room

Span = tuple[dt.datetime, dt.datetime]
QUARTER = dt.timedelta(minutes=15)
LOOK_AHEAD = 14  # days
DAYTIME = (dt.time(8), dt.time(22))  # of a venue that has said no hours


def holding() -> Q:
    return Q(state__in=Booking.HOLDS)


def in_way(room: Room, start: dt.datetime, end: dt.datetime, *, apart_from: Iterable[int] = ()) -> QuerySet[Booking]:
    """What holds the room within this time, the room's buffer after it included."""
    until = end + dt.timedelta(minutes=room.buffer_minutes)
    rows = Booking.objects.filter(holding(), room=room, starts_at__lt=until, free_at__gt=start, starts_at__gt=start - dt.timedelta(days=400))
    return rows.exclude(pk__in=list(apart_from)).select_related("organization").order_by("starts_at")


def between(rooms: Iterable[Room], start: dt.datetime, end: dt.datetime) -> QuerySet[Booking]:
    """What holds these rooms within a time."""
    rows = Booking.objects.filter(holding(), room__in=[room.pk for room in rooms], starts_at__lt=end, free_at__gt=start)
    return rows.select_related("organization", "room__venue", "booked_by").order_by("starts_at", "pk")


def open_spans(hours: Hours, first: dt.date, last: dt.date) -> list[Span]:
    if hours.known:
        return list(hours.spans(first, last))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [tuple(timezone.make_aware(dt.datetime.combine(day, time)) for time in DAYTIME) for day in days]  # type: ignore[misc]


def gaps(room: Room, hours: Hours, first: dt.date, last: dt.date, taken: Iterable[Booking]) -> list[Span]:
    """When the room can begin and end a booking, from now on, between opening hours, other bookings and the time it needs between them."""
    buffer = dt.timedelta(minutes=room.buffer_minutes)
    busy = sorted((row.starts_at - buffer, row.free_at) for row in taken)
    found = []
    for opens, closes in open_spans(hours, first, last):
        at = max(opens, _quarter(clock.now()))
        for begins, ends in busy:
            if ends <= at or begins >= closes:
                continue
            if begins > at:
                found.append((at, begins))
            at = max(at, ends)
        if at < closes:
            found.append((at, closes))
    return found


def next_free(room: Room, hours: Hours, start: dt.datetime, end: dt.datetime, *, most: int = 3) -> list[Span]:
    """Times of the same length nearest to the wanted one: the same day and the fortnight after it."""
    length, day = end - start, max(timezone.localtime(start).date(), clock.today())
    last = day + dt.timedelta(days=LOOK_AHEAD)
    if last > clock.today() + dt.timedelta(days=room.days_ahead + LOOK_AHEAD) or length > dt.timedelta(hours=24):
        return []
    edge = timezone.make_aware(dt.datetime.combine(last, dt.time.max))
    taken = list(between([room], timezone.make_aware(dt.datetime.combine(day, dt.time.min)) - dt.timedelta(days=1), edge))
    found: set[Span] = set()
    for begins, ends in gaps(room, hours, day, last, taken):
        first = _quarter(begins)
        if first + length > ends:
            continue
        best = min(max(start, first), ends - length)
        found |= {(one, one + length) for one in {first, best} if one + length <= ends}
    nearest = sorted(found, key=lambda span: (timezone.localtime(span[0]).date() != day, abs(span[0] - start)))[:most]
    return sorted(nearest)


def _quarter(moment: dt.datetime) -> dt.datetime:
    """The next full quarter of an hour."""
    whole = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return whole if whole == moment else whole + QUARTER


# Limits


def month_bounds(moment: dt.datetime) -> Span:
    first = timezone.localtime(moment).date().replace(day=1)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return clock.day_bounds(first)[0], clock.day_bounds(after)[0]


@dataclass(frozen=True)
class Limit:
    """A limit that holds for somebody, and how much of it is used in a month."""

    row: HourLimit
    minutes: int

    @property
    def left(self) -> int:
        return max(self.row.hours * 60 - self.minutes, 0)


def limits_for(
    room: Room, organization: Organization | None, person: Person | None, moment: dt.datetime, *, apart_from: Iterable[int] = ()
) -> list[Limit]:
    """What holds for this body, or for this person who books for none: of the room, and of all rooms of the venue. A word about the body itself wins."""
    if organization is not None and organization.pk == room.venue.host_id:
        return []
    rows = HourLimit.objects.filter(Q(organization=organization) | Q(organization=None), Q(room=room) | Q(room=None), venue=room.venue_id)
    chosen: dict[int | None, HourLimit] = {}
    for row in rows.order_by(F("organization").desc(nulls_last=True)):
        chosen.setdefault(row.room_id, row)
    first, after = month_bounds(moment)
    found = []
    for row in chosen.values():
        used = Booking.objects.filter(
            holding() | Q(state=Booking.State.RELEASED), kind=Booking.Kind.USE, starts_at__gte=first, starts_at__lt=after
        ).exclude(pk__in=list(apart_from))
        used = used.filter(room=room) if row.room_id else used.filter(room__venue=room.venue_id)
        used = used.filter(organization=organization) if organization is not None else used.filter(organization=None, booked_by=person)
        found.append(Limit(row, minutes_of(used)))
    return found


def minutes_of(rows: QuerySet[Booking]) -> int:
    total = rows.order_by().aggregate(all=Sum(ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())))["all"]
    return int(total.total_seconds() // 60) if total else 0


# Lists


@dataclass(frozen=True)
class Filters:
    scope: str = ""  # mine, ours, kept
    state: str = ""  # coming, requested, past, released, cancelled
    words: str = ""
    room: int | None = None
    month: dt.date | None = None


def bookings(by: Actor, filters: Filters) -> QuerySet[Booking]:
    """Coming ones first by time; what is over, newest first."""
    rows, now = visible_to(by), clock.now()
    if filters.scope == "mine" and isinstance(by, Person):
        rows = rows.filter(booked_by=by)
    elif filters.scope == "ours":
        rows = rows.filter(scope(by, Right.SEE_WORK))
    elif filters.scope == "kept":
        rows = rows.filter(kept_by(by))
    if filters.words:
        rows = rows.filter(
            Q(title__icontains=filters.words) | Q(room__name__icontains=filters.words) | Q(organization__name__icontains=filters.words)
        )
    if filters.room is not None:
        rows = rows.filter(room=filters.room)
    if filters.month is not None:
        first, after = month_bounds(timezone.make_aware(dt.datetime.combine(filters.month, dt.time(12))))
        rows = rows.filter(starts_at__gte=first, starts_at__lt=after)
        if filters.state == "booked":
            rows = rows.filter(state=Booking.State.CONFIRMED, kind=Booking.Kind.USE)
        elif filters.state == "released":
            rows = rows.filter(state=Booking.State.RELEASED)
        return rows.order_by("starts_at", "pk")
    if filters.state == "requested":
        return rows.filter(state=Booking.State.REQUESTED, ends_at__gt=now).order_by("answer_by_at", "pk")
    if filters.state == "past":
        return rows.filter(state=Booking.State.CONFIRMED, ends_at__lte=now).order_by("-starts_at", "-pk")
    if filters.state == "released":
        return rows.filter(state=Booking.State.RELEASED).order_by("-starts_at", "-pk")
    if filters.state == "gone":
        return rows.filter(state__in=("cancelled", "declined", "lapsed")).order_by("-starts_at", "-pk")
    return rows.filter(holding(), ends_at__gt=now).order_by("starts_at", "pk")


def next_of(person: Person) -> QuerySet[Booking]:
    """What the person has booked and is still to come."""
    return Booking.objects.filter(holding(), booked_by=person, kind=Booking.Kind.USE, ends_at__gt=clock.now()).order_by("starts_at", "pk")


def requests_to(by: Actor) -> QuerySet[Booking]:
    """What waits for this keeper's answer, the nearest deadline first."""
    rows = visible_to(by).filter(kept_by(by), state=Booking.State.REQUESTED, ends_at__gt=clock.now())
    return rows.order_by("answer_by_at", "pk")


def of_series(series: BookingSeries) -> QuerySet[Booking]:
    return Booking.objects.filter(series=series).select_related("room__venue").order_by("series_date")


def following(booking: Booking) -> QuerySet[Booking]:
    """This one and the later ones of its series that still hold and have not begun."""
    rows = Booking.objects.filter(holding(), series=booking.series_id, series_date__gte=booking.series_date)
    return rows.filter(Q(pk=booking.pk) | Q(starts_at__gt=clock.now())).order_by("series_date")


# What the clock asks


def not_come(now: dt.datetime) -> QuerySet[Booking]:
    """Confirmed, begun, nobody checked in, and the minutes for which the venue keeps a room are over."""
    rows = Booking.objects.filter(state=Booking.State.CONFIRMED, kind=Booking.Kind.USE, checked_in_at=None, room__venue__keep_minutes__gt=0)
    rows = rows.filter(starts_at__lte=now)
    due = ExpressionWrapper(F("room__venue__keep_minutes") * dt.timedelta(minutes=1), output_field=DurationField())
    return rows.filter(Q(starts_at__lte=now - due) | Q(ends_at__lte=now)).order_by("pk")


def unanswered(now: dt.datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(state=Booking.State.REQUESTED, answer_by_at__lte=now).order_by("pk")


def about_to_start(now: dt.datetime) -> QuerySet[Booking]:
    """Who should hear how to keep the room: a quarter of an hour before the start."""
    rows = Booking.objects.filter(state=Booking.State.CONFIRMED, kind=Booking.Kind.USE, checked_in_at=None, room__venue__keep_minutes__gt=0)
    return rows.filter(starts_at__gt=now, starts_at__lte=now + QUARTER, booked_by__isnull=False).select_related("room__venue", "booked_by")


# Waiting for a room


def waiting_for(room: Room, start: dt.datetime, end: dt.datetime) -> QuerySet[RoomWait]:
    rows = RoomWait.objects.filter(state=RoomWait.State.WAITING, room=room, starts_at__lt=end, ends_at__gt=start)
    rows = rows.filter(ends_at__gt=clock.now() + QUARTER)
    return rows.select_related("person", "organization", "room__venue__host__territory").order_by("created_at", "pk")


def waits_of(person: Person) -> QuerySet[RoomWait]:
    rows = RoomWait.objects.filter(person=person, state=RoomWait.State.WAITING, ends_at__gt=clock.now())
    return rows.select_related("room__venue__host__territory", "organization").order_by("starts_at")


def place_in_line(wait: RoomWait) -> int:
    rows = waiting_for(wait.room, wait.starts_at, wait.ends_at)
    return rows.filter(Q(created_at__lt=wait.created_at) | Q(created_at=wait.created_at, pk__lt=wait.pk)).count() + 1


def can_take_now(wait: RoomWait) -> bool:
    """Free now for what is left of the wanted time."""
    start = max(wait.starts_at, clock.now())
    return wait.ends_at - start >= QUARTER and not in_way(wait.room, start, wait.ends_at).exists()
