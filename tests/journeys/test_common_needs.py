"""Many voices become one matter in a real browser: from a survey in a spreadsheet and a visit to a theme, a project, and an activity that two bodies hold together.

Once in Chinese, residents at 360 px and staff at a desk; the asker also reads in English.
"""

import datetime as dt
import io

import pytest
import xlsxwriter
from django.urls import reverse

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.activities import services as activities
from liandong.activities.models import Activity
from liandong.core import clock as our_clock
from liandong.core.actors import System
from liandong.demo.voices import NEAR_MISSES, VOICES
from liandong.needs import services as needs
from liandong.needs.models import Need
from liandong.organizations.tests import factories as bodies
from liandong.overlap.models import CoHosting
from liandong.projects.models import Project
from liandong.surveys.models import Survey
from liandong.themes.models import Theme, ThemeMember
from liandong.visits.models import Visit
from tests.support.browser import press
from tests.support.walking import PASSWORD, Street, Walk

pytestmark = [pytest.mark.django_db(transaction=True)]

# What the residents say: four on the public link, one on paper. The second sentence of the first asks for nothing.
BY_LINK = [
    ("elders", "我不会用手机挂号，孩子不在身边。谢谢你们。"),
    ("elders", "验证码还没看清就没了，手机挂号太难。"),
    ("elders", "想请人手把手教老人在手机上挂号。"),
    ("parents", "我妈不会手机挂号，去医院白跑了两趟。"),
]
ON_PAPER = "医院都要手机挂号，老年人真不会弄。"
# What Wang Guilan says at the door, and what was asked before by others: the last is another matter in the same words.
AT_THE_DOOR = "今天去看了看，一切都好。手机挂号老要人脸识别，老人不会弄。"
ALSO_SAID = "想学手机挂号，每次都要麻烦孩子，老人不好意思。"
FOREIGN = "手机挂号软件里广告太多，老人不会关。"
RENAMED = "老人手机挂号有人教"
OTHERS = ("repair", "afterschool", "rider", "light", "company", "team", "corridor", "bloodpressure")


def survey_file() -> bytes:
    """An XLSForm as social workers write it."""
    sheets = {
        "survey": [
            ["type", "name", "label", "required", "appearance", "liandong"],
            ["begin_group", "who", "您是谁"],
            ["select_one groups", "group", "您更接近哪一类？", "yes", "", "segment"],
            ["end_group"],
            ["begin_group", "wishes", "您的想法"],
            ["text", "wish", "生活里什么事最让您为难？", "yes", "multiline", "need"],
            ["end_group"],
        ],
        "choices": [["list_name", "name", "label"], ["groups", "elders", "老人"], ["groups", "parents", "家长"], ["groups", "staff", "职工"]],
        "settings": [["form_title"], ["夏天街坊心声"]],
    }
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def asked_before(street: Street) -> None:
    """A town's list of needs, over the weeks before: other matters, near-misses, and two about the same."""
    words = [text for key in OTHERS for text in VOICES[key][:4]] + list(NEAR_MISSES)
    for number, text in enumerate([ALSO_SAID, FOREIGN, *words]):
        needs.submit_need(
            words=text.format(c=street.community_place.name),
            territory=street.community_place,
            asker_name=f"街坊{number + 1}",
            at=our_clock.now() - dt.timedelta(days=number % 40 + 1),
            by=System("list"),
        )


def published_elsewhere(street: Street, by: Person) -> Activity:
    """The agency has announced the same for Saturday, in the same community."""
    starts_at = dt.datetime.combine(our_clock.today() + dt.timedelta(days=3), dt.time(9, 30), tzinfo=our_clock.now().tzinfo)
    made = activities.create_activity(
        title="陪老人学手机挂号",
        summary="志愿者一对一教，带上手机就行。",
        host=street.agency,
        venue=street.venue,
        leader=by,
        contact_name="赵文静",
        contact_phone="010-5555 0186",
        shifts=[
            activities.ShiftPlan(
                starts_at=starts_at,
                ends_at=starts_at + dt.timedelta(hours=2),
                positions=[activities.PositionPlan(name="来学的街坊", kind="participant", capacity=20)],
            )
        ],
        by=by,
    )
    return activities.publish_activity(made, by=by)


def test_many_voices_become_a_theme_a_project_and_an_activity_held_together(served, clock, run_jobs):
    street = Street()
    asked_before(street)
    asker = people.account(name="王桂兰", phone="19900000001", username="wangguilan", password=PASSWORD).person
    bodies.member(street.community, person=asker, kind="resident")
    teacher = Person.objects.get(name="赵文静")

    def somebody(*, width: str = "phone", language: str = "zh") -> Walk:
        return Walk(served, language=language, width=width, javascript=True)

    # The community brings its survey as a spreadsheet, reads it over and opens it.
    community = somebody(width="desk").sign_in("lifang")
    community.go("needs:inbox").follow(reverse("surveys:desk")).follow(reverse("surveys:new")).follow(reverse("surveys:upload"))
    community.page.set_input_files(
        "main input[type=file]", {"name": "街坊心声.xlsx", "mimeType": "application/octet-stream", "buffer": survey_file()}
    )
    community.press("main form:has(input[type=file])")
    survey = Survey.objects.get()
    assert (survey.title, survey.state, survey.is_anonymous) == ("夏天街坊心声", "draft", True)
    community.press(f"form[action='{reverse('surveys:state', args=[survey.number])}']")
    address = community.page.locator("main .card p a[href*='/surveys/']").first.get_attribute("href")

    # Four residents answer on the shared link, at 360 px, without signing in.
    for group, words in BY_LINK:
        resident = somebody()
        assert resident.page.goto(address).status == 200
        resident.page.check(f"main [name=a-group][value={group}]", force=True)
        resident.press("main form", "button[value=next]")
        resident.page.fill("main [name=a-wish]", words)
        resident.press("main form", "button[value=next]")
        assert "收到了" in resident.text
        assert resident.sideways() <= 0

    # One wrote on paper: the worker keys it in, then closes the survey and makes needs of what was said.
    community.go("surveys:manage", survey.number).follow(reverse("surveys:key_in", args=[survey.number]))
    community.fill(a__group="1", a__wish=ON_PAPER)
    community.press("main form.survey-keying")
    community.go("surveys:manage", survey.number).page.click("main a[href='#close']")
    community.press("#close form")
    survey.refresh_from_db()
    assert (survey.state, sorted(survey.responses.values_list("channel", flat=True))) == ("closed", ["link", "link", "link", "link", "paper"])
    community.follow(reverse("surveys:collect", args=[survey.number]))
    assert community.page.locator("main .survey-sentence input[type=checkbox]").count() == 6
    community.press("main form:has(.survey-sentence)")
    said = list(Need.objects.filter(source="survey").order_by("pk"))
    assert [need.words for need in said] == [words.removesuffix("谢谢你们。") for _group, words in BY_LINK] + [ON_PAPER]
    assert [need.segment for need in said] == ["elders", "elders", "elders", "parents", "elders"]

    # A visit to Wang Guilan: what she said becomes a need of hers, with her consent.
    visiting = somebody().sign_in("lifang")
    visiting.go("visits:list").follow(reverse("visits:new")).follow(f"{reverse('visits:new')}?whom=person")
    visiting.fill(number="199 0000 0001")
    visiting.press("main form", "button[value=write]")
    visiting.fill(notes=AT_THE_DOOR)
    visiting.press("main form", "button:not([name=save])")
    visiting.page.check("main [name=consent]", force=True)
    visiting.press(f"form[action='{reverse('visits:make_needs', args=[Visit.objects.get().number])}']")
    hers = Need.objects.get(source="visit")
    assert (hers.asker, hers.words, hers.segment) == (asker, "手机挂号老要人脸识别，老人不会弄。", "elders")
    run_jobs()

    # The hub asks for a calculation and finds the matter on the board, with its count, and no group under five.
    hub = somebody(width="desk").sign_in("zhoumin")
    hub.go("portal:hub").go("needs:inbox").follow(reverse("themes:board"))
    hub.press(f"form[action='{reverse('themes:run')}']")
    run_jobs()
    hub.page.reload()
    hub.follow(reverse("themes:board"))
    with hub.page.expect_navigation():
        hub.page.select_option("main [name=order]", "size")
    theme = Theme.objects.get(members__need=hers)
    foreign = Need.objects.get(words=FOREIGN)
    matter = {*(need.pk for need in said), hers.pk, Need.objects.get(words=ALSO_SAID).pk}
    assert members(theme) == matter | {foreign.pk}
    row = hub.page.locator("main .themes tbody tr").first
    assert (row.get_attribute("id"), row.get_attribute("class")) == (theme.number, "opened")
    assert row.locator(".theme-count b").inner_text() == "8"
    bars = row.locator(".segment-bars li").all_inner_texts()
    assert [bar.split() for bar in bars] == [["7", "老人"], ["<5", "职工"], ["<5", "家长"], ["<5", "骑手"], ["<5", "商户"]]
    assert hub.sideways() <= 0

    # It opens the theme, renames it, and takes out what is another matter.
    press(row.locator("h2 a"))
    hub.follow(reverse("themes:rename", args=[theme.number]))
    hub.fill(label=RENAMED)
    hub.press("main form")
    assert hub.page.locator("main h1").inner_text() == RENAMED
    hub.follow(reverse("themes:members", args=[theme.number]))
    hub.page.check(f"main [name=ids][value='{foreign.pk}']", force=True)
    hub.page.select_option("main [name=to]", "loose")
    hub.press(f"form[action='{reverse('themes:move')}']")
    assert members(theme) == matter

    # Two clicks make a project of it, with its needs.
    hub.go("themes:theme", theme.number).follow(f"{reverse('projects:new')}?theme={theme.number}")
    hub.press("main form#new-project")
    project = Project.objects.get()
    assert (project.name, set(project.need_links.values_list("need", flat=True))) == (RENAMED, matter)
    assert project.lead == street.community

    # Calculated again, everything is as it was decided.
    hub.go("themes:board")
    hub.press(f"form[action='{reverse('themes:run')}']")
    run_jobs()
    hub.page.reload()
    hub.follow(reverse("themes:board")).go("themes:board", query="?order=size")
    assert hub.page.locator(f"main tr[id='{theme.number}'] h2").inner_text() == RENAMED
    assert (members(theme), ThemeMember.objects.get(need=foreign).theme) == (matter, None)

    # While the community writes an activity of the project it is warned, with the reason: the agency does the same on the same day.
    theirs = published_elsewhere(street, teacher)
    community.go("projects:project", project.number).follow(f"{reverse('activities:new')}?project={project.number}")
    community.fill(title="手机挂号手把手", summary="一对一教老人用手机挂号。", contact_name="李芳", contact_phone="010-5555 0188")
    community.page.select_option("main [name=venue]", str(street.venue.pk))
    saturday = our_clock.today() + dt.timedelta(days=3)
    community.fill(shifts__0__date=saturday.isoformat(), shifts__0__start="14:00", shifts__0__end="16:00")
    community.fill(positions__0__name="教的人", positions__0__capacity="6", positions__1__name="来学的街坊", positions__1__capacity="20")
    community.page.locator("main [name=positions-1-capacity]").blur()
    warning = community.page.locator("#overlaps-found").filter(has_text="同一个场地")
    warning.wait_for()
    for reason in (theirs.title, street.agency.name, "同一件事：手机挂号", "同一天：6月13日"):
        assert reason in warning.inner_text().replace("\u2009", ""), reason

    # One tap proposes to do it together; the agency agrees; both stand on the public page.
    community.press("main form#activity-form", "button:not([name=more]):not([type=button])")
    ours = Activity.objects.exclude(pk=theirs.pk).get()
    community.follow(f"{reverse('overlap:propose')}?activity={ours.code}")
    community.fill(words="场地和街坊我们来，请您带老师。")
    community.press("main form")
    together = CoHosting.objects.get()
    agency = somebody(width="desk").sign_in("zhaowenjing")
    agency.go("portal:workbench", street.agency.slug).follow(reverse("overlap:hosting", args=[together.pk]))
    agency.press(f"form[action='{reverse('overlap:agree', args=[together.pk])}']")
    community.go("activities:check", ours.code)
    community.press(f"form[action='{reverse('activities:publish', args=[ours.code])}']")
    stranger = somebody().go("portal:activity", ours.code)
    for host in (street.community.name, street.agency.name):
        assert host in stranger.text, host
    assert stranger.sideways() <= 0
    run_jobs()

    # Wang Guilan reads what became of her words and where they came from; anybody reads of a sentence that it came from the survey.
    for language, came_up in (("zh", f"{street.community.name}走访时提到的"), ("en", f"It came up at a visit of {street.community.name} on 10 Jun")):
        her = somebody(language=language).sign_in("wangguilan")
        her.go("needs:mine").follow(reverse("needs:need", args=[hers.number]))
        for fact in (came_up, RENAMED, ours.title):
            assert fact in her.text.replace("\u2009", ""), fact
        assert her.page.locator(f"main a[href='{reverse('activities:activity', args=[ours.code])}']").count() == 1
        assert her.sideways() <= 0
    stranger.go("needs:need", said[0].number)
    assert survey.title in stranger.text
    assert stranger.page.goto(reverse("needs:need", args=[hers.number])).status == 404  # said at a door, not on the public list


def members(theme: Theme) -> set[int]:
    return set(theme.members.values_list("need", flat=True))
