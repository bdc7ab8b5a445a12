"""Service in short places, such as a haircut of ten minutes: participants get places of so many minutes, whoever serves or works has the whole time."""

import datetime as dt
import itertools
from collections.abc import Iterable

from liandong.activities.models import Position, Shift
from liandong.activities.services.ground import ShiftPlan

LONGEST = 120  # minutes of a short place


def divided(plan: ShiftPlan, *, minutes: int) -> list[ShiftPlan]:
    """The whole stretch for volunteers and staff, if there are any, and places of so many minutes for participants. A rest that is too short is no place."""
    served = [position for position in plan.positions if position.kind == Position.Kind.PARTICIPANT]
    serving = [position for position in plan.positions if position.kind != Position.Kind.PARTICIPANT]
    length = dt.timedelta(minutes=minutes)
    if not served or plan.pk or plan.starts_at + 2 * length > plan.ends_at:
        return [plan]
    whole = [ShiftPlan(plan.starts_at, plan.ends_at, serving, plan.spot)] if serving else []
    starts = [plan.starts_at + n * length for n in range((plan.ends_at - plan.starts_at) // length)]
    return whole + [ShiftPlan(start, start + length, served, plan.spot) for start in starts]


def is_place(shift: Shift) -> bool:
    """A short place for participants only."""
    short = shift.ends_at - shift.starts_at <= dt.timedelta(minutes=LONGEST)
    positions = shift.rows if hasattr(shift, "rows") else shift.positions.all()
    return short and bool(positions) and all(row.kind == Position.Kind.PARTICIPANT for row in positions)


def places_among(shifts: Iterable[Shift]) -> tuple[int, list[Shift]]:
    """Minutes and short places of an activity that is divided; (0, []) for any other: at least three of one length, one after the other."""
    places = sorted((shift for shift in shifts if is_place(shift)), key=lambda shift: shift.starts_at)
    lengths = {shift.ends_at - shift.starts_at for shift in places}
    follows = sum(before.ends_at == after.starts_at for before, after in itertools.pairwise(places))
    if len(lengths) != 1 or follows < 2:
        return 0, []
    return int(lengths.pop().total_seconds() // 60), places


def stretches_of(shifts: Iterable[Shift]) -> list[tuple[dt.datetime, dt.datetime, str]]:
    """The shifts as they stood before they were divided: (start, end, spot), each once, to be written down in a form again."""
    shifts = list(shifts)
    _minutes, places = places_among(shifts)
    joined: list[tuple[dt.datetime, dt.datetime, str]] = []
    for place in places:
        if joined and joined[-1][1] == place.starts_at and joined[-1][2] == place.spot:
            joined[-1] = (joined[-1][0], place.ends_at, place.spot)
        else:
            joined.append((place.starts_at, place.ends_at, place.spot))
    rest = [(shift.starts_at, shift.ends_at, shift.spot) for shift in shifts if shift not in places]
    return sorted({*joined, *(row for row in rest if not any(row[0] == start and row[2] == spot for start, _end, spot in joined))})
