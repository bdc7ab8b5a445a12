"""Everything read about stars, awards, thanks, the wall. One module per noun; import from here what other apps need."""

from liandong.honours.queries.honours import Earned, earned_by, honour_by_code, honours_of
from liandong.honours.queries.stars import StarRow, Would, astray, grants_of, rule_on, rules_for, stars_of, would_have
from liandong.honours.words import level_name, star_line, star_name

__all__ = [
    "Earned",
    "StarRow",
    "Would",
    "astray",
    "earned_by",
    "grants_of",
    "honour_by_code",
    "honours_of",
    "level_name",
    "rule_on",
    "rules_for",
    "star_line",
    "star_name",
    "stars_of",
    "would_have",
]
