"""SD-JWT (RFC 9901): one signature over salted digests; each claim can be shown or kept back by whoever holds the paper."""

import hashlib
import json
import secrets
from collections.abc import Collection
from typing import Any

from liandong.recognition.credentials import jws
from liandong.recognition.credentials.encoding import LARGEST, Unreadable, b64, read_json, unb64
from liandong.recognition.credentials.signing import Signer

TYPE = "dc+sd-jwt"


def issue(always: dict[str, Any], choice: dict[str, Any], *, kid: str, signer: Signer) -> str:
    """The whole of it: every claim of `choice` with its disclosure."""
    made = [_disclosure(name, value) for name, value in choice.items()]
    payload = always | {"_sd": sorted(_digest(text) for text in made), "_sd_alg": "sha-256"}
    return "~".join([jws.sign(payload, kid=kid, typ=TYPE, signer=signer), *made, ""])


def only(token: str, names: Collection[str]) -> str:
    """The same with nothing but the disclosures of these claims: what the bearer hands on."""
    signed, disclosures = _parts(token)
    return "~".join([signed, *(text for text in disclosures if _read(text)[0] in names), ""])


def read(token: str, public_key: str) -> dict[str, Any]:
    """The claims that are shown. Raises Unreadable when anything in it does not hold."""
    signed, disclosures = _parts(token)
    _header, payload = jws.read(signed)
    if not jws.holds(signed, public_key):
        raise Unreadable("the signature does not hold")
    digests = payload.pop("_sd", [])
    if payload.pop("_sd_alg", "sha-256") != "sha-256" or not isinstance(digests, list):
        raise Unreadable("not an SD-JWT of ours")
    seen: set[str] = set()
    for text in disclosures:
        digest = _digest(text)
        name, value = _read(text)
        if digest not in digests or digest in seen or name in payload:
            raise Unreadable("a disclosure that nobody signed")
        seen.add(digest)
        payload[name] = value
    return payload


def _parts(token: str) -> tuple[str, list[str]]:
    if len(token) > LARGEST or not token.isascii() or not token.endswith("~"):
        raise Unreadable("not an SD-JWT")
    signed, *disclosures = token[:-1].split("~")
    return signed, disclosures


def _disclosure(name: str, value: Any) -> str:
    return b64(json.dumps([secrets.token_urlsafe(16), name, value], ensure_ascii=False).encode())


def _read(text: str) -> tuple[str, Any]:
    parts = read_json(unb64(text))
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(part, str) for part in parts[:2]) or parts[1] in {"_sd", "..."}:
        raise Unreadable("not a disclosure")
    return parts[1], parts[2]


def _digest(text: str) -> str:
    return b64(hashlib.sha256(text.encode()).digest())
