"""What a roster is asked with and answered in. Times are minutes on one clock (`minute`), distances kilometres, spans half open: [start, end)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import cos, hypot, radians
from zoneinfo import ZoneInfo

KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A point: kilometres on a plane, or with `earth` degrees of longitude (x) and latitude (y)."""

    x: float
    y: float
    earth: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `minutes` of the shifts that start inside [start, end). `name` is handed back in causes: "week", "month", "total"."""

    start: int
    end: int
    minutes: int
    name: str = "total"


@dataclass(frozen=True, slots=True)
class Person:
    """`windows` None: at any time. A wish or refusal is a shift's key, or (shift, position). `past_minutes` is what somebody has served before: it counts for fairness,
    never for a limit. `team`: whoever has the same word would like to serve the same shifts."""

    key: str
    skills: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    windows: tuple[Span, ...] | None = None
    place: Place | None = None
    reach_km: float | None = None
    wishes: frozenset[str | tuple[str, str]] = frozenset()
    refusals: frozenset[str | tuple[str, str]] = frozenset()
    limits: tuple[Limit, ...] = ()
    rest_minutes: int = 0
    past_minutes: int = 0
    newcomer: bool = False
    experienced: bool = False
    team: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """`minimum` heads are a demand, `maximum` (None: the minimum) a wall. Priority 1 is filled before 2. Whoever serves has all the skills and all the qualifications."""

    key: str
    minimum: int = 1
    maximum: int | None = None
    priority: int = 1
    skills: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()

    @property
    def most(self) -> int:
        return self.minimum if self.maximum is None else self.maximum


@dataclass(frozen=True, slots=True)
class Mix:
    """Among all heads of the shift at least `heads` hold `qualification`. A demand like a minimum: what is missing is reported."""

    qualification: str
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Supervision:
    """One holder of `qualification` for at most `per` heads without it. A wall: without supervisor nobody is placed."""

    qualification: str
    per: int


@dataclass(frozen=True, slots=True)
class Shift:
    """`newcomers_per_experienced`: at most so many newcomers for each experienced person; None: no rule."""

    key: str
    start: int
    end: int
    positions: tuple[Position, ...]
    place: Place | None = None
    mix: tuple[Mix, ...] = ()
    supervision: tuple[Supervision, ...] = ()
    newcomers_per_experienced: int | None = None

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One person at one position of one shift: a lock, or a line of an earlier plan."""

    person: str
    shift: str
    position: str


@dataclass(frozen=True, slots=True)
class Problem:
    """`apart`: pairs who do not serve the same shift. `locks` stay, even against availability, refusal and distance, never against the other rules.
    `load_step`: minutes of one turn; fairness counts in whole turns (None: the middle length of the shifts). `fill`: also beyond the minimum, up to the maximum."""

    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    apart: tuple[tuple[str, str], ...] = ()
    locks: tuple[Slot, ...] = ()
    load_step: int | None = None
    fill: bool = False

    @property
    def step(self) -> int:
        if self.load_step:
            return self.load_step
        lengths = sorted(shift.minutes for shift in self.shifts)
        return lengths[len(lengths) // 2] if lengths else 60


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` and `values`, so that a page says it in its own language. Codes: docs/solver.md."""

    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """Who serves where and when, and why; the strongest reason first."""

    person: str
    shift: str
    position: str
    reasons: tuple[Reason, ...] = ()

    @property
    def slot(self) -> Slot:
        return Slot(self.person, self.shift, self.position)


@dataclass(frozen=True, slots=True)
class Unmet:
    """`missing` heads of a demand; `position` is empty for a mix, which then names its `qualification`. `funnel` counts who is left after each sieve, in the order of
    docs/solver.md; `cause` is the sieve that binds; `blocked` says of those who can do the work why each does not come (at most 20)."""

    shift: str
    position: str
    missing: int
    minimum: int
    cause: Reason
    funnel: dict[str, int]
    blocked: tuple[tuple[str, Reason], ...] = ()
    qualification: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """One more person with these skills and qualifications, free and near, would fill `heads` more demands; at least that many unless `exact`."""

    skills: frozenset[str]
    qualifications: frozenset[str]
    heads: int
    shifts: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Tier:
    """One aim. Less is better. `bound`: no roster that is as good in the tiers before has less. `unit` is the smallest step the value can make."""

    name: str
    value: float
    bound: float
    unit: float = 1.0

    @property
    def proven(self) -> bool:
        return self.value - self.bound < self.unit * 0.999

    @property
    def gap(self) -> float:
        return 0.0 if self.proven else (self.value - self.bound) / max(abs(self.value), abs(self.bound), self.unit)


@dataclass(frozen=True, slots=True)
class Roster:
    """The answer. `tiers` in order of importance; `gap` is that of the first tier without proof, `bound` its bound. `blended`: the lower tiers were weighed together
    (large problems). `mended`: only the neighbourhood of what broke was decided again, so bounds are trivial and `pairs` 0. `loads`: minutes for everybody who serves. `changes`: lines dropped and added against the plan given."""

    lines: tuple[Line, ...]
    unmet: tuple[Unmet, ...] = ()
    tiers: tuple[Tier, ...] = ()
    helps: tuple[Help, ...] = ()
    loads: dict[str, int] = field(default_factory=dict)
    required: int = 0
    changes: int | None = None
    people_changed: tuple[str, ...] = ()
    seconds: float = 0.0
    pairs: int = 0
    blended: bool = False
    mended: bool = False
    finished: bool = True

    @property
    def covered(self) -> int:
        return self.required - sum(unmet.missing for unmet in self.unmet)

    @property
    def proven(self) -> bool:
        return self.finished and all(tier.proven for tier in self.tiers)

    @property
    def open_tier(self) -> Tier | None:
        return next((tier for tier in self.tiers if not tier.proven), None)

    @property
    def gap(self) -> float:
        return self.open_tier.gap if self.open_tier else 0.0

    @property
    def bound(self) -> float | None:
        tier = self.open_tier or (self.tiers[-1] if self.tiers else None)
        return tier.bound if tier else None

    def value(self, name: str) -> float | None:
        return next((tier.value for tier in self.tiers if tier.name == name), None)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot hold together: a code and the things it speaks of (docs/solver.md)."""

    code: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} ({', '.join(f'{name}: {value}' for name, value in self.values.items())})" if self.values else self.code


class Impossible(Exception):
    """The question contradicts itself; `conflicts` says how."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__("; ".join(str(conflict) for conflict in self.conflicts))


# From the calendar to minutes


def minute(moment: dt.datetime) -> int:
    """Minutes since 1970 in UTC, so that zones and clock changes cannot shift anything. A moment without zone is refused."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return int(moment.timestamp()) // 60


def limits_of(*, start: int, end: int, zone: str = "Asia/Shanghai", weekly: int | None = None, monthly: int | None = None) -> tuple[Limit, ...]:
    """Limits for every calendar week (from Monday) and month of `zone` that [start, end) touches."""
    home = ZoneInfo(zone)
    first = dt.datetime.fromtimestamp(start * 60, home).date()
    last = dt.datetime.fromtimestamp(max(start, end - 1) * 60, home).date()
    found: list[Limit] = []

    def at(day: dt.date) -> int:
        return minute(dt.datetime.combine(day, dt.time(), home))

    if weekly is not None:
        day = first - dt.timedelta(days=first.weekday())
        while day <= last:
            found.append(Limit(at(day), at(day + dt.timedelta(days=7)), weekly, "week"))
            day += dt.timedelta(days=7)
    if monthly is not None:
        day = first.replace(day=1)
        while day <= last:
            following = (day + dt.timedelta(days=32)).replace(day=1)
            found.append(Limit(at(day), at(following), monthly, "month"))
            day = following
    return tuple(found)


def distance_km(here: Place | None, there: Place | None) -> float:
    """Straight distance; 0 when either place is unknown. On the earth: flat between the two latitudes, good to 0.1 % inside a city."""
    if here is None or there is None:
        return 0.0
    if here.earth:
        across = (here.x - there.x) * cos(radians((here.y + there.y) / 2))
        return KM_PER_DEGREE * hypot(across, here.y - there.y)
    return hypot(here.x - there.x, here.y - there.y)


def merged(windows: Iterable[Span]) -> list[Span]:
    """The same time without overlaps and without seams: two windows that touch are one."""
    found: list[Span] = []
    for window in sorted(windows, key=lambda span: (span.start, span.end)):
        if window.end <= window.start:
            continue
        if found and window.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, window.end))
        else:
            found.append(window)
    return found


def turns(minutes: int, step: int) -> int:
    """A shift in whole steps of load: at least one, half a step rounds up."""
    return max(1, (2 * minutes + step) // (2 * step))


def load_cost(carried: int) -> int:
    """What carrying so many turns costs: the k-th costs k. Convex, so the same work costs least when it is spread evenly."""
    return carried * (carried + 1) // 2
