"""Two draws of sought-after activities: one held yesterday, with its list, winners and waiting list; one still open, in which the volunteer of the demo has entered.

They lost the first, so they have two tickets in the second.
"""

import datetime as dt
from random import Random
from typing import Any

from django.urls import reverse

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift, SignUp
from liandong.core import crypto
from liandong.core.search import vector
from liandong.matching.models import Draw, DrawList
from liandong.matching.models.draw import seed_place
from liandong.matching.services.drawing import passed_over
from liandong.matching.solver import draw as solver
from liandong.notices.models import Notice, Topic

LONG = dt.timedelta(hours=2)
ENTRIES, OPEN_ENTRIES = 34, 27


def plant(town: Any) -> None:
    """Written in bulk, after everything else of the town is there; the draw itself is computed as it would be."""
    rng = Random(f"{town.seed}-lots")  # noqa: S311 -- repeatable on purpose
    volunteer, home = town.cast["volunteer"], town.communities[0]
    days = [day for day in (town.today + dt.timedelta(days=n) for n in range(6, 40)) if day.weekday() >= 5]
    days = [day for day in days if (volunteer.pk, day) not in town.busy][:2]
    around = [person for person in [*town.residents, *town.volunteers[2:]] if town.home_of[person.pk].parent_id == home.parent_id]
    free = [person for person in around if person not in town.cast.values() and not any((person.pk, day) in town.busy for day in days)]
    if len(free) < ENTRIES or len(days) < 2:
        return
    _held(town, rng, [volunteer, *rng.sample(free, ENTRIES - 1)], day=days[0])
    _open(town, rng, [*rng.sample(free, OPEN_ENTRIES - 1), volunteer], day=days[1])
    town.say("a draw that was held and one that is open")


def _held(town: Any, rng: Random, people: list[Person], *, day: dt.date) -> None:
    closed = town.at(town.today - dt.timedelta(days=2), 20)
    announced, drawn_at = closed - dt.timedelta(days=9), closed + dt.timedelta(hours=25, minutes=30)
    host, leader, home = town.social[0], town.cast["agency"], town.communities[0]
    activity, position = _activity(
        town, rng, "社区厨房：亲子包饺子", "一家一张案板，从和面到下锅，包好的带走。厨房小，只能来 12 位。", host=host, leader=leader, place=f"{home.name}社区厨房",
        starts_at=town.at(day, 9, 30), announced=announced, capacity=12,
    )  # fmt: skip
    rows = _sign_ups(town, rng, position, people, first=announced, last=closed)
    tickets = [rng.choices((0, 1, 2, 3), (24, 6, 3, 1))[0] if row.person != town.cast["volunteer"] else 0 for row in rows]
    published = solver.publish(solver.Entry(row.slip, lost) for row, lost in zip(rows, tickets, strict=True))
    number = " ".join(str(rng.randrange(10)) for _ in range(3)).replace(" ", "")
    own = rows[0].slip
    while True:  # one that the volunteer of the demo loses, so that there is something to see
        seed = f"{rng.getrandbits(128):032x}"
        order = [one.key for one in solver.draw(published, places=0, seed=seed, public=number).waiting]
        gone = order[4]
        winners = [slip for slip in order if slip != gone][: position.capacity]
        if own not in [*winners, gone]:
            break
    draw = _draw(activity, seed, closes_at=closed, announced=announced, rule=f"{drawn_at:%-m} 月 {drawn_at.day} 日福彩 3D 开奖号码")
    DrawList.objects.create(
        draw=draw, position=position, published=published, digest=solver.digest(published), entries=len(rows), places=position.capacity, order=order,
        winners=winners, passed=passed_over(order, winners, position.capacity, gone=[gone]),
    )  # fmt: skip
    draw.state, draw.seed, draw.public_number = Draw.State.DRAWN, seed, number
    draw.closed_at, draw.drawn_at, draw.drawn_by, draw.version = closed, drawn_at, leader, 4
    draw.save()
    rank_of = {slip: rank for rank, slip in enumerate(order, 1)}
    for row in rows:
        if row.slip == gone:
            row.state, row.cancelled_at = SignUp.State.CANCELLED, closed + dt.timedelta(hours=3)
            continue
        row.drawn_rank = rank_of[row.slip]
        if row.slip in winners:
            row.state, row.moved_up_at = SignUp.State.CONFIRMED, drawn_at
            town.busy.add((row.person_id, day))
    SignUp.objects.bulk_update(rows, ["state", "cancelled_at", "drawn_rank", "moved_up_at"])
    Activity.objects.filter(pk=activity.pk).update(drawn_at=drawn_at)
    lost = next(row for row in rows if row.slip == own)
    ahead = sum(1 for row in rows if row.state == SignUp.State.WAITING and row.drawn_rank and row.drawn_rank <= (lost.drawn_rank or 0))
    _tell(lost, "draw.lost", draw, activity, drawn_at, place_in_queue=str(ahead), tickets="2")
    town.note("draw.announced", draw, announced, state="open")
    town.note("draw.closed", draw, closed, state="closed", entries=len(rows))
    town.note("draw.drawn", draw, drawn_at, leader, state="drawn", places=len(winners))
    town.note("activity.drawn", activity, drawn_at, leader, entries=len(rows) - 1, places=len(winners))


def _open(town: Any, rng: Random, people: list[Person], *, day: dt.date) -> None:
    announced, closes = town.now - dt.timedelta(days=4), town.at(town.today + dt.timedelta(days=3), 20)
    host, leader, home = town.social[0], town.cast["agency"], town.communities[0]
    activity, position = _activity(
        town, rng, "写字楼屋顶花园参观", "平时不开放的屋顶花园，园艺师带着认花，走之前扦插一盆带回家。每次只能上 15 位。", host=host, leader=leader, place=f"{home.name}写字楼大堂集合",
        starts_at=town.at(day, 15), announced=announced, capacity=15,
    )  # fmt: skip
    rows = _sign_ups(town, rng, position, people, first=announced, last=town.now - dt.timedelta(minutes=30))
    opened = closes + dt.timedelta(days=1)
    draw = _draw(
        activity, f"{rng.getrandbits(128):032x}", closes_at=closes, announced=announced, rule=f"{opened.month} 月 {opened.day} 日福彩 3D 开奖号码"
    )
    _tell(rows[-1], "activities.in_draw", draw, activity, rows[-1].signed_up_at, slip=rows[-1].slip)
    town.note("draw.announced", draw, announced, state="open")


def _activity(
    town: Any, rng: Random, title: str, summary: str, *, host: Any, leader: Person, place: str, starts_at: dt.datetime, announced: dt.datetime, capacity: int
) -> tuple[Activity, Position]:  # fmt: skip
    activity = Activity.objects.create(
        code=_code(town, rng, 7), title=title, summary=summary, category="other", host=host, territory=town.communities[0], place=place, leader=leader,
        contact_name=leader.name, contact_phone="010-5555 0186", state="published", places_by="draw", first_starts_at=starts_at, last_ends_at=starts_at + LONG,
        created_by=leader, created_at=announced - dt.timedelta(hours=1), published_at=announced,
    )  # fmt: skip
    Activity.objects.filter(pk=activity.pk).update(search=vector(title, summary, host.name, place))
    shift = Shift.objects.create(activity=activity, starts_at=starts_at, ends_at=starts_at + LONG, secret=f"{rng.getrandbits(128):032x}")
    town.note("activity.created", activity, activity.created_at, leader, state="draft")
    town.note("activity.published", activity, announced, leader, state="published")
    return activity, Position.objects.create(shift=shift, kind="participant", name="参加", capacity=capacity)


def _sign_ups(town: Any, rng: Random, position: Position, people: list[Person], *, first: dt.datetime, last: dt.datetime) -> list[SignUp]:
    slips = rng.sample(range(100_000, 1_000_000), len(people))
    span = (last - first).total_seconds()
    moments = sorted(first + dt.timedelta(seconds=span * rng.uniform(0.02, 0.98)) for _ in people)
    rows = SignUp.objects.bulk_create(
        SignUp(
            position=position, shift=position.shift, person=person, state="waiting", sequence=number, slip=str(slip), code=_code(town, rng, 6), signed_up_at=moment,
            signed_up_by=person,
        )
        for number, (person, slip, moment) in enumerate(zip(people, slips, moments, strict=True), 1)
    )  # fmt: skip
    Shift.objects.filter(pk=position.shift_id).update(next_sequence=len(people) + 1)
    return rows


def _draw(activity: Activity, seed: str, *, closes_at: dt.datetime, announced: dt.datetime, rule: str) -> Draw:
    sealed = crypto.seal(seed, place=seed_place(activity.pk))
    return Draw.objects.create(
        activity=activity,
        seed_sealed=sealed,
        seed_digest=solver.digest(seed),
        public_rule=rule,
        closes_at=closes_at,
        announced_at=announced,
        version=2,
    )


def _tell(row: SignUp, kind: str, draw: Draw, activity: Activity, at: dt.datetime, **values: str) -> None:
    starts_at = row.shift.starts_at.isoformat()
    Notice.objects.create(
        person=row.person, kind=kind, topic=Topic.SIGN_UP, url=reverse("activities:ticket", args=[row.code]), once_key=f"draw:{draw.pk}:{row.pk}", created_at=at,
        values={"title": activity.title, "position": row.position.name, "starts_at": starts_at, "place": activity.place} | values,
    )  # fmt: skip


def _code(town: Any, rng: Random, length: int) -> str:
    code: str = town.code(length, rng=rng)
    return code
