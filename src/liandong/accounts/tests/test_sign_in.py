"""Signing in by code and by password: limits, tries, one use."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from liandong.accounts import services, sign_in
from liandong.accounts.models import Account, Consent, FailedSignIn, Person, SignInCode
from liandong.accounts.tests import factories as make
from liandong.core.errors import Refused, TooMany

PHONE = "13800000001"
SENT: list[tuple[str, str]] = []


def keep(phone: str, text: str) -> None:
    """The gateway of these tests."""
    SENT.append((phone, text))


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.SMS_GATEWAY = f"{__name__}.keep"
    settings.LANGUAGE_CODE = "en"
    SENT.clear()


def ask(phone: str = PHONE, **values) -> str:
    """Ask for a code and read it from the message."""
    services.request_code(phone, **{"sent_from": "198.51.100.7", **values})
    return re.search(r"\d{6}", SENT[-1][1])[0]


@pytest.mark.django_db
def test_the_first_sign_in_makes_person_account_and_consent():
    account = services.sign_in_with_code(PHONE, ask("+86 138-0000-0001"), name="李晓雯")
    assert (account.person.name, account.phone, account.person.phone) == ("李晓雯", PHONE, PHONE)
    assert Consent.objects.get().person == account.person


@pytest.mark.django_db
def test_the_second_sign_in_asks_no_name(clock):
    first = services.sign_in_with_code(PHONE, ask(), name="李晓雯")
    clock.advance(minutes=2)
    assert services.sign_in_with_code(PHONE, ask()) == first


@pytest.mark.django_db
def test_without_a_name_the_code_is_used_and_the_name_asked():
    code = ask()
    with pytest.raises(services.NameNeeded):
        services.sign_in_with_code(PHONE, code)
    with pytest.raises(Refused):
        services.sign_in_with_code(PHONE, code, name="李晓雯")
    assert Account.objects.count() == 0


@pytest.mark.django_db
def test_the_person_registered_before_is_claimed_by_phone_and_name():
    imported = Person.objects.create(name="李晓雯", phone=PHONE)
    Person.objects.create(name="李大爷", phone=PHONE)
    assert services.sign_in_with_code(PHONE, ask(), name=" 李晓雯 ").person == imported


@pytest.mark.django_db
def test_another_name_on_the_same_phone_is_another_person():
    Person.objects.create(name="李大爷", phone=PHONE)
    assert services.sign_in_with_code(PHONE, ask(), name="李晓雯").person.name == "李晓雯"
    assert Person.objects.count() == 2


@pytest.mark.django_db
def test_a_phone_does_not_take_over_an_account_with_a_password():
    make.account(person_=Person.objects.create(name="周敏", phone=PHONE), phone="13900009999", username="zhoumin", password="long enough 1")
    with pytest.raises(Refused) as refused:
        services.sign_in_with_code(PHONE, ask(), name="周敏")
    assert refused.value.field == "name"


@pytest.mark.django_db
def test_a_code_is_used_once():
    code = ask()
    services.sign_in_with_code(PHONE, code, name="李晓雯")
    with pytest.raises(Refused):
        services.sign_in_with_code(PHONE, code)


@pytest.mark.django_db
def test_a_code_dies_after_five_minutes(clock):
    code = ask()
    clock.advance(minutes=5, seconds=1)
    with pytest.raises(Refused):
        services.sign_in_with_code(PHONE, code, name="李晓雯")


@pytest.mark.django_db
def test_a_newer_code_ends_the_older_one(clock):
    old = ask()
    clock.advance(minutes=1, seconds=1)
    new = ask()
    if old != new:
        with pytest.raises(Refused):
            sign_in.use_code(PHONE, old)
    sign_in.use_code(PHONE, new)


@pytest.mark.django_db
def test_a_code_of_one_phone_or_purpose_opens_no_other(clock):
    code = ask()
    services.request_code("13800000002", sent_from="198.51.100.7")
    with pytest.raises(Refused):
        sign_in.use_code("13800000002", code)
    with pytest.raises(Refused):
        sign_in.use_code(PHONE, code, purpose="change_phone")


@pytest.mark.django_db
def test_after_five_wrong_tries_the_right_code_is_refused_too():
    code = ask()
    wrong = "000000" if code != "000000" else "000001"
    for _try in range(5):
        with pytest.raises(Refused):
            sign_in.use_code(PHONE, wrong)
    with pytest.raises(TooMany):
        sign_in.use_code(PHONE, code)
    assert SignInCode.objects.get().tries == 5


@pytest.mark.django_db
def test_the_code_is_not_readable_in_the_database():
    code = ask()
    assert code not in SignInCode.objects.get().code_hash


@pytest.mark.django_db
def test_a_phone_gets_one_a_minute_five_an_hour_ten_a_day(clock):
    sent = 0
    for _minute in range(26 * 60 // 2):
        try:
            services.request_code(PHONE, sent_from=f"198.51.100.{sent}")
            sent += 1
        except TooMany:
            pass
        if _minute == 0:
            with pytest.raises(TooMany) as soon:
                services.request_code(PHONE, sent_from="203.0.113.1")
            assert 1 <= soon.value.seconds <= 61
        if _minute == 29:
            assert sent == 5
        if _minute == 11 * 60:
            assert sent == 10
        clock.advance(minutes=2)
    assert sent == len(SENT) == 20


@pytest.mark.django_db
def test_one_address_cannot_ask_for_fifty_phones():
    refused = 0
    for number in range(50):
        try:
            services.request_code(f"138000001{number:02}", sent_from="198.51.100.9")
        except TooMany:
            refused += 1
    assert (refused, len(SENT)) == (40, 10)


@pytest.mark.django_db
def test_a_number_that_is_none_is_refused_before_anything_is_sent():
    with pytest.raises(Refused) as refused:
        services.request_code("1380000000", sent_from="")
    assert (refused.value.field, SENT) == ("phone", [])


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_guesses_is_evaluated_five_times():
    code = ask()
    wrong = "000000" if code != "000000" else "000001"
    start = threading.Barrier(20)

    def guess(number: int) -> str:
        start.wait(10)
        try:
            sign_in.use_code(PHONE, wrong)
        except TooMany:
            return "too many"
        except Refused:
            return "wrong"
        finally:
            connections.close_all()
        return "right"

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(guess, range(20)))
    assert answers == ["too many"] * 15 + ["wrong"] * 5
    assert SignInCode.objects.get().tries == 5


@pytest.mark.django_db(transaction=True)
def test_a_right_code_sent_twenty_times_at_once_opens_once():
    code = ask()
    start = threading.Barrier(10)

    def use(number: int) -> bool:
        start.wait(10)
        try:
            services.sign_in_with_code(PHONE, code, name="李晓雯")
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(use, range(10)))
    assert (answers.count(True), Account.objects.count(), Person.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_send_one_message():
    start = threading.Barrier(10)

    def request(number: int) -> bool:
        start.wait(10)
        try:
            services.request_code(PHONE, sent_from=f"198.51.100.{number}")
        except TooMany:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(request, range(10))).count(True) == 1
    assert len(SENT) == 1


@pytest.mark.django_db
def test_staff_sign_in_by_user_name_or_phone_and_password():
    account = make.account(phone=PHONE, username="zhoumin", password="long enough 1")
    assert sign_in.check_password("zhoumin", "long enough 1", sent_from="a") == account
    assert sign_in.check_password("138 0000 0001", "long enough 1", sent_from="a") == account


@pytest.mark.django_db
def test_known_and_unknown_names_get_the_same_answer_and_are_limited():
    make.account(username="zhoumin", password="long enough 1")
    for login in ("zhoumin", "nobody"):
        answers = []
        for _try in range(6):
            with pytest.raises(Refused) as refused:
                sign_in.check_password(login, "wrong", sent_from="198.51.100.7")
            answers.append((type(refused.value), str(refused.value)))
        assert answers[:5] == [(Refused, answers[0][1])] * 5
        assert answers[5][0] is TooMany
    with pytest.raises(TooMany):
        sign_in.check_password("zhoumin", "long enough 1", sent_from="198.51.100.7")
    assert sign_in.check_password("zhoumin", "long enough 1", sent_from="203.0.113.5")


@pytest.mark.django_db
def test_a_closed_account_stays_outside():
    account = make.account(phone=PHONE, username="zhoumin", password="long enough 1")
    account.is_active = False
    account.save()
    with pytest.raises(Refused):
        sign_in.check_password("zhoumin", "long enough 1", sent_from="a")
    with pytest.raises(Refused):
        services.sign_in_with_code(PHONE, ask())


@pytest.mark.django_db
def test_old_codes_and_failures_are_cleared(clock):
    ask()
    with pytest.raises(Refused):
        sign_in.check_password("nobody", "wrong", sent_from="a")
    clock.advance(days=3)
    assert sign_in.clear_old() == 4
    assert (SignInCode.objects.count(), FailedSignIn.objects.count()) == (0, 0)
