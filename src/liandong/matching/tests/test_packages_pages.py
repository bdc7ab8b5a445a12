"""The list of resources, the match board, the packages of one need; and in a browser from need to project."""

import pytest

from liandong.activities.tests.test_browser import sign_in
from liandong.matching import services
from liandong.matching.models import PieceCall, Resource
from liandong.matching.tests.package_factories import Street
from liandong.projects.models import Project


def hours(**more):
    return {"title": "周末人手", "hours": "2.5", "skill": "", "is_monthly": "yes", **more}


def test_a_body_puts_hours_on_its_list_changes_and_pauses_them(street, as_):
    client = as_(street.firm_manager)
    at = f"/matching/resources/new/{street.enterprise.slug}/"
    assert client.get(at).status_code == 200
    assert client.post(at, hours(title="")).status_code == 422
    assert client.post(at, hours(hours="0", territory=street.street.pk)).status_code == 422
    answer = client.post(at, hours(territory=street.street.pk))
    assert answer.status_code == 303
    made = Resource.objects.latest("pk")
    assert (made.minutes, made.is_monthly, made.skill, made.organization) == (150, True, None, street.enterprise)
    page = answer.headers["Location"]
    assert client.get(page).status_code == client.get(f"{page}edit/").status_code == 200
    client.post(f"{page}edit/", hours(hours="4", territory=street.street.pk))
    client.post(f"{page}state/", {"state": "paused"})
    made.refresh_from_db()
    assert (made.minutes, made.state) == (240, "paused")


def test_a_plan_is_typed_in_hours_yuan_and_words_with_commas(street, as_):
    values = {
        "title": "修收音机", "hours": "1", "times": "2", "fen": "120.50", "topics": ["culture"], "matters": "收音机，随身听", "features": ["indoors"],
        "slots": ["sat_am"], "territory": street.street.pk, "work_skill_0": street.skill.pk, "work_hours_0": "2", "work_skill_1": "", "work_hours_1": "",
    }  # fmt: skip
    as_(street.agency_manager).post(f"/matching/resources/new/{street.agency.slug}/?kind=plan", values)
    made = Resource.objects.latest("pk")
    assert (made.kind, made.fen, made.matters, made.work) == ("plan", 12_050, ["收音机", "随身听"], [{"skill": "小家电维修", "minutes": 120}])


def test_lists_of_others_are_not_there_and_the_hub_sees_all_of_its_ground(street, as_):
    at = f"/matching/resources/{street.engineers.pk}/"
    assert as_(street.stranger).get(at).status_code == 404
    assert as_(street.agency_manager).get(at).status_code == 404
    assert as_(street.agency_manager).get(f"/matching/resources/new/{street.enterprise.slug}/").status_code == 403
    assert as_(street.hub_manager).get(at).status_code == 200
    assert as_(street.hub_manager).get("/matching/resources/").content.decode().count(street.money.title) == 1
    assert as_(street.observer).get(f"/matching/resources/{street.hands.pk}/edit/").status_code == 403


@pytest.mark.parametrize("more", [0, 2])
def test_the_board_asks_few_questions_however_many_needs_it_shows(street, as_, more, django_assert_max_num_queries):
    for _number in range(1 + more):
        street.asked()
    services.match_now(street.street, by=street.hub_manager)
    client = as_(street.hub_manager)
    client.get("/matching/packages/")
    with django_assert_max_num_queries(25):
        html = client.get("/matching/packages/").content.decode()
    assert html.count("/matching/packages/need/") == 1 + more
    with django_assert_max_num_queries(25):
        client.get("/matching/resources/")


def test_the_board_before_any_calculation_then_at_work_then_stopped(street, as_, run_jobs):
    street.asked()
    client = as_(street.hub_manager)
    assert client.get("/matching/packages/").status_code == 200
    assert client.post("/matching/packages/calculate/", {"place": street.street.pk}).status_code == 303
    assert client.get("/matching/packages/").content.decode().count('id="job"') == 1
    run = services.match_needs(street.street, by=street.hub_manager)
    assert client.post(f"/matching/packages/{run.pk}/stop/").status_code == 303
    run_jobs()
    assert client.get("/matching/packages/", HTTP_HX_REQUEST="true").headers["HX-Refresh"] == "true"


def test_staff_of_a_body_see_their_needs_on_the_board_and_cannot_calculate(street, as_):
    mine, other = street.asked(), street.asked(on=street.south, is_public=False)
    services.match_now(street.street, by=street.hub_manager)
    client = as_(street.manager)
    html = client.get("/matching/packages/").content.decode()
    assert (html.count(f'id="{mine.number}"'), html.count(f'id="{other.number}"')) == (1, 1)  # the community has taken both
    firm = as_(street.firm_manager)
    assert firm.get("/matching/packages/").content.decode().count("/matching/packages/need/") == 0
    assert firm.post("/matching/packages/calculate/", {"place": street.street.pk}).status_code == 403
    assert firm.get(f"/matching/packages/need/{other.number}/").status_code == 404
    assert as_(street.resident).get("/matching/packages/").status_code == 403


def test_chosen_needs_are_calculated_at_once(street, as_):
    chosen = [street.asked(), street.asked("收音机不响了。")]
    answer = as_(street.hub_manager).get("/matching/packages/", {"need": [need.number for need in chosen]})
    assert answer.content.decode().count("/matching/packages/need/") == 2
    ticked = {"what": "packages", "ids": [chosen[0].pk]}
    assert as_(street.hub_manager).post("/needs/inbox/selected/", ticked).headers["Location"] == f"/matching/packages/?need={chosen[0].number}"


def test_the_missing_piece_is_named_and_asked_for_from_the_page_of_the_need(street, as_, django_assert_max_num_queries):
    services.set_resource_state(street.engineers, state="paused", by=street.firm_manager)
    need = street.asked()
    client = as_(street.hub_manager)
    with django_assert_max_num_queries(25):
        page = client.get(f"/matching/packages/need/{need.number}/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert page.count("小家电维修 4 小时") == 1
    assert client.post(f"/matching/packages/need/{need.number}/ask/").status_code == 303
    assert PieceCall.objects.get().organization == street.enterprise
    firm = as_(street.firm_manager)
    assert firm.get("/matching/resources/").content.decode().count(need.title) == 1
    assert firm.get(f"/o/{street.enterprise.slug}/").content.decode().count("：只差一样，我们有吗？") == 1


def test_a_package_that_is_gone_makes_no_project(street, as_):
    need = street.asked()
    client = as_(street.hub_manager)
    assert client.post(f"/matching/packages/need/{need.number}/project/", {"package": "1-2-3"}).status_code == 303
    assert Project.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_in_a_browser_without_script_from_the_need_to_a_project(served, client, live_server):
    street = Street()
    need = street.asked()
    page = served(javascript=False)
    sign_in(page, client, street.hub_manager.account, live_server)
    page.goto(f"/needs/{need.number}/desk/")
    page.click(f"a[href='/matching/packages/need/{need.number}/']")
    page.click("main form[action$='/project/'] button")
    page.wait_for_url("**/projects/P*/")
    assert Project.objects.get().pledges.count() == 5
