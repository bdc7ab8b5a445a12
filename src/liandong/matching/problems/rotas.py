"""Between the rows of a rota and the solver of turns: dates of a rhythm, what is fixed, who could, what is fair."""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from liandong.activities.models import Activity
from liandong.core import clock
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.solver import rotation
from liandong.matching.solver.rotation import Host, Load, Rotation

MOST_DATES = 60
LAST = 5


def dates_of(*, rhythm: str, nth: int, weekday: int, every_weeks: int, from_date: dt.date, to_date: dt.date) -> list[dt.date]:
    """The dates a rhythm gives in [from, to]; none for dates written down by hand."""
    if rhythm == Rota.Rhythm.MONTHLY:
        return [day for day in _nth_weekdays(nth, weekday, from_date, to_date) if from_date <= day <= to_date][: MOST_DATES + 1]
    if rhythm == Rota.Rhythm.WEEKS:
        first = from_date + dt.timedelta(days=(weekday - from_date.weekday()) % 7)
        count = max(0, (to_date - first).days // (7 * every_weeks) + 1)
        return [first + dt.timedelta(weeks=every_weeks * number) for number in range(min(count, MOST_DATES + 1))]
    return []


def _nth_weekdays(nth: int, weekday: int, from_date: dt.date, to_date: dt.date) -> Iterator[dt.date]:
    year, month = from_date.year, from_date.month
    while (year, month) <= (to_date.year, to_date.month):
        days = [day for day in range(1, calendar.monthrange(year, month)[1] + 1) if dt.date(year, month, day).weekday() == weekday]
        yield dt.date(year, month, days[-1 if nth == LAST else nth - 1])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


@dataclass
class Circle:
    """A rota with its hosts and turns, read once."""

    rota: Rota
    hosts: list[RotaHost]
    turns: list[Turn]
    today: dt.date = field(default_factory=clock.today)

    def by_key(self) -> dict[str, RotaHost]:
        return {host.key: host for host in self.hosts}

    @property
    def in_force(self) -> list[RotaHost]:
        return [host for host in self.hosts if not host.has_ended]

    def is_fixed(self, turn: Turn) -> bool:
        """Past, held, agreed, or with an activity that stands: no calculation moves it."""
        if turn.host_id is None:
            return False
        return turn.state in (Turn.State.HELD, Turn.State.AGREED) or turn.turn_date < self.today or is_made(turn)

    @property
    def counted(self) -> list[Turn]:
        """The turns that are shared out: not those that were missed, nor those of the past that nobody took."""
        return [turn for turn in self.turns if turn.state != Turn.State.MISSED and (turn.host_id is not None or turn.turn_date >= self.today)]

    @property
    def open_turns(self) -> list[Turn]:
        """Dates to come without a host."""
        return [turn for turn in self.counted if turn.host_id is None]

    def shares(self) -> dict[str, Fraction]:
        """Each date is shared by size among those who take part that day, paused or not; what is owed from before moves between hosts and leaves the sum."""
        dates = [turn.turn_date for turn in self.counted]
        earned = dict.fromkeys(self.by_key(), Fraction(0))
        for day in dates:
            present = [host for host in self.hosts if host.is_in(day)] or self.hosts
            size = sum(host.size for host in present)
            for host in present:
                earned[host.key] += Fraction(host.size, size)
        owed = sum((host.owed for host in self.hosts), Fraction(0))
        left = 1 - Fraction(owed, len(dates)) if dates else Fraction(0)
        return {host.key: earned[host.key] * left + host.owed for host in self.hosts}

    def solver_hosts(self) -> list[Host]:
        """As the solver takes them: what a share differs from that of its size over the whole stretch stands in `owed`."""
        shares, days = self.shares(), [turn.turn_date for turn in self.counted]
        size = sum(host.size for host in self.hosts)
        return [
            Host(
                host.key, host.size, frozenset(day for day in days if not host.can_on(day)), shares[host.key] - Fraction(host.size, size) * len(days)
            )
            for host in self.hosts
        ]  # fmt: skip

    def now(self) -> Rotation:
        """The turns as they stand."""
        keys = {host.pk: host.key for host in self.hosts}
        turns = {turn.turn_date: keys[turn.host_id] for turn in self.counted if turn.host_id is not None}
        return Rotation(tuple(sorted(turn.turn_date for turn in self.counted)), tuple(self.solver_hosts()), turns)

    def best(self, *, anew: bool = False) -> Rotation:
        """The fairest turns: what is fixed stays, and unless `anew` as few others as possible change."""
        standing = self.now()
        fixed = {turn.turn_date: standing.turns[turn.turn_date] for turn in self.counted if self.is_fixed(turn)}
        previous = None if anew or not standing.turns else standing.turns
        return rotation.rotate(standing.hosts, standing.dates, fixed=fixed, previous=previous)

    def changes(self, plan: Rotation) -> list[tuple[Turn, RotaHost | None]]:
        """Turns whose host the plan changes, with the new one."""
        hosts = self.by_key()
        found = []
        for turn in self.counted:
            new = hosts.get(plan.turns.get(turn.turn_date, ""))
            if (new.pk if new else None) != turn.host_id:
                found.append((turn, new))
        return found

    def loads(self) -> dict[int, Load]:
        return {int(load.host): load for load in self.now().loads}

    def could(self, day: dt.date) -> list[RotaHost]:
        """Those who can on this day, furthest behind first."""
        loads = self.loads()
        return sorted((host for host in self.in_force if host.can_on(day)), key=lambda host: (-loads[host.pk].owed, host.pk))


def changes_if(host: RotaHost, *, size: int, blocked_dates: Iterable[dt.date]) -> list[tuple[Turn, RotaHost | None]]:
    """Dates that would change hands, with the new host, if this host had that weight and could not on those dates. Nothing is written."""
    circle = circle_of(host.rota)
    one = circle.by_key()[host.key]
    one.size, one.blocked_dates = size, [day.isoformat() for day in blocked_dates]
    return circle.changes(circle.best()) if circle.counted else []


def is_made(turn: Turn) -> bool:
    """There is an activity for it that was not called off."""
    return turn.activity is not None and turn.activity.state != Activity.State.CANCELLED


def circle_of(rota: Rota) -> Circle:
    hosts = list(rota.hosts.select_related("organization__territory", "contact").order_by("pk"))
    turns = list(rota.turns.select_related("activity").order_by("turn_date"))
    known = {host.pk: host for host in hosts}
    for host in hosts:
        host.rota = rota
    for turn in turns:
        turn.rota = rota
        if turn.host_id is not None:
            turn.host = known[turn.host_id]
    return Circle(rota, hosts, turns)
