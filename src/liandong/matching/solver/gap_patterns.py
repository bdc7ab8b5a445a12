"""The general assignment problem as a choice of patterns: for each agent one set of jobs that fits its capacity, so that every job has its heads.

    minimise  Σ_p cost_p y_p    subject to  Σ_{p contains j} y_p = h_j (jobs j),  Σ_{p of i} y_p ≤ 1 (agents i),  y binary

Its relaxation is as good as the Lagrangean bound (Geoffrion 1974), and at good job prices u an answer that costs g more than that bound consists of patterns that lose g together.
So the patterns that lose least are listed, exactly in that order (`patterns`), and HiGHS chooses among them: over all agents (`Race.master`), or over some agents of an answer, as
many as can be settled in a second or two (`Neighbourhoods`). Where no list was cut off, what HiGHS says holds for all answers.
"""

import time
from dataclasses import dataclass

import highspy
import numpy as np

from liandong.matching.solver import gap_bound

SLACK = 1e-9
COLUMNS = 6000  # patterns in one choice, about
TABLE = 16_000_000  # numbers in the table of one knapsack, at most
FEW = 4  # agents in a neighbourhood, at least
PATIENCE = 4.0  # seconds of the processor for one neighbourhood


def patterns(p: np.ndarray, r: np.ndarray, b: int, most: int, loss: float) -> tuple[np.ndarray, np.ndarray, bool]:
    """The `most` best subsets of things of worth p that fit into b, none worse than the best by more than `loss`: worth (L), x (L × n), and whether these are all.

    One thing after the other is taken or left. What a beginning can still become is known exactly from the table of the knapsack over the rest, so keeping the `most` best
    beginnings keeps the `most` best subsets: each of them has a beginning that is at least as good.
    """
    some = np.flatnonzero((p >= -loss - SLACK) & (r <= b))
    some = some[np.argsort(-np.abs(p[some]), kind="stable")]
    table = np.zeros((len(some) + 1, b + 1))
    for t in range(len(some) - 1, -1, -1):
        worth, weight = p[some[t]], r[some[t]]
        table[t] = table[t + 1]
        if worth > 0:
            np.maximum(table[t, weight:], table[t + 1, : b + 1 - weight] + worth, out=table[t, weight:])
    least = table[0, b] - loss - SLACK
    left, value, complete = np.array([b]), np.zeros(1), True
    steps = []
    for t, j in enumerate(some):
        after = left - r[j]
        without = value + table[t + 1, left]
        with_it = np.where(after >= 0, value + p[j] + table[t + 1, np.maximum(after, 0)], -np.inf)
        hope = np.concatenate([without, with_it])
        kept = np.flatnonzero(hope >= least)
        if len(kept) > most:
            kept, complete = kept[np.argpartition(-hope[kept], most - 1)[:most]], False
        source, took = kept % len(left), kept >= len(left)
        left, value = left[source] - np.where(took, r[j], 0), value[source] + np.where(took, p[j], 0.0)
        steps.append((source, took))
    x, at = np.zeros((len(value), len(p)), bool), np.arange(len(value))
    for t in range(len(some) - 1, -1, -1):
        source, took = steps[t]
        x[:, some[t]] = took[at]
        at = source[at]
    return value, x, complete


@dataclass
class Choice:
    """Patterns to choose from: x (L × n), their agents (L) and costs (L)."""

    x: np.ndarray
    agent: np.ndarray
    cost: np.ndarray
    complete: bool

    @classmethod
    def of(
        cls, c: np.ndarray, r: np.ndarray, b: np.ndarray, u: np.ndarray, most: int, loss: float, until: float, known: np.ndarray | None
    ) -> "Choice | None":
        """At most `most` patterns for each agent, and those of the answer `known`. None when time ran out or a table would be too large. c is infinite where a pair is not allowed."""
        xs, agents, complete = [], [], True
        for i in range(len(b)):
            if time.monotonic() > until or int((u - c[i] >= -loss).sum()) * (int(b[i]) + 1) > TABLE:
                return None
            _, x, all_ = patterns(u - c[i], r[i], int(b[i]), most, loss)
            complete &= all_
            if known is not None and not (x == known[i]).all(1).any():
                x = np.concatenate([x, known[i : i + 1]])
            xs.append(x)
            agents.append(np.full(len(x), i))
        x, agent = np.concatenate(xs), np.concatenate(agents)
        return cls(x, agent, (x * np.where(np.isfinite(c), c, 0.0)[agent]).sum(1), complete)

    def model(self, m: int, heads: np.ndarray) -> highspy.Highs:
        """HiGHS model: rows are agents, then jobs."""
        count, n = self.x.shape
        both = np.zeros((count, m + n), bool)
        both[np.arange(count), self.agent] = True
        both[:, m:] = self.x
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = count, m + n
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.cost, np.zeros(count), np.ones(count)
        lp.row_lower_, lp.row_upper_ = np.r_[np.zeros(m), heads.astype(float)], np.r_[np.ones(m), heads.astype(float)]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.r_[0, np.cumsum(both.sum(1))]
        index = np.nonzero(both)[1].astype(np.int32)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = index, np.ones(len(index))
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count
        highs = highspy.Highs()
        highs.silent()
        highs.setOptionValue("threads", 1)
        highs.passModel(lp)
        return highs

    def column_of(self, x: np.ndarray) -> np.ndarray:
        """The answer x as a value for each pattern (that has to contain it)."""
        y = np.zeros(len(self.agent))
        for i in np.unique(self.agent):
            own = np.flatnonzero(self.agent == i)
            y[own[(self.x[own] == x[i]).all(1)][:1]] = 1
        return y

    def answer(self, y: np.ndarray, m: int) -> np.ndarray:
        x = np.zeros((m, self.x.shape[1]), bool)
        for chosen in np.flatnonzero(y > 0.5):
            x[self.agent[chosen]] |= self.x[chosen]
        return x


@dataclass
class Neighbourhoods:
    """Some agents of an answer and all their jobs, chosen anew by patterns; more agents when that was easy, fewer when it was not."""

    c: np.ndarray  # infinite where a pair is not allowed
    r: np.ndarray
    b: np.ndarray
    u: np.ndarray
    unit: float  # a better answer is better by at least this
    rng: np.random.Generator
    size: float = 0.0
    at: np.ndarray | None = None
    losses: np.ndarray | None = None

    def prices(self, u: np.ndarray) -> None:
        self.u, self.losses = u, None

    def loss(self, x: np.ndarray) -> np.ndarray:
        """What each agent's pattern loses against its best one."""
        if self.losses is None or self.at is not x:
            inner = gap_bound.knapsacks(self.c, self.r, self.b, self.u)
            self.at, self.losses = x, np.maximum(0, inner.value - np.where(x, self.u - self.c, 0).sum(1))
        return self.losses

    def improve(self, x: np.ndarray, until: float) -> np.ndarray | None:
        m = len(self.b)
        self.size = min(max(FEW, 0.9 * m), self.size or max(6.0, m / 5), m)
        loss = self.loss(x)
        weight = loss + loss.sum() / (2 * m) + SLACK
        agents = self.rng.choice(m, int(self.size), replace=False, p=weight / weight.sum())
        jobs = np.flatnonzero(x[agents].any(0))
        if not len(jobs):
            return None
        part = np.ix_(agents, jobs)
        c, r, b, now_x = self.c[part], self.r[part], self.b[agents], x[part]
        need, now = now_x.sum(0), float(np.where(now_x, c, 0).sum())
        low, u = gap_bound.lagrange(c, r, b, need, self.u[jobs], now - self.unit + 1e-6, time.monotonic() + 0.3, 0.02)
        spare = now - self.unit - low
        if spare < -1e-7:
            self.size *= 1.1
            return None
        begun = time.process_time()
        choice = Choice.of(c, r, b, u, COLUMNS // 2 // len(agents), spare + SLACK, until, None)
        if choice is None:
            self.size = max(FEW, self.size - 1)
            return None
        highs = choice.model(len(agents), need)
        highs.setOptionValue("objective_bound", now - self.unit / 2)
        highs.setOptionValue("mip_abs_gap", 0.99 * self.unit)
        highs.setOptionValue("mip_rel_gap", 0.0)

        def watch(event: highspy.highs.HighsCallbackEvent) -> None:
            if time.process_time() - begun > PATIENCE or time.monotonic() > until:
                event.interrupt()

        highs.setOptionValue("time_limit", max(0.1, until - time.monotonic()))
        highs.cbMipInterrupt += watch
        highs.run()
        took = time.process_time() - begun
        self.size = max(FEW, self.size * (1.05 if took < 1 else 0.8 if took > 0.8 * PATIENCE else 1))
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        found = choice.answer(np.array(highs.getSolution().col_value), len(agents))
        if (found.sum(0) != need).any() or float(np.where(found, c, 0).sum()) > now - self.unit / 2:
            return None
        y = x.copy()
        y[part] = found
        return y
