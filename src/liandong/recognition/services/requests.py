"""What two people decide about a certificate: one asks, another one agrees. A seal is put on it, or it is revoked."""

import hashlib

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.recognition import paper, permissions, queries
from liandong.recognition.credentials import signing
from liandong.recognition.credentials.encoding import b64
from liandong.recognition.models import Certificate, CertificateRequest, SealedPaper
from liandong.recognition.permissions import Actor
from liandong.recognition.services import certificates, keys

Kind, State = CertificateRequest.Kind, CertificateRequest.State


@transaction.atomic
def ask_seal(certificate: Certificate, *, by: Actor) -> CertificateRequest:
    """Ask for the issuer's registered e-seal on a valid certificate. Refuses without a seal in use. Journal: certificate.seal_asked."""
    certificate = _lock(certificate)
    require(permissions.can_ask_about(by, certificate))
    if certificate.state != Certificate.State.VALID:
        raise Refused(_("Only a certificate that holds can be sealed."))
    if queries.sealed_paper_of(certificate):
        raise Refused(_("It carries the seal already."))
    seal = queries.seal_in_use(certificate.issuer)
    if seal is None:
        raise Refused(_("The issuer has no registered e-seal in use. Print it and put ink in the empty place, or register the seal first."))
    return _ask(certificate, kind=Kind.SEAL, seal=seal, by=by)


@transaction.atomic
def ask_revocation(certificate: Certificate, *, reason: str, by: Actor) -> CertificateRequest:
    """Ask that a certificate be declared void, with the reason that everybody who checks it will read. Journal: certificate.revoke_asked."""
    certificate = _lock(certificate)
    require(permissions.can_ask_about(by, certificate))
    reason = clean_words(reason)
    if not reason:
        raise Refused(_("Say why; everybody who checks the certificate will read it."), field="reason")
    require_transition(Certificate.TRANSITIONS, certificate.state, Certificate.State.REVOKED)
    return _ask(certificate, kind=Kind.REVOKE, reason=reason[:200], by=by)


@transaction.atomic
def approve_request(request: CertificateRequest, *, by: Actor) -> CertificateRequest:
    """The second person agrees, and it is done: sealed or revoked. Journal: certificate.sealed or certificate.revoked."""
    request, certificate = _lock_both(request)
    require(permissions.can_decide(by, request))
    if request.state == State.APPROVED:
        return request
    require_transition(CertificateRequest.TRANSITIONS, request.state, State.APPROVED)
    _decide(request, state=State.APPROVED, by=by)
    if request.kind == Kind.REVOKE:
        certificates.revoke(certificate, reason=request.reason, by=by)
    else:
        _seal(certificate, request, by=by)
    return request


@transaction.atomic
def refuse_request(request: CertificateRequest, *, answer: str = "", by: Actor) -> CertificateRequest:
    """Not approved, or taken back by the one who asked. Journal: certificate.request_refused. Tells the one who asked."""
    request, certificate = _lock_both(request)
    require(permissions.can_ask_about(by, certificate))
    if request.state == State.REFUSED:
        return request
    require_transition(CertificateRequest.TRANSITIONS, request.state, State.REFUSED)
    request.answer = clean_words(answer)[:200]
    _decide(request, state=State.REFUSED, by=by)
    journal.record("certificate.request_refused", on=certificate, after={"kind": request.kind}, reason=request.answer, by=by)
    if request.asked_by and request.asked_by != by:
        notices.notify(
            request.asked_by,
            kind="certificate.request_refused",
            values={"code": certificate.code, "words": request.answer},
            url=reverse("recognition:certificate", args=[certificate.code]),
            once_key=f"certificate.request_refused:{request.pk}",
        )
    return request


def _ask(certificate: Certificate, *, kind: str, by: Actor, **values: object) -> CertificateRequest:
    if waiting := certificate.requests.filter(kind=kind, state=State.OPEN).first():
        return waiting
    request = CertificateRequest.objects.create(
        certificate=certificate, kind=kind, asked_by=by if isinstance(by, Person) else None, asked_at=clock.now(), **values
    )
    journal.record(f"certificate.{kind}_asked", on=certificate, after={"kind": kind}, reason=request.reason, by=by)
    asker = by.pk if isinstance(by, Person) else 0
    for person in queries.who_can_confirm(certificate.issuer, besides={asker, certificate.person_id}):
        notices.notify(
            person,
            kind=f"certificate.{kind}_asked",
            values={"code": certificate.code},
            url=reverse("recognition:certificate_requests"),
            once_key=f"certificate.{kind}_asked:{request.pk}",
        )
    return request


def _seal(certificate: Certificate, request: CertificateRequest, *, by: Actor) -> None:
    """Set the paper with the seal, keep these bytes and sign them."""
    if certificate.state != Certificate.State.VALID:
        raise Refused(_("Only a certificate that holds can be sealed."))
    seal = queries.seal_in_use(certificate.issuer)
    if seal is None or seal != request.seal:
        raise Refused(_("The seal that was asked for is no longer in use."))
    pdf = paper.sealed_pdf(certificate, seal)
    digest = hashlib.sha256(pdf).hexdigest()
    signer = keys.active_signer()
    SealedPaper.objects.create(
        certificate=certificate,
        seal=seal,
        request=request,
        pdf=pdf,
        digest=digest,
        key_id=queries.key_id(signer.number),
        signature=b64(signer.sign(signing.paper_statement(certificate.code, digest))),
        sealed_at=clock.now(),
    )
    journal.record("certificate.sealed", on=certificate, after={"seal": seal.number, "sha256": digest}, by=by)
    notices.notify(
        certificate.person,
        kind="certificate.sealed",
        values={"code": certificate.code},
        url=reverse("recognition:certificate", args=[certificate.code]),
        once_key=f"certificate.sealed:{certificate.pk}",
    )


def _decide(request: CertificateRequest, *, state: str, by: Actor) -> None:
    request.state, request.decided_at = state, clock.now()
    request.decided_by = by if isinstance(by, Person) and by.pk != request.asked_by_id else None
    request.save(update_fields=["state", "decided_at", "decided_by", "answer"])


def _lock(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_for_update(of=("self",)).select_related("issuer__territory", "person", "key").get(pk=certificate.pk)


def _lock_both(request: CertificateRequest) -> tuple[CertificateRequest, Certificate]:
    certificate = _lock(request.certificate)
    request = CertificateRequest.objects.select_for_update(of=("self",)).select_related("asked_by", "seal").get(pk=request.pk)
    request.certificate = certificate
    return request, certificate
