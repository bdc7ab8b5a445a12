"""From a file that somebody brings to cells: checked from outside, read in a child process, kept as one JSON line a row."""

import datetime as dt
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liandong.imports import sheets

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_INSIDE = 150 * 1024 * 1024
SECONDS = 60


class Unreadable(Exception):
    """The file cannot be read; `code` finds the sentence for it in `problems`."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values_ = code, values


@dataclass(frozen=True)
class Sheet:
    """A sheet of a converted file. Rows are numbered as in Excel, from 1."""

    name: str
    rows: int
    columns: int
    offset: int


def convert(source: Path, target: Path) -> list[Sheet]:
    """Reads any office file into `target` and tells its sheets. Raises Unreadable; a file made to hurt is refused within seconds and little memory."""
    kind = kind_of(source)
    command = [sys.executable, "-m", "liandong.imports.sheets", kind, str(source), str(target)]
    package_root = str(Path(__file__).resolve().parents[2])
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": package_root, "PYTHONIOENCODING": "utf-8", "RUST_BACKTRACE": "0"}
    try:
        child = subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("file_too_slow") from error
    try:
        said = json.loads(child.stdout or b"{}")
    except ValueError:
        said = {}
    if "sheets" in said:
        return [Sheet(**sheet) for sheet in said["sheets"]]
    if "trouble" in said:
        raise Unreadable(said.pop("trouble"), **said)
    wants_memory = b"memory allocation" in child.stderr or b"capacity overflow" in child.stderr or child.returncode == -9
    raise Unreadable("file_too_big_inside" if wants_memory else "file_broken")


def kind_of(source: Path) -> str:
    """book, text or web, by what the file is, not by its name."""
    size = source.stat().st_size
    if size == 0:
        raise Unreadable("file_empty")
    if size > LARGEST_FILE:
        raise Unreadable("file_too_big", size=round(size / 1024 / 1024), most=LARGEST_FILE // 1024 // 1024)
    with source.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        check_archive(source)
        return "book"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        content = source.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable("file_locked")
        if "WordDocument".encode("utf-16-le") in content or "PowerPoint Document".encode("utf-16-le") in content:
            raise Unreadable("file_no_table")
        return "book"
    if head.startswith(b"\x09\x08"):  # a bare BIFF stream
        return "book"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"\x1f\x8b")):
        raise Unreadable("file_no_table")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")) or (start.startswith(b"<") and b"<table" in start):
        return "web"
    if start.startswith((b"<?xml", b"<svg")):
        raise Unreadable("file_no_table")
    return "text"


def check_archive(source: Path) -> None:
    """A zip that unpacks to more than we take, tells lies about its size, or carries entities, is refused before anything reads it."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            if len(parts) > 2000 or sum(part.file_size for part in parts) > LARGEST_INSIDE:
                raise Unreadable("file_too_big_inside")
            names = {part.filename for part in parts}
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} and not any(name.lower() == "xl/workbook.xml" for name in names):
                raise Unreadable("file_no_table")
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable("file_locked")
            left = LARGEST_INSIDE
            with source.open("rb") as file:
                for part in parts:
                    left -= unpacked_size(file, part, left)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise Unreadable("file_broken") from error


def unpacked_size(file: Any, part: zipfile.ZipInfo, most: int) -> int:
    """What the part really unpacks to. Counted, because the size written in the archive is only a claim."""
    file.seek(part.header_offset)
    header = file.read(30)
    if header[:4] != b"PK\x03\x04":
        raise Unreadable("file_broken")
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("file_broken")
    unpacker = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    left, size, first = part.compress_size, 0, b""
    while left > 0 and (packed := file.read(min(left, 65536))):
        left -= len(packed)
        while packed:
            piece = unpacker.decompress(packed, 1 << 20) if unpacker else packed
            packed = unpacker.unconsumed_tail if unpacker else b""
            size += len(piece)
            if len(first) < 2048:
                first += piece[:2048]
            if size > most:
                raise Unreadable("file_too_big_inside")
    if part.filename.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in first:
        raise Unreadable("file_with_entities")
    return size


# Reading what was converted


def rows(path: str | Path, sheet: Sheet, *, start: int = 1, stop: int | None = None) -> Iterator[tuple[int, list[Any]]]:
    """(row number as in Excel, cells) from `start` to `stop`, both included. One row in memory at a time."""
    with open(path, "rb") as file:
        file.seek(sheet.offset)
        for number in range(1, min(stop or sheet.rows, sheet.rows) + 1):
            line = file.readline()
            if number >= start:
                yield number, [_cell(cell) for cell in json.loads(line)]


def _cell(cell: Any) -> Any:
    if isinstance(cell, dict):
        if "d" in cell:
            return dt.date.fromisoformat(cell["d"])
        if "t" in cell:
            return dt.datetime.fromisoformat(cell["t"])
        return dt.time.fromisoformat(cell["h"])
    return "" if cell is None else cell


def text_as_file(text: str, target: Path) -> None:
    """Cells pasted from Excel."""
    target.write_text(text, encoding="utf-8", newline="")


__all__ = ["LARGEST_FILE", "Sheet", "Unreadable", "convert", "rows", "sheets", "text_as_file"]
