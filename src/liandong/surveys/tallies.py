"""Counting answers without telling on anybody: groups under five are never shown as numbers, nor so that they can be worked out from the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from liandong.needs.models import Segment
from liandong.surveys import definition as form
from liandong.surveys.answers import plain
from liandong.surveys.definition import DATE, DECIMAL, INTEGER, MANY, ONE, SCALE, Definition, Question

SMALL = 5

Answers = dict[str, Any]
Row = tuple[str, Answers]  # (group, answers)


@dataclass(frozen=True)
class Group:
    """A group in the answers, against what was wanted and what there is. `count` is None where it is hidden."""

    segment: str
    label: Any
    count: int | None
    wanted: int
    population: int | None
    share: float | None = None
    population_share: float | None = None
    weight: float | None = None

    @property
    def wanted_percent(self) -> int | None:
        return None if self.count is None or not self.wanted else round(100 * self.count / self.wanted)

    @property
    def response_percent(self) -> float | None:
        return None if self.count is None or not self.population else round(100 * self.count / self.population, 1)

    @property
    def leaning(self) -> str:
        """over or under: its share of the answers differs from its share of the people by a fifth and two points."""
        if self.share is None or self.population_share is None:
            return ""
        gap = self.share - self.population_share
        if abs(gap) < 0.02 or abs(gap) < 0.2 * self.population_share:
            return ""
        return "over" if gap > 0 else "under"


@dataclass(frozen=True)
class Bar:
    name: str
    label: str
    count: int | None
    share: float | None
    weighted: float | None = None
    by_group: tuple[int | None, ...] = ()


@dataclass
class Tally:
    """What came of one question. `answered` of `asked` people; `bars` for what can be counted, `mean` and `middle` for numbers."""

    question: Question
    number: int
    answered: int
    asked: int
    bars: list[Bar] = field(default_factory=list)
    mean: float | None = None
    middle: float | None = None
    is_hidden: bool = False

    @property
    def heading(self) -> str:
        return f"{self.number}. {form.words_of(self.question)}"

    @property
    def label(self) -> str:
        return form.words_of(self.question)

    @property
    def most(self) -> int:
        return max((bar.count or 0 for bar in self.bars), default=0)

    @property
    def has_weights(self) -> bool:
        return any(bar.weighted is not None for bar in self.bars)


def hide(counts: Sequence[int], *, total_is_known: bool = True) -> list[int | None]:
    """The counts with those from 1 to 4 hidden, and as many others that nobody can work them out from the sum."""
    shown: list[int | None] = [None if 0 < count < SMALL else count for count in counts]
    if not total_is_known:
        return shown
    while (hidden := [count for count, seen in zip(counts, shown, strict=True) if seen is None]) and (len(hidden) < 2 or sum(hidden) < SMALL):
        visible = [place for place, seen in enumerate(shown) if seen]
        if not visible:
            break
        shown[min(visible, key=lambda place: counts[place])] = None
    return shown


def hide_table(
    rows: Sequence[Sequence[int]], *, row_totals: Sequence[int | None], column_totals: Sequence[int | None], adds_down: bool
) -> list[list[int | None]]:
    """The same for a table whose margins are shown: no row, and no column that adds up, may have one hidden cell that the rest gives away."""
    shown: list[list[int | None]] = [[None if 0 < count < SMALL else count for count in row] for row in rows]
    lines = [[(r, c) for c in range(len(row))] for r, row in enumerate(rows) if row_totals[r] is not None]
    if adds_down and rows:
        lines += [[(r, c) for r in range(len(rows))] for c in range(len(rows[0])) if column_totals[c] is not None]
    changed = True
    while changed:
        changed = False
        for line in lines:
            hidden = [rows[r][c] for r, c in line if shown[r][c] is None]
            if hidden and (len(hidden) < 2 or sum(hidden) < SMALL):
                visible = [cell for cell in line if shown[cell[0]][cell[1]]]
                if visible:
                    row, column = min(visible, key=lambda cell: rows[cell[0]][cell[1]])
                    shown[row][column], changed = None, True
    return shown


def groups_of(rows: Iterable[Row], targets: Iterable[tuple[str, int, int | None]]) -> list[Group]:
    """The groups that were wanted or answered, in the order of the targets. Weights: population share by answer share, when the population of every group is known."""
    rows = list(rows)
    wanted = {segment: (count, population) for segment, count, population in targets}
    counts: dict[str, int] = {}
    for segment, _answers in rows:
        counts[segment] = counts.get(segment, 0) + 1
    order = [*wanted, *(segment for segment in Segment.values if segment in counts and segment not in wanted), *([""] if "" in counts else [])]
    shown = dict(zip(order, hide([counts.get(segment, 0) for segment in order]), strict=True))
    all_known = bool(order) and all(segment in wanted and wanted[segment][1] for segment in order)
    people = sum(wanted[segment][1] or 0 for segment in order) if all_known else 0
    found = []
    for segment in order:
        count, (want, population) = shown[segment], wanted.get(segment, (0, None))
        share = count / len(rows) if count is not None and rows else None
        population_share = (population or 0) / people if people else None
        weight = population_share / share if share and population_share is not None else None
        label = Segment(segment).label if segment else ""
        found.append(Group(segment, label, count, want, population, share, population_share, weight))
    return found


def tallies(definition: Definition, rows: Iterable[Row], groups: Sequence[Group]) -> list[Tally]:
    """One tally for every question with an answer that can be counted; free words are counted only."""
    rows = list(rows)
    numbers = form.numbered(definition)
    return [_tally(question, numbers[question["name"]], rows, groups) for question in form.asked(definition)]


def _tally(question: Question, number: int, rows: list[Row], groups: Sequence[Group]) -> Tally:
    name = question["name"]
    given = [(segment, answers[name]) for segment, answers in rows if answers.get(name) not in (None, "", [])]
    found = Tally(question, number, len(given), len(rows))
    if question["kind"] not in (ONE, MANY, SCALE, INTEGER, DECIMAL, DATE):
        return found
    if len(given) < SMALL:
        found.is_hidden = True
        return found
    if question["kind"] in (INTEGER, DECIMAL, SCALE):
        values = [float(value) for _segment, value in given]
        found.mean, found.middle = sum(values) / len(values), median(values)
    kinds = _kinds(question, [value for _segment, value in given])
    several = question["kind"] == MANY
    counts = [sum(key in value if several else key == value for _segment, value in _keyed(question, given, kinds)) for key, _label in kinds]
    shown = hide(counts, total_is_known=not several)
    visible = [group for group in groups if group.count is not None and group.count >= SMALL]
    keyed = list(_keyed(question, given, kinds))
    by_group = [
        [sum((key in value if several else key == value) and segment == group.segment for segment, value in keyed) for group in visible]
        for key, _label in kinds
    ]
    totals = [sum(1 for segment, _value in keyed if segment == group.segment) for group in visible]
    hidden_table = hide_table(by_group, row_totals=shown, column_totals=list(totals), adds_down=not several)
    weights = {group.segment: group.weight for group in groups}
    weighable = bool(groups) and all(group.weight is not None for group in groups if group.count != 0)
    whole = sum(weights[segment] or 0 for segment, _value in keyed) if weighable else 0
    for place, (key, label) in enumerate(kinds):
        count = shown[place]
        weighted = None
        if weighable and whole and count is not None:
            weighted = sum(weights[segment] or 0 for segment, value in keyed if (key in value if several else key == value)) / whole
        row = tuple(None if count is None else cell for cell in hidden_table[place])
        found.bars.append(Bar(key, label, count, None if count is None else count / len(given), weighted, row if len(visible) > 1 else ()))
    return found


def _kinds(question: Question, values: list[Any]) -> list[tuple[str, str]]:
    """What is counted: choices, steps of the scale, spans of numbers, months."""
    if question["kind"] in (ONE, MANY):
        return [(choice["name"], form.words_of(choice)) for choice in form.choices_of(question)]
    if question["kind"] == SCALE:
        return [(str(step), str(step)) for step in range(1, 6)]
    if question["kind"] == DATE:
        months = sorted({str(value)[:7] for value in values})
        return [(month, month) for month in months[-24:]]
    return [
        (f"{low:g}", f"{low:g}–{high:g}" if high > low else f"{low:g}")
        for low, high in _spans([float(value) for value in values], whole=question["kind"] == INTEGER)
    ]


def _spans(values: list[float], *, whole: bool) -> list[tuple[float, float]]:
    """At most six spans of one round width."""
    low, high = min(values), max(values)
    width = 1.0
    steps = [1, 2, 5, 10, 20, 25, 50]
    scale = 1.0 if whole else 0.1
    while True:
        for step in steps:
            width = step * scale
            first = (low // width) * width
            if (high - first) / width < 6:
                count = int((high - first) // width) + 1
                return [(round(first + n * width, 6), round(first + (n + 1) * width - (1 if whole else 0), 6)) for n in range(count)]
        scale *= 100


def _keyed(question: Question, given: list[tuple[str, Any]], kinds: list[tuple[str, str]]) -> Iterable[tuple[str, Any]]:
    """The answers as the keys they are counted under."""
    if question["kind"] in (ONE, MANY):
        return given
    if question["kind"] == DATE:
        return [(segment, str(value)[:7]) for segment, value in given]
    if question["kind"] == SCALE:
        return [(segment, plain(value)) for segment, value in given]
    starts = [float(key) for key, _label in kinds]
    return [(segment, f"{max(start for start in starts if start <= float(value) + 1e-9):g}") for segment, value in given]
