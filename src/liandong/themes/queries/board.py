"""The board: one row per theme, added up in Python from one slim read of its members (6,000 needs take some 20 ms)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from liandong.accounts.models import Person
from liandong.core import clock, search
from liandong.needs.models import Need, Segment
from liandong.needs.permissions import grounds_of
from liandong.organizations.models import Right, Territory
from liandong.themes import permissions
from liandong.themes.hiding import SMALL, Cell, hide_small, shown_count
from liandong.themes.models import MiningRun, Theme, ThemeMember
from liandong.themes.queries.weights import Weighting, weighting
from liandong.themes.trend import DOWN, SLOWLY_UP, UP, UP_AGAIN, trend_of

SPANS = {"12w": 12, "26w": 26, "52w": 52}  # weeks
PEOPLE_COLUMNS = (Segment.ELDERS, Segment.STAFF, Segment.PARENTS, Segment.OUTDOOR, Segment.SHOPS)
FIRM_COLUMNS = (Segment.SMALL_FIRM, Segment.MEDIUM_FIRM, Segment.LARGE_FIRM, Segment.STAFF, Segment.SHOPS)
FIRMS = frozenset(FIRM_COLUMNS[:3])
RECENT_WEEKS = 3


@dataclass(frozen=True)
class BoardFilters:
    """What the board is narrowed to; unknown values are ignored."""

    span: str = "12w"
    community: Territory | None = None
    segment: str = ""
    order: str = "urgent"
    text: str = ""

    @property
    def weeks(self) -> int:
        return SPANS.get(self.span, 12)

    @property
    def since(self) -> dt.datetime:
        """The first moment of the first week; the last week ends today."""
        return clock.day_bounds(clock.today() - dt.timedelta(days=7 * self.weeks - 1))[0]


@dataclass
class Row:
    """A theme with its needs of the time looked at, on the reader's ground. People are counted once, in the segment they were last heard as."""

    theme: Theme
    needs: list[int] = field(default_factory=list)
    open_needs: int = 0
    askers: dict[Any, str] = field(default_factory=dict)
    communities: Counter[int] = field(default_factory=Counter)
    place_of: dict[Any, int] = field(default_factory=dict)
    weeks: list[int] = field(default_factory=list)
    urgent: int = 0
    overdue: int = 0
    oldest_date: dt.date | None = None
    weighted: int = 0
    cells: list[Cell] = field(default_factory=list)
    asked: int | None = None  # people of the chosen segment, None when no segment is chosen or the number is hidden

    @property
    def people(self) -> int:
        return len(self.askers)

    @property
    def is_small(self) -> bool:
        return self.people < SMALL

    @property
    def people_text(self) -> str:
        return shown_count(self.people)

    @property
    def segments(self) -> Counter[str]:
        return Counter(self.askers.values())

    @property
    def places(self) -> Counter[int]:
        """People per community, each once."""
        return Counter(self.place_of.values())

    @property
    def trend(self) -> str:
        return trend_of(self.weeks)

    @property
    def is_made_up_for(self) -> bool:
        return not self.is_small and self.weighted >= self.people * 1.1

    @property
    def stability_percent(self) -> int:
        return round(100 * self.theme.stability)

    @property
    def score(self) -> float:
        """What should be looked at first: many people, urgent and overdue needs, and more each week."""
        growth = {UP: 1.3, SLOWLY_UP: 1.15, UP_AGAIN: 1.1, DOWN: 0.85}.get(self.trend, 1)
        return (self.weighted + 2 * self.urgent + 2 * self.overdue) * growth


@dataclass
class Board:
    rows: list[Row]
    need_count: int
    loose_count: int
    weighting: Weighting
    territory: Territory | None


MEMBER = (
    "theme_id",
    "need_id",
    "need__territory_id",
    "need__segment",
    "need__urgency",
    "need__asker_id",
    "need__asker_organization_id",
    "need__asker_name",
    "day",
    "is_open",
    "is_late",
)


def asker_key(need: int, asker: int | None, body: int | None, name: str, territory: int) -> Any:
    """Who said it: a body, a person, a name in a place; somebody unnamed counts by the need."""
    if body is not None:
        return ("body", body)
    if asker is not None:
        return ("person", asker)
    return ("name", name, territory) if name else ("need", need)


def people_behind(needs: Iterable[Need]) -> int:
    """How many said it, each once; 0 for fewer than five, who are never counted out."""
    people = len({asker_key(need.pk, need.asker_id, need.asker_organization_id, need.asker_name, need.territory_id) for need in needs})
    return people if people >= SMALL else 0


def ground_of(person: Person) -> Territory | None:
    """The largest place for which the person answers."""
    grounds = grounds_of(person, Right.SEE_WORK)
    return min(grounds, key=lambda ground: (len(ground.path), ground.pk)) if grounds else None


def board(person: Person, filters: BoardFilters) -> Board:
    """Every theme with a need in the time looked at, in the order asked for. About eight queries, however many themes."""
    rows = gather(permissions.members_visible_to(person), filters, person=person)
    voices: dict[Any, str] = {}
    for row in rows.values():
        voices |= row.askers
    territory = filters.community or ground_of(person)
    weights = weighting(territory, Counter(voices.values()))
    needs = sum(len(row.needs) for row in rows.values())
    for row in rows.values():
        columns = FIRM_COLUMNS if sum(row.segments[key] for key in FIRMS) * 2 > row.people else PEOPLE_COLUMNS
        row.cells = hide_small(row.segments, [str(key) for key in columns])
        row.weighted = weights.size({cell.key: cell.shown for cell in row.cells if cell.shown is not None}, row.people)
    chosen = list(rows.values())
    if filters.segment in Segment.values:
        chosen = [row for row in chosen if row.segments[filters.segment]]
        for row in chosen:
            row.asked = _asked(row, filters.segment)
        chosen.sort(key=lambda row: -(row.asked or 0))
    if filters.text.strip():
        chosen = _found(chosen, filters.text)
    if not (filters.segment and filters.order == "urgent"):
        chosen.sort(key=_order(filters.order))
    return Board(chosen, needs, loose_count(person, filters), weights, territory)


def _asked(row: Row, segment: str) -> int | None:
    """The same number as in the bars: what is hidden there is hidden here."""
    cell = next((cell for cell in row.cells if cell.key == segment), None)
    if cell is not None:
        return cell.shown
    return row.segments[segment] if row.segments[segment] >= SMALL else None


def _order(order: str) -> Any:
    if order == "size":
        return lambda row: (-row.weighted, -len(row.needs), row.theme.pk)
    if order == "growth":
        return lambda row: (-(sum(row.weeks[-RECENT_WEEKS:]) / (len(row.needs) or 1)) * min(len(row.needs), 12), -row.weighted, row.theme.pk)
    if order == "age":
        return lambda row: (row.oldest_date or clock.today(), row.theme.pk)
    return lambda row: (-row.score, row.theme.pk)


def gather(members: QuerySet[ThemeMember], filters: BoardFilters, *, slim: bool = False, person: Person | None = None) -> dict[int, Row]:
    """Theme -> row, from two queries; `slim` when label and number of the themes are enough. With a `person` each theme knows `is_beyond` their ground."""
    members = members.filter(theme__state=Theme.State.ACTIVE, need__submitted_at__gte=filters.since).exclude(need__state=Need.State.WITHDRAWN)
    if filters.community is not None:
        members = members.filter(need__territory__path__startswith=filters.community.path)
    # Days and states are worked out by the database: moments are slow to read.
    members = members.annotate(
        day=TruncDate("need__submitted_at"),
        is_open=ExpressionWrapper(Q(need__state__in=Need.OPEN_STATES), BooleanField()),
        is_late=ExpressionWrapper(Q(need__answered_at__isnull=True, need__answer_due_at__lt=clock.now()), BooleanField()),
    )
    found = list(members.order_by("need__submitted_at").values_list(*MEMBER))
    themes = _themes({row[0] for row in found}, person, slim=slim)
    today, weeks = clock.today(), filters.weeks
    rows: dict[int, Row] = {}
    for theme, need, territory, segment, urgency, asker, body, name, day, is_open, is_late in found:
        row = rows.get(theme)
        if row is None:
            row = rows[theme] = Row(themes[theme], weeks=[0] * weeks)
        row.needs.append(need)
        who = asker_key(need, asker, body, name, territory)
        row.askers[who] = segment
        row.place_of[who] = territory
        row.communities[territory] += 1
        row.weeks[max(weeks - 1 - (today - day).days // 7, 0)] += 1
        row.oldest_date = row.oldest_date or day
        if is_open:
            row.open_needs += 1
            row.urgent += urgency
            row.overdue += is_late
    return rows


def _themes(keys: set[int], person: Person | None, *, slim: bool) -> dict[int, Theme]:
    rows = Theme.objects.filter(pk__in=keys)
    if slim:
        rows = rows.only("label", "number")
    if person is not None:
        outside = ThemeMember.objects.filter(theme=OuterRef("pk")).exclude(permissions.on_ground(person, Right.TRIAGE_NEEDS))
        rows = rows.annotate(is_beyond=Exists(outside))
    return {theme.pk: theme for theme in rows}


def _found(rows: list[Row], text: str) -> list[Row]:
    """By label and phrases, and by the words of the needs."""
    text = text.strip().lower()
    said = set(
        ThemeMember.objects.filter(theme__in=[row.theme.pk for row in rows], need__in=Need.objects.filter(search=search.query(text)))
        .order_by()
        .values_list("theme", flat=True)
        .distinct()
    )
    return [
        row
        for row in rows
        if row.theme.pk in said
        or text in row.theme.label.lower()
        or any(text in phrase.lower() for phrase in row.theme.phrases)
        or text == row.theme.number.lower()
    ]


# Loose needs


def _loose(person: Person) -> QuerySet[Need]:
    inside = ThemeMember.objects.filter(need=OuterRef("pk"), theme__isnull=False)
    return Need.objects.filter(permissions.on_ground(person, path="territory__path"), ~Exists(inside)).exclude(state=Need.State.WITHDRAWN)


def loose_needs(person: Person, filters: BoardFilters) -> QuerySet[Need]:
    """Needs that belong to no theme, newest first, with `by_person` for those that a person put there."""
    needs = _loose(person).filter(submitted_at__gte=filters.since)
    if filters.community is not None:
        needs = needs.filter(territory__path__startswith=filters.community.path)
    if filters.segment in Segment.values:
        needs = needs.filter(segment=filters.segment)
    if filters.text.strip():
        needs = needs.filter(Q(search=search.query(filters.text)) | Q(title__icontains=filters.text.strip()))
    by_person = Exists(ThemeMember.objects.filter(need=OuterRef("pk")))
    return (
        needs.annotate(by_person=by_person)
        .select_related("territory", "asker", "asker_organization")
        .defer("search")
        .order_by("-submitted_at", "-pk")
    )


def loose_count(person: Person, filters: BoardFilters) -> int:
    needs = _loose(person).filter(submitted_at__gte=filters.since)
    if filters.community is not None:
        needs = needs.filter(territory__path__startswith=filters.community.path)
    return needs.count()


# Runs, places, small looks from elsewhere


def runs() -> tuple[MiningRun | None, MiningRun | None]:
    """(the last finished calculation, the one at work). One query."""
    states = (MiningRun.State.WORKING, MiningRun.State.DONE)
    found = {run.state: run for run in reversed(MiningRun.objects.filter(state__in=states).defer("index", "index_themes").order_by("-pk")[:2])}
    return found.get(MiningRun.State.DONE), found.get(MiningRun.State.WORKING)


def communities_on(person: Person, *, limit: int = 200) -> list[Territory]:
    """The communities on the person's ground, by name."""
    return list(
        Territory.objects.filter(permissions.on_ground(person, path="path"), level=Territory.Level.COMMUNITY, to_date__isnull=True)
        .select_related("parent")
        .order_by("pinyin", "pk")[:limit]
    )


def rising(territory: Territory, *, limit: int = 3) -> list[Row]:
    """Themes of a place that more people speak of than before, for the console. Two queries."""
    rows = gather(ThemeMember.objects.filter(need__territory__path__startswith=territory.path), BoardFilters(), slim=True)
    grown = [row for row in rows.values() if row.trend in (UP, SLOWLY_UP, UP_AGAIN) and not row.is_small]
    return sorted(grown, key=lambda row: (-sum(row.weeks[-RECENT_WEEKS:]), -row.people, row.theme.pk))[:limit]


def themes_behind(numbers: list[str], person: Person | None) -> QuerySet[Theme]:
    """Themes by number, as far as the person sees them."""
    return permissions.visible_to(person).filter(number__in=[number.upper() for number in numbers])
