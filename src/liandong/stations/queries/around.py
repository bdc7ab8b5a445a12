"""What the page of a station says about its shelf, its thanks and its visits, in one query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Sum

from liandong.core import clock
from liandong.stations.models import GreenRate, ShelfItem, ShelfTaking, Station, Thanks, VisitCount
from liandong.stations.queries.use import figure
from liandong.stations.queries.visits import sayable, whole_weeks


@dataclass(frozen=True)
class Around:
    """`people` came in the last four whole weeks (None: fewer than may be said). What begins with `waiting` waits for the host."""

    things: int
    rates: int
    people: int | None
    thanks: int
    waiting_offers: int
    waiting_takings: int
    waiting_thanks: int

    @property
    def waiting(self) -> int:
        return self.waiting_offers + self.waiting_takings


def around(station: Station) -> Around:
    """For a station's own page and its host's."""
    today = clock.today()
    fresh = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    items, takings = ShelfItem.objects.filter(station=OuterRef("pk")), ShelfTaking.objects.filter(item__station=OuterRef("pk"))
    thanks = Thanks.objects.filter(station=OuterRef("pk"))
    lately = thanks.filter(said_on__gt=today - dt.timedelta(days=30), state=Thanks.State.SHOWN)
    counted = VisitCount.objects.filter(station=OuterRef("pk"), counted_on__range=whole_weeks())
    found = (
        Station.objects.filter(pk=station.pk)
        .annotate(
            things=figure(items.filter(fresh, state=ShelfItem.State.ON_SHELF, left_count__gt=0), Count("pk")),
            rates=figure(GreenRate.objects.filter(station=OuterRef("pk"), is_active=True), Count("pk")),
            people=figure(counted, Sum("people_count")),
            taps=figure(lately, Sum("taps")),
            written=figure(lately.exclude(words=""), Count("pk")),
            waiting_offers=figure(items.filter(state=ShelfItem.State.OFFERED), Count("pk")),
            waiting_takings=figure(takings.filter(state=ShelfTaking.State.RESERVED), Count("pk"), by="item__station"),
            waiting_thanks=figure(thanks.filter(state=Thanks.State.WAITING), Count("pk")),
        )
        .values("things", "rates", "people", "taps", "written", "waiting_offers", "waiting_takings", "waiting_thanks")
        .get()
    )
    row: dict[str, Any] = {**found}
    said = row.pop("taps") + row.pop("written")
    return Around(people=sayable(row.pop("people")), thanks=said, **row)
