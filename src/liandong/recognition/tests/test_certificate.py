import datetime as dt
import io

import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from liandong.accounts.identity import erase_person
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.core.invariants import broken
from liandong.recognition import paper, queries, services
from liandong.recognition.models import Certificate
from liandong.recognition.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace(" ", "").replace("\n", "")


def day(number, hour=6):
    return dt.datetime(2026, 6, number, hour, tzinfo=dt.UTC)


@pytest.fixture
def host():
    return make.organization("暖邻社工所", contact_phone="010-65010000")


@pytest.fixture
def record(host):
    make.manager(host, "周敏")
    return make.record(make.person("李晓雯"), of=make.shift(host=host, title="小家电义诊"), late=0, stayed=150, by=DEMO)


class TestIssue:
    def test_it_counts_all_confirmed_records(self, record, host):
        make.record(record.person, of=make.shift(host=host, starts_at=day(3)), by=DEMO)
        made = services.issue_certificate(record.person, by=record.person)
        assert (made.minutes, made.record_count, made.issuer, made.person_name, made.in_charge_name, made.handler_name) == (
            298,
            2,
            host,
            "李晓雯",
            "周敏",
            "",
        )
        assert broken() == {}

    def test_a_range_counts_what_lies_in_it(self, record, host):
        early = make.record(record.person, of=make.shift(host=host, starts_at=day(3)), by=DEMO)
        made = services.issue_certificate(record.person, from_date=dt.date(2026, 6, 1), to_date=dt.date(2026, 6, 3), by=record.person)
        assert [line.record for line in made.lines.all()] == [early]

    def test_who_records_certifies_and_for_several_bodies_the_nearest_hub(self):
        city = make.territory("市", level="city")
        street = make.territory("街道", level="street", parent=city)
        make.organization("市枢纽", kind="hub", at=city)
        hub = make.organization("街道枢纽", kind="hub", at=street)
        hosts = [make.organization(at=make.territory(parent=street)) for _ in range(2)]
        volunteer = make.person()
        for number, host in enumerate(hosts, 1):
            make.record(volunteer, of=make.shift(host=host, starts_at=day(number)), by=DEMO)
        assert services.issue_certificate(volunteer, by=volunteer).issuer == hub
        own = services.issue_certificate(volunteer, organization=hosts[0], by=volunteer)
        assert (own.issuer, own.record_count) == (hosts[0], 1)

    def test_nothing_confirmed_is_refused(self):
        volunteer = make.person()
        make.attended(volunteer)
        with pytest.raises(Refused, match="No service"):
            services.issue_certificate(volunteer, by=volunteer)

    def test_nobody_prints_somebody_elses(self, record):
        for by in (make.person(), make.manager(make.organization())):
            with pytest.raises(Denied):
                services.issue_certificate(record.person, by=by)

    def test_it_is_signed_and_the_signature_covers_what_it_says(self, record):
        made = services.issue_certificate(record.person, by=record.person)
        assert queries.signature_holds(made)
        for field, value in {
            "minutes": made.minutes + 60,
            "holder_number": "LXXXX",
            "code": "ABCDEFGH2345",
            "last_date": dt.date(2026, 6, 11),
        }.items():
            changed = queries.certificate_by_code(made.code)
            setattr(changed, field, value)
            assert not queries.signature_holds(changed), field

    def test_the_identity_document_stands_on_it_only_when_the_bearer_wants_it(self, record, host):
        person = record.person
        with pytest.raises(Refused, match="No identity document"):
            services.issue_certificate(person, id_shown="full", by=person)
        person.set_id_number("11010519491231002X")
        person.save()
        with pytest.raises(Refused, match="Only the bearer"):
            services.issue_certificate(person, id_shown="full", by=make.manager(host))
        papers = {shown: text_of(paper.pdf_of(services.issue_certificate(person, id_shown=shown, by=person))) for shown in ("none", "masked", "full")}
        assert {shown: ("11010519491231002X" in text, "1101**********002X" in text) for shown, text in papers.items()} == {
            "none": (False, False),
            "masked": (False, True),
            "full": (True, False),
        }

    def test_after_an_erasure_hours_and_signature_stay_and_the_name_goes(self, record, client, run_jobs):
        made = services.issue_certificate(record.person, by=record.person)
        share = services.share_certificate(made, shows="hours", shows_name=True, days=7, by=record.person)
        number = made.person.number
        erase_person(record.person, by=record.person)
        run_jobs()
        made = queries.certificate_by_code(made.code)
        page = client.get(f"/v/{made.code}/").content.decode()
        assert (made.person_name, made.holder_number, queries.signature_holds(made)) == ("", number, True)
        assert ["李" in page, number in page, "2.5" in page] == [False, False, True]
        assert client.get(paper.share_path(share)).status_code == 404


class TestPaper:
    def test_the_text_of_the_pdf_says_what_the_law_asks_for(self, record, host, settings):
        settings.SITE_URL = "https://liandong.example"
        made = services.issue_certificate(record.person, by=record.person)
        text = text_of(paper.pdf_of(made))
        wanted = [
            "志愿服务记录证明", made.code, "李晓雯", record.person.number, "2.5小时（150分钟）", "小家电义诊", "登记引导", host.name, "周敏", "010-65010000",
            "2026年6月10日", "（盖章）", f"https://liandong.example/v/{made.code}/",
        ]  # fmt: skip
        assert [words for words in wanted if words not in text] == []

    def test_the_code_in_the_picture_leads_to_the_page_that_checks_it(self, record, client, settings):
        settings.SITE_URL = "https://liandong.example"
        made = services.issue_certificate(record.person, by=record.person)
        picture = Image.open(io.BytesIO(paper.images_of(made)[0]))
        read = [code.text for code in zxingcpp.read_barcodes(picture)]
        assert read == [f"https://liandong.example/v/{made.code}/?s={made.signature[:12]}"]
        assert reverse("portal:certificate", args=[made.code]) == f"/v/{made.code}/"
        assert client.get(read[0].removeprefix("https://liandong.example")).status_code == 200

    def test_a_long_list_goes_on_and_the_first_page_is_whole(self, record, host):
        for number in range(40):
            start = dt.datetime(2025, 1, 1, 6, tzinfo=dt.UTC) + dt.timedelta(days=number)
            make.record(record.person, of=make.shift(host=host, starts_at=start), by=DEMO)
        made = services.issue_certificate(record.person, by=record.person)
        pages = PdfReader(io.BytesIO(paper.pdf_of(made))).pages
        first = pages[0].extract_text().replace(" ", "")
        assert len(pages) > 1
        assert all(words in first for words in ["（盖章）", host.name, made.code])

    def test_what_people_wrote_is_never_markup(self, host):
        nasty = '#panic("x") *粗* $x$ @ref <label> \\ ] "'
        record = make.record(make.person("李#晓*雯"), of=make.shift(host=host, title=nasty), by=DEMO)
        text = text_of(paper.pdf_of(services.issue_certificate(record.person, by=record.person)))
        assert '#panic("x")*粗*$x$@ref<label>' in text
        assert "李#晓*雯" in text

    def test_it_is_a_tagged_archive_file_and_always_the_same_bytes(self, record):
        made = services.issue_certificate(record.person, by=record.person)
        pdf = paper.pdf_of(made)
        assert paper.pdf_of(made) == pdf
        assert b"<pdfaid:part>2</pdfaid:part>" in pdf
        assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert (
            "/Names" not in PdfReader(io.BytesIO(pdf)).trailer["/Root"]
            or "/EmbeddedFiles" not in PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Names"]
        )

    def test_a_letter_in_no_font_of_ours_does_not_stop_it(self, host):
        record = make.record(make.person("李\U0003106c\ue000"), of=make.shift(host=host), by=DEMO)
        assert paper.pdf_of(services.issue_certificate(record.person, by=record.person))[:5] == b"%PDF-"

    def test_in_english_on_request(self, record):
        made = services.issue_certificate(record.person, by=record.person)
        text = text_of(paper.pdf_of(made, language="en"))
        assert "Certificateofvolunteerservice" in text
        assert "2.5hours" in text

    def test_the_pages_give_pdf_and_picture(self, record, client):
        made = services.issue_certificate(record.person, by=record.person)
        client.force_login(make.account(record.person))
        pdf = client.get(reverse("recognition:certificate_pdf", args=[made.code]))
        picture = client.get(reverse("recognition:certificate_image", args=[made.code]))
        assert (pdf.headers["Content-Type"], pdf.content[:5], picture.headers["Content-Type"]) == ("application/pdf", b"%PDF-", "image/png")
        assert pdf.headers["Cache-Control"] == "private, no-store"
        assert [
            client.get(reverse("recognition:certificate_image", args=[made.code]), {"page": page}).status_code for page in ("2", "0", "x", "²")
        ] == [404] * 4


class TestVerify:
    @pytest.fixture
    def made(self, record):
        return services.issue_certificate(record.person, by=record.person)

    def test_a_stranger_reads_masked_name_hours_and_issuer(self, client, made, host, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            text = client.get(f"/v/{made.code}/").content.decode()
        assert all(words in text for words in ["李*雯", "2.5", host.name, made.code])
        assert "李晓雯" not in text
        assert made.person.number not in text

    def test_written_small_and_with_spaces_it_is_the_same(self, client, made):
        typed = f"{made.code[:4].lower()} {made.code[4:8]}-{made.code[8:]}"
        answer = client.get("/v/", {"code": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/v/{made.code}/")
        assert client.get(f"/v/{made.code.lower()}/").status_code == 200

    def test_replaced_and_revoked_say_so(self, client, made, record, host):
        services.correct_record(record, minutes=60, reason="少了", by=DEMO)
        replaced = client.get(f"/v/{made.code}/").content.decode()
        services.approve_request(services.ask_revocation(made, reason="开错了", by=make.manager(host)), by=make.manager(host))
        revoked = client.get(f"/v/{made.code}/").content.decode()
        assert "开错了" in revoked
        assert "开错了" not in replaced
        assert replaced != revoked

    def test_the_end_of_the_address_tells_a_copied_paper_from_a_made_up_one(self, client, made):
        asked = {tag: client.get(f"/v/{made.code}/", {"s": tag}).content.decode() for tag in ("", made.signature[:12], made.signature[1:13])}
        assert ["这个二维码不是这里制作的" in text for text in asked.values()] == [False, False, True]

    def test_a_row_that_was_changed_behind_our_back_is_said_to_be(self, client, made):
        Certificate.objects.filter(pk=made.pk).update(record_count=2)
        assert "登记内容与签名不符" in client.get(f"/v/{made.code}/").content.decode()
        Certificate.objects.filter(pk=made.pk).update(record_count=1)

    def test_one_changed_character_is_no_certificate(self, client, made):
        from liandong.core.ids import ALPHABET

        for place in range(0, 12, 4):
            other = next(letter for letter in ALPHABET if letter != made.code[place])
            assert client.get(f"/v/{made.code[:place]}{other}{made.code[place + 1 :]}/").status_code == 404

    @pytest.mark.parametrize("code", ["x", "0" * 12, "ＡＢＣ", "' or 1=1", "a" * 500, "<script>"])
    def test_nonsense_is_no_certificate(self, client, made, code):
        assert client.get("/v/", {"code": code}).status_code == 422
        assert client.get(reverse("portal:certificate", args=[code])).status_code == 404

    def test_who_guesses_is_stopped_also_with_a_right_one(self, client, made):
        found = [client.get(f"/v/{n:012d}/").status_code for n in range(25)]
        assert found == [404] * 20 + [429] * 5
        answer = client.get(f"/v/{made.code}/")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
        assert client.get(f"/v/{made.code}/", REMOTE_ADDR="10.0.0.9").status_code == 200
