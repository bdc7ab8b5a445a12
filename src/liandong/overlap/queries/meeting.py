"""What one plan meets, said as its reader may know it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.activities.permissions import visible_to as activities_visible_to
from liandong.core import clock
from liandong.organizations.models import Organization, Territory
from liandong.overlap import digests, plans, radar, saying
from liandong.overlap.models import BeneficiaryList, CoHosting, OverlapDecision
from liandong.overlap.plans import key_of, pair_of
from liandong.projects import permissions as projects
from liandong.projects.models import Pledge, Project
from liandong.ui import words

MONTH = dt.timedelta(days=radar.MONTH)
BACK = dt.timedelta(days=100)  # how far back a monthly service is looked for
MOST = 400  # candidates compared with one plan
OPEN_ACTIVITY = (Activity.State.DRAFT, Activity.State.PUBLISHED)
PAID = (Pledge.State.AGREED, Pledge.State.KEPT)
Thing = Activity | Project


@dataclass(frozen=True)
class Found:
    """One overlap of a plan, as the reader may know it."""

    thing: Any
    match: radar.Match
    reasons: list[str]
    more: int = 0  # further days of the same series
    decision: OverlapDecision | None = None
    co_hosting: CoHosting | None = None
    money_fen: int | None = None  # promised to the other project; 0 when it is promised without a sum

    @property
    def key(self) -> str:
        return key_of(self.thing)

    @property
    def is_activity(self) -> bool:
        return isinstance(self.thing, Activity)

    @property
    def title(self) -> str:
        return str(self.thing.title if self.is_activity else self.thing.name)

    @property
    def host(self) -> Organization:
        found: Organization = self.thing.host if self.is_activity else self.thing.lead
        return found

    @property
    def href(self) -> str:
        return href_of(self.thing)

    @property
    def when(self) -> str:
        return when_of(self.thing)

    @property
    def why(self) -> str:
        return saying.joined(self.reasons)

    @property
    def brief(self) -> str:
        """Who and where."""
        place = self.thing.venue.name if self.is_activity and self.thing.venue else self.thing.territory.name
        return saying.joined([self.host.label, place, "" if self.is_activity else self.when])

    @property
    def note(self) -> str:
        """Who, when, why, how often, how much."""
        parts = [self.host.label, self.when, *self.reasons]
        if self.more:
            parts.append(ngettext("and %(n)s more day", "and %(n)s more days", self.more) % {"n": self.more})
        if self.money_fen:
            parts.append(_("%(sum)s are promised to it") % {"sum": words.yuan(self.money_fen)})
        return saying.joined(parts)

    @property
    def key_list(self) -> list[str]:
        return [self.key]

    @property
    def is_over(self) -> bool:
        return self.is_activity and self.thing.last_ends_at is not None and self.thing.last_ends_at <= clock.now()


@dataclass
class Overlaps:
    """What a plan meets. `hidden`: somebody plans something alike that the reader may not know more of."""

    found: list[Found] = field(default_factory=list)
    settled: list[Found] = field(default_factory=list)
    hidden: bool = False

    @property
    def is_quiet(self) -> bool:
        return not self.found and not self.hidden

    @property
    def all(self) -> list[Found]:
        return [*self.found, *self.settled]

    @property
    def funded(self) -> list[Found]:
        return [each for each in self.found if each.money_fen is not None]


def href_of(thing: Thing) -> str:
    return reverse("activities:activity", args=[thing.code]) if isinstance(thing, Activity) else reverse("projects:project", args=[thing.number])


def when_of(thing: Thing) -> str:
    if isinstance(thing, Activity):
        return words.day(thing.first_starts_at) if thing.first_starts_at else ""
    days = [words.day_short(day) for day in (thing.starts_date, thing.ends_date) if day]
    return "–".join(days)


# One plan


def overlaps_of(thing: Thing, *, person: Person | None) -> Overlaps:
    """What an activity or project meets, for somebody who works on it."""
    street = plans.streets_of([thing.territory.path])[thing.territory.path]
    if isinstance(thing, Activity):
        plan = plans.of_activity(thing, spans=plans.spans_of([thing]).get(thing.pk, ()), street=street)
        project = thing.project_id
    else:
        plan, project = plans.of_project(thing, street=street), thing.pk
    return overlaps_of_plan(plan, person=person, project=project, thing=thing)


def overlaps_of_plan(plan: radar.Plan, *, person: Person | None, project: int | None = None, thing: Thing | None = None) -> Overlaps:
    """What a plan meets that is perhaps not even saved. A fixed number of queries, each over an index of place and time."""
    if not plan.spans or not plan.title.strip():
        return Overlaps()
    first, last = min(span[0] for span in plan.spans), max(span[1] for span in plan.spans)
    hosting = _co_hostings_of(thing)
    partners = _partners_of(thing, hosting)
    twice = _twice(thing) if isinstance(thing, Activity) else {}
    rows = _candidate_activities(plan, first, last, project=project, also=twice)
    others = _candidate_projects(plan, first, last, project=project)
    past = _held_before(plan) if not plan.is_project else []
    spans = plans.spans_of([*rows, *past])
    streets = _streets(plan, [row.territory.path for row in (*rows, *past)] + [row.territory.path for row in others])
    made = {key_of(row): plans.of_activity(row, spans=spans.get(row.pk, ()), street=streets[row.territory.path]) for row in rows}
    made |= {key_of(row): plans.of_project(row, street=streets[row.territory.path]) for row in others}
    rarity = _rarity(plan)
    alarms: list[tuple[Thing, radar.Match]] = []
    both: list[Thing] = [*rows, *others]
    for row in both:
        if made[key_of(row)].host in partners:
            continue
        match = radar.compare(plan, made[key_of(row)], rarity=rarity, twice=twice.get(row.pk, 0) if isinstance(row, Activity) else 0)
        if match is not None and match.is_alarm:
            alarms.append((row, match))
    alarms = _without_projects_that_are_there(alarms)
    seen = {row.host_id if isinstance(row, Activity) else row.lead_id for row, _match in alarms}
    earlier = {key_of(row): plans.of_activity(row, spans=spans.get(row.pk, ()), street=streets[row.territory.path]) for row in past}
    alarms += _monthly(plan, [row for row in past if row.host_id not in seen and row.host_id not in partners], earlier, rarity)
    return _as_known_to(person, plan, alarms, earlier | made, thing=thing, hosting=hosting)


def _streets(plan: radar.Plan, paths: Sequence[str]) -> dict[str, str]:
    """Nearly all candidates lie in the plan's own street; only those found by lists may not."""
    street = plan.street or plan.path
    if all(path.startswith(street) for path in paths):
        return dict.fromkeys(paths, street)
    return plans.streets_of(paths)


def _candidate_activities(plan: radar.Plan, first: dt.date, last: dt.date, *, project: int | None, also: Iterable[int]) -> list[Activity]:
    """Coming activities of other bodies in the street within a month, and those whose lists share people."""
    start, end = clock.day_bounds(first)[0] - MONTH, clock.day_bounds(last)[1] + MONTH
    near = Q(
        territory__in=Territory.objects.filter(path__startswith=plan.street or plan.path).values("pk"),
        first_starts_at__lt=end,
        last_ends_at__gt=start,
    )
    rows = Activity.objects.filter(near | Q(pk__in=list(also)), state__in=OPEN_ACTIVITY, last_ends_at__gt=clock.now()).exclude(host=plan.host)
    if project is not None:
        rows = rows.exclude(project=project)
    if plan.key.startswith("a") and plan.key[1:].isdigit():
        rows = rows.exclude(pk=int(plan.key[1:]))
    return list(rows.select_related("host", "territory", "venue").defer("search").order_by("first_starts_at", "pk")[:MOST])


def _candidate_projects(plan: radar.Plan, first: dt.date, last: dt.date, *, project: int | None) -> list[Project]:
    """Open projects of other bodies in the street."""
    rows = Project.objects.filter(
        Q(ends_date__isnull=True) | Q(ends_date__gte=first - MONTH),
        Q(starts_date__isnull=True) | Q(starts_date__lte=last + MONTH),
        state__in=Project.OPEN_STATES,
        territory__in=Territory.objects.filter(path__startswith=plan.street or plan.path).values("pk"),
    )
    return list(
        rows.exclude(lead=plan.host)
        .exclude(pk=project or 0)
        .select_related("lead", "territory")
        .defer("search")
        .order_by("-created_at", "-pk")[:MOST]
    )


def _held_before(plan: radar.Plan) -> list[Activity]:
    """What other bodies held in the same place in the last hundred days."""
    now = clock.now()
    rows = Activity.objects.filter(
        territory__in=Territory.objects.filter(path__startswith=plan.path).values("pk"),
        first_starts_at__gt=now - BACK,
        first_starts_at__lt=now,
        last_ends_at__lte=now,
        state__in=(Activity.State.PUBLISHED, Activity.State.FINISHED),
    )
    return list(rows.exclude(host=plan.host).select_related("host", "territory", "venue").defer("search").order_by("-first_starts_at", "-pk")[:MOST])


def _monthly(plan: radar.Plan, past: list[Activity], made: dict[str, radar.Plan], rarity: radar.Rarity) -> list[tuple[Thing, radar.Match]]:
    """A body that held the same matter there on two days at least three weeks apart does it month by month."""
    held: dict[int, list[tuple[Activity, radar.Match]]] = defaultdict(list)
    for row in past:
        day = timezone.localtime(row.first_starts_at).date() if row.first_starts_at else None
        match = radar.compare(plan, made[key_of(row)], rarity=rarity, monthly=day)
        if match is not None and match.is_alarm:
            held[row.host_id].append((row, match))
    found: list[tuple[Thing, radar.Match]] = []
    for matches in held.values():
        days = sorted({match.why("time").day for _row, match in matches if match.why("time") and match.why("time").day})  # type: ignore[union-attr,type-var]
        if len(days) >= 2 and (days[-1] - days[0]).days >= 21:  # type: ignore[operator]
            found.append(matches[0])
    return found


def _without_projects_that_are_there(alarms: list[tuple[Thing, radar.Match]]) -> list[tuple[Thing, radar.Match]]:
    """A project whose activity is in the list already says the same thing twice."""
    shown = {row.project_id for row, _match in alarms if isinstance(row, Activity) and row.project_id}
    return [(row, match) for row, match in alarms if not (isinstance(row, Project) and row.pk in shown)]


def _rarity(plan: radar.Plan) -> radar.Rarity:
    """How common the plan's words are among the activities, asked of the text index."""
    said = radar.wording(plan.title, plan.words, plan.ground)
    asked = sorted(said.words)[:40]
    if not asked:
        return radar.evenly
    with connection.cursor() as cursor:
        cursor.execute(
            """select word, (select count(*) from (select 1 from activities_activity a where a.search @@ plainto_tsquery('simple', word) limit 2000) as few),
                      (select greatest(reltuples, 0)::int from pg_class where relname = 'activities_activity')
               from unnest(%s::text[]) as word""",
            [asked],
        )
        rows = cursor.fetchall()
    return radar.rarity_from({word: count for word, count, _total in rows}, rows[0][2] if rows else 0)


def _co_hostings_of(thing: Thing | None) -> list[CoHosting]:
    """Open proposals and agreements about an activity, whether it is the joint one or gives way to it."""
    if not isinstance(thing, Activity):
        return []
    rows = CoHosting.objects.filter(Q(activity=thing) | Q(twin=thing), state__in=CoHosting.OPEN_STATES)
    return list(rows.select_related("activity__host", "partner", "asked_by"))


def _other_side(row: CoHosting, thing: Thing) -> int:
    return row.partner_id if row.activity_id == thing.pk else row.activity.host_id


def _partners_of(thing: Thing | None, hosting: Sequence[CoHosting]) -> set[int]:
    """Bodies that host it together already, or are part of the project: no overlap with them."""
    if isinstance(thing, Project):
        return set(Pledge.objects.filter(project=thing, state__in=PAID).values_list("organization", flat=True))
    return {_other_side(row, thing) for row in hosting if row.state == CoHosting.State.AGREED} if thing is not None else set()


def _twice(activity: Activity) -> dict[int, int]:
    """Other activities whose lists share people with this one's, and about how many."""
    mine = BeneficiaryList.objects.filter(activity=activity).first()
    if mine is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """select other.activity_id, other.content, count(distinct mine.person_number)
               from overlap_beneficiarydigest mine
               join overlap_beneficiarydigest theirs on theirs.digest = mine.digest and theirs.list_id <> mine.list_id
               join overlap_beneficiarylist other on other.id = theirs.list_id
               where mine.list_id = %s and other.organization_id <> %s group by 1, 2""",
            [mine.pk, mine.organization_id],
        )
        rows = cursor.fetchall()
    return {row: told for row, content, exact in rows if (told := digests.told(exact, key="|".join(sorted((mine.content, content)))))}


# As the reader may know it


def _as_known_to(
    person: Person | None,
    plan: radar.Plan,
    alarms: list[tuple[Thing, radar.Match]],
    made: dict[str, radar.Plan],
    *,
    thing: Thing | None,
    hosting: Sequence[CoHosting],
) -> Overlaps:
    """Published things in full; of what others still draft, only that there is something. One row a series; what was decided goes below."""
    open_to_all: list[tuple[Thing, radar.Match]] = []
    drafts: list[tuple[Thing, radar.Match]] = []
    for row, match in alarms:
        is_public = row.state != Activity.State.DRAFT if isinstance(row, Activity) else row.state in projects.PUBLIC_STATES
        (open_to_all if is_public else drafts).append((row, match))
    visible = _visible_drafts(person, [row for row, _match in drafts])
    result = Overlaps()
    known = [*open_to_all, *[(row, match) for row, match in drafts if key_of(row) in visible]]
    unknown = [(row, match) for row, match in drafts if key_of(row) not in visible]
    decisions = decisions_about({pair_of(plan.key, key_of(row)) for row, _match in alarms}) if thing is not None else {}
    result.hidden = bool(unknown)
    money = _money_of([row for row, _match in known if isinstance(row, Project)])
    asked = {_other_side(row, thing): row for row in hosting} if thing is not None else {}
    best: dict[Any, Found] = {}
    for row, match in sorted(known, key=lambda pair: -pair[1].score):
        series = (row.host_id, row.title) if isinstance(row, Activity) else (row.lead_id, f"p{row.pk}")
        if series in best:
            best[series] = replace(best[series], more=best[series].more + 1)
            continue
        reasons = saying.reasons(match)
        best[series] = Found(
            row,
            match,
            reasons,
            decision=standing(decisions.get(pair_of(plan.key, key_of(row)), ()), plan, made[key_of(row)], {None, plan.host}),
            co_hosting=asked.get(row.host_id if isinstance(row, Activity) else row.lead_id),
            money_fen=money.get(row.pk) if isinstance(row, Project) else None,
        )
    for each in best.values():
        (result.settled if each.decision else result.found).append(each)
    return result


def _visible_drafts(person: Person | None, rows: Sequence[Thing]) -> set[str]:
    if person is None or not rows:
        return set()
    shown = {
        f"a{pk}"
        for pk in Activity.objects.filter(activities_visible_to(person), pk__in=[row.pk for row in rows if isinstance(row, Activity)]).values_list(
            "pk", flat=True
        )
    }
    asked = [row.pk for row in rows if isinstance(row, Project)]
    return shown | ({f"p{pk}" for pk in projects.visible_to(person).filter(pk__in=asked).values_list("pk", flat=True)} if asked else set())


def decisions_about(pairs: Iterable[str]) -> dict[str, list[OverlapDecision]]:
    found: dict[str, list[OverlapDecision]] = defaultdict(list)
    pairs = list(pairs)
    if pairs:
        for row in OverlapDecision.objects.filter(pair__in=pairs).select_related("organization", "decided_by").order_by("-decided_at", "-pk"):
            found[row.pair].append(row)
    return found


def standing(rows: Sequence[OverlapDecision], one: radar.Plan, other: radar.Plan, sides: set[int | None]) -> OverlapDecision | None:
    """The newest decision about a pair that still fits both plans, said by one of these sides; None is the hub. A proposal counts whoever made it."""
    if not rows:
        return None
    now = radar.fingerprint(one, other)
    return next((row for row in rows if row.fingerprint == now and (row.organization_id in sides or row.kind == OverlapDecision.Kind.CO_HOST)), None)


def fingerprint_of(one: Thing, other: Thing) -> str:
    """What the decision about two things hangs on: matter, place, days."""
    streets = plans.streets_of([one.territory.path, other.territory.path])
    spans = plans.spans_of([each for each in (one, other) if isinstance(each, Activity)])
    made = [
        plans.of_activity(each, spans=spans.get(each.pk, ()), street=streets[each.territory.path])
        if isinstance(each, Activity)
        else plans.of_project(each, street=streets[each.territory.path])
        for each in (one, other)
    ]
    return radar.fingerprint(*made)


def _money_of(rows: Sequence[Project]) -> dict[int, int]:
    """Projects in which money is promised, with the sum: what bodies pledged, else the approved budget."""
    if not rows:
        return {}
    pledged = dict(
        Pledge.objects.filter(project__in=[row.pk for row in rows], kind=Pledge.Kind.MONEY, state__in=PAID).values_list("project", "quantity")
    )
    found = {}
    for row in rows:
        if row.pk in pledged:
            found[row.pk] = (pledged[row.pk] or 0) * 100
        elif row.budget_fen and row.state == Project.State.RUNNING:
            found[row.pk] = row.budget_fen
    return found
