"""Whom a position or a body turns away: who is too young on the day, who is suspended."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift, SignUp, Suspension
from liandong.core import clock
from liandong.organizations.models import Organization


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Whole years on that day; the birthday itself counts."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def is_too_young(person: Person, position: Position, shift: Shift) -> bool:
    """On the day of the shift. Where the day of birth is not known nobody is turned away."""
    if not position.min_age or person.birth_date is None:
        return False
    return age_on(person.birth_date, timezone.localdate(shift.starts_at)) < position.min_age


def suspensions_at(moment: dt.datetime) -> QuerySet[Suspension]:
    """Those that hold at a moment."""
    day = timezone.localdate(moment)
    return Suspension.objects.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=moment), suspended_at__lte=moment, until_date__gte=day)


def suspension_at(person_id: int, organization_id: int, *, moment: dt.datetime) -> Suspension | None:
    return suspensions_at(moment).filter(person=person_id, organization=organization_id).select_related("organization").first()


def suspended_among(people: Iterable[int], organization_id: int) -> dict[int, dt.date]:
    """Person -> the last day of the suspension in force today. One query."""
    rows = suspensions_at(clock.now()).filter(person__in=list(people), organization=organization_id)
    return dict(rows.values_list("person", "until_date"))


def own_suspensions(person: Person) -> QuerySet[Suspension]:
    """What keeps a person from activities today, with the body to ask."""
    return suspensions_at(clock.now()).filter(person=person).select_related("organization").order_by("until_date", "pk")


def places_until(suspension: Suspension) -> QuerySet[SignUp]:
    """What the person still holds at the body's activities up to the last day, not yet checked in."""
    _start, end = clock.day_bounds(suspension.until_date)
    return SignUp.objects.filter(
        person=suspension.person_id,
        shift__activity__host=suspension.organization_id,
        shift__activity__state=Activity.State.PUBLISHED,
        shift__starts_at__lt=end,
        shift__ends_at__gt=clock.now(),
        state__in=(SignUp.State.CONFIRMED, SignUp.State.WAITING),
        attendance__isnull=True,
    ).order_by("shift", "pk")


def suspensions_of(organization: Organization, *, text: str = "") -> QuerySet[Suspension]:
    """All that a body ever made, latest first; `text` finds by name, pinyin, initials or number."""
    rows = Suspension.objects.filter(organization=organization).select_related("person", "suspended_by", "lifted_by")
    if typed := text.strip():
        lower = typed.lower()
        rows = rows.filter(
            Q(person__name__contains=typed)
            | Q(person__pinyin__startswith=lower)
            | Q(person__initials__startswith=lower)
            | Q(person__number=typed.upper())
        )
    return rows.order_by("-suspended_at", "-pk")
