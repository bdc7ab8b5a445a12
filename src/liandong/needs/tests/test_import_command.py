"""`liandong import KIND FILE`, on an empty database and on one that is not."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from python_calamine import CalamineWorkbook

from liandong.accounts.models import Person
from liandong.imports.models import ImportRun
from liandong.imports.tests import lists
from liandong.needs.models import Need
from liandong.organizations.models import Membership, Organization, Territory
from liandong.organizations.tests import factories as make
from liandong.volunteers.models import Team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def somewhere(settings, tmp_path, monkeypatch) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.chdir(tmp_path)
    return tmp_path


def take_in(kind: str, file: Path, **options) -> str:
    out = io.StringIO()
    with translation.override("zh-hans"):
        call_command("import_file", kind, str(file), stdout=out, **options)
    return out.getvalue()


def roster(folder: Path, rows=None, **values) -> Path:
    return lists.roster(folder / "花名册.xlsx", rows if rows is not None else lists.roster_rows(lists.people(12)), **values)


def test_an_empty_database_gets_its_ground_from_the_list(somewhere):
    rows = lists.roster_rows(lists.people(12))
    rows[4][1] = ""
    said = take_in("roster", roster(somewhere, rows))
    street = Territory.objects.get(parent=None)
    assert (street.name, street.level) == ("示例地区", "street")
    assert Organization.objects.values_list("name", "kind").get() == ("示例动员中心", "hub")
    assert set(Territory.objects.filter(parent=street).values_list("name", flat=True)) <= set(lists.COMMUNITIES)
    assert Person.objects.count() == 11
    for line in ("已新建属地“示例地区”", "新增: 11", "退回: 1", "1 × 姓名: 缺少姓名。"):
        assert line in said
    back = CalamineWorkbook.from_path("花名册-退回.xlsx").get_sheet_by_index(0).to_python()
    assert [row[-1] for row in back[2:]] == ["错误原因", "姓名：缺少姓名。"]


def test_again_changes_nothing(somewhere):
    file = roster(somewhere)
    take_in("roster", file)
    before = [list(model.objects.order_by("pk").values()) for model in (Person, Membership, Team, Territory, Organization)]
    said = take_in("roster", file)
    assert "未变: 12" in said
    assert [list(model.objects.order_by("pk").values()) for model in (Person, Membership, Team, Territory, Organization)] == before
    assert not list(somewhere.glob("*退回*"))


def test_needs_first_and_roster_after_share_the_ground(somewhere):
    rows = [["XQ1", "甲一社区居委会", "助老助残", "想请人教老人用智能手机挂号", 5, "", "甲一社区", "王楠", "18800000001", ""]]
    take_in("needs", lists.workbook(somewhere / "需求.xlsx", {"清单": [lists.NEED_HEADS, *rows]}))
    assert Need.objects.get().territory.name == "甲一社区"
    take_in("roster", roster(somewhere))
    assert Territory.objects.filter(parent=None).count() == 1
    assert Territory.objects.filter(name="甲一社区").count() == 1


def test_employees_of_the_firm_in_the_title_or_of_one_without_a_name(somewhere):
    heads = "姓名,工号,手机号\n"
    (somewhere / "禾木科技有限公司员工名单.csv").write_bytes((heads + "张小明,E1,18600000001\n").encode("gbk"))
    take_in("employees", somewhere / "禾木科技有限公司员工名单.csv")
    assert Membership.objects.get().organization.name == "禾木科技有限公司"
    (somewhere / "名单.csv").write_bytes((heads + "李四,E2,18600000002\n").encode("gbk"))
    take_in("employees", somewhere / "名单.csv")
    assert Membership.objects.get(person__name="李四").organization.name == "本单位"
    take_in("employees", somewhere / "名单.csv", organization="禾木科技有限公司")
    assert Membership.objects.filter(person__name="李四").count() == 2


def test_all_lists_of_a_file_are_taken(somewhere):
    sheets = {"说明": [["请如实填写"]], "甲": [["姓名", "手机"], ["张小明", "13800000001"]], "乙": [["姓名", "手机"], ["李四", "13800000002"]]}
    take_in("roster", lists.workbook(somewhere / "book.xlsx", sheets))
    assert Person.objects.count() == 2


def test_only_checking_writes_nobody(somewhere):
    said = take_in("roster", roster(somewhere), dry_run=True)
    assert "新增: 12" in said
    assert Person.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4", b"\x00\x01\x02" * 500, "一,二\n三,四\n".encode()])
def test_what_cannot_be_read_is_one_line(somewhere, content):
    (somewhere / "x.xlsx").write_bytes(content)
    with pytest.raises(CommandError) as error:
        take_in("roster", somewhere / "x.xlsx")
    assert str(error.value).strip()
    assert "\n" not in str(error.value)
    assert Person.objects.count() == 0
    assert Territory.objects.count() == 0


def test_a_missing_file_and_an_unknown_place_are_one_line(somewhere):
    for file, options in (
        (somewhere / "none.xlsx", {}),
        (roster(somewhere), {"territory": "火星街道"}),
        (roster(somewhere), {"organization": "火星公司"}),
    ):
        with pytest.raises(CommandError):
            take_in("roster", file, **options)
    assert ImportRun.objects.count() == 0


def test_several_roots_must_be_chosen_from(somewhere):
    make.street(name="东街道")
    make.street(name="西街道")
    with pytest.raises(CommandError) as error:
        take_in("roster", roster(somewhere))
    assert "--territory" in str(error.value)
    take_in("roster", roster(somewhere), territory="西街道")
    assert Team.objects.first().territory.name == "西街道"


def test_the_street_is_found_below_city_and_district(somewhere):
    city = make.territory(name="某市", level="city")
    district = make.territory(name="某区", level="district", parent=city)
    street = make.street(name="某街道", parent=district)
    make.territory(name="甲一社区", parent=street)
    take_in("roster", roster(somewhere))
    assert ImportRun.objects.get().territory == street
    assert Territory.objects.count() == 4
