"""How minutes are worked out. Plain sums, no database: the verbs, the pages and the demo town use the same ones."""

import datetime as dt
import uuid

from liandong.activities.models import Attendance, Shift
from liandong.recognition.models import ServiceRecord

DAY_MINUTES = 24 * 60
_TRANSFERS = uuid.UUID("6b1c9d1e-7f0a-5d58-9a53-0d6e1f8f2a41")


def served_window(
    in_at: dt.datetime, out_at: dt.datetime, *, shift_starts_at: dt.datetime, shift_ends_at: dt.datetime
) -> tuple[dt.datetime, dt.datetime, int]:
    """(start, end, whole minutes) of the service: the time present that lies inside the shift. Nobody's way there and nobody's chat afterwards counts."""
    start, end = max(in_at, shift_starts_at), min(out_at, shift_ends_at)
    if end <= start:
        return start, start, 0
    return start, end, whole_minutes(start, end)


def served_in(shift: Shift, attendance: Attendance) -> tuple[dt.datetime, dt.datetime, int]:
    """The same for an attendance that has ended."""
    assert attendance.out_at is not None
    return served_window(attendance.in_at, attendance.out_at, shift_starts_at=shift.starts_at, shift_ends_at=shift.ends_at)


def whole_minutes(start: dt.datetime, end: dt.datetime) -> int:
    return int((end - start).total_seconds() // 60)


def needs_backfill(record: ServiceRecord, minutes: int) -> bool:
    """More minutes than lie between the start and the end that were recorded: that is time added by hand."""
    return minutes > whole_minutes(record.starts_at, record.ends_at)


def transfer_id_of(record: ServiceRecord) -> uuid.UUID:
    """The id of the one transfer that belongs to a record: derived, so that a repeated verb finds it again."""
    return uuid.uuid5(_TRANSFERS, record.number)
