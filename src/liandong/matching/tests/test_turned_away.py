"""Whom the list of an activity turns away is proposed nowhere; who stands on a plan already is shown as a conflict."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities import services as signing
from liandong.activities.models import Position, SignUp, Suspension
from liandong.activities.tests import factories as make
from liandong.core.errors import Refused
from liandong.matching import queries, services
from liandong.matching.models import RosterLine
from liandong.matching.problems.rosters import frame_of
from liandong.organizations.models import Role

UNTIL = dt.date(2026, 6, 13)  # the day of the fair


@pytest.fixture
def chief(fair):
    return make.make_staff(fair.host, "赵主任", Role.ORG_MANAGER)


def suspend(fair, person, *, until=UNTIL):
    return Suspension.objects.create(
        person=person, organization=fair.host, reason="三次没来", until_date=until, suspended_by=fair.planner, suspended_at=make.clock.now()
    )


def grown_up_only(fair):
    """Both positions of both shifts are for people of eighteen and older."""
    Position.objects.filter(shift__activity=fair.activity).update(min_age=18)


def born(person, birth_date):
    person.birth_date = birth_date
    person.save(update_fields=["birth_date"])
    return person


def found_for(position, by):
    return set(queries.who_fits(position, by=by, any_time=True).values_list("person", flat=True))


@given(
    born=some.dates(dt.date(1990, 1, 1), dt.date(2020, 12, 31)), day=some.dates(dt.date(2024, 1, 1), dt.date(2029, 1, 1)), age=some.integers(1, 40)
)
def test_the_last_birth_date_that_is_old_enough_agrees_with_the_age_on_the_day(born, day, age):
    assert (born <= activities.latest_birth_date(age, day)) == (activities.age_on(born, day) >= age)


def test_who_is_suspended_on_the_day_is_not_found_nor_asked(fair):
    position, away, back = fair.position(fair.morning, "登记引导"), fair.people[0], fair.people[1]
    suspend(fair, away)
    suspend(fair, back, until=UNTIL - dt.timedelta(days=1))
    everybody = {person.pk for person in [*fair.people, fair.electrician]}
    assert found_for(position, fair.planner) == everybody - {away.pk}
    with pytest.raises(Refused):
        services.invite(position, people=[away], by=fair.planner)
    asked = services.invite(position, people=[away, back], by=fair.planner)
    assert (asked.asked, asked.left_alone) == (1, 1)


def test_who_is_too_young_on_the_day_is_not_found(fair):
    grown_up_only(fair)
    position = fair.position(fair.morning, "登记引导")
    born(fair.people[0], dt.date(2008, 6, 14))
    born(fair.people[1], dt.date(2008, 6, 13))
    assert found_for(position, fair.planner) == {person.pk for person in [*fair.people[1:], fair.electrician]}


def test_nothing_is_suggested_that_the_list_would_refuse(fair):
    other = make.make_position(make.make_shift(make.make_activity(territory=fair.north), starts_at=make.at(3, 9)))
    person = fair.people[0]

    def suggested():
        return sorted({one.place.activity for one in queries.suggestions_for(person)[0]})

    both = sorted([fair.activity.pk, other.shift.activity_id])
    assert suggested() == both
    row = suspend(fair, person)
    assert suggested() == [other.shift.activity_id]
    row.delete()
    grown_up_only(fair)
    born(person, dt.date(2008, 6, 14))
    assert suggested() == [other.shift.activity_id]
    born(person, dt.date(2008, 6, 13))
    assert suggested() == both


def test_an_invitation_that_cannot_be_taken_any_more_waits_for_no_answer(fair):
    person = fair.people[0]
    services.invite(fair.position(fair.morning, "登记引导"), people=[person], by=fair.planner)
    assert queries.open_invitations(person).count() == 1
    suspend(fair, person)
    assert queries.open_invitations(person).count() == 0


def test_a_plan_takes_nobody_whom_every_place_would_turn_away(fair):
    away, child, adult = fair.people[:3]
    suspend(fair, away)
    born(child, dt.date(2012, 1, 1))
    grown_up_only(fair)
    made = fair.roster(solved=False)
    assert set(made.candidates.values_list("person", flat=True)) == {adult.pk, fair.people[3].pk, fair.electrician.pk}
    assert set(queries.people_to_add(made, by=fair.hub_manager).values_list("pk", flat=True)) == set()
    with pytest.raises(Refused):
        services.add_candidates(made, people=[away], by=fair.hub_manager)


def test_the_calculation_places_nobody_where_the_list_would_refuse(fair):
    made = fair.roster(solved=False)
    away, child = fair.people[:2]
    suspend(fair, away)
    born(child, dt.date(2012, 1, 1))
    Position.objects.filter(shift=fair.morning, name="登记引导").update(min_age=18)
    made = services.solve_now(made, seconds=5, by=fair.planner)
    assert made.lines.filter(person=away).count() == 0
    assert made.lines.filter(person=child, shift=fair.morning).count() == 0
    with pytest.raises(Refused):
        services.place(made, person=away, position=fair.position(fair.afternoon, "登记引导"), reason="说好了", by=fair.planner)
    with pytest.raises(Refused):
        services.place(made, person=child, position=fair.position(fair.morning, "登记引导"), reason="说好了", by=fair.planner)


def test_somebody_suspended_after_the_plan_was_made_stays_on_it_as_a_conflict_for_those_who_plan(fair, as_, chief, run_jobs):
    made = fair.roster()
    line = made.lines.select_related("person").order_by("pk").first()
    signing.suspend(line.person, organization=fair.host, reason="三次没来", until_date=UNTIL, by=chief)
    run_jobs()
    assert RosterLine.objects.filter(pk=line.pk).count() == 1
    assert {row.person_id for row, _reason in frame_of(made).conflicts()} == {line.person_id}
    page = as_(fair.planner).get(f"/matching/rosters/{made.pk}/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert page.count("暂停参加活动，至6月13日") >= 1
    assert page.count("三次没来") == 0
    with pytest.raises(Refused):
        services.publish_roster(made, by=fair.planner)
    assert as_(fair.stranger).get(f"/matching/rosters/{made.pk}/").status_code == 404


def test_a_place_lost_by_suspension_is_free_in_a_published_plan_and_nobody_suspended_is_to_step_in(fair, chief, run_jobs):
    made = fair.roster()
    services.publish_roster(made, by=fair.planner)
    line = made.lines.select_related("person").filter(position__name="登记引导").order_by("pk").first()
    signing.suspend(line.person, organization=fair.host, reason="三次没来", until_date=UNTIL, by=chief)
    run_jobs()
    line.refresh_from_db()
    assert (line.answer, SignUp.objects.filter(person=line.person, state="confirmed").count()) == ("declined", 0)
    proposed = {step["add"][0] for step in line.substitutes if "add" in step}
    assert len(proposed) > 0
    assert line.person_id not in proposed
    for person in proposed:
        signing.suspend(Person.objects.get(pk=person), organization=fair.host, reason="三次没来", until_date=UNTIL, by=chief)
    run_jobs()
    line.refresh_from_db()
    assert proposed.isdisjoint({step["add"][0] for step in line.substitutes if "add" in step})


@pytest.mark.parametrize("more", [1, 3])
def test_whom_to_leave_out_is_asked_in_as_many_questions_for_one_as_for_three(fair, more):
    for person in fair.people[:more]:
        suspend(fair, person)
    made, position = fair.roster(solved=False), fair.position(fair.morning, "登记引导")
    counts = []
    for ask in (lambda: frame_of(made).conflicts(), lambda: found_for(position, fair.hub_manager), lambda: queries.suggestions_for(fair.people[0])):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask()
        counts.append(len(asked))
    assert counts[0] == 6
    assert counts[2] == 2
    with CaptureQueriesContext(connection) as bare:
        activities.suspended_among([person.pk for person in fair.people], fair.host.pk)
    assert len(bare) == 1
