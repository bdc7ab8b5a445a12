"""All overlaps of a ground at once, for the hub, and of the things of a body, for its staff."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import CharField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Shift
from liandong.activities.permissions import visible_to as activities_visible_to
from liandong.core import clock
from liandong.organizations.models import Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of
from liandong.overlap import digests, plans, radar, saying
from liandong.overlap.models import CoHosting
from liandong.overlap.plans import key_of, pair_of
from liandong.overlap.queries.meeting import OPEN_ACTIVITY, Found, Thing, decisions_about, standing
from liandong.projects import permissions as projects
from liandong.projects.models import Project
from liandong.ui import words

AHEAD = dt.timedelta(days=92)
MOST_THINGS = 3_000


@dataclass(frozen=True)
class Alarm:
    """Several bodies about to do the same. `title` and `note` are sentences ready to show; `note` says what was compared and what was not shared."""

    key: str
    title: str
    note: str
    list_url: str
    propose_url: str
    bodies: int
    first_day: dt.date | None
    score: float
    things: tuple[Found, ...] = field(default=(), compare=False)
    proposal: CoHosting | None = None
    is_settled: bool = False
    settled_words: str = ""

    @property
    def keys(self) -> list[str]:
        return self.key.split("-")

    @property
    def other_keys(self) -> list[str]:
        return self.keys[1:]

    @property
    def anchor(self) -> str:
        return self.keys[0]

    @property
    def action_label(self) -> str:
        if self.proposal is not None:
            return _("See the proposal")
        return _("Propose to do it together") if self.propose_url else ""

    @property
    def action_href(self) -> str:
        return reverse("overlap:hosting", args=[self.proposal.pk]) if self.proposal is not None else self.propose_url


def alarms_for(person: Person, *, limit: int = 3) -> list[Alarm]:
    """For a banner: the sharpest open alarms on the person's ground, or of the bodies they work for; nothing for others."""
    territories, bodies = where_of(person)
    return alarms_on(person, territories=territories, bodies=[] if territories else bodies)[:limit] if territories or bodies else []


def where_of(person: Person) -> tuple[list[Territory], list[int]]:
    """The places of a hub's staff, and the bodies whose activities the person sets up."""
    grants = [grant for grant in grants_of(person) if Right.MANAGE_ACTIVITIES in RIGHTS_OF[grant.role]]
    return [grant.territory for grant in grants if grant.territory is not None], [grant.organization_id for grant in grants if grant.organization_id]


def alarms_on(
    person: Person, *, territories: Sequence[Territory] = (), bodies: Sequence[int] = (), settled: bool = False, text: str = ""
) -> list[Alarm]:
    """Overlaps among what is coming up: open ones, or with `settled` those somebody has spoken about. The nearest day first, then the sharpest.

    Ten queries however large the ground, one more for bodies; drafts of others are only there for a hub that may see them.
    """
    if not territories and not bodies:
        return []
    rows, others, known = _things_on(person, territories, bodies)
    spans = {row.pk: plans.days_of(zip(row.starts, row.ends, strict=True)) for row in rows}  # type: ignore[attr-defined]
    both: list[Thing] = [*rows, *others]
    streets = _streets_of({row.territory.path for row in both}, known)
    things = {key_of(row): row for row in both}
    made = {key_of(row): plans.of_activity(row, spans=spans.get(row.pk, ()), street=streets[row.territory.path]) for row in rows}
    made |= {key_of(row): plans.of_project(row, street=streets[row.territory.path]) for row in others}
    twice, proposals = _twice_among(rows), _co_hostings_among(rows)
    together = _together(proposals)
    pairs = _pairs(made, things, twice, together, set(bodies))
    decided = decisions_about(pair_of(one, other) for one, other in pairs)
    sides: set[int | None] = {None, *bodies}
    said = {pair: standing(decided.get(pair_of(*pair), ()), made[pair[0]], made[pair[1]], sides) for pair in pairs} if decided else {}
    chosen = {pair: match for pair, match in pairs.items() if bool(said.get(pair)) == settled}
    alarms = [_alarm(group, chosen, things, made, proposals, said, bodies) for group in radar.groups(chosen)]
    if text:
        alarms = [alarm for alarm in alarms if text in alarm.title or any(text in each.title or text in each.host.name for each in alarm.things)]
    return sorted(alarms, key=lambda alarm: (alarm.first_day or dt.date.max, -alarm.score, alarm.key))


def _streets_of(paths: set[str], known: Sequence[str]) -> dict[str, str]:
    """The street of each path; nothing is asked when all lie in streets that are known."""
    if all(path.startswith(tuple(known)) for path in paths):
        return {path: next(street for street in known if path.startswith(street)) for path in paths}
    return plans.streets_of(paths)


def _things_on(person: Person, territories: Sequence[Territory], bodies: Sequence[int]) -> tuple[list[Activity], list[Project], list[str]]:
    """What is coming up in the places (for bodies: in the streets of their own things), and the streets among those places."""
    now = clock.now()
    coming = Activity.objects.filter(state__in=OPEN_ACTIVITY, last_ends_at__gt=now, first_starts_at__lt=now + AHEAD).filter(
        activities_visible_to(person)
    )
    running = Project.objects.filter(Q(ends_date__isnull=True) | Q(ends_date__gte=clock.today()), state__in=Project.OPEN_STATES)
    running = running.filter(Q(state__in=projects.PUBLIC_STATES) | projects.in_scope(person))
    if territories:
        paths = [territory.path for territory in territories]
        streets = [territory.path for territory in territories if territory.level == Territory.Level.STREET]
    else:
        own = Territory.objects.filter(
            Q(pk__in=coming.filter(host__in=bodies).values("territory")) | Q(pk__in=running.filter(lead__in=bodies).values("territory"))
        )
        around = Territory.objects.filter(level=Territory.Level.STREET).alias(inner=ExpressionWrapper(OuterRef("path"), CharField()))
        own = own.annotate(street=Subquery(around.filter(inner__startswith=F("path")).values("path")[:1]))
        paths = streets = sorted({street or path for path, street in own.values_list("path", "street")}) or ["-"]
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(path__startswith=path)
    places = Territory.objects.filter(inside).values("pk")
    shifts = Shift.objects.filter(activity=OuterRef("pk")).order_by("starts_at")
    return (
        list(
            coming.filter(territory__in=places)
            .annotate(starts=ArraySubquery(shifts.values("starts_at")), ends=ArraySubquery(shifts.values("ends_at")))
            .prefetch_related("host", "territory", "venue")  # few of them, shared by many
            .defer("search")
            .order_by("first_starts_at", "pk")[:MOST_THINGS]
        ),
        list(running.filter(territory__in=places).prefetch_related("lead", "territory").defer("search").order_by("pk")[:MOST_THINGS]),
        streets,
    )


def _pairs(
    made: dict[str, radar.Plan], things: dict[str, Thing], twice: dict[str, int], together: set[tuple[int, str]], bodies: set[int]
) -> dict[tuple[str, str], radar.Match]:
    """Every pair that raises an alarm. Only plans of one street are compared, and pairs whose lists share people."""
    projects_of = tuple(_project_of(things[key]) for key in made)
    return _alarming(tuple(made.values()), projects_of, tuple(sorted(twice.items())), frozenset(together), frozenset(bodies))


@lru_cache(maxsize=32)
def _alarming(
    all_plans: tuple[radar.Plan, ...],
    projects_of: tuple[int | None, ...],
    twice_of: tuple[tuple[str, int], ...],
    together: frozenset[tuple[int, str]],
    bodies: frozenset[int],
) -> dict[tuple[str, str], radar.Match]:
    """The same plans give the same alarms: they are compared again when one of them changes."""
    made, twice = {plan.key: plan for plan in all_plans}, dict(twice_of)
    project_of = dict(zip(made, projects_of, strict=True))
    count = Counter(
        word for plan in {(p.title, p.words): p for p in made.values()}.values() for word in radar.wording(plan.title, plan.words, plan.ground).words
    )
    rarity = radar.rarity_from(count, max(len(made), 200))
    found = {}
    for first, second in _near_one_another(made) | {(one, other) for one, other in (pair.split("|") for pair in twice)}:
        one, other = made[first], made[second]
        if one.host == other.host or (bodies and not {one.host, other.host} & bodies):
            continue
        if (one.host, other.key) in together or (other.host, one.key) in together:
            continue
        if project_of[first] is not None and project_of[first] == project_of[second]:
            continue
        match = radar.compare(one, other, rarity=rarity, twice=twice.get(pair_of(one.key, other.key), 0))
        if match is not None and match.is_alarm:
            found[one.key, other.key] = match
    return found


def _project_of(thing: Thing) -> int | None:
    return thing.project_id if isinstance(thing, Activity) else thing.pk


def _near_one_another(made: dict[str, radar.Plan]) -> set[tuple[str, str]]:
    """Pairs that may be in the same place or about the same moving people; all others cannot raise an alarm."""
    at: dict[str, list[radar.Plan]] = defaultdict(list)
    together: dict[Any, list[radar.Plan]] = defaultdict(list)
    for plan in made.values():
        at[plan.path].append(plan)
        if plan.venue is not None:
            together[plan.venue].append(plan)
        if plan.for_whom in radar.MOVING:
            together[plan.street, plan.for_whom].append(plan)
    groups = [*at.values(), *together.values()]
    pairs = [(one, other) for group in groups for place, one in enumerate(group) for other in group[place + 1 :]]
    for path, inner in at.items():  # what lies in a wider place
        outer = path
        while (outer := outer[: outer.rstrip("/").rfind("/") + 1]) not in ("", "/"):
            pairs += [(one, other) for one in inner for other in at.get(outer, ())]
    return {(one.key, other.key) if one.key < other.key else (other.key, one.key) for one, other in pairs if one.host != other.host}


def _twice_among(rows: Sequence[Activity]) -> dict[str, int]:
    """About how many people stand on the lists of two of these activities, by pair."""
    if len(rows) < 2:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """select a.activity_id, a.content, b.activity_id, b.content, count(distinct mine.person_number)
               from overlap_beneficiarylist a join overlap_beneficiarydigest mine on mine.list_id = a.id
               join overlap_beneficiarydigest theirs on theirs.digest = mine.digest
               join overlap_beneficiarylist b on b.id = theirs.list_id and b.activity_id > a.activity_id and b.organization_id <> a.organization_id
               where a.activity_id = any(%s) and b.activity_id = any(%s) group by 1, 2, 3, 4""",
            [[row.pk for row in rows], [row.pk for row in rows]],
        )
        found = cursor.fetchall()
    return {
        pair_of(f"a{one}", f"a{other}"): told
        for one, left, other, right, exact in found
        if (told := digests.told(exact, key="|".join(sorted((left, right)))))
    }


def _co_hostings_among(rows: Sequence[Activity]) -> list[CoHosting]:
    ids = [row.pk for row in rows]
    return list(
        CoHosting.objects.filter(Q(activity__in=ids) | Q(twin__in=ids), state__in=CoHosting.OPEN_STATES).select_related(
            "activity__host", "partner", "asked_by"
        )
    )


def _together(rows: Iterable[CoHosting]) -> set[tuple[int, str]]:
    """(body, key of a thing of others) that are one thing by agreement."""
    found = set()
    for row in rows:
        if row.state == CoHosting.State.AGREED:
            found.add((row.partner_id, f"a{row.activity_id}"))
            if row.twin_id:
                found.add((row.activity.host_id, f"a{row.twin_id}"))
    return found


def _alarm(
    group: set[str],
    pairs: dict[tuple[str, str], radar.Match],
    things: dict[str, Thing],
    made: dict[str, radar.Plan],
    proposals: Sequence[CoHosting],
    said: dict[tuple[str, str], Any],
    bodies_of: Collection[int],
) -> Alarm:
    inside = {pair: match for pair, match in pairs.items() if pair[0] in group}
    best_pair, best = max(inside.items(), key=lambda item: (item[1].score, item[0]))
    keys = sorted(group, key=lambda key: (made[key].is_project, made[key].spans[:1], key))
    reasons = saying.reasons(best)
    found = tuple(Found(things[key], best, reasons) for key in keys)
    bodies = {made[key].host for key in group}
    days = sorted({day for key in group if not made[key].is_project for day, _end in made[key].spans})
    twice = max((reason.number for match in inside.values() if (reason := match.why("twice"))), default=0)
    proposal = next((row for row in proposals if f"a{row.activity_id}" in group and (row.twin_id is None or f"a{row.twin_id}" in group)), None)
    decision = next((said[pair] for pair in inside if said.get(pair)), None)
    joint = _joint(keys, inside, things, bodies_of)
    return Alarm(
        key="-".join(keys),
        title=_title(_matter_of([made[key] for key in keys]), things[best_pair[0]], bodies=len(bodies), days=days),
        note=_note(reasons, twice),
        list_url=f"{reverse('overlap:list')}#{keys[0]}",
        propose_url=f"{reverse('overlap:propose')}?{urlencode({'activity': joint.code})}" if joint else "",
        bodies=len(bodies),
        first_day=days[0] if days else None,
        score=best.score,
        things=found,
        proposal=proposal,
        is_settled=decision is not None,
        settled_words=_settled(decision),
    )


def _joint(keys: Sequence[str], pairs: Iterable[tuple[str, str]], things: dict[str, Thing], bodies: Collection[int]) -> Activity | None:
    """The activity that becomes the joint one: public before planned. A body proposes its own, or one that an activity of its own overlaps with."""
    found = [(key, thing) for key in keys if isinstance(thing := things[key], Activity)]
    if bodies:
        own = {key for key, thing in found if thing.host_id in bodies}
        near = own | {one for pair in pairs for one, other in (pair, pair[::-1]) if other in own}
        found = [(key, thing) for key, thing in found if key in near]
    found.sort(key=lambda one: one[1].state != Activity.State.PUBLISHED)
    return found[0][1] if found else None


def _matter_of(group: Sequence[radar.Plan]) -> str:
    """What they all do, in the words most of them use; a title where no matter is common."""
    heads = [radar.wording(plan.title, plan.words, plan.ground).head for plan in group]
    matters = Counter(key for head in heads for key in head)
    if not matters or matters.most_common(1)[0][1] < 2:
        return min((plan.title for plan in group), key=len)
    said = Counter(head[matters.most_common(1)[0][0]] for head in heads if matters.most_common(1)[0][0] in head)
    return said.most_common(1)[0][0]


def _title(matter: str, thing: Thing, *, bodies: int, days: Sequence[dt.date]) -> str:
    values = {"n": bodies, "place": thing.territory.name, "matter": matter}
    if len(days) == 1:
        return ngettext("%(n)s body plans “%(matter)s” in %(place)s on %(day)s", "%(n)s bodies plan “%(matter)s” in %(place)s on %(day)s", bodies) % {
            **values,
            "day": words.day(days[0]),
        }
    if days:
        return ngettext(
            "%(n)s body plans “%(matter)s” in %(place)s from %(day)s on", "%(n)s bodies plan “%(matter)s” in %(place)s from %(day)s on", bodies
        ) % {**values, "day": words.day_short(days[0])}
    return ngettext("%(n)s body has a project “%(matter)s” in %(place)s", "%(n)s bodies have a project “%(matter)s” in %(place)s", bodies) % values


def _note(reasons: Sequence[str], twice: int) -> str:
    if twice:
        return _("About %(n)s people would be called more than once. Only encrypted marks were compared; no list left its body.") % {"n": twice}
    return _("%(why)s. No list was shown to anybody.") % {"why": saying.joined(reasons[1:])}


def _settled(decision: Any) -> str:
    if decision is None:
        return ""
    who = decision.organization.label if decision.organization else _("The hub")
    parts = [f"{who}{_(': ')}{decision.get_kind_display()}", decision.words]
    return saying.joined(parts)


def things_of(keys: Sequence[str], *, person: Person) -> list[Thing]:
    """The things behind keys such as 'a12' and 'p7', in their order; those the person may not see are left out."""
    activity_ids = [int(key[1:]) for key in keys if key[:1] == "a" and key[1:].isdigit() and len(key) < 19]
    project_ids = [int(key[1:]) for key in keys if key[:1] == "p" and key[1:].isdigit() and len(key) < 19]
    found: dict[str, Thing] = {}
    if activity_ids:
        rows = Activity.objects.filter(activities_visible_to(person), pk__in=activity_ids).select_related("host__territory", "territory", "venue")
        found |= {key_of(row): row for row in rows}
    if project_ids:
        found |= {key_of(row): row for row in projects.readable_by(person).filter(pk__in=project_ids).select_related("lead__territory", "territory")}
    return [found[key] for key in keys if key in found]
