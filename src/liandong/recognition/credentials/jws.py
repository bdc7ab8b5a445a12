"""Compact JWS with EdDSA (RFC 7515, RFC 8037), and nothing else: the algorithm is ours to say, never the token's."""

import json
from typing import Any

from liandong.recognition.credentials.encoding import Unreadable, b64, read_json, unb64
from liandong.recognition.credentials.signing import Signer, verifies


def _part(value: dict[str, Any]) -> str:
    return b64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def sign(payload: dict[str, Any], *, kid: str, typ: str, signer: Signer) -> str:
    body = f"{_part({'alg': 'EdDSA', 'kid': kid, 'typ': typ})}.{_part(payload)}"
    return f"{body}.{b64(signer.sign(body.encode()))}"


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(header, payload), not verified."""
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        raise Unreadable("not a JWS")
    header, payload = read_json(unb64(parts[0])), read_json(unb64(parts[1]))
    if not (isinstance(header, dict) and isinstance(payload, dict)) or header.get("alg") != "EdDSA":
        raise Unreadable("not a JWS of ours")
    return header, payload


def holds(token: str, public_key: str) -> bool:
    body, _dot, signature = token.rpartition(".")
    try:
        return verifies(public_key, unb64(signature), body.encode())
    except Unreadable:
        return False
