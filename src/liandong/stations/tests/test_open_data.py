"""Open data: what HSDS 3.0 asks, GeoJSON, and nothing about any person."""

import datetime as dt
import json
import re
import uuid
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from liandong.stations.queries import open_data
from liandong.stations.tests import factories
from liandong.venues.models import SpecialDay, Venue

SCHEMA = json.loads((Path(__file__).parent / "hsds_3_0.json").read_text())
PATTERNS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d)?",
    "uri": r"https?://\S+",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00",
    "string": r"(?s).*",
}


def faults(kind: str, record: dict, path: str = "") -> list[str]:
    """Where a record is not as the schema says."""
    if kind == "any":
        return []
    rules = SCHEMA[kind]
    found = [f"{path}{kind}: {name} is missing" for name in rules["required"] if name not in record]
    for name, value in record.items():
        rule, where = rules["properties"].get(name, "unknown"), f"{path}{kind}.{name}"
        if isinstance(rule, list):
            found += [] if value in rule else [f"{where}: {value!r}"]
        elif rule.startswith("[@"):
            found += [fault for item in value for fault in faults(rule[2:-1], item, f"{where} ")]
        elif rule.startswith("@"):
            found += faults(rule[1:], value, f"{where} ")
        elif rule == "uuid":
            found += [] if str(uuid.UUID(value)) == value else [where]
        elif rule in ("number", "boolean"):
            found += [] if isinstance(value, bool) == (rule == "boolean") and isinstance(value, int | float) else [where]
        else:
            found += [] if rule in PATTERNS and isinstance(value, str) and re.fullmatch(PATTERNS[rule], value) else [f"{where}: {rule} {value!r}"]
    return found


@pytest.fixture
def stations(town):
    """One running with a special day, one paused, one being prepared, one at a place without position."""
    cafe = town.station(entry_words="不用登记")
    factories.proof(factories.fact(cafe), hours_ago=2)
    SpecialDay.objects.create(venue=cafe.venue, special_date=dt.date(2026, 6, 12), words="盘点")
    SpecialDay.objects.create(venue=cafe.venue, special_date=dt.date(2026, 6, 13), opens_at=dt.time(10), closes_at=dt.time(12))
    lost = town.station("没标位置的站")
    Venue.objects.filter(pk=lost.venue_id).update(latitude=None, longitude=None)
    town.station("歇业的站", state="paused", state_words="装修")
    town.station("筹备中的站", state="planned", opened_on=None)
    return cafe, lost


def test_the_whole_file_is_as_hsds_asks(stations, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        data = client.get(reverse("stations:open_file")).json()
    assert [fault for service in data["services"] for fault in faults("service", service)] == []
    assert [(service["name"], service["status"]) for service in data["services"]] == [
        ("拾光咖啡驿站", "active"),
        ("没标位置的站", "active"),
        ("歇业的站", "temporarily closed"),
    ]


def test_the_hours_are_written_as_schedules(stations, client):
    service = client.get(reverse("stations:open_services"), {"full": "true"}).json()["contents"][0]
    assert [(row.get("byday"), row.get("valid_from"), row.get("opens_at"), row.get("closes_at")) for row in service["schedules"]] == [
        ("MO,TU,WE,TH,FR,SA,SU", None, "08:00", "20:00"),
        (None, "2026-06-12", None, None),
        (None, "2026-06-13", "10:00", "12:00"),
    ]
    assert (service["assured_date"], service["eligibility_description"]) == ("2026-06-10", "不用登记")
    assert [(row["taxonomy_term"]["code"], row["value"]) for row in service["attributes"]] == [
        ("water", "proved"),
        ("toilet", "unproved"),
        ("seat", "unproved"),
    ]


@pytest.mark.parametrize(("name", "kind"), [("service", "service"), ("organization", "organization"), ("location", "location")])
def test_the_interface_pages_and_leads_to_each_record(stations, client, name, kind):
    page = client.get(reverse(f"stations:open_{name}s"), {"per_page": "1"}).json()
    assert faults("page", page) == []
    assert (page["size"], page["first_page"]) == (1, True)
    record = page["contents"][0]
    assert faults(kind, record) == []
    assert client.get(reverse(f"stations:open_{name}", args=[record["id"]])).json()["id"] == record["id"]
    for wrong in (str(uuid.uuid4()), "nothing", stations[0].number):
        assert client.get(reverse(f"stations:open_{name}", args=[wrong])).status_code == 404


def test_an_identity_is_a_uuid_that_leads_back():
    made = open_data.identity("service", 8211)
    assert uuid.UUID(made).version == 8
    assert (open_data.key_of("service", made), open_data.key_of("location", made)) == (8211, None)


def test_geojson_has_the_running_and_paused_ones_on_the_map(stations, client):
    data = client.get(reverse("stations:open_geojson")).json()
    assert [(row["properties"]["name"], row["geometry"]["coordinates"]) for row in data["features"]] == [
        ("拾光咖啡驿站", [116.44, 39.9085]),
        ("歇业的站", [116.44, 39.9085]),
    ]
    assert client.get(reverse("stations:open_geojson"), {"bbox": "116.5,39,117,40"}).json()["features"] == []
    assert client.get(reverse("stations:open_geojson"), {"bbox": "nonsense"}).json()["features"] == []


def test_unchanged_data_is_not_sent_again(stations, client, clock):
    first = client.get(reverse("stations:open_file"))
    assert client.get(reverse("stations:open_file"), headers={"If-None-Match": first["ETag"]}).status_code == 304
    clock.advance(hours=30)
    again = client.get(reverse("stations:open_file"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.json()["services"][0]["attributes"][0]["value"]) == (200, "known")


def test_no_person_stands_in_it(stations, client, town):
    factories.proof(factories.fact(stations[0], "toilet"), person=town.boss, words="陈宇看过")
    for name in ("open_file", "open_geojson", "open_organizations"):
        text = client.get(reverse(f"stations:{name}")).content.decode()
        assert [word for word in (town.boss.name, town.boss.phone, "看过") if word and word in text] == []


def test_last_modified_is_told(stations, client):
    response = client.get(reverse("stations:open_geojson"))
    assert response["Last-Modified"] == "Wed, 10 Jun 2026 02:00:00 GMT"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert timezone.localtime().hour == 10
