"""Answers for the general assignment problem: agents are filled one after the other, the linear relaxation of the rest tells which filling was good.

*Beam.* In a random order, an agent's jobs are chosen by a knapsack over exact loads: a job is worth what the next best agent would cost more, unused capacity costs its
price λ. The linear relaxation of what is left bounds each filling; the `width` best go on. The last two to four agents are solved together by meeting in the middle: both
halves of the jobs are enumerated in all ways that can still pay, and joined where the loads fit the capacities. That is where tight instances (types D, E) are decided,
which neither branch and bound nor exchanges of single jobs reach.

*Neighbourhood.* The same beam over a few agents of the best answer, or a choice among their best patterns (`gap_patterns`; whatever gains more gets more of the time), again and
again (large neighbourhood search; Shaw 1998), begins anew when nothing moves any more.

An answer is a matrix x (m × n of bool).
"""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import highspy
import numpy as np

from liandong.matching.solver.gap_bound import dear, model, nearest
from liandong.matching.solver.gap_patterns import Neighbourhoods

LABELS = 8000  # partial assignments kept for half of the last jobs
SLACKS = 60  # ways to leave capacity unused that are tried when the halves are joined
DEEP = 8  # units of capacity at most left unused in such a way
TARGET = 36  # jobs that the last agents have together, about
MOST = 4  # of the last agents
MEMORY = 6.0  # seconds of the processor after which it is half forgotten what brought better answers
PRIOR = np.array([0.1, 0.4])  # better answers, by beams and by patterns, that are taken for granted at the start
STALE = 4000  # attempts without progress, those by patterns counted forty times, before everything begins anew
BRUTE = 4_000_000  # joins up to this size look at every pair


class Relaxation:
    """The linear relaxation over some agents, solved again and again for other needs of the jobs (dual simplex, warm)."""

    def __init__(self, c: np.ndarray, r: np.ndarray, b: np.ndarray, allowed: np.ndarray, prices: np.ndarray, agents: np.ndarray) -> None:
        self.m, self.n = c.shape
        some = np.zeros_like(allowed)
        some[agents] = nearest((c + prices[:, None] * r)[agents], allowed[agents], 10)
        self.some, self.size = some, len(agents)
        self.highs, self.i, _ = model(c, r, b, np.ones(self.n, int), some, whole=False, dear=dear(c))
        self.highs.setOptionValue("presolve", "off")
        self.rows = np.arange(self.m, self.m + self.n, dtype=np.int32)

    def leave(self, agent: int) -> None:
        columns = np.flatnonzero(self.i == agent).astype(np.int32)
        self.highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), np.zeros(len(columns)))

    def solve(self, need: np.ndarray) -> tuple[float, np.ndarray]:
        self.highs.changeRowsBounds(self.n, self.rows, need.astype(float), need.astype(float))
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.inf, np.zeros(self.m)
        duals = np.array(self.highs.getSolution().row_dual)
        return self.highs.getObjectiveValue(), np.maximum(0, -duals[: self.m])


def best_filling(p: np.ndarray, r: np.ndarray, capacity: int, price: float) -> np.ndarray:
    """Numbers of the things that are worth most (p may be a little negative) when unused capacity costs `price` a unit; by exact load."""
    value = np.full(capacity + 1, -np.inf)
    value[0] = 0
    taken = np.zeros((len(p), capacity + 1), bool)
    for k, (worth, weight) in enumerate(zip(p, r, strict=True)):
        with_it = value[: capacity + 1 - weight] + worth
        taken[k, weight:] = with_it > value[weight:]
        value[weight:] = np.maximum(value[weight:], with_it)
    load = int(np.argmax(value - price * (capacity - np.arange(capacity + 1))))
    chosen = []
    for k in range(len(p) - 1, -1, -1):
        if taken[k, load]:
            chosen.append(k)
            load -= int(r[k])
    return np.array(chosen, int)


def halves(extra: list[np.ndarray], weights: list[np.ndarray], b: np.ndarray, room: float, rng: np.random.Generator) -> tuple | None:
    """All ways to place these jobs that cost less than `room` more than the cheapest, at most LABELS: loads (L × k), extra cost (L), choices (L × jobs)."""
    loads, cost, choice = np.zeros((1, len(b)), np.int64), np.zeros(1), np.zeros((1, len(extra)), np.uint8)
    for j, (dear_by, weight) in enumerate(zip(extra, weights, strict=True)):
        parts = []
        for option in np.flatnonzero(dear_by < room):
            load = loads + weight[option]
            keep = (cost + dear_by[option] < room) & (load <= b).all(1)
            picks = choice[keep]
            picks[:, j] = option
            parts.append((load[keep], cost[keep] + dear_by[option], picks))
        if not parts:
            return None
        loads, cost, choice = (np.concatenate(part) for part in zip(*parts, strict=True))
        if len(cost) > LABELS:
            keep = np.argpartition(cost + rng.random(len(cost)) * 1e-6, LABELS)[:LABELS]
            loads, cost, choice = loads[keep], cost[keep], choice[keep]
        if not len(cost):
            return None
    return loads, cost, choice


def meet(
    c: np.ndarray, r: np.ndarray, b: np.ndarray, need: np.ndarray, allowed: np.ndarray, prices: np.ndarray, limit: float, rng: np.random.Generator
) -> np.ndarray | None:
    """The cheapest x that gives every job its heads among these few agents, if it costs less than `limit`; by meeting in the middle."""
    k = len(b)
    prices = np.maximum(prices, 1e-6)
    jobs = np.flatnonzero(need)
    if (need > k).any():
        return None
    d = np.where(allowed, c + prices[:, None] * r, np.inf)
    extra, weights, options, base = [], [], [], -float(prices @ b)
    for j in jobs:
        ways = np.array([[agent in way for agent in range(k)] for way in itertools.combinations(range(k), int(need[j]))])
        cost = np.where(ways, d[:, j], 0).sum(1)
        if not np.isfinite(cost.min()):
            return None
        base += cost.min()
        extra.append(cost - cost.min())
        weights.append(ways * r[:, j])
        options.append(ways)
    room = limit - base
    if room <= 0:
        return None
    order = np.argsort([-float(np.sort(e)[1]) if len(e) > 1 else -np.inf for e in extra])
    one, two = order[::2], order[1::2]
    left = halves([extra[q] for q in one], [weights[q] for q in one], b, room, rng)
    right = halves([extra[q] for q in two], [weights[q] for q in two], b, room, rng)
    if left is None or right is None:
        return None
    pick = join(left, right, b, prices, room)
    if pick is None:
        return None
    x = np.zeros(c.shape, bool)
    for half, choice in ((one, left[2][pick[0]]), (two, right[2][pick[1]])):
        for q, option in zip(half, choice, strict=True):
            x[:, jobs[q]] = options[q][option]
    return x


def join(left: tuple, right: tuple, b: np.ndarray, prices: np.ndarray, room: float) -> tuple[int, int] | None:
    """Which way of the left and which of the right fit together and cost least, below `room`."""
    k, least = len(b), float(left[1].min() + right[1].min())
    best, pick = room, None
    target = b - left[0]
    width = 2 * int(b.max()) + 2
    deep = min(DEEP, int(4000 ** (1 / max(1, k - 1))) - 1)
    if len(left[1]) * len(right[1]) > BRUTE and width**k < 2**62:
        power = width ** np.arange(k - 1, -1, -1, dtype=np.int64)
        key_left, key_right = target @ power, right[0] @ power
        by_left, by_right = np.argsort(key_left), np.argsort(key_right)
        key_left, key_right = key_left[by_left], key_right[by_right]
        ways = np.array(list(itertools.product(range(deep + 1), repeat=k - 1)), dtype=np.int64).reshape(-1, k - 1)
        costs = ways @ prices[: k - 1]
        for at in np.argsort(costs, kind="stable")[:SLACKS]:
            spare = best - costs[at] - least
            if spare < 0:
                break
            high = key_left - ways[at] @ power[: k - 1]
            begin = np.searchsorted(key_right, high - int(min(DEEP, spare / prices[-1])))
            count = np.searchsorted(key_right, high, side="right") - begin
            some = np.flatnonzero(count)
            if not len(some):
                continue
            one = np.repeat(some, count[some])
            two = np.arange(len(one)) - np.repeat(np.cumsum(count[some]) - count[some] - begin[some], count[some])
            one, two = by_left[one], by_right[two]
            slack = target[one] - right[0][two]
            cost = left[1][one] + right[1][two] + slack @ prices
            cost[(slack < 0).any(1)] = np.inf
            z = int(cost.argmin())
            if cost[z] < best - 1e-7:
                best, pick = float(cost[z]), (int(one[z]), int(two[z]))
        if pick is not None:
            return pick
    some, others = np.argsort(left[1])[:2000], np.argsort(right[1])[:2000]
    cost = (left[1] + target @ prices)[some][:, None] + (right[1] - right[0] @ prices)[others][None, :]
    for agent in range(k):
        cost[target[some, agent][:, None] < right[0][others, agent][None, :]] = np.inf
    row, column = np.unravel_index(int(cost.argmin()), cost.shape)
    return (int(some[row]), int(others[column])) if cost[row, column] < best - 1e-7 else None


def regret(c: np.ndarray, r: np.ndarray, allowed: np.ndarray, prices: np.ndarray) -> float:
    """What the second best agent costs a job more than the best, in the middle."""
    d = np.sort(np.where(allowed, c + prices[:, None] * r, np.inf), axis=0)[:2]
    some = np.isfinite(d).all(0)
    return float(np.median(d[-1, some] - d[0, some])) if some.any() else 1.0


def beam(
    c: np.ndarray, r: np.ndarray, b: np.ndarray, need: np.ndarray, allowed: np.ndarray, prices: np.ndarray, limit: float, rng: np.random.Generator,
    *, width: int = 1, children: int = 1, until: float = np.inf,
) -> np.ndarray | None:  # fmt: skip
    """An x of cost below `limit` for these agents and the needs (n) of their jobs, or None."""
    m, n = c.shape
    last = min(m, int(np.clip(round(TARGET * m / max(1, need.sum())), 2, MOST)))
    order = rng.permutation(m)
    noise = regret(c, r, allowed, prices)
    relaxation = None
    states = [(np.inf, np.zeros((m, n), bool), need, prices)]
    step = max(1, m // 24)
    for t in range(0, m - last + 1, step):
        rest = order[t:]
        if relaxation is None or (relaxation.size > 10 and len(rest) <= relaxation.size / 2):
            relaxation = Relaxation(c, r, b, allowed, states[0][3], rest)
        if t == 0:
            value, at = relaxation.solve(need)
            states = [(value, states[0][1], need, at)]
            if value >= limit:
                return None
        fillers = rest[: min(step, len(rest) - last)]
        if not len(fillers):
            break
        for agent in fillers:
            relaxation.leave(agent)
        following: list[Any] = []
        for _, x, wants, at in states:
            for child in range(children):
                amount = noise * 10 ** rng.uniform(-1.3, -0.1) if child or width == 1 else 0.0
                y, open_ = x.copy(), wants.copy()
                for number, agent in enumerate(fillers):
                    others = rest[number + 1 :]
                    jobs = np.flatnonzero((open_ > 0) & allowed[agent])
                    dear_by = np.where(allowed[np.ix_(others, jobs)], c[np.ix_(others, jobs)] + at[others, None] * r[np.ix_(others, jobs)], np.inf)
                    rank = np.sort(dear_by, axis=0) if open_.max() > 1 else dear_by.min(0)[None]
                    second = np.where(open_[jobs] <= len(rank), rank[np.minimum(open_[jobs], len(rank)) - 1, np.arange(len(jobs))], np.inf)
                    worth = np.minimum(second, dear(c)) - c[agent, jobs] - at[agent] * r[agent, jobs] + amount * rng.random(len(jobs))
                    good = worth > -20 * noise - 1e-9
                    jobs = jobs[good]
                    chosen = jobs[best_filling(worth[good], r[agent, jobs], int(b[agent]), at[agent])]
                    y[agent, chosen] = True
                    open_[chosen] -= 1
                value, duals = relaxation.solve(open_)
                value += float(c[y].sum())
                if value < limit and all(abs(value - other[0]) > 1e-9 or (other[1] != y).any() for other in following):
                    following.append((value, y, open_, duals))
                if time.monotonic() > until:
                    return None
        states = sorted(following, key=lambda state: state[0])[:width]
        if not states:
            return None
    rest, best = order[m - last :], None
    for value, x, wants, at in states:
        done = float(c[x].sum())
        if value < limit and (end := meet(c[rest], r[rest], b[rest], wants, allowed[rest], at[rest], limit - done, rng)) is not None:
            best = x.copy()
            best[rest] = end
            limit = done + float(c[rest][end].sum())
    return best


def search(
    c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, allowed: np.ndarray, prices: np.ndarray, *, seed: int, until: float,
    start: np.ndarray | None = None, heard: Callable[[], np.ndarray | None] = lambda: None, near: Neighbourhoods | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Better and better answers, until the time is over; `heard` brings those of others."""
    rng = np.random.default_rng(seed)
    x, cost = start, np.inf if start is None else float(c[start].sum())
    ever, stale = cost, 0
    spent, gained = np.array([0.0, 1.0]), np.zeros(2)  # by beams (they begin), by patterns
    while time.monotonic() < until:
        other = heard()
        if other is not None and c[other].sum() < ever:
            x, ever, stale = other, float(c[other].sum()), 0
            cost = ever
        if x is None or stale > STALE:
            y = beam(c, r, b, heads, allowed, prices, np.inf, rng, width=int(rng.choice([1, 2, 4])), children=3, until=until)
            if y is not None:
                x, cost, stale = y, float(c[y].sum()), 0
        else:
            begun, rate = time.process_time(), (gained + PRIOR) / (spent + 1)
            share = np.clip(rate[1] / rate.sum(), 0.4, 0.9)
            way = int(near is not None and spent[1] * (1 - share) <= spent[0] * share)
            y = near.improve(x, until) if near is not None and way else rebeam(c, r, b, heads, allowed, prices, x, rng, until)
            took = time.process_time() - begun
            spent, gained = spent * np.exp(-took / MEMORY), gained * np.exp(-took / MEMORY)
            spent[way] += took
            stale += 40 if way else 1
            if y is not None and (value := float(c[y].sum())) <= cost:
                if value < cost - 1e-9:
                    stale = 0
                    gained[way] += 1
                x, cost = y, value
        if cost < ever - 1e-9 and x is not None:
            ever = cost
            yield x.copy()


def rebeam(
    c: np.ndarray, r: np.ndarray, b: np.ndarray, heads: np.ndarray, allowed: np.ndarray, prices: np.ndarray, x: np.ndarray, rng: np.random.Generator,
    until: float,
) -> np.ndarray | None:  # fmt: skip
    """The answer x with a few agents filled anew, no dearer; agents that waste much are likelier."""
    m, n = c.shape
    d = c + prices[:, None] * r
    low = np.sort(np.where(allowed, d, np.inf), axis=0)[np.maximum(heads, 1) - 1, np.arange(n)]
    waste = np.where(x, np.maximum(d - low, 0), 0).sum(1) + prices * (b - (r * x).sum(1)) + 1e-9
    few = min(m, int(rng.integers(min(m, 4), min(m, 16) + 1)))
    agents = rng.choice(m, few, replace=False, p=waste / waste.sum() * 0.8 + 0.2 / m)
    need = x[agents].sum(0)
    jobs = np.flatnonzero(need)
    if not len(jobs):
        return None
    part = np.ix_(agents, jobs)
    limit = float(c[agents][x[agents]].sum()) + 1e-9 * (np.ptp(c) + 1.0)
    width = int(rng.choice([1, 2, 4]))
    got = beam(c[part], r[part], b[agents], need[jobs], allowed[part], prices[agents], limit, rng, width=width, children=2, until=until)
    if got is None:
        return None
    y = x.copy()
    y[part] = got
    return y
