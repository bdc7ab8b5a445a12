"""How likely it is that two texts are about the same matter.

Every text is laid out as five vectors (runs of characters, words, words that say what it is about, pieces of names, and a dense vector of meaning). A pair of
texts that may be alike is described by a few figures between 0 and 1, most of them relative to the list at hand, and a logistic rule weighs them. Its weights
are learnt from labelled texts by `bench/learn_mining.py` and kept in `weights.py`; nothing else is tuned to a list.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from liandong.needs.mining.weights import PLACES, WISHES
from liandong.needs.mining.words import Parts, grams

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

NEIGHBOURS = 25
COMMON_SHARE = 0.1  # a piece of text that stands in more of the list than this finds no candidates
COMMON_LEAST = 400
CHUNK = 2_000
PAIRS_AT_ONCE = 100_000
LENGTHS = (15, 80)  # pieces of a text between which its length says something
NAMELESS_FROM, NAMELESS_TO = 0.4, 0.55

FEATURES = (
    "letters",  # cosine of the runs of characters
    "letters_held",  # what is shared, as share of the shorter one
    "words",
    "about",
    "about_held",
    "things",
    "things_held",
    "other_things",  # both name things and share none of them
    "names",
    "names_held",
    "both_named",
    "one_named",
    "other_name",  # both name something and share none of it
    "other_name_same_about",
    "other_name_same_letters",
    "same_name_other_about",
    "meaning",
    "name_tells",  # a name they share whose texts are all alike: the name alone says the matter
    "rarest",  # rarity of the rarest word they share
    "nearest",  # letters, relative to the nearest neighbour of either
    "nearest_both",
    "short",
)

LIKE = (
    "letters",
    "letters_held",
    "words",
    "about",
    "about_held",
    "things",
    "things_held",
    "names",
    "names_held",
    "meaning",
    "name_tells",
    "rarest",
    "nearest",
    "nearest_both",
)
UNLIKE = ("other_things", "other_name", "other_name_same_about", "other_name_same_letters", "same_name_other_about")
CROSSED = ("letters_held", "about", "things", "names_held", "meaning", "name_tells", "rarest", "nearest_both")
ALONE = ("about", "things", "meaning")  # count more where neither text names anything


@dataclass
class Space:
    """One kind of vector: the vocabulary with its rarities, and a row for each text, of length one."""

    vocabulary: dict[str, int]
    rarity: NDArray[np.float32]
    rows: sparse.csr_matrix
    norms: NDArray[np.float32]

    @classmethod
    def of(cls, bags: Sequence[Iterable[str]]) -> "Space":
        vocabulary: dict[str, int] = {}
        counts = Counter[int]()
        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        for bag in bags:
            found: Counter[int] = Counter(vocabulary.setdefault(piece, len(vocabulary)) for piece in bag)
            counts.update(found.keys())
            indices.extend(found.keys())
            values.extend(found.values())
            ends.append(len(indices))
        width = max(len(vocabulary), 1)
        frequency = np.zeros(width, dtype=np.float32)
        for piece, count in counts.items():
            frequency[piece] = count
        rarity = np.log((1 + len(bags)) / (1 + frequency)).astype(np.float32) + np.float32(0.3)
        rows = sparse.csr_matrix(
            (np.asarray(values, dtype=np.float32), np.asarray(indices, dtype=np.int32), np.asarray(ends, dtype=np.int32)), shape=(len(bags), width)
        )
        return cls(vocabulary, rarity, *weighted(rows, rarity))

    def lay_out(self, bag: Iterable[str]) -> "Space":
        """One new text in this space, as a space of one row; pieces never seen count into its length as the rarest."""
        found = Counter(bag)
        known = {self.vocabulary[piece]: count for piece, count in found.items() if piece in self.vocabulary}
        row = sparse.csr_matrix(
            (np.asarray(list(known.values()), dtype=np.float32), (np.zeros(len(known), dtype=np.int32), np.asarray(list(known), dtype=np.int32))),
            shape=(1, self.rows.shape[1]),
        )
        row.data = (1 + np.log(row.data)) * self.rarity[row.indices]
        strange = sum(float((1 + np.log(count)) * self.rarity.max()) ** 2 for piece, count in found.items() if piece not in self.vocabulary)
        norm = float(np.sqrt((row.data**2).sum() + strange))
        if norm:
            row.data = row.data / np.float32(norm)
        return Space(self.vocabulary, self.rarity, row, np.asarray([norm], dtype=np.float32))


def weighted(rows: sparse.csr_matrix, rarity: NDArray[np.float32]) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
    """Rows of counts as rows of length one, weighted by rarity; and the lengths they had."""
    rows.data = (1 + np.log(rows.data)) * rarity[rows.indices]
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel()).astype(np.float32)
    scale = np.where(norms > 0, 1 / np.maximum(norms, 1e-9), 0).astype(np.float32)
    return sparse.csr_matrix(sparse.diags(scale) @ rows, dtype=np.float32), norms


@dataclass
class Layout:
    """All texts of a list in their five spaces."""

    letters: Space
    words: Space
    about: Space
    things: Space
    names: Space
    tells: NDArray[np.float32]  # for each piece of a name: how alike the texts are that hold it, 0 to 1
    meaning: Vectors
    basis: Vectors | None  # what turns a row of `about` into its meaning; None when an embedding does it

    @classmethod
    def of(cls, parts: Sequence[Parts], embed: Embed | None = None) -> "Layout":
        letters = Space.of([grams(part.run) for part in parts])
        words = Space.of([(*part.about, *part.names) for part in parts])
        about = Space.of([part.about for part in parts])
        things = Space.of([part.things for part in parts])
        names = Space.of([pieces_of_names(part) for part in parts])
        basis = None if embed is not None else meanings(both_of(about.rows, things.rows))
        meaning = both_of(about.rows, things.rows) @ basis if basis is not None else embed([part.run for part in parts])  # type: ignore[misc]
        return cls(letters, words, about, things, names, cohesion(names.rows, both_of(about.rows, things.rows)), unit(meaning), basis)

    def lay_out(self, part: Parts, embed: Embed | None = None) -> "Layout":
        """One new text as a layout of one row, measured by the texts of this one."""
        letters, words = self.letters.lay_out(grams(part.run)), self.words.lay_out((*part.about, *part.names))
        about, things, names = self.about.lay_out(part.about), self.things.lay_out(part.things), self.names.lay_out(pieces_of_names(part))
        meaning = both_of(about.rows, things.rows) @ self.basis if self.basis is not None else (embed or no_meaning)([part.run])
        return Layout(letters, words, about, things, names, self.tells, unit(meaning), self.basis)


def pieces_of_names(part: Parts) -> list[str]:
    """Pairs of characters of the names: 'abbreviated' and miswritten names share some."""
    return [piece for name in part.names for piece in ([name] if name.isascii() else grams(name, (2,)) or [name])]


def unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def cohesion(names: sparse.csr_matrix, about: sparse.csr_matrix) -> NDArray[np.float32]:
    """For each piece of a name: the mean likeness of two texts that hold it, by what they are about."""
    holds = names.copy()
    holds.data = np.ones_like(holds.data)
    count = np.asarray(holds.sum(axis=0), dtype=np.float32).ravel()
    rows = unit_rows(about)
    total = holds.T.tocsr() @ rows
    own = holds.T.tocsr() @ np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel()
    pairs = np.asarray(total.multiply(total).sum(axis=1), dtype=np.float32).ravel() - own
    return np.asarray(np.clip(pairs / np.maximum(count * (count - 1), 1), 0, 1), dtype=np.float32)


def unit_rows(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ rows, dtype=np.float32)


def both_of(about: sparse.csr_matrix, things: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.hstack([about, things]).tocsr()


def no_meaning(texts: Sequence[str]) -> Vectors:
    return np.zeros((len(texts), 1), dtype=np.float32)


def meanings(about: sparse.csr_matrix, size: int = 48) -> Vectors:
    """The basis of latent semantic vectors: words that keep the same company lie close. A randomised range finder, cheap for a hundred thousand texts (Halko, Martinsson, Tropp 2011)."""
    rank = min(size, min(about.shape) - 1)
    if rank < 2:
        return np.zeros((about.shape[1], 1), dtype=np.float32)
    random = np.random.default_rng(0)
    probe = about @ random.standard_normal((about.shape[1], rank + 8)).astype(np.float32)
    for _ in range(2):
        probe, _upper = np.linalg.qr(probe)
        probe = about @ (about.T @ probe)
    base, _upper = np.linalg.qr(probe)
    _left, _lengths, right = np.linalg.svd((about.T @ base).T, full_matrices=False)
    return np.asarray(right[:rank].T, dtype=np.float32)


def candidates(layout: Layout, neighbours: int = NEIGHBOURS) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (i < j) that may be alike: each text with those that share most of its runs of characters, or most of its words."""
    count = layout.letters.rows.shape[0]
    found = [nearest(space.rows, neighbours) for space in (layout.letters, layout.words, layout.things)]
    first = np.concatenate([rows for rows, _ in found])
    second = np.concatenate([rows for _, rows in found])
    low, high = np.minimum(first, second), np.maximum(first, second)
    keys = np.unique(low * count + high)
    return keys // count, keys % count


def nearest(rows: sparse.csr_matrix, neighbours: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row the rows that share most with it, as two arrays of row numbers. What stands in very many rows finds nothing."""
    count = rows.shape[0]
    slim = telling(rows)
    slim = slim[:, np.flatnonzero(np.bincount(slim.indices, minlength=slim.shape[1]))].tocsr()
    turned = slim.T.tocsr()
    first: list[NDArray[np.int64]] = []
    second: list[NDArray[np.int64]] = []
    for start in range(0, count, CHUNK):
        product = (slim[start : start + CHUNK] @ turned).tocsr()
        for number in range(product.shape[0]):
            low, high = product.indptr[number], product.indptr[number + 1]
            others, scores = product.indices[low:high], product.data[low:high]
            if len(others) > neighbours + 1:
                best = np.argpartition(-scores, neighbours)[: neighbours + 1]
                others = others[best]
            others = others[others != start + number]
            first.append(np.full(len(others), start + number, dtype=np.int64))
            second.append(others.astype(np.int64))
    if not first:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(first), np.concatenate(second)


def telling(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows without what stands in very many of them, or in one alone: neither finds a neighbour."""
    frequency = np.bincount(rows.indices, minlength=rows.shape[1])
    keeps = (frequency > 1) & (frequency <= max(COMMON_LEAST, COMMON_SHARE * min(rows.shape[0], 20_000)))
    kept = rows.copy()
    kept.data = kept.data * keeps[kept.indices]
    kept.eliminate_zeros()
    return kept


def dots(left: sparse.csr_matrix, right: sparse.csr_matrix) -> NDArray[np.float32]:
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float32).ravel()


def held(cosine: NDArray[np.float32], left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine turned into the share of the shorter text that the other one holds, at most one."""
    longer, shorter = np.maximum(left, right), np.minimum(left, right)
    return np.minimum(cosine * longer / np.maximum(shorter, 1e-9), 1).astype(np.float32)


def nearest_scores(layout: Layout, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float32]:
    """For each text its cosine of characters with the nearest of the texts it is paired with."""
    best = np.zeros(layout.letters.rows.shape[0], dtype=np.float32)
    for start in range(0, len(first), PAIRS_AT_ONCE):
        i, j = first[start : start + PAIRS_AT_ONCE], second[start : start + PAIRS_AT_ONCE]
        cosine = dots(layout.letters.rows[i], layout.letters.rows[j])
        np.maximum.at(best, i, cosine)
        np.maximum.at(best, j, cosine)
    return best


def features(
    one: Layout, i: NDArray[np.int64], other: Layout, j: NDArray[np.int64], best: NDArray[np.float32], best_other: NDArray[np.float32]
) -> NDArray[np.float32]:
    """One row of `FEATURES` for each pair. `best`: the nearest scores of either side."""
    return relative(described(one, i, other, j), best[i], best_other[j])


def judged(layout: Layout, first: NDArray[np.int64], second: NDArray[np.int64], best: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each pair is about one matter, 0 to 1."""
    wishes = wishes_of(layout)
    parts = [
        likelihood(features(layout, first[start : start + PAIRS_AT_ONCE], layout, second[start : start + PAIRS_AT_ONCE], best, best), wishes)
        for start in range(0, len(first), PAIRS_AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def relative(table: NDArray[np.float32], left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fills in the figures that compare a pair with the nearest neighbours of its two texts."""
    table[:, FEATURES.index("nearest")] = table[:, 0] / np.maximum(np.maximum(left, right), 1e-6)
    table[:, FEATURES.index("nearest_both")] = np.minimum(table[:, 0] / np.maximum(np.minimum(left, right), 1e-6), 1)
    return table


def described(one: Layout, i: NDArray[np.int64], other: Layout, j: NDArray[np.int64]) -> NDArray[np.float32]:
    table = np.zeros((len(i), len(FEATURES)), dtype=np.float32)

    def put(name: str, values: NDArray[np.float32]) -> None:
        table[:, FEATURES.index(name)] = values

    cosines = {}
    for name in ("letters", "words", "about", "things", "names"):
        left, right = getattr(one, name), getattr(other, name)
        cosines[name] = dots(left.rows[i], right.rows[j])
        put(name, cosines[name])
        if name != "words":
            put(f"{name}_held", held(cosines[name], left.norms[i], right.norms[j]))
    both_things = (one.things.norms[i] > 0) & (other.things.norms[j] > 0)
    put("other_things", both_things * (1 - table[:, FEATURES.index("things_held")]))
    named, named_too = one.names.norms[i] > 0, other.names.norms[j] > 0
    both = named & named_too
    names_held = table[:, FEATURES.index("names_held")]
    apart = both * (1 - names_held)
    put("both_named", both.astype(np.float32))
    put("one_named", (named ^ named_too).astype(np.float32))
    put("other_name", apart)
    put("other_name_same_about", apart * np.maximum(cosines["about"], cosines["things"]))
    put("other_name_same_letters", apart * table[:, FEATURES.index("letters_held")])
    put("same_name_other_about", names_held * (1 - np.maximum(cosines["about"], cosines["things"])))
    put("meaning", np.maximum((one.meaning[i] * other.meaning[j]).sum(axis=1), 0))
    shared = one.names.rows[i].multiply(other.names.rows[j]).tocsr()
    shared.data = other.tells[shared.indices] + np.float32(1e-6)
    put("name_tells", np.asarray(shared.max(axis=1).todense(), dtype=np.float32).ravel())
    shared = one.words.rows[i].multiply(other.words.rows[j]).tocsr()
    shared.data = one.words.rarity[shared.indices]
    length = np.minimum(np.diff(one.letters.rows.indptr)[i], np.diff(other.letters.rows.indptr)[j])
    put("short", (1 / np.sqrt(np.clip(length, *LENGTHS))).astype(np.float32))
    put("rarest", np.asarray(shared.max(axis=1).todense(), dtype=np.float32).ravel() / max(float(one.words.rarity.max()), 1e-6))
    return table


def crossed(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """The figures, and the products of those that matter together (a shared name says more when what is said about it is shared too)."""
    key = table[:, [FEATURES.index(name) for name in CROSSED]]
    first, second = np.triu_indices(len(CROSSED))
    unnamed = 1 - table[:, [FEATURES.index("both_named")]] - table[:, [FEATURES.index("one_named")]]
    alone = unnamed * table[:, [FEATURES.index(name) for name in ALONE]]
    return np.concatenate([table, key[:, first] * key[:, second], alone], axis=1, dtype=np.float32)


def directions() -> list[int]:
    """For each column of `crossed`: 1 when more of it can only speak for one matter, -1 when only against, 0 when either way. More alike is never less likely."""
    own = [1 if name in LIKE else -1 if name in UNLIKE else 0 for name in FEATURES]
    return own + [1] * (len(CROSSED) * (len(CROSSED) + 1) // 2 + len(ALONE))


def wishes_of(layout: Layout) -> float:
    """0 for a list of complaints about places, 1 for a list of wishes that name no place, in between for a mixture: by the share of texts without a name."""
    if not len(layout.names.norms):
        return 0.0
    return float(np.clip(((layout.names.norms == 0).mean() - NAMELESS_FROM) / (NAMELESS_TO - NAMELESS_FROM), 0, 1))


def likelihood(table: NDArray[np.float32], wishes: float) -> NDArray[np.float32]:
    """How likely each described pair is about one matter, 0 to 1. In a list of wishes a pair without names needs less to be one than in a list of complaints."""
    rows = crossed(table)
    odds = sum(
        share * (rows @ np.asarray(weights, dtype=np.float32) + np.float32(bias))
        for share, (bias, weights) in ((1 - wishes, PLACES), (wishes, WISHES))
        if share
    )
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float32)
