"""Granting and ending roles; which role may do what."""

import datetime as dt

import pytest

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import DEMO
from liandong.core.errors import Denied, Refused
from liandong.journal.models import Entry
from liandong.organizations import services
from liandong.organizations.models import Membership, Right, Role, RoleGrant
from liandong.organizations.permissions import RIGHTS_OF, forget_grants, holds, organizations_with, places_with, scope, worked_in_by
from liandong.organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_manager_makes_a_colleague_manager_too():
    body = make.organization()
    by = make.manager(body)
    person = Person.objects.create(name="王芳")
    grant = services.grant_role(person, role=Role.ORG_MANAGER, organization=body, by=by)
    assert (grant.granted_by, holds(person, Right.GRANT_ROLES, organization=body)) == (by, True)
    assert services.grant_role(person, role=Role.ORG_MANAGER, organization=body, by=by) == grant
    assert Entry.objects.filter(verb="role.granted").count() == 1


@pytest.mark.parametrize("role", [Role.HUB_MANAGER, Role.HUB_STAFF])
def test_nobody_grants_above_their_own(role):
    street = make.street()
    body = make.organization(place=street)
    by = make.manager(body)
    for scope_ in ({"organization": body}, {"territory": street}):
        with pytest.raises(Denied):
            services.grant_role(by, role=role, by=by, **scope_)
    assert RoleGrant.objects.count() == 1


def test_nobody_grants_into_another_body():
    with pytest.raises(Denied):
        services.grant_role(
            Person.objects.create(name="王芳"), role=Role.OBSERVER, organization=make.organization(), by=make.manager(make.organization())
        )


def test_hub_staff_grant_nothing():
    street = make.street()
    with pytest.raises(Denied):
        services.grant_role(Person.objects.create(name="王芳"), role=Role.OBSERVER, territory=street, by=make.grant(Role.HUB_STAFF, on=street).person)


def test_a_body_role_is_not_given_on_a_place_nor_the_other_way():
    street = make.street()
    body = make.organization(place=street)
    hub = make.hub_manager(street)
    for role, scope_ in ((Role.ORG_STAFF, {"territory": street}), (Role.HUB_STAFF, {"organization": body})):
        with pytest.raises(Denied):
            services.grant_role(hub, role=role, by=hub, **scope_)


def test_the_last_manager_stays():
    body = make.organization()
    by = make.manager(body)
    only = RoleGrant.objects.get()
    with pytest.raises(Refused):
        services.end_role(only, by=by)
    services.grant_role(Person.objects.create(name="王芳"), role=Role.ORG_MANAGER, organization=body, by=by)
    services.end_role(only, by=by)
    assert holds(by, Right.SEE_WORK, organization=body) is False


def test_a_manager_cannot_end_the_role_of_the_hub():
    street = make.street()
    body = make.organization(place=street)
    make.hub_manager(street)
    with pytest.raises(Denied):
        services.end_role(RoleGrant.objects.get(), by=make.manager(body))


def test_a_role_holds_from_its_first_to_its_last_day(clock):
    body = make.organization()
    today = dt.date(2026, 6, 10)
    grant = make.grant(Role.ORG_STAFF, on=body, from_date=today + dt.timedelta(days=1), to_date=today + dt.timedelta(days=2))
    held = []
    for _day in range(4):
        forget_grants(grant.person)
        held.append(holds(grant.person, Right.SEE_WORK, organization=body))
        clock.advance(days=1)
    assert held == [False, True, True, False]


def test_a_right_on_a_street_reaches_its_communities_and_their_bodies_only():
    street = make.street()
    inside = make.organization(place=make.territory(parent=street))
    outside = make.organization()
    hub = make.hub_manager(street)
    assert [holds(hub, Right.TRIAGE_NEEDS, organization=body) for body in (inside, outside)] == [True, False]
    assert list(worked_in_by(hub, Right.TRIAGE_NEEDS)) == list(organizations_with(hub, Right.TRIAGE_NEEDS)) == [inside]
    assert list(places_with(hub, Right.TRIAGE_NEEDS).order_by("id")) == [street, inside.territory]


def test_a_named_part_of_liandong_may_do_everything_and_nobody_nothing():
    body = make.organization()
    assert (holds(DEMO, Right.GRANT_ROLES, organization=body), holds(None, Right.SEE_WORK, organization=body)) == (True, False)
    assert worked_in_by(None, Right.SEE_WORK).count() == 0
    assert make.Membership.objects.filter(scope(DEMO, Right.SEE_WORK)).count() == 0


MATRIX = {
    "hub_manager": set(Right),
    "hub_staff": set(Right) - {Right.GRANT_ROLES, Right.APPROVE_PROJECTS, Right.KEEP_TERRITORIES},
    "org_manager": set(Right) - {Right.TRIAGE_NEEDS, Right.APPROVE_PROJECTS, Right.VET_ORGANIZATIONS, Right.KEEP_TERRITORIES},
    "org_staff": {
        Right.SEE_WORK, Right.CLAIM_NEEDS, Right.MANAGE_PROJECTS, Right.MANAGE_ACTIVITIES, Right.CHECK_PEOPLE, Right.SEE_PEOPLE, Right.SEE_FIGURES, Right.KEEP_VENUES,
    },
    "activity_leader": {Right.SEE_WORK, Right.MANAGE_ACTIVITIES, Right.CHECK_PEOPLE},
    "observer": {Right.SEE_WORK, Right.SEE_FIGURES},
}  # fmt: skip


@pytest.mark.parametrize("role", Role.values)
def test_what_a_role_holds(role):
    assert set(RIGHTS_OF[role]) == MATRIX[role]


def test_today_is_the_local_day():
    assert clock.today() <= clock.now().date() + dt.timedelta(days=1)


def test_the_bodies_one_may_act_for_begin_with_those_one_works_for():
    street = make.street()
    others = [make.organization(name=name, place=street) for name in ("安和物业", "中街中心")]
    hub = make.hub_manager(street)
    assert list(organizations_with(hub, Right.MANAGE_PEOPLE)) == others
    Membership.objects.create(person=hub, organization=others[1], kind=Membership.Kind.STAFF, from_date=dt.date(2024, 1, 1))
    hub = Person.objects.get(pk=hub.pk)
    assert list(organizations_with(hub, Right.MANAGE_PEOPLE)) == others[::-1]
