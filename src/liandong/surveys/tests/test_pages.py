"""Every page: opens for whom it is for, does not exist or says no for others, keeps its number of queries."""

import pytest
from django.urls import reverse

from liandong.core.errors import Refused
from liandong.surveys.models import Survey, SurveyResponse
from liandong.surveys.services import collecting, rounds
from liandong.surveys.tests import factories as make

PHONE, DESK = 12, 25
WORK = ["manage", "edit", "questions", "question", "print", "key_in", "results", "export", "collect", "collected", "file", "ask"]


def url(to, survey=None, /, *more, **query):
    path = reverse(f"surveys:{to}", args=[survey.number, *more] if survey is not None else [])
    return path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def address(name, survey):
    """A question is chosen by its name."""
    return url(name, survey, name="group") if name == "question" else url(name, survey)


def queries_of(client, path, django_assert_max_num_queries, most):
    client.get(path)
    with django_assert_max_num_queries(most) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return len(captured), response


@pytest.fixture
def filled(town):
    survey = make.survey(town, targets=[("elders", 20, 800), ("parents", 10, 400)])
    for number in range(7):
        make.respond(
            survey, group="elders" if number < 6 else "parents", hard=["meal"], happy=3, wish=f"希望楼道装扶手，{number} 号楼最急。谢谢你们。"
        )
    return survey


@pytest.mark.parametrize("name", WORK)
def test_a_page_of_the_desk_opens_within_its_budget(as_, town, filled, name, django_assert_max_num_queries):
    queries_of(as_(town.manager), address(name, filled), django_assert_max_num_queries, DESK)


@pytest.mark.parametrize("name", ["list", "survey", "thanks"])
def test_a_public_page_opens_for_strangers_within_its_budget(client, filled, name, django_assert_max_num_queries):
    _count, response = queries_of(client, url(name) if name == "list" else url(name, filled), django_assert_max_num_queries, PHONE)
    assert filled.title in response.content.decode()


@pytest.mark.parametrize("name", WORK)
def test_staff_of_another_place_find_nothing(as_, town, filled, name):
    assert as_(town.other_worker).get(url(name, filled)).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("manage", 200), ("results", 200), ("collect", 200), ("edit", 403), ("key_in", 403), ("ask", 403), ("export", 403)]
)
def test_an_observer_looks_and_does_nothing(as_, town, filled, name, status):
    assert as_(town.observer).get(url(name, filled)).status_code == status


def test_an_observer_can_neither_close_nor_collect(as_, town, filled):
    client = as_(town.observer)
    assert client.post(url("state", filled), {"to": "closed"}).status_code == 403
    assert client.post(url("collect_all", filled)).status_code == 403
    assert client.post(url("questions", filled), {"do": "remove:wish", "version": 1}).status_code == 403


@pytest.mark.parametrize("name", ["desk", "new", "upload"])
def test_the_desk_is_for_staff(as_, town, name):
    assert as_(town.resident).get(url(name)).status_code == 403


def test_the_hub_of_the_ground_does_everything(as_, town, filled):
    client = as_(town.hub_staff)
    assert [client.get(address(name, filled)).status_code for name in WORK] == [200] * len(WORK)


def test_the_list_asks_as_many_queries_for_three_as_for_one(as_, town, django_assert_max_num_queries):
    client = as_(town.worker)
    make.survey(town)
    one, _page = queries_of(client, url("desk"), django_assert_max_num_queries, DESK)
    make.survey(town, title="第二次"), make.survey(town, title="第三次", opened=False)
    three, response = queries_of(client, url("desk"), django_assert_max_num_queries, DESK)
    assert (three, len(response.context["page"])) == (one, 3)


def test_the_page_of_sentences_asks_as_many_queries_for_three_as_for_one(as_, town, django_assert_max_num_queries):
    client, survey = as_(town.worker), make.survey(town)
    town.need("楼道装扶手，老人上下楼方便")
    make.respond(survey, wish="希望楼道装扶手。")
    one, _page = queries_of(client, url("collect", survey), django_assert_max_num_queries, DESK)
    make.respond(survey, wish="希望有人教用手机。"), make.respond(survey, wish="希望修路灯。")
    three, _page = queries_of(client, url("collect", survey), django_assert_max_num_queries, DESK)
    assert three == one


def test_a_survey_is_made_from_a_template(as_, town):
    client = as_(town.manager)
    assert client.get(url("new")).status_code == 200
    page = client.get(url("new", **{"from": "homes"}))
    form = page.context["form"]
    assert (form.initial["title"], form.initial["host"]) == ("社区需求入户调查", town.community)
    sent = client.post(
        url("new", **{"from": "homes"}),
        {
            "title": "夏天入户",
            "intro": "您好",
            "host": town.community.pk,
            "territory": town.north.pk,
            "is_anonymous": "on",
            "wanted_elders": "30",
            "population_elders": "900",
        },
    )
    survey = Survey.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (303, url("manage", survey))
    assert [(target.segment, target.wanted_count, target.population_count) for target in survey.targets.all()] == [("elders", 30, 900)]
    where = next(question for page in survey.definition["pages"] for question in page["questions"] if question["name"] == "where")
    assert [choice["label"] for choice in where["choices"]] == ["北郎东社区"]


def test_what_was_typed_stays_when_something_is_wrong(as_, town):
    sent = as_(town.manager).post(
        url("new", **{"from": "blank"}), {"title": "", "intro": "请您填一填", "host": town.community.pk, "territory": town.north.pk}
    )
    assert (sent.status_code, "请您填一填" in sent.content.decode(), Survey.objects.count()) == (422, True, 0)


def test_questions_are_added_moved_and_removed_without_script(as_, town):
    client = as_(town.manager)
    survey = make.survey(town, opened=False, definition=None)
    values = {"label": "您会用手机挂号吗？", "kind": "one", "choices": "会 | Yes\n不会 | No", "required": "on", "version": survey.version}
    assert client.post(url("question", survey, page=0), values).status_code == 303
    assert (
        client.post(
            url("question", survey, page=0), {"label": "为什么？", "kind": "long", "purpose": "need", "only_if": "${q1} = 'c2'", "version": 2}
        ).status_code
        == 303
    )
    survey.refresh_from_db()
    assert [(q["name"], q["kind"], q.get("relevant", "")) for q in survey.definition["pages"][0]["questions"]] == [
        ("q1", "one", ""),
        ("q2", "long", "${q1} = 'c2'"),
    ]
    client.post(url("questions", survey), {"do": "up:q2", "version": 3})  # q2 asks about q1: refused
    survey.refresh_from_db()
    assert [q["name"] for q in survey.definition["pages"][0]["questions"]] == ["q1", "q2"]
    client.post(url("questions", survey), {"do": "page", "label": "第二页", "version": 3})
    client.post(url("questions", survey), {"do": "down:q2", "version": 4})
    client.post(url("questions", survey), {"do": "remove:q2", "version": 5})
    survey.refresh_from_db()
    assert ([len(page["questions"]) for page in survey.definition["pages"]], survey.version) == ([1, 0], 6)


def test_two_who_change_the_questions_at_once_are_told(as_, town):
    survey = make.survey(town, opened=False)
    client = as_(town.manager)
    client.post(url("questions", survey), {"do": "remove:happy", "version": 1})
    assert client.post(url("questions", survey), {"do": "remove:hard", "version": 1}).status_code == 409


def test_with_answers_only_the_words_of_a_question_can_change(as_, town):
    survey = make.survey(town)
    make.respond(survey)
    client = as_(town.manager)
    page = client.get(url("question", survey, name="group"))
    assert "kind" not in page.context["form"].fields
    sent = client.post(
        url("question", survey, name="group"), {"label": "您是哪一类街坊？", "choices": "老人\n家长\n上班的人", "version": survey.version}
    )
    survey.refresh_from_db()
    question = survey.definition["pages"][0]["questions"][0]
    assert (sent.status_code, question["label"], [c["name"] for c in question["choices"]]) == (
        303,
        "您是哪一类街坊？",
        ["elders", "parents", "staff"],
    )
    assert (
        client.post(
            url("question", survey, name="group"), {"label": "您是哪一类街坊？", "choices": "老人\n家长", "version": survey.version}
        ).status_code
        == 422
    )


def test_a_draft_is_seen_by_colleagues_and_keeps_nothing(client, town):
    survey = make.survey(town, opened=False)
    assert client.get(url("survey", survey)).status_code == 404
    client.force_login(town.worker.account)
    assert client.get(url("survey", survey)).status_code == 200
    sent = client.post(url("survey", survey), {"page": 1, "go": "next", "shown": ["hard", "happy", "wish"], "a-group": "elders"})
    assert (sent.status_code, SurveyResponse.objects.count()) == (422, 0)


def test_nonsense_in_addresses_breaks_nothing(as_, town, filled):
    client = as_(town.worker)
    assert client.get(url("words", filled, "gibtsnicht")).status_code == 404
    assert client.get(url("print", filled, count="²", **{"from": "-1"})).status_code == 200
    assert client.post(url("state", filled), {"to": "nowhere"}).status_code == 404
    assert client.post(url("questions", filled), {"do": "drop:99", "version": 1}).status_code == 404
    assert client.post(url("survey", filled), {"page": "99", "slip": "falsch", "go": "next"}).status_code in (200, 422)
    assert client.post(url("take", filled), {"sentence": "x"}).status_code == 404


def test_the_words_of_people_are_searched_and_phones_in_them_masked(as_, town):
    survey = make.survey(town)
    make.respond(survey, wish="请打 13812345678 找我。"), make.respond(survey, wish="希望修路灯。")
    client = as_(town.worker)
    page = client.get(url("words", survey, "wish")).content.decode()
    assert ("138****5678" in page, "13812345678" in page) == (True, False)
    assert len(client.get(url("words", survey, "wish", q="路灯")).context["page"]) == 1


def test_a_copy_is_a_draft_of_ones_own(as_, town, filled):
    sent = as_(town.other_worker).post(url("copy", filled))
    made = Survey.objects.exclude(pk=filled.pk).get()
    assert (sent.headers["Location"], made.host, made.state) == (url("edit", made), town.other_community, "draft")
    where = next(q for page in made.definition["pages"] for q in page["questions"] if q["name"] == "where")
    assert [choice["label"] for choice in where["choices"]] == ["永安里社区"]


def test_the_need_shows_the_sentence_to_those_who_may_see(as_, client, town):
    survey = make.survey(town)
    make.respond(survey, wish="今天天气不错。希望楼道装扶手。谢谢。")
    stated = [item for item in collecting.sentences_of(survey, survey.responses.all()) if item.asks]
    (need,) = collecting.collect_sentences(survey, chosen=[collecting.Chosen(item, take=True) for item in stated], by=town.worker)
    public = client.get(reverse("needs:need", args=[need.number])).content.decode()
    assert (survey.title in public, "今天天气不错" in public) == (True, False)
    desk = as_(town.worker).get(reverse("needs:desk", args=[need.number])).content.decode()
    assert ("今天天气不错" in desk, "<mark" in desk) == (True, True)


def test_closing_and_opening_again(as_, town, filled):
    client = as_(town.worker)
    client.post(url("state", filled), {"to": "closed"})
    filled.refresh_from_db()
    assert filled.state == "closed"
    assert "已结束" in client.get(url("survey", filled)).content.decode()
    client.post(url("state", filled), {"to": "open"})
    filled.refresh_from_db()
    assert (filled.state, filled.closed_at) == ("open", None)
    with pytest.raises(Refused):
        rounds.open_survey(filled, by=town.worker)
