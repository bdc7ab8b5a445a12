"""Certificates as the bearer takes them along: Open Badge, JWT, SD-JWT, with as much in them as they choose; and what foreign software asks to verify them."""

import json
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.core import clock
from liandong.organizations.models import Organization
from liandong.recognition import paper, queries
from liandong.recognition.credentials import badges, dids, status
from liandong.recognition.credentials.badges import Facts, Service, Words
from liandong.recognition.models import Certificate, CertificateShare
from liandong.recognition.services import keys
from liandong.ui.words import hours

Shows = CertificateShare.Shows
FORMS = {"badge": ("application/vc+ld+json", "json"), "jwt": ("application/vc+jwt", "jwt"), "sd": ("application/dc+sd-jwt", "sdjwt.txt")}
SD_NAMES = {
    Shows.HOURS: {"minutes", "services", "first_day", "last_day", "issuer_name"},
    Shows.BODIES: {"minutes", "services", "first_day", "last_day", "issuer_name", "recorded_by"},
    Shows.LIST: {"minutes", "services", "first_day", "last_day", "issuer_name", "recorded_by", "service_list"},
}
SD_PERSON = {"name", "volunteer_number"}


def credential(certificate: Certificate, *, form: str, shows: str, name: bool, language: str) -> str:
    """The text of one credential, signed now. `form`: badge (proof inside), jwt, sd (hours, bodies and list apart, each shown or kept back)."""
    signer = keys.active_signer()
    if form == "sd":
        whole = badges.as_sd_jwt(facts_of(certificate, shows=Shows.LIST, name=True), signer=signer)
        return badges.sd_jwt.only(whole, SD_NAMES[Shows(shows)] | (SD_PERSON if name else set()))
    with translation.override(language):
        facts, words = facts_of(certificate, shows=shows, name=name), _words(certificate, language)
    if form == "jwt":
        return badges.as_jwt(facts, words, signer=signer)
    return json.dumps(badges.with_proof(facts, words, at=clock.now(), signer=signer), ensure_ascii=False, indent=1)


def facts_of(certificate: Certificate, *, shows: str, name: bool) -> Facts:
    records = queries.lines_of(certificate)
    return Facts(
        site_url=settings.SITE_URL,
        address=paper.verify_url(certificate),
        code=certificate.code,
        serial=certificate.pk,
        issuer_slug=certificate.issuer.slug,
        issuer_name=certificate.issuer.name,
        issued_at=certificate.issued_at,
        minutes=certificate.minutes,
        count=certificate.record_count,
        first=certificate.first_date or records[0].service_date,
        last=certificate.last_date or records[-1].service_date,
        name=certificate.person_name if name else "",
        number=certificate.holder_number if name else "",
        bodies=list(dict.fromkeys(record.organizer_name for record in records)) if shows != Shows.HOURS else [],
        services=[
            Service(record.service_date, record.activity_name, record.content, record.organizer_name, record.minutes, record.is_backfilled)
            for record in records
        ]
        if shows == Shows.LIST
        else [],
    )


def _words(certificate: Certificate, language: str) -> Words:
    return Words(
        title=_("Certificate of volunteer service"),
        description=_("Volunteer service that took place, was checked in and out, and was confirmed by the body that organised it."),
        criteria=_("Time is counted from check-in to check-out inside the shift, in whole minutes (Order No. 67 of the Ministry of Civil Affairs)."),
        narrative=ngettext("%(count)s service, %(hours)s hours in all.", "%(count)s services, %(hours)s hours in all.", certificate.record_count)
        % {"count": certificate.record_count, "hours": hours(certificate.minutes)},
        language="en" if language == "en" else "zh",
        minutes=_("Service time in minutes"),
        count=_("Services"),
        first=_("First day of service"),
        last=_("Last day of service"),
        bodies=_("Recorded by"),
    )


def did_document(slug: str | None = None) -> dict[str, Any]:
    """Of the site, or of one body: the keys are the site's, which signs for the body."""
    did = dids.body_did(settings.SITE_URL, slug) if slug else dids.site_did(settings.SITE_URL)
    keys.active_signer()
    active = queries.active_key()
    return dids.document(did, queries.public_keys().items(), active=active.number if active else None)


def status_list(issuer: Organization, number: int) -> str:
    start = number * status.SIZE
    ended = queries.revoked_between(issuer, start=start, stop=start + status.SIZE).values_list("pk", flat=True)
    return badges.status_list(
        site_url=settings.SITE_URL,
        slug=issuer.slug,
        number=number,
        ended=[pk - start for pk in ended],
        at=clock.now(),
        signer=keys.active_signer(),
    )
