"""A roster comes in: every oddity has an answer, nobody is doubled, nothing known is overwritten, all of it can be taken back."""

import datetime as dt
import io
import os
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import translation
from python_calamine import CalamineWorkbook

from liandong.accounts.models import Account, Person
from liandong.accounts.tests import factories as accounts
from liandong.core import invariants
from liandong.core.actors import COMMAND_LINE
from liandong.core.errors import Denied, Refused
from liandong.imports import effects, problems, results, services
from liandong.imports.models import ImportEffect, ImportIssue, ImportRun
from liandong.imports.tests import lists
from liandong.journal.models import Entry
from liandong.notices.models import Notice
from liandong.organizations.models import Membership, Organization, Role
from liandong.organizations.tests import factories as make
from liandong.volunteers.import_specs import slots_of
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile

pytestmark = pytest.mark.django_db
State = ImportRun.State


class Town:
    """A street with two communities, its hub, a firm, and people who may bring files."""

    def __init__(self) -> None:
        self.street = make.street(name="示例街道")
        self.communities = [make.territory(name=name, parent=self.street) for name in lists.COMMUNITIES]
        self.hub = make.organization(name="示例枢纽", kind="hub", place=self.street)
        self.firm = make.organization(name="禾木科技有限公司", place=self.street, slug="hemu")
        self.manager = make.hub_manager(self.street)
        self.firm_manager = make.manager(self.firm)


@pytest.fixture
def town(settings, tmp_path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Town()


def bring(town: Town, rows, tmp_path: Path, *, kind="roster", heads=lists.ROSTER_HEADS, by=None, organization=None) -> ImportRun:
    file = lists.roster(tmp_path / "花名册.xlsx", rows, heads=heads)
    with file.open("rb") as source:
        runs = services.upload(kind=kind, source=source, file_name=file.name, territory=town.street, organization=organization, by=by or town.manager)
    return runs[0]


def let_in(run: ImportRun, *, by) -> ImportRun:
    services.check(run, by=by)
    services.start_commit(run, by=by)
    services.run_commit(run)
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in services.COUNTS if getattr(run, name)}


def said(run: ImportRun) -> list[tuple[int, str, str]]:
    return list(ImportIssue.objects.filter(run=run).order_by("row", "id").values_list("row", "column", "code"))


def row(name="张小明", *, sex="", number="", phone="", born="", employer="", place="", team="", status="", skills="", free="", hours="") -> list:
    return [1, name, sex, number, phone, born, employer, place, team, status, skills, free, hours]


def test_a_whole_roster_goes_in(town, tmp_path):
    who = lists.people(30)
    run = let_in(bring(town, lists.roster_rows(who), tmp_path), by=town.manager)
    assert counts(run) == {"taken": 30}
    assert (run.state, run.rows_done, run.rows_total) == (State.DONE, 30, 30)
    assert VolunteerProfile.objects.count() == TeamMembership.objects.count() == 30
    assert Membership.objects.filter(organization=town.hub, kind="member").count() == 30
    assert {team.name: team.organization for team in Team.objects.all()} == dict.fromkeys(lists.TEAMS, town.hub)
    first = Person.objects.get(phone=who[0]["phone"])
    assert (first.name, first.birth_date, first.read_id_number(), first.pinyin != "") == (who[0]["name"], who[0]["born"], who[0]["id"], True)
    profile = VolunteerProfile.objects.get(person=first)
    source = "花名册.xlsx" if profile.brought_minutes else ""
    assert (profile.residence.parent, profile.availability, profile.brought_source) == (town.street, ["sat_am"], source)
    assert run.made == {"skipped": {}, "teams": 3, "skills": 6}
    assert Notice.objects.get(person=town.manager, kind="import.finished").values["taken"] == 30
    assert invariants.broken() == {}


def test_the_same_file_again_changes_nothing(town, tmp_path):
    rows = [*lists.roster_rows(lists.people(20)), row("只有名字"), row("只有名字", team="晨光服务队")]
    let_in(bring(town, rows, tmp_path), by=town.manager)
    before = {model: list(model.objects.order_by("pk").values()) for model in (Person, VolunteerProfile, TeamMembership, Membership, Skill, Team)}
    again = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert counts(again) == {"unchanged": 22, "warned": 2}
    assert {model: list(model.objects.order_by("pk").values()) for model in before} == before
    assert ImportEffect.objects.filter(run=again).count() == 0


def test_the_check_promises_what_happens(town, tmp_path):
    rows = lists.roster_rows(lists.people(15))
    rows += [rows[3][:3] + [""] + rows[3][4:], row(""), ["合计"], row("王五", phone="1380013800", number=1.10112200305051e17)]
    run = bring(town, rows, tmp_path)
    people = Person.objects.count()
    run = services.check(run, by=town.manager)
    promised, messages = counts(run), said(run)
    assert Person.objects.count() == people
    run = let_in(run, by=town.manager)
    assert (counts(run), said(run)) == (promised, messages)
    assert promised == {"taken": 16, "joined": 1, "refused": 1, "warned": 1, "skipped": 1}


def test_the_same_person_twice_in_a_file_is_joined_once(town, tmp_path):
    number = lists.id_number(dt.date(1983, 8, 19), 122)
    rows = [
        row("夏荣", phone="１９９００００００７１", born="1983/8/19", team="晨光服务队", hours=0),
        row(" 夏\u3000荣", phone="199-0000-0071", number=number, team="邻里服务队", hours=640),
        row("夏荣", number=number, hours="12小时"),
    ]
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert counts(run) == {"taken": 1, "joined": 2, "warned": 1}
    assert said(run) == [(5, "", "twin"), (6, "", "twin"), (6, "hours", "hours_differ")]
    person = Person.objects.get(name="夏荣")
    assert (person.phone, person.read_id_number(), person.sex) == ("19900000071", number, "F")
    assert VolunteerProfile.objects.get(person=person).brought_minutes == 640 * 60
    assert TeamMembership.objects.filter(person=person).count() == 2


def test_what_is_known_is_never_overwritten_and_both_values_are_named_masked(town, tmp_path):
    known = accounts.person(name="张小明", phone="13812341234", birth_date=dt.date(1990, 5, 1), sex="M")
    VolunteerProfile.objects.create(
        person=known, residence=town.communities[0], brought_minutes=60, registered_on=dt.date(2024, 1, 1), political_status="群众"
    )
    rows = [row("张小明", phone="13900000001", born="1990-05-01", sex="女", place="甲二", status="党员", hours=36, free="周六上午")]
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert counts(run) == {"joined": 1, "warned": 1}
    assert sorted(code for _row, _column, code in said(run)) == [
        "details_differ",
        "hours_differ",
        "phone_differs",
        "residence_differs",
        "sex_differs",
    ]
    issue = ImportIssue.objects.get(run=run, code="phone_differs")
    assert (issue.values["known"], issue.values["value"]) == ("138****1234", "139****0001")
    known.refresh_from_db()
    profile = VolunteerProfile.objects.get(person=known)
    assert (known.phone, known.sex, profile.residence, profile.brought_minutes) == ("13812341234", "M", town.communities[0], 60)
    assert (profile.political_status, profile.availability) == ("群众", ["sat_am"])


def test_only_empty_fields_are_filled(town, tmp_path):
    known = accounts.person(name="张小明", phone="13812341234")
    number = lists.id_number(dt.date(1990, 5, 1), 11)
    run = let_in(bring(town, [row("张小明", phone="13812341234", number=number, place="甲一社区")], tmp_path), by=town.manager)
    known.refresh_from_db()
    assert counts(run) == {"joined": 1}
    assert (known.birth_date, known.sex, known.read_id_number()) == (dt.date(1990, 5, 1), "M", number)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": ""}, [("name", "name_missing")]),
        ({"name": "=1+1"}, [("name", "name_is_no_name")]),
        ({"name": '=HYPERLINK("http://x.example","点我")', "born": "1990-1-1"}, [("name", "formula")]),
        ({"number": 1.10112200305051e17, "phone": "13800000001"}, [("id_number", "id_ruined")]),
        ({"number": "110105195911270000", "phone": "13800000001"}, [("id_number", "id_ruined")]),
        ({"number": "110105197913022228", "phone": "13800000001"}, [("id_number", "id_checksum")]),
        (
            {"number": lists.id_number(dt.date(1990, 5, 1), 11), "sex": "女", "born": "1990-05-02"},
            [("birth_date", "birth_contradicts_id"), ("sex", "sex_contradicts_id")],
        ),
        ({"phone": "1503874531", "born": "1990-1-1"}, [("phone", "phone_digits")]),
        ({"phone": "1503874531"}, [("phone", "phone_digits"), ("name", "only_name")]),
        ({"phone": 13800000001.0, "born": "2026/11/31"}, [("birth_date", "date_impossible")]),
        ({"phone": "13800000001", "hours": 99999.0}, [("hours", "hours_not_believable")]),
        ({"phone": "13800000001", "hours": "约30"}, [("hours", "hours_about")]),
        ({"phone": "13800000001", "place": "火星社区"}, [("residence", "place_unknown")]),
        ({"phone": "13800000001", "skills": "=cmd|calc、急救"}, [("skills", "formula")]),
        ({"phone": "13800000001", "team": "+晨光队"}, [("team", "formula"), ("team", "team_unknown")]),
        ({"phone": "13800000001", "free": "看情况"}, [("availability", "availability_unread")]),
    ],
)
def test_each_oddity_is_said_at_its_cell(town, tmp_path, values, expected):
    run = let_in(bring(town, [row(**values)], tmp_path), by=town.manager)
    assert [(column, code) for _row, column, code in said(run)] == expected
    assert all(problems.text_for(issue.code, issue.values) for issue in ImportIssue.objects.filter(run=run))
    assert run.refused == (expected[0][1] in {"name_missing", "name_is_no_name"})


def test_an_employer_is_found_by_the_hub_and_entered_as_applied_when_new(town, tmp_path):
    rows = [row("张小明", phone="13800000001", employer="禾木科技"), row("李四", phone="13800000002", employer="新来贸易有限公司")]
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert run.made["bodies"] == 1
    assert Membership.objects.get(person__name="张小明", kind="employee").organization == town.firm
    assert Organization.objects.get(name="新来贸易有限公司").state == "applied"


def test_a_body_may_not_say_who_works_for_another_one(town, tmp_path):
    other = make.organization(name="别家公司", place=town.street)
    rows = [row("张小明", phone="13800000001", employer="别家公司"), row("李四", phone="13800000002", employer="没听过的公司")]
    run = let_in(bring(town, rows, tmp_path, by=town.firm_manager, organization=town.firm), by=town.firm_manager)
    assert [code for _row, _column, code in said(run)] == ["body_not_yours", "body_unknown"]
    assert Membership.objects.filter(organization=other).count() == 0
    assert Membership.objects.filter(organization=town.firm, kind="member").count() == 2


def test_without_the_right_nothing_can_be_brought_let_in_or_taken_back(town, tmp_path):
    stranger = make.manager(make.organization())
    with pytest.raises(Denied):
        bring(town, [row(phone="13800000001")], tmp_path, by=stranger)
    run = bring(town, [row(phone="13800000001")], tmp_path)
    services.check(run, by=town.manager)
    staff = make.grant(Role.ORG_STAFF, on=town.hub).person
    for verb in (services.check, services.commit, services.undo):
        with pytest.raises(Denied):
            verb(run, by=staff)


def test_the_job_lets_in_and_tells(town, tmp_path, run_jobs):
    run = bring(town, lists.roster_rows(lists.people(5)), tmp_path)
    services.check(run, by=town.manager)
    services.commit(run, by=town.manager)
    assert run_jobs() >= 1
    run.refresh_from_db()
    assert (run.state, counts(run)) == (State.DONE, {"taken": 5})
    with pytest.raises(Refused):
        services.commit(run, by=town.manager)


def test_what_was_interrupted_goes_on_and_no_row_goes_in_twice(town, tmp_path, monkeypatch, run_jobs, clock):
    monkeypatch.setattr(services, "BATCH", 10)
    rows = [*lists.roster_rows(lists.people(35)), row("只有名字")]
    run = bring(town, rows, tmp_path)
    services.check(run, by=town.manager)
    services.start_commit(run, by=town.manager)
    # The worker dies in the middle of the third part: its transaction is gone, the two before are in.
    flushed = []
    real = effects.Writer.flush

    def die(writer):
        real(writer)
        flushed.append(1)
        if len(flushed) == 3:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(effects.Writer, "flush", die)
        with pytest.raises(SystemExit):
            services.run_commit(run)
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.taken, VolunteerProfile.objects.count()) == (State.COMMITTING, 20, 20, 20)
    clock.advance(seconds=200)
    services.resume_interrupted(silent_for=dt.timedelta(seconds=90))
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.rows_done, counts(run)) == (State.DONE, 36, {"taken": 36, "warned": 1})
    assert VolunteerProfile.objects.count() == 36
    assert ImportEffect.objects.filter(run=run, model="accounts.person").count() == 36
    assert run.made["teams"] == Team.objects.count() == 3
    assert invariants.broken() == {}


def test_twins_in_different_parts_of_a_file_are_joined(town, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 3)
    who = lists.people(9)
    rows = lists.roster_rows([*who, who[0], who[4]])
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert (run.taken, run.joined) == (9, 2)
    assert [(number, code) for number, _column, code in said(run) if code == "twin"] == [(13, "twin"), (14, "twin")]


def test_a_broken_job_keeps_what_is_in_and_can_go_on(town, tmp_path, monkeypatch, run_jobs):
    monkeypatch.setattr(services, "BATCH", 10)
    run = bring(town, lists.roster_rows(lists.people(15)), tmp_path)
    services.check(run, by=town.manager)
    services.commit(run, by=town.manager)
    with monkeypatch.context() as patch:
        patch.setattr(services, "read_rows", lambda *args: 1 / 0)
        run_jobs()
    run.refresh_from_db()
    assert (run.state, run.failure) == (State.FAILED, "ZeroDivisionError")
    services.commit(run, by=town.manager)
    run_jobs()
    run.refresh_from_db()
    assert (run.state, counts(run)) == (State.DONE, {"taken": 15})


def everything() -> dict:
    models = (Person, VolunteerProfile, Team, TeamMembership, Membership, Skill, Organization)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_taking_back_leaves_everything_as_it_was(town, tmp_path):
    known = accounts.person(name="张小明", phone="13812341234")
    VolunteerProfile.objects.create(person=known, registered_on=dt.date(2024, 1, 1))
    before = everything()
    number = lists.id_number(dt.date(1990, 5, 1), 11)
    rows = [
        *lists.roster_rows(lists.people(12)),
        row("张小明", phone="13812341234", number=number, team="晨光服务队", hours=36, employer="新来贸易有限公司", skills="武术"),
    ]
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert everything() != before
    services.undo(run, by=town.manager)
    run.refresh_from_db()
    assert (run.state, run.undo_result["kept"]) == (State.UNDONE, [])
    assert everything() == before
    assert Entry.objects.filter(verb="import.undone").count() == 1
    with pytest.raises(Denied):
        services.undo(run, by=town.manager)


def test_taking_back_keeps_what_was_changed_or_used_since_and_says_so(town, tmp_path):
    who = lists.people(4)
    rows = lists.roster_rows(who)
    rows[0][1:5] = [rows[1][1], *rows[1][2:5]]  # row 4 and row 5 are one person
    rows[0][3] = ""
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    used, changed, plain = (Person.objects.get(phone=person["phone"]) for person in who[1:])
    number = used.read_id_number()
    Person.objects.filter(pk=changed.pk).update(email="a@example.org")
    Account.objects.create_account(person=used, phone=used.phone)
    services.undo(run, by=town.manager)
    run.refresh_from_db()
    assert set(Person.objects.filter(pk__in=[changed.pk, used.pk, plain.pk])) == {changed, used}
    kept = {(item["model"], item["reason"]): item["rows"] for item in run.undo_result["kept"]}
    assert kept["accounts.person", "used"] == [4]
    assert kept["accounts.person", "changed"] == [6]
    assert kept["volunteers.volunteerprofile", "whole"] == [4, 6]
    assert set(VolunteerProfile.objects.values_list("person", flat=True)) == {changed.pk, used.pk}
    assert Person.objects.get(pk=used.pk).read_id_number() == number
    assert Team.objects.filter(memberships__person=plain).count() == 0
    assert invariants.broken() == {}


def test_a_profile_stays_when_its_volunteer_has_joined_another_team_since(town, tmp_path):
    known = accounts.person(name="张小明", phone="13812341234")
    run = let_in(bring(town, [row("张小明", phone="13812341234", place="甲一社区")], tmp_path), by=town.manager)
    other = Team(name="别的队", organization=town.hub, territory=town.street)
    other.save()
    TeamMembership.objects.create(team=other, person=known, from_date=dt.date(2026, 1, 1))
    services.undo(run, by=town.manager)
    assert VolunteerProfile.objects.filter(person=known).count() == 1
    assert invariants.broken() == {}


def test_after_a_day_it_is_too_late(town, tmp_path, clock):
    run = let_in(bring(town, [row(phone="13800000001")], tmp_path), by=town.manager)
    clock.advance(hours=25)
    with pytest.raises(Denied):
        services.undo(run, by=town.manager)


def test_refused_rows_come_back_and_go_in_when_mended(town, tmp_path):
    rows = [*lists.roster_rows(lists.people(3)), row("", phone="13800000009", team='=HYPERLINK("x")'), row("=1+1", born=dt.date(1990, 5, 1))]
    run = let_in(bring(town, rows, tmp_path), by=town.manager)
    assert run.refused == 2
    with translation.override("zh-hans"):
        back = CalamineWorkbook.from_filelike(io.BytesIO(results.rows_back(run))).get_sheet_by_index(0)
    cells = back.to_python()
    assert [line[0] for line in cells[:2]] == ["示例地区志愿者花名册（2026年）", "填报单位：示例动员中心　　填报人："]
    assert cells[2] == [*lists.ROSTER_HEADS, "错误原因"]
    assert [(line[1], line[4], line[5], line[8], line[-1]) for line in cells[3:]] == [
        ("", "13800000009", "", '=HYPERLINK("x")', "姓名：缺少姓名。"),
        ("=1+1", "", "1990-05-01", "", "姓名：“=1+1”不是姓名。"),
    ]
    mended = [line[:-1] for line in cells[3:]]
    mended[0][1], mended[1][1] = "王一", "王二"
    again = let_in(bring(town, mended, tmp_path), by=town.manager)
    assert (again.taken, again.refused) == (2, 0)


def test_a_file_that_was_written_as_text_runs_nothing(town, tmp_path):
    run = let_in(bring(town, [row("", team="=1+1", skills="@SUM(1)")], tmp_path), by=town.manager)
    import zipfile

    with zipfile.ZipFile(io.BytesIO(results.rows_back(run))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_files_are_forgotten_after_thirty_days(town, tmp_path, clock):
    run = let_in(bring(town, [row("", phone="13800000001")], tmp_path), by=town.manager)
    path = Path(run.file.path)
    assert path.exists()
    assert services.forget_old_files() == 0
    os.utime(path, (0, 0))
    assert services.forget_old_files() == 0
    assert path.exists()
    ImportRun.objects.update(created_at=run.created_at - dt.timedelta(days=400))
    assert services.forget_old_files() == 1
    assert not path.exists()
    assert ImportIssue.objects.get(run=run).values == {}


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        ("周三下午", ["wd_pm"]),
        ("工作日午间", ["wd_noon"]),
        ("工作日晚上", ["wd_eve"]),
        ("周六上午", ["sat_am"]),
        ("周日下午", ["sun_pm"]),
        ("周末全天", ["sat_am", "sat_pm", "sun_am", "sun_pm"]),
        ("法定节假日", ["holiday"]),
        ("周六上午、周日下午", ["sat_am", "sun_pm"]),
        ("不限", list(VolunteerProfile.Slot.values)),
        ("看情况", []),
    ],
)
def test_times_are_understood(words, slots):
    assert slots_of(words) == slots


# Employees


EMPLOYEE_HEADS = ["姓名", "工号", "手机号", "部门", "入职日期", "是否工会会员"]


def test_employees_belong_to_their_firm(town, tmp_path):
    rows = [
        ["杨秀梅", "E1000", "18600000001", "客服中心", "2015.08.23", "是"],
        ["樊峰", "E1001", "18600000002", "", "2020-09-07", ""],
        ["阎秀珍", "E1002", "1860000003", "财务部", "2999-01-01", "也许"],
    ]
    run = let_in(
        bring(town, rows, tmp_path, kind="employees", heads=EMPLOYEE_HEADS, by=town.firm_manager, organization=town.firm), by=town.firm_manager
    )
    assert (run.taken, run.refused) == (3, 0)
    first = Membership.objects.get(person__name="杨秀梅")
    assert (first.organization, first.kind, first.department, first.staff_number, first.is_union_member, first.from_date) == (
        town.firm, "employee", "客服中心", "E1000", True, dt.date(2015, 8, 23),
    )  # fmt: skip
    assert {code for _row, _column, code in said(run)} == {"phone_digits", "only_name", "dates_swapped", "yes_no_unreadable"}
    rows[1][3], rows[0][3] = "财务部", "别的部门"
    again = let_in(
        bring(town, rows[:2], tmp_path, kind="employees", heads=EMPLOYEE_HEADS, by=town.firm_manager, organization=town.firm), by=town.firm_manager
    )
    assert counts(again) == {"joined": 1, "unchanged": 1, "warned": 1}
    assert Membership.objects.get(person__name="樊峰").department == "财务部"
    assert Membership.objects.get(person__name="杨秀梅").department == "客服中心"


def test_employees_need_a_body(town, tmp_path):
    with pytest.raises(Refused):
        bring(town, [["杨秀梅", "E1", "18600000001", "", "", ""]], tmp_path, kind="employees", heads=EMPLOYEE_HEADS)


def test_a_part_of_liandong_may_bring_too(town, tmp_path):
    run = let_in(bring(town, [row(phone="13800000001")], tmp_path, by=COMMAND_LINE), by=COMMAND_LINE)
    assert run.uploaded_by is None
    assert Entry.objects.filter(verb="person.registered").get().by == "system:command-line"


@pytest.mark.django_db(transaction=True)
def test_the_same_list_brought_by_two_at_the_same_moment_makes_nobody_twice(town, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 7)
    who = lists.people(40)
    runs = [bring(town, lists.roster_rows(who), tmp_path) for _ in range(2)]
    for run in runs:
        services.check_skipped(run)
        services.start_commit(run, by=town.manager)
    troubles = []

    def work(run: ImportRun) -> None:
        try:
            services.run_commit(run)
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert Person.objects.filter(phone__startswith="199").count() == VolunteerProfile.objects.count() == TeamMembership.objects.count() == 40
    for run in runs:
        run.refresh_from_db()
    assert sum(run.taken for run in runs) == 40
    assert sum(run.unchanged + run.joined for run in runs) == 40


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_run_do_it_once(town, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 5)
    run = bring(town, lists.roster_rows(lists.people(30)), tmp_path)
    services.check_skipped(run)
    services.start_commit(run, by=town.manager)
    troubles = []

    def work() -> None:
        try:
            services.run_commit(ImportRun.objects.get(pk=run.pk))
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.refresh_from_db()
    assert troubles == []
    assert (run.state, run.rows_done, run.taken, VolunteerProfile.objects.count()) == (State.DONE, 30, 30, 30)
    assert invariants.broken() == {}


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_does_not_wait_for_the_one_that_takes_back(town, tmp_path):
    run = let_in(bring(town, lists.roster_rows(lists.people(5)), tmp_path), by=town.manager)
    ImportRun.objects.filter(pk=run.pk).update(state=State.UNDOING)
    outcome = []

    def second() -> None:
        began = time.monotonic()
        services.run_undo(ImportRun.objects.get(pk=run.pk))
        outcome.append(time.monotonic() - began)
        connection.close()

    with transaction.atomic():
        services.run_undo(run)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    run.refresh_from_db()
    assert outcome[0] < 1
    assert (run.state, VolunteerProfile.objects.count()) == (State.UNDONE, 0)
