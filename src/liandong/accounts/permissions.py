"""Accounts know no bodies yet: here a person may act for themselves, and named parts of Liandong for anybody. More is granted in `organizations`."""

from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Consent, Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny

Actor = Person | System


def can_edit_person(by: Actor, person: Person) -> Decision:
    if isinstance(by, System) or by.pk == person.pk:
        return ALLOWED
    return deny(_("Only the person may change this."))


def can_withdraw_consent(by: Actor, consent: Consent) -> Decision:
    if isinstance(by, System) or by.pk == consent.person_id:
        return ALLOWED
    return deny(_("Only the person who gave the consent may withdraw it."))
