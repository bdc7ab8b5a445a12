"""RDF Dataset Canonicalization (RDFC-1.0) of the documents that we make ourselves, without a JSON-LD processor.

The terms below are those of https://www.w3.org/ns/credentials/v2 and of Open Badges 3.0.3 that our credentials use; another term is refused. Nodes without a name
are told apart by their own statements: that is enough as long as no two of them say the same, and two that do are refused.
"""

import hashlib
from typing import Any

from liandong.recognition.credentials.encoding import Unreadable

_OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_VC = "https://www.w3.org/2018/credentials#"
_STATUS = "https://www.w3.org/ns/credentials/status#"
_SEC = "https://w3id.org/security#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_OB_XSD = "https://www.w3.org/2001/XMLSchema#"  # so spelled in the context of Open Badges
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TEXT, _LINK, _VOCAB = "", "@id", "@vocab"

CLASSES = {
    "VerifiableCredential": _VC + "VerifiableCredential",
    "BitstringStatusListEntry": _STATUS + "BitstringStatusListEntry",
    "DataIntegrityProof": _SEC + "DataIntegrityProof",
    **{
        name: _OB + name
        for name in (
            "OpenBadgeCredential",
            "Profile",
            "AchievementSubject",
            "Achievement",
            "IdentityObject",
            "Evidence",
            "Result",
            "ResultDescription",
        )
    },
}
# term: (predicate, what a plain text value is)
TERMS = {
    "name": ("https://schema.org/name", _TEXT),
    "description": ("https://schema.org/description", _TEXT),
    "url": ("https://schema.org/url", _OB_XSD + "anyURI"),
    "inLanguage": ("https://schema.org/inLanguage", _TEXT),
    "value": ("https://schema.org/value", _TEXT),
    "genre": ("https://schema.org/genre", _TEXT),
    "issuer": (_VC + "issuer", _LINK),
    "validFrom": (_VC + "validFrom", _XSD + "dateTime"),
    "credentialSubject": (_VC + "credentialSubject", _LINK),
    "credentialStatus": (_VC + "credentialStatus", _LINK),
    "evidence": (_VC + "evidence", _LINK),
    "statusPurpose": (_STATUS + "statusPurpose", _TEXT),
    "statusListIndex": (_STATUS + "statusListIndex", _TEXT),
    "statusListCredential": (_STATUS + "statusListCredential", _LINK),
    "narrative": (_OB + "narrative", _TEXT),
    "achievement": (_OB + "achievement", _LINK),
    "achievementType": (_OB + "achievementType", _TEXT),
    "criteria": (_OB + "Criteria", _LINK),
    "identifier": (_OB + "identifier", _TEXT),
    "hashed": (_OB + "hashed", _OB_XSD + "boolean"),
    "identityHash": (_OB + "identityHash", _TEXT),
    "identityType": (_OB + "identityType", _TEXT),
    "salt": (_OB + "salt", _TEXT),
    "result": (_OB + "result", _TEXT),
    "resultDescription": (_OB + "resultDescription", _OB_XSD + "anyURI"),
    "resultType": (_OB + "resultType", _TEXT),
    "created": ("http://purl.org/dc/terms/created", _XSD + "dateTime"),
    "cryptosuite": (_SEC + "cryptosuite", _SEC + "cryptosuiteString"),
    "proofPurpose": (_SEC + "proofPurpose", _VOCAB),
    "verificationMethod": (_SEC + "verificationMethod", _LINK),
}
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
Statement = tuple[str, str, str]


def canonical(document: dict[str, Any]) -> bytes:
    """The canonical N-Quads of a document (its @context left aside: it is the one this table is made from)."""
    statements: list[Statement] = []
    _node({name: value for name, value in document.items() if name != "@context"}, statements, [0])
    names = _names(statements)
    return "".join(sorted({_line(statement, names) for statement in statements})).encode()


def _node(node: dict[str, Any], statements: list[Statement], count: list[int]) -> str:
    if name := node.get("id"):
        subject = _link(name)
    else:
        subject, count[0] = f"_:b{count[0]}", count[0] + 1
    for term, values in node.items():
        if term == "id":
            continue
        for value in values if isinstance(values, list) else [values]:
            if term == "type":
                statements.append((subject, f"<{_TYPE}>", f"<{_known(CLASSES, value)}>"))
            else:
                predicate, kind = _known(TERMS, term)
                statements.append((subject, f"<{predicate}>", _object(value, kind, statements, count)))
    return subject


def _known(table: dict[str, Any], word: Any) -> Any:
    if not isinstance(word, str) or word not in table:
        raise Unreadable(f"a term that our credentials do not use: {word}")
    return table[word]


def _object(value: Any, kind: str, statements: list[Statement], count: list[int]) -> str:
    if isinstance(value, dict):
        return _node(value, statements, count)
    if kind == _OB_XSD + "boolean" and isinstance(value, bool):
        return f'"{str(value).lower()}"^^<{kind}>'
    if not isinstance(value, str):
        raise Unreadable("a value that our credentials do not use")
    if kind == _VOCAB:
        return _link(_SEC + value)
    if kind == _LINK:
        return _link(value)
    return f'"{_escaped(value)}"' + (f"^^<{kind}>" if kind else "")


def _link(name: Any) -> str:
    if not isinstance(name, str) or ":" not in name or any(letter in '<>"{}|^`\\' or letter <= " " for letter in name):
        raise Unreadable("not an address")
    return f"<{name}>"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter) or (f"\\u{ord(letter):04X}" if letter < " " or letter == "\x7f" else letter) for letter in text)


def _names(statements: list[Statement]) -> dict[str, str]:
    """Hash First Degree Quads for every nameless node; refused when two have the same hash."""
    nameless = {part for statement in statements for part in (statement[0], statement[2]) if part.startswith("_:")}
    hashes: dict[str, str] = {}
    for node in nameless:
        views = {other: "_:a" if other == node else "_:z" for other in nameless}
        lines = sorted(_line(statement, views) for statement in statements if node in (statement[0], statement[2]))
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        if digest in hashes:
            raise Unreadable("two nodes that say the same")
        hashes[digest] = node
    return {hashes[digest]: f"_:c14n{place}" for place, digest in enumerate(sorted(hashes))}


def _line(statement: Statement, names: dict[str, str]) -> str:
    subject, predicate, thing = statement
    return f"{names.get(subject, subject)} {predicate} {names.get(thing, thing)} .\n"
