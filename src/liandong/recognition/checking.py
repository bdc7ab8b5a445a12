"""What is to be said of something that a stranger brings: its own signature, and what the register says of its number."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from liandong.recognition import paper, queries
from liandong.recognition.credentials import signing
from liandong.recognition.credentials.encoding import Unreadable
from liandong.recognition.credentials.reading import Brought, read
from liandong.recognition.models import Certificate


@dataclass(frozen=True)
class Finding:
    """`title` and `lines` for people; `tone`: success, warn, danger. `certificate` where the number is known here."""

    tone: str
    title: str
    lines: list[str]
    certificate: Certificate | None = None
    shown: dict[str, Any] = field(default_factory=dict)


def check(content: bytes) -> Finding:
    """Never raises: what cannot be read is said to be unreadable."""
    try:
        brought = read(content, site_url=settings.SITE_URL, keys=queries.public_keys())
    except (Unreadable, RecursionError):
        return Finding(
            "danger",
            _("This is nothing that was made here"),
            [
                _(
                    "It holds no number and no signature of this site. Ask the bearer for the PDF, the file of the credential, or the number on the paper."
                )
            ],
        )
    certificate = queries.certificate_by_code(brought.code)
    if certificate is None:
        return Finding("danger", _("There is no such certificate"), [_("The number in it is not known here.")])
    if brought.holds is False:
        return Finding(
            "danger",
            _("This was changed"),
            [_("Its signature does not hold: at least one letter is not as it was signed."), _register(certificate)],
            certificate,
        )
    lines, tone = _about(brought, certificate, content)
    if certificate.state != Certificate.State.VALID:
        tone = "danger" if certificate.state == Certificate.State.REVOKED or tone == "danger" else "warn"
    titles = {"success": _("This holds"), "warn": _("Look closely"), "danger": _("This does not hold")}
    return Finding(tone, titles[tone], [*lines, _register(certificate)], certificate, brought.shown if tone != "danger" else {})


def _about(brought: Brought, certificate: Certificate, content: bytes) -> tuple[list[str], str]:
    if brought.kind == "pdf":
        return _about_pdf(brought, certificate, content)
    if brought.kind in {"badge", "jwt", "sd_jwt"}:
        return [_("The signature of the credential holds: every letter is as it was signed.")], "success"
    if brought.tag and certificate.signature:
        if brought.tag == signing.tag_of(certificate.signature):
            return [_("The QR code is the one that was printed on this certificate.")], "success"
        return [_("The end of the address is not the one that was printed: the QR code was made by somebody else.")], "danger"
    return [_("The number is known here. Compare hours and name with the paper.")], "success"


def _about_pdf(brought: Brought, certificate: Certificate, content: bytes) -> tuple[list[str], str]:
    sealed = queries.sealed_paper_of(certificate)
    digest = hashlib.sha256(content).hexdigest()
    if sealed and sealed.digest == digest:
        statement = signing.paper_statement(certificate.code, digest)
        if signing.verifies(sealed.key.public_key, signing.signature_bytes(sealed.signature), statement):
            return [_("This is the sealed file, byte by byte as two people sealed it.")], "success"
    if certificate.person.erased_at is None and any(
        paper.render(paper.data_of(certificate, language=language), at=certificate.issued_at) == content for language in ("zh-hans", "en")
    ):
        return [_("This file is byte by byte as it is printed here.")], "success"
    return [
        _(
            "This file is not byte by byte as it is printed here: it was changed, saved by another program, or printed by an earlier version. Trust what stands below, not the file."
        )
    ], "warn"


def _register(certificate: Certificate) -> str:
    if certificate.state == Certificate.State.VALID:
        return _("The register says: valid.")
    if certificate.state == Certificate.State.SUPERSEDED:
        return _("The register says: replaced, a record in it was put right later.")
    return _("The register says: revoked.")
