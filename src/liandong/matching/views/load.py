"""Finding what a page is about. What a person may not see does not exist."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from liandong.accounts.models import Person
from liandong.core.answers import see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import permissions
from liandong.matching.models import Roster, RosterLine


def reader(request: HttpRequest) -> Person:
    person: Person = request.user.person
    return person


def find_roster(request: HttpRequest, pk: int) -> Roster:
    """For those who see its people; planning is asked for by the verb."""
    row = get_object_or_404(permissions.visible_to(reader(request)), pk=pk)
    require(permissions.can_see(reader(request), row.activity))
    return row


def find_line(request: HttpRequest, pk: int) -> RosterLine:
    line = get_object_or_404(RosterLine.objects.select_related("person", "shift", "position"), pk=pk)
    line.roster = find_roster(request, line.roster_id)
    return line


def find_question(request: HttpRequest, pk: int) -> RosterLine:
    """A line the person has been asked about."""
    rows = RosterLine.objects.filter(person=reader(request), asked_at__isnull=False, roster__state=Roster.State.PUBLISHED)
    return get_object_or_404(rows.select_related("roster__activity", "shift", "position"), pk=pk)


def version_of(request: HttpRequest) -> int | None:
    return whole_number(request.POST.get("version", ""))


def done_or_said(request: HttpRequest, row: Roster, verb: Any, said: Any, *, cell: str = "") -> HttpResponse:
    """Do it and go back to the board, to the `cell` of it; what a rule forbids is said there."""
    try:
        result = verb()
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        if text := (said(result) if callable(said) else said):
            messages.success(request, text)
    return see_other(reverse("matching:roster", args=[row.pk]) + (f"#c-{cell}" if cell else ""))


__all__ = ["done_or_said", "find_line", "find_question", "find_roster", "reader", "version_of"]
