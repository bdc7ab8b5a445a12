import datetime as dt

import pytest
from django.urls import reverse

from liandong.core.actors import DEMO
from liandong.core.clock import now as clock_now
from liandong.organizations.models import Role
from liandong.recognition import services
from liandong.recognition.models import Certificate, RecordAppeal, ServiceRecord
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def sign_in(client):
    def enter(person):
        client.force_login(make.account(person) if not hasattr(person, "account") else person.account)
        return client

    return enter


def page(client, name, *args, query="", **values):
    return client.get(reverse(f"recognition:{name}", args=args) + query, **values)


def post(client, name, *args, query="", **values):
    return client.post(reverse(f"recognition:{name}", args=args) + query, values)


def services_of(volunteer, count):
    host = make.organization()
    start = dt.datetime(2025, 11, 1, 6, 0, tzinfo=dt.UTC)
    return [make.record(volunteer, of=make.shift(host=host, starts_at=start + dt.timedelta(days=30 * n)), by=DEMO) for n in range(count)]


class TestMyRecords:
    def test_it_shows_hours_points_and_stars_without_a_push(self, sign_in):
        volunteer = make.person()
        services_of(volunteer, 2)
        make.attended(volunteer, of=make.shift(title="还没确认"))
        answer = page(sign_in(volunteer), "my_records")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert all(words in text for words in ["小家电义诊", "还没确认", reverse("recognition:certificate_new")])

    def test_every_certificate_is_reached_the_older_ones_folded(self, sign_in):
        volunteer = make.person()
        services_of(volunteer, 1)
        made = [services.issue_certificate(volunteer, from_date=dt.date(2025, 1, day), by=volunteer) for day in range(1, 8)]
        text = page(sign_in(volunteer), "my_records").content.decode()
        assert [text.count(f'href="{reverse("recognition:certificate", args=[each.code])}"') for each in made] == [1] * 7

    def test_somebody_without_service_is_shown_the_way(self, sign_in):
        assert page(sign_in(make.person()), "my_records").status_code == 200

    @pytest.mark.parametrize("name", ["recognition:my_records", "points:mine"])
    @pytest.mark.parametrize("count", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, sign_in, django_assert_max_num_queries, name, count):
        volunteer = make.person()
        services_of(volunteer, count)
        services.issue_certificate(volunteer, by=volunteer)
        client = sign_in(volunteer)
        with django_assert_max_num_queries(12):
            assert client.get(reverse(name)).status_code == 200

    def test_a_stranger_is_asked_to_sign_in(self, client):
        assert page(client, "my_records").status_code == 302


class TestRecord:
    def test_its_evidence_is_shown_to_its_owner_in_few_queries(self, sign_in, django_assert_max_num_queries):
        record = make.record(method="ticket")
        client = sign_in(record.person)
        with django_assert_max_num_queries(14):
            answer = page(client, "record", record.number)
        text = answer.content.decode()
        assert all(words in text for words in [record.person.name, record.number, "周*", record.content])

    def test_staff_sees_a_masked_name_and_others_nothing(self, sign_in):
        record = make.record(make.person("张小明"))
        text = page(sign_in(make.manager(record.organization)), "record", record.number).content.decode()
        assert "张*明" in text
        assert "张小明" not in text
        for stranger in (make.person(), make.manager(make.organization())):
            assert page(sign_in(stranger), "record", record.number).status_code == 404

    def test_an_appeal_from_the_page(self, sign_in):
        record = make.record()
        client = sign_in(record.person)
        assert post(client, "appeal_record", record.number, words="少记了").status_code == 303
        assert RecordAppeal.objects.get().words == "少记了"
        assert "少记了" in page(client, "record", record.number).content.decode()

    def test_an_empty_appeal_keeps_the_page(self, sign_in):
        record = make.record()
        assert post(sign_in(record.person), "appeal_record", record.number, words=" ").status_code == 422
        assert post(sign_in(make.person()), "appeal_record", record.number, words="x").status_code == 404


class TestToConfirm:
    def test_the_list_shows_what_waits_and_only_ones_own(self, sign_in):
        shift = make.shift(title="修家电")
        make.attended(of=shift)
        make.attended(of=shift, stayed=None)
        make.attended(of=make.shift(title="别家的"))
        text = page(sign_in(make.manager(shift.activity.host)), "to_confirm").content.decode()
        assert "修家电" in text
        assert "别家的" not in text

    def test_confirmed_and_coming_shifts_are_not_on_it(self, sign_in):
        record = make.record(of=make.shift(title="确认过的"))
        make.attended(of=make.shift(host=record.organization, title="明天的", starts_at=make.clock.now() + dt.timedelta(days=1)))
        text = page(sign_in(make.manager(record.organization)), "to_confirm").content.decode()
        assert "确认过的" not in text
        assert "明天的" not in text

    def test_the_filter_by_body_and_words(self, sign_in):
        street = make.territory("街道", level="street")
        hosts = [make.organization(at=make.territory(parent=street)) for _ in range(2)]
        for number, host in enumerate(hosts):
            make.attended(of=make.shift(host=host, title=f"活动{number}"))
        client = sign_in(make.hub_manager(street))
        assert "活动1" not in page(client, "to_confirm", query=f"?organization={hosts[0].slug}").content.decode()
        assert "活动0" not in page(client, "to_confirm", query="?q=活动1").content.decode()
        assert page(client, "to_confirm", query="?organization=nobody&q=nothing").status_code == 200

    def test_without_the_right_it_is_denied(self, sign_in):
        assert page(sign_in(make.person()), "to_confirm").status_code == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, sign_in, django_assert_max_num_queries, count):
        host = make.organization()
        for _ in range(count):
            make.attended(of=make.shift(host=host))
        client = sign_in(make.manager(host))
        with django_assert_max_num_queries(20):
            page(client, "to_confirm")


class TestConfirmShift:
    def test_the_chosen_are_confirmed_and_the_rest_waits(self, sign_in):
        shift = make.shift()
        chosen, other = make.attended(of=shift), make.attended(of=shift)
        client = sign_in(make.manager(shift.activity.host))
        assert post(client, "confirm_shift", shift.pk, sign_up=[chosen.pk]).status_code == 303
        assert list(ServiceRecord.objects.values_list("sign_up", flat=True)) == [chosen.pk]
        assert page(client, "confirm_shift", shift.pk).status_code == 200
        assert not ServiceRecord.objects.filter(sign_up=other).exists()

    def test_sent_twice_it_has_one_effect(self, sign_in):
        row = make.attended()
        client = sign_in(make.manager(row.shift.activity.host))
        assert [post(client, "confirm_shift", row.shift_id, sign_up=[row.pk]).status_code for _ in range(2)] == [303, 303]
        assert ServiceRecord.objects.count() == 1

    @pytest.mark.parametrize("values", [{}, {"sign_up": ["x", "999999", "１"]}])
    def test_nobody_chosen_is_told(self, sign_in, values):
        row = make.attended()
        assert post(sign_in(make.manager(row.shift.activity.host)), "confirm_shift", row.shift_id, **values).status_code == 422

    def test_what_cannot_be_confirmed_is_told(self, sign_in):
        row = make.attended(stayed=None)
        answer = post(sign_in(make.manager(row.shift.activity.host)), "confirm_shift", row.shift_id, sign_up=[row.pk])
        assert answer.status_code == 422

    def test_a_leader_sees_the_list_and_may_not_confirm(self, sign_in):
        row = make.attended()
        client = sign_in(make.manager(row.shift.activity.host, role=Role.ACTIVITY_LEADER))
        assert page(client, "confirm_shift", row.shift_id).status_code == 200
        assert post(client, "confirm_shift", row.shift_id, sign_up=[row.pk]).status_code == 403
        assert not ServiceRecord.objects.exists()

    def test_another_body_finds_nothing(self, sign_in):
        row = make.attended()
        client = sign_in(make.manager(make.organization()))
        assert page(client, "confirm_shift", row.shift_id).status_code == 404
        assert post(client, "confirm_shift", row.shift_id, sign_up=[row.pk]).status_code == 404

    def test_names_are_masked(self, sign_in):
        row = make.attended(make.person("张小明"))
        assert "张小明" not in page(sign_in(make.manager(row.shift.activity.host)), "confirm_shift", row.shift_id).content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, sign_in, django_assert_max_num_queries, count):
        shift = make.shift()
        for _ in range(count):
            make.attended(of=shift)
        client = sign_in(make.manager(shift.activity.host))
        with django_assert_max_num_queries(20):
            page(client, "confirm_shift", shift.pk)


class TestCorrect:
    def test_minutes_and_reason_make_a_new_record(self, sign_in):
        record = make.record()
        client = sign_in(make.manager(record.organization))
        assert page(client, "correct_record", record.number).status_code == 200
        assert post(client, "correct_record", record.number, minutes="60", reason="提前走了").status_code == 303
        assert ServiceRecord.objects.get(corrects=record).minutes == 60

    @pytest.mark.parametrize(
        "values",
        [{}, {"minutes": "60", "reason": ""}, {"minutes": "999", "reason": "x"}, {"minutes": "-1", "reason": "x"}, {"minutes": "abc", "reason": "x"}],
    )
    def test_what_makes_no_sense_is_told_and_kept(self, sign_in, values):
        record = make.record()
        assert post(sign_in(make.manager(record.organization)), "correct_record", record.number, **values).status_code == 422
        assert ServiceRecord.objects.count() == 1

    def test_the_volunteer_may_not(self, sign_in):
        record = make.record()
        assert page(sign_in(record.person), "correct_record", record.number).status_code == 403


class TestAppeals:
    def test_staff_finds_and_answers_them(self, sign_in):
        record = make.record()
        appeal = services.appeal_record(record, words="少记了半小时", by=record.person)
        client = sign_in(make.manager(record.organization))
        assert "少记了半小时" in page(client, "appeals").content.decode()
        assert page(client, "answer_appeal", appeal.pk).status_code == 200
        assert post(client, "answer_appeal", appeal.pk, words="").status_code == 422
        assert post(client, "answer_appeal", appeal.pk, words="查过了，签退 16:30").status_code == 303
        assert "少记了半小时" not in page(client, "appeals").content.decode()

    def test_another_body_finds_nothing(self, sign_in):
        record = make.record()
        appeal = services.appeal_record(record, words="记少了半小时", by=record.person)
        client = sign_in(make.manager(make.organization()))
        assert page(client, "answer_appeal", appeal.pk).status_code == 404
        assert "记少了半小时" not in page(client, "appeals").content.decode()


class TestCertificatePages:
    def test_three_taps_from_records_to_paper(self, sign_in):
        record = make.record()
        client = sign_in(record.person)
        assert page(client, "certificate_new").status_code == 200
        answer = post(client, "certificate_new", span="all")
        made = Certificate.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (303, reverse("recognition:certificate", args=[made.code]))
        assert page(client, "certificate", made.code).status_code == 200

    def test_pressed_twice_it_is_one_certificate(self, sign_in):
        record = make.record()
        client = sign_in(record.person)
        assert [post(client, "certificate_new", span="all").status_code for _ in range(2)] == [303, 303]
        assert Certificate.objects.count() == 1

    @pytest.mark.parametrize(
        "values",
        [
            {"span": "last_year"},
            {"span": "days"},
            {"span": "days", "from_date": "2026-06-30", "to_date": "2026-06-01"},
            {"span": "days", "from_date": "x"},
            {"span": "no"},
            {},
        ],
    )
    def test_nothing_in_the_time_or_no_time_is_told(self, sign_in, values):
        record = make.record()
        assert post(sign_in(record.person), "certificate_new", **values).status_code == 422
        assert not Certificate.objects.exists()

    def test_a_body_prints_it_for_its_volunteer_and_only_its_own_records(self, sign_in):
        record = make.record()
        by = make.manager(record.organization)
        client = sign_in(by)
        query = f"?person={record.person.number}"
        assert post(client, "certificate_new", query=query, span="all").status_code == 303
        assert Certificate.objects.get().handler_name == by.name
        assert page(sign_in(make.manager(make.organization())), "certificate_new", query=query).status_code == 404

    def test_nobody_else_opens_it(self, sign_in):
        record = make.record()
        made = services.issue_certificate(record.person, by=record.person)
        for name in ("certificate", "certificate_pdf", "certificate_image"):
            assert page(sign_in(make.person()), name, made.code).status_code == 404

    def test_the_issuer_asks_to_revoke_it_with_a_reason(self, sign_in):
        record = make.record()
        made = services.issue_certificate(record.person, by=record.person)
        client = sign_in(make.manager(record.organization))
        assert post(client, "revoke_certificate", made.code, reason="").status_code == 422
        assert post(client, "revoke_certificate", made.code, reason="开错了").status_code == 303
        made.refresh_from_db()
        assert (made.state, [asked.reason for asked in made.requests.all()]) == ("valid", ["开错了"])
        assert post(sign_in(record.person), "revoke_certificate", made.code, reason="x").status_code == 403


def test_a_body_certifies_and_reads_only_what_it_recorded_itself(sign_in):
    here, there = make.shift(host=make.organization("甲所")), make.shift(host=make.organization("乙所"), starts_at=clock_now() - dt.timedelta(days=9))
    who = make.person()
    ours, _theirs = make.record(who, of=here), make.record(who, of=there)
    client = sign_in(make.manager(here.activity.host))
    shown = page(client, "certificate_new", query=f"?person={who.number}")
    assert (shown.context["count"], list(shown.context["form"].fields["organization"].queryset)) == (1, [here.activity.host])
    assert post(client, "certificate_new", query=f"?person={who.number}", span="all").status_code == 303
    made = Certificate.objects.get()
    assert (made.issuer, made.minutes) == (here.activity.host, ours.minutes)


def test_a_page_of_a_certificate_that_is_no_number_is_not_there(sign_in):
    record = make.record()
    made = services.issue_certificate(record.person, by=record.person)
    client = sign_in(record.person)
    for asked in ("²", "9" * 5000, "0", "-1"):
        assert page(client, "certificate_image", made.code, query=f"?page={asked}").status_code == 404
