"""Stars: which rule set holds where, what is reached, what falls, and that a night's work equals the records."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.honours import queries
from liandong.honours.models import StarGrant, StarRule
from liandong.honours.rules import TEMPLATES, stars_for
from liandong.honours.services import stars
from liandong.honours.tests.factories import propose
from liandong.notices.models import Notice
from liandong.recognition import services as recognition
from liandong.recognition.models import ServiceRecord
from liandong.recognition.tests import factories as f
from liandong.volunteers.models import VolunteerProfile


def levels(person):
    return sorted(row.grant.level for row in queries.grants_of(person) if row.stands)


@pytest.mark.parametrize(
    ("key", "hours", "level"),
    [("common", 299, 1), ("common", 300, 2), ("beijing", 1000, 5), ("beijing", 3100, 7), ("zhangjiagang", 1500, 8), ("zhangjiagang", 29, 0)],
)
def test_the_templates_of_three_places(key, hours, level):
    template = TEMPLATES[key]
    rule = StarRule(star_hours=list(template.star_hours), medal_hours=list(template.medal_hours))
    assert stars_for(hours * 60, rule).level == level


def test_a_rule_set_holds_once_a_second_person_agrees(town):
    rule = propose(town)
    volunteer = town.volunteer()
    assert queries.stars_of(70 * 60, person=volunteer).level == 0
    with pytest.raises(Denied):
        stars.decide_rule(rule, agree=True, by=town.boss)
    with pytest.raises(Denied):
        stars.decide_rule(rule, agree=True, by=town.staff)
    stars.decide_rule(rule, agree=True, by=town.second)
    assert queries.stars_of(70 * 60, person=volunteer).level == 2
    assert queries.stars_of(70 * 60).level == 0  # elsewhere the set for everywhere holds
    assert Notice.objects.filter(person=town.boss, kind="star_rule.agreed").count() == 1
    assert broken() == {}


def test_the_nearest_place_holds_and_a_later_day_waits(town):
    stars.decide_rule(propose(town), agree=True, by=town.second)
    stars.decide_rule(propose(town, star_hours=[10], medal_hours=[], medal_names=[], from_date=dt.date(2026, 7, 1)), agree=True, by=town.second)
    assert queries.rule_on(dt.date(2026, 6, 30), territory=town.place).star_hours == [30, 60, 100, 200, 300]
    assert queries.rule_on(dt.date(2026, 7, 1), territory=town.place).star_hours == [10]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"star_hours": [100, 100]}, "star_hours"),
        ({"star_hours": []}, "star_hours"),
        ({"star_hours": [100], "medal_hours": [50]}, "star_hours"),
        ({"source": ""}, "source"),
        ({"from_date": dt.date(2026, 6, 9)}, "from_date"),
        ({"quality": "show_up"}, "quality_percent"),
    ],
)
def test_a_rule_set_that_makes_no_sense_is_refused(town, values, field):
    with pytest.raises(Refused) as refused:
        propose(town, **values)
    assert refused.value.field == field


def test_a_night_notes_each_star_once_and_tells_of_the_highest(town):
    volunteer = town.volunteer()
    VolunteerProfile.objects.filter(person=volunteer).update(brought_minutes=310 * 60)
    assert queries.astray() == [(volunteer.pk, 1, "missing"), (volunteer.pk, 2, "missing")]
    assert stars.note_stars(by=town.boss) == (2, 0)
    assert stars.note_stars(by=town.boss) == (0, 0)
    assert (levels(volunteer), queries.astray()) == ([1, 2], [])
    assert [notice.values["level"] for notice in Notice.objects.filter(person=volunteer, kind="star.reached")] == [2]
    assert broken() == {}


def test_a_star_falls_when_its_hours_are_withdrawn_and_can_come_again(town, run_jobs):
    volunteer = town.volunteer()
    VolunteerProfile.objects.filter(person=volunteer).update(brought_minutes=96 * 60)
    town.serve(volunteer, 5)
    stars.note_stars(by=town.boss)
    record = ServiceRecord.objects.get(person=volunteer)
    recognition.withdraw_record(record, reason="当天并未到场", by=town.staff)
    run_jobs()
    row = queries.grants_of(volunteer)[0]
    assert (row.stands, levels(volunteer)) == (False, [])
    assert Notice.objects.filter(person=volunteer, kind="star.fell").count() == 1
    town.serve(volunteer, 5, days_ago=3)
    assert stars.note_stars(by=town.boss) == (1, 0)
    assert (levels(volunteer), queries.astray()) == ([1], [])
    assert broken() == {}


def test_a_star_stays_when_the_rule_set_asks_for_more(town):
    volunteer = town.volunteer()
    town.star(volunteer)
    stars.decide_rule(propose(town, star_hours=[500, 900], medal_hours=[], medal_names=[]), agree=True, by=town.second)
    stars.note_stars(by=town.boss)
    assert levels(volunteer) == [1]


def test_grants_are_never_changed(town):
    grant = town.star(town.volunteer())
    with pytest.raises(DatabaseError), transaction.atomic():
        StarGrant.objects.filter(pk=grant.pk).update(level=5)


def test_the_preview_counts_who_would_stand_where(town):
    for hours in (40, 70, 120, 5):
        person = town.volunteer()
        VolunteerProfile.objects.filter(person=person).update(brought_minutes=hours * 60)
    rule = propose(town)
    rows, people = queries.would_have(rule)
    assert ([row.would for row in rows[:4]], people) == ([1, 1, 1, 1], 4)
    assert [row.now for row in rows[:4]] == [3, 1, 0, 0]


def test_a_quality_condition_keeps_a_star_from_who_often_stays_away(town):
    stars.decide_rule(propose(town, quality="show_up", quality_percent=80), agree=True, by=town.second)
    steady, absent = town.volunteer(), town.volunteer("赵缺席")
    VolunteerProfile.objects.filter(person__in=[steady, absent]).update(brought_minutes=31 * 60)
    for n in range(3):
        f.sign_up(absent, of=f.shift(host=town.agency), state="absent" if n else "confirmed")
    stars.note_stars(by=town.boss)
    assert (levels(steady), levels(absent)) == ([1], [])


def test_words_are_the_same_everywhere(town):
    rule = propose(town)
    assert [queries.level_name(n, rule) for n in (0, 3, 6)] == ["No star", "3 stars", "金质奖章"]
    assert queries.star_line(stars_for(700 * 60, rule)) == "You have all the stars there are. Thank you."
