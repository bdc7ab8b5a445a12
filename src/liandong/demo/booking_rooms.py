"""Rooms and bookings of the demo town: one centre and two spaces, some weeks full of bookings, a series with an exception, requests that wait, a no-show, a waiting list."""

import datetime as dt
from random import Random
from typing import Any

from liandong.activities.models import Activity, Shift
from liandong.bookings.models import Booking, BookingSeries, CalendarFeed, HourLimit, RoomWait
from liandong.venues import queries as venues
from liandong.venues.models import OpeningHours, Room, SpecialDay, Venue

BACK, AHEAD = 35, 13  # days
HOUR = dt.timedelta(hours=1)
SLOTS = ((9, 30, 120), (13, 30, 90), (15, 30, 120), (18, 30, 120))
EVERY_DAY, WEEK = range(7), ((0, 9, 21), (1, 9, 21), (2, 9, 21), (3, 9, 21), (4, 9, 21), (5, 10, 18))

CENTER_OFFERS = "组织孵化与备案\n项目对接与评审\n枢纽服务窗口"
CREATE_OFFERS = "企业行政服务\n企业交流与路演\n手艺工作坊"
SHARE_OFFERS = "共享教室\n社区厨房\n心理咨询\n亲子时光"

# venue, name, spot, people, m², features, words, more
ROOMS: tuple[tuple[str, str, str, int, int, list[str], str, dict[str, Any]], ...] = (
    ("center", "多功能厅", "1 层", 80, 160, ["projector", "sound", "stage", "wifi"], "能放 80 把椅子，有小舞台和音响。", {"agreed": "by_hand", "rules": "结束后请把椅子归位。\n音响由值班人员开。"}),
    ("center", "会议室", "2 层 203", 16, 35, ["screen", "whiteboard", "video", "wifi"], "一张长桌，能开视频会。", {}),
    ("center", "谈话室", "2 层 205", 4, 12, ["sofas", "water"], "安静，适合一对一谈话。", {"open_to": "bodies", "longest_minutes": 120}),
    ("create", "路演厅", "3 层东侧", 40, 90, ["projector", "sound", "video", "wifi"], "阶梯座位，讲台有灯光。", {"price_fen": 10_000, "open_to": "bodies"}),
    ("create", "手作工坊", "3 层西侧", 20, 60, ["workbench", "water", "wifi"], "六张工作台，工具齐全。", {"rules": "用完的工具请放回墙上。"}),
    ("share", "共享教室", "1 层左手", 30, 55, ["projector", "whiteboard", "wifi"], "白天是老年课堂，晚上谁都能约。", {"agreed": "by_hand", "answer_hours": 72}),
    ("share", "社区厨房", "1 层右手", 12, 40, ["kitchen", "water"], "四个灶台，锅碗都有，自带食材。", {"space": "home", "longest_minutes": 180, "rules": "用完关火关气，垃圾带走。"}),
    ("share", "亲子屋", "2 层", 15, 30, ["toys", "sofas", "water"], "软地垫和绘本，请脱鞋。", {"space": "home"}),
)  # fmt: skip
TITLES = (
    "部门例会",
    "志愿者培训",
    "读书分享",
    "项目碰头会",
    "新员工见面",
    "心理减压小组",
    "手工皂体验",
    "家长课堂",
    "财务答疑",
    "摄影小组",
    "英语角",
    "合唱排练",
)


def plant(town: Any) -> None:
    """Written in bulk, after everything else of the town is there; it obeys the hours and the rooms, as a booking would."""
    rng = Random(f"{town.seed}-rooms")  # noqa: S311 -- repeatable on purpose
    rooms = _rooms(town, rng)
    made = Bookings(town, rng, rooms)
    made.series(rooms["会议室"])
    made.asked(rooms["多功能厅"], town.social[0], "邻里节开幕彩排", days=4)
    made.asked(rooms["共享教室"], town.enterprises[0], "新员工公益课", days=3)
    made.awaited(rooms["社区厨房"])
    made.not_come(rooms["手作工坊"])
    made.fill()
    made.save()
    _of_activities(town, rng)
    HourLimit.objects.create(venue=rooms["会议室"].venue, hours=40)
    HourLimit.objects.create(venue=rooms["会议室"].venue, room=rooms["多功能厅"], hours=12)
    CalendarFeed.objects.create(
        room=rooms["多功能厅"], created_by=town.cast["hub"], created_at=town.now - dt.timedelta(days=20), token=f"{rng.getrandbits(128):032x}"
    )
    town.say(f"{len(rooms)} rooms, {len(made.rows)} bookings")


def _rooms(town: Any, rng: Random) -> dict[str, Room]:
    street, home = town.streets[0], town.communities[0]
    hub, committee = town.hubs[street.pk], town.committees[home.pk]
    common = {"is_step_free": True, "kind": Venue.Kind.OFFICE}
    places = {
        "center": Venue(name=f"{street.name[:2]}枢纽中心", space="center", offers=CENTER_OFFERS, host=hub, territory=street, address=f"{street.name}光华路 8 号", capacity=120, **common),
        "create": Venue(name="华澜创空间", space="create", offers=CREATE_OFFERS, host=hub, territory=home, address=f"{home.name}华澜中心 3 层", capacity=60, **common),
        "share": Venue(name=f"{home.name.removesuffix('社区')}享空间", space="share", offers=SHARE_OFFERS, host=committee, territory=home, address=f"{home.name} 12 号楼 1 层", capacity=60, **common),
    }  # fmt: skip
    town.save(list(places.values()))
    week = {"center": [(day, 9, 21) for day in EVERY_DAY], "create": list(WEEK), "share": [(day, 9, 21) for day in EVERY_DAY]}
    hours = [
        OpeningHours(venue=places[key], weekday=day, opens_at=dt.time(opens), closes_at=dt.time(closes))
        for key, days in week.items()
        for day, opens, closes in days
    ]
    town.save(hours)
    day = town.today + dt.timedelta(days=75)
    town.save([SpecialDay(venue=place, special_date=day, words="消防检修，停用一天") for place in places.values()])
    rows = [
        Room(
            venue=places[key],
            name=name,
            spot=spot,
            capacity=people,
            square_metres=metres,
            features=features,
            words=words,
            code=code(town, rng, 6),
            **more,
        )
        for key, name, spot, people, metres, features, words, more in ROOMS
    ]
    town.save(rows)
    return {row.name: row for row in rows}


def code(town: Any, rng: Random, length: int, prefix: str = "") -> str:
    made: str = town.code(length, prefix, rng=rng)
    return made


class Bookings:
    """Rows to be written, none in another's way."""

    def __init__(self, town: Any, rng: Random, rooms: dict[str, Room]) -> None:
        self.town, self.rng, self.rooms = town, rng, rooms
        self.rows: list[Booking] = []
        self.waits: list[RoomWait] = []
        self.busy: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {room.pk: [] for room in rooms.values()}
        places = {room.venue_id: room.venue for room in rooms.values()}
        self.hours = venues.hours_of(places.values(), since=town.today - dt.timedelta(days=BACK))
        street = town.streets[0].pk
        self.bodies = [*town.firms_of[street][:12], *town.social[:4], *[town.committees[place.pk] for place in town.in_street[street]]]

    def add(self, room: Room, start: dt.datetime, minutes: int, *, body: Any, title: str, **more: Any) -> Booking | None:
        """A booking where the room is open and free then; None where it is not."""
        end = start + dt.timedelta(minutes=minutes)
        free_at = end + dt.timedelta(minutes=room.buffer_minutes)
        if not self.hours[room.venue_id].covers(start, end) or any(first < free_at and last > start for first, last in self.busy[room.pk]):
            return None
        self.busy[room.pk].append((start, free_at))
        created = min(start - dt.timedelta(days=self.rng.randint(2, 12)), self.town.now - HOUR * self.rng.randint(2, 60))
        state = more.pop("state", Booking.State.CONFIRMED)
        worker = self.town.staff[body.pk]
        row = Booking(
            number=code(self.town, self.rng, 7, "B"), room=room, state=state, starts_at=start, ends_at=end, free_at=free_at, organization=body, booked_by=worker,
            title=title, price_fen=room.price_fen * minutes // 60, created_at=created, people_count=self.rng.randint(3, room.capacity), **more,
        )  # fmt: skip
        if state == Booking.State.CONFIRMED and room.agreed == Room.Agreed.BY_HAND:
            row.answered_at, row.answered_by = created + HOUR, self.town.staff[room.venue.host_id]
        if state == Booking.State.CONFIRMED and start < self.town.now:
            row.checked_in_at, row.checked_in_by = min(start + dt.timedelta(minutes=self.rng.randint(0, 9)), self.town.now), worker
        self.rows.append(row)
        return row

    def days(self, first: int, last: int) -> list[dt.date]:
        return [self.town.today + dt.timedelta(days=n) for n in range(first, last)]

    def series(self, room: Room) -> None:
        """Every week on one afternoon, one date left out, because it was given back."""
        first = self.town.today - dt.timedelta(days=21 + (self.town.today.weekday() - 2) % 7)
        dates = [first + dt.timedelta(weeks=week) for week in range(10)]
        left = dates[6]
        series = BookingSeries.objects.create(first_date=first, until_date=dates[-1], created_at=self.town.at(first, 9) - dt.timedelta(days=5))
        for day in dates:
            row = self.add(room, self.town.at(day, 14), 120, body=self.town.enterprises[0], title="公益项目周会", series=series, series_date=day)
            if row is not None and day == left:
                row.state, row.given_up_at, row.version = Booking.State.CANCELLED, self.town.now - HOUR, 2
                row.checked_in_at = row.checked_in_by = None
                self.busy[room.pk].pop()
        kept = {row.series_date for row in self.rows if row.series is series}
        series.left_out = sorted({left, *(day for day in dates if day not in kept)})
        series.save(update_fields=["left_out"])

    def asked(self, room: Room, body: Any, title: str, *, days: int) -> None:
        """Somebody has asked, nobody has answered; the next day on which the room is open."""
        for day in self.days(days, days + 12):
            answer_by = self.town.now + dt.timedelta(hours=room.answer_hours - 9)
            if row := self.add(room, self.town.at(day, 14), 180, body=body, title=title, state=Booking.State.REQUESTED, answer_by_at=answer_by):
                row.answer_by_at = min(answer_by, row.starts_at)
                row.created_at = self.town.now - 9 * HOUR
                return

    def awaited(self, room: Room) -> None:
        """Taken by one, wanted by two."""
        for day in self.days(2, 14):
            if row := self.add(room, self.town.at(day, 9, 30), 150, body=self.town.committees[self.town.communities[0].pk], title="老年餐试菜"):
                for hours, who, title in ((30, "volunteer", "和邻居学包粽子"), (8, "resident", "给孙子做生日饭")):
                    wait = RoomWait(
                        room=room,
                        starts_at=row.starts_at,
                        ends_at=row.ends_at,
                        person=self.town.cast[who],
                        title=title,
                        created_at=self.town.now - hours * HOUR,
                    )
                    self.waits.append(wait)
                return

    def not_come(self, room: Room) -> None:
        for day in reversed(self.days(-8, 0)):
            if row := self.add(room, self.town.at(day, 15, 30), 120, body=self.town.enterprises[0], title="团队手作日"):
                self.release(row)
                return

    def release(self, row: Booking) -> None:
        row.state, row.given_up_at, row.version = Booking.State.RELEASED, row.starts_at + dt.timedelta(minutes=15), 2
        row.checked_in_at = row.checked_in_by = None

    def fill(self) -> None:
        """The weeks around today."""
        for day in self.days(-BACK, AHEAD):
            for room in self.rooms.values():
                for hour, minute, minutes in SLOTS:
                    if self.rng.random() > (0.34 if day <= self.town.today else 0.26):
                        continue
                    row = self.add(room, self.town.at(day, hour, minute), minutes, body=self.rng.choice(self.bodies), title=self.rng.choice(TITLES))
                    if row is not None and row.ends_at < self.town.now and self.rng.random() < 0.06:
                        self.release(row)

    def save(self) -> None:
        self.town.save(self.rows)
        self.town.save(self.waits)
        for row in self.rows:
            verb = "booking.requested" if row.room.agreed == Room.Agreed.BY_HAND else "booking.made"
            self.town.note(verb, row, row.created_at, row.booked_by, state=row.state)
            if row.state == Booking.State.RELEASED:
                self.town.note("booking.released", row, row.given_up_at, state=row.state)


def _of_activities(town: Any, rng: Random) -> None:
    """A hall of the community, and the coming activities there that have it."""
    venue = town.venues_of[town.communities[0].pk][0]
    hall = Room.objects.create(
        venue=venue,
        name="活动大厅",
        spot="1 层",
        capacity=60,
        features=["sound", "water"],
        words="社区活动都在这里。",
        buffer_minutes=0,
        code=code(town, rng, 6),
    )
    shifts = (
        Shift.objects.filter(activity__venue=venue, activity__state=Activity.State.PUBLISHED, starts_at__gt=town.now)
        .select_related("activity")
        .order_by("starts_at")
    )
    taken: list[tuple[dt.datetime, dt.datetime]] = []
    for shift in shifts[:20]:
        if any(first < shift.ends_at and last > shift.starts_at for first, last in taken):
            continue
        taken.append((shift.starts_at, shift.ends_at))
        activity = shift.activity
        booking = Booking.objects.create(
            number=code(town, rng, 7, "B"), room=hall, state=Booking.State.CONFIRMED, starts_at=shift.starts_at, ends_at=shift.ends_at, free_at=shift.ends_at,
            organization=activity.host, booked_by=activity.created_by, title=activity.title, for_activity=True, created_at=activity.created_at,
        )  # fmt: skip
        Shift.objects.filter(pk=shift.pk).update(booking=booking, spot=shift.spot or hall.name)
