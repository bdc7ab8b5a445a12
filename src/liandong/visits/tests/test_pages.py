"""Every page of visits: opens for whom it is for, does not exist or says no for others, keeps its number of queries."""

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from liandong.needs.models import Need
from liandong.organizations.permissions import forget_grants
from liandong.visits import services
from liandong.visits.models import FollowUp, Visit, VisitPlan
from liandong.visits.tests.factories import NOTES, days

PHONE, DESK = 12, 25


def url(name, *arguments):
    return reverse(f"visits:{name}", args=arguments)


def queries_of(client, path, django_assert_max_num_queries, most):
    with django_assert_max_num_queries(most) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured), response


@pytest.mark.parametrize("name", ["list", "plan", "follow_ups"])
def test_a_list_asks_as_many_queries_for_three_as_for_one(as_, town, name, django_assert_max_num_queries):
    client = as_(town.worker)
    town.plan()
    town.done(promises=(services.Promise("下周送资料", days(7)),))
    one, _page = queries_of(client, url(name), django_assert_max_num_queries, DESK)
    for person in ("钱奶奶", "孙奶奶"):
        town.plan(organization=None, name=person, place="1 号楼")
        town.done(town.home(), promises=(services.Promise("换灯泡", days(3)),))
    three, _page = queries_of(client, url(name), django_assert_max_num_queries, DESK)
    assert three == one


def test_the_page_of_a_visit_keeps_its_budget(as_, town, django_assert_max_num_queries):
    visit = town.done(promises=(services.Promise("下周送资料", days(7)),))
    _count, page = queries_of(as_(town.worker), url("visit", visit.number), django_assert_max_num_queries, DESK)
    assert "共享微波炉" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status", "reads"),
    [
        ("worker", 200, True),
        ("manager", 200, True),
        ("hub_manager", 200, True),
        ("hub_staff", 200, False),
        ("observer", 200, False),
        ("boss", 200, False),
        ("other_worker", 404, False),
        ("agency_manager", 404, False),
        ("firm_manager", 404, False),
        ("resident", 404, False),
    ],
)
def test_notes_are_read_by_those_who_visit_and_the_hubs_manager_only(as_, town, who, status, reads):
    visit = town.done(promises=(services.Promise("下周送资料", days(7)),))
    response = as_(getattr(town, who)).get(url("visit", visit.number))
    page = response.content.decode()
    assert (response.status_code, "共享微波炉" in page) == (status, reads)
    if status == 200:
        assert "下周送资料" in page


def test_the_visited_person_sees_the_promise_not_the_notes_nor_a_draft(as_, town):
    visit = town.done(
        town.visit(organization=None, person=town.resident),
        notes="王秀兰看着瘦了，儿子好久没来。",
        promises=(services.Promise("送一副老花镜", days(5)),),
    )
    client = as_(town.resident)
    pages = [client.get(url("list")).content.decode(), client.get(url("visit", visit.number)).content.decode()]
    assert [("老花镜" in page, "儿子" in page) for page in pages] == [(True, False), (True, False)]
    waiting = town.visit(organization=None, person=town.resident)
    services.save_draft(waiting, words="草稿里的话", by=town.worker)
    assert "草稿里的话" not in client.get(url("visit", waiting.number)).content.decode()


def test_a_home_is_masked_for_those_who_only_see_that_it_was_visited(as_, town):
    visit = town.done(town.home())
    page = as_(town.observer).get(url("visit", visit.number)).content.decode()
    assert ("赵奶奶" in page, "楼 402" in page) == (False, False)
    assert "赵奶奶" in as_(town.worker).get(url("visit", visit.number)).content.decode()
    assert len(as_(town.observer).get(url("list") + "?q=赵奶奶").context["page"]) == 0
    assert len(as_(town.worker).get(url("list") + "?q=赵奶奶").context["page"]) == 1


def test_a_worker_in_the_doorway_writes_saves_and_makes_needs(as_, town):
    client = as_(town.worker)
    values = {"host": town.community.pk, "organization": town.firm.pk, "planned_date": str(days(0)), "handler": town.worker.pk, "then": "write"}
    sent = client.post(url("new"), values)
    visit = Visit.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (303, url("finish", visit.number))
    assert client.post(url("draft", visit.number), {"notes": "刚进门"}).content.decode().strip() == "10:00 已存"
    assert client.get(url("finish", visit.number)).context["form"].initial["notes"] == "刚进门"
    assert client.post(url("finish", visit.number), {"notes": ""}).status_code == 422
    form = {
        "notes": NOTES,
        "visited_on": str(days(0)),
        "visitors": [town.worker.pk],
        "p1-words": "下周送联谊方案",
        "p1-due_date": str(days(7)),
        "p1-handler": town.worker.pk,
    }
    assert client.post(url("finish", visit.number), form).status_code == 303
    rows = client.get(url("visit", visit.number)).context["rows"]
    assert "微波炉" in rows[0][0].words
    part, _form = rows[0]
    prefix = f"s{part.start}"
    ticked = {
        f"{prefix}-pick": "on",
        f"{prefix}-title": "共享微波炉",
        f"{prefix}-category": "staff",
        f"{prefix}-segment": "small_firm",
        f"{prefix}-territory": town.north.pk,
    }
    for other, _form in rows[1:]:
        ticked |= {f"s{other.start}-category": "other", f"s{other.start}-territory": town.north.pk}
    assert client.post(url("make_needs", visit.number), ticked).status_code == 422
    assert client.post(url("make_needs", visit.number), {**ticked, "consent": "on", "is_public": "on"}).status_code == 303
    need = Need.objects.get()
    assert (need.title, need.source, need.segment, need.asker_organization, need.words) == (
        "共享微波炉",
        "visit",
        "small_firm",
        town.firm,
        part.words,
    )
    page = client.get(reverse("needs:need", args=[need.number])).content.decode()
    assert url("visit", visit.number) in page
    assert url("visit", visit.number) not in as_(town.resident).get(reverse("needs:need", args=[need.number])).content.decode()


def test_writing_later_keeps_the_draft(as_, town):
    visit, client = town.visit(), as_(town.worker)
    assert client.post(url("finish", visit.number), {"notes": "写到一半", "save": "draft"}).status_code == 303
    assert "写到一半" in client.get(url("finish", visit.number)).content.decode()
    visit.refresh_from_db()
    assert visit.state == "planned"


def test_correcting_moving_and_calling_off_by_the_pages(as_, town):
    visit, client = town.done(), as_(town.manager)
    assert client.post(url("correct", visit.number), {"notes": NOTES + "补充一句。"}).status_code == 303
    assert client.get(url("visit", visit.number)).context["earlier"][0].words == NOTES
    other = town.visit()
    assert client.post(url("move", other.number), {"planned_date": str(days(3))}).status_code == 303
    assert client.post(url("cancel", other.number), {"reason": ""}).status_code == 422
    assert client.post(url("cancel", other.number), {"reason": "公司搬家"}).status_code == 303
    assert client.post(url("promise", visit.number), {"words": "送宣传册", "due_date": str(days(2))}).status_code == 303
    follow_up = FollowUp.objects.get()
    assert client.post(url("finish_follow_up", follow_up.pk), {"result": "送到了"}).status_code == 303
    follow_up.refresh_from_db()
    assert follow_up.result == "送到了"


@pytest.mark.parametrize("name", ["finish", "correct"])
def test_those_who_only_see_a_visit_do_not_write(as_, town, name):
    visit = town.visit()
    assert as_(town.boss).get(url(name, visit.number)).status_code == 403
    assert as_(town.agency_manager).get(url(name, visit.number)).status_code == 404
    for action in ("cancel", "move", "promise", "make_needs", "draft"):
        assert as_(town.boss).post(url(action, visit.number)).status_code == 403


def test_a_home_and_a_registered_person_can_be_visited(as_, town):
    client = as_(town.manager)
    base = {"host": town.community.pk, "planned_date": str(days(1)), "then": "plan"}
    assert client.post(url("new") + "?whom=home", {**base, "name": "赵奶奶", "territory": town.north.pk}).status_code == 422
    assert client.post(url("new") + "?whom=home", {**base, "name": "赵奶奶", "territory": town.north.pk, "place": "3 号楼"}).status_code == 303
    assert client.post(url("new") + "?whom=person", {**base, "number": "L0000000", "territory": ""}).status_code == 422


def test_the_plan_by_week_and_several_at_once(as_, town):
    client = as_(town.worker)
    assert [group[1] for group in client.get(url("plan")).context["groups"]] == [1]
    assert list(client.get(url("plan_several") + "?segment=small_firm").context["page"]) == [town.firm]
    assert list(client.get(url("plan_several") + "?segment=large_firm").context["page"]) == []
    values = {"host": town.community.slug, "segment": "small_firm", "span": "year", "every_weeks": "52", "from_date": str(days(5))}
    assert client.post(url("plan_several"), values).status_code == 422
    assert client.post(url("plan_several"), {**values, "ids": [town.firm.pk]}).status_code == 303
    plan = VisitPlan.objects.get()
    assert (plan.visited_organization, plan.every_weeks, plan.from_date) == (town.firm, 52, days(5))
    assert client.get(url("plan_edit", plan.pk)).status_code == 200
    assert client.get(url("new") + f"?plan={plan.pk}").status_code == 200
    assert client.post(url("new") + f"?plan={plan.pk}", {"planned_date": str(days(5)), "then": "plan"}).status_code == 303
    assert client.post(url("plan_edit", plan.pk), {"every_weeks": "8", "from_date": str(days(5))}).status_code == 303
    assert client.post(url("end_plan", plan.pk)).status_code == 303
    assert as_(town.agency_manager).get(url("plan_edit", plan.pk)).status_code == 404
    assert as_(town.observer).get(url("plan")).status_code == 403
    forget_grants(town.observer)


def test_the_file_holds_notes_only_with_the_right_and_for_who_may_read_them(as_, town):
    town.done(promises=(services.Promise("下周送资料"),))
    assert as_(town.worker).get(url("export")).status_code == 403

    def text(person, query=""):
        response = as_(person).get(url("export") + query)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
        return " ".join(str(cell) for row in sheet.to_python() for cell in row)

    assert [
        ("微波炉" in each, "清禾电子" in each, "下周送资料" in each)
        for each in (text(town.manager), text(town.manager, "?notes=1"), text(town.hub_staff, "?notes=1"))
    ] == [
        (False, True, True),
        (True, True, True),
        (False, True, True),
    ]


def test_the_page_of_a_body_shows_its_visits_to_those_who_may_see_them(as_, client, town):
    visit = town.done()
    page = reverse("organizations:organization", args=[town.firm.slug])
    assert url("visit", visit.number) not in client.get(page).content.decode()
    assert url("visit", visit.number) in as_(town.worker).get(page).content.decode()
    assert url("visit", visit.number) in as_(town.boss).get(page).content.decode()
    assert url("visit", visit.number) not in as_(town.agency_manager).get(page).content.decode()


def test_unknown_filters_and_numbers_break_nothing(as_, town):
    town.visit()
    client = as_(town.worker)
    assert client.get(url("list") + "?state=x&scope=y&kind=z&q=%00&page=99").status_code == 200
    assert client.get(url("plan") + "?host=nobody").status_code == 200
    assert client.get(url("new") + "?plan=²").status_code == 404
    assert client.get(url("visit", "V0000000")).status_code == 404
    assert client.get(url("plan_several") + "?span=x&segment=y&host=z").status_code == 200
