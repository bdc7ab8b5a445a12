"""The general assignment problem as it is asked and answered, and the check of an answer, which knows nothing of the solvers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

GRID = 20_000  # steps into which capacities are cut where they are larger than that or not whole (only answers are sought there, no bounds)


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
