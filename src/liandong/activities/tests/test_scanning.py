"""Scans from phones without network: taken in once, by the server's order; what cannot be counted waits for the leader."""

import datetime as dt
import itertools
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from liandong.activities import doors, queries, services
from liandong.activities.models import Attendance, AttendanceCorrection, DoorScan, SignUp
from liandong.activities.services.scanning import AHEAD, SentScan, _moment_of
from liandong.activities.tests import factories as make
from liandong.core.errors import Denied, Refused
from liandong.journal.queries import history_of

pytestmark = pytest.mark.django_db
_count = itertools.count(1)


@pytest.fixture
def row(clock):
    """A confirmed place today at 14:00 to 16:30; it is 14:10."""
    clock.move_to(make.at(0, 14, 10))
    return make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(0, 14))))


def sent(row, minutes_ago=5, **fields):
    now = make.clock.now()
    values = {
        "nonce": f"{next(_count):024x}",
        "code": row.code,
        "act": "in",
        "device": "ab12cd34",
        "device_at": now - dt.timedelta(minutes=minutes_ago),
        "sent_at": now,
    }
    return SentScan(**(values | {"ago_ms": minutes_ago * 60_000} | fields))


def receive(row, minutes_ago=5, **fields):
    return services.receive_scan(row.shift, sent=sent(row, minutes_ago, **fields), by=row.shift.activity.leader)


def test_a_scan_counts_at_the_time_it_was_made(row):
    scan = receive(row)
    attendance = Attendance.objects.get()
    assert (scan.verdict, attendance.in_at, attendance.in_method, attendance.in_nonce) == ("taken", make.at(0, 14, 5), "offline", scan.nonce)
    assert [entry.verb for entry in history_of(scan)] == ["door_scan.received"]


def test_fifty_times_the_same_scan_is_one_row_and_fifty_equal_answers(row):
    one = sent(row)
    answers = {(scan.pk, scan.verdict) for scan in (services.receive_scan(row.shift, sent=one, by=row.shift.activity.leader) for _ in range(50))}
    assert (len(answers), DoorScan.objects.count(), Attendance.objects.count()) == (1, 1, 1)


def test_of_two_phones_the_first_to_send_counts_and_the_other_is_listed(row):
    receive(row, 2)
    second = receive(row, 8, device="ee99ee99")
    assert (second.verdict, Attendance.objects.get().in_at) == ("already", make.at(0, 14, 8))
    assert list(queries.open_conflicts(row.shift)) == [second]


def test_what_cannot_be_counted_is_listed_with_its_reason(row, clock):
    shift, leader = row.shift, row.shift.activity.leader
    other = make.make_sign_up(make.make_position(make.make_shift(row.shift.activity, starts_at=make.at(1, 14))))
    rows = {state: make.make_sign_up(row.position, state=state) for state in ("waiting", "cancelled")}
    unknown = services.receive_scan(shift, sent=sent(row, code="222222"), by=leader)
    elsewhere = services.receive_scan(shift, sent=sent(other), by=leader)
    verdicts = [unknown.verdict, elsewhere.verdict, receive(rows["waiting"]).verdict, receive(rows["cancelled"]).verdict]
    assert verdicts == ["unlisted", "unlisted", "waiting", "cancelled"]
    assert (receive(row, act="out").verdict, receive(row, 45).verdict) == ("not_in", "outside")
    assert (Attendance.objects.count(), queries.open_conflicts(shift).count()) == (0, 6)
    type(shift.activity).objects.filter(pk=shift.activity_id).update(state="cancelled")
    assert receive(row).verdict == "cancelled"


@pytest.mark.parametrize(
    ("fields", "verdict", "at", "wrong"),
    [
        ({"device_at": dt.timedelta(days=1), "sent_at": dt.timedelta(days=1, minutes=5)}, "taken", (14, 5), True),  # a day ahead all the time
        ({"device_at": dt.timedelta(days=-20_000), "sent_at": dt.timedelta(days=-20_000, minutes=5), "ago_ms": None}, "taken", (14, 5), True),  # 1970
        ({"device_at": dt.timedelta(minutes=30), "sent_at": dt.timedelta(0)}, "taken", (14, 5), True),  # set back in between: the steady clock knows
        (
            {"device_at": dt.timedelta(minutes=30), "sent_at": dt.timedelta(0), "ago_ms": None},
            "clock",
            None,
            False,
        ),  # and nobody knows after a restart
        ({"device_at": dt.timedelta(hours=-13), "sent_at": dt.timedelta(0), "ago_ms": None}, "clock", None, False),  # too long ago
        (
            {"device_at": dt.timedelta(minutes=-6), "sent_at": dt.timedelta(0), "ago_ms": 1000},
            "taken",
            (14, 4),
            True,
        ),  # the phone slept: its steady clock stood still
        ({"device_at": dt.timedelta(minutes=-5), "sent_at": None, "ago_ms": None, "is_from_file": True}, "taken", (14, 5), False),
        ({"device_at": dt.timedelta(days=3), "sent_at": None, "ago_ms": None, "is_from_file": True}, "clock", None, False),
    ],
)
def test_a_wrong_clock_is_flagged_and_brings_no_time_outside_the_shift(row, fields, verdict, at, wrong):
    now = make.clock.now()
    values = {name: now + value if isinstance(value, dt.timedelta) else value for name, value in fields.items()}
    scan = receive(row, **values)
    assert (scan.verdict, scan.is_clock_wrong, scan.device_at, scan.received_at) == (verdict, wrong, values["device_at"], now)
    assert [each.in_at for each in Attendance.objects.all()] == ([make.at(0, *at)] if at else [])


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.none() | st.integers(-(10**12), 10**12))
@how(suppress_health_check=list(HealthCheck), max_examples=25, deadline=None)
def test_whatever_a_phone_says_hours_stay_inside_the_shift(row, device, sends, ago):
    now = make.clock.now()
    plus = lambda ms: now + dt.timedelta(milliseconds=ms)  # noqa: E731
    moment, _wrong = _moment_of(sent(row, device_at=plus(device), sent_at=plus(sends), ago_ms=ago), now)
    assert isinstance(moment, dt.datetime)
    with transaction.atomic():
        receive(row, device_at=plus(device), sent_at=plus(sends), ago_ms=ago)
        for attendance in Attendance.objects.all():
            assert row.shift.starts_at - services.OPENS <= attendance.in_at <= min(now + AHEAD, row.shift.ends_at + services.SHUTS)
        transaction.set_rollback(True)


def test_a_scan_that_arrives_after_closing_still_counts_and_so_does_leaving(row, clock):
    came, left = sent(row, 5), sent(row, 0, act="out", device_at=make.at(0, 16, 10), sent_at=make.at(0, 20), ago_ms=None)
    clock.move_to(make.at(0, 17, 5))
    services.close_shift(row.shift)
    clock.move_to(make.at(0, 20))
    leader = row.shift.activity.leader
    late = SentScan(**{**came.__dict__, "sent_at": make.at(0, 20), "ago_ms": None})
    assert [services.receive_scan(row.shift, sent=each, by=leader).verdict for each in (late, left)] == ["taken", "taken"]
    row.refresh_from_db()
    assert (row.state, row.attendance.in_at, row.attendance.out_at, row.attendance.out_method) == (
        "confirmed",
        make.at(0, 14, 5),
        make.at(0, 16, 10),
        "offline",
    )


def test_what_came_in_is_never_changed(row):
    scan = receive(row)
    with pytest.raises(DatabaseError), transaction.atomic():
        DoorScan.objects.filter(pk=scan.pk).update(verdict="refused")


# Deciding


def test_the_leader_counts_with_a_reason_or_leaves_out_once(row, clock):
    scan, leader = receive(row, 45), row.shift.activity.leader
    with pytest.raises(Refused):
        services.settle_scan(scan, take=True, by=leader)
    services.settle_scan(scan, take=True, reason="早到帮忙布置", by=leader)
    again = services.settle_scan(scan, take=True, reason="再点一次", by=leader)
    assert (again.reason, Attendance.objects.get().in_at) == ("早到帮忙布置", row.shift.starts_at - services.OPENS)
    with pytest.raises(Refused):
        services.settle_scan(scan, take=False, by=leader)


def test_who_waits_gets_a_place_only_where_one_is_left(row):
    leader, full = row.shift.activity.leader, make.make_position(row.shift, capacity=1)
    make.make_sign_up(full)
    waiting = make.make_sign_up(full, state="waiting")
    scan = receive(waiting)
    with pytest.raises(Refused):
        services.settle_scan(scan, take=True, reason="人来了", by=leader)
    services.settle_scan(scan, take=True, reason="人来了", position=row.position, by=leader)
    assert list(SignUp.objects.filter(person=waiting.person).order_by("pk").values_list("state", "position")) == [
        ("cancelled", full.pk),
        ("confirmed", row.position_id),
    ]
    assert Attendance.objects.get().sign_up.position == row.position


def test_somebody_signed_up_for_another_time_is_placed_here(row):
    other = make.make_sign_up(make.make_position(make.make_shift(row.shift.activity, starts_at=make.at(1, 14))))
    scan = services.receive_scan(row.shift, sent=sent(other), by=row.shift.activity.leader)
    services.settle_scan(scan, take=True, reason="今天先来", position=row.position, by=row.shift.activity.leader)
    assert (Attendance.objects.get().sign_up.shift, Attendance.objects.get().in_at) == (row.shift, make.at(0, 14, 5))


def test_an_earlier_scan_corrects_the_time_by_who_may(row):
    receive(row, 2)
    scan = receive(row, 8, device="ee99ee99")
    with pytest.raises(Denied):
        services.settle_scan(scan, take=True, reason="那部先扫", by=row.shift.activity.leader)
    services.settle_scan(scan, take=True, reason="那部先扫", by=make.make_staff(row.shift.activity.host))
    assert (Attendance.objects.get().in_at, AttendanceCorrection.objects.count()) == (make.at(0, 14, 2), 1)


def test_nobody_decides_about_themselves_and_strangers_send_nothing(row):
    own = make.make_sign_up(row.position, person=row.shift.activity.leader)
    scan = receive(own, 45)
    with pytest.raises(Denied):
        services.settle_scan(scan, take=True, reason="我在", by=own.person)
    with pytest.raises(Denied):
        services.receive_scan(row.shift, sent=sent(row), by=make.make_person("赵芳"))
    assert DoorScan.objects.count() == 1


# The door for phones


@pytest.fixture
def leader(row, client):
    account = make.make_account(row.shift.activity.leader)
    client.force_login(account)
    return client


def post(client, row, scans, **body):
    now = int(make.clock.now().timestamp() * 1000)
    values = {"device": "ab12cd34", "sent_at": now, "offset": 0, "scans": scans} | body
    return client.post(f"/activities/shift/{row.shift_id}/scans/send/", json.dumps(values), content_type="application/json")


def one(row, **fields):
    return {
        "nonce": f"{next(_count):024x}",
        "code": row.code,
        "act": "in",
        "at": int(make.at(0, 14, 5).timestamp() * 1000),
        "ago": 300_000,
        "shown": "kept",
    } | fields


def test_a_batch_is_answered_scan_by_scan(row, leader):
    good, bad = one(row), one(row, nonce="'; drop table")
    answer = post(leader, row, [good, bad, 7, one(row, code="javascript:alert(1)"), one(row, at=10**20), one(row, act="both")])
    assert [result["verdict"] for result in answer.json()["results"]] == ["taken"] + ["invalid"] * 5
    assert post(leader, row, [good]).json()["results"] == answer.json()["results"][:1]
    assert DoorScan.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"scans": 3}', b'{"scans": ' + b"[" * 5000, json.dumps({"scans": [{}] * 201}).encode()])
def test_nonsense_is_refused(row, leader, body):
    answer = leader.post(f"/activities/shift/{row.shift_id}/scans/send/", body, content_type="application/json")
    assert answer.status_code == 422


def test_the_list_holds_no_code_no_name_and_little_weight(row, leader, django_assert_max_num_queries):
    rows = [row, *(make.make_sign_up(row.position, person=make.make_person("欧阳晓雯")) for _ in range(9))]
    with django_assert_max_num_queries(12):
        answer = leader.get(f"/activities/shift/{row.shift_id}/list.json")
    taken = answer.json()
    assert {entry[0] for entry in taken["people"]} == {doors.list_hash(taken["key"], each.code) for each in rows}
    assert not any(each.code in answer.text or each.person.name in answer.text for each in rows)
    assert len(json.dumps(taken["people"][0], ensure_ascii=False).encode()) * 500 < 60_000


def test_a_kept_page_learns_whose_phone_it_is_and_what_it_needs_to_send(row, leader, settings):
    leader.handler.enforce_csrf_checks = True
    taken = leader.get(f"/activities/shift/{row.shift_id}/list.json").json()
    address, body = f"/activities/shift/{row.shift_id}/scans/send/", {"device": "ab12cd34", "scans": [one(row)]}
    answers = [
        leader.post(address, json.dumps(body | {"account": whose}), content_type="application/json", headers={"X-CSRFToken": token})
        for whose, token in [(taken["account"], "old"), ("0" * 16, taken["token"]), (taken["account"], taken["token"])]
    ]
    assert ([answer.status_code for answer in answers], DoorScan.objects.count()) == ([403, 403, 200], 1)


def test_the_worker_answers_for_pages_of_shifts_and_nothing_else(client):
    answer = client.get("/activities/scan-worker.js")
    assert (answer.headers["Service-Worker-Allowed"], answer.headers["Content-Type"]) == ("/activities/shift/", "text/javascript; charset=utf-8")


def test_others_neither_take_the_list_nor_send(row, client):
    client.force_login(make.make_account())
    assert (client.get(f"/activities/shift/{row.shift_id}/list.json").status_code, post(client, row, [one(row)]).status_code) == (404, 404)
    assert client.get(f"/activities/shift/{row.shift_id}/scans/").status_code == 404
    assert DoorScan.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_conflicts_are_listed_and_decided(row, leader, count, django_assert_max_num_queries):
    scans = [receive(make.make_sign_up(row.position, state="waiting")) for _ in range(count)]
    with django_assert_max_num_queries(18):
        page = leader.get(f"/activities/shift/{row.shift_id}/scans/")
    assert page.text.count("/settle/") == count
    answer = leader.post(f"/activities/scans/{scans[0].pk}/settle/", {"act": "take", "reason": "有空位", "position": row.position_id})
    assert (answer.status_code, Attendance.objects.count(), queries.open_conflicts(row.shift).count()) == (303, 1, count - 1)


def test_doubles_are_left_out_together(row, leader):
    others = [row, make.make_sign_up(row.position)]
    for each in others:
        receive(each, 3)
        receive(each, 3, device="ee99ee99")
    leader.post(f"/activities/shift/{row.shift_id}/scans/doubles/")
    assert queries.open_conflicts(row.shift).count() == 0


def test_a_file_from_a_phone_is_read_once(row, leader):
    file = {
        "liandong": "door-scans",
        "version": 1,
        "shift": row.shift_id,
        "device": "ab12cd34",
        "offset": 0,
        "scans": [one(row), one(row, code="222222")],
    }
    for _ in range(2):
        leader.post(f"/activities/shift/{row.shift_id}/scans/import/", {"file": SimpleUploadedFile("scans.json", json.dumps(file).encode())})
    assert list(DoorScan.objects.order_by("pk").values_list("verdict", "is_from_file")) == [("taken", True), ("unlisted", True)]
    assert [part.kind for part in queries.evidence_of([Attendance.objects.get()])[Attendance.objects.get().pk].parts] == ["from_file"]
    for wrong in (b"\x89PNG", json.dumps(file | {"shift": 1}).encode(), b"{}"):
        leader.post(f"/activities/shift/{row.shift_id}/scans/import/", {"file": SimpleUploadedFile("scans.json", wrong)})
    assert DoorScan.objects.count() == 2
