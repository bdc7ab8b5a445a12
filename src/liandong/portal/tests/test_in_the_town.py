"""The pages in a town with a year of life: every role, both languages, bounded questions, the same numbers everywhere."""

import gzip
import re

import pytest
from django.test import Client

from liandong.demo.queries import personas
from liandong.insight.filters import Filters
from liandong.insight.indicators import INDICATORS
from liandong.insight.spans import span_of
from liandong.organizations.models import Organization, Territory
from liandong.organizations.permissions import grants_of

pytestmark = pytest.mark.django_db
PHONE_QUERIES, DESK_QUERIES, PHONE_BYTES, DESK_BYTES = 12, 25, 14_000, 40_000
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _in_the_town(demo_town: None, settings) -> None:
    settings.DEMO = True


def client_of(key: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(next(persona.account for persona in personas() if persona.key == key))
    client.cookies["lang"] = language
    return client


def desk_of(key: str) -> str:
    person = next(persona.person for persona in personas() if persona.key == key)
    return next(f"/o/{grant.organization.slug}/" for grant in grants_of(person) if grant.organization)


PERSONAS = ("resident", "volunteer", "leader", "community", "enterprise", "agency", "hub")


@pytest.mark.parametrize("key", PERSONAS)
def test_everybody_has_a_page_of_their_own_in_few_questions(key: str, django_assert_max_num_queries) -> None:
    client = client_of(key)
    client.get("/me/")
    with django_assert_max_num_queries(PHONE_QUERIES):
        page = client.get("/me/")
    assert page.status_code == 200
    assert len(gzip.compress(page.content)) <= PHONE_BYTES


def test_the_front_page_asks_little_and_is_small(django_assert_max_num_queries) -> None:
    Client().get("/")
    with django_assert_max_num_queries(PHONE_QUERIES):
        page = Client().get("/")
    assert page.status_code == 200
    assert len(gzip.compress(page.content)) <= PHONE_BYTES


@pytest.mark.parametrize("key", ["community", "enterprise", "agency"])
def test_a_body_has_a_workbench_in_few_questions(key: str, django_assert_max_num_queries) -> None:
    client = client_of(key)
    client.get(desk_of(key))
    with django_assert_max_num_queries(DESK_QUERIES):
        page = client.get(desk_of(key))
    assert page.status_code == 200
    assert len(gzip.compress(page.content)) <= DESK_BYTES


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_the_console_answers_in_few_questions(period: str, django_assert_max_num_queries) -> None:
    client = client_of("hub")
    client.get("/hub/")
    with django_assert_max_num_queries(DESK_QUERIES):
        page = client.get(f"/hub/?period={period}")
    assert page.status_code == 200


def figures_on(page) -> list[tuple[str, str]]:
    """(address, text) of every underlined figure."""
    return [
        (address.replace("&amp;", "&"), re.sub(r"[^0-9.]", "", text))
        for address, text in re.findall(r'<a class="figure" href="(/insight/[^"]+)">([^<]+)', page.text)
    ]


def said_on(page) -> float | None:
    """The figure that a page is about; None where it says that there is none (yet)."""
    hero = re.search(r'<p class="hero"><b>([^<]+)</b>', page.text)
    return as_number(re.sub(r"[^0-9.]", "", hero[1]))  # type: ignore[index]


def as_number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize(("period", "least"), [("month", 8), ("12m", 15)])  # a month that has just begun has little to show
def test_every_figure_of_the_console_opens_a_page_that_says_the_same(period: str, least: int) -> None:
    client = client_of("hub", "en")
    found = figures_on(client.get(f"/hub/?period={period}"))
    assert len(found) >= least
    for address, number in found:
        page = client.get(address)
        assert page.status_code == 200, address
        assert said_on(page) == pytest.approx(as_number(number), abs=0.51), address  # the strip shows whole hours


def test_the_workbench_says_what_its_rows_say() -> None:
    for key in ("community", "enterprise", "agency"):
        client = client_of(key, "en")
        for address, number in figures_on(client.get(desk_of(key))):
            assert said_on(client.get(address)) == pytest.approx(as_number(number), abs=0.51), address


def test_the_strip_of_the_console_is_the_figures_of_the_territory() -> None:
    filters = Filters(span_of("month"), Territory.objects.get(level=Territory.Level.STREET))
    page = client_of("hub", "en").get("/hub/")
    for key in ("people", "new-needs", "running-projects"):
        indicator = INDICATORS[key]
        assert f">{indicator.text(indicator.total(filters))}<" in page.text


def test_public_figures_open_without_a_name_in_their_rows() -> None:
    found = figures_on(Client().get("/"))
    assert len(found) == 4
    for address, _number in found:
        page = Client().get(address)
        assert page.status_code == 200
        assert "organizations/person" not in page.text


@pytest.mark.parametrize("address", ["/", "/help/", "/me/", "/hub/", "/search/?q=zhang"])
def test_english_pages_hold_chinese_only_where_people_wrote_it(address: str) -> None:
    page = client_of("hub", "en").get(address).text
    ours = re.sub(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", page, flags=re.S)
    ours = re.sub(r"<[^>]+>", " ", ours)
    for name in [
        *Territory.objects.values_list("name", flat=True),
        *Organization.objects.values_list("name", flat=True),
        *Organization.objects.values_list("short_name", flat=True),
    ]:
        ours = ours.replace(name, "") if name else ours
    left = [line.strip() for line in ours.splitlines() if HAN.search(line) and "…" not in line]
    assert [line for line in left if len(HAN.findall(line)) > 12] == []


def test_the_hub_may_choose_a_smaller_place_but_no_other() -> None:
    client = client_of("hub")
    community = Territory.objects.filter(level=Territory.Level.COMMUNITY).order_by("pk")[0]
    assert client.get(f"/hub/?territory={community.pk}").status_code == 200
    city = Territory.objects.get(level=Territory.Level.CITY)
    assert client.get(f"/hub/?territory={city.pk}").status_code == 404
    assert client.get("/hub/?territory=x").status_code == 404


def test_alerts_and_to_do_can_be_seen_apart() -> None:
    client = client_of("hub", "en")
    both, alerts, todo = (client.get(f"/hub/?show={kind}").context["hand_rows"] for kind in ("", "alerts", "todo"))
    assert {row.kind for row in alerts} <= {"alerts"}
    assert {row.kind for row in todo} <= {"todo"}
    assert both


@pytest.mark.parametrize("key", ["resident", "volunteer", "community", "enterprise", "agency", "leader"])
def test_the_console_is_closed_to_everybody_else(key: str) -> None:
    assert client_of(key).get("/hub/").status_code == 403


@pytest.mark.parametrize("key", ["community", "enterprise", "agency", "hub"])
def test_the_menu_has_at_most_eight_entries_that_all_open(key: str) -> None:
    client = client_of(key)
    page = client.get("/hub/" if key == "hub" else desk_of(key))
    items = page.context["nav_items"]()
    assert 5 <= len(items) <= 8
    assert sum(bool(item["current"]) for item in items) == 1
    assert [item["href"] for item in items if client.get(item["href"]).status_code != 200] == []


def closed(client: Client, page, allowed: set[int]) -> dict[str, int]:
    """The links of a page that do not open, with what they answer."""
    links = {
        link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page.text) if not link.startswith("/static/") and ".xlsx" not in link
    }
    answers = {link: client.get(link).status_code for link in links}
    return {link: status for link, status in answers.items() if status not in allowed}


@pytest.mark.parametrize("key", ["community", "enterprise", "agency", "hub"])
def test_every_link_of_a_desk_opens(key: str) -> None:
    client = client_of(key)
    assert closed(client, client.get("/hub/" if key == "hub" else desk_of(key)), {200, 303}) == {}  # the only station opens at once


@pytest.mark.parametrize("key", ["resident", "volunteer"])
def test_every_link_of_ones_own_page_opens(key: str) -> None:
    client = client_of(key)
    assert closed(client, client.get("/me/"), {200}) == {}


def test_every_link_of_the_front_page_opens_for_a_stranger() -> None:
    client = Client()
    assert closed(client, client.get("/"), {200, 302}) == {}


@pytest.mark.parametrize("key", ["leader", "community", "enterprise", "agency", "hub"])
def test_every_desk_of_records_and_points_that_is_shown_opens(key: str, django_assert_max_num_queries) -> None:
    client = client_of(key)
    client.get("/service/")
    with django_assert_max_num_queries(DESK_QUERIES):
        page = client.get("/service/")
    assert page.status_code == 200
    desks = [cell.href for group in page.context["groups"] for cell in group.cells]
    assert [href for href in desks if client.get(href).status_code not in (200, 303)] == []  # 303: straight to the only one there is


@pytest.mark.parametrize("key", ["resident", "volunteer"])
def test_records_and_points_are_for_those_who_work_here(key: str) -> None:
    assert client_of(key).get("/service/").status_code == 403
