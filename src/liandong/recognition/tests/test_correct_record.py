import uuid

import pytest

from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.points import queries as points
from liandong.points import services as ledger
from liandong.recognition import queries, services
from liandong.recognition.models import Certificate, RecordAppeal, ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def full_record(**values):
    return make.record(late=0, stayed=150, **values)


def test_a_correction_is_a_new_record_and_the_old_one_stays():
    record = full_record()
    by = make.manager(record.organization)
    new = services.correct_record(record, minutes=90, reason="提前一小时离开", by=by)
    assert (new.corrects, new.minutes, new.reason, new.confirmed_by) == (record, 90, "提前一小时离开", by)
    assert (new.rule, new.activity_name, new.service_date) == (record.rule, record.activity_name, record.service_date)
    assert ServiceRecord.objects.get(pk=record.pk).minutes == 150
    assert queries.hours_of(record.person) == 90
    assert broken() == {}


def test_the_difference_in_points_goes_back_and_forth():
    record = full_record()
    assert points.balance_of(record.person) == 5
    less = services.correct_record(record, minutes=60, reason="少了", by=DEMO)
    assert points.balance_of(record.person) == 2
    services.correct_record(less, minutes=120, reason="又查了一遍", by=DEMO)
    assert points.balance_of(record.person) == 4
    assert [entry.amount for entry in points.statement_of(record.person)] == [2, -3, 5]
    assert [entry.running for entry in points.statement_of(record.person)] == [4, 2, 5]
    assert broken() == {}


def test_points_already_spent_stay_spent_and_the_rest_is_taken_back():
    record = full_record()
    friend = ledger.account_of(make.person("张明"))
    ledger.transfer(uuid.uuid4(), source=ledger.account_of(record.person), target=friend, amount=4, by=record.person)
    withdrawn = services.withdraw_record(record, reason="没有到场", by=DEMO)
    assert points.balance_of(record.person) == 0
    assert Entry.objects.get(verb="service.corrected").after == {"number": withdrawn.number, "minutes": 0, "points": -1, "points_not_taken_back": 4}
    services.correct_record(withdrawn, minutes=150, reason="查明到场了", by=DEMO)
    assert points.balance_of(record.person) == 1  # the four were never taken back
    assert broken() == {}


def test_a_withdrawn_service_counts_nowhere_and_frees_its_time():
    record = full_record()
    services.withdraw_record(record, reason="记错人了", by=DEMO)
    assert (queries.hours_of(record.person), queries.minutes_between(organization=record.organization)) == (0, 0)
    other = make.shift(host=record.organization)
    assert full_record(who=record.person, of=other).minutes == 150
    assert Notice.objects.filter(person=record.person, kind="service.withdrawn").count() == 1


def test_more_than_was_measured_is_not_put_right_by_one_person():
    record = make.record(late=60, stayed=30)
    with pytest.raises(Refused, match="second person") as refusal:
        services.correct_record(record, minutes=140, reason="签到码坏了，组长作证", by=DEMO)
    assert refusal.value.field == "evidence"


def test_the_kind_word_when_points_were_spent():
    record = full_record()
    friend = ledger.account_of(make.person("张明"))
    ledger.transfer(uuid.uuid4(), source=ledger.account_of(record.person), target=friend, amount=4, by=record.person)
    services.withdraw_record(record, reason="没有到场", by=DEMO)
    assert Notice.objects.filter(person=record.person, kind="service.withdrawn_spent").count() == 1


def test_a_certificate_that_counted_it_is_replaced_and_the_person_told():
    record = full_record()
    certificate = services.issue_certificate(record.person, by=record.person)
    services.correct_record(record, minutes=60, reason="少了", by=DEMO)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.minutes) == (Certificate.State.SUPERSEDED, 150)
    assert set(Notice.objects.filter(person=record.person).values_list("kind", flat=True)) == {
        "service.confirmed", "certificate.issued", "certificate.superseded", "service.corrected",
    }  # fmt: skip
    assert services.issue_certificate(record.person, by=record.person).minutes == 60
    assert broken() == {}


def test_a_correction_answers_the_appeal():
    record = full_record()
    appeal = services.appeal_record(record, words="我待到了五点", by=record.person)
    services.correct_record(record, minutes=149, reason="按签退时间改", by=make.manager(record.organization))
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == (RecordAppeal.State.CORRECTED, "按签退时间改")


def test_the_same_correction_twice_is_one():
    record = full_record()
    first, second = (services.correct_record(record, minutes=60, reason="少了", by=DEMO) for _ in range(2))
    assert first == second
    assert ServiceRecord.objects.count() == 2


def test_a_record_is_corrected_once_the_next_time_the_later_one():
    record = full_record()
    new = services.correct_record(record, minutes=60, reason="少了", by=DEMO)
    with pytest.raises(Refused, match=f"already corrected by {new.number}"):
        services.correct_record(record, minutes=70, reason="别的", by=DEMO)


@pytest.mark.parametrize(
    ("minutes", "reason", "field"), [(60, "  ", "reason"), (151, "多了", "minutes"), (-1, "少了", "minutes"), (150, "一样", "minutes")]
)
def test_what_makes_no_sense_is_refused_at_its_field(minutes, reason, field):
    record = full_record()
    with pytest.raises(Refused) as refusal:
        services.correct_record(record, minutes=minutes, reason=reason, by=DEMO)
    assert refusal.value.field == field


def test_nobody_corrects_their_own_and_strangers_nobodys():
    record = full_record()
    for by in (record.person, make.person("别人"), make.manager(make.organization())):
        with pytest.raises(Denied):
            services.correct_record(record, minutes=1, reason="想改", by=by)


class TestAppeal:
    def test_it_runs_on_a_clock_and_reaches_those_who_can_put_it_right(self):
        record = full_record()
        by = make.manager(record.organization, "王芳")
        appeal = services.appeal_record(record, words="少记了半小时", by=record.person)
        assert (appeal.state, appeal.answer_due_at.isoformat()) == ("open", "2026-06-15T18:00:00+08:00")  # three working days
        assert Notice.objects.filter(person=by, kind="appeal.raised").count() == 1

    def test_said_twice_it_is_one(self):
        record = full_record()
        assert services.appeal_record(record, words="少了", by=record.person) == services.appeal_record(record, words="少了", by=record.person)

    def test_only_the_volunteer_and_only_with_words_and_only_about_what_stands(self):
        record = full_record()
        with pytest.raises(Denied):
            services.appeal_record(record, words="少了", by=make.manager(record.organization))
        with pytest.raises(Refused, match="few words"):
            services.appeal_record(record, words=" ", by=record.person)
        new = services.correct_record(record, minutes=60, reason="少了", by=DEMO)
        with pytest.raises(Refused, match=new.number):
            services.appeal_record(record, words="少了", by=record.person)

    def test_the_record_stands_with_words(self):
        record = full_record()
        appeal = services.appeal_record(record, words="少了", by=record.person)
        by = make.manager(record.organization)
        with pytest.raises(Refused):
            services.answer_appeal(appeal, words="", by=by)
        services.answer_appeal(appeal, words="签退是 16:30", by=by)
        services.answer_appeal(appeal, words="签退是 16:30", by=by)
        appeal.refresh_from_db()
        assert (appeal.state, appeal.answered_by) == ("kept", by)
        assert Notice.objects.filter(person=record.person, kind="appeal.answered").count() == 1
        with pytest.raises(Refused):
            services.answer_appeal(appeal, words="改主意了", by=by)

    def test_taken_back_by_the_volunteer_it_is_closed(self):
        record = full_record()
        appeal = services.appeal_record(record, words="少了", by=record.person)
        with pytest.raises(Denied):
            services.withdraw_appeal(appeal, by=make.manager(record.organization))
        for _ in range(2):
            assert services.withdraw_appeal(appeal, by=record.person).state == "withdrawn"
        assert services.appeal_record(record, words="又想起来了", by=record.person).pk != appeal.pk

    def test_a_second_time_it_is_the_hub_that_looks_and_a_third_time_nobody(self):
        street = make.territory("建外街道", level="street")
        record = full_record(of=make.shift(host=make.organization(at=make.territory(parent=street))))
        manager, hub = make.manager(record.organization), make.hub_manager(street)
        services.answer_appeal(services.appeal_record(record, words="少了", by=record.person), words="没有少", by=manager)
        second = services.appeal_record(record, words="真的少了", by=record.person)
        assert (second.escalated_at is not None, Notice.objects.filter(person=hub, kind="appeal.escalated").count()) == (True, 1)
        with pytest.raises(Denied):
            services.answer_appeal(second, words="还是没少", by=manager)
        services.answer_appeal(second, words="看了名单，没有少", by=hub)
        with pytest.raises(Refused, match="looked at it already"):
            services.appeal_record(record, words="再看看", by=record.person)

    def test_nobody_answered_in_time_so_the_hub_does(self, clock):
        street = make.territory("建外街道", level="street")
        record = full_record(of=make.shift(host=make.organization(at=make.territory(parent=street))))
        appeal = services.appeal_record(record, words="少了", by=record.person)
        assert services.escalate_overdue() == 0
        clock.advance(days=8)
        assert [services.escalate_overdue() for _ in range(2)] == [1, 0]
        appeal.refresh_from_db()
        assert appeal.escalated_at < appeal.answer_due_at
