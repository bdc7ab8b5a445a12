"""Needs as the texts that `needs.mining` reads, and what people hold together."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from liandong.core import clock
from liandong.needs.mining import Embed, Text
from liandong.needs.models import Need
from liandong.organizations.models import Territory
from liandong.themes.models import Hand, Theme, ThemeMember, ThemeStep

DAYS_A_MONTH = 30.44
CORE = 0.5  # degree from which a member belongs to the core of its theme
LEAST_CORE = 2

ROW = ("pk", "words", "territory__name", "submitted_at", "segment", "category")


def meaning_of_texts() -> Embed | None:
    """The embedding that the site plugged in, None to learn meanings from the needs themselves."""
    return import_string(settings.MEANING_OF_TEXTS) if settings.MEANING_OF_TEXTS else None


@dataclass
class Batch:
    """The needs of one calculation; rows count in `needs`. `held`: row -> key of the theme in which people keep it."""

    needs: list[int] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    held: dict[int, int] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)


def places() -> list[str]:
    """Names of places: they say where somebody asks, not what."""
    return list(Territory.objects.values_list("name", flat=True).order_by("pk"))


def text_of(need: Need) -> Text:
    return Text(need.words, place=need.territory.name, time=need.submitted_at, segment=need.segment, category=need.category)


def texts_of(needs: QuerySet[Need]) -> tuple[list[int], list[Text]]:
    rows = list(needs.order_by("pk").values_list(*ROW))
    return [row[0] for row in rows], [Text(row[1], place=row[2], time=row[3], segment=row[4], category=row[5]) for row in rows]


def needs_to_mine() -> QuerySet[Need]:
    """Open needs and those of the last months (settings.THEME_MONTHS); not those taken back, nor what a person put into no theme."""
    since = clock.now() - dt.timedelta(days=settings.THEME_MONTHS * DAYS_A_MONTH)
    left_alone = ThemeMember.objects.filter(theme__isnull=True).values("need")
    return (
        Need.objects.filter(Q(state__in=Need.OPEN_STATES) | Q(submitted_at__gte=since)).exclude(state=Need.State.WITHDRAWN).exclude(pk__in=left_alone)
    )


def take_batch() -> Batch:
    needs, texts = texts_of(needs_to_mine())
    row_of = {need: row for row, need in enumerate(needs)}
    held = {row_of[need]: theme for need, theme in held_needs().items() if need in row_of}
    return Batch(needs, texts, held, places())


def held_needs() -> dict[int, int]:
    """Need -> theme, for everything that a calculation must leave where it is.

    What a person placed stays; in a locked theme everything stays. A theme that a person has named, put a need into or taken one out of also keeps its
    core, or it would not be the theme that the person meant.
    """
    rows = ThemeMember.objects.filter(theme__isnull=False).values_list("need_id", "theme_id", "placed_by", "degree")
    members: dict[int, list[tuple[int, str, float]]] = defaultdict(list)
    for need, theme, hand, degree in rows:
        members[theme].append((need, hand, degree))
    themes = {pk: (locked, by) for pk, locked, by in Theme.objects.filter(state=Theme.State.ACTIVE).values_list("pk", "is_locked", "label_by")}
    parted = set(ThemeStep.objects.filter(kind=ThemeStep.Kind.MOVED, undone_at__isnull=True).values_list("theme", flat=True))
    held: dict[int, int] = {}
    for theme, placed in members.items():
        if theme not in themes:
            continue
        locked, label_by = themes[theme]
        if locked:
            held.update({need: theme for need, _hand, _degree in placed})
            continue
        by_person = [need for need, hand, _degree in placed if hand == Hand.PERSON]
        if not by_person and label_by != Hand.PERSON and theme not in parted:
            continue
        typical = sorted(((need, degree) for need, hand, degree in placed if hand == Hand.MACHINE), key=lambda row: (-row[1], row[0]))
        core = [need for need, degree in typical if degree >= CORE]
        core += [need for need, _degree in typical[len(core) :]][: max(LEAST_CORE - len(core), 0)]
        held.update(dict.fromkeys((*by_person, *core), theme))
    return held


def batch_of(needs: Iterable[int]) -> Batch:
    keys, texts = texts_of(Need.objects.filter(pk__in=list(needs)))
    return Batch(keys, texts, {}, places())
