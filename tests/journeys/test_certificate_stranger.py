"""From a service that was checked in without network to a certificate that a stranger verifies: by the QR code, by a link, and with foreign software; and no longer, once two people revoked it."""

import datetime as dt
import io
import re

import pytest
import time_machine
import zxingcpp
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from jwcrypto.jwk import JWK
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from PIL import Image
from sd_jwt.verifier import SDJWTVerifier

from liandong.activities import services as activities
from liandong.activities.models import Attendance
from liandong.recognition.models import Certificate, CertificateShare
from liandong.recognition.tests import factories as make
from liandong.ui.words import hours
from tests.journeys.test_checkin_offline import FEED
from tests.support.browser import press

pytestmark = pytest.mark.django_db(transaction=True)
SITE = "https://liandong.example"


def sign_in(page, client, live_server, account) -> None:
    client.force_login(account)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def test_a_stranger_verifies_what_a_volunteer_did(served, client, live_server, settings):
    settings.SITE_URL = SITE
    host = make.organization("暖邻社工所")
    first, second = make.manager(host, "周敏"), make.manager(host, "赵立")
    accounts = make.account(first), make.account(second)
    shift = make.shift(host=host, title="小家电义诊", starts_at=timezone.now() - dt.timedelta(minutes=5))
    row = make.sign_up(make.person("李晓雯"), of=shift)
    volunteer = make.account(row.person)

    # A scan without network, kept on the leader's phone and sent when the network is back.
    phone = served()
    sign_in(phone, client, live_server, accounts[0])
    phone.goto(reverse("activities:scan", args=[shift.pk]))
    phone.wait_for_selector("[data-ready]")
    phone.get_by_text("名单 1 人已备好").wait_for()
    phone.context.set_offline(True)
    phone.evaluate(FEED, [row.code])
    phone.wait_for_selector("[data-waiting='1']")
    assert not Attendance.objects.exists()
    phone.context.set_offline(False)
    phone.wait_for_selector("[data-waiting='0']", timeout=60_000)
    assert Attendance.objects.get().in_method == "offline"

    with time_machine.travel(shift.ends_at, tick=False) as later:  # two hours and a half go by
        activities.check_out(row, method="list", by=first)
        later.shift(dt.timedelta(hours=1))
        certified_and_revoked(served, client, live_server, host=host, row=row, accounts=accounts, volunteer=volunteer, later=later)


def certified_and_revoked(served, client, live_server, *, host, row, accounts, volunteer, later):
    page = served(javascript=False)
    sign_in(page, client, live_server, accounts[0])
    page.goto(reverse("recognition:confirm_shift", args=[row.shift_id]))
    form = page.locator("main form[method=post]").filter(has=page.locator("input[type=checkbox]"))
    press(form.get_by_role("button", name=re.compile("确认")).first)

    sign_in(page, client, live_server, volunteer)
    page.goto(reverse("recognition:certificate_new"))
    press(page.get_by_role("button", name="开证明"))
    made = Certificate.objects.get()
    press(page.get_by_role("link", name="出示给他人"))
    page.get_by_label("时长和记录单位").first.check()
    press(page.get_by_role("button", name="生成链接"))
    page.get_by_text("链接已生成，请在下方复制。").wait_for()
    share = CertificateShare.objects.get()
    taken = {
        form: page.request.get(f"{reverse('recognition:credential', args=[made.code])}?form={form}&shows=list&name=on").text()
        for form in ("badge", "sd")
    }
    picture = page.request.get(reverse("recognition:certificate_image", args=[made.code])).body()
    pdf = page.request.get(reverse("recognition:certificate_pdf", args=[made.code])).body()

    stranger = served(javascript=False)
    address = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))[0].text
    assert address == f"{SITE}/v/{made.code}/?s={made.signature[:12]}"
    stranger.goto(address.removeprefix(SITE))
    stranger.get_by_role("heading", name="证明有效").wait_for()
    assert ["李*雯" in stranger.content(), "李晓雯" in stranger.content(), hours(made.minutes) in stranger.content()] == [True, False, True]
    stranger.goto(f"/v/shared/{share.token}/")
    assert [words in stranger.locator("main").inner_text() for words in (hours(made.minutes), "暖邻社工所", "李", "小家电")] == [
        True,
        True,
        False,
        False,
    ]
    stranger.goto("/v/check/")
    stranger.get_by_label("文件").set_input_files({"name": "证明.pdf", "mimeType": "application/pdf", "buffer": pdf})
    press(stranger.get_by_role("button", name="核验", exact=True))
    stranger.get_by_text("此文件与这里印制的逐字节一致。").wait_for()

    def fetch(url: str) -> bytes:
        return stranger.request.get(url.removeprefix(SITE)).body()

    did = f"did:web:liandong.example:recognition:issuers:{host.slug}"
    verifier = OB3LdpVerifier.for_issuer_did(did)
    assert verifier.verify(taken["badge"], check_status=True, download=fetch).id == address
    with pytest.raises(LibOpenBadgesException):
        verifier.verify(taken["badge"].replace(f'"{made.minutes}"', '"950"'), download=fetch)
    key = JWK.from_pem(fetch(f"{SITE}{reverse('recognition:public_key', args=[1])}"))
    assert SDJWTVerifier(taken["sd"], lambda issuer, header: key).get_verified_payload()["name"] == "李晓雯"

    sign_in(page, client, live_server, accounts[1])
    page.goto(reverse("recognition:certificate", args=[made.code]))
    page.locator("summary", has_text="申请撤销").click()
    page.get_by_label("撤销原因").fill("开错了")
    press(page.get_by_role("button", name="提出申请"))
    sign_in(page, client, live_server, accounts[0])
    page.goto(reverse("recognition:certificate_requests"))
    press(page.get_by_role("button", name=re.compile("^同意")))
    stranger.goto(address.removeprefix(SITE))
    stranger.get_by_text("开错了").wait_for()
    later.shift(dt.timedelta(minutes=2))  # the corrections list is kept for a minute
    with pytest.raises(LibOpenBadgesException, match="revocation"):
        verifier.verify(taken["badge"], check_status=True, download=fetch)
