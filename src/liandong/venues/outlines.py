"""Outlines of territories and landmarks, from the site's own GeoJSON file (LIANDONG_OUTLINES). Without one there are none, and everything else still works.

Polygons carry {"name", "level"} (level as of a Territory), points are landmarks with {"name"}: an exit of the underground, a park gate.
"""

import json
import logging
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from liandong.venues.geo import Point, Ring

log = logging.getLogger(__name__)
FINE = ("community", "building")  # inside a wider outline


@dataclass(frozen=True)
class Shape:
    name: str
    level: str
    rings: list[Ring]

    @property
    def middle(self) -> Point:
        """Of the box around it: near enough to begin from."""
        xs, ys = ([place[axis] for ring in self.rings for place in ring] for axis in (0, 1))
        return Point((min(ys) + max(ys)) / 2, (min(xs) + max(xs)) / 2)


@dataclass(frozen=True)
class Landmark:
    name: str
    point: Point


@dataclass(frozen=True)
class Outlines:
    shapes: list[Shape] = field(default_factory=list)
    landmarks: list[Landmark] = field(default_factory=list)

    @property
    def rings(self) -> list[Ring]:
        """Around the whole site."""
        wide = [shape for shape in self.shapes if shape.level not in FINE]
        return [ring for shape in wide or self.shapes for ring in shape.rings]

    def shape(self, name: str) -> Shape | None:
        return next((shape for shape in self.shapes if shape.name == name), None)


def outlines() -> Outlines:
    path = Path(settings.OUTLINES) if settings.OUTLINES else None
    return _read(path, path.stat().st_mtime) if path is not None and path.is_file() else Outlines()


@cache
def _read(path: Path, _changed: float) -> Outlines:
    found = Outlines()
    try:
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            _take(found, feature)
    except (KeyError, TypeError, ValueError, IndexError):
        log.warning("the file of outlines is no GeoJSON collection of polygons and points")
        return Outlines()
    return found


def _take(found: Outlines, feature: dict[str, Any]) -> None:
    shape, says = feature["geometry"], feature.get("properties") or {}
    if shape["type"] == "Point":
        found.landmarks.append(Landmark(says["name"], Point(float(shape["coordinates"][1]), float(shape["coordinates"][0]))))
        return
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"] if shape["type"] == "MultiPolygon" else []
    rings = [[(float(place[0]), float(place[1])) for place in ring] for polygon in polygons for ring in polygon]
    if rings:
        found.shapes.append(Shape(says.get("name", ""), says.get("level", ""), rings))
