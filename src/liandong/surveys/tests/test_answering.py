"""Answering: page after page, skipping, once only, closed meanwhile, on paper, for somebody else."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.core import clock as now
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.surveys import answers as reading
from liandong.surveys.models import SurveyResponse
from liandong.surveys.services import answering, rounds
from liandong.surveys.tests import factories as make


def page_of(survey):
    return reverse("surveys:survey", args=[survey.number])


def slip_of(response):
    return response.context["begun"].slip


def test_two_pages_are_answered_and_thanked_for(client, town):
    survey = make.survey(town)
    first = client.get(page_of(survey))
    values = {"slip": slip_of(first), "page": 0, "go": "next", "shown": first.context["shown"], "a-group": "elders"}
    second = client.post(page_of(survey), values)
    assert (second.status_code, second.context["place"], second.context["carried"]) == (200, 1, [("a-group", "elders")])
    values |= {
        "page": 1,
        "shown": second.context["shown"],
        "a-hard": ["meal", "other"],
        "a-hard_other": "没人说话",
        "a-happy": "4",
        "a-wish": "希望有食堂。",
    }
    sent = client.post(page_of(survey), values)
    assert (sent.status_code, sent.headers["Location"]) == (303, reverse("surveys:thanks", args=[survey.number]))
    response = SurveyResponse.objects.get()
    assert response.answers == {"group": "elders", "hard": ["meal", "other"], "hard_other": "没人说话", "happy": 4, "wish": "希望有食堂。"}
    assert (response.segment, response.territory, response.channel, response.is_late) == ("elders", town.north, "link", False)


def test_an_answer_opens_questions_and_closes_them_again(client, town):
    survey = make.survey(town)
    first = client.get(page_of(survey))
    assert first.context["shown"] == ["group", "where"]
    values = {"slip": slip_of(first), "page": 0, "go": "next", "shown": ["group", "where"], "a-group": "parents"}
    again = client.post(page_of(survey), values)
    assert (again.status_code, again.context["place"], again.context["opened"], again.context["shown"]) == (
        200,
        0,
        True,
        ["group", "children", "where"],
    )
    wrong = client.post(page_of(survey), values | {"shown": again.context["shown"], "a-children": "99"})
    assert (wrong.status_code, wrong.context["form"].errors["children"], "99" in wrong.content.decode()) == (422, ["请填 0 到 12。"], True)
    other = client.post(page_of(survey), values | {"a-group": "staff", "a-children": "99", "shown": ["group", "children", "where"]})
    assert other.context["place"] == 1  # 99 children of somebody who has none are not asked for
    settled = reading.settle(survey.definition, {"group": ["staff"], "children": ["99"]})
    assert (settled.answers, settled.dropped, settled.errors) == ({"group": "staff"}, ["children"], {})


def test_what_was_typed_stays_on_an_error_and_on_the_way_back(client, town):
    survey = make.survey(town)
    wrong = client.post(page_of(survey), {"page": 0, "go": "next", "shown": ["group", "where"]})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["group"])
    back = client.post(page_of(survey), {"page": 1, "go": "back", "a-group": "elders", "a-wish": "希望修路灯"})
    page = back.content.decode()
    assert (back.context["place"], 'value="elders" id="id_a-group_0" checked' in page or "checked" in page, "希望修路灯" in page) == (0, True, True)


def test_sending_twice_keeps_one_answer(client, town):
    survey = make.survey(town)
    slip = slip_of(client.get(page_of(survey)))
    values = {"slip": slip, "page": 1, "go": "next", "shown": ["hard", "happy", "wish"], "a-group": "elders", "a-wish": "希望有食堂。"}
    assert [client.post(page_of(survey), values).status_code for _time in range(2)] == [303, 303]
    assert SurveyResponse.objects.count() == 1


def test_a_survey_closed_while_somebody_fills_it_in_keeps_the_answer_as_late(client, town, clock):
    survey = make.survey(town)
    slip = slip_of(client.get(page_of(survey)))
    clock.advance(minutes=5)
    rounds.close_survey(survey, by=town.worker)
    clock.advance(minutes=5)
    values = {"slip": slip, "page": 1, "go": "next", "shown": ["hard", "happy", "wish"], "a-group": "elders", "a-wish": "希望有食堂。"}
    sent = client.post(page_of(survey), values)
    assert (sent.status_code, sent.headers["Location"].endswith("?late")) == (303, True)
    assert "刚好结束" in client.get(sent.headers["Location"]).content.decode()
    assert SurveyResponse.objects.get().is_late is True
    client.force_login(town.worker.account)
    assert "迟到" in client.get(reverse("surveys:manage", args=[survey.number])).content.decode()


def test_who_begins_after_the_end_cannot_send(client, town, clock):
    survey = make.survey(town)
    rounds.close_survey(survey, by=town.worker)
    clock.advance(minutes=1)
    assert "已结束" in client.get(page_of(survey)).content.decode()
    sent = client.post(page_of(survey), {"slip": "", "page": 1, "go": "next", "shown": ["hard", "happy", "wish"], "a-group": "elders"})
    assert (sent.status_code, SurveyResponse.objects.count()) == (422, 0)


def test_the_last_day_ends_it_by_itself(town, clock):
    survey = make.survey(town, opens_date=dt.date(2026, 6, 10), closes_date=dt.date(2026, 6, 11))
    begun = now.now()
    make.respond(survey)
    clock.advance(days=1, hours=15)
    late = answering.send_response(survey, raw={"group": ["elders"]}, key=uuid.uuid4(), begun_at=begun)
    assert late.is_late
    with pytest.raises(Refused):
        make.respond(survey)
    clock.advance(days=2)
    with pytest.raises(Refused):
        answering.send_response(survey, raw={"group": ["elders"]}, key=uuid.uuid4(), begun_at=begun)


def test_an_anonymous_survey_keeps_nobody(client, town):
    survey = make.survey(town)
    client.force_login(town.resident.account)
    slip = slip_of(client.get(page_of(survey)))
    client.post(page_of(survey), {"slip": slip, "page": 1, "go": "next", "shown": ["hard", "happy", "wish"], "a-group": "elders"})
    response = SurveyResponse.objects.get()
    assert (response.respondent, response.entered_by, response.asked_name) == (None, None, "")
    assert [entry.by for entry in Entry.objects.filter(verb="survey.answered")] == ["system:survey-respondent"]


def test_a_survey_with_names_keeps_who_answered_and_for_which_firm(town):
    definition = {"pages": [{"name": "", "questions": [{"name": "firm", "kind": "text", "label": "企业", "purpose": "organization"}, {"name": "wish", "kind": "long", "label": "需求", "purpose": "need"}]}]}  # fmt: skip
    survey = make.survey(town, definition=definition, is_anonymous=False, host=town.hub, territory=town.street, by=town.hub_staff)
    town.enterprise.staff_count = 46
    town.enterprise.save()
    raw = {"firm": [town.enterprise.name], "wish": ["希望有托管班。"]}
    own = answering.send_response(survey, raw=raw, key=uuid.uuid4(), respondent=town.firm_manager)
    assert (own.respondent, own.organization, own.segment) == (town.firm_manager, town.enterprise, "small_firm")
    stranger = answering.send_response(survey, raw=raw, key=uuid.uuid4())
    assert (stranger.respondent, stranger.organization) == (None, None)


# Paper and people asked in person


def test_paper_is_keyed_in_by_numbers_and_goes_on_with_the_next_sheet(as_, town):
    client, survey = as_(town.worker), make.survey(town)
    address = reverse("surveys:key_in", args=[survey.number])
    assert client.get(address).context["paper_form"].initial["paper_number"] == "1"
    sent = client.post(
        address,
        {"key": str(uuid.uuid4()), "paper_number": "7", "a-group": "2", "a-children": "2", "a-hard": "1 3", "a-happy": "5", "a-wish": "希望修电器"},
    )
    assert sent.status_code == 303
    response = SurveyResponse.objects.get()
    assert (response.channel, response.paper_number, response.entered_by, response.segment) == ("paper", 7, town.worker, "parents")
    assert response.answers == {"group": "parents", "children": 2, "hard": ["meal", "repair"], "happy": 5, "wish": "希望修电器"}
    assert client.get(address).context["paper_form"].initial["paper_number"] == "8"


def test_a_sheet_is_keyed_in_once_and_what_was_typed_stays(as_, town):
    client, survey = as_(town.worker), make.survey(town)
    address = reverse("surveys:key_in", args=[survey.number])
    values = {"paper_number": "7", "a-group": "1", "a-wish": "希望修路灯"}
    client.post(address, {**values, "key": str(uuid.uuid4())})
    again = client.post(address, {**values, "key": str(uuid.uuid4())})
    assert (again.status_code, "已经录过" in again.content.decode(), "希望修路灯" in again.content.decode()) == (422, True, True)
    assert SurveyResponse.objects.count() == 1


def test_paper_may_have_gaps_and_skipped_questions_are_told_of(as_, town):
    client, survey = as_(town.worker), make.survey(town)
    values = {"key": str(uuid.uuid4()), "paper_number": "1", "a-children": "2", "a-wish": "希望修路灯"}
    sent = client.post(reverse("surveys:key_in", args=[survey.number]), values)
    assert "没有录入：第 2 题" in client.get(sent.headers["Location"]).content.decode()
    assert SurveyResponse.objects.get().answers == {"wish": "希望修路灯"}


def test_a_wrong_number_of_a_choice_is_shown_at_its_question(as_, town):
    survey = make.survey(town)
    sent = as_(town.worker).post(reverse("surveys:key_in", args=[survey.number]), {"key": str(uuid.uuid4()), "paper_number": "1", "a-group": "9"})
    assert (sent.status_code, list(sent.context["form"].errors)) == (422, ["group"])


def test_paper_comes_in_after_the_end_too(town):
    survey = make.survey(town)
    rounds.close_survey(survey, by=town.worker)
    kept = answering.key_in_paper(survey, raw={"group": ["elders"]}, paper_number=3, key=uuid.uuid4(), by=town.worker)
    assert (kept.paper_number, kept.is_late) == (3, False)
    with pytest.raises(Denied):
        answering.key_in_paper(survey, raw={"group": ["elders"]}, paper_number=4, key=uuid.uuid4(), by=town.observer)


def test_somebody_asked_in_person_has_agreed_and_stays_unnamed_in_an_anonymous_survey(as_, town):
    client, survey = as_(town.worker), make.survey(town)
    address = reverse("surveys:ask", args=[survey.number])
    values = {"slip": slip_of(client.get(address)), "page": 0, "go": "next", "shown": ["group", "where"], "a-group": "elders"}
    refused = client.post(address, values)
    assert (refused.status_code, list(refused.context["proxy"].errors)) == (422, ["consent"])
    second = client.post(address, values | {"consent": "on"})
    assert (second.context["place"], second.context["proxy_kept"]) == (1, [("consent", "on")])
    sent = client.post(
        address, values | {"consent": "on", "asked_name": "王秀兰", "page": 1, "shown": ["hard", "happy", "wish"], "a-wish": "希望有人陪诊"}
    )
    response = SurveyResponse.objects.get()
    assert (sent.status_code, response.channel, response.has_consent, response.asked_name, response.entered_by) == (
        303,
        "proxy",
        True,
        "",
        town.worker,
    )


def test_an_answer_is_never_changed(town):
    from django.db import DatabaseError, transaction

    response = make.respond(make.survey(town), wish="原话")
    with pytest.raises(DatabaseError), transaction.atomic():
        SurveyResponse.objects.filter(pk=response.pk).update(answers={"wish": "改过"})


# Reading what was typed


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["group", "children", "where", "hard", "hard_other", "happy", "wish", "x"]), st.lists(st.text(max_size=30), max_size=3)
    )
)
def test_whatever_is_typed_is_an_answer_or_an_error(typed):
    settled = reading.settle(make.definition(), typed)
    assert set(settled.answers) - {"hard_other"} <= {q["name"] for page in make.definition()["pages"] for q in page["questions"]}
    again = reading.settle(make.definition(), reading.as_raw(settled.answers), needs_all=False)
    assert settled.errors or again.answers == settled.answers


@pytest.mark.parametrize(
    ("condition", "answers", "holds"),
    [
        ("${a} = 'x'", {"a": "x"}, True),
        ("${a} = 'x'", {}, False),
        ("${a} != 'x'", {}, True),
        ("${a} = ''", {}, True),
        ("${n} >= 60 and ${n} < 70", {"n": 65}, True),
        ("${n} > 60", {}, False),
        ("selected(${m}, 'b') or ${a} = 'x'", {"m": ["a", "b"]}, True),
        ("not(selected(${m}, 'b'))", {"m": ["a"]}, True),
        ("(${a} = 'x' or ${a} = 'y') and ${n} = 3", {"a": "y", "n": 3}, True),
        ("${d} >= '2026-01-01'", {"d": "2026-05-01"}, True),
    ],
)
def test_conditions_hold_as_in_xlsform(condition, answers, holds):
    from liandong.surveys import expressions

    assert expressions.holds(expressions.parse(condition), answers) is holds
