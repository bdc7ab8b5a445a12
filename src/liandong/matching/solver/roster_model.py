"""The roster as a 0/1 programme: one column for each candidate pair, rows for the rules, one cost vector for each tier. docs/solver.md writes it down."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from math import gcd

import numpy as np
from scipy import sparse
from scipy.spatial import ConvexHull, QhullError

from liandong.matching.solver.candidates import Ground, Pairs
from liandong.matching.solver.check import mix_priority
from liandong.matching.solver.roster_types import Limit, Slot, load_cost

MERGED = 60  # shifts of one person, and sets of them, up to which what excludes one another is looked at as a whole


@dataclass
class Aim:
    """A tier as costs of columns: value = offset + cost . x, in steps of `unit`, never under `floor`. `parts`: two tiers asked as one question, (how often it counts, tier)."""

    name: str
    cost: np.ndarray
    offset: float = 0.0
    unit: float = 1.0
    floor: float = -np.inf
    parts: tuple[tuple[float, "Aim"], ...] = ()

    def value(self, values: Mapping[str, float]) -> float:
        return sum(times * part.value(values) for times, part in self.parts) if self.parts else values[self.name]


@dataclass
class Model:
    """min cost . x with lower <= matrix x <= upper, low <= x <= high; the first `pairs` columns are 0/1, the others follow from them."""

    pairs: int
    matrix: sparse.csr_matrix
    lower: np.ndarray
    upper: np.ndarray
    low: np.ndarray
    high: np.ndarray
    integer: np.ndarray
    person: np.ndarray  # of the pairs
    position: np.ndarray
    personal: np.ndarray  # rows about one person alone
    aims: list[Aim] = field(default_factory=list)

    @property
    def columns(self) -> int:
        return len(self.low)


class Rows:
    """Rows and columns while they are being written."""

    def __init__(self, columns: int) -> None:
        self.row: list[np.ndarray] = []
        self.column: list[np.ndarray] = []
        self.value: list[np.ndarray] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.low: list[float] = [0.0] * columns
        self.high: list[float] = [1.0] * columns

    def add_column(self, high: float, low: float = 0.0) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def add(self, columns: list[int] | np.ndarray, values: list[float] | np.ndarray, lower: float, upper: float) -> None:
        self.row.append(np.full(len(columns), len(self.lower)))
        self.column.append(np.asarray(columns))
        self.value.append(np.asarray(values, dtype=float))
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self) -> sparse.csr_matrix:
        shape = (len(self.lower), len(self.low))
        if not self.row:
            return sparse.csr_matrix(shape)
        made = sparse.csr_matrix((np.concatenate(self.value), (np.concatenate(self.row), np.concatenate(self.column))), shape=shape)
        made.sum_duplicates()
        return made


def build(ground: Ground, pairs: Pairs, previous: frozenset[Slot] | None = None) -> Model:
    problem = ground.problem
    count = len(pairs)
    rows = Rows(count)
    low = np.zeros(count)
    low[pairs.locked] = 1.0
    minutes = ground.minutes[pairs.shift]
    levels = sorted(set(ground.priority.tolist()))
    cover: dict[int, list[tuple[int, float]]] = {level: [] for level in levels}
    fill: list[int] = []

    # Demands: heads + missing - beyond = minimum
    edges = np.searchsorted(pairs.position, np.arange(ground.positions + 1))
    for position in range(ground.positions):
        columns = np.arange(edges[position], edges[position + 1])
        least, most = int(ground.minimum[position]), int(ground.most[position])
        if not least and not len(columns):
            continue
        own, signs = columns.tolist(), [1.0] * len(columns)
        if least:
            lacking = rows.add_column(least)
            cover[int(ground.priority[position])].append((lacking, 1.0))
            own.append(lacking)
            signs.append(1.0)
        if most > least:
            beyond = rows.add_column(most - least)
            own.append(beyond)
            signs.append(-1.0)
            fill.append(beyond)
        rows.add(own, signs, least, least)

    of_shift = members(pairs.shift)
    for number, shift in enumerate(problem.shifts):
        if not (shift.mix or shift.supervision or shift.newcomers_per_experienced is not None):
            continue
        columns = of_shift.get(number, np.zeros(0, dtype=np.int64))
        people = [problem.people[person] for person in pairs.person[columns]]
        for mix in shift.mix:
            if mix.heads:
                lacking = rows.add_column(mix.heads)
                cover[mix_priority(shift)].append((lacking, 1.0))
                holders = [int(column) for column, person in zip(columns, people, strict=True) if mix.qualification in person.qualifications]
                rows.add([*holders, lacking], [1.0] * (len(holders) + 1), mix.heads, np.inf)
        for rule in shift.supervision:
            rows.add(columns, [-rule.per if rule.qualification in person.qualifications else 1.0 for person in people], -np.inf, 0)
        if (each := shift.newcomers_per_experienced) is not None:
            rows.add(columns, [float(person.newcomer) - each * float(person.experienced) for person in people], -np.inf, 0)

    aims = [Aim(f"cover:{level}", np.zeros(0), floor=0.0) for level in levels]
    base = np.zeros(count)
    excess: list[tuple[int, float]] = []
    of_person = members(pairs.person)
    personal_from = len(rows.lower)
    for number, columns in of_person.items():
        person = problem.people[number]
        ordered = columns[np.argsort(ground.starts[pairs.shift[columns]], kind="stable")]
        sets = cliques(ground, pairs, ordered, int(ground.rest[number]))
        cap = sum(largest for _, largest in sets)
        for clique in exclusive(ground, pairs, ordered, int(ground.rest[number]), person.limits) or [clique for clique, _ in sets]:
            if len(clique) > 1:
                rows.add(clique, [1.0] * len(clique), -np.inf, 1)
        several = cap > int(ground.turns[pairs.shift[ordered]].max())
        for limit in person.limits:
            inside = ordered[(ground.starts[pairs.shift[ordered]] >= limit.start) & (ground.starts[pairs.shift[ordered]] < limit.end)]
            weights = minutes[inside]
            if weights.sum() > limit.minutes:
                kinds, kind = np.unique(weights, return_inverse=True)
                for values, most in knapsack(tuple(kinds.tolist()), tuple(np.bincount(kind).tolist()), limit.minutes):
                    used = np.array(values)[kind]
                    rows.add(inside[used > 0], used[used > 0], -np.inf, most)
                fitting = int((np.cumsum(np.sort(weights)) <= limit.minutes).sum())  # so many at most, were they the shortest
                if len(inside) == len(ordered):
                    cap = min(cap, most_turns(weights, ground.turns[pairs.shift[inside]], limit.minutes))
                    cap = min(cap, int(np.sort(ground.turns[pairs.shift[inside]])[::-1][:fitting].sum()))
        past = int(ground.past[number])
        # What each shift would cost alone; `excess` is what several together cost beyond that.
        lengths = ground.turns[pairs.shift[ordered]].tolist()
        costs = [load_cost(past + length) - load_cost(past) for length in lengths]
        base[ordered] = costs
        if several and max(lengths) == 1:  # the second turn costs 1 more than alone, the third 2, ...
            parts = [rows.add_column(1.0) for _ in range(cap - 1)]
            rows.add([*ordered, *parts], [*([1.0] * len(ordered)), *([-1.0] * (cap - 1))], -np.inf, 1)
            excess += [(part, float(turn + 1)) for turn, part in enumerate(parts)]
        elif several:
            parts = [rows.add_column(1.0) for _ in range(cap)]
            over = rows.add_column(float(load_cost(past + cap)))
            rows.add([*ordered, *parts], [*(float(length) for length in lengths), *([-1.0] * cap)], 0, 0)
            rows.add(
                [*parts, *ordered, over], [*(float(past + turn + 1) for turn in range(cap)), *(-float(cost) for cost in costs), -1.0], -np.inf, 0
            )
            excess.append((over, 1.0))

    personal_to = len(rows.lower)
    for one, other in {tuple(sorted(pair)) for pair in problem.apart}:
        first, second = (of_person.get(ground.person_at[key], np.zeros(0, dtype=np.int64)) for key in (one, other))
        for shift_number in np.intersect1d(pairs.shift[first], pairs.shift[second]):
            both = np.concatenate([first[pairs.shift[first] == shift_number], second[pairs.shift[second] == shift_number]])
            rows.add(both, [1.0] * len(both), -np.inf, 1)

    wishes = -pairs.wish.astype(float)
    together = write_teams(ground, pairs, of_person, rows, wishes)

    total = len(rows.low)
    for aim, level in zip(aims, levels, strict=True):
        aim.cost = spread(total, cover[level])
    if problem.fill:
        room = float((ground.most - ground.minimum).sum())
        aims.append(Aim("fill", spread(total, [(column, -1.0) for column in fill]), offset=room, floor=0.0))
    if previous is not None:
        kept = np.array(
            [ground.slot(person, position) in previous for person, position in zip(pairs.person, pairs.position, strict=True)], dtype=bool
        )
        aims.append(Aim("changes", widened(np.where(kept, -1.0, 1.0), total), offset=float(len(previous)), floor=float(len(previous) - kept.sum())))
    aims.append(Aim("load", spread(total, excess, base), floor=0.0))
    aims.append(Aim("wishes", spread(total, together, wishes), floor=float(-pairs.wish.sum())))
    aims.append(Aim("travel", widened(np.round(10 * pairs.km), total), floor=0.0))

    matrix = rows.matrix()
    lows = np.array(rows.low)
    lows[:count] = low
    personal = np.zeros(len(rows.lower), dtype=bool)
    personal[personal_from:personal_to] = True
    integer = np.zeros(total, dtype=bool)
    integer[:count] = True
    return Model(
        count, matrix, np.array(rows.lower), np.array(rows.upper), lows, np.array(rows.high), integer, pairs.person, pairs.position, personal, aims
    )


def write_teams(ground: Ground, pairs: Pairs, of_person: dict[int, np.ndarray], rows: Rows, wishes: np.ndarray) -> list[tuple[int, float]]:
    """`some` is 1 where anybody of the team serves; the cost is all who could be there minus all who are."""
    teams: dict[str, list[int]] = defaultdict(list)
    for number, person in enumerate(ground.problem.people):
        if person.team and number in of_person:
            teams[person.team].append(number)
    costs: list[tuple[int, float]] = []
    for people in teams.values():
        if len(people) < 2:
            continue
        at_shift: dict[int, list[np.ndarray]] = defaultdict(list)
        for number in people:
            for shift, own in members(pairs.shift[of_person[number]]).items():
                at_shift[shift].append(of_person[number][own])
        for groups in at_shift.values():
            if len(groups) < 2:
                continue
            some = rows.add_column(1.0)
            costs.append((some, float(len(groups))))
            for own in groups:
                rows.add([*own, some], [*([1.0] * len(own)), -1.0], -np.inf, 0)
                wishes[own] -= 1.0
    return costs


def members(labels: np.ndarray) -> dict[int, np.ndarray]:
    """Label -> the places where it stands."""
    if not len(labels):
        return {}
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    edges = np.flatnonzero(np.diff(ordered)) + 1
    return {int(ordered[part_start]): part for part_start, part in zip([0, *edges], np.split(order, edges), strict=True)}


def cliques(ground: Ground, pairs: Pairs, ordered: np.ndarray, rest: int) -> list[tuple[list[int], int]]:
    """Largest sets of one person's shifts of which only one can be served (intervals with the rest behind them: at most one set for each start). The number beside a set is
    the most turns it adds; summed they are never under what the person could serve."""
    starts = ground.starts[pairs.shift[ordered]].tolist()
    ends = (ground.ends[pairs.shift[ordered]] + rest).tolist()
    found: list[tuple[list[int], int]] = []
    lengths = ground.turns[pairs.shift[ordered]].tolist()
    active: list[int] = []
    grown = False
    stabbed = -1
    for number, start in enumerate(starts):
        if any(ends[other] <= start for other in active):
            if grown:
                found.append((active.copy(), 0))
                grown = False
            active = [other for other in active if ends[other] > start]
        active.append(number)
        grown = True
    if active and grown:
        found.append((active.copy(), 0))
    # A cover by disjoint cliques: take each clique's members that no earlier one holds.
    made: list[tuple[list[int], int]] = []
    for clique, _ in found:
        fresh = [number for number in clique if number > stabbed]
        stabbed = max(stabbed, *clique)
        made.append(([int(ordered[number]) for number in clique], max((lengths[number] for number in fresh), default=0)))
    return made


def exclusive(ground: Ground, pairs: Pairs, ordered: np.ndarray, rest: int, limits: Iterable[Limit]) -> list[list[int]]:
    """Largest sets of one person's pairs of which any two exclude one another, by time and rest or because both together are beyond a limit: with both reasons in one row the
    relaxation is much closer (Bron & Kerbosch 1973, with pivots). Empty where no limit excludes two shifts, or where there would be too many sets: then `cliques` is enough."""
    shifts = np.unique(pairs.shift[ordered])
    starts, minutes = ground.starts[shifts], ground.minutes[shifts]
    beyond = np.zeros((len(shifts), len(shifts)), dtype=bool)
    for limit in limits:
        inside = (starts >= limit.start) & (starts < limit.end)
        beyond |= inside[:, None] & inside & (minutes[:, None] + minutes > limit.minutes)
    if len(shifts) > MERGED or not np.triu(beyond, 1).any():
        return []
    until = ground.ends[shifts] + rest
    beside = beyond | (starts[:, None] < until) & (starts < until[:, None])
    np.fill_diagonal(beside, False)
    around = [sum(1 << int(other) for other in np.flatnonzero(row)) for row in beside]
    found: list[int] = []

    def grow(chosen: int, open_: int, done: int) -> None:
        if not open_ and not done:
            found.append(chosen)
        if not open_ or len(found) > MERGED:
            return
        pivot = max(bits(open_ | done), key=lambda one: (around[one] & open_).bit_count())
        for one in bits(open_ & ~around[pivot]):
            grow(chosen | 1 << one, open_ & around[one], done & around[one])
            open_, done = open_ & ~(1 << one), done | 1 << one

    grow(0, (1 << len(shifts)) - 1, 0)
    if len(found) > MERGED:
        return []
    of_shift = members(pairs.shift[ordered])
    return [[int(column) for one in bits(group) for column in ordered[of_shift[int(shifts[one])]]] for group in found]


def bits(number: int) -> Iterator[int]:
    """Which bits are set."""
    while number:
        yield (number & -number).bit_length() - 1
        number &= number - 1


@lru_cache(maxsize=20_000)
def knapsack(kinds: tuple[int, ...], counts: tuple[int, ...], limit: int) -> list[tuple[tuple[int, ...], int]]:
    """Rows (a value for each length of shift, most) that hold exactly what fits into a limit of minutes. With up to four lengths: the facets of the hull of all whole
    combinations, so that the relaxation cannot mix halves of shifts; else the limit itself. Each facet is made whole and checked against every combination."""
    shared = reduce(gcd, kinds)
    plain = [(tuple(kind // shared for kind in kinds), limit // shared)]
    tops = [min(count, limit // kind) for kind, count in zip(kinds, counts, strict=True)]
    if len(kinds) == 1 or len(kinds) > 4 or np.prod([top + 1 for top in tops]) > 5_000 or min(tops) < 1:
        return plain
    grid = np.stack(np.meshgrid(*(np.arange(top + 1) for top in tops), indexing="ij"), axis=-1).reshape(-1, len(kinds))
    points = grid[grid @ np.array(kinds) <= limit]
    try:
        hull = ConvexHull(points)
    except QhullError:
        return plain
    found: set[tuple[tuple[int, ...], int]] = set()
    for *normal, offset in np.unique(np.round(hull.equations, 9), axis=0):
        values = np.array(normal)
        if values.max() <= 1e-7:
            continue  # not below 0: known already
        values = values / np.abs(values[np.abs(values) > 1e-7]).min()
        scale = next((scale for scale in range(1, 121) if np.abs(values * scale - np.round(values * scale)).max() < 1e-6), 0)
        whole = np.round(values * scale).astype(int)
        if not scale or whole.min() < 0 or abs(-offset) < 1e-9:
            return plain
        most = int((points @ whole).max())
        if most < int(whole @ np.array(counts)):
            found.add((tuple(whole.tolist()), most))
    outside = grid[grid @ np.array(kinds) > limit]
    cut = np.zeros(len(outside), dtype=bool)
    for row, most in found:
        cut |= outside @ np.array(row) > most
    return sorted(found) if cut.all() else [*sorted(found), *plain]


def most_turns(minutes: np.ndarray, turns: np.ndarray, limit: int) -> int:
    """The most turns that fit into a limit, shortest minutes for a turn first; never too few."""
    best = (turns / minutes).max()
    return int(min(turns.sum(), np.floor(limit * best + 1e-9)))


def spread(total: int, entries: list[tuple[int, float]], first: np.ndarray | None = None) -> np.ndarray:
    cost = np.zeros(total)
    if first is not None:
        cost[: len(first)] = first
    for column, value in entries:
        cost[column] += value
    return cost


def widened(first: np.ndarray, total: int) -> np.ndarray:
    return np.concatenate([first, np.zeros(total - len(first))])
