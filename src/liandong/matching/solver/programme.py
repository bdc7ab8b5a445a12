"""HiGHS, held at arm's length: linear and 0/1 programmes go in as arrays; what comes back is checked against a bound that we compute ourselves from the prices."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy import sparse

TINY = 1e-5


@dataclass
class Relaxed:
    """The programme without integrality. `bound` is safe: computed here from the prices, whatever the solver says of itself."""

    x: np.ndarray
    value: float
    bound: float
    prices: np.ndarray
    reduced: np.ndarray
    optimal: bool


@dataclass
class Searched:
    x: np.ndarray | None
    bound: float
    optimal: bool


class Programme:
    """min cost . x, lower <= matrix x <= upper, low <= x <= high. Costs and bounds may change between runs; the basis is kept."""

    def __init__(
        self, matrix: sparse.csr_matrix, lower: np.ndarray, upper: np.ndarray, low: np.ndarray, high: np.ndarray, integer: np.ndarray
    ) -> None:
        self.matrix, self.lower, self.upper = matrix.tocsr(), lower.astype(float).copy(), upper.astype(float).copy()
        self.low, self.high, self.integer = low.astype(float).copy(), high.astype(float).copy(), integer
        self.highs: highspy.Highs | None = None

    def remember(self) -> tuple:
        return self.matrix, self.lower.copy(), self.upper.copy(), self.low.copy(), self.high.copy()

    def restore(self, held: tuple) -> None:
        self.matrix, self.lower, self.upper, self.low, self.high = held[0], *(part.copy() for part in held[1:])
        self.highs = None

    def narrow(self, relaxed: Relaxed) -> None:
        """Keep exactly the best points of `relaxed`: by complementary slackness a column with a price stays at its end, a row with a price stays tight."""
        up, down = relaxed.reduced > TINY, relaxed.reduced < -TINY
        self.high[up] = self.low[up]
        self.low[down] = self.high[down]
        tight_low, tight_high = relaxed.prices > TINY, relaxed.prices < -TINY
        self.upper[tight_low] = self.lower[tight_low]
        self.lower[tight_high] = self.upper[tight_high]
        self.highs = None

    def cap(self, cost: np.ndarray, most: float) -> None:
        """One more row: cost . x <= most."""
        self.matrix = sparse.vstack([self.matrix, sparse.csr_matrix(cost)], format="csr")
        self.lower, self.upper = np.append(self.lower, -np.inf), np.append(self.upper, most)
        self.highs = None

    def relax(
        self, cost: np.ndarray, *, until: float, cancelled: Callable[[], bool] | None = None, basis: highspy.HighsBasis | None = None
    ) -> Relaxed | None:
        highs = self.loaded(cost, integer=False)
        highs.setOptionValue("solver", "choose")
        if basis is not None:
            highs.setBasis(basis)
            highs.setOptionValue("simplex_strategy", 1)
        highs.setOptionValue("time_limit", max(0.01, until - time.monotonic()) + highs.getRunTime())
        with listening(highs, cancelled):
            highs.run()
        solution = highs.getSolution()
        optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        prices = np.array(solution.row_dual)
        if len(prices) != len(self.lower) or not np.isfinite(prices).all() or not (solution.dual_valid or basis is not None):
            return None
        bound, prices, reduced = self.priced(cost, prices)
        x = np.array(solution.col_value)
        return Relaxed(x, float(cost @ x), bound, prices, reduced, optimal)

    def priced(self, cost: np.ndarray, prices: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Weak duality: for any prices y, min over the box of (cost - y A) x plus the best of y times the row's ends is a bound. No solver has to be trusted for it."""
        prices = np.where((prices > 0) & ~np.isfinite(self.lower), 0.0, prices)
        prices = np.where((prices < 0) & ~np.isfinite(self.upper), 0.0, prices)
        reduced = cost - self.matrix.T @ prices
        ends = np.where(prices > 0, np.where(np.isfinite(self.lower), self.lower, 0.0), np.where(np.isfinite(self.upper), self.upper, 0.0))
        bound = float(prices @ ends + np.minimum(reduced * self.low, reduced * self.high).sum())
        return bound, prices, reduced

    def search(
        self,
        cost: np.ndarray,
        *,
        start: np.ndarray | None,
        until: float,
        unit: float,
        cancelled: Callable[[], bool] | None = None,
        better: Callable[[np.ndarray], None] | None = None,
        relative: float = 0.0,
    ) -> Searched:
        highs = self.loaded(cost, integer=True)
        highs.setOptionValue("solver", "choose")
        highs.setOptionValue("time_limit", max(0.01, until - time.monotonic()) + highs.getRunTime())
        highs.setOptionValue("mip_rel_gap", relative)
        highs.setOptionValue("mip_abs_gap", unit * 0.9)
        if start is not None:
            highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)  # a first answer is known
            known = np.arange(len(start), dtype=np.int32)  # the first columns; HiGHS finds what follows from them
            highs.setSolution(len(known), known, start.astype(float))
        with listening(highs, cancelled, better):
            highs.run()
        info, status = highs.getInfo(), highs.getModelStatus()
        found = info.primal_solution_status == 2
        bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else -np.inf
        x = np.array(highs.getSolution().col_value) if found else None
        if status == highspy.HighsModelStatus.kInfeasible:
            x = None
        self.highs = None  # a search leaves no basis worth keeping
        return Searched(x, bound, status == highspy.HighsModelStatus.kOptimal)

    def loaded(self, cost: np.ndarray, *, integer: bool) -> highspy.Highs:
        if self.highs is not None and not integer:
            self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost.astype(float))
            self.highs.setOptionValue("simplex_strategy", 4)  # the point is still feasible: only the prices changed
            return self.highs
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.low), len(self.lower)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost.astype(float), self.low, self.high
        lp.row_lower_ = np.where(np.isfinite(self.lower), self.lower, -highspy.kHighsInf)
        lp.row_upper_ = np.where(np.isfinite(self.upper), self.upper, highspy.kHighsInf)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = self.matrix.indptr.astype(np.int32)
        lp.a_matrix_.index_ = self.matrix.indices.astype(np.int32)
        lp.a_matrix_.value_ = self.matrix.data.astype(float)
        if integer:
            lp.integrality_ = [highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in self.integer]
        highs = highspy.Highs()
        highs.silent()
        highs.setOptionValue("random_seed", 1)
        highs.setOptionValue("threads", 1)
        highs.passModel(lp)
        if not integer:
            self.highs = highs
        return highs


@contextlib.contextmanager
def listening(highs: highspy.Highs, cancelled: Callable[[], bool] | None, better: Callable[[np.ndarray], None] | None = None):
    """While HiGHS runs it asks now and then whether to stop, and shows what it found."""
    kinds = highspy.cb.HighsCallbackType
    wanted = [kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt, kinds.kCallbackMipInterrupt] if cancelled else []
    wanted += [kinds.kCallbackMipImprovingSolution] if better else []
    asked = 0.0

    def heard(kind: Any, message: str, out: Any, into: Any, data: Any) -> None:
        nonlocal asked
        if kind == kinds.kCallbackMipImprovingSolution:
            if better:
                better(np.array(out.mip_solution))
        elif cancelled and time.monotonic() - asked > 0.05:
            asked = time.monotonic()
            if cancelled():
                into.user_interrupt = True

    if wanted:
        highs.setCallback(heard, None)
        for kind in wanted:
            highs.startCallback(kind)
    try:
        yield
    finally:
        for kind in wanted:
            highs.stopCallback(kind)
