"""Everything read about points."""

import datetime as dt

from django.db.models import F, QuerySet, Sum, Window

from liandong.accounts.models import Person
from liandong.points.models import PointsAccount, PointsEntry, PointsRule


def rule_on(day: dt.date) -> PointsRule:
    """The version of the rule that holds on a day."""
    return PointsRule.objects.filter(from_date__lte=day).order_by("-version").first() or PointsRule.objects.earliest("version")


def balance_of(person: Person) -> int:
    return PointsAccount.objects.filter(person=person).values_list("balance", flat=True).first() or 0


def statement_of(person: Person) -> QuerySet[PointsEntry]:
    """The person's entries, newest first, each with `running`: the balance after it."""
    return (
        PointsEntry.objects.filter(account__person=person)
        .annotate(running=Window(Sum("amount"), order_by=F("id").asc()))
        .select_related("transfer")
        .order_by("-id")
    )
