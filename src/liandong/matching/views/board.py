"""The board of a roster, and what is done with the whole of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.matching import permissions, queries, services
from liandong.matching.forms import WithdrawForm
from liandong.matching.models import Roster, RosterLine
from liandong.matching.problems.rosters import Frame, frame_of
from liandong.matching.solver.roster_types import Reason
from liandong.matching.views.grid import grid_of
from liandong.matching.views.load import done_or_said, find_line, find_roster, reader, version_of
from liandong.matching.views.panels import comparison, distance_of, gaps_of
from liandong.matching.words import rosters as words
from liandong.ui import listing
from liandong.ui import words as ui

PEOPLE_A_PAGE = 50


@require_safe
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """People down, shifts across; each cell opens its form. While it is calculated the page asks again, and is drawn anew when that is done."""
    person, row = reader(request), find_roster(request, pk)
    frame = frame_of(row)
    can_plan = permissions.can_plan(person, row.activity)
    page = listing.page(request, frame.candidates, size=PEOPLE_A_PAGE)
    names = {candidate.person_id: candidate.person.masked_name for candidate in frame.candidates}
    published = row.state == Roster.State.PUBLISHED
    context = {
        "row": row,
        "page": page,
        "grid": grid_of(frame, list(page.object_list), can_plan=bool(can_plan) and row.is_open),
        "lead": lead_of(row),
        "can_plan": bool(can_plan) and row.state != Roster.State.WITHDRAWN,
        "denied": can_plan.who_can,
        "gaps": gaps_of(frame, by=person) if can_plan and row.is_open else [],
        "gap_title": ngettext("%(n)s place is still missing", "%(n)s places are still missing", row.missing) % {"n": row.missing},
        "more_gaps": max(0, len(row.unmet) - 3),
        "distance": distance_of(row),
        "compare": comparison(queries.plans_beside(row), row),
        "failures": [words.failure_words(one, names=names, shifts=frame.shifts) for one in row.failure],
        "conflicts": [_conflict(line, reason, frame) for line, reason in frame.conflicts()]
        if row.state != Roster.State.WITHDRAWN and can_plan
        else [],
        "tell": tell_words(row, frame),
        "published": published,
        "answers": queries.counts_on(row) if published else {},
        "risk": [_who_and_when(line) for line in queries.at_risk(row).select_related("person", "shift", "position")[:10]] if published else [],
        "holes": [_hole(line, names, frame) for line in queries.holes(row)] if published else [],
        "days": len({ui.local_date(shift.starts_at) for shift in frame.shifts}),
    }
    answer = render(request, "matching/roster.html", context)
    if request.headers.get("HX-Request") and not row.is_solving:
        answer.headers["HX-Refresh"] = "true"
    return answer


def lead_of(row: Roster) -> str:
    values = {"state": row.get_state_display(), "time": ui.clock(row.saved_at), "name": row.name, "seconds": max(1, round(row.seconds))}
    if row.solved_at is None:
        return _("%(state)s, saved %(time)s. Plan %(name)s, made by hand") % values
    return _("%(state)s, saved %(time)s. Plan %(name)s, calculated in %(seconds)s s") % values


def tell_words(row: Roster, frame: Frame) -> str:
    """How many people hear of it when it is published now."""
    held = {gap["shift"] for gap in row.unmet}
    people = {line.person_id for line in frame.lines if line.asked_at is None and line.shift_id not in held}
    return ngettext("Publishing tells %(n)s person.", "Publishing tells %(n)s people.", len(people)) % {"n": len(people)} if people else ""


def _who_and_when(line: RosterLine) -> str:
    return _("%(who)s, %(shift)s, %(position)s") % {
        "who": line.person.masked_name, "shift": words.shift_words(line.shift), "position": line.position.name
    }  # fmt: skip


def _conflict(line: RosterLine, reason: Reason, frame: Frame) -> str:
    """Somebody on the plan whom the list would turn away."""
    why = words.hindrance_words(reason, who=line.person.masked_name, shifts=frame.shifts)
    return _("%(shift)s, %(position)s: %(why)s") % {"shift": words.shift_words(line.shift), "position": line.position.name, "why": why}


def _hole(line: RosterLine, names: dict[int, str], frame: Frame) -> dict[str, Any]:
    """A place that came free, and who could step in. Who left is not named."""
    positions = {position.pk: (position.name, words.shift_words(shift)) for shift in frame.shifts for position in shift.rows}
    steps = []
    for step in line.substitutes:
        (kind, (person, _shift, position)), *_rest = step.items()
        name, when = positions.get(position, ("", ""))
        values = {"who": names.get(person, ""), "shift": when, "position": name}
        steps.append(
            _("%(who)s comes: %(shift)s, %(position)s") % values if kind == "add" else _("%(who)s is free again: %(shift)s, %(position)s") % values
        )
    title = _("%(shift)s, %(position)s") % {"shift": words.shift_words(line.shift), "position": line.position.name}
    return {"line": line, "title": title, "steps": steps}


@require_POST
def solve(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_roster(request, pk)
    return done_or_said(request, row, lambda: services.solve_roster(row, version=version_of(request), by=reader(request)), "")


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_roster(request, pk)
    return done_or_said(request, row, lambda: services.stop_solving(row, by=reader(request)), _("It stops in a moment. The best so far is kept."))


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Another plan beside this one."""
    row = find_roster(request, pk)
    try:
        made = services.copy_roster(row, keep_lines=request.POST.get("keep") != "locked", by=reader(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return see_other("matching:roster", pk)
    messages.success(request, _("Plan %(name)s is here. What you change in it leaves the other one as it is.") % {"name": made.name})
    return see_other("matching:roster", made.pk)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_roster(request, pk)

    def said(told: int) -> str:
        return ngettext("Published. %(n)s person has been told.", "Published. %(n)s people have been told.", told) % {"n": told}

    return done_or_said(request, row, lambda: services.publish_roster(row, version=version_of(request), by=reader(request)), said)


@form_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the plan back, after a look at what that means."""
    row = find_roster(request, pk)
    require(permissions.can_plan(reader(request), row.activity))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.withdraw_roster(row, reason=form.cleaned_data["reason"], by=reader(request))):
            messages.success(request, _("Withdrawn."))
            return see_other("matching:rosters")
    return form_answer(request, "matching/withdraw.html", form, row=row, asked=queries.counts_on(row).total())


@require_POST
def substitute(request: HttpRequest, pk: int) -> HttpResponse:
    line = find_line(request, pk)
    row = line.roster
    return done_or_said(request, row, lambda: services.accept_substitutes(line, by=reader(request)), _("Done. Everybody concerned has been asked."))
