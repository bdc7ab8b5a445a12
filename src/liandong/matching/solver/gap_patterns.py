"""The general assignment problem as a choice of patterns: for each agent one set of jobs that fits its capacity, so that every job has its heads.

    minimise  Σ_p cost_p y_p    subject to  Σ_{p contains j} y_p = h_j (jobs j),  Σ_{p of i} y_p ≤ 1 (agents i),  y binary

Its relaxation is as good as the Lagrangean bound (Geoffrion 1974), and at good job prices u an answer that costs g more than that bound consists of patterns that lose g together.
So the patterns that lose least are listed, exactly in that order (`patterns`), and a choice among them is searched (`gap_cover`): over all agents (`Race.climb`), or over some agents
of an answer, as many as can be settled in a second or two (`Neighbourhoods`). Where no list was cut off, the outcome holds for all answers.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from liandong.matching.solver import gap_bound
from liandong.matching.solver.gap_cover import Cover

SLACK = 1e-9
COLUMNS = 30_000  # patterns in the choice of a neighbourhood, at most
BITS = 4_000_000  # patterns x jobs there, at most
TABLE = 16_000_000  # numbers in the table of one knapsack, at most
FEW = 4  # agents in a neighbourhood, at least
PATIENCE, LONGEST = 1.0, 3.0  # seconds of the processor for one neighbourhood: at first, and after many in vain
PARTS = (0.25, 0.5, 1.0)  # of what an answer may cost more than the bound, searched one after the other


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
    def of(cls, c: np.ndarray, r: np.ndarray, b: np.ndarray, u: np.ndarray, most: int, loss: float, until: float = np.inf) -> "Choice | None":
        """At most `most` patterns for each agent. None when time ran out or a table would be too large. c is infinite where a pair is not allowed."""
        xs, agents, complete = [], [], True
        for i in range(len(b)):
            if time.monotonic() > until or int((u - c[i] >= -loss).sum()) * (int(b[i]) + 1) > TABLE:
                return None
            _, x, all_ = patterns(u - c[i], r[i], int(b[i]), most, loss)
            complete &= all_
            xs.append(x)
            agents.append(np.full(len(x), i))
        x, agent = np.concatenate(xs), np.concatenate(agents)
        return cls(x, agent, (x * np.where(np.isfinite(c), c, 0.0)[agent]).sum(1), complete)

    def cover(self, need: np.ndarray, limit: float, unit: float, over: Callable[[], bool] = lambda: False) -> Cover:
        return Cover(self.x, self.agent, self.cost, need, limit, unit, over)


def priced(c: np.ndarray, r: np.ndarray, b: np.ndarray, need: np.ndarray, u: np.ndarray, limit: float, rounds: int = 4) -> tuple[float, np.ndarray]:
    """A bound and its job prices, starting from u: in turn, the patterns best at u are listed, and u is lifted as if they were all."""

    def bound(u: np.ndarray) -> float:
        return float(need @ u - gap_bound.knapsacks(c, r, b, u).value.sum())

    u = np.round(u * gap_bound.FINE) / gap_bound.FINE
    best = bound(u)
    for turn in range(rounds):
        choice = Choice.of(c, r, b, u, 300 if turn else 100, 2 * abs(limit - best) + SLACK) if best <= limit else None
        if choice is None:
            break
        cover, before = choice.cover(need, limit, 0.0), best
        _, there, _ = cover.ascend(*cover.root, u, 100)
        for share in (1.0, 0.5, 0.25):
            some = np.round((u + share * (there - u)) * gap_bound.FINE) / gap_bound.FINE
            if (value := bound(some)) > best:
                best, u = value, some
                break
        if turn and best - before < 0.02 * (limit - before):
            break
    return best - 1e-12 * float(np.abs(need * u).sum()), u


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
    patience: float = PATIENCE
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
        self.size = float(np.clip(self.size or max(8.0, m / 5), min(FEW, m), max(FEW, 0.9 * m)))
        loss = self.loss(x)
        weight = loss + loss.sum() / (2 * m) + SLACK
        agents = self.rng.choice(m, max(min(FEW, m), int(self.size * self.rng.uniform(0.75, 1.0))), replace=False, p=weight / weight.sum())
        jobs = np.flatnonzero(x[agents].any(0))
        if not len(jobs):
            return None
        part = np.ix_(agents, jobs)
        c, r, b, now_x = self.c[part], self.r[part], self.b[agents], x[part]
        need, now = now_x.sum(0), float(np.where(now_x, c, 0).sum())
        limit = now - self.unit
        low, u = priced(c, r, b, need, self.u[jobs], limit + SLACK)
        spare = limit - low
        if spare < -1e-7:
            self.size *= 1.1
            return None
        begun, patience = time.process_time(), self.patience

        def over() -> bool:
            return time.process_time() - begun > patience or time.monotonic() > until

        found, settled = None, 0.0
        for part_of in PARTS:  # answers much better first: few patterns can be in them
            choice = Choice.of(c, r, b, u, min(COLUMNS, BITS // len(jobs)) // len(agents), part_of * spare + SLACK, until)
            if choice is None:
                self.size -= 1
                return None
            cover = choice.cover(need, low + part_of * spare, self.unit, over)
            found = cover.run(u)
            if found is not None or not cover.settled:
                break
            settled = part_of
        took = time.process_time() - begun
        self.size *= 1.1 if took < patience / 10 else 1.03 if took < patience / 3 else 0.95 if found is None and settled < PARTS[1] else 1
        self.patience = PATIENCE if found is not None else min(self.patience * (1.1 if took > patience / 3 else 1), LONGEST)
        if found is None:
            return None
        y = x.copy()
        y[part] = found
        return y
