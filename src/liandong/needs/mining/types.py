"""What goes in and what comes out."""

import datetime as dt
from dataclasses import dataclass, field

HARDLY_FITS = 0.25


@dataclass(frozen=True)
class Text:
    """One thing somebody wrote. `place` says where it was asked (a name, not an id)."""

    words: str
    place: str = ""
    time: dt.datetime | None = None
    segment: str = ""
    category: str = ""


@dataclass(frozen=True)
class Member:
    """`degree` of belonging, 0 to 1: the mean likelihood of being about the same as the others; below `HARDLY_FITS` it belongs through a few of them only."""

    row: int
    degree: float


@dataclass
class MinedTheme:
    """Texts about one matter. `stability`: how often two of them stay together when the texts are drawn again, 0 to 1. `held`: the key under which people keep it together."""

    label: str
    phrases: list[str]
    stability: float
    members: list[Member]
    held: int | None = None


@dataclass
class Mined:
    """Every row is in exactly one theme or loose. Themes: largest first; members: most typical first."""

    themes: list[MinedTheme] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
