"""The proof of service 志愿服务记录证明: issued free of charge, signed, replaced when a record in it changes, revoked by two people with a reason."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations.models import Organization
from liandong.recognition import permissions, queries
from liandong.recognition.credentials.encoding import b64
from liandong.recognition.credentials.signing import Signer
from liandong.recognition.models import Certificate, CertificateLine, CertificateShare, SealedPaper, ServiceRecord
from liandong.recognition.permissions import Actor
from liandong.recognition.services import keys

State = Certificate.State


@dataclass(frozen=True)
class Letterhead:
    """What is the same on every certificate that a body issues at one moment: who is in charge, and the key that signs."""

    issuer: Organization
    in_charge_name: str
    signer: Signer
    key_id: int


def letterhead_of(issuer: Organization) -> Letterhead:
    signer = keys.active_signer()
    return Letterhead(issuer, queries.name_in_charge(issuer), signer, queries.key_id(signer.number))


@transaction.atomic
def issue_certificate(
    person: Person,
    *,
    from_date: dt.date | None = None,
    to_date: dt.date | None = None,
    organization: Organization | None = None,
    id_shown: str = Certificate.IdShown.NONE,
    letterhead: Letterhead | None = None,
    by: Actor,
) -> Certificate:
    """Certify the person's confirmed records between two dates (all without), or only those kept by one body, which then is the issuer.

    For somebody else only what one's own bodies recorded. Without `organization` the issuer is the only body there is, else the hub around the latest record. The same content again answers with the certificate
    that is valid already. `letterhead`: of `organization`, looked up once where many are issued. Whether the identity document stands on it is the bearer's choice alone. Refuses when nothing is confirmed in that time. Journal: certificate.issued. Tells the volunteer.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    records = list(queries.records_between(person, from_date=from_date, to_date=to_date, organization=organization))
    if isinstance(by, Person) and by.pk != person.pk:
        ours = set(permissions.records_to_certify(by).filter(person=person).values_list("pk", flat=True))
        records = [record for record in records if record.pk in ours] or records
    issuer = organization or queries.issuer_for(records)
    require(permissions.can_issue(by, person, issuer=issuer))
    if from_date and to_date and from_date > to_date:
        raise Refused(_("The last day is before the first one."), field="to_date")
    if issuer is None:
        raise Refused(_("No service is confirmed in this time yet."), field="from_date")
    id_shown = _id_choice(person, id_shown, by=by)
    if earlier := _same_and_valid(person, issuer=issuer, from_date=from_date, to_date=to_date, records=records, id_shown=id_shown):
        return earlier
    letterhead = letterhead or letterhead_of(issuer)
    days = [record.service_date for record in records]
    certificate = Certificate(
        person=person,
        issuer=issuer,
        from_date=from_date,
        to_date=to_date,
        minutes=sum(record.minutes for record in records),
        record_count=len(records),
        person_name=person.name,
        in_charge_name=letterhead.in_charge_name,
        handler_name=by.name if isinstance(by, Person) and by.pk != person.pk else "",
        contact=issuer.contact_phone or issuer.address[:100],
        issued_at=clock.now(),
        holder_number=person.number,
        first_date=min(days),
        last_date=max(days),
        id_shown=id_shown,
        key_id=letterhead.key_id,
    )
    certificate.signature = b64(letterhead.signer.sign(queries.statement_of(certificate)))
    certificate.save()
    CertificateLine.objects.bulk_create(CertificateLine(certificate=certificate, record=record) for record in records)
    journal.record("certificate.issued", on=certificate, after={"state": "valid", "minutes": certificate.minutes, "records": len(records)}, by=by)
    _tell(certificate, kind="certificate.issued")
    return certificate


def revoke(certificate: Certificate, *, reason: str, by: Actor) -> None:
    """The end of a request that a second person approved (requests.py). The certificate is locked."""
    require_transition(Certificate.TRANSITIONS, certificate.state, State.REVOKED)
    _end(certificate, state=State.REVOKED, reason=reason, by=by)


@transaction.atomic
def forget_bearer(person: Person) -> None:
    """After an erasure: certificates keep volunteer number, hours and signature; name, identity document, sealed papers and links go. Repeatable."""
    mine = Certificate.objects.filter(person=person)
    mine.update(person_name="", id_shown=Certificate.IdShown.NONE)
    SealedPaper.objects.filter(certificate__in=mine).delete()
    CertificateShare.objects.filter(certificate__in=mine).delete()


def supersede_with(record: ServiceRecord, *, by: Actor) -> None:
    """A record was put right: the valid certificates that counted it no longer say the truth. Called by the verb that corrects, with the person locked."""
    for certificate in Certificate.objects.select_for_update(of=("self",)).filter(lines__record=record, state=State.VALID).select_related("person"):
        _end(certificate, state=State.SUPERSEDED, reason="", by=by)


def _end(certificate: Certificate, *, state: str, reason: str, by: Actor) -> None:
    before = certificate.state
    certificate.state, certificate.state_reason, certificate.ended_at = state, reason[:200], clock.now()
    certificate.save(update_fields=["state", "state_reason", "ended_at"])
    journal.record(f"certificate.{state}", on=certificate, before={"state": before}, after={"state": state}, reason=reason, by=by)
    _tell(certificate, kind=f"certificate.{state}")


def _tell(certificate: Certificate, *, kind: str) -> None:
    notices.notify(
        certificate.person,
        kind=kind,
        values={"code": certificate.code, "minutes": certificate.minutes, "reason": certificate.state_reason},
        url=reverse("recognition:certificate", args=[certificate.code]),
        once_key=f"{kind}:{certificate.code}",
    )


def _id_choice(person: Person, id_shown: str, *, by: Actor) -> str:
    if id_shown not in Certificate.IdShown.values or id_shown == Certificate.IdShown.NONE:
        return str(Certificate.IdShown.NONE)
    if not isinstance(by, Person) or by.pk != person.pk:
        raise Refused(_("Only the bearer puts an ID number on a certificate."), field="id_shown")
    if not person.has_id_number:
        raise Refused(_("No identity document is on file. Enter it under “My data” first, or leave it out."), field="id_shown")
    return id_shown


def _same_and_valid(
    person: Person, *, issuer: Organization, from_date: dt.date | None, to_date: dt.date | None, records: list[ServiceRecord], id_shown: str
) -> Certificate | None:
    """A second press of the button is not a second certificate."""
    ids = {record.pk for record in records}
    for certificate in Certificate.objects.filter(
        person=person, issuer=issuer, from_date=from_date, to_date=to_date, state=State.VALID, record_count=len(ids), id_shown=id_shown
    ):
        if set(certificate.lines.values_list("record_id", flat=True)) == ids:
            return certificate
    return None
