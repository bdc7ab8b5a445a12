"""The labelled texts of bench/data: which texts are about the same matter, written and labelled by hand; and how well a grouping agrees."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from liandong.needs.mining import Text

DATA = Path(__file__).parent / "data"
# How much each list weighs when the weights are learnt. Two were written as hard as could be (few shared words, most of them near-misses), three as residents write.
PLACES = {"city_messages.csv": 0.2, "second_city.csv": 0.2, "mailbox.csv": 3.0, "leader_board.csv": 3.0}
WISHES = {"hub_needs.csv": 1.0, "hub_voices.csv": 1.0}
LISTS = (*PLACES, *WISHES)
SYLLABLES = "青云锦华林江海山翠金玉兰龙凤星月阳光和平安康乐福瑞祥文博书香竹松柏梅荷莲湖溪泉岭峰岩石桥东南西北新旧长宏远志成"


@dataclass
class Labelled:
    """`matters`: the same key, the same matter; a text that stands alone has a key of its own. `near`: the matter a careless reader would join a text with."""

    texts: list[Text]
    matters: list[str]
    near: list[str]
    places: set[str]

    @classmethod
    def read(cls, *names: str) -> "Labelled":
        texts, matters, near, places = [], [], [], set()
        for name in names:
            with (DATA / name).open(encoding="utf-8", newline="") as file:
                for number, row in enumerate(csv.DictReader(file)):
                    texts.append(Text(row["text"], place=row["place"]))
                    matters.append(f"{name}:{row['matter'] or f'alone {number}'}")
                    near.append(f"{name}:{row['near']}" if row["near"] and row["near"] != row["matter"] else "")
                    if "hub" in name:  # communities that say only where somebody asks; in a city's mailbox the district is part of what is written
                        places.add(row["place"])
        return cls(texts, matters, near, places)


@dataclass(frozen=True)
class Agreement:
    precision: float
    recall: float
    f1: float
    b3: float
    ari: float
    near_joined: float


def agreement(labelled: Labelled, groups: Sequence[int]) -> Agreement:
    """Pairs of texts (precision, recall, F1), B-cubed F1, adjusted Rand index; share of near-misses that sit in the group of the matter they were nearly mistaken for."""
    both = Counter(zip(labelled.matters, groups, strict=True))
    matters, found = Counter(labelled.matters), Counter(groups)
    right, asked, given = pairs(both), pairs(matters), pairs(found)
    precision, recall = right / max(given, 1), right / max(asked, 1)
    count = len(groups)
    exact = [both[key, group] / found[group] for key, group in zip(labelled.matters, groups, strict=True)]
    whole = [both[key, group] / matters[key] for key, group in zip(labelled.matters, groups, strict=True)]
    b_precision, b_recall = sum(exact) / count, sum(whole) / count
    chance = asked * given / (count * (count - 1) / 2)
    home = {}
    for (key, group), _size in sorted(both.items(), key=lambda entry: entry[1]):
        home[key] = group
    tempted = [(home[key], group) for key, group in zip(labelled.near, groups, strict=True) if key in home]
    return Agreement(
        precision,
        recall,
        mean_f1(precision, recall),
        mean_f1(b_precision, b_recall),
        (right - chance) / max((asked + given) / 2 - chance, 1e-9),
        sum(one == other for one, other in tempted) / max(len(tempted), 1),
    )


def pairs(sizes: Counter[object] | Counter[str] | Counter[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def mean_f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(precision + recall, 1e-9)
