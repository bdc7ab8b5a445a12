"""Who may see the rows behind a figure, take them away as a file, and read full names in it."""

from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core.decision import Decision, deny
from liandong.insight.filters import MEMBERS, Filters
from liandong.insight.indicators import Indicator
from liandong.organizations import permissions as rights
from liandong.organizations.models import Right


def can_see_figures(person: Person | None, filters: Filters) -> Decision:
    return _may(person, Right.SEE_FIGURES, filters)


def can_open(person: Person | None, indicator: Indicator, filters: Filters) -> Decision:
    """The rows behind a figure. What an employer's people did elsewhere opens only where no row is about a person."""
    if not indicator.opens(filters):
        return deny(_("What people do elsewhere is shown without names."))
    return can_see_figures(person, filters)


def can_export(person: Person | None, filters: Filters) -> Decision:
    return _may(person, Right.EXPORT, filters)


def can_export_names(person: Person | None, filters: Filters) -> Decision:
    """Full names in a file. An employer's file of what its people did elsewhere never carries them."""
    if filters.side == MEMBERS:
        return deny(_("What people do elsewhere is shown without names."))
    return _may(person, Right.REVEAL_PERSONAL, filters)


def _may(person: Person | None, right: str, filters: Filters) -> Decision:
    if filters.is_public or person is None:
        return deny(_("Sign in with a role that sees figures."))
    if filters.organization is not None:
        # A territory beside it only narrows.
        return rights.may(person, right, organization=filters.organization)
    if filters.territory is not None:
        if filters.team is not None and not filters.territory.holds(filters.team.territory):
            return deny(_("This team belongs to another territory."))
        return rights.may(person, right, territory=filters.territory)
    return deny(_("Choose a territory or an organisation."))
