"""A seal and a revocation take two people."""

import io

import pytest
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.recognition import checking, paper, queries, services
from liandong.recognition.models import Certificate, CertificateRequest, RegisteredSeal
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def png(side=200, colour=(200, 0, 0, 255)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (side, side), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def host():
    return make.organization("暖邻社工所")


@pytest.fixture
def made(host):
    record = make.record(make.person("李晓雯"), of=make.shift(host=host), late=0, stayed=150, by=DEMO)
    return services.issue_certificate(record.person, by=record.person)


@pytest.fixture
def two(host):
    return make.manager(host, "周敏"), make.manager(host, "赵立")


def seal_of(host, two, **values):
    given = {"name": "公章", "number": "1101050012345", "authority": "北京市公安局", "picture": png()} | values
    seal = services.register_seal(host, **given, by=two[0])
    return services.approve_seal(seal, by=two[1])


class TestRevocation:
    def test_one_asks_and_it_holds_until_another_agrees(self, made, two):
        asked = services.ask_revocation(made, reason="冒领", by=two[0])
        assert services.ask_revocation(made, reason="冒领", by=two[0]) == asked
        made.refresh_from_db()
        assert made.state == "valid"
        for by in (two[0], made.person, make.manager(make.organization())):
            with pytest.raises(Denied):
                services.approve_request(asked, by=by)
        for _ in range(2):
            services.approve_request(asked, by=two[1])
        made.refresh_from_db()
        assert (made.state, made.state_reason) == (Certificate.State.REVOKED, "冒领")

    def test_refused_nothing_changes(self, made, two):
        asked = services.refuse_request(services.ask_revocation(made, reason="冒领", by=two[0]), by=two[1])
        made.refresh_from_db()
        assert (asked.state, made.state) == (CertificateRequest.State.REFUSED, "valid")

    def test_without_a_reason_it_is_refused(self, made, two):
        with pytest.raises(Refused, match="Say why"):
            services.ask_revocation(made, reason=" ", by=two[0])


class TestSeal:
    def test_two_people_put_it_there_and_these_bytes_are_kept_and_signed(self, made, host, two):
        seal_of(host, two)
        before = paper.pdf_of(made)
        asked = services.ask_seal(made, by=two[0])
        assert paper.pdf_of(made) == before
        services.approve_request(asked, by=two[1])
        sealed = paper.pdf_of(made)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sealed)).pages)
        assert sealed != before
        assert "1101050012345" in text
        assert "（盖章）" not in text
        assert (checking.check(sealed).tone, checking.check(sealed + b" ").tone) == ("success", "warn")
        assert paper.pdf_of(made, language="en") != sealed

    def test_without_a_registered_seal_there_is_none(self, made, two):
        with pytest.raises(Refused, match="no registered e-seal"):
            services.ask_seal(made, by=two[0])

    def test_nobody_registers_it_alone(self, host, two):
        seal = services.register_seal(host, name="公章", number="1", authority="局", picture=png(), by=two[0])
        with pytest.raises(Denied):
            services.approve_seal(seal, by=two[0])
        assert queries.seal_in_use(host) is None
        services.approve_seal(seal, by=two[1])
        assert queries.seal_in_use(host) == seal

    def test_the_next_seal_takes_the_place_of_the_one_before(self, host, two):
        first = seal_of(host, two)
        second = seal_of(host, two, number="2")
        assert queries.seal_in_use(host) == second
        assert RegisteredSeal.objects.get(pk=first.pk).state == "retired"

    @pytest.mark.parametrize(
        "picture", [b"", b"<svg onload='x'/>", b"GIF89a", png()[:60], b"\x89PNG\r\n\x1a\n" + b"\0" * 100, png(20), b"\x89PNG" + b"\0" * 500_000]
    )
    def test_what_is_no_picture_of_a_seal_is_refused(self, host, two, picture):
        with pytest.raises(Refused):
            services.register_seal(host, name="公章", number="1", authority="局", picture=picture, by=two[0])

    def test_nothing_but_the_picture_is_kept(self, host, two):
        seal = services.register_seal(host, name="公章", number="1", authority="局", picture=png() + b"<script>", by=two[0])
        assert b"<script>" not in bytes(seal.picture)
        assert Image.open(io.BytesIO(bytes(seal.picture))).size == (200, 200)


class TestPages:
    def test_the_desk_shows_what_waits_and_a_second_person_decides(self, client, made, host, two):
        seal_of(host, two)
        accounts = [make.account(person) for person in two]
        client.force_login(accounts[0])
        page = client.get(reverse("recognition:certificate", args=[made.code])).content.decode()
        assert reverse("recognition:seal_certificate", args=[made.code]) in page
        assert client.post(reverse("recognition:seal_certificate", args=[made.code])).status_code == 303
        asked = CertificateRequest.objects.get()
        decide = reverse("recognition:decide_request", args=[asked.pk])
        assert client.post(decide, {"answer": "approve"}).status_code == 403
        client.force_login(accounts[1])
        assert made.code in client.get(reverse("recognition:issued")).content.decode()
        assert decide in client.get(reverse("recognition:certificate_requests")).content.decode()
        assert client.post(decide, {"answer": "approve"}).status_code == 303
        asked.refresh_from_db()
        assert asked.state == "approved"

    def test_a_seal_comes_in_by_the_form_and_bad_ones_come_back(self, client, host, two):
        client.force_login(make.account(two[0]))
        values = {"organization": host.slug, "name": "公章", "number": "1", "authority": "局", "expires_on": "", "chain": ""}
        address = reverse("recognition:seals")
        bad = client.post(address, values | {"picture": io.BytesIO(b"x")})
        chain = client.post(address, values | {"picture": io.BytesIO(png()), "chain": "-----BEGIN CERTIFICATE-----\nx"})
        good = client.post(address, values | {"picture": io.BytesIO(png())})
        assert (bad.status_code, chain.status_code, good.status_code) == (422, 422, 303)
        seal = RegisteredSeal.objects.get()
        assert client.get(reverse("recognition:seal_picture", args=[seal.pk])).headers["Content-Type"] == "image/png"
        assert client.post(reverse("recognition:decide_seal", args=[seal.pk]), {"answer": "approve"}).status_code == 403
        client.force_login(make.account(make.manager(make.organization())))
        assert client.get(reverse("recognition:seal_picture", args=[seal.pk])).status_code == 404
        client.force_login(make.account(two[1]))
        assert client.post(reverse("recognition:decide_seal", args=[seal.pk]), {"answer": "approve"}).status_code == 303
        assert queries.seal_in_use(host) == seal

    @pytest.mark.parametrize("n", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, client, host, two, n, django_assert_max_num_queries):
        for _ in range(n):
            record = make.record(make.person(), of=make.shift(host=host), by=DEMO)
            services.ask_revocation(services.issue_certificate(record.person, by=record.person), reason="x", by=two[0])
        client.force_login(make.account(two[1]))
        for name in ("issued", "certificate_requests"):
            client.get(reverse(f"recognition:{name}"))
            with django_assert_max_num_queries(20):
                client.get(reverse(f"recognition:{name}"))
