"""The certificate of honour and the poster of the wall, set by typst from data; no seal is ever drawn."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from liandong.core import clock, paper
from liandong.honours.models import Honour
from liandong.honours.queries.wall import Shown
from liandong.organizations.models import Territory
from liandong.ui.words import full_day, hours

HERE = Path(__file__).parent
LANGUAGES = {"en", "zh-hans"}


def language_of(asked: str) -> str:
    """The paper is Chinese unless English is asked for."""
    return asked if asked in LANGUAGES else "zh-hans"


def verify_path(code: str) -> str:
    """Printed on paper that lasts: this address never changes."""
    return reverse("honours:verify", args=[code])


def honour_pdf(honour: Honour, *, language: str = "zh-hans") -> bytes:
    with translation.override(language):
        return paper.pdf(HERE / "honour.typ", honour_data(honour))


def honour_data(honour: Honour) -> dict[str, Any]:
    evidence: dict[str, Any] = honour.evidence
    lines = []
    if evidence.get("minutes"):
        lines.append(
            _("%(hours)s hours of service in %(count)s services, %(from)s to %(to)s")
            % {
                "hours": hours(evidence["minutes"]),
                "count": evidence.get("records", 0),
                "from": full_day(parse_date(evidence.get("from", ""))),
                "to": full_day(parse_date(evidence.get("to", ""))),
            }
        )
    if evidence.get("endorsed_for"):
        lines.append(_("Endorsed by %(name)s") % {"name": evidence["endorsed_for"]})
    url = settings.SITE_URL + verify_path(honour.code)
    return {
        "title": _("Certificate of honour"),
        "to": _("Awarded to"),
        "name": honour.own_name,
        "award": honour.title,
        "sentence": _("is honoured with"),
        "lines": lines,
        "issuer": honour.issuer.name,
        "day": full_day(honour.granted_on),
        "seal": _("(seal)"),
        "number": _("Number %(code)s") % {"code": honour.code},
        "check": _("Scan to check it"),
        "qr": paper.qr_svg(url),
        "withdrawn": _("Withdrawn") if honour.state == Honour.State.WITHDRAWN else "",
        "english": translation.get_language() == "en",
    }


def poster_pdf(cards: list[Shown], *, place: Territory | None) -> bytes:
    url = settings.SITE_URL + reverse("honours:wall") + (f"?place={place.pk}" if place is not None else "")
    data = {
        "title": _("Honour wall"),
        "place": place.name if place is not None else "",
        "cards": [{"name": card.name, "title": card.title, "note": card.note} for card in cards],
        "qr": paper.qr_svg(url),
        "foot": _("Shown with their own consent. Everybody else's hours count just as much."),
        "day": full_day(clock.today()),
        "english": translation.get_language() == "en",
    }
    return paper.pdf(HERE / "poster.typ", data)
