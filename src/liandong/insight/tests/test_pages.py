"""Who may open a figure, what its file holds, and what leaves a trace."""

import datetime as dt
import html
import io
import re

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from liandong.accounts.models import Account, Person
from liandong.insight.indicators import INDICATORS
from liandong.journal.models import Entry
from liandong.organizations.models import Membership, Role, RoleGrant
from liandong.recognition.models import ServiceRecord
from liandong.recognition.tests import factories as made

pytestmark = pytest.mark.django_db


def client_of(person: Person, *, language: str = "en") -> Client:
    account = Account.objects.filter(person=person).first() or made.account(person)
    client = Client()
    client.force_login(account)
    client.cookies["lang"] = language
    return client


@pytest.fixture
def body():
    """An organiser with one shift and five records of five people."""
    body = made.organization()
    shift = made.shift(host=body)
    manager = made.manager(body)
    for name in ("李晓雯", "张明", "王秀兰", "赵铁柱", "欧阳娜娜"):
        made.record(made.person(name), of=shift, by=manager)
    return body


def test_everybody_opens_a_public_figure_without_names(body) -> None:
    page = Client().get("/insight/service-hours/?scope=all&period=12m")
    assert page.status_code == 200
    assert "小家电义诊" in page.text
    assert "李*雯" not in page.text
    assert "李晓雯" not in page.text


@pytest.mark.parametrize("key", [key for key, indicator in INDICATORS.items() if not indicator.is_public])
def test_a_stranger_is_asked_to_sign_in_for_the_others(key: str) -> None:
    page = Client().get(f"/insight/{key}/?scope=all")
    assert page.status_code == 302
    assert "/account/" in page["Location"]


def test_a_volunteer_may_not_open_what_is_not_public(body) -> None:
    assert client_of(made.person()).get("/insight/people/").status_code == 403


def test_unknown_figures_bodies_and_places_do_not_exist(body) -> None:
    client = client_of(made.manager(body))
    assert client.get("/insight/nothing/").status_code == 404
    assert client.get("/insight/people/?organization=nobody").status_code == 404
    assert client.get("/insight/people/?territory=999999").status_code == 404
    assert client.get("/insight/people/?territory=x").status_code == 404
    assert client.get("/insight/people/?team=7").status_code == 404


@pytest.mark.parametrize("key", list(INDICATORS))
def test_a_manager_opens_every_figure_of_the_own_body(key: str, body) -> None:
    page = client_of(made.manager(body)).get(f"/insight/{key}/?period=12m")
    assert page.status_code == 200


def test_rows_show_masked_names(body) -> None:
    page = client_of(made.manager(body)).get("/insight/service-hours/?period=12m")
    assert "李*雯" in page.text
    assert "欧阳**" in page.text
    assert "李晓雯" not in page.text


def test_another_body_is_closed_and_says_who_can_open_it(body) -> None:
    other = made.organization("别家")
    page = client_of(made.manager(other)).get(f"/insight/service-hours/?organization={body.slug}")
    assert page.status_code == 403
    assert body.name in page.text


def test_the_hub_of_another_place_is_closed(body) -> None:
    elsewhere = made.hub_manager(made.territory("别处"))
    assert client_of(elsewhere).get(f"/insight/people/?territory={body.territory_id}").status_code == 403


def test_an_employer_never_sees_who_came_elsewhere(body) -> None:
    client = client_of(made.manager(body))
    assert client.get("/insight/show-up/?side=members&period=12m").status_code == 403
    assert client.get("/insight/people/?side=members&period=12m").status_code == 403
    assert client.get("/insight/attendances/export/?side=members&period=12m").status_code == 403
    assert client.post("/insight/service-hours/export/?side=members&period=12m", {"reason": "x"}).status_code == 403


def test_every_link_an_employer_is_given_about_what_its_people_did_opens(body) -> None:
    client = client_of(made.manager(body))
    for page in ("/insight/", "/insight/report/"):
        links = re.findall(rf'href="(/insight/[^"]+/\?[^"]*organization={body.slug}[^"]*)"', client.get(f"{page}?side=members&period=12m").text)
        figures = {html.unescape(link) for link in links if "/report/" not in link}
        assert len(figures) > 2
        assert {link for link in figures if client.get(link).status_code != 200} == set()


def test_of_fewer_than_five_people_an_employer_gets_no_figure_about_what_they_did_elsewhere(body) -> None:
    firm = made.organization("小公司")
    people = list(Person.objects.filter(pk__in=ServiceRecord.objects.values("person")).order_by("pk"))
    for person in people[:4]:
        Membership.objects.create(person=person, organization=firm, kind="employee", from_date=dt.date(2024, 1, 1))
    client = client_of(made.manager(firm))
    asked = f"organization={firm.slug}&side=members&period=12m"
    for page in ("report/", "service-hours/"):
        found = client.get(f"/insight/{page}?{asked}")
        assert (found.status_code, found.templates[0].name) == (200, "insight/too_few.html")
    for file in ("report.xlsx", "service-hours/export/"):
        assert client.get(f"/insight/{file}?{asked}").status_code == 422
    Membership.objects.create(person=people[4], organization=firm, kind="employee", from_date=dt.date(2024, 1, 1))
    assert client.get(f"/insight/service-hours/?{asked}").templates[0].name == "insight/figure.html"


def test_the_list_of_rows_asks_the_same_number_of_questions_for_one_and_for_five(body, django_assert_max_num_queries) -> None:
    client = client_of(made.manager(body))
    client.get("/insight/service-hours/?period=12m")
    with django_assert_max_num_queries(9):
        client.get("/insight/service-hours/?period=12m")
    with django_assert_max_num_queries(9):
        client.get("/insight/people/?period=12m")


# Files


def workbook(answer) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_file_holds_the_rows_with_masked_names_and_an_explanation(body) -> None:
    answer = client_of(made.manager(body)).get("/insight/service-hours/export/?period=12m")
    book = workbook(answer)
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows] == ["Person", *["李*雯", "张*", "王*兰", "赵*柱", "欧阳**"][::-1]]
    assert all(isinstance(row[3], str) for row in rows[1:])
    notes = {row[0]: row[1] for row in book.get_sheet_by_name("Explanation").to_python()}
    assert notes["Figure"] == "Service hours"
    assert notes["Organisation"] == body.name
    assert sum(row[6] for row in rows[1:]) == pytest.approx(5 * 148 / 60, abs=0.05)
    assert Entry.objects.filter(verb="figure.exported").count() == 1


def test_full_names_need_a_reason_and_leave_it_in_the_journal(body) -> None:
    client = client_of(made.manager(body))
    assert client.post("/insight/service-hours/export/?period=12m").status_code == 422
    answer = client.post("/insight/service-hours/export/?period=12m", {"reason": "Insurance list"})
    names = [row[2] for row in workbook(answer).get_sheet_by_index(0).to_python()]
    assert "李晓雯" in names
    entry = Entry.objects.get(verb="figure.exported")
    assert (entry.reason, entry.after["full_names"]) == ("Insurance list", True)


def test_staff_without_the_right_get_no_file(body) -> None:
    staff = made.person("钱进")
    RoleGrant.objects.create(person=staff, role=Role.ORG_STAFF, organization=body, from_date="2020-01-01")
    client = client_of(staff)
    assert client.get("/insight/service-hours/?period=12m").status_code == 200
    assert client.get("/insight/service-hours/export/?period=12m").status_code == 403
    assert client.get("/insight/report.xlsx").status_code == 403


def test_a_csv_opens_in_excel_and_runs_no_formula() -> None:
    body = made.organization("=cmd|' /C calc'!A0")
    made.record(made.person("张明"), of=made.shift(host=body, title="@SUM(1+1)"), by=made.manager(body))
    answer = client_of(made.manager(body)).get("/insight/service-hours/export/?period=12m&format=csv")
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    line = data.decode("utf-8-sig").splitlines()[1]
    assert "'@SUM(1+1)" in line
    assert "'=cmd" in line


def test_the_month_report_prints_and_its_file_has_four_tables(body) -> None:
    client = client_of(made.manager(body))
    page = client.get("/insight/report/?period=2026-03")
    assert page.status_code == 200
    assert "Report March 2026" in page.text
    book = workbook(client.get("/insight/report.xlsx"))
    assert book.sheet_names == ["Figures", "By territory", "By organisation", "By kind", "Explanation"]


def test_the_report_asks_a_bounded_number_of_questions(body, django_assert_max_num_queries) -> None:
    client = client_of(made.manager(body))
    client.get("/insight/report/")
    with django_assert_max_num_queries(25):
        client.get("/insight/report/")
