"""A position for people of eighteen and older, and two people whom a body had asked to pause."""

import contextlib
import datetime as dt
from random import Random
from typing import Any

from liandong.accounts.models import Person
from liandong.activities.models import Position, SignUp, Suspension
from liandong.activities.services import PositionPlan, ShiftPlan, setting_up, sign_up
from liandong.core import ids
from liandong.core.errors import Refused
from liandong.demo.tools import DAY, HOUR

WATCH = [PositionPlan("volunteer", "夜巡队员", 6, "两人一组，反光背心现场领", min_age=18), PositionPlan("volunteer", "物资登记", 2, "在值班室")]


def plant(town: Any) -> None:
    rng = Random(f"{town.seed}-pausing")  # noqa: S311 -- repeatable on purpose
    home = town.communities[0]
    body, by = town.committees[home.pk], town.cast["community"]
    _night_watch(town, rng, home, body, by)
    _pauses(town, rng, body, by)


def _night_watch(town: Any, rng: Random, home: Any, body: Any, by: Person) -> None:
    """Somebody of sixteen writes down the torches, for the round they are too young; of one who goes along the day of birth is not known."""
    start = town.at(town.today + dt.timedelta(days=(4 - town.today.weekday()) % 7 or 7), 19, 30)
    activity = setting_up.create_activity(
        title="冬夜平安巡逻", host=body, territory=home, place=f"{home.name}值班室集合", leader=by, contact_name=by.name, contact_phone="010-5555 0186",
        summary="两人一组走一圈，看看门禁、充电棚和独居老人家的灯。", category="order", shifts=[ShiftPlan(start, start + 2 * HOUR, WATCH)], by=by,
    )  # fmt: skip
    setting_up.publish_activity(activity, by=by)
    watch, store = Position.objects.filter(shift__activity=activity).select_related("shift").order_by("order")
    young, unknown = (
        Person(number=_number(rng), name=name, birth_date=born, created_at=town.now - 20 * DAY)
        for name, born in (("陈小满", town.today - dt.timedelta(days=16 * 365 + 40)), ("赵建业", None))
    )
    for person in (young, unknown):
        person.fill_pinyin()
    town.save([young, unknown])
    sign_up(store, person=young, by=by)
    sign_up(watch, person=unknown, by=by)
    with contextlib.suppress(Refused):  # some weeks the leader is elsewhere at that time
        sign_up(watch, person=town.cast["leader"], by=by)


def _number(rng: Random) -> str:
    while Person.objects.filter(number=(number := f"L{''.join(rng.choices(ids.ALPHABET, k=7))}")).exists():
        pass
    return number


def _pauses(town: Any, rng: Random, body: Any, by: Person) -> None:
    """One in force for ten days more, one that was a mistake and lifted after two hours. Neither was at the body's activities meanwhile."""
    now_at, then_at = town.now - 4 * DAY, town.now - 40 * DAY
    lately = SignUp.objects.filter(shift__activity__host=body, shift__ends_at__gt=now_at).exclude(state="cancelled").values_list("person", flat=True)
    that_day = SignUp.objects.filter(shift__activity__host=body, shift__ends_at__gt=then_at - DAY, shift__starts_at__lt=then_at + DAY)
    taken = {*lately, *that_day.values_list("person", flat=True), *(person.pk for person in town.cast.values())}
    missed = SignUp.objects.filter(shift__activity__host=body, state="absent").exclude(person__in=taken).order_by("-shift__starts_at", "pk")
    people = list(dict.fromkeys(row.person for row in missed.select_related("person")[:20]))
    people += [person for person in town.volunteers if person.pk not in taken and person not in people][: max(0, 2 - len(people))]
    if len(people) < 2:
        return
    one, two = people[:2]
    rows = [
        Suspension(
            organization=body, person=one, reason="连续三次报名陪伴老人没有来，也没有请假，老人等了一下午", until_date=town.today + 10 * DAY, suspended_by=by, suspended_at=now_at
        ),
        Suspension(
            organization=body, person=two, reason="两次报名没有来", until_date=town.today - 26 * DAY, suspended_by=by, suspended_at=then_at,
            lifted_by=by, lifted_at=then_at + 2 * HOUR, lift_reason="弄错了人，已向本人致歉",
        ),
    ]  # fmt: skip
    town.save(rows)
    for row in rows:
        town.note("suspension.made", row, row.suspended_at, by, organization=body.pk, person=row.person_id, until=row.until_date.isoformat())
    town.note("suspension.lifted", rows[1], then_at + 2 * HOUR, by)
    town.say("one position for people of eighteen and older, one person suspended")
