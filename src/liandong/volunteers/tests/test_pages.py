"""Pages of volunteers and teams."""

import pytest
from django.urls import reverse

from liandong.accounts.models import Account
from liandong.accounts.tests import factories as people
from liandong.journal.models import Entry
from liandong.organizations.models import Role
from liandong.organizations.tests import factories as bodies
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile
from liandong.volunteers.tests import factories as make

pytestmark = pytest.mark.django_db
PHONE = "13812341234"


def url(name: str, *arguments) -> str:
    return reverse(f"volunteers:{name}", args=arguments)


def enter(client, person):
    client.force_login(Account.objects.filter(person=person).first() or people.account(person_=person))
    return person


def test_somebody_becomes_a_volunteer_and_changes_it(client):
    me = enter(client, people.person())
    skill = Skill.objects.create(name="急救")
    assert client.get(url("my_profile")).status_code == 200
    assert client.post(url("my_profile"), {"availability": ["never"]}).status_code == 422
    assert client.post(url("my_profile"), {"skills": [skill.pk], "availability": ["sat_am"], "intro": "会修车"}).status_code == 303
    profile = VolunteerProfile.objects.get(person=me)
    assert (profile.availability, list(profile.skills.all())) == (["sat_am"], [skill])
    assert client.post(url("my_profile"), {}).status_code == 303
    profile.refresh_from_db()
    assert (profile.availability, profile.intro, profile.skills.count()) == ([], "", 0)


def test_a_break_is_taken_and_ended(client):
    me = enter(client, people.person())
    assert client.post(url("my_state"), {"state": "paused"}).status_code == 404
    make.volunteer(person=me)
    assert client.post(url("my_state"), {"state": "paused"}).status_code == 303
    assert client.post(url("my_state"), {"state": "paused"}).status_code == 422
    assert client.post(url("my_state"), {"state": "nonsense"}).status_code == 422


def test_the_list_is_masked_scoped_and_asks_a_fixed_number_of_times(client, django_assert_max_num_queries):
    street = bodies.street()
    enter(client, bodies.hub_manager(street))
    make.volunteer(person=people.person(name="张小明", phone=PHONE), residence=street)
    make.volunteer(person=people.person(name="外人甲"), residence=bodies.street())
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(25) as captured:
            page = client.get(url("list"))
        counts.append(len(captured))
        for _more in range(2):
            make.volunteer(person=people.person(name="张小明"), residence=street).skills.add(Skill.objects.get_or_create(name="急救")[0])
    text = page.content.decode()
    assert counts[0] + 1 >= counts[1]  # skills are asked for once there are any
    assert (page.context["page"].paginator.count, "张小明" in text, PHONE in text, "外人" in text) == (3, False, False, False)
    assert client.get(url("list"), {"skill": "x", "place": "9999999", "slot": "'", "state": "?", "page": "1e9", "q": "%"}).status_code == 200


def test_the_list_is_for_staff(client):
    enter(client, people.person())
    assert client.get(url("list")).status_code == 403


def test_a_volunteer_page_is_masked_and_unseen_ones_do_not_exist(client):
    body = bodies.organization()
    person = bodies.member(body, person=people.person(name="张小明", phone=PHONE)).person
    make.volunteer(person=person)
    stranger = make.volunteer()
    enter(client, bodies.manager(body))
    page = client.get(url("volunteer", person.number)).content.decode()
    assert ("张小明" in page, PHONE in page, "张*明" in page) == (False, False, True)
    assert client.get(url("volunteer", stranger.person.number)).status_code == 404


def test_the_hub_reads_a_phone_of_somebody_who_only_lives_there(client):
    street = bodies.street()
    person = make.volunteer(person=people.person(name="张小明", phone=PHONE), residence=street).person
    enter(client, bodies.grant(Role.OBSERVER, on=street).person)
    assert client.get(url("reveal", person.number)).status_code == 404
    enter(client, bodies.hub_manager(street))
    assert client.post(url("reveal", person.number), {"field": "phone", "reason": ""}).status_code == 422
    assert client.post(url("reveal", person.number), {"field": "phone", "reason": "活动改期"}).status_code == 303
    assert PHONE in client.get(url("volunteer", person.number)).content.decode()
    assert Entry.objects.get(verb="person.revealed").reason == "活动改期"
    assert client.get(url("reveal", make.volunteer().person.number)).status_code == 404


def test_teams_are_public_and_search(client, django_assert_max_num_queries):
    body = bodies.organization(name="远航物流", slug="hemu")
    make.team(name="鲁班匠人队", organization=body, leader=people.person(name="王大明"))
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(12) as captured:
            page = client.get(url("teams"))
        counts.append(len(captured))
        make.team(leader=people.person())
        make.team(leader=people.person())
    assert (counts[0], "王大明" in page.content.decode()) == (counts[1], False)
    found = [
        client.get(url("teams"), query).context["page"].paginator.count
        for query in ({"q": "luban"}, {"q": "远航"}, {"organization": "hemu"}, {"q": "zzz"})
    ]
    assert found == [1, 1, 1, 0]


def test_four_hundred_teams_come_fifty_a_page(client):
    body = bodies.organization()
    Team.objects.bulk_create(Team(name=f"{n}队", pinyin=f"{n:03}dui", organization=body, territory=body.territory) for n in range(120))
    page = client.get(url("teams"), {"page": "2"}).context["page"]
    assert (len(page.object_list), page.paginator.num_pages) == (50, 3)


def test_a_team_hides_its_members_from_strangers(client):
    team = make.team(leader=people.person(name="王大明"))
    make.member(team, person=people.person(name="张小明"))
    assert client.get(url("team", team.pk)).context["page"] is None
    enter(client, people.person())
    assert "张*明" not in client.get(url("team", team.pk)).content.decode()
    client.post(url("join", team.pk))
    page = client.get(url("team", team.pk)).content.decode()
    assert ("张*明" in page, "张小明" in page) == (True, False)


def test_joining_and_leaving_are_posts(client):
    team = make.team()
    me = enter(client, people.person())
    assert client.get(url("join", team.pk)).status_code == 405
    assert client.post(url("join", team.pk)).status_code == 303
    assert client.post(url("join", team.pk)).status_code == 303
    assert TeamMembership.objects.filter(person=me, to_date=None).count() == 1
    assert client.post(url("leave", team.pk)).status_code == 303
    Team.objects.update(state="resting")
    assert client.post(url("join", team.pk)).status_code == 422


def test_a_keeper_adds_removes_and_appoints(client):
    body = bodies.organization()
    team = make.team(organization=body)
    member = bodies.member(body, person=people.person(name="张小明")).person
    stranger = people.person(name="外人甲")
    enter(client, bodies.manager(body))
    assert [item.pk for item in client.get(url("team", team.pk), {"find": "zxm"}).context["found"]] == [member.pk]
    assert client.post(url("add_member", team.pk), {"number": stranger.number}).status_code == 404
    assert client.post(url("add_member", team.pk), {"number": member.number}).status_code == 303
    assert client.post(url("appoint_leader", team.pk), {"number": stranger.number}).status_code == 404
    assert client.post(url("appoint_leader", team.pk), {"number": member.number}).status_code == 303
    assert client.post(url("remove_member", team.pk), {"number": member.number}).status_code == 422
    team.refresh_from_db()
    assert team.leader == member


def test_others_keep_no_team(client):
    body = bodies.organization()
    team = make.team(organization=body)
    for person in (people.person(), bodies.grant(Role.ORG_STAFF, on=body).person, bodies.manager(bodies.organization())):
        enter(client, person)
        assert {
            client.post(url(name, team.pk), {"number": "x", "name": "x"}).status_code
            for name in ("add_member", "remove_member", "appoint_leader", "team_edit")
        } == {403}


def test_a_team_is_made_and_edited(client):
    body = bodies.organization()
    leader = bodies.member(body, person=people.person(name="张小明", phone=PHONE)).person
    enter(client, bodies.manager(body))
    form = {"name": "鲁班匠人队", "organization": body.pk, "leader": PHONE, "intro": "修"}
    assert client.post(url("team_new"), {**form, "leader": "13999999999"}).status_code == 422
    assert client.post(url("team_new"), {**form, "organization": bodies.organization().pk}).status_code == 422
    assert client.post(url("team_new"), form).status_code == 303
    team = Team.objects.get()
    assert team.leader == leader
    assert client.post(url("team_new"), form).status_code == 422
    assert client.post(url("team_edit", team.pk), {"name": "鲁班队", "intro": "", "state": "resting"}).status_code == 303
    enter(client, people.person())
    assert client.get(url("team_new")).status_code == 403


def test_a_closed_volunteer_list_is_not_leaked_by_the_team(client):
    assert client.get(url("team", 999)).status_code == 404
