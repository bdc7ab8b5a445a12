"""The year of a rota as a grid: hosts down, dates across by month."""

from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liandong.matching.models import RotaHost, Turn
from liandong.matching.problems.rotas import Circle
from liandong.matching.words import rotas as rota_words
from liandong.ui import words as ui
from liandong.ui.roster import Chip, Cover, CoverRow, Grid, GridRow

TONES = {"held": 1, "agreed": 2, "planned": 4, "missed": 3}


def short(state: str) -> str:
    """One or two signs for a chip."""
    return {
        "held": pgettext("chip", "held"), "agreed": pgettext("chip", "set"), "planned": pgettext("chip", "due"), "missed": pgettext("chip", "missed"),
    }[state]  # fmt: skip


def grid_of(circle: Circle, loads: dict[int, Any]) -> Grid:
    turns = circle.turns

    def chip(host: RotaHost, turn: Turn) -> Chip:
        about = f"{host.organization.label}{_(', ')}{ui.day_short(turn.turn_date)}"
        if turn.host_id == host.pk:
            asked = "accepted" if turn.state in (Turn.State.AGREED, Turn.State.HELD) else "open" if turn.state == Turn.State.PLANNED else ""
            said = about + _(": ") + str(turn.get_state_display())
            return Chip(said, reverse("matching:turn", args=[turn.pk]), short(turn.state), TONES[turn.state], asked=asked)
        if not host.can_on(turn.turn_date):
            return Chip(about + _(": ") + rota_words.why_not(host, turn.turn_date), state="away")
        return Chip(about)

    rows = [
        GridRow(host.organization.label, f"{loads[host.pk].turns} / {rota_words.turns(loads[host.pk].share)}", [chip(host, turn) for turn in turns])
        for host in circle.hosts
    ]
    cover: list[Cover | None] = [
        Cover(
            int(turn.host_id is not None), 1,
            _("%(day)s: %(who)s") % {"day": ui.day_short(turn.turn_date), "who": turn.host.organization.label if turn.host else _("nobody")},
            reverse("matching:turn", args=[turn.pk]) if turn.host_id is None else "",
        )
        for turn in turns
    ]  # fmt: skip
    months = [(key, len(list(own))) for key, own in groupby(turns, key=lambda turn: (turn.turn_date.year, turn.turn_date.month))]
    mixed = len({turn.turn_date.weekday() for turn in turns}) > 1
    first: dict[tuple[int, int], Any] = {}
    for turn in turns:
        first.setdefault((turn.turn_date.year, turn.turn_date.month), turn.turn_date)
    return Grid(
        label=_("Turns: hosts down, dates across"),
        corner=ngettext("%(n)s host, turns of share", "%(n)s hosts, turns of share", len(circle.hosts)) % {"n": len(circle.hosts)},
        days=[(rota_words.month(first[key], year=place == 0 or key[1] == 1), span) for place, (key, span) in enumerate(months)],
        shifts=[rota_words.day_of_month(turn.turn_date, weekday=mixed) for turn in turns],
        rows=rows,
        cover=[CoverRow(_("Somebody hosts"), "", cover)],
        legend=[(short(state), tone) for state, tone in TONES.items() if any(turn.state == state for turn in turns)],
        is_narrow=True,
        away_words=_("cannot that day"),
    )
