"""Who is told what about a station: the host of what visitors found, the hub when no answer comes, both of what is due."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.organizations import queries as organizations
from liandong.organizations.models import Right
from liandong.stations.models import Fact, Fault, InspectionRound, Station, StationAgreement, Supply
from liandong.stations.words import LACKING

HUB_AFTER = dt.timedelta(days=3)
SUPPLY_DAYS = (14, 3)
REVIEW_DAYS = (30, 7)
ROUND_DAYS = 2
MOST_PEOPLE = 10


@react("station.reported")
def call_host(entry: Entry) -> None:
    """Once a day and fact. The hub hears of it when the host does not answer."""
    fact = Fact.objects.select_related(*_around("station__")).filter(pk=entry.after["fact"]).first()
    if fact is None or fact.called_at is None:
        return
    values = {"station": fact.station.venue.name, "what": str(LACKING[fact.subject])}
    _tell(
        people_of_host(fact.station), "station.reported", f"{fact.pk}:{clock.today()}", reverse("stations:host", args=[fact.station.number]), values
    )


@react("station.inspected")
def tell_of_findings(entry: Entry) -> None:
    """What an inspector found not in order."""
    if not entry.after["fails"]:
        return
    station = Station.objects.select_related(*_around("")).get(pk=entry.on_key)
    values = {"station": station.venue.name, "number": entry.after["fails"]}
    _tell(people_of_host(station), "station.inspected", str(entry.pk), reverse("stations:host_supplies", args=[station.number]), values)


@react("station.agreement_proposed")
def tell_other_side(entry: Entry) -> None:
    agreement = StationAgreement.objects.select_related(*_around("station__")).get(pk=entry.after["agreement"])
    if agreement.state != StationAgreement.State.PROPOSED:
        return
    station = agreement.station
    people = people_of_host(station) if agreement.waits_for_host else people_of_hub(station)
    _tell(
        people, "station.agreement_proposed", str(agreement.pk), reverse("stations:agreement", args=[station.number]), {"station": station.venue.name}
    )


@react("station.agreement_agreed", "station.agreement_declined")
def tell_of_answer(entry: Entry) -> None:
    agreement = StationAgreement.objects.select_related(*_around("station__")).get(pk=entry.after["agreement"])
    station = agreement.station
    hub_began = agreement.created_at == agreement.hub_agreed_at
    people = people_of_hub(station) if hub_began else people_of_host(station)
    _tell(people, entry.verb, str(agreement.pk), reverse("stations:agreement", args=[station.number]), {"station": station.venue.name})


@react("station_round.planned", "station_round.moved")
def tell_inspector(entry: Entry) -> None:
    tour = InspectionRound.objects.select_related("inspector").get(pk=entry.on_key)
    if tour.state == InspectionRound.State.OPEN and entry.by_person != tour.inspector_id:
        values = {"title": tour.title, "due_date": tour.due_date.isoformat()}
        key = f"{tour.pk}:{tour.inspector_id}:{tour.due_date}"
        _tell([tour.inspector], "station.round_planned", key, reverse("stations:round", args=[tour.pk]), values)


@app.periodic(cron="40 0 * * *", periodic_id="stations_daily")  # UTC: 8:40 in China
@app.task(name="liandong.stations_daily", queueing_lock="stations_daily")
def look_at_stations(timestamp: int = 0) -> None:
    remind(today=clock.today())


def remind(*, today: dt.date) -> int:
    """What nobody answered, what expires, agreements to be looked at again, late rounds and faults. Each is said once a step."""
    return _unanswered() + _expiring(today) + _reviews(today) + _rounds(today) + _faults()


def _unanswered() -> int:
    told, now = 0, clock.now()
    facts = Fact.objects.filter(called_at__lte=now - HUB_AFTER, hub_told_at__isnull=True, station__state=Station.State.OPEN)
    for fact in facts.select_related(*_around("station__")):
        assert fact.called_at is not None
        values = {"station": fact.station.venue.name, "what": str(LACKING[fact.subject]), "days": (now - fact.called_at).days}
        told += _tell(
            people_of_hub(fact.station),
            "station.unanswered",
            f"{fact.pk}:{fact.called_at:%Y-%m-%d}",
            reverse("stations:host", args=[fact.station.number]),
            values,
        )
        Fact.objects.filter(pk=fact.pk, called_at=fact.called_at).update(hub_told_at=now)
    return told


def _expiring(today: dt.date) -> int:
    told = 0
    until = today + dt.timedelta(days=max(SUPPLY_DAYS))
    supplies = Supply.objects.filter(removed_at__isnull=True, expires_on__lte=until).exclude(station__state=Station.State.CLOSED)
    for supply in supplies.select_related(*_around("station__")):
        assert supply.expires_on is not None
        left = (supply.expires_on - today).days
        step = "expired" if left < 0 else str(min(days for days in SUPPLY_DAYS if left <= days))
        values = {"station": supply.station.venue.name, "what": supply.name, "date": supply.expires_on.isoformat()}
        kind = "station.supply_expired" if left < 0 else "station.supply_expiring"
        key = f"{supply.pk}:{supply.expires_on}:{step}"
        told += _tell(people_of_host(supply.station), kind, key, reverse("stations:host_supplies", args=[supply.station.number]), values)
    return told


def _reviews(today: dt.date) -> int:
    told = 0
    due = StationAgreement.objects.filter(state=StationAgreement.State.AGREED, review_date__lte=today + dt.timedelta(days=max(REVIEW_DAYS)))
    for agreement in due.select_related(*_around("station__")):
        station, left = agreement.station, (agreement.review_date - today).days
        step = "lapsed" if left < 0 else str(min(days for days in REVIEW_DAYS if left <= days))
        kind = "station.agreement_lapsed" if left < 0 else "station.agreement_due"
        values = {"station": station.venue.name, "date": agreement.review_date.isoformat()}
        people = [*people_of_host(station), *people_of_hub(station)]
        told += _tell(people, kind, f"{agreement.pk}:{step}", reverse("stations:agreement", args=[station.number]), values)
    return told


def _rounds(today: dt.date) -> int:
    told = 0
    tours = InspectionRound.objects.filter(state=InspectionRound.State.OPEN, due_date__lte=today + dt.timedelta(days=ROUND_DAYS))
    for tour in tours.select_related("inspector"):
        kind = "station.round_overdue" if tour.due_date < today else "station.round_due"
        values = {"title": tour.title, "due_date": tour.due_date.isoformat()}
        told += _tell([tour.inspector], kind, f"{tour.pk}:{tour.due_date}", reverse("stations:round", args=[tour.pk]), values)
    return told


def _faults() -> int:
    told = 0
    late = clock.now() - dt.timedelta(days=Fault.DAYS)
    faults = Fault.objects.exclude(state=Fault.State.MENDED).filter(reported_at__lt=late).exclude(station__state=Station.State.CLOSED)
    for fault in faults.select_related(*_around("station__")):
        values = {"station": fault.station.venue.name}
        url = reverse("stations:host_supplies", args=[fault.station.number])
        told += _tell([*people_of_host(fault.station), *people_of_hub(fault.station)], "station.fault_late", str(fault.pk), url, values)
    return told


def people_of_host(station: Station) -> list[Person]:
    """Whom the host named, else those of the body who keep its places."""
    if station.contact is not None:
        return [station.contact]
    return list(organizations.people_with(station.venue.host, Right.KEEP_VENUES)[:MOST_PEOPLE])


def people_of_hub(station: Station) -> list[Person]:
    return list(organizations.hub_people(station.venue.territory, Right.KEEP_VENUES)[:MOST_PEOPLE])


def _around(prefix: str) -> list[str]:
    return [f"{prefix}{name}" for name in ("contact", "venue__host__territory", "venue__territory")]


def _tell(people: Iterable[Person], kind: str, key: str, url: str, values: dict[str, Any]) -> int:
    return sum(
        notify(one, kind=kind, values=values, url=url, once_key=f"{kind}:{key}") is not None for one in {one.pk: one for one in people}.values()
    )
