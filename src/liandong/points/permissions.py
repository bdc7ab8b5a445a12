"""Who may move points."""

from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.actors import System
from liandong.core.decision import ALLOWED, Decision, deny
from liandong.organizations.models import Right
from liandong.organizations.permissions import may
from liandong.points.models import PointsAccount

Actor = Person | System


def can_transfer(by: Actor, source: PointsAccount) -> Decision:
    """Points leave an account by the hand of its owner; awards and corrections are made by the verbs of the record alone."""
    if isinstance(by, System) or (source.person_id is not None and source.person_id == by.pk):
        return ALLOWED
    if source.organization is not None:
        return may(by, Right.SIGN_COMPACT, organization=source.organization)
    return deny(_("These points belong to somebody else."))
