"""For the person on the roster: my shifts, and whether I come."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core import clock
from liandong.core.answers import see_other
from liandong.core.errors import Refused
from liandong.matching import permissions, queries, services
from liandong.matching.models import RosterLine
from liandong.matching.views.load import find_question, reader

TONES = {"open": "warn", "accepted": "success", "declined": "neutral"}


@require_safe
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """My shifts on one roster."""
    person = reader(request)
    row = get_object_or_404(permissions.asked_of(person), pk=pk)
    lines = queries.lines_of(person, row)
    for line in lines:
        line.tone = TONES[line.answer]
        line.is_over = line.shift.ends_at <= clock.now()
    waiting = [line for line in lines if line.answer == RosterLine.Answer.OPEN and not line.is_over]
    context = {
        "row": row,
        "activity": row.activity,
        "lines": lines,
        "waiting": waiting,
        "due": min((line.answer_due_at for line in waiting if line.answer_due_at), default=None),
    }
    return render(request, "matching/answer.html", context)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """This shift, or with `all` every one still open on the roster."""
    line = find_question(request, pk)
    lines = [line]
    if request.POST.get("all"):
        lines = [
            one for one in queries.lines_of(reader(request), line.roster) if one.answer == RosterLine.Answer.OPEN and one.shift.ends_at > clock.now()
        ]
    try:
        for one in lines:
            services.accept_line(one, by=reader(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Thank you. See you there."))
    return see_other("matching:answer", line.roster_id)


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    line = find_question(request, pk)
    try:
        services.decline_line(line, words=request.POST.get("words", "")[:200], by=reader(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Thank you for saying so. Somebody else will be asked; nothing is held against you."))
    return see_other("matching:answer", line.roster_id)
