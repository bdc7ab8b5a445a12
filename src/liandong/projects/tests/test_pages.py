"""Every page: opens for whom it is for, does not exist or says no for others, keeps its number of queries."""

import pytest
from django.urls import reverse

from liandong.activities.models import Activity
from liandong.core import clock as core_clock
from liandong.needs import services as needs
from liandong.projects import services
from liandong.projects.models import Pledge, Project
from liandong.projects.tests import factories

PHONE, DESK = 12, 25


def url(name, thing=None):
    key = getattr(thing, "number", None) or getattr(thing, "pk", None)
    return reverse(f"projects:{name}", args=[key] if thing is not None else [])


def activity(project, **fields):
    return Activity.objects.create(
        title="小家电义诊", host=project.lead, territory=project.territory, project=project, created_at=core_clock.now(), **fields
    )


def test_a_stranger_reads_who_brings_what_but_not_what_is_still_asked(client, town, django_assert_max_num_queries):
    project = factories.running(town, budget_fen=320_000)
    services.add_pledge(project, organization=town.other_community, kind="goods", words="借十张桌子", by=town.agency_manager)
    activity(project, state="published"), activity(project, state="draft")
    with django_assert_max_num_queries(PHONE):
        response = client.get(url("project", project))
    page = response.content.decode()
    assert [name for name, _what, _icon in response.context["hosts"]] == ["北郎东社区居委会", "暖邻社工事务所", "禾木科技"]
    assert ("借十张桌子" in page, "3,200" in page, len(response.context["activities"])) == (False, True, 1)
    assert client.get(url("project", factories.project(town))).status_code == 404


def test_a_need_that_is_not_public_does_not_show_through_its_project(client, as_, town):
    project = factories.running(town, needs=[town.need("不想公开的事情", is_public=False), town.need()], by=town.hub_manager)
    assert [need.title for need in client.get(url("project", project)).context["needs"]] == ["电饭煲坏了，扔了可惜，找不到人修"]
    assert len(as_(town.worker).get(url("project", project)).context["needs"]) == 2


@pytest.mark.parametrize("role", [None, "agency_manager"])
def test_the_list_asks_as_many_queries_for_three_as_for_one(client, as_, town, role, django_assert_max_num_queries):
    client = as_(getattr(town, role)) if role else client
    counts = []
    client.get(url("list"))
    for _round in range(3):
        project = factories.running(town, needs=[town.need()])
        services.add_milestone(project, name="第一步", due_date=core_clock.today(), by=town.agency_manager)
        with django_assert_max_num_queries(DESK if role else PHONE) as captured:
            assert client.get(url("list")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_the_list_searches_and_filters(as_, town):
    project = factories.project(town, name="骑手歇脚点")
    factories.running(town)
    client = as_(town.agency_manager)
    assert list(client.get(url("list") + "?q=歇脚").context["page"]) == [project]
    assert list(client.get(url("list") + "?state=draft").context["page"]) == [project]
    assert list(client.get(url("list") + "?q=北极").context["page"]) == []


def test_a_project_on_the_desk_within_the_budget(as_, town, django_assert_max_num_queries):
    project = factories.running(town, needs=[town.need(), town.need("收音机坏了没处修")])
    activity(project, state="published")
    client = as_(town.agency_manager)
    with django_assert_max_num_queries(DESK):
        assert client.get(url("project", project)).status_code == 200


def test_what_is_missing_is_shown_by_name(as_, town):
    project = factories.project(town)
    place, _plan, hours = factories.pledges(town, project)
    services.decline_pledge(hours, words="排不开", by=town.firm_manager)
    services.agree_pledge(place, by=town.manager)
    missing = as_(town.agency_manager).get(url("project", project)).context["missing"]
    assert [(str(piece.kind), piece.words) for piece in missing] == [("方案", "暖邻社工事务所还没回话"), ("人手", "禾木科技谢绝了，请再找一家")]


def test_a_new_project_is_filled_in_from_its_needs(as_, town):
    first, second = town.need(people_count=3), town.need("收音机坏了，请打 13812345678", people_count=2, on=town.south)
    done = needs.finish_need(
        needs.claim_need(town.need("已经办好的事"), organization=town.agency, by=town.agency_manager), words="好了", by=town.agency_manager
    )
    client = as_(town.agency_manager)
    query = f"?need={first.number}&need={second.number}&need={done.number}"
    page = client.get(url("new") + query)
    initial = page.context["form"].initial
    assert (initial["name"], initial["lead"], page.context["needs"]) == (first.title, town.agency, [first, second])
    assert initial["goal"].splitlines() == ["电饭煲坏了，扔了可惜，找不到人修。", "收音机坏了，请打 138****5678", "大约 5 人需要。"]
    values = {
        "name": "小家电义诊",
        "lead": town.agency.pk,
        "goal": "修好",
        "category": "culture",
        "budget_fen": "3200.50",
        "need": [first.number, second.number],
    }
    assert client.post(url("new"), values).status_code == 303
    project = Project.objects.get()
    assert (project.territory, project.budget_fen, project.need_links.count()) == (town.street, 320_050, 2)


def test_a_wrong_new_project_keeps_what_was_typed(as_, town):
    need = town.need()
    values = {
        "name": "",
        "lead": town.community.pk,
        "category": "culture",
        "starts_date": "2026-07-02",
        "ends_date": "2026-07-01",
        "need": [need.number],
    }
    response = as_(town.agency_manager).post(url("new"), values)
    assert (response.status_code, set(response.context["form"].errors), response.context["needs"]) == (422, {"name", "lead", "ends_date"}, [need])


def test_setting_up_is_for_those_with_the_right(as_, town):
    assert as_(town.resident).get(url("new")).status_code == 403
    assert as_(town.observer).get(url("new")).status_code == 403


def test_editing_with_an_old_version_is_a_conflict_that_shows_both(as_, town):
    project = factories.project(town)
    client = as_(town.agency_manager)
    form = client.get(url("edit", project)).context["form"]
    values = {
        "name": "新名字",
        "goal": project.goal,
        "category": project.category,
        "manager": project.manager.pk,
        "budget_fen": "0",
        "spent_fen": "0",
        "version": form.initial["version"],
    }
    assert client.post(url("edit", project), values).status_code == 303
    response = client.post(url("edit", project), {**values, "name": "更新的名字"})
    assert response.status_code == 409
    assert ("新名字" in response.content.decode(), "更新的名字" in response.content.decode()) == (True, True)


def test_the_way_from_draft_to_done_through_the_pages(as_, town):
    project = factories.project(town)
    agency = town.agency_manager
    for kind, body, person in (("place", town.community, town.manager), ("plan", town.agency, agency), ("hours", town.enterprise, town.firm_manager)):
        assert as_(agency).post(url("add_pledge", project), {"organization": body.pk, "kind": kind, "words": "出一份力"}).status_code == 303
        assert as_(person).post(url("agree_pledge", Pledge.objects.get(kind=kind)), {}).status_code == 303
    assert as_(agency).post(url("propose", project)).status_code == 303
    assert as_(agency).post(url("approve", project)).status_code == 403
    assert as_(town.hub_manager).post(url("approve", project)).status_code == 303
    assert as_(agency).post(url("add_milestone", project), {"name": "第一步", "due_date": "2026-06-30"}).status_code == 303
    assert as_(agency).post(url("finish_milestone", project.milestones.get()), {"done_date": "", "proof": "照片"}).status_code == 303
    assert as_(agency).post(url("keep_pledge", Pledge.objects.get(kind="place")), {"kept": "yes"}).status_code == 303
    assert as_(agency).post(url("finish", project), {"words": "", "spent_fen": "x"}).status_code == 422
    assert as_(agency).post(url("finish", project), {"words": "修好 41 件", "spent_fen": "2846"}).status_code == 303
    project.refresh_from_db()
    assert (project.state, project.spent_fen, project.need_links.get().need.state) == ("done", 284_600, "done")


def test_a_step_that_cannot_be_taken_says_why(as_, town):
    project = factories.project(town)
    response = as_(town.agency_manager).post(url("propose", project), follow=True)
    assert "还没有请谁出：场地，方案，人手。" in response.content.decode()


@pytest.mark.parametrize(("name", "wrong"), [("add_pledge", {"kind": "place"}), ("add_milestone", {"name": "步"}), ("cancel", {"reason": ""})])
def test_a_wrong_form_comes_back_on_the_page(as_, town, name, wrong):
    response = as_(town.agency_manager).post(url(name, factories.project(town)), wrong)
    assert response.status_code == 422
    assert response.context["form"].errors


def test_verbs_on_a_project_one_does_not_see_do_not_exist(as_, town):
    project = factories.project(town)
    pledge, *_others = factories.pledges(town, project)
    client = as_(town.other_worker)
    for name, thing in (("propose", project), ("cancel", project), ("edit", project), ("agree_pledge", pledge), ("keep_pledge", pledge)):
        assert client.post(url(name, thing)).status_code == 404
