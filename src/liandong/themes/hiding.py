"""Groups under five people are not shown, and never so that they could be subtracted out. Plain values in, plain values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SMALL = 5
LEAST_HIDDEN = 2


@dataclass(frozen=True)
class Cell:
    """One group. `shown` is None when the number stays hidden: `small` then says that it is under five, else it is hidden to protect another."""

    key: str
    shown: int | None
    small: bool


def hide_small(counts: Mapping[str, int], keys: Sequence[str]) -> list[Cell]:
    """The groups of `keys` in order; the total may be known besides. Whatever is under five is hidden, and at least two of the groups always are."""
    hidden = {key for key in keys if counts.get(key, 0) < SMALL}
    for key in sorted((key for key in keys if key not in hidden), key=lambda key: (counts.get(key, 0), key)):
        if len(hidden) >= LEAST_HIDDEN or len(keys) <= 1:
            break
        hidden.add(key)
    return [Cell(key, None if key in hidden else counts[key], counts.get(key, 0) < SMALL) for key in keys]


def shown_count(count: int) -> str:
    """52, or <5."""
    return str(count) if count >= SMALL else f"<{SMALL}"
