import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from liandong.activities import services as activities
from liandong.activities.models import Position
from liandong.core import clock as core_clock
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.organizations.models import Role
from liandong.recognition import queries, services
from liandong.recognition.models import Backfill, ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shift():
    shift = make.shift()
    make.attended(of=shift)
    return shift


def propose(shift, volunteer=None, *, by=None, **values):
    by = by or make.manager(shift.activity.host, "周敏", role=Role.ORG_STAFF)
    return services.propose_backfill(
        shift, person=volunteer or make.person("高峰"), by=by, **{"reason": "忘了签到", "evidence": "签到表第 7 行", **values}
    )


def second(shift):
    return make.manager(shift.activity.host, "王芳")


def test_hours_sold_from_the_back_office_take_two_people_and_say_so_for_ever(shift):
    """No sign-up, no scan: reason, evidence, another one who agrees; and every later version is marked."""
    backfill, by = propose(shift), second(shift)
    record = services.approve_backfill(backfill, by=by)
    less = services.correct_record(record, minutes=60, reason="只待了一小时", by=by)
    assert (record.is_backfilled, less.is_backfilled, less.backfill) == (True, True, backfill)
    assert Entry.objects.get(verb="service.confirmed").after["backfill"] == backfill.number
    assert broken() == {}


@pytest.mark.parametrize(("reason", "evidence", "field"), [("", "签到表", "reason"), ("忘了", " ", "evidence")])
def test_without_reason_or_evidence_it_is_refused(shift, reason, evidence, field):
    with pytest.raises(Refused) as refusal:
        propose(shift, reason=reason, evidence=evidence)
    assert refusal.value.field == field


def test_creator_approver_and_beneficiary_are_three_people(shift):
    by = second(shift)
    with pytest.raises(Denied):
        propose(shift, by, by=by)
    mine, for_her = propose(shift, by=by), propose(shift, by)
    for backfill in (mine, for_her):
        with pytest.raises(Denied):
            services.approve_backfill(backfill, by=by)
        with pytest.raises(Denied):
            services.refuse_backfill(backfill, words="不", by=by)
    with pytest.raises(Denied):  # staff may write it, not decide it
        services.approve_backfill(mine, by=make.manager(shift.activity.host, role=Role.ORG_STAFF))


@pytest.mark.parametrize("field", ["created_by", "person"])
def test_the_database_keeps_them_apart_too(shift, field):
    backfill = propose(shift)
    values = {"state": "approved", "decided_at": backfill.created_at, "decided_by": getattr(backfill, field)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Backfill.objects.filter(pk=backfill.pk).update(**values)


def test_a_check_in_written_afterwards_makes_no_record_by_one_person(shift, clock):
    staff, volunteer = make.manager(shift.activity.host, role=Role.ORG_STAFF), make.person("高峰")
    row = make.sign_up(volunteer, of=shift)
    activities.check_in(row, method="list", at=shift.starts_at, reason="手机没电", by=staff)
    activities.check_out(row, method="list", at=shift.ends_at, reason="手机没电", by=staff)
    with pytest.raises(Refused, match="back-fill"):
        services.confirm_service(row, by=second(shift))
    with pytest.raises(Denied):  # the hand that wrote the times is no second person
        services.approve_backfill(propose(shift, volunteer), by=make.person())
    backfill = Backfill.objects.get()
    assert queries.hands_on(volunteer, shift) == {staff.pk}
    assert services.approve_backfill(backfill, by=second(shift)).minutes == 150
    assert broken() == {}


def test_times_made_longer_need_it_and_times_made_shorter_do_not(shift):
    by = make.manager(shift.activity.host)
    longer, shorter = make.attended(of=shift, late=0, stayed=60), make.attended(of=shift, late=0, stayed=60)
    for row, minutes in ((longer, 120), (shorter, 30)):
        attendance = row.attendance
        out_at = attendance.in_at + dt.timedelta(minutes=minutes)
        activities.correct_attendance(attendance, in_at=attendance.in_at, out_at=out_at, reason="看名单", by=by)
    with pytest.raises(Refused, match="back-fill"):
        services.confirm_service(longer, by=second(shift))
    assert services.confirm_service(shorter, by=second(shift)).minutes == 30


def test_a_record_is_made_longer_by_two(shift):
    record = make.record(of=shift, late=60, stayed=30)
    with pytest.raises(Refused) as refusal:
        propose(shift, record.person, record=record, minutes=20)
    assert refusal.value.field == "minutes"
    backfill = propose(shift, record.person, record=record, minutes=140)
    new = services.approve_backfill(backfill, by=second(shift))
    assert (new.corrects, new.minutes, new.is_backfilled, (new.starts_at, new.ends_at)) == (record, 140, True, (shift.starts_at, shift.ends_at))
    assert broken() == {}


def test_one_waits_at_a_time_and_can_be_taken_back(shift):
    backfill = propose(shift)
    with pytest.raises(Refused, match="waits"):
        propose(shift, backfill.person)
    with pytest.raises(Denied):
        services.withdraw_backfill(backfill, by=second(shift))
    services.withdraw_backfill(backfill, by=backfill.created_by)
    with pytest.raises(Refused):
        services.approve_backfill(backfill, by=second(shift))
    assert propose(shift, backfill.person).state == "waiting"


def test_a_full_position_grows_by_one(shift):
    Position.objects.filter(shift=shift).update(capacity=1)
    services.approve_backfill(propose(shift), by=second(shift))
    assert Position.objects.get(shift=shift).capacity == 2
    assert broken() == {}


def test_more_than_a_tenth_tells_the_hub_once_a_month(clock):
    street = make.territory("建外街道", level="street")
    host, hub = make.organization(at=make.territory(parent=street)), make.hub_manager(street)
    make.record(of=make.shift(host=host))
    assert (queries.shares(queries.claims.Q()), services.alert_of_shares()) == ([], 0)
    shift = make.shift(host=host, title="读报")
    make.sign_up(of=shift)
    services.approve_backfill(propose(shift), by=second(shift))
    [share] = queries.shares(queries.claims.Q())
    assert (share.minutes, share.backfilled, share.percent, share.is_high) == (298, 150, 50, True)
    assert [services.alert_of_shares() for _ in range(2)] == [1, 0]
    clock.advance(days=30)
    assert services.alert_of_shares() == 1
    assert Notice.objects.filter(person=hub, kind="backfill.share_high").count() == 2
    assert [record.backfill.reason for record in queries.backfilled_records(host)] == ["忘了签到"]


def test_a_day_has_24_hours_and_the_message_names_the_records():
    midnight = core_clock.day_bounds(dt.date(2026, 6, 8))[0]
    first = make.record(of=make.shift(starts_at=midnight, minutes=1000), late=0, stayed=1000)
    long_one = make.shift(starts_at=midnight + dt.timedelta(minutes=1000), minutes=900)
    make.sign_up(of=long_one)
    with pytest.raises(Refused, match=f"24 hours on one day, together with {first.number}"):
        propose(long_one, first.person)


def test_what_was_sent_to_back_fill_comes_back_only_with_two(shift):
    from liandong.recognition.models import Outlier, OutlierLine

    record = make.record(of=shift, late=0, stayed=150)
    found = Outlier.objects.create(
        key="x", kind="pair", weight=70, organization=record.organization, line_count=1, minutes=150, found_at=record.confirmed_at
    )
    OutlierLine.objects.create(outlier=found, sign_up=record.sign_up)
    services.decide_outlier(found, state="backfill", reason="请补证据", by=second(shift))
    gone = ServiceRecord.objects.get(corrects=record)
    assert gone.minutes == 0
    with pytest.raises(Refused, match="second person"):
        services.correct_record(gone, minutes=150, reason="其实在", by=DEMO)
    backfill = propose(shift, record.person, record=gone, minutes=150)
    assert services.approve_backfill(backfill, by=second(shift)).minutes == 150
    assert broken() == {}
