"""What about attendances a person should look at, and why. Plain tests, no database: rows in, findings out, each with the numbers that explain it.

A finding is no verdict. Its weight (0 to 100) only says where to look first.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

MEASURED = frozenset({"venue_code", "ticket", "offline", "kiosk"})
NIGHT_FROM, NIGHT_TO = 22, 6
PHONE_PEOPLE, PHONE_WITHIN = 4, dt.timedelta(minutes=15)  # a family may share one phone; four people within a quarter of an hour do not
SECOND_PEOPLE, SECOND_SHARE = 6, 0.9
NIGHT_WAVE = 5
CROWD = 50
WEEK_MINUTES, WEEK_Z = 30 * 60, 6.0
SITTING, SITTING_MINUTES, SITTING_Z = dt.timedelta(hours=1), 60 * 60, 8.0
NEVER_RECORDS = 5
PAIR_EACH = 3
WALK_KMH, FAR_KM, SLACK = 60.0, 2.0, dt.timedelta(minutes=10)
MAD_TO_SIGMA = 1.4826
LEAST_SPREAD = 30.0  # minutes: where nearly all are alike, a small difference is none


class Seen(NamedTuple):
    """One volunteer's attendance in one shift as it is known today. Moments are local."""

    sign_up: int
    person: int
    shift: int
    activity: int
    host: int
    in_at: dt.datetime
    out_at: dt.datetime
    minutes: int
    method: str
    device: str = ""
    in_by: int | None = None
    place: tuple[float, float] | None = None
    confirmed_by: int | None = None
    confirmed_at: dt.datetime | None = None
    entered_by: int | None = None  # who proposed the back-fill
    entered_at: dt.datetime | None = None

    @property
    def is_by_hand(self) -> bool:
        return self.entered_by is not None or self.method not in MEASURED


class Event(NamedTuple):
    """What an activity left behind besides its volunteers."""

    activity: int
    host: int
    guests: int = 0
    ratings: int = 0
    needs: int = 0


@dataclass(frozen=True)
class Finding:
    """`key` says what it is about, so that the same finding tomorrow is the same row."""

    kind: str
    key: str
    weight: int
    host: int
    lines: tuple[int, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    person: int | None = None
    other: int | None = None
    shift: int | None = None
    minutes: int = 0


def find(rows: Sequence[Seen], events: Iterable[Event] = ()) -> list[Finding]:
    """All findings, the weightiest first."""
    tests: tuple[Callable[[Sequence[Seen]], Iterator[Finding]], ...] = (
        same_phone,
        same_second,
        night_wave,
        many_hours,
        one_confirmer,
        never_seen,
        pairs,
        travel,
    )
    found = [finding for test in tests for finding in test(rows)]
    found += ghost_crowds(rows, events)
    return sorted(found, key=lambda finding: (-finding.weight, finding.key))


def robust_z(value: float, others: Sequence[float]) -> float:
    """How many spreads a value lies above the middle; spread by the median of distances, so that a few forgers do not hide themselves."""
    middle = median(others)
    spread = max(MAD_TO_SIGMA * median(abs(each - middle) for each in others), LEAST_SPREAD)
    return (value - middle) / spread


def same_phone(rows: Sequence[Seen]) -> Iterator[Finding]:
    """One phone opened the code at the door for many people."""
    for (shift, device), group in _groups(rows, lambda row: (row.shift, row.device)).items():
        if not device or len(burst := _densest(group, PHONE_WITHIN)) < PHONE_PEOPLE:
            continue
        spread = int((burst[-1].in_at - burst[0].in_at).total_seconds())
        yield _finding("same_phone", f"{shift}:{device}", 40 + 5 * min(len(burst), 11), burst, shift=shift, people=len(burst), seconds=spread)


def same_second(rows: Sequence[Seen]) -> Iterator[Finding]:
    """Everybody of a shift came in one second and left in one second. People walk through a door one after the other. A ticked list is no such thing."""
    for shift, group in _groups(rows, lambda row: row.shift).items():
        measured = [row for row in group if row.method in MEASURED or row.method == "correction"]
        if len(measured) < SECOND_PEOPLE:
            continue
        for (came, left), same in _groups(measured, lambda row: (row.in_at, row.out_at)).items():
            if len(same) >= SECOND_PEOPLE and len(same) >= SECOND_SHARE * len(measured):
                yield _finding(
                    "same_second",
                    f"{shift}",
                    60 + min(len(same), 25),
                    same,
                    shift=shift,
                    people=len(same),
                    came=f"{came:%H:%M:%S}",
                    left=f"{left:%H:%M:%S}",
                )


def night_wave(rows: Sequence[Seen]) -> Iterator[Finding]:
    """One account added many hours by hand in one night."""
    entered = [row for row in rows if row.entered_by and row.entered_at and (row.entered_at.hour >= NIGHT_FROM or row.entered_at.hour < NIGHT_TO)]
    for (who, host, night), group in _groups(entered, lambda row: (row.entered_by, row.host, _night(row.entered_at))).items():
        if len(group) >= NIGHT_WAVE:
            last = max(row.entered_at for row in group if row.entered_at)
            yield _finding(
                "night_wave",
                f"{who}:{host}:{night}",
                78 + min(len(group), 20),
                group,
                person=who,
                records=len(group),
                at=f"{last:%H:%M}",
                night=f"{night}",
            )


def many_hours(rows: Sequence[Seen]) -> Iterator[Finding]:
    """Far more hours in a week than others who serve."""
    weeks = {
        key: (sum(row.minutes for row in group), group)
        for key, group in _groups(rows, lambda row: (row.person, *row.in_at.isocalendar()[:2])).items()
    }
    usual = [float(total) for total, _group in weeks.values()]
    if len(usual) < 20:
        return
    middle = round(median(usual))
    for (person, year, week), (total, group) in weeks.items():
        if total >= WEEK_MINUTES and (z := robust_z(total, usual)) >= WEEK_Z:
            yield _finding(
                "many_hours",
                f"{person}:{year}-{week}",
                min(45 + round(6 * math.log2(z / WEEK_Z)), 80),
                group,
                person=person,
                minutes_week=total,
                usual=middle,
                times=round(total / max(middle, 1)),
            )


def one_confirmer(rows: Sequence[Seen]) -> Iterator[Finding]:
    """One person confirmed a huge sum within an hour, compared with what others confirm in a sitting."""
    sittings: dict[tuple[int, int, dt.datetime], list[Seen]] = defaultdict(list)
    for row in rows:
        if row.confirmed_by is not None and row.confirmed_at is not None:
            sittings[row.confirmed_by, row.host, row.confirmed_at.replace(minute=0, second=0, microsecond=0)].append(row)
    sums = {key: sum(row.minutes for row in group) for key, group in sittings.items()}
    if len(sums) < 20:
        return
    usual = [float(total) for total in sums.values()]
    for key, total in sums.items():
        if total >= SITTING_MINUTES and robust_z(total, usual) >= SITTING_Z:
            yield _finding(
                "one_confirmer",
                f"{key[0]}:{key[1]}:{key[2]:%Y%m%d%H}",
                40,
                sittings[key],
                person=key[0],
                sum_minutes=total,
                usual=round(median(usual)),
                records=len(sittings[key]),
            )


def never_seen(rows: Sequence[Seen]) -> Iterator[Finding]:
    """Serves again and again, and no door, no code, no scan has ever seen them."""
    for person, group in _groups(rows, lambda row: row.person).items():
        if len(group) >= NEVER_RECORDS and all(row.is_by_hand for row in group):
            yield _finding("never_seen", f"{person}", min(50 + 2 * len(group), 80), group, person=person, records=len(group))


def pairs(rows: Sequence[Seen]) -> Iterator[Finding]:
    """Two who write down each other's hours by hand, again and again."""
    hands: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    for row in rows:
        for hand in {row.entered_by, row.in_by if row.is_by_hand else None} - {None, row.person}:
            assert hand is not None
            hands[hand, row.person].append(row)
    for (one, two), group in hands.items():
        back = hands.get((two, one), [])
        if one < two and len(group) >= PAIR_EACH and len(back) >= PAIR_EACH:
            yield _finding(
                "pair",
                f"{one}:{two}",
                min(60 + 2 * (len(group) + len(back)), 88),
                group + back,
                person=one,
                other=two,
                records=len(group) + len(back),
            )


def travel(rows: Sequence[Seen]) -> Iterator[Finding]:
    """In two places at once, or from one to the other faster than any bus."""
    for person, group in _groups(rows, lambda row: row.person).items():
        ordered = sorted(group, key=lambda row: row.in_at)
        for one, two in pairwise(ordered):
            if one.activity == two.activity:
                continue
            gap = two.in_at - one.out_at
            km = distance_km(one.place, two.place)
            overlaps = -gap > SLACK
            too_fast = km is not None and km >= FAR_KM and gap + SLACK < dt.timedelta(hours=km / WALK_KMH)
            if overlaps or too_fast:
                facts: dict[str, Any] = {"gap": int(gap.total_seconds() // 60), "km": round(km, 1) if km is not None else None}
                yield _finding("travel", f"{one.sign_up}:{two.sign_up}", 82 if overlaps else 66, [one, two], person=person, **facts)


def ghost_crowds(rows: Sequence[Seen], events: Iterable[Event]) -> Iterator[Finding]:
    """Fifty volunteers and more, nobody served, nobody who rated it, no need behind it."""
    crowds = _groups(rows, lambda row: row.activity)
    for event in events:
        group = crowds.get(event.activity, [])
        if len(group) >= CROWD and not (event.guests or event.ratings or event.needs):
            yield _finding("ghost_crowd", f"{event.activity}", min(80 + len(group) // 20, 95), group, shift=group[0].shift, people=len(group))


def distance_km(one: tuple[float, float] | None, two: tuple[float, float] | None) -> float | None:
    """Along the great circle, None where a place is not known."""
    if one is None or two is None:
        return None
    (a, b), (c, d) = (map(math.radians, one), map(math.radians, two))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(h))


def _finding(
    kind: str,
    key: str,
    weight: int,
    group: Sequence[Seen],
    *,
    person: int | None = None,
    other: int | None = None,
    shift: int | None = None,
    **facts: Any,
) -> Finding:
    lines = tuple(sorted({row.sign_up for row in group}))
    minutes = sum({row.sign_up: row.minutes for row in group}.values())
    return Finding(kind, f"{kind}:{key}", min(weight, 99), group[0].host, lines, facts, person, other, shift, minutes)


def _groups(rows: Iterable[Seen], by: Callable[[Seen], Any]) -> dict[Any, list[Seen]]:
    groups: dict[Any, list[Seen]] = defaultdict(list)
    for row in rows:
        groups[by(row)].append(row)
    return groups


def _densest(group: Sequence[Seen], within: dt.timedelta) -> list[Seen]:
    """The longest run of arrivals that fits in the span."""
    ordered, best, start = sorted(group, key=lambda row: row.in_at), (0, 0), 0
    for end in range(len(ordered)):
        while ordered[end].in_at - ordered[start].in_at > within:
            start += 1
        best = max(best, (end + 1 - start, -start))
    return ordered[-best[1] : -best[1] + best[0]]


def _night(moment: dt.datetime | None) -> dt.date:
    """The evening a night belongs to."""
    assert moment is not None
    return (moment - dt.timedelta(hours=NIGHT_TO)).date()
