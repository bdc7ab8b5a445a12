"""From texts to themes."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liandong.needs.mining import likeness
from liandong.needs.mining.grouping import JOIN_AT, grouped
from liandong.needs.mining.likeness import Embed, Layout
from liandong.needs.mining.naming import Namer
from liandong.needs.mining.types import Member, Mined, MinedTheme, Text
from liandong.needs.mining.words import Names, Parts, names_of_places, parts_of_all, says_something

WORTH_A_LOOK = 0.15  # pairs below this likelihood are no evidence for a group
SAMPLE = 6  # members of a group that speak for it
ROUNDS = 4
JUDGES = 24  # members whom a text is compared with for its degree
DRAWN, LEFT_OUT, SHAKEN = 36, 0.2, 0.6
Progress = Callable[[float], None]


def mine(
    texts: Sequence[Text],
    *,
    places: Collection[str] = (),
    held: Mapping[int, int] | None = None,
    progress: Progress = lambda share: None,
    resamples: int = 100,
    embed: Embed | None = None,
    seed: int = 0,
) -> Mined:
    """Themes of the texts. Every row comes back once: in one theme, or loose.

    `places`: names that say only where somebody asks (communities of the hub); they neither join nor part. A place that is named in the words alone is
    part of the matter. `held`: rows that people put together, as row -> key; rows of one key stay in one theme, rows of different keys never meet.
    `progress` is told the share done, 0 to 1. `embed`: texts -> one vector each, instead of the meanings learnt from the list itself.
    The same rows give the same themes, in whatever order they come, but for exact ties.
    """
    return Model.of(texts, places=places, embed=embed, progress=progress).mined(held or {}, resamples=resamples, seed=seed, progress=progress)


@dataclass
class Cut:
    """The texts cut; what is the same text stands once (`item_of`: row -> item, `rows_of`: item -> rows)."""

    parts: list[Parts]
    item_of: list[int]
    rows_of: list[list[int]]
    names: Names


@dataclass
class Model:
    """The texts laid out, and the pairs that are worth a look with how likely they are one matter."""

    parts: list[Parts]
    item_of: list[int]
    rows_of: list[list[int]]
    layout: Layout
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    likely: NDArray[np.float32]
    best: NDArray[np.float32]
    names: Names

    @classmethod
    def cut(cls, texts: Sequence[Text], places: Collection[str] = ()) -> Cut:
        """Items stand in the order of their texts, so that the order of the rows changes nothing."""
        parts, names = parts_of_all([text.words for text in texts], names_of_places(places))
        runs = {part.run: part for part in parts}
        number_of = {run: number for number, run in enumerate(sorted(runs))}
        rows_of: list[list[int]] = [[] for _ in runs]
        for row, part in enumerate(parts):
            rows_of[number_of[part.run]].append(row)
        return Cut([runs[run] for run in number_of], [number_of[part.run] for part in parts], rows_of, names)

    @classmethod
    def of(
        cls, texts: Sequence[Text], *, places: Collection[str] = (), embed: Embed | None = None, progress: Progress = lambda share: None
    ) -> "Model":
        cut = cls.cut(texts, places)
        progress(0.1)
        layout = Layout.of(cut.parts, embed)
        progress(0.2)
        first, second = likeness.candidates(layout)
        best = likeness.nearest_scores(layout, first, second)
        progress(0.4)
        likely = likeness.judged(layout, first, second, best)
        progress(0.6)
        worth = likely >= WORTH_A_LOOK
        return cls(cut.parts, cut.item_of, cut.rows_of, layout, first[worth], second[worth], likely[worth], best, cut.names)

    def likely_pairs(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float32]:
        """How likely these items are about one matter."""
        return likeness.judged(self.layout, first, second, self.best)

    def mined(self, held: Mapping[int, int], *, resamples: int = 100, seed: int = 0, progress: Progress = lambda share: None) -> Mined:
        key_of = {self.item_of[row]: key for row, key in held.items()}
        by_group: dict[int, list[int]] = defaultdict(list)
        for item, group in enumerate(self.groups(key_of)):
            by_group[group].append(item)
        progress(0.7)
        found, sets = Mined(), []
        for items in by_group.values():
            items.sort(key=lambda item: self.parts[item].run)
            rows = [row for item in items for row in self.rows_of[item]]
            if any(item in key_of for item in items) or (len(rows) > 1 and says_something(self.parts[items[0]].run)):
                sets.append(items)
            else:
                found.loose += rows
        degrees = self.degrees(sets)
        progress(0.8)
        stability = self.stabilities(sets, resamples, seed)
        progress(0.95)
        namer = Namer(self.parts)
        for items, stable in zip(sets, stability, strict=True):
            order = sorted(items, key=lambda item: -degrees[item])
            label, phrases = namer.name(order, [len(self.rows_of[item]) for item in order])
            members = sorted(
                (Member(row, degrees[item]) for item in items for row in self.rows_of[item]), key=lambda member: (-member.degree, member.row)
            )
            key = next((key_of[item] for item in items if item in key_of), None)
            found.themes.append(MinedTheme(label, phrases, stable, members, key))
        found.themes.sort(key=lambda theme: (-len(theme.members), theme.members[0].row))
        found.loose.sort()
        progress(1.0)
        return found

    def groups(self, held: Mapping[int, int], *, join_at: float = JOIN_AT) -> list[int]:
        """A group number for each item: average linkage over the pairs that were looked at; then groups that may be one are compared by members that speak for them."""
        first, second, likely = self.first, self.second, self.likely
        count = len(self.parts)
        groups = np.asarray(grouped(count, first, second, likely, held=held, join_at=join_at), dtype=np.int64)
        for _ in range(ROUNDS):
            numbers, groups = np.unique(groups, return_inverse=True)
            crossing = groups[first] != groups[second]
            low, high = np.minimum(groups[first], groups[second])[crossing], np.maximum(groups[first], groups[second])[crossing]
            keys = np.unique(low * len(numbers) + high)
            if not len(keys):
                break
            low, high = keys // len(numbers), keys % len(numbers)
            sizes = np.bincount(groups, minlength=len(numbers))
            big = sizes[low] * sizes[high] > SAMPLE  # small ones have been compared in full
            means = self._means_between(groups, low[big], high[big])
            if not len(means):
                break
            key_of = {int(groups[item]): key for item, key in held.items()}
            joined = np.asarray(grouped(len(numbers), low[big], high[big], means, sizes=sizes.tolist(), held=key_of, join_at=join_at), dtype=np.int64)
            if len(np.unique(joined)) == len(numbers):
                break
            groups = joined[groups]
        return [int(group) for group in groups]

    def _speakers(self, groups: NDArray[np.int64], number: int) -> dict[int, NDArray[np.int64]]:
        """Up to `number` items of each group, evenly over the group in the order of their texts."""
        order = sorted(range(len(groups)), key=lambda item: (groups[item], self.parts[item].run))
        found: dict[int, list[int]] = defaultdict(list)
        for item in order:
            found[int(groups[item])].append(item)
        return {
            group: np.asarray(
                items if len(items) <= number else [items[int(step)] for step in np.linspace(0, len(items) - 1, number)], dtype=np.int64
            )
            for group, items in found.items()
        }

    def _means_between(self, groups: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float32]:
        speakers = self._speakers(groups, SAMPLE)
        first, second, owner = [], [], []
        for number, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            left, right = np.meshgrid(speakers[a], speakers[b], indexing="ij")
            first.append(left.ravel())
            second.append(right.ravel())
            owner.append(np.full(left.size, number, dtype=np.int64))
        if not first:
            return np.zeros(0, dtype=np.float32)
        owners = np.concatenate(owner)
        likely = self.likely_pairs(np.concatenate(first), np.concatenate(second))
        return np.asarray(np.bincount(owners, weights=likely) / np.bincount(owners), dtype=np.float32)

    def degrees(self, sets: Sequence[Sequence[int]]) -> dict[int, float]:
        """How much each item belongs to its set: its mean likelihood with members that speak for it."""
        first: list[int] = []
        second: list[int] = []
        for items in sets:
            judges = evenly(items, JUDGES)
            for item in items:
                others = [judge for judge in judges if judge != item]
                first += [item] * len(others)
                second += others
        likely = self.likely_pairs(np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64))
        # The same words written twice agree with each other.
        again = np.asarray([len(rows) - 1 for rows in self.rows_of], dtype=np.float64)
        total = np.bincount(first, weights=likely, minlength=len(self.parts)) + again
        count = np.bincount(first, minlength=len(self.parts)) + again
        return {item: round(float(total[item] / count[item]), 4) if count[item] else 1.0 for items in sets for item in items}

    def stabilities(self, sets: Sequence[Sequence[int]], resamples: int, seed: int) -> list[float]:
        """For each set how often two of its members stay together, 0 to 1, when the texts are drawn again `resamples` times.

        Each time a fifth of the texts is left out, and every likelihood is shaken by as much as losing a fifth of the words would shake it.
        """
        set_of = {item: number for number, items in enumerate(sets) for item in items}
        around: list[set[int]] = [set() for _ in sets]
        for a, b in zip(self.first.tolist(), self.second.tolist(), strict=True):
            for item, other in ((a, b), (b, a)):
                if (number := set_of.get(item)) is not None and set_of.get(other) != number:
                    around[number].add(other)
        drawn = [evenly(items, DRAWN) for items in sets]
        whole = [
            [*inside, *sorted(outside, key=lambda item: self.parts[item].run)[: DRAWN // 2]] for inside, outside in zip(drawn, around, strict=True)
        ]
        pairs = [np.triu_indices(len(items), 1) for items in whole]
        first = [np.asarray(items, dtype=np.int64)[left] for items, (left, _) in zip(whole, pairs, strict=True)]
        second = [np.asarray(items, dtype=np.int64)[right] for items, (_, right) in zip(whole, pairs, strict=True)]
        if not sets:
            return []
        likely = np.clip(self.likely_pairs(np.concatenate(first), np.concatenate(second)).astype(np.float64), 1e-4, 1 - 1e-4)
        odds = np.split(np.log(likely / (1 - likely)), np.cumsum([len(part) for part in first])[:-1])
        found = []
        for inside, items, (left, right), own in zip(drawn, whole, pairs, odds, strict=True):
            random = np.random.default_rng((seed, zlib.crc32(self.parts[inside[0]].run.encode())))
            found.append(stays_together(len(inside), len(items), left, right, own, resamples, random))
        return found


def evenly(items: Sequence[int], number: int) -> list[int]:
    """At most `number` of the items, evenly over them."""
    return list(items) if len(items) <= number else [items[int(step)] for step in np.linspace(0, len(items) - 1, number)]


def stays_together(
    inside: int, count: int, left: NDArray[np.int64], right: NDArray[np.int64], odds: NDArray[np.float64], resamples: int, random: np.random.Generator
) -> float:
    """The first `inside` of `count` items are the theme, the rest its surroundings; `odds` of each pair (left, right)."""
    if inside < 2:
        return 1.0
    far = 1 / (1 + np.exp(odds + random.normal(0, SHAKEN, (resamples, len(odds)))))
    kept = random.random((resamples, count)) >= LEFT_OUT
    together = asked = 0
    for start in range(0, resamples, max(1, 60_000 // count**2)):  # so many at once that they stay in the cache
        part = slice(start, start + max(1, 60_000 // count**2))
        labels = drawn_again(count, left, right, far[part], kept[part])[:, :inside]
        there = kept[part, :inside]
        same = (labels[:, :, None] == labels[:, None, :]) & there[:, :, None] & there[:, None, :]
        stay = there.sum(axis=1)
        together += int(same.sum() - stay.sum())
        asked += int((stay * (stay - 1)).sum())
    return round(together / asked, 4) if asked else 1.0


def drawn_again(
    count: int, left: NDArray[np.int64], right: NDArray[np.int64], far: NDArray[np.float64], kept: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Average linkage of many samples at once: a label for each item in each sample; what is not `kept` stays alone."""
    samples = len(far)
    distance = np.full((samples, count, count), np.inf)
    both = np.where(kept[:, left] & kept[:, right], far, np.inf)
    distance[:, left, right] = distance[:, right, left] = both
    weight = np.ones((samples, count))
    labels = np.tile(np.arange(count), (samples, 1))
    for _ in range(count - 1):
        nearest = distance.reshape(samples, -1).argmin(axis=1)
        a, b = nearest // count, nearest % count
        rows = np.flatnonzero(distance[np.arange(samples), a, b] <= 1 - JOIN_AT)
        if not len(rows):
            break
        a, b = a[rows], b[rows]
        heavy, light = weight[rows, a][:, None], weight[rows, b][:, None]
        mean = (heavy * distance[rows, a] + light * distance[rows, b]) / (heavy + light)
        mean[np.arange(len(rows)), a] = np.inf
        distance[rows, a] = distance[rows, :, a] = mean
        distance[rows, b] = distance[rows, :, b] = np.inf
        weight[rows, a] += weight[rows, b]
        labels[rows] = np.where(labels[rows] == b[:, None], a[:, None], labels[rows])
    return labels
