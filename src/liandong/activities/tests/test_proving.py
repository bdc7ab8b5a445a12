"""The tablet at the door, spot checks, where somebody is, keys that change."""

import pytest
from django.conf import settings as site

from liandong.activities import doors, queries, services
from liandong.activities.models import Attendance, Kiosk, SpotCheck
from liandong.activities.tests import factories as make
from liandong.core.errors import Denied, Refused, TooMany

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(clock):
    """A confirmed place today at 14:00 to 16:30; it is 14:02."""
    clock.move_to(make.at(0, 14, 2))
    return make.make_sign_up(make.make_position(make.make_shift(starts_at=make.at(0, 14))))


@pytest.fixture
def kiosk(row):
    return services.open_kiosk(row.shift, by=row.shift.activity.leader)


@pytest.fixture
def tablet(kiosk):
    return f"/activities/tablet/{doors.kiosk_token(kiosk)}/"


def test_a_person_comes_by_code_and_leaves_by_pin(row, tablet, client, clock):
    done = client.post(tablet, {"typed": f"{row.code[:3]} {row.code[3:].lower()}"})
    shown = client.get(done["Location"])
    assert (done.status_code, "签到成功" in shown.text, row.person.name in shown.text) == (303, True, False)
    again = client.get(client.post(tablet, {"typed": row.code})["Location"])
    assert "已经签到" in again.text
    clock.move_to(make.at(0, 16, 20))
    client.post(tablet, {"typed": doors.pin_of(row)})
    assert list(Attendance.objects.values_list("in_method", "in_at", "out_method", "out_at")) == [
        ("kiosk", make.at(0, 14, 2), "kiosk", make.at(0, 16, 20))
    ]


def test_the_tablet_shows_nobody_and_goes_back_by_itself(row, tablet, client):
    page = client.get(tablet)
    assert (row.person.name in page.text, row.person.masked_name in page.text, row.code in page.text) == (False, False, False)
    done = client.get(client.post(tablet, {"typed": row.code})["Location"])
    assert f'http-equiv="refresh" content="6; url={tablet}"' in done.text


def test_guessing_is_slowed_down(row, tablet, kiosk, client, clock):
    answers = [client.post(tablet, {"typed": f"22222{letter}"}).status_code for letter in "ABCDEFGHJ"]
    assert answers == [422] * 8 + [429]
    assert client.post(tablet, {"typed": row.code}).status_code == 429
    clock.advance(minutes=2)
    assert client.post(tablet, {"typed": row.code}).status_code == 303


def test_a_link_dies_with_the_shift_when_taken_back_and_with_its_maker(row, tablet, kiosk, client, clock):
    for forged in (tablet[:-2] + ("0" if tablet[-2] != "0" else "1") + "/", "/activities/tablet/1-x/", tablet.replace("tablet/", "tablet/0")):
        assert client.post(forged, {"typed": row.code}).status_code == 404
    activity = row.shift.activity
    activity.leader, leader = make.make_person("别人"), activity.leader
    activity.save()
    assert client.post(tablet, {"typed": row.code}).status_code == 410
    activity.leader = leader
    activity.save()
    clock.move_to(make.at(0, 17, 31))
    assert client.post(tablet, {"typed": row.code}).status_code == 410
    clock.move_to(make.at(0, 15))
    services.revoke_kiosk(kiosk, by=leader)
    assert client.get(tablet).status_code == 410
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("state", ["waiting", "cancelled", "absent"])
def test_who_has_no_place_hears_why_at_the_tablet(row, tablet, client, state):
    type(row).objects.filter(pk=row.pk).update(state=state)
    assert client.post(tablet, {"typed": row.code}).status_code == (303 if state == "absent" else 422)
    assert Attendance.objects.count() == (state == "absent")


def test_only_who_checks_people_opens_tablets_and_sees_the_links(row, client):
    for by in (make.make_person("赵芳"), row.person):
        with pytest.raises(Denied):
            services.open_kiosk(row.shift, by=by)
    client.force_login(make.make_account(row.person))
    assert client.get(f"/activities/shift/{row.shift_id}/tablets/").status_code == 404
    client.force_login(make.make_account(row.shift.activity.leader))
    assert client.post(f"/activities/shift/{row.shift_id}/tablets/", {"name": "正门"}).status_code == 303
    kiosk = Kiosk.objects.get()
    assert (kiosk.name, doors.kiosk_token(kiosk) in client.get(f"/activities/shift/{row.shift_id}/tablets/").text) == ("正门", True)
    assert client.post(f"/activities/tablets/{kiosk.pk}/revoke/").status_code == 303


def test_odd_typing_leads_nowhere(row, kiosk):
    make.make_sign_up(row.position)
    for typed in ("", "123", "²²²²²²", "' or 1=1", "x" * 10_000):
        assert queries.row_typed(row.shift, typed) is None


# Keys that change in the middle of a shift


def test_what_was_given_out_stays_good_when_the_key_changes(row, kiosk, settings):
    token, tablet, pin, taken = doors.token(row.shift), doors.kiosk_token(kiosk), doors.pin_of(row), doors.list_key(row.shift)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key of this site, long enough for anything", [site.SECRET_KEY]
    assert (doors.read(token), doors.read_kiosk(tablet)) == (row.shift, kiosk)
    assert (doors.pin_of(row), doors.list_key(row.shift)) == (pin, taken)
    assert doors.token(row.shift) != token
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(doors.Forged):
        doors.read(token)
    assert services.check_in(row, method="ticket", by=row.shift.activity.leader).sign_up == row


# Spot checks


def test_chance_asks_about_somebody_present_once_in_twenty_minutes(row, clock):
    leader, shift = row.shift.activity.leader, row.shift
    here = [make.make_attendance(row), *(make.make_attendance(make.make_sign_up(row.position)) for _ in range(3))]
    assert queries.spot_check_due(shift, person=leader) is None
    clock.move_to(make.at(0, 14, 10))
    asked = queries.spot_check_due(shift, person=leader)
    with pytest.raises(Refused):
        services.answer_spot_check(shift, attendance=next(each for each in here if each != asked), answer="here", by=leader)
    services.answer_spot_check(shift, attendance=asked, answer="here", by=leader)
    services.answer_spot_check(shift, attendance=asked, answer="gone", by=leader)
    assert (list(SpotCheck.objects.values_list("attendance", "answer")), queries.spot_check_due(shift, person=leader)) == ([(asked.pk, "here")], None)
    clock.move_to(make.at(0, 14, 20))
    assert queries.spot_check_due(shift, person=leader) in here
    with pytest.raises(Denied):
        services.answer_spot_check(shift, attendance=asked, answer="here", by=row.person)


def test_the_page_asks_and_takes_the_answer(row, clock, client):
    make.make_attendance(row)
    clock.move_to(make.at(0, 14, 30))
    client.force_login(make.make_account(row.shift.activity.leader))
    page = client.get(f"/activities/{row.shift.activity.code}/manage/")
    assert f"/activities/shift/{row.shift_id}/spot-check/" in page.text
    client.post(f"/activities/shift/{row.shift_id}/spot-check/", {"attendance": row.attendance.pk, "answer": "gone"})
    assert [part.kind for part in queries.evidence_of([row.attendance])[row.attendance.pk].against] == ["not_seen"]


# Where somebody is


@pytest.mark.parametrize(
    ("latitude", "longitude", "speaks"),
    [(39.9400, 116.4500, True), (39.9412, 116.4561, True), (39.9000, 116.3000, False)],  # there; in the other map grid, 530 m off; across town
)
def test_a_place_speaks_for_and_never_against(row, latitude, longitude, speaks):
    venue = row.shift.activity.venue
    venue.latitude, venue.longitude = 39.94, 116.45
    venue.save()
    services.check_in(row, method="venue_code", by=row.person)
    before = queries.evidence_of([row.attendance])[row.attendance.pk]
    services.give_place(row, latitude=latitude, longitude=longitude, by=row.person)
    after = queries.evidence_of([row.attendance])[row.attendance.pk]
    assert (after.confidence > before.confidence, after.against) == (speaks, ())


@pytest.mark.parametrize("at", ["0,0", "91,181", "116.45,39.94", "here", "", "nan,1", "inf,inf", "39.94", "1,2,3"])
def test_what_is_no_place_is_refused_and_changes_nothing(row, client, at):
    services.check_in(row, method="venue_code", by=row.person)
    client.force_login(make.make_account(row.person))
    assert client.post(f"/activities/ticket/{row.code}/place/", {"at": at}).status_code == 422
    assert Attendance.objects.get().distance_m is None


def test_nobody_says_where_somebody_else_is(row, client):
    services.check_in(row, method="venue_code", by=row.person)
    with pytest.raises(Denied):
        services.give_place(row, latitude=39.9, longitude=116.4, by=row.shift.activity.leader)
    client.force_login(make.make_account())
    assert client.post(f"/activities/ticket/{row.code}/place/", {"at": "39.9,116.4"}).status_code == 404


def test_the_code_is_a_picture_that_can_be_saved(row, client):
    import io

    import zxingcpp
    from PIL import Image

    client.force_login(make.make_account(row.person))
    answer = client.get(f"/activities/ticket/{row.code}/code.png")
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(answer.content))).text == f"{site.SITE_URL}/activities/ticket/{row.code}/"
    client.force_login(make.make_account())
    assert client.get(f"/activities/ticket/{row.code}/code.png").status_code == 404


def test_too_many_wrong_codes_is_said_with_a_time(row, kiosk):
    for _ in range(8):
        with pytest.raises(Refused):
            services.come_at_kiosk(kiosk, typed="222222")
    with pytest.raises(TooMany):
        services.come_at_kiosk(kiosk, typed=row.code)
