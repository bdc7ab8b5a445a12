"""How minutes, points and stars are worked out. Plain sums, no database: the ledger, the pages and the demo town use the same ones."""

import datetime as dt
import uuid
from dataclasses import dataclass

from liandong.recognition.models import RecognitionRule, ServiceRecord

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


def whole_minutes(start: dt.datetime, end: dt.datetime) -> int:
    return int((end - start).total_seconds() // 60)


def points_for(minutes: int, rule: RecognitionRule) -> int:
    """Whole points for one record: minutes up to the rule's cap, rounded down."""
    return rule.points_per_hour * min(minutes, rule.activity_cap_minutes) // 60


def transfer_id_of(record: ServiceRecord) -> uuid.UUID:
    """The id of the one transfer that belongs to a record: derived, so that a repeated verb finds it again."""
    return uuid.uuid5(_TRANSFERS, record.number)


@dataclass(frozen=True)
class Stars:
    """Stars reached, and what is left to the next one (None at the top)."""

    level: int
    minutes: int
    next_level: int | None
    next_minutes: int | None
    minutes_left: int | None


def stars_for(minutes: int, rule: RecognitionRule) -> Stars:
    steps = [hours * 60 for hours in sorted(rule.star_hours)]
    level = sum(minutes >= step for step in steps)
    if level == len(steps):
        return Stars(level, minutes, None, None, None)
    return Stars(level, minutes, level + 1, steps[level], steps[level] - minutes)
