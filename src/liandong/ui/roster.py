"""What a roster grid shows: people down, shifts across, what each position still lacks below. Words and addresses only."""

from dataclasses import dataclass, field
from typing import Any

TONES = 4  # chip colours; a fifth position begins again


@dataclass(frozen=True, slots=True)
class Chip:
    """A cell: a placed person (`label` with a tone of 1 to 4), "would like" or "cannot" or nothing. `about` says all of it for those who do not see it."""

    about: str
    href: str = ""
    label: str = ""
    tone: int = 1
    locked: bool = False
    asked: str = ""  # "", "open", "accepted"
    state: str = ""  # "", "wish", "away"
    line: str = ""  # where to post to move/ or lock/ what stands here
    person: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    label: str
    figure: str
    cells: list[Chip]
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """How many of how many; `href` leads to what can be done."""

    have: int
    need: int
    about: str
    href: str = ""

    @property
    def is_short(self) -> bool:
        return self.have < self.need


@dataclass(frozen=True, slots=True)
class CoverRow:
    label: str
    note: str
    cells: list[Cover | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """`days`: (words, how many shifts). `shifts`: the words of each. `legend`: (position, tone)."""

    label: str
    corner: str
    days: list[tuple[str, int]]
    shifts: list[str]
    rows: list[GridRow]
    cover: list[CoverRow]
    legend: list[tuple[str, int]] = field(default_factory=list)
    has_answers: bool = False
    can_move: bool = False  # chips may be dragged, or moved by keyboard; the page holds the form `roster-form` with person, shift and lock
    is_narrow: bool = False  # one or two signs a chip: a year fits the desk
    away_words: str = ""  # what a hatched cell means, where the other marks are not used
    extra: Any = None
