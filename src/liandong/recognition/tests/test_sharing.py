"""The bearer shows a part by a link; a stranger checks a file."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from liandong.core import clock as clocks
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.recognition import paper, services, wallet
from liandong.recognition.models import CertificateShare
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def made():
    host = make.organization("暖邻社工所")
    record = make.record(make.person("李晓雯"), of=make.shift(host=host, title="小家电义诊"), late=0, stayed=150, by=DEMO)
    return services.issue_certificate(record.person, by=record.person)


@pytest.fixture
def bearer(client, made):
    client.force_login(make.account(made.person))
    return client


def share(made, **values):
    return services.share_certificate(made, **({"shows": "hours", "shows_name": False, "days": 7} | values), by=made.person)


class TestLinks:
    @pytest.mark.parametrize(("shows", "name"), [("hours", False), ("bodies", True), ("list", False)])
    def test_it_shows_what_was_chosen_and_no_more(self, client, made, shows, name):
        page = client.get(paper.share_path(share(made, shows=shows, shows_name=name))).content.decode()
        assert ("李晓雯" in page, "小家电义诊" in page, "2.5" in page, made.code in page) == (name, shows == "list", True, False)

    def test_ended_run_out_and_made_up_links_look_the_same(self, client, made, clock):
        ended, over = share(made), share(made, days=1)
        services.end_share(ended, by=made.person)
        assert client.get(paper.share_path(over)).status_code == 200
        clock.move_to(clocks.now() + dt.timedelta(days=1))
        answers = [
            client.get(path)
            for path in (paper.share_path(ended), paper.share_path(over), "/v/shared/AAAAAAAAAAAAAAAAAAAA/", f"/v/shared/{'x' * 300}/")
        ]
        assert {(answer.status_code, "没有可显示的内容" in answer.content.decode()) for answer in answers} == {(404, True)}

    def test_only_the_bearer_shares_and_ends(self, made):
        for verb in (
            lambda by: services.share_certificate(made, shows="hours", shows_name=False, days=7, by=by),
            lambda by: services.end_share(share(made), by=by),
        ):
            with pytest.raises(Denied):
                verb(make.manager(made.issuer))

    def test_longer_than_a_year_is_refused(self, made):
        with pytest.raises(Refused):
            share(made, days=367)

    def test_the_page_makes_and_ends_them(self, bearer, made, client):
        address = reverse("recognition:show_certificate", args=[made.code])
        assert bearer.post(address, {"shows": "all", "days": "5"}).status_code == 422
        assert bearer.post(address, {"shows": "list", "days": "30", "note": "学校"}).status_code == 303
        made_link = CertificateShare.objects.get()
        assert paper.share_url(made_link) in bearer.get(address).content.decode()
        assert bearer.post(reverse("recognition:end_share", args=[made.code, made_link.pk])).status_code == 303
        assert client.get(paper.share_path(made_link)).status_code == 404

    def test_somebody_elses_certificate_is_not_there(self, client, made):
        client.force_login(make.account(make.person()))
        for name in ("show_certificate", "credential", "certificate_pdf"):
            assert client.get(reverse(f"recognition:{name}", args=[made.code])).status_code == 404

    def test_files_for_wallets_come_with_their_kind(self, bearer, made):
        address = reverse("recognition:credential", args=[made.code])
        kinds = {form: bearer.get(address, {"form": form, "shows": "hours"}).headers["Content-Type"].split(";")[0] for form in wallet.FORMS}
        assert kinds == {"badge": "application/vc+ld+json", "jwt": "application/vc+jwt", "sd": "application/dc+sd-jwt"}
        assert [bearer.get(address, {"form": form, "shows": shows}).status_code for form, shows in (("x", "hours"), ("jwt", "x"), ("", ""))] == [
            404
        ] * 3


class TestCheck:
    def tell(self, client, **values):
        return client.post("/v/check/", values)

    def test_a_file_as_it_was_printed_holds_and_a_changed_one_does_not(self, client, made):
        pdf = paper.pdf_of(made)
        changed = pdf.replace(made.code.encode(), b"AAAABBBBCCCC")
        tones = [self.tell(client, file=io.BytesIO(content)).context["finding"].tone for content in (pdf, pdf + b"\n", changed, b"%PDF-1.7 nothing")]
        assert tones == ["success", "warn", "danger", "danger"]

    def test_an_address_a_number_and_nothing(self, client, made):
        url = paper.verify_url(made)
        tones = [
            self.tell(client, pasted=text).context["finding"].tone for text in (url, made.code.lower(), url[:-1] + ("A" if url[-1] == "_" else "_"))
        ]
        assert tones == ["success", "success", "danger"]
        assert self.tell(client).status_code == 422

    def test_who_tries_out_is_stopped(self, client, made):
        answers = [self.tell(client, pasted=f"{number:012d}AB").status_code for number in range(22)]
        assert answers == [200] * 20 + [429] * 2
        assert client.get(f"/v/{made.code}/").status_code == 429
