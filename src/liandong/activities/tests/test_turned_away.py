"""Cancelled, waiting, suspended, too young: every door says why and lets nobody in."""

import datetime as dt

import pytest

from liandong.activities import queries, services
from liandong.activities.models import Attendance, Position, SignUp, Suspension
from liandong.activities.services.afterwards import add_attendance
from liandong.activities.services.scanning import SentScan
from liandong.activities.tests import factories as make
from liandong.activities.tests.test_pages import signed_in, url
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.journal.queries import history_of
from liandong.notices.models import Notice
from liandong.organizations.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chinese")]
TODAY = dt.date(2026, 6, 10)


@pytest.fixture
def shift(clock):
    """Today at 14:00 to 16:30; it is 14:02."""
    clock.move_to(make.at(0, 14, 2))
    return make.make_shift(make.make_activity(host=make.make_organization("暖邻社工事务所")), starts_at=make.at(0, 14))


@pytest.fixture
def manager(shift):
    return make.make_staff(shift.activity.host, "赵敏", role=Role.ORG_MANAGER)


def suspended(person, body, *, days=3, ago=1, **fields):
    values = {
        "reason": "三次没来",
        "until_date": make.clock.today() + dt.timedelta(days=days),
        "suspended_at": make.clock.now() - dt.timedelta(days=ago),
    }
    return Suspension.objects.create(
        person=person, organization=body, suspended_by=fields.pop("by", None) or make.make_person("赵敏"), **values | fields
    )


def turned_away(shift, why):
    """A ticket that lets nobody in, and what is said at the door."""
    position = make.make_position(shift, name="夜巡", min_age=18 if why == "young" else 0)
    person = make.make_person(birth_date=dt.date(2008, 6, 11) if why == "young" else None)
    state = {"cancelled": "cancelled", "waiting": "waiting"}.get(why, "confirmed")
    row = make.make_sign_up(position, person=person, state=state)
    if why == "suspended":
        suspended(person, shift.activity.host)
        SignUp.objects.filter(pk=row.pk).update(state="cancelled")
    return row


SAID = {
    "cancelled": "这个报名已经取消。",
    "waiting": "还在候补，第 1 位。",
    "suspended": "已被暖邻社工事务所暂停参加活动，至6月13日。",
    "young": "夜巡须满 18 岁。",
}


def by_ticket(row, leader):
    page = signed_in(leader).post(url("scan", row.shift_id), {"code": row.code})
    return next(text for text in SAID.values() if text in page.text)


def by_list(row, leader):
    return services.tick(row.shift, sign_ups=[row], act="in", by=leader).refused[0][1]


def by_door_code(row, leader):
    return _refusal(lambda: services.check_in(row, method=Attendance.Method.VENUE_CODE, by=row.person))


def by_tablet(row, leader):
    kiosk = services.open_kiosk(row.shift, by=leader)
    return _refusal(lambda: services.come_at_kiosk(kiosk, typed=row.code))


def by_hand(row, leader):
    return _refusal(lambda: services.check_in(row, method=Attendance.Method.LIST, at=make.at(0, 14), reason="我担保", by=leader))


def _refusal(verb):
    with pytest.raises(Refused) as refused:
        verb()
    return str(refused.value.reason)


@pytest.mark.parametrize("door", [by_ticket, by_list, by_door_code, by_tablet, by_hand])
@pytest.mark.parametrize("why", SAID)
def test_every_door_says_why_and_checks_nobody_in(shift, why, door):
    row = turned_away(shift, why)
    said = SAID[why]
    if why == "suspended" and door is by_door_code:
        said = "暖邻社工事务所暂停您参加其活动，至6月13日。"
    assert (door(row, shift.activity.leader), Attendance.objects.count()) == (said, 0)


@pytest.mark.parametrize("why", SAID)
def test_a_scan_without_network_waits_with_its_reason_and_cannot_be_counted(shift, why):
    row, leader, now = turned_away(shift, why), shift.activity.leader, make.clock.now()
    scan = services.receive_scan(
        shift, sent=SentScan(nonce="a1" * 12, code=row.code, act="in", device="ab12cd34", device_at=now, sent_at=now, ago_ms=0), by=leader
    )
    assert (scan.verdict, list(queries.open_conflicts(shift)), Attendance.objects.count()) == (why, [scan], 0)
    if why in ("young", "suspended"):
        assert _refusal(lambda: services.settle_scan(scan, take=True, reason="我担保", by=leader)) == SAID[why]
        assert ('value="take"' in signed_in(leader).get(url("scans", shift.pk)).text) is False
    assert [person[3] for person in queries.list_to_take(shift)["people"]] == {"cancelled": [], "waiting": [1], "suspended": [3], "young": [2]}[why]


def test_who_walks_in_or_is_written_down_afterwards_meets_the_same_rules(shift):
    leader, position = shift.activity.leader, make.make_position(shift, name="夜巡", min_age=18)
    young, paused = make.make_person(birth_date=dt.date(2010, 1, 1)), make.make_person("王磊")
    suspended(paused, shift.activity.host)
    verbs = [
        lambda who: services.walk_in(position, person=who, by=who),
        lambda who: services.sign_up(position, person=who, by=leader),
        lambda who: add_attendance(shift, person=who, in_at=make.at(0, 14), out_at=make.at(0, 14, 1), reason="他来了", by=leader),
    ]
    assert [_refusal(lambda verb=verb: verb(young)) for verb in verbs] == [SAID["young"]] * 3
    assert [_refusal(lambda verb=verb: verb(paused)) for verb in verbs] == [
        "暖邻社工事务所暂停您参加其活动，至6月13日。",
        SAID["suspended"],
        SAID["suspended"],
    ]
    assert (SignUp.objects.count(), Attendance.objects.count()) == (0, 0)


@pytest.mark.parametrize(("born", "lets_in"), [((2008, 6, 10), True), ((2008, 6, 11), False), (None, True)])
def test_age_counts_on_the_day_of_the_shift_and_an_unknown_one_is_let_in(shift, born, lets_in):
    position = make.make_position(shift, min_age=18)
    person = make.make_person(birth_date=dt.date(*born) if born else None)
    assert queries.is_too_young(person, position, shift) is not lets_in


def test_the_next_on_the_list_who_is_old_enough_moves_up(shift):
    position = make.make_position(shift, capacity=1, min_age=18)
    first = make.make_sign_up(position)
    young = make.make_sign_up(position, person=make.make_person(birth_date=dt.date(2010, 1, 1)), state="waiting")
    paused, grown = make.make_sign_up(position, state="waiting"), make.make_sign_up(position, state="waiting")
    suspended(paused.person, shift.activity.host)
    services.cancel_sign_up(first, by=first.person)
    assert [SignUp.objects.get(pk=row.pk).state for row in (young, paused, grown)] == ["waiting", "waiting", "confirmed"]


def test_repeating_and_copying_keep_the_age(shift):
    make.make_position(shift, name="夜巡", min_age=18)
    [copy] = services.repeat_weekly(shift.activity, weeks=1, by=make.make_staff(shift.activity.host))
    assert Position.objects.get(shift__activity=copy).min_age == 18


def test_a_suspension_gives_the_places_back_until_its_day_and_tells_the_person(shift, manager, run_jobs):
    body, person = shift.activity.host, make.make_person("王磊")
    soon, later, elsewhere = (
        make.make_shift(make.make_activity(host=host), starts_at=make.at(day, 9)) for host, day in ((body, 2), (body, 9), (None, 3))
    )
    rows = [make.make_sign_up(make.make_position(each, capacity=1), person=person) for each in (soon, later, elsewhere)]
    next_one = make.make_sign_up(rows[0].position, state="waiting")
    row = services.suspend(person, organization=body, reason="三次没来", until_date=TODAY + dt.timedelta(days=5), by=manager)
    run_jobs()
    assert [SignUp.objects.get(pk=each.pk).state for each in (*rows, next_one)] == ["cancelled", "confirmed", "confirmed", "confirmed"]
    assert list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True)) == [
        "activities.suspended",
        "activities.sign_up_cancelled",
    ]
    assert (
        _refusal(lambda: services.suspend(person, organization=body, reason="又没来", until_date=TODAY, by=manager)) == "此人已在暂停期内，请先解除。"
    )
    services.lift_suspension(row, reason="说清楚了", by=manager)
    again = services.sign_up(rows[0].position, person=person, by=person)
    assert ([entry.verb for entry in history_of(row)], again.state) == (["suspension.made", "suspension.lifted"], "waiting")


def test_only_those_who_keep_the_people_of_the_body_suspend_and_never_themselves(shift, manager):
    body, until, person = shift.activity.host, TODAY, make.make_person()
    hub = make.grant(make.make_person("何平"), Role.HUB_MANAGER, territory=body.territory)
    for by in (shift.activity.leader, make.make_staff(body), make.make_staff(make.make_organization(), role=Role.ORG_MANAGER)):
        with pytest.raises(Denied):
            services.suspend(person, organization=body, reason="没来", until_date=until, by=by)
    with pytest.raises(Denied):
        services.suspend(manager, organization=body, reason="没来", until_date=until, by=manager)
    assert services.suspend(person, organization=body, reason="没来", until_date=until, by=hub).is_in_force


@pytest.mark.parametrize(("days", "reason", "field"), [(-1, "没来", "until_date"), (366, "没来", "until_date"), (5, "  ", "reason")])
def test_a_suspension_needs_a_reason_and_a_day_within_a_year(shift, manager, days, reason, field):
    with pytest.raises(Refused) as refused:
        services.suspend(make.make_person(), organization=shift.activity.host, reason=reason, until_date=TODAY + dt.timedelta(days=days), by=manager)
    assert refused.value.field == field


def test_a_suspension_ends_with_its_day_or_when_it_is_lifted(shift):
    person, body = make.make_person(), shift.activity.host
    suspended(person, body, days=-1, ago=30)
    suspended(person, body, lifted_at=make.clock.now() - dt.timedelta(hours=1), lifted_by=make.make_person(), lift_reason="弄错了")
    assert services.sign_up(make.make_position(shift), person=person, by=person).state == "confirmed"


def test_the_manager_suspends_by_number_and_lifts_with_a_reason(shift, manager):
    person, body, client = make.make_person("王磊", number="LABCDEFG"), shift.activity.host, signed_in(manager)
    page = f"{url('suspensions')}?organization={body.slug}"
    bad = client.post(page, {"who": "LNOBODY1", "until_date": "2026-06-20", "reason": "三次没来"})
    done = client.post(page, {"who": "LABCDEFG", "until_date": "2026-06-20", "reason": "三次没来"})
    row = Suspension.objects.get()
    shown = client.get(page).text
    assert (bad.status_code, done.status_code, row.person, row.until_date, "三次没来" in shown, "王磊" in shown) == (
        422,
        303,
        person,
        dt.date(2026, 6, 20),
        True,
        False,
    )
    client.post(url("lift_suspension", row.pk), {f"lift-{row.pk}-reason": ""})
    assert Suspension.objects.get().lifted_at is None
    client.post(url("lift_suspension", row.pk), {f"lift-{row.pk}-reason": "说清楚了"})
    assert Suspension.objects.get().lift_reason == "说清楚了"


def test_others_do_not_find_the_page(shift, manager):
    row = suspended(make.make_person(), shift.activity.host)
    stranger = signed_in(make.make_staff(make.make_organization(), role=Role.ORG_MANAGER))
    page = f"{url('suspensions')}?organization={shift.activity.host.slug}"
    assert [stranger.get(page).status_code, stranger.post(url("lift_suspension", row.pk)).status_code] == [404, 404]
    assert signed_in(make.make_person()).get(url("suspensions")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions(shift, manager, count, django_assert_max_num_queries):
    for _n in range(count):
        suspended(make.make_person(), shift.activity.host)
    client = signed_in(manager)
    with django_assert_max_num_queries(14):
        client.get(f"{url('suspensions')}?organization={shift.activity.host.slug}")


def test_the_person_reads_why_the_door_only_until_when(shift):
    row = turned_away(shift, "suspended")
    own, door = signed_in(row.person), signed_in(shift.activity.leader)
    pages = [own.get(url("mine")), own.get(url("activity", shift.activity.code)), own.get(f"{url('sign_up', shift.pk)}?position={row.position_id}")]
    assert ["三次没来" in page.text for page in pages] == [True, True, True]
    assert ("三次没来" in door.post(url("scan", shift.pk), {"code": row.code}).text) is False


def test_the_leader_sees_whose_day_of_birth_is_not_known(shift):
    position = make.make_position(shift, min_age=18)
    make.make_sign_up(position)
    make.make_sign_up(position, person=make.make_person(birth_date=dt.date(1990, 1, 1)))
    text = signed_in(make.make_staff(shift.activity.host)).get(url("manage", shift.activity.code)).text
    assert text.count("出生日期不详") == 1


def test_the_page_and_the_sheet_say_whom_a_position_is_for(shift):
    position = make.make_position(shift, min_age=18)
    young = signed_in(make.make_person(birth_date=dt.date(2010, 1, 1)))
    page = young.get(url("activity", shift.activity.code)).text
    sheet = young.get(f"{url('sign_up', shift.pk)}?position={position.pk}").text
    assert ("满 18 岁" in page, "满 18 岁" in sheet, 'form="confirm"' in sheet) == (True, True, False)


def test_the_promises_hold_and_notice_what_breaks_them(shift):
    row = make.make_sign_up(make.make_position(shift))
    suspended(row.person, shift.activity.host)
    assert broken() == {}
    make.make_attendance(row, in_at=make.clock.now())
    suspended(row.person, shift.activity.host)
    assert list(broken()) == ["DOOR.suspended", "DOOR.suspended_once"]
