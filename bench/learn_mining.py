"""Learns how much each figure of a pair of texts speaks for one matter, from the labelled texts of bench/data, and writes `needs/mining/weights.py`.

Logistic regression with an L2 penalty, in which more likeness can never make a pair less likely (`likeness.directions`), on the candidate pairs of each list.
`mining.py` measures each list with weights learnt from the others.
"""

import random
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parent))
from labelled import PLACES, SYLLABLES, WISHES, Labelled

from liandong.needs.mining import Text, likeness
from liandong.needs.mining import weights as kept
from liandong.needs.mining.themes import Model
from liandong.needs.mining.words import parts_of_all

PENALTY = 3.0
ASIDE = 0.3  # what the wordings of complaints that name nothing weigh beside wishes
Weights = tuple[float, tuple[float, ...]]
Sample = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]


@cache
def sample(name: str) -> Sample:
    """The columns of every candidate pair, whether it is one matter, and whether neither text names anything."""
    labelled = Labelled.read(name)
    if name in PLACES:
        labelled = with_elsewhere(labelled)
    parts = Model.cut(labelled.texts, labelled.places)
    layout = likeness.Layout.of(parts.parts)
    first, second = likeness.candidates(layout)
    best = likeness.nearest_scores(layout, first, second)
    table = likeness.features(layout, first, layout, second, best, best)
    matter = [labelled.matters[rows[0]] for rows in parts.rows_of]
    same = np.asarray([matter[a] == matter[b] for a, b in zip(first, second, strict=True)], dtype=np.float32)
    nameless = (layout.names.norms[first] == 0) & (layout.names.norms[second] == 0)
    return likeness.crossed(table), same, nameless


def with_elsewhere(labelled: Labelled) -> Labelled:
    """With every eighth text that names something written once more about another place: the same words there are another matter."""
    texts, matters = list(labelled.texts), list(labelled.matters)
    parts, _names = parts_of_all([text.words for text in texts])
    for number, (text, part) in enumerate(zip(labelled.texts, parts, strict=True)):
        if number % 8 or not part.names:
            continue
        chance, words = random.Random(number), text.words
        for name in part.names:
            words = words.replace(name, "".join(chance.choice(SYLLABLES) for _ in range(max(2, len(name)))))
        texts.append(Text(words))
        matters.append(f"elsewhere {number}")
    return Labelled(texts, matters, labelled.near, labelled.places)


def learnt(lists: Iterable[tuple[NDArray[np.float32], NDArray[np.float32], float]]) -> Weights:
    """Weights from (columns, same matter, what the list weighs)."""
    given = list(lists)
    figures = np.concatenate([figures for figures, _, _ in given]).astype(np.float64)
    same = np.concatenate([same for _, same, _ in given]).astype(np.float64)
    counts = np.concatenate([np.full(len(same), weight) for _, same, weight in given])
    centre, spread = figures.mean(axis=0), figures.std(axis=0) + 1e-6
    scaled = np.c_[(figures - centre) / spread, np.ones(len(figures))]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = scaled @ weights
        penalty = np.r_[weights[:-1], 0]
        return (
            float((counts * (np.logaddexp(0, odds) - same * odds)).sum() + PENALTY * (penalty @ penalty) / 2),
            scaled.T @ (counts * (1 / (1 + np.exp(-odds)) - same)) + PENALTY * penalty,
        )

    limits = [(0 if way == 1 else None, 0 if way == -1 else None) for way in (*likeness.directions(), 0)]
    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 2000}).x
    weights = found[:-1] / spread
    return round(float(found[-1] - weights @ centre), 4), tuple(round(float(weight), 4) for weight in weights)


def both(*, without: str = "") -> tuple[Weights, Weights]:
    """What the lists teach, but for one of them: about places, and about wishes (for these also what the other lists say without a name)."""
    places = {name: weight for name, weight in PLACES.items() if name != without}
    wishes = {name: weight for name, weight in WISHES.items() if name != without}
    of_places = learnt((*sample(name)[:2], weight) for name, weight in places.items())
    aside = [(sample(name)[0][sample(name)[2]], sample(name)[1][sample(name)[2]], ASIDE) for name in places]
    return of_places, learnt([*((*sample(name)[:2], weight) for name, weight in wishes.items()), *aside])


def use(weights: tuple[Weights, Weights]) -> None:
    likeness.PLACES, likeness.WISHES = weights


def main() -> None:
    head = Path(kept.__file__).read_text(encoding="utf-8").split("PLACES:")[0]
    body = ""
    for name, (bias, weights) in zip(("PLACES", "WISHES"), both(), strict=True):
        body += (
            f"{name}: tuple[float, tuple[float, ...]] = (\n    {bias},\n    (\n"
            + "".join(f"        {weight},\n" for weight in weights)
            + "    ),\n)\n"
        )
    Path(kept.__file__).write_text(head + body, encoding="utf-8")


if __name__ == "__main__":
    main()
