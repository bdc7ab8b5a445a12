"""How many say that they were pressed. Never fewer than five in one figure."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from liandong.accounts.models import Person
from liandong.core import clock, crypto
from liandong.honours.models import PressureAnswer, PressureTicket
from liandong.organizations.models import Territory
from liandong.volunteers.models import VolunteerProfile

FEWEST = 5


def half_year(day: dt.date | None = None) -> str:
    """2026H1"""
    day = day or clock.today()
    return f"{day.year}H{1 if day.month <= 6 else 2}"


def digest_of(person: Person, *, half_year: str) -> str:
    return crypto.keyed_hash(f"{half_year}:{person.pk}", purpose="pressure")


def has_answered(person: Person) -> bool:
    return PressureTicket.objects.filter(digest=digest_of(person, half_year=half_year())).exists()


def street_of(person: Person) -> Territory | None:
    """The street, never anything smaller."""
    path = VolunteerProfile.objects.filter(person=person).values_list("residence__path", flat=True).first()
    around = [int(part) for part in (path or "").split("/") if part]
    return Territory.objects.filter(pk__in=around, level=Territory.Level.STREET).first() if around else None


@dataclass(frozen=True)
class Signal:
    """One street in one half year. `pressed` and the sources are None where fewer than five said so; nothing at all where fewer than five answered."""

    half_year: str
    territory: Territory | None
    answered: int
    pressed: int | None
    sources: list[tuple[Any, int]]


def signals(places: QuerySet[Territory], *, halves: int = 4) -> list[Signal]:
    """For these places, newest half year first. One query."""
    rows = PressureAnswer.objects.filter(territory__in=places.order_by().values("pk")).select_related("territory")
    told: dict[tuple[str, int | None], list[PressureAnswer]] = {}
    for row in rows:
        told.setdefault((row.half_year, row.territory_id), []).append(row)
    found = []
    kept = sorted({half for half, _place in told}, reverse=True)[:halves]
    for (half, _place), answers in sorted(told.items(), key=lambda item: (item[0][0], -len(item[1])), reverse=True):
        if half not in kept or len(answers) < FEWEST:
            continue
        pressed = [row for row in answers if row.was_pressed]
        counts = Counter(row.source for row in pressed)
        shown = [(PressureAnswer.Source(source).label, n) for source, n in counts.most_common() if n >= FEWEST]
        found.append(
            Signal(
                half, answers[0].territory, len(answers), len(pressed) if len(pressed) >= FEWEST else None, shown if len(pressed) >= FEWEST else []
            )
        )
    return found
