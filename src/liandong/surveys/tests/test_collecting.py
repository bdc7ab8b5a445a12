"""Needs out of sentences: each once, with the link to the sentence; joined, left aside, taken up later; all at once as a job."""

import pytest
from django.urls import reverse

from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.needs.models import Need
from liandong.surveys import queries
from liandong.surveys.models import SurveyResponse, SurveySentence
from liandong.surveys.services import collecting
from liandong.surveys.services.collecting import Chosen
from liandong.surveys.tests import factories as make

WORDS = "住得还行。希望楼道装个扶手！\n想学用手机挂号，孩子不在身边。"


def stated(survey):
    return list(collecting.sentences_of(survey, survey.responses.order_by("id")))


def test_sentences_become_needs_once_with_the_link_to_the_words(town):
    survey = make.survey(town)
    response = make.respond(survey, wish=WORDS)
    rows = stated(survey)
    assert [(row.words, row.asks) for row in rows] == [("住得还行。", False), ("希望楼道装个扶手！", True), ("想学用手机挂号，孩子不在身边。", True)]
    chosen = [Chosen(row, take=row.asks) for row in rows]
    made = collecting.collect_sentences(survey, chosen=chosen, by=town.worker)
    assert [(need.words, need.source, need.segment, need.territory, need.asker, need.submitted_by) for need in made] == [
        ("希望楼道装个扶手！", "survey", "elders", town.north, None, None),
        ("想学用手机挂号，孩子不在身边。", "survey", "elders", town.north, None, None),
    ]
    assert collecting.collect_sentences(survey, chosen=chosen, by=town.worker) == []
    assert (Need.objects.count(), SurveySentence.objects.count(), queries.waiting(survey).count()) == (2, 3, 0)
    sentence = SurveySentence.objects.get(need=made[1])
    assert response.answers["wish"][sentence.start : sentence.end] == sentence.words
    assert broken() == {}


def test_a_sentence_joins_a_need_that_says_the_same_or_is_left_aside(town):
    survey, known = make.survey(town), town.need("楼道没有扶手，老人下不了楼")
    make.respond(survey, wish=WORDS)
    first, rail, phone = stated(survey)
    collecting.collect_sentences(
        survey, chosen=[Chosen(first, take=False), Chosen(rail, take=True, join=known), Chosen(phone, take=False)], by=town.worker
    )
    assert (Need.objects.count(), SurveySentence.objects.get(need=known).words) == (1, "希望楼道装个扶手！")
    (made,) = collecting.collect_sentences(survey, chosen=[Chosen(phone, take=True)], by=town.worker)  # taken up later
    assert (made.words, SurveySentence.objects.filter(need__isnull=True).count()) == (phone.words, 1)


def test_a_need_that_has_ended_takes_no_more_sentences(town):
    from liandong.needs import services as needs

    survey, known = make.survey(town), town.need("楼道没有扶手，老人下不了楼")
    needs.withdraw_need(known, by=town.resident)
    known.refresh_from_db()
    make.respond(survey, wish="希望装扶手。")
    with pytest.raises(Refused):
        collecting.collect_sentences(survey, chosen=[Chosen(row, take=True, join=known) for row in stated(survey)], by=town.worker)


def test_only_those_who_answer_for_needs_collect(town):
    survey = make.survey(town)
    make.respond(survey, wish=WORDS)
    for person in (town.observer, town.other_worker, town.resident):
        with pytest.raises(Denied):
            collecting.collect_sentences(survey, chosen=[Chosen(row, take=True) for row in stated(survey)], by=person)


def test_the_page_makes_what_is_ticked_with_the_title_that_was_given(as_, town):
    client, survey = as_(town.worker), make.survey(town)
    make.respond(survey, wish=WORDS)
    address = reverse("surveys:collect", args=[survey.number])
    page = client.get(address)
    ticked = [item["form"]["take"].value() for answer in page.context["answers"] for item in answer["sentences"]]
    assert ticked == [False, True, True]
    response, values = SurveyResponse.objects.get(), {"is_public": "on"}
    for row in stated(survey):
        values |= {f"{row.key}-title": "", f"{row.key}-category": "other", f"{row.key}-segment": "elders", f"{row.key}-join": ""}
    rail = stated(survey)[1]
    values |= {"answer": response.pk, f"{rail.key}-take": "on", f"{rail.key}-title": "楼道扶手", f"{rail.key}-category": "elders"}
    assert client.post(address, values).status_code == 303
    need = Need.objects.get()
    assert (need.title, need.category, need.is_public) == ("楼道扶手", "elders", True)
    assert client.post(address, values).status_code == 303
    assert Need.objects.count() == 1


def test_a_number_that_is_no_need_comes_back_with_everything_typed(as_, town):
    client, survey = as_(town.worker), make.survey(town)
    make.respond(survey, wish="希望装扶手。")
    (row,) = stated(survey)
    values = {
        "answer": row.response.pk,
        f"{row.key}-take": "on",
        f"{row.key}-title": "我写的标题",
        f"{row.key}-category": "order",
        f"{row.key}-join": "N999",
    }
    sent = client.post(reverse("surveys:collect", args=[survey.number]), values)
    assert (sent.status_code, "我写的标题" in sent.content.decode(), Need.objects.count()) == (422, True, 0)


def test_all_at_once_is_a_job_that_may_be_killed_and_goes_on(as_, town, run_jobs, monkeypatch):
    monkeypatch.setattr(collecting, "BATCH", 2)
    client, survey = as_(town.worker), make.survey(town)
    for number in range(5):
        make.respond(survey, wish=f"希望 {number} 号楼装扶手。天气不错。")
    client.post(reverse("surveys:collect_all", args=[survey.number]), {"is_public": "on"})
    assert collecting._collect_part(survey)  # killed after the first part
    page = client.get(reverse("surveys:collect", args=[survey.number])).content.decode()
    assert ("2 / 5" in page or "已完成 2" in page or 'value="2" max="5"' in page) is True
    run_jobs()
    survey.refresh_from_db()
    assert (Need.objects.filter(source="survey").count(), SurveySentence.objects.count(), survey.collect_done, survey.is_collecting) == (
        5,
        10,
        5,
        False,
    )
    run_jobs()
    assert Need.objects.count() == 5
    with pytest.raises(Refused):
        collecting.collect_all(survey, by=town.worker)


def test_a_set_aside_sentence_is_taken_up_from_its_page(as_, town, run_jobs):
    client, survey = as_(town.worker), make.survey(town)
    make.respond(survey, wish="天气不错哦。")
    collecting.collect_all(survey, by=town.worker)
    run_jobs()
    row = SurveySentence.objects.get()
    assert row.need is None
    client.post(reverse("surveys:take", args=[survey.number]), {"sentence": row.pk})
    row.refresh_from_db()
    assert row.need.words == "天气不错哦。"


@pytest.mark.parametrize("words", ["。。。", "😀😀😀😀", "a", "希望" * 1400, "\u4e00\n\n\n？？"])
def test_strange_words_break_nothing(town, run_jobs, words):
    survey = make.survey(town)
    make.respond(survey, wish=words)
    collecting.collect_all(survey, by=town.worker)
    run_jobs()
    survey.refresh_from_db()
    assert (survey.is_collecting, queries.waiting(survey).count(), broken()) == (False, 0, {})
