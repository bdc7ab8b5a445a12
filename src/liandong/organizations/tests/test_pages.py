"""Pages of bodies, people, roles and places: who sees what, and how often they ask."""

import datetime as dt

import pytest
from django.urls import reverse

from liandong.accounts.models import Account, Person
from liandong.accounts.tests import factories as people
from liandong.journal.models import Entry
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory
from liandong.organizations.tests import factories as make
from liandong.volunteers.tests import factories as volunteers

pytestmark = pytest.mark.django_db
PHONE = "13812341234"


def url(name: str, *arguments) -> str:
    return reverse(f"organizations:{name}", args=arguments)


def enter(client, person: Person) -> Person:
    account = Account.objects.filter(person=person).first() or people.account(person_=person)
    client.force_login(account)
    return person


@pytest.fixture
def town(client):
    """A street with a community and a firm; a member of the firm with a phone."""

    class Town:
        street = make.street()
        community = make.territory(parent=street)
        firm = make.organization(place=community, name="禾木科技", slug="hemu")
        member = make.member(firm, person=people.person(name="张小明", phone=PHONE))
        manager = make.manager(firm)
        hub = make.hub_manager(street)

    return Town


def test_the_public_list_finds_by_pinyin_and_party(client, town):
    make.organization(name="银龄中心", kind="agency")
    make.organization(name="关停公司", state="suspended")
    for query, expected in (
        ({}, ["禾木科技", "银龄中心"]),
        ({"q": "yinling"}, ["银龄中心"]),
        ({"q": "禾木"}, ["禾木科技"]),
        ({"party": "social"}, ["银龄中心"]),
        ({"q": "zzz"}, []),
        ({"party": "nonsense"}, ["禾木科技", "银龄中心"]),
    ):
        names = [item.name for item in client.get(url("list"), query).context["page"]]
        assert names == expected


def test_the_list_asks_as_often_for_three_as_for_one(client, town, django_assert_max_num_queries):
    for person, most in ((None, 12), (town.hub, 25)):
        if person:
            enter(client, person)
        counts = []
        for _round in range(2):
            with django_assert_max_num_queries(most) as captured:
                client.get(url("list"))
            counts.append(len(captured))
            make.organization(place=town.community)
            make.organization(place=town.community)
        assert counts[0] == counts[1]


def test_the_public_page_shows_no_phone_of_a_person(client, town):
    Organization.objects.filter(pk=town.firm.pk).update(contact_name="王大明", contact_phone=PHONE, intro="做软件的<b>公司</b>")
    volunteers.team(organization=town.firm, name="禾木志愿队")
    page = client.get(url("organization", "hemu")).content.decode()
    assert [text in page for text in (PHONE, "138****1234", "王大明", "王*明", "禾木志愿队", "<b>公司")] == [False, True, False, True, True, False]


def test_a_suspended_body_does_not_exist_for_others(client, town):
    Organization.objects.filter(pk=town.firm.pk).update(state="suspended")
    assert client.get(url("organization", "hemu")).status_code == 404
    enter(client, town.hub)
    assert client.get(url("organization", "hemu")).status_code == 200


INNER = ("edit", "people", "register_person", "roles")
CAN = {
    "hub_manager": {"edit", "people", "register_person", "roles", "person", "reveal"},
    "hub_staff": {"edit", "people", "register_person", "person", "reveal"},
    "org_manager": {"edit", "people", "register_person", "roles", "person", "reveal"},
    "org_staff": {"people", "person"},
    "activity_leader": set(),
    "observer": set(),
}


@pytest.mark.parametrize("role", CAN)
def test_which_role_opens_which_page(client, town, role):
    enter(client, make.grant(role, on=town.street if role.startswith("hub") else town.firm).person)
    status = {name: client.get(url(name, "hemu")).status_code for name in INNER}
    status |= {name: client.get(url(name, town.member.person.number)).status_code for name in ("person", "reveal")}
    assert {name for name, code in status.items() if code == 200} == CAN[role]
    assert {code for name, code in status.items() if name in INNER and name not in CAN[role]} <= {403}
    assert status["person"] in {200, 404}


def test_inner_pages_of_another_body_do_not_exist(client, town):
    enter(client, make.manager(make.organization()))
    number = town.member.person.number
    assert {client.get(url(name, "hemu")).status_code for name in INNER} == {404}
    assert {client.get(url(name, number)).status_code for name in ("person", "reveal")} == {404}
    grant = RoleGrant.objects.get(person=town.manager)
    posts = [
        (url("reveal", number), {"field": "phone", "reason": "看看"}), (url("add_membership", number), {}), (url("merge", number), {"into": "L1"}),
        (url("end_membership", town.member.pk), {}), (url("end_role", grant.pk), {}), (url("change_state", "hemu"), {"state": "closed"}),
        (url("register_person", "hemu"), {"name": "陈奶奶", "kind": "member", "consent": "on"}), (url("place", town.street.pk), {"name": "X"}), (url("close_place", town.street.pk), {}),
        (url("place_roles", town.street.pk), {}),
    ]  # fmt: skip
    before = Entry.objects.count()
    assert {address: client.post(address, data).status_code for address, data in posts} == {address: 404 for address, _data in posts}
    assert Entry.objects.count() == before


def test_people_are_masked_and_found(client, town, django_assert_max_num_queries):
    enter(client, town.manager)
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(25) as captured:
            page = client.get(url("people", "hemu"))
        counts.append(len(captured))
        make.member(town.firm, person=people.person(name="王芳"))
        make.member(town.firm, person=people.person(name="欧阳娜"))
    text = page.content.decode()
    assert (counts[0], "张小明" in text, PHONE in text, "张*明" in text, "138****1234" in text) == (counts[1], False, False, True, True)
    found = {
        words: [row.person.name for row in client.get(url("people", "hemu"), {"q": words}).context["page"]]
        for words in ("zxm", "oyn", "王", PHONE, "138", town.member.person.number)
    }
    assert found == {
        "zxm": ["张小明"],
        "oyn": ["欧阳娜"] * 2,
        "王": ["王芳"] * 2,
        PHONE: ["张小明"],
        "138": [],
        town.member.person.number: ["张小明"],
    }


def test_somebody_is_registered_with_five_fields_and_gets_a_card(client, town):
    enter(client, town.manager)
    form = {"name": "陈桂兰", "phone": "", "birth_date": "1941-02-03", "sex": "F", "kind": "resident"}
    refused = client.post(url("register_person", "hemu"), form)
    assert (refused.status_code, "陈桂兰" in refused.content.decode(), Membership.objects.count()) == (422, True, 1)
    answer = client.post(url("register_person", "hemu"), {**form, "consent": "on"})
    person = Person.objects.get(name="陈桂兰")
    assert (answer.status_code, answer["Location"]) == (303, url("card", "hemu", person.number))
    card = client.get(answer["Location"]).content.decode()
    assert (person.number in card.replace(" ", ""), "陈桂兰" in card) == (True, False)
    assert client.get(url("card", "hemu", town.hub.number)).status_code == 404


def test_a_value_is_shown_for_half_a_minute(client, town, clock):
    enter(client, town.manager)
    number = town.member.person.number
    assert client.post(url("reveal", number), {"field": "phone", "reason": ""}).status_code == 422
    assert client.post(url("reveal", number), {"field": "password", "reason": "看看"}).status_code == 422
    assert PHONE not in client.get(url("person", number)).content.decode()
    assert client.post(url("reveal", number), {"field": "phone", "reason": "活动改期"}).status_code == 303
    assert PHONE in client.get(url("person", number)).content.decode()
    clock.advance(seconds=31)
    page = client.get(url("person", number))
    assert (PHONE in page.content.decode(), page["Cache-Control"]) == (False, "private, no-store")


def test_too_many_reveals_are_stopped(client, town):
    enter(client, town.manager)
    for _time in range(30):
        client.post(url("reveal", town.member.person.number), {"field": "phone", "reason": "活动改期"})
    assert client.post(url("reveal", town.member.person.number), {"field": "phone", "reason": "活动改期"}).status_code == 429


def test_a_manager_who_was_removed_sees_nothing_at_the_next_click(client, town):
    second = make.manager(town.firm)
    enter(client, second)
    assert client.get(url("people", "hemu")).status_code == 200
    RoleGrant.objects.filter(person=second).update(to_date="2021-01-01")
    assert client.get(url("people", "hemu")).status_code == 404


def test_an_edit_is_saved_and_a_stale_one_shows_both_values(client, town):
    enter(client, town.manager)
    first = client.get(url("edit", "hemu"))
    form = {
        "name": "禾木科技",
        "short_name": "",
        "uscc": "",
        "intro": "",
        "address": "一层",
        "contact_name": "",
        "contact_phone": "",
        "seen": first.context["seen"],
    }
    assert client.post(url("edit", "hemu"), {**form, "kind": "hub", "state": "closed", "slug": "x"}).status_code == 303
    firm = Organization.objects.get(pk=town.firm.pk)
    assert (firm.address, firm.kind, firm.state, firm.slug) == ("一层", "enterprise", "active", "hemu")
    stale = client.post(url("edit", "hemu"), {**form, "address": "二层"})
    assert (stale.status_code, Organization.objects.get(pk=firm.pk).address) == (409, "一层")


def test_the_hub_admits_a_body_and_appoints_its_manager(client, town):
    enter(client, town.hub)
    place = town.community
    values = {"name": "远航物流", "kind": "enterprise", "territory": place.pk}
    assert client.post(url("new"), {**values, "territory": make.territory().pk}).status_code == 422
    answer = client.post(url("new"), values)
    made = Organization.objects.get(name="远航物流")
    assert (answer.status_code, answer["Location"]) == (303, url("roles", made.slug))
    assert client.post(url("roles", made.slug), {"who": town.member.person.number, "role": "org_manager"}).status_code == 303
    assert RoleGrant.objects.get(organization=made).person == town.member.person
    enter(client, town.manager)
    assert client.get(url("new")).status_code == 403


def test_roles_are_given_to_known_people_and_ended(client, town):
    enter(client, town.manager)
    stranger = people.person(name="陌生人", phone="13900000001")
    for who in (stranger.number, "13900000001", "nonsense"):
        assert client.post(url("roles", "hemu"), {"who": who, "role": "org_staff"}).status_code == 422
    assert client.post(url("roles", "hemu"), {"who": PHONE, "role": "hub_manager"}).status_code == 422
    assert client.post(url("roles", "hemu"), {"who": PHONE, "role": "org_staff"}).status_code == 303
    grant = RoleGrant.objects.get(role=Role.ORG_STAFF)
    assert (grant.organization, client.post(url("end_role", grant.pk)).status_code) == (town.firm, 303)
    assert client.post(url("end_role", RoleGrant.objects.get(person=town.manager).pk)).status_code == 422


def test_memberships_are_added_and_ended_from_the_person(client, town):
    enter(client, town.hub)
    other = make.organization(place=town.street)
    number = town.member.person.number
    assert client.post(url("add_membership", number), {"organization": make.organization().pk, "kind": "member"}).status_code == 422
    assert client.post(url("add_membership", number), {"organization": other.pk, "kind": "member"}).status_code == 303
    made = Membership.objects.get(organization=other)
    assert client.post(url("end_membership", made.pk)).status_code == 303
    made.refresh_from_db()
    assert made.to_date is not None


def test_two_entries_are_joined_by_the_hub_only(client, town):
    twin = make.member(town.firm, person=people.person(name="张小明")).person
    number = town.member.person.number
    enter(client, town.manager)
    assert url("merge", number) not in client.get(url("person", number)).content.decode()
    assert (client.get(url("merge", number)).status_code, client.post(url("merge", number), {"into": twin.number}).status_code) == (403, 403)
    enter(client, town.hub)
    assert url("merge", number) in client.get(url("person", number)).content.decode()
    for nobody in ("", "LNOBODY", "13900000009", "nonsense"):
        assert client.get(url("merge", number), {"into": nobody}).status_code == 422
        assert client.post(url("merge", number), {"into": nobody}).status_code == 422
    assert client.post(url("merge", number)).status_code == 422
    assert client.post(url("merge", number), {"into": twin.number}).status_code == 303
    assert Person.objects.get(number=number).merged_into == twin


def test_who_may_be_the_same_is_offered_and_both_stand_beside_each_other(client, town, django_assert_max_num_queries):
    person = town.member.person
    Person.objects.filter(pk=person.pk).update(birth_date=dt.date(1960, 5, 1), sex="F")
    same_name = make.member(town.firm, person=people.person(name="张小明")).person
    same_day = make.member(town.firm, person=people.person(name="张小明", birth_date=dt.date(1960, 5, 1), sex="M")).person
    same_phone = make.member(town.firm, person=people.person(name="张晓明", phone=person.phone)).person
    make.member(town.firm, person=people.person(name="别人"))
    elsewhere = people.person(name="张小明")  # belongs to no body of the hub
    enter(client, town.hub)
    with django_assert_max_num_queries(12):
        page = client.get(url("merge", person.number))
    assert [other for other, alike in page.context["doubles"]] == [same_day, same_name, same_phone]
    assert elsewhere.number not in page.content.decode()
    with django_assert_max_num_queries(25):
        page = client.get(url("merge", person.number), {"into": same_day.number.lower()})
    assert [label for label, one, other, differs in page.context["rows"] if differs] == ["性别"]
    assert (page.context["against"], 'name="into"' in page.content.decode()) == ([], True)
    assert person.phone not in page.content.decode()
    assert client.get(url("merge", person.number), {"into": person.phone}).status_code == 422  # two have it
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


def test_what_speaks_against_joining_is_said_before_and_nothing_is_offered(client, town):
    person = town.member.person
    twin = make.member(town.firm, person=people.person(name="张小明")).person
    people.account(person_=person)
    people.account(person_=twin)
    enter(client, town.hub)
    at = url("merge", person.number)
    page = client.get(at, {"into": twin.number})
    assert page.context["against"] == ["两份资料都有账号，请先停用其中一个。"]
    assert "合并两份资料<" not in page.content.decode()
    answer = client.post(at, {"into": twin.number})
    assert (answer.status_code, answer.context["against"]) == (422, page.context["against"])
    itself = client.get(at, {"into": person.number})
    assert [reason[:9] for reason in itself.context["against"]] == ["不能合并：其中一份"]


def test_places_are_added_renamed_and_closed_by_the_hub(client, town, django_assert_max_num_queries):
    enter(client, town.hub)
    with django_assert_max_num_queries(25):
        assert client.get(url("places")).status_code == 200
    assert client.post(url("places"), {"name": "新苑社区", "level": "community", "parent": town.street.pk}).status_code == 303
    made = Territory.objects.get(name="新苑社区")
    assert client.post(url("places"), {"name": "新苑社区", "level": "community", "parent": town.street.pk}).status_code == 422
    assert client.post(url("places"), {"name": "大区", "level": "district", "parent": town.street.pk}).status_code == 422
    assert client.post(url("place", made.pk), {"name": "新苑东社区"}).status_code == 303
    assert client.post(url("close_place", town.street.pk)).status_code == 422
    assert client.post(url("close_place", made.pk)).status_code == 303
    assert client.get(url("place_roles", town.street.pk)).status_code == 200
    enter(client, town.manager)
    assert client.get(url("places")).status_code == 403


def test_strangers_sign_in_first(client, town):
    assert {client.get(url(name, "hemu")).status_code for name in INNER} == {302}
