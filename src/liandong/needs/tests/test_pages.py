"""Every page: opens for whom it is for, does not exist or says no for others, keeps its number of queries."""

import pytest
from django.urls import reverse

from liandong.needs import services
from liandong.needs.models import Need
from liandong.projects.tests import factories as projects

PHONE, DESK = 12, 25


def url(name, need=None, **query):
    path = reverse(f"needs:{name}", args=[need.number] if need is not None else [])
    return path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def queries_of(client, path, django_assert_max_num_queries, most):
    with django_assert_max_num_queries(most) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured), response


# Reading


def test_anybody_reads_the_list_without_names_and_hidden_needs(client, town):
    town.need(), town.need("楼道灯坏了，晚上看不清台阶", is_public=False)
    page = client.get(url("list")).content.decode()
    assert ("电饭煲坏了" in page, "王*兰" in page, "王秀兰" in page, "楼道灯" in page) == (True, True, False, False)


def test_the_list_searches_and_filters(client, town):
    town.need(), town.need("楼道扶手松动，老人不敢下楼")
    found = client.get(url("list", q="扶手")).context["page"].object_list
    assert [need.title for need in found] == ["楼道扶手松动，老人不敢下楼"]
    assert len(client.get(url("list", state="done")).context["page"]) == 0
    assert len(client.get(url("list", category="culture")).context["page"]) == 1


@pytest.mark.parametrize("name", ["list", "mine", "inbox"])
def test_a_list_asks_as_many_queries_for_three_as_for_one(as_, town, name, django_assert_max_num_queries):
    person = town.hub_staff if name == "inbox" else town.resident
    client, most = as_(person), DESK if name == "inbox" else PHONE
    services.claim_need(town.need(), organization=town.community, by=town.worker)
    one, _page = queries_of(client, url(name), django_assert_max_num_queries, most)
    for words in ("楼道灯坏了看不清", "想学手机挂号"):
        services.claim_need(town.need(words), organization=town.agency, by=town.agency_manager)
    three, _page = queries_of(client, url(name), django_assert_max_num_queries, most)
    assert three == one


def test_a_stranger_reads_a_public_need_masked_and_no_other(client, town, django_assert_max_num_queries):
    need = town.need("收音机坏了，请打 13812345678 找我", contact_phone="13812345678", contact_name="王秀兰", place="3 号楼 402")
    _count, response = queries_of(client, url("need", need), django_assert_max_num_queries, PHONE)
    page = response.content.decode()
    assert ("138****5678" in page, "13812345678" in page, "王秀兰" in page, "楼 402" in page) == (True, False, False, False)
    hidden = town.need("不公开的事情一件", is_public=False)
    assert client.get(url("need", hidden)).status_code == 404


def test_a_need_that_is_not_public_is_counted_but_not_named_beside_another(client, town):
    need, hidden = town.need(), town.need("不想让人知道的事", is_public=False)
    projects.running(town, needs=[need, hidden], by=town.hub_manager)
    response = client.get(url("need", need))
    assert (response.context["journey"].figures[1].value, "不想让人知道" in response.content.decode()) == (2, False)


def test_the_asker_reads_every_step_within_the_budget(as_, town, django_assert_max_num_queries):
    need, other = town.need(), town.need("家电坏了没处修", by=town.neighbour)
    joined = town.need("电扇坏了", by=town.neighbour)
    services.answer_need(need, words="周六有师傅来。", by=town.worker)
    services.merge_need(joined, into=need, by=town.hub_staff)
    projects.running(town, needs=[need, other])
    _count, response = queries_of(as_(town.resident), url("need", need), django_assert_max_num_queries, PHONE)
    journey = response.context["journey"]
    assert [step.title for step in journey.steps] == ["提出", "有人接了", "找到一样的心愿", "三方对上了", "立项", "去办", "问问办成了没有"]
    assert [figure.value for figure in journey.figures] == [0, 3, 0]


# Asking


DRAFT = {"words": "楼道灯坏了，晚上看不清台阶。", "people_count": "30", "wanted_time": ["evenings", "soon"]}


def test_four_fields_check_and_send(as_, town):
    client = as_(town.resident)
    form = client.get(url("submit")).context["form"]
    assert list(form.fields) == ["words", "territory", "wanted_time", "people_count", "is_wish"]
    assert client.post(url("submit"), {**DRAFT, "territory": town.north.pk}).headers["Location"] == url("check")
    check = client.get(url("check"))
    assert check.context["form"].initial == {"title": "楼道灯坏了，晚上看不清台阶", "category": "order", "is_public": True}
    answer = {"title": "楼道灯坏了", "category": "order", "is_public": "on"}
    sent = client.post(url("check"), answer)
    need = Need.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (303, url("submitted", need))
    assert (need.title, need.wanted_time, need.people_count, need.asker) == ("楼道灯坏了", "evenings,soon", 30, town.resident)
    assert client.get(url("submitted", need)).status_code == 200
    again = client.post(url("check"), answer)
    assert (again.headers["Location"], Need.objects.count()) == (url("submitted", need), 1)


def test_what_a_stranger_typed_is_there_after_the_sign_in(client, town):
    assert client.post(url("submit"), {**DRAFT, "territory": town.north.pk}).headers["Location"] == url("check")
    assert client.get(url("check")).status_code == 302
    client.force_login(town.resident.account)
    assert client.get(url("check")).context["values"]["words"] == DRAFT["words"]


def test_a_wrong_form_keeps_what_was_typed(as_, town):
    response = as_(town.resident).post(url("submit"), {"words": "灯", "people_count": "0", "territory": ""})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"words", "people_count", "territory"}
    assert 'name="people_count" value="0"' in response.content.decode()


def test_the_place_is_prefilled_from_the_last_need(as_, town):
    town.need(on=town.south)
    assert as_(town.resident).get(url("submit")).context["form"].initial["territory"] == town.south


def test_staff_ask_for_an_elder_who_agreed(as_, town):
    client = as_(town.worker)
    values = {**DRAFT, "territory": town.north.pk, "asker_name": "张桂兰", "asker_phone": "138 1111 2222"}
    assert set(client.post(url("submit", whom="person"), values).context["form"].errors) == {"consent"}
    client.post(url("submit", whom="person"), {**values, "consent": "on"})
    client.post(url("check"), {"title": "楼道灯坏了", "category": "order"})
    need = Need.objects.get()
    assert (need.asker.name, need.asker.phone, need.submitted_by, need.is_public) == ("张桂兰", "13811112222", town.worker, False)


def test_a_neighbour_asks_for_another_without_registering_them(as_, town):
    client = as_(town.neighbour)
    client.post(url("submit", whom="person"), {**DRAFT, "territory": town.north.pk, "asker_name": "张桂兰", "asker_phone": "", "consent": "on"})
    client.post(url("check"), {"title": "楼道灯坏了", "category": "order"})
    need = Need.objects.get()
    assert (need.asker, need.asker_name, need.masked_asker) == (None, "张桂兰", "张*兰")


def test_only_staff_are_offered_to_ask_for_a_body(as_, town):
    assert [link.label for link in as_(town.resident).get(url("submit")).context["whom_links"]] == ["给自己", "替别人"]
    assert len(as_(town.firm_manager).get(url("submit")).context["whom_links"]) == 3


def test_similar_needs_are_shown_before_sending(as_, town):
    other = town.need("楼道灯坏了，晚上看不清，摔过一跤", by=town.neighbour)
    client = as_(town.resident)
    client.post(url("submit"), {**DRAFT, "territory": town.north.pk})
    assert client.get(url("check")).context["alike"] == [other]


def test_words_of_danger_bring_the_hotlines(as_, town):
    client = as_(town.resident)
    client.post(url("submit"), {"words": "隔壁有人被打，天天哭。", "territory": town.north.pk})
    assert "12356" in client.get(url("check")).content.decode()


# The last word


def finished(town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    return services.finish_need(need, words="修好了", by=town.worker)


def test_the_asker_confirms(as_, town):
    need = finished(town)
    client = as_(town.resident)
    assert client.get(url("need", need)).context["can_confirm"]
    assert client.post(url("confirm", need), {"words": "谢谢师傅"}).status_code == 303
    need.refresh_from_db()
    assert (need.state, need.asker_words) == ("confirmed", "谢谢师傅")


def test_not_yet_asks_what_is_missing(as_, town):
    need = finished(town)
    client = as_(town.resident)
    assert client.post(url("reopen", need), {"words": ""}).status_code == 422
    assert client.post(url("reopen", need), {"words": "还差一台"}).status_code == 303
    need.refresh_from_db()
    assert need.state == "claimed"


def test_others_have_no_last_word(as_, town):
    need = finished(town)
    client = as_(town.neighbour)
    assert client.post(url("confirm", need)).status_code == 403
    assert client.get(url("reopen", need)).status_code == 403
    assert client.get(url("object", need)).status_code == 403
    assert client.post(url("withdraw", need)).status_code == 403


def test_the_asker_says_which_step_is_wrong(as_, town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    client = as_(town.resident)
    assert set(client.post(url("object", need), {}).context["form"].errors) == {"step", "words"}
    assert client.post(url("object", need), {"step": "people", "words": "来的不是李敏"}).status_code == 303
    assert "来的不是李敏" in client.get(url("need", need)).content.decode()


# The desk


def test_the_inbox_is_for_staff(as_, town):
    assert as_(town.resident).get(url("inbox")).status_code == 403
    assert as_(town.worker).get(url("inbox")).status_code == 200


def test_the_inbox_puts_what_waits_longest_on_top(as_, town, clock):
    first = town.need()
    clock.advance(days=1)
    second = town.need("楼道灯坏了看不清")
    clock.advance(days=6)
    third = town.need("想学手机挂号")
    services.answer_need(first, words="在办", by=town.worker)
    page = as_(town.worker).get(url("inbox"))
    assert list(page.context["page"]) == [second, third, first]
    assert page.context["counts"] == {"overdue": 1, "unanswered": 2, "waiting": 3, "in_hand": 0, "done": 0, "total": 3}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"clock": "overdue"}, {"灯"}),
        ({"clock": "waiting"}, {"灯", "机"}),
        ({"state": "in_hand"}, {"饭"}),
        ({"assignee": "me"}, {"饭"}),
        ({"assignee": "ours"}, {"饭"}),
        ({"assignee": "nobody"}, {"灯", "机"}),
        ({"category": "elders"}, {"机"}),
        ({"q": "挂号"}, {"机"}),
        ({"state": "nonsense", "clock": "nonsense", "category": "nonsense"}, {"饭", "灯", "机"}),
    ],
)
def test_filters_narrow_and_stay_in_the_address(as_, town, clock, query, titles):
    words = {"饭": "电饭煲坏了没处修", "灯": "楼道灯坏了看不清", "机": "老人想学手机挂号"}
    needs = {}
    for key in ("灯", "饭", "机"):
        needs[key] = town.need(words[key])
        clock.advance(days=3, hours=4)
    services.answer_need(services.claim_need(needs["饭"], organization=town.community, by=town.worker), words="在办", by=town.worker)
    page = as_(town.worker).get(url("inbox", **query))
    assert {key for key in needs if needs[key] in page.context["page"].object_list} == titles
    for key, value in query.items():
        assert f"{key}={value}" in page.context["categories"][-1].href or key in ("category", "q")


def test_ticked_needs_are_accepted_or_become_a_project(as_, town):
    first, second = town.need(), town.need("楼道灯坏了看不清")
    client = as_(town.hub_staff)
    ids = [first.pk, second.pk]
    there = client.post(url("selected"), {"ids": ids, "what": "project"}).headers["Location"]
    assert there == f"{reverse('projects:new')}?need={first.number}&need={second.number}"
    client.post(url("selected"), {"ids": ids, "what": "accept"})
    assert set(Need.objects.values_list("state", flat=True)) == {"accepted"}


def test_a_need_on_the_desk_within_the_budget(as_, town, django_assert_max_num_queries):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    town.need("电饭煲坏了，想找人修")
    services.answer_need(need, words="正在找师傅", by=town.worker)
    _count, response = queries_of(as_(town.manager), url("desk", need), django_assert_max_num_queries, DESK)
    assert [action["name"] for action in response.context["actions"]] == ["match", "answer", "done", "merge", "accept", "release", "decline"]


def test_a_desk_of_a_need_out_of_scope_does_not_exist(as_, town):
    need = town.need(is_public=False)
    taken = services.claim_need(town.need("已有人接的需求"), organization=town.community, by=town.worker)
    for person in (town.resident, town.other_worker, town.firm_manager):
        assert as_(person).get(url("desk", need)).status_code == 404
        assert as_(person).get(url("desk", taken)).status_code == 404


def test_a_body_finds_and_takes_over_an_open_need(as_, town):
    need = town.need()
    client = as_(town.agency_manager)
    assert [action["name"] for action in client.get(url("desk", need)).context["actions"]] == ["claim"]
    assert client.post(url("claim", need), {"organization": town.community.pk}).status_code == 422
    assert client.post(url("claim", need), {"organization": town.agency.pk}).headers["Location"] == url("desk", need)
    need.refresh_from_db()
    assert need.claimed_by == town.agency


@pytest.mark.parametrize(
    ("name", "wrong", "right", "state"),
    [
        ("answer", {"words": ""}, {"words": "正在找师傅", "promised_date": "2026-06-20"}, "claimed"),
        ("match", {"words": "长" * 1001}, {"words": "师傅找到了"}, "matched"),
        ("decline", {"words": ""}, {"words": "归物业管"}, "declined"),
        ("release", {"words": ""}, {"words": "没有电工"}, "accepted"),
        ("done", {"words": ""}, {"words": "修好了"}, "done"),
        ("merge", {"into": "N2222222"}, None, "claimed"),
        ("accept", {"category": "nonsense", "urgency": "9"}, {"category": "elders", "urgency": "2"}, "claimed"),
    ],
)
def test_each_action_refuses_with_the_form_open_and_then_goes(as_, town, name, wrong, right, state):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    client = as_(town.worker)
    response = client.post(url(name, need), wrong)
    assert response.status_code == 422
    assert [action["name"] for action in response.context["actions"] if action["open"]] == [name]
    if right is not None:
        assert client.post(url(name, need), right).status_code == 303
    need.refresh_from_db()
    assert need.state == state


def test_staff_without_the_right_are_told_who_can_grant_it(as_, town):
    need = services.claim_need(town.need(), organization=town.community, by=town.worker)
    response = as_(town.observer).post(url("answer", need), {"words": "我来回答"})
    assert response.status_code == 403
    assert "北郎东社区居委会" in response.content.decode()


def test_the_contact_is_shown_once_for_a_reason(as_, town):
    need = town.need(contact_name="王秀兰", contact_phone="13800001234")
    client = as_(town.manager)
    assert client.post(url("reveal", need), {"reason": ""}).status_code == 422
    assert "13800001234" in client.post(url("reveal", need), {"reason": "约上门时间"}).content.decode()
    assert "13800001234" not in client.get(url("desk", need)).content.decode()
    assert as_(town.worker).post(url("reveal", need), {"reason": "约上门时间"}).status_code == 403
