"""Foreign software accepts our credentials and refuses them after one letter was changed."""

import contextlib
import datetime as dt
import json

import jwt
import pytest
from jwcrypto.jwk import JWK
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.ldp import OB3LdpVerifier, document_loader
from pyld import jsonld
from sd_jwt.verifier import SDJWTVerifier

from liandong.core.actors import DEMO
from liandong.recognition import checking, queries, services, wallet
from liandong.recognition.credentials import badges, dids, encoding, rdf, sd_jwt, signing, status
from liandong.recognition.services import keys
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SITE = "https://liandong.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def made():
    host = make.organization('暖邻"社工所\\')
    volunteer = make.person("李晓雯")
    for number in (3, 4):
        make.record(volunteer, of=make.shift(host=host, starts_at=dt.datetime(2026, 6, number, 6, tzinfo=dt.UTC), title="小家电\t义诊"), by=DEMO)
    return services.issue_certificate(volunteer, by=volunteer)


def text_of(certificate, form, *, shows="list", name=True, language="zh-hans"):
    return wallet.credential(certificate, form=form, shows=shows, name=name, language=language)


def pem():
    return signing.pem(queries.active_key().public_key)


def fetch(url):
    """What foreign software would get over the net."""
    path = url.removeprefix(SITE)
    from django.test import Client

    answer = Client().get(path)
    assert answer.status_code == 200, url
    return answer.content


def with_another_letter(text, place):
    return text[:place] + ("B" if text[place] != "B" else "C") + text[place + 1 :]


def places(text, count=40):
    step = max(len(text) // count, 1)
    return [place for place in range(0, len(text), step) if text[place].isalnum()]


@pytest.mark.parametrize("shows", ["hours", "bodies", "list"])
@pytest.mark.parametrize("name", [True, False])
def test_open_badges_software_accepts_both_forms(made, shows, name):
    did = dids.body_did(SITE, made.issuer.slug)
    token = text_of(made, "jwt", shows=shows, name=name)
    document = text_of(made, "badge", shows=shows, name=name)
    assert OB3Verifier(pem()).verify(token).id == OB3Verifier.for_issuer_did(did, download=fetch).verify(token).id
    assert OB3LdpVerifier(pubkey_pem=pem()).verify(document).id == OB3LdpVerifier.for_issuer_did(did).verify(document, download=fetch).id
    assert ("李晓雯" in document, "小家电" in document) == (name, shows == "list")


def test_plain_jwt_software_accepts_it_too(made):
    claims = jwt.decode(text_of(made, "jwt"), pem(), algorithms=["EdDSA"])
    results = {result["resultDescription"].rpartition("volunteer-service-")[2]: result["value"] for result in claims["credentialSubject"]["result"]}
    assert (results["minutes"], results["services"], results["first-day"]) == (str(made.minutes), "2", "2026-06-03")


def test_every_statement_of_ours_is_the_one_that_json_ld_software_reads(made):
    document = json.loads(text_of(made, "badge", language="en"))
    del document["proof"]
    foreign = jsonld.normalize(document, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": document_loader()})
    assert rdf.canonical(document).decode() == foreign


def test_one_changed_letter_is_refused_by_each(made):
    token, document = text_of(made, "jwt"), text_of(made, "badge")
    accepted = []
    for place in places(token):
        bad = with_another_letter(token, place)
        for refuses, verify in (
            (LibOpenBadgesException, OB3Verifier(pem()).verify),
            (jwt.PyJWTError, lambda it: jwt.decode(it, pem(), algorithms=["EdDSA"])),
        ):
            try:
                verify(bad)
                accepted.append(("jwt", place))
            except (refuses, ValueError):
                pass
    for place in places(document, 12):
        try:
            OB3LdpVerifier(pubkey_pem=pem()).verify(with_another_letter(document, place))
            accepted.append(("badge", document[place - 20 : place + 20]))
        except (LibOpenBadgesException, ValueError):
            pass
    assert accepted == []


def test_our_own_check_refuses_every_changed_letter_as_well(made):
    accepted = []
    for form in ("jwt", "badge", "sd"):
        text = text_of(made, form)
        assert checking.check(text.encode()).tone == "success", form
        accepted += [
            (form, text[max(place - 20, 0) : place + 20])
            for place in places(text, 60)
            if checking.check(with_another_letter(text, place).encode()).tone != "danger"
        ]
    assert accepted == []


def test_swapped_letters_another_issuer_and_another_algorithm_are_refused(made):
    token = text_of(made, "jwt")
    header, payload, signature = token.split(".")
    at = next(place for place in range(100, 200) if payload[place] != payload[place + 1])
    swapped = payload[:at] + payload[at + 1] + payload[at] + payload[at + 2 :]
    none = encoding.b64(json.dumps({"alg": "none", "kid": "x"}).encode())
    foreign = signing.signer_of(1, signing.new_pair()[1])
    facts = wallet.facts_of(made, shows="hours", name=True)
    forged = [
        f"{header}.{swapped}.{signature}",
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        badges.as_sd_jwt(facts, signer=foreign),
        badges.as_sd_jwt(badges.Facts(**(vars(facts) | {"site_url": "https://evil.example"})), signer=foreign),
    ]
    assert [checking.check(text.encode()).tone for text in forged] == ["danger"] * 5


def test_the_bearer_chooses_and_sd_jwt_software_reads_just_that(made):
    def read(text):
        return SDJWTVerifier(text, lambda issuer, header: JWK.from_pem(pem().encode())).get_verified_payload()

    always = {"iss", "iat", "vct", "jti", "credentialStatus"}
    shown = {
        (shows, name): set(read(text_of(made, "sd", shows=shows, name=name))) - always
        for shows, name in (("hours", False), ("bodies", False), ("list", True))
    }
    hours = {"minutes", "services", "first_day", "last_day", "issuer_name"}
    assert shown == {
        ("hours", False): hours,
        ("bodies", False): hours | {"recorded_by"},
        ("list", True): hours | {"recorded_by", "service_list", "name", "volunteer_number"},
    }
    whole = text_of(made, "sd")
    signed, *disclosures, _end = whole.split("~")
    other = badges.as_sd_jwt(wallet.facts_of(made, shows="list", name=True), signer=keys.active_signer()).split("~")[1]
    for bad in (f"{signed}~{other}~", f"{signed}~{disclosures[0]}~{disclosures[0]}~", "~".join([signed, with_another_letter(disclosures[0], 9), ""])):
        with pytest.raises(encoding.Unreadable):
            sd_jwt.read(bad, queries.active_key().public_key)
    for bad in (
        f"{signed}~{other}~",
        "~".join([signed, with_another_letter(disclosures[0], 9), ""]),
    ):  # foreign software refuses it or shows nothing of it
        with contextlib.suppress(ValueError, KeyError):
            assert set(read(bad)) <= always


def test_the_corrections_list_says_which_no_longer_hold(made, clock):
    token = text_of(made, "jwt")
    did = dids.body_did(SITE, made.issuer.slug)
    OB3Verifier.for_issuer_did(did, download=fetch).verify(token, check_status=True, download=fetch)
    two = make.manager(made.issuer), make.manager(made.issuer)
    services.approve_request(services.ask_revocation(made, reason="开错了", by=two[0]), by=two[1])
    clock.advance(minutes=2)  # the list is kept for a minute
    with pytest.raises(LibOpenBadgesException, match="revocation"):
        OB3Verifier.for_issuer_did(did, download=fetch).verify(token, check_status=True, download=fetch)
    assert checking.check(token.encode()).tone == "danger"


def test_bits_stand_where_the_standard_has_them():
    text = status.encoded([0, 9, status.SIZE - 1])
    assert [index for index in (0, 1, 8, 9, 10, status.SIZE - 1) if status.is_set(text, index)] == [0, 9, status.SIZE - 1]
    assert status.place_of(status.SIZE + 3) == (1, 3)


def test_after_the_key_was_rotated_old_credentials_verify_by_the_did(made):
    token, document = text_of(made, "jwt"), text_of(made, "badge")
    services.renew_key(lost=queries.active_key(), by=DEMO)
    did = dids.body_did(SITE, made.issuer.slug)
    assert OB3Verifier.for_issuer_did(did, download=fetch).verify(token)
    assert OB3LdpVerifier.for_issuer_did(did).verify(document, download=fetch)
    assert [checking.check(text.encode()).tone for text in (token, document)] == ["success"] * 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"null", b"a.b.c", b"a.b.c~", b"~", b"%PDF-1.7", b"\xff\xfe", b"{" * 100_000, b"../../etc/passwd", b'{"id": {"a": 1}}', b'{"@context": [], "proof": []}',
     b"eyJhbGciOiJFZERTQSJ9.e30.AAAA", "兰".encode() * 10, b"/v/%2e%2e/", b"x" * 600_000],
)  # fmt: skip
def test_rubbish_is_called_so_and_nothing_breaks(content):
    assert checking.check(content).tone == "danger"
