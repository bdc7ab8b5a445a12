"""How hours become stars. Plain sums, no database."""

from dataclasses import dataclass

from liandong.honours.models import StarRule


@dataclass(frozen=True)
class Stars:
    """Stars reached, and what is left to the next one (None at the top)."""

    level: int
    minutes: int
    next_level: int | None
    next_minutes: int | None
    minutes_left: int | None


def stars_for(minutes: int, rule: StarRule) -> Stars:
    steps = [hours * 60 for hours in sorted(rule.star_hours)]
    level = sum(minutes >= step for step in steps)
    if level == len(steps):
        return Stars(level, minutes, None, None, None)
    return Stars(level, minutes, level + 1, steps[level], steps[level] - minutes)
