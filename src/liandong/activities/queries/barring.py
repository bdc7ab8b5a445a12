"""Whom a position or a body turns away: who is too young on the day, who is suspended."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import DateField, DateTimeField, Exists, ExpressionWrapper, Func, IntegerField, Max, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
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


def is_turned_away(person: Person, position: Position, shift: Shift, *, suspended: Mapping[int, dt.date]) -> bool:
    """What the list says to this person, by `suspended_among` of the host: one question for many people."""
    until = suspended.get(person.pk)
    return is_too_young(person, position, shift) or (until is not None and until >= timezone.localdate(shift.starts_at))


def latest_birth_date(age: int, day: dt.date) -> dt.date:
    """Whoever was born on this day or before is of that age on `day`."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # 29 February, in a year without one
        return day.replace(year=day.year - age, day=28)


def turned_away_from(position: Position) -> QuerySet[Person, Any]:
    """Everybody the list of this position turns away on the day of its shift, for `.exclude(person__in=…)`: for whoever looks for people."""
    day = timezone.localdate(position.shift.starts_at)
    return _turned_away(position.shift.activity.host_id, day=day, min_age=position.min_age)


def turned_away_from_all(activity: Activity) -> QuerySet[Person, Any]:
    """Everybody turned away by every volunteers' position still ahead in the activity. One query here."""
    ahead = Position.objects.filter(shift__activity=activity, shift__ends_at__gt=clock.now(), kind=Position.Kind.VOLUNTEER)
    found = ahead.aggregate(last=Max("shift__starts_at"), age=Min("min_age"))
    return _turned_away(activity.host_id, day=timezone.localdate(found["last"]) if found["last"] else clock.today(), min_age=found["age"] or 0)


def _turned_away(host_id: int, *, day: dt.date, min_age: int) -> QuerySet[Person, Any]:
    suspended = suspensions_at(clock.now()).filter(organization=host_id, until_date__gte=day).values("person")
    young = Q(birth_date__gt=latest_birth_date(min_age, day)) if min_age else Q(pk__in=[])
    return Person.objects.filter(Q(pk__in=suspended) | young).order_by().values("pk")


def closed_to(person: Person, *, position: str = "") -> Q:
    """Positions whose list turns this person away, for `.exclude(…)`; `position`: the way from a row to its position ("position__")."""
    start = f"{position}shift__starts_at"
    own = suspensions_at(clock.now()).filter(
        person=person.pk,
        organization=OuterRef(f"{position}shift__activity__host"),
        until_date__gte=TruncDate(ExpressionWrapper(OuterRef(start), output_field=DateTimeField())),
    )
    if person.birth_date is None:
        return Q(Exists(own))
    age = Func(
        TruncDate(start), Value(person.birth_date, output_field=DateField()), template="extract(year from age(%(expressions)s))::int",
        output_field=IntegerField(),
    )  # fmt: skip
    return Q(Exists(own)) | Q(**{f"{position}min_age__gt": age})


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
