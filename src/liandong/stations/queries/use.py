"""What stations are used for, side by side: visits, things handed out, recyclables, thanks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from liandong.core import clock
from liandong.stations.models import GreenExchange, ShelfTaking, Station, Thanks, VisitCount

TAKEN = (ShelfTaking.State.TAKEN, ShelfTaking.State.LENT, ShelfTaking.State.RETURNED)


@dataclass(frozen=True)
class Total:
    stations: int
    people: int
    people_before: int
    taps: int

    @property
    def tap_percent(self) -> int | None:
        return round(100 * self.taps / self.people) if self.people else None


def stations(rows: QuerySet[Station], *, first: dt.date, last: dt.date) -> QuerySet[Station]:
    """With `people`, `people_before` (as many days before), `taps`, `handed_out`, `exchanges`, `thanked`."""
    before = (first - (last - first) - dt.timedelta(days=1), first - dt.timedelta(days=1))
    moments = (clock.day_bounds(first)[0], clock.day_bounds(last)[1])
    counted, thanks = VisitCount.objects.filter(station=OuterRef("pk")), Thanks.objects.filter(station=OuterRef("pk"), said_on__range=(first, last))
    takings = ShelfTaking.objects.filter(item__station=OuterRef("pk"), state__in=TAKEN, taken_at__range=moments)
    exchanges = GreenExchange.objects.filter(rate__station=OuterRef("pk"), exchanged_on__range=(first, last))
    return rows.select_related("venue").annotate(
        people=figure(counted.filter(counted_on__range=(first, last)), Sum("people_count")),
        people_before=figure(counted.filter(counted_on__range=before), Sum("people_count")),
        taps=figure(counted.filter(counted_on__range=(first, last), source=VisitCount.Source.TAP), Sum("people_count")),
        handed_out=figure(takings, Count("pk"), by="item__station"),
        exchanges=figure(exchanges, Count("pk"), by="rate__station"),
        thanked=figure(thanks, Sum("taps")) + figure(thanks.exclude(words=""), Count("pk")),
    )


def total(rows: QuerySet[Station], *, first: dt.date, last: dt.date) -> Total:
    found = stations(rows, first=first, last=last).aggregate(
        stations=Count("pk"),
        all_people=Coalesce(Sum("people"), 0),
        all_before=Coalesce(Sum("people_before"), 0),
        all_taps=Coalesce(Sum("taps"), 0),
    )
    return Total(found["stations"], found["all_people"], found["all_before"], found["all_taps"])


def figure(rows: QuerySet[Any], what: Aggregate, *, by: str = "station") -> Coalesce:
    """The figure of all rows of a station, 0 of none."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(figure=what).values("figure"), output_field=IntegerField()), 0)
