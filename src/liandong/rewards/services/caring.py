"""Verbs of the rule, and of asking people who never spend: at most twice a year, with three things that suit them, and never again when they say so."""

from typing import Any

from django.db import transaction

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import SCHEDULER
from liandong.core.decision import require
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.rewards import permissions, queries
from liandong.rewards.models import RewardRule, SpendingCare
from liandong.rewards.services.offering import refuse_outside

RULE_FIELDS = ("approve_from_points", "approves_services", "voucher_days", "ask_after_days", "ask_from_points", "cover_floor_percent")
_SPANS = {
    "approve_from_points": (1, 10_000),
    "voucher_days": (1, 366),
    "ask_after_days": (30, 3_650),
    "ask_from_points": (1, 10_000),
    "cover_floor_percent": (0, 500),
}


@transaction.atomic
def write_rule(*, source: str = "", by: Person, **values: Any) -> RewardRule:
    """A new version of the rule; it holds from today. Earlier ones stay readable."""
    require(permissions.can_keep_rule(by))
    before = RewardRule.objects.select_for_update().order_by("-version").first()
    for name, (least, most) in _SPANS.items():
        refuse_outside(values[name], least, most, field=name)
    if unknown := set(values) - set(RULE_FIELDS):
        raise TypeError(f"not of a rule: {sorted(unknown)}")
    rule = RewardRule.objects.create(
        version=(before.version if before else 0) + 1, from_date=clock.today(), source=one_line(source, 200), made_by=by, **values
    )
    journal.record(
        "reward_rule.written", on=rule, before={name: getattr(before, name) for name in RULE_FIELDS} if before else None, after=values, by=by
    )
    return rule


@transaction.atomic
def choose_asking(person: Person, *, wants_none: bool, by: Person) -> SpendingCare:
    """Whether somebody wants to be asked from time to time what they would like."""
    require(permissions.can_choose_asking(by, person))
    care, _made = SpendingCare.objects.select_for_update().get_or_create(person=person)
    if care.wants_none != wants_none:
        care.wants_none = wants_none
        care.save(update_fields=["wants_none"])
        journal.record("spending.asking_chosen", on=care, after={"wants_none": wants_none}, by=by)
    return care


@transaction.atomic
def ask(person: Person, *, titles: list[str]) -> SpendingCare | None:
    """Note that somebody is asked now, and what with; None when they were asked lately or do not want to be. The message itself is a job."""
    care, _made = SpendingCare.objects.select_for_update().get_or_create(person=person)
    if care.wants_none or (care.asked_at is not None and care.asked_at > clock.now() - queries.BETWEEN_ASKS):
        return None
    care.asked_at = clock.now()
    care.save(update_fields=["asked_at"])
    journal.record("spending.asked", on=care, after={"titles": titles}, by=SCHEDULER)
    return care


def ask_all(*, limit: int = 500) -> int:
    """Everybody who has had points for long and never spent any: three things near them that suit what they have. Returns how many were asked."""
    asked = [ask(person, titles=[reward.title for reward in rewards]) for person, rewards in queries.to_ask(limit=limit)]
    return sum(care is not None for care in asked)
