"""Calendar files of activities."""

from collections.abc import Iterable

from liandong.activities.models import Activity, Shift
from liandong.core import clock, icalendar
from liandong.core.icalendar import text, utc


def file_of(activity: Activity, shifts: Iterable[Shift], *, url: str) -> bytes:
    place = f"{activity.venue.name} {activity.venue.address}" if activity.venue else activity.place
    status = "CANCELLED" if activity.state == Activity.State.CANCELLED else "CONFIRMED"
    lines = []
    for shift in shifts:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{activity.code}-{shift.pk}@liandong",
            f"SEQUENCE:{activity.version}",
            f"DTSTAMP:{utc(clock.now())}",
            f"DTSTART:{utc(shift.starts_at)}",
            f"DTEND:{utc(shift.ends_at)}",
            f"SUMMARY:{text(activity.title)}",
            f"LOCATION:{text(place)}",
            f"DESCRIPTION:{text(activity.summary)}",
            f"URL:{url}",
            f"STATUS:{status}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{text(activity.title)}",
            "TRIGGER:-PT2H",
            "END:VALARM",
            "END:VEVENT",
        ]
    return icalendar.file_of("Activities", lines)
