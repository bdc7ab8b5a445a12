"""The report of a month: the same figures as the hub, as a table, with what stands behind them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liandong.insight import queries
from liandong.insight.files import Sheet
from liandong.insight.filters import MEMBERS, Filters
from liandong.insight.indicators import HOURS, INDICATORS, NUMBER, Col, Indicator, at
from liandong.needs.models import Category

KEYS = (
    "service-hours", "volunteers", "people", "attendances", "served", "shifts", "show-up",
    "new-needs", "answered-in-time", "overdue-needs", "finished-needs", "running-projects", "late-projects", "satisfaction",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A figure with its value now and a year ago."""

    indicator: Indicator
    value: float | None
    before: float | None
    opens: bool

    @property
    def text(self) -> str:
        return self.indicator.text(self.value)

    @property
    def before_text(self) -> str:
        return "–" if self.indicator.is_moment else self.indicator.text(self.before)

    @property
    def change(self) -> int | None:
        if self.indicator.is_moment or not self.before or self.value is None or self.indicator.kind in {"percent", "score"}:
            return None
        return round(100 * (self.value - self.before) / self.before)


def lines(filters: Filters) -> list[Line]:
    found = queries.pairs(filters)
    return [Line(INDICATORS[key], *found[key], INDICATORS[key].opens(filters)) for key in KEYS]


def too_few(found: list[Line], filters: Filters) -> bool:
    """`queries.too_few` from the lines that are there already."""
    people = max(line.value or 0 for line in found if line.indicator.key in {"volunteers", "people"})
    return filters.side == MEMBERS and 0 < people < queries.SMALL


def categories(filters: Filters) -> list[dict[str, Any]]:
    return [{**row, "label": Category(row["category"]).label} for row in queries.minutes_by_category(filters)]


def sheets(filters: Filters) -> list[Sheet]:
    """The report as tables of a workbook."""
    shared = (Col(_("Volunteers"), at("people"), NUMBER), Col(_("Hours"), at("minutes"), HOURS))
    figures = (
        Col(_("Figure"), lambda line: str(line.indicator.label)),
        Col(_("Value"), lambda line: line.text),
        Col(_("Unit"), lambda line: str(line.indicator.unit)),
        Col(_("A year ago"), lambda line: line.before_text),
        Col(_("Definition"), lambda line: str(line.indicator.definition)),
    )
    return [
        Sheet(_("Figures"), figures, lines(filters)),
        Sheet(
            _("By territory"),
            (Col(_("Territory"), at("territory__name")), Col(_("Activities"), at("activities"), NUMBER), *shared),
            queries.minutes_by_territory(filters),
        ),
        Sheet(
            _("By organisation"),
            (Col(_("Organisation"), at("organization__name")), Col(_("Activities"), at("activities"), NUMBER), *shared),
            queries.top_organizations(filters, limit=500),
        ),
        Sheet(_("By kind"), (Col(_("Kind"), at("label")), *shared), categories(filters)),
    ]
