"""How minutes become points. Plain sums, no database; `points_for` in SQL (migration 0002) does the same."""

import datetime as dt

from django.utils import timezone

from liandong.points.models import PointsRule

NIGHT_FROM, NIGHT_TO = 20, 6  # o'clock


def points_for(minutes: int, rule: PointsRule, *, category: str = "", starts_at: dt.datetime | None = None, territory_id: int | None = None) -> int:
    """Whole points for one record: minutes up to the rule's cap, times what the kind, the place and the night are worth, rounded down once."""
    base = rule.points_per_hour * min(minutes, rule.activity_cap_minutes)
    share = rule.by_category.get(category, 100) * rule.by_place.get(str(territory_id), 100)
    return base * share * (rule.night_percent if is_night(starts_at) else 100) // (60 * 100**3)


def is_night(starts_at: dt.datetime | None) -> bool:
    """From 20:00 until before 6:00 where the site lives."""
    return starts_at is not None and not NIGHT_TO <= timezone.localtime(starts_at).hour < NIGHT_FROM
