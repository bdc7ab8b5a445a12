"""Where things are, without a database: distance, the three ways a place is written in China, pins that cannot be right.

Kept is WGS-84 (what a phone says). Chinese map apps show GCJ-02, Baidu its own BD-09; both lie some hundred metres off and are worked out here from their published shape.
"""

import math
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

System = Literal["wgs84", "gcj02", "bd09"]
Ring = list[tuple[float, float]]  # (longitude, latitude), as in GeoJSON

EARTH_METRES = 6_371_008.8
WALK_METRES_A_MINUTE = 70  # as the crow flies: eighty on foot, and streets are not straight
FAR_METRES = 20_000  # from every other place of the site: ask before believing it
NEAR_METRES = 100  # outside the outline by less than this is a question of drawing
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943  # of the ellipsoid that GCJ-02 is drawn on
_BAIDU = math.pi * 3000 / 180
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d+)?")


class Point(NamedTuple):
    latitude: float
    longitude: float


def metres(a: Point, b: Point) -> float:
    """As the crow flies."""
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    half = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1, math.sqrt(half)))


def walking_minutes(distance: float) -> int:
    return max(1, round(distance / WALK_METRES_A_MINUTE))


def from_wgs84(point: Point, system: System) -> Point:
    if system == "wgs84" or not _in_china(point):
        return point
    shifted = _to_gcj02(point)
    return shifted if system == "gcj02" else _to_bd09(shifted)


def to_wgs84(point: Point, system: System) -> Point:
    """The inverse, by going there and mending the difference until it is less than a centimetre."""
    guess = point
    for _round in range(10):
        there = from_wgs84(guess, system)
        off = (there.latitude - point.latitude, there.longitude - point.longitude)
        guess = Point(guess.latitude - off[0], guess.longitude - off[1])
        if max(map(abs, off)) < 1e-8:
            break
    return guess


def _in_china(point: Point) -> bool:
    return 0.8293 < point.latitude < 55.8271 and 72.004 < point.longitude < 137.8347


def _to_gcj02(point: Point) -> Point:
    x, y = point.longitude - 105, point.latitude - 35
    common = 20 * (math.sin(6 * x * math.pi) + math.sin(2 * x * math.pi))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (common + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y / 30 * math.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (common + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    angle = math.radians(point.latitude)
    curve = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (curve * math.sqrt(curve))
    parallel = _AXIS / math.sqrt(curve) * math.cos(angle)
    return Point(point.latitude + math.degrees(north / meridian), point.longitude + math.degrees(east / parallel))


def _to_bd09(point: Point) -> Point:
    x, y = point.longitude, point.latitude
    far = math.hypot(x, y) + 0.00002 * math.sin(y * _BAIDU)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BAIDU)
    return Point(far * math.sin(angle) + 0.006, far * math.cos(angle) + 0.0065)


def read(text: str) -> Point | None:
    """Two numbers as map apps copy them, in either order: in China the longitude is always the greater one. None for anything else."""
    numbers = [float(found) for found in _NUMBER.findall(text)]
    if len(numbers) != 2:
        return None
    smaller, greater = sorted(numbers)
    if 0 < smaller < 56 and 72 < greater < 138:
        return Point(smaller, greater)
    point = Point(*numbers)
    return point if abs(point.latitude) <= 90 and abs(point.longitude) <= 180 else None


def inside(point: Point, rings: Iterable[Ring]) -> bool:
    """Within the outline: crossed an odd number of times on the way out. Holes are rings like any other."""
    crossed = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > point.latitude) != (y2 > point.latitude) and point.longitude < (x2 - x1) * (point.latitude - y1) / (y2 - y1) + x1:
                crossed = not crossed
    return crossed


Doubt = Literal["", "swapped", "gcj02", "bd09", "far"]


def doubt(point: Point, *, rings: Iterable[Ring] = (), others: Iterable[Point] = ()) -> Doubt:
    """Why this pin may be wrong, and what would put it right: latitude and longitude swapped, taken from a map app, or simply far from the outline and from all other places.

    Without an outline and without others nothing is known, so nothing is doubted.
    """
    rings, others = list(rings), list(others)

    def fits(candidate: Point) -> bool:
        if rings:
            return inside(candidate, rings)
        return not others or any(metres(candidate, other) <= FAR_METRES for other in others)

    if fits(point) or (rings and _from_outline(point, rings) <= NEAR_METRES):
        return ""
    if abs(point.longitude) <= 90 and fits(Point(point.longitude, point.latitude)):
        return "swapped"
    for system in ("gcj02", "bd09"):
        if fits(to_wgs84(point, system)):  # type: ignore[arg-type]
            return system  # type: ignore[return-value]
    return "far"


def _from_outline(point: Point, rings: list[Ring]) -> float:
    """Metres to the nearest edge of the outline; flat, which is near enough for a street."""
    scale_x, scale_y = math.radians(EARTH_METRES) * math.cos(math.radians(point.latitude)), math.radians(EARTH_METRES)
    nearest = math.inf
    for ring in rings:
        flat = [((x - point.longitude) * scale_x, (y - point.latitude) * scale_y) for x, y in ring]
        for (x1, y1), (x2, y2) in zip(flat, flat[1:] + flat[:1], strict=True):
            length = (x2 - x1) ** 2 + (y2 - y1) ** 2
            part = max(0.0, min(1.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length)) if length else 0.0
            nearest = min(nearest, math.hypot(x1 + part * (x2 - x1), y1 + part * (y2 - y1)))
    return nearest
