"""The stations as open data: GeoJSON, and HSDS 3.0 (Open Referral's Human Services Data Specification). Nothing about any person: no contact, no visitor, no reporter.

A station is a *service* of its host, an *organization*, at one *location*. What is there are *attributes* with the freshness of each as their value, so that nobody who
copies the file can take for true what this site would not. `assured_date` is the day of the last look.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.organizations.models import Organization, Territory
from liandong.stations.models import Station, Subject
from liandong.stations.queries.finding import Seen, position, seen
from liandong.venues import queries as venues
from liandong.venues.hours import Hours, Stretch
from liandong.venues.models import Venue

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STATUS: dict[str, str] = {Station.State.OPEN: "active", Station.State.PAUSED: "temporarily closed", Station.State.CLOSED: "defunct"}
Record = dict[str, Any]


def published() -> QuerySet[Station]:
    """What ever opened, closed ones too: who holds a copy learns that they are gone."""
    return Station.objects.filter(state__in=STATUS).select_related("venue__host", "venue__territory").order_by("pk")


def hosts() -> QuerySet[Organization]:
    return Organization.objects.filter(pk__in=published().order_by().values("venue__host")).order_by("pk")


def identity(kind: str, key: int, extra: int = 0) -> str:
    """A UUID (version 8) that is always the same for this thing of this site and leads back to it (`key_of`)."""
    head = hashlib.sha256(f"{settings.SITE_URL}:{kind}:{extra}".encode()).digest()[:8]
    number = int.from_bytes(head + key.to_bytes(8, "big"), "big")
    number = number & ~(0xF000 << 64) | (0x8000 << 64)
    return str(uuid.UUID(int=number & ~(0xC000 << 48) | (0x8000 << 48)))


def key_of(kind: str, identifier: str) -> int | None:
    """The key behind an identity of this kind; None for anything else."""
    try:
        key = uuid.UUID(identifier).int & ((1 << 62) - 1)
    except ValueError:
        return None
    return key if key and identity(kind, key) == str(uuid.UUID(identifier)) else None


def page_address(station: Station) -> str:
    return settings.SITE_URL + reverse("stations:station", args=[station.number])


def last_change(row: Seen) -> dt.datetime:
    moments = [row.station.created_at, row.station.moved_at, *(tile.fact.verdict_at for tile in row.tiles)]
    return max(moment for moment in moments if moment is not None)


def last_look(row: Seen) -> dt.datetime | None:
    return max((tile.fact.verdict_at for tile in row.tiles if tile.fact.verdict_at is not None), default=None)


# GeoJSON


def collection(stations: Iterable[Station]) -> Record:
    rows = [row for row in seen(stations) if position(row.venue) is not None]
    return {
        "type": "FeatureCollection",
        "licence": settings.OPEN_DATA_LICENCE,
        "licence_url": settings.OPEN_DATA_LICENCE_URL,
        "features": [feature(row) for row in rows],
    }


def feature(row: Seen) -> Record:
    venue, station = row.venue, row.station
    return {
        "type": "Feature",
        "id": identity("service", station.pk),
        "geometry": {"type": "Point", "coordinates": [float(venue.longitude or 0), float(venue.latitude or 0)]},
        "properties": {
            "number": station.number,
            "name": venue.name,
            "kinds": station.kinds,
            "host": venue.host.name,
            "address": venue.address,
            "directions": venue.directions,
            "url": page_address(station),
            "state": station.state,
            "entry": station.entry,
            "step_free": venue.is_step_free,
            "door": row.door.state if station.state == Station.State.OPEN else "closed",
            "facts": [
                {"subject": tile.fact.subject, "name": str(tile.fact.label), "state": tile.state, "last_look": moment(tile.fact.verdict_at)}
                for tile in row.tiles
            ],
            "last_modified": moment(last_change(row)),
        },
    }


def moment(at: dt.datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at is not None else None


# HSDS


def services(stations: Iterable[Station], *, full: bool) -> list[Record]:
    """`full`: with schedules, location, attributes and the host; else the plain fields and the host's identity."""
    rows = seen(stations)
    plain = [service(row) for row in rows]
    if not full:
        return plain
    places = [row.venue for row in rows]
    hours, above = venues.hours_of(places), ancestors(places)
    return [
        record
        | {
            "organization": organization(row.venue.host),
            "schedules": schedules(row.station, hours[row.venue.pk]),
            "service_at_locations": [
                {
                    "id": identity("service_at_location", row.station.pk),
                    "service_id": record["id"],
                    "location_id": identity("location", row.venue.pk),
                    "location": location(row.venue, above),
                }
            ],
            "attributes": attributes(row),
        }
        for record, row in zip(plain, rows, strict=True)
    ]


def service(row: Seen) -> Record:
    station, looked = row.station, last_look(row)
    there = [str(tile.fact.label) for tile in row.tiles if tile.state in ("proved", "known")]
    record = {
        "id": identity("service", station.pk),
        "organization_id": identity("organization", row.venue.host_id),
        "name": row.venue.name,
        "description": _("Lately confirmed: %(things)s") % {"things": "、".join(there)} if there else _("Nothing has been confirmed lately."),
        "url": page_address(station),
        "status": STATUS[station.state],
        "eligibility_description": station.entry_words or str(station.get_entry_display()),
        "fees_description": _("Free"),
        "last_modified": moment(last_change(row)),
    }
    if looked is not None:
        record["assured_date"] = timezone.localtime(looked).date().isoformat()
    if station.state != Station.State.OPEN and station.state_words:
        record["alert"] = station.state_words
    return record


def organization(body: Organization) -> Record:
    return {
        "id": identity("organization", body.pk),
        "name": body.name,
        "alternate_name": body.label,
        "description": body.intro or body.name,
        "website": settings.SITE_URL + reverse("organizations:organization", args=[body.slug]),
    }


def ancestors(places: Iterable[Venue]) -> dict[int, Territory]:
    keys = {int(key) for place in places for key in place.territory.path.strip("/").split("/") if key}
    return Territory.objects.in_bulk(keys)


def location(venue: Venue, above: dict[int, Territory]) -> Record:
    chain = {above[int(key)].level: above[int(key)].name for key in venue.territory.path.strip("/").split("/") if key and int(key) in above}
    city = chain.get("city") or chain.get("district") or venue.territory.name
    record: Record = {
        "id": identity("location", venue.pk),
        "location_type": "physical",
        "organization_id": identity("organization", venue.host_id),
        "name": venue.name,
        "transportation": venue.directions,
        "addresses": [
            {
                "id": identity("address", venue.pk),
                "location_id": identity("location", venue.pk),
                "address_1": venue.address,
                "region": chain.get("district", ""),
                "city": city,
                "state_province": chain.get("province") or city,
                "postal_code": "",
                "country": "CN",
                "address_type": "physical",
            }
        ],
        "accessibility": [
            {"id": identity("accessibility", venue.pk), "description": _("No steps") if venue.is_step_free else _("Not known to be step-free")}
        ],
    }
    if (point := position(venue)) is not None:
        record |= {"latitude": point.latitude, "longitude": point.longitude}
    return record


def schedules(station: Station, hours: Hours) -> list[Record]:
    """The ordinary week, a line for each stretch with the days that have it; then the days that are different. iCalendar knows no public holidays of a country: `notes` say it."""
    by_stretch: dict[Stretch, list[str]] = {}
    for weekday in range(7):
        for stretch in hours.week.get(weekday, []):
            by_stretch.setdefault(stretch, []).append(DAYS[weekday])
    records: list[Record] = [
        _schedule(station, number, stretch)
        | {"freq": "WEEKLY", "interval": 1, "wkst": "MO", "byday": ",".join(days), "notes": str(station.venue.get_holidays_display())}
        for number, (stretch, days) in enumerate(by_stretch.items(), 1)
    ]
    for day, stretches in sorted(hours.special.items()):
        found: list[Stretch | None] = [*stretches] or [None]
        for one in found:
            once = {"valid_from": day.isoformat(), "valid_to": day.isoformat(), "dtstart": day.isoformat(), "count": 1}
            records.append(_schedule(station, len(records) + 1, one) | once)
    return records


def _schedule(station: Station, number: int, stretch: Stretch | None) -> Record:
    record: Record = {"id": identity("schedule", station.pk, number), "service_id": identity("service", station.pk), "timezone": 8}
    if stretch is None:
        return record | {"description": _("Not open")}
    return record | {"opens_at": f"{stretch[0]:%H:%M}", "closes_at": f"{stretch[1]:%H:%M}"}


def attributes(row: Seen) -> list[Record]:
    """`value` is how sure it is: proved, known, unproved, missing, contradicted. Only the first two may be told as there."""
    return [
        {
            "id": identity("attribute", row.station.pk, _place(tile.fact.subject)),
            "link_id": identity("service", row.station.pk),
            "link_entity": "service",
            "link_type": "amenity",
            "taxonomy_term_id": term(tile.fact.subject)["id"],
            "taxonomy_term": term(tile.fact.subject),
            "label": str(tile.fact.label),
            "value": tile.state,
        }
        for tile in row.tiles
    ]


def term(subject: str) -> Record:
    label = str(Subject(subject).label)
    return {"id": identity("term", _place(subject)), "code": subject, "name": label, "description": label, "taxonomy": "Liandong stations"}


def _place(subject: str) -> int:
    return Subject.values.index(subject) + 1


def newest(moments: Iterable[dt.datetime]) -> dt.datetime:
    """What to say of the whole: facts fade without a change, so it is never older than this hour."""
    return max([clock.now().replace(minute=0, second=0, microsecond=0), *moments])
