"""A list of needs comes in: every need in its own words, recognised again when the list comes again."""

import datetime as dt
from pathlib import Path

import pytest

from liandong.accounts.tests import factories as accounts
from liandong.core import search
from liandong.imports import services
from liandong.imports.models import ImportEffect, ImportIssue, ImportRun
from liandong.imports.tests import lists
from liandong.journal.models import Entry
from liandong.needs.import_specs import category_named
from liandong.needs.models import Category, Need
from liandong.needs.services import answer_due_from
from liandong.organizations.tests import factories as make

pytestmark = pytest.mark.django_db


class Town:
    def __init__(self) -> None:
        self.street = make.street(name="示例街道")
        self.communities = {name: make.territory(name=name, parent=self.street) for name in lists.COMMUNITIES}
        self.committee = make.organization(name="甲一社区居民委员会", kind="community", place=self.communities["甲一社区"])
        self.firm = make.organization(name="禾木科技有限公司", place=self.street)
        self.manager = make.hub_manager(self.street)


@pytest.fixture
def town(settings, tmp_path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Town()


def need(
    number="XQ0001",
    *,
    asker="王桂兰",
    kind="助老助残",
    words="想请人教老人用智能手机挂号",
    people="",
    wanted="",
    place="甲一社区",
    contact="王楠",
    phone="18800000001",
    note="",
):
    return [number, asker, kind, words, people, wanted, place, contact, phone, note]


def bring(town: Town, rows, tmp_path: Path, *, heads=lists.NEED_HEADS, by=None, organization=None) -> ImportRun:
    file = lists.workbook(tmp_path / "需求清单.xlsx", {"清单": [heads, *rows]})
    by = by or town.manager
    with file.open("rb") as source:
        run = services.upload(kind="needs", source=source, file_name=file.name, territory=town.street, organization=organization, by=by)[0]
    services.check(run, by=by)
    services.start_commit(run, by=by)
    services.run_commit(run)
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in services.COUNTS if getattr(run, name)}


def said(run: ImportRun) -> list[tuple[str, str]]:
    return list(ImportIssue.objects.filter(run=run).order_by("row", "id").values_list("column", "code"))


def test_a_need_keeps_everything_that_was_written(town, tmp_path, clock):
    rows = [need(people="约20", wanted="12月5日下午", note="已与企业沟通", words="【急】想请人教老人用智能手机挂号，谢谢", phone="010-65001234转801")]
    run = bring(town, rows, tmp_path)
    made = Need.objects.get()
    assert counts(run) == {"taken": 1}
    assert (made.words, made.title, made.urgency) == (
        "【急】想请人教老人用智能手机挂号，谢谢",
        "想请人教老人用智能手机挂号，谢谢",
        Need.Urgency.URGENT,
    )
    assert (made.category, made.territory.name, made.people_count) == (Category.ELDERS, "甲一社区", 20)
    assert (made.wanted_time, made.wanted_date) == ("12月5日下午", dt.date(2026, 12, 5))
    assert (made.asker_name, made.contact_name, made.contact_phone, made.note) == ("王桂兰", "王楠", "010-65001234-801", "已与企业沟通")
    assert (made.outside_number, made.submitted_by, made.state) == ("XQ0001", town.manager, "submitted")
    assert made.answer_due_at == answer_due_from(made.submitted_at)
    assert Entry.objects.get(verb="need.submitted").after["from_list"] == run.pk


def test_needs_of_a_list_are_found_by_their_words(town, tmp_path):
    bring(town, [need()], tmp_path)
    assert Need.objects.filter(search=search.query("智能手机")).count() == 1
    assert Need.objects.filter(search=search.query("合唱")).count() == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"words": ""}, [("words", "words_missing")]),
        ({"words": "—"}, [("words", "words_missing")]),
        ({"words": "好"}, [("words", "words_too_short")]),
        ({"words": '=HYPERLINK("http://x.example","点我看需求")'}, [("words", "formula")]),
        ({"wanted": "2026/11/31"}, [("wanted", "date_impossible")]),
        ({"people": "若干"}, [("people_count", "count_unknown")]),
        ({"phone": "1884831968"}, [("contact_phone", "phone_digits")]),
        ({"place": "火星社区", "asker": "王桂兰"}, [("place", "need_place_unknown")]),
        ({"kind": "外星"}, [("category", "category_unknown")]),
        ({"wanted": "暑假"}, []),
        ({"phone": 18800000001.0, "people": 30.0}, []),
    ],
)
def test_each_oddity_is_said_at_its_cell(town, tmp_path, values, expected):
    run = bring(town, [need(**values)], tmp_path)
    assert said(run) == expected
    assert run.refused == (bool(expected) and expected[0][1].startswith("words_"))


def test_an_impossible_date_stays_as_words(town, tmp_path):
    bring(town, [need(wanted="2026/11/31")], tmp_path)
    assert Need.objects.values_list("wanted_time", "wanted_date").get() == ("2026/11/31", None)


def test_who_asks_is_recognised(town, tmp_path):
    person = accounts.person(name="王桂兰", phone="18800000001")
    rows = [
        need("A-1", asker="甲一社区居委会", place=""),
        need("A-2", asker="禾木科技"),
        need("A-3", asker="王桂兰", contact="王桂兰"),
        need("A-4", asker="王桂兰", contact="别人"),
        need("A-5", asker="没听过的公司"),
        need("A-6", asker="乙里社区", place=""),
        need("A-7", asker="李四", place="", words="丙南社区的独居老人希望有人定期上门陪聊"),
    ]
    run = bring(town, rows, tmp_path)
    found = {each.outside_number: (each.asker_organization, each.asker, each.territory.name) for each in Need.objects.all()}
    assert counts(run) == {"taken": 7}
    assert found == {
        "A-1": (town.committee, None, "甲一社区"),
        "A-2": (town.firm, None, "甲一社区"),
        "A-3": (None, person, "甲一社区"),
        "A-4": (None, None, "甲一社区"),
        "A-5": (None, None, "甲一社区"),
        "A-6": (None, None, "乙里社区"),
        "A-7": (None, None, "丙南社区"),
    }


def test_a_body_may_not_ask_in_the_name_of_another(town, tmp_path):
    other = make.organization(name="别家公司", place=town.street)
    run = bring(town, [need(asker="禾木科技有限公司"), need("XQ2", asker="")], tmp_path, by=make.manager(other), organization=other)
    assert list(Need.objects.order_by("id").values_list("asker_organization", flat=True)) == [None, other.pk]
    assert said(run) == [("asker", "body_of_asker_not_yours")]


def test_the_same_list_again_changes_nothing(town, tmp_path):
    rows = [need(f"XQ{number:04d}", words=f"想请人教老人用智能手机挂号第{number}次") for number in range(20)]
    bring(town, rows, tmp_path)
    before = list(Need.objects.order_by("id").values())
    again = bring(town, rows, tmp_path)
    assert counts(again) == {"unchanged": 20}
    assert list(Need.objects.order_by("id").values()) == before
    assert ImportEffect.objects.filter(run=again).count() == 0


def test_a_known_need_is_filled_in_but_not_rewritten(town, tmp_path):
    bring(town, [need()], tmp_path)
    run = bring(town, [need(words="完全不同的另一句话在这里", people=12.0)], tmp_path)
    assert (counts(run), said(run)) == ({"joined": 1, "warned": 1}, [("words", "words_differ")])
    assert Need.objects.values_list("words", "people_count").get() == ("想请人教老人用智能手机挂号", 12)


def test_a_number_used_twice_in_one_list(town, tmp_path):
    run = bring(town, [need(), need(), need(words="完全不同的另一句话在这里")], tmp_path)
    assert counts(run) == {"taken": 1, "unchanged": 1, "refused": 1}
    assert said(run) == [("", "need_twin"), ("outside_number", "number_twin")]


def test_without_numbers_the_words_tell(town, tmp_path):
    rows = [
        need("", words="路口早高峰乱，希望有志愿者劝导"),
        need("1", words="夏天高温，外卖员需要凉茶"),
        need("2", words="夏天高温，外卖员需要凉茶", place="乙里社区"),
    ]
    assert counts(bring(town, rows, tmp_path)) == {"taken": 3}
    assert counts(bring(town, rows, tmp_path)) == {"unchanged": 3}


def test_taking_a_list_back(town, tmp_path):
    run = bring(town, [need(), need("XQ0002", words="路口早高峰乱，希望有志愿者劝导")], tmp_path)
    kept = Need.objects.get(outside_number="XQ0002")
    Need.objects.filter(pk=kept.pk).update(state="accepted")
    services.undo(run, by=town.manager)
    run.refresh_from_db()
    assert list(Need.objects.all()) == [kept]
    assert [(item["model"], item["reason"], item["rows"]) for item in run.undo_result["kept"]] == [("needs.need", "changed", [3])]


@pytest.mark.parametrize(
    ("said_", "category"),
    [
        ("助老助残", "elders"),
        ("职业", "jobs"),
        ("企业", "staff"),
        ("亲子类", "children"),
        ("环保", "culture"),
        ("其他", "other"),
        ("elders", "elders"),
        ("外星", ""),
        ("", ""),
    ],
)
def test_categories_by_name(said_, category):
    assert category_named(said_) == category


def test_name_and_phone_in_one_cell_and_urgent_by_a_column(town, tmp_path):
    heads = ["需求内容", "联系人及电话", "是否紧急", "所属社区"]
    bring(town, [["楼道的灯坏了很久", "王主任 13800000061", "是", "甲一社区"]], tmp_path, heads=heads)
    assert Need.objects.values_list("contact_name", "contact_phone", "urgency").get() == ("王主任", "13800000061", Need.Urgency.URGENT)


def test_other_heads_are_understood(town, tmp_path):
    heads = ["序号", "需求主体", "需求内容", "受益人数", "联系方式"]
    run = bring(town, [[1, "甲一社区", "想组织居民合唱队，缺声乐老师", "30人", "13800000000"]], tmp_path, heads=heads)
    assert counts(run) == {"taken": 1}
    assert Need.objects.values_list("people_count", "contact_phone", "territory__name").get() == (30, "13800000000", "甲一社区")
