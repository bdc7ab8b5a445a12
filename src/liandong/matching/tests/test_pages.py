"""The board, its cells, the list, a new plan, and the page of those who are asked."""

import pytest

from liandong.activities.tests import factories as activities
from liandong.matching import services


@pytest.fixture
def made(fair):
    return fair.roster()


def board(made) -> str:
    return f"/matching/rosters/{made.pk}/"


def cell(made, line) -> str:
    return f"{board(made)}cell/{line.person.number}/{line.shift_id}/"


def test_the_board_shows_people_shifts_and_what_each_position_has(fair, made, as_):
    html = as_(fair.planner).get(board(made)).content.decode()
    assert html.count('scope="row"><span') == 5 + 2
    assert html.count("roster-chip roster-1") + html.count("roster-chip roster-2") == 6 + 2  # and the legend
    assert html.count("roster-short") == 0


def test_only_the_unmet_cell_is_red_and_its_cause_is_said(fair, as_):
    made = fair.roster(weekly_minutes=150)
    html = as_(fair.planner).get(board(made), HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert html.count('class="roster-short"') == len(made.unmet)


def test_the_board_of_others_is_not_there_and_staff_without_the_right_only_look(fair, made, as_):
    assert as_(fair.stranger).get(board(made)).status_code == 404
    observer = activities.make_staff(fair.host, "观察员", "observer")
    from liandong.matching.tests.factories import with_account

    assert as_(with_account(observer)).get(board(made)).status_code == 403


@pytest.mark.parametrize("more", [0, 2])
def test_the_board_asks_few_questions_however_many_people_it_shows(fair, as_, more, django_assert_max_num_queries):
    for number in range(more):
        fair.volunteer(f"多{number}")
    made = fair.roster(weekly_minutes=150)
    client = as_(fair.planner)
    with django_assert_max_num_queries(25):
        client.get(board(made))


def test_a_cell_places_somebody_and_says_what_speaks_against_it(fair, as_):
    made = fair.roster(solved=False)
    client = as_(fair.planner)
    at = f"{board(made)}cell/{fair.people[0].number}/{fair.morning.pk}/"
    assert client.get(at).status_code == 200
    wrong = client.post(at, {"position": fair.position(fair.morning, "安全员").pk, "version": made.version})
    assert wrong.status_code == 422
    right = client.post(at, {"position": fair.position(fair.morning, "登记引导").pk, "version": made.version})
    assert right.status_code == 303
    assert made.lines.get().is_locked


def test_a_cell_locks_unlocks_and_frees(fair, made, as_):
    client = as_(fair.planner)
    line = made.lines.select_related("person").first()
    assert client.get(cell(made, line)).status_code == 200
    client.post(f"/matching/lines/{line.pk}/lock/", {"lock": "1"})
    line.refresh_from_db()
    assert line.is_locked
    client.post(f"/matching/lines/{line.pk}/lock/", {"lock": "0"})
    client.post(f"/matching/lines/{line.pk}/take-off/")
    assert made.lines.filter(pk=line.pk).count() == 0


def test_what_somebody_said_is_written_down(fair, made, as_):
    line = made.lines.select_related("person").first()
    as_(fair.planner).post(f"{board(made)}times/{line.person.number}/{line.shift_id}/", {"says": "away"})
    assert made.candidates.get(person=line.person).unavailable == [line.shift_id]


def test_an_old_form_of_the_board_is_a_conflict(fair, made, as_):
    line = made.lines.first()
    assert as_(fair.planner).post(f"/matching/lines/{line.pk}/take-off/", {"version": made.version - 1}).status_code == 409


def test_a_new_plan_is_made_on_one_page(fair, as_, run_jobs):
    client = as_(fair.planner)
    at = f"/matching/rosters/new/{fair.activity.code}/"
    assert client.get(at).status_code == 200
    assert client.post(at, {"name": "", "weekly_hours": "20"}).status_code == 422
    answer = client.post(at, {"name": "A", "teams": [str(fair.team.pk)], "weekly_hours": "20", "skill_1": "电工", "solve": "1"})
    assert answer.status_code == 303
    working = client.get(answer.headers["Location"]).content.decode()
    assert working.count('id="job"') == 1
    run_jobs()
    assert client.get(answer.headers["Location"], HTTP_HX_REQUEST="true").headers["HX-Refresh"] == "true"


def test_copying_publishing_and_withdrawing_go_back_to_the_board(fair, made, as_):
    client = as_(fair.planner)
    assert client.post(f"{board(made)}copy/").status_code == 303
    client.post(f"{board(made)}publish/", {"version": made.version})
    made.refresh_from_db()
    assert made.state == "published"
    assert client.get(f"{board(made)}withdraw/").status_code == 200
    assert client.post(f"{board(made)}withdraw/").status_code == 422
    assert client.post(f"{board(made)}withdraw/", {"reason": "改期"}).status_code == 303


def test_people_of_the_platform_are_found_and_the_list_shows_the_plans(fair, made, as_):
    client = as_(fair.planner)
    assert client.get(f"{board(made)}people/?skill=电工").status_code == 200
    assert client.get(f"/matching/rosters/?activity={fair.activity.code}").content.decode().count(board(made)) == 1


def test_the_person_asked_answers_on_the_phone(fair, made, as_, django_assert_max_num_queries):
    services.publish_roster(made, by=fair.planner)
    line = made.lines.select_related("person").first()
    client = as_(line.person)
    with django_assert_max_num_queries(12):
        page = client.get(f"/matching/answer/{made.pk}/")
    assert page.status_code == 200
    client.post(f"/matching/answer/line/{line.pk}/accept/")
    line.refresh_from_db()
    assert line.answer == "accepted"
    client.post(f"/matching/answer/line/{line.pk}/decline/", {"words": "临时有事"})
    line.refresh_from_db()
    assert (line.answer, line.answer_words) == ("declined", "临时有事")


def test_nobody_sees_or_answers_the_questions_of_others(fair, made, as_):
    services.publish_roster(made, by=fair.planner)
    line = made.lines.first()
    client = as_(fair.stranger)
    assert client.get(f"/matching/answer/{made.pk}/").status_code == 404
    assert client.post(f"/matching/answer/line/{line.pk}/accept/").status_code == 404


def test_my_area_and_the_page_of_the_activity_lead_to_the_roster(fair, made, as_):
    services.publish_roster(made, by=fair.planner)
    person = made.lines.select_related("person").first().person
    assert as_(person).get("/me/").content.decode().count(f"/matching/answer/{made.pk}/") == 1
    assert (
        as_(fair.planner).get(f"/activities/{fair.activity.code}/manage/").content.decode().count(f"/matching/rosters/?activity={fair.activity.code}")
        == 1
    )
