"""What somebody brings to be checked: an address, a number, a credential, a PDF. Told what it is and whether its signature holds; what the register says of it comes after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liandong.core import ids
from liandong.recognition.credentials import dids, jws, proofs, sd_jwt
from liandong.recognition.credentials.badges import CONTEXTS
from liandong.recognition.credentials.encoding import LARGEST, Unreadable, read_json

CODE_LETTERS = 12
_ADDRESS = re.compile(r"/v/([0-9A-Za-z]{12})/?(?:\?s=([0-9A-Za-z_-]{1,40}))?")
_BARE = re.compile(r"^[\s0-9A-Za-z-]{12,20}$")


@dataclass(frozen=True)
class Brought:
    """`kind`: code, address, pdf, badge, jwt, sd_jwt. `holds`: its own signature does, None where it carries none. `shown`: claims of an SD-JWT."""

    kind: str
    code: str
    tag: str = ""
    holds: bool | None = None
    shown: dict[str, Any] = field(default_factory=dict)


def read(data: bytes, *, site_url: str, keys: Mapping[int, str]) -> Brought:
    """Raises Unreadable for what is nothing of ours."""
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if len(data) > LARGEST:
        raise Unreadable("too long")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Unreadable("neither text nor a PDF") from error
    if text.startswith("{"):
        return _badge(text, site_url, keys)
    if text.count(".") == 2 and " " not in text and "/" not in text.split("~")[0]:
        return _sd_jwt(text, site_url, keys) if "~" in text else _jwt(text, site_url, keys)
    if found := _ADDRESS.search(text):
        return Brought("address", _code(found[1]), tag=found[2] or "")
    if _BARE.match(text) and len(ids.clean_code(text)) == CODE_LETTERS:
        return Brought("code", ids.clean_code(text))
    raise Unreadable("nothing of ours")


def _pdf(data: bytes) -> Brought:
    """The code stands in the file's description, which PDF/A leaves readable."""
    found = _ADDRESS.search(data.decode("latin-1"))
    if found is None:
        raise Unreadable("a PDF without a number of ours")
    return Brought("pdf", _code(found[1]), tag=found[2] or "")


def _badge(text: str, site_url: str, keys: Mapping[int, str]) -> Brought:
    document = read_json(text)
    if not isinstance(document, dict):
        raise Unreadable("not a credential")
    proof = document.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    issuer = document.get("issuer")
    key = _key(method, issuer.get("id") if isinstance(issuer, dict) else None, site_url, keys)
    return Brought("badge", _code_of(document.get("id")), holds=document.get("@context") == CONTEXTS and _tried(lambda: proofs.holds(document, key)))


def _jwt(token: str, site_url: str, keys: Mapping[int, str]) -> Brought:
    header, payload = jws.read(token)
    key = _key(header.get("kid"), payload.get("iss"), site_url, keys)
    return Brought("jwt", _code_of(payload.get("jti")), holds=jws.holds(token, key))


def _sd_jwt(token: str, site_url: str, keys: Mapping[int, str]) -> Brought:
    header, payload = jws.read(token.split("~")[0])
    key, code = _key(header.get("kid"), payload.get("iss"), site_url, keys), _code_of(payload.get("jti"))
    try:
        return Brought("sd_jwt", code, holds=True, shown=sd_jwt.read(token, key))
    except Unreadable:
        return Brought("sd_jwt", code, holds=False)


def _tried(question: Any) -> bool:
    try:
        return bool(question())
    except Unreadable:
        return False


def _key(method: Any, issuer: Any, site_url: str, keys: Mapping[int, str]) -> str:
    """The public key that a signature names, when both it and the issuer are of this site. An unknown number is answered with a key that verifies nothing."""
    if not isinstance(method, str) or not isinstance(issuer, str) or dids.slug_in(issuer, site_url) is None or method.partition("#")[0] != issuer:
        raise Unreadable("signed by somebody else")
    number = dids.number_in(method)
    return keys.get(number, "") if number is not None else ""


def _code_of(address: Any) -> str:
    found = _ADDRESS.search(address) if isinstance(address, str) else None
    if found is None:
        raise Unreadable("no number of ours")
    return _code(found[1])


def _code(text: str) -> str:
    return ids.clean_code(text)
