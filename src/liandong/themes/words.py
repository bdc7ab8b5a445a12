"""Themes in words: trend, stability, lineage, short names of groups."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from liandong.needs.models import Segment
from liandong.themes import trend
from liandong.themes.models import Theme, ThemeStep

SHORT: dict[str, Any] = {
    Segment.ELDERS: pgettext_lazy("short name of a group", "Elders"),
    Segment.STAFF: pgettext_lazy("short name of a group", "Staff"),
    Segment.PARENTS: pgettext_lazy("short name of a group", "Parents"),
    Segment.OUTDOOR: pgettext_lazy("short name of a group", "Riders"),
    Segment.SHOPS: pgettext_lazy("short name of a group", "Shops"),
    Segment.YOUTH: pgettext_lazy("short name of a group", "Youth"),
    Segment.DISABLED: pgettext_lazy("short name of a group", "Disabled"),
    Segment.SMALL_FIRM: pgettext_lazy("short name of a group", "Small"),
    Segment.MEDIUM_FIRM: pgettext_lazy("short name of a group", "Medium"),
    Segment.LARGE_FIRM: pgettext_lazy("short name of a group", "Large"),
}
TRENDS: dict[str, Any] = {
    trend.UP: pgettext_lazy("trend", "rising all the time"),
    trend.SLOWLY_UP: pgettext_lazy("trend", "rising slowly"),
    trend.FLAT: pgettext_lazy("trend", "level"),
    trend.DOWN: pgettext_lazy("trend", "falling"),
    trend.UP_AGAIN: pgettext_lazy("trend", "fell, rising again"),
    trend.FEW: pgettext_lazy("trend", "too few to say"),
}
STABLE, FAIRLY, ENOUGH = 90, 70, 60  # percent; below ENOUGH somebody looks before it is used


def trend_words(key: str, done: int) -> str:
    """一直在涨; when something was held for it and it falls: 办过 1 次，降了."""
    if done and key == trend.DOWN:
        return ngettext("held once, falling", "held %(n)s times, falling", done) % {"n": done}
    return str(TRENDS[key])


def stability_words(percent: int) -> str:
    if percent >= STABLE:
        return _("stable, %(n)s%%") % {"n": percent}
    if percent >= ENOUGH:
        return _("fairly stable, %(n)s%%") % {"n": percent}
    return _("still loose, %(n)s%%") % {"n": percent}


def step_words(step: ThemeStep, theme: Theme) -> str:
    """One step of the lineage, told from the side of `theme`."""
    n, other = step.need_count, step.other if step.theme_id == theme.pk else step.theme
    name = other.label if other is not None else ""
    own = step.theme_id == theme.pk
    kind = step.kind
    if kind == ThemeStep.Kind.FOUND:
        if not own:
            return _("“%(name)s” was found, mostly from needs of this theme") % {"name": name}
        if name:
            return _("found in %(n)s needs, mostly from “%(name)s”") % {"n": n, "name": name}
        return _("found in %(n)s needs") % {"n": n}
    if kind == ThemeStep.Kind.MERGED:
        if own:
            return _("joined with “%(name)s”") % {"name": name}
        return _("“%(name)s” was joined with this theme and brought %(n)s needs") % {"name": name, "n": n}
    if kind == ThemeStep.Kind.SPLIT:
        if own:
            return _("%(n)s needs became a theme of their own: “%(name)s”") % {"name": name, "n": n}
        return _("split off from “%(name)s” with %(n)s needs") % {"name": name, "n": n}
    if kind == ThemeStep.Kind.MOVED:
        if not name:
            return _("%(n)s needs were put into this theme or taken out of it") % {"n": n}
        return (_("%(n)s needs moved to “%(name)s”") if own else _("%(n)s needs came from “%(name)s”")) % {"name": name, "n": n}
    if kind == ThemeStep.Kind.RENAMED:
        return _("renamed, before “%(name)s”") % {"name": step.words}
    if kind == ThemeStep.Kind.CARRIED:
        if own:
            return _("took over %(n)s needs of “%(name)s”") % {"name": name, "n": n}
        return _("most of its needs went on in “%(name)s”") % {"name": name}
    if kind == ThemeStep.Kind.ENDED:
        if not own:
            return _("“%(name)s” ended") % {"name": name}
        return _("ended; most of its needs went on in “%(name)s”") % {"name": name} if name else _("ended, nobody says it any more")
    plain = {
        ThemeStep.Kind.LOCKED: _("locked: nobody leaves, new ones may join"),
        ThemeStep.Kind.UNLOCKED: _("unlocked"),
        ThemeStep.Kind.UNDONE: _("the last decision was undone"),
    }
    return plain[ThemeStep.Kind(kind)]


def pieces_words(missing: int) -> str:
    """能办成吗：缺一块."""
    if not missing:
        return pgettext("can it be done", "everything is there")
    return _("one piece is missing") if missing == 1 else _("%(n)s pieces are missing") % {"n": missing}
