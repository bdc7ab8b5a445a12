"""What waits for the staff of one body in rosters, draws and turns: one question for its workbench."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, DateField, F, IntegerField, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast, TruncDate

from liandong.matching.queries.draws import draws_to_hold
from liandong.matching.queries.rosters import waiting_on
from liandong.matching.queries.rotas import turns_waiting
from liandong.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class Waiting:
    """`kind` roster, draw or turn; `code` of the activity; `missing` places of a roster; `is_asked`: somebody wants to exchange the turn; `total`: how many of the kind."""

    kind: str
    key: int
    code: str
    title: str
    day: dt.date
    missing: int
    is_asked: bool
    total: int


def waiting_for(body: Organization, *, most: int) -> list[Waiting]:
    starts = TruncDate("activity__first_starts_at", output_field=DateField())
    none, no = Value(0, output_field=IntegerField()), Value(False, output_field=BooleanField())
    rosters = _rows(
        waiting_on(organization=body),
        "roster",
        code=F("activity__code"),
        title=F("activity__title"),
        day=starts,
        missing=F("required") - F("covered"),
        asked=no,
    )
    draws = _rows(draws_to_hold(body), "draw", code=F("activity__code"), title=F("activity__title"), day=starts, missing=none, asked=no)
    turns = _rows(turns_waiting(body), "turn", code=Value(""), title=F("rota__name"), day=F("turn_date"), missing=none, asked=F("is_asked"))
    return [Waiting(*row) for row in rosters[:most].union(draws[:most], turns[:most], all=True)]


def _rows(rows: QuerySet[Any], kind: str, *, code: Any, title: Any, day: Any, missing: Any, asked: Any) -> QuerySet[Any]:
    text = TextField()
    return rows.annotate(
        w_kind=Value(kind, output_field=text), w_code=Cast(code, text), w_title=Cast(title, text), w_day=day, w_missing=Cast(missing, IntegerField()), w_asked=asked,
        w_total=Window(Count("pk")),
    ).values_list("w_kind", "pk", "w_code", "w_title", "w_day", "w_missing", "w_asked", "w_total")  # fmt: skip
