"""Two at once: the last manager stays, a person is registered once, a team is joined once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.core.errors import Denied, Refused
from liandong.organizations import services
from liandong.organizations.models import Membership, Organization, RoleGrant
from liandong.organizations.permissions import in_force
from liandong.organizations.tests import factories as make
from liandong.volunteers import services as volunteers
from liandong.volunteers.models import TeamMembership, VolunteerProfile
from liandong.volunteers.tests import factories as teams

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Runs the calls at the same moment, each on its own connection; "done" or the kind of refusal."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        start.wait(10)
        try:
            call()
        except Refused:
            return "refused"
        except Denied:
            return "denied"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def test_two_managers_who_end_each_other_leave_one():
    body = make.organization()
    one, other = make.grant("org_manager", on=body), make.grant("org_manager", on=body)
    answers = at_once(lambda: services.end_role(other, by=one.person), lambda: services.end_role(one, by=other.person))
    assert answers in (["denied", "done"], ["done", "refused"])
    assert RoleGrant.objects.filter(in_force(), organization=body).count() == 1


def test_a_person_registered_eight_times_at_once_is_one():
    body = make.organization()
    by = make.manager(body)
    answers = at_once(*[lambda: services.register_person(body, name="陈桂兰", phone="13800000001", consent=True, by=by)] * 8)
    assert answers == ["done"] * 8
    assert (Person.objects.filter(name="陈桂兰").count(), Membership.objects.filter(organization=body).count()) == (1, 1)


def test_a_body_of_one_name_is_created_once():
    street = make.street()
    by = make.hub_manager(street)
    answers = at_once(*[lambda: services.create_organization(name="远航物流", kind="enterprise", territory=street, by=by)] * 6)
    assert answers == ["done"] + ["refused"] * 5
    assert Organization.objects.count() == 1


def test_a_team_joined_eight_times_at_once_has_one_member():
    team, me = teams.team(), people.person()
    assert at_once(*[lambda: volunteers.join_team(team, person=me, by=me)] * 8) == ["done"] * 8
    assert (TeamMembership.objects.count(), VolunteerProfile.objects.count()) == (1, 1)
