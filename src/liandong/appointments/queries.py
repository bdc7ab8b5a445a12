"""Everything read about desks and appointments."""

import datetime as dt
from collections.abc import Iterable
from itertools import islice

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.appointments import permissions
from liandong.appointments.models import Appointment, Desk, DeskDay, DeskHours, Receiver
from liandong.appointments.places import Place, Schedule, Taken, free_of
from liandong.core import clock
from liandong.core.text import fold
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import Actor
from liandong.venues.models import Venue

State = Appointment.State


# Desks


def desks(by: Actor, *, words: str = "", kind: str = "") -> QuerySet[Desk]:
    """Desks that take people."""
    found = permissions.visible_to(by).filter(is_open=True).select_related("host", "venue").order_by("kind", "title", "pk")
    if words := fold(words)[:60]:
        found = found.filter(Q(title__icontains=words) | Q(receiver__icontains=words) | Q(words__icontains=words) | Q(venue__name__icontains=words))
    return found.filter(kind=kind) if kind in Desk.Kind.values else found


def desk_list(by: Person, *, words: str = "") -> QuerySet[Desk]:
    """Desks somebody keeps or sits at, with `today_count`: who comes today."""
    today = Q(appointments__on_date=clock.today()) & ~Q(appointments__state=State.CANCELLED)
    found = Desk.objects.filter(permissions.worked_on_by(by)).select_related("host__territory", "venue")
    if words := fold(words)[:60]:
        found = found.filter(Q(title__icontains=words) | Q(receiver__icontains=words) | Q(host__name__icontains=words))
    return found.annotate(today_count=Count("appointments", filter=today)).order_by("-is_open", "kind", "title", "pk")


def desk_of(pk: int, by: Actor) -> Desk | None:
    return permissions.visible_to(by).select_related("host__territory", "venue").filter(pk=pk).first()


def desk_worked_on(pk: int, by: Person) -> Desk | None:
    return Desk.objects.filter(permissions.worked_on_by(by), pk=pk).select_related("host__territory", "venue").first()


def sits_at(by: Person) -> set[int]:
    return set(Receiver.objects.filter(person=by).values_list("desk", flat=True))


def people_at(desk: Desk) -> QuerySet[Person]:
    """Who sits there."""
    return Person.objects.filter(pk__in=desk.receivers.values("person")).order_by("pinyin", "pk")


def staff_of(host: Organization) -> QuerySet[Person]:
    """Who may sit at a desk of the body: its staff; for a hub and a government office those of its ground too."""
    if host.kind in (Organization.Kind.HUB, Organization.Kind.GOVERNMENT):
        return organizations.hub_people(host.territory, Right.KEEP_VENUES) | organizations.people_with(host, Right.KEEP_VENUES)
    return organizations.people_with(host, Right.KEEP_VENUES)


def venues_for(hosts: Iterable[Organization], *, also: int | None = None) -> QuerySet[Venue]:
    """Open venues of these bodies and in their streets, and the one that is chosen already."""
    query = Q(pk__in=[])
    for host in hosts:
        place = host.territory
        query |= Q(host=host) | Q(territory__path__startswith=place.path.removesuffix(f"{place.pk}/") if place.parent_id else place.path)
    return Venue.objects.filter((query & Q(is_open=True)) | Q(pk=also)).order_by("name", "pk")


# Places


def schedules_of(found: Iterable[Desk]) -> dict[int, Schedule]:
    """By desk, two queries for all of them. Exceptions: those of today and after."""
    made = {desk.pk: Schedule(desk) for desk in found}
    for hours in DeskHours.objects.filter(desk__in=made):
        made[hours.desk_id].hours.append(hours)
    for day in DeskDay.objects.filter(desk__in=made, on_date__gte=clock.today()):
        made[day.desk_id].days[day.on_date] = day
    return made


def taken_at(found: Iterable[int], *, first: dt.date, last: dt.date) -> dict[int, list[Taken]]:
    taken: dict[int, list[Taken]] = {pk: [] for pk in found}
    rows = Appointment.objects.filter(desk__in=taken, on_date__gte=first, on_date__lte=last).exclude(state=State.CANCELLED)
    for pk, start, end in rows.values_list("desk", "starts_at", "ends_at"):
        taken[pk].append((start, end))
    return taken


def free_days(schedule: Schedule, taken: list[Taken]) -> Iterable[tuple[dt.date, list[Place]]]:
    """Days ahead with what can still be booked on them; days that are full are left out."""
    earliest = clock.now() + dt.timedelta(minutes=schedule.desk.until_minutes)
    for day in schedule.next_days(clock.today(), days=schedule.desk.ahead_days):
        free = [place for place in free_of(schedule.places(day), taken) if place.starts_at >= earliest]
        if free:
            yield day, free


def free_of_desk(desk: Desk) -> list[tuple[dt.date, list[Place]]]:
    """All days with free places that can be booked now. Three queries."""
    return list(free_days(schedules_of([desk])[desk.pk], taken_ahead([desk])[desk.pk]))


def next_free(found: Iterable[Desk], *, limit: int = 3) -> dict[int, list[Place]]:
    """The next free places of each desk, three queries for all of them."""
    found = list(found)
    schedules, taken = schedules_of(found), taken_ahead(found)
    return {
        desk.pk: list(islice((place for _day, places in free_days(schedules[desk.pk], taken[desk.pk]) for place in places), limit)) for desk in found
    }


def taken_ahead(found: list[Desk]) -> dict[int, list[Taken]]:
    first = clock.today()
    return taken_at([desk.pk for desk in found], first=first, last=first + dt.timedelta(days=max((desk.ahead_days for desk in found), default=0)))


def place_at(desk: Desk, moment: dt.datetime) -> Place | None:
    """The place of the desk that begins at this moment, free or not."""
    day = timezone.localtime(moment).date()
    return next((place for place in schedules_of([desk])[desk.pk].places(day) if place.starts_at == moment), None)


def free_at_counter(desk: Desk, day: dt.date) -> list[Place]:
    """Places of a day that are free and not over: for those who stand at the counter."""
    places = schedules_of([desk])[desk.pk].places(day)
    return [place for place in free_of(places, taken_at([desk.pk], first=day, last=day)[desk.pk]) if place.ends_at > clock.now()]


# Appointments


def appointment_of(code: str, by: Actor) -> Appointment | None:
    """One's own, or one at a desk where one sits."""
    mine = Q(person=by) | Q(desk__receivers__person=by) if isinstance(by, Person) else Q()
    rows = Appointment.objects.select_related("desk__host__territory", "desk__venue", "person")
    return rows.filter(mine, code=code).distinct().first()


def mine(person: Person) -> QuerySet[Appointment]:
    return Appointment.objects.filter(person=person).select_related("desk__host", "desk__venue").order_by("-starts_at", "-pk")


def ahead_of(person: Person) -> QuerySet[Appointment]:
    """What somebody has ahead, the next one first."""
    return Appointment.objects.filter(person=person, state__in=Appointment.OPEN, ends_at__gt=clock.now()).order_by("starts_at")


def open_at(desk: Desk, person: Person | None) -> Appointment | None:
    """What somebody still has ahead at this desk."""
    if person is None:
        return None
    return Appointment.objects.filter(desk=desk, person=person, state__in=Appointment.OPEN, ends_at__gt=clock.now()).first()


def of_day(desk: Desk, day: dt.date) -> list[Appointment]:
    """Who comes, in order of time; cancelled ones left out."""
    return list(
        Appointment.objects.filter(desk=desk, on_date=day).exclude(state=State.CANCELLED).select_related("person", "desk").order_by("starts_at", "pk")
    )


def next_to_call(rows: Iterable[Appointment]) -> Appointment | None:
    """Of those who are here, the one with the earliest time."""
    return next((row for row in rows if row.state == State.ARRIVED), None)


def called_now(desk: Desk, day: dt.date) -> Appointment | None:
    """Whose number was called last on this day and who is still being received."""
    return Appointment.objects.filter(desk=desk, on_date=day, state=State.CALLED).order_by("-called_at").first()


def booked_ahead(desk: Desk) -> dict[dt.date, int]:
    """How many come on each day from today on."""
    rows = Appointment.objects.filter(desk=desk, on_date__gte=clock.today(), state__in=Appointment.OPEN).order_by("on_date").values("on_date")
    return {row["on_date"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def to_remind(day: dt.date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(on_date=day, state=State.BOOKED, reminded_at__isnull=True, person__isnull=False).order_by("pk")


def to_blank() -> QuerySet[Appointment]:
    """Words of people that have been kept long enough."""
    return Appointment.objects.filter(ends_at__lt=clock.now() - dt.timedelta(days=Appointment.ABOUT_DAYS)).exclude(about="")


def to_end() -> QuerySet[Appointment]:
    """Of days gone by, still marked as open."""
    return Appointment.objects.filter(on_date__lt=clock.today(), state__in=Appointment.OPEN).order_by("pk")
