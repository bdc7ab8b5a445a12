"""What every view of visits starts and ends with."""

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core.decision import deny, require
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere
from liandong.visits import permissions, queries
from liandong.visits.models import Visit

TONES = {"planned": "info", "done": "success", "cancelled": "neutral"}


def require_desk(person: Person) -> None:
    if not holds_anywhere(person, Right.CLAIM_NEEDS):
        require(deny(_("Visits are planned by staff."), who_can=_("A manager of your organisation")))


def visit_or_404(request: HttpRequest, number: str) -> Visit:
    visit = queries.visit_in_full(number.upper(), person=request.user.person)
    if visit is None:
        raise Http404
    return visit


def kept_or_404(request: HttpRequest, number: str) -> Visit:
    """A visit that the reader may keep; for those who see it without that right a denial that says who can."""
    visit = visit_or_404(request, number)
    require(permissions.can_keep(request.user.person, visit))
    return visit
