"""Reading shelves, loans, and what was exchanged."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.stations.models import GreenExchange, GreenRate, ShelfItem, ShelfTaking, Station

LONG_AGO = dt.timedelta(days=30)
NONE_LEFT = Case(When(left_count=0, then=Value(1)), default=Value(0), output_field=IntegerField())


def on_shelf(station: Station, *, kind: str = "") -> QuerySet[ShelfItem]:
    """What somebody may take now; what is all reserved or lent stands last."""
    items = station.shelf_items.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=clock.today()), state=ShelfItem.State.ON_SHELF)
    return (items.filter(kind=kind) if kind in ShelfItem.Kind.values else items).order_by(NONE_LEFT, "-put_at", "-id")


def offered(station: Station) -> list[ShelfItem]:
    """What others brought and the host has not looked at, longest waiting first."""
    return list(station.shelf_items.filter(state=ShelfItem.State.OFFERED).order_by("brought_at", "id"))


def open_takings(station: Station) -> list[ShelfTaking]:
    """Reserved or lent, what ends first first."""
    rows = ShelfTaking.objects.filter(item__station=station, state__in=(ShelfTaking.State.RESERVED, ShelfTaking.State.LENT))
    return list(rows.select_related("item", "person").order_by("held_until_at", "due_on", "id")[:100])


def takings_of(person: Person) -> list[ShelfTaking]:
    """What is kept for somebody or lent to them, and what was in the last month."""
    rows = ShelfTaking.objects.filter(
        Q(state__in=(ShelfTaking.State.RESERVED, ShelfTaking.State.LENT)) | Q(ended_at__gte=clock.now() - LONG_AGO), person=person
    )
    return list(rows.select_related("item__station__venue").order_by("ended_at", "-asked_at")[:50])


def open_with(person: Person, station: Station) -> dict[int, ShelfTaking]:
    """By item: what the person holds at this station."""
    states = (ShelfTaking.State.RESERVED, ShelfTaking.State.LENT)
    return {row.item_id: row for row in ShelfTaking.objects.filter(person=person, item__station=station, state__in=states)}


def offers_of(person: Person) -> list[ShelfItem]:
    """What somebody brought to a shelf, newest first."""
    return list(ShelfItem.objects.filter(brought_by=person).select_related("station__venue").order_by("-brought_at")[:20])


def loans_to_remind(*, today: dt.date) -> QuerySet[ShelfTaking]:
    """Lent to somebody we know, due tomorrow or late."""
    tomorrow = today + dt.timedelta(days=1)
    return (
        ShelfTaking.objects.filter(Q(due_on=tomorrow) | Q(due_on__lt=today), state=ShelfTaking.State.LENT, person__isnull=False)
        .select_related("person", "item__station__venue")
        .order_by("id")
    )


# Recyclables


@dataclass(frozen=True)
class Brought:
    """What came in of one material."""

    material: str
    unit: str
    amount: int
    times: int


def rates_of(station: Station) -> list[GreenRate]:
    return list(station.green_rates.filter(is_active=True))


def brought_to(station: Station, *, first: dt.date) -> list[Brought]:
    """By material and unit, most times first."""
    rows = GreenExchange.objects.filter(rate__station=station, exchanged_on__gte=first).values_list("rate__material", "rate__unit", "brought_amount")
    found: dict[tuple[str, str], list[int]] = {}
    for material, unit, amount in rows:
        found.setdefault((material, unit), []).append(amount)
    return sorted(
        (Brought(material, str(GreenRate.Unit(unit).label), sum(amounts), len(amounts)) for (material, unit), amounts in found.items()),
        key=lambda row: (-row.times, row.material),
    )


def exchanges_of(station: Station) -> QuerySet[GreenExchange]:
    return GreenExchange.objects.filter(rate__station=station).select_related("rate").order_by("-exchanged_on", "-id")
