"""Turns in words: shares, what is fair, what the journal says."""

import datetime as dt
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from liandong.core import clock
from liandong.journal.models import Entry
from liandong.matching.models import Rota, RotaHost, Turn
from liandong.matching.problems.rotas import Circle
from liandong.matching.solver.rotation import Load
from liandong.ui import words as ui

TONES = {"draft": "draft", "running": "primary", "ended": "neutral"}
TURN_TONES = {"planned": "draft", "agreed": "primary", "held": "success", "missed": "warn"}
SWAP_TONES = {"asked": "warn", "agreed": "success", "declined": "neutral", "withdrawn": "neutral", "lapsed": "neutral"}
SAID: dict[str, Any] = {
    "rota.made": gettext_lazy("made the rota"),
    "rota.edited": gettext_lazy("changed the rota"),
    "rota.hosts_added": gettext_lazy("added hosts"),
    "rota.host_taken_out": gettext_lazy("took a host out"),
    "rota.recalculated": gettext_lazy("calculated the turns again"),
    "rota.started": gettext_lazy("started the rota"),
    "rota.ended": gettext_lazy("ended the rota"),
    "rota_host.edited": gettext_lazy("changed what a host can"),
    "rota_host.paused": gettext_lazy("paused a host"),
    "rota_host.resumed": gettext_lazy("ended a pause"),
    "rota_host.pause_asked": gettext_lazy("asked for a pause"),
    "rota_host.pause_declined": gettext_lazy("declined a pause"),
    "rota_host.ended": gettext_lazy("ended the part of a host"),
    "turn.given": gettext_lazy("gave a turn by hand"),
    "turn.agreed": gettext_lazy("agreed to a turn"),
    "turn.swap_asked": gettext_lazy("proposed a swap"),
    "turn.swapped": gettext_lazy("agreed to a swap"),
    "turn.swap_declined": gettext_lazy("declined a swap"),
    "turn.swap_withdrawn": gettext_lazy("withdrew a swap"),
    "turn.held": gettext_lazy("said that it took place"),
    "turn.notes_written": gettext_lazy("wrote for the next host"),
    "turn.missed": gettext_lazy("said that it did not take place"),
    "turn.activity_made": gettext_lazy("made the activity of a turn"),
}


def turns(share: Fraction | float) -> str:
    """2, 1.7, 0.3."""
    return f"{round(float(share), 1) + 0:.1f}".removesuffix(".0")


def move_words(turn: Turn, to: RotaHost | None) -> str:
    """12月12日（周六）：启元广告 → 禾木科技"""
    before, after = (host.organization.label if host else _("nobody yet") for host in (turn.host, to))
    return _("%(day)s: %(before)s → %(after)s") % {"day": ui.day(turn.turn_date), "before": before, "after": after}


def balance(owed: Fraction) -> str:
    """What a host is behind or ahead."""
    if owed > Fraction(1, 20):
        return _("%(n)s behind") % {"n": turns(owed)}
    if owed < Fraction(-1, 20):
        return _("%(n)s ahead") % {"n": turns(-owed)}
    return _("even")


def gaps(load: Load) -> str:
    """Days between two turns of a host."""
    if load.shortest_gap is None or load.longest_gap is None:
        return "–"
    if load.shortest_gap == load.longest_gap:
        return ui.days(load.shortest_gap)
    return _("%(low)s to %(high)s days") % {"low": load.shortest_gap, "high": load.longest_gap}


def fair(circle: Circle, loads: dict[int, Load]) -> str:
    """What is fair here, in a sentence, and how near it is."""
    sizes = {host.size for host in circle.hosts}
    owed = any(host.owed for host in circle.hosts)
    rule = _("Fair here means: everybody as often as the others") if len(sizes) < 2 else _("Fair here means: as often as one's weight says")
    rule += _(", with what was owed from before made up") if owed else ""
    rule += _(", and as evenly spread over the dates as the calendar allows.")
    worst = max((abs(load.owed) for load in loads.values()), default=Fraction(0))
    near = _("Nobody is a whole turn away from their share.") if worst < 1 else _("Furthest from its share: by %(n)s.") % {"n": turns(worst)}
    return f"{rule} {near}" if ui.english() else f"{rule}{near}"


def rhythm(rota: Rota) -> str:
    """Every month on the 2nd Saturday; every 4 weeks; on listed dates."""
    if rota.rhythm == Rota.Rhythm.MONTHLY:
        return _("Every month, %(nth)s %(weekday)s") % {"nth": nth_words()[rota.nth], "weekday": weekday(rota.weekday)}
    if rota.rhythm == Rota.Rhythm.WEEKS:
        return ngettext("Every %(n)s week on %(weekday)s", "Every %(n)s weeks on %(weekday)s", rota.every_weeks) % {
            "n": rota.every_weeks, "weekday": weekday(rota.weekday)
        }  # fmt: skip
    return _("On listed dates")


def nth_words() -> dict[int, str]:
    return {
        1: pgettext("weekday", "first"),
        2: pgettext("weekday", "second"),
        3: pgettext("weekday", "third"),
        4: pgettext("weekday", "fourth"),
        5: pgettext("weekday", "last"),
    }


def weekday(number: int) -> str:
    return ui.WEEKDAYS_EN[number] if ui.english() else f"周{ui.WEEKDAYS_ZH[number]}"


def month(day: dt.date, *, year: bool = True) -> str:
    """12月, Dec; with the year when it is another one."""
    other = year and day.year != clock.today().year
    if ui.english():
        return ui.month(day) + (f" {day.year}" if other else "")
    return (f"{day.year}年" if other else "") + ui.month(day)


def day_of_month(day: dt.date, *, weekday: bool = True) -> str:
    """12日 周六, Sat 12; or the day alone."""
    if not weekday:
        return str(day.day) if ui.english() else f"{day.day}日"
    return f"{ui.weekday(day)} {day.day}" if ui.english() else f"{day.day}日 {ui.weekday(day)}"


def why_not(host: RotaHost, day: Any) -> str:
    """What keeps a host from a day."""
    if host.is_paused_on(day):
        return _("paused until %(day)s") % {"day": ui.day_short(host.paused_to_date)}
    if day.isoformat() in host.blocked_dates:
        return _("cannot that day")
    return _("takes no part then") if not host.is_in(day) else _("can")


def host_choice(host: RotaHost, day: Any) -> str:
    """远航物流（那天不行）"""
    return _("%(host)s (%(why)s)") % {"host": host.organization.label, "why": why_not(host, day)}


def entry_words(entry: Entry, *, about: dict[str, str]) -> str:
    """One line of the history: which date or host it was about, and what changed."""
    said = str(SAID.get(entry.verb, entry.verb))
    parts = [about[entry.on]] if entry.on in about else []
    moved = entry.after.get("changed")
    if moved:
        parts.append(ngettext("%(n)s date changed hands", "%(n)s dates changed hands", moved) % {"n": moved})
    if entry.verb in ("turn.given", "turn.swap_asked", "turn.swapped", "turn.swap_declined"):
        name = entry.after.get("host") or entry.after.get("with") or entry.after.get("asked")
        parts += [str(name)] if name else []
    return said + (_(": ") + _(", ").join(parts) if parts else "")


def hidden_count(n: int) -> str:
    """Under five people are not counted out."""
    return _("fewer than 5") if 0 < n < 5 else str(n)
