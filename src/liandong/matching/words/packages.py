"""What a package is, and why each part of it fits, in words. `facts_of` gives the reasons as codes, so that they can be counted again from the data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.matching.models import Resource
from liandong.matching.problems import packages as packing
from liandong.matching.problems.packages import Left, Packed
from liandong.needs.models import Category, Need
from liandong.projects.models import Pledge
from liandong.ui import words as ui
from liandong.venues.models import Venue
from liandong.volunteers.models import VolunteerProfile

ICONS = {"plan": "clipboard-text", "hours": "users", "place": "home", "money": "coin", "time": "clock"}


@dataclass(frozen=True)
class Things:
    """What the keys of packages stand for."""

    resources: Mapping[int, Resource]
    venues: Mapping[int, Venue]
    left: Mapping[int, Left]


@dataclass(frozen=True)
class Fact:
    """One reason: which part, which resource or venue it is about, and what is said of it."""

    part: str
    of: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One part of a package: what, from whom, and why."""

    part: str
    label: Any
    icon: str
    what: str
    who: str
    why: list[str]


def join(parts: Iterable[Any]) -> str:
    return _(", ").join(str(part) for part in parts)


def when_words(package: Packed) -> str:
    """6月13日（周六） 9:00–11:00"""
    starts, ends = packing.moment(package["start"]), packing.moment(package["end"])
    return _("%(day)s %(time)s") % {"day": ui.day(starts), "time": ui.time_range(starts, ends)}


def hours_words(part: Mapping[str, Any]) -> str:
    values = {"hours": ui.hours(part["minutes"]), "skill": part["skill"]}
    return _("%(hours)s h of %(skill)s") % values if part["skill"] else _("%(hours)s h of anybody's hands") % values


def money_words(fen: int) -> str:
    return ui.yuan(fen)


def amount_words(resource: Resource, amount: int) -> str:
    """So many hours, so much money, so many times."""
    if resource.kind == Resource.Kind.MONEY:
        return money_words(amount)
    if resource.kind == Resource.Kind.HOURS:
        return _("%(hours)s h") % {"hours": ui.hours(amount)}
    return ngettext("%(n)s time", "%(n)s times", amount) % {"n": amount}


def topic_words(topics: Iterable[str]) -> str:
    labels = dict(Category.choices)
    return join(labels[topic] for topic in topics if topic in labels)


def slot_words(slots: Iterable[str]) -> str:
    labels = dict(VolunteerProfile.Slot.choices)
    return join(labels[slot] for slot in slots if slot in labels)


def feature_words(features: Iterable[str]) -> str:
    labels = dict(Resource.Feature.choices)
    return join(labels[feature] for feature in features if feature in labels)


# What is missing


def missing_words(piece: Mapping[str, Any]) -> str:
    """The piece in a few words: 缺 2 小时小家电维修"""
    values = piece["values"]
    match piece["code"]:
        case "plan":
            return _("a plan for: %(topics)s") % {"topics": topic_words(values["topics"])}
        case "venue":
            features = feature_words(values["features"])
            if features:
                return _("a place for %(people)s people: %(features)s") % {"people": values["people"], "features": features}
            return _("a place for %(people)s people") % {"people": values["people"]}
        case "hours":
            return hours_words(values)
        case "money":
            return _("%(money)s of money") % {"money": money_words(values["fen"])}
    return _("a time of %(hours)s h that suits all") % {"hours": ui.hours(values["minutes"])}


def missing_label(piece: Mapping[str, Any]) -> str:
    """One word for a tag."""
    return {
        "plan": _("No plan"), "venue": _("No place"), "hours": _("Hours missing"), "money": _("Money missing"), "time": _("No time in common")
    }[piece["code"]]  # fmt: skip


# Why


def facts_of(package: Packed, *, need: Need, things: Things) -> list[Fact]:
    """The reasons of every part that the package has, from what is known now."""
    facts: list[Fact] = []
    people = need.people_count
    plan = things.resources.get(package["plan"])
    if plan is not None:
        facts.append(Fact("plan", plan.pk, "topic", {"topic": need.category}))
        if word := packing.matter_in(plan, need):
            facts.append(Fact("plan", plan.pk, "matter", {"word": word}))
        if plan.capacity:
            facts.append(Fact("plan", plan.pk, "room_for", {"most": plan.capacity, "people": people}))
        facts.append(Fact("plan", plan.pk, "left", {"amount": things.left[plan.pk].amount}))
    for part in package["hours"]:
        key = part["resource"]
        if key in things.resources:
            facts.append(Fact("hours", key, "skill", {"skill": part["skill"]}))
            facts.append(Fact("hours", key, "left", {"amount": things.left[key].amount}))
            if package["start"] is not None:
                facts.append(Fact("hours", key, "free", {"start": package["start"], "end": package["end"]}))
    venue = things.venues.get(package["venue"])
    if venue is not None:
        if near := packing.nearness(need, venue):
            facts.append(Fact("place", venue.pk, near))
        facts.append(Fact("place", venue.pk, "seats", {"capacity": venue.capacity, "people": people}))
        wanted = {*packing.features_wanted(need), *(plan.features if plan is not None else ())}
        facts += [Fact("place", venue.pk, "feature", {"feature": feature}) for feature in Resource.Feature.values if feature in wanted]
        if package["start"] is not None:
            facts.append(Fact("place", venue.pk, "free", {"start": package["start"], "end": package["end"]}))
    for part in package["money"]:
        key = part["resource"]
        if key in things.resources:
            topics = things.resources[key].topics
            facts.append(Fact("money", key, "topic", {"topic": need.category}) if topics else Fact("money", key, "any"))
            facts.append(Fact("money", key, "left", {"amount": things.left[key].amount}))
            facts.append(Fact("money", key, "cost", {"cost": package["cost"]}))
    if need.wanted_words:
        facts.append(Fact("time", need.pk, "wanted", {"words": need.wanted_time}))
    if plan is not None and plan.slots:
        facts.append(Fact("time", plan.pk, "plan_free", {"start": package["start"], "end": package["end"]}))
    return facts


def fact_words(fact: Fact, *, need: Need, things: Things) -> str:
    values = fact.values
    match (fact.part, fact.code):
        case ("plan" | "money", "topic"):
            return _("is for: %(topics)s") % {"topics": topic_words([values["topic"]])}
        case ("plan", "matter"):
            return _("the need speaks of “%(word)s”") % values
        case ("plan", "room_for"):
            return _("for up to %(most)s people, %(people)s here") % values if values["people"] else _("for up to %(most)s people") % values
        case ("hours", "skill"):
            return _("can do it: %(skill)s") % values if values["skill"] else _("no skill is asked for")
        case (_part, "left"):
            return _("%(amount)s left") % {"amount": amount_words(things.resources[fact.of], values["amount"])}
        case ("hours", "free"):
            return _("free then")
        case ("place", "free"):
            return _("nothing else is on there then")
        case ("place", "community"):
            return _("in the same community")
        case ("place", "street"):
            return _("in the same street")
        case ("place", "seats"):
            if not values["people"]:
                return _("room for %(capacity)s") % values
            return ngettext("room for %(capacity)s, %(people)s comes", "room for %(capacity)s, %(people)s come", values["people"]) % values
        case ("place", "feature"):
            return feature_words([values["feature"]])
        case ("money", "any"):
            return _("for any purpose")
        case ("money", "cost"):
            return _("it costs %(money)s") % {"money": money_words(values["cost"])}
        case ("time", "wanted"):
            return _("wanted: %(when)s") % {"when": need.wanted_words}
        case ("time", "plan_free"):
            return _("the plan: %(when)s") % {"when": slot_words(things.resources[fact.of].slots)}
    return ""


def lines_of(package: Packed, *, need: Need, things: Things) -> list[Line]:
    """The parts that a package has, each with who gives it and why."""
    facts = facts_of(package, need=need, things=things)

    def why(part: str, of: int) -> list[str]:
        said = [fact_words(fact, need=need, things=things) for fact in facts if (fact.part, fact.of) == (part, of) or (part == fact.part == "time")]
        return list(dict.fromkeys(word for word in said if word))

    def line(part: str, label: Any, of: int, what: str, who: str) -> Line:
        return Line(part, label, ICONS[part], what, who, why(part, of))

    lines = []
    if (plan := things.resources.get(package["plan"])) is not None:
        lines.append(line("plan", Resource.Kind.PLAN.label, plan.pk, plan.title, plan.organization.label))
    for part in package["hours"]:
        if (giver := things.resources.get(part["resource"])) is not None:
            lines.append(line("hours", Resource.Kind.HOURS.label, giver.pk, hours_words(part), giver.organization.label))
    if (venue := things.venues.get(package["venue"])) is not None:
        lines.append(line("place", Pledge.Kind.PLACE.label, venue.pk, venue.name, venue.host.label))
    for part in package["money"]:
        if (source := things.resources.get(part["resource"])) is not None:
            lines.append(line("money", Resource.Kind.MONEY.label, source.pk, money_words(part["fen"]), source.organization.label))
    if "time" in {piece["code"] for piece in package["missing"]}:
        lines.append(line("time", _("Time"), 0, _("No time in common"), ""))
    elif package["start"] is not None:
        lines.append(line("time", _("Time"), 0, when_words(package), ""))
    return lines


def differs_words(lines: Iterable[Line], best: Iterable[Line]) -> str:
    """In which parts a package is another than the best one."""
    there = {(line.part, line.what, line.who) for line in best}
    labels = dict.fromkeys(str(line.label) for line in lines if (line.part, line.what, line.who) not in there)
    return _("another %(parts)s") % {"parts": join(labels)} if labels else ""


def givers(package: Packed, *, things: Things) -> list[str]:
    """The bodies of a package, each once: who is asked when it becomes a project."""
    found = [things.venues[package["venue"]].host.label] if package["venue"] in things.venues else []
    for key in (package["plan"], *(part["resource"] for part in (*package["hours"], *package["money"]))):
        if key in things.resources:
            found.append(things.resources[key].organization.label)
    return list(dict.fromkeys(found))


def gone_words(package: Packed, *, things: Things) -> str:
    """What of a package from an earlier calculation has been taken since."""
    short = [
        key
        for key, amount in packing.asked_of(package).items()
        if key not in things.resources or not things.resources[key].is_open or things.left[key].amount < amount
    ]
    return join(things.resources[key].title for key in short if key in things.resources)
