"""Every page of honours: opens for whom it is for, says no to others, keeps its number of queries."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from liandong.honours.models import Nomination, StarRule, ThanksNote
from liandong.honours.services import thanks
from liandong.honours.tests.factories import propose

PHONE, DESK = 12, 25


def url(name, *arguments):
    return reverse(f"honours:{name}", args=arguments)


def asked(client, path, most, max_queries):
    """How many queries the page takes with nothing kept from before."""
    cache.clear()
    with max_queries(most) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(captured)


def test_my_honours_keep_their_budget(as_, town, clock, django_assert_max_num_queries):
    volunteer = town.volunteer()
    town.serve(volunteer, 3)
    client = as_(volunteer)
    few = asked(client, url("mine"), PHONE, django_assert_max_num_queries)
    town.star(volunteer)
    town.honoured(volunteer, clock_=clock)
    activity, served = town.served(people=3, volunteers=[volunteer])
    for person in served:
        thanks.write_thanks(activity=activity, words="谢谢你们，很暖心。", by=person)
    clock.advance(days=5)
    thanks.pass_on()
    assert asked(client, url("mine"), PHONE, django_assert_max_num_queries) <= few + 1
    assert client.get(url("mine")).content.decode().count("很暖心") == 3


@pytest.mark.parametrize("name", ["awards", "register", "rules", "rule_new", "award_new", "thanks_desk", "pressure", "nominations"])
def test_the_pages_of_the_hub_keep_their_budget(as_, town, name, django_assert_max_num_queries):
    assert asked(as_(town.boss), url(name), DESK, django_assert_max_num_queries) > 0


@pytest.mark.parametrize("name", ["register", "rules", "rule_new", "award_new", "thanks_desk", "pressure", "poster"])
def test_the_desk_is_closed_to_neighbours(as_, town, name):
    assert as_(town.neighbour).get(url(name)).status_code == 403


def test_an_award_by_clicks_from_nomination_to_the_page_anybody_checks(as_, client, town, clock):
    volunteer = town.volunteer()
    award = town.award()
    answer = as_(town.neighbour).post(url("nominate", award.pk), {"whom": volunteer.number, "words": "一年里每周六给独居老人送餐。"})
    row = Nomination.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, url("nomination", row.number))
    assert as_(town.staff).get(url("nomination", row.number)).status_code == 404
    assert as_(town.community).post(url("nomination_step", row.number, "endorse"), {"words": "属实"}).status_code == 303
    as_(town.boss).post(url("award_step", award.pk, "close"))
    for judge in (town.boss, town.second):
        assert as_(judge).post(url("nomination_step", row.number, "review"), {"score": "9", "words": ""}).status_code == 303
    assert as_(town.boss).post(url("award_step", award.pk, "notice"), {"ids": [row.pk]}).status_code == 303
    page = as_(town.neighbour).get(url("award", award.pk)).content.decode()
    assert ("李*雯" in page, "李晓雯" in page) == (True, False)
    assert as_(town.staff).post(url("nomination_step", row.number, "object"), {"words": "周六他不在"}).status_code == 303
    clock.advance(days=8)
    assert as_(town.boss).post(url("award_step", award.pk, "ask")).status_code == 422
    as_(town.boss).post(url("answer_objection", row.objections.get().pk), {"answer": "dismiss", "words": "签到记录齐全。"})
    as_(town.boss).post(url("award_step", award.pk, "ask"))
    assert as_(town.boss).post(url("award_step", award.pk, "grant")).status_code == 403
    assert as_(town.second).post(url("award_step", award.pk, "grant")).status_code == 303
    code = Nomination.objects.get().honour.code
    client.logout()
    page = client.get(url("verify", code)).content.decode()
    assert ("李*雯" in page, "李晓雯" in page) == (True, False)
    assert client.get(url("verify", "2222")).status_code == 404
    assert client.get(f"/v/{code}/").headers["Location"] == url("verify", code)  # one box for every number on paper
    own = as_(volunteer)
    assert own.get(url("pdf", code)).content[:5] == b"%PDF-"
    assert own.post(url("honour_wall", code), {"name_form": "nickname", "nickname": ""}).status_code == 422
    assert own.post(url("honour_wall", code), {"name_form": "full", "is_adult": "on"}).status_code == 303
    client.logout()
    assert [client.get(url(name)).content.decode().count("李晓雯") for name in ("wall", "screen")] == [1, 1]
    assert own.get(url("honour", code)).status_code == 302
    assert as_(town.boss).get(url("poster")).content[:5] == b"%PDF-"
    assert as_(town.neighbour).get(url("honour", code)).status_code == 404


def test_the_screen_turns_over_by_itself(client, town):
    assert '<meta http-equiv="refresh" content="12;url=?n=0">' in client.get(url("screen")).content.decode()


def test_a_rule_set_is_looked_at_then_proposed_then_agreed(as_, town):
    values = {
        "territory": town.street.pk,
        "name": "建外标准",
        "star_hours": "30、60, 100",
        "source": "建外办发〔2026〕3号",
        "from_date": "2026-06-10",
        "quality": "",
    }
    client = as_(town.boss)
    assert client.post(url("rule_new"), {**values, "look": "1"}).status_code == 200
    assert client.post(url("rule_new"), {**values, "star_hours": "many"}).status_code == 422
    assert client.post(url("rule_new"), values).status_code == 303
    rule = StarRule.objects.get(territory=town.street)
    assert client.post(url("decide_rule", rule.pk), {"answer": "agree"}).status_code == 403
    assert as_(town.second).post(url("decide_rule", rule.pk), {"answer": "refuse"}).status_code == 422
    assert as_(town.second).post(url("decide_rule", rule.pk), {"answer": "agree"}).status_code == 303
    assert StarRule.objects.get(pk=rule.pk).star_hours == [30, 60, 100]
    assert propose(town).version == 2


def test_thanks_are_written_on_a_phone_and_read_at_the_desk(as_, town):
    volunteer = town.volunteer()
    activity, served = town.served(people=3, volunteers=[volunteer])
    client = as_(served[0])
    assert activity.title in client.get(url("thanks")).content.decode()
    refused = client.post(url("thank", activity.code), {"words": "打我电话 13800138000"})
    assert (refused.status_code, "anyway" in refused.content.decode()) == (422, True)
    assert client.post(url("thank", activity.code), {"words": "打我电话 13800138000", "anyway": "1"}).status_code == 303
    assert as_(volunteer).get(url("thank", activity.code)).status_code == 404
    note = ThanksNote.objects.get()
    desk = as_(town.staff)
    page = desk.get(url("thanks_desk")).content.decode()
    assert ("13800138000" in page, served[0].name in page) == (True, False)
    assert desk.post(url("decide_thanks", note.pk), {"answer": "on", "words": "谢谢你们"}).status_code == 303
    sign_up = activity.shifts.get().positions.get(kind="participant").sign_ups.last()
    assert desk.post(url("thank_for", activity.code), {"sign_up": sign_up.pk, "words": "谢谢大家"}).status_code == 303
    assert as_(town.community).post(url("decide_thanks", note.pk), {"answer": "on"}).status_code == 404


def test_the_question_about_free_will_is_asked_once(as_, town):
    volunteer = town.volunteer()
    town.serve(volunteer, 2)
    client = as_(volunteer)
    assert client.post(url("answer_pressure"), {}).status_code == 422
    assert client.post(url("answer_pressure"), {"was_pressed": "no"}).status_code == 303
    assert url("answer_pressure") not in client.get(url("mine")).content.decode()
