"""What a theme is called: the words its members share and other texts do not, and a piece of one of its texts that holds most of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import rjieba

from liandong.needs.mining.concepts import named_in
from liandong.needs.mining.words import STOP, Parts

PHRASES = 4
LONGEST_LABEL, SHORT_LABEL = 18, 7
READ = 60  # members whose texts are read for a name
_CLAUSE = re.compile(r"[，,。！!？?；;：:、\s（）()“”\"]+")
_TAIL = re.compile(r"(?:的|了|吗|呢|吧|啊|请|和|与|及|在|把|被|让|给)+$")
_HEAD = re.compile(r"^(?:的|了|和|与|及|请|能不能|有没有|能否|是否|可否|我|我们|这里|这边|为什么|为何|关于)+")


class Namer:
    """Knows how common every word is in the whole list."""

    def __init__(self, parts: Sequence[Parts]) -> None:
        self.parts = parts
        self.frequency: Counter[str] = Counter()
        for part in parts:
            self.frequency.update({*part.about, *part.names})
        self.total = max(len(parts), 1)

    def name(self, items: Sequence[int], sizes: Sequence[int]) -> tuple[str, list[str]]:
        """A label and up to four key phrases. `items`: most typical first; `sizes`: how many texts each stands for."""
        items, sizes = items[:READ], sizes[:READ]
        weight: dict[str, float] = defaultdict(float)
        for item, size in zip(items, sizes, strict=True):
            for word in {*self.parts[item].about, *self.parts[item].names}:
                weight[word] += size
        total = sum(sizes)
        worth = {
            word: count / total * float(np.log(1 + self.total / self.frequency[word]))
            for word, count in weight.items()
            if len(word) > 1 and word not in STOP and (count >= 0.1 * total or len(items) < 4)
        }
        often = {word: value for word, value in worth.items() if weight[word] >= 0.2 * total or len(items) < 4}
        return self._label(items, worth), self._phrases(items, often)

    def _label(self, items: Sequence[int], telling: dict[str, float]) -> str:
        best, label = -9.0, ""
        english = sum(self.parts[item].run.isascii() for item in items) * 2 > len(items)
        for place, item in enumerate(items):
            for clause in clauses(self.parts[item].run):
                words = set(rjieba.cut(clause)) if not clause.isascii() else set(clause.lower().split())
                held = sum(value for word, value in telling.items() if word in words or (len(word) > 2 and word in clause))
                score = (held + 0.01) * min(len(clause), SHORT_LABEL) / SHORT_LABEL / (len(clause) + 6) ** 0.3 - 0.01 * place
                if clause.isascii() != english:
                    score -= 1
                if score > best:
                    best, label = score, clause
        return label or self.parts[items[0]].run[:LONGEST_LABEL]

    def _phrases(self, items: Sequence[int], telling: dict[str, float]) -> list[str]:
        """Telling words, joined with a neighbour where they nearly always stand together."""
        runs = [self.parts[item].run for item in items]
        pairs: Counter[str] = Counter()
        for run in runs:
            cut = [word.strip() for word in rjieba.cut(run)]
            pairs.update({one + two for one, two in pairwise(cut) if one in telling and two in telling and len(one + two) <= 8})
        found: list[str] = []
        joined = {
            pair: telling
            for pair, count in pairs.items()
            if count >= max(2, 0.6 * min(sum(word in run for run in runs) for word in split_of(pair, telling)))
        }
        ranked = sorted(
            [(sum(telling[word] for word in split_of(pair, telling)), pair) for pair in joined] + [(value, word) for word, value in telling.items()],
            key=lambda entry: (-entry[0], entry[1]),
        )
        for _value, phrase in ranked:
            if not any(phrase in other or other in phrase for other in found):
                found.append(phrase)
            if len(found) == PHRASES:
                break
        return found + self._words_of_things(runs, found)[: PHRASES - len(found)]

    def _words_of_things(self, runs: Sequence[str], found: Sequence[str]) -> list[str]:
        """Where people share few words: the words for what most of them mean, the commonest first."""
        named = [named_in(run) for run in runs]
        holders = Counter(thing for words in named for thing in {thing for _word, thing in words})
        words = Counter(word for words in named for word, thing in dict(words).items() if holders[thing] >= 0.4 * len(runs))
        return [word for word, count in words.most_common() if count > 1 and not any(word in other or other in word for other in found)]


def split_of(pair: str, telling: dict[str, float]) -> tuple[str, str]:
    """The two telling words a joined phrase is made of."""
    for cut in range(1, len(pair)):
        if pair[:cut] in telling and pair[cut:] in telling:
            return pair[:cut], pair[cut:]
    return pair, pair


def clauses(run: str) -> list[str]:
    """Pieces of a text short enough for a label."""
    found = []
    pieces = [run] if run.isascii() else _CLAUSE.split(run)
    for piece in pieces:
        piece = _HEAD.sub("", _TAIL.sub("", piece.strip()))
        if len(piece) < 3:
            continue
        if piece.isascii():
            found.append(" ".join(piece.split()[:8]))
        elif len(piece) <= LONGEST_LABEL:
            found.append(piece)
        else:
            cut, length = "", 0
            for word in rjieba.cut(piece):
                if length + len(word) > LONGEST_LABEL:
                    break
                cut, length = cut + word, length + len(word)
            found.append(_TAIL.sub("", cut))
    return found
