"""Who may confirm, correct, certify and see service records."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Shift, SignUp
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import holds_anywhere, may, scope
from liandong.recognition.models import Certificate, RecordAppeal, ServiceRecord

Actor = Person | System


def can_confirm(by: Actor, sign_up: SignUp) -> Decision:
    """Confirming is the host's work, and nobody confirms themselves."""
    return _is_not_own(by, sign_up.person_id) and _may_confirm_for(by, sign_up.shift.activity.host)


def can_confirm_shift(by: Actor, shift: Shift) -> Decision:
    """Confirming somebody of this shift; the page shows its button by it."""
    return _may_confirm_for(by, shift.activity.host)


def can_confirm_anything(by: Person) -> Decision:
    """The list of hours to confirm is for those who may confirm some."""
    if holds_anywhere(by, Right.CONFIRM_SERVICE):
        return ALLOWED
    return deny(
        _("You need the right “%(right)s”.") % {"right": Right.CONFIRM_SERVICE.label}, who_can=_("A manager of your organisation can grant it.")
    )


def can_correct(by: Actor, record: ServiceRecord) -> Decision:
    return _is_not_own(by, record.person_id) and _may_confirm_for(by, record.organization)


def can_appeal(by: Actor, record: ServiceRecord) -> Decision:
    if isinstance(by, Person) and by.pk == record.person_id:
        return ALLOWED
    return deny(_("Only the volunteer can object to a record."))


def can_answer(by: Actor, appeal: RecordAppeal) -> Decision:
    return can_correct(by, appeal.record)


def can_issue(by: Actor, person: Person, *, issuer: Organization | None = None) -> Decision:
    """Everybody prints their own certificate, free of charge; a body prints it for its volunteers."""
    if isinstance(by, System) or by.pk == person.pk:
        return ALLOWED
    if issuer is None:
        return ALLOWED if holds_anywhere(by, Right.CONFIRM_SERVICE) else deny(_("You can issue a certificate for yourself only."))
    return may(by, Right.CONFIRM_SERVICE, organization=issuer)


def can_revoke(by: Actor, certificate: Certificate) -> Decision:
    return _is_not_own(by, certificate.person_id) and _may_confirm_for(by, certificate.issuer)


def records_visible_to(person: Person | None) -> QuerySet[ServiceRecord]:
    """One's own, and those of the bodies whose people or hours one looks after."""
    if person is None:
        return ServiceRecord.objects.none()
    return ServiceRecord.objects.filter(Q(person=person) | scope(person, Right.CONFIRM_SERVICE) | scope(person, Right.SEE_PEOPLE))


def records_to_certify(person: Person) -> QuerySet[ServiceRecord]:
    """Records of bodies for which the person may issue certificates."""
    return ServiceRecord.objects.filter(scope(person, Right.CONFIRM_SERVICE))


def certificates_visible_to(person: Person | None) -> QuerySet[Certificate]:
    if person is None:
        return Certificate.objects.none()
    return Certificate.objects.filter(Q(person=person) | scope(person, Right.CONFIRM_SERVICE, organization="issuer"))


def appeals_visible_to(person: Person | None) -> QuerySet[RecordAppeal]:
    """The appeals one can answer: those on records of one's bodies."""
    if person is None:
        return RecordAppeal.objects.none()
    return RecordAppeal.objects.filter(scope(person, Right.CONFIRM_SERVICE, organization="record__organization"))


def _is_not_own(by: Actor, person_id: int) -> Decision:
    if isinstance(by, Person) and by.pk == person_id:
        return deny(_("Nobody confirms their own service."), who_can=_("A colleague with the right to confirm service can do it."))
    return ALLOWED


def _may_confirm_for(by: Actor, organization: Organization) -> Decision:
    if isinstance(by, System):
        return ALLOWED
    return may(by, Right.CONFIRM_SERVICE, organization=organization)
