"""The general assignment problem: each job to exactly one agent (or to `heads` different ones), no agent beyond its capacity, least cost.

    minimise  Σ_ij c_ij x_ij    subject to  Σ_j r_ij x_ij ≤ b_i (agents i),  Σ_i x_ij = h_j (jobs j),  x binary

How it is solved, and where each part stands:

1. The linear relaxation gives prices of capacity and a first bound (`gap_bound.linear`); without an answer there is none here either: proven infeasible.
2. A beam of fillings gives first answers (`gap_search.beam`), a second process improves them all the while (`gap_search.search`).
3. The Lagrangean relaxation of the job rows, its knapsacks solved exactly, lifts the bound (`gap_bound.lagrange`) and rules out pairs that no better answer can contain.
4. HiGHS solves a kernel of likely pairs, then all that are left. Where it gets nowhere, its time goes to the search as well.

What is claimed: `objective` is recomputed by `checked`, which knows nothing of the solvers. `bound` comes from our own prices; HiGHS may raise it, unless an answer below its
bound turns up, whence nothing that it said is used any more. Bounds are rounded up to whole numbers only where all costs are whole.
"""

import math
import multiprocessing as mp
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import highspy
import numpy as np

from liandong.matching.solver import gap_bound, gap_search

GRID = 20_000  # steps into which capacities are cut where they are larger than that or not whole (only answers are sought there, no bounds)
CELLS = 1_000_000  # agents x capacity up to which the knapsacks are solved exactly for the bound
SMALL = 4_000  # pairs up to which HiGHS is asked at once


@dataclass(frozen=True)
class Problem:
    """m agents, n jobs. Costs may be any finite numbers, consumptions and capacities any that are not negative. Raises ValueError for what is no problem."""

    costs: Sequence[Sequence[float]] | np.ndarray  # m × n
    consumptions: Sequence[Sequence[float]] | np.ndarray  # m × n
    capacities: Sequence[float] | np.ndarray  # m
    heads: Sequence[int] | None = None  # n: different agents that each job needs; one if not given
    maximise: bool = False

    def __post_init__(self) -> None:
        c, r, b, h = self.arrays()
        m = len(b)
        if not m or c.ndim != 2 or not c.shape[1]:
            raise ValueError("there must be at least one agent and one job")
        if c.shape != (m, len(h)) or r.shape != c.shape:
            raise ValueError(f"{m} capacities, costs {c.shape} and consumptions {r.shape} do not fit together")
        if not (np.isfinite(c).all() and np.isfinite(r).all() and np.isfinite(b).all()):
            raise ValueError("all numbers must be finite")
        if (r < 0).any() or (b < 0).any():
            raise ValueError("consumptions and capacities must not be negative")
        if (h < 1).any():
            raise ValueError("every job needs at least one head")

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Costs and consumptions (m × n), capacities (m), heads (n)."""
        c = np.asarray(self.costs, float)
        heads = np.ones(c.shape[1] if c.ndim == 2 else 0, int) if self.heads is None else np.asarray(self.heads, int)
        return c, np.asarray(self.consumptions, float), np.asarray(self.capacities, float), heads


@dataclass(frozen=True)
class Answer:
    """`assignment[j]` are the agents of job j; None when no answer was found. `proven`: it is the best (or, with `infeasible`, there is none)."""

    objective: float | None
    bound: float | None  # no answer is better: never above the optimum (below it when maximising)
    assignment: tuple[tuple[int, ...], ...] | None
    proven: bool
    seconds: float
    infeasible: bool = False

    @property
    def gap(self) -> float | None:
        """How far the objective may be from the optimum, as a share of the objective."""
        if self.objective is None or self.bound is None:
            return None
        return abs(self.objective - self.bound) / max(1e-9, abs(self.objective)) if self.objective != self.bound else 0.0


def checked(problem: Problem, assignment: Sequence[Sequence[int]]) -> float:
    """The cost of an answer, added up afresh from the problem as it was given. Raises ValueError with what is broken."""
    c, r, b, heads = problem.arrays()
    m, n = c.shape
    if len(assignment) != n:
        raise ValueError(f"{len(assignment)} jobs are assigned, not {n}")
    load: list[list[float]] = [[] for _ in range(m)]
    cost = []
    for job, agents in enumerate(assignment):
        if len(set(agents)) != len(agents) or len(agents) != heads[job] or not all(0 <= agent < m for agent in agents):
            raise ValueError(f"job {job} needs {heads[job]} different agents and has {list(agents)}")
        for agent in agents:
            load[agent].append(float(r[agent, job]))
            cost.append(float(c[agent, job]))
    for agent in range(m):
        if (used := math.fsum(load[agent])) > b[agent] + 1e-9 * max(1.0, b[agent]):
            raise ValueError(f"agent {agent} has {b[agent]:g} and would use {used:g}")
    return math.fsum(cost)


def solve_gap(problem: Problem, *, seconds: float = 60.0, processes: int = 2, seed: int = 1) -> Answer:
    """The best answer found in about `seconds`, with a bound on any other. Two processes unless there is only one to have."""
    begun = time.monotonic()
    race = Race.of(problem, begun + max(0.2, 0.97 * seconds - 0.3), seed)
    race.run(processes)
    return race.answer(time.monotonic() - begun)


@dataclass
class Race:
    """One run: the problem as minimisation in arrays, and the best that is known."""

    problem: Problem
    c: np.ndarray
    r: np.ndarray  # as given, for HiGHS
    b: np.ndarray
    heads: np.ndarray
    steps: np.ndarray  # consumptions and room in whole steps, for the knapsacks: an answer there is one here
    room: np.ndarray
    exact: bool  # the steps are the consumptions, so bounds hold there as well
    allowed: np.ndarray
    until: float
    seed: int
    whole: bool
    x: np.ndarray | None = None
    cost: float = np.inf
    bound: float = -np.inf  # from our own prices
    believed: float = -np.inf  # HiGHS
    infeasible: bool = False
    job_prices: np.ndarray = field(default_factory=lambda: np.zeros(0))
    other: Connection | None = None

    @classmethod
    def of(cls, problem: Problem, until: float, seed: int) -> "Race":
        given, r, b, heads = problem.arrays()
        c = -given if problem.maximise else given
        b = np.minimum(b, r.sum(axis=1))
        steps, room, exact = in_steps(r, b)
        return cls(problem, c, r, b, heads, steps, room, exact, r <= b[:, None] * (1 + 1e-12), until, seed, bool((c == np.round(c)).all()))

    # What is known

    def take(self, x: np.ndarray | None) -> None:
        """A better answer is kept, if the check lets it pass."""
        if x is None or (self.x is not None and self.c[x].sum() >= self.cost - 1e-9):
            return
        try:
            cost = checked(self.problem, agents_of(x))
        except ValueError:
            return
        self.x, self.cost = x, -cost if self.problem.maximise else cost
        if self.believed > self.cost + self.slip:
            self.believed = -np.inf

    @property
    def slip(self) -> float:
        return 1e-6 * max(1.0, abs(self.cost)) if np.isfinite(self.cost) else 1e-6

    @property
    def known(self) -> float:
        """The bound: rounded up where all costs are whole; never above an answer."""
        bound = max(self.bound, self.believed)
        if self.whole and np.isfinite(bound):
            bound = float(math.ceil(bound - 1e-6 * max(1.0, abs(bound) * 1e-3)))
        return min(bound, self.cost)

    @property
    def proven(self) -> bool:
        return self.infeasible or (self.x is not None and self.known >= self.cost - 1e-9 * max(1.0, abs(self.cost)))

    @property
    def over(self) -> bool:
        return self.proven or time.monotonic() >= self.until

    @property
    def reach(self) -> float:
        """A better answer costs at most this."""
        return self.cost - 1 if self.whole else self.cost

    # What is done

    def run(self, processes: int) -> None:
        m = len(self.b)
        if (self.allowed.sum(0) < self.heads).any():
            self.infeasible = True
            return
        prices = gap_bound.linear(self.c, self.r, self.b, self.heads, self.allowed, max(1.0, self.until - time.monotonic()))
        if prices is None:
            self.infeasible = True
            return
        self.bound, self.job_prices = prices.bound, prices.job
        worth = prices.capacity * np.maximum(self.b, gap_bound.TINY) / np.maximum(self.room, 1) if not self.exact else prices.capacity
        rng = np.random.default_rng(self.seed)
        for _ in range(3):
            if not self.over and self.x is None:
                self.take(
                    gap_search.beam(
                        self.c, self.steps, self.room, self.heads, self.can_step, worth, np.inf, rng, width=2, children=2, until=self.until
                    )
                )
        if m * len(self.heads) <= SMALL and not self.over:
            self.programme(min(self.until, time.monotonic() + 2))
        if self.over:
            return
        helper = self.call_helper(worth) if processes > 1 else None
        try:
            if self.tractable:
                self.lift()
            if self.tractable and not self.over:
                self.kernel()
            if not self.over:
                self.programme(self.until)
            if not self.over:
                here = (self.c, self.steps, self.room, self.heads, self.can_step, worth)
                for x in gap_search.search(*here, seed=self.seed + 1, until=self.until, start=self.x, heard=self.hear):
                    self.take(x)
                    self.tell()
                    if self.over:
                        break
            self.hear()
        finally:
            if helper is not None:
                helper.terminate()
                helper.join()
                self.other = None

    @property
    def can_step(self) -> np.ndarray:
        return self.allowed & (self.steps <= self.room[:, None])

    def lift(self) -> None:
        """The Lagrangean bound, in at most a sixth of the time that is left."""
        left = self.until - time.monotonic()
        goal = self.cost if self.x is not None else self.bound + 0.01 * abs(self.bound) + 1
        c = np.where(self.allowed, self.c, np.inf)
        bound, u = gap_bound.lagrange(c, self.steps, self.room, self.heads, self.job_prices, goal, time.monotonic() + left / 6)
        if bound > self.bound:
            self.bound, self.job_prices = bound, u
        self.hear()

    def kernel(self) -> None:
        """HiGHS on the two likeliest pairs of each job and those of our answer, as long as that helps (kernel search; Angelelli, Mansini & Speranza 2010)."""
        if self.x is None:
            return
        least = self.least()
        likely = least <= np.sort(least, axis=None)[min(least.size - 1, 2 * len(self.heads))]
        begun = time.monotonic()
        left = self.until - begun
        self.ask(likely & (least <= self.reach + self.slip) | self.x, begun + left / 2, patience=left / 5)
        self.tell()

    def programme(self, until: float) -> None:
        """HiGHS on all pairs that a better answer may contain; again when somebody else found a better one early, which rules out more."""
        while not self.over:
            pairs = self.allowed if self.x is None else (self.least() <= self.reach + self.slip) & self.allowed | self.x
            begun, cost = time.monotonic(), self.cost
            status, low = self.ask(pairs, until, patience=(until - begun) / 4 if self.other else np.inf, hasty=True)
            self.tell()
            if status == highspy.HighsModelStatus.kInfeasible and self.x is None:
                self.infeasible = True
                return
            low = min(low, cost)  # pairs are ruled out only against answers as good as the one we had
            if np.isfinite(low) and low <= self.cost + self.slip:
                self.believed = max(self.believed, low)
            if not (self.cost < cost and time.monotonic() - begun < 6) or status == highspy.HighsModelStatus.kOptimal or time.monotonic() >= until:
                return

    def least(self) -> np.ndarray:
        """What an answer with this pair costs at least (m × n)."""
        if not self.tractable:
            return np.where(self.allowed, -np.inf, np.inf)
        return gap_bound.forced(np.where(self.allowed, self.c, np.inf), self.steps, self.room, self.heads, self.job_prices)

    @property
    def tractable(self) -> bool:
        return self.exact and len(self.b) * int(self.room.max()) <= CELLS

    def ask(self, pairs: np.ndarray, until: float, *, patience: float, hasty: bool = False) -> tuple[highspy.HighsModelStatus, float]:
        """HiGHS on these pairs, from our answer on; what it finds is taken, its status and its bound are returned.

        It is stopped when for `patience` seconds it found nothing better, unless it closed a third of the gap; if `hasty`, also by an early answer from elsewhere.
        """
        highs, i, j = gap_bound.model(self.c, self.r, self.b, self.heads, pairs, whole=True)
        highs.setOptionValue("time_limit", max(0.5, until - time.monotonic()))
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", 0.99 if self.whole else 1e-9)
        if self.x is not None:
            start = highspy.HighsSolution()
            start.col_value = self.x[i, j].astype(float)
            highs.setSolution(start)
        begun, cost, first = time.monotonic(), self.cost, self.known
        best, moved = cost, begun

        def watch(event: highspy.highs.HighsCallbackEvent) -> None:
            nonlocal best, moved
            self.hear()
            now, found = time.monotonic(), event.data_out.mip_primal_bound
            if found < best - 1e-9:
                best, moved = found, now
            closed = (event.data_out.mip_dual_bound - first) / max(1e-9, best - first)
            if (now - moved > patience and not closed > 0.3) or (hasty and self.cost < cost and now - begun < 6):
                event.interrupt()

        highs.cbMipInterrupt += watch
        highs.run()
        status, info = highs.getModelStatus(), highs.getInfo()
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            x = np.zeros_like(self.allowed)
            x[i, j] = np.array(highs.getSolution().col_value) > 0.5
            self.take(x)
        self.hear()
        return status, float(info.mip_dual_bound)

    # The second process

    def call_helper(self, prices: np.ndarray) -> mp.process.BaseProcess | None:
        if mp.current_process().daemon:  # a process of that kind may have no others
            return None
        context = mp.get_context("spawn")
        self.other, there = context.Pipe()
        what = (self.c, self.steps, self.room, self.heads, self.can_step, prices)
        helper = context.Process(target=help_search, args=(there, what, self.x, self.seed + 1000, self.until - time.monotonic()), daemon=True)
        helper.start()
        there.close()
        return helper

    def hear(self) -> np.ndarray | None:
        """Take what the other process found; returns the best, for the search here."""
        try:
            while self.other is not None and self.other.poll():
                self.take(self.other.recv())
        except (EOFError, OSError):
            self.other = None
        return self.x

    def tell(self) -> None:
        try:
            if self.other is not None:
                self.other.send(self.x)
        except OSError:
            self.other = None

    def answer(self, seconds: float) -> Answer:
        sign = -1.0 if self.problem.maximise else 1.0
        bound = sign * self.known if np.isfinite(self.known) and not self.infeasible else None
        if self.x is None:
            return Answer(None, bound, None, self.infeasible, seconds, self.infeasible)
        assignment = agents_of(self.x)
        objective = checked(self.problem, assignment)
        return Answer(objective, objective if self.proven else bound, assignment, self.proven, seconds)


def help_search(pipe: Connection, what: tuple, start: np.ndarray | None, seed: int, seconds: float) -> None:
    """What the second process does: search, send every better answer, take what comes."""
    best = start

    def heard() -> np.ndarray | None:
        nonlocal best
        while pipe.poll():
            best = pipe.recv()
        return best

    try:
        for x in gap_search.search(*what, seed=seed, until=time.monotonic() + seconds, start=start, heard=heard):
            pipe.send(x)
    except (EOFError, OSError, KeyboardInterrupt):
        return


def agents_of(x: np.ndarray) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(agent) for agent in np.flatnonzero(column)) for column in x.T)


def in_steps(r: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Consumptions and capacities as small whole numbers, and whether nothing was lost; otherwise consumptions are rounded up and capacities down."""
    for scale in (1, 10, 100, 1000):
        steps = r * scale
        if np.abs(steps - np.round(steps)).max() < 1e-7:
            steps = np.round(steps).astype(np.int64)
            common = max(1, int(np.gcd.reduce(steps, axis=None)))
            room = np.floor(b * scale / common + 1e-9).astype(np.int64)
            if room.max() <= GRID:
                return steps // common, room, True
    fine = GRID / max(float(b.max()), 1e-12)
    return np.ceil(r * fine - 1e-9).astype(np.int64), np.floor(b * fine + 1e-9).astype(np.int64), False
