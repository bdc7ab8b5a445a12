"""Role by verb, in one table: a project led by the agency, with a place from the community and hours from the enterprise."""

import pytest

from liandong.projects import permissions
from liandong.projects.tests import factories

ROLES = ("resident", "worker", "manager", "observer", "other_worker", "firm_manager", "agency_manager", "hub_staff", "hub_manager")
CHECKS = {
    "see in full": (
        permissions.sees_in_full,
        "worker manager observer firm_manager agency_manager hub_staff hub_manager",
    ),
    "manage": (permissions.can_manage, "agency_manager hub_staff hub_manager"),
    "approve": (permissions.can_approve, "hub_manager"),
    "sign for the place": (lambda person, project: permissions.can_sign(person, project.pledges.get(kind="place")), "manager"),
    "sign for the hours": (lambda person, project: permissions.can_sign(person, project.pledges.get(kind="hours")), "firm_manager"),
}


@pytest.mark.parametrize("what", CHECKS)
def test_who_may(town, what):
    project = factories.project(town)
    factories.pledges(town, project)
    check, allowed = CHECKS[what]
    assert [role for role in ROLES if check(getattr(town, role), project)] == [role for role in ROLES if role in allowed.split()]


def test_seeing_one_equals_seeing_in_a_list(town):
    project = factories.project(town)
    factories.pledges(town, project)
    for role in ROLES:
        person = getattr(town, role)
        assert permissions.sees_in_full(person, project) == permissions.visible_to(person).filter(pk=project.pk).exists(), role


def test_a_draft_exists_only_for_those_who_work_on_it(town):
    draft, running = factories.project(town), factories.running(town)
    for person in (None, town.resident, town.other_worker):
        assert list(permissions.readable_by(person)) == [running]
    assert set(permissions.readable_by(town.firm_manager)) == {running}
    factories.pledges(town, draft)
    assert set(permissions.readable_by(town.firm_manager)) == {draft, running}
