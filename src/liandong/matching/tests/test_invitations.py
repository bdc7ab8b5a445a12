"""Finding people for a position and asking them by name."""

import datetime as dt

import pytest

from liandong.activities.models import SignUp
from liandong.activities.tests import factories as activities
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.matching import queries, services
from liandong.matching.models import Invitation
from liandong.matching.tests.factories import with_account
from liandong.notices.models import Notice

NEVER = ("political_status", "evaluation_", "recognition_", "birth_date", "'absent'", "activities_attendance", "brought_minutes")


@pytest.fixture
def position(fair):
    return fair.position(fair.morning, "登记引导")


def names(position, by, **wanted):
    found = queries.who_fits(position, by=by, **wanted)
    return [row["person__name"] for row in found.values(*queries.FIELDS)]


def test_the_best_fit_comes_first_and_then_who_was_asked_least_lately(fair, position):
    early = fair.volunteer("早先生", availability=["sat_am"])
    fair.volunteer("晚女士", availability=["sun_pm"])
    assert names(position, fair.planner)[0] == "早先生"
    assert names(position, fair.planner).count("晚女士") == 0
    assert names(position, fair.planner, any_time=True).count("晚女士") == 1
    other = activities.make_position(activities.make_shift(activities.make_activity(host=fair.host), starts_at=activities.at(20, 9)))
    late = fair.volunteer("准先生", availability=["sat_am"])
    Invitation.objects.create(position=other, person=early, invited_at=fair.activity.created_at - dt.timedelta(days=20))
    assert names(position, fair.planner)[:2] == [late.name, early.name]


def test_only_people_the_planner_sees_and_who_have_the_skill_the_plan_asks_for(fair):
    fair.volunteer("外人", skills=[fair.skill], team=False)
    fair.roster(solved=False)
    safety = fair.position(fair.morning, "安全员")
    required, skills = queries.skills_asked(safety)
    assert (required, skills) == (["电工"], ["电工"])
    assert names(safety, fair.planner, required=required, skills=skills) == ["刘师傅"]
    assert names(safety, fair.stranger) == []
    assert names(safety, fair.hub_manager, required=required) == ["刘师傅", "外人"] or names(safety, fair.hub_manager, required=required) == [
        "外人",
        "刘师傅",
    ]


def test_who_is_busy_full_quiet_unwilling_or_asked_enough_is_not_found(fair, position):
    busy, full, quiet, without, unwilling, there = (fair.volunteer(f"志愿{number}") for number in "甲乙丙丁戊己")
    activities.make_sign_up(position, person=there)
    elsewhere = activities.make_shift(activities.make_activity(), starts_at=activities.at(3, 10))
    activities.make_sign_up(activities.make_position(elsewhere), person=busy)
    for day in (0, 1, 2):
        activities.make_sign_up(activities.make_position(activities.make_shift(starts_at=activities.at(day, 8), hours=6.5)), person=full)
    services.choose_quiet(quiet, is_quiet=True, by=quiet)
    services.choose_profile(without, is_used=False, by=without)
    services.refuse_suggestion(fair.activity, what="organization", by=unwilling)
    assert sorted(names(position, fair.planner)) == sorted(person.name for person in (*fair.people, fair.electrician))


def test_asking_sends_one_message_with_a_way_to_sign_up_and_is_written_down(fair, position):
    person = fair.people[0]
    done = services.invite(position, people=[person, fair.stranger], by=fair.planner)
    assert (done.asked, done.left_alone) == (1, 1)
    row = Invitation.objects.get()
    assert list(Notice.objects.filter(kind="position.invited").values_list("person", "url")) == [(person.pk, f"/matching/invitations/{row.pk}/")]
    assert Entry.objects.filter(verb="position.invited").count() == 1
    with pytest.raises(Refused):
        services.invite(position, people=[person], by=fair.planner)


def test_nobody_is_asked_more_than_twice_a_week(fair, position, clock):
    person = fair.people[0]
    for day in (8, 9, 10):
        other = activities.make_position(activities.make_shift(activities.make_activity(host=fair.host), starts_at=activities.at(day, 9)))
        if day < 10:
            services.invite(other, people=[person], by=fair.planner)
        else:
            with pytest.raises(Refused):
                services.invite(other, people=[person], by=fair.planner)
    assert names(position, fair.planner).count(person.name) == 0
    Invitation.objects.update(invited_at=fair.activity.created_at - dt.timedelta(days=8))
    assert services.invite(other, people=[person], by=fair.planner).asked == 1


def test_only_those_who_check_the_people_of_the_activity_ask(fair, position):
    with pytest.raises(Denied):
        services.invite(position, people=fair.people, by=fair.stranger)
    type(fair.activity).objects.filter(pk=fair.activity.pk).update(state="draft")
    with pytest.raises(Refused):
        services.invite(position, people=fair.people, by=fair.planner)


def test_a_no_is_one_tap_and_yes_is_the_sign_up(fair, position):
    first, second, third = fair.people[:3]
    services.invite(position, people=[first, second, third], by=fair.planner)
    rows = {row.person_id: row for row in Invitation.objects.all()}
    with pytest.raises(Denied):
        services.decline_invitation(rows[first.pk], by=fair.planner)
    services.decline_invitation(rows[first.pk], by=first)
    services.decline_invitation(rows[first.pk], by=first)
    activities.make_sign_up(position, person=second)
    assert queries.counts_of(position) == {"asked": 3, "coming": 1, "declined": 1, "waiting": 1}
    assert [queries.open_invitations(person).count() for person in (first, second, third)] == [0, 0, 1]
    assert Entry.objects.filter(verb="invitation.declined").count() == 1


@pytest.mark.parametrize("more", [0, 30])
def test_the_page_finds_and_asks_and_never_reads_what_must_not_count(fair, position, as_, more, django_assert_max_num_queries):
    for number in range(more):
        fair.volunteer(f"多{number}")
    client, at = as_(fair.planner), f"/matching/positions/{position.pk}/people/"
    with django_assert_max_num_queries(25) as asked:
        html = client.get(at, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert html.count('name="ids"') == min(5 + more, 25)
    assert html.count("王小兰") == 0
    assert [word for word in NEVER for one in asked.captured_queries if word in one["sql"] and "accounts_account" not in one["sql"]] == []
    assert client.post(at, {"ids": [fair.people[0].pk, "x"]}).status_code == 303
    assert Invitation.objects.count() == 1
    assert client.post(at, {}).status_code == 303


def test_the_page_is_for_those_who_check_people(fair, position, as_):
    at = f"/matching/positions/{position.pk}/people/"
    assert as_(fair.stranger).get(at).status_code == 404
    observer = with_account(activities.make_staff(fair.host, "观察员", "observer"))
    assert as_(observer).get(at).status_code == 403
    assert as_(fair.planner).get(f"/activities/{fair.activity.code}/manage/").content.decode().count(at) == 1


def test_the_person_asked_answers_on_the_phone(fair, position, as_, django_assert_max_num_queries):
    person = fair.people[0]
    services.invite(position, people=[person], by=fair.planner)
    row = Invitation.objects.get()
    at = f"/matching/invitations/{row.pk}/"
    client = as_(person)
    with django_assert_max_num_queries(12):
        html = client.get(at).content.decode()
    assert html.count(f"/activities/shift/{fair.morning.pk}/sign-up/?position={position.pk}") == 1
    assert [client.get(page).content.decode().count(at) for page in ("/me/", "/matching/for-me/")] == [1, 1]
    assert client.post(f"{at}decline/").status_code == 303
    row.refresh_from_db()
    assert row.declined_at is not None
    assert SignUp.objects.filter(person=person).count() == 0
    assert as_(fair.stranger).get(at).status_code == 404
    assert as_(fair.stranger).post(f"{at}decline/").status_code == 404
