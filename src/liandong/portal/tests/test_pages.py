"""The pages in an almost empty house: what they say first, who may not see them, who finds whom."""

import datetime as dt

import pytest
from django.test import Client

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.core import clock
from liandong.needs.models import Need
from liandong.needs.tests.factories import Town
from liandong.notices.models import Notice
from liandong.organizations.models import Membership
from liandong.recognition.tests import factories as made
from liandong.volunteers.models import VolunteerProfile

pytestmark = pytest.mark.django_db


def client_of(person: Person, language: str = "en") -> Client:
    client = Client()
    client.force_login(person.account)
    client.cookies["lang"] = language
    return client


@pytest.fixture
def town() -> Town:
    return Town()


def english(path: str) -> str:
    client = Client()
    client.cookies["lang"] = "en"
    page = client.get(path)
    assert page.status_code == 200
    return page.text


# Public


def test_an_empty_house_says_what_to_do_first() -> None:
    page = english("/")
    assert "No activity is open right now" in page
    assert "I have a need" in page
    assert "What became of it" not in page


def test_the_front_page_tells_what_became_of_a_need(town: Town) -> None:
    need = town.need("电饭煲坏了")
    Need.objects.filter(pk=need.pk).update(state="done", done_at=clock.now(), closing_words="修好了 41 件")
    secret = town.need("家里的事", is_public=False)
    Need.objects.filter(pk=secret.pk).update(state="done", done_at=clock.now(), closing_words="不给外人看")
    page = english("/")
    assert "修好了 41 件" in page
    assert "不给外人看" not in page


def test_health_says_ok_and_nothing_else() -> None:
    page = Client().get("/health")
    assert (page.status_code, page.text) == (200, "ok")


def test_robots_keep_out_of_what_is_about_persons() -> None:
    page = Client().get("/robots.txt")
    assert page["Content-Type"].startswith("text/plain")
    assert "Disallow: /me/\n" in page.text


def test_help_names_the_hub_to_call(town: Town) -> None:
    type(town.hub).objects.filter(pk=town.hub.pk).update(contact_phone="010-5555 0186")
    page = english("/help/")
    assert "010-5555 0186" in page
    assert town.hub.name in page


def test_short_addresses_lead_to_the_pages_behind_them() -> None:
    shift = made.shift()
    assert Client().get(f"/a/{shift.activity.code}/").status_code == 200
    assert Client().get("/a/ZZZZZZZ/").status_code == 404
    assert Client().get("/v/").status_code == 200
    assert Client().get("/v/ZZZZZZZZZZZZ/").status_code == 404


# One's own page


def test_a_stranger_is_asked_to_sign_in() -> None:
    for path in ("/me/", "/hub/", "/o/anything/"):
        page = Client().get(path)
        assert page.status_code == 302
        assert page["Location"].startswith("/account/")


def test_a_new_person_is_offered_the_first_steps(town: Town) -> None:
    page = client_of(town.neighbour).get("/me/").text
    for words in ("Nothing planned", "Become a volunteer", "I have a need"):
        assert words in page
    assert "Where I work" not in page


def test_ones_need_carries_the_sentence_and_the_day(town: Town) -> None:
    need = town.need("楼道灯坏了")
    page = client_of(town.resident).get("/me/").text
    assert "楼道灯坏了" in page
    assert "We have received it." in page
    assert "<b>By " in page
    Need.objects.filter(pk=need.pk).update(answer_due_at=clock.now() - dt.timedelta(days=2))
    assert "Our answer is late." in client_of(town.resident).get("/me/").text


def test_nobody_reads_the_needs_of_others_on_their_own_page(town: Town) -> None:
    town.need("楼道灯坏了")
    assert "楼道灯坏了" not in client_of(town.neighbour).get("/me/").text


def test_messages_and_hours_are_counted(town: Town) -> None:
    shift = made.shift()
    made.record(town.neighbour, of=shift)
    Notice.objects.create(person=town.neighbour, kind="x", topic="work", once_key="1")
    page = client_of(town.neighbour).get("/me/").text
    assert "2.5" in page
    assert "message" in page
    assert "No star" in page


def test_todays_place_is_a_card_with_its_code(town: Town, clock) -> None:
    import liandong.core.clock as house_clock

    starts_at = house_clock.now() + dt.timedelta(minutes=40)
    place = made.sign_up(town.neighbour, of=made.shift(starts_at=starts_at))
    page = client_of(town.neighbour).get("/me/").text
    assert "in 40 minutes" in page
    assert f"{place.code[:3]} {place.code[3:]}" in page
    assert f"/activities/ticket/{place.code}/" in page


def test_staff_find_their_desks(town: Town) -> None:
    page = client_of(town.manager).get("/me/").text
    assert f"/o/{town.community.slug}/" in page


# The workbench


def test_a_new_body_is_told_what_to_do_first(town: Town) -> None:
    page = client_of(town.firm_manager).get(f"/o/{town.enterprise.slug}/").text
    assert "Bring in your employees" in page
    assert "Nothing waits for you" in page


def test_a_need_on_the_ground_waits_for_the_community(town: Town) -> None:
    town.need("楼道灯坏了")
    page = client_of(town.worker).get(f"/o/{town.community.slug}/").text
    assert "楼道灯坏了" in page
    assert "Take on" in page
    elsewhere = client_of(town.other_worker).get(f"/o/{town.other_community.slug}/").text
    assert "楼道灯坏了" not in elsewhere


def test_only_what_one_may_do_is_offered(town: Town) -> None:
    labels = [action["label"] for action in client_of(town.observer).get(f"/o/{town.community.slug}/").context["actions"]]
    assert labels == ["Write down a need"]
    labels = [action["label"] for action in client_of(town.manager).get(f"/o/{town.community.slug}/").context["actions"]]
    assert labels == ["Write down a need", "Set up a project", "Set up an activity", "Register a resident", "Import a list", "Ask in a survey"]


def test_the_workbench_of_others_is_closed_and_an_unknown_one_does_not_exist(town: Town) -> None:
    client = client_of(town.firm_manager)
    assert client.get(f"/o/{town.community.slug}/").status_code == 403
    assert client.get("/o/nobody/").status_code == 404
    type(town.agency).objects.filter(pk=town.agency.pk).update(state="suspended")
    assert client.get(f"/o/{town.agency.slug}/").status_code == 404


def test_the_hub_opens_the_workbench_of_a_body_on_its_ground(town: Town) -> None:
    assert client_of(town.hub_manager).get(f"/o/{town.community.slug}/").status_code == 200


@pytest.mark.usefixtures("clock")
def test_an_employer_reads_no_hours_of_fewer_than_five(town: Town) -> None:
    Membership.objects.create(person=town.neighbour, organization=town.enterprise, kind="employee", from_date="2020-01-01")
    made.record(town.neighbour)
    stats = client_of(town.firm_manager).get(f"/o/{town.enterprise.slug}/").context["figures"]
    assert (stats[0].value, stats[0].href, stats[0].note) == ("–", "", "fewer than five people")


# The console


@pytest.mark.usefixtures("clock")
def test_an_empty_hub_stands(town: Town) -> None:
    """In June: from December on the working days of the next year are asked for."""
    page = client_of(town.hub_manager).get("/hub/")
    assert page.status_code == 200
    assert "Nothing needs a hand" in page.text


def test_an_overdue_need_is_an_alert_with_its_days(town: Town) -> None:
    need = town.need("楼道灯坏了")
    Need.objects.filter(pk=need.pk).update(answer_due_at=clock.now() - dt.timedelta(days=3))
    page = client_of(town.hub_manager).get("/hub/")
    row = page.context["hand_rows"][0]
    assert (row.strong, row.due, row.kind) == ("楼道灯坏了", "3 days over", "alerts")
    waiting = page.context["waiting"][0]
    assert (waiting.need, waiting.missing) == (need, "no answer")


def test_the_missing_piece_is_named(town: Town) -> None:
    from liandong.portal.hub import missing_piece

    need = town.need()
    need.state = "accepted"
    assert missing_piece(need, False, set()) == "no organisation"
    need.claimed_by = town.agency
    assert missing_piece(need, False, set()) == "no plan"
    assert missing_piece(need, True, set()) == "no place"
    assert missing_piece(need, True, {"place"}) == "no plan"
    assert missing_piece(need, True, {"place", "plan"}) == "no hands"
    assert missing_piece(need, True, {"place", "plan", "hours"}) == "no day"


# Search


def found(client: Client, text: str) -> dict[str, int]:
    return {group.kind.key: group.count for group, _hits, _more in client.get("/search/", {"q": text}).context["groups"]}


@pytest.fixture
def zhang(town: Town) -> Person:
    person = people.person(name="张晓明", phone="13900009999")
    Membership.objects.create(person=person, organization=town.community, kind="member", from_date="2020-01-01")
    return person


def test_staff_find_people_by_name_pinyin_initials_phone_and_number(town: Town, zhang: Person) -> None:
    client = client_of(town.manager)
    for text in ("张晓明", "张晓", "zhangxiao", "zxm", "13900009999", "139 0000 9999", zhang.number):
        assert found(client, text).get("people") == 1, text
    page = client.get("/search/", {"q": "zxm"}).text
    assert "张*明" in page
    assert "张晓明" not in page


def test_the_hub_finds_a_volunteer_who_belongs_to_no_body(town: Town) -> None:
    lonely = people.person(name="孙独行")
    VolunteerProfile.objects.create(person=lonely, residence=town.north, registered_on="2024-01-01")
    client = client_of(town.hub_manager)
    assert found(client, "孙独行") == {"people": 1}
    assert client.get(f"/volunteers/{lonely.number}/").status_code == 200
    assert f"/volunteers/{lonely.number}/" in client.get("/search/", {"q": "孙独行"}).text
    assert "people" not in found(client_of(town.firm_manager), "孙独行")


def test_other_bodies_and_the_public_find_no_people(town: Town, zhang: Person) -> None:
    assert "people" not in found(client_of(town.firm_manager), "张晓明")
    assert "people" not in found(client_of(town.neighbour), "张晓明")
    assert "people" not in found(Client(), "13900009999")


def test_needs_are_found_by_their_words_and_only_where_they_may_be_read(town: Town) -> None:
    town.need("老人不会用手机挂号")
    town.need("家里老人有心事", is_public=False)
    assert found(Client(), "老人") == {"needs": 1}
    assert found(client_of(town.worker), "老人") == {"needs": 2}


def test_bodies_are_found_by_name_and_pinyin(town: Town) -> None:
    assert found(Client(), "禾木")["organizations"] == 1
    assert found(Client(), "hemu")["organizations"] == 1


@pytest.mark.parametrize("text", ["", "   ", "' or 1=1 --", "!!!", "\x00", "a" * 500, "&|!():*"])
def test_odd_words_find_nothing_and_break_nothing(text: str) -> None:
    page = Client().get("/search/", {"q": text})
    assert page.status_code == 200
