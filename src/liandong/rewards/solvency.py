"""Are the points covered, ten years forward? A small model of a place that earns, keeps and spends. Plain arrays, no Django.

Every year, in this order: everybody grows a year older and so do their points; points older than the rule allows run out; people earn; people wish to spend a share
of what they hold, a small one while young and a large one when old (points are put by for years and taken out late); the shelf serves these wishes as far as it reaches,
oldest points first, and what it cannot serve stays with the people. Chance moves earning, wishes and the shelf in each run; the same seed gives the same runs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

YOUNGEST, OLDEST = 16, 95  # the last age holds everybody beyond
AGES = OLDEST - YOUNGEST + 1
LOTS = 12  # points by their age in years; the last lot holds everything older
RISES_FROM, RISES_TO = 58, 72  # between these ages the share people wish to spend rises


@dataclass(frozen=True)
class Start:
    """Today: `held` points by age of the person and of the points (AGES × LOTS), `earned` a year by age of the person (AGES), `shelf` points' worth of offers a year."""

    held: Array
    earned: Array
    shelf: float

    @property
    def promised(self) -> float:
        return float(self.held.sum())


@dataclass(frozen=True)
class Assumptions:
    """What nobody knows, in percent. A hub changes these."""

    earning: float = 100  # of what is earned now
    earning_growth: float = 3  # a year: more people, more hours
    shelf_growth: float = 3  # a year
    wish_young: float = 12  # of what they hold, a year, below RISES_FROM
    wish_old: float = 40  # of what they hold, a year, from RISES_TO on
    expiry_years: int = 0  # 0 is never
    chance: float = 15  # how far a year may be from the expected one
    floor: float = 100  # the shelf should be at least so much of what people wish to spend


@dataclass(frozen=True)
class Course:
    """What came out, one value a year: the middle of all runs, and for the cover the range that eight of ten runs stay in."""

    promised: Array
    wished: Array
    shelf: Array
    cover: Array  # shelf / wished, in percent
    low: Array
    high: Array
    unmet: Array
    expired: Array
    earned: Array
    spent: Array

    def short_from(self, floor: float) -> int | None:
        """The first year (1 is the next one) in which the shelf of the middle run is below the floor; None when that does not happen."""
        below = np.flatnonzero(self.cover < floor)
        return int(below[0]) + 1 if below.size else None


def wishes(assumptions: Assumptions) -> Array:
    """The share of what they hold that people of each age wish to spend in a year."""
    ages = np.arange(YOUNGEST, OLDEST + 1)
    way = np.clip((ages - RISES_FROM) / (RISES_TO - RISES_FROM), 0, 1)
    return (assumptions.wish_young + (assumptions.wish_old - assumptions.wish_young) * way) / 100


def simulate(start: Start, assumptions: Assumptions, *, years: int = 10, runs: int = 200, seed: int = 7) -> Course:
    """Run the place forward many times. Refuses arrays of another shape."""
    if start.held.shape != (AGES, LOTS) or start.earned.shape != (AGES,):
        raise ValueError(f"held must be {AGES} x {LOTS}, earned {AGES}")
    noise = assumptions.chance / 100
    runs = runs if noise else 1
    rng = np.random.default_rng(seed)
    draws = np.exp(rng.normal(0, noise, (years, 2, runs)) - noise**2 / 2)  # mean 1
    steps = rng.normal(0, noise / 3, (years, runs)).cumsum(axis=0)
    share = wishes(assumptions)
    expiry = min(assumptions.expiry_years, LOTS - 1) if assumptions.expiry_years > 0 else 0

    lots = np.hstack([start.held[:, :expiry], start.held[:, expiry:].sum(axis=1, keepdims=True)])  # their age matters only until they run out
    held = np.repeat(lots[None], runs, axis=0)
    kept: dict[str, list[Array]] = {name: [] for name in ("promised", "wished", "shelf", "unmet", "expired", "earned", "spent")}
    for year in range(years):
        held = _older(held)
        gone = held[:, :, expiry:].sum(axis=(1, 2)) if expiry else np.zeros(runs)
        if expiry:
            held[:, :, expiry:] = 0
        growth = (1 + assumptions.earning_growth / 100) ** (year + 1)
        earned = start.earned[None] * (assumptions.earning / 100 * growth * draws[year, 0])[:, None]
        held[:, :, 0] += earned
        own = held.sum(axis=2)
        wish = np.minimum(own * share[None] * draws[year, 1][:, None], own)
        wished = wish.sum(axis=1)
        shelf = np.maximum(start.shelf * (1 + assumptions.shelf_growth / 100) ** year * np.exp(steps[year]), 0)
        served = np.minimum(1, np.divide(shelf, wished, out=np.ones(runs), where=wished > 0))
        spent = wish * served[:, None]
        held = _spend(held, spent)
        for name, value in {
            "promised": held.sum(axis=(1, 2)),
            "wished": wished,
            "shelf": shelf,
            "unmet": wished - spent.sum(axis=1),
            "expired": gone,
            "earned": earned.sum(axis=1),
            "spent": spent.sum(axis=1),
        }.items():
            kept[name].append(value)
    rows = {name: np.array(values) for name, values in kept.items()}
    cover = 100 * np.divide(rows["shelf"], rows["wished"], out=np.full(rows["shelf"].shape, 999.0), where=rows["wished"] > 0)
    low, middle, high = np.quantile(cover, (0.1, 0.5, 0.9), axis=1)
    return Course(cover=middle, low=low, high=high, **{name: np.median(values, axis=1) for name, values in rows.items()})


def _older(held: Array) -> Array:
    """A year passes: for the people, and for their points."""
    aged = np.zeros_like(held)
    aged[:, 1:] = held[:, :-1]
    aged[:, -1] += held[:, -1]
    moved = np.zeros_like(aged)
    moved[:, :, 1:] = aged[:, :, :-1]
    moved[:, :, -1] += aged[:, :, -1]
    return moved


def _spend(held: Array, spent: Array) -> Array:
    """Take `spent` (runs × ages) out of the lots, oldest points first."""
    old_first = held[:, :, ::-1]
    before = old_first.cumsum(axis=2) - old_first
    taken = np.clip(spent[:, :, None] - before, 0, old_first)
    return held - taken[:, :, ::-1]
