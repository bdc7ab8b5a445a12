"""The number of an identity document, and leaving for good."""

import datetime as dt

import pytest
from cryptography.exceptions import InvalidTag
from django.urls import reverse

from liandong.accounts import identity
from liandong.accounts.models import Account, Consent, IdKind, IdRule, Person
from liandong.accounts.queries import own_data
from liandong.accounts.tests import factories as make
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"
GIVEN = {"kind": IdKind.RESIDENT, "number": "110105-19491231 002x", "rule": IdRule.CERTIFICATE, "consent": True}


def test_a_number_is_kept_sealed_for_a_rule_and_fills_in_birth_and_sex():
    person = make.person()
    identity.give_id_number(person, **GIVEN, by=person)
    person.refresh_from_db()
    assert (person.read_id_number(), person.id_rule, person.birth_date, person.sex) == (NUMBER, "certificate", dt.date(1949, 12, 31), "F")
    assert NUMBER not in person.id_number_sealed
    assert Consent.objects.get(person=person, purpose="identity").withdrawn_at is None
    assert NUMBER not in str(list(Entry.objects.values_list("after", flat=True)))
    assert own_data(person)["person"]["id_number"] == NUMBER


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"rule": ""}, "rule"), ({"consent": False}, "consent"), ({"number": "110105194912310021"}, "number"), ({"kind": "card"}, "kind")],
)
def test_without_rule_consent_or_a_right_number_nothing_is_kept(changed, field):
    person = make.person()
    with pytest.raises(Refused) as refused:
        identity.give_id_number(person, **(GIVEN | changed), by=person)
    assert (refused.value.field, Person.objects.get().has_id_number) == (field, False)


def test_a_number_of_another_entry_is_refused_and_others_cannot_give_it():
    known, other = make.person(), make.person(name="王一")
    identity.give_id_number(known, **GIVEN, by=known)
    with pytest.raises(Refused):
        identity.give_id_number(other, **GIVEN, by=other)
    with pytest.raises(Denied):
        identity.give_id_number(other, **(GIVEN | {"number": "34052419800101001X"}), by=known)


def test_a_passport_is_no_resident_number():
    person, other = make.person(), make.person(name="王一")
    identity.give_id_number(person, **(GIVEN | {"kind": "passport", "number": "E12345678"}), by=person)
    person.refresh_from_db()
    assert (person.read_id_number(), person.id_kind, person.birth_date) == ("E12345678", "passport", None)
    identity.give_id_number(other, **(GIVEN | {"kind": "taiwan_permit", "number": "12345678"}), by=other)


def test_a_seal_copied_to_another_row_does_not_open():
    person, thief = make.person(), make.person(name="王一")
    identity.give_id_number(person, **GIVEN, by=person)
    person.refresh_from_db()
    thief.id_number_sealed = person.id_number_sealed
    with pytest.raises(InvalidTag):
        thief.read_id_number()


def test_a_number_is_forgotten_with_its_consent():
    person = make.person()
    identity.give_id_number(person, **GIVEN, by=person)
    identity.forget_id_number(person, by=person)
    person.refresh_from_db()
    assert (person.has_id_number, person.id_number_sealed, person.id_rule) == (False, "", "")
    assert Consent.objects.get(purpose="identity").withdrawn_at is not None


def test_an_erased_person_is_a_number_without_an_account():
    account = make.account(name="李晓雯", birth_date=dt.date(1990, 1, 1), email="a@example.org")
    person = account.person
    identity.give_id_number(person, **GIVEN, by=person)
    identity.erase_person(person, by=person)
    person, account = Person.objects.get(), Account.objects.get()
    assert (person.name, person.phone, person.email, person.birth_date, person.has_id_number) == (person.number, "", "", None, False)
    assert (account.is_active, account.phone, account.has_usable_password()) == (False, None, False)


def test_the_page_keeps_and_deletes_the_number(client):
    account = make.account()
    client.force_login(account)
    url = reverse("accounts:id_number")
    assert client.get(url).status_code == 200
    assert client.post(url, {"kind": "resident", "number": "1"}).status_code == 422
    assert client.post(url, {"kind": "resident", "number": NUMBER, "rule": "record", "consent": "on"}).status_code == 303
    page = client.get(url).content.decode()
    assert ("1101**********002X" in page, NUMBER in page) == (True, False)
    assert client.post(reverse("accounts:forget_id_number")).status_code == 303
    assert not Person.objects.get().has_id_number
