"""Where a new text belongs, without mining everything again."""

import io
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from liandong.needs.mining import likeness
from liandong.needs.mining.grouping import JOIN_AT
from liandong.needs.mining.likeness import Embed, Layout, Space
from liandong.needs.mining.themes import Model
from liandong.needs.mining.types import Mined, Text
from liandong.needs.mining.words import Names, names_of_places, parts_of

NEIGHBOURS = 30
SPOKEN_FOR = 24  # members of a theme that a new text is compared with
SPACES = ("letters", "words", "about", "things", "names")


@dataclass(frozen=True)
class Placed:
    """`theme` counts in `Mined.themes`; `degree` of belonging as in `Member`."""

    theme: int
    degree: float


@dataclass
class Index:
    """Places one new text in milliseconds. `to_bytes` and `from_bytes` keep it between runs (numbers and words only, no code)."""

    layout: Layout
    best: NDArray[np.float32]
    theme_of: NDArray[np.int32]  # item -> theme, -1 when loose
    places: list[str]
    names: Names
    members: dict[int, NDArray[np.int64]] = field(init=False)
    turned: list[sparse.csr_matrix] = field(init=False)
    wishes: float = field(init=False)

    def __post_init__(self) -> None:
        order = np.argsort(self.theme_of, kind="stable")
        themes, starts = np.unique(self.theme_of[order], return_index=True)
        self.members = {int(theme): some(part, SPOKEN_FOR) for theme, part in zip(themes, np.split(order, starts[1:]), strict=False) if theme >= 0}
        self.turned = [likeness.telling(getattr(self.layout, name).rows).T.tocsr() for name in ("letters", "words", "things")]
        self.wishes = likeness.wishes_of(self.layout)

    @classmethod
    def of(cls, texts: Sequence[Text], mined: Mined, *, places: Collection[str] = (), embed: Embed | None = None) -> "Index":
        """The index of a list and the themes that were found in it."""
        return cls.of_model(Model.of(texts, places=places, embed=embed), mined, places=places)

    @classmethod
    def of_model(cls, model: Model, mined: Mined, *, places: Collection[str] = ()) -> "Index":
        theme_of = np.full(len(model.parts), -1, dtype=np.int32)
        for number, theme in enumerate(mined.themes):
            for member in theme.members:
                theme_of[model.item_of[member.row]] = number
        return cls(model.layout, model.best, theme_of, names_of_places(places), model.names)

    def place(self, text: Text, *, embed: Embed | None = None) -> Placed | None:
        """The theme the text belongs to, None when it fits none or has company only among the loose."""
        part = parts_of(text.words, self.places, self.names)
        row = self.layout.lay_out(part, embed)
        near = self._nearest(row)
        if not len(near):
            return None
        cosine = likeness.dots(row.letters.rows[np.zeros(len(near), dtype=np.int64)], self.layout.letters.rows[near])
        best = np.asarray([cosine.max()], dtype=np.float32)
        likely = self._likely(row, near, best)
        promising = {int(theme) for theme in self.theme_of[near[likely >= JOIN_AT / 2]] if theme >= 0}
        found: Placed | None = None
        for theme in sorted(promising):
            degree = float(self._likely(row, self.members[theme], best).mean())
            if degree >= JOIN_AT and (found is None or degree > found.degree):
                found = Placed(theme, round(degree, 4))
        return found

    def _nearest(self, row: Layout) -> NDArray[np.int64]:
        found: list[NDArray[np.int64]] = []
        for name, turned in zip(("letters", "words", "things"), self.turned, strict=True):
            product = (getattr(row, name).rows @ turned).tocsr()
            best = np.argsort(-product.data, kind="stable")[:NEIGHBOURS]
            found.append(product.indices[best].astype(np.int64))
        return np.unique(np.concatenate(found))

    def _likely(self, row: Layout, items: NDArray[np.int64], best: NDArray[np.float32]) -> NDArray[np.float32]:
        zero = np.zeros(len(items), dtype=np.int64)
        return likeness.likelihood(likeness.features(row, zero, self.layout, items, best, self.best), self.wishes)

    def to_bytes(self) -> bytes:
        arrays: dict[str, NDArray[Any]] = {
            "best": self.best,
            "theme_of": self.theme_of,
            "tells": self.layout.tells,
            "meaning": self.layout.meaning.astype(np.float16),
        }
        if self.layout.basis is not None:
            arrays["basis"] = self.layout.basis.astype(np.float16)
        words: dict[str, list[str]] = {"places": self.places, "known": sorted(self.names.known), "wide": sorted(self.names.wide)}
        for name in SPACES:
            space: Space = getattr(self.layout, name)
            words[name] = list(space.vocabulary)
            arrays |= {
                f"{name}.rarity": space.rarity,
                f"{name}.norms": space.norms,
                f"{name}.data": space.rows.data.astype(np.float16),
                f"{name}.indices": space.rows.indices,
                f"{name}.indptr": space.rows.indptr,
            }
        arrays["vocabulary"] = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Index":
        kept = np.load(io.BytesIO(data), allow_pickle=False)
        words = json.loads(kept["vocabulary"].tobytes())
        spaces = {}
        for name in SPACES:
            shape = (len(kept[f"{name}.indptr"]) - 1, max(len(words[name]), 1))
            rows = sparse.csr_matrix((kept[f"{name}.data"].astype(np.float32), kept[f"{name}.indices"], kept[f"{name}.indptr"]), shape=shape)
            spaces[name] = Space({word: number for number, word in enumerate(words[name])}, kept[f"{name}.rarity"], rows, kept[f"{name}.norms"])
        basis = kept["basis"].astype(np.float32) if "basis" in kept else None
        return cls(
            Layout(**spaces, tells=kept["tells"], meaning=kept["meaning"].astype(np.float32), basis=basis),
            kept["best"],
            kept["theme_of"],
            words["places"],
            Names(frozenset(words["known"]), frozenset(words["wide"])),
        )


def some(items: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """At most `number` of the items, evenly over them."""
    return items if len(items) <= number else items[np.linspace(0, len(items) - 1, number).astype(int)]
