"""How minutes become points. Plain sums, no database."""

from liandong.points.models import PointsRule


def points_for(minutes: int, rule: PointsRule) -> int:
    """Whole points for one record: minutes up to the rule's cap, rounded down."""
    return rule.points_per_hour * min(minutes, rule.activity_cap_minutes) // 60
