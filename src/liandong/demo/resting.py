"""Love stations with a year of words about them: hosts who tap each morning, one who taps without looking, one closed for works, an agreement that lapsed, a round half walked."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.demo.tools import DAY, HOUR
from liandong.organizations.models import Organization, Role, RoleGrant, Territory
from liandong.stations import freshness
from liandong.stations.freshness import Said
from liandong.stations.models import Fact, Fault, InspectionRound, RoundStop, Station, StationAgreement, Supply
from liandong.venues.models import OpeningHours, Venue

YEAR = 365
ALWAYS = (dt.time(0), dt.time(0))
CARE, TEXT = (
    "每天开门前烧好水；座位不赶人；厕所能用；有事停开前先点一下“今天不开”。",
    "街道送来牌匾、药箱和微波炉，坏了一起修；志愿者每月来打扫一次。任何一方提前一个月说，就可以不办。",
)


@dataclass
class Plan:
    """How a station of the first street is. `taps`: on how many days of a hundred the host taps; `gap`: (subject, days) nobody has looked at."""

    name: str
    host: str
    community: str
    at: tuple[str, str]
    address: str
    subjects: str
    hours: tuple[dt.time, dt.time] = (dt.time(8, 30), dt.time(17, 30))
    kinds: tuple[str, ...] = ("love",)
    entry: tuple[str, str] = ("everybody", "不用登记")
    seats: int = 6
    taps: int = 85
    gap: tuple[str, int] = ("", 0)
    state: tuple[str, str] = ("open", "")
    directions: str = ""
    story: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)


def _t(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


STREET = [
    Plan("拾光咖啡驿站", "拾光咖啡", "永安里东社区", ("39.908500", "116.445900"), "永安里东街 8 号", "water toilet seat microwave wifi", (_t(7, 30), _t(20)), gap=("microwave", 16), taps=97, directions="地铁 A 口出来右转，蓝色门头", story="seat"),
    Plan("永安里社区服务站", "永安里东社区", "永安里东社区", ("39.910100", "116.444000"), "永安里中街 3 号院", "water microwave toilet first_aid seat books", kinds=("love", "community"), seats=8, taps=95, story="no_water"),
    Plan("禾木科技一层驿站", "enterprise", "光华里社区", ("39.910500", "116.454500"), "光华路 12 号禾木大厦 1 层", "water charging wifi seat toilet", (_t(9), _t(19)), entry=("everybody", "跟前台说一声就行"), seats=10, taps=90, story="charging"),
    Plan("建外医院急诊厅驿站", "建外医院", "灵通观社区", ("39.906800", "116.457300"), "灵通观街 2 号急诊楼 1 层", "water toilet seat charging first_aid mothers", ALWAYS, seats=20, taps=80, directions="急诊厅进门左手边"),
    Plan("北郎东社区服务站", "community", "北郎东社区", ("39.914600", "116.451200"), "北郎东里 12 号楼 1 层", "water microwave meal toilet seat books haircut first_aid", kinds=("love", "party", "community"), seats=12, taps=92, story="soup"),
    Plan("国贸职工驿站", "union", "灵通观社区", ("39.909100", "116.459000"), "国贸桥西北角绿地", "water microwave seat charging air tools", (_t(6), _t(22)), kinds=("love", "union"), entry=("outdoor", "骑手、环卫工、快递员优先"), seats=8, taps=88),
    Plan("日坛公园南门驿站", "秀水社区", "秀水社区", ("39.914300", "116.442400"), "日坛公园南门西侧", "water toilet seat tools", (_t(6), _t(21)), taps=90, story="toilet"),
    Plan("通惠河骑手驿站", "通惠物业", "光华里社区", ("39.905300", "116.452300"), "通惠河北路 21 号", "water microwave charging seat air", (_t(10), _t(22)), entry=("outdoor", ""), seats=16, state=("paused", "屋顶漏水在修，预计两周后重新开放"), story="works"),
    Plan("建华里党群服务站", "建华南社区", "建华南社区", ("39.907600", "116.437600"), "建华里 5 号楼底商", "water toilet seat books mothers wifi", kinds=("love", "party", "women", "youth"), seats=14, taps=70, story="lapsed"),
    Plan("小庄便利驿站", "小庄便利店", "永安里西社区", ("39.913500", "116.457800"), "永安里西里 2 号楼", "water seat charging toilet", (_t(7), _t(23)), seats=4, taps=98, story="liar"),
    Plan("光华里理发驿站", "光华里理发店", "光华里社区", ("39.908800", "116.450800"), "光华里 7 号楼底商", "water seat haircut", seats=4, state=("planned", ""), story="applied"),
    Plan("建国里爱心驿站", "建国里社区", "建国里社区", ("39.915500", "116.437300"), "建国里 1 号楼", "water seat", state=("closed", "房子租约到期，搬到日坛公园南门了"), story="closed"),
]  # fmt: skip
NEW_HOSTS = {"拾光咖啡": "陈宇", "建外医院": "郑岚", "通惠物业": "高建", "小庄便利店": "曹旺", "光华里理发店": "沈青"}
OTHERS = 7  # stations in each other street


class Diary:
    """Everything of all stations, in the order it is saved. `words` are (fact, moment, works, source, person, mark, words)."""

    def __init__(self, town: Any) -> None:
        self.town = town
        self.rng = Random(f"{town.seed}-stations")  # noqa: S311 -- repeatable on purpose
        self.words: list[tuple[Fact, dt.datetime, bool, str, int | None, str, str]] = []

    def code(self) -> str:
        while True:
            made = "".join(self.rng.choices(ids.ALPHABET, k=5))
            if made not in self.town.used_codes:
                self.town.used_codes.add(made)
                return made

    def say(self, fact: Fact, at: dt.datetime, works: bool = True, source: str = "host", person: Person | None = None, words: str = "") -> None:
        if at < self.town.now:
            mark = f"{self.rng.getrandbits(64):016x}" if source == "visitor" else ""
            self.words.append((fact, at, works, source, person.pk if person is not None else None, mark, words))


def plant(town: Any) -> None:
    diary, plans = Diary(town), {}
    for number, street in enumerate(town.streets):
        plans[street.pk] = [*STREET] if number == 0 else _plain(diary, street, number)
    made: list[tuple[Plan, Station, Person | None]] = []
    for street in town.streets:
        made += [_found(diary, street, plan) for plan in plans[street.pk]]
    _facts(town, made)
    for plan, station, keeper in made:
        _year(diary, plan, station, keeper)
        _agreed(town, plan, station, keeper)
    for street in town.streets:
        _rounds(diary, street, [(plan, station) for plan, station, _keeper in made if plan in plans[street.pk]])
    for plan, station, keeper in made:
        _today(diary, plan, station, keeper)
    _write(diary, made)
    town.stations = [station for _plan, station, _keeper in made]
    town.say(f"{len(made)} stations, {len(diary.words)} words about them")


def _plain(diary: Diary, street: Territory, number: int) -> list[Plan]:
    town, rng, plans = diary.town, diary.rng, []
    places = [place for place in town.in_street[street.pk] if place.pk in town.committees]
    for index in range(OTHERS):
        place = places[index % len(places)]
        short = place.name.removesuffix("社区")
        ending = ("社区服务站", "爱心驿站", "户外劳动者驿站")[index // len(places) % 3]
        at = (f"{39.905 + number * 0.011 + rng.random() * 0.009:.6f}", f"{116.43 + index * 0.004 + rng.random() * 0.003:.6f}")
        subjects = " ".join(rng.sample(["water", "toilet", "seat", "microwave", "charging", "books", "first_aid", "wifi"], rng.randint(3, 6)))
        plans.append(
            Plan(
                f"{short}{ending}",
                place.name,
                place.name,
                at,
                f"{short}路 {rng.randint(1, 60)} 号",
                subjects,
                taps=rng.choice([95, 90, 80, 60, 30, 10]),
            )
        )
    return plans


def _found(diary: Diary, street: Territory, plan: Plan) -> tuple[Plan, Station, Person | None]:
    """The place, its hours, and the body that lends it."""
    town = diary.town
    places = {place.name: place for place in town.in_street[street.pk]}
    place = places.get(plan.community, town.in_street[street.pk][0])
    host = _host(town, plan, place, street)
    keeper = town.staff.get(host.pk) or RoleGrant.objects.filter(organization=host).select_related("person").first()
    keeper = keeper.person if isinstance(keeper, RoleGrant) else keeper
    venue = Venue(
        name=plan.name, kind=Venue.Kind.STATION, host=host, territory=place, address=plan.address, directions=plan.directions,
        latitude=Decimal(plan.at[0]), longitude=Decimal(plan.at[1]), holidays=Venue.Holidays.AS_USUAL, is_open=plan.state[0] == "open",
        is_step_free=diary.rng.random() < 0.7,
    )  # fmt: skip
    venue.save()
    OpeningHours.objects.bulk_create([OpeningHours(venue=venue, weekday=day, opens_at=plan.hours[0], closes_at=plan.hours[1]) for day in range(7)])
    opened = None if plan.state[0] == "planned" else town.today - dt.timedelta(days=diary.rng.randint(YEAR - 60, YEAR + 40))
    station = Station.objects.create(
        number=diary.code(), venue=venue, kinds=list(plan.kinds), state=plan.state[0], state_words=plan.state[1], entry=plan.entry[0],
        entry_words=plan.entry[1], contact=keeper, opened_on=opened, closed_on=town.today - 40 * DAY if plan.state[0] == "closed" else None,
        created_at=town.now - dt.timedelta(days=YEAR + 70 if opened else 3),
    )  # fmt: skip
    if opened:
        town.note("station.opened", station, town.at(opened, 9), state="open")
    return plan, station, keeper


def _host(town: Any, plan: Plan, place: Territory, street: Territory) -> Organization:
    if plan.host == "enterprise":
        return town.enterprises[0]  # type: ignore[no-any-return]
    if plan.host == "community":
        return town.committees[town.communities[0].pk]  # type: ignore[no-any-return]
    if plan.host == "union":
        return town.hubs[street.pk]  # type: ignore[no-any-return]
    if plan.host not in NEW_HOSTS:
        return town.committees[place.pk]  # type: ignore[no-any-return]
    host = Organization.objects.filter(name=plan.host).first()
    if host is None:
        host = Organization(
            name=plan.host, slug=f"host-{town.code(6).lower()}", kind="enterprise", territory=place, staff_count=town.rng.randint(4, 60)
        )
        host.save()
        boss = town.person(NEW_HOSTS[plan.host])
        boss.save()
        RoleGrant.objects.create(person=boss, role=Role.ORG_MANAGER, organization=host, from_date=town.today - 400 * DAY)
    return host


def _facts(town: Any, made: list[tuple[Plan, Station, Person | None]]) -> None:
    rows = []
    for plan, station, _keeper in made:
        for subject in ["door", *plan.subjects.split()]:
            plan.facts[subject] = Fact(station=station, subject=subject, quantity=plan.seats if subject == "seat" else None)
            rows.append(plan.facts[subject])
    town.save(rows)


def _year(diary: Diary, plan: Plan, station: Station, keeper: Person | None) -> None:
    """Mornings of a year: the host taps all at once; now and then something is out, and now and then a visitor says so."""
    if station.opened_on is None:
        return
    town, rng = diary.town, diary.rng
    last = 40 if plan.state[0] == "closed" else 8 if plan.state[0] == "paused" else 0
    for back in range(min(YEAR, (town.today - station.opened_on).days), last, -1):
        day = town.today - back * DAY
        opens = town.at(day, max(plan.hours[0].hour, 7)) + dt.timedelta(minutes=rng.randint(0, 50))
        if rng.randrange(100) < plan.taps and (back % 3 == 0 or back <= 45):
            out = rng.choice(plan.subjects.split()) if rng.random() < 0.03 and plan.story != "liar" else ""
            for subject, fact in plan.facts.items():
                if not (subject == plan.gap[0] and back < plan.gap[1]):
                    diary.say(fact, opens, subject != out, person=keeper)
        if rng.random() < 0.12:
            fact = rng.choice(list(plan.facts.values()))
            works = rng.random() < (0.35 if plan.story == "liar" else 0.85)
            if not (fact.subject == plan.gap[0] and back < plan.gap[1]):
                diary.say(fact, opens + rng.randint(1, 8) * HOUR, works, "visitor")


def _agreed(town: Any, plan: Plan, station: Station, keeper: Person | None) -> None:
    hub = town.staff[town.hubs[(station.venue.territory.parent or station.venue.territory).pk].pk] if station.venue.territory.parent_id else None
    begun = station.opened_on or town.today
    signed = town.at(begun - 6 * DAY, 15) if station.opened_on else town.now - 3 * DAY
    review = town.today - 20 * DAY if plan.story == "lapsed" else max(begun + 730 * DAY, town.today + 60 * DAY)
    state = {"planned": "proposed", "closed": "ended"}.get(station.state, "agreed")
    StationAgreement.objects.create(
        station=station, version=1, state=state, gives=CARE, words=TEXT, from_date=begun, review_date=review, created_at=signed,
        host_agreed_at=signed, host_agreed_by=keeper, hub_agreed_at=None if state == "proposed" else signed + 20 * HOUR,
        hub_agreed_by=None if state == "proposed" else hub, ended_at=town.now - 40 * DAY if state == "ended" else None,
    )  # fmt: skip
    if plan.story == "charging":  # the hub has proposed the next version
        StationAgreement.objects.create(
            station=station, version=2, state="proposed", gives=f"{CARE}加一排手机充电线。", words=TEXT, from_date=town.today,
            review_date=town.today + 365 * DAY, created_at=town.now - DAY, hub_agreed_at=town.now - DAY, hub_agreed_by=hub,
        )  # fmt: skip


def _rounds(diary: Diary, street: Territory, stations: list[tuple[Plan, Station]]) -> None:
    """A round that was walked last month, and one half walked now."""
    town, rng = diary.town, diary.rng
    inspector = town.staff[town.hubs[street.pk].pk]
    running = [(plan, station) for plan, station in stations if station.state == "open"]
    for back, share, title in ((36, 1.0, "上月巡检"), (1, 0.45, "本月巡检：热水和药箱")):
        at = town.at(town.today - back * DAY, 9, 30)
        done = running if share == 1.0 else running[1 : 1 + int(len(running) * share)]
        tour = InspectionRound.objects.create(
            title=title, territory=street, inspector=inspector, due_date=(at + 4 * DAY).date(), state="done" if share == 1.0 else "open",
            created_by=inspector, created_at=at - 5 * DAY, finished_at=at + len(done) * dt.timedelta(minutes=25) if share == 1.0 else None,
        )  # fmt: skip
        stops = []
        for number, (plan, station) in enumerate(running):
            stop = RoundStop(round=tour, station=station)
            if (plan, station) in done:
                moment = at + number * dt.timedelta(minutes=25)
                out = rng.choice(plan.subjects.split()) if back > 1 and rng.random() < 0.3 else ""
                for subject, fact in plan.facts.items():
                    if not (subject == plan.gap[0] and back < plan.gap[1]):
                        diary.say(fact, moment, subject != out, "inspector", inspector)
                stop.finished_at, stop.finished_by = moment, inspector
                stop.works_count, stop.fails_count = len(plan.facts) - bool(out), int(bool(out))
                stop.words = "已请驿站当天处理" if out else ""
            stops.append(stop)
        town.save(stops)
        town.note("station_round.planned", tour, tour.created_at, inspector, stations=len(stops))


def _today(diary: Diary, plan: Plan, station: Station, keeper: Person | None) -> None:
    """What is so this morning, and what lies in the cupboard."""
    town, now, facts = diary.town, diary.town.now, plan.facts
    opens = min(town.at(town.today, max(plan.hours[0].hour, 7), plan.hours[0].minute), now - 2 * HOUR)
    skips = {"no_water": (), "charging": ("charging",), "seat": ("seat",), "liar": ()}.get(plan.story, ())
    if station.state == "open" and plan.taps >= 80:
        for subject, fact in facts.items():
            if subject not in (*skips, plan.gap[0]):
                diary.say(fact, opens, person=keeper)
    if plan.story == "no_water":
        diary.say(facts["water"], now - 2 * HOUR, False, "visitor", words="水壶是空的")
        diary.say(facts["water"], now - HOUR, False, "visitor")
    elif plan.story == "toilet":
        diary.say(facts["toilet"], now - dt.timedelta(minutes=50), False, "visitor", words="门锁着，没人开")
    elif plan.story == "liar":
        for back in (2, 5):
            noon = town.at(town.today - back * DAY, 13)
            for minutes in (0, 70):
                diary.say(facts["door"], noon + dt.timedelta(minutes=minutes), False, "visitor", words="拉着卷帘门")
                diary.say(facts["water"], noon + dt.timedelta(minutes=minutes), False, "visitor")
            diary.say(facts["door"], noon - 5 * HOUR, person=keeper)
            diary.say(facts["water"], noon - 5 * HOUR, person=keeper)
    elif plan.story == "works":
        Fault.objects.create(station=station, words="屋顶漏水", state="taken", reported_at=now - 10 * DAY, taken_at=now - 9 * DAY, taken_by=keeper)
    if plan.story == "soup":
        Fault.objects.create(station=station, subject="microwave", words="门关不严，要按一下", state="reported", reported_at=now - 30 * HOUR)
    if plan.story == "seat":
        Fault.objects.create(station=station, subject="microwave", words="转盘不转了", reported_at=now - 3 * DAY, reported_by=keeper)
    _cupboard(town, plan, station)


def _cupboard(town: Any, plan: Plan, station: Station) -> None:
    if station.state not in ("open", "paused"):
        return
    rows: list[tuple[str, str, int, str, int | None]] = [("一次性纸杯", "water", 400, "只", None)] if "water" in plan.facts else []
    if "first_aid" in plan.facts:
        rows += [("创可贴", "first_aid", 60, "片", 200), ("碘伏棉签", "first_aid", 40, "支", 11), ("藿香正气水", "first_aid", 20, "支", 90)]
    if "meal" in plan.facts:
        rows += [("老鸭汤料包", "meal", 24, "袋", -2 if plan.story == "soup" else 60), ("挂面", "meal", 30, "把", 120)]
    for name, subject, quantity, unit, days in rows:
        expires = town.today + days * DAY if days is not None else None
        Supply.objects.create(
            station=station, subject=subject, name=name, quantity=quantity, unit=unit, expires_on=expires, checked_at=town.now - 6 * DAY
        )
        fact = plan.facts[subject]
        if expires is not None and (fact.spoils_on is None or expires < fact.spoils_on):
            fact.spoils_on = expires


def _write(diary: Diary, made: list[tuple[Plan, Station, Person | None]]) -> None:
    """All words at once, and what they come to on each fact."""
    said: dict[int, list[Said]] = {}
    with connection.cursor() as cursor, cursor.copy("copy stations_proof (fact_id, at, works, source, person_id, mark, words) from stdin") as copy:
        for fact, at, works, source, person, mark, words in sorted(diary.words, key=lambda word: word[1]):
            copy.write_row((fact.pk, at, works, source, person, mark, words))
            said.setdefault(fact.pk, []).append(Said(at, works, source, mark))
    facts = [fact for plan, _station, _keeper in made for fact in plan.facts.values()]
    for fact in facts:
        words_on = said.get(fact.pk, [])
        newest = words_on[-1].at if words_on else None
        verdict = freshness.weigh([word for word in words_on if newest is not None and newest - word.at <= freshness.MEMORY], fact.subject)
        fact.verdict, fact.verdict_at, fact.verdict_source = verdict.verdict, verdict.at, verdict.source
        if fact.station.state == "open" and verdict.verdict in (freshness.FAILS, freshness.DISPUTED) and verdict.source == freshness.VISITOR:
            fact.called_at = verdict.at
    Fact.objects.bulk_update(facts, ["verdict", "verdict_at", "verdict_source", "spoils_on", "called_at"], batch_size=500)
