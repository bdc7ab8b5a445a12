"""Inspection rounds: how far they are, and which station has waited longest for one."""

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from liandong.organizations.models import Territory
from liandong.organizations.permissions import Actor
from liandong.stations import permissions
from liandong.stations.models import Fact, InspectionRound, RoundStop, Station


def rounds(by: Actor) -> QuerySet[InspectionRound]:
    """`total` and `done` stops; open ones first, by the day they are due."""
    found = permissions.rounds_visible_to(by).select_related("inspector", "territory")
    return found.annotate(total=Count("stops"), done=Count("stops", filter=Q(stops__finished_at__isnull=False))).order_by(
        F("finished_at").asc(nulls_first=True), "due_date", "id"
    )


def stops_of(tour: InspectionRound) -> list[RoundStop]:
    """Those still to come first, street by street."""
    rows = tour.stops.select_related("station__venue__territory", "finished_by")
    return list(rows.order_by(F("finished_at").asc(nulls_first=True), "station__venue__territory__name", "station__venue__name", "id"))


def to_inspect(territory: Territory) -> QuerySet[Station]:
    """Running stations of the ground; `inspected_at`: the longest ago, or never, first."""
    inspected = (
        RoundStop.objects.filter(station=OuterRef("pk"), finished_at__isnull=False).order_by().values("station").annotate(at=Max("finished_at"))
    )
    looked = Fact.objects.filter(station=OuterRef("pk"), is_claimed=True).order_by().values("station").annotate(at=Max("verdict_at")).values("at")
    return (
        Station.objects.filter(state__in=[Station.State.OPEN, Station.State.PAUSED], venue__territory__path__startswith=territory.path)
        .select_related("venue__territory", "venue__host")
        .annotate(inspected_at=Subquery(inspected.values("at")), looked_at=Subquery(looked))
        .order_by(F("inspected_at").asc(nulls_first=True), "venue__name", "id")
    )
