"""Registering, recognising, joining and editing people; ID numbers; consents."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.accounts import services
from liandong.accounts.models import Account, Consent, Person
from liandong.accounts.same_person import find_same_person
from liandong.accounts.tests import factories as make
from liandong.core.actors import DEMO, IMPORTER
from liandong.core.errors import Denied, Refused
from liandong.core.numbers import birth_date_of, check_digit, clean_number, is_id_number, sex_of
from liandong.journal.models import Entry

BORN = dt.date(1958, 3, 7)


def id_number(first17: str = "11010119580307201") -> str:
    return first17 + check_digit(first17)


def test_id_numbers_are_checked_by_day_and_digit():
    good = id_number()
    assert is_id_number(good)
    assert (birth_date_of(good), sex_of(good)) == (BORN, "M")
    assert clean_number(" １１０１０１-19580307 201x") == "11010119580307201X"
    assert [is_id_number(bad) for bad in ("", "1", good[:-1], good[:17] + "A", id_number("11010119581307201"), id_number("11010129991231201"))] == [
        False
    ] * 6


@given(
    st.from_regex(r"[1-9][0-9]{5}19[3-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True), st.integers(0, 16), st.integers(1, 9)
)
def test_one_wrong_digit_is_always_found(first17, place, step):
    good = id_number(first17)
    wrong = good[:place] + str((int(good[place]) + step) % 10) + good[place + 1 :]
    assert (is_id_number(good), check_digit(wrong[:17]) == wrong[17]) == (True, False)


@pytest.mark.django_db
def test_the_same_id_number_is_the_same_person_whatever_else_is_written():
    known = services.register_person(name="张明", id_number=id_number(), by=IMPORTER)
    assert find_same_person(name="张名", phone="13800000001", id_number=id_number()) == known


@pytest.mark.django_db
def test_the_same_phone_and_name_or_name_and_birth_is_the_same_person():
    known = services.register_person(name="张明", phone="13800000001", birth_date=BORN, by=IMPORTER)
    assert find_same_person(name="张明", phone="+86 13800000001") == known
    assert find_same_person(name="张明", birth_date=BORN) == known
    assert find_same_person(name="张明") is None
    assert find_same_person(name="李明", phone="13800000001") is None


@pytest.mark.django_db
def test_another_id_number_says_another_person():
    known = services.register_person(name="张明", phone="13800000001", birth_date=BORN, id_number=id_number(), by=IMPORTER)
    other = id_number("11010119580307203")
    assert find_same_person(name="张明", phone="13800000001", birth_date=BORN, id_number=other) is None
    assert services.register_person(name="张明", phone="13800000001", birth_date=BORN, id_number=other, by=IMPORTER) != known


@pytest.mark.django_db
def test_registering_again_fills_in_what_was_empty_and_overwrites_nothing():
    known = services.register_person(name="张明", phone="13800000001", by=IMPORTER)
    again = services.register_person(name="张明", phone="13800000001", birth_date=BORN, sex="M", id_number=id_number(), by=IMPORTER)
    services.register_person(name="张明", phone="13800000009", birth_date=dt.date(1990, 1, 1), id_number=id_number(), by=IMPORTER)
    known.refresh_from_db()
    assert again == known
    assert (known.phone, known.birth_date, known.sex, known.read_id_number()) == ("13800000001", BORN, "M", id_number())
    assert sorted(Entry.objects.values_list("verb", flat=True)) == ["person.filled_in", "person.registered"]


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "field"), [({"name": " "}, "name"), ({"name": "字" * 51}, "name"), ({"name": "张明", "phone": "123"}, "phone"), ({"name": "张明", "id_number": "110101195803072019"}, "id_number"), ({"name": "张明", "birth_date": dt.date(2999, 1, 1)}, "birth_date")])  # fmt: skip
def test_wrong_details_are_refused_at_their_field(values, field):
    with pytest.raises(Refused) as refused:
        services.register_person(**values, by=DEMO)
    assert (refused.value.field, Person.objects.count()) == (field, 0)


@pytest.mark.django_db
def test_an_id_number_is_not_readable_in_the_database():
    person = services.register_person(name="张明", id_number=id_number(), by=DEMO)
    assert id_number() not in f"{person.id_number_sealed} {person.id_number_hash}"


@pytest.mark.django_db
def test_one_edits_oneself_only():
    me, other = make.person(), make.person(name="王芳")
    services.edit_person(me, name="李晓文", email="li@example.org", by=me)
    assert Entry.objects.get().after == {"fields": ["name", "email"]}
    with pytest.raises(Denied):
        services.edit_person(other, name="王方", by=me)
    with pytest.raises(Refused):
        services.edit_person(me, name="李晓文", email="nonsense", by=me)


@pytest.mark.django_db
def test_a_weak_password_is_refused():
    account = make.account()
    for weak in ("short", "password123", "12345678901"):
        with pytest.raises(Refused):
            services.set_password(account, password=weak, by=account.person)
    services.set_password(account, password="three green trees", by=account.person)
    assert Account.objects.get().check_password("three green trees")


@pytest.mark.django_db
def test_a_consent_is_withdrawn_and_stays_on_record():
    person = make.person()
    consent = services.give_consent(person, purpose="publish", by=person)
    assert services.give_consent(person, purpose="publish", by=person) == consent
    with pytest.raises(Denied):
        services.withdraw_consent(consent, by=make.person(name="王芳"))
    withdrawn = services.withdraw_consent(consent, by=person)
    assert services.withdraw_consent(withdrawn, by=person).withdrawn_at == withdrawn.withdrawn_at
    assert services.give_consent(person, purpose="publish", by=person) != consent
    assert Consent.objects.count() == 2


@pytest.mark.django_db
def test_joining_takes_over_account_and_what_was_missing():
    old = services.register_person(name="张明", phone="13800000001", id_number=id_number(), by=IMPORTER)
    new = make.account(person_=make.person(name="张明")).person
    services.merge_person(old, into=new, by=DEMO)
    new.refresh_from_db()
    assert (new.phone, new.read_id_number(), new.account.person) == ("13800000001", id_number(), new)
    assert find_same_person(name="张明", phone="13800000001") == new
    with pytest.raises(Refused):
        services.merge_person(old, into=new, by=DEMO)


@pytest.mark.django_db
def test_two_accounts_are_not_joined():
    with pytest.raises(Refused):
        services.merge_person(make.account().person, into=make.account().person, by=DEMO)
