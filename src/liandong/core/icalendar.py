"""Calendar files (RFC 5545): lines of at most 75 bytes, CRLF, text escaped."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from liandong.core import clock


@dataclass(frozen=True)
class Event:
    """One stretch of time. `key` is the same in every file that shows it; `version` grows with each change."""

    key: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    place: str = ""
    words: str = ""
    url: str = ""
    version: int = 1
    is_cancelled: bool = False
    reminder_hours: int = 2


def file_of(events: Iterable[Event], *, of: str) -> bytes:
    """`of` names what kind of calendar it is, in English."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Liandong//{of}//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.key}@liandong",
            f"SEQUENCE:{event.version}",
            f"DTSTAMP:{_utc(clock.now())}",
            f"DTSTART:{_utc(event.starts_at)}",
            f"DTEND:{_utc(event.ends_at)}",
            f"SUMMARY:{_text(event.title)}",
            f"LOCATION:{_text(event.place)}",
            f"DESCRIPTION:{_text(event.words)}",
            f"URL:{event.url}",
            f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(event.title)}",
            f"TRIGGER:-PT{event.reminder_hours}H",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"]).encode()


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line over 75 bytes; a character is never cut in two."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 73:
            parts.append("")
            size = 0
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts) + "\r\n"
