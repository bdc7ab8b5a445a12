"""Data Integrity with eddsa-rdfc-2022: the proof stands inside the document (W3C Data Integrity EdDSA Cryptosuites 1.0)."""

import hashlib
from typing import Any

from liandong.recognition.credentials import rdf
from liandong.recognition.credentials.encoding import Unreadable, base58, unbase58
from liandong.recognition.credentials.signing import Signer, verifies

SUITE = "eddsa-rdfc-2022"


def add(document: dict[str, Any], *, method: str, created: str, signer: Signer) -> dict[str, Any]:
    proof = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "created": created, "verificationMethod": method, "proofPurpose": "assertionMethod"}
    return document | {"proof": proof | {"proofValue": "z" + base58(signer.sign(_hash(document, proof)))}}


def holds(document: dict[str, Any], public_key: str) -> bool:
    proof = document.get("proof")
    if not isinstance(proof, dict) or (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose")) != (
        "DataIntegrityProof",
        SUITE,
        "assertionMethod",
    ):
        raise Unreadable("no proof of ours")
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 100:
        raise Unreadable("no proof of ours")
    unsigned = {name: part for name, part in document.items() if name != "proof"}
    options = {name: part for name, part in proof.items() if name != "proofValue"}
    return verifies(public_key, unbase58(value[1:]), _hash(unsigned, options))


def _hash(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    return hashlib.sha256(rdf.canonical(options)).digest() + hashlib.sha256(rdf.canonical(document)).digest()
