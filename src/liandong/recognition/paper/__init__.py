"""The certificate on paper: PDF (tagged, PDF/A) to print, PNG to keep in a chat. Set by typst from data, with an open Chinese font.

No seal is ever drawn: its place is empty, or holds the picture of a seal that the body has had registered and that two people put there.
"""

import base64
import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liandong.core import clock, masking, paper
from liandong.recognition import queries
from liandong.recognition.credentials import signing
from liandong.recognition.models import Certificate, CertificateShare, RegisteredSeal, ServiceRecord
from liandong.ui.words import full_day, hours

VERIFY = "/v/"
TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf_of(certificate: Certificate, *, language: str = "zh-hans") -> bytes:
    """Always the same bytes while program and certificate are the same; the sealed ones where a seal was put on it."""
    if language != "en" and (sealed := queries.sealed_paper_of(certificate)):
        return bytes(sealed.pdf)
    return render(data_of(certificate, language=language), at=certificate.issued_at)


def sealed_pdf(certificate: Certificate, seal: RegisteredSeal) -> bytes:
    """The paper as it is to be sealed: what two people agree to is these bytes."""
    return render(data_of(certificate, language="zh-hans", seal=seal), at=clock.now())


def render(data: dict[str, Any], *, at: dt.datetime) -> bytes:
    return paper.pdf(TEMPLATE, data, at=at)


def images_of(certificate: Certificate, *, language: str = "zh-hans") -> list[bytes]:
    """One PNG a page, sharp enough on a phone and to scan."""
    sealed = queries.sealed_paper_of(certificate) if language != "en" else None
    return paper.pictures(TEMPLATE, data_of(certificate, language=language, seal=sealed.seal if sealed else None), ppi=132)


def verify_url(certificate: Certificate) -> str:
    """The full address behind the QR code; made from the site's own setting, never from the request. The end of it is the short signature."""
    tag = signing.tag_of(certificate.signature)
    return settings.SITE_URL + verify_path(certificate.code) + (f"?s={tag}" if tag else "")


def verify_path(code: str) -> str:
    """Printed on paper that lasts ten years: this address never changes."""
    return f"{VERIFY}{code}/"


def share_path(share: CertificateShare) -> str:
    return f"{VERIFY}shared/{share.token}/"


def share_url(share: CertificateShare) -> str:
    return settings.SITE_URL + share_path(share)


def data_of(
    certificate: Certificate, *, language: str = "zh-hans", seal: RegisteredSeal | None = None, records: list[ServiceRecord] | None = None
) -> dict[str, Any]:
    """What the template reads. `records`: what the certificate counts, where it is known already."""
    with translation.override(language):
        return contents_of(certificate, records or queries.lines_of(certificate), english=language == "en", seal=seal)


def contents_of(certificate: Certificate, records: list[ServiceRecord], *, english: bool, seal: RegisteredSeal | None = None) -> dict[str, Any]:
    """What the paper says, in the active language: the four groups of the 2015 guidance (who, what, by whom, number and date)."""
    first, last = records[0].service_date, records[-1].service_date
    keepers = list(dict.fromkeys(record.organizer_name for record in records))
    back_filled = sum(record.minutes for record in records if record.is_backfilled)
    total = _("%(hours)s hours (%(minutes)s minutes)") % {"hours": hours(certificate.minutes), "minutes": certificate.minutes}
    values = {
        "name": certificate.person_name or certificate.person.name,
        "count": certificate.record_count,
        "from": full_day(first),
        "to": full_day(last),
        "total": total,
    }
    return {
        "lang": "en" if english else "zh",
        "region": "GB" if english else "CN",
        "title": _("Certificate of volunteer service"),
        "number_label": _("Number"),
        "code": certificate.code,
        "statement": ngettext(
            "This is to certify that %(name)s gave volunteer service once from %(from)s to %(to)s, %(total)s in all.",
            "This is to certify that %(name)s gave volunteer service %(count)s times from %(from)s to %(to)s, %(total)s in all.",
            certificate.record_count,
        )
        % values,
        "facts": [
            [_("Name"), values["name"]],
            [_("Volunteer number"), certificate.holder_number or certificate.person.number],
            *_id_document(certificate),
            [_("Service time"), total],
            *([[_("Of this back-filled"), _("%(hours)s hours") % {"hours": hours(back_filled)}]] if back_filled else []),
            [_("Time of service"), f"{full_day(first)} – {full_day(last)}"],
            [
                ngettext("Recorded by", "Recorded by", len(keepers)),
                pgettext("enumeration", ", ").join(keepers[:6]) + (_(" and others") if len(keepers) > 6 else ""),
            ],
        ],
        "qr": paper.qr_svg(verify_url(certificate), mask=3),
        "qr_label": _("Scan to check"),
        "tag": signing.tag_of(certificate.signature),
        "address": verify_url(certificate),
        "annex": _("What the hours consist of"),
        "columns": [_("Date"), _("Activity"), _("What was done"), _("Recorded by"), _("Minutes")],
        "rows": [
            [full_day(r.service_date), r.activity_name, _content(r), r.organizer_name, str(r.minutes) + ("*" if r.is_backfilled else "")]
            for r in records
        ],
        "total": _("Total: %(total)s") % {"total": total},
        "issued": [
            [_("Issued by"), certificate.issuer.name],
            [_("Person in charge"), certificate.in_charge_name or "________"],
            [_("Handled by"), certificate.handler_name or _("printed by the volunteer")],
            [_("How to reach the issuer"), certificate.contact or "________"],
        ],
        "issuer": certificate.issuer.name,
        "seal": _("(seal)") if seal is None else _("Registered e-seal of %(body)s") % {"body": certificate.issuer.name},
        "seal_picture": _as_svg(bytes(seal.picture)) if seal else "",
        "seal_words": _("E-seal registered with %(authority)s, number %(number)s") % {"authority": seal.authority, "number": seal.number}
        if seal
        else "",
        "date": full_day(certificate.issued_at),
        "footer": f"{certificate.code}  {settings.SITE_URL}{verify_path(certificate.code)}",
        "notes": [
            *([_("* Back-filled: entered afterwards with reason and evidence, agreed by a second person.")] if back_filled else []),
            _("Free of charge. Time is counted from check-in to check-out inside the shift, in whole minutes; the way there is not counted."),
            _("Whether this certificate holds is shown at %(url)s. Without a seal it is a printout; ask the issuer for one when it is needed.")
            % {"url": settings.SITE_URL + verify_path(certificate.code)}
            if seal is None
            else _("Whether this certificate holds is shown at %(url)s.") % {"url": settings.SITE_URL + verify_path(certificate.code)},
            _("Issued under the Measures for Recording and Certifying Volunteer Service (Order No. 67 of the Ministry of Civil Affairs)."),
        ],
    }


def _id_document(certificate: Certificate) -> list[list[str]]:
    """Kind and number of the identity document, as the guidance of 2015 has it: only when the bearer wants it there, and masked unless they want it whole."""
    if certificate.id_shown == Certificate.IdShown.NONE or not certificate.person.has_id_number:
        return []
    number = certificate.person.read_id_number()
    shown = number if certificate.id_shown == Certificate.IdShown.FULL else masking.mask_id_number(number)
    return [[certificate.person.get_id_kind_display(), shown]]


def _as_svg(picture: bytes) -> str:
    """A PNG as text, so that it reaches typst with the other data."""
    code = base64.b64encode(picture).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><image width="100" height="100" href="data:image/png;base64,{code}"/></svg>'
    )


def _content(record: Any) -> str:
    return f"{record.content} ({record.place})" if record.place else record.content
