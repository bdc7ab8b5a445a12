"""How hours become stars, and who is of age. Plain sums, no database."""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.honours.models import StarRule

MOST_LEVELS = 12
LONGEST_NAME = 20
GROWN_UP = 18


@dataclass(frozen=True)
class Stars:
    """Stars reached, and what is left to the next one (None at the top)."""

    level: int
    minutes: int
    next_level: int | None
    next_minutes: int | None
    minutes_left: int | None
    rule: StarRule


def stars_for(minutes: int, rule: StarRule) -> Stars:
    steps = [hours * 60 for hours in sorted(rule.steps)]
    level = bisect_right(steps, minutes)
    if level == len(steps):
        return Stars(level, minutes, None, None, None, rule)
    return Stars(level, minutes, level + 1, steps[level], steps[level] - minutes, rule)


@dataclass(frozen=True)
class Template:
    """A rule set as a place has published it, to start from."""

    key: str
    name: Any
    star_hours: tuple[int, ...]
    medal_hours: tuple[int, ...]
    source: str
    medal_names: tuple[str, ...] = ()


MEDALS = ("铜质奖章", "银质奖章", "金质奖章")
TEMPLATES = {
    template.key: template
    for template in (
        Template("common", _("Levels of Fujian"), (100, 300, 600, 1000, 1500), (), "福建省志愿者星级认定标准"),
        Template("beijing", _("Levels of Beijing"), (100, 200, 500, 800, 1000), (2000, 3000, 5000), "北京市志愿者星级评定办法", MEDALS),
        Template("zhangjiagang", _("Levels of Zhangjiagang"), (30, 60, 100, 200, 300), (600, 1000, 1500), "张家港市志愿者星级认定办法", MEDALS),
    )
}


def is_minor(born: dt.date | None, today: dt.date) -> bool:
    """Known to be under age; who has not said when they were born is asked."""
    return born is not None and born > born_before(today)


def born_before(today: dt.date) -> dt.date:
    """Who was born by this day is of age today."""
    try:
        return today.replace(year=today.year - GROWN_UP)
    except ValueError:  # 29 February
        return today.replace(year=today.year - GROWN_UP, day=28)
