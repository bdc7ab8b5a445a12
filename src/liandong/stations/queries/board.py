"""The hub's board: every station with what is rotten there, in doubt, broken or due. And a host's own stations."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, DateField, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.text import fold
from liandong.organizations.permissions import Actor
from liandong.stations import freshness, permissions
from liandong.stations.models import Fact, Fault, Proof, RoundStop, Station, StationAgreement, Subject, Supply

State = Station.State
DUE = dt.timedelta(days=30)
AROUND = ("contact", "venue__host__territory", "venue__territory")


def _older(now: dt.datetime) -> Q:
    """Facts whose last word is older than what their subject keeps for."""
    groups: dict[dt.timedelta, list[str]] = {}
    for subject in Subject.values:
        groups.setdefault(freshness.fading(subject).known, []).append(subject)
    older = Q(pk__in=[])
    for known, subjects in groups.items():
        older |= Q(subject__in=subjects, verdict_at__lt=now - known)
    return older


def rotten_facts() -> QuerySet[Fact]:
    """Claimed, and nobody has looked for too long, or ever."""
    return Fact.objects.filter(Q(verdict_at__isnull=True) | _older(clock.now()), is_claimed=True).exclude(spoils_on__lt=clock.today())


def doubted_facts() -> QuerySet[Fact]:
    """Missing or in dispute, by words that still count, or by what has expired."""
    fresh = Q(verdict__in=[freshness.FAILS, freshness.DISPUTED]) & ~_older(clock.now())
    return Fact.objects.filter(fresh | Q(spoils_on__lt=clock.today()), is_claimed=True)


def _count(rows: QuerySet[Fact] | QuerySet[Fault] | QuerySet[Supply]) -> Coalesce:
    counted = rows.filter(station=OuterRef("pk")).order_by().values("station").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_trouble(stations: QuerySet[Station]) -> QuerySet[Any]:
    """`rotten`, `doubts`, `faults`, `expired`, `unanswered`: how many; `review_on`, `looked_at`, `inspected_at`."""
    now, today = clock.now(), clock.today()
    agreement = StationAgreement.objects.filter(station=OuterRef("pk"), state=StationAgreement.State.AGREED).values("review_date")
    inspected = (
        RoundStop.objects.filter(station=OuterRef("pk"), finished_at__isnull=False).order_by().values("station").annotate(at=Max("finished_at"))
    )
    looked = Fact.objects.filter(station=OuterRef("pk"), is_claimed=True).order_by().values("station").annotate(at=Max("verdict_at")).values("at")
    return stations.annotate(
        rotten=_count(rotten_facts()),
        doubts=_count(doubted_facts()),
        faults_open=_count(Fault.objects.exclude(state=Fault.State.MENDED)),
        expired=_count(Supply.objects.filter(removed_at__isnull=True, expires_on__lt=today)),
        unanswered=_count(Fact.objects.filter(called_at__lt=now - dt.timedelta(days=1))),
        review_on=Subquery(agreement[:1], output_field=DateField()),
        looked_at=Subquery(looked),
        inspected_at=Subquery(inspected.values("at")),
    )


@dataclass(frozen=True)
class Filters:
    """Unknown values narrow to nothing and are ignored."""

    text: str = ""
    state: str = ""
    problem: str = ""


def board(by: Actor, filters: Filters) -> QuerySet[Any]:
    """Stations of the person's work, those in trouble first."""
    rows = permissions.kept(by).select_related(*AROUND)
    if text := fold(filters.text)[:80]:
        rows = rows.filter(
            Q(venue__name__icontains=text) | Q(venue__address__icontains=text) | Q(venue__host__name__icontains=text) | Q(number__iexact=text)
        )
    rows = rows.filter(state=filters.state) if filters.state in State.values else rows.exclude(state=State.CLOSED)
    return _in_trouble(with_trouble(rows), filters.problem)


def _in_trouble(rows: QuerySet[Any], problem: str) -> QuerySet[Any]:
    running = Q(state__in=[State.OPEN, State.PAUSED])
    wanted = {
        "doubt": Q(doubts__gt=0, state=State.OPEN),
        "rotten": Q(rotten__gt=0, state=State.OPEN),
        "fault": Q(faults_open__gt=0) & running,
        "expired": Q(expired__gt=0) & running,
        "agreement": Q(review_on__lte=clock.today() + DUE) & running,
        "unanswered": Q(unanswered__gt=0, state=State.OPEN),
    }
    return rows.filter(wanted[problem]) if problem in wanted else rows


def in_order(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Open ones first, and of them those in trouble."""
    place = Case(
        When(state=State.OPEN, then=Value(0)), When(state=State.PAUSED, then=Value(1)), When(state=State.PLANNED, then=Value(2)), default=Value(3)
    )
    return rows.annotate(place=place).order_by("place", "-doubts", "-faults_open", "-rotten", "venue__name", "id")


def counts(by: Actor) -> dict[str, int]:
    """For the chips: stations in each kind of trouble, and in each state. One query."""
    rows = with_trouble(permissions.kept(by)).values("state", "doubts", "rotten", "faults_open", "expired", "unanswered", "review_on")
    found: dict[str, int] = {}
    due = clock.today() + DUE
    for row in rows:
        found[row["state"]] = found.get(row["state"], 0) + 1
        is_open = row["state"] == State.OPEN
        is_running = is_open or row["state"] == State.PAUSED
        has = {
            "doubt": is_open and row["doubts"],
            "rotten": is_open and row["rotten"],
            "fault": is_running and row["faults_open"],
            "expired": is_running and row["expired"],
            "agreement": is_running and row["review_on"] is not None and row["review_on"] <= due,
            "unanswered": is_open and row["unanswered"],
        }
        for name, is_so in has.items():
            found[name] = found.get(name, 0) + bool(is_so)
    return found


# A host's own


def hosted_by(person: Person) -> QuerySet[Station]:
    """Stations of the bodies the person works for, without those closed for good."""
    return permissions.kept(person).exclude(state=State.CLOSED).select_related(*AROUND).order_by("state", "venue__name", "id")


def facts_of(station: Station) -> list[Fact]:
    order = {subject: place for place, subject in enumerate(Subject.values)}
    return sorted(station.facts.filter(is_claimed=True), key=lambda fact: order[fact.subject])


def supplies_of(station: Station) -> list[Supply]:
    """What is in hand, what goes off first on top."""
    return list(station.supplies.filter(removed_at__isnull=True).order_by(F("expires_on").asc(nulls_last=True), "name", "id"))


def faults_of(station: Station, *, mended: int = 3) -> list[Fault]:
    """Open ones, the oldest first, then the last ones that were mended."""
    rows = station.faults.select_related("reported_by", "taken_by", "mended_by")
    return [
        *rows.exclude(state=Fault.State.MENDED).order_by("reported_at", "id"),
        *rows.filter(state=Fault.State.MENDED).order_by("-mended_at", "-id")[:mended],
    ]


def words_of_visitors(station: Station) -> QuerySet[Proof]:
    """What visitors found in the last thirty days, the latest first."""
    since = clock.now() - freshness.MEMORY
    return Proof.objects.filter(fact__station=station, source=Proof.Source.VISITOR, at__gte=since).select_related("fact").order_by("-at", "-id")
