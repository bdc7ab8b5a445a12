"""Counts every reason on the match board again from the rows of the database, without the code that found it."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils import timezone

from liandong.activities.models import Shift
from liandong.core import clock
from liandong.matching.models import Resource, ResourceUse
from liandong.matching.queries import things_of
from liandong.matching.words.packages import Fact, facts_of
from liandong.needs.models import Need
from liandong.venues.models import Venue

WORKDAYS, EVERY_DAY = range(5), range(7)
STRETCHES = {
    "wd_am": (WORKDAYS, 9, 12), "wd_noon": (WORKDAYS, 12, 14), "wd_pm": (WORKDAYS, 14, 18), "wd_eve": (WORKDAYS, 18, 21), "sat_am": ([5], 9, 12),
    "sat_pm": ([5], 14, 18), "sun_am": ([6], 9, 12), "sun_pm": ([6], 14, 18), "we_eve": ([5, 6], 18, 21),
    "weekdays": (WORKDAYS, 9, 18), "evenings": (EVERY_DAY, 18, 21), "weekends": ([5, 6], 9, 21),
}  # fmt: skip


def local(minutes: int) -> dt.datetime:
    return timezone.localtime(dt.datetime.fromtimestamp(minutes * 60, tz=dt.UTC))


def within(names: list[str], start: int, end: int) -> bool:
    """Every quarter of an hour lies in one of these stretches of the week; none named: at any time of the day."""
    wanted = [STRETCHES[name] for name in names if name in STRETCHES] or [(EVERY_DAY, 9, 21)]
    moments = [local(minute) for minute in range(start, end, 5)]
    return all(any(each.weekday() in days and opens <= each.hour < closes for days, opens, closes in wanted) for each in moments)


def room_is_free(venue: int, start: int, end: int) -> bool:
    rows = Shift.objects.filter(activity__venue=venue, activity__state__in=("draft", "published"))
    return not rows.filter(starts_at__lt=local(end), ends_at__gt=local(start)).exists()


def left(resource: Resource) -> int:
    """What is left in the scarcer month of the coming weeks."""
    whole = {"plan": resource.times, "hours": resource.minutes, "money": resource.fen}[resource.kind]
    rows = [use for use in ResourceUse.objects.filter(resource=resource).select_related("pledge__project") if use.pledge.state != "declined"]
    rows = [use for use in rows if use.pledge.project.state != "cancelled"]
    if not resource.is_monthly:
        return max(0, whole - sum(use.amount for use in rows))
    days = [clock.today() + dt.timedelta(days=number) for number in (0, *range(3, 24))]
    months = {(day.year, day.month) for day in days}
    return max(0, whole - max(sum(use.amount for use in rows if (use.on_date.year, use.on_date.month) == month) for month in months))


class Truth:
    def __init__(self) -> None:
        self.resources = {row.pk: row for row in Resource.objects.select_related("skill", "territory", "organization")}
        self.venues = {row.pk: row for row in Venue.objects.select_related("territory")}
        self.left = {pk: left(row) for pk, row in self.resources.items()}
        self.counted = 0

    def wrong(self, result: list[dict[str, Any]]) -> list[str]:
        """What is not so, in words for whoever mends it."""
        things = things_of(result)
        needs = {need.pk: need for need in Need.objects.filter(pk__in=[row["need"] for row in result]).select_related("territory")}
        found = []
        for row in result:
            need = needs[row["need"]]
            for package in [row["chosen"], row["nearest"], *row["packages"]]:
                if package is None:
                    continue
                for fact in facts_of(package, need=need, things=things):
                    self.counted += 1
                    if not self.holds(fact, package, need):
                        found.append(f"{need.number}: {fact}")
                found += [f"{need.number}: {piece}" for piece in package["missing"] if not self.lacks(piece, package, need)]
                if not package["missing"] and not self.complete(package):
                    found.append(f"{need.number}: not complete {package}")
        return found + self.twice([row["chosen"] for row in result if row["chosen"]])

    def holds(self, fact: Fact, package: dict[str, Any], need: Need) -> bool:
        values = fact.values
        if fact.code in ("topic", "matter", "any", "skill", "left", "cost", "room_for"):
            resource = self.resources[fact.of]
            taken = [part.get("minutes", part.get("fen")) for part in (*package["hours"], *package["money"]) if part["resource"] == fact.of] or [1]
            return resource.state == "open" and resource.territory.holds(need.territory) and {
                "topic": need.category in resource.topics or not resource.topics,
                "matter": values.get("word") in resource.matters and str(values.get("word")) in need.title + need.words,
                "any": resource.topics == [],
                "skill": (resource.skill.name if resource.skill else "") == values.get("skill"),
                "left": values.get("amount") == self.left[fact.of] >= sum(taken),
                "cost": values.get("cost") == self.resources[package["plan"]].fen,
                "room_for": resource.capacity == values.get("most") and values.get("most", 0) >= (need.people_count or 1),
            }[fact.code]  # fmt: skip
        if fact.code == "seats":
            return self.venues[fact.of].capacity == values["capacity"] >= (need.people_count or 1)
        if fact.code in ("community", "street"):
            path, own = self.venues[fact.of].territory.path, need.territory
            near = own if own.level == "community" else own.parent if own.level == "building" else None
            return (near is not None and path.startswith(near.path)) == (fact.code == "community")
        if fact.code == "feature":
            venue = self.venues[fact.of]
            return {"step_free": venue.is_step_free, "outdoors": venue.kind == "outdoors", "indoors": venue.kind != "outdoors"}[values["feature"]]
        if fact.code == "free":
            free = room_is_free(fact.of, package["start"], package["end"]) if fact.part == "place" else True
            return free and (fact.part == "place" or within(self.resources[fact.of].slots, package["start"], package["end"]))
        if fact.code == "plan_free":
            return package["start"] is None or within(self.resources[fact.of].slots, package["start"], package["end"])
        if fact.code == "wanted":
            return package["start"] is None or within(need.wanted_time.split(","), package["start"], package["end"])
        return False

    def complete(self, package: dict[str, Any]) -> bool:
        plan = self.resources[package["plan"]]
        given: dict[str, int] = defaultdict(int)
        for part in package["hours"]:
            given[part["skill"]] += part["minutes"]
        wanted = {part["skill"]: part["minutes"] for part in plan.work}
        lasts = package["end"] - package["start"] == plan.minutes
        return lasts and dict(given) == wanted and sum(part["fen"] for part in package["money"]) == package["cost"] == plan.fen

    def lacks(self, piece: dict[str, Any], package: dict[str, Any], need: Need) -> bool:
        values, start, end = piece["values"], package["start"], package["end"]
        near = [row for row in self.resources.values() if row.state == "open" and row.territory.holds(need.territory)]
        if piece["code"] == "plan":
            plans = [row for row in near if row.kind == "plan" and need.category in row.topics and self.left[row.pk]]
            said = [row for row in plans if not row.matters or any(word in need.title + need.words for word in row.matters)]
            return not any(row.capacity is None or row.capacity >= (need.people_count or 1) for row in said)
        plan = self.resources[package["plan"]]
        if piece["code"] == "hours":
            able = [row for row in near if row.kind == "hours" and (row.skill.name if row.skill else "") == values["skill"]]
            able = [row for row in able if start is None or within(row.slots, start, end)]
            wanted = sum(part["minutes"] for part in plan.work if part["skill"] == values["skill"])
            return values["minutes"] == wanted - sum(self.left[row.pk] for row in able) > 0
        if piece["code"] == "money":
            able = [row for row in near if row.kind == "money" and (not row.topics or need.category in row.topics)]
            return values["fen"] == plan.fen - sum(self.left[row.pk] for row in able) > 0
        if piece["code"] == "time":
            midnight = clock.day_bounds(clock.today() + dt.timedelta(days=3))[0]
            first = int(midnight.timestamp()) // 60
            starts = range(first, first + 21 * 24 * 60, 30)
            both = [at for at in starts if within(plan.slots, at, at + plan.minutes) and within(need.wanted_time.split(","), at, at + plan.minutes)]
            return not any(room_is_free(package["venue"], at, at + plan.minutes) for at in both)
        large = [row for row in self.venues.values() if row.is_open and (row.capacity or 0) >= values["people"]]
        own = [row for row in large if row.territory_id == need.territory_id]
        return not any(
            {"step_free": row.is_step_free, "outdoors": row.kind == "outdoors", "indoors": row.kind != "outdoors"}[feature]
            for row in own for feature in values["features"] if len(values["features"]) == 1
        )  # fmt: skip

    def twice(self, chosen: list[dict[str, Any]]) -> list[str]:
        """What the chosen packages together ask for more than once."""
        asked: dict[int, int] = defaultdict(int)
        for package in chosen:
            asked[package["plan"]] += 1
            for part in (*package["hours"], *package["money"]):
                asked[part["resource"]] += part.get("minutes") or part["fen"]
        found = [f"too much of {self.resources[pk].title}" for pk, amount in asked.items() if amount > self.left[pk]]
        for number, one in enumerate(chosen):
            for other in chosen[number + 1 :]:
                bodies = {self.resources[each["plan"]].organization_id for each in (one, other)}
                if one["start"] < other["end"] and other["start"] < one["end"] and (one["venue"] == other["venue"] or len(bodies) == 1):
                    found.append(f"at one time: {one} {other}")
        return found
