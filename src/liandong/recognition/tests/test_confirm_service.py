import datetime as dt

import pytest

from liandong.activities.models import Attendance, Position
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.organizations.models import Role
from liandong.points import queries as points
from liandong.points.models import PointsTransfer
from liandong.recognition import queries, services
from liandong.recognition.models import ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_record_carries_the_fields_of_the_law_in_whole_minutes():
    shift = make.shift(title="小家电义诊", category="elders")
    sign_up = make.attended(of=shift, late=2, stayed=149)
    by = make.manager(shift.activity.host, "周敏")

    record = services.confirm_service(sign_up, by=by)

    assert record.minutes == 148  # 14:02 to 16:30: what lies after the end of the shift is no service
    assert (record.person, record.organization, record.territory) == (sign_up.person, shift.activity.host, shift.activity.territory)
    assert (record.activity_name, record.service_date, record.place) == ("小家电义诊", dt.date(2026, 6, 9), "活动站 1 层")
    assert (record.content, record.category, record.organizer_name, record.leader_name) == (
        "登记引导 volunteer · 带位",
        "elders",
        shift.activity.host.name,
        "周敏",
    )
    assert (record.method, record.confirmed_by, record.rule.version) == ("venue_code/venue_code", by, 1)
    assert Attendance.objects.get(sign_up=sign_up).confirmed_at is not None


def test_points_come_in_by_one_transfer_and_the_volunteer_is_told():
    record = make.record(late=0, stayed=150)

    assert points.balance_of(record.person) == 5  # two an hour, rounded down
    assert PointsTransfer.objects.get() == record.transfer
    assert Notice.objects.get(person=record.person).kind == "service.confirmed"
    entry = Entry.objects.get(verb="service.confirmed")
    assert entry.after == {"number": record.number, "minutes": 150, "points": 5}


def test_the_cap_of_the_rule_limits_points_and_not_minutes():
    record = make.record(of=make.shift(minutes=600), late=0, stayed=600)
    assert (record.minutes, points.balance_of(record.person)) == (600, 16)


def test_a_few_minutes_make_a_record_with_an_award_of_nothing():
    record = make.record(late=0, stayed=20)
    assert (record.minutes, points.balance_of(record.person), record.transfer.entries.count()) == (20, 0, 0)
    assert broken() == {}


def test_confirmed_twice_it_has_one_effect():
    sign_up = make.attended()
    by = make.manager(sign_up.shift.activity.host)
    first, second = services.confirm_service(sign_up, by=by), services.confirm_service(sign_up, by=by)
    assert first == second
    assert (ServiceRecord.objects.count(), PointsTransfer.objects.count(), points.balance_of(sign_up.person)) == (1, 1, 4)


@pytest.mark.parametrize("kind", [Position.Kind.PARTICIPANT, Position.Kind.STAFF])
def test_who_was_served_or_paid_makes_no_record(kind):
    sign_up = make.attended(kind=kind)
    with pytest.raises(Refused, match="volunteer position"):
        services.confirm_service(sign_up, by=DEMO)
    assert not ServiceRecord.objects.exists()


def test_nobody_came_is_refused():
    with pytest.raises(Refused, match="No check-in"):
        services.confirm_service(make.sign_up(), by=DEMO)


def test_an_open_attendance_is_refused():
    with pytest.raises(Refused, match="checked out"):
        services.confirm_service(make.attended(stayed=None), by=DEMO)


@pytest.mark.parametrize(("late", "stayed"), [(-30, 29), (0, 0), (150, 40)])
def test_time_outside_the_shift_is_nothing(late, stayed):
    with pytest.raises(Refused, match="nothing to confirm"):
        services.confirm_service(make.attended(late=late, stayed=stayed), by=DEMO)


def test_an_overlap_is_refused_and_names_the_other():
    host = make.organization()
    first = make.record(of=make.shift(host=host, title="读报"))
    second = make.attended(first.person, of=make.shift(host=host))
    with pytest.raises(Refused, match=f"“读报”, 9 Jun 14:02 to 16:30, record {first.number}"):
        services.confirm_service(second, by=DEMO)
    assert queries.hours_of(first.person) == first.minutes


def test_one_after_the_other_is_no_overlap():
    first = make.record(late=0, stayed=150)
    later = make.shift(starts_at=first.shift.ends_at)
    assert make.record(first.person, of=later, late=0, stayed=150).minutes == 150


def test_a_day_has_24_hours():
    midnight = dt.datetime(2026, 6, 7, 16, 0, tzinfo=dt.UTC)  # 8 June in Shanghai
    first = make.record(of=make.shift(starts_at=midnight, minutes=1000), late=0, stayed=1000)
    long_one = make.shift(starts_at=midnight + dt.timedelta(minutes=1000), minutes=900)
    with pytest.raises(Refused, match="24 hours"):
        services.confirm_service(make.attended(first.person, of=long_one, late=0, stayed=900), by=DEMO)


def test_nobody_confirms_their_own_service():
    shift = make.shift()
    by = make.manager(shift.activity.host)
    with pytest.raises(Denied, match="their own"):
        services.confirm_service(make.attended(by, of=shift), by=by)


@pytest.mark.parametrize("role", [Role.ORG_STAFF, Role.ACTIVITY_LEADER, Role.OBSERVER])
def test_a_role_without_the_right_is_denied(role):
    shift = make.shift()
    with pytest.raises(Denied):
        services.confirm_service(make.attended(of=shift), by=make.manager(shift.activity.host, role=role))


def test_another_body_is_denied_and_the_hub_around_is_not():
    street = make.territory("建外街道", level="street")
    host = make.organization(at=make.territory(parent=street))
    sign_up = make.attended(of=make.shift(host=host))
    with pytest.raises(Denied):
        services.confirm_service(sign_up, by=make.manager(make.organization()))
    assert services.confirm_service(sign_up, by=make.hub_manager(street)).minutes == 148


def test_a_list_is_confirmed_and_the_refused_come_back_with_reasons():
    shift = make.shift()
    good, open_one = make.attended(of=shift), make.attended(make.person("张明"), of=shift, stayed=None)
    done = services.confirm_shift(shift, sign_ups=[good, open_one], by=make.manager(shift.activity.host))
    assert [record.sign_up for record in done.records] == [good]
    assert [(row, words) for row, words in done.refused] == [(open_one, "Not checked out yet. Check the person out first.")]
    assert broken() == {}


def test_a_foreign_sign_up_in_the_list_is_left_alone():
    shift, other = make.shift(), make.attended()
    done = services.confirm_shift(shift, sign_ups=[other], by=make.manager(shift.activity.host))
    assert (done.records, done.refused, ServiceRecord.objects.count()) == ([], [], 0)
