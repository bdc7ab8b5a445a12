"""Lists of people: digests only, blurred counts only, nobody found out."""

import datetime as dt
from collections import Counter

import pytest
from django.core import serializers

from liandong.core import clock as core_clock
from liandong.core.errors import Denied, Refused, TooMany
from liandong.journal.models import Entry
from liandong.overlap import digests, queries, services
from liandong.overlap.models import BeneficiaryDigest, BeneficiaryList
from liandong.overlap.tests import factories as make


@pytest.fixture(autouse=True)
def same_blur(settings):
    """The blur hangs on the key of the site."""
    settings.SECRET_KEY = "a key of tests"


PASTED = """王秀兰 13800001234
李建国\t11010519491231002X
张淑珍，1948-05-02
电话不详的人
王秀兰 138-0000-1234
"""


def test_pasted_lines_in_any_order_become_one_entry_a_person():
    reading = digests.read_text(PASTED)
    assert (len(reading.people), reading.skipped) == (3, 1)


def test_the_same_person_is_known_by_phone_by_number_and_by_name_with_day_of_birth():
    by_number = digests.digests_of(name="李建国", id_number="11010519491231002X")
    by_birth = digests.digests_of(name="李建国", birth_date=dt.date(1949, 12, 31))
    assert len(by_number) == 2
    assert by_birth < by_number
    assert digests.digests_of(name="王秀兰", phone="+86 138 0000 1234") == digests.digests_of(phone="13800001234")
    assert digests.digests_of(name="王秀兰") == frozenset()


def test_nothing_of_a_list_is_kept_but_digests(street):
    activity = make.activity(street.community, state="draft")
    people = digests.read_text("\n".join(f"王秀兰{'甲乙丙丁戊己庚辛壬癸子丑'[n]} 1380000{n:04}" for n in range(12))).people
    services.keep_list(activity, people=people, by=street.manager)
    kept = serializers.serialize("json", [*BeneficiaryList.objects.all(), *BeneficiaryDigest.objects.all()], ensure_ascii=False)
    written = str(list(Entry.objects.values_list("before", "after", "reason")))
    for secret in ("王秀兰", "1380000"):
        assert (secret in kept, secret in written) == (False, False)
    assert BeneficiaryDigest.objects.count() == 12
    assert {len(row.digest) for row in BeneficiaryDigest.objects.all()} == {64}


def two_lists(street, *, shared, size=40):
    mine, theirs = make.activity(street.community, state="draft"), make.activity(street.clinic, **make.SUGAR)
    services.keep_list(mine, people=make.crowd(0, size), by=street.manager)
    services.keep_list(theirs, people=make.crowd(size - shared, size), by=street.nurse)
    return mine, theirs


def test_two_lists_answer_with_about_how_many_the_same_to_both_sides(street):
    mine, theirs = two_lists(street, shared=26)
    seen = queries.overlaps_of(mine, person=street.worker).found[0].match.why("twice").number
    assert 15 <= seen <= 40
    make.Activity.objects.filter(pk=mine.pk).update(state="published")
    assert queries.overlaps_of(theirs, person=street.nurse).found[0].match.why("twice").number == seen
    assert f"大约 {seen} 人会被叫不止一次" in queries.alarms_for(street.hub_manager)[0].note


@pytest.mark.parametrize("shared", [0, 1])
def test_one_shared_person_looks_like_none(street, shared):
    mine, _theirs = two_lists(street, shared=shared)
    assert queries.overlaps_of(mine, person=street.worker).found[0].match.why("twice") is None


def test_a_list_of_one_person_is_refused(street):
    activity = make.activity(street.community, state="draft")
    with pytest.raises(Refused) as refused:
        services.keep_list(activity, people=make.crowd(0, 1), by=street.manager)
    assert refused.value.field == "people"
    with pytest.raises(Refused):
        services.keep_list(activity, people=make.crowd(0, digests.LEAST - 1), by=street.manager)


def test_a_person_padded_with_made_up_ones_is_not_found_out(street):
    """Nine that do not exist and one that does: the answer is the same whether the one is on the other list or not."""
    theirs = make.activity(street.clinic, **make.SUGAR)
    services.keep_list(theirs, people=make.crowd(0, 40), by=street.nurse)
    answers = []
    for target in (make.crowd(7, 1), make.crowd(900, 1)):
        mine = make.activity(street.community, state="draft")
        services.keep_list(mine, people=make.crowd(10_000 + 100 * len(answers), 9) + target, by=street.manager)
        answers.append(queries.overlaps_of(mine, person=street.worker).found[0].match.why("twice"))
    assert answers == [None, None]


def test_lists_that_differ_by_one_person_are_refused_on_the_same_and_on_another_activity(street):
    mine, second = make.activity(street.community, state="draft"), make.activity(street.community, state="draft", title="义务理发")
    services.keep_list(mine, people=make.crowd(0, 30), by=street.manager)
    for activity in (mine, second):
        for near in (make.crowd(0, 31), make.crowd(0, 29), make.crowd(1, 30)):
            with pytest.raises(Refused) as refused:
                services.keep_list(activity, people=near, by=street.manager)
            assert refused.value.field == "people"
    assert services.keep_list(second, people=make.crowd(0, 30), by=street.manager).people_count == 30


def test_four_known_people_and_one_in_question_do_not_settle_the_question(street):
    """Whoever knows four members for sure asks with five: the blur lets either answer come from either truth."""
    counts = {exact: Counter(digests.told(exact, key=str(n)) for n in range(20_000)) for exact in (0, 1, 4, 5, 12, 13)}
    for fewer, more in ((0, 1), (4, 5), (12, 13)):
        for answer in (0, 10, 15):
            if min(counts[fewer][answer], counts[more][answer]) > 200:
                assert 0.5 < counts[fewer][answer] / counts[more][answer] < 2
    assert counts[0][0] / 20_000 > 0.97


def test_the_blur_is_small_beside_a_real_overlap():
    near = [abs(digests.told(60, key=str(n)) - 60) for n in range(500)]
    assert sum(near) / len(near) < 4


def test_the_same_question_has_one_answer_so_that_asking_often_averages_nothing_out(street):
    mine, _theirs = two_lists(street, shared=26)
    before = queries.overlaps_of(mine, person=street.worker).found[0].match.why("twice")
    services.delete_list(mine, by=street.manager)
    services.keep_list(mine, people=list(reversed(make.crowd(0, 40))), by=street.manager)
    assert queries.overlaps_of(mine, person=street.worker).found[0].match.why("twice") == before


def test_a_body_puts_in_a_few_lists_a_day_and_deleting_gives_none_back(street):
    activity = make.activity(street.community, state="draft")
    for turn in range(digests.A_DAY):
        services.keep_list(activity, people=make.crowd(turn * 1_000, 20), by=street.manager)
    services.delete_list(activity, by=street.manager)
    with pytest.raises(TooMany):
        services.keep_list(activity, people=make.crowd(9_000, 20), by=street.manager)


def test_only_the_body_itself_keeps_its_list_not_even_the_hub(street):
    activity = make.activity(street.community, state="draft")
    for stranger in (street.hub_manager, street.nurse, street.resident, street.observer):
        with pytest.raises(Denied):
            services.keep_list(activity, people=make.crowd(0, 20), by=stranger)
        with pytest.raises(Denied):
            services.delete_list(activity, by=stranger)


def test_a_list_is_forgotten_a_month_after_the_activity_or_at_once(street, clock):
    activity, second = make.activity(street.community, state="draft", day=5), make.activity(street.community, state="draft", day=5, title="义务理发")
    kept = services.keep_list(activity, people=make.crowd(0, 20), by=street.manager)
    services.keep_list(second, people=make.crowd(500, 20), by=street.manager)
    assert kept.expires_date == core_clock.today() + dt.timedelta(days=35)
    services.delete_list(second, by=street.manager)
    assert (BeneficiaryList.objects.count(), BeneficiaryDigest.objects.count()) == (1, 20)
    BeneficiaryList.objects.update(expires_date=core_clock.today() - dt.timedelta(days=1))
    assert services.forget_expired() == 1
    assert BeneficiaryDigest.objects.count() == 0
