"""Telling somebody: once, over the channels they want, not at night, two SMS a day, each at most once."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connections

from liandong.accounts import services as accounts
from liandong.accounts.models import Account
from liandong.accounts.tests import factories as people
from liandong.journal.models import Entry
from liandong.notices import gateways, kinds, queries, services
from liandong.notices.models import Delivery, Notice, Preference
from liandong.notices.tests import factories as make

SENT: list[tuple[str, str]] = []
NIGHT = dt.datetime(2026, 6, 10, 14, 30, tzinfo=dt.UTC)  # 22:30 in Shanghai
MORNING = dt.datetime(2026, 6, 11, 0, 0, tzinfo=dt.UTC)  # 8:00


def keep(phone: str, text: str) -> None:
    """The gateway of these tests."""
    if "fail" in text:
        raise OSError("down")
    SENT.append((phone, text))


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.SMS_GATEWAY = f"{__name__}.keep"
    SENT.clear()
    kinds.register("test.moved_up", topic="sign_up", title="You have a place: %(title)s", body="%(day)s", sms=True)
    kinds.register("test.changed", topic="change", title="%(title)s has changed", body="", sms=True)
    kinds.register("test.quiet", topic="record", title="Points", body="")
    yield
    for name in ("test.moved_up", "test.changed", "test.quiet"):
        kinds._kinds.pop(name)


def tell(person, key: str = "a", *, kind: str = "test.moved_up", title: str = "Yoga", **more):
    return services.notify(person, kind=kind, values={"title": title, "day": "Saturday"}, url="/a/7K4M2QX/", once_key=key, **more)


def english(**values):
    account = people.account(**values)
    Account.objects.update(language="en")
    return account.person


@pytest.mark.django_db
def test_it_stands_in_the_inbox_at_once_and_leaves_by_a_job(run_jobs, clock):
    person = english(email="li@example.org")
    tell(person)
    assert (queries.unread_count(person), SENT) == (1, [])
    run_jobs()
    assert [(person.phone, "[Liandong] You have a place: Yoga Saturday http://localhost:8000/a/7K4M2QX/")] == SENT
    assert mail.outbox == []


@pytest.mark.django_db
def test_told_twice_it_is_one(run_jobs, clock):
    person = english()
    assert tell(person) is not None
    assert tell(person) is None
    run_jobs()
    assert (Notice.objects.count(), len(SENT)) == (1, 1)


@pytest.mark.django_db
def test_a_change_goes_by_e_mail_too(run_jobs, clock):
    person = english(email="li@example.org")
    tell(person, kind="test.changed")
    run_jobs()
    assert [(message.to, message.subject) for message in mail.outbox] == [(["li@example.org"], "Yoga has changed")]
    assert "http://localhost:8000/a/7K4M2QX/" in mail.outbox[0].body


@pytest.mark.django_db
def test_at_night_it_waits_for_the_morning(run_jobs, clock):
    person = english()
    clock.move_to(NIGHT)
    tell(person)
    assert Delivery.objects.get().not_before_at == MORNING
    tell(person, "urgent", urgent=True)
    assert Delivery.objects.order_by("-id").first().not_before_at == NIGHT


@pytest.mark.parametrize(("hour", "minute", "expected"), [(8, 0, (8, 0)), (21, 29, (21, 29)), (21, 30, (8, 0)), (0, 5, (8, 0)), (7, 59, (8, 0))])
def test_quiet_hours(hour, minute, expected):
    from django.utils import timezone

    zone = timezone.get_current_timezone()
    moved = timezone.localtime(services.after_quiet_hours(dt.datetime(2026, 6, 10, hour, minute, tzinfo=zone)))
    assert (moved.hour, moved.minute) == expected
    assert moved.day == (11 if hour >= 21 and expected == (8, 0) else 10)


@pytest.mark.django_db
def test_at_most_two_sms_a_day_but_urgent_ones_go(run_jobs, clock):
    person = english()
    for key in "abc":
        tell(person, key)
    run_jobs()
    assert (len(SENT), sorted(Delivery.objects.values_list("state", flat=True))) == (2, ["sent", "sent", "skipped"])
    tell(person, "d", urgent=True)
    run_jobs()
    clock.advance(days=1)
    tell(person, "e")
    run_jobs()
    assert len(SENT) == 4


@pytest.mark.django_db
def test_what_somebody_switched_off_does_not_come_and_security_always_does(run_jobs, clock):
    person = english(email="li@example.org")
    services.set_preferences(person, wanted=["sign_up.app"], by=person)
    tell(person)
    tell(person, "b", kind="test.changed")
    make.notice(person=person)
    run_jobs()
    assert [text.split("]")[1][:23] for _phone, text in SENT] == [" Your password was chan"]
    assert len(mail.outbox) == 1
    assert list(queries.inbox(person).filter(read_at__isnull=True).values_list("topic", flat=True)) == ["security", "sign_up"]


@pytest.mark.django_db
def test_preferences_are_kept_in_the_journal_and_never_switch_security_off():
    person = people.person()
    services.set_preferences(person, wanted=["security.sms"], by=person)
    assert not Preference.objects.filter(topic="security").exists()
    assert queries.wanted(person, "security", "sms")
    assert "sign_up.sms" in Entry.objects.get().after["off"]


@pytest.mark.django_db
def test_a_gateway_that_fails_is_asked_once(run_jobs, clock):
    person = english()
    tell(person, title="fail")
    run_jobs()
    delivery = Delivery.objects.get()
    services.deliver(delivery)
    assert (delivery.state, delivery.note, SENT) == ("failed", "OSError", [])


@pytest.mark.django_db
def test_a_delivery_that_was_being_sent_when_the_worker_died_is_left_alone(clock):
    person = english()
    tell(person)
    Delivery.objects.update(state="sending")
    services.deliver(Delivery.objects.get())
    assert SENT == []


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_by_ten_workers_leaves_once():
    person = english()
    tell(person, urgent=True)
    delivery = Delivery.objects.get()
    start = threading.Barrier(10)

    def work(number: int) -> None:
        start.wait(10)
        try:
            services.deliver(delivery)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, range(10)))
    assert len(SENT) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_by_ten_workers_keep_the_cap():
    person = english()
    for key in range(10):
        tell(person, str(key))
    deliveries = list(Delivery.objects.all())
    start = threading.Barrier(10)

    def work(delivery: Delivery) -> None:
        start.wait(10)
        try:
            services.deliver(delivery)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, deliveries))
    assert len(SENT) == 2


@pytest.mark.django_db
def test_without_phone_and_mail_it_stays_in_the_inbox():
    person = people.person()
    tell(person)
    assert (Delivery.objects.count(), queries.unread_count(person)) == (0, 1)


@pytest.mark.django_db
def test_a_new_password_is_told_the_person(run_jobs, clock):
    account = people.account()
    accounts.set_password(account, password="three green trees", by=account.person)
    run_jobs()
    run_jobs()
    assert list(Notice.objects.values_list("kind", flat=True)) == ["account.password_set"]
    assert len(SENT) == 1


@pytest.mark.django_db
def test_a_kind_nobody_knows_any_more_is_still_a_message():
    person = people.person()
    notice = Notice.objects.create(person=person, kind="gone.kind", topic="work", once_key="x")
    assert queries.words_of(notice)[0] != ""
    lacking = tell(person)
    Notice.objects.filter(pk=lacking.pk).update(values={})
    lacking.refresh_from_db()
    assert queries.words_of(lacking) == ("You have a place: …", "…")


def test_the_console_prints(capsys):
    gateways.console("13800000001", "hello")
    assert "13800000001: hello" in capsys.readouterr().out


def test_the_http_gateway_speaks_json_and_fails_loudly(settings):
    import http.server
    import json

    seen = []

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.headers["Authorization"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200 if len(seen) == 1 else 302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *anything):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL, settings.SMS_KEY = f"http://127.0.0.1:{server.server_port}/", "key"
    gateways.http("13800000001", "您好")
    with pytest.raises(OSError):
        gateways.http("13800000001", "again")
    settings.SMS_URL = "file:///etc/hosts"
    with pytest.raises(OSError):
        gateways.http("13800000001", "again")
    server.shutdown()
    server.server_close()
    assert seen[0] == ("Bearer key", {"phone": "13800000001", "text": "您好"})
    assert len(seen) == 2
