"""Who came to the stations in a year (numbers only), what lies on their shelves, what was lent, exchanged, and said in thanks; some of it waits for the host."""

import datetime as dt
from collections import Counter
from random import Random
from typing import Any

from django.db import connection

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.demo.tools import DAY, HOUR
from liandong.stations.models import GreenExchange, GreenRate, ShelfItem, ShelfTaking, Station, Thanks, VisitCount, VisitHour

YEAR, LATELY = 364, 60  # days of the first street, and of the others
HOURS = range(7, 21)
BUSY = (2, 3, 4, 5, 8, 9, 7, 5, 4, 4, 5, 4, 2, 1)  # of HOURS: people rest at noon
PAPER = {"北郎东社区服务站": 9, "建华里党群服务站": 6}  # where a list lies at the door: so many a week

# (station, kind, what, words, how many were put, of these handed out, days it keeps)
SHELF = (
    ("北郎东社区服务站", "give", "儿童棉衣", "110 到 130 码，洗干净了", 6, 2, 0),
    ("北郎东社区服务站", "exchange", "绘本", "拿一本，放一本", 20, 7, 0),
    ("北郎东社区服务站", "loan", "骆驼祥子", "老舍，九成新", 1, 0, 0),
    ("北郎东社区服务站", "loan", "老年人用手机一百问", "大字版", 3, 1, 0),
    ("北郎东社区服务站", "give", "花卷", "食堂早上蒸的，当天吃完", 30, 18, 0),
    ("永安里社区服务站", "loan", "活着", "余华", 2, 1, 0),
    ("永安里社区服务站", "give", "雨伞", "折叠伞，有点旧，能用", 8, 5, 0),
    ("永安里社区服务站", "exchange", "花盆", "多肉盆，大小都有", 10, 4, 0),
    ("拾光咖啡驿站", "give", "咖啡渣", "养花除味，小袋装好", 40, 26, 2),
    ("拾光咖啡驿站", "loan", "小王子", "", 1, 0, 0),
    ("禾木科技一层驿站", "give", "笔记本", "公司年会剩的，全新", 50, 31, 0),
    ("禾木科技一层驿站", "give", "矿泉水", "给路过的师傅", 48, 30, 160),
    ("禾木科技一层驿站", "loan", "编程入门", "给想转行的朋友", 2, 1, 0),
    ("国贸职工驿站", "give", "防暑包", "藿香正气水、毛巾、湿巾", 30, 22, 90),
    ("国贸职工驿站", "loan", "充电宝", "骑手专用，当天还", 6, 2, 0),
    ("建华里党群服务站", "exchange", "童车零件", "轮子、把套", 5, 1, 0),
)
# (station, what, words, whose): waits for the host's tap
OFFERED = (
    ("北郎东社区服务站", "give", "高压锅", "搬家用不上了，胶圈是新的", "volunteer"),
    ("北郎东社区服务站", "loan", "家常菜一千例", "可以借一个月", "resident"),
    ("禾木科技一层驿站", "exchange", "键盘", "机械键盘，换个鼠标", "volunteer"),
)
GREEN = (
    ("北郎东社区服务站", "塑料瓶", "piece", 20, "垃圾袋（卷）", 1),
    ("北郎东社区服务站", "旧报纸", "kg", 3, "肥皂", 1),
    ("北郎东社区服务站", "废电池", "piece", 10, "绿萝苗", 1),
    ("永安里社区服务站", "利乐包", "piece", 15, "抽纸（包）", 1),
    ("建华里党群服务站", "旧衣服", "kg", 2, "洗衣液（小瓶）", 1),
)
SAID = (
    "大冷天能喝口热水，心里暖。", "微波炉热了饭，谢谢！", "下雨那天借了把伞，已经还了。", "老板人真好，还给我倒水。", "厕所干净。", "终于有个地方坐坐了。", "手机没电救了急。",
    "孩子在这儿看书，我放心。", "环卫工老李谢谢你们。", "每天中午都来，谢谢照顾。", "空调凉快，活过来了。", "药箱里的创可贴用了一片，谢谢。",
)  # fmt: skip
WAITING = {"北郎东社区服务站": ("今天的花卷真香，谢谢食堂师傅。", "能不能周日也开半天？谢谢。"), "禾木科技一层驿站": ("前台小姑娘特别客气，谢谢。",)}


def plant(town: Any) -> None:
    """After the stations are there."""
    rng = Random(f"{town.seed}-welcoming")  # noqa: S311 -- repeatable on purpose
    by_name = {station.venue.name: station for station in town.stations}
    first_street = town.streets[0].path
    days = people = 0
    visits: list[tuple[int, dt.date, str, int]] = []
    hours: Counter[tuple[int, dt.date, int, int]] = Counter()
    for station in town.stations:
        if station.opened_on is None:
            continue
        back = YEAR if station.venue.territory.path.startswith(first_street) else LATELY
        for row in _year(town, rng, station, back, hours):
            visits.append(row)
            people += row[3]
            days += 1
    _insert(VisitCount, visits, ("integer", "date", "text", "integer"))
    _insert(VisitHour, [(*key, count) for key, count in hours.items()], ("integer", "date", "integer", "integer", "integer"))
    _shelves(town, rng, by_name)
    _green(town, rng, by_name)
    _thanks(town, rng, [station for station in town.stations if station.state == Station.State.OPEN], by_name)
    town.say(f"{people} visits to stations, counted without names")


def _year(town: Any, rng: Random, station: Station, back: int, hours: Counter[tuple[int, dt.date, int, int]]) -> list[tuple[int, dt.date, str, int]]:
    """(station, day, source, people) of each day; counts of the plaque and the host go into the hours too."""
    size, found = rng.choice((5, 9, 14, 22)), []
    start = max(town.today - back * DAY, station.opened_on)
    end = town.today if station.state == Station.State.OPEN else station.closed_on or town.today - 9 * DAY
    paper = PAPER.get(station.venue.name, 0)
    this_hour = town.now.astimezone(town.zone).hour
    for number in range((end - start).days + 1):
        day = start + number * DAY
        season = 1.35 if day.month in (7, 8, 12, 1) else 1.0
        share = 1.0 if day.weekday() < 5 else 0.6
        growing = 0.5 + 0.5 * min(1.0, (day - station.opened_on).days / 240)
        came = rng.choices(HOURS, BUSY, k=max(0, round(rng.gauss(size * season * share * growing, size * 0.25))))
        if day == town.today:
            came = [hour for hour in came if hour < this_hour]
        by_host = [hour for hour in came if rng.random() < 0.12]
        for source, part in (("tap", len(came) - len(by_host)), ("host", len(by_host))):
            if part:
                found.append((station.pk, day, source, part))
        for hour in came:
            hours[station.pk, day.replace(day=1), day.weekday(), hour] += 1
        if paper and day.weekday() == 4 and day < town.today:
            found.append((station.pk, day, "paper", max(1, paper + rng.randint(-3, 4))))
    return found


def _insert(model: Any, rows: list[tuple[Any, ...]], types: tuple[str, ...]) -> None:
    """Tens of thousands of numbers in one statement."""
    fields = [field.column for field in model._meta.concrete_fields]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f'insert into "{model._meta.db_table}" ({", ".join(fields)}) select * from unnest({", ".join(f"%s::{kind}[]" for kind in types)})',  # noqa: S608 -- names of our own
            columns,
        )


def _shelves(town: Any, rng: Random, by_name: dict[str, Station]) -> None:
    items: list[tuple[ShelfItem, int]] = []
    for name, kind, what, said, put, gone, keeps in SHELF:
        if (station := by_name.get(name)) is None:
            continue
        at = min(town.now - HOUR, town.at(town.today - dt.timedelta(days=0 if what == "花卷" else rng.randint(3, 40)), 8))
        last = town.today if what == "花卷" else town.today + dt.timedelta(days=keeps) if keeps else None
        item = ShelfItem(
            station=station, kind=kind, name=what, words=said, put_count=put, left_count=put - gone, is_food=what in ("花卷", "矿泉水"), expires_on=last,
            loan_days=0 if kind != "loan" else 1 if what == "充电宝" else 14, state="on_shelf", brought_at=at, put_at=at,
        )  # fmt: skip
        items.append((item, gone))
    for name, kind, what, said, whose in OFFERED:
        if (station := by_name.get(name)) is not None:
            items.append(
                (
                    ShelfItem(
                        station=station, kind=kind, name=what, words=said, state="offered", brought_by=town.cast[whose], brought_at=town.now - rng.randint(2, 30) * HOUR,
                        loan_days=30 if kind == "loan" else 0,
                    ),
                    0,
                )
            )  # fmt: skip
    town.save([item for item, _gone in items])
    takings = [taking for item, gone in items for taking in _handed_out(town, rng, item, gone)]
    kept = {item.name: item for item, _gone in items}
    takings += _of_the_cast(town, rng, kept)
    town.save(takings)
    for item, _gone in items:
        if item.put_at is not None:
            town.note("shelf.put", item, item.put_at, item.station.contact, state="on_shelf")
        else:
            town.note("shelf.offered", item, item.brought_at, item.brought_by, count=1)


def _handed_out(town: Any, rng: Random, item: ShelfItem, gone: int) -> list[ShelfTaking]:
    """To people whose names nobody asked."""
    found = []
    for _turn in range(gone):
        at = item.brought_at + (town.now - item.brought_at) * rng.random()
        lent = item.is_loan
        at = max(at, town.now - 10 * DAY) if lent and item.loan_days > 1 else max(at, town.now - 5 * HOUR) if lent else at
        due = at.astimezone(town.zone).date() + dt.timedelta(days=item.loan_days) if lent else None
        words = rng.choice(("一本旧绘本", "两个小盆", "一本故事书")) if item.kind == "exchange" else ""
        found.append(_taking(rng, item, state="lent" if lent else "taken", at=at, due_on=due, ended_at=None if lent else at, brought_words=words))
    return found


def _of_the_cast(town: Any, rng: Random, kept: dict[str, ShelfItem]) -> list[ShelfTaking]:
    """The resident has a book that is due in two days and read another; the volunteer has a coat kept, and a book that is late."""
    resident, volunteer, found = town.cast["resident"], town.cast["volunteer"], []

    def lend(name: str, person: Person, days_ago: int) -> None:
        item = kept[name]
        at = town.at(town.today - days_ago * DAY, 10)
        found.append(_taking(rng, item, person=person, state="lent", at=at, due_on=town.today + dt.timedelta(days=item.loan_days - days_ago)))
        item.left_count -= 1

    if "骆驼祥子" in kept:
        lend("骆驼祥子", resident, 12)
        lend("活着", volunteer, 17)
        read = town.at(town.today - 20 * DAY, 10)
        found.append(_taking(rng, kept["小王子"], person=resident, state="returned", at=read, due_on=town.today - 6 * DAY, ended_at=read + 9 * DAY))
        coat = kept["儿童棉衣"]
        found.append(
            _taking(rng, coat, person=volunteer, state="reserved", at=town.now - 3 * HOUR, held_until_at=town.now + 21 * HOUR, taken_at=None)
        )
        coat.left_count -= 1
        ShelfItem.objects.bulk_update([kept["骆驼祥子"], kept["活着"], coat], ["left_count"])
    return found


def _taking(rng: Random, item: ShelfItem, *, at: dt.datetime, **fields: Any) -> ShelfTaking:
    return ShelfTaking(item=item, code="".join(rng.choices(ids.ALPHABET, k=4)), asked_at=at, **{"taken_at": at, **fields})


def _green(town: Any, rng: Random, by_name: dict[str, Station]) -> None:
    rates = [
        GreenRate(station=by_name[name], material=material, unit=unit, per_amount=per, gives=gives, gives_count=count)
        for name, material, unit, per, gives, count in GREEN
        if name in by_name
    ]
    town.save(rates)
    rows = []
    for rate in rates:
        for _turn in range(rng.randint(12, 40)):
            brought = rate.per_amount * rng.randint(1, 4) + rng.randint(0, rate.per_amount - 1)
            day = town.today - rng.randint(1, 300) * DAY
            rows.append(GreenExchange(rate=rate, brought_amount=brought, given_count=brought // rate.per_amount * rate.gives_count, exchanged_on=day))
    town.save(sorted(rows, key=lambda row: row.exchanged_on))


def _thanks(town: Any, rng: Random, stations: list[Station], by_name: dict[str, Station]) -> None:
    rows = []
    for station in stations:
        for back in range(LATELY):
            if taps := max(0, round(rng.gauss(0.8, 1))):
                rows.append(Thanks(station=station, taps=taps, said_on=town.today - back * DAY, state="shown"))
        for words in rng.sample(SAID, rng.randint(1, 4)):
            rows.append(Thanks(station=station, words=words, said_on=town.today - rng.randint(1, 90) * DAY, state="shown"))
    for name, waiting in WAITING.items():
        if name in by_name:
            rows += [Thanks(station=by_name[name], words=words, said_on=town.today - number * DAY) for number, words in enumerate(waiting)]
    town.save(rows)
