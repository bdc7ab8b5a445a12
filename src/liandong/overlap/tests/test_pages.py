"""Every page: for whom it opens, what it says, what it never says, how many queries it asks."""

import pytest
from django.urls import reverse

from liandong.activities.models import Activity
from liandong.activities.tests import factories as activities
from liandong.overlap import queries, services
from liandong.overlap.models import BeneficiaryList, CoHosting, OverlapDecision
from liandong.overlap.tests import factories as make
from liandong.projects import services as projects

DESK = 25


def url(name, *arguments):
    return reverse(f"overlap:{name}", args=arguments)


def text(response):
    return response.content.decode()


def form_of(body, **more):
    return {"host": body.pk, "title": "免费测血压", "summary": "量完告诉您", "shifts-0-date": "2026-06-15", **more}


@pytest.fixture
def pair(street):
    return make.activity(street.community, state="draft"), make.activity(street.clinic, **make.SUGAR)


def test_the_check_page_says_who_else_does_it_and_offers_to_do_it_together(as_, street, pair, django_assert_max_num_queries):
    client = as_(street.manager)
    client.get(reverse("activities:check", args=[pair[0].code]))
    with django_assert_max_num_queries(DESK):
        page = text(client.get(reverse("activities:check", args=[pair[0].code])))
    assert [word in page for word in ("重叠提醒", "三高随手测", "北郎东卫生服务站", "提议联办", "同一天：6月15日")] == [True] * 5


def test_the_page_of_the_people_says_it_too_and_stays_within_its_queries(as_, street, pair, django_assert_max_num_queries):
    client, address = as_(street.manager), reverse("activities:manage", args=[pair[0].code])
    client.get(address)
    with django_assert_max_num_queries(DESK):
        page = text(client.get(address))
    assert "三高随手测" in page


def test_the_form_shows_it_while_it_is_written(as_, street, pair):
    client = as_(street.nurse)
    Activity.objects.filter(pk=pair[0].pk).update(state="published")
    part = text(client.post(url("look"), form_of(street.clinic)))
    assert ("家门口量血压" in part, "<html" in part) == (True, False)
    assert 'hx-post="/overlap/look/"' in text(client.get(reverse("activities:new")))


@pytest.mark.parametrize(
    "data", [{}, {"host": "x"}, {"host": 999_999}, {"shifts-0-date": "2026-13-45"}, {"title": ""}, {"venue": "\x00", "segment": "nobody"}]
)
def test_half_a_form_and_nonsense_say_nothing(as_, street, pair, data):
    values = form_of(street.community, **data) if data else {}
    assert as_(street.manager).post(url("look"), values).status_code == 200


def test_somebody_elses_body_is_not_asked_for(as_, street, pair):
    assert "三高" not in text(as_(street.teacher).post(url("look"), form_of(street.community)))


def test_the_draft_of_another_body_is_nowhere_in_the_answers(as_, street):
    secret = make.activity(street.clinic, state="draft", title="雪松计划量血压", summary="只有我们知道")
    mine = make.activity(street.community, state="draft")
    client = as_(street.manager)
    pages = [
        client.get(reverse("activities:check", args=[mine.code])),
        client.get(reverse("activities:manage", args=[mine.code])),
        client.post(url("look"), form_of(street.community)),
        client.get(url("list")),
        client.get(f"{url('propose')}?activity={mine.code}"),
        client.get(url("people", mine.code)),
    ]
    for page in pages:
        assert [word in text(page) for word in ("雪松", "只有我们", secret.code, "卫生服务站", secret.host.slug)] == [False] * 5
    assert "本街道有单位也在筹划类似的活动" in text(pages[0])
    assert client.get(f"{url('propose')}?activity={secret.code}").status_code == 404
    assert client.post(url("decide"), {"thing": queries.key_of(mine), "other": queries.key_of(secret), "kind": "different"}).status_code == 422
    assert client.post(url("decide"), {"thing": queries.key_of(secret), "other": queries.key_of(mine), "kind": "different"}).status_code == 404


def test_the_hub_is_asked_from_the_page(as_, street, pair, run_jobs):
    Activity.objects.filter(pk=pair[1].pk).update(state="draft")
    response = as_(street.manager).post(url("ask_hub"), {"thing": queries.key_of(pair[0]), "next": "/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(("who", "status"), [("hub_manager", 200), ("nurse", 200), ("manager", 200), ("resident", 403)])
def test_the_list_is_for_those_who_work_somewhere(as_, street, pair, who, status):
    assert as_(getattr(street, who)).get(url("list")).status_code == status


def test_the_hubs_list_has_one_alarm_for_three_bodies_and_decides_them_at_once(as_, street, django_assert_max_num_queries):
    rows = [
        make.activity(street.community),
        make.activity(street.clinic, **make.SUGAR),
        make.activity(street.agency_here, title="免费测血压", summary=""),
    ]
    client = as_(street.hub_manager)
    client.get(url("list"))
    with django_assert_max_num_queries(DESK):
        page = text(client.get(url("list")))
    assert "3 家单位都排了 6月15日（周一）到北郎东社区办“血压”" in page
    keys = [queries.key_of(row) for row in rows]
    assert client.post(url("decide"), {"thing": keys[0], "other": keys[1:], "kind": "different"}).status_code == 303
    assert OverlapDecision.objects.filter(organization=None).count() == 3
    assert "没有重叠" in text(client.get(url("list")))
    assert "不是一回事" in text(client.get(url("list") + "?show=settled"))


def test_one_tap_and_one_button_propose_it(as_, street, pair):
    client = as_(street.manager)
    page = client.get(f"{url('propose')}?activity={pair[0].code}")
    assert "三高随手测" in text(page)
    form = page.context["form"]
    response = client.post(f"{url('propose')}?activity={pair[0].code}", {**form.initial, "words": "一起吧"})
    row = CoHosting.objects.get()
    assert (response.status_code, row.partner, row.twin, row.hours_percent) == (303, street.clinic, pair[1], 50)
    assert "还没有" not in text(client.get(url("hostings")))


def test_shares_over_a_hundred_come_back_with_what_was_typed(as_, street, pair):
    client = as_(street.manager)
    address = f"{url('propose')}?activity={pair[0].code}"
    values = {**client.get(address).context["form"].initial, "hours_percent": 100, "people_percent": 100, "words": "一起吧"}
    assert client.post(address, values).status_code == 303
    CoHosting.objects.all().delete()
    response = client.post(address, {**values, "hours_percent": 130})
    assert (response.status_code, "一起吧" in text(response)) == (422, True)


def test_who_plans_the_same_asks_the_host_of_a_published_one_to_be_let_in(as_, street, pair):
    client = as_(street.manager)
    address = f"{url('propose')}?activity={pair[1].code}"
    response = client.post(address, client.get(address).context["form"].initial)
    assert (response.status_code, CoHosting.objects.get().invited) == (303, street.clinic)
    assert as_(street.teacher).get(address).status_code == 403


def proposed(street, pair):
    return services.propose_co_hosting(pair[0], partners=[(street.clinic, pair[1])], words="护士您出", by=street.manager)[0]


def test_the_asked_body_answers_on_the_page_and_others_do_not_find_it(as_, street, pair, django_assert_max_num_queries):
    row = proposed(street, pair)
    assert as_(street.teacher).get(url("hosting", row.pk)).status_code == 404
    assert "同意</" not in text(as_(street.manager).get(url("hosting", row.pk)))
    client = as_(street.nurse)
    client.get(url("hosting", row.pk))
    with django_assert_max_num_queries(DESK):
        assert "护士您出" in text(client.get(url("hosting", row.pk)))
    assert client.post(url("decline", row.pk), {"words": ""}).status_code == 422
    assert client.post(url("agree", row.pk), {"words": "好"}).status_code == 303
    page = text(client.get(url("hosting", row.pk)))
    assert ("取消这场，并到联办" in page, "50%" in page) == (True, True)
    assert client.post(url("call_off_twin", row.pk)).status_code == 303
    assert as_(street.manager).post(url("call_off_twin", row.pk)).status_code in (403, 422)


def test_the_joint_activity_names_all_its_hosts_and_the_other_shows_the_way_to_it(as_, client, street, pair):
    row = proposed(street, pair)
    services.agree(row, by=street.nurse)
    Activity.objects.filter(pk=pair[0].pk).update(state="published")
    page = text(client.get(reverse("activities:activity", args=[pair[0].code])))
    assert ("北郎东卫生服务站" in page, "一起主办" in page) == (True, True)
    services.call_off_twin(row, by=street.nurse)
    assert f"/activities/{pair[0].code}/" in text(client.get(reverse("activities:activity", args=[pair[1].code])))
    assert "联办：" in text(as_(street.manager).get(reverse("activities:share", args=[pair[0].code])))


def test_a_list_is_pasted_counted_and_deleted_and_no_page_repeats_a_name(as_, street, pair):
    client = as_(street.manager)
    pasted = "\n".join(f"王秀兰 138000{n:05}" for n in range(12))
    assert client.post(url("people", pair[0].code), {"source": "paste", "text": pasted}).status_code == 303
    response = client.get(url("people", pair[0].code))
    assert "12 人" in text(response)
    for page in (response, client.get(url("people", pair[0].code)), client.get(reverse("activities:check", args=[pair[0].code]))):
        assert ("王秀兰" in text(page), "138000" in text(page)) == (False, False)
    assert client.post(url("delete_people", pair[0].code)).status_code == 303
    assert BeneficiaryList.objects.count() == 0


def test_a_list_comes_from_a_file(as_, street, pair, tmp_path):
    from liandong.imports.tests.lists import workbook

    rows = [["姓名", "手机号"], *[[f"某{n}", 13800000000 + n] for n in range(15)]]
    path = workbook(tmp_path / "list.xlsx", {"名单": rows})
    with open(path, "rb") as file:
        response = as_(street.manager).post(url("people", pair[0].code), {"source": "file", "file": file})
    assert (response.status_code, BeneficiaryList.objects.get().people_count) == (303, 15)


def test_a_list_comes_from_those_who_signed_up(as_, street, pair):
    position = pair[0].shifts.get().positions.get()
    for number in range(12):
        activities.make_sign_up(position, person=activities.make_person(f"居民{number}", phone=f"137000000{number:02}"))
    assert as_(street.manager).post(url("people", pair[0].code), {"source": "signed_up"}).status_code == 303
    assert BeneficiaryList.objects.get().people_count == 12


@pytest.mark.parametrize(
    "values", [{"source": "paste", "text": ""}, {"source": "paste", "text": "王秀兰 13800000000"}, {"source": "file"}, {"source": "x"}]
)
def test_a_list_that_will_not_do_comes_back(as_, street, pair, values):
    assert as_(street.manager).post(url("people", pair[0].code), values).status_code == 422


def test_nobody_else_opens_the_list_of_an_activity(as_, street, pair):
    for who, status in (("nurse", 404), ("hub_manager", 403), ("resident", 404)):
        assert as_(getattr(street, who)).get(url("people", pair[0].code)).status_code == status


def test_a_project_says_that_money_may_be_spent_twice(as_, street):
    running = projects.create_project(name="量血压进社区", lead=street.clinic, territory=street.north, goal="", budget_fen=300_000, by=street.nurse)
    type(running).objects.filter(pk=running.pk).update(state="running")
    mine = projects.create_project(name="老街坊三高随手测", lead=street.agency, territory=street.north, goal="", by=street.agency_manager)
    page = text(as_(street.agency_manager).get(reverse("projects:project", args=[mine.number])))
    assert ("量血压进社区" in page, "3,000" in page) == (True, True)


def test_lists_ask_as_many_queries_for_three_as_for_one(as_, street, django_assert_max_num_queries):
    client, counts = as_(street.hub_manager), []
    client.get(url("hostings"))
    for turn in range(3):
        proposed(street, (make.activity(street.community, day=5 + turn), make.activity(street.clinic, day=5 + turn, **make.SUGAR)))
        with django_assert_max_num_queries(DESK) as captured:
            assert client.get(url("hostings")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]
