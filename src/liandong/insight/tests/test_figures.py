"""Each figure equals its rows, in every period, for every reader; and the same figure is the same wherever it stands."""

import datetime as dt

import pytest

from liandong.insight import queries
from liandong.insight.filters import HOST, MEMBERS, Filters
from liandong.insight.indicators import INDICATORS, grain_for
from liandong.insight.spans import TWELVE_MONTHS, span_of
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Team

pytestmark = pytest.mark.django_db
PERIODS = ("month", "quarter", "year", "12m")


@pytest.fixture(autouse=True)
def _in_the_town(demo_town: None) -> None:
    pass


def street() -> Territory:
    return Territory.objects.get(level=Territory.Level.STREET)


def readers(period: str) -> list[Filters]:
    span = span_of(period)
    enterprise = Organization.objects.filter(kind=Organization.Kind.ENTERPRISE).order_by("pk")[0]
    community = Organization.objects.filter(kind=Organization.Kind.COMMUNITY).order_by("pk")[0]
    return [
        Filters(span, street()),
        Filters(span, Territory.objects.filter(level=Territory.Level.COMMUNITY).order_by("pk")[0]),
        Filters(span, None, community),
        Filters(span, None, enterprise, side=MEMBERS),
        Filters(span, street(), None, Team.objects.order_by("pk")[0]),
        Filters(span, is_public=True),
    ]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("key", list(INDICATORS))
def test_a_figure_is_the_sum_of_its_rows(key: str, period: str) -> None:
    indicator = INDICATORS[key]
    for filters in readers(period):
        grain = grain_for(indicator, filters)
        total = indicator.total(filters)
        counted = grain.of_rows(list(grain.rows(filters)))
        if key == "satisfaction":
            assert (total is None) == (counted is None)
            assert total is None or counted == pytest.approx(total)
        else:
            assert counted == pytest.approx(total) if total is not None else counted is None


def test_the_town_has_something_to_count() -> None:
    filters = Filters(span_of(TWELVE_MONTHS), street())
    assert [key for key, indicator in INDICATORS.items() if not indicator.total(filters)] == []


@pytest.mark.parametrize("period", PERIODS)
def test_the_report_says_what_the_figures_say(period: str) -> None:
    filters = Filters(span_of(period), street())
    earlier = filters.over(filters.span.year_before())
    for key, (now, before) in queries.pairs(filters).items():
        assert now == pytest.approx(INDICATORS[key].total(filters)), key
        if before is not None:
            assert before == pytest.approx(INDICATORS[key].total(earlier)), key


@pytest.mark.parametrize("period", PERIODS)
def test_hours_by_day_sum_to_the_hours(period: str) -> None:
    filters = Filters(span_of(period), street())
    days = queries.minutes_by_day(filters)
    assert queries.sum_over(days, filters.span) == queries.minutes(filters)
    firsts, months, _before = queries.by_month(days)
    assert len(firsts) == 12
    assert sum(months) == queries.minutes(filters.over(span_of(TWELVE_MONTHS)))


def test_the_funnel_counts_what_its_steps_open() -> None:
    filters = Filters(span_of(TWELVE_MONTHS), street())
    steps = queries.funnel(filters)
    assert [(step.key, step.count) for step in steps] == [(key, INDICATORS[f"needs-{key}"].total(filters)) for key in queries.FUNNEL]
    counts = [step.count for step in steps]
    assert counts == sorted(counts, reverse=True)


def test_the_hours_of_a_team_are_the_rows_it_opens() -> None:
    filters = Filters(span_of("12m"), street())
    _teams, _people, rows = queries.team_table(filters)
    assert len(rows) == 5
    for row in rows:
        of_team = Filters(filters.span, street(), None, row.team)
        assert queries.minutes(of_team) == row.minutes
        assert INDICATORS["show-up"].total(of_team) == pytest.approx(100 * row.came / row.places) if row.places else True


def test_the_hours_of_an_organiser_are_the_rows_it_opens() -> None:
    span = span_of("12m")
    for row in queries.top_organizations(Filters(span, street())):
        body = Organization.objects.get(pk=row["organization_id"])
        assert queries.minutes(Filters(span, None, body, side=HOST)) == row["minutes"]


def test_the_parts_of_a_territory_sum_to_the_whole() -> None:
    filters = Filters(span_of("12m"), street())
    whole = queries.minutes(filters)
    assert sum(row["minutes"] for row in queries.minutes_by_territory(filters)) == whole
    assert sum(row["minutes"] for row in queries.minutes_by_category(filters)) == whole


def test_no_row_about_fewer_than_five_people_leaves_the_house() -> None:
    for enterprise in Organization.objects.filter(kind=Organization.Kind.ENTERPRISE):
        filters = Filters(span_of("12m"), None, enterprise, side=MEMBERS)
        rows = list(INDICATORS["service-hours"].open_grain.rows(filters))  # type: ignore[union-attr]
        people = sum(row["people"] for row in rows)
        assert all(row["people"] >= queries.SMALL for row in rows) or people < queries.SMALL


def test_ratings_are_never_shown_in_groups_of_fewer_than_five() -> None:
    rows = queries.ratings_by_activity(Filters(span_of("12m"), street()))
    assert rows
    assert all(row["people"] >= queries.SMALL for row in rows)


def test_spans_end_today_and_compare_with_the_same_days(clock) -> None:
    month, quarter, year = span_of("month"), span_of("quarter"), span_of("year")
    assert (month.first, month.last) == (dt.date(2026, 6, 1), dt.date(2026, 6, 10))
    assert (month.year_before().first, month.year_before().last) == (dt.date(2025, 6, 1), dt.date(2025, 6, 10))
    assert (quarter.first, year.first) == (dt.date(2026, 4, 1), dt.date(2026, 1, 1))
    assert (span_of("12m").first, span_of("12m").last) == (dt.date(2025, 7, 1), dt.date(2026, 6, 10))
    assert (span_of("2026-02").first, span_of("2026-02").last) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert span_of("nonsense") == month
