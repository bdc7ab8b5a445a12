"""A choice among listed patterns, settled: one pattern for each agent, so that every job has exactly its heads, at least cost.

Depth first. At each step a few Lagrangean ascents over the patterns that are left (two products with a matrix of bits, a tenth of a millisecond each), and with what they
leave to spare below `limit`

- patterns go that lose more than that against the best of their agent,
- an agent and a job part, or stay together, where the others would lose too much (patterns without the job, or with it),
- patterns go that lose too much together with what fits beside them (each agent's best pattern that shares no job with them).

Then a job is given to one agent after the other, the cheapest first. What goes, goes from everything below, so little is left after a few steps. Every bound is a plain sum over the
multipliers; nobody has to be believed.
"""

import itertools
from collections.abc import Callable

import numpy as np

ROOT, STEP = 60, 12  # ascents at the root, and at every step from there
PACE = 0.6
BESIDE = 1500  # patterns up to which each is tried beside each other
ROUNDS = 6


class Cover:
    """x (L × n of bool): patterns, sorted by their agents (L), with their costs (L). `need` (n): heads of the jobs. Only answers of at most `limit` are sought."""

    def __init__(
        self,
        x: np.ndarray,
        agent: np.ndarray,
        cost: np.ndarray,
        need: np.ndarray,
        limit: float,
        unit: float,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self.m, self.need, self.limit, self.unit, self.over = int(agent.max(initial=-1)) + 1, need.astype(float), limit, unit, over
        self.all, self.one = np.arange(self.m), need == 1
        self.root = x.astype(float), agent, cost
        self.slip = 1e-11 * max(1.0, abs(limit), float(np.abs(cost).max(initial=0)))
        self.best: np.ndarray | None = None
        self.settled = True  # nothing was left out for want of time

    def run(self, u: np.ndarray) -> np.ndarray | None:
        """The cheapest answer (m × n of bool), searched from the job prices u on; None if there is none."""
        self.step(u, ROOT, *self.root)
        return self.best

    def ascend(self, x: np.ndarray, agent: np.ndarray, cost: np.ndarray, u: np.ndarray, steps: int) -> tuple[float, np.ndarray, np.ndarray]:
        """The best bound met, its u, and what each pattern loses there against the best of its agent."""
        start, pace, stale = np.searchsorted(agent, self.all), PACE, 0
        best, best_u, best_slack = -np.inf, u, cost
        for _ in range(steps):
            price = cost - x @ u
            least = np.minimum.reduceat(price, start)
            value, slack = float(self.need @ u + least.sum()), price - least[agent]
            if value > best:
                stale = 0 if value > best + 1e-6 * abs(self.limit - best) else stale + 1
                best, best_u, best_slack = value, u, slack
                if best > self.limit + self.slip:
                    break
            else:
                stale += 1
            if stale == 5:
                pace, stale, u = pace / 2, 0, best_u
                if pace < 0.01:
                    break
                continue
            hits = np.flatnonzero(slack <= 0)
            pick = hits[np.searchsorted(agent[hits], self.all)]
            slope = self.need - x[pick].sum(0)
            length = slope @ slope
            if not length:
                self.take(x[pick], cost[pick])
                break
            u = u + pace * (self.limit + self.unit / 2 - value) / length * slope
        return best, best_u, best_slack

    def take(self, x: np.ndarray, cost: np.ndarray) -> None:
        total = float(cost.sum())
        if total <= self.limit + self.slip:
            self.best, self.limit = x > 0.5, total - self.unit

    def step(self, u: np.ndarray, steps: int, x: np.ndarray, agent: np.ndarray, cost: np.ndarray) -> None:
        for turn in range(ROUNDS):
            if self.over():
                self.settled = False
                return
            if not self.everybody(agent):
                return
            before = len(agent)
            low, u, slack = self.ascend(x, agent, cost, u, steps if turn == 0 else STEP)
            spare = self.limit - low + self.slip
            if spare < 0:
                return
            x, agent, cost, slack = self.keep(slack <= spare, x, agent, cost, slack)
            start = np.searchsorted(agent, self.all)
            bits = x > 0.5
            with_it = np.minimum.reduceat(np.where(bits, slack[:, None], np.inf), start, axis=0)
            without = np.minimum.reduceat(np.where(bits, np.inf, slack[:, None]), start, axis=0)
            sure = np.isinf(without).sum(0)  # agents that have the job in all their patterns
            rest = np.where(np.isinf(without), 0.0, without)
            others = np.where(sure - np.isinf(without) > 0, np.inf, rest.sum(0) - rest)
            extra = with_it + np.where(self.one, others, 0.0)  # what it costs more, at least, to give the job to the agent
            first, second = np.sort(extra, axis=0)[:2] if self.m > 1 else (extra[0], np.full(len(self.need), np.inf))
            if (first > spare).any():
                return
            alone = self.one & (second > spare)
            wrong = np.where(bits, (extra > spare)[agent], (alone & (extra <= first))[agent])
            x, agent, cost, slack = self.keep(~wrong.any(1), x, agent, cost, slack)
            if not self.everybody(agent):
                return
            if len(agent) <= BESIDE:
                x, agent, cost, slack = self.keep(self.beside(x, agent, slack, spare), x, agent, cost, slack)
                if not self.everybody(agent):
                    return
            if len(agent) == self.m:
                if (x.sum(0) == self.need).all():
                    self.take(x, cost)
                return
            if len(agent) > 0.8 * before:
                break
        self.branch(x, agent, cost, u, low, slack, extra)

    def branch(self, x: np.ndarray, agent: np.ndarray, cost: np.ndarray, u: np.ndarray, low: float, slack: np.ndarray, extra: np.ndarray) -> None:
        spare = self.limit - low + self.slip
        some = extra <= spare
        size = np.where(some, 0.5 ** (4 * extra / max(spare, self.slip)), 0).sum(0)  # of what will have to be searched below, a guess
        size[(some.sum(0) < 2) | ~self.one] = np.inf
        j = int(size.argmin())
        if np.isfinite(size[j]):
            bits = x[:, j] > 0.5
            ways = ((extra[i, j], np.where(agent == i, bits, ~bits)) for i in np.argsort(extra[:, j], kind="stable"))
        else:
            counts = np.bincount(agent)
            i = int(np.where(counts > 1, counts, len(agent) + 1).argmin())
            own = np.flatnonzero(agent == i)
            ways = ((slack[p], (agent != i) | (np.arange(len(agent)) == p)) for p in own[np.argsort(slack[own], kind="stable")])
        for least, keep in ways:
            if least > self.limit - low + self.slip or not self.settled:
                return
            self.step(u, STEP, *self.keep(keep, x, agent, cost))

    def beside(self, x: np.ndarray, agent: np.ndarray, slack: np.ndarray, spare: float) -> np.ndarray:
        """Which patterns lose no more than `spare` together with each agent's best pattern that shares no job with them."""
        bits, lost = x[:, self.one].astype(np.float32), slack.astype(np.float32)
        both = bits @ bits.T
        both *= np.float32(1e6 * (spare + self.slip))
        both += lost[:, None]
        start = np.searchsorted(agent, [*self.all, self.m])
        least = np.stack([both[begin:end].min(0) for begin, end in itertools.pairwise(start)])
        least[agent, np.arange(len(agent))] = 0
        return slack + least.sum(0) <= spare * (1 + 1e-5) + self.slip

    def everybody(self, agent: np.ndarray) -> bool:
        """Whether every agent has a pattern left."""
        return bool(np.bincount(agent, minlength=self.m).all())

    @staticmethod
    def keep(which: np.ndarray, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(array[which] for array in arrays)
