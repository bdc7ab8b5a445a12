"""The general assignment problem: each job to exactly one agent (or to `heads` different ones), no agent beyond its capacity, least cost.

    minimise  Σ_ij c_ij x_ij    subject to  Σ_j r_ij x_ij ≤ b_i (agents i),  Σ_i x_ij = h_j (jobs j),  x binary

How it is solved, and where each part stands:

1. The linear relaxation gives prices of capacity and a first bound (`gap_bound.linear`); without an answer there is none here either: proven infeasible.
2. A beam of fillings gives first answers (`gap_search.beam`), a second process improves them all the while (`gap_search.search`).
3. The Lagrangean relaxation of the job rows, its knapsacks solved exactly, lifts the bound (`gap_bound.lagrange`) and rules out pairs that no better answer can contain.
4. A choice among the patterns that lose least is searched (`gap_patterns`, `gap_cover`), which lifts the bound further; where patterns are long, HiGHS chooses among the pairs that
   are left. Then this process searches as well.

What is claimed: `objective` is recomputed by `checked`, which knows nothing of the solvers. `bound` comes from our own prices and searches; HiGHS may raise it, unless an answer below its
bound turns up, whence nothing that it said is used any more. Bounds are rounded up to whole numbers only where all costs are whole.
"""

import math
import multiprocessing as mp
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import highspy
import numpy as np

from liandong.matching.solver import gap_bound, gap_patterns, gap_search
from liandong.matching.solver.gap_cover import Cover
from liandong.matching.solver.gap_problem import Answer, Problem, agents_of, checked, in_steps

CELLS = 1_000_000  # agents x capacity up to which the knapsacks are solved exactly for the bound
SMALL = 4_000  # pairs up to which HiGHS is asked at once
WIDE = 8  # jobs an agent from which on HiGHS may do better with pairs than with patterns
HANDY = 700  # jobs up to which patterns are chosen for all agents at once
BITS = 20_000_000  # patterns x jobs in such a choice, at most
CLIMB = 0.25  # of the time that is left goes to lifting the bound by it
MANY = 3_000  # pairs not ruled out beyond which HiGHS gets nowhere when an answer is known


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
    def unit(self) -> float:
        """A better answer is better by at least this."""
        return 1.0 if self.whole else 1e-7 * max(1.0, abs(self.bound))

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
            near = self.near(self.seed)
            if self.tractable:
                self.climb()
            if not self.over and not (self.tractable and len(self.heads) < WIDE * m):
                self.programme(self.until)
            self.seek(worth, near)
            self.hear()
        finally:
            if helper is not None:
                helper.terminate()
                helper.join()
                self.other = None

    @property
    def can_step(self) -> np.ndarray:
        return self.allowed & (self.steps <= self.room[:, None])

    def near(self, seed: int) -> gap_patterns.Neighbourhoods | None:
        if not self.tractable:
            return None
        c = np.where(self.can_step, self.c, np.inf)
        return gap_patterns.Neighbourhoods(c, self.steps, self.room, self.job_prices, self.unit, np.random.default_rng(seed + 7))

    def seek(self, worth: np.ndarray, near: gap_patterns.Neighbourhoods | None) -> None:
        """What the second process does, here too."""
        here = (self.c, self.steps, self.room, self.heads, self.can_step, worth)
        while not self.over:
            for x in gap_search.search(*here, seed=self.seed + 1, until=self.until, start=self.x, heard=self.hear, near=near):
                self.take(x)
                self.tell()
                if self.over:
                    return

    def lift(self) -> None:
        """The Lagrangean bound, in at most a sixth of the time that is left."""
        left = self.until - time.monotonic()
        goal = self.cost if self.x is not None else self.bound + 0.01 * abs(self.bound) + 1
        c = np.where(self.allowed, self.c, np.inf)
        handy = len(self.heads) <= HANDY
        bound, u = gap_bound.lagrange(
            c, self.steps, self.room, self.heads, self.job_prices, goal, time.monotonic() + left / 6, 2e-2 if handy else 2e-3
        )
        if handy:
            bound, u = gap_patterns.priced(c, self.steps, self.room, self.heads, u, goal, rounds=8)
        if bound > self.bound:
            self.bound, self.job_prices = bound, u
        self.tell(self.job_prices)
        self.hear()

    def climb(self) -> None:
        """Answers at the bound, then above it by more and more, are searched among all patterns that can be in them. If there is none, the bound is lifted."""
        end, c = time.monotonic() + CLIMB * (self.until - time.monotonic()), np.where(self.can_step, self.c, np.inf)
        step = 1.0 if self.whole else 1e-4 * max(1.0, abs(self.bound))
        target = self.known if self.whole else self.bound + step
        while not self.over and time.monotonic() < end and len(self.heads) <= HANDY:
            begun, target = time.monotonic(), min(target, self.reach)
            most = BITS // (len(self.heads) * len(self.b))
            choice = gap_patterns.Choice.of(c, self.steps, self.room, self.job_prices, most, target - self.bound + self.slip, end)
            if choice is None or not (choice.complete or (step > 1 and self.whole)):
                return
            if not choice.complete:
                target, step = self.known, 1.0
                continue
            cover = choice.cover(self.heads, target, self.unit)

            def over(cover: Cover = cover) -> bool:
                self.hear()
                cover.limit = min(cover.limit, self.reach)
                return time.monotonic() > end

            cover.over = over
            self.take(cover.run(self.job_prices))
            self.tell()
            if not cover.settled:
                return
            self.believe(cover.limit + 1 if self.whole else cover.limit, self.cost)
            step = 2 * step if time.monotonic() - begun < 0.02 * (end - begun) else step if not self.whole else 1.0
            target += step

    def programme(self, until: float) -> None:
        """HiGHS on all pairs that a better answer may contain; again when somebody else found a better one early, which rules out more."""
        while not self.over:
            pairs = self.allowed if self.x is None else (self.least() <= self.reach + self.slip) & self.allowed | self.x
            if self.x is not None and pairs.sum() > (MANY if self.tractable else 7 * MANY):
                return
            begun, cost = time.monotonic(), self.cost
            status, low = self.ask(pairs, until, patience=np.inf if self.x is None else (until - begun) / 8, hasty=True)
            self.tell()
            if status == highspy.HighsModelStatus.kInfeasible and self.x is None:
                self.infeasible = True
                return
            self.believe(low, cost)
            if not (self.cost < cost and time.monotonic() - begun < 6) or status == highspy.HighsModelStatus.kOptimal or time.monotonic() >= until:
                return

    def believe(self, low: float, cost: float) -> None:
        """What HiGHS says, about a choice that left out only what is no better than `cost`."""
        low = min(low, cost)
        if np.isfinite(low) and low <= self.cost + self.slip:
            self.believed = max(self.believed, low)

    def least(self) -> np.ndarray:
        """What an answer with this pair costs at least (m × n)."""
        if not self.tractable:
            return np.where(self.allowed, -np.inf, np.inf)
        return gap_bound.forced(np.where(self.allowed, self.c, np.inf), self.steps, self.room, self.heads, self.job_prices)

    @property
    def tractable(self) -> bool:
        return self.exact and len(self.b) * int(self.room.max()) <= CELLS

    def ask(self, pairs: np.ndarray, until: float, *, patience: float, hasty: bool = False) -> tuple[highspy.HighsModelStatus, float]:
        """HiGHS on these pairs, from our answer on; what it finds is taken, its status and its bound are returned."""
        highs, i, j = gap_bound.model(self.c, self.r, self.b, self.heads, pairs, whole=True)
        status, low, found = self.drive(highs, None if self.x is None else self.x[i, j].astype(float), until, patience=patience, hasty=hasty)
        if found is not None:
            x = np.zeros_like(self.allowed)
            x[i, j] = found > 0.5
            self.take(x)
        return status, low

    def drive(
        self, highs: highspy.Highs, start: np.ndarray | None, until: float, *, patience: float, hasty: bool
    ) -> tuple[highspy.HighsModelStatus, float, np.ndarray | None]:
        """Status, bound and answer of HiGHS.

        It is stopped when for `patience` seconds of the processor it found nothing better, unless it closed a third of the gap; if `hasty`, also by an early answer from elsewhere.
        """
        highs.setOptionValue("time_limit", max(0.5, until - time.monotonic()))
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", 0.99 if self.whole else 1e-9)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start
            highs.setSolution(solution)
        begun, cost, first = time.process_time(), self.cost, self.known
        best, moved = cost, begun

        def watch(event: highspy.highs.HighsCallbackEvent) -> None:
            nonlocal best, moved
            self.hear()
            now, found = time.process_time(), event.data_out.mip_primal_bound
            if found < best - 1e-9:
                best, moved = found, now
            closed = (event.data_out.mip_dual_bound - first) / max(1e-9, best - first)
            if (now - moved > patience and not closed > 0.3) or (hasty and self.cost < cost and now - begun < 6):
                event.interrupt()

        highs.cbMipInterrupt += watch
        highs.run()
        info = highs.getInfo()
        good = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        self.hear()
        return highs.getModelStatus(), float(info.mip_dual_bound), np.array(highs.getSolution().col_value) if good else None

    # The second process

    def call_helper(self, prices: np.ndarray) -> mp.process.BaseProcess | None:
        if mp.current_process().daemon:  # a process of that kind may have no others
            return None
        context = mp.get_context("spawn")
        self.other, there = context.Pipe()
        what = (self.c, self.steps, self.room, self.heads, self.can_step, prices)
        helper = context.Process(
            target=help_search, args=(there, what, self.near(self.seed + 1000), self.x, self.seed + 1000, self.until - time.monotonic()), daemon=True
        )
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

    def tell(self, prices: np.ndarray | None = None) -> None:
        """Our best answer, or good job prices, for the other process."""
        try:
            if self.other is not None:
                self.other.send(self.x if prices is None else prices)
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


def help_search(pipe: Connection, what: tuple, near: gap_patterns.Neighbourhoods | None, start: np.ndarray | None, seed: int, seconds: float) -> None:
    """What the second process does: search, send every better answer, take what comes (answers, and job prices)."""
    best = start

    def heard() -> np.ndarray | None:
        nonlocal best
        while pipe.poll():
            message = pipe.recv()
            if message is not None and message.ndim == 1:
                if near is not None:
                    near.prices(message)
            else:
                best = message
        return best

    try:
        for x in gap_search.search(*what, seed=seed, until=time.monotonic() + seconds, start=start, heard=heard, near=near):
            pipe.send(x)
    except (EOFError, OSError, KeyboardInterrupt):
        return
