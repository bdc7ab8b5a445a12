"""The certificate on paper: PDF to print, PNG to keep in a chat. Set by typst from data, with an open Chinese font; no seal is ever drawn."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liandong.core import paper
from liandong.recognition import queries
from liandong.recognition.models import Certificate
from liandong.ui.words import hours

VERIFY = "/v/"
TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf_of(certificate: Certificate, *, language: str = "zh-hans") -> bytes:
    return paper.pdf(TEMPLATE, _data(certificate, language))


def images_of(certificate: Certificate, *, language: str = "zh-hans") -> list[bytes]:
    """One PNG a page, sharp enough on a phone and to scan."""
    return paper.pictures(TEMPLATE, _data(certificate, language), ppi=132)


def verify_url(certificate: Certificate) -> str:
    """The full address behind the QR code; made from the site's own setting, never from the request."""
    return settings.SITE_URL + verify_path(certificate.code)


def verify_path(code: str) -> str:
    """Printed on paper that lasts ten years: this address never changes."""
    return f"{VERIFY}{code}/"


def _data(certificate: Certificate, language: str) -> dict[str, Any]:
    with translation.override(language):
        return contents_of(certificate, english=language == "en")


def contents_of(certificate: Certificate, *, english: bool) -> dict[str, Any]:
    """What the paper says, in the active language: the four groups of the 2015 guidance (who, what, by whom, number and date)."""
    records = queries.lines_of(certificate)
    first, last = records[0].service_date, records[-1].service_date
    keepers = list(dict.fromkeys(record.organizer_name for record in records))
    total = _("%(hours)s hours (%(minutes)s minutes)") % {"hours": hours(certificate.minutes), "minutes": certificate.minutes}
    values = {
        "name": certificate.person_name or certificate.person.name,
        "count": certificate.record_count,
        "from": _day(first),
        "to": _day(last),
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
            [_("Volunteer number"), certificate.person.number],
            [_("Service time"), total],
            [_("Time of service"), f"{_day(first)} – {_day(last)}"],
            [
                ngettext("Recorded by", "Recorded by", len(keepers)),
                pgettext("enumeration", ", ").join(keepers[:6]) + (_(" and others") if len(keepers) > 6 else ""),
            ],
        ],
        "qr": paper.qr_svg(verify_url(certificate)),
        "qr_label": _("Scan to check"),
        "annex": _("What the hours consist of"),
        "columns": [_("Date"), _("Activity"), _("What was done"), _("Recorded by"), _("Minutes")],
        "rows": [[_numeric(r.service_date), r.activity_name, _content(r), r.organizer_name, str(r.minutes)] for r in records],
        "total": _("Total: %(total)s") % {"total": total},
        "issued": [
            [_("Issued by"), certificate.issuer.name],
            [_("Person in charge"), certificate.in_charge_name or "________"],
            [_("Handled by"), certificate.handler_name or _("printed by the volunteer")],
            [_("How to reach the issuer"), certificate.contact or "________"],
        ],
        "issuer": certificate.issuer.name,
        "seal": _("(seal)"),
        "date": _day(timezone.localtime(certificate.issued_at).date()),
        "footer": f"{certificate.code}  {verify_url(certificate)}",
        "notes": [
            _("Free of charge. Time is counted from check-in to check-out inside the shift, in whole minutes; the way there is not counted."),
            _("Whether this certificate holds is shown at %(url)s. Without a seal it is a printout; ask the issuer for one when it is needed.")
            % {"url": verify_url(certificate)},
            _("Issued under the Measures for Recording and Certifying Volunteer Service (Order No. 67 of the Ministry of Civil Affairs)."),
        ],
    }


def _content(record: Any) -> str:
    return f"{record.content} ({record.place})" if record.place else record.content


def _day(day: Any) -> str:
    return date_format(day, "j F Y" if translation.get_language() == "en" else "Y年n月j日")


def _numeric(day: Any) -> str:
    return f"{day:%Y-%m-%d}"
