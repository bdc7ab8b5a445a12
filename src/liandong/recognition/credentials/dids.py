"""Who signs, as foreign software asks: did:web documents of the site's bodies, with every key that ever signed."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from liandong.recognition.credentials.signing import multikey

ISSUERS = "recognition:issuers"  # where the documents of bodies lie, in the spelling of did:web


def site_did(site_url: str) -> str:
    return "did:web:" + quote(urlsplit(site_url).netloc, safe="")


def body_did(site_url: str, slug: str) -> str:
    return f"{site_did(site_url)}:{ISSUERS}:{slug}"


def slug_in(did: str, site_url: str) -> str | None:
    """The body behind a DID of this site, else None."""
    prefix = body_did(site_url, "")
    return unquote(did.removeprefix(prefix)) if did.startswith(prefix) else None


def method_of(did: str, number: int) -> str:
    return f"{did}#key-{number}"


def number_in(method: str) -> int | None:
    """The number of the key that a verification method names."""
    text = method.partition("#key-")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def document(did: str, keys: Iterable[tuple[int, str]], *, active: int | None) -> dict[str, Any]:
    """`keys`: (number, public key), the one in use first, so that software which looks at the first only finds it. A retired key still verifies what it signed."""
    ordered = sorted(keys, key=lambda key: (key[0] != active, -key[0]))
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": method_of(did, number), "type": "Multikey", "controller": did, "publicKeyMultibase": multikey(public)}
            for number, public in ordered
        ],
        "assertionMethod": [method_of(did, number) for number, _public in ordered],
    }
