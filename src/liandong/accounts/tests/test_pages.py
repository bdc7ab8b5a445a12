"""The pages around signing in and one's own details."""

import json
import re

import pytest
from django.urls import reverse

from liandong.accounts import services
from liandong.accounts.models import Account, Consent, Person
from liandong.accounts.tests import factories as make
from liandong.accounts.tests.test_sign_in import PHONE, SENT, ask, gateway  # noqa: F401 - the gateway that keeps messages
from liandong.journal.models import Entry

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, NAME = "/account/sign-in/", "/account/code/", "/account/name/"


def last_code() -> str:
    return re.search(r"\d{6}", SENT[-1][1])[0]


def test_first_time_phone_code_name_and_on(client):
    assert client.get(SIGN_IN + "?next=/needs/mine/").status_code == 200
    before = client.post(SIGN_IN, {"phone": PHONE, "next": "/needs/mine/"})
    assert (before.status_code, before["Location"]) == (303, CODE)
    key = client.session.session_key
    answer = client.post(CODE, {"code": last_code(), "name": "李晓雯"})
    assert (answer.status_code, answer["Location"]) == (303, "/needs/mine/")
    assert client.session.session_key != key
    assert Account.objects.get().person.name == "李晓雯"


def test_the_name_is_asked_when_it_was_left_out(client):
    client.post(SIGN_IN, {"phone": PHONE})
    answer = client.post(CODE, {"code": last_code(), "name": ""})
    assert answer["Location"] == NAME
    assert client.post(NAME, {"name": ""}).status_code == 422
    assert client.post(NAME, {"name": "李晓雯"}).status_code == 303
    assert Account.objects.count() == 1


def test_the_name_page_needs_a_proved_phone(client):
    assert client.post(NAME, {"name": "李晓雯"})["Location"] == SIGN_IN
    client.post(SIGN_IN, {"phone": PHONE})
    assert client.post(NAME, {"name": "李晓雯"})["Location"] == SIGN_IN
    assert Account.objects.count() == 0


def test_known_and_unknown_phones_get_the_same_answer(client):
    make.account(phone="13800000009")
    pages = []
    for phone in ("13800000009", "13800000008"):
        client.cookies.clear()
        answer = client.post(SIGN_IN, {"phone": phone})
        page = client.get(answer["Location"]).content.decode()
        body = page.split("<main")[1].split("</main>")[0]
        pages.append((answer.status_code, answer["Location"], body.replace(phone[-4:], "").split("csrfmiddlewaretoken")[0]))
    assert pages[0] == pages[1]


def test_a_wrong_phone_keeps_what_was_typed(client):
    page = client.post(SIGN_IN, {"phone": "1380000"})
    assert page.status_code == 422
    assert 'value="1380000"' in page.content.decode()


def test_asking_too_often_is_a_429_with_the_time_to_wait(client):
    client.post(SIGN_IN, {"phone": PHONE})
    again = client.post(SIGN_IN, {"phone": PHONE})
    assert again.status_code == 429
    assert 1 <= int(again["Retry-After"]) <= 61
    assert client.post(CODE, {"again": "1"}).status_code == 429
    assert len(SENT) == 1


def test_a_wrong_code_is_422_and_the_sixth_429(client):
    client.post(SIGN_IN, {"phone": PHONE})
    wrong = "000000" if last_code() != "000000" else "000001"
    assert [client.post(CODE, {"code": wrong}).status_code for _try in range(6)] == [422] * 5 + [429]


def test_next_stays_on_this_site(client):
    client.post(SIGN_IN, {"phone": PHONE, "next": "//evil.example/"})
    assert client.post(CODE, {"code": last_code(), "name": "李晓雯"})["Location"] == reverse("portal:me")


def test_staff_sign_in_by_password(client):
    make.account(username="zhoumin", password="long enough 1")
    wrong = client.post(SIGN_IN + "?how=password", {"login": "zhoumin", "password": "no"})
    assert wrong.status_code == 422
    assert client.post(SIGN_IN + "?how=password", {"login": "zhoumin", "password": "long enough 1"}).status_code == 303
    assert "_auth_user_id" in client.session


def test_signing_out_is_a_post_and_ends_the_session(client):
    client.force_login(make.account())
    key = client.session.session_key
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.post(reverse("accounts:sign_out")).status_code == 303
    client.cookies["sessionid"] = key
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_posts_need_the_token(client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make.account())
    for name in ("sign_out", "profile", "password", "download", "phone"):
        assert strict.post(reverse(f"accounts:{name}"), {}).status_code == 403


def test_personas_exist_in_the_demo_only(client, settings):
    settings.DEMO = False
    assert client.post(reverse("accounts:persona"), {"persona": "hub"}).status_code == 404
    settings.DEMO = True
    account = make.account(username="demo.hub")
    assert client.post(reverse("accounts:persona"), {"persona": "nobody"}).status_code == 404
    assert account.person.name in client.get(SIGN_IN).content.decode()
    assert client.post(reverse("accounts:persona"), {"persona": "hub"}).status_code == 303
    assert client.session["_auth_user_id"] == str(account.pk)


def test_my_details_are_edited(client):
    account = make.account(name="李晓雯")
    client.force_login(account)
    good = {"name": "李晓文", "email": "li@example.org", "birth_date": "1990-05-01", "sex": "F", "language": "en"}
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert client.post(reverse("accounts:profile"), {**good, "email": "nonsense"}).status_code == 422
    assert client.post(reverse("accounts:profile"), {**good, "is_system_admin": "1", "number": "LX"}).status_code == 303
    person, account = Person.objects.get(), Account.objects.get()
    assert (person.name, str(person.birth_date), account.language, account.is_system_admin) == ("李晓文", "1990-05-01", "en", False)


def test_the_phone_is_changed_with_a_code_to_the_new_one(client, clock):
    account = make.account(phone="13800000005")
    client.force_login(account)
    sign_in_code = ask("13800000006")
    clock.advance(minutes=2)
    client.post(reverse("accounts:phone"), {"phone": "13800000006"})
    if sign_in_code != last_code():
        assert client.post(reverse("accounts:phone_code"), {"code": sign_in_code}).status_code == 422
    assert client.post(reverse("accounts:phone_code"), {"code": last_code()}).status_code == 303
    account.refresh_from_db()
    assert (account.phone, account.person.phone) == ("13800000006", "13800000006")


def test_a_phone_of_another_account_is_not_taken_over(client):
    make.account(phone="13800000006")
    client.force_login(make.account(phone="13800000005"))
    client.post(reverse("accounts:phone"), {"phone": "13800000006"})
    assert client.post(reverse("accounts:phone_code"), {"code": last_code()}).status_code == 422
    assert sorted(Account.objects.values_list("phone", flat=True)) == ["13800000005", "13800000006"]


def test_a_password_is_set_and_other_sessions_end(client):
    from django.test import Client

    account = make.account()
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(account)
    url = reverse("accounts:password")
    assert client.post(url, {"password": "short"}).status_code == 422
    assert client.post(url, {"password": "three green trees"}).status_code == 303
    assert (client.get(url).status_code, elsewhere.get(url).status_code) == (200, 302)
    assert client.post(url, {"old": "wrong", "password": "four green trees"}).status_code == 422
    assert client.post(url, {"old": "three green trees", "password": "four green trees"}).status_code == 303


def test_what_is_kept_is_shown_and_taken_along(client):
    account = make.account(name="李晓雯", phone="13800000005")
    other = make.person(name="王大明", phone="13911112222")
    services.give_consent(account.person, purpose="proxy", through=other, by=other)
    client.force_login(account)
    page = client.get(reverse("accounts:privacy")).content.decode()
    assert ("13800000005" in page, "王大明" in page, "王*明" in page) == (False, False, True)
    assert client.get(reverse("accounts:download")).status_code == 405
    data = json.loads(client.post(reverse("accounts:download")).content)
    assert (data["person"]["name"], data["account"]["phone"], len(data["accounts.consent"])) == ("李晓雯", "13800000005", 1)
    assert ("王大明" in json.dumps(data, ensure_ascii=False), "password" in data["account"]) == (False, False)
    assert Entry.objects.filter(verb="person.data_exported").count() == 1


def test_a_consent_is_withdrawn_by_its_owner_only(client):
    account, other = make.account(), make.person(name="王大明")
    mine = services.give_consent(account.person, purpose="publish", by=account.person)
    theirs = services.give_consent(other, purpose="publish", by=other)
    client.force_login(account)
    assert client.post(reverse("accounts:withdraw", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("accounts:withdraw", args=[mine.pk])).status_code == 303
    assert list(Consent.objects.filter(withdrawn_at__isnull=True)) == [theirs]


@pytest.mark.parametrize("name", ["profile", "phone", "password", "privacy"])
def test_strangers_sign_in_first_and_pages_stay_small(client, name, django_assert_max_num_queries):
    import gzip

    url = reverse(f"accounts:{name}")
    assert client.get(url).status_code == 302
    client.force_login(make.account())
    with django_assert_max_num_queries(12):
        page = client.get(url)
    assert (page.status_code, len(gzip.compress(page.content)) < 14_000) == (200, True)
