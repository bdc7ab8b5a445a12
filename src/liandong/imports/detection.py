"""Where the table begins and what its columns are: by the headers people use, and by what stands in the cells when the headers do not tell."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liandong.core.text import fold
from liandong.imports import reading
from liandong.imports.normalising import is_footnote, is_total, text_of
from liandong.imports.reading import Sheet
from liandong.imports.specs import Column

LAST_HEADER_ROW = 30
SAMPLE_ROWS = 60
_IGNORED = {"序号", "错误原因", "no", "no.", "行号", "编码"}


@dataclass(frozen=True)
class Table:
    """A list on a sheet. `header_row` counts as in Excel, from 1; 0 when there is none. `columns`: key -> index from 0."""

    sheet: Sheet
    header_row: int
    header_height: int
    columns: dict[str, int]
    score: float

    @property
    def first_row(self) -> int:
        return self.header_row + self.header_height if self.header_row else 1


def detect(path: str | Path, sheets: Sequence[Sheet], columns: Sequence[Column]) -> list[Table]:
    """The lists of the file, the most likely one first. A sheet whose headers nobody knows counts only when no sheet has better ones."""
    tables = [table for sheet in sheets if (table := best_table(path, sheet, columns))]
    needed = {column.key for column in columns if column.needed}
    headed = [table for table in tables if needed <= set(table.columns)]
    tables = [complete_by_content(path, table, columns) for table in headed or tables]
    good = tables if headed else [table for table in tables if needed <= set(table.columns)][:1]
    if not good:
        guesses = [complete_by_content(path, Table(sheet, 0, 0, {}, 0), columns) for sheet in sheets]
        good = [table for table in guesses if needed <= set(table.columns)][:1]
    ordered = sorted(good or tables, key=lambda table: (-table.score, sheets.index(table.sheet)))
    # A sheet of explanations names a column or two as well; another list has the columns of the first.
    ordered = [table for table in ordered if len(table.columns) * 2 >= len(ordered[0].columns)]
    return ordered or [Table(max(sheets, key=lambda sheet: sheet.rows), 1, 1, {}, 0)]


def best_table(path: str | Path, sheet: Sheet, columns: Sequence[Column]) -> Table | None:
    rows = [cells for _, cells in reading.rows(path, sheet, stop=LAST_HEADER_ROW + 1)]
    best: Table | None = None
    for index in range(min(LAST_HEADER_ROW, len(rows))):
        single, score = match_headers([[text_of(cell)] for cell in rows[index]], columns)
        found = Table(sheet, index + 1, 1, single, score)
        if index + 1 < len(rows) and looks_like_header(rows[index + 1]):
            lower, _ = match_headers([[text_of(cell)] for cell in rows[index + 1]], columns)
            double, both = match_headers(two_lines(rows[index], rows[index + 1]), columns)
            if lower and len(double) > max(len(single), len(lower)) and both > score + 0.5:
                found = Table(sheet, index + 1, 2, double, both)
        if len(found.columns) >= min(2, sheet.columns) and (best is None or found.score > best.score + 0.01):
            best = found
    return best


def looks_like_header(cells: list[Any]) -> bool:
    return not any(
        (isinstance(cell, int | float | dt.date) and not isinstance(cell, bool)) or re.search(r"\d{4}", str(cell)) for cell in cells if cell != ""
    )


def two_lines(upper: list[Any], lower: list[Any]) -> list[list[str]]:
    """For each column the words that may name it: the lower line, both, the upper line. A group head counts for the columns to its right."""
    names, group = [], ""
    for index in range(max(len(upper), len(lower))):
        top = text_of(upper[index]) if index < len(upper) else ""
        bottom = text_of(lower[index]) if index < len(lower) else ""
        group = top or group
        names.append([bottom, f"{group}{bottom}" if bottom else "", top])
    return names


def header_texts(path: str | Path, table: Table) -> list[str]:
    """The header of each column as it stands in the file."""
    if not table.header_row:
        return [""] * table.sheet.columns
    lines = [cells for _, cells in reading.rows(path, table.sheet, start=table.header_row, stop=table.header_row + table.header_height - 1)]
    return [
        " ".join(dict.fromkeys(text for cells in lines if index < len(cells) and (text := text_of(cells[index]))))
        for index in range(table.sheet.columns)
    ]


def bare(header: str) -> str:
    """'居住\\n社区' -> '居住社区', '姓 名*（必填）' -> '姓名', 'Mobile Phone' -> 'mobilephone'."""
    text = re.sub(r"[(\[【（].*?[)\]】）]", "", fold(header)) or fold(header)
    return re.sub(r"[\s*＊:：、.。\-_]", "", text).lower()


def match_headers(names: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[dict[str, int], float]:
    """(key -> index, score). Best fits first; each column of the file serves once."""
    fits = []
    for index, candidates in enumerate(names):
        for rank, candidate in enumerate(candidates):
            text = bare(candidate)
            if not text or text in _IGNORED or len(text) > 30:
                continue
            for order, column in enumerate(columns):
                if score := fit(text, column):
                    fits.append((-(score - rank * 0.1), order, index, column.key))
    found: dict[str, int] = {}
    total = 0.0
    for negative, _order, index, key in sorted(fits):
        if key not in found and index not in found.values():
            found[key] = index
            total -= negative
    return found, total


def fit(text: str, column: Column) -> float:
    """3 for a header known by heart, up to 2 when a known word stands in it."""
    if any(word in text for word in column.avoid):
        return 0
    best = 0.0
    for alias in column.aliases:
        known = bare(alias)
        if text == known:
            return 3
        if len(known) >= 2 and known in text and (not known.isascii() or len(known) >= 5):
            best = max(best, 1 + len(known) / max(len(text), 10))
    return best


def complete_by_content(path: str | Path, table: Table, columns: Sequence[Column]) -> Table:
    """Columns that no header named, by what stands in them. A header that names something else is believed."""
    missing = [column for column in columns if column.key not in table.columns and column.fits]
    if not missing:
        return table
    sample = [cells for _, cells in data_rows(path, table, most=SAMPLE_ROWS)]
    headers = header_texts(path, table)
    taken = set(table.columns.values())
    fits = []
    for index in range(table.sheet.columns):
        if index in taken or (table.header_row and bare(headers[index]) in _IGNORED):
            continue
        cells = [row[index] for row in sample if index < len(row) and text_of(row[index])]
        if len(cells) < max(1, len(sample) // 10):
            continue
        for order, column in enumerate(missing):
            assert column.fits is not None
            share = sum(bool(column.fits(cell)) for cell in cells) / len(cells)
            if share >= 0.6:
                fits.append((-share, order, index, column.key))
    found = dict(table.columns)
    for negative, _order, index, key in sorted(fits):
        if key not in found and index not in found.values():
            # A named column that merely looks like another one is only good enough for what is needed.
            if table.header_row and headers[index] and not next(column for column in missing if column.key == key).needed and negative > -0.9:
                continue
            found[key] = index
    return replace(table, columns=found)


def data_rows(path: str | Path, table: Table, *, start: int = 0, most: int | None = None) -> Iterator[tuple[int, list[Any]]]:
    """Rows below the header that hold something, sums and footnotes included; `start` is a row number."""
    count = 0
    for number, cells in reading.rows(path, table.sheet, start=max(table.first_row, start)):
        if any(cell != "" for cell in cells):
            yield number, cells
            count += 1
            if most and count >= most:
                return


def why_skipped(cells: list[Any], headers: list[str]) -> str:
    """The code of a row that is no data: total, footnote, header_again; "" for data."""
    filled = [(index, cell) for index, cell in enumerate(cells) if cell != ""]
    if len(filled) <= 3 and is_footnote(cells):
        return "footnote"
    if is_total(cells):
        return "total"
    index, first = filled[0] if filled else (0, "")
    if len(filled) > 1 and index < len(headers) and headers[index] and bare(text_of(first)) == bare(headers[index]):
        if [bare(text_of(cell)) for _index, cell in filled] == [bare(text) for text in headers if text]:
            return "header_again"
    return ""
