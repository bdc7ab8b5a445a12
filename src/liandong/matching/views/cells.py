"""One cell of the board: who, when, and what can be done about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liandong.accounts.models import Person
from liandong.activities.models import Shift
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import permissions, services
from liandong.matching.forms import PlaceForm, TimesForm
from liandong.matching.models import Roster, RosterCandidate
from liandong.matching.problems.rosters import Frame, frame_of
from liandong.matching.views.load import done_or_said, find_line, find_roster, reader, version_of
from liandong.matching.words import rosters as words
from liandong.ui import words as ui


@form_page
def cell(request: HttpRequest, pk: int, number: str, shift: int) -> HttpResponse:
    row = find_roster(request, pk)
    require(permissions.can_plan(reader(request), row.activity))
    frame, candidate, when = _found(row, number, shift)
    choices, notes = _choices(frame, candidate, when)
    line = next((one for one in frame.lines if one.person_id == candidate.person_id and one.shift_id == when.pk), None)
    initial = {"position": str(line.position_id) if line else next((key for key, _name in choices if not notes[key]), "")}
    form = PlaceForm(request.POST if request.method == "POST" else None, choices=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        position = next(one for one in when.rows if str(one.pk) == form.cleaned_data["position"])
        if carried_out(
            form,
            lambda: services.place(
                row, person=candidate.person, position=position, reason=form.cleaned_data["reason"], version=version_of(request), by=reader(request)
            ),
        ):
            return see_other("matching:roster", row.pk)
    says = "wish" if when.pk in candidate.wishes else "away" if when.pk in candidate.unavailable else "none"
    return form_answer(
        request,
        "matching/cell.html",
        form,
        row=row,
        candidate=candidate,
        shift=when,
        line=line,
        notes=notes,
        times_form=TimesForm(initial={"says": says}),
        reasons=[said for one in line.reasons if (said := words.reason_words(one, skills=row.skills.get(line.position.name, ())))] if line else [],
        when=_("%(day)s %(time)s") % {"day": ui.day(when.starts_at), "time": ui.time_range(when.starts_at, when.ends_at)},
        needs_reason=any(notes.values()),
    )


def _found(row: Roster, number: str, shift: int) -> tuple[Frame, RosterCandidate, Any]:
    frame = frame_of(row)
    candidate = next((one for one in frame.candidates if one.person.number == number.upper()), None)
    when = next((one for one in frame.shifts if one.pk == shift), None)
    if candidate is None or when is None or not row.is_open:
        raise Http404
    return frame, candidate, when


def _choices(frame: Frame, candidate: RosterCandidate, shift: Any) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The positions of the shift with the places left, and what speaks against each."""
    choices, notes = [], {}
    here = next((one for one in frame.lines if one.person_id == candidate.person_id and one.shift_id == shift.pk), None)
    for position in shift.rows:
        left = position.capacity - sum(line.position_id == position.pk for line in frame.lines)
        against = frame.hindrances(candidate.person_id, shift.pk, position.pk, without=here.pk if here else None)
        text = ngettext("%(position)s, %(n)s place left", "%(position)s, %(n)s places left", left) % {"position": position.name, "n": left}
        choices.append((str(position.pk), text))
        notes[str(position.pk)] = words.hindrance_words(against[0], who=candidate.person.masked_name, shifts=frame.shifts) if against else ""
    return choices, notes


@require_POST
def times(request: HttpRequest, pk: int, number: str, shift: int) -> HttpResponse:
    row = find_roster(request, pk)
    candidate = get_object_or_404(RosterCandidate.objects.select_related("person"), roster=row, person__number=number.upper())
    when = get_object_or_404(Shift, pk=shift, activity=row.activity_id)
    says = request.POST.get("says", "").replace("none", "")
    if says not in ("", "wish", "away"):
        raise Http404
    return done_or_said(
        request,
        row,
        lambda: services.say_times(row, person=candidate.person, shift=when, says=says, version=version_of(request), by=reader(request)),
        "",
    )


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The board's own way of `cell`: what stands in one cell goes to another. What needs a reason is asked for on the page of that cell."""
    line = find_line(request, pk)
    person = get_object_or_404(Person, pk__in=line.roster.candidates.values("person"), number=request.POST.get("person", "").upper()[:20])
    shift = get_object_or_404(Shift, pk=whole_number(request.POST.get("shift", "")) or 0, activity=line.roster.activity_id)

    try:
        services.move_line(line, person=person, shift=shift, version=version_of(request), by=reader(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
        if refused.field == "reason":
            return see_other("matching:cell", line.roster_id, person.number, shift.pk)
        return see_other(reverse("matching:roster", args=[line.roster_id]) + f"#c-{line.person.number}-{line.shift_id}")
    return see_other(reverse("matching:roster", args=[line.roster_id]) + f"#c-{person.number}-{shift.pk}")


@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    line = find_line(request, pk)
    return done_or_said(
        request, line.roster, lambda: services.take_off(line, version=version_of(request), by=reader(request)), _("The place is free.")
    )


@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock or unlock, as the button said."""
    line = find_line(request, pk)
    verb = services.unlock_line if request.POST.get("lock") == "0" else services.lock_line
    cell = f"{line.person.number}-{line.shift_id}"
    return done_or_said(request, line.roster, lambda: verb(line, version=version_of(request), by=reader(request)), "", cell=cell)
