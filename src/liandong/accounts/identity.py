"""Verbs on what identifies somebody most: the number of an identity document, and all of it at once when a person leaves for good."""

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import services, throttle
from liandong.accounts.models import Account, Consent, IdKind, IdRule, Person, SignInCode, id_number_hash
from liandong.accounts.permissions import Actor, can_edit_person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.numbers import RESIDENT_KINDS, birth_date_of, clean_number, problem_of_document, sex_of
from liandong.journal import services as journal

ID_FIELDS = ["id_number_sealed", "id_number_hash", "id_kind", "id_rule", "id_given_at"]


@transaction.atomic
def give_id_number(person: Person, *, kind: str, number: str, rule: str, consent: bool, by: Actor) -> Person:
    """Keep the number of an identity document, for a rule that asks for it and with a consent of its own (PIPL article 29). A resident number fills in birth and sex."""
    number = clean_number(number)
    if rule not in IdRule.values:
        raise Refused(_("No rule asks for your ID number now, so please keep it to yourself."), field="rule")
    if kind not in IdKind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    if problem := problem_of_document(kind, number):
        raise Refused(problem, field="number")
    if not consent:
        raise Refused(_("Please tick that you agree: an ID number is kept with your consent only."), field="consent")
    throttle.lock(f"id:{number}")
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_edit_person(by, person))
    if Person.objects.filter(id_number_hash=id_number_hash(number, kind=kind)).exclude(pk=person.pk).exists():
        raise Refused(_("This number is kept for another entry already. Your hub can join the two."), field="number")
    person.set_id_number(number, kind=kind)
    person.id_rule, person.id_given_at = rule, clock.now()
    changed = list(ID_FIELDS)
    if kind in RESIDENT_KINDS:
        for field, value in (("birth_date", birth_date_of(number)), ("sex", sex_of(number))):
            if not getattr(person, field):
                setattr(person, field, value)
                changed.append(field)
    person.save(update_fields=changed)
    services.give_consent(person, purpose=Consent.Purpose.IDENTITY, words=rule, by=by)
    journal.record("person.id_number_given", on=person, after={"kind": kind, "rule": rule}, by=by)
    return person


@transaction.atomic
def forget_id_number(person: Person, *, by: Actor) -> Person:
    """The number is deleted, and the consent to keep it ends."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_edit_person(by, person))
    if not person.has_id_number:
        return person
    _clear_id_number(person)
    person.save(update_fields=ID_FIELDS)
    Consent.objects.filter(person=person, purpose=Consent.Purpose.IDENTITY, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    journal.record("person.id_number_forgotten", on=person, by=by)
    return person


def _clear_id_number(person: Person) -> None:
    person.set_id_number("")
    person.id_rule, person.id_given_at = "", None


@transaction.atomic
def erase_person(person: Person, *, by: Actor) -> Person:
    """What Liandong knows of somebody goes, also from entries joined into theirs; their volunteer number stays, so that records a law keeps stand under a number and no name. Cannot be undone.

    This is the part of this app: `dossier.services.erase_person` ends memberships, roles and profile first.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_edit_person(by, person))
    if person.erased_at is not None:
        return person
    SignInCode.objects.filter(phone=person.phone).exclude(phone="").delete()
    account = Account.objects.select_for_update(of=["self"]).filter(person=person).first()
    if account is not None:
        SignInCode.objects.filter(phone=account.phone or "").exclude(phone="").delete()
        account.phone, account.username, account.is_active, account.is_system_admin = None, f"erased-{person.number}", False, False
        account.set_unusable_password()
        account.save()
    for row in [person, *Person.objects.select_for_update().filter(merged_into=person)]:
        row.name, row.phone, row.email, row.sex, row.birth_date, row.guardian = row.number, "", "", "", None, None
        _clear_id_number(row)
        row.erased_at = clock.now()
        row.save()
    Consent.objects.filter(person=person, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    journal.record("person.erased", on=person, by=by)
    return person
