"""Calendar files (RFC 5545): lines of at most 75 bytes, CRLF, text escaped."""

import datetime as dt
from collections.abc import Iterable

from liandong.activities.models import Activity, Shift
from liandong.core import clock


def file_of(activity: Activity, shifts: Iterable[Shift], *, url: str) -> bytes:
    place = f"{activity.venue.name} {activity.venue.address}" if activity.venue else activity.place
    status = "CANCELLED" if activity.state == Activity.State.CANCELLED else "CONFIRMED"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Liandong//Activities//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for shift in shifts:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{activity.code}-{shift.pk}@liandong",
            f"SEQUENCE:{activity.version}",
            f"DTSTAMP:{_utc(clock.now())}",
            f"DTSTART:{_utc(shift.starts_at)}",
            f"DTEND:{_utc(shift.ends_at)}",
            f"SUMMARY:{_text(activity.title)}",
            f"LOCATION:{_text(place)}",
            f"DESCRIPTION:{_text(activity.summary)}",
            f"URL:{url}",
            f"STATUS:{status}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(activity.title)}",
            "TRIGGER:-PT2H",
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
