"""Bringing a file by the pages: what is shown, asked and refused, by whom."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from liandong.accounts.models import Account, Person
from liandong.accounts.tests import factories as people
from liandong.imports import services
from liandong.imports.models import ImportRun
from liandong.imports.tests import lists
from liandong.organizations.models import Role
from liandong.organizations.tests import factories as make
from liandong.volunteers.models import VolunteerProfile

pytestmark = pytest.mark.django_db
PASTED = "姓名\t手机\t性别\n张小明\t13812341234\t男\n\t13800000002\t女\n李四\t1380000000\t不详\n"


def url(name: str, *arguments) -> str:
    return reverse(f"imports:{name}", args=arguments)


class Town:
    def __init__(self) -> None:
        self.street = make.street(name="示例街道")
        self.community = make.territory(name="甲一社区", parent=self.street)
        self.hub = make.organization(name="示例枢纽", kind="hub", place=self.street)
        self.firm = make.organization(name="禾木科技有限公司", place=self.community, slug="hemu")
        self.manager = make.hub_manager(self.street)
        self.firm_manager = make.manager(self.firm)


@pytest.fixture
def town(settings, tmp_path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Town()


def enter(client, person: Person) -> None:
    account = Account.objects.filter(person=person).first() or people.account(person_=person)
    client.force_login(account)


def bring(client, town: Town, **data) -> str:
    answer = client.post(url("upload"), {"kind": "roster", "scope": f"t{town.street.pk}", **data})
    assert answer.status_code == 303, answer.content.decode()
    return answer.headers["Location"]


def test_paste_look_let_in_download_and_take_back(client, town, run_jobs):
    enter(client, town.manager)
    preview = bring(client, town, pasted=PASTED)
    run = ImportRun.objects.get()
    assert preview == url("preview", run.pk)
    page = client.get(preview).content.decode()
    assert "张**" not in page
    assert "张*明" in page
    assert "13812341234" not in page
    assert "缺少姓名" in page
    assert Person.objects.filter(name="张小明").count() == 0
    assert client.post(preview).headers["Location"] == url("run", run.pk)
    assert "已处理" in client.get(url("run", run.pk)).content.decode() or "0 / 3" in client.get(url("run", run.pk)).content.decode()
    assert client.post(preview).headers["Location"] == url("run", run.pk)
    run_jobs()
    page = client.get(url("run", run.pk)).content.decode()
    assert "有几行没能导入" in page
    assert VolunteerProfile.objects.count() == 2
    answer = client.get(url("result_file", run.pk))
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[-1] for row in rows] == ["错误原因", "姓名：缺少姓名。"]
    every = CalamineWorkbook.from_filelike(io.BytesIO(client.get(url("result_file", run.pk) + "?rows=all").content)).get_sheet_by_index(0).to_python()
    assert len(every) == 3
    assert client.post(url("undo", run.pk)).headers["Location"] == url("run", run.pk)
    assert "已全部撤回" in client.get(url("run", run.pk)).content.decode()
    assert client.post(url("undo", run.pk)).status_code == 303
    assert VolunteerProfile.objects.count() == 0


def test_a_file_named_to_hurt_is_only_text(client, town):
    enter(client, town.manager)
    for name in ("../../x.csv", "C:\\x.csv", "a" * 300 + ".csv", "-rf.csv", "<b>.csv"):
        bring(client, town, file=SimpleUploadedFile(name, "姓名,手机\n张小明,13812341234\n".encode("gbk")))
    stored = list(ImportRun.objects.values_list("file", flat=True))
    assert all(re.fullmatch(r"imports/[2-9A-Z]{16}\.jsonl", each) for each in stored)
    assert "<b>.csv" not in client.get(url("list")).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请选择文件，或粘贴单元格"),
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken")}, "读不了这个文件"),
        ({"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7")}, "这不是表格"),
        ({"kind": "employees", "pasted": PASTED}, "请选择这些人属于哪家单位"),
        ({"kind": "nothing", "pasted": PASTED}, ""),
        ({"scope": "o0", "pasted": PASTED}, ""),
    ],
)
def test_what_cannot_be_brought_is_said_at_its_field(client, town, data, words):
    enter(client, town.manager)
    answer = client.post(url("upload"), {"kind": "roster", "scope": f"t{town.street.pk}", **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ImportRun.objects.count() == 0


def test_unknown_columns_are_asked_for_and_can_be_corrected(client, town):
    enter(client, town.manager)
    where = bring(client, town, pasted="谁\t号\t哪里\nJane Q Public\t1\t甲一社区\nJohn Q Public\t2\t甲一社区\n")
    run = ImportRun.objects.get()
    assert where == url("columns", run.pk)
    assert client.get(url("preview", run.pk)).headers["Location"] == where
    assert client.get(where).status_code == 200
    assert client.get(where + "?sheet=&header_row=1").status_code == 200
    twice = client.post(where, {"sheet": "", "header_row": 1, "column_0": "name", "column_2": "name"})
    assert twice.status_code == 422
    none = client.post(where, {"sheet": "", "header_row": 1, "column_2": "residence"})
    assert (none.status_code, "请指定哪一列是" in none.content.decode()) == (422, True)
    done = client.post(where, {"sheet": "", "header_row": 1, "column_0": "name", "column_2": "residence"})
    assert done.headers["Location"] == url("preview", run.pk)
    client.get(url("preview", run.pk))
    run.refresh_from_db()
    assert (run.columns, run.taken) == ({"name": 0, "residence": 2}, 2)


def test_a_long_list_is_checked_by_a_job_with_progress(client, town, monkeypatch, run_jobs):
    monkeypatch.setattr(services, "CHECKED_AT_ONCE", 1)
    enter(client, town.manager)
    preview = bring(client, town, pasted=PASTED)
    assert "正在检查各行" in client.get(preview).content.decode()
    run_jobs()
    assert "导入预览" in client.get(preview).content.decode()


def test_lists_on_other_sheets_are_offered(client, town, tmp_path):
    enter(client, town.manager)
    book = lists.workbook(
        tmp_path / "book.xlsx", {"甲": [["姓名", "手机"], ["张小明", "13812341234"]], "乙": [["姓名", "手机"], ["李四", "13812341235"]]}
    )
    preview = bring(client, town, file=SimpleUploadedFile("两张表.xlsx", book.read_bytes()))
    other = ImportRun.objects.get(sheet="乙")
    assert url("run", other.pk) in client.get(preview).content.decode()


def test_each_body_sees_only_its_own_files(client, town):
    enter(client, town.manager)
    bring(client, town, pasted=PASTED)
    run = ImportRun.objects.get()
    enter(client, town.firm_manager)
    assert "粘贴的单元格" not in client.get(url("list")).content.decode()
    for name in ("run", "preview", "columns", "result_file"):
        assert client.get(url(name, run.pk)).status_code == 404
    assert client.post(url("undo", run.pk)).status_code == 404
    assert client.post(url("preview", run.pk)).status_code == 404
    assert client.post(url("upload"), {"kind": "roster", "scope": f"t{town.street.pk}", "pasted": PASTED}).status_code == 422


def test_without_the_right_the_door_is_closed(client, town):
    enter(client, make.grant(Role.ORG_STAFF, on=town.firm).person)
    for name in ("list", "upload"):
        assert client.get(url(name)).status_code == 403
    assert client.get(url("template", "roster")).status_code == 403


@pytest.mark.parametrize("kind", ["roster", "employees", "needs"])
def test_a_template_can_be_brought_back_as_it_is(client, town, kind, tmp_path):
    enter(client, town.manager)
    answer = client.get(url("template", kind))
    book = SimpleUploadedFile("模板.xlsx", answer.content)
    location = bring(client, town, kind=kind, file=book, scope=f"o{town.firm.pk}")
    run = ImportRun.objects.get()
    assert location == url("preview", run.pk)
    client.get(location)
    run.refresh_from_db()
    assert (run.taken, run.refused, run.rows_total) == (1, 0, 1)


def test_only_one_scope_is_not_asked_for(client, town):
    enter(client, town.firm_manager)
    page = client.get(url("upload")).content.decode()
    assert f'type="hidden" name="scope" value="o{town.firm.pk}"' in page


def test_questions_to_the_database_do_not_grow_with_the_rows(client, town, django_assert_max_num_queries):
    enter(client, town.manager)
    for count in (3, 60):
        rows = "".join(f"\t{number}\t女\n" for number in range(count))
        preview = bring(client, town, pasted="姓名\t手机\t性别\n" + rows)
        client.get(preview)
        with django_assert_max_num_queries(25):
            client.get(preview)
    with django_assert_max_num_queries(25):
        client.get(url("list"))
