"""Pages of claims, back-fill, shares, outliers and rules."""

import datetime as dt
import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liandong.activities.models import Attendance
from liandong.organizations.models import Membership, Role
from liandong.recognition import services
from liandong.recognition.models import Backfill, ConfirmationRule, Outlier, ServiceClaim, ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WORDS = {"reason": "忘了签到", "evidence": "签到表第 7 行"}


@pytest.fixture
def sign_in(client):
    def enter(person):
        client.force_login(make.account(person) if not hasattr(person, "account") else person.account)
        return client

    return enter


@pytest.fixture
def street():
    return make.territory("建外街道", level="street")


@pytest.fixture
def host(street):
    return make.organization(at=make.territory(parent=street))


@pytest.fixture
def shift(host):
    shift = make.shift(host=host)
    make.sign_up(of=shift)
    return shift


def page(client, name, *args, query="", **values):
    return client.get(reverse(f"recognition:{name}", args=args) + query, **values)


def post(client, name, *args, **values):
    return client.post(reverse(f"recognition:{name}", args=args), values)


def png() -> bytes:
    def chunk(name, data):
        return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))

    head = struct.pack(">LLBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")


def claim(shift, who=None, **values):
    who = who or make.person("高峰")
    values = {"words": "码打不开", "starts_at": shift.starts_at, "ends_at": shift.ends_at} | values
    return services.claim_service(shift, person=who, by=who, **values)


def propose(shift, who=None, by=None):
    by = by or make.manager(shift.activity.host, "周敏")
    return services.propose_backfill(shift, person=who or make.person("高峰"), by=by, **WORDS)


def test_the_way_of_a_claim_through_the_pages(sign_in, shift, host):
    volunteer, first, second = make.person("高峰"), make.manager(host), make.manager(host, "王芳")
    client = sign_in(volunteer)
    assert reverse("recognition:claim_shift", args=[shift.pk]) in page(client, "claim_new", query="?q=小家电").content.decode()
    assert post(client, "claim_shift", shift.pk, starts="14:00", ends="16:30", words="").status_code == 422
    assert post(client, "claim_shift", shift.pk, starts="13:00", ends="16:30", words="码打不开").status_code == 422
    photo = SimpleUploadedFile("a.png", png(), content_type="image/png")
    answer = post(client, "claim_shift", shift.pk, starts="14:00", ends="16:30", words="码打不开", photo=photo)
    made = ServiceClaim.objects.get()
    assert (answer.status_code, answer["Location"], made.minutes) == (303, reverse("recognition:claim", args=[made.number]), 150)
    assert page(client, "claim", made.number).status_code == 200
    picture = page(client, "evidence_photo", made.number)
    assert (picture["Content-Type"], picture.getvalue()) == ("image/png", png())
    [close() for close in picture._resource_closers]
    desk = sign_in(first)
    assert made.number in page(desk, "claims").content.decode()
    assert page(desk, "check_claim", made.number).status_code == 200
    assert post(desk, "check_claim", made.number, act="refuse").status_code == 422
    assert post(desk, "check_claim", made.number, act="accept", starts="14:00", ends="16:30", evidence="").status_code == 422
    assert post(desk, "check_claim", made.number, act="accept", starts="14:00", ends="16:30", evidence="组长看见").status_code == 303
    waiting = Backfill.objects.get()
    assert post(desk, "backfill", waiting.number, act="approve").status_code == 403
    desk = sign_in(second)
    assert waiting.number in page(desk, "backfills").content.decode()
    assert page(desk, "backfill", waiting.number).status_code == 200
    answer = post(desk, "backfill", waiting.number, act="approve")
    record = ServiceRecord.objects.get()
    assert answer["Location"] == reverse("recognition:record", args=[record.number])
    assert "签到表" not in page(sign_in(volunteer), "record", record.number).content.decode()
    assert "组长看见" in page(sign_in(volunteer), "record", record.number).content.decode()


def test_refused_and_taken_to_the_hub(sign_in, shift, host):
    made = claim(shift)
    post(sign_in(make.manager(host)), "check_claim", made.number, **{"act": "refuse", "refuse-words": "名单上没有"})
    client = sign_in(made.person)
    assert post(client, "appeal_claim", made.number, words="").status_code == 422
    assert post(client, "appeal_claim", made.number, words="我有照片").status_code == 303
    assert post(client, "withdraw_claim", made.number).status_code == 303
    made.refresh_from_db()
    assert (made.state, made.appeal_words) == ("withdrawn", "我有照片")


@pytest.mark.parametrize("name", ["claim", "check_claim", "evidence_photo"])
def test_a_stranger_finds_no_claim(sign_in, shift, name):
    made = claim(shift, photo=png())
    assert page(sign_in(make.person()), name, made.number).status_code == 404


def test_times_over_midnight_are_understood(sign_in, host):
    shift = make.shift(host=host, starts_at=dt.datetime(2026, 6, 8, 14, 0, tzinfo=dt.UTC), minutes=240)  # 22:00 to 2:00
    make.sign_up(of=shift)
    volunteer = make.person()
    assert post(sign_in(volunteer), "claim_shift", shift.pk, starts="23:00", ends="01:30", words="夜间巡逻").status_code == 303
    assert ServiceClaim.objects.get().minutes == 150


def test_hours_are_added_from_the_page_of_the_shift(sign_in, shift, host):
    client, volunteer = sign_in(make.manager(host)), make.person("高峰")
    assert reverse("recognition:backfill_new", args=[shift.pk]) in page(client, "confirm_shift", shift.pk).content.decode()
    assert page(client, "backfill_new", shift.pk, query=f"?person={volunteer.number}").status_code == 200
    values = {"person": volunteer.number.lower(), "starts": "14:00", "ends": "15:00", **WORDS}
    assert post(client, "backfill_new", shift.pk, **values | {"person": "L00000000"}).status_code == 422
    assert post(client, "backfill_new", shift.pk, **values | {"evidence": ""}).status_code == 422
    assert post(client, "backfill_new", shift.pk, **values).status_code == 303
    waiting = Backfill.objects.get()
    assert waiting.minutes == 60
    assert post(client, "withdraw_backfill", waiting.number).status_code == 303
    assert page(sign_in(make.manager(make.organization())), "backfill_new", shift.pk).status_code == 404


def test_by_phone_only_people_of_ones_own_organisations_are_found(sign_in, shift, host):
    client, member, stranger = sign_in(make.manager(host)), make.person("高峰", phone="13812341234"), make.person("高山", phone="13812341235")
    Membership.objects.create(person=member, organization=host, kind="member", from_date=dt.date(2024, 1, 1))
    values = {"starts": "14:00", "ends": "15:00", **WORDS}
    assert post(client, "backfill_new", shift.pk, person=stranger.phone, **values).status_code == 422
    assert post(client, "backfill_new", shift.pk, person="138 1234 1234", **values).status_code == 303
    assert Backfill.objects.get().person == member
    twin = make.person("高峰", phone=member.phone)
    Membership.objects.create(person=twin, organization=host, kind="member", from_date=dt.date(2024, 1, 1))
    answer = post(client, "backfill_new", shift.pk, person=member.phone, **values)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["person"])


def test_more_than_was_measured_becomes_a_back_fill(sign_in, host):
    record = make.record(of=make.shift(host=host), late=60, stayed=30)
    client = sign_in(make.manager(host))
    assert post(client, "correct_record", record.number, minutes="140", reason="组长作证").status_code == 422
    assert post(client, "correct_record", record.number, minutes="140", reason="组长作证", evidence="签到表").status_code == 303
    waiting = Backfill.objects.get()
    desk = sign_in(make.manager(host, "王芳"))
    assert post(desk, "backfill", waiting.number, act="refuse", words="").status_code == 422
    assert post(desk, "backfill", waiting.number, act="approve").status_code == 303
    assert ServiceRecord.objects.get(corrects=record).minutes == 140


def test_a_record_is_taken_back_on_a_page_of_its_own(sign_in, host):
    record = make.record(of=make.shift(host=host))
    client = sign_in(make.manager(host))
    assert reverse("recognition:withdraw_record", args=[record.number]) in page(client, "record", record.number).content.decode()
    assert page(client, "withdraw_record", record.number).status_code == 200
    assert post(client, "withdraw_record", record.number, reason="").status_code == 422
    assert post(client, "withdraw_record", record.number, reason="记错人了").status_code == 303
    assert ServiceRecord.objects.get(corrects=record).minutes == 0
    assert page(sign_in(record.person), "withdraw_record", record.number).status_code == 403


def test_shares_open_to_their_rows(sign_in, shift, host):
    services.approve_backfill(propose(shift), by=make.manager(host, "王芳"))
    client = sign_in(make.manager(host))
    assert "100%" in page(client, "shares").content.decode()
    assert "忘了签到" in page(client, "share", host.slug).content.decode()
    assert page(sign_in(make.manager(make.organization())), "share", host.slug).status_code == 404


def an_outlier(host):
    shift = make.shift(host=host)
    for n in range(4):
        Attendance.objects.filter(sign_up=make.attended(of=shift, late=n)).update(in_device="one")
    services.scan()
    return Outlier.objects.get(shift=shift)


def test_a_finding_is_looked_at_and_decided(sign_in, host, street):
    found = an_outlier(host)
    desk = sign_in(make.manager(host))
    assert reverse("recognition:outlier", args=[found.pk]) in page(desk, "outliers").content.decode()
    assert page(desk, "outlier", found.pk).status_code == 200
    assert post(desk, "outlier", found.pk, state="accepted", reason="没事").status_code == 422
    hub = sign_in(make.hub_manager(street))
    assert post(hub, "outlier", found.pk, state="accepted", reason="").status_code == 422
    assert post(hub, "outlier", found.pk, state="accepted", reason="看过照片").status_code == 303
    assert reverse("recognition:outlier", args=[found.pk]) not in page(hub, "outliers").content.decode()
    assert "看过照片" in page(hub, "outlier", found.pk).content.decode()
    assert page(sign_in(make.manager(make.organization())), "outlier", found.pk).status_code == 404


def test_a_rule_is_set_by_the_hub_and_seen_by_the_body(sign_in, host, street):
    client = sign_in(make.hub_manager(street))
    values = {"where": f"o{host.pk}", "is_on": "on", "min_confidence": "80", "max_minutes": "240", "min_records": "1", "reason": "没有一条被更正"}
    assert page(client, "trust_rule_new").status_code == 200
    assert post(client, "trust_rule_new", **values | {"where": "o999999"}).status_code == 422
    assert post(client, "trust_rule_new", **values | {"min_confidence": "10"}).status_code == 422
    assert post(client, "trust_rule_new", **values).status_code == 303
    assert ConfirmationRule.objects.get().organization == host
    desk = sign_in(make.manager(host))
    assert "没有一条被更正" in page(desk, "trust_rules").content.decode()
    assert page(desk, "trust_rule_new").status_code == 403


def test_what_a_person_should_look_at_is_not_chosen_beforehand(sign_in, host):
    found = an_outlier(host)
    text = page(sign_in(make.manager(host)), "confirm_shift", found.shift_id).content.decode()
    assert text.count(reverse("recognition:outlier", args=[found.pk])) == 4
    assert " checked>" not in text


def test_ones_own_records_are_narrowed_and_taken_along(sign_in, host):
    from python_calamine import CalamineWorkbook

    volunteer = make.person()
    make.record(volunteer, of=make.shift(host=host, title="读报", category="elders"))
    make.record(volunteer, of=make.shift(title="义剪", starts_at=dt.datetime(2025, 3, 1, 6, 0, tzinfo=dt.UTC)))
    client = sign_in(volunteer)
    for query, shown, hidden in (
        ("?year=2025", "义剪", "读报"),
        (f"?body={host.slug}", "读报", "义剪"),
        ("?kind=elders", "读报", "义剪"),
        ("?q=读", "读报", "义剪"),
    ):
        text = page(client, "my_records", query=query).content.decode()
        assert (shown in text, hidden in text) == (True, False)
    file = page(client, "my_records_file", query="?year=2025")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()
    assert [row[5] for row in rows[1:]] == ["义剪"]


def test_an_objection_is_taken_back(sign_in):
    record = make.record()
    appeal = services.appeal_record(record, words="少了", by=record.person)
    assert post(sign_in(make.person()), "withdraw_appeal", appeal.pk).status_code == 404
    assert post(sign_in(record.person), "withdraw_appeal", appeal.pk).status_code == 303
    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"


LISTS = ["claims", "backfills", "outliers", "shares", "trust_rules"]


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_are_for_staff(sign_in, name):
    assert page(sign_in(make.person()), name).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(sign_in, django_assert_max_num_queries, host, street, count):
    shift = make.shift(host=host)
    make.sign_up(of=shift)
    second = make.manager(host, "王芳")
    for n in range(count):
        claim(shift)
        propose(shift)
        services.approve_backfill(propose(shift), by=second)
        an_outlier(host)
        services.set_rule(organization=host, max_minutes=100 + n, reason="x", by=make.hub_manager(street))
    client = sign_in(second)
    for name in LISTS:
        with django_assert_max_num_queries(14):
            assert page(client, name).status_code == 200
    with django_assert_max_num_queries(14):
        page(client, "share", host.slug)
    with django_assert_max_num_queries(16):
        page(client, "outlier", Outlier.objects.latest("pk").pk)
    with django_assert_max_num_queries(26):
        page(client, "confirm_shift", shift.pk)
    person = ServiceClaim.objects.latest("pk").person
    client = sign_in(person)
    for name in ("claim_new", "my_records"):
        with django_assert_max_num_queries(14):
            page(client, name)


def test_staff_without_the_right_to_confirm_write_it_down_and_do_not_decide(sign_in, shift, host):
    staff = make.manager(host, role=Role.ORG_STAFF)
    waiting = propose(shift, by=staff)
    client = sign_in(staff)
    assert (page(client, "backfills").status_code, page(client, "backfill", waiting.number).status_code) == (200, 200)
    assert post(client, "backfill", waiting.number, act="approve").status_code == 403
