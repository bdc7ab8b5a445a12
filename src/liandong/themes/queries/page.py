"""One theme: its needs, its most typical sentences, where it came from, what is like it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from liandong.accounts.models import Person
from liandong.core import search
from liandong.needs.mining import HARDLY_FITS, asking
from liandong.needs.models import Need
from liandong.needs.permissions import readable_by
from liandong.needs.suggest import without_phones
from liandong.needs.wishes import public_words
from liandong.themes import permissions
from liandong.themes.models import Theme, ThemeMember, ThemeStep

LONGEST = 46  # characters of a sentence on the board
TYPICAL = 3
LOOKED_AT = 60  # members among which typical sentences are sought
SHORTEST = 8  # characters; a shorter sentence says thank you
SAME = 0.6  # of the pairs of letters, and it is the same sentence again


@dataclass(frozen=True)
class Sentence:
    """One sentence of a need; `parts` are (text, whether it is one of the theme's words)."""

    need: Need
    parts: list[tuple[str, bool]]


def marked(text: str, phrases: Iterable[str]) -> list[tuple[str, bool]]:
    """The text cut where a phrase stands in it, longest phrases first."""
    known = sorted({phrase for phrase in phrases if phrase}, key=lambda phrase: (-len(phrase), phrase))
    if not known:
        return [(text, False)]
    cut = re.split("(" + "|".join(re.escape(phrase) for phrase in known) + ")", text, flags=re.I)
    lower = {phrase.lower() for phrase in known}
    return [(part, part.lower() in lower) for part in cut if part]


def best_sentence(words: str, phrases: Sequence[str]) -> str:
    """The sentence with most of the theme's words; of two alike the one that states a need; cut to fit one line."""
    words = without_phones(words)
    sentences = asking(words)
    if not sentences:
        return words[:LONGEST]
    best = max(sentences, key=lambda each: (sum(phrase in each.words for phrase in phrases), len(each.words) >= SHORTEST, each.asks, -each.start))
    text = best.words
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def typical_sentences(theme: Theme, person: Person, needs: Sequence[int], *, limit: int = TYPICAL) -> list[Sentence]:
    """The sentences most like everybody's, each said once, of needs that the person may read: the best of the most typical. One query."""
    rows = (
        ThemeMember.objects.filter(theme=theme, need__in=readable_by(person).filter(pk__in=needs).values("pk"))
        .select_related("need__asker", "need__asker_organization")
        .defer("need__search")
        .order_by("-degree", "pk")[:LOOKED_AT]
    )
    degrees = {row.need_id: row.degree for row in rows}
    phrases = theme.phrases
    found: list[Sentence] = []
    said: list[set[str]] = []
    ordered = sorted(
        (row.need for row in rows), key=lambda need: (-round(degrees.get(need.pk, 0), 1), -sum(phrase in need.words for phrase in phrases), -need.pk)
    )
    for need in ordered:
        text = best_sentence(public_words(need), phrases)
        if found and not any(phrase in text for phrase in phrases):
            continue
        bare = re.sub(r"\W", "", text)
        pairs = {bare[n : n + 2] for n in range(len(bare) - 1)}
        if any(len(pairs & other) > SAME * min(len(pairs), len(other)) for other in said):
            continue
        said.append(pairs)
        found.append(Sentence(need, marked(text, phrases)))
        if len(found) == limit:
            break
    return found


def needs_of(theme: Theme, person: Person) -> QuerySet[Need]:
    """The needs of a theme on the person's ground."""
    return Need.objects.filter(pk__in=permissions.members_visible_to(person).filter(theme=theme).values("need"))


def members_of(theme: Theme, person: Person, *, text: str = "", hardly: bool = False) -> QuerySet[ThemeMember]:
    """Members on the person's ground, the most typical first, or those that hardly fit, the least fitting first."""
    rows = permissions.members_visible_to(person).filter(theme=theme)
    if text.strip():
        rows = rows.filter(Q(need__search=search.query(text)) | Q(need__title__icontains=text.strip()) | Q(need__number__iexact=text.strip()))
    if hardly:
        rows = rows.filter(degree__lt=HARDLY_FITS)
    return (
        rows.select_related("need__territory", "need__asker", "need__asker_organization")
        .defer("need__search")
        .order_by("degree" if hardly else "-degree", "-need__submitted_at", "pk")
    )


def open_needs_of(theme: Theme, person: Person, *, states: Iterable[str]) -> list[Need]:
    """The needs of a theme that a project can take up, oldest first."""
    return list(
        needs_of(theme, person)
        .filter(state__in=list(states))
        .select_related("territory", "asker_organization", "asker")
        .defer("search")
        .order_by("submitted_at", "pk")
    )


# Lineage


def lineage_of(theme: Theme, *, limit: int = 50) -> list[ThemeStep]:
    """What made the theme what it is, newest first: its own steps and those in which it took part."""
    return list(
        ThemeStep.objects.filter(Q(theme=theme) | Q(other=theme))
        .select_related("theme", "other", "decided_by")
        .defer("before")
        .order_by("-pk")[:limit]
    )


def history_of(theme: Theme) -> list[ThemeStep]:
    """Only what people decided."""
    return [step for step in lineage_of(theme) if step.kind in ThemeStep.DECISIONS or step.kind == ThemeStep.Kind.UNDONE]


def undoable_step(person: Person) -> ThemeStep | None:
    """The person's last decision, while it can be undone."""
    step = (
        ThemeStep.objects.filter(decided_by=person, kind__in=ThemeStep.DECISIONS, undone_at__isnull=True)
        .exclude(before={})
        .select_related("theme", "other")
        .order_by("-pk")
        .first()
    )
    return step if step is not None and step.can_still_be_undone else None


# Alike


def likeness(theme: Theme, other: Theme) -> float:
    """How much two themes sound alike, 0 to 1: shared words of phrases and labels, and shared pairs of letters."""

    def bag(each: Theme) -> set[str]:
        text = "".join(re.findall(r"\w", each.label))
        return set(each.phrases) | {text[n : n + 2] for n in range(len(text) - 1)}

    one, two = bag(theme), bag(other)
    return len(one & two) / (min(len(one), len(two)) or 1)


def alike_themes(theme: Theme, others: Iterable[Theme], *, limit: int = 4, least: float = 0.12) -> list[Theme]:
    scored = sorted(((-likeness(theme, other), other.pk, other) for other in others if other.pk != theme.pk), key=lambda row: row[:2])
    return [other for score, _pk, other in scored if -score >= least][:limit]


def themes_to_merge_into(theme: Theme, person: Person, *, text: str = "") -> list[Theme]:
    """Active themes on the person's ground, those most like this one first."""
    others = permissions.visible_to(person).filter(state=Theme.State.ACTIVE).exclude(pk=theme.pk)
    if text.strip():
        others = others.filter(Q(label__icontains=text.strip()) | Q(number__iexact=text.strip()))
    return sorted(others, key=lambda other: (-likeness(theme, other), other.label))
