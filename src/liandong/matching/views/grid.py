"""The board as cells and words, made from the rows of a plan."""

from collections import Counter
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.matching.models import RosterLine
from liandong.matching.problems.rosters import Frame
from liandong.matching.words import rosters as words
from liandong.ui import words as ui
from liandong.ui.roster import TONES, Chip, Cover, CoverRow, Grid, GridRow


def tones_of(frame: Frame) -> dict[str, int]:
    """Position name -> colour, in the order of the first shift that has it."""
    names = dict.fromkeys(position.name for shift in frame.shifts for position in shift.rows)
    return {name: number % TONES + 1 for number, name in enumerate(names)}


def grid_of(frame: Frame, people: list[Any], *, can_plan: bool) -> Grid:
    """`people`: the candidates of this page."""
    row, tones = frame.roster, tones_of(frame)
    by_cell = {(line.person_id, line.shift_id): line for line in frame.lines}
    away = {(line.person_id, line.shift_id) for line in frame.declined}
    minutes: Counter[int] = Counter()
    for line in frame.lines:
        minutes[line.person_id] += int((line.shift.ends_at - line.shift.starts_at).total_seconds() // 60)
    heads = Counter(line.position_id for line in frame.lines)
    said = {shift.pk: words.shift_words(shift) for shift in frame.shifts}

    lines = reverse("matching:move", args=[0]).removesuffix("move/")

    def chip(candidate: Any, shift: Any) -> Chip:
        who = f"{candidate.person.masked_name}{_(', ')}{said[shift.pk]}"
        href = reverse("matching:cell", args=[row.pk, candidate.person.number, shift.pk]) if can_plan else ""
        spot: dict[str, str] = {"person": candidate.person.number, "shift": str(shift.pk)} if can_plan else {}
        line = by_cell.get((candidate.person_id, shift.pk))
        if line is not None:
            asked = line.answer if line.asked_at and line.answer in (RosterLine.Answer.OPEN, RosterLine.Answer.ACCEPTED) else ""
            states = [_("locked")] if line.is_locked else []
            states += [{"open": _("has been asked"), "accepted": _("has said yes")}[asked]] if asked else []
            about = who + _(": ") + _(", ").join([line.position.name, *states])
            label, tone = words.short(line.position.name), tones.get(line.position.name, 1)
            return Chip(about, href, label, tone, line.is_locked, asked, line=lines.replace("/0/", f"/{line.pk}/") if can_plan else "", **spot)
        if (candidate.person_id, shift.pk) in away or shift.pk in candidate.unavailable or frame.is_away(candidate.person_id, shift):
            return Chip(who + _(": ") + _("cannot come"), href, state="away", **spot)
        if shift.pk in candidate.wishes:
            return Chip(who + _(": ") + _("would like, not placed"), href, state="wish", **spot)
        return Chip(who, href, **spot)

    rows = [
        GridRow(
            candidate.person.masked_name,
            f"{ui.hours(minutes[candidate.person_id])} / {ui.hours(row.weekly_minutes)}",
            [chip(candidate, shift) for shift in frame.shifts],
            is_full=minutes[candidate.person_id] >= row.weekly_minutes,
        )
        for candidate in people
    ]
    return Grid(
        label=_("Roster: people down, shifts across"),
        corner=ngettext("%(n)s person, hours placed", "%(n)s people, hours placed", len(frame.candidates)) % {"n": len(frame.candidates)},
        days=[(ui.day(shifts[0].starts_at), len(shifts)) for shifts in _by_day(frame)],
        shifts=[ui.time_range(shift.starts_at, shift.ends_at) for shift in frame.shifts],
        rows=rows,
        cover=[_cover(frame, name, heads, said) for name in tones],
        legend=[(words.short(name), tone) for name, tone in tones.items()],
        can_move=can_plan,
        has_answers=any(line.asked_at for line in frame.lines),
    )


def _by_day(frame: Frame) -> list[list[Any]]:
    return [list(shifts) for _day, shifts in groupby(frame.shifts, key=lambda shift: ui.local_date(shift.starts_at))]


def _cover(frame: Frame, name: str, heads: Counter[int], said: dict[int, str]) -> CoverRow:
    cells: list[Cover | None] = []
    needs = set()
    for shift in frame.shifts:
        position = next((one for one in shift.rows if one.name == name), None)
        if position is None:
            cells.append(None)
            continue
        needs.add(position.capacity)
        have = heads[position.pk]
        about = _("%(shift)s, %(position)s: %(have)s of %(need)s") % {
            "shift": said[shift.pk], "position": name, "have": have, "need": position.capacity
        }  # fmt: skip
        cells.append(Cover(have, position.capacity, about, f"#gap-{position.pk}" if have < position.capacity else ""))
    note = _("%(n)s a shift") % {"n": needs.pop()} if len(needs) == 1 else ""
    return CoverRow(name, note, cells)
