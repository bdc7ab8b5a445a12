"""What people decide about themes. Everything they touch is placed by a person from then on, so the next run leaves it there."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.search import words_of
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.needs.mining import Text, mine
from liandong.needs.models import Need
from liandong.themes import permissions
from liandong.themes.models import Hand, Theme, ThemeMember, ThemeStep
from liandong.themes.texts import batch_of

Actor = Person | System
Kind = ThemeStep.Kind
KEPT_FIELDS = ("state", "merged_into_id", "label", "label_by", "is_locked", "split_from_id")
DESCRIBED_BY = 300  # texts that are enough to name a part


@transaction.atomic
def merge_theme(theme: Theme, *, into: Theme, by: Actor) -> Theme:
    """Two themes become one: `into` lives on, the page of the other leads there. They stay one over every later run."""
    if theme.pk == into.pk:
        raise Refused(_("A theme cannot be joined with itself."), field="into")
    theme, into = _locked(theme, into)
    require(permissions.can_decide(by, theme))
    require(permissions.can_decide(by, into))
    _require_active(theme, into)
    before = _state_of([theme, into])
    moved = ThemeMember.objects.filter(theme=theme).count()
    ThemeMember.objects.filter(theme__in=[theme, into]).update(theme=into, placed_by=Hand.PERSON, placed_at=clock.now())
    _write(theme, state=Theme.State.MERGED, merged_into=into)
    _write(into, is_locked=into.is_locked or theme.is_locked)
    _step(theme, Kind.MERGED, by, other=into, need_count=moved, words=theme.label, before=before)
    journal.record("theme.merged", on=theme, after={"into": into.number, "needs": moved}, by=by)
    return into


@transaction.atomic
def split_theme(theme: Theme, *, needs: Iterable[Need], label: str = "", by: Actor) -> Theme:
    """These needs become a theme of their own; the parts stay apart. Exactly the needs that a joining had brought get their old theme back."""
    theme = _locked(theme)[0]
    require(permissions.can_decide(by, theme))
    _require_active(theme)
    inside = set(ThemeMember.objects.filter(theme=theme).values_list("need_id", flat=True))
    chosen = {need.pk for need in needs} & inside
    if not chosen:
        raise Refused(_("Tick the needs that become a theme of their own."), field="needs")
    if chosen == inside:
        raise Refused(_("Leave at least one need in the theme."), field="needs")
    before = _state_of([theme])
    label = one_line(label, 80)
    part = _earlier(theme, chosen)
    if part is not None:
        before["themes"][str(part.pk)] = _fields(part)
        _write(part, state=Theme.State.ACTIVE, merged_into=None, **({"label": label, "label_by": Hand.PERSON} if label else {}))
    else:
        part = _new_theme(chosen, label, split_from=theme)
    ThemeMember.objects.filter(theme=theme).update(placed_by=Hand.PERSON, placed_at=clock.now())
    ThemeMember.objects.filter(need__in=chosen).update(theme=part)
    _step(theme, Kind.SPLIT, by, other=part, need_count=len(chosen), words=part.label, before=before)
    journal.record("theme.split", on=theme, after={"part": part.number, "needs": len(chosen)}, by=by)
    return part


def _earlier(theme: Theme, chosen: set[int]) -> Theme | None:
    """The theme that was joined with this one and had brought exactly these needs."""
    for step in ThemeStep.objects.filter(kind=Kind.MERGED, other=theme, undone_at__isnull=True, theme__merged_into=theme).select_related("theme"):
        brought = {need for need, pk, _hand, _degree in step.before.get("members", []) if pk == step.theme_id}
        if brought == chosen and step.theme.state == Theme.State.MERGED:
            return step.theme
    return None


def propose_halves(theme: Theme) -> list[int]:
    """The needs that the calculation would part from the rest when it looks at this theme alone. [] when there is nothing to part."""
    batch = batch_of(ThemeMember.objects.filter(theme=theme).values_list("need_id", flat=True))
    if len(batch.needs) < 2:
        return []
    mined = mine(batch.texts, places=batch.places, resamples=0)
    if len(mined.themes) > 1:
        parts = sorted(mined.themes, key=lambda part: -len(part.members))
        return [batch.needs[member.row] for member in parts[1].members]
    loose = [batch.needs[row] for row in mined.loose]
    return loose if loose and len(loose) < len(batch.needs) else _two_poles(batch.needs, batch.texts)


def _two_poles(needs: list[int], texts: list[Text]) -> list[int]:
    """When the calculation sees one matter: the text least like the typical one, and those that are more like it than like the typical one."""
    bags = [frozenset(word for word in words_of(text.words) if len(word) > 1) for text in texts]

    def like(one: frozenset[str], other: frozenset[str]) -> float:
        return len(one & other) / (len(one | other) or 1)

    first = max(range(len(bags)), key=lambda row: (sum(like(bags[row], bag) for bag in bags), -row))
    second = min(range(len(bags)), key=lambda row: (like(bags[first], bags[row]), row))
    return [
        need for row, need in enumerate(needs) if row != first and (row == second or like(bags[row], bags[second]) > like(bags[row], bags[first]))
    ]


@transaction.atomic
def move_needs(needs: Iterable[Need], *, to: Theme | None = None, as_new: bool = False, label: str = "", by: Actor) -> Theme | None:
    """Put needs into another theme, into a new one (`as_new`), or, without either, into none. They stay there. Returns where they are now."""
    needs = sorted({need.pk: need for need in needs}.values(), key=lambda need: need.pk)
    if not needs:
        raise Refused(_("Tick at least one need first."), field="needs")
    old = {row.need_id: row for row in ThemeMember.objects.select_for_update().filter(need__in=needs)}
    sources = sorted({row.theme_id for row in old.values() if row.theme_id is not None})
    themes = _locked(*Theme.objects.filter(pk__in=[*sources, *([to.pk] if to is not None else [])]))
    for need in needs:
        require(permissions.can_move(by, need))
    if to is not None:
        to = next(theme for theme in themes if theme.pk == to.pk)
        _require_active(to)
    loose = [
        [need.pk, None, old[need.pk].placed_by if need.pk in old else Hand.MACHINE, 1]
        for need in needs
        if need.pk not in old or old[need.pk].theme_id is None
    ]
    before = _state_of(themes)
    before["members"] += loose
    if to is None and as_new:
        to = _new_theme({need.pk for need in needs}, one_line(label, 80), split_from=themes[0] if len(sources) == 1 else None)
    now = clock.now()
    ThemeMember.objects.bulk_create(
        [
            ThemeMember(need=need, theme=to, degree=old[need.pk].degree if need.pk in old else 1, placed_by=Hand.PERSON, placed_at=now)
            for need in needs
        ],
        update_conflicts=True,
        unique_fields=["need"],
        update_fields=["theme", "placed_by", "placed_at"],
    )
    _end_empty([theme for theme in themes if theme.pk in sources], heir=to)
    counts = Counter(old[need.pk].theme_id for need in needs if need.pk in old and old[need.pk].theme_id is not None)
    first = next((theme for theme in themes if theme.pk in counts), to)
    if first is not None:
        _step(first, Kind.MOVED, by, other=to if to is not None and to.pk != first.pk else None, need_count=len(needs), before=before)
    for theme in themes:
        if theme.pk in counts and first is not None and theme.pk != first.pk:
            _step(theme, Kind.MOVED, by, other=to, need_count=counts[theme.pk])
    target = to or first
    if target is not None:
        after = {"to": to.number if to is not None else "", "needs": [need.number for need in needs]}
        journal.record("theme.needs_moved", on=target, before={"from": [theme.number for theme in themes if theme.pk in counts]}, after=after, by=by)
    return to


@transaction.atomic
def rename_theme(theme: Theme, *, label: str, by: Actor) -> Theme:
    """The name stays, whatever later runs would call it."""
    theme = _locked(theme)[0]
    require(permissions.can_decide(by, theme))
    _require_active(theme)
    label = one_line(label, 80)
    if not label:
        raise Refused(_("Give the theme a name."), field="label")
    if label == theme.label and theme.label_by == Hand.PERSON:
        return theme
    before = {"members": [], "themes": {str(theme.pk): _fields(theme)}}
    old = theme.label
    _write(theme, label=label, label_by=Hand.PERSON)
    _step(theme, Kind.RENAMED, by, words=old, before=before)
    journal.record("theme.renamed", on=theme, before={"label": old}, after={"label": label}, by=by)
    return theme


@transaction.atomic
def lock_theme(theme: Theme, *, by: Actor) -> Theme:
    """Nobody leaves any more by calculation; new needs may join."""
    return _set_lock(theme, True, by)


@transaction.atomic
def unlock_theme(theme: Theme, *, by: Actor) -> Theme:
    return _set_lock(theme, False, by)


def _set_lock(theme: Theme, locked: bool, by: Actor) -> Theme:
    theme = _locked(theme)[0]
    require(permissions.can_decide(by, theme))
    _require_active(theme)
    if theme.is_locked == locked:
        return theme
    before = {"members": [], "themes": {str(theme.pk): _fields(theme)}}
    _write(theme, is_locked=locked)
    _step(theme, Kind.LOCKED if locked else Kind.UNLOCKED, by, before=before)
    journal.record("theme.locked" if locked else "theme.unlocked", on=theme, before={"is_locked": not locked}, after={"is_locked": locked}, by=by)
    return theme


@transaction.atomic
def undo_step(step: ThemeStep, *, by: Actor) -> Theme:
    """Put back what the last decision changed, within ten minutes and while nobody has decided anything else about the same themes."""
    step = ThemeStep.objects.select_for_update().get(pk=step.pk)
    if not step.can_still_be_undone:
        raise Refused(_("This can no longer be undone. Decide anew instead."))
    touched = {int(pk) for pk in step.before["themes"]} | {pk for pk in (step.theme_id, step.other_id) if pk is not None}
    themes = {theme.pk: theme for theme in _locked(*Theme.objects.filter(pk__in=touched))}
    for theme in themes.values():
        require(permissions.can_decide(by, theme))
    later = ThemeStep.objects.filter(pk__gt=step.pk, kind__in=ThemeStep.DECISIONS, undone_at__isnull=True).exclude(before={})
    if any(touched & ({int(pk) for pk in other.before["themes"]} | {other.theme_id, other.other_id}) for other in later):
        raise Refused(_("Something else was decided about it since. Undo that first."))
    _put_back(step.before, themes)
    _write(step, undone_at=clock.now())
    theme = themes[step.theme_id]
    _step(theme, Kind.UNDONE, by, other=themes.get(step.other_id) if step.other_id else None, need_count=step.need_count, words=str(step.kind))
    journal.record("theme.decision_undone", on=theme, before={"kind": step.kind}, by=by)
    return theme


def _put_back(before: dict[str, Any], themes: dict[int, Theme]) -> None:
    now = clock.now()
    gone = [need for need, theme, hand, _degree in before["members"] if theme is None and hand == Hand.MACHINE]
    ThemeMember.objects.filter(need__in=gone).delete()
    rows = [row for row in before["members"] if row[0] not in set(gone)]
    here = set(Need.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
    ThemeMember.objects.bulk_create(
        [
            ThemeMember(need_id=need, theme_id=theme, degree=degree, placed_by=hand, placed_at=now)
            for need, theme, hand, degree in rows
            if need in here
        ],
        update_conflicts=True,
        unique_fields=["need"],
        update_fields=["theme", "degree", "placed_by", "placed_at"],
        batch_size=2000,
    )
    for key, fields in before["themes"].items():
        _write(themes[int(key)], **fields)
    made = [theme for theme in themes.values() if str(theme.pk) not in before["themes"]]
    _end_empty(made, heir=themes.get(int(next(iter(before["themes"]), 0))))


# Parts


def _locked(*themes: Theme) -> list[Theme]:
    """The rows under lock, in the order given; always locked in one order."""
    rows = {row.pk: row for row in Theme.objects.select_for_update().filter(pk__in=[theme.pk for theme in themes]).order_by("pk")}
    return [rows[theme.pk] for theme in themes]


def _require_active(*themes: Theme) -> None:
    if any(not theme.is_active for theme in themes):
        raise Refused(_("This theme has ended or gone on in another one. Reload the page."))


def _fields(theme: Theme) -> dict[str, Any]:
    return {name: getattr(theme, name) for name in KEPT_FIELDS}


def _state_of(themes: list[Theme]) -> dict[str, Any]:
    """What an undo puts back."""
    rows = ThemeMember.objects.filter(theme__in=themes).order_by("need_id").values_list("need_id", "theme_id", "placed_by", "degree")
    return {"members": [list(row) for row in rows], "themes": {str(theme.pk): _fields(theme) for theme in themes}}


def _end_empty(themes: Iterable[Theme], heir: Theme | None) -> None:
    for theme in themes:
        if not ThemeMember.objects.filter(theme=theme).exists():
            _write(theme, state=Theme.State.ENDED, merged_into=heir if heir is not None and heir.pk != theme.pk else None)


def _new_theme(needs: set[int], label: str, *, split_from: Theme | None) -> Theme:
    """Named and described from the needs themselves."""
    batch = batch_of(sorted(needs)[:DESCRIBED_BY])
    mined = mine(batch.texts, places=batch.places, held=dict.fromkeys(range(len(batch.texts)), 0), resamples=0)
    found = mined.themes[0] if mined.themes else None
    named = label or (found.label if found is not None else "") or batch.texts[0].words
    return Theme.objects.create(
        label=one_line(named, 80),
        label_by=Hand.PERSON if label else Hand.MACHINE,
        phrases=[phrase[:20] for phrase in found.phrases[:6]] if found is not None else [],
        stability=1,
        split_from=split_from,
        first_seen_at=clock.now(),
    )


def _write(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in values])


def _step(
    theme: Theme, kind: str, by: Actor, *, other: Theme | None = None, need_count: int = 0, words: str = "", before: dict[str, Any] | None = None
) -> ThemeStep:
    return ThemeStep.objects.create(
        theme=theme,
        kind=kind,
        other=other,
        decided_by=by if isinstance(by, Person) else None,
        at=clock.now(),
        need_count=need_count,
        words=words[:80],
        before=before or {},
    )
