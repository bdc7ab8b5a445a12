"""Calendar files (RFC 5545): lines of at most 75 bytes, CRLF, text escaped, times in UTC."""

import datetime as dt
from collections.abc import Iterable

LONGEST = 75  # bytes of a line


def file_of(product: str, lines: Iterable[str], *, name: str = "") -> bytes:
    """A whole calendar: what stands between its first and last line, each line not yet folded."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Liandong//{product}//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    if name:
        head += [f"NAME:{text(name)}", f"X-WR-CALNAME:{text(name)}"]
    return "".join(_folded(line) for line in [*head, *lines, "END:VCALENDAR"]).encode()


def utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def text(value: str) -> str:
    """A value in which commas, semicolons, backslashes and line ends are no signs of the format; control characters are dropped."""
    plain = "".join(letter for letter in value if letter in "\n\t" or (ord(letter) >= 32 and ord(letter) != 127))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A character is never cut in two; a line that goes on begins with a space, which counts."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n".join(parts) + "\r\n"
