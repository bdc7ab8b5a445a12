"""Certificates: who issues them, what they count."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Max, Min, QuerySet

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.organizations.models import Organization, RoleGrant
from liandong.organizations.permissions import in_force
from liandong.recognition.credentials import signing
from liandong.recognition.models import (
    Certificate,
    CertificateLine,
    CertificateRequest,
    CertificateShare,
    RecordAppeal,
    SealedPaper,
    ServiceRecord,
    ServiceRecordQuerySet,
)


def issuer_for(records: Iterable[ServiceRecord]) -> Organization | None:
    """Who records certifies: the one body that kept the records; when there are several, the nearest hub around the latest one."""
    records = list(records)
    if not records:
        return None
    bodies = {record.organization_id: record.organization for record in records}
    if len(bodies) == 1:
        return records[0].organization
    hubs = Organization.objects.filter(kind=Organization.Kind.HUB, state=Organization.State.ACTIVE).select_related("territory")
    around = [hub for hub in hubs if hub.territory.holds(records[-1].territory)]
    if around:
        return max(around, key=lambda hub: (len(hub.territory.path), -hub.pk))
    minutes = {pk: sum(record.minutes for record in records if record.organization_id == pk) for pk in bodies}
    return bodies[max(minutes, key=lambda pk: (minutes[pk], -pk))]


def name_in_charge(organization: Organization) -> str:
    """The manager of the body, as a certificate names them."""
    grants = RoleGrant.objects.filter(in_force(), from_date__lte=clock.today()).select_related("person").order_by("from_date", "id")
    grant = grants.filter(organization=organization, role="org_manager").first()
    if grant is None and organization.kind == Organization.Kind.HUB:
        grant = grants.filter(territory=organization.territory_id, role="hub_manager").first()
    return grant.person.name if grant else organization.contact_name


def certificates_of(person: Person) -> QuerySet[Certificate]:
    return Certificate.objects.filter(person=person).select_related("issuer").order_by("-issued_at", "-id")


def certificate_by_code(code: str) -> Certificate | None:
    return Certificate.objects.select_related("issuer", "person", "key").filter(code=code).first()


def lines_of(certificate: Certificate) -> list[ServiceRecord]:
    """The records a certificate counts, oldest first."""
    return list(ServiceRecord.objects.filter(certificate_lines__certificate=certificate).order_by("starts_at", "id"))


def lines_of_each(certificates: list[Certificate]) -> dict[int, list[ServiceRecord]]:
    """The same for many at once: certificate id -> its records."""
    found: dict[int, list[ServiceRecord]] = {}
    lines = CertificateLine.objects.filter(certificate__in=certificates).select_related("record").order_by("record__starts_at", "record_id")
    for line in lines:
        found.setdefault(line.certificate_id, []).append(line.record)
    return found


def sealed_paper_of(certificate: Certificate) -> SealedPaper | None:
    return SealedPaper.objects.select_related("seal", "key").filter(certificate=certificate).first()


def sealed_papers_of(certificates: list[Certificate]) -> dict[int, SealedPaper]:
    """The same for many at once: certificate id -> its sealed paper, for those that have one."""
    return {sealed.certificate_id: sealed for sealed in SealedPaper.objects.filter(certificate__in=certificates)}


def statement_of(certificate: Certificate) -> bytes:
    """What the certificate's signature covers."""
    return signing.statement(
        code=certificate.code,
        holder=certificate.holder_number,
        issuer=str(certificate.issuer_id),
        minutes=certificate.minutes,
        records=certificate.record_count,
        first=certificate.first_date,
        last=certificate.last_date,
        issued_at=certificate.issued_at,
    )


def signature_holds(certificate: Certificate) -> bool:
    """Does the register still say what was signed? False also for what was never signed."""
    if certificate.key is None:
        return False
    return signing.verifies(certificate.key.public_key, signing.signature_bytes(certificate.signature), statement_of(certificate))


def open_requests(certificate: Certificate) -> list[CertificateRequest]:
    return list(certificate.requests.filter(state=CertificateRequest.State.OPEN).select_related("asked_by", "seal").order_by("id"))


def share_by_token(token: str) -> CertificateShare | None:
    return CertificateShare.objects.select_related("certificate__person", "certificate__issuer", "certificate__key").filter(token=token).first()


def shares_of(certificate: Certificate) -> QuerySet[CertificateShare]:
    return certificate.shares.order_by("-id")


def revoked_between(issuer: Organization, *, start: int, stop: int) -> QuerySet[Certificate]:
    """Certificates of a body that no longer hold, with numbers in this range: the bits of one status list."""
    return Certificate.objects.filter(issuer=issuer, pk__gte=start, pk__lt=stop).exclude(state=Certificate.State.VALID)


def volunteers_to_certify(organization: Organization, *, from_date: dt.date | None = None, to_date: dt.date | None = None) -> QuerySet[Person]:
    """Everybody whose service the body recorded in this time, by name. Those who are erased stay out."""
    records = ServiceRecord.objects.counting().filter(organization=organization)
    if from_date:
        records = records.filter(service_date__gte=from_date)
    if to_date:
        records = records.filter(service_date__lte=to_date)
    return Person.objects.filter(pk__in=records.values("person"), erased_at__isnull=True).order_by("pinyin", "id")


def span_of(certificate: Certificate) -> dict[str, dt.date]:
    """The first and the last day of service that a certificate counts."""
    return ServiceRecord.objects.filter(certificate_lines__certificate=certificate).aggregate(first=Min("service_date"), last=Max("service_date"))


def disputed_in(records: QuerySet[ServiceRecord]) -> list[RecordAppeal]:
    """Open appeals on these records, so that a certificate says which hours are in dispute."""
    return list(RecordAppeal.objects.filter(record__in=records, state=RecordAppeal.State.OPEN).select_related("record"))


def records_between(
    person: Person, *, from_date: dt.date | None = None, to_date: dt.date | None = None, organization: Organization | None = None
) -> ServiceRecordQuerySet:
    """The records that a certificate counts, oldest first."""
    records = ServiceRecord.objects.counting().filter(person=person).select_related("territory", "organization__territory")
    if from_date:
        records = records.filter(service_date__gte=from_date)
    if to_date:
        records = records.filter(service_date__lte=to_date)
    if organization:
        records = records.filter(organization=organization)
    return records.order_by("starts_at", "id")


def organizations_of(person: Person) -> QuerySet[Organization]:
    """The bodies that keep records of the person."""
    return Organization.objects.filter(pk__in=ServiceRecord.objects.counting().filter(person=person).values("organization")).order_by("pinyin", "id")
