"""One need walks the whole loop in a real browser: from a row of an office's spreadsheet to the hub's figure and a certificate anyone can check.

Once in Chinese on a phone (staff too), once in English at a desk, once in Chinese without JavaScript.
"""

import datetime as dt
import io
import re
from urllib.parse import urlsplit

import pytest
import xlsxwriter
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from liandong.accounts.models import Account, Person
from liandong.activities.models import Activity, Shift, SignUp
from liandong.core import clock as our_clock
from liandong.evaluation.models import Rating
from liandong.needs.models import Need
from liandong.notices.models import Notice
from liandong.points.models import PointsAccount
from liandong.projects.models import Project
from liandong.recognition.models import Certificate, ServiceRecord
from tests.support.browser import press
from tests.support.walking import Street, Walk

pytestmark = [pytest.mark.django_db(transaction=True)]

WORDS = "居民反映：家里小家电坏了没处修，想请师傅来一次"
sent: list[tuple[str, str]] = []


def keep(phone: str, text: str) -> None:
    """The SMS gateway of this test."""
    sent.append((phone, text))


def list_of_needs() -> bytes:
    """An office's list as offices have it: a title row, a need with a ruined phone, a total at the end."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("需求清单")
        sheet.merge_range(0, 0, 0, 9, "建外街道社区需求清单（2026年）")
        sheet.write_row(1, 0, ["编号", "提出单位/个人", "类别", "需求描述", "服务对象人数", "希望时间", "地点", "联系人", "联系电话", "备注"])
        sheet.write_row(2, 0, ["XQ0001", "王桂兰", "环保文化", WORDS, "5人", "每月一次", "北郎东社区", "王桂兰", "1990 000 0001", "长期"])
        sheet.write_row(
            3, 0, ["XQ0002", "北郎东社区居委会", "助老助残", "想请人教老年人用智能手机", 12, "2026/11/31", "北郎东社区", "李芳", 19900000002.0, ""]
        )
        sheet.write_row(4, 0, ["合计", "", "", "", 17])
    return out.getvalue()


@pytest.mark.parametrize(
    ("language", "width", "javascript"),
    [("zh", "phone", True), ("en", "desk", True), ("zh", "phone", False)],
    ids=["zh-360", "en-1280", "zh-no-script"],
)
def test_a_need_walks_from_the_spreadsheet_to_the_figure_and_the_certificate(served, clock, run_jobs, settings, language, width, javascript):
    settings.SMS_GATEWAY = f"{__name__}.keep"
    sent.clear()
    street = Street()

    def somebody() -> Walk:
        return Walk(served, language=language, width=width, javascript=javascript)

    # The hub brings the office's list.
    hub = somebody().sign_in("zhoumin")
    hub.go("portal:hub").go("imports:list").go("imports:upload", query="?kind=needs")
    hub.page.set_input_files(
        "main input[type=file]", {"name": "社区需求清单.xlsx", "mimeType": "application/octet-stream", "buffer": list_of_needs()}
    )
    hub.press("main form:has(input[type=file])")
    for _ in range(3):  # columns, check, let in: each step a form of its own
        run_jobs()
        if Need.objects.exists():
            break
        hub.page.reload()
        hub.press("main form.next-step, main form:not([data-other])", "button:not([type=button]):not([class*=plain])")
    run_jobs()
    need = Need.objects.get(outside_number="XQ0001")
    assert need.words == WORDS
    assert Need.objects.count() == 2

    # The community takes it up and answers.
    community = somebody().sign_in("lifang")
    hub.go("needs:inbox").follow(reverse("needs:desk", args=[need.number]))
    hub.press(f"form[action='{reverse('needs:accept', args=[need.number])}']")
    community.go("needs:inbox").follow(reverse("needs:desk", args=[need.number]))
    community.press(f"form[action='{reverse('needs:claim', args=[need.number])}']")
    answer = f"form[action='{reverse('needs:answer', args=[need.number])}']"
    community.open(answer)
    community.page.fill(f"{answer} [name=words]", "师傅在找了，凑够几家就办一场。")
    community.press(answer)
    need.refresh_from_db()
    assert need.state == Need.State.CLAIMED
    assert need.answered_at is not None

    # The agency turns it into a project; place, plan and hours are agreed; the hub approves.
    agency = somebody().sign_in("zhaowenjing")
    community.go("needs:desk", need.number)
    community.press(f"form[action='{reverse('needs:match', args=[need.number])}']")
    hub.go("projects:new", query=f"?need={need.number}")
    hub.fill(name="小家电义诊")
    hub.page.select_option("main [name=lead]", str(street.agency.pk))
    hub.press("main form")
    project = Project.objects.get()
    for organization, kind, words in (
        (street.community, "place", "出场地"),
        (street.agency, "plan", "出方案"),
        (street.firm, "hours", "出 12 位职工"),
    ):
        agency.go("projects:project", project.number)
        form = f"form[action='{reverse('projects:add_pledge', args=[project.number])}']"
        agency.open(form)
        agency.page.select_option(f"{form} [name=organization]", str(organization.pk))
        agency.page.select_option(f"{form} [name=kind]", kind) if agency.page.locator(f"{form} select[name=kind]").count() else agency.page.check(
            f"{form} [name=kind][value={kind}]"
        )
        agency.page.fill(f"{form} [name=words]", words)
        agency.press(form)
    for walk, kind in ((community, "place"), (somebody().sign_in("chenyu"), "hours"), (agency, "plan")):
        pledge = project.pledges.get(kind=kind)
        if pledge.state == "proposed":
            walk.go("projects:project", project.number)
            walk.press(f"form[action='{reverse('projects:agree_pledge', args=[pledge.pk])}']")
    assert set(project.pledges.values_list("state", flat=True)) == {"agreed"}
    if project.state == "draft":
        agency.go("projects:project", project.number)
        agency.press(f"form[action='{reverse('projects:propose', args=[project.number])}']")
    hub.go("projects:project", project.number)
    hub.press(f"form[action='{reverse('projects:approve', args=[project.number])}']")
    project.refresh_from_db()
    assert project.state == Project.State.RUNNING

    # An activity on Saturday, checked and published.
    saturday = our_clock.today() + dt.timedelta(days=3)
    agency.go("projects:project", project.number).follow(reverse("activities:new") + f"?project={project.number}")
    agency.fill(
        title="小家电义诊：修一修，再用几年", summary="帮街坊检修电饭煲、电扇和收音机。", contact_name="赵文静", contact_phone="010-5555 0186"
    )
    agency.page.select_option("main [name=venue]", str(street.venue.pk))
    agency.fill(shifts__0__date=saturday.isoformat(), shifts__0__start="14:00", shifts__0__end="16:30")
    agency.fill(positions__0__name="登记引导", positions__0__capacity="2", positions__1__name="来修家电", positions__1__capacity="10")
    agency.press("main form", "button:not([name=more]):not([type=button])")
    activity = Activity.objects.get()
    agency.press(f"form[action='{reverse('activities:publish', args=[activity.code])}']")
    activity.refresh_from_db()
    need.refresh_from_db()
    assert (activity.state, need.state) == (Activity.State.PUBLISHED, Need.State.ACTIVE)
    shift = Shift.objects.get()

    # A volunteer who was never here signs up from the shared link: phone, code, name.
    volunteer = somebody().go("portal:activity", activity.code)
    volunteer.page.locator("main input[name=position]").first.check(force=True)
    volunteer.press_docked("choose")
    volunteer.fill(phone="199 0000 0042")
    volunteer.press("main form")
    code = re.search(r"\d{6}", sent[-1][1])
    assert code
    volunteer.fill(code=code.group())
    volunteer.press("main form")
    volunteer.fill(name="李晓雯")
    volunteer.press("main form")
    volunteer.press_docked("confirm")
    sign_up = SignUp.objects.get(person__name="李晓雯")
    assert sign_up.state == SignUp.State.CONFIRMED
    assert sign_up.code in volunteer.text.replace(" ", "")
    volunteer.go("portal:me")
    assert "小家电义诊" in volunteer.text

    # At the door: she scans in, and out two and a half hours later.
    clock.move_to(shift.starts_at - dt.timedelta(minutes=2))
    for _ in range(2):
        agency.go("activities:door_code", shift.pk)
        door = door_address(agency)
        volunteer.page.goto(door)
        if javascript:
            volunteer.page.wait_for_url(re.compile("arrived"))
        else:
            volunteer.press_docked("door")
        assert volunteer.page.url.endswith(reverse("activities:arrived", args=[sign_up.code]))
        clock.move_to(shift.ends_at + dt.timedelta(minutes=1))
    attendance = sign_up.attendance
    assert (attendance.in_method, attendance.out_method) == ("venue_code", "venue_code")

    # The organiser confirms; record and points are there.
    agency.go("recognition:to_confirm").follow(reverse("recognition:confirm_shift", args=[shift.pk]))
    if not agency.page.locator("main input[type=checkbox][value]:checked").count():
        agency.page.locator("main td input[type=checkbox]").first.check(force=True)
    agency.press("main form:has(input[type=checkbox])", "button:not([type=button])")
    record = ServiceRecord.objects.get()
    assert (record.minutes, record.content.split(" ")[0], record.organizer_name) == (150, "登记引导", "暖邻社工事务所")
    assert PointsAccount.objects.get(person=sign_up.person).balance == 5
    volunteer.go("recognition:my_records")
    assert "2.5" in volunteer.text
    run_jobs()

    # She says how it was: nobody can tell that it was she.
    volunteer.go("portal:me").follow(reverse("evaluation:rate", args=[sign_up.code]))
    volunteer.page.locator("main input[name=score][value='5']").check(force=True)
    volunteer.press("main form")
    assert list(Rating.objects.values_list("score", flat=True)) == [5]

    # A certificate, and a stranger who checks it by its QR code.
    volunteer.go("recognition:my_records").go("recognition:certificate_new")
    volunteer.press("main form")
    certificate = Certificate.objects.get()
    pdf = volunteer.page.request.get(reverse("recognition:certificate_pdf", args=[certificate.code])).body()
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "李晓雯" in words
    assert "2.5" in words
    picture = volunteer.page.request.get(reverse("recognition:certificate_image", args=[certificate.code])).body()
    address = read_qr(picture)
    assert urlsplit(address).path == reverse("portal:certificate", args=[certificate.code])
    stranger = somebody()
    response = stranger.page.goto(reverse("portal:certificate", args=[certificate.code]))
    assert response.status == 200
    assert "李晓雯" not in stranger.text
    assert "2.5" in stranger.text

    # The activity and the project end; the asker's page tells the whole story; the hub's figure opens to the record.
    agency.go("activities:finish", activity.code)
    agency.fill(served_count="9", outcome="修好 7 件小家电")
    agency.press("main form")
    agency.go("projects:project", project.number)
    finish = f"form[action='{reverse('projects:finish', args=[project.number])}']"
    agency.open(finish)
    agency.page.fill(f"{finish} [name=words]", "修好 7 件，来了 9 位街坊。")
    agency.page.fill(f"{finish} [name=spent_fen]", "286")
    agency.press(finish)
    need.refresh_from_db()
    assert need.state == Need.State.DONE
    story = community.go("needs:need", need.number)
    for fact in (WORDS.removeprefix("居民反映："), "暖邻社工", "小家电义诊", "2.5"):
        assert fact in story.text, fact
    hub.go("portal:hub")
    hours = hub.page.locator("main a[href*='service']").filter(has_text="2.5").first
    press(hours)
    assert "小家电义诊" in hub.text
    for walk in (hub, community, agency, volunteer):
        assert walk.sideways() <= 0
    run_jobs()
    assert Notice.objects.filter(person=sign_up.person, kind="service.confirmed").count() == 1
    assert Account.objects.filter(phone="19900000042").count() == Person.objects.filter(phone="19900000042").count() == 1


def door_address(walk: Walk) -> str:
    """What a phone reads off the code at the door."""
    return re.sub(r"^https?://[^/]+", "", read_qr(walk.page.locator("main svg").first.screenshot()))


def read_qr(picture: bytes) -> str:
    import zxingcpp

    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert found, "no QR code to be read"
    return found[0].text
