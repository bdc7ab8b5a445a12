"""Every figure of Liandong in one place: what it is called, what it counts, the rows behind it and the total that must equal them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.core import masking
from liandong.insight import queries
from liandong.insight.filters import MEMBERS, Filters
from liandong.ui import words

COUNT, MINUTES, PERCENT, SCORE = "count", "minutes", "percent", "score"
Rows = Any  # a queryset or a list
TEXT, NUMBER, HOURS, DAY, MOMENT, NAME = "text", "number", "hours", "day", "moment", "name"


@dataclass(frozen=True)
class Col:
    """A column. `read` takes a row; `kind` says how the value is written. A NAME is masked unless the file may carry it."""

    label: Any
    read: Callable[[Any], Any]
    kind: str = TEXT
    href: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Grain:
    """Rows with their columns, and how the figure follows from them."""

    rows: Callable[[Filters], Rows]
    columns: Sequence[Col]
    of_rows: Callable[[Iterable[Any]], float | None]
    note: Any = ""


@dataclass(frozen=True)
class Indicator:
    """`grain` is for those who hold the right to see figures; `open_grain`, when there is one, for everybody and for employers: no row about a person."""

    key: str
    label: Any
    unit: Any
    definition: Any
    total: Callable[[Filters], float | None]
    grain: Grain
    open_grain: Grain | None = None
    kind: str = COUNT
    is_moment: bool = False  # as of now: the period does not matter

    @property
    def is_public(self) -> bool:
        return self.open_grain is not None

    def opens(self, filters: Filters) -> bool:
        """Whether there are rows for this side at all: of what an employer's people did elsewhere, none that is about a person."""
        return filters.side != MEMBERS or self.open_grain is not None

    def text(self, value: float | None) -> str:
        """The figure as people read it."""
        if value is None:
            return "–"
        if self.kind == MINUTES:
            return words.hours(value)
        if self.kind == PERCENT:
            return f"{value:.0f}%"
        return f"{value:.1f}" if self.kind == SCORE else words.thousands(int(value))


def link(name: str, *arguments: Any) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def get(row: Any, path: str) -> Any:
    """`activity.host.label` through objects, keys of a dict as they are."""
    if isinstance(row, dict):
        return row.get(path)
    for part in path.split("."):
        row = getattr(row, part, None)
    return row


def at(path: str) -> Callable[[Any], Any]:
    return partial(get, path=path)


def to(name: str, path: str) -> Callable[[Any], str]:
    return lambda row: link(name, get(row, path)) if get(row, path) else ""


def shown(path: str) -> Callable[[Any], Any]:
    """The words of a choice."""
    return lambda row: get(row, f"get_{path}_display")()


def sum_of(path: str) -> Callable[[Iterable[Any]], float]:
    return lambda rows: sum(get(row, path) for row in rows)


def number_of(rows: Iterable[Any]) -> float:
    return sum(1 for _row in rows)


def share_of(holds: Callable[[Any], bool]) -> Callable[[Iterable[Any]], float | None]:
    def share(rows: Iterable[Any]) -> float | None:
        marks = [holds(row) for row in rows]
        return 100 * sum(marks) / len(marks) if marks else None

    return share


def mean_score(rows: Iterable[Any]) -> float | None:
    rows = list(rows)
    answers = sum(row["people"] for row in rows)
    return sum(row["score"] for row in rows) / answers if answers >= queries.SMALL else None


# Columns


def activity_name(row: dict[str, Any]) -> Any:
    if row.get("merged"):
        return _("%(n)s activities with fewer than five people each, put together") % {"n": row["merged"]}
    return row["activity__title"]


_PERSON_GROUP = (
    Col(_("Person"), at("person__name"), NAME, to("organizations:person", "person__number")),
    Col(_("Number"), at("person__number")),
)
_BY_ACTIVITY = (
    Col(_("Activity"), activity_name, TEXT, to("activities:activity", "activity__code")),
    Col(_("Organiser"), lambda row: row.get("organization__short_name") or row.get("organization__name") or ""),
    Col(_("First day"), at("first"), DAY),
    Col(pgettext_lazy("count", "People"), at("people"), NUMBER),
    Col(_("Hours"), at("minutes"), HOURS),
)


def need_title(row: Any) -> Any:
    return row.title


def open_need_title(row: Any) -> Any:
    return row.title if row.is_public else _("(not public)")


def need_href(row: Any) -> str:
    return link("needs:need", row.number)


def open_need_href(row: Any) -> str:
    return link("needs:need", row.number) if row.is_public else ""


_NEED = (
    Col(_("Need"), need_title, TEXT, need_href),
    Col(_("Number"), at("number")),
    Col(_("Territory"), at("territory.name")),
    Col(_("Kind"), shown("category")),
    Col(_("State"), shown("state")),
    Col(_("Taken by"), lambda row: row.claimed_by.label if row.claimed_by else ""),
    Col(_("Asked on"), at("submitted_at"), DAY),
)
_OPEN_NEED = (
    Col(_("Need"), open_need_title, TEXT, open_need_href),
    Col(_("Territory"), at("territory.name")),
    Col(_("Kind"), shown("category")),
    Col(_("State"), shown("state")),
    Col(_("Asked on"), at("submitted_at"), DAY),
)
_DONE = Col(_("Done on"), at("done_at"), DAY)
_CLOCK = (Col(_("Answer due"), at("answer_due_at"), MOMENT), Col(_("Answered"), at("answered_at"), MOMENT))
_PROJECT = (
    Col(_("Project"), at("name"), TEXT, to("projects:project", "number")),
    Col(_("Number"), at("number")),
    Col(_("Led by"), lambda row: row.lead.label),
    Col(_("Territory"), at("territory.name")),
    Col(_("Kind"), shown("category")),
    Col(_("State"), shown("state")),
    Col(_("Ends"), at("ends_date"), DAY),
)
_SHIFT = (
    Col(_("Activity"), at("activity.title"), TEXT, to("activities:activity", "activity.code")),
    Col(_("Organiser"), lambda row: row.activity.host.label),
    Col(_("Starts"), at("starts_at"), MOMENT),
    Col(_("Ends"), at("ends_at"), MOMENT),
)
_SERVED = (
    Col(_("Activity"), at("title"), TEXT, to("activities:activity", "code")),
    Col(_("Organiser"), lambda row: row.host.label),
    Col(_("Starts"), at("first_starts_at"), MOMENT),
    Col(_("People served"), at("counted"), NUMBER),
    Col(_("Outcome"), at("outcome")),
)


def answered_in_time(row: Any) -> bool:
    return row.answered_at is not None and row.answered_at <= row.answer_due_at


def came(row: Any) -> bool:
    return hasattr(row, "attendance")


# Figures


def in_time_percent(filters: Filters) -> float | None:
    found = queries.need_figures(filters)
    return 100 * found.in_time / found.clocked if found.clocked else None


def show_up_percent(filters: Filters) -> float | None:
    from django.db.models import Count

    found = queries.volunteer_places(filters).select_related(None).order_by().aggregate(came=Count("attendance"), places=Count("pk"))
    return 100 * found["came"] / found["places"] if found["places"] else None


def open_records(filters: Filters) -> Rows:
    """By activity; what an employer's people did elsewhere only in groups of five and more."""
    rows = queries.records_by_activity(filters)
    return queries.merge_small(list(rows), size="people", sums=("people", "minutes")) if filters.side == MEMBERS else rows


def _funnel(step: str, label: Any, definition: Any) -> Indicator:
    return Indicator(
        f"needs-{step}",
        label,
        _("needs"),
        definition,
        lambda filters: queries.funnel_needs(filters, step).order_by().count(),
        Grain(partial(_funnel_rows, step), (*_NEED, _DONE) if step == "done" else _NEED, number_of),
    )


def _funnel_rows(step: str, filters: Filters) -> Rows:
    return queries.funnel_needs(filters, step)


INDICATORS: dict[str, Indicator] = {
    each.key: each
    for each in (
        Indicator(
            "service-hours",
            _("Service hours"),
            _("hours"),
            _(
                "Minutes of all confirmed service records whose day of service lies in the period, shown as hours. Only volunteers' service counts. A corrected record "
                "counts with its newest values, a withdrawn one not at all. A record stays with the territory it was earned in."
            ),
            queries.minutes,
            Grain(
                lambda filters: queries.records(filters).select_related("person", "organization"),
                (
                    Col(_("Record"), at("number"), TEXT, to("recognition:record", "number")),
                    Col(_("Day"), at("service_date"), DAY),
                    Col(_("Person"), at("person.name"), NAME),
                    Col(_("Person number"), at("person.number")),
                    Col(_("Activity"), at("activity_name")),
                    Col(_("Organiser"), lambda row: row.organization.label),
                    Col(_("Hours"), at("counted"), HOURS),
                ),
                sum_of("counted"),
            ),
            Grain(open_records, _BY_ACTIVITY, sum_of("minutes"), _("By activity; records of single persons are not shown.")),
            kind=MINUTES,
        ),
        Indicator(
            "people",
            _("People taking part"),
            _("people"),
            _("Everybody who was checked in at least once at a shift that began in the period, in whatever position. Each person counts once."),
            queries.people_count,
            Grain(queries.people, (*_PERSON_GROUP, Col(_("Times"), at("times"), NUMBER), Col(_("Last time"), at("last"), DAY)), number_of),
        ),
        Indicator(
            "attendances",
            _("Attendances"),
            _("times"),
            _("Check-ins at shifts that began in the period. Somebody who comes three times counts three times."),
            queries.attendances_count,
            Grain(
                lambda filters: queries.attendances(filters).select_related("sign_up__person", "sign_up__position", "sign_up__shift__activity"),
                (
                    Col(_("Person"), at("sign_up.person.name"), NAME),
                    Col(_("Number"), at("sign_up.person.number")),
                    Col(_("Activity"), at("sign_up.shift.activity.title"), TEXT, to("activities:activity", "sign_up.shift.activity.code")),
                    Col(_("Position"), at("sign_up.position.name")),
                    Col(_("In"), at("in_at"), MOMENT),
                    Col(_("Out"), at("out_at"), MOMENT),
                    Col(_("Known by"), shown("in_method")),
                ),
                number_of,
            ),
        ),
        Indicator(
            "volunteers",
            _("Volunteers who served"),
            _("people"),
            _("Persons with at least one confirmed service record whose day lies in the period. Each counts once."),
            lambda filters: queries.records_by_person(filters).count(),
            Grain(
                queries.records_by_person,
                (*_PERSON_GROUP, Col(_("Records"), at("times"), NUMBER), Col(_("Hours"), at("minutes"), HOURS), Col(_("Last time"), at("last"), DAY)),
                number_of,
            ),
        ),
        Indicator(
            "served",
            _("People served"),
            _("person-times"),
            _(
                "The number of people served that leaders reported when they finished an activity that began in the period. Somebody served twice counts twice."
            ),
            queries.served_sum,
            Grain(queries.served, _SERVED, sum_of("counted")),
            Grain(queries.served, _SERVED, sum_of("counted")),
        ),
        Indicator(
            "shifts",
            _("Shifts held"),
            _("shifts"),
            _("Shifts that began in the period and are over, of activities that were published and not cancelled."),
            queries.shifts_count,
            Grain(queries.shifts, _SHIFT, number_of),
            Grain(queries.shifts, _SHIFT, number_of),
        ),
        Indicator(
            "show-up",
            _("Showed up"),
            "",
            _("Of the places that volunteers held in shifts of the period that are over, the share where the volunteer was checked in."),
            show_up_percent,
            Grain(
                queries.volunteer_places,
                (
                    Col(_("Person"), at("person.name"), NAME),
                    Col(_("Number"), at("person.number")),
                    Col(_("Activity"), at("shift.activity.title"), TEXT, to("activities:activity", "shift.activity.code")),
                    Col(_("Position"), at("position.name")),
                    Col(_("Starts"), at("shift.starts_at"), MOMENT),
                    Col(_("Came"), lambda row: _("Yes") if came(row) else _("No")),
                ),
                share_of(came),
            ),
            kind=PERCENT,
        ),
        Indicator(
            "new-needs",
            _("New needs"),
            _("needs"),
            _("Needs submitted in the period, whatever became of them."),
            lambda filters: queries.new_needs(filters).order_by().count(),
            Grain(queries.new_needs, _NEED, number_of),
            Grain(queries.new_needs, _OPEN_NEED, number_of),
        ),
        Indicator(
            "answered-in-time",
            _("Answered in time"),
            "",
            _(
                "Of the needs submitted in the period whose answer clock has stopped (answered, or past its due time), the share whose first answer came before it was due. "
                "Needs withdrawn or joined with another before any answer are left out."
            ),
            in_time_percent,
            Grain(
                queries.clocked_needs,
                (*_NEED, *_CLOCK, Col(_("In time"), lambda row: _("Yes") if answered_in_time(row) else _("No"))),
                share_of(answered_in_time),
            ),
            kind=PERCENT,
        ),
        Indicator(
            "overdue-needs",
            _("Overdue answers"),
            _("needs"),
            _("Open needs without an answer whose due time has passed, as of now."),
            lambda filters: queries.overdue_needs(filters).order_by().count(),
            Grain(queries.overdue_needs, (*_NEED, *_CLOCK), number_of),
            is_moment=True,
        ),
        Indicator(
            "waiting-needs",
            _("Needs waiting"),
            _("needs"),
            _("Open needs without a published activity, as of now."),
            lambda filters: queries.waiting_needs(filters).order_by().count(),
            Grain(queries.waiting_needs, _NEED, number_of),
            is_moment=True,
        ),
        Indicator(
            "finished-needs",
            _("Needs done"),
            _("needs"),
            _("Needs whose result was reported in the period, whenever they were asked."),
            lambda filters: queries.done_needs(filters).order_by().count(),
            Grain(queries.done_needs, (*_NEED, _DONE), number_of),
            Grain(queries.done_needs, (*_OPEN_NEED, _DONE), number_of),
        ),
        Indicator(
            "running-projects",
            _("Running projects"),
            _("projects"),
            _("Projects that were approved and are neither finished nor cancelled, as of now."),
            lambda filters: queries.running_projects(filters).order_by().count(),
            Grain(queries.running_projects, _PROJECT, number_of),
            is_moment=True,
        ),
        Indicator(
            "late-projects",
            _("Late projects"),
            _("projects"),
            _("Running projects with a milestone whose day has passed and that is not done, as of now."),
            lambda filters: queries.late_projects(filters).order_by().count(),
            Grain(queries.late_projects, _PROJECT, number_of),
            is_moment=True,
        ),
        Indicator(
            "satisfaction",
            _("Satisfaction"),
            _("of 5"),
            _(
                "Mean of all anonymous ratings given in the period, from 1 (not satisfied) to 5 (very satisfied), with the interval in which the true mean lies with 95 % "
                "certainty. With fewer than five answers no mean is shown."
            ),
            lambda filters: queries.satisfaction(filters).mean,
            Grain(
                queries.ratings_by_activity,
                (
                    Col(_("Activity"), activity_name, TEXT, to("activities:activity", "activity__code")),
                    Col(_("Organiser"), at("activity__host__name")),
                    Col(_("Answers"), at("people"), NUMBER),
                    Col(_("Mean"), lambda row: round(row["score"] / row["people"], 1) if row["people"] >= queries.SMALL else "–", NUMBER),
                ),
                mean_score,
                _("Nobody can see who answered what. Activities with few answers are put together."),
            ),
            kind=SCORE,
        ),
        _funnel("asked", _("Needs asked"), _("Needs submitted in the period: the beginning of the funnel.")),
        _funnel(
            "matched",
            _("Needs matched"),
            _("Of the needs submitted in the period, those for which partners were found, or that came to a later step."),
        ),
        _funnel("project", _("Needs with a project"), _("Of the needs submitted in the period, those with a project, or that came to a later step.")),
        _funnel(
            "activity", _("Needs with an activity"), _("Of the needs submitted in the period, those with a published activity, or that are done.")
        ),
        _funnel("done", _("Needs done, of those asked"), _("Of the needs submitted in the period, those whose result was reported.")),
    )
}


def grain_for(indicator: Indicator, filters: Filters) -> Grain:
    """The rows this reader gets: without persons for the public and for what an employer's people did elsewhere."""
    if indicator.open_grain is not None and (filters.is_public or filters.side == MEMBERS):
        return indicator.open_grain
    return indicator.grain


def cell(column: Col, row: Any, *, full_names: bool = False) -> Any:
    """The value of a cell, names masked unless asked otherwise."""
    value = column.read(row)
    if column.kind == NAME:
        return value if full_names else masking.mask_name(value or "")
    return "" if value is None else value


def cell_text(column: Col, row: Any) -> str:
    """The cell as a page shows it."""
    value = cell(column, row)
    if value == "":
        return ""
    if column.kind == HOURS:
        return words.hours(value)
    if column.kind == DAY:
        return words.day_short(value)
    if column.kind == MOMENT:
        return f"{words.day_short(value)} {words.clock(value)}"
    return words.thousands(value) if column.kind == NUMBER and isinstance(value, int) else str(value)
