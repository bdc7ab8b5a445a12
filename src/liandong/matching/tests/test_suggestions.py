"""What suits a volunteer, what they do not want again, and the list without a profile."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liandong.activities.models import Series
from liandong.activities.tests import factories as activities
from liandong.core.errors import Denied
from liandong.journal.models import Entry
from liandong.matching import fit, queries, services
from liandong.matching.models import SuggestionRefusal
from liandong.matching.words import suggestions as suggestion_words
from liandong.volunteers.models import VolunteerProfile

AT = "/matching/for-me/"
NEVER = ("political_status", "evaluation_", "recognition_", "birth_date", '"absent"', "brought_minutes", "out_at")


def place(**values) -> fit.Place:
    start = activities.at(3, 9)
    fields = {
        "position": 1, "name": "维修师傅", "note": "", "shift": 1, "starts_at": start, "ends_at": start + dt.timedelta(hours=2), "slot": "sat_am",
        "activity": 1, "category": "elders", "host": 1, "path": "/1/2/3/", "is_good_first_time": False, "left": 1,
    }  # fmt: skip
    return fit.Place(**{**fields, **values})


@pytest.mark.parametrize(
    ("home", "code"),
    [("/1/2/3/", "community"), ("/1/2/3/9/", "community"), ("/1/2/4/", "street"), ("/1/8/4/", "district"), ("/7/8/4/", None), ("", None)],
)
def test_near_is_what_two_paths_have_in_common(home, code):
    found = fit.near(home, "/1/2/3/")
    assert (found and found.code) == code


def test_a_skill_is_asked_for_by_the_words_of_the_position_and_weak_words_do_not_count():
    assert [fit.is_asked(skill, "维修师傅 会用万用表") for skill in ("小家电维修", "法律咨询")] == [True, False]
    assert fit.is_asked("法律咨询", "健康咨询台") is False


def test_points_are_the_sum_of_the_reasons_less_another_time():
    known = fit.Known(home="/1/2/3/", skills=frozenset({"小家电维修"}), slots=frozenset({"sat_am"}), served={"elders": 4}, services=9, mates=[1])
    reasons, points = fit.reasons_for(place(is_good_first_time=True), known)
    assert [reason.code for reason in reasons] == ["skill", "community", "time", "team", "theme"]
    assert points == sum(reason.points for reason in reasons)
    assert fit.reasons_for(place(slot="sun_pm"), known)[1] == points - fit.TIME + fit.NOT_THEN


def test_nobody_is_suggested_a_clash_a_skill_they_lack_or_more_than_the_weekly_limit(clock):
    start = activities.at(3, 9)
    hour = dt.timedelta(hours=1)
    assert fit.fits(place(), fit.Known(busy=[(start + hour, start + 3 * hour)]), weekly_minutes=600) == "busy"
    assert fit.fits(place(asks=("电工",)), fit.Known(), weekly_minutes=600) == "skill"
    assert fit.fits(place(), fit.Known(serving=[(start - 9 * hour, start - hour)]), weekly_minutes=599) == "limit"
    assert fit.fits(place(), fit.Known(serving=[(start - 9 * hour, start - hour)]), weekly_minutes=600) == ""
    assert fit.rank([place()], fit.Known(home="/1/2/3/", serving=[(start - 9 * hour, start - hour)]), weekly_minutes=599) == ([], 1)


@pytest.fixture
def volunteer(fair):
    return fair.volunteer("林晓", availability=["sat_am"], skills=[fair.skill])


def test_the_reasons_are_true_and_said_in_one_line(fair, volunteer, chinese):
    found, over = queries.suggestions_for(volunteer)
    assert [(one.place.activity, one.place.shift, [reason.code for reason in one.reasons]) for one in found] == [
        (fair.activity.pk, fair.morning.pk, ["community", "time"])
    ]
    assert suggestion_words.line(found[0].reasons) == "离您家近，周六上午您有空"
    assert over == 0


def test_somebody_without_a_profile_or_taking_a_break_is_suggested_nothing(fair, volunteer):
    assert queries.suggestions_for(fair.stranger) == ([], 0)
    VolunteerProfile.objects.filter(person=volunteer).update(state="paused")
    assert queries.suggestions_for(volunteer) == ([], 0)


def test_what_one_goes_to_and_what_is_full_is_not_suggested(fair, volunteer):
    activities.make_sign_up(fair.position(fair.morning, "登记引导"), person=volunteer)
    assert queries.suggestions_for(volunteer)[0] == []


def test_a_team_mate_and_kinds_served_before_count(fair, volunteer):
    activities.make_sign_up(fair.position(fair.afternoon, "登记引导"), person=fair.people[0])
    past = activities.make_activity(category=fair.activity.category)
    for day in (-30, -20):
        one = activities.make_sign_up(activities.make_position(activities.make_shift(past, starts_at=activities.at(day, 9))), person=volunteer)
        activities.make_attendance(one)
    (found,), _over = queries.suggestions_for(volunteer)
    assert {reason.code: reason.values for reason in found.reasons}["theme"] == {"category": fair.activity.category, "times": 2}
    assert "team" in [reason.code for reason in found.reasons]


def test_an_activity_refused_never_comes_again_nor_what_repeats_it(fair, volunteer):
    series = Series.objects.create(weeks=2, created_at=fair.activity.created_at)
    again = activities.make_activity(host=fair.host, series=series)
    activities.make_position(activities.make_shift(again, starts_at=activities.at(10, 9)))
    type(fair.activity).objects.filter(pk=fair.activity.pk).update(series=series)
    row = services.refuse_suggestion(fair.activity, by=volunteer)
    assert services.refuse_suggestion(fair.activity, by=volunteer) == row
    assert queries.suggestions_for(volunteer)[0] == []
    assert queries.suggestions_for(fair.people[0])[0] != []
    with pytest.raises(Denied):
        services.take_back_refusal(row, by=fair.people[0])
    services.take_back_refusal(row, by=volunteer)
    assert [one.place.activity for one in queries.suggestions_for(volunteer)[0]] == [fair.activity.pk, again.pk]
    assert [entry.verb for entry in Entry.objects.filter(verb__startswith="suggestion.").order_by("pk")] == [
        "suggestion.refused", "suggestion.refusal_taken_back"
    ]  # fmt: skip


@pytest.mark.parametrize(("what", "left"), [("activity", 2), ("category", 1), ("organization", 1)])
def test_a_kind_or_a_body_is_left_out_only_when_it_was_named(fair, volunteer, what, left):
    same_kind = activities.make_activity(territory=fair.north, category="other")
    same_body = activities.make_activity(host=fair.host, category="jobs")
    type(fair.activity).objects.filter(pk=fair.activity.pk).update(category="other")
    fair.activity.refresh_from_db()
    for one in (same_kind, same_body):
        activities.make_position(activities.make_shift(one, starts_at=activities.at(10, 9)))
    services.refuse_suggestion(fair.activity, what=what, by=volunteer)
    assert len(queries.suggestions_for(volunteer)[0]) == left


def test_without_a_profile_everybody_gets_the_same_list_and_nothing_about_them_is_read(fair, volunteer, as_):
    services.refuse_suggestion(fair.activity, by=volunteer)
    for person in (volunteer, fair.electrician):
        services.choose_profile(person, is_used=False, by=person)
    pages = []
    for person in (volunteer, fair.electrician):
        with CaptureQueriesContext(connection) as asked:
            html = as_(person).get(AT).content.decode()
        pages.append(html.count(f"/activities/{fair.activity.code}/"))
        matter = [one["sql"] for one in asked if "auth" not in one["sql"] and "session" not in one["sql"]]
        assert [sql for sql in matter if "volunteers_" in sql or "recognition_" in sql or "matching_suggestionrefusal" in sql] == []
        assert [
            sql for sql in matter if "activities_signup" in sql and '"person_id"' in sql and f"= {person.pk}" in sql and "invitation" not in sql
        ] == []
    assert pages == [1, 1]


def test_only_the_person_chooses_and_choosing_twice_has_one_effect(fair, volunteer):
    with pytest.raises(Denied):
        services.choose_profile(volunteer, is_used=False, by=fair.planner)
    services.choose_profile(volunteer, is_used=False, by=volunteer)
    services.choose_profile(volunteer, is_used=False, by=volunteer)
    services.choose_quiet(volunteer, is_quiet=True, by=volunteer)
    assert queries.choice_of(volunteer).quiet_until_date == dt.date(2026, 8, 10)
    assert Entry.objects.filter(verb="suggestion.profile_chosen").count() == 1


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_asks_few_questions_and_never_what_must_not_count(fair, volunteer, as_, more, django_assert_max_num_queries):
    for number in range(more):
        activities.make_position(activities.make_shift(activities.make_activity(host=fair.host), starts_at=activities.at(10 + 7 * number, 9)))
    client = as_(volunteer)
    with django_assert_max_num_queries(12) as asked:
        html = client.get(AT, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert html.count("离您家近") == 1 + more
    assert [word for word in NEVER for one in asked.captured_queries if word in one["sql"] and "accounts_account" not in one["sql"]] == []


def test_refusing_is_undone_at_once_or_from_the_list(fair, volunteer, as_):
    client = as_(volunteer)
    answer = client.post(f"{AT}refuse/", {"activity": fair.activity.code, "what": "activity"})
    row = SuggestionRefusal.objects.get()
    assert answer.headers["Location"] == f"{AT}?refused={row.pk}"
    undo = f"{AT}refused/{row.pk}/take-back/"
    assert client.get(answer.headers["Location"]).content.decode().count(undo) == 1
    assert client.get(f"{AT}refused/").content.decode().count(undo) == 1
    assert as_(fair.people[0]).post(undo).status_code == 404
    assert as_(volunteer).post(undo).status_code == 303
    assert SuggestionRefusal.objects.count() == 0
    assert client.post(f"{AT}refuse/", {"activity": "NOSUCH1"}).status_code == 404


def test_the_switches_work_and_my_area_shows_what_suits(fair, volunteer, as_):
    client = as_(volunteer)
    link = f"/activities/{fair.activity.code}/?shift={fair.morning.pk}"
    assert [client.get(at).content.decode().count(link) for at in ("/me/", "/")] == [1, 1]
    client.post(f"{AT}choose/", {"profile": "unused"})
    client.post(f"{AT}choose/", {"quiet": "on"})
    choice = queries.choice_of(volunteer)
    assert (choice.is_without_profile, choice.quiet_until_date is not None) == (True, True)
    assert [client.get(at).content.decode().count(link) for at in ("/me/", "/")] == [1, 0]
