"""A new need joins the theme it belongs to at once, without calculating everything again."""

from django.db import transaction

from liandong.core import clock
from liandong.core.actors import System
from liandong.journal import services as journal
from liandong.needs.mining import Index
from liandong.needs.models import Need
from liandong.themes.models import Hand, MiningRun, Theme, ThemeMember
from liandong.themes.texts import meaning_of_texts, text_of

MINER = System("themes")
# The index of the last finished run, kept by this process: run -> (index, theme of each of its themes).
_kept: dict[int, tuple[Index, list[int | None]]] = {}


def current_index() -> tuple[Index, list[int | None]] | None:
    """Read once per process and run."""
    newest = MiningRun.objects.filter(state=MiningRun.State.DONE, index__isnull=False).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return None
    if newest not in _kept:
        run = MiningRun.objects.get(pk=newest)
        assert run.index is not None
        _kept.clear()
        _kept[newest] = (Index.from_bytes(bytes(run.index)), run.index_themes)
    return _kept[newest]


@transaction.atomic
def place_need(need: Need) -> ThemeMember | None:
    """Put a need that has no place yet where it belongs, None when it fits nowhere. Repeatable: a need that has a place keeps it."""
    if ThemeMember.objects.filter(need=need).exists() or need.state == Need.State.WITHDRAWN:
        return None
    found = current_index()
    placed = found[0].place(text_of(need), embed=meaning_of_texts()) if found is not None else None
    if found is None or placed is None:
        return None
    theme = _living(found[1][placed.theme])
    if theme is None:
        return None
    degree = round(min(max(placed.degree, 0), 1), 4)
    member, is_new = ThemeMember.objects.get_or_create(
        need=need, defaults={"theme": theme, "degree": degree, "placed_by": Hand.MACHINE, "placed_at": clock.now()}
    )
    if is_new:
        journal.record("theme.joined", on=theme, after={"need": need.number, "degree": degree}, by=MINER)
    return member


def _living(pk: int | None) -> Theme | None:
    """The theme, or the one that it went on in."""
    for _step in range(20):
        theme = Theme.objects.select_for_update().filter(pk=pk).first() if pk is not None else None
        if theme is None or theme.is_active:
            return theme
        pk = theme.merged_into_id
    return None
