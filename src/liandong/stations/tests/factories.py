"""A street with a love station in a café, for tests. Verbs act as of the frozen clock; `proof` writes one at any moment."""

import datetime as dt
from decimal import Decimal
from typing import Any

from liandong.core import clock
from liandong.needs.tests import factories as needs
from liandong.organizations.models import Organization
from liandong.stations import freshness
from liandong.stations.models import Fact, Proof, Station, StationAgreement
from liandong.venues.models import OpeningHours, Venue

SUBJECTS = ("door", "water", "toilet", "seat")


def venue(name: str, *, host: Organization, at: tuple[str, str] = ("39.908500", "116.440000")) -> Venue:
    """Open every day from 8:00 to 20:00."""
    made = Venue.objects.create(
        name=name,
        host=host,
        kind=Venue.Kind.STATION,
        territory=host.territory,
        address="永安里东街 8 号",
        latitude=Decimal(at[0]),
        longitude=Decimal(at[1]),
        holidays="as_usual",
    )
    OpeningHours.objects.bulk_create([OpeningHours(venue=made, weekday=day, opens_at=dt.time(8), closes_at=dt.time(20)) for day in range(7)])
    return made


def station(
    name: str = "拾光咖啡驿站",
    *,
    host: Organization,
    at: tuple[str, str] = ("39.908500", "116.440000"),
    subjects: tuple[str, ...] = SUBJECTS,
    agreed: bool = True,
    **fields: Any,
) -> Station:
    """An open station without any proof; its agreement runs for a year."""
    today = clock.today()
    values = {"kinds": ["love"], "state": "open", "opened_on": today - dt.timedelta(days=200), "created_at": clock.now()} | fields
    made = Station.objects.create(venue=venue(name, host=host, at=at), **values)
    Fact.objects.bulk_create([Fact(station=made, subject=subject, quantity=6 if subject == "seat" else None) for subject in subjects])
    if agreed:
        StationAgreement.objects.create(
            station=made,
            version=1,
            state="agreed",
            gives="热水、座位",
            from_date=today - dt.timedelta(days=200),
            review_date=today + dt.timedelta(days=165),
            host_agreed_at=clock.now(),
            hub_agreed_at=clock.now(),
            created_at=clock.now(),
        )
    return made


def fact(station: Station, subject: str = "water") -> Fact:
    return Fact.objects.get(station=station, subject=subject)


def proof(fact: Fact, *, works: bool = True, source: str = "host", hours_ago: float = 0, mark: str = "", **fields: Any) -> Proof:
    """Somebody looked so long ago; the fact's verdict is kept with it."""
    made = Proof.objects.create(fact=fact, at=clock.now() - dt.timedelta(hours=hours_ago), works=works, source=source, mark=mark, **fields)
    verdict = freshness.weigh(fact.proofs.all(), fact.subject)
    fact.verdict, fact.verdict_at, fact.verdict_source = verdict.verdict, verdict.at, verdict.source
    fact.save(update_fields=["verdict", "verdict_at", "verdict_source"])
    return made


class Town(needs.Town):
    """The street, and a café with a station; its boss, and the hub's inspector."""

    def __init__(self) -> None:
        super().__init__()
        self.cafe = needs.organization("拾光咖啡", on=self.north, kind="enterprise")
        self.boss = needs.staff("陈宇", of=self.cafe)
        self.inspector = needs.staff("林巡", on=self.street, role="hub_staff")

    def station(self, name: str = "拾光咖啡驿站", **fields: Any) -> Station:
        return station(name, **{"host": self.cafe, "contact": self.boss, **fields})
