"""The few values that must not be readable in the database: AES-GCM with a key version, found again by a keyed hash.

The keys are derived from LIANDONG_SECRET_KEY. The associated data binds a value to its place, so that a value copied to another row does not open.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "1"


def _key(purpose: str, secret: str = "") -> bytes:
    return hashlib.blake2b((secret or settings.SECRET_KEY).encode(), digest_size=32, person=purpose.encode()[:16]).digest()


def seal(value: str, *, place: str) -> str:
    """Encrypted text; "" stays ""."""
    if not value:
        return ""
    nonce = os.urandom(12)
    box = AESGCM(_key("field")).encrypt(nonce, value.encode(), place.encode())
    return f"{VERSION}:{base64.urlsafe_b64encode(nonce + box).decode()}"


def open_sealed(sealed: str, *, place: str) -> str:
    """The value again, also one that was sealed under a former secret key. Raises cryptography.exceptions.InvalidTag when it was changed or moved."""
    if not sealed:
        return ""
    raw = base64.urlsafe_b64decode(sealed.split(":", 1)[1])
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    for last, secret in enumerate(secrets, 1 - len(secrets)):
        try:
            return AESGCM(_key("field", secret)).decrypt(raw[:12], raw[12:], place.encode()).decode()
        except InvalidTag:
            if not last:
                raise
    return ""


def keyed_hash(value: str, *, purpose: str) -> str:
    """64 hex characters: equal values give equal hashes, nobody without the key can try values out."""
    return hmac.new(_key("hash"), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()
