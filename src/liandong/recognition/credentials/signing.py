"""Ed25519: key pairs, signatures, and what a certificate's own signature covers."""

import datetime as dt
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from liandong.recognition.credentials.encoding import Unreadable, b64, base58, canonical, unb64

_MULTICODEC_ED25519 = b"\xed\x01"
TAG_LETTERS = 12  # of the signature, on the paper: 72 bits that nobody guesses


@dataclass(frozen=True)
class Signer:
    """The private half of a numbered key, in memory only."""

    number: int
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


def new_pair() -> tuple[str, str]:
    """(public, private), 32 bytes each, base64url."""
    private = Ed25519PrivateKey.generate()
    return public_of(private), b64(private.private_bytes_raw())


def public_of(private: Ed25519PrivateKey) -> str:
    return b64(private.public_key().public_bytes_raw())


def signer_of(number: int, private: str) -> Signer:
    return Signer(number, Ed25519PrivateKey.from_private_bytes(unb64(private)))


def verifies(public_key: str, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(unb64(public_key)).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def multikey(public_key: str) -> str:
    """The public key as did documents write it (Multikey)."""
    return "z" + base58(_MULTICODEC_ED25519 + unb64(public_key))


def pem(public_key: str) -> str:
    """The public key as other software likes to have it."""
    key = Ed25519PublicKey.from_public_bytes(unb64(public_key))
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def statement(
    *,
    code: str,
    holder: str,
    issuer: str,
    minutes: int,
    records: int,
    first: dt.date | None,
    last: dt.date | None,
    issued_at: dt.datetime,
) -> bytes:
    """What a certificate's own signature covers. It names the bearer by the volunteer number alone, so that it holds after the name is erased."""
    return b"liandong certificate 1\n" + canonical(
        {
            "code": code,
            "first": first.isoformat() if first else "",
            "holder": holder,
            "issued": int(issued_at.timestamp()),
            "issuer": issuer,
            "last": last.isoformat() if last else "",
            "minutes": minutes,
            "records": records,
        }
    )


def paper_statement(code: str, digest: str) -> bytes:
    """What the signature under a sealed paper covers: these very bytes, for this certificate."""
    return b"liandong sealed paper 1\n" + canonical({"code": code, "sha256": digest})


def tag_of(signature: str) -> str:
    """The short signature in the QR code: it tells a copied paper from a guessed number."""
    return signature[:TAG_LETTERS]


def signature_bytes(signature: str) -> bytes:
    try:
        return unb64(signature)
    except Unreadable:
        return b""
