"""Versions of the rule: proposed by one, agreed to by another, in force from a day that lies ahead."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.organizations.models import Territory
from liandong.points import permissions
from liandong.points.models import PointsRule
from liandong.points.permissions import Actor

FIELDS = (
    "points_per_hour",
    "by_category",
    "by_place",
    "night_percent",
    "activity_cap_minutes",
    "day_cap_points",
    "month_cap_points",
    "expiry_months",
    "starter_points",
    "gift_month_limit",
    "pool_alone_limit",
    "pair_limit",
    "source",
)


@transaction.atomic
def propose_rule(*, territory: Territory | None, from_date: dt.date, values: dict[str, Any], by: Actor) -> PointsRule:
    """A new version for a place (None: everywhere), from a day that lies ahead. Holds once a second person agrees. Journal: points_rule.proposed."""
    require(permissions.can_keep_rules(by, territory))
    if from_date <= clock.today():
        raise Refused(_("Choose a day that lies ahead: what was earned keeps the rule it was earned under."), field="from_date")
    if unknown := set(values) - set(FIELDS):
        raise ValueError(unknown)
    with connection.cursor() as cursor:
        cursor.execute("lock table points_pointsrule in share row exclusive mode")  # one version number each
    if values.get("points_per_hour", 1) < 1 or values.get("activity_cap_minutes", 60) < 60:
        raise Refused(_("At least one point an hour, and at least one hour an activity."), field="points_per_hour")
    latest = PointsRule.objects.order_by("-version").values_list("version", flat=True).first() or 0
    rule = PointsRule.objects.create(
        version=latest + 1,
        territory=territory,
        from_date=from_date,
        proposed_by=None if isinstance(by, System) else by,
        proposed_at=clock.now(),
        **values,
    )
    journal.record("points_rule.proposed", on=rule, after={"version": rule.version, "from_date": from_date, **values}, by=by)
    return rule


@transaction.atomic
def approve_rule(rule: PointsRule, *, by: Actor) -> PointsRule:
    """A second person agrees: the version holds from its day. Agreed again it answers the same. Journal: points_rule.approved."""
    rule = PointsRule.objects.select_for_update(of=["self"]).select_related("territory").get(pk=rule.pk)
    require(permissions.can_approve_rule(by, rule))
    if rule.approved_at is not None:
        return rule
    if rule.withdrawn_at is not None:
        raise Refused(_("This version was withdrawn."))
    if rule.from_date <= clock.today():
        raise Refused(_("Its first day has passed. Write it again with a day that lies ahead."))
    rule.approved_by, rule.approved_at = None if isinstance(by, System) else by, clock.now()
    rule.save(update_fields=["approved_by", "approved_at"])
    journal.record("points_rule.approved", on=rule, after={"version": rule.version}, by=by)
    return rule


@transaction.atomic
def withdraw_rule(rule: PointsRule, *, by: Actor) -> PointsRule:
    """Take a version back that nobody agreed to yet. Journal: points_rule.withdrawn."""
    rule = PointsRule.objects.select_for_update(of=["self"]).select_related("territory").get(pk=rule.pk)
    require(permissions.can_keep_rules(by, rule.territory))
    if rule.withdrawn_at is not None:
        return rule
    if rule.approved_at is not None:
        raise Refused(_("Two persons agreed to this version. Write a newer one instead."))
    rule.withdrawn_at = clock.now()
    rule.save(update_fields=["withdrawn_at"])
    journal.record("points_rule.withdrawn", on=rule, after={"version": rule.version}, by=by)
    return rule
