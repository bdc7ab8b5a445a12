"""Everything read about stars and honours."""

import datetime as dt

from liandong.core import clock
from liandong.honours import rules
from liandong.honours.models import StarRule
from liandong.honours.words import star_line, star_name

__all__ = ["rule_on", "star_line", "star_name", "stars_of"]


def rule_on(day: dt.date) -> StarRule:
    """The version of the rule that holds on a day."""
    return StarRule.objects.filter(from_date__lte=day).order_by("-version").first() or StarRule.objects.earliest("version")


def stars_of(minutes: int) -> rules.Stars:
    """The stars that so much service is worth today."""
    return rules.stars_for(minutes, rule_on(clock.today()))
