"""Desks one comes to see by appointment: five in the first street, two in each other one. Days gone by, today and the next days with their people, one day called off."""

import datetime as dt
from random import Random
from typing import Any

from django.urls import reverse

from liandong.accounts.models import Person
from liandong.appointments.models import Appointment, Desk, DeskDay, DeskHours, Receiver
from liandong.appointments.places import Place, Schedule
from liandong.core import ids
from liandong.demo.tools import DAY
from liandong.notices.models import Notice, Topic
from liandong.organizations.models import Organization
from liandong.venues.models import Venue

State = Appointment.State
NINE, HALF_TWELVE, TWO, FIVE = dt.time(9), dt.time(11, 30), dt.time(14), dt.time(17)
BEHIND, AHEAD = 12, 8  # days
ABOUT = {
    "lawyer": ("租房合同到期，押金不退", "和装修公司的合同", "老人想立遗嘱", "工资拖了两个月", ""),
    "deputy": ("小区北门的红绿灯时间太短", "老楼加装电梯意见不一", "幼儿园放学时门口太堵", ""),
    "counsellor": ("最近总睡不好", "和孩子说不到一起", "", ""),
    "department": ("灵活就业怎么交社保", "退休认证", "异地就医备案", "医保卡丢了", "", ""),
    "other": ("加班费怎么算", "试用期被辞退", "", ""),
}


def plant(town: Any) -> None:
    rng = Random(f"{town.seed}-desks")  # noqa: S311 -- repeatable on purpose
    made: list[Appointment] = []
    for number, street in enumerate(town.streets):
        hub, community = town.hubs[street.pk], town.in_street[street.pk][0]
        committee, partner = town.committees[community.pk], (town.plan_of[street.pk] or [town.social[0]])[0]
        hall = Venue.objects.create(
            name=f"{street.name}便民服务大厅", kind=Venue.Kind.OFFICE, host=hub, territory=community, address=f"{community.name.removesuffix('社区')}路 8 号",
            directions="公交站往东 50 米，门口有坡道", is_step_free=True,
        )  # fmt: skip
        room = town.venues_of[community.pk][0]
        weekday = town.today.weekday()
        lawyer = _desk(town, hub, "lawyer", "律师面对面", "司法所 · 王律师", "合同、邻里纠纷、遗嘱、劳动争议，都可以先来问问，不收费。有材料请带上复印件。", hall, "2 号调解室", 20)  # fmt: skip
        _hours(town, lawyer, weekdays={weekday, (weekday + 3) % 7}, stretches=[(NINE, HALF_TWELVE), (TWO, FIVE)])
        window = _desk(town, committee, "department", "社保医保窗口", "社区服务站 · 李老师", "参保登记、退休认证、异地就医备案、补办社保卡。请带身份证。", hall, "3 号窗口", 15, until=30)  # fmt: skip
        _hours(town, window, weekdays=set(range(6)), stretches=[(NINE, HALF_TWELVE), (dt.time(13, 30), FIVE)])
        desks = [lawyer, window]
        if number == 0:
            deputy = _desk(town, hub, "deputy", "人大代表接待日", "区人大代表 · 张代表", "小区里的事、路上的事、想对政府说的话，代表当面听，会后一个月内答复。", room, "一层会客室", 30, ahead=60)  # fmt: skip
            later = town.today + 5 * DAY
            _hours(town, deputy, weekdays={later.weekday()}, stretches=[(TWO, FIVE)], nth=min((later.day - 1) // 7 + 1, 5))
            counsellor = _desk(town, partner, "counsellor", "心理咨询师", "暖心小屋 · 陈老师", "想聊就来，不评判，说的话不外传。一次 50 分钟，第一次也可以只是坐坐。", room, "二层小房间", 50, until=1440)  # fmt: skip
            _hours(town, counsellor, weekdays={1, 4}, stretches=[(TWO, dt.time(18))])
            union = Organization.objects.filter(kind="union_branch").order_by("pk")[0]
            aid = _desk(town, union, "other", "工会法律援助", "工会 · 法律援助律师", "工资、加班、社保、辞退：职工遇到的事，工会陪您一起看。", hall, "1 号窗口", 30)  # fmt: skip
            _hours(town, aid, weekdays={(weekday + 1) % 7}, stretches=[(TWO, FIVE)], every=2)
            desks += [deputy, counsellor, aid]
        around = [person for person in [*town.residents, *town.volunteers[2:]] if town.home_of[person.pk].parent_id == street.pk]
        for desk in desks:
            made += _people(town, rng, desk, [person for person in around if person not in town.cast.values()])
        if number == 0:
            made += _of_the_cast(town, rng, lawyer, window, made)
    town.save(made)
    for row in made:
        town.note("appointment.booked", row, row.booked_at, row.person, desk=row.desk_id, starts_at=row.starts_at.isoformat(), number=row.number)
        if row.state == State.CANCELLED:
            _called_off(town, row)
    town.say(f"desks with {len(made)} appointments")


def _desk(
    town: Any, host: Organization, kind: str, title: str, receiver: str, words: str, venue: Venue, spot: str, minutes: int, *, until: int = 60, ahead: int = 28
) -> Desk:  # fmt: skip
    begun = town.now - 90 * DAY
    desk = Desk.objects.create(
        host=host, kind=kind, title=title, receiver=receiver, words=words, venue=venue, spot=spot, phone="010-5555 0120", minutes=minutes, ahead_days=ahead,
        until_minutes=until, created_at=begun,
    )  # fmt: skip
    staff = town.staff[host.pk]
    Receiver.objects.create(desk=desk, person=staff)
    town.note("desk.created", desk, begun, staff, host=host.pk, kind=kind, title=title)
    return desk


def _hours(town: Any, desk: Desk, *, weekdays: set[int], stretches: list[tuple[dt.time, dt.time]], every: int = 1, nth: int | None = None) -> None:
    """Counted so that the first weeks that hold are the coming ones."""
    first = town.today - 84 * DAY + (DAY if every == 2 and town.today.weekday() == 6 else 0 * DAY)
    town.save(
        [
            DeskHours(desk=desk, weekday=weekday, opens_at=opens_at, closes_at=closes_at, every_weeks=every, nth=nth, from_date=first)
            for weekday in sorted(weekdays)
            for opens_at, closes_at in stretches
        ]
    )
    town.note("desk.hours_added", desk, town.now - 89 * DAY, town.staff[desk.host_id], weekdays=sorted(weekdays))


def _people(town: Any, rng: Random, desk: Desk, around: list[Person]) -> list[Appointment]:
    """Days gone by, today and the next ones; nobody has two ahead at one desk. Of a quiet desk's coming days one is called off."""
    schedule = Schedule(desk, list(desk.hours.all()))
    pool = rng.sample(around, min(len(around), 160))
    days = [day for day in (town.today + n * DAY for n in range(-BEHIND, AHEAD)) if schedule.stretches(day)]
    ahead = [day for day in days if day > town.today]
    off = ahead[0] if desk.kind == "counsellor" and ahead else None
    made = []
    for day in days:
        share = 0.55 if day < town.today else 0.6 if day == town.today else 0.7 / (1 + 0.5 * ahead.index(day))
        for place in schedule.places(day):
            if rng.random() < share and pool:
                person = rng.choice(around) if day < town.today else pool.pop()
                made.append(_appointment(town, rng, desk, day, place, person, is_off=day == off))
    if off is not None:
        words = "陈老师参加培训，当天停诊"
        DeskDay.objects.create(desk=desk, on_date=off, words=words)
        for row in made:
            row.cancel_words = words if row.state == State.CANCELLED else ""
        town.note("desk.day_set", desk, town.now - dt.timedelta(hours=5), town.staff[desk.host_id], date=off.isoformat(), hours=[], words=words)
    return made


def _appointment(town: Any, rng: Random, desk: Desk, day: dt.date, place: Place, person: Person, *, is_off: bool = False) -> Appointment:
    state, now = State.BOOKED, town.now
    if is_off:
        state = State.CANCELLED
    elif place.ends_at <= now:
        state = rng.choices((State.DONE, State.MISSED), (9, 1))[0]
    elif place.starts_at <= now:
        state = State.CALLED
    elif day == town.today and place.starts_at - now < dt.timedelta(minutes=40):
        state = State.ARRIVED
    booked_at = min(place.starts_at - dt.timedelta(hours=rng.randint(20, 160)), now - dt.timedelta(minutes=rng.randint(10, 2_000)))
    return Appointment(
        code=_code(town, rng), desk=desk, person=person, on_date=day, number=place.number, starts_at=place.starts_at, ends_at=place.ends_at,
        about="" if state == State.CANCELLED else rng.choice(ABOUT[desk.kind]), state=state, is_cancelled_by_desk=state == State.CANCELLED, booked_at=booked_at,
        called_at=place.starts_at if state in (State.DONE, State.CALLED) else None,
    )  # fmt: skip


def _of_the_cast(town: Any, rng: Random, lawyer: Desk, window: Desk, made: list[Appointment]) -> list[Appointment]:
    """The resident of the demo sees the lawyer soon and has been at the window; the volunteer is at the window next week."""
    rows = []
    for desk, person, ahead in ((lawyer, "resident", True), (window, "resident", False), (window, "volunteer", True)):
        taken = {row.starts_at for row in made if row.desk is desk}
        schedule = Schedule(desk, list(desk.hours.all()))
        days = [town.today + n * DAY for n in (range(1, 12) if ahead else range(-3, -BEHIND, -1))]
        places = [place for day in days for place in schedule.places(day) if place.starts_at not in taken]
        if places:
            place = places[0]
            row = _appointment(town, rng, desk, place.starts_at.astimezone(town.zone).date(), place, town.cast[person])
            row.state = State.BOOKED if ahead else State.DONE
            rows.append(row)
    return rows


def _called_off(town: Any, row: Appointment) -> None:
    Notice.objects.create(
        person=row.person, kind="appointment.called_off_quiet", topic=Topic.CHANGE, url=reverse("appointments:appointment", args=[row.code]),
        once_key=f"appointment.called_off:{row.pk}", created_at=town.now - dt.timedelta(hours=5), values={"starts_at": row.starts_at.isoformat(), "number": row.number},
    )  # fmt: skip
    town.note("appointment.cancelled", row, town.now - dt.timedelta(hours=5), row.desk.receivers.get().person, state="cancelled", by_desk=True)


def _code(town: Any, rng: Random) -> str:
    while (code := "".join(rng.choices(ids.ALPHABET, k=8))) in town.used_codes:
        pass
    town.used_codes.add(code)
    return code
