"""How a new installation gets somebody who may grant everything else."""

import pytest
from django.core.management import CommandError, call_command

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.organizations.models import Right, RoleGrant, Territory
from liandong.organizations.permissions import holds

pytestmark = pytest.mark.django_db
WORDS = {"name": "周敏", "phone": "138 0000 0001", "place": "建外街道"}


def test_an_empty_database_gets_a_place_and_its_manager(capsys):
    for _time in range(2):
        call_command("first_manager", **WORDS)
    place = Territory.objects.get()
    account = accounts.open_account_for_phone("13800000001", name="周敏")
    assert (place.name, place.level, RoleGrant.objects.count(), Person.objects.count()) == ("建外街道", "street", 1, 1)
    assert holds(account.person, Right.GRANT_ROLES, territory=place)


def test_a_wrong_phone_is_one_clear_line():
    with pytest.raises(CommandError, match="11"):
        call_command("first_manager", **{**WORDS, "phone": "138"})
    assert Territory.objects.count() == 0
