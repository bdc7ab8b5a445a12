"""Finding a station: near, open, with what one needs; honest when there is none."""

import datetime as dt
import json
import os

import pytest
from django.urls import reverse

from liandong.stations.models import Proof
from liandong.stations.queries import finding
from liandong.stations.tests import factories
from liandong.venues.geo import Point
from liandong.venues.models import OpeningHours, Venue

HERE = Point(39.9085, 116.4400)


def at(metres_north: float) -> tuple[str, str]:
    return f"{HERE.latitude + metres_north / 111_195:.6f}", f"{HERE.longitude}"


def names(found: finding.Found) -> list[str]:
    return [row.venue.name for row in found.rows]


@pytest.fixture
def three(town):
    """180, 420 and 650 metres away; the second has no hot water today."""
    near, middle, far = (
        town.station(name, at=at(metres)) for name, metres in (("拾光咖啡驿站", 180), ("永安里社区服务站", 420), ("禾木科技一层驿站", 650))
    )
    for station in (near, middle, far):
        for fact in station.facts.all():
            factories.proof(fact, hours_ago=2)
    factories.proof(factories.fact(middle), works=False, hours_ago=1)
    return near, middle, far


def test_the_nearest_come_first_with_their_distance(three):
    found = finding.nearest(HERE)
    assert [(row.venue.name, row.length, row.minutes) for row in found.rows] == [
        ("拾光咖啡驿站", ("180", "m"), 3),
        ("永安里社区服务站", ("420", "m"), 6),
        ("禾木科技一层驿站", ("650", "m"), 9),
    ]
    assert found.rows[0].door.label == "开着，到 20:00"


def test_what_is_missing_or_unproved_is_not_counted_as_there(three, town):
    near, _middle, far = three
    town.station("没人看过的站", at=at(50))
    assert names(finding.nearest(HERE, subjects=["water"])) == [near.venue.name, far.venue.name]
    assert finding.nearest(HERE, subjects=["water"]).unsure == 1
    assert names(finding.nearest(HERE, subjects=["water"], unsure=True)) == ["没人看过的站", near.venue.name, far.venue.name]


def test_closed_paused_and_unused_places_are_not_found(three, town):
    near, middle, far = three
    near.state, near.state_words = "paused", "装修"
    near.save()
    Venue.objects.filter(pk=middle.venue_id).update(is_open=False)
    assert names(finding.nearest(HERE)) == [far.venue.name]


def test_when_all_are_closed_it_says_which_opens_first(three, clock):
    clock.move_to(dt.datetime(2026, 6, 10, 13, 30, tzinfo=dt.UTC))
    OpeningHours.objects.filter(venue=three[1].venue).update(opens_at=dt.time(7))
    found = finding.nearest(HERE)
    assert (names(found), found.next.venue.name, found.next.door.label) == ([], "永安里社区服务站", "关着，明天 7:00 开")
    assert len(finding.nearest(HERE, open_now=False).rows) == 3


def test_a_door_found_shut_is_not_open_whatever_the_hours_say(three):
    near = three[0]
    factories.proof(factories.fact(near, "door"), works=False, hours_ago=0.5)
    assert names(finding.nearest(HERE)) == ["永安里社区服务站", "禾木科技一层驿站"]
    assert finding.nearest(HERE, open_now=False).rows[0].door.label == "30 分钟前有人到了没开门"


def test_it_looks_further_until_there_are_enough(town, monkeypatch):
    monkeypatch.setattr(finding, "STEPS", (0, 2, 4, 100))
    made = [town.station(f"第 {number} 站", at=at(100 * number)) for number in range(1, 8)]
    for station in made[3:]:
        factories.proof(factories.fact(station))
    assert names(finding.nearest(HERE, subjects=["water"], wanted=3)) == ["第 4 站", "第 5 站", "第 6 站"]
    assert finding.nearest(HERE, subjects=["water"], wanted=3).is_more is True


def test_a_station_without_position_comes_last(three, town):
    lost = town.station("没标位置的站")
    Venue.objects.filter(pk=lost.venue_id).update(latitude=None, longitude=None)
    assert names(finding.nearest(HERE))[-1] == "没标位置的站"


def test_the_order_of_the_index_is_the_order_on_the_ground(town):
    for number, (north, east) in enumerate([(0, 0.002), (0.0018, 0), (0, 0.003), (0.0021, 0), (-0.0025, 0)]):
        town.station(f"站 {number}", at=(f"{HERE.latitude + north:.6f}", f"{HERE.longitude + east:.6f}"))
    distances = [row.distance for row in finding.nearest(HERE).rows]
    assert distances == sorted(distances)
    ordered = finding.listed().annotate(away=finding.Away(HERE)).order_by("away").values_list("venue__name", flat=True)
    assert list(ordered) == names(finding.nearest(HERE))


# Pages


def test_the_list_answers_without_place_login_or_script(three, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        text = client.get(reverse("stations:nearest")).content.decode()
    assert text.count("拾光咖啡驿站") >= 1
    assert "180 米" not in text  # no place, no distance


def test_a_place_is_remembered_in_the_address(three, client):
    response = client.get(reverse("stations:nearest"), {"near": "拾光咖啡驿站"})
    assert response.context["from_place"] == "拾光咖啡驿站"
    assert [card.distance for card in response.context["rows"]] == [("10", "米"), ("240", "米"), ("470", "米")]
    unknown = client.get(reverse("stations:nearest"), {"near": "永安"})
    assert (unknown.status_code, unknown.url) == (302, f"{reverse('stations:places')}?q=%E6%B0%B8%E5%AE%89")


def test_a_position_is_rounded_and_never_put_into_the_page(three, client):
    response = client.get(reverse("stations:nearest"), {"at": "39.908512,116.440011"})
    assert response.context["from_place"] == "我的位置"
    assert response.context["choice"].place.point == HERE
    assert client.get(reverse("stations:nearest"), {"at": "somewhere, 1e9"}).status_code == 200


def test_the_way_leads_into_each_map_app_in_its_own_coordinates(three, client):
    apps = client.get(reverse("stations:way", args=[three[0].number])).context["apps"]
    assert [app.href.split("/")[2] if "//" in app.href else app.href[:14] for app in apps] == [
        "uri.amap.com",
        "api.map.baidu.com",
        "apis.map.qq.com",
        "maps.apple.com",
        "geo:39.910119,",
    ]
    assert "to=116.446" in apps[0].href
    assert "location=39.917" in apps[1].href


def test_somebody_there_reports_once_a_day_however_often(three, client):
    station = three[0]
    address = reverse("stations:report", args=[station.number])
    before = Proof.objects.count()
    for _attempt in range(20):
        assert client.post(address, {"subject": "water", "works": "0"}, HTTP_USER_AGENT="phone").status_code == 303
    assert Proof.objects.count() == before + 1
    assert client.post(address, {"subject": "nothing", "works": "0"}).status_code == 404
    for _attempt in range(40):
        client.post(address, {"subject": "water", "works": "0"}, HTTP_USER_AGENT="phone")
    assert client.post(address, {"subject": "toilet", "works": "0"}, HTTP_USER_AGENT="phone").status_code == 429


def test_the_page_of_a_closed_station_says_so_and_where_to_go(three, client):
    near = three[0]
    near.state, near.state_words, near.closed_on = "closed", "搬走了", dt.date(2026, 6, 1)
    near.save()
    response = client.get(f"/s/{near.number.lower()}/")
    assert (response.status_code, [card.seen.venue.name for card in response.context["others"]]) == (200, ["永安里社区服务站", "禾木科技一层驿站"])
    assert "搬走了" in response.content.decode()


def test_the_page_of_a_station(three, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        response = client.get(reverse("stations:station", args=[three[1].number]))
    assert [(tile.fact.subject, tile.state) for tile in response.context["seen"].tiles] == [
        ("water", "missing"),
        ("toilet", "proved"),
        ("seat", "proved"),
    ]
    assert client.get(reverse("stations:station", args=["NOSUCH"])).status_code == 404


def sources_of_pictures(response):
    """What the policy of a page lets pictures come from: its directives stand in no promised order."""
    directives = (directive.split() for directive in response["Content-Security-Policy"].split(";"))
    return next(sources for name, *sources in directives if name == "img-src")


def test_the_map_lets_pictures_come_from_the_host_of_the_setting_alone(three, client, settings):
    own = ["'self'", "data:", "blob:"]
    assert sources_of_pictures(client.get(reverse("stations:map"))) == own
    settings.TILES_URL = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
    response = client.get(reverse("stations:map"))
    assert sources_of_pictures(response) == [*own, "https://*.tiles.example.org"]
    assert len(response.context["rows"]) == 3


def test_outlines_give_landmarks_to_start_from(three, client, settings, tmp_path):
    file = tmp_path / "ours.geojson"
    square = [[116.42, 39.9], [116.47, 39.9], [116.47, 39.93], [116.42, 39.93], [116.42, 39.9]]
    file.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"name": "建外街道", "level": "street"},
                        "geometry": {"type": "Polygon", "coordinates": [square]},
                    },
                    {"type": "Feature", "properties": {"name": "地铁站 A 口"}, "geometry": {"type": "Point", "coordinates": [116.44, 39.9085]}},
                ],
            }
        )
    )
    settings.OUTLINES = str(file)
    assert (
        client.get(reverse("stations:places"), {"q": "地铁"}).context["landmarks"][0].href
        == "/stations/?near=%E5%9C%B0%E9%93%81%E7%AB%99+A+%E5%8F%A3"
    )
    assert client.get(reverse("stations:nearest"), {"near": "地铁站 A 口"}).context["from_place"] == "地铁站 A 口旁"
    assert client.get(reverse("stations:nearest"), {"at": "39.9086,116.4401"}).context["from_place"] == "地铁站 A 口旁"
    assert client.get(reverse("stations:outlines")).json()["features"][1]["properties"]["name"] == "地铁站 A 口"
    file.write_text("{")
    os.utime(file, (1, 1))
    assert client.get(reverse("stations:places")).context["landmarks"] == []
