"""Rosters of ten thousand people and more: the tiers are weighed together, one relaxation gives the prices and the bound, and only what the prices leave open is searched.

The weights are BLEND: for one turn-cost of load 4 wishes, for one wish 5 km. A missing head weighs more than anything the rest can do for it along a chain of ten people; whether
cover is the best there is, is proven apart (its own bound), never deduced from the weight.

1. Relaxation of the whole question, started from those of its territories (roster_blocks). The bound is computed from its prices (weak duality), over all pairs: nothing was left out.
2. Lines the relaxation takes whole stay, unless they touch a position it could not settle; what is open then is small and is searched (branch and bound).
3. While the answer is further than ENOUGH from the bound, the search widens: all pairs whose price is small, then all that can be in a better answer at all; the bound of that
   last search holds for the whole question.
"""

import time
from collections.abc import Callable

import numpy as np

from liandong.matching.solver.candidates import Ground, Pairs
from liandong.matching.solver.programme import Programme, Relaxed
from liandong.matching.solver.roster_blocks import BLOCK, City, Part
from liandong.matching.solver.roster_model import Aim, Model
from liandong.matching.solver.roster_types import Tier

BLEND = {"changes": 5_000.0, "load": 200.0, "wishes": 50.0, "travel": 1.0}
HEAD = 20_000.0  # one missing head of the least urgent priority
URGENT = 5.0  # each priority above weighs so many times more
ENOUGH = 0.001  # gap at which the search may stop
SURE = 1e-6
WHOLE = 600_000  # pairs; above, territories decide one after the other (roster_blocks)


def weights(model: Model) -> dict[str, float]:
    """What one step of each tier weighs."""
    levels = [aim.name for aim in model.aims if aim.name.startswith("cover")]
    heads = {name: HEAD * URGENT ** (len(levels) - 1 - place) for place, name in enumerate(levels)}
    return {aim.name: heads.get(aim.name, BLEND.get(aim.name, HEAD / 2)) for aim in model.aims}


def climb_blended(
    model: Model,
    programme: Programme,
    *,
    ground: Ground,
    pairs: Pairs,
    take: Callable[[np.ndarray], object],
    value: Callable[[], dict[str, int] | None],
    until: float,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Tier, ...]:
    """Feeds answers to `take` and returns the tiers: cover as it is, everything else as one."""
    weigh = weights(model)
    cost = sum((weigh[aim.name] * aim.cost for aim in model.aims), np.zeros(model.columns))
    offset = sum(weigh[aim.name] * aim.offset for aim in model.aims)
    bound = sum(weigh[aim.name] * aim.floor for aim in model.aims if aim.name in weigh)
    city = City(ground, pairs, model, cost, until, cancelled)
    now = time.monotonic()
    basis = city.basis(BLOCK)
    relaxed = programme.relax(cost, until=now + 0.6 * (until - now), cancelled=cancelled, basis=basis) if basis is not None else None
    programme.highs = None
    if relaxed is not None:
        bound = max(bound, relaxed.bound + offset)
    if relaxed is None or not relaxed.optimal or model.pairs > WHOLE:
        if relaxed is not None:
            city.prices = relaxed.prices
        chosen = city.decide(np.zeros(model.pairs, dtype=bool), BLOCK, first=True, narrow=narrow_to_open)
        take(chosen)
        if not city.stopped():
            take(city.decide(chosen, BLOCK * 3 // 2, first=False, narrow=narrow_to_open))
    else:
        start, reached, heads = None, np.inf, 0.0
        for near, margin in ((True, 200.0), (False, 60.0), (False, 0.0)):
            if time.monotonic() >= until or (cancelled is not None and cancelled()):
                break
            exact = not near and not margin and np.isfinite(reached)
            held = programme.remember()
            # Who costs more than the answer is away from the bound is in no better answer: then the search's own bound holds for the whole.
            narrow_to_open(model, programme, relaxed, reached - bound if exact else margin or 400.0, near=near)
            found = programme.search(cost, start=start, until=until, unit=1e-6, cancelled=cancelled, relative=ENOUGH / 5)
            programme.restore(held)
            if found.x is not None:
                x = found.x[: model.pairs] > 0.5
                take(x)
                start, reached, heads = x.astype(float), min(reached, float(cost @ found.x) + offset), heads_of(model, weigh, found.x)
            if exact:
                bound = max(bound, min(reached, found.bound + offset))
            if reached - bound <= ENOUGH * abs(reached - heads):
                break
    return tiers_of(model, weigh, value(), bound)


def heads_of(model: Model, weigh: dict[str, float], x: np.ndarray) -> float:
    return sum(weigh[aim.name] * float(aim.cost @ x) for aim in model.aims if aim.name.startswith("cover"))


def narrow_to_open(model: Model | Part, programme: Programme, relaxed: Relaxed, margin: float, *, near: bool) -> None:
    """Fix pairs the relaxation leaves out at a price above `margin`. With `near`, what it takes whole stays too, unless it touches a position it could not settle."""
    count = model.pairs
    x, reduced = relaxed.x[:count], relaxed.reduced[:count]
    free = programme.high[:count] > programme.low[:count]
    keep = (x > SURE) | (reduced <= margin + SURE)
    if near:
        torn = (x > SURE) & (x < 1 - SURE)
        unsettled = np.isin(model.position, model.position[torn])
        people = np.isin(model.person, model.person[unsettled & (x > SURE)])
        keep &= people | unsettled | (x > SURE)
        programme.low[:count][free & (x > 1 - SURE) & ~people] = 1.0
    programme.high[:count][free & ~keep] = 0.0
    programme.highs = None


def tiers_of(model: Model, weigh: dict[str, float], values: dict[str, int] | None, bound: float) -> tuple[Tier, ...]:
    """Cover tier by tier with its floor; below, one tier whose bound holds for every roster that covers as much."""
    if values is None:
        return ()
    cover = [aim for aim in model.aims if aim.name.startswith("cover")]
    made = [Tier(aim.name, values[aim.name], aim.floor, aim.unit) for aim in cover]
    heads = sum(weigh[aim.name] * values[aim.name] for aim in cover)
    rest = sum(weigh[aim.name] * values[aim.name] for aim in model.aims if not aim.name.startswith("cover"))
    made.append(Tier("blend", rest, min(rest, bound - heads)))
    return tuple(made)


def cover_bounds(cover: list[Aim], programme: Programme, values: list[float], *, until: float, cancelled: Callable[[], bool] | None) -> list[float]:
    """How few heads can be missing at each priority, given that the ones before are as in the answer: one relaxation each."""
    bounds: list[float] = []
    for aim, value in zip(cover, values, strict=False):
        bound = aim.floor
        if value > aim.floor:
            relaxed = programme.relax(aim.cost, until=until, cancelled=cancelled)
            programme.highs = None
            if relaxed is not None:
                bound = max(bound, float(np.ceil(relaxed.bound + aim.offset - 1e-6)))
        bounds.append(min(bound, value))
        programme.cap(aim.cost, value - aim.offset + 1e-6)
    return bounds
