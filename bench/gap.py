"""General assignment: how far from its own bound, how fast, beside four other ways. `python bench/gap.py [--seconds N] [--quick | --large]`.

First come: the jobs in their order, each to the cheapest agent with room. Best match first: the cheapest pairs first. Regret: the job that would lose most by waiting goes first.
HiGHS alone: the whole model, the same time, both cores. What they miss is counted from our bound; "none": they left jobs over.

No published instance is kept here; these are made by the published recipes, with seeds (types A–D: Chu & Beasley, Computers & Operations Research 24, 1997;
type E: Laguna, Kelly, González-Velarde & Glover, European Journal of Operational Research 82, 1995, whole numbers as in Yagiura, Ibaraki & Glover, the same 169, 2006).
Every answer is added up again here, from the instance alone. Memory is that of both processes at their highest.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

SMALL = [(kind, m, n) for kind in "ABCDE" for n in (100, 200) for m in (5, 10, 20)]
LARGE = [
    (kind, m, n) for kind in "CDE" for m, n in ((10, 400), (20, 400), (40, 400), (15, 900), (30, 900), (60, 900), (20, 1600), (40, 1600), (80, 1600))
]
QUICK = [
    ("A", 10, 100),
    ("B", 20, 100),
    ("C", 20, 200),
    ("D", 20, 100),
    ("D", 20, 200),
    ("E", 20, 200),
    ("C", 80, 1600),
    ("D", 80, 1600),
    ("E", 80, 1600),
]


def generate(kind: str, m: int, n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs and consumptions (m × n), capacities (m)."""
    rng = np.random.default_rng([ord(kind), m, n, seed])
    if kind in "ABC":
        r, c = rng.integers(5, 26, (m, n)), rng.integers(10, 51, (m, n))
    elif kind == "D":
        r = rng.integers(1, 101, (m, n))
        c = 111 - r + rng.integers(-10, 11, (m, n))
    else:
        r = np.maximum(1, np.rint(1 - 10 * np.log(1 - rng.random((m, n))))).astype(int)
        c = np.rint(1000 / r - 10 * rng.random((m, n))).astype(int)
    if kind in "AB":
        cheapest = c.argmin(axis=0)
        most = max(int(r[i, cheapest == i].sum()) for i in range(m))
        b = np.full(m, int(0.6 * (n / m) * 15 + 0.4 * most))
        return c, r, b if kind == "A" else b * 7 // 10
    return c, r, (0.8 * r.sum(axis=1) / m).astype(int)


def cost_of(instance: tuple[np.ndarray, np.ndarray, np.ndarray], agents: list[int] | None) -> float | None:
    """Added up afresh; None when it is no answer. Knows nothing of the solver."""
    c, r, b = instance
    if agents is None or len(agents) != c.shape[1]:
        return None
    load, cost = [0] * len(b), 0
    for job, agent in enumerate(agents):
        load[agent] += int(r[agent, job])
        cost += int(c[agent, job])
    return float(cost) if all(used <= room for used, room in zip(load, b, strict=True)) else None


def greedy(instance: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[int] | None:
    """The job that would lose most by waiting goes first, to its cheapest agent with room (Martello & Toth 1981)."""
    c, r, b = instance
    room, agents, open_ = b.copy(), np.full(c.shape[1], -1), np.ones(c.shape[1], bool)
    while open_.any():
        d = np.where(r <= room[:, None], c, np.inf)[:, open_]
        two = np.partition(d, 1, axis=0)[:2]
        if not np.isfinite(two[0]).all():
            return None
        pick = int(np.argmax(np.where(np.isfinite(two[1]), two[1] - two[0], np.inf)))
        job, agent = int(np.flatnonzero(open_)[pick]), int(d[:, pick].argmin())
        agents[job], open_[job] = agent, False
        room[agent] -= r[agent, job]
    return [int(agent) for agent in agents]


def first_come(instance: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[int] | None:
    c, r, b = instance
    room, agents = b.copy(), []
    for job in range(c.shape[1]):
        d = np.where(r[:, job] <= room, c[:, job].astype(float), np.inf)
        agent = int(d.argmin())
        if not np.isfinite(d[agent]):
            return None
        agents.append(agent)
        room[agent] -= r[agent, job]
    return agents


def best_match_first(instance: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[int] | None:
    c, r, b = instance
    room, agents = b.copy(), [-1] * c.shape[1]
    for pair in c.argsort(axis=None, kind="stable").tolist():
        agent, job = divmod(pair, c.shape[1])
        if agents[job] < 0 and r[agent, job] <= room[agent]:
            agents[job] = agent
            room[agent] -= r[agent, job]
    return None if -1 in agents else agents


def plain(instance: tuple[np.ndarray, np.ndarray, np.ndarray], seconds: float) -> list[int] | None:
    """HiGHS with the whole model and nothing else, in a process of its own, with both cores."""
    import highspy

    from liandong.matching.solver.gap_bound import model

    c, r, b = instance
    highs, i, j = model(c, r, b, np.ones(c.shape[1], int), np.ones(c.shape, bool), whole=True)
    highs.setOptionValue("threads", 2)
    highs.setOptionValue("time_limit", seconds)
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    agents = np.full(c.shape[1], -1)
    taken = np.array(highs.getSolution().col_value) > 0.5
    agents[j[taken]] = i[taken]
    return [int(agent) for agent in agents]


def ours(
    instance: tuple[np.ndarray, np.ndarray, np.ndarray], seconds: float, one: bool = False, seed: int = 1
) -> tuple[list[int] | None, float | None, bool, float, int]:
    """Agents, bound, proven, seconds, megabytes; in a fresh process, as the command has it. `one`: no second process, and the seconds are those of the processor."""
    from liandong.matching.solver.gap import Problem, solve_gap

    if one:
        time.monotonic = time.process_time
    answer = solve_gap(Problem(*instance), seconds=seconds, processes=1 if one else 2, seed=seed)
    agents = None if answer.assignment is None else [way[0] for way in answer.assignment]
    memory = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    return agents, answer.bound, answer.proven, answer.seconds, memory


def alone(function: object, *arguments: object) -> object:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()  # type: ignore[arg-type]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--quick", action="store_true", help="nine instances instead of 57, eight seconds each")
    options.add_argument("--large", action="store_true", help="only the large ones")
    options.add_argument("--no-anchors", action="store_true")
    options.add_argument("--kinds", default="ABCDE")
    options.add_argument("--only", help="these instances, for example D20x100,E40x400")
    options.add_argument("--one", action="store_true", help="one process, seconds of the processor: comparable on a busy machine")
    options.add_argument("--seed", type=int, default=1, help="of the search; the instances stay")
    wanted = options.parse_args()
    seconds = 8 if wanted.quick and wanted.seconds == 60 else wanted.seconds
    instances = QUICK if wanted.quick else LARGE if wanted.large else SMALL + LARGE
    if wanted.only:
        instances = [instance for instance in SMALL + LARGE if "{}{}x{}".format(*instance) in wanted.only.split(",")]
    print(
        f"{seconds:g} s each{' of the processor, one process' if wanted.one else ''}; load of the machine at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )
    print(
        "instance         ours     bound      gap        s    MB         first come    best match first     regret             HiGHS alone",
        flush=True,
    )
    gaps, broken = [], 0
    for kind, m, n in (instance for instance in instances if instance[0] in wanted.kinds):
        instance = generate(kind, m, n)
        agents, bound, proven, took, memory = alone(ours, instance, seconds, wanted.one, wanted.seed)  # type: ignore[misc]
        cost = cost_of(instance, agents)
        broken += cost is None or bound > cost
        gap = 1.0 if cost is None else (cost - bound) / cost
        gaps.append(gap)
        others = ""
        if not wanted.no_anchors:
            for agents in (first_come(instance), best_match_first(instance), greedy(instance), alone(plain, instance, seconds)):
                other = cost_of(instance, agents)  # type: ignore[arg-type]
                others += f"{'none':>20}" if other is None else f" {other:10.0f} {(other - bound) / other:8.2%}"
        name = f"{kind} {m:2} x {n:4}"
        print(f"{name}  {cost or 0:9.0f} {bound:9.0f}  {'proven ' if proven else f'{gap:7.4%}'}  {took:6.1f}  {memory:4} {others}", flush=True)
    print(
        f"mean gap {statistics.mean(gaps):.4%}, largest {max(gaps):.4%}, {sum(gap == 0 for gap in gaps)} of {len(gaps)} proven, {broken} infeasible or wrongly bounded"
    )
    print(f"load at the end {os.getloadavg()[0]:.1f}", flush=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
