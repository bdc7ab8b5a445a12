"""Common needs: how well the themes agree with people, and how fast they are found. Each list is judged by weights that were learnt from the other lists.

Anchor, in the same run: average linkage over the cosine of words and runs of one to three characters (TF-IDF), at the threshold that is best for that very list.
Nothing of ours is tuned to the list. `python bench/mining.py [--quick]`: quick leaves out the hundred thousand texts.
"""

import random
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rjieba
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

sys.path.insert(0, str(Path(__file__).parent))
from labelled import LISTS, SYLLABLES, Agreement, Labelled, agreement
from learn_mining import both, use

from liandong.needs.mining import Index, Text, mine
from liandong.needs.mining.likeness import Space
from liandong.needs.mining.words import grams, parts_of_all

ADDITIONS = ("", "，请尽快解决", "，盼回复", "，已经半年了", "，大家都很着急")


def main() -> None:
    print("agreement with people       pairs P / R / F1         B3     ARI   near-misses joined   anchor F1 (its best threshold)")
    for name in LISTS:
        labelled = Labelled.read(name)
        use(both(without=name))
        ours = agreement(labelled, groups_of(labelled))
        anchor, threshold = best_anchor(labelled)
        print(
            f"{name:24}  {ours.precision:.3f} {ours.recall:.3f} {ours.f1:.3f}   {ours.b3:.3f}   {ours.ari:.3f}   {ours.near_joined:6.1%}"
            f"              {anchor.f1:.3f} ({threshold:.2f}), near {anchor.near_joined:.1%}"
        )
    use(both())
    for count in (10_000,) if "--quick" in sys.argv else (10_000, 100_000):
        texts = many(count)
        begun = time.perf_counter()
        mined = mine(texts)
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{count:,} texts: {seconds:.1f} s, {count / seconds:,.0f} texts/s, peak {peak} MB, {len(mined.themes):,} themes, {len(mined.loose):,} loose"
        )
        index = Index.from_bytes(Index.of(texts, mined).to_bytes())
        print(f"  one new text placed among {count:,}: {placing(index):.1f} ms (median of 200)")


def groups_of(labelled: Labelled) -> list[int]:
    mined = mine(labelled.texts, places=labelled.places, resamples=1)
    group = {row: -1 - row for row in mined.loose}
    group |= {member.row: number for number, theme in enumerate(mined.themes) for member in theme.members}
    return [group[row] for row in range(len(labelled.texts))]


def best_anchor(labelled: Labelled) -> tuple[Agreement, float]:
    """Average linkage at the threshold that suits this list best."""
    rows = Space.of([[*grams(text.words), *(f"word {word}" for word in rjieba.cut(text.words))] for text in labelled.texts]).rows
    far = np.clip(1 - (rows @ rows.T).toarray(), 0, None)
    np.fill_diagonal(far, 0)
    tree = linkage(squareform(far, checks=False), "average")
    tried = [(agreement(labelled, fcluster(tree, 1 - at, "distance").tolist()), float(at)) for at in np.arange(0.02, 0.6, 0.02)]
    return max(tried, key=lambda entry: entry[0].f1)


def many(count: int) -> list[Text]:
    """Texts of the lists with other names in them, some written again with a few more words: for speed and memory only."""
    words = [text.words for text in Labelled.read(*LISTS).texts]
    names = [part.names for part in parts_of_all(words)[0]]
    found: list[Text] = []
    number = 0
    while len(found) < count:
        chance = random.Random(number)
        chosen = chance.randrange(len(words))
        text = words[chosen]
        for name in names[chosen]:
            text = text.replace(name, "".join(chance.choice(SYLLABLES) for _ in range(max(2, len(name)))))
        found += [Text(text + chance.choice(ADDITIONS)) for _ in range(chance.choice((1, 1, 1, 2, 4)))]
        number += 1
    return found[:count]


def placing(index: Index, texts: Sequence[Text] = ()) -> float:
    times = []
    for text in texts or Labelled.read(*LISTS).texts[:200]:
        begun = time.perf_counter()
        index.place(text)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
