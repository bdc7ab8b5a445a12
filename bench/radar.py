"""How many overlaps the radar finds in a district, how many of its alarms are right, and how long an answer takes.

Plants activities into the district-size demo town and takes them back: pairs of the same matter in different words (data/overlaps.csv, written by hand) on days up
to a month apart, and near-misses (data/near_misses.csv): another matter in the same place on the same day, the same matter in another community, for other people,
or at another time. Each is planted in several communities drawn by a seed, into a town with thousands of activities of its own. An alarm about one of those is right
when it is the same matter, judged by the label of its title, not by the radar.

The anchor is what a search box gives: coming activities of other bodies in the same community within a month that share a word of the title.
Prints recall, precision and milliseconds. Exit status 1 below 0.95, 0.8, or above 200 ms.
"""

import csv
import datetime as dt
import os
import random
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LIANDONG_HOME", str(ROOT / "var" / "bench"))
os.environ["LIANDONG_DEMO"] = "1"
os.environ["LIANDONG_POOL"] = "0"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")

LEAST_RECALL, LEAST_PRECISION, LIMIT_MS = 0.95, 0.8, 200
TIMES, SEED = 3, 2026
# How honest a pair is: the dictionary of matters was written beside the first kind and widened after "unlisted" (matters that it did not know), after "later"
# (recall was 0.60 when it was first measured) and after "last" (titles that hint more than they say; recall was 0.45). "unseen" was written after all that, in the
# plain titles of notices, and changed nothing but one wrong cut
# (爱心理发 holds 心理): it says what to expect of a town's own words.
KINDS = ("same", "unlisted", "later", "last", "unseen")
# What the town's own activities are about, by the beginning of their titles.
OWN = {
    "小家电义诊": "repair", "陪老人学手机": "phone", "爱心义剪": "haircut", "四点半课堂": "homework", "午间肩颈课": "neck", "清清楼道": "stairway", "消防进楼门": "fire",
    "周末科学课": "science", "常来看看您": "lonely", "骑手歇脚点": "rest_stop", "幸福启航": "singles", "心理减压坊": "stress", "家门口健康日": "blood_pressure",
    "一起唱吧": "choir", "简历门诊": "resume", "法律门诊": "law", "银龄手机课堂": "phone",
    "家门口量血压": "blood_pressure", "银发健康角": "blood_pressure", "药师进社区": "blood_pressure", "手机课堂": "phone", "老友学微信": "phone", "读报聊天": "lonely",
    "独居老人结对": "lonely", "律师坐堂": "law", "民法典": "law", "消防安全进楼门": "fire",
}  # fmt: skip


def main() -> int:
    from liandong.config import database
    from liandong.config.cli import database_ready

    with database_ready():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from liandong.accounts.models import Person

        if not Person.objects.exists():
            started = time.monotonic()
            call_command("demo", size="district")
            print(f"district built in {time.monotonic() - started:.0f} s in {database.home()}")
        return measure()


def measure() -> int:
    from django.db import connection, transaction

    with transaction.atomic():
        probes = plant(random.Random(SEED))
        with connection.cursor() as cursor:
            cursor.execute("analyze activities_activity")
        try:
            return report(probes)
        finally:
            transaction.set_rollback(True)


def rows(name: str) -> list[dict[str, str]]:
    with open(ROOT / "bench" / "data" / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def plant(rng: random.Random) -> list[dict]:
    from liandong.organizations.models import Organization, Territory

    communities = list(Territory.objects.filter(level="community").select_related("parent").order_by("pk"))
    bodies = list(Organization.objects.filter(state="active").exclude(kind="hub").order_by("pk"))
    planted = []

    def two_bodies(community):
        near = [body for body in bodies if body.territory.path.startswith(community.parent.path)] or bodies
        return rng.sample(near, 2)

    for turn in range(TIMES):
        for row in rows("overlaps.csv"):
            here = rng.choice(communities)
            one, other = two_bodies(here)
            day = rng.randint(5, 20)
            gap = rng.choice((0, 0, rng.randint(1, 7), rng.randint(8, 28)))
            segments = (row["segment"], row["segment"]) if turn == 0 else (row["segment"], "")
            a = make(row["title_a"], row["words_a"], one, here, day, segments[0], "draft", rng)
            b = make(row["title_b"], row["words_b"], other, here, day + gap, segments[1], "published", rng)
            planted.append({"kind": row["kind"], "probe": a, "partner": b, "matter": row["matter"], "other": row["matter"]})
        for row in rows("near_misses.csv"):
            here = rng.choice(communities)
            there = here if row["kind"] != "place" else rng.choice([each for each in communities if each.pk != here.pk])
            one, other = two_bodies(here)
            day = rng.randint(5, 20)
            gap = rng.randint(40, 60) if row["kind"] == "time" else 0
            a = make(row["title_a"], row["words_a"], one, here, day, row["segment_a"], "draft", rng)
            b = make(row["title_b"], row["words_b"], other, there, day + gap, row["segment_b"], "published", rng)
            planted.append({"kind": "near:" + row["kind"], "probe": a, "partner": b, "matter": row["matter_a"], "other": row["matter_b"]})
    return planted


def make(title: str, said: str, host, community, day: int, segment: str, state: str, rng: random.Random):
    from liandong.activities.models import Activity, Shift
    from liandong.core import clock
    from liandong.core.search import vector

    start = clock.day_bounds(clock.today() + dt.timedelta(days=day))[0] + dt.timedelta(hours=rng.choice((9, 10, 14, 15)))
    row = Activity.objects.create(
        title=title, summary=said, host=host, territory=community, segment=segment, state=state, place=rng.choice(("", "活动站", "小广场")),
        first_starts_at=start, last_ends_at=start + dt.timedelta(hours=2), created_at=clock.now(), published_at=clock.now() if state != "draft" else None,
    )  # fmt: skip
    Shift.objects.create(activity=row, starts_at=start, ends_at=start + dt.timedelta(hours=2))
    Activity.objects.filter(pk=row.pk).update(search=vector(title, said, host.name))
    return Activity.objects.select_related("host__territory", "territory", "venue").get(pk=row.pk)


def report(planted: list[dict]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from liandong.activities.models import Activity
    from liandong.overlap import queries
    from liandong.projects.models import Project

    known = {each["partner"].pk: each["other"] for each in planted} | {each["probe"].pk: each["matter"] for each in planted}
    counts = f"{Activity.objects.count():,} activities, {Project.objects.count():,} projects, {len(planted)} planted pairs"
    person = planted[0]["probe"].created_by
    for each in planted[:5]:
        queries.overlaps_of(each["probe"], person=person)
    found, milliseconds = [], []
    for each in planted:
        started = time.perf_counter()
        found.append([one.thing for one in queries.overlaps_of(each["probe"], person=person).found])
        milliseconds.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as asked:
        queries.overlaps_of(planted[0]["probe"], person=person)

    def matter_of(thing) -> str:
        title = thing.title if isinstance(thing, Activity) else thing.name
        if isinstance(thing, Activity) and thing.pk in known:
            return known[thing.pk]
        return next((matter for start, matter in OWN.items() if start in title), "?" + title)

    def score(answers) -> dict[str, float]:
        pairs = list(zip(planted, answers, strict=True))
        hits = {kind: [each["partner"] in things for each, things in pairs if each["kind"] == kind] for kind in KINDS}
        near = [each["partner"] in things for each, things in pairs if each["kind"].startswith("near")]
        alarms = [(each, thing) for each, things in pairs for thing in things]
        right = [matter_of(thing) == each["matter"] and not (each["kind"].startswith("near") and thing == each["partner"]) for each, thing in alarms]
        every = [hit for kind in KINDS for hit in hits[kind]]
        shares = {"recall": every, **{f"({kind})": hits[kind] for kind in KINDS}, "precision": right, "near joined": near}
        return {name: sum(values) / max(len(values), 1) for name, values in shares.items()}

    ours, anchor = score(found), score([by_words(each["probe"]) for each in planted])
    print(counts)
    print(f"{'':20}" + "".join(f"{name:>12}" for name in ours))
    for name, figures in (("anchor: shared word", anchor), ("radar", ours)):
        print(f"{name:20}" + "".join(f"{value:12.3f}" for value in figures.values()))
    median, slow = statistics.median(milliseconds), sorted(milliseconds)[int(len(milliseconds) * 0.95)]
    print(f"answer: median {median:.0f} ms, 95 % below {slow:.0f} ms, {len(asked)} queries")
    ground(person)
    if "-v" in sys.argv:
        explain(planted, found, matter_of)
    return int(ours["recall"] < LEAST_RECALL or ours["precision"] < LEAST_PRECISION or slow > LIMIT_MS)


def by_words(probe) -> list:
    from django.db.models import Q

    from liandong.activities.models import Activity
    from liandong.core import clock
    from liandong.core.search import query, words_of

    month = dt.timedelta(days=31)
    said = Q(pk__in=[])
    for word in {word for word in words_of(probe.title) if len(word) > 1}:
        said |= Q(search=query(word))
    coming = Activity.objects.filter(state="published", last_ends_at__gt=clock.now(), territory=probe.territory).exclude(host=probe.host)
    return list(coming.filter(said, first_starts_at__range=(probe.first_starts_at - month, probe.first_starts_at + month)))


def ground(person) -> None:
    """The hub's list: every pair of the whole district at once."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from liandong.demo.queries import personas
    from liandong.organizations.models import Territory
    from liandong.overlap import queries

    hub = next(persona.person for persona in personas() if persona.key == "hub")
    for name, level in (("a street", "street"), ("the district", "district")):
        places = list(Territory.objects.filter(level=level).order_by("pk")[:1])
        queries.alarms_on(hub, territories=places)
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            alarms = queries.alarms_on(hub, territories=places)
        print(f"all overlaps of {name}: {len(alarms)} in {(time.perf_counter() - started) * 1000:.0f} ms, {len(asked)} queries")


def explain(planted, found, matter_of) -> None:
    for each, things in zip(planted, found, strict=True):
        if not each["kind"].startswith("near") and each["partner"] not in things:
            print("missed:", each["probe"].title, "|", each["partner"].title)
        for thing in things:
            if matter_of(thing) != each["matter"] or (each["kind"].startswith("near") and thing == each["partner"]):
                print("wrong: ", each["probe"].title, "|", str(thing), matter_of(thing), each["kind"])


if __name__ == "__main__":
    sys.exit(main())
