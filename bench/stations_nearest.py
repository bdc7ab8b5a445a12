"""The nearest five of 200,000 stations, in the real database: how long the database takes, and whether it uses the index.

The country has 186,100 such stations. This plants 200,000 made-up ones in clusters like towns, asks from 200 places (in towns and between them), and takes all of it back.
Measured inside the database (EXPLAIN ANALYZE: planning and execution) and with the way there and back. The anchor, in the same run, is what a table without the index
does: every station's distance by the haversine formula, sorted. The answers of both are compared: the index orders on a map, the anchor on the ground.

Exit status 1 when the median or the 95th of 100 takes more than 50 ms in the database, when the index is not used, or when the nearest five differ.

    python bench/stations_nearest.py [--stations 200000]
"""

import argparse
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LIANDONG_HOME", str(ROOT / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")

LIMIT_MS, ASKED, SEED = 50, 200, 2026
TOWNS, SPREAD = 400, 0.12  # degrees around a town

HAVERSINE = """
    select s.id from stations_station s join venues_venue v on v.id = s.venue_id
    where s.state = 'open' and v.kind = 'station' and v.is_open and v.latitude is not null
    order by asin(sqrt(power(sin(radians(v.latitude::float8 - %(latitude)s) / 2), 2)
        + cos(radians(%(latitude)s)) * cos(radians(v.latitude::float8)) * power(sin(radians(v.longitude::float8 - %(longitude)s) / 2), 2)))
    limit 5
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--stations", type=int, default=200_000)
    count = arguments.parse_args().stations
    from liandong.config.cli import database_ready

    with database_ready():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        call_command("migrate", verbosity=0)
        try:
            with transaction.atomic():
                bad = measure(count)
                transaction.set_rollback(True)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("vacuum analyze venues_venue, stations_station")
    return int(bad)


def measure(count: int) -> bool:
    from django.db import connection

    from liandong.stations.queries.finding import Away, listed, nearest
    from liandong.venues.geo import Point

    rng = random.Random(SEED)
    towns = [(rng.uniform(22, 46), rng.uniform(100, 125)) for _ in range(TOWNS)]
    started = time.perf_counter()
    plant(count, rng, towns)
    with connection.cursor() as cursor:
        cursor.execute("analyze venues_venue")
        cursor.execute("analyze stations_station")
    print(f"{count:,} stations planted in {time.perf_counter() - started:.0f} s, seed {SEED}")

    places = [Point(*(rng.gauss(at, SPREAD) for at in rng.choice(towns))) for _ in range(ASKED * 3 // 4)]
    places += [Point(rng.uniform(22, 46), rng.uniform(100, 125)) for _ in range(ASKED - len(places))]
    candidates = 60
    inside, outside, wholes, anchors, same, plans = [], [], [], [], 0, set()
    for number, place in enumerate(places):
        rows = listed().filter(venue__latitude__isnull=False).annotate(away=Away(place)).order_by("away")[:candidates]
        plan = explained(rows)
        inside.append(plan["Planning Time"] + plan["Execution Time"])
        plans |= indexes(plan["Plan"])
        begun = time.perf_counter()
        list(rows)
        outside.append((time.perf_counter() - begun) * 1000)
        if number < 40:
            begun = time.perf_counter()
            found = nearest(place, open_now=False)
            wholes.append((time.perf_counter() - begun) * 1000)
            begun = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(HAVERSINE, {"latitude": place.latitude, "longitude": place.longitude})
                truth = [key for (key,) in cursor.fetchall()]
            anchors.append((time.perf_counter() - begun) * 1000)
            same += truth == [row.station.pk for row in found.rows]
    used = "stations_nearest" in plans
    line("60 nearest, inside the database", inside)
    line("60 nearest, there and back", outside)
    line("nearest five with doors and facts, as the page asks", wholes)
    line("anchor: all distances by haversine, sorted", anchors)
    print(f"index stations_nearest {'used' if used else 'NOT USED'} (also: {', '.join(sorted(plans - {'stations_nearest'})) or 'none'})")
    print(f"the same nearest five as the anchor: {same} of {len(anchors)}")
    slow = max(statistics.median(inside), ninety_fifth(inside)) > LIMIT_MS
    return slow or not used or same < len(anchors)


def plant(count: int, rng: random.Random, towns: list[tuple[float, float]]) -> None:
    """One station through the models, copied by the database with other positions, numbers and keys."""
    from django.db import connection

    from liandong.core import clock
    from liandong.organizations.models import Organization, Territory
    from liandong.stations.models import Fact, Station
    from liandong.venues.models import Venue

    place = Territory.objects.create(name="bench", level="street")
    host = Organization.objects.create(name="bench of nearest stations", slug="bench-nearest", kind="enterprise", territory=place)
    venue = Venue.objects.create(name="0", kind="station", host=host, territory=place, address="-", holidays="as_usual", latitude=0, longitude=0)
    station = Station.objects.create(venue=venue, number="#0", kinds=["love"], state="open", opened_on=clock.today(), created_at=clock.now())
    fact = Fact.objects.create(station=station, subject="water")
    rows = [(number, *(rng.gauss(at, SPREAD) for at in rng.choice(towns))) for number in range(1, count + 1)]
    with connection.cursor() as cursor:
        cursor.execute("create temporary table spot (n integer primary key, latitude float8, longitude float8) on commit drop")
        with cursor.copy("copy spot from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("analyze spot")
        spot = {
            "id": "100000000 + n",
            "name": "n::text",
            "latitude": "round(spot.latitude::numeric, 6)",
            "longitude": "round(spot.longitude::numeric, 6)",
        }
        copied(cursor, venue, spot)
        copied(cursor, station, {"id": "100000000 + n", "number": "'#' || n", "venue_id": "100000000 + n"})
        copied(cursor, fact, {"id": "100000000 + n", "station_id": "100000000 + n"})
        for table in ("stations_fact", "stations_station", "venues_venue"):
            cursor.execute(
                f"delete from {table} where id = %s", [{"stations_fact": fact, "stations_station": station, "venues_venue": venue}[table].pk]
            )


def copied(cursor: Any, row: Any, other: dict[str, str]) -> None:
    columns = [field.column for field in row._meta.local_concrete_fields]
    values = ", ".join(other.get(column, f'o."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f'insert into "{row._meta.db_table}" ({names}) select {values} from "{row._meta.db_table}" o cross join spot where o.id = %s', [row.pk]
    )


def explained(rows: Any) -> dict[str, Any]:
    import json

    return json.loads(rows.explain(format="json", analyze=True))[0]


def indexes(plan: dict[str, Any]) -> set[str]:
    own = {plan["Index Name"]} if "Index Name" in plan else {plan["Relation Name"] + " (whole)"} if plan["Node Type"] == "Seq Scan" else set()
    return own.union(*(indexes(part) for part in plan.get("Plans", [])))


def ninety_fifth(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]


def line(name: str, values: list[float]) -> None:
    print(f"{name:<55} median {statistics.median(values):7.1f} ms   95 % below {ninety_fifth(values):7.1f} ms   most {max(values):7.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
