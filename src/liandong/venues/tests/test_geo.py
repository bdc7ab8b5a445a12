"""Coordinates: the three systems, distance, and pins that cannot be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.venues import geo
from liandong.venues.geo import Point

SQUARE = [[(116.42, 39.90), (116.47, 39.90), (116.47, 39.93), (116.42, 39.93), (116.42, 39.90)]]
INSIDE = Point(39.912, 116.445)


@pytest.mark.parametrize(
    ("system", "expected"),
    [("wgs84", Point(39.915, 116.404)), ("gcj02", Point(39.916404, 116.410245)), ("bd09", Point(39.922699, 116.416627))],
)
def test_a_known_point_of_beijing_in_each_system(system, expected):
    assert geo.metres(geo.from_wgs84(Point(39.915, 116.404), system), expected) < 0.2


def test_outside_china_all_systems_say_the_same():
    paris = Point(48.8566, 2.3522)
    assert geo.from_wgs84(paris, "bd09") == paris


@given(st.floats(18, 53), st.floats(74, 134), st.sampled_from(["wgs84", "gcj02", "bd09"]))
def test_there_and_back_is_the_same_place(latitude, longitude, system):
    point = Point(latitude, longitude)
    assert geo.metres(geo.to_wgs84(geo.from_wgs84(point, system), system), point) < 0.02


def test_distance_and_walk():
    assert round(geo.metres(Point(39.9, 116.4), Point(39.901, 116.4))) == 111
    assert [geo.walking_minutes(distance) for distance in (0, 180, 420, 650)] == [1, 3, 6, 9]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("116.397428,39.90923", Point(39.90923, 116.397428)),
        ("39.90923, 116.397428", Point(39.90923, 116.397428)),
        ("纬度：39.909 经度：116.397", Point(39.909, 116.397)),
        ("48.85 2.35", Point(48.85, 2.35)),
        ("建国门外大街 12 号", None),
        ("", None),
    ],
)
def test_what_a_map_app_copies_is_read_in_either_order(text, point):
    assert geo.read(text) == point


def test_pins_are_doubted_with_the_reason():
    assert geo.doubt(INSIDE, rings=SQUARE) == ""
    assert geo.doubt(Point(INSIDE.longitude, INSIDE.latitude), rings=SQUARE) == "swapped"
    assert geo.doubt(Point(39.912, 116.4709), rings=SQUARE) == ""
    assert geo.doubt(Point(39.912, 116.4750), rings=SQUARE) == "gcj02"
    assert geo.doubt(Point(31.23, 121.47), rings=SQUARE) == "far"


def test_without_an_outline_the_other_places_are_asked_and_without_any_nothing_is_doubted():
    assert geo.doubt(Point(31.23, 121.47), others=[INSIDE]) == "far"
    assert geo.doubt(Point(39.95, 116.5), others=[INSIDE]) == ""
    assert geo.doubt(Point(31.23, 121.47)) == ""
