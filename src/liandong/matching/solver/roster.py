"""Who serves where and when: tier after tier, each with its bound. The model stands in docs/solver.md.

`solve` takes the tiers one by one. For each it solves the relaxation (linear programming), takes the answer when it is whole, searches (branch and bound) when it is not, and
then holds what it reached before the next tier: by complementary slackness where the relaxation was tight, by one more row where it was not. So no weights have to be believed.
Every answer is looked at by `check`, which shares no code with the model; every bound is computed from the prices by weak duality, or is HiGHS's own and then not above any
answer that we know.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from liandong.matching.solver import check, roster_large, roster_reasons, roster_repair
from liandong.matching.solver.candidates import Ground, Pairs, eligible_pairs, ground_of, refuse_nonsense
from liandong.matching.solver.draft import Draft
from liandong.matching.solver.programme import Programme
from liandong.matching.solver.roster_model import Aim, Model, build
from liandong.matching.solver.roster_types import Conflict, Impossible, Line, Problem, Roster, Slot, Tier

MENDED = 500  # people; above, a plan that breaks in a few places is mended there (roster_repair)
TOGETHER = 2e7  # the largest sum that two tiers may make as one question
LARGE = 60_000  # pairs; above, the lower tiers are weighed together (roster_large)

Progress = Callable[[Roster], None]
Cancelled = Callable[[], bool]


def solve(
    problem: Problem,
    *,
    seconds: float = 60.0,
    previous: Iterable[Slot] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Roster:
    """The best roster within `seconds`. With `previous`, changes come right after the heads: as few lines as possible are dropped or added. `progress` gets the best answer
    so far (lines and tiers, without reasons); once `cancelled()` is true the best answer so far is returned with `finished` False. `Impossible` names contradictions."""
    began = time.monotonic()
    if previous is not None:
        previous = frozenset(previous)
        if len(problem.people) > MENDED:
            refuse_nonsense(problem)
            refuse_locks(problem)
            if mended := roster_repair.repair(problem, previous, seconds=seconds, solve=solve, cancelled=cancelled):
                return mended
    ground = ground_of(problem)
    refuse_locks(problem)
    pairs = within_limits(ground, eligible_pairs(ground))
    earlier = None if previous is None else frozenset(previous)
    run = Run(ground, pairs, earlier, began, began + seconds, progress, cancelled)
    run.begin()
    model = build(ground, pairs, earlier)
    programme = Programme(model.matrix, model.lower, model.upper, model.low, model.high, model.integer)
    if run.best is None:
        run.take(feasible(run, model, programme))
    assert run.best is not None
    if len(pairs) > LARGE:
        run.climb_blended(model, programme)
    else:
        run.climb(joined(model, ground, pairs, run.best.values), programme)
    return run.answer()


@dataclass
class Best:
    chosen: np.ndarray
    slots: tuple[Slot, ...]
    values: dict[str, int]


class Run:
    """One question being answered."""

    def __init__(
        self,
        ground: Ground,
        pairs: Pairs,
        previous: frozenset[Slot] | None,
        began: float,
        until: float,
        progress: Progress | None,
        cancelled: Cancelled | None,
    ) -> None:
        self.ground, self.pairs, self.previous = ground, pairs, previous
        self.began, self.until, self.progress, self.cancelled = began, until, progress, cancelled
        self.best: Best | None = None
        self.tiers: list[Tier] = []
        self.shown = 0.0
        self.finished = True
        self.blended = False

    def stopped(self) -> bool:
        if self.cancelled is not None and self.cancelled():
            self.finished = False
        return not self.finished or time.monotonic() >= self.until

    def begin(self) -> None:
        """A first answer at once."""
        kept = None
        if self.previous is not None:
            kept = np.array(
                [self.ground.slot(*pair) in self.previous for pair in zip(self.pairs.person, self.pairs.position, strict=True)], dtype=bool
            )
        draft = Draft(self.ground, self.pairs)
        draft.fill(kept)
        self.take(draft.chosen)

    def take(self, chosen: np.ndarray) -> bool:
        """Believe an answer only after the check, keep it only if it is better in the first tier that differs."""
        slots = tuple(sorted(self.ground.slot(self.pairs.person[pair], self.pairs.position[pair]) for pair in np.flatnonzero(chosen)))
        if check.faults(self.ground.problem, slots):
            return False
        values = check.measure(self.ground.problem, slots, self.previous)
        if self.best is not None and tuple(values.values()) >= tuple(self.best.values.values()):
            return False
        self.best = Best(np.asarray(chosen, dtype=bool), slots, values)
        self.show()
        return True

    def show(self) -> None:
        if self.progress and self.best:
            self.shown = time.monotonic()
            self.progress(self.bare())

    def better(self, x: np.ndarray) -> None:
        """Called from inside a search."""
        if time.monotonic() - self.shown > 0.5:
            self.take(x[: len(self.pairs)] > 0.5)

    def climb(self, aims: list[Aim], programme: Programme) -> None:
        """All tiers in turn. While the relaxation's value is one that a roster could have, the tier waits: its best points are kept and the next tier is relaxed on them; one
        search at the end then settles all that wait. Should there be no whole roster among those points, the first that waits is searched by itself."""
        assert self.best is not None
        waiting: list[tuple[int, tuple, float]] = []
        bounds: dict[str, float] = {}
        careful: set[int] = set()
        at = 0
        while at < len(aims):
            aim = aims[at]
            if not waiting and aim.value(self.best.values) <= aim.floor:
                bounds[aim.name] = aim.value(self.best.values)
                hold(programme, aim, aim.value(self.best.values))
                at += 1
                continue
            if self.stopped():
                break
            relaxed = programme.relax(aim.cost, until=self.until, cancelled=self.cancelled)
            safe = aim.floor if relaxed is None else max(aim.floor, whole(relaxed.bound + aim.offset, aim.unit))
            tight = relaxed is not None and relaxed.optimal and abs(relaxed.bound + aim.offset - safe) < 1e-6 * aim.unit
            if (
                relaxed is not None
                and relaxed.optimal
                and np.all(np.abs(relaxed.x[: len(self.pairs)] - np.round(relaxed.x[: len(self.pairs)])) < 1e-6)
            ):
                self.take(relaxed.x[: len(self.pairs)] > 0.5)
            reached = all(aims[number].value(self.best.values) <= bound for number, _, bound in waiting)
            bound, settled = safe, reached and aim.value(self.best.values) <= safe
            if not settled and tight and relaxed is not None and at + 1 < len(aims) and at not in careful:
                waiting.append((at, programme.remember(), safe))
                programme.narrow(relaxed)
                bounds[aim.name] = safe
                at += 1
                continue
            if not settled and not self.stopped():
                now = time.monotonic()
                until = self.until if at + 1 == len(aims) else now + 0.6 * (self.until - now)
                start = self.best.chosen if reached else None
                found = programme.search(
                    aim.cost, start=start, until=until, unit=aim.unit, cancelled=self.cancelled, better=self.better if self.progress else None
                )
                if found.x is not None:
                    self.take(found.x[: len(self.pairs)] > 0.5)
                reached = all(aims[number].value(self.best.values) <= held for number, _, held in waiting)
                if not reached:  # nothing whole among the points that were kept, or no time to find it
                    first, held, _ = waiting[0]
                    programme.restore(held)
                    careful.add(first)
                    for number, _, _ in waiting[1:]:
                        bounds.pop(aims[number].name)
                    waiting = []
                    at = first
                    continue
                bound = max(safe, whole(found.bound + aim.offset, aim.unit))
            value = aim.value(self.best.values)
            if value < bound - 0.5 * aim.unit:  # an answer beats the claim, so the claim was wrong
                bound = safe if value >= safe - 0.5 * aim.unit else aim.floor
            bounds[aim.name] = bound
            waiting = []
            if tight and relaxed is not None and value <= safe:
                before = programme.remember()
                programme.narrow(relaxed)
                if self.fits(programme):
                    at += 1
                    continue
                programme.restore(before)
            programme.cap(aim.cost, value - aim.offset + 1e-6 * aim.unit)
            at += 1
        self.tiers = [tier for aim in aims for tier in apart(aim, bounds.get(aim.name, aim.floor), self.best.values)]

    def fits(self, programme: Programme) -> bool:
        """Whether the best answer is among the points kept: rows hold a tier with a hair's breadth, which a relaxation may use."""
        assert self.best is not None
        own = slice(len(self.pairs))
        return bool(np.all((programme.low[own] <= self.best.chosen) & (self.best.chosen <= programme.high[own])))

    def climb_blended(self, model: Model, programme: Programme) -> None:
        self.blended = True
        tiers = roster_large.climb_blended(
            model,
            programme,
            ground=self.ground,
            pairs=self.pairs,
            take=self.take_blended(roster_large.weights(model)),
            value=lambda: self.best.values if self.best else None,
            until=self.until,
            cancelled=self.cancelled,
        )
        cover = [aim for aim in model.aims if aim.name.startswith("cover")]
        if any(not tier.proven for tier in tiers[: len(cover)]) and not self.stopped():
            bounds = roster_large.cover_bounds(cover, programme, [tier.value for tier in tiers], until=self.until, cancelled=self.cancelled)
            tiers = (*(replace(tier, bound=bound) for tier, bound in zip(tiers, bounds, strict=False)), *tiers[len(bounds) :])
        self.tiers = list(tiers)

    def take_blended(self, weigh: dict[str, float]) -> Callable[[np.ndarray], object]:
        """As `take`, but what counts is the weighed sum."""

        def take(chosen: np.ndarray) -> None:
            before = self.best
            self.best = None
            if not self.take(chosen) or (before and self.best and worth(self.best) >= worth(before)):
                self.best = before

        def worth(best: Best) -> float:
            return sum(weigh[name] * value for name, value in best.values.items())

        return take

    def bare(self) -> Roster:
        """The best answer so far; tiers that were not looked at yet have no bound of their own."""
        assert self.best is not None
        tiers = [*self.tiers]
        if not self.blended:
            tiers += [Tier(name, value, value - 1e9) for name, value in list(self.best.values.items())[len(tiers) :]]
        problem = self.ground.problem
        changes = set() if self.previous is None else self.previous ^ set(self.best.slots)
        return Roster(
            lines=tuple(Line(slot.person, slot.shift, slot.position) for slot in self.best.slots),
            tiers=tuple(tiers),
            required=check.demand(problem),
            changes=None if self.previous is None else len(changes),
            people_changed=tuple(sorted({slot.person for slot in changes})),
            seconds=time.monotonic() - self.began,
            pairs=len(self.pairs),
            blended=self.blended,
            finished=self.finished,
        )

    def answer(self) -> Roster:
        made = roster_reasons.explain(self.ground, self.pairs, self.bare(), previous=self.previous, until=self.until, fewest=self.fewest)
        return replace(made, seconds=time.monotonic() - self.began)

    def fewest(self, problem: Problem) -> int | None:
        """How many heads must stay missing in another question: the tiers of cover alone."""
        if self.stopped():
            return None
        now = time.monotonic()
        ground = ground_of(problem)
        pairs = within_limits(ground, eligible_pairs(ground))
        other = Run(ground, pairs, None, now, min(self.until, now + 1.0), None, self.cancelled)
        other.begin()
        if other.best is None:
            return None
        model = build(ground, pairs)
        programme = Programme(model.matrix, model.lower, model.upper, model.low, model.high, model.integer)
        other.climb([aim for aim in model.aims if aim.name.startswith("cover")], programme)
        return int(sum(tier.value for tier in other.tiers)) if all(tier.proven for tier in other.tiers) else None


def joined(model: Model, ground: Ground, pairs: Pairs, values: Mapping[str, int]) -> list[Aim]:
    """The tiers, neighbours as one question where the numbers stay small: a step of the upper one outweighs all by which the lower one can differ, so the order is the same.
    A tier whose least is reached stays by itself, for nothing has to be asked; so does cover, whose relaxation alone mostly settles it and keeps much of what follows fixed."""
    aims: list[Aim] = []
    for aim in reversed(model.aims):
        aims.insert(0, aim)
        if len(aims) == 1 or aim.name.startswith("cover") or values[aim.name] <= aim.floor or aims[1].value(values) <= aims[1].floor:
            continue
        upper, lower = aims[:2]
        times = reach(lower, model, ground, pairs) + 1
        if times * (reach(upper, model, ground, pairs) + 1) <= TOGETHER:
            cost, offset, floor = times * upper.cost + lower.cost, times * upper.offset + lower.offset, times * upper.floor + lower.floor
            aims[:2] = [Aim(f"{upper.name}+{lower.name}", cost, offset, lower.unit, floor, ((times, upper), (1.0, lower)))]
    return aims


def reach(aim: Aim, model: Model, ground: Ground, pairs: Pairs) -> float:
    """The most by which two rosters can differ in an aim: in each position its dearest pairs, as many as it has places."""
    if aim.parts:
        return sum(times * reach(part, model, ground, pairs) for times, part in aim.parts)
    cost = np.abs(aim.cost)
    order = np.lexsort((-cost[: model.pairs], pairs.position))
    rank = np.arange(model.pairs) - np.searchsorted(pairs.position[order], pairs.position[order])
    own = cost[: model.pairs][order][rank < np.maximum(ground.most[pairs.position[order]], 1)].sum()
    rest = cost[model.pairs :]
    return float(own + (rest * np.where(rest > 0, (model.high - model.low)[model.pairs :], 0.0)).sum())


def apart(aim: Aim, bound: float, values: Mapping[str, int]) -> list[Tier]:
    """The tiers of an aim. Of two asked as one: what the upper is at least whatever the lower does, and the lower's own bound when the upper is proven."""
    if not aim.parts:
        return [Tier(aim.name, values[aim.name], bound, aim.unit)]
    (times, upper), (_once, lower) = aim.parts
    have = upper.value(values)
    most = lower.value(values) + (0 if bound >= aim.value(values) else times - 1)
    least = max(upper.floor, whole((bound - most) / times, upper.unit))
    rest = max(lower.floor, bound - times * have) if least >= have else lower.floor
    return [*apart(upper, least, values), *apart(lower, rest, values)]


def whole(bound: float, unit: float) -> float:
    """The least value a roster can have that is not under the bound: values come in steps of `unit`."""
    return unit * ceil(bound / unit - 1e-6) if np.isfinite(bound) else bound


def hold(programme: Programme, aim: Aim, value: float) -> None:
    """Keep the aim at `value`: by fixing columns when that is the least they allow, else by a row."""
    least = np.where(aim.cost > 0, programme.low, np.where(aim.cost < 0, programme.high, 0.0)) * aim.cost
    if abs(least.sum() + aim.offset - value) < 1e-9:
        programme.high = np.where(aim.cost > 0, programme.low, programme.high)
        programme.low = np.where(aim.cost < 0, programme.high, programme.low)
        programme.highs = None
    else:
        programme.cap(aim.cost, value - aim.offset + 1e-6 * aim.unit)


def within_limits(ground: Ground, pairs: Pairs) -> Pairs:
    """Without the pairs whose shift alone is longer than the person's limit."""
    keep = np.ones(len(pairs), dtype=bool)
    limited = {number: person.limits for number, person in enumerate(ground.problem.people) if person.limits}
    if not limited:
        return pairs
    least = np.full(ground.people, np.iinfo(np.int64).max)
    for number, limits in limited.items():
        least[number] = min(limit.minutes for limit in limits)
    suspects = np.flatnonzero(ground.minutes[pairs.shift] > least[pairs.person])
    for pair in suspects.tolist():
        shift = pairs.shift[pair]
        start, minutes = int(ground.starts[shift]), int(ground.minutes[shift])
        if any(limit.start <= start < limit.end and minutes > limit.minutes for limit in limited[int(pairs.person[pair])]):
            keep[pair] = bool(pairs.locked[pair])
    return pairs if keep.all() else pairs.only(keep)


def refuse_locks(problem: Problem) -> None:
    """Locks that break a rule among themselves."""
    if not problem.locks:
        return
    twice = {lock for lock in problem.locks if problem.locks.count(lock) > 1}
    found = [
        Conflict(f"lock_{fault.code}", fault.values)
        for fault in check.faults(problem, sorted(set(problem.locks)), supervised=False)
        if fault.code != "lock_lost"
    ]
    found += [Conflict("lock_twice", {"person": lock.person, "shift": lock.shift, "position": lock.position}) for lock in sorted(twice)]
    if found:
        raise Impossible(found)


def feasible(run: Run, model: Model, programme: Programme) -> np.ndarray:
    """Locked people without guide: look for guides; if there are none, say which shifts ask for them."""
    found = programme.search(np.zeros(model.columns), start=None, until=run.until, unit=1.0, cancelled=run.cancelled)
    if found.x is None:
        problem = run.ground.problem
        lonely = [fault for fault in check.faults(problem, problem.locks) if fault.code in {"supervision", "newcomers"}]
        raise Impossible(Conflict(f"lock_{fault.code}", fault.values) for fault in lonely)
    return found.x[: model.pairs] > 0.5
