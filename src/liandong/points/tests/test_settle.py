import datetime as dt
import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.core.actors import DEMO
from liandong.core.errors import Conflict, Refused
from liandong.points import queries
from liandong.points import services as ledger
from liandong.points.models import PointsRule
from liandong.points.rules import points_for
from liandong.points.tests import factories as make
from liandong.points.tests.factories import balances, broken, purse

DAY = dt.date(2026, 6, 9)


def award(person, due, **values):
    return ledger.settle(uuid.uuid4(), person=person, due=due, is_correction=due < 0, by=DEMO, **values)


@pytest.mark.django_db
class TestTakingBack:
    def test_points_come_from_the_body_that_recorded(self):
        body, own = make.organization(), purse()
        made, moved, kept = award(own.person, 8, organization=body)
        assert (made.kind, moved, kept, balances(ledger.issue_account(body), own)) == ("award", 8, 0, [-8, 8])

    def test_what_was_spent_is_written_off_by_the_body_and_nobody_goes_below_zero(self):
        body, own, shop = make.organization(), purse(), ledger.till_of(make.organization())
        award(own.person, 10, organization=body)
        ledger.transfer(uuid.uuid4(), source=own, target=shop, amount=7, kind="spend", by=own.person)
        made, moved, kept = award(own.person, -10, organization=body)
        assert (made.kind, moved, kept) == ("correction", -3, 7)
        assert balances(ledger.issue_account(body), own, ledger.written_off_of(body), shop) == [0, 0, -7, 7]
        assert broken() == {}

    def test_what_is_kept_back_for_something_is_left_alone(self):
        body, own = make.organization(), purse()
        award(own.person, 10, organization=body)
        key = uuid.uuid4()
        ledger.reserve(key, source=own, target=ledger.till_of(body), amount=8, by=own.person)
        assert award(own.person, -10, organization=body)[1:] == (-2, 8)
        ledger.complete(key, by=DEMO)
        assert (balances(own, ledger.written_off_of(body)), broken()) == ([0, -8], {})

    def test_the_same_id_answers_the_same_and_another_body_is_a_conflict(self):
        own, key = purse(), uuid.uuid4()
        first = ledger.settle(key, person=own.person, due=4, is_correction=False, by=DEMO)
        assert ledger.settle(key, person=own.person, due=4, is_correction=False, by=DEMO) == first
        with pytest.raises(Conflict):
            ledger.settle(key, person=own.person, due=5, is_correction=False, by=DEMO)
        assert balances(own) == [4]


@pytest.mark.django_db
class TestCaps:
    def test_above_the_cap_of_the_day_and_of_the_month_nothing_comes_in(self):
        rule = make.rule(day_cap_points=10, month_cap_points=15)
        own = purse()
        given = {"rule": rule, "on_date": DAY}
        assert [award(own.person, 8, **given)[1], award(own.person, 8, **given)[1], award(own.person, 8, **given)[1]] == [8, 2, 0]
        made, moved, _kept = award(own.person, 8, rule=rule, on_date=DAY - dt.timedelta(days=1))
        assert (moved, made.capped) == (5, 3)
        assert award(own.person, 8, rule=rule, on_date=DAY + dt.timedelta(days=30))[1] == 8
        assert (balances(own), broken()) == ([23], {})


@pytest.mark.django_db
class TestRules:
    def test_the_nearest_place_holds_and_only_what_two_agreed_to(self, clock):
        street = make.territory(level="street")
        inside, elsewhere = make.territory(parent=street), make.territory()
        general = make.rule(points_per_hour=3)
        near = make.rule(territory=street, points_per_hour=4, from_date=dt.date(2026, 3, 1))
        make.rule(territory=inside, points_per_hour=9, approved_at=None)
        assert [queries.rule_on(DAY, place) for place in (inside, street, elsewhere, None)] == [near, near, general, general]
        assert queries.rule_on(dt.date(2026, 2, 1), inside) == general
        assert queries.rule_on(dt.date(2019, 2, 1)).version == 1

    def test_a_version_needs_a_second_person_and_a_day_ahead(self, clock):
        place = make.territory(level="street")
        one, two = make.hub_manager(place), make.hub_manager(place)
        values = {"points_per_hour": 3, "by_category": {"elders": 150}}
        with pytest.raises(Refused, match="lies ahead"):
            ledger.propose_rule(territory=place, from_date=dt.date(2026, 6, 10), values=values, by=one)
        rule = ledger.propose_rule(territory=place, from_date=dt.date(2026, 7, 1), values=values, by=one)
        with pytest.raises(Exception, match="second person"):
            ledger.approve_rule(rule, by=one)
        assert queries.rule_on(dt.date(2026, 7, 2), place).version == 1
        ledger.approve_rule(rule, by=two)
        assert (queries.rule_on(dt.date(2026, 7, 2), place), queries.rule_on(DAY, place).version) == (rule, 1)
        with pytest.raises(Refused, match="Two persons agreed"):
            ledger.withdraw_rule(rule, by=one)
        with pytest.raises(Exception, match="You need the right"):
            ledger.propose_rule(territory=make.territory(), from_date=dt.date(2026, 7, 1), values=values, by=one)

    @given(
        minutes=st.integers(0, 1440),
        hour=st.integers(0, 23),
        category=st.sampled_from(["", "elders", "outdoor"]),
        place=st.sampled_from([None, 7, 8]),
        rate=st.integers(1, 20),
        night=st.integers(100, 300),
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_the_sums_in_sql_are_the_sums_in_python(self, minutes, hour, category, place, rate, night):
        rule = PointsRule.objects.get(version=1)
        rule.points_per_hour, rule.night_percent = rate, night
        rule.by_category, rule.by_place = {"elders": 150, "outdoor": 75}, {"7": 200}
        rule.save()
        starts = dt.datetime(2026, 6, 9, hour, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
        with connection.cursor() as cursor:
            cursor.execute("select points_for(%s, %s, %s, %s, %s)", [minutes, rule.pk, category, starts, place])
            (there,) = cursor.fetchone()
        assert points_for(minutes, rule, category=category, starts_at=starts, territory_id=place) == there

    def test_without_shares_it_is_points_an_hour(self):
        rule = PointsRule.objects.get(version=1)
        assert [points_for(minutes, rule) for minutes in (29, 30, 60, 150, 480, 900)] == [0, 1, 2, 5, 16, 16]
