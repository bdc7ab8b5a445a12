"""What every view of dossiers starts with."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core.text import whole_number
from liandong.dossier import permissions
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere
from liandong.organizations.queries import matching_people
from liandong.ui.listing import Link

TONES = {"open": "info", "accepted": "success", "done": "success", "refused": "warn", "withdrawn": "neutral"}
MOST_CHOICES = 300


def reader(request: HttpRequest) -> Person:
    person: Person = request.user.person
    return person


def tabs(request: HttpRequest) -> list[Link]:
    """The desk's pages, those that open for the reader."""
    by = reader(request)
    writes = holds_anywhere(by, Right.CONFIRM_SERVICE)
    pages = [
        ("people", _("Dossiers"), permissions.can_see_people(by)),
        ("evaluations", _("Evaluations due"), writes),
        ("claims", _("Claims to check"), writes),
        ("transfers", _("Moving people"), holds_anywhere(by, Right.MANAGE_PEOPLE)),
        ("exchange", _("Exchange files"), permissions.can_exchange(by)),
        ("report", _("Yearly report"), holds_anywhere(by, Right.SEE_FIGURES)),
    ]
    links = [(reverse(f"dossier:{name}"), label) for name, label, opens in pages if opens]
    return [Link(label, href, current=request.path == href) for href, label in links]


def choices(request: HttpRequest, everybody: QuerySet[Person]) -> tuple[QuerySet[Person], bool]:
    """Whom a form lists: the first that fit the search, and who was ticked already; and whether there are more."""
    near = matching_people(everybody, request.GET.get("q", ""))
    shown = list(near.values_list("pk", flat=True)[:MOST_CHOICES])
    return everybody.filter(pk__in={*shown, *_keys(request.POST.getlist("people"))}), len(shown) == MOST_CHOICES


def _keys(values: Iterable[str]) -> list[int]:
    return [key for value in values if (key := whole_number(value)) is not None]
