"""The yearly report on recording and certifying (Order 67 article 18). Each figure is a queryset, so that it opens to its rows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liandong.core import clock, workdays
from liandong.core.memory import kept
from liandong.dossier.models import HonourEntry, ServiceEvaluation, TrainingEntry
from liandong.organizations.models import Organization, Territory
from liandong.recognition.models import Certificate, RecordAppeal, ServiceRecord

RECORD_WORKDAYS = 10
FIRST_YEAR = 2017


@dataclass(frozen=True)
class Figure:
    """One line of the report: what it counts, its value, and its rows."""

    key: str
    label: Any
    value: str
    unit: str
    definition: Any
    rows: Callable[[], QuerySet[Any]]


def deadline(ends_on: dt.date) -> dt.date:
    """The last day on which a record of a service that ended then is in time."""
    at = dt.datetime.combine(ends_on, dt.time(12), tzinfo=workdays.timezone.get_current_timezone())
    return workdays.after_workdays(at, RECORD_WORKDAYS).date()


@dataclass(frozen=True)
class Sums:
    """First records written in a year, those written late, the people in them, and the minutes of its days as they stand."""

    records: int
    late: int
    people: int
    minutes: int


@dataclass(frozen=True)
class Report:
    """A year of one body, or of everything inside a place."""

    year: int
    organization: Organization | None = None
    territory: Territory | None = None

    def _of(self, name: str = "organization") -> Q:
        if self.organization is not None:
            return Q(**{name: self.organization})
        assert self.territory is not None
        return Q(**{f"{name}__territory__path__startswith": self.territory.path})

    @property
    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        return clock.day_bounds(dt.date(self.year, 1, 1))[0], clock.day_bounds(dt.date(self.year + 1, 1, 1))[0]

    def _inside(self, name: str) -> Q:
        first, after = self.bounds
        return Q(**{f"{name}__gte": first, f"{name}__lt": after})

    # Records

    @cached_property
    def written(self) -> QuerySet[ServiceRecord]:
        """First records of the year, without corrections."""
        return ServiceRecord.objects.filter(self._of(), self._inside("confirmed_at"), corrects__isnull=True)

    @cached_property
    def _days(self) -> list[tuple[dt.date, dt.date, int]]:
        """(ended on, written on, how many), which is few rows for any number of records."""
        grouped = self.written.order_by().values_list(TruncDate("ends_at"), TruncDate("confirmed_at")).annotate(n=Count("pk"))
        return list(grouped)

    @cached_property
    def _late_days(self) -> dict[tuple[dt.date, dt.date], int]:
        """(ended on, written on) that is later than the law has it -> how many."""
        last = {ended: deadline(ended) for ended in {ended for ended, _written, _n in self._days}}
        return {(ended, written): n for ended, written, n in self._days if written > last[ended]}

    def late(self) -> QuerySet[ServiceRecord]:
        rows = self.written.annotate(ended=TruncDate("ends_at"), noted=TruncDate("confirmed_at"))
        bad = Q(pk__in=[])
        for ended, written in self._late_days:
            bad |= Q(ended=ended, noted=written)
        return rows.filter(bad)

    @cached_property
    def sums(self) -> Sums:
        """What every record of the year is read for."""
        scope = f"o{self.organization.pk}" if self.organization is not None else f"t{self.territory.pk if self.territory else ''}"
        return kept(f"dossier.report:{self.year}:{scope}", self._sums)

    def _sums(self) -> Sums:
        return Sums(
            records=sum(n for _ended, _written, n in self._days),
            late=sum(self._late_days.values()),
            people=self.written.order_by().values("person").distinct().count(),
            minutes=self.served.aggregate(total=Sum("minutes"))["total"] or 0,
        )

    @property
    def served(self) -> QuerySet[ServiceRecord]:
        """What counts of the days of this year, as it stands now."""
        return ServiceRecord.objects.counting().filter(self._of(), service_date__year=self.year)

    def backfilled(self) -> QuerySet[ServiceRecord]:
        return self.written.filter(backfill__isnull=False)

    def corrected(self) -> QuerySet[ServiceRecord]:
        return ServiceRecord.objects.filter(self._of(), self._inside("confirmed_at"), corrects__isnull=False)

    def appeals(self) -> QuerySet[RecordAppeal]:
        return RecordAppeal.objects.filter(self._of("record__organization"), self._inside("appealed_at"))

    def certificates(self, *, state: str = "") -> QuerySet[Certificate]:
        rows = Certificate.objects.filter(self._of("issuer"))
        return rows.filter(self._inside("ended_at"), state=state) if state else rows.filter(self._inside("issued_at"))

    def entries(self, model: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.filter(self._of(), self._inside("written_at"), corrects__isnull=True, source="")
        return rows

    @cached_property
    def answer_days(self) -> list[int]:
        """Days from an objection to its answer."""
        answered = self.appeals().filter(answered_at__isnull=False).values_list("appealed_at", "answered_at")
        return [(end - start).days for start, end in answered if end is not None]

    def figures(self) -> list[Figure]:
        sums = self.sums
        back = self.backfilled().count()
        appeals = self.appeals().count()
        said = _("median %(days)s days to an answer") % {"days": f"{median(self.answer_days):g}"} if self.answer_days else ""
        return [
            Figure("records", gettext_lazy("Service records written"), f"{sums.records:,}", "", gettext_lazy("First records confirmed in this year"), lambda: self.written),
            Figure("people", gettext_lazy("Volunteers recorded"), f"{sums.people:,}", "", gettext_lazy("Different people with a record of this year"), lambda: self.written),
            Figure("minutes", gettext_lazy("Hours served"), f"{sums.minutes / 60:,.1f}", "", gettext_lazy("Recorded service of days in this year, as it stands now"), lambda: self.served),
            Figure(
                "late",
                gettext_lazy("Written within 10 working days"),
                share(sums.records - sums.late, sums.records),
                "",
                gettext_lazy("Records confirmed at most ten working days after the service ended; opens to those written later"),
                self.late,
            ),
            Figure("backfilled", gettext_lazy("Back-filled"), share(back, sums.records), "", gettext_lazy("Hours added by hand with reason, evidence and a second person"), self.backfilled),
            Figure("corrected", gettext_lazy("Corrections"), f"{self.corrected().count():,}", "", gettext_lazy("Records put right or taken back by a new record"), self.corrected),
            Figure("appeals", gettext_lazy("Objections"), f"{appeals:,}", said, gettext_lazy("Volunteers who said that a record was not right"), self.appeals),
            Figure("certificates", gettext_lazy("Certificates issued"), f"{self.certificates().count():,}", "", gettext_lazy("Proofs of service printed in this year"), self.certificates),
            Figure(
                "superseded",
                gettext_lazy("Certificates replaced"),
                f"{self.certificates(state='superseded').count():,}",
                "",
                gettext_lazy("A record they count was corrected"),
                lambda: self.certificates(state="superseded"),
            ),
            Figure(
                "revoked",
                gettext_lazy("Certificates revoked"),
                f"{self.certificates(state='revoked').count():,}",
                "",
                gettext_lazy("Declared void, with a reason"),
                lambda: self.certificates(state="revoked"),
            ),
            Figure("evaluations", gettext_lazy("Evaluations written"), f"{self.entries(ServiceEvaluation).count():,}", "", gettext_lazy("Service quality of a volunteer in one shift"), lambda: self.entries(ServiceEvaluation)),
            Figure("training", gettext_lazy("Training entries written"), f"{self.entries(TrainingEntry).count():,}", "", gettext_lazy("One person's training"), lambda: self.entries(TrainingEntry)),
            Figure("honours", gettext_lazy("Honours taken up on proof"), f"{self.entries(HonourEntry).count():,}", "", gettext_lazy("Honours from elsewhere, checked"), lambda: self.entries(HonourEntry)),
        ]  # fmt: skip


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
