"""Guards against overwork, by version: what held when a roster was made holds for it. There is no quota for anybody: only a most, never a least."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkRule:
    """Nobody serves more than `weekly_minutes` in a calendar week, other activities included; between two shifts lie `rest_minutes`."""

    version: int
    from_date: dt.date
    weekly_minutes: int
    rest_minutes: int = 0


VERSIONS = (WorkRule(1, dt.date(2024, 1, 1), weekly_minutes=20 * 60),)
ANSWER_DAYS = 2
SOLVE_SECONDS = 30
SUBSTITUTE_SECONDS = 2


def rule_on(day: dt.date) -> WorkRule:
    return max((rule for rule in VERSIONS if rule.from_date <= day), key=lambda rule: rule.version, default=VERSIONS[0])


def rule_of(version: int) -> WorkRule:
    return next(rule for rule in VERSIONS if rule.version == version)
