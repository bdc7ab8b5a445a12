"""Verbs on people, their accounts and what they consented to."""

import datetime as dt
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import joining, queries, sign_in, throttle
from liandong.accounts.models import Account, Consent, Person, Sex, SignInCode
from liandong.accounts.permissions import Actor, can_edit_person, can_withdraw_consent
from liandong.accounts.same_person import find_same_person
from liandong.accounts.sign_in import request_code
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.numbers import clean_number, problem_of_id_number
from liandong.core.text import fold, normalize_phone
from liandong.journal import services as journal

__all__ = ["find_same_person", "request_code"]


class NameNeeded(Refused):
    """The code was right, the phone is new: ask for the name and call `open_account_for_phone`."""


def sign_in_with_code(phone: str, code: str, *, name: str = "") -> Account:
    """The account of the phone; at the first sign-in a new one for `name`. The code is used up even when the name is still missing."""
    sign_in.use_code(phone, code)
    return open_account_for_phone(phone, name=name)


@transaction.atomic
def open_account_for_phone(phone: str, *, name: str = "") -> Account:
    """Call only after the phone has been proved. Claims the person who was registered with this phone and name and has no account yet, or makes a new one."""
    phone = sign_in.require_phone(phone)
    throttle.lock(f"phone:{phone}")
    if account := Account.objects.filter(phone=phone).first():
        if not account.is_active:
            raise Refused(_("This account is closed. Please ask your hub."))
        return account
    name = fold(name)
    if not name:
        raise NameNeeded(_("Please enter your name."), field="name")
    known = list(Person.objects.filter(phone=phone, name=name, merged_into__isnull=True).select_related("account").order_by("id"))
    if any(hasattr(person, "account") for person in known):
        raise Refused(_("You already have an account with a user name. Sign in with it and add this phone in your details."), field="name")
    claimed = bool(known)
    person = known[0] if known else _new_person(name=name, phone=phone)
    account = Account.objects.create_account(person=person, phone=phone)
    _give_consent(person, purpose=Consent.Purpose.SERVICE, words="sign-in", through=None)
    journal.record("account.opened", on=account, after={"claimed": claimed}, by=person)
    return account


@transaction.atomic
def register_person(*, name: str, phone: str = "", birth_date: dt.date | None = None, sex: str = "", id_number: str = "", by: Actor) -> Person:
    """The person with these details: the one we know already, with empty fields filled in, or a new one. Nothing known is overwritten.

    Who may register is asked by the verb above (organizations.register_person, volunteers, needs): a person alone has no body to ask.
    """
    name, number = fold(name), clean_number(id_number)
    if not name or len(name) > 50:
        raise Refused(_("Please enter a name of at most 50 characters."), field="name")
    if phone and not normalize_phone(phone):
        raise Refused(_("Please enter a mobile number of 11 digits."), field="phone")
    if number and (problem := problem_of_id_number(number)):
        raise Refused(problem, field="id_number")
    if birth_date and birth_date > clock.today():
        raise Refused(_("The day of birth lies in the future."), field="birth_date")
    throttle.lock(f"person:{name}", *([f"id:{number}"] if number else []))
    details = {"phone": normalize_phone(phone), "birth_date": birth_date, "sex": sex}
    person = find_same_person(name=name, phone=phone, birth_date=birth_date, id_number=number)
    if person is None:
        person = _new_person(name=name, id_number=number, **details)
        journal.record("person.registered", on=person, after={"number": person.number}, by=by)
        return person
    filled = [field for field, value in details.items() if value and not getattr(person, field)]
    for field in filled:
        setattr(person, field, details[field])
    if number and not person.id_number_hash:
        person.set_id_number(number)
        filled += ["id_number_sealed", "id_number_hash"]
    if filled:
        person.save(update_fields=filled)
        journal.record("person.filled_in", on=person, after={"fields": filled}, by=by)
    return person


def _new_person(*, name: str, id_number: str = "", **details: Any) -> Person:
    person = Person(name=name, **details)
    person.set_id_number(id_number)
    person.save()
    return person


@transaction.atomic
def edit_person(
    person: Person, *, name: str, email: str = "", birth_date: dt.date | None = None, sex: str = "", language: str = "", by: Actor
) -> Person:
    """Change one's own details; the journal keeps which fields, not their values."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_edit_person(by, person))
    new = {"name": fold(name), "email": fold(email), "birth_date": birth_date, "sex": sex}
    if not new["name"] or len(fold(name)) > 50:
        raise Refused(_("Please enter a name of at most 50 characters."), field="name")
    if sex not in Sex.values:
        raise Refused(_("Please choose one of the answers."), field="sex")
    if birth_date and birth_date > clock.today():
        raise Refused(_("The day of birth lies in the future."), field="birth_date")
    if new["email"]:
        try:
            validate_email(str(new["email"]))
        except ValidationError as error:
            raise Refused(_("This is not an e-mail address."), field="email") from error
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, new[field])
    if changed:
        person.save(update_fields=changed)
        journal.record("person.edited", on=person, after={"fields": changed}, by=by)
    if language:
        Account.objects.filter(person=person).update(language=language)
    return person


@transaction.atomic
def set_password(account: Account, *, password: str, by: Actor) -> Account:
    """A password for signing in without a phone; every other session of the account ends."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    require(can_edit_person(by, account.person))
    _require_good_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    journal.record("account.password_set", on=account.person, by=by)
    return account


def _require_good_password(password: str, account: Account | None) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error


def change_phone(account: Account, *, phone: str, code: str, by: Actor) -> Account:
    """A new phone for signing in, proved by a code that was sent to it for this purpose."""
    require(can_edit_person(by, account.person))
    phone = sign_in.require_phone(phone)
    sign_in.use_code(phone, code, purpose=SignInCode.Purpose.CHANGE_PHONE)
    with transaction.atomic():
        throttle.lock(f"phone:{phone}")
        account = Account.objects.select_for_update().get(pk=account.pk)
        if Account.objects.filter(phone=phone).exclude(pk=account.pk).exists():
            raise Refused(_("Another account uses this phone. Sign in with it, or ask your hub to join the two."), field="phone")
        account.phone = account.person.phone = phone
        account.save(update_fields=["phone"])
        account.person.save(update_fields=["phone"])
        journal.record("account.phone_changed", on=account.person, by=by)
    return account


def _give_consent(person: Person, *, purpose: str, words: str, through: Person | None) -> Consent:
    held = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).first()
    return held or Consent.objects.create(person=person, purpose=purpose, words=words, given_at=clock.now(), given_through=through)


@transaction.atomic
def give_consent(person: Person, *, purpose: str, words: str = "", through: Person | None = None, by: Actor) -> Consent:
    """Keep that a person agreed, and who wrote it down. One consent a purpose is in force at a time.

    Who may write down another one's consent is asked by the verb above.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    consent = _give_consent(person, purpose=purpose, words=words, through=through)
    journal.record("consent.given", on=person, after={"purpose": purpose}, by=by)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: Actor) -> Consent:
    """Take a consent back, from now on. The row stays."""
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    require(can_withdraw_consent(by, consent))
    if consent.withdrawn_at is None:
        consent.withdrawn_at = clock.now()
        consent.save(update_fields=["withdrawn_at"])
        journal.record("consent.withdrawn", on=consent.person, after={"purpose": consent.purpose}, by=by)
    return consent


@transaction.atomic
def merge_person(person: Person, *, into: Person, by: Actor) -> Person:
    """Two entries, one person: `person` points to `into` from now on, which takes over its account, what it lacks, and all that is about it.

    Each app may say what is against it and carry its own rows over (joining.py); all of it in this transaction, or nothing. Cannot be undone. Who may do it is asked by the verb above (organizations.merge_person).
    """
    locked = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[person.pk, into.pk]).order_by("pk")}
    person, into = locked[person.pk], locked[into.pk]
    if against := joining.hindrances(person, into):
        raise Refused(" ".join(against))
    taken = [field for field in ("sex", "birth_date", "phone", "email") if getattr(person, field) and not getattr(into, field)]
    for field in taken:
        setattr(into, field, getattr(person, field))
    number, kind = person.read_id_number(), person.id_kind
    person.merged_into = into
    person.set_id_number("")
    person.save(update_fields=["merged_into", "id_number_sealed", "id_number_hash"])
    if number:
        into.set_id_number(number, kind=kind)
        into.id_rule, into.id_given_at = person.id_rule, person.id_given_at
        taken += ["id_number_sealed", "id_number_hash", "id_kind", "id_rule", "id_given_at"]
    if taken:
        into.save(update_fields=taken)
    Account.objects.filter(person=person).update(person=into)
    Person.objects.filter(merged_into=person).update(merged_into=into)
    keys = queries.keys_to_people()  # what somebody did, too: nobody agrees to what they proposed under another entry
    carried = joining.carry_over(person, into, keys=keys, by=by)
    journal.record("person.merged", on=person, after={"into": into.pk, "number": into.number, "carried": carried}, by=by)
    return into


@transaction.atomic
def record_export(person: Person, *, by: Actor) -> None:
    """Somebody took a copy of their data."""
    require(can_edit_person(by, person))
    journal.record("person.data_exported", on=person, by=by)


def person_of(actor: Actor) -> Person | None:
    """For fields that name a person: None for a system actor."""
    return None if isinstance(actor, System) else actor
