"""The calendar file of an activity: an event for each shift."""

from collections.abc import Iterable

from liandong.activities.models import Activity, Shift
from liandong.core import icalendar


def file_of(activity: Activity, shifts: Iterable[Shift], *, url: str) -> bytes:
    place = f"{activity.venue.name} {activity.venue.address}" if activity.venue else activity.place
    events = [
        icalendar.Event(
            f"{activity.code}-{shift.pk}", shift.starts_at, shift.ends_at, activity.title, place, activity.summary, url, activity.version,
            is_cancelled=activity.state == Activity.State.CANCELLED,
        )
        for shift in shifts
    ]  # fmt: skip
    return icalendar.file_of(events, of="Activities")
