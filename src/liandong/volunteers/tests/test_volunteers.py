"""Registering as a volunteer, teams, leaders, who sees whom."""

import pytest

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.core.actors import DEMO, IMPORTER
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.organizations import services as organizations
from liandong.organizations.models import Right, Role
from liandong.organizations.tests import factories as bodies
from liandong.volunteers import queries, services
from liandong.volunteers.models import Skill, TeamMembership, VolunteerProfile
from liandong.volunteers.permissions import can_see_members, visible_to
from liandong.volunteers.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_person_becomes_a_volunteer_by_themselves():
    me, place = people.person(), bodies.territory()
    skill = Skill.objects.create(name="急救")
    profile = services.register_volunteer(
        me, residence=place, skills=[skill], availability=["sat_am", "wd_eve", "nonsense"], intro="会修自行车", by=me
    )
    assert (profile.residence, profile.availability, list(profile.skills.all())) == (place, ["wd_eve", "sat_am"], [skill])
    assert Entry.objects.get().verb == "volunteer.registered"


def test_registering_again_fills_in_and_brings_back():
    me, place = people.person(), bodies.territory()
    services.register_volunteer(me, intro="第一次", by=me)
    services.change_state(VolunteerProfile.objects.get(), state="left", by=me)
    again = services.register_volunteer(me, residence=place, intro="第二次", by=IMPORTER)
    assert (again.state, again.residence, again.intro) == ("active", place, "第一次")


def test_nobody_registers_a_stranger():
    for by in (people.person(name="王芳"), bodies.manager(bodies.organization())):
        with pytest.raises(Denied):
            services.register_volunteer(people.person(), by=by)


def test_a_body_registers_its_own_people():
    body = bodies.organization()
    person = bodies.member(body).person
    assert services.register_volunteer(person, by=bodies.manager(body)).person == person


def test_a_profile_is_edited_and_a_break_taken():
    me = people.person()
    profile = services.register_volunteer(me, by=me)
    services.edit_volunteer(profile, residence=None, skills=[], availability=["holiday"], intro="休息", by=me)
    assert services.change_state(profile, state="paused", by=me).state == "paused"
    with pytest.raises(Refused):
        services.change_state(profile, state="paused", by=me)
    with pytest.raises(Denied):
        services.change_state(profile, state="active", by=people.person(name="王芳"))


def test_each_body_sees_only_its_own_volunteers():
    street = bodies.street()
    body, other = bodies.organization(place=bodies.territory(parent=street)), bodies.organization()
    lives_here = make.volunteer(residence=body.territory)
    belongs = make.volunteer(person=bodies.member(body).person)
    in_team = make.member(make.team(organization=body)).person
    in_team = make.volunteer(person=in_team)
    stranger = make.volunteer(residence=other.territory)
    seen = {
        name: set(visible_to(person))
        for name, person in {"body": bodies.manager(body), "hub": bodies.hub_manager(street), "other": bodies.manager(other)}.items()
    }
    assert seen == {"body": {belongs, in_team}, "hub": {lives_here, belongs, in_team}, "other": set()}
    assert set(visible_to(bodies.hub_manager(other.territory))) == {stranger}
    assert list(visible_to(people.person())) == list(visible_to(None)) == []


def test_the_list_is_found_by_name_pinyin_skill_and_time():
    street = bodies.street()
    hub = bodies.hub_manager(street)
    skill = Skill.objects.create(name="急救")
    one = make.volunteer(person=people.person(name="欧阳娜娜", phone="13800000001"), residence=street, availability=["sat_am"])
    one.skills.add(skill)
    make.volunteer(person=people.person(name="张明"), residence=street, state="paused")
    found = [queries.volunteers(hub, words=words).count() for words in ("欧阳", "ouyang", "oynn", "13800000001", "明", "none")]
    assert found == [1, 1, 1, 1, 1, 0]
    assert (
        list(queries.volunteers(hub, skill=str(skill.pk)))
        == list(queries.volunteers(hub, slot="sat_am"))
        == list(queries.volunteers(hub, state="active"))
        == [one]
    )


def test_a_team_is_made_with_its_leader_as_first_member():
    body = bodies.organization()
    by = bodies.manager(body)
    leader = bodies.member(body).person
    team = services.create_team(name="鲁班匠人队", organization=body, leader=leader, by=by)
    assert (team.leader, team.territory, queries.is_member(team, leader)) == (leader, body.territory, True)
    with pytest.raises(Refused):
        services.create_team(name="鲁班匠人队", organization=body, by=by)
    with pytest.raises(Denied):
        services.create_team(name="另一队", organization=body, by=bodies.grant(Role.ORG_STAFF, on=body).person)


def test_anybody_joins_an_active_team_and_leaves_it():
    team, me = make.team(), people.person()
    services.join_team(team, person=me, by=me)
    services.join_team(team, person=me, by=me)
    assert (queries.teams().get(pk=team.pk).member_count, VolunteerProfile.objects.filter(person=me).count()) == (1, 1)
    services.leave_team(team, person=me, by=me)
    services.leave_team(team, person=me, by=me)
    assert TeamMembership.objects.get().to_date is not None
    assert Entry.objects.filter(verb="team.left").count() == 1
    team.state = "resting"
    team.save()
    with pytest.raises(Refused):
        services.join_team(team, person=me, by=me)


def test_nobody_puts_a_stranger_into_a_team():
    body = bodies.organization()
    team, stranger = make.team(organization=body), people.person()
    for by in (people.person(name="王芳"), bodies.manager(body), bodies.manager(bodies.organization())):
        with pytest.raises(Denied):
            services.join_team(team, person=stranger, by=by)
    assert services.join_team(team, person=bodies.member(body).person, by=bodies.manager(body)).team == team


def test_a_leader_hands_over_before_leaving():
    leader = people.person()
    team = make.team(leader=leader)
    with pytest.raises(Refused):
        services.leave_team(team, person=leader, by=leader)
    with pytest.raises(Denied):
        services.appoint_leader(team, person=leader, by=leader)
    services.appoint_leader(team, person=people.person(name="王芳"), by=DEMO)
    services.leave_team(team, person=leader, by=leader)
    assert list(queries.members_of(team).values_list("person__name", flat=True)) == ["王芳"]


def test_members_are_seen_by_members_and_keepers_only():
    body = bodies.organization()
    team = make.team(organization=body, leader=people.person())
    mate = make.member(team).person
    cases = {
        "leader": team.leader,
        "mate": mate,
        "manager": bodies.manager(body),
        "staff": bodies.grant(Role.ORG_STAFF, on=body).person,
        "stranger": people.person(),
        "nobody": None,
    }
    assert {name: bool(can_see_members(person, team)) for name, person in cases.items()} == {
        "leader": True, "mate": True, "manager": True, "staff": True, "stranger": False, "nobody": False,
    }  # fmt: skip


def test_people_to_add_are_those_one_sees():
    body = bodies.organization()
    team, by = make.team(organization=body), bodies.manager(body)
    mine = bodies.member(body, person=people.person(name="王芳")).person
    people.person(name="王芳菲")
    assert list(queries.people_to_add(by, team, "王芳")) == [mine]
    assert list(queries.people_to_add(by, team, "")) == []


def test_a_joined_entry_takes_its_teams_along(run_jobs):
    street = bodies.street()
    body = bodies.organization(place=street)
    old, new = bodies.member(body).person, bodies.member(body).person
    team = make.team(organization=body, leader=old)
    make.member(team, person=new)
    make.volunteer(person=old)
    organizations.merge_person(old, into=new, by=bodies.hub_manager(street))
    run_jobs()
    team.refresh_from_db()
    assert (team.leader, VolunteerProfile.objects.get().person, list(queries.members_of(team).values_list("person", flat=True))) == (
        new,
        new,
        [new.pk],
    )


def test_skills_are_made_once():
    first = services.ensure_skills(["急救", " 理发 ", ""])
    assert [skill.name for skill in services.ensure_skills(["急救", "理发"])] == [skill.name for skill in first]
    assert Skill.objects.count() == 2


ROLES = ("hub_manager", "hub_staff", "org_manager", "org_staff", "activity_leader", "observer", "nobody")
TABLE = {
    "see the volunteers": "hub_manager hub_staff org_manager org_staff",
    "make a team": "hub_manager hub_staff org_manager",
    "add to a team": "hub_manager hub_staff org_manager",
    "appoint a leader": "hub_manager hub_staff org_manager",
}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_do(role):
    street = bodies.street()
    body = bodies.organization(place=street)
    team, person = make.team(organization=body), bodies.member(body).person
    make.volunteer(person=person)
    by = people.person() if role == "nobody" else bodies.grant(role, on=street if role.startswith("hub") else body).person

    def tries(verb) -> bool:
        try:
            verb()
        except Denied:
            return False
        return True

    may = {
        "see the volunteers": visible_to(by, Right.SEE_PEOPLE).exists(),
        "make a team": tries(lambda: services.create_team(name="新队", organization=body, by=by)),
        "add to a team": tries(lambda: services.join_team(team, person=person, by=by)),
        "appoint a leader": tries(lambda: services.appoint_leader(team, person=person, by=by)),
    }
    assert {name for name, allowed in may.items() if allowed} == {name for name, roles in TABLE.items() if role in roles.split()}


def test_a_person_is_never_doubled_by_registering():
    assert Person.objects.count() == 0
