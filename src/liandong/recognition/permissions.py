"""Who may confirm, correct, certify and see service records."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities.models import Shift, SignUp
from liandong.activities.permissions import can_check_people
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import holds_anywhere, may, may_anywhere, scope
from liandong.recognition.models import Certificate, CertificateBatch, CertificateRequest, RecordAppeal, RegisteredSeal, ServiceRecord, SigningKey
from liandong.recognition.models.claims import Backfill, ServiceClaim
from liandong.recognition.models.trust import Outlier
from liandong.recognition.queries.claims import hands_on

Actor = Person | System


def can_confirm(by: Actor, sign_up: SignUp) -> Decision:
    """Confirming is the host's work, and nobody confirms themselves."""
    return _is_not_own(by, sign_up.person_id) and _may_confirm_for(by, sign_up.shift.activity.host)


def can_confirm_shift(by: Actor, shift: Shift) -> Decision:
    """Confirming somebody of this shift; the page shows its button by it."""
    return _may_confirm_for(by, shift.activity.host)


def can_confirm_anything(by: Person) -> Decision:
    """The list of hours to confirm is for those who may confirm some."""
    return may_anywhere(by, Right.CONFIRM_SERVICE)


def can_correct(by: Actor, record: ServiceRecord) -> Decision:
    return _is_not_own(by, record.person_id) and _may_confirm_for(by, record.organization)


def can_appeal(by: Actor, record: ServiceRecord) -> Decision:
    if isinstance(by, Person) and by.pk == record.person_id:
        return ALLOWED
    return deny(_("Only the volunteer can object to a record."))


def can_answer(by: Actor, appeal: RecordAppeal) -> Decision:
    """The body's own people; once it is with the hub, the hub's."""
    own = _is_not_own(by, appeal.person_id)
    return own and (_may_at_hub(by, appeal.record.organization) if appeal.escalated_at else _may_confirm_for(by, appeal.record.organization))


def can_withdraw_appeal(by: Actor, appeal: RecordAppeal) -> Decision:
    return ALLOWED if isinstance(by, Person) and by.pk == appeal.person_id else deny(_("Only the volunteer can take it back."))


# Claims and back-fill: who says it, who checks it, who decides it


def can_claim(by: Actor, person: Person, shift: Shift) -> Decision:
    """For oneself; for one's child; for somebody else as staff who check the people of that activity."""
    if isinstance(by, Person) and (by.pk == person.pk or person.guardian_id == by.pk):
        return ALLOWED
    return can_check_people(by, shift.activity)


def can_withdraw_claim(by: Actor, claim: ServiceClaim) -> Decision:
    return ALLOWED if isinstance(by, Person) and by.pk in (claim.person_id, claim.made_by_id) else deny(_("Only the volunteer can take it back."))


def can_appeal_claim(by: Actor, claim: ServiceClaim) -> Decision:
    return ALLOWED if isinstance(by, Person) and by.pk in (claim.person_id, claim.made_by_id) else deny(_("Only the volunteer can ask the hub."))


def can_check_claim(by: Actor, claim: ServiceClaim) -> Decision:
    """Staff who check people or confirm service, never one's own nor one that oneself has made; at the second level the hub."""
    if isinstance(by, Person) and by.pk in (claim.person_id, claim.made_by_id):
        return deny(_("Nobody checks their own claim."), who_can=_("A colleague with the right to confirm service can do it."))
    if claim.is_with_hub:
        return _may_at_hub(by, claim.organization)
    return may(by, Right.CHECK_PEOPLE, organization=claim.organization)


def can_check_claims(by: Person) -> Decision:
    if holds_anywhere(by, Right.CHECK_PEOPLE):
        return ALLOWED
    return deny(_("This list is for people who work for a body."), who_can=_("Somebody who manages your organisation"))


def can_propose_backfill(by: Actor, person: Person, shift: Shift) -> Decision:
    return _is_not_own(by, person.pk) and can_check_people(by, shift.activity)


def can_approve_backfill(by: Actor, backfill: Backfill) -> Decision:
    """The second person: may confirm service, and had no hand in it: did not propose it, claim it, nor write down the times."""
    if isinstance(by, Person):
        made_by = backfill.claim.made_by_id if backfill.claim is not None else None
        if by.pk in (backfill.person_id, backfill.created_by_id, made_by) or (
            backfill.state == Backfill.State.WAITING and by.pk in hands_on(backfill.person, backfill.shift)
        ):
            return deny(
                _("A second person decides: not the one who wrote it, and not the one it is for."),
                who_can=_("A colleague with the right to confirm service can do it."),
            )
    return _may_confirm_for(by, backfill.organization)


def can_withdraw_backfill(by: Actor, backfill: Backfill) -> Decision:
    return ALLOWED if isinstance(by, Person) and by.pk == backfill.created_by_id else deny(_("Only the one who wrote it can take it back."))


def claims_to_check(person: Person) -> QuerySet[ServiceClaim]:
    """The claims of one's bodies."""
    return ServiceClaim.objects.filter(scope(person, Right.CHECK_PEOPLE))


def claims_visible_to(person: Person) -> QuerySet[ServiceClaim]:
    """One's own, those one made, and those of one's bodies."""
    return ServiceClaim.objects.filter(Q(person=person) | Q(made_by=person) | scope(person, Right.CHECK_PEOPLE))


def backfills_visible_to(person: Person) -> QuerySet[Backfill]:
    return Backfill.objects.filter(Q(created_by=person) | scope(person, Right.CONFIRM_SERVICE))


# Trust: rules by which hours are confirmed by themselves, and what a person looks at


def can_set_rule(by: Actor, *, organization: Organization | None = None, territory: Territory | None = None) -> Decision:
    """The hub says whom it trusts; no body trusts itself."""
    return may(by, Right.VET_ORGANIZATIONS, territory=organization.territory if organization is not None else territory)


def outliers_visible_to(person: Person) -> QuerySet[Outlier]:
    """Those of one's bodies. Never about oneself: nobody looks into their own hours."""
    return Outlier.objects.filter(scope(person, Right.CONFIRM_SERVICE)).exclude(person=person).exclude(other=person)


def can_decide_outlier(by: Actor, outlier: Outlier) -> Decision:
    """Weighty ones are decided at the hub: a body does not clear itself."""
    if isinstance(by, Person) and by.pk in (outlier.person_id, outlier.other_id):
        return deny(_("Nobody looks into their own hours."), who_can=_("Somebody of the hub"))
    return _may_at_hub(by, outlier.organization)


def can_note_outlier(by: Actor, outlier: Outlier) -> Decision:
    """The body itself may send hours to back-fill or take them back: that is never to its own good."""
    return _may_confirm_for(by, outlier.organization)


def can_issue(by: Actor, person: Person, *, issuer: Organization | None = None) -> Decision:
    """Everybody prints their own certificate, free of charge; a body prints it for its volunteers."""
    if isinstance(by, System) or by.pk == person.pk:
        return ALLOWED
    if issuer is None:
        return ALLOWED if holds_anywhere(by, Right.CONFIRM_SERVICE) else deny(_("You can issue a certificate for yourself only."))
    return may(by, Right.CONFIRM_SERVICE, organization=issuer)


def records_visible_to(person: Person) -> QuerySet[ServiceRecord]:
    """One's own, and those of the bodies whose people or hours one looks after."""
    return ServiceRecord.objects.filter(Q(person=person) | scope(person, Right.CONFIRM_SERVICE) | scope(person, Right.SEE_PEOPLE))


def records_to_certify(person: Person) -> QuerySet[ServiceRecord]:
    """Records of bodies for which the person may issue certificates."""
    return ServiceRecord.objects.filter(scope(person, Right.CONFIRM_SERVICE))


def certificates_visible_to(person: Person) -> QuerySet[Certificate]:
    return Certificate.objects.filter(Q(person=person) | scope(person, Right.CONFIRM_SERVICE, organization="issuer"))


def appeals_visible_to(person: Person) -> QuerySet[RecordAppeal]:
    """The appeals one can answer: those on records of one's bodies."""
    return RecordAppeal.objects.filter(scope(person, Right.CONFIRM_SERVICE, organization="record__organization"))


def _is_not_own(by: Actor, person_id: int) -> Decision:
    if isinstance(by, Person) and by.pk == person_id:
        return deny(_("Nobody confirms their own service."), who_can=_("A colleague with the right to confirm service can do it."))
    return ALLOWED


def _may_at_hub(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.CONFIRM_SERVICE, territory=organization.territory)


def _may_confirm_for(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.CONFIRM_SERVICE, organization=organization)


# Certificates: what two people decide, keys, seals, whole bodies at once.


def can_ask_about(by: Actor, certificate: Certificate) -> Decision:
    """Asking for a seal or a revocation: who may confirm for the issuer, never for oneself."""
    return _is_not_own(by, certificate.person_id) and _may_confirm_for(by, certificate.issuer)


def can_decide(by: Actor, request: CertificateRequest) -> Decision:
    """The second person: not the one who asked, not the bearer."""
    if isinstance(by, Person) and by.pk == request.asked_by_id:
        return deny(_("You asked for it. A second person decides."), who_can=_("A colleague with the same right can do it."))
    return can_ask_about(by, request.certificate)


def can_register_seal(by: Actor, organization: Organization) -> Decision:
    return may(by, Right.SIGN_COMPACT, organization=organization)


def can_decide_seal(by: Actor, seal: RegisteredSeal) -> Decision:
    if isinstance(by, Person) and by.pk == seal.proposed_by_id:
        return deny(_("You registered it. A second person decides."), who_can=_("A colleague with the same right can do it."))
    return can_register_seal(by, seal.organization)


def can_keep_keys(by: Actor) -> Decision:
    """Keys hold for the whole site: the hub's people look after them."""
    return may_anywhere(by, Right.VET_ORGANIZATIONS)


def can_decide_key(by: Actor, key: SigningKey) -> Decision:
    if isinstance(by, Person) and by.pk == key.proposed_by_id:
        return deny(_("You proposed it. A second person decides."), who_can=_("A colleague with the same right can do it."))
    return can_keep_keys(by)


def can_issue_for_all(by: Actor, organization: Organization) -> Decision:
    return _may_confirm_for(by, organization)


def can_share(by: Actor, certificate: Certificate) -> Decision:
    """Only the bearer decides who sees what."""
    if isinstance(by, Person) and by.pk == certificate.person_id:
        return ALLOWED
    return deny(_("Only the bearer shows a certificate."))


def requests_visible_to(person: Person) -> QuerySet[CertificateRequest]:
    return CertificateRequest.objects.filter(scope(person, Right.CONFIRM_SERVICE, organization="certificate__issuer"))


def seals_visible_to(person: Person) -> QuerySet[RegisteredSeal]:
    return RegisteredSeal.objects.filter(scope(person, Right.SIGN_COMPACT))


def batches_visible_to(person: Person) -> QuerySet[CertificateBatch]:
    return CertificateBatch.objects.filter(scope(person, Right.CONFIRM_SERVICE))


def certificates_to_look_after(person: Person) -> QuerySet[Certificate]:
    """Those that the bodies issued for which one confirms."""
    return Certificate.objects.filter(scope(person, Right.CONFIRM_SERVICE, organization="issuer"))


def can_register_anything(by: Actor) -> Decision:
    return may_anywhere(by, Right.SIGN_COMPACT)
