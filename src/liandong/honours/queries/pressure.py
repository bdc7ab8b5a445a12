"""How many say that they were pressed. Never fewer than five in one figure."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from liandong.accounts.models import Person
from liandong.core import clock, crypto
from liandong.honours.models import PressureAnswer, PressureTicket
from liandong.organizations.models import Territory

FEWEST = 5


def half_year(day: dt.date | None = None) -> str:
    """2026H1"""
    day = day or clock.today()
    return f"{day.year}H{1 if day.month <= 6 else 2}"


def digest_of(person: Person, *, half_year: str) -> str:
    return crypto.keyed_hash(f"{half_year}:{person.pk}", purpose="pressure")


def has_answered(person: Person) -> bool:
    return PressureTicket.objects.filter(digest=digest_of(person, half_year=half_year())).exists()


@dataclass(frozen=True)
class Signal:
    """One street in one half year. `pressed` and the sources are None where fewer than five said so; nothing at all where fewer than five answered."""

    half_year: str
    territory: Territory
    answered: int
    pressed: int | None
    sources: list[tuple[Any, int]]


def signals(places: QuerySet[Territory], *, halves: int = 4) -> list[Signal]:
    """For these places, newest half year first. Counted by the database."""
    rows = PressureAnswer.objects.filter(territory__in=places.order_by().values("pk"))
    kept = list(rows.order_by("-half_year").values_list("half_year", flat=True).distinct()[:halves])
    counted = rows.filter(half_year__in=kept).order_by().values_list("half_year", "territory", "was_pressed", "source").annotate(n=Count("pk"))
    told: dict[tuple[str, int], Counter[tuple[bool, str]]] = {}
    for half, place, was_pressed, source, n in counted:
        told.setdefault((half, place), Counter())[(was_pressed, source)] += n
    named = Territory.objects.in_bulk({place for _half, place in told})
    found = []
    for (half, place), answers in sorted(told.items(), key=lambda item: (item[0][0], -item[1].total()), reverse=True):
        if answers.total() < FEWEST:
            continue
        pressed = Counter({source: n for (was_pressed, source), n in answers.items() if was_pressed})
        enough = pressed.total() >= FEWEST
        sources = [(PressureAnswer.Source(source).label, n) for source, n in pressed.most_common() if enough and n >= FEWEST]
        found.append(Signal(half, named[place], answers.total(), pressed.total() if enough else None, sources))
    return found
