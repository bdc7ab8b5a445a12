import datetime as dt
import uuid

import pytest

from liandong.accounts.models import Consent
from liandong.core.errors import Denied, Refused
from liandong.journal import queries as journal
from liandong.needs import services, suggest
from liandong.needs.models import Need


def test_a_need_keeps_its_words_and_takes_title_category_and_clock_from_them(town):
    need = services.submit_need(
        words="您好，电饭煲坏了，扔了可惜，找不到人修。希望有家电修理。", territory=town.north, wanted_time="周末", people_count=2, by=town.resident
    )
    need = Need.objects.get(pk=need.pk)
    assert (need.title, need.category, need.state) == ("电饭煲坏了，扔了可惜，找不到人修", "culture", "submitted")
    assert (need.asker, need.submitted_by, need.people_count, need.wanted_time) == (town.resident, town.resident, 2, "周末")
    assert need.submitted_at == dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC)
    assert need.answer_due_at == dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)


def test_submitting_is_recorded_without_personal_values(town):
    need = town.need()
    (entry,) = journal.history_of(need)
    assert (entry.verb, entry.by) == ("need.submitted", f"accounts.person:{town.resident.pk}")
    assert entry.after == {
        "state": "submitted",
        "territory": town.north.pk,
        "category": "culture",
        "for_other": False,
        "answer_due_at": "2026-06-15 18:00:00+08:00",
    }


def test_the_same_key_again_has_no_second_effect(town):
    key = uuid.uuid4()
    first = town.need(key=key)
    assert town.need("别的话，同一把钥匙", key=key) == first
    assert Need.objects.count() == 1


def test_a_need_for_another_person_needs_their_consent(town):
    with pytest.raises(Refused) as refused:
        town.need(asker=town.neighbour, by=town.worker)
    assert refused.value.field == "consent"
    need = town.need(asker=town.neighbour, consent=True, by=town.worker)
    assert (need.asker, need.submitted_by) == (town.neighbour, town.worker)
    consent = Consent.objects.get()
    assert (consent.person, consent.given_through, consent.purpose) == (town.neighbour, town.worker, "proxy")


def test_only_staff_ask_in_the_name_of_a_body(town):
    need = town.need(asker_organization=town.enterprise, by=town.firm_manager)
    assert (need.asker, need.masked_asker) == (None, "禾木科技")
    with pytest.raises(Denied):
        town.need(asker_organization=town.enterprise, by=town.resident)


def test_two_letters_are_no_need(town):
    with pytest.raises(Refused) as refused:
        town.need(" 喂喂 ")
    assert refused.value.field == "words"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("楼道灯坏了，晚上看不清台阶。找过物业。", "楼道灯坏了，晚上看不清台阶"),
        ("请问，能不能教老人用手机挂号？", "能不能教老人用手机挂号"),
        ("没有标点的一句话", "没有标点的一句话"),
        (
            "我们这栋楼住了很多上了年纪的老人家，他们平时没有人说话，孩子们又都在外地工作，过年才回来一次",
            "我们这栋楼住了很多上了年纪的老人家，他们平时没有人说话，孩子们又都在外地工作",
        ),
        ("一" * 60, "一" * 39 + "…"),
    ],
)
def test_the_title_is_the_first_sentence_of_at_most_40_characters(words, title):
    assert suggest.title_from(words) == title
    assert len(title) <= 40


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("独居老人不会用手机挂号", "elders"),
        ("下班后孩子没人接，想要课后托管", "children"),
        ("骑手午休没处歇脚", "outdoor"),
        ("员工午间想做肩颈放松", "staff"),
        ("楼道扶手松动", "order"),
        ("想学烘焙再就业", "jobs"),
        ("想量血压，做义诊", "health"),
        ("嗯嗯嗯嗯", "other"),
    ],
)
def test_words_suggest_a_category(words, category):
    assert suggest.category_from(words) == category


def test_needs_that_say_the_same_are_found_by_their_telling_words():
    others = [(1, "小家电坏了没处修"), (2, "希望小区里有跳舞的地方"), (3, "电饭煲坏了想找人修小家电")]
    assert suggest.most_alike("家里小家电坏了，没处修，电饭煲也坏了", others) == [1, 3]
    assert suggest.most_alike("的了和", others) == []
