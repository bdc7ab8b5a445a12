"""Rows of other apps counted or summed inside one query."""

from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce


def one(rows: QuerySet[Any], function: str, of: str | Combinable = "pk") -> Coalesce:
    """A sum or a number of rows as a subquery."""
    return Coalesce(Subquery(rows.order_by().annotate(n=Func(of, function=function)).values("n"), output_field=IntegerField()), 0)


def number(rows: QuerySet[Any]) -> Coalesce:
    """How many rows, as a subquery of its own."""
    return one(rows, "count")
