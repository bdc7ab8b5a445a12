"""Every page: opens for whom it is for, says no to others, keeps its number of queries, hides small groups."""

import io

import pytest
from django.urls import reverse

from liandong.needs.models import Need
from liandong.needs.tests import factories as needs
from liandong.notices.models import Notice
from liandong.organizations.models import Organization
from liandong.projects.models import Project, ProjectNeed
from liandong.themes import queries, services
from liandong.themes.models import SegmentPopulation, ServicePackage, Theme, ThemeMember
from liandong.themes.tests.factories import PHONE, REPAIR, RIDER, ask, members, theme

DESK = 25


@pytest.fixture
def two(town):
    town.phone_needs, town.repair_needs = ask(town, PHONE, segment="elders"), ask(town, REPAIR, segment="elders", on=town.south)
    town.phone, town.repair = theme(of=town.phone_needs), theme("小家电坏了没处修", of=town.repair_needs, phrases=["电饭煲"])
    return town


def url(name, *arguments, **query):
    path = reverse(f"themes:{name}", args=arguments)
    return path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def queries_of(client, path, django_assert_max_num_queries, most=DESK):
    client.get(path)
    with django_assert_max_num_queries(most) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(captured)


# The board


def test_the_board_counts_people_once_and_hides_small_groups(as_, two):
    two.need(PHONE[0], by=two.phone_needs[0].asker, segment="elders")
    ThemeMember.objects.create(need=Need.objects.latest("pk"), theme=two.phone, placed_at=two.phone_needs[0].submitted_at)
    line = as_(two.hub_manager).get(url("board")).context["lines"][0]
    assert (line["theme"].label, line["people"], len(line["row"].needs)) == ("老人不会用手机挂号", "6", 7)
    assert [bar["count"] for bar in line["bars"]] == [6, None, None, None, None]


def test_the_page_does_not_tell_which_small_group_it_is(as_, two):
    """Six older people and one parent of seven: whose one it is would be told by a list of those groups that are not empty."""
    lone = two.need(PHONE[0], by=needs.person("林家长"), segment="parents")
    ThemeMember.objects.create(need=lone, theme=two.phone, placed_at=lone.submitted_at)
    context = as_(two.hub_manager).get(url("theme", two.phone.number)).context
    assert (context["people"], [(row["label"], row["text"]) for row in context["segments"]]) == ("7", [("老年人", "6"), ("其余各类", "<5")])


def test_at_least_two_groups_stay_hidden(town):
    from liandong.themes.hiding import hide_small

    cells = hide_small({"a": 9, "b": 8, "c": 7, "d": 6, "e": 3}, ["a", "b", "c", "d", "e"])
    assert [(cell.shown, cell.small) for cell in cells] == [(9, False), (8, False), (7, False), (None, False), (None, True)]


def test_the_open_row_marks_the_words_and_tells_what_is_missing(as_, two):
    page = as_(two.hub_manager).get(url("board", open=two.repair.number))
    line = next(line for line in page.context["lines"] if line["opened"])
    assert line["theme"] == two.repair
    assert any(part == ("电饭煲", True) for sentence in line["sentences"] for part in sentence.parts)
    assert [bool(piece.missing) for piece in line["pieces"]] == [True, True, False, True]
    assert "<mark>" in page.content.decode()


def test_a_loose_theme_is_read_before_it_becomes_a_project(as_, two):
    Theme.objects.filter(pk=two.phone.pk).update(stability=0.48)
    lines = as_(two.hub_manager).get(url("board")).context["lines"]
    assert {line["theme"].pk: line["is_project"] for line in lines} == {two.phone.pk: False, two.repair.pk: True}


def test_a_community_reads_its_own_part(as_, two):
    client = as_(two.manager)
    assert [line["theme"] for line in client.get(url("board")).context["lines"]] == [two.phone]
    assert client.get(url("theme", two.repair.number)).status_code == 404
    page = client.get(url("theme", two.phone.number))
    assert (page.status_code, page.context["decides"]) == (200, False)


@pytest.mark.parametrize("who", ["firm_manager", "agency_manager", "resident"])
def test_nobody_else_reads_the_board(as_, two, who):
    assert as_(getattr(two, who)).get(url("board")).status_code == 403


def test_filters_search_and_orders(as_, two):
    client = as_(two.hub_manager)

    def shown(**query):
        return [line["theme"] for line in client.get(url("board", **query)).context["lines"]]

    assert shown(community=two.south.pk) == [two.repair]
    assert shown(q="电饭煲") == [two.repair]
    assert shown(segment="parents") == []
    assert shown(segment="elders", order="size") == [two.phone, two.repair]
    assert len(shown(span="52w", order="age")) == len(shown(order="growth")) == 2


@pytest.mark.parametrize("name", ["board", "loose", "weights", "packages"])
def test_a_page_asks_as_many_queries_for_many_themes_as_for_one(as_, town, name, django_assert_max_num_queries):
    client = as_(town.hub_manager)
    theme(of=ask(town, PHONE, segment="elders"))
    one = queries_of(client, url(name), django_assert_max_num_queries)
    for label, texts in (("修家电", REPAIR), ("骑手歇脚", RIDER)):
        theme(label, of=ask(town, texts, segment="elders"))
    assert queries_of(client, url(name), django_assert_max_num_queries) == one


def test_the_page_of_a_theme_keeps_its_queries(as_, two, django_assert_max_num_queries):
    assert queries_of(as_(two.hub_manager), url("theme", two.phone.number), django_assert_max_num_queries) <= DESK
    assert queries_of(as_(two.hub_manager), url("members", two.phone.number), django_assert_max_num_queries) <= DESK


def test_the_file_hides_what_the_board_hides(as_, two):
    import zipfile

    answer = as_(two.hub_manager).get(url("export"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith("sheet1.xml"))
    assert ("&lt;5" in text, "老人不会用手机挂号" in text) == (True, True)
    assert as_(two.worker).get(url("export")).status_code == 403


# Quiet groups


def test_a_quiet_group_is_weighted_up_by_its_population(as_, two):
    ask(two, RIDER * 2, segment="outdoor")
    riders = theme("骑手没处歇脚", of=list(Need.objects.filter(segment="outdoor")), phrases=["歇脚"])
    services.keep_populations(two.street, people={"elders": 1000, "outdoor": 3000}, by=two.hub_manager)
    found = queries.board(two.hub_manager, queries.BoardFilters())
    row = next(row for row in found.rows if row.theme == riders)
    assert ([weight.segment for weight in found.weighting.quiet], row.people, row.weighted > 8) == (["outdoor"], 8, True)
    assert as_(two.hub_manager).get(url("board")).context["quiet"] == "骑手"


def test_populations_are_kept_by_the_hub(as_, two):
    client = as_(two.hub_manager)
    assert client.post(url("weights"), {"elders": "500", "source": "台账"}).status_code == 303
    assert SegmentPopulation.objects.get().people == 500
    assert client.post(url("weights"), {"elders": "-3"}).status_code == 422
    assert as_(two.manager).post(url("weights"), {"elders": "5"}).status_code == 403


# Deciding


def test_joining_splitting_naming_and_locking_by_page(as_, two):
    client = as_(two.hub_manager)
    assert client.get(url("merge", two.repair.number)).status_code == 200
    assert client.post(url("merge", two.repair.number), {}).status_code == 422
    assert client.post(url("merge", two.repair.number), {"into": two.phone.number}).status_code == 303
    assert client.get(url("theme", two.repair.number)).status_code == 303
    assert client.get(url("split", two.phone.number, propose=1)).status_code == 200
    assert client.post(url("split", two.phone.number), {}).status_code == 422
    ids = [need.pk for need in two.repair_needs]
    assert client.post(url("split", two.phone.number), {"ids": ids}).headers["Location"] == url("theme", two.repair.number)
    assert client.post(url("rename", two.phone.number), {"label": ""}).status_code == 422
    assert client.post(url("rename", two.phone.number), {"label": "陪学挂号"}).status_code == 303
    assert client.post(url("lock", two.phone.number)).status_code == 303
    two.phone.refresh_from_db()
    assert (two.phone.label, two.phone.is_locked) == ("陪学挂号", True)


def test_moving_by_page_and_taking_it_back(as_, two):
    client = as_(two.hub_manager)
    need = two.phone_needs[0]
    assert client.post(url("move"), {"ids": [need.pk], "to": two.repair.number, "next": url("members", two.phone.number)}).status_code == 303
    assert need.pk in members(two.repair)
    step = client.get(url("board")).context["undoable"]
    assert client.post(url("undo", step.pk)).status_code == 303
    assert need.pk in members(two.phone)
    assert client.post(url("move"), {"ids": [need.pk], "to": "loose"}).status_code == 303
    assert [row.pk for row in client.get(url("loose")).context["page"]] == [need.pk]


@pytest.mark.parametrize("name", ["merge", "split", "rename"])
def test_a_community_may_not_decide(as_, two, name):
    assert as_(two.manager).get(url(name, two.phone.number)).status_code == 403


def test_asking_for_a_calculation_shows_how_far_it_is(as_, two, run_jobs):
    client = as_(two.hub_manager)
    answer = client.post(url("run"))
    assert client.get(answer.headers["Location"]).status_code == 200
    run_jobs()
    assert client.get(answer.headers["Location"]).context["run"].state == "done"
    assert as_(two.manager).post(url("run")).status_code == 403


# From a theme to a project


def test_a_project_is_made_of_a_theme_and_every_asker_hears_of_it(as_, two, run_jobs):
    run_jobs()
    client = as_(two.hub_manager)
    page = client.get(reverse("projects:new") + f"?theme={two.phone.number}")
    assert page.context["form"].initial["name"] == "老人不会用手机挂号"
    numbers = [need.number for need in page.context["needs"] if need.pk in page.context["ticked"]]
    assert len(numbers) == 6
    values = {"name": "陪老人学挂号", "lead": two.hub.pk, "goal": "学会挂号", "category": "elders", "theme": two.phone.number, "need": numbers[:5]}
    assert client.post(reverse("projects:new"), values).status_code == 303
    assert ProjectNeed.objects.filter(project=Project.objects.get()).count() == 5
    run_jobs()
    assert Notice.objects.filter(kind="need.planned").count() == 5


def test_a_project_of_a_theme_does_not_tell_what_was_said_in_private(as_, two):
    Need.objects.filter(pk=two.phone_needs[0].pk).update(words="请别说出去，我不会用手机挂号", is_public=False)
    Need.objects.filter(pk__in=[need.pk for need in two.phone_needs[1:]]).update(words=PHONE[0], asker=None)
    initial = as_(two.hub_manager).get(reverse("projects:new") + f"?theme={two.phone.number}").context["form"].initial
    assert initial["goal"].splitlines() == ["老人不会用手机挂号", PHONE[0], "大约 6 人需要。"]


def test_the_page_of_one_of_fifty_needs_stays_small(client, two, run_jobs, django_assert_max_num_queries):
    many = ask(two, [f"{PHONE[0]}，第{number}位" for number in range(52)])
    services.move_needs(many, to=two.phone, by=two.hub_manager)
    client.force_login(two.hub_manager.account)
    values = {"name": "陪老人学挂号", "lead": two.hub.pk, "category": "elders", "need": [need.number for need in many]}
    assert client.post(reverse("projects:new"), values).status_code == 303
    run_jobs()
    assert Notice.objects.filter(kind="need.planned").count() == 52
    client.force_login(many[0].asker.account)
    path = reverse("needs:need", args=[many[0].number])
    client.get(path)
    with django_assert_max_num_queries(16) as captured:
        assert client.get(path).status_code == 200
    assert len(captured) <= 16


# Service packages


def test_a_package_is_written_read_by_firms_of_the_size_and_marked_when_wishes_change(as_, two):
    client = as_(two.hub_manager)
    values = {
        "segment": "small_firm",
        "title": "小型企业凝聚力包",
        "summary": "把心拢一拢",
        "lines": "联合团建\n新员工破冰",
        "themes": [two.phone.pk],
        "is_active": "on",
    }
    assert client.post(url("package_new"), {**values, "title": ""}).status_code == 422
    assert client.post(url("package_new"), values).status_code == 303
    package = ServicePackage.objects.get()
    assert package.lines == ["联合团建", "新员工破冰"]
    Organization.objects.filter(pk=two.enterprise.pk).update(staff_count=40)
    two.enterprise.refresh_from_db()
    assert queries.packages_for_body(two.enterprise) == [package]
    assert as_(two.firm_manager).get(url("package", package.pk)).status_code == 200
    client = as_(two.hub_manager)
    client.post(url("package_review", package.pk))
    assert [offer.drifted for offer in queries.packages_of(two.hub_manager, two.street)] == [False]
    theme("想搞团建", of=ask(two, ["公司人少想搞团建", "小公司想办团建"], segment="small_firm"))
    assert [offer.drifted for offer in queries.packages_of(two.hub_manager, two.street)] == [True]
    assert client.get(url("packages")).status_code == 200
    assert as_(needs.staff("外人", of=two.agency)).post(url("package_review", package.pk)).status_code == 403


# Words


@pytest.mark.parametrize(
    ("weeks", "key"),
    [
        ([1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9], "up"),
        ([3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5], "slowly_up"),
        ([3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4], "flat"),
        ([6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 2], "down"),
        ([6, 6, 5, 4, 1, 1, 1, 2, 4, 5, 6, 6], "up_again"),
        ([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1], "few"),
    ],
)
def test_a_line_in_words(weeks, key):
    from liandong.themes.trend import trend_of

    assert trend_of(weeks) == key
