"""`liandong mine`: common needs of any list of texts, from a file to a file. Needs no database."""

import datetime as dt
import json
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from liandong.imports import reading, sheets
from liandong.needs.mining import Text, mine

HEADER_WITHIN = 30  # lines in which the line of column names is looked for


class Unusable(Exception):
    """The file cannot be mined; the message says why in one line."""


def mine_file(
    source: Path, out: Path, *, text: str, time_column: str = "", group: str = "", progress: Callable[[float], None] = lambda share: None
) -> dict[str, Any]:
    """Mine the column `text` of a csv or Excel file and write what was found to `out` as JSON; returns it.

    `{"themes": [{"label", "phrases", "stability", "members": [{"row", "degree"}]}], "loose": [rows], "seconds", "peak_mb"}`; rows count from 0 below the
    line of column names. Every row is in one theme or loose, empty ones too. `group`: a column that says where somebody asks; its names neither join nor part.
    """
    texts = read(source, text=text, time_column=time_column, group=group)
    begun = time.perf_counter()
    mined = mine(texts, places={item.place for item in texts if item.place}, progress=progress)
    found = {
        "themes": [
            {
                "label": theme.label,
                "phrases": theme.phrases,
                "stability": theme.stability,
                "members": [{"row": member.row, "degree": member.degree} for member in theme.members],
            }
            for theme in mined.themes
        ],
        "loose": mined.loose,
        "seconds": round(time.perf_counter() - begun, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return found


def read(source: Path, *, text: str, time_column: str = "", group: str = "") -> list[Text]:
    """The texts of the first sheet that has a column named `text`. Raises Unusable."""
    try:
        kind = reading.kind_of(source)
        tables = {"book": sheets.book, "text": sheets.text, "web": sheets.web}[kind](source)
        seen: list[str] = []
        for _name, rows in tables:
            lines = iter(rows)
            for _ in range(HEADER_WITHIN):
                cells = [said(cell) for cell in next(lines, [])]
                if text in cells:
                    missing = [name for name in (time_column, group) if name and name not in cells]
                    if missing:
                        raise Unusable(f"{source.name} has no column {missing[0]!r}; its columns: {', '.join(filter(None, cells))}.")
                    return list(below(lines, cells.index(text), *(cells.index(name) if name else None for name in (time_column, group))))
                seen = seen or [cell for cell in cells if cell]
    except (sheets.Trouble, reading.Unreadable) as error:
        raise Unusable(f"{source.name} cannot be read ({error.code}).") from error
    raise Unusable(f"{source.name} has no column {text!r}" + (f"; its columns: {', '.join(seen)}." if seen else "."))


def below(lines: Iterator[Sequence[Any]], text: int, time_column: int | None, group: int | None) -> Iterator[Text]:
    """One text for every line under the column names; lines that are empty at the end are none."""
    empty = 0
    for cells in lines:
        if not any(said(cell) for cell in cells):
            empty += 1
            continue
        yield from (Text("") for _ in range(empty))
        empty = 0
        yield Text(
            at(cells, text), place=at(cells, group), time=moment(cells[time_column]) if time_column is not None and time_column < len(cells) else None
        )


def at(cells: Sequence[Any], column: int | None) -> str:
    return said(cells[column]) if column is not None and column < len(cells) else ""


def said(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def moment(cell: Any) -> dt.datetime | None:
    """The time of a cell, None when it holds none that is understood."""
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    try:
        return dt.datetime.fromisoformat(said(cell).replace("/", "-"))
    except ValueError:
        return None
