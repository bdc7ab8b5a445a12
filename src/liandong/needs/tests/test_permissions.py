"""Role by verb, in one table."""

import pytest

from liandong.needs import permissions, services
from liandong.needs.models import Need

ROLES = ("resident", "neighbour", "worker", "manager", "observer", "other_worker", "firm_manager", "agency_manager", "hub_staff", "hub_manager")
# A public need of the resident on the community's ground: unclaimed, and claimed by the agency.
TABLE = {
    "see in full": (
        "resident worker manager observer hub_staff hub_manager",
        "resident worker manager observer agency_manager hub_staff hub_manager",
    ),
    "triage": ("hub_staff hub_manager", "hub_staff hub_manager"),
    "handle": ("worker manager hub_staff hub_manager", "agency_manager hub_staff hub_manager"),
    "withdraw": ("resident", "resident"),
    "confirm": ("resident", "resident"),
    "object": ("resident worker manager observer hub_staff hub_manager", "resident worker manager observer agency_manager hub_staff hub_manager"),
    "reveal": ("manager hub_staff hub_manager", "manager agency_manager hub_staff hub_manager"),
}
CHECKS = {
    "see in full": lambda person, need: permissions.visible_to(person).filter(pk=need.pk).exists(),
    "triage": permissions.can_triage,
    "handle": permissions.can_handle,
    "withdraw": permissions.can_withdraw,
    "confirm": permissions.can_confirm,
    "object": permissions.can_object,
    "reveal": permissions.can_reveal,
}


@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize("what", TABLE)
def test_who_may(town, what, claimed):
    need = town.need()
    if claimed:
        services.claim_need(need, organization=town.agency, by=town.agency_manager)
    allowed = [role for role in ROLES if CHECKS[what](getattr(town, role), need)]
    assert allowed == [role for role in ROLES if role in TABLE[what][claimed].split()]


@pytest.mark.parametrize("public", [True, False])
def test_seeing_one_equals_seeing_in_a_list(town, public):
    need = town.need(is_public=public)
    services.claim_need(need, organization=town.agency, by=town.hub_manager)
    for role in ROLES:
        person = getattr(town, role)
        assert permissions.sees_in_full(person, need) == permissions.visible_to(person).filter(pk=need.pk).exists(), role


def test_a_need_that_is_not_public_exists_only_for_those_concerned(town):
    need = town.need(is_public=False)
    readers = [role for role in ROLES if permissions.readable_by(getattr(town, role)).filter(pk=need.pk).exists()]
    assert readers == ["resident", "worker", "manager", "observer", "hub_staff", "hub_manager"]
    assert not permissions.readable_by(None).exists()


def test_one_claims_only_for_bodies_one_works_for_and_needs_one_can_know_of(town):
    public, hidden = town.need(), town.need(is_public=False)
    assert permissions.can_claim(town.firm_manager, public, town.enterprise)
    assert not permissions.can_claim(town.firm_manager, public, town.agency)
    assert not permissions.can_claim(town.firm_manager, hidden, town.enterprise)
    assert permissions.can_claim(town.worker, hidden, town.community)
    assert not permissions.can_claim(town.observer, public, town.community)


def test_staff_of_the_asking_body_stand_on_the_asking_side(town):
    need = town.need(asker_organization=town.enterprise, by=town.firm_manager)
    assert permissions.can_withdraw(town.firm_manager, need)
    assert not permissions.can_withdraw(town.worker, need)
    assert list(permissions.visible_to(town.firm_manager)) == [Need.objects.get()]
