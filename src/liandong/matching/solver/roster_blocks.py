"""Rosters of a whole city: territories one by one, joined across their borders by prices.

Rows are either personal (one place at a time, limits, load) or belong to a shift (heads, mix, supervision, teams, apart). A territory holds the shift rows of its shifts and all
rows of the people who could serve there; what those people could do elsewhere stays in it as columns at their cost minus the price of the place elsewhere. So at the right prices
every territory agrees with the whole.

1. Prices: each territory's relaxation in turn, with the latest prices of the others; a few rounds.
2. Bound: at any prices of the shift rows, the best for each person alone (relaxations of personal rows, some thousand people at a time) gives prices for all rows, and weak duality
   over all pairs turns them into a bound. This is the Lagrangean bound; no territory, no pruning and no solver has to be trusted for it.
3. Roster: each territory in turn decides its own lines for good, people's work elsewhere being fixed where it is decided and priced where it is not; then once more with other borders
   and everything else fixed, which can only improve it.

Territories need nothing from each other but prices and lines, so they can be jobs on several machines; time grows as their number.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from liandong.matching.solver.candidates import Ground, Pairs
from liandong.matching.solver.programme import Programme, Relaxed
from liandong.matching.solver.roster_model import Model

BLOCK = 120_000  # pairs of one territory: the larger, the less lies on borders
PEOPLE = 4_000  # of one relaxation for the bound
ROUNDS = 3
CLOSE = 0.002  # a territory is searched wider while it is further than this from its own relaxation


@dataclass
class Part:
    """Some rows with all their columns, in the order of the whole; `programme` may be narrowed at will."""

    rows: np.ndarray
    columns: np.ndarray
    programme: Programme
    pairs: int
    person: np.ndarray
    position: np.ndarray


class City:
    def __init__(self, ground: Ground, pairs: Pairs, model: Model, cost: np.ndarray, until: float, cancelled: Callable[[], bool] | None) -> None:
        self.ground, self.pairs, self.model, self.cost = ground, pairs, model, cost
        self.until, self.cancelled = until, cancelled
        matrix = model.matrix
        # The owner of a row: its person, or the shift of its first pair.
        first = np.full(matrix.shape[0], -1)
        filled = np.diff(matrix.indptr) > 0
        first[filled] = matrix.indices[matrix.indptr[:-1][filled]]
        with_pair = (first >= 0) & (first < model.pairs)
        self.personal = model.personal
        self.row_person = np.where(self.personal & with_pair, pairs.person[np.clip(first, 0, model.pairs - 1)], -1)
        self.row_shift = np.where(~self.personal & with_pair, pairs.shift[np.clip(first, 0, model.pairs - 1)], -1)
        self.row_shift[~self.personal & ~with_pair] = 0
        self.transposed = matrix.T.tocsr()
        self.prices = np.zeros(matrix.shape[0])

    def stopped(self) -> bool:
        return time.monotonic() >= self.until or (self.cancelled is not None and self.cancelled())

    def territories(self, size: int) -> list[np.ndarray]:
        """Shifts, halved along the longer side until a territory has at most `size` pairs."""
        ground = self.ground
        weight = np.bincount(self.pairs.shift, minlength=len(ground.starts))
        east = np.where(np.isnan(ground.shift_x), ground.starts, ground.shift_x)
        north = np.where(np.isnan(ground.shift_y), ground.starts, ground.shift_y)
        found: list[np.ndarray] = []
        waiting = [np.arange(len(weight))]
        while waiting:
            shifts = waiting.pop()
            if weight[shifts].sum() <= size or len(shifts) == 1:
                found.append(shifts)
                continue
            along = east if np.ptp(east[shifts]) >= np.ptp(north[shifts]) else north
            ordered = shifts[np.argsort(along[shifts], kind="stable")]
            middle = int(np.searchsorted(np.cumsum(weight[ordered]), weight[shifts].sum() / 2))
            middle = min(max(middle, 1), len(ordered) - 1)
            waiting += [ordered[:middle], ordered[middle:]]
        return found

    def part(self, shifts: np.ndarray) -> Part:
        """The shift rows of these shifts and all rows of whoever could serve there."""
        inside = np.zeros(len(self.ground.starts), dtype=bool)
        inside[shifts] = True
        here = np.zeros(self.ground.people, dtype=bool)
        here[self.pairs.person[inside[self.pairs.shift]]] = True
        rows = np.flatnonzero(((self.row_shift >= 0) & inside[self.row_shift]) | ((self.row_person >= 0) & here[self.row_person]))
        return self.cut(rows)

    def cut(self, rows: np.ndarray) -> Part:
        model = self.model
        some = model.matrix[rows]
        columns = np.unique(some.indices)
        seat = np.full(model.columns, -1)
        seat[columns] = np.arange(len(columns))
        matrix = sparse.csr_matrix((some.data, seat[some.indices], some.indptr), shape=(len(rows), len(columns)))
        programme = Programme(matrix, model.lower[rows], model.upper[rows], model.low[columns], model.high[columns], model.integer[columns])
        count = int((columns < model.pairs).sum())
        return Part(rows, columns, programme, count, model.person[columns[:count]], model.position[columns[:count]])

    def costs(self, part: Part) -> np.ndarray:
        """Columns of this part at their cost; of other territories at cost minus price."""
        abroad = np.where(self.row_shift >= 0, self.prices, 0.0)
        abroad[part.rows] = 0.0
        return self.cost[part.columns] - self.transposed[part.columns] @ abroad

    def settle_prices(self, rounds: int, offset: float) -> float:
        """Rounds of prices, as many as fit into half of the time; the best bound of them."""
        parts = self.territories(BLOCK)
        best, held = -np.inf, self.prices
        began = time.monotonic()
        for done in range(rounds):
            if done and (time.monotonic() - began) * (done + 1) / done > 0.5 * (self.until - began):
                break
            for shifts in parts:
                if self.stopped():
                    break
                part = self.part(shifts)
                relaxed = part.programme.relax(self.costs(part), until=self.until, cancelled=self.cancelled)
                if relaxed is not None and relaxed.optimal:
                    own = self.row_shift[part.rows] >= 0
                    self.prices[part.rows[own]] = relaxed.prices[own]
            bound = self.bound() + offset
            if bound > best:
                best, held = bound, self.prices.copy()
            if self.stopped():
                break
        self.prices = held
        return best

    def bound(self) -> float:
        """Weak duality over all pairs at the prices of the shift rows, people's own prices made the best for them."""
        prices = np.where(self.row_shift >= 0, self.prices, 0.0)
        reduced = self.cost - self.transposed @ prices
        people = np.unique(self.row_person[self.row_person >= 0])
        for start in range(0, len(people), PEOPLE):
            if self.stopped():
                return -np.inf
            group = np.zeros(self.ground.people, dtype=bool)
            group[people[start : start + PEOPLE]] = True
            part = self.cut(np.flatnonzero((self.row_person >= 0) & group[self.row_person]))
            relaxed = part.programme.relax(reduced[part.columns], until=self.until, cancelled=self.cancelled)
            if relaxed is not None:
                prices[part.rows] = relaxed.prices
        model = self.model
        whole = Programme(model.matrix, model.lower, model.upper, model.low, model.high, model.integer)
        return whole.priced(self.cost, prices)[0]

    def decide(self, chosen: np.ndarray, size: int, *, first: bool, narrow: Callable[..., None], start_at: float = 0.0) -> np.ndarray:
        """One pass over the territories. `first`: nothing is decided yet; otherwise all else stays as it is and a territory is kept unless it gets better."""
        decided = np.zeros(len(self.ground.starts), dtype=bool) if first else np.ones(len(self.ground.starts), dtype=bool)
        for shifts in self.territories(size):
            if self.stopped():
                break
            part = self.part(shifts)
            programme = part.programme
            pairs = part.columns[: part.pairs]
            inside = np.isin(self.pairs.shift[pairs], shifts)
            fixed = ~inside & decided[self.pairs.shift[pairs]]
            programme.low[: part.pairs][fixed] = programme.high[: part.pairs][fixed] = chosen[pairs[fixed]]
            programme.integer = programme.integer.copy()
            programme.integer[: part.pairs][~inside] = False
            cost = self.costs(part)
            relaxed = programme.relax(cost, until=self.until, cancelled=self.cancelled)
            start = None if first else chosen[pairs].astype(float)
            found = self.whole(part, relaxed, cost, start, narrow) if relaxed is not None else None
            if found is not None:
                chosen[pairs[inside]] = found[: part.pairs][inside] > 0.5
            decided[shifts] = True
        return chosen

    def whole(self, part: Part, relaxed: Relaxed, cost: np.ndarray, start: np.ndarray | None, narrow: Callable[..., None]) -> np.ndarray | None:
        best: np.ndarray | None = None
        for near, margin in ((True, 200.0), (False, 100.0)):
            held = part.programme.remember()
            narrow(part, part.programme, relaxed, margin, near=near)
            until = min(self.until, time.monotonic() + 20.0)
            found = part.programme.search(cost, start=start, until=until, unit=1e-6, cancelled=self.cancelled, relative=1e-4)
            part.programme.restore(held)
            if found.x is not None and (best is None or cost @ found.x < cost @ best):
                best = found.x
            if best is not None and cost @ best - relaxed.bound <= CLOSE * max(1.0, abs(relaxed.bound)):
                break
        if best is not None and start is not None:
            # A search that was narrowed may have lost the start; keep what is better.
            part.programme.low[: part.pairs], part.programme.high[: part.pairs] = start, start
            same = part.programme.relax(cost, until=self.until)
            if same is not None and same.optimal and same.value <= cost @ best + 1e-6:
                return None
        return best
