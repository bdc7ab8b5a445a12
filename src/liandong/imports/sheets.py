"""A program of its own: reads an office file that nobody vouches for and writes its cells, one JSON line a row.

It runs as a child process with little memory and little time, knows neither Django nor the database, and says in its last line what it found:
`{"sheets": [{"name", "rows", "columns", "offset"}]}` or `{"trouble": code, ...}`. A book that would need 400 GB ends this process and nothing else.

    python -m liandong.imports.sheets book|text|web FILE OUT
"""

import codecs
import csv
import datetime as dt
import html.parser
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

MEMORY = 1 << 30
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_SHEETS = 30
LONGEST_CELL = 32_767


class Trouble(Exception):
    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values_ = code, values


def main(kind: str, source: str, target: str) -> None:
    limit_memory()
    try:
        with open(target, "wb") as out:
            tables = {"book": book, "text": text, "web": web}[kind](Path(source))
            found = [sheet for sheet in (write(name, rows, out) for name, rows in tables) if sheet["rows"]]
        if not found:
            raise Trouble("file_empty")
        said: dict[str, Any] = {"sheets": found}
    except Trouble as trouble:
        said = {"trouble": trouble.code, **trouble.values_}
    except MemoryError:
        said = {"trouble": "file_too_big_inside"}
    print(json.dumps(said, ensure_ascii=True))  # noqa: T201 - the answer of this program


def limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # not every system knows this limit; the checks before and the row limits stay
        return


def write(name: str, rows: Iterable[list[Any]], out: BinaryIO) -> dict[str, Any]:
    """The sheet's rows as lines; empty ones at the end are dropped, in between they keep the numbers right."""
    offset, count, columns, blank = out.tell(), 0, 0, 0
    for row in rows:
        cells = [plain(cell) for cell in row]
        while cells and cells[-1] in ("", None):
            cells.pop()
        if not cells:
            blank += 1
            continue
        if len(cells) > MOST_COLUMNS:
            raise Trouble("too_many_columns", columns=len(cells), most=MOST_COLUMNS)
        out.write(b"[]\n" * min(blank, MOST_ROWS - count + 1))
        count, blank, columns = count + blank + 1, 0, max(columns, len(cells))
        if count > MOST_ROWS:
            raise Trouble("too_many_rows", most=MOST_ROWS)
        out.write(json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")
    return {"name": name[:60], "rows": count, "columns": columns, "offset": offset}


def plain(cell: Any) -> Any:
    """JSON has no dates: they become {"d": …}, {"t": …}, {"h": …}."""
    if isinstance(cell, str):
        return "" if cell.isspace() else cell[:LONGEST_CELL].replace("\x00", "")
    if isinstance(cell, dt.datetime):
        return {"t": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"d": cell.isoformat()}
    if isinstance(cell, dt.time):
        return {"h": cell.isoformat()}
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds() / 3600
    if isinstance(cell, float) and (cell != cell or cell in (float("inf"), float("-inf"))):
        return ""
    return cell


# xlsx, xlsm, xlsb, xls, ods


def book(path: Path) -> Iterator[tuple[str, Iterable[list[Any]]]]:
    import python_calamine

    try:
        opened = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise Trouble("file_locked") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Trouble("file_broken") from error
    sheets = [
        sheet.name
        for sheet in opened.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    for name in sheets[:MOST_SHEETS]:
        try:
            sheet = opened.get_sheet_by_name(name)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise Trouble("file_broken") from error
        if sheet.total_height > MOST_ROWS:
            raise Trouble("too_many_rows", rows=sheet.total_height, most=MOST_ROWS)
        if sheet.total_width > MOST_COLUMNS:
            raise Trouble("too_many_columns", columns=sheet.total_width, most=MOST_COLUMNS)
        yield name, book_rows(sheet)


def book_rows(sheet: Any) -> Iterator[list[Any]]:
    """Rows from the first of the sheet. A cell merged downwards counts for every row it covers."""
    if sheet.start is None:
        return
    for _ in range(sheet.start[0]):
        yield []
    left = [""] * sheet.start[1]
    merged = {}
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if bottom > top and first == last:
            merged[top, first] = bottom
    held: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(sheet.iter_rows(), sheet.start[0]):
        cells = left + row
        for column, (until, value) in list(held.items()):
            if number > until:
                del held[column]
            elif column < len(cells) and cells[column] == "":
                cells[column] = value
        if merged:
            for column, value in enumerate(cells):
                if value != "" and (number, column) in merged:
                    held[column] = (merged[number, column], value)
        yield cells


# csv and text


def text(path: Path) -> Iterator[tuple[str, Iterable[list[Any]]]]:
    content = decode(path.read_bytes())
    csv.field_size_limit(1_000_000)
    delimiter = delimiter_of(content)
    try:
        yield "", csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Trouble("file_broken") from error


def decode(data: bytes) -> str:
    """UTF-8, UTF-16 and GB 18030 (which holds GBK and GB 2312), with or without a byte order mark."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\x00" in data[:4000]:
        nulls_odd, nulls_even = data[1:4000:2].count(0), data[:4000:2].count(0)
        return readable(data, "utf-16-le" if nulls_odd > nulls_even else "utf-16-be")
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return readable(data, encoding)
    # One torn character must not keep three hundred people out.
    found = max((data.decode(encoding, errors="replace") for encoding in ("utf-8", "gb18030")), key=lambda text: -text.count("\ufffd"))
    if found.count("\ufffd") > max(3, len(found) // 200):
        raise Trouble("file_no_table")
    return found


def readable(data: bytes, encoding: str) -> str:
    """The text, if it is one: pictures and programs are full of control characters."""
    try:
        found = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Trouble("file_no_table") from error
    if sum(c < " " and c not in "\t\r\n\x0b\x0c" for c in found[:4000]) > 4:
        raise Trouble("file_no_table")
    return found


def delimiter_of(content: str) -> str:
    """The sign that gives the most rows the same number of columns."""
    lines = [line for line in content[:20_000].splitlines() if line.strip()][:30]

    def evenness(sign: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        except csv.Error:
            return 0, 0
        wide = [width for width in widths if width > 1]
        if not wide:
            return 0, 0
        usual = max(set(wide), key=wide.count)
        return wide.count(usual), usual

    return max("\t,;|", key=evenness)


# Web pages that call themselves .xls: many old systems export those


class TableReader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Any]] = []
        self.cell: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.cell, found = [], dict(attrs).get("colspan") or "1"
            self.span = min(int(found), MOST_COLUMNS) if found.isdigit() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self.cell is not None:
            if not self.rows:
                self.rows.append([])
            self.rows[-1] += ["".join(self.cell).strip()] + [""] * (self.span - 1)
            self.cell = None
            if len(self.rows) > MOST_ROWS:
                raise Trouble("too_many_rows", most=MOST_ROWS)


def web(path: Path) -> Iterator[tuple[str, Iterable[list[Any]]]]:
    data = path.read_bytes()
    reader = TableReader()
    if b"charset=gb" in data[:3000].lower():
        reader.feed(data.decode("gb18030", errors="replace"))
    else:
        reader.feed(decode(data))
    reader.close()
    if not reader.rows:
        raise Trouble("file_no_table")
    yield "", reader.rows


if __name__ == "__main__":
    main(*sys.argv[1:4])
