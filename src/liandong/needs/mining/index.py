"""Where a new text belongs, without mining everything again."""

import pickle
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import rjieba

from liandong.needs.mining.types import Mined, Text


@dataclass(frozen=True)
class Placed:
    """`theme` counts in `Mined.themes`; `degree` of belonging as in `Member`."""

    theme: int
    degree: float


@dataclass
class Index:
    """Places one new text in milliseconds. `to_bytes` and `from_bytes` keep it between runs."""

    bags: list[frozenset[str]]
    theme_of: list[int]

    @classmethod
    def of(cls, texts: Sequence[Text], mined: Mined, *, places: Collection[str] = ()) -> "Index":
        theme_of = [-1] * len(texts)
        for number, theme in enumerate(mined.themes):
            for member in theme.members:
                theme_of[member.row] = number
        return cls([frozenset(word for word in rjieba.cut(text.words) if len(word) > 1) for text in texts], theme_of)

    def place(self, text: Text) -> Placed | None:
        """The theme the text belongs to, None when it fits none."""
        bag = {word for word in rjieba.cut(text.words) if len(word) > 1}
        best = max(((len(bag & other) / (len(bag | other) or 1), number) for number, other in enumerate(self.bags)), default=(0.0, -1))
        if best[0] < 0.5 or self.theme_of[best[1]] < 0:
            return None
        return Placed(self.theme_of[best[1]], best[0])

    def to_bytes(self) -> bytes:
        return pickle.dumps((self.bags, self.theme_of))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Index":
        return cls(*pickle.loads(data))  # noqa: S301 - our own
