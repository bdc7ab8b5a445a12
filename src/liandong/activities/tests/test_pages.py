import datetime as dt
import gzip
import re

import pytest
from django.test import Client
from django.urls import reverse

from liandong.activities import doors, services
from liandong.activities.models import Activity, Attendance, SignUp
from liandong.activities.tests import factories as make
from liandong.core import clock
from liandong.core.masking import mask_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(clock):
    """A body with its staff, a leader, and one activity tomorrow with four positions."""
    host = make.make_organization("暖邻社工事务所")
    staff = make.make_staff(host, "周敏")
    activity = make.make_activity(host=host, leader=staff)
    shift = make.make_shift(activity, spot="1 层 2 号桌")
    make.make_position(shift, name="登记引导", note="不用经验，现场有人带", capacity=6, order=0)
    make.make_position(shift, name="来修家电", kind="participant", capacity=40, order=1)
    make.make_position(shift, name="安全员", capacity=1, order=2)
    make.make_position(shift, name="后勤", kind="staff", capacity=1, order=3)
    return activity


def signed_in(person):
    client = Client()
    client.force_login(make.make_account(person))
    return client


def staff_of(activity):
    return activity.leader


def url(name, *args):
    return reverse(f"activities:{name}", args=args)


def zipped(answer):
    return len(gzip.compress(answer.content))


# For everybody


def test_the_list_shows_what_is_open_by_day_and_hides_drafts(town):
    make.make_shift(make.make_activity(title="没发布的", state="draft"))
    make.make_shift(make.make_activity(title="上周的"), starts_at=make.at(-7, 9))
    answer = Client().get(url("list"))
    titles = re.findall(r'<h3><a href="[^"]+">([^<]+)</a>', answer.content.decode())
    assert titles == [town.title]
    assert zipped(answer) < 14_000


@pytest.mark.parametrize(
    ("query", "found"),
    [("?q=家电", True), ("?q=太极", False), ("?category=elders", False), ("?weekend=1", False), ("?left=1", True), ("?day=2026-06-11", True), ("?day=2026-06-12", False),
     ("?day=banana&community=x&page=99", True)],
)  # fmt: skip
def test_the_list_is_searched_and_filtered(town, query, found):
    services.refresh(town)
    answer = Client().get(url("list") + query)
    assert (town.title in answer.content.decode()) is found


def test_the_part_of_the_list_equals_the_page(town):
    page, part = Client().get(url("list")).content.decode(), Client().get(url("list"), headers={"HX-Request": "true"}).content.decode()
    assert part.strip() in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_the_same_number_of_times(count, django_assert_max_num_queries):
    for _number in range(count):
        make.make_position()
    with django_assert_max_num_queries(8):
        Client().get(url("list"))


def test_the_page_of_an_activity_shows_open_positions_and_one_button(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        answer = Client().get(url("activity", town.code))
    page = answer.content.decode()
    assert [name for name in ("登记引导", "来修家电", "安全员", "后勤") if name in page] == ["登记引导", "来修家电", "安全员"]
    assert len(re.findall(r'class="button button-primary', page)) == 1
    assert zipped(answer) < 14_000


def test_the_dock_follows_the_choice_and_equals_the_page(town):
    full = town.shifts.get().positions.get(name="安全员")
    make.make_sign_up(full)
    address = f"{url('activity', town.code)}?position={full.pk}"
    page, part = Client().get(address).content.decode(), Client().get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.strip() in page
    assert "安全员" in part


def test_the_care_view_shows_the_two_likeliest_positions_and_a_number_to_call(town):
    client = Client()
    client.cookies["care"] = "on"
    page = client.get(url("activity", town.code)).content.decode()
    assert [name for name in ("登记引导", "来修家电", "安全员") if name in page] == ["登记引导", "来修家电"]
    assert 'href="tel:010-5555 0186"' in page
    assert "安全员" in client.get(url("activity", town.code) + "?all=1").content.decode()


def test_a_draft_is_there_for_its_staff_only(town):
    Activity.objects.update(state="draft")
    answers = [client.get(url("activity", town.code)).status_code for client in (Client(), signed_in(make.make_person()), signed_in(staff_of(town)))]
    assert answers == [404, 404, 200]


@pytest.mark.parametrize("state", ["cancelled", "finished"])
def test_what_is_over_offers_no_sign_up(town, state):
    Activity.objects.update(state=state, cancel_reason="暴雨", outcome="修好 41 件")
    page = Client().get(url("activity", town.code)).content.decode()
    assert 'id="choose"' not in page
    assert ("暴雨" in page, "修好 41 件" in page) == (state == "cancelled", state == "finished" or "修好 41 件" in page)


def test_the_page_shows_the_proof_from_last_time(town):
    series = make_series(town)
    last = make.make_activity(host=town.host, state="finished", series=series, outcome="修好 41 件小家电", served_count=63, leader=town.leader)
    make.make_shift(last, starts_at=make.at(-20, 14))
    assert "修好 41 件小家电" in Client().get(url("activity", town.code)).content.decode()


def make_series(activity):
    from liandong.activities.models import Series

    series = Series.objects.create(weeks=4, created_at=make.clock.now())
    Activity.objects.filter(pk=activity.pk).update(series=series)
    return series


def test_the_calendar_file_holds_each_shift(town):
    answer = Client().get(url("calendar", town.code))
    lines = answer.content.decode().split("\r\n")
    assert (answer["Content-Type"], lines.count("BEGIN:VEVENT"), "DTSTART:20260611T060000Z" in lines) == ("text/calendar; charset=utf-8", 1, True)
    assert max(len(line.encode()) for line in lines) <= 75


# One's own place


def test_a_stranger_signs_in_on_the_way_and_comes_back(town):
    shift = town.shifts.get()
    position = shift.positions.get(name="登记引导")
    address = f"{url('sign_up', shift.pk)}?position={position.pk}"
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].startswith(reverse("accounts:sign_in")), "position%3D" in answer["Location"]) == (302, True, True)


def test_signing_up_is_two_taps_with_a_masked_identity(town):
    person = make.make_person("李晓雯", phone="13812341234")
    client, shift = signed_in(person), town.shifts.get()
    position = shift.positions.get(name="登记引导")
    page = client.get(f"{url('sign_up', shift.pk)}?position={position.pk}").content.decode()
    assert ("李*雯" in page, "138****1234" in page, "13812341234" in page) == (True, True, False)
    for _again in range(2):
        answer = client.post(url("sign_up", shift.pk), {"position": position.pk})
        row = SignUp.objects.get()
        assert answer.status_code == 303
    done = client.get(url("sign_up_done", row.code))
    assert (done.status_code, row.code[:3] in done.content.decode(), zipped(done) < 14_000) == (200, True, True)


def test_a_clash_is_shown_on_the_page_with_the_other_activity(town):
    person, shift = make.make_person(), town.shifts.get()
    make.make_sign_up(make.make_position(make.make_shift(make.make_activity(title="午间肩颈课"))), person=person)
    answer = signed_in(person).post(url("sign_up", shift.pk), {"position": shift.positions.get(name="登记引导").pk})
    assert (answer.status_code, "午间肩颈课" in answer.content.decode(), SignUp.objects.count()) == (422, True, 1)


@pytest.mark.parametrize("position", ["", "0", "abc", "999999999999"])
def test_an_odd_position_leads_back_to_the_activity(town, position):
    answer = signed_in(make.make_person()).post(url("sign_up", town.shifts.get().pk), {"position": position})
    assert (answer.status_code, SignUp.objects.count()) == (303, 0)


def test_work_positions_are_not_open_to_the_public(town):
    shift = town.shifts.get()
    answer = signed_in(make.make_person()).post(url("sign_up", shift.pk), {"position": shift.positions.get(name="后勤").pk})
    assert (answer.status_code, SignUp.objects.count()) == (303, 0)


def test_the_ticket_is_for_its_person_and_leads_the_leader_to_checking(town):
    row = make.make_sign_up(town.shifts.get().positions.get(name="登记引导"))
    own, other, leader = signed_in(row.person), signed_in(make.make_person("赵芳")), signed_in(town.leader)
    assert [client.get(url("ticket", row.code)).status_code for client in (own, other, leader)] == [200, 404, 303]
    assert leader.get(url("ticket", row.code))["Location"] == f"{url('scan', row.shift_id)}?code={row.code}"
    for name in ("sign_up_done", "arrived"):
        assert other.get(url(name, row.code)).status_code == 404


def test_giving_the_place_back_asks_first(town):
    row = make.make_sign_up(town.shifts.get().positions.get(name="安全员"))
    waiting = make.make_sign_up(row.position, person=make.make_person("赵芳"), state="waiting")
    client = signed_in(row.person)
    assert client.get(url("cancel_sign_up", row.code)).status_code == 200
    assert client.post(url("cancel_sign_up", row.code), {"reason": ""}).status_code == 303
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    assert signed_in(make.make_person("钱多")).post(url("cancel_sign_up", waiting.code)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_my_sign_ups_ask_the_database_the_same_number_of_times(count, django_assert_max_num_queries):
    person = make.make_person()
    for day in range(count):
        make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(day + 1, 9))), person=person)
        make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(-day - 1, 9))), person=person)
    client = signed_in(person)
    with django_assert_max_num_queries(12):
        answer = client.get(url("mine"))
    assert answer.content.decode().count('class="cell"') == 2 * count


# At the door


@pytest.fixture
def today(town, clock):
    """It is 14:02 on the day."""
    clock.move_to(make.at(1, 14, 2))
    return town.shifts.get()


def door(shift):
    return f"/k/{doors.token(shift)}/"


def test_scanning_the_code_checks_in_with_one_button_that_presses_itself(today, django_assert_max_num_queries):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    client, address = signed_in(row.person), door(today)
    with django_assert_max_num_queries(16):
        page = client.get(address)
    assert ('data-behaviour="sendnow"' in page.content.decode(), zipped(page) < 8_000, Attendance.objects.count()) == (True, True, 0)
    nonce = re.search(r'name="nonce" value="(\w+)"', page.content.decode())[1]
    for _again in range(2):
        answer = client.post(address, {"act": "in", "nonce": nonce})
        assert (answer.status_code, answer["Location"]) == (303, url("arrived", row.code))
    arrived = client.get(url("arrived", row.code))
    assert ("14:02" in arrived.content.decode(), zipped(arrived) < 8_000, Attendance.objects.count()) == (True, True, 1)


def test_a_second_scan_checks_out(today, clock):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    client = signed_in(row.person)
    client.post(door(today), {"act": "in", "nonce": "a"})
    assert 'data-behaviour="sendnow"' not in client.get(door(today)).content.decode()
    clock.move_to(make.at(0, 16, 20))
    assert 'data-behaviour="sendnow"' in client.get(door(today)).content.decode()
    client.post(door(today), {"act": "out", "nonce": "b"})
    assert Attendance.objects.get().minutes == 138


def test_a_repeated_check_in_does_not_check_out(today, clock):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    client, address = signed_in(row.person), door(today)
    client.post(address, {"act": "in", "nonce": "a"})
    clock.advance(seconds=20)
    client.post(address, {"act": "in", "nonce": "a"})
    assert Attendance.objects.get().out_at is None


def test_who_has_not_signed_up_does_both_at_once(today):
    person = make.make_person()
    client = signed_in(person)
    page = client.get(door(today)).content.decode()
    assert [name for name in ("登记引导", "来修家电", "后勤") if name in page] == ["登记引导", "来修家电"]
    client.post(door(today), {"act": "join", "position": today.positions.get(name="来修家电").pk, "nonce": "a"})
    assert Attendance.objects.get().sign_up.person == person


def test_a_full_position_takes_nobody_at_the_door(today):
    full = today.positions.get(name="安全员")
    make.make_sign_up(full)
    answer = signed_in(make.make_person("赵芳")).post(door(today), {"act": "join", "position": full.pk, "nonce": "a"})
    assert (answer.status_code, SignUp.objects.count(), Attendance.objects.count()) == (422, 1, 0)


def test_an_old_code_is_gone_and_a_forged_one_is_bad(today, clock):
    client = signed_in(make.make_person())
    old = door(today)
    clock.advance(seconds=120)
    assert [client.get(old).status_code, client.get("/k/abc-def-ghi/").status_code, Client().get("/k/x/").status_code] == [410, 400, 400]
    assert client.post(old, {"act": "in"}).status_code == 410


def test_who_opened_a_fresh_code_has_time_to_sign_in(today, clock):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    client, address = Client(), door(today)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('accounts:sign_in')}?next={address}")
    clock.advance(minutes=4)
    client.force_login(make.make_account(row.person))
    assert client.post(address, {"act": "in", "nonce": "a"}).status_code == 303
    clock.advance(minutes=7)
    assert client.get(address).status_code == 410


def test_too_early_is_said_and_nothing_is_written(today, clock):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    clock.move_to(make.at(0, 9))
    answer = signed_in(row.person).post(door(today), {"act": "in", "nonce": "a"})
    assert (answer.status_code, Attendance.objects.count()) == (422, 0)


def test_one_who_waits_is_told_the_place_and_not_checked_in(today):
    row = make.make_sign_up(today.positions.get(name="安全员"), state="waiting")
    client = signed_in(row.person)
    assert client.get(door(today)).status_code == 200
    assert client.post(door(today), {"act": "in", "nonce": "a"}).status_code == 422


def test_the_screen_at_the_door_shows_a_code_that_works(today):
    leader = signed_in(today.activity.leader)
    answer = leader.get(url("door_code", today.pk))
    part = leader.get(url("door_code", today.pk), headers={"HX-Request": "true"})
    assert (answer.status_code, part.content.decode().strip() in answer.content.decode()) == (200, True)
    assert signed_in(make.make_person()).get(url("door_code", today.pk)).status_code == 404


# The leader checks people


def test_the_leader_types_a_code(today):
    row = make.make_sign_up(today.positions.get(name="登记引导"), person=make.make_person("陈静"))
    leader = signed_in(today.activity.leader)
    answer = leader.post(url("scan", today.pk), {"code": f"{row.code[:3]} {row.code[3:]}".lower(), "act": "in", "nonce": "n1"})
    assert answer.status_code == 303
    page = leader.get(answer["Location"]).content.decode()
    assert ("result-success" in page, "陈*" in page, "陈静" in page) == (True, True, False)
    again = leader.post(url("scan", today.pk), {"code": row.code, "act": "in", "nonce": "n2"})
    page = leader.get(again["Location"]).content.decode()
    assert ("result-danger" in page, "14:02" in page, Attendance.objects.count()) == (True, True, 1)


def test_the_leader_scans_the_address_in_the_persons_qr(today, settings):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    answer = signed_in(today.activity.leader).post(
        url("scan", today.pk), {"code": f"{settings.SITE_URL}{url('ticket', row.code)}", "act": "in", "nonce": "n"}
    )
    assert (answer.status_code, Attendance.objects.get().in_method) == (303, "ticket")


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "https://evil.example/activities/ticket/ABC234/", "WIFI:S:home;P:12345678;;", "' or 1=1 --", "x" * 10_000, "", "ABC234"],
)
def test_what_is_no_code_of_the_shift_is_said_and_not_opened(today, text):
    make.make_sign_up(today.positions.get(name="登记引导"))
    answer = signed_in(today.activity.leader).post(url("scan", today.pk), {"code": text, "act": "in", "nonce": "n"})
    assert (answer.status_code, Attendance.objects.count()) == (422, 0)
    assert "evil.example" not in answer.content.decode()


def test_the_list_is_found_by_pinyin_initials_and_ticked_at_once(today):
    position = today.positions.get(name="来修家电")
    rows = [make.make_sign_up(position, person=make.make_person(name)) for name in ("陈静", "赵小芳", "刘洋")]
    leader = signed_in(today.activity.leader)
    page = leader.get(url("manage", today.activity.code), {"q": "zxf"}).content.decode()
    assert [name for name in ("陈静", "赵小芳", "刘洋") if mask_name(name) in page] == ["赵小芳"]
    for _again in range(2):
        assert leader.post(url("tick", today.pk), {"ids": [row.pk for row in rows[:2]], "act": "in"}).status_code == 303
    assert sorted(Attendance.objects.values_list("sign_up", flat=True)) == sorted(row.pk for row in rows[:2])
    leader.post(url("tick", today.pk), {"ids": [rows[2].pk], "act": "absent"})
    leader.post(url("tick", today.pk), {"ids": [rows[0].pk, rows[2].pk], "act": "out"})
    rows[2].refresh_from_db()
    assert (rows[2].state, Attendance.objects.filter(out_at__isnull=False).count()) == ("absent", 1)


def test_the_roster_part_equals_the_page(today):
    make.make_sign_up(today.positions.get(name="来修家电"))
    leader = signed_in(today.activity.leader)
    address = url("manage", today.activity.code)
    assert leader.get(address, headers={"HX-Request": "true"}).content.decode().strip() in leader.get(address).content.decode()


def test_staff_signs_up_somebody_found_by_phone(today):
    person = make.make_person("王桂兰", phone="13900001111")
    leader = signed_in(today.activity.leader)
    address = url("sign_up_for", today.pk)
    assert person.number in leader.get(address, {"who": "13900001111"}).content.decode()
    assert person.number not in leader.get(address, {"who": "王桂兰"}).content.decode()
    page = leader.get(address, {"person": person.number})
    assert page.status_code == 200
    answer = leader.post(address, {"person": person.number, "position": today.positions.get(name="来修家电").pk})
    assert (answer.status_code, SignUp.objects.get().signed_up_by) == (303, today.activity.leader)


def test_times_are_corrected_with_a_reason(today, clock):
    row = make.make_sign_up(today.positions.get(name="登记引导"))
    attendance = make.make_attendance(row, in_at=make.at(0, 14, 2))
    clock.move_to(make.at(0, 17))
    leader = signed_in(today.activity.leader)
    day = f"{make.clock.today():%Y-%m-%d}"
    assert leader.get(url("correct", attendance.pk)).status_code == 200
    assert leader.post(url("correct", attendance.pk), {"in_at": f"{day}T14:00", "out_at": f"{day}T16:00", "reason": ""}).status_code == 422
    assert leader.post(url("correct", attendance.pk), {"in_at": f"{day}T14:00", "out_at": f"{day}T16:00", "reason": "手机没电"}).status_code == 303
    attendance.refresh_from_db()
    assert attendance.minutes == 120


# The desk


def form_data(activity=None, **changes):
    data = {
        "title": "陪老人办手机", "category": "elders", "summary": "一对一教老人用手机。", "place": "活动站", "contact_name": "周敏", "contact_phone": "010-5555 0186", "cancel_until_hours": "18",
        "shifts-TOTAL_FORMS": "1", "shifts-INITIAL_FORMS": "0", "shifts-0-date": "2026-06-20", "shifts-0-start": "09:30", "shifts-0-end": "11:30",
        "positions-TOTAL_FORMS": "2", "positions-INITIAL_FORMS": "0", "positions-0-name": "陪伴志愿者", "positions-0-kind": "volunteer", "positions-0-capacity": "8",
        "positions-1-name": "来学手机", "positions-1-kind": "participant", "positions-1-capacity": "20",
    }  # fmt: skip
    return data | changes


def test_an_activity_is_set_up_checked_and_published(town):
    staff = staff_of(town)
    client = signed_in(staff)
    assert client.get(url("new")).status_code == 200
    answer = client.post(url("new"), form_data(host=town.host_id, leader=staff.pk))
    made = Activity.objects.latest("pk")
    assert (answer.status_code, answer["Location"], made.state) == (303, url("check", made.code), "draft")
    assert [(p.name, p.capacity) for p in made.shifts.get().positions.order_by("order")] == [("陪伴志愿者", 8), ("来学手机", 20)]
    assert client.get(url("check", made.code)).status_code == 200
    assert client.post(url("publish", made.code))["Location"] == url("share", made.code)
    assert client.get(url("share", made.code)).status_code == 200


def test_one_more_row_keeps_what_was_typed(town):
    client = signed_in(staff_of(town))
    answer = client.post(url("new"), form_data(host=town.host_id, more="shifts"))
    page = answer.content.decode()
    assert (answer.status_code, 'name="shifts-1-date"' in page, "陪老人办手机" in page, Activity.objects.count()) == (200, True, True, 1)


def test_a_wrong_form_keeps_its_input_and_says_what_is_wrong(town):
    answer = signed_in(staff_of(town)).post(url("new"), form_data(host=town.host_id, title="", **{"positions-0-capacity": "0"}))
    assert (answer.status_code, "来学手机" in answer.content.decode(), 'role="alert"' in answer.content.decode()) == (422, True, True)


def test_an_unfinished_draft_says_what_is_missing_and_where(town):
    client = signed_in(staff_of(town))
    client.post(url("new"), form_data(host=town.host_id, contact_phone=""))
    made = Activity.objects.latest("pk")
    page = client.get(url("check", made.code)).content.decode()
    assert re.findall(rf'{url("edit", made.code)}#(\w+)"', page) == ["leader", "contact_phone"]
    assert client.post(url("publish", made.code)).status_code == 422


def test_a_new_one_like_an_old_one_is_filled_in(town):
    page = signed_in(staff_of(town)).get(url("new"), {"from": town.code}).content.decode()
    assert ('value="2026-06-18"' in page, "登记引导" in page, town.title in page) == (True, True, True)


def edit_data(activity, **changes):
    shift = activity.shifts.get()
    positions = {}
    for number, row in enumerate(shift.positions.order_by("order")):
        positions |= {
            f"positions-{number}-was": row.name,
            f"positions-{number}-name": row.name,
            f"positions-{number}-kind": row.kind,
            f"positions-{number}-capacity": row.capacity,
            f"positions-{number}-note": row.note,
        }
    return {
        "title": activity.title, "host": activity.host_id, "category": activity.category, "summary": activity.summary, "venue": activity.venue_id, "leader": activity.leader_id,
        "contact_name": activity.contact_name, "contact_phone": activity.contact_phone, "cancel_until_hours": 18, "version": activity.version,
        "shifts-TOTAL_FORMS": 1, "shifts-INITIAL_FORMS": 1, "shifts-0-pk": shift.pk, "shifts-0-date": "2026-06-11", "shifts-0-start": "14:00", "shifts-0-end": "16:30", "shifts-0-spot": shift.spot,
        "positions-TOTAL_FORMS": 4, "positions-INITIAL_FORMS": 4, **positions,
    } | changes  # fmt: skip


def test_editing_keeps_sign_ups_and_renames_positions(town):
    row = make.make_sign_up(town.shifts.get().positions.get(name="登记引导"))
    answer = signed_in(staff_of(town)).post(url("edit", town.code), edit_data(town, **{"positions-0-name": "登记"}))
    row.position.refresh_from_db()
    assert (answer.status_code, row.position.name, town.shifts.get().positions.count()) == (303, "登记", 4)


def test_editing_over_a_colleague_shows_both_values(town):
    colleague = make.make_staff(town.host, "王建国")
    services.edit_activity(town, version=town.version, title="别人改的", by=colleague)
    answer = signed_in(staff_of(town)).post(url("edit", town.code), edit_data(town, title="我改的"))
    page = answer.content.decode()
    assert (answer.status_code, "王*国" in page, "别人改的" in page, "我改的" in page) == (409, True, True, True)


def test_calling_off_says_first_how_many_hear_of_it(town):
    position = town.shifts.get().positions.get(name="来修家电")
    for name in ("陈静", "赵芳"):
        make.make_sign_up(position, person=make.make_person(name))
    client = signed_in(staff_of(town))
    assert "<b>2</b>" in client.get(url("cancel", town.code)).content.decode()
    assert client.post(url("cancel", town.code), {"reason": ""}).status_code == 422
    assert client.post(url("cancel", town.code), {"reason": "暴雨"}).status_code == 303
    assert Activity.objects.get().state == "cancelled"


def test_repeating_shows_the_dates_first(town):
    client = signed_in(staff_of(town))
    assert client.get(url("repeat", town.code), {"weeks": "2"}).content.decode().count('class="cell"') == 2
    assert client.post(url("repeat", town.code), {"weeks": "2"}).status_code == 303
    assert Activity.objects.count() == 3


def test_finishing_writes_the_outcome(town, clock):
    clock.move_to(make.at(2, 9))
    client = signed_in(staff_of(town))
    assert client.get(url("finish", town.code)).status_code == 200
    assert client.post(url("finish", town.code), {"outcome": "修好 41 件", "served_count": "63"}).status_code == 303
    assert Activity.objects.get().outcome == "修好 41 件"


def test_the_poster_is_one_page_with_the_title_and_a_code_that_leads_to_the_activity(town, settings):
    import io

    import pypdf

    answer = signed_in(staff_of(town)).get(url("poster", town.code))
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert (answer["Content-Type"], len(pages)) == ("application/pdf", 1)
    text = pages[0].extract_text()
    assert ("小家电义诊" in text, f"/a/{town.code}/" in text) == (True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_list_asks_the_database_the_same_number_of_times(count, django_assert_max_num_queries):
    host = make.make_organization()
    staff = make.make_staff(host)
    for _number in range(count):
        make.make_sign_up(make.make_position(make.make_shift(make.make_activity(host=host, leader=staff))))
    client = signed_in(staff)
    with django_assert_max_num_queries(25):
        answer = client.get(url("desk"))
    assert answer.content.decode().count('class="tag') == count


def test_the_desk_list_begins_with_what_comes_next_and_ends_with_what_is_long_over():
    host = make.make_organization()
    staff = make.make_staff(host)
    for title, days in (("很久以前", -30), ("过几周", 20), ("刚结束", -2), ("后天", 2)):
        activity = make.make_activity(host=host, leader=staff, title=title)
        starts = clock.now() + dt.timedelta(days=days)
        Activity.objects.filter(pk=activity.pk).update(first_starts_at=starts, last_ends_at=starts + dt.timedelta(hours=2))
    client = signed_in(staff)
    titles = [[row.title for row in client.get(url("desk") + query).context["page"]] for query in ("", "?sort=when")]
    assert titles == [["后天", "过几周", "刚结束", "很久以前"], ["很久以前", "刚结束", "后天", "过几周"]]


@pytest.mark.parametrize("count", [1, 30])
def test_the_roster_asks_the_database_the_same_number_of_times(today, count, django_assert_max_num_queries):
    position = today.positions.get(name="来修家电")
    for number in range(count):
        make.make_attendance(make.make_sign_up(position, person=make.make_person(f"来人{number}")))
    client = signed_in(today.activity.leader)
    with django_assert_max_num_queries(25):
        assert client.get(url("manage", today.activity.code)).status_code == 200


WORK = ["edit", "check", "cancel", "repeat", "finish", "manage", "share"]


@pytest.mark.parametrize("name", WORK)
def test_pages_of_the_desk_do_not_exist_for_others(town, name):
    stranger, neighbour = signed_in(make.make_person()), signed_in(make.make_staff(make.make_organization()))
    assert [client.get(url(name, town.code)).status_code for client in (stranger, neighbour)] == [404, 404]
    assert Client().get(url(name, town.code)).status_code == 302


def test_who_sees_the_work_but_may_not_do_it_is_told_so(town):
    observer = signed_in(make.grant(make.make_person("巡视员"), "observer", organization=town.host))
    answers = {name: observer.get(url(name, town.code)).status_code for name in WORK}
    assert answers == {"edit": 403, "check": 403, "cancel": 403, "repeat": 403, "finish": 403, "manage": 200, "share": 200}
    shift = town.shifts.get()
    assert [observer.get(url(name, shift.pk)).status_code for name in ("door_code", "scan", "sign_up_for")] == [403, 403, 403]
    assert [observer.post(url("tick", shift.pk)).status_code, observer.post(url("publish", town.code)).status_code] == [403, 403]


def test_somebody_without_any_body_has_no_desk_and_cannot_set_up(town):
    client = signed_in(make.make_person())
    assert [client.get(url(name)).status_code for name in ("new", "desk")] == [403, 403]
