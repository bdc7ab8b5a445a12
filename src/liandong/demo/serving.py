"""Regular service at stations, in places of ten minutes: a haircut every second Saturday, a doctor on a weekday afternoon."""

import datetime as dt
from random import Random
from typing import Any

from liandong.activities.models import Activity, Position, Series, Shift, SignUp
from liandong.activities.services import PositionPlan, ShiftPlan
from liandong.activities.services.dividing import divided
from liandong.core import ids
from liandong.core.search import vector
from liandong.demo.tools import DAY
from liandong.venues.models import Venue

TEN = 10  # minutes
HAIRCUT = (
    "驿站理发：十分钟剪个头", "快剪师傅到驿站，骑手、环卫工、街坊都能来。选个时间，到点坐下就剪，不用排队。", [PositionPlan("volunteer", "理发师", 2, "带自己的工具"), PositionPlan("participant", "理发", 1)],
)  # fmt: skip
CLINIC = ("驿站义诊：量量血压问问医生", "社区医院的医生坐诊，量血压、测血糖、看体检报告。每位十分钟，带上正在吃的药。", [PositionPlan("volunteer", "医护", 2), PositionPlan("volunteer", "引导", 1), PositionPlan("participant", "看诊", 1)])  # fmt: skip


def plant(town: Any) -> None:
    """After the stations are there."""
    rng = Random(f"{town.seed}-serving")  # noqa: S311 -- repeatable on purpose
    stations = list(
        Venue.objects.filter(kind=Venue.Kind.STATION, is_open=True, territory__parent=town.streets[0]).order_by("pk").select_related("host")
    )
    if not stations:
        return
    barber = next((row for row in stations if "职工" in row.name or "骑手" in row.name), stations[0])
    doctor = next((row for row in stations if "医院" in row.name), stations[-1])
    saturday = town.today + ((5 - town.today.weekday()) % 7 or 7) * DAY
    weekday = next(day for day in (town.today + n * DAY for n in range(2, 9)) if day.weekday() < 5)
    series = Series.objects.create(weeks=3, created_at=town.now - 3 * DAY)
    for n, share in enumerate((0.7, 0.2, 0)):
        day = saturday + 14 * n * DAY
        _activity(town, rng, HAIRCUT, barber, town.at(day, 9), town.at(day, 11), category="outdoor", series=series, share=share)
    _activity(town, rng, CLINIC, doctor, town.at(weekday, 14), town.at(weekday, 16), category="health", series=None, share=0.6)
    town.say("haircuts and a doctor at stations, ten minutes each")


def _activity(
    town: Any, rng: Random, what: tuple[str, str, list[PositionPlan]], venue: Venue, start: dt.datetime, end: dt.datetime, *, category: str, series: Series | None, share: float
) -> None:  # fmt: skip
    (title, summary, positions), host, leader = what, town.social[0], town.cast["agency"]
    created = town.now - 3 * DAY
    activity = Activity.objects.create(
        code=_code(town, rng, 7), title=title, summary=summary, category=category, host=host, territory=venue.territory, venue=venue, leader=leader, series=series,
        contact_name=leader.name, contact_phone="010-5555 0186", cancel_until_hours=2, state="published", first_starts_at=start, last_ends_at=end, created_by=leader,
        created_at=created, published_at=created, is_good_first_time=True,
    )  # fmt: skip
    Activity.objects.filter(pk=activity.pk).update(search=vector(title, summary, host.name, venue.name))
    town.note("activity.created", activity, created, leader, state="draft")
    town.note("activity.published", activity, created, leader, state="published")
    plans = divided(ShiftPlan(start, end, positions), minutes=TEN)
    shifts = town.save(
        [Shift(activity=activity, starts_at=plan.starts_at, ends_at=plan.ends_at, secret=f"{rng.getrandbits(128):032x}") for plan in plans]
    )
    rows = [
        Position(shift=shift, kind=one.kind, name=one.name, note=one.note, capacity=one.capacity, order=order)
        for shift, plan in zip(shifts, plans, strict=True)
        for order, one in enumerate(plan.positions)
    ]
    day = start.astimezone(town.zone).date()
    signed: list[SignUp] = []
    sequence: dict[int, int] = {}
    for position in town.save(rows):
        served = position.kind == Position.Kind.PARTICIPANT
        if rng.random() >= (share if served else 1 if share > 0.5 else 0):
            continue
        around = town.residents if served else town.volunteers[2:]
        person = next(
            (one for one in rng.sample(around, min(len(around), 40)) if (one.pk, day) not in town.busy and one not in town.cast.values()), None
        )
        if person is None:
            continue
        town.busy.add((person.pk, day))
        sequence[position.shift_id] = sequence.get(position.shift_id, 0) + 1
        at = created + dt.timedelta(minutes=rng.randint(30, 4_000))
        signed.append(
            SignUp(
                position=position, shift=position.shift, person=person, state="confirmed", sequence=sequence[position.shift_id], code=_code(town, rng, 6), signed_up_at=at, signed_up_by=person,
            )
        )  # fmt: skip
    for row in town.save(signed):
        town.note("shift.signed_up", row, row.signed_up_at, row.person, state="confirmed", position=row.position_id, sequence=row.sequence)
    for pk, used in sequence.items():
        Shift.objects.filter(pk=pk).update(next_sequence=used + 1)


def _code(town: Any, rng: Random, length: int) -> str:
    while (code := "".join(rng.choices(ids.ALPHABET, k=length))) in town.used_codes:
        pass
    town.used_codes.add(code)
    return code
