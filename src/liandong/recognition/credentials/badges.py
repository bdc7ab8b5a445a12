"""A certificate as an Open Badge 3.0 (a W3C Verifiable Credential 2.0), as claims of an SD-JWT, and the list of those that no longer hold."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from liandong.recognition.credentials import dids, jws, proofs, sd_jwt, status
from liandong.recognition.credentials.signing import Signer

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
_URN = uuid.UUID("0f6a2c7e-9a53-5d0c-8a6e-2f3d5c1b7e90")
LIST_HOLDS = dt.timedelta(days=2)  # an older copy of the list is not the list


@dataclass(frozen=True)
class Service:
    """One record, as far as a credential says it."""

    day: dt.date
    activity: str
    content: str
    body: str
    minutes: int
    is_backfilled: bool = False


@dataclass(frozen=True)
class Words:
    """The sentences in the document, in the language it is made in."""

    title: str
    description: str
    criteria: str
    narrative: str
    language: str
    minutes: str
    count: str
    first: str
    last: str
    bodies: str


@dataclass(frozen=True)
class Facts:
    """What a certificate says, and how much of it the bearer shows: empty means kept back."""

    site_url: str
    address: str  # the page that checks it
    code: str
    serial: int
    issuer_slug: str
    issuer_name: str
    issued_at: dt.datetime
    minutes: int
    count: int
    first: dt.date
    last: dt.date
    name: str = ""
    number: str = ""
    bodies: list[str] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def status_url(facts: Facts) -> str:
    return list_url(facts.site_url, facts.issuer_slug, status.place_of(facts.serial)[0])


def list_url(site_url: str, slug: str, number: int) -> str:
    return f"{site_url}/{dids.ISSUERS.replace(':', '/')}/{slug}/status/{number}/"


def status_entry(facts: Facts) -> dict[str, str]:
    index = status.place_of(facts.serial)[1]
    return {
        "id": f"{status_url(facts)}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": status_url(facts),
    }


def badge(facts: Facts, words: Words) -> dict[str, Any]:
    """The credential, not signed yet. The bearer is a name of its own in each certificate, so that two of them cannot be laid side by side."""
    achievement = f"{facts.site_url}/v/#volunteer-service"
    measured = {
        "minutes": (words.minutes, str(facts.minutes)),
        "services": (words.count, str(facts.count)),
        "first-day": (words.first, facts.first.isoformat()),
        "last-day": (words.last, facts.last.isoformat()),
    }
    if facts.bodies:
        measured["recorded-by"] = (words.bodies, "; ".join(facts.bodies))
    subject: dict[str, Any] = {"id": f"urn:uuid:{uuid.uuid5(_URN, facts.code)}", "type": ["AchievementSubject"]}
    known_as = [("name", facts.name), ("identifier", facts.number)]
    if any(value for _kind, value in known_as):
        subject["identifier"] = [
            {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind} for kind, value in known_as if value
        ]
    subject |= {
        "narrative": words.narrative,
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "achievementType": "CommunityService",
            "name": words.title,
            "description": words.description,
            "criteria": {"narrative": words.criteria},
            "inLanguage": words.language,
            "resultDescription": [
                {"id": f"{achievement}-{key}", "type": ["ResultDescription"], "name": label, "resultType": "Result"}
                for key, (label, _v) in measured.items()
            ],
        },
        "result": [{"type": ["Result"], "resultDescription": f"{achievement}-{key}", "value": value} for key, (_label, value) in measured.items()],
    }
    document: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": facts.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": words.title,
        "issuer": {"id": dids.body_did(facts.site_url, facts.issuer_slug), "type": ["Profile"], "name": facts.issuer_name, "url": facts.site_url},
        "validFrom": _moment(facts.issued_at),
        "credentialSubject": subject,
        "credentialStatus": status_entry(facts),
    }
    if facts.services:
        document["evidence"] = [
            {
                "id": f"{facts.address}#service-{place}",
                "type": ["Evidence"],
                "name": each.activity,
                "narrative": f"{each.day.isoformat()} · {each.content} · {each.body} · {each.minutes} min" + (" *" if each.is_backfilled else ""),
            }
            for place, each in enumerate(facts.services, 1)
        ]
    return document


def with_proof(facts: Facts, words: Words, *, at: dt.datetime, signer: Signer) -> dict[str, Any]:
    """Open Badges 3.0, 8.3: the proof inside (eddsa-rdfc-2022)."""
    method = dids.method_of(dids.body_did(facts.site_url, facts.issuer_slug), signer.number)
    return proofs.add(badge(facts, words), method=method, created=_moment(at), signer=signer)


def as_jwt(facts: Facts, words: Words, *, signer: Signer) -> str:
    """Open Badges 3.0, 8.2: the same as a signed JWT."""
    document = badge(facts, words)
    did = document["issuer"]["id"]
    claims = {"iss": did, "jti": document["id"], "sub": document["credentialSubject"]["id"], "nbf": int(facts.issued_at.timestamp())}
    return jws.sign(document | claims, kid=dids.method_of(did, signer.number), typ="JWT", signer=signer)


def as_sd_jwt(facts: Facts, *, signer: Signer) -> str:
    """RFC 9901: every claim below can be shown or kept back."""
    did = dids.body_did(facts.site_url, facts.issuer_slug)
    always = {
        "iss": did,
        "iat": int(facts.issued_at.timestamp()),
        "vct": f"{facts.site_url}/v/#volunteer-service",
        "jti": facts.address,
        "credentialStatus": status_entry(facts),
    }
    choice = {
        "name": facts.name,
        "volunteer_number": facts.number,
        "minutes": facts.minutes,
        "services": facts.count,
        "first_day": facts.first.isoformat(),
        "last_day": facts.last.isoformat(),
        "issuer_name": facts.issuer_name,
        "recorded_by": facts.bodies,
        "service_list": [
            {
                "day": each.day.isoformat(),
                "activity": each.activity,
                "recorded_by": each.body,
                "minutes": each.minutes,
                "back_filled": each.is_backfilled,
            }
            for each in facts.services
        ],
    }
    return sd_jwt.issue(always, choice, kid=dids.method_of(did, signer.number), signer=signer)


def status_list(*, site_url: str, slug: str, number: int, ended: Iterable[int], at: dt.datetime, signer: Signer) -> str:
    """The corrections list of a body, as a signed JWT. `ended`: indices whose certificates were replaced or revoked."""
    did, url = dids.body_did(site_url, slug), list_url(site_url, slug, number)
    document = {
        "@context": CONTEXTS[:1],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": _moment(at),
        "validUntil": _moment(at + LIST_HOLDS),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": status.encoded(ended),
        },
    }
    claims = {"iss": did, "jti": url, "nbf": int(at.timestamp()), "exp": int((at + LIST_HOLDS).timestamp())}
    return jws.sign(document | claims, kid=dids.method_of(did, signer.number), typ="JWT", signer=signer)
