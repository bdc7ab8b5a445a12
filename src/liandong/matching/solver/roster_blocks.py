"""Rosters of a whole city: territories first, then joined across their borders.

Rows are either personal (one place at a time, limits, load) or belong to a shift (heads, mix, supervision, teams, apart).

`basis`: every person is at home in the territory where most of their pairs lie. Pairs across borders left out, the relaxation falls apart into territories, which are solved one by
one. Their bases put together are a basis of the whole, from which the dual simplex method needs few steps: every column has two finite ends, so the columns across borders are turned to
the end that their price asks for and the start is dual feasible. The result is the relaxation of the whole, exact, whatever the territories were; cut short, its prices still give
a bound.

`decide`: where the whole cannot be searched in time, territories decide their own lines one after the other, people's work elsewhere being fixed where it is decided and priced where
it is not; then once more with other borders and everything else fixed, which can only improve it.

Territories need nothing from each other but prices and lines, so they can be jobs on several machines; their time grows as their number.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from liandong.matching.solver.candidates import Ground, Pairs
from liandong.matching.solver.programme import Programme, Relaxed
from liandong.matching.solver.roster_model import Model

BLOCK = 30_000  # pairs of one territory
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

    def basis(self, size: int) -> highspy.HighsBasis | None:
        """A start for the relaxation of the whole, from those of the territories; None when there was no time for all of them."""
        model, ground = self.model, self.ground
        territories = self.territories(size)
        territory = np.zeros(len(ground.starts), dtype=np.int64)
        for number, shifts in enumerate(territories):
            territory[shifts] = number
        counts = np.zeros((ground.people, len(territories)), dtype=np.int32)
        np.add.at(counts, (self.pairs.person, territory[self.pairs.shift]), 1)
        home = counts.argmax(axis=1)
        inside = np.ones(model.columns, dtype=bool)
        inside[: model.pairs] = (home[self.pairs.person] == territory[self.pairs.shift]) | self.pairs.locked
        of_row = np.where(self.row_person >= 0, home[np.maximum(self.row_person, 0)], territory[np.maximum(self.row_shift, 0)])
        status = highspy.HighsBasisStatus
        columns, rows = np.full(model.columns, status.kLower, dtype=object), np.full(len(of_row), status.kBasic, dtype=object)
        for number in range(len(territories)):
            own = np.flatnonzero(of_row == number)
            some = model.matrix[own]
            seats = np.unique(some.indices)
            seats = seats[inside[seats]]
            programme = Programme(
                some[:, seats].tocsr(), model.lower[own], model.upper[own], model.low[seats], model.high[seats], model.integer[seats]
            )
            relaxed = programme.relax(self.cost[seats], until=self.until, cancelled=self.cancelled)
            if relaxed is None or not relaxed.optimal or programme.highs is None:
                return None
            found = programme.highs.getBasis()
            columns[seats], rows[own] = found.col_status, found.row_status
        made = highspy.HighsBasis()
        made.col_status, made.row_status, made.valid = list(columns), list(rows), True
        return made

    def decide(self, chosen: np.ndarray, size: int, *, first: bool, narrow: Callable[..., None]) -> np.ndarray:
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
