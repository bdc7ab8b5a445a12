"""Bounds for the general assignment problem: its linear and its Lagrangean (knapsack) relaxation, and which pairs they rule out.

Every bound here is recomputed from the multipliers by plain sums, so no solver has to be believed: for any λ ≥ 0 and any u

    Σ_j h_j u_j + Σ_i min { Σ_j (c_ij − u_j) x_ij : Σ_j r_ij x_ij ≤ b_i, x binary }   (Lagrangean in the assignment rows; Fisher 1981)

is at most the optimum. The linear relaxation gives the first u; where consumptions are whole numbers the inner knapsacks are solved exactly.
"""

import time
from dataclasses import dataclass

import highspy
import numpy as np

FINE = 1024.0  # multipliers are multiples of 1/1024, so that sums of whole costs stay exact in floating point
TINY = 1e-7


def model(c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, pairs: np.ndarray, *, whole: bool, dear: float | None = None):
    """HiGHS model over the given pairs (m × n of bool): rows are agents, then jobs. `dear` adds a column per job that stands for "nobody"."""
    m, n = c.shape
    i, j = np.nonzero(pairs)
    k, extra = len(i), 0 if dear is None else n
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = k + extra, m + n
    lp.col_cost_ = np.r_[c[i, j].astype(float), np.full(extra, dear or 0.0)]
    lp.col_lower_ = np.zeros(k + extra)
    lp.col_upper_ = np.r_[np.ones(k), np.full(extra, float(heads.max(initial=1)))]
    lp.row_lower_ = np.r_[np.full(m, -highspy.kHighsInf), heads.astype(float)]
    lp.row_upper_ = np.r_[b.astype(float), heads.astype(float)]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.r_[np.arange(0, 2 * k + 1, 2), 2 * k + np.arange(1, extra + 1)]
    index, value = np.empty(2 * k, np.int32), np.ones(2 * k)
    index[::2], index[1::2], value[::2] = i, m + j, r[i, j]
    lp.a_matrix_.index_ = np.r_[index, m + np.arange(extra)]
    lp.a_matrix_.value_ = np.r_[value, np.ones(extra)]
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * (k + extra)
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    return highs, i, j


def nearest(d: np.ndarray, allowed: np.ndarray, count: int) -> np.ndarray:
    """For each job the `count` agents with the least d, among the allowed ones."""
    m, n = d.shape
    count = min(m, count)
    pairs = np.zeros((m, n), bool)
    pairs[np.argpartition(np.where(allowed, d, np.inf), count - 1, axis=0)[:count], np.arange(n)] = True
    return pairs & allowed


@dataclass
class Prices:
    """λ (m) for capacity and u (n) for jobs, and the bound that they give."""

    capacity: np.ndarray
    job: np.ndarray
    bound: float


def dear(c: np.ndarray) -> float:
    """The cost of leaving a head out: more than any exchange of a few jobs could save."""
    return float(100 * (np.ptp(c) + 1) + np.abs(c).max())


def linear(c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, allowed: np.ndarray, seconds: float) -> Prices | None:
    """Prices of the linear relaxation, by pricing out columns; None when it has no answer, so neither has the problem."""
    m, n = c.shape
    prices = np.zeros(m)
    best, at = -np.inf, prices
    step = np.ptp(c) / max(float(np.median(r)), TINY) + TINY
    for turn in range(300 if m * n > 2000 else 30):  # subgradient in the capacity rows: a first idea of λ for the price of a sum
        d = np.where(allowed, c + prices[:, None] * r, np.inf)
        taken = np.argsort(d, axis=0)[: heads.max()] if heads.max() > 1 else d.argmin(axis=0)[None]
        use = np.zeros(m)
        value = -prices @ b
        for rank, agents in enumerate(taken):
            jobs = np.flatnonzero(heads > rank)
            value += d[agents[jobs], jobs].sum()
            use += np.bincount(agents[jobs], weights=r[agents[jobs], jobs], minlength=m)
        if value > best:
            best, at = value, prices
        slope = use - b
        prices = np.maximum(0, prices + step * 0.98**turn * slope / max(float(np.abs(slope).max()), TINY))
    pairs = nearest(c + at[:, None] * r, allowed, 8 + int(heads.max()))
    until = time.monotonic() + seconds
    while True:
        highs, i, _ = model(c, r, b, heads, pairs, whole=False, dear=dear(c))
        highs.setOptionValue("time_limit", max(1.0, until - time.monotonic()))
        highs.run()
        solution = highs.getSolution()
        duals = np.array(solution.row_dual)
        if len(duals) != m + n or highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return simple(at, c, r, b, heads, allowed)
        at, u = np.maximum(0, -duals[:m]), duals[m:]
        found = (c + at[:, None] * r - u < -TINY) & allowed & ~pairs
        if not found.any():
            break
        pairs |= found
    if np.array(solution.col_value)[len(i) :].max(initial=0) > TINY:  # somebody is left out even so: ask without that way out
        highs, *_ = model(c, r, b, heads, allowed, whole=False)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
    return simple(at, c, r, b, heads, allowed)


def simple(prices: np.ndarray, c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, allowed: np.ndarray) -> Prices:
    """The bound of any λ ≥ 0: every job takes its h_j cheapest agents at c + λ r. u_j is the price of the last of them."""
    d = np.sort(np.where(allowed, c + prices[:, None] * r, np.inf), axis=0)
    jobs = np.arange(c.shape[1])
    value = sum(float(d[rank, heads > rank].sum()) for rank in range(int(heads.max(initial=1))))
    terms = float(prices @ b)
    safe = 1e-12 * (abs(value) + abs(terms))
    return Prices(prices, d[np.maximum(heads, 1) - 1, jobs], value - terms - safe)


def fill(p: np.ndarray, r: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """m knapsacks at once over K things each (m × K): dynamic programme over capacity. Most value, and what is taken."""
    m, count = p.shape
    room, rows = np.arange(int(rest.max()) + 1), np.arange(m)
    value = np.zeros((m, len(room)))
    taken = np.zeros((count, m, len(room)), bool)
    for k in range(count):
        before = room[None, :] - r[:, k, None]
        with_it = np.where(before >= 0, np.take_along_axis(value, np.maximum(before, 0), 1) + p[:, k, None], -np.inf)
        taken[k] = with_it > value
        value = np.maximum(value, with_it)
    x, at = np.zeros((m, count), bool), rest.copy()
    for k in range(count - 1, -1, -1):
        x[:, k] = taken[k, rows, at]
        at = at - np.where(x[:, k], r[:, k], 0)
    return value[rows, rest], x


@dataclass
class Knapsacks:
    """The inner problems at one u: their values, Dantzig's bounds on them, the loss q (m × n) of a changed pair, and who takes what."""

    value: np.ndarray
    upper: np.ndarray
    q: np.ndarray
    x: np.ndarray


def knapsacks(c: np.ndarray, r: np.ndarray, b: np.ndarray, u: np.ndarray, size: int = 20) -> Knapsacks:
    """max Σ_j (u_j − c_ij) x_ij for each agent, exactly: only the things near the critical one are left to the dynamic programme (Balas & Zemel 1980)."""
    m, n = c.shape
    p, rows = u - c, np.arange(m)
    order = np.argsort(-np.where(p > 0, p / np.maximum(r, TINY), -1.0), axis=1)
    rs, ps = np.take_along_axis(r, order, 1), np.take_along_axis(p, order, 1)
    first = ((np.cumsum(np.where(ps > 0, rs, 0), 1) <= b[:, None]) & (ps > 0)).sum(1)
    at = np.minimum(first, n - 1)
    price = np.where((first < n) & (ps[rows, at] > 0), ps[rows, at] / np.maximum(rs[rows, at], TINY), 0.0)
    q = np.where(p > -np.inf, p - price[:, None] * r, -np.inf)
    upper = price * b + np.maximum(q, 0).sum(1)
    far = np.where(p > 0, np.abs(q), np.inf)
    near = np.argsort(far, axis=1)
    low, count = np.full(m, -np.inf), min(size, n)
    while True:
        some = near[:, :count]
        core = np.zeros((m, n), bool)
        np.put_along_axis(core, some, True, 1)
        core &= p > 0
        sure = (q > 0) & ~core
        rest = b - (r * sure).sum(1)
        value, picks = fill(
            np.where(np.take_along_axis(core, some, 1), np.take_along_axis(p, some, 1), -np.inf), np.take_along_axis(r, some, 1), np.maximum(rest, 0)
        )
        value = np.where(rest < 0, -np.inf, value + np.where(sure, p, 0).sum(1))
        low = np.maximum(low, value)
        need = int((far < (upper - low)[:, None] - TINY).sum(1).max())
        if need <= count or count == n:
            x = sure
            np.put_along_axis(x, some, picks, 1)
            return Knapsacks(value, upper, q, x)
        count = min(n, need if np.isfinite(low).all() and count > size else 2 * count)


def lagrange(
    c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, start: np.ndarray, goal: float, until: float, fine: float = 2e-3
) -> tuple[float, np.ndarray]:
    """Subgradient ascent (Held, Wolfe & Crowder 1974) from `start`, until its steps are `fine`: the best bound met and its u. Whole consumptions only."""
    u = np.round(start * FINE) / FINE
    best, best_u, pace, stale = -np.inf, u, 1.0, 0
    while time.monotonic() < until and pace > fine:
        inner = knapsacks(c, r, b, u)
        value = float(heads @ u - inner.value.sum())
        if value > best + 1e-6:
            best, best_u, stale = value, u, 0
        else:
            stale += 1
            if stale == 8:
                pace, stale, u = pace / 2, 0, best_u
        slope = heads - inner.x.sum(0)
        if not slope.any() or best >= goal:
            break
        u = np.round((u + pace * max(goal - value, 1e-3) * slope / (slope @ slope)) * FINE) / FINE
    return best - 1e-12 * float(np.abs(heads * best_u).sum()), best_u


def forced(c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, u: np.ndarray) -> np.ndarray:
    """For each pair the least that an answer with that pair can cost: the bound at u with the pair forced in (Dantzig's bound on that knapsack)."""
    inner = knapsacks(c, r, b, u)
    return float(heads @ u - inner.value.sum()) + (inner.value - inner.upper)[:, None] - np.minimum(inner.q, 0)
