import datetime as dt

import pytest

from liandong.activities.models import Attendance, SignUp
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.notices.models import Notice
from liandong.points import queries as points
from liandong.recognition import queries, services
from liandong.recognition.models import Backfill, ServiceClaim, ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def street():
    return make.territory("建外街道", level="street")


@pytest.fixture
def host(street):
    return make.organization(at=make.territory(parent=street))


@pytest.fixture
def shift(host):
    shift = make.shift(host=host)
    make.attended(of=shift)
    return shift


def claim(shift, volunteer=None, *, first=0, last=150, by=None, **values):
    volunteer = volunteer or make.person("高峰")
    start = shift.starts_at
    values = {"words": "签到码打不开", "starts_at": start + dt.timedelta(minutes=first), "ends_at": start + dt.timedelta(minutes=last)} | values
    return services.claim_service(shift, person=volunteer, by=by or volunteer, **values)


def test_a_claim_runs_on_a_clock_and_reaches_those_who_check(shift, host):
    by = make.manager(host)
    made = claim(shift)
    assert (made.state, made.minutes, made.answer_due_at.isoformat()) == ("open", 150, "2026-06-17T18:00:00+08:00")  # five working days
    assert Notice.objects.filter(person=by, kind="claim.made").count() == 1
    assert claim(shift, made.person) == made


def test_from_claim_to_record_by_three_people(shift, host):
    checker, second = make.manager(host, "周敏"), make.manager(host, "王芳")
    made = claim(shift)
    backfill = services.accept_claim(made, words="", evidence="签到表第 7 行有她", by=checker)
    with pytest.raises(Denied, match="second person"):
        services.approve_backfill(backfill, by=checker)
    record = services.approve_backfill(backfill, words="照片里有她", by=second)
    assert services.approve_backfill(backfill, by=second) == record
    made.refresh_from_db()
    assert (made.state, record.minutes, record.is_backfilled, record.confirmed_by) == ("recorded", 150, True, second)
    assert points.balance_of(made.person) == 5
    assert SignUp.objects.get(pk=record.sign_up_id).state == "confirmed"
    assert set(Notice.objects.filter(person=made.person).values_list("kind", flat=True)) == {"claim.accepted", "service.confirmed"}
    assert broken() == {}


def test_a_part_of_it_needs_words(shift, host):
    made, by = claim(shift), make.manager(host)
    half = shift.starts_at + dt.timedelta(minutes=60)
    with pytest.raises(Refused, match="only a part"):
        services.accept_claim(made, ends_at=half, words="", evidence="组长看见", by=by)
    with pytest.raises(Refused, match="Not more than was claimed"):
        services.accept_claim(made, ends_at=shift.ends_at + dt.timedelta(hours=1), words="多给", evidence="组长看见", by=by)
    assert services.accept_claim(made, ends_at=half, words="三点以后没人看见", evidence="组长看见", by=by).minutes == 60


def test_who_forgot_to_check_out_gets_the_time_by_a_correction(host):
    shift = make.shift(host=host)
    row = make.attended(of=shift, late=0, stayed=10)
    made = claim(shift, row.person, last=140)
    backfill = services.accept_claim(made, words="", evidence="组长看见", by=make.manager(host))
    record = services.approve_backfill(backfill, by=make.manager(host, "王芳"))
    assert (record.sign_up, record.minutes, Attendance.objects.get(sign_up=row).corrections.count()) == (row, 140, 1)
    assert broken() == {}


def test_refused_it_goes_to_the_hub_once(shift, host, street):
    made, manager, hub = claim(shift), make.manager(host), make.hub_manager(street)
    with pytest.raises(Refused) as refusal:
        services.refuse_claim(made, words=" ", by=manager)
    assert refusal.value.field == "words"
    services.refuse_claim(made, words="名单上没有", by=manager)
    again = services.appeal_claim(made, words="我有照片", by=made.person)
    assert (again.state, again.is_with_hub, Notice.objects.filter(person=hub, kind="claim.escalated").count()) == ("open", True, 1)
    with pytest.raises(Denied):
        services.refuse_claim(made, words="还是没有", by=manager)
    services.refuse_claim(made, words="照片不是这一天", by=hub)
    with pytest.raises(Refused, match="looked at it already"):
        services.appeal_claim(made, words="再看看", by=made.person)


def test_the_second_person_does_not_agree(shift, host):
    made = claim(shift)
    backfill = services.accept_claim(made, words="", evidence="签到表", by=make.manager(host))
    services.refuse_backfill(backfill, words="签到表是假的", by=make.manager(host, "王芳"))
    made.refresh_from_db()
    assert (made.state, made.answer, ServiceRecord.objects.count()) == ("refused", "签到表是假的", 0)


def test_nobody_checks_their_own_nor_what_they_claimed_for_somebody(shift, host):
    staff = make.manager(host)
    own = claim(shift, staff)
    for_other = claim(shift, by=staff, relation="同事")
    for made in (own, for_other):
        with pytest.raises(Denied):
            services.accept_claim(made, words="", evidence="我看见", by=staff)
    with pytest.raises(Refused) as refusal:
        claim(shift, make.person(), by=staff)
    assert refusal.value.field == "relation"
    with pytest.raises(Denied):
        claim(shift, make.person(), by=make.person("路人"), relation="邻居")


def test_a_parent_claims_for_the_child(shift):
    parent = make.person("高建国")
    child = make.person("高小宝", guardian=parent)
    assert claim(shift, child, by=parent, relation="爸爸").made_by == parent


def test_withdrawn_by_who_made_it(shift, host):
    made = claim(shift)
    services.withdraw_claim(made, by=made.person)
    with pytest.raises(Refused):
        services.accept_claim(made, words="", evidence="x", by=make.manager(host))
    assert claim(shift, made.person).pk != made.pk


@pytest.mark.parametrize(("first", "last"), [(-10, 60), (0, 151), (60, 60), (90, 30)])
def test_only_the_time_inside_the_shift(shift, first, last):
    with pytest.raises(Refused) as refusal:
        claim(shift, first=first, last=last)
    assert refusal.value.field == "starts_at"


def test_what_is_not_over_long_ago_or_called_off_is_refused(host):
    now = queries.claims.clock.now()
    for starts_at, state in (
        (now - dt.timedelta(minutes=5), "published"),
        (now - dt.timedelta(days=90), "published"),
        (now - dt.timedelta(days=2), "cancelled"),
    ):
        shift = make.shift(host=host, starts_at=starts_at)
        make.sign_up(of=shift)
        shift.activity.state = state
        shift.activity.save(update_fields=["state"])
        with pytest.raises(Refused) as refusal:
            claim(shift)
        assert refusal.value.field == "shift"


def test_impossible_sums_are_refused_at_once_and_name_the_other(host):
    record = make.record(of=make.shift(host=host, title="读报"))
    other = make.shift(host=make.organization())
    make.attended(of=other)
    with pytest.raises(Refused, match=f"overlaps with “读报”.*{record.number}"):
        claim(other, record.person)
    with pytest.raises(Refused, match=f"record of it already: {record.number}"):
        claim(record.shift, record.person)


def test_an_overdue_claim_goes_to_the_hub(shift, street, clock):
    hub, made = make.hub_manager(street), claim(shift)
    clock.advance(days=9)
    assert [services.escalate_overdue() for _ in range(2)] == [1, 0]
    made.refresh_from_db()
    assert (made.is_with_hub, Notice.objects.filter(person=hub, kind="claim.escalated").count()) == (True, 1)


def test_shifts_of_ones_own_come_first_and_others_by_search(host):
    volunteer = make.person()
    mine, other = make.sign_up(volunteer, of=make.shift(host=host)).shift, make.sign_up(of=make.shift(host=host, title="读报")).shift
    done = make.record(volunteer, of=make.shift(host=host, title="义剪", starts_at=mine.starts_at - dt.timedelta(days=3))).shift
    assert list(queries.claimable_shifts(volunteer)) == [mine]
    assert list(queries.claimable_shifts(volunteer, text="读报")) == [other]
    assert done not in queries.claimable_shifts(volunteer, text="义剪")
    assert (ServiceClaim.objects.count(), Backfill.objects.count()) == (0, 0)


def test_who_is_erased_leaves_no_words_and_no_picture(shift, host):
    made = claim(shift, evidence="群里有合影")
    services.accept_claim(made, words="", evidence="合影第二排", by=make.manager(host))
    assert [services.forget_words(made.person, by=made.person) for _ in range(2)] == [2, 0]
    made.refresh_from_db()
    assert (made.words, made.evidence, Backfill.objects.get().evidence) == ("–", "–", "–")
