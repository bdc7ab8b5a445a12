"""Belonging and roles when two entries of one person become one: the verb of this app carries them (`services.merge_person`)."""

from liandong.accounts.joining import moves
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.organizations.models import Membership, RoleGrant


@moves(Membership, RoleGrant)
def leave_to_the_verb(person: Person, into: Person, by: Actor) -> int:
    """Nothing here: `organizations.merge_person` asks first whether the roles may change hands."""
    return 0
