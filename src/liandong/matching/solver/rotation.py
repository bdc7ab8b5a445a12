"""Hosts take turns: how often by size, when as evenly spread as the calendar allows.

How often: each host's share of the dates is its size over all sizes, plus what it is owed from before; whole numbers by largest remainder (ties by key).
When: the k-th of a host's c turns would ideally fall at (k - 1/2) / c of the way through the dates. Dates against turns is an assignment problem, which is solved exactly (its
relaxation has whole corners), with costs in three layers whose sums cannot reach each other: a date nobody can take; a turn beyond the share (the j-th costs j); then dates that
change hands, when an earlier plan is given; then the distance to the ideal place, in half steps. So no other plan is better in the first layer that differs.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from scipy.optimize import linear_sum_assignment


class NoTurn(ValueError):
    """`code` says what does not fit, `values` what it speaks of."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values
        super().__init__(f"{code} {values}" if values else code)


@dataclass(frozen=True, slots=True)
class Host:
    """`size`: any whole measure of how much a host can carry. `blocked`: dates it cannot take. `owed`: turns it is short of (positive) or ahead of from before."""

    key: str
    size: int = 1
    blocked: frozenset[dt.date] = frozenset()
    owed: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Load:
    """`share` is exact, `turns` what the plan gives, `owed` what goes into the next year; gaps in days between a host's turns."""

    host: str
    share: Fraction
    turns: int
    owed: Fraction
    shortest_gap: int | None
    longest_gap: int | None


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who hosts when; dates nobody can take have no host."""

    dates: tuple[dt.date, ...]
    hosts: tuple[Host, ...]
    turns: Mapping[dt.date, str] = field(default_factory=dict)

    @property
    def open(self) -> tuple[dt.date, ...]:
        return tuple(date for date in self.dates if date not in self.turns)

    @property
    def loads(self) -> tuple[Load, ...]:
        shares = shares_of(self.hosts, len(self.dates))
        own: dict[str, list[dt.date]] = defaultdict(list)
        for date in self.dates:
            if date in self.turns:
                own[self.turns[date]].append(date)
        found = []
        for host in self.hosts:
            gaps = [(later - earlier).days for earlier, later in zip(own[host.key], own[host.key][1:], strict=False)]
            count = len(own[host.key])
            found.append(Load(host.key, shares[host.key], count, shares[host.key] - count, min(gaps, default=None), max(gaps, default=None)))
        return tuple(found)


def shares_of(hosts: Iterable[Host], dates: int) -> dict[str, Fraction]:
    """Exact shares; what is owed shifts between hosts and never changes the sum."""
    hosts = list(hosts)
    size, owed = sum(host.size for host in hosts), sum((host.owed for host in hosts), Fraction(0))
    return {host.key: Fraction(host.size, size) * (dates - owed) + host.owed for host in hosts}


def counts_of(hosts: Iterable[Host], dates: int) -> dict[str, int]:
    """Whole turns that sum to `dates`: largest remainder; nobody under 0."""
    shares = shares_of(hosts, dates)
    counts = {key: max(0, share.numerator // share.denominator) for key, share in shares.items()}
    order = sorted(shares, key=lambda key: (counts[key] - shares[key], key))
    for at in range(dates - sum(counts.values())):
        counts[order[at % len(order)]] += 1
    while sum(counts.values()) > dates:  # only where somebody was far ahead and stands at 0
        most = max((key for key in counts if counts[key]), key=lambda key: (counts[key] - shares[key], key))
        counts[most] -= 1
    return counts


def rotate(
    hosts: Iterable[Host], dates: Iterable[dt.date], *, fixed: Mapping[dt.date, str] | None = None, previous: Mapping[dt.date, str] | None = None
) -> Rotation:
    """The fairest turns. `fixed` turns stay (they are past, or agreed); with `previous` as few dates as possible change hands."""
    hosts, days = tuple(hosts), tuple(sorted(dates))
    fixed = dict(fixed or {})
    refuse(hosts, days, fixed)
    counts = counts_of(hosts, len(days))
    total = len(days)
    free = [number for number, day in enumerate(days) if day not in fixed]
    if not free:
        return Rotation(days, hosts, fixed)
    # Layers: distances stay below total * 2 * total; a change costs more than all of them; and so on.
    change = 2 * total * total + 1
    beyond = change * (total + 1)
    nobody = beyond * (total + 2) * (total + 1)
    columns: list[np.ndarray] = []
    owner: list[str | None] = []
    held = Counter(fixed.values())
    for host in hosts:
        barred = np.array([days[number] in host.blocked for number in free])
        moved = np.array([previous is not None and previous.get(days[number]) != host.key for number in free]) * change
        ideals = ideal_places(total, counts[host.key], [number for number, day in enumerate(days) if fixed.get(day) == host.key], first=free[0])
        room = len(free)
        for turn in range(room):
            if turn < len(ideals):
                cost = np.array([abs(2 * number + 1 - ideals[turn]) for number in free], dtype=float)
            else:
                cost = np.full(len(free), float(total)) + beyond * (held[host.key] + turn + 1 - counts[host.key])
            columns.append(np.where(barred, 2.0 * nobody * (total + 1), cost + moved))
            owner.append(host.key)
    for _ in free:
        columns.append(np.full(len(free), float(nobody)))
        owner.append(None)
    rows, taken = linear_sum_assignment(np.column_stack(columns))
    turns = dict(fixed)
    for row, column in zip(rows, taken, strict=True):
        if (key := owner[column]) is not None:
            turns[days[free[row]]] = key
    return Rotation(days, hosts, dict(sorted(turns.items())))


def ideal_places(total: int, count: int, held: list[int], *, first: int = 0) -> list[int]:
    """Where the turns that are still to be given should fall, in half steps (0 to 2 * total): even places.

    After turns before the first free date, the rest is spread evenly from the last of them to the end, as it would be had they been on their places. Of turns fixed later, each stands
    for the place nearest to it.
    """
    past = [number for number in held if number < first]
    left, last, end = count - len(past), 2 * max(past, default=0) + 1, 2 * total
    if past:
        ideals = [round(last + 2 * turn * (end - last) / (2 * left + 1)) for turn in range(1, left + 1)]
    else:
        ideals = [round((2 * turn + 1) * total / count) for turn in range(count)] if count else []
    for number in held:
        if number >= first and ideals:
            ideals.remove(min(ideals, key=lambda place: abs(place - (2 * number + 1))))
    return ideals


def refuse(hosts: tuple[Host, ...], days: tuple[dt.date, ...], fixed: Mapping[dt.date, str]) -> None:
    if not hosts:
        raise NoTurn("no_hosts")
    if not days:
        raise NoTurn("no_dates")
    keys = [host.key for host in hosts]
    if len(set(keys)) < len(keys):
        raise NoTurn("twice", host=next(key for key in keys if keys.count(key) > 1))
    if len(set(days)) < len(days):
        raise NoTurn("date_twice", date=next(day for day in days if days.count(day) > 1))
    for host in hosts:
        if host.size <= 0:
            raise NoTurn("no_size", host=host.key)
    for day, key in fixed.items():
        if day not in set(days) or key not in keys:
            raise NoTurn("unknown", date=day, host=key)


def swap(rotation: Rotation, one: dt.date, other: dt.date) -> Rotation:
    """Two hosts exchange their dates: nobody serves more or less."""
    for date in (one, other):
        if date not in rotation.turns:
            raise NoTurn("no_turn", date=date)
    hosts = {host.key: host for host in rotation.hosts}
    for date, key in ((one, rotation.turns[other]), (other, rotation.turns[one])):
        if date in hosts[key].blocked:
            raise NoTurn("blocked", date=date, host=key)
    turns = dict(rotation.turns)
    turns[one], turns[other] = turns[other], turns[one]
    return replace(rotation, turns=turns)


def pause(rotation: Rotation, host: str, start: dt.date, end: dt.date) -> Rotation:
    """`host` takes no turn in [start, end): others step in, the turns come back later in the year while dates remain, and what cannot come back is owed. What lies before
    `start` stays, and no more dates than needed change hands."""
    if host not in {one.key for one in rotation.hosts}:
        raise NoTurn("unknown", host=host)
    if end <= start:
        raise NoTurn("ends_before_start", start=start, end=end)
    away = frozenset(date for date in rotation.dates if start <= date < end)
    hosts = tuple(replace(one, blocked=one.blocked | away) if one.key == host else one for one in rotation.hosts)
    past = {date: key for date, key in rotation.turns.items() if date < start}
    return rotate(hosts, rotation.dates, fixed=past, previous=rotation.turns)
