"""Which rule holds where, who has which star, and who would have which under another rule. Sums are one SQL statement."""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Coalesce, Length

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.honours import quality, rules
from liandong.honours.models import StarGrant, StarRule, WallEntry
from liandong.organizations.models import Territory
from liandong.recognition.models import ServiceRecord
from liandong.volunteers.models import VolunteerProfile

AGREED = StarRule.State.AGREED


def _in_force(day: dt.date) -> QuerySet[StarRule]:
    return (
        StarRule.objects.filter(state=AGREED, from_date__lte=day)
        .annotate(near=Length(Coalesce("territory__path", Value(""))))
        .order_by("-near", "-from_date", "-version")
    )


def rule_on(day: dt.date, *, territory: Territory | None = None) -> StarRule:
    """The rule set that holds on a day: of the nearest place that has one, else the one for everywhere."""
    around = Q(territory__isnull=True)
    if territory is not None:
        around |= Q(territory__in=territory.line_ids)
    return _in_force(day).filter(around).first() or StarRule.objects.filter(territory__isnull=True).earliest("version")


def rule_for(person: Person) -> StarRule:
    """The rule set of where the volunteer lives. One query."""
    home = VolunteerProfile.objects.filter(person=person).values("residence__path")[:1]
    rows = _in_force(clock.today()).annotate(home=Coalesce(Subquery(home, output_field=TextField()), Value("", output_field=TextField())))
    found = rows.filter(Q(territory__isnull=True) | Q(home__startswith=F("territory__path"))).first()
    return found or StarRule.objects.filter(territory__isnull=True).earliest("version")


def stars_of(minutes: int, *, person: Person | None = None) -> rules.Stars:
    """The stars that so much service is worth today: of somebody by the rule of their place."""
    return rules.stars_for(minutes, rule_for(person) if person is not None else rule_on(clock.today()))


def service_of(person: Person) -> tuple[int, int]:
    """(minutes that count for stars, confirmed services). One query."""
    brought = Coalesce(Subquery(VolunteerProfile.objects.filter(person=person).values("brought_minutes")[:1]), 0)
    found = ServiceRecord.objects.counting().filter(person=person).aggregate(minutes=Sum("minutes"), count=Count("pk"), brought=Max(brought))
    if found["brought"] is None:  # no record to hang it on
        found["brought"] = VolunteerProfile.objects.filter(person=person).values_list("brought_minutes", flat=True).first() or 0
    return (found["minutes"] or 0) + found["brought"], found["count"]


# Grants


@dataclass(frozen=True)
class StarRow:
    """A star of somebody, and when it fell because hours were taken back, if it did."""

    grant: StarGrant
    fell_at: dt.datetime | None
    is_on_wall: bool

    @property
    def stands(self) -> bool:
        return self.fell_at is None


def grants_of(person: Person) -> list[StarRow]:
    """All stars and medals of a person, the highest first. One query."""
    on_wall = Exists(WallEntry.objects.filter(grant=OuterRef("pk"), withdrawn_at__isnull=True))
    rows: Any = list(StarGrant.objects.filter(person=person).annotate(on_wall=on_wall).select_related("rule").order_by("-level", "-id"))
    fell = {row.withdraws_id: row.granted_at for row in rows if row.withdraws_id is not None}
    return [StarRow(row, fell.get(row.pk), row.on_wall) for row in rows if row.withdraws_id is None]


# Sums over everybody

# Minutes of everybody: records that count, and what was brought along from elsewhere.
TOTALS = """
totals as (
    select person_id, sum(minutes)::int as minutes from (
        select r.person_id, r.minutes from recognition_servicerecord r
        where r.minutes > 0 {people_r} and not exists (select 1 from recognition_servicerecord c where c.corrects_id = r.id)
        union all
        select p.person_id, p.brought_minutes from volunteers_volunteerprofile p where p.brought_minutes > 0 {people_p}
    ) served group by person_id
),
agreed as (
    select s.*, coalesce(t.path, '') as path from honours_starrule s left join organizations_territory t on t.id = s.territory_id
    where s.state = 'agreed' and s.from_date <= %(day)s
),
placed as (
    select h.id, (select a.id from agreed a where starts_with(h.path, a.path) order by length(a.path) desc, a.from_date desc, a.version desc limit 1) as rule_id
    from organizations_territory h
),
everywhere as (select a.id from agreed a where a.path = '' order by a.from_date desc, a.version desc limit 1),
ruled as (
    select t.person_id, t.minutes, coalesce(placed.rule_id, (select id from everywhere)) as rule_id
    from totals t
    join accounts_person who on who.id = t.person_id and who.erased_at is null and who.merged_into_id is null
    left join volunteers_volunteerprofile p on p.person_id = t.person_id
    left join placed on placed.id = p.residence_id
),
quality as ({quality}),
steps as (
    select a.id as rule_id, a.quality, a.quality_percent, step.level, step.hours::int * 60 as needed
    from agreed a, jsonb_array_elements_text(a.star_hours || a.medal_hours) with ordinality as step (hours, level)
),
expected as (
    select r.person_id, r.rule_id, r.minutes, s.level, s.needed from ruled r join steps s on s.rule_id = r.rule_id and r.minutes >= s.needed
    where s.quality = '' or not exists (
        select 1 from quality q where q.person_id = r.person_id and q.kind = s.quality and q.percent < s.quality_percent)
),
standing as (
    select g.* from honours_stargrant g
    where g.withdraws_id is null {people_g} and not exists (select 1 from honours_stargrant w where w.withdraws_id = g.id)
)"""


def totals_sql(*, of_people: bool = False) -> str:
    """The common part; with `of_people` narrowed to %(people)s."""
    used = set(StarRule.objects.filter(state=AGREED).exclude(quality="").values_list("quality", flat=True)) & set(quality.SOURCES)
    parts = [f"select '{key}'::text as kind, source.person_id, source.percent from ({quality.SOURCES[key]}) source" for key in sorted(used)]  # noqa: S608 -- our own SQL
    none = "select ''::text as kind, 0::bigint as person_id, 0::numeric as percent where false"
    narrow = {f"people_{alias}": f"and {alias}.person_id = any(%(people)s)" if of_people else "" for alias in "rpg"}
    return "with" + TOTALS.format(quality=" union all ".join(parts) or none, **narrow)


def astray() -> list[tuple[int, int, str]]:
    """(person, level, what): stars that should have been noted and were not, or stand without the hours. Empty after a night's work."""
    with connection.cursor() as cursor:
        cursor.execute(
            totals_sql()  # noqa: S608 -- our own SQL
            + """
            select e.person_id, e.level, 'missing' from expected e left join standing g on g.person_id = e.person_id and g.level = e.level where g.id is null
            union all
            select g.person_id, g.level, 'uncovered' from standing g left join totals t on t.person_id = g.person_id where coalesce(t.minutes, 0) < g.needed_minutes""",
            {"day": clock.today()},
        )
        return cursor.fetchall()


@dataclass(frozen=True)
class Would:
    """One level under a new set: how many would have it, and how many have it now."""

    level: int
    hours: int
    would: int
    now: int


def would_have(rule: StarRule) -> tuple[list[Would], int]:
    """How many volunteers would stand on which level if this set held where it is meant for, beside how many stand there now; and how many lose their hours to its quality condition."""
    path = rule.territory.path if rule.territory is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            totals_sql()  # noqa: S608 -- our own SQL
            + """
            select r.minutes, (select count(*) from steps s where s.rule_id = r.rule_id and s.needed <= r.minutes)
            from ruled r left join agreed a on a.id = r.rule_id
            left join volunteers_volunteerprofile p on p.person_id = r.person_id left join organizations_territory h on h.id = p.residence_id
            where starts_with(coalesce(h.path, ''), %(path)s) and length(coalesce(a.path, '')) <= length(%(path)s)""",
            {"day": clock.today(), "path": path},
        )
        rows = cursor.fetchall()
    steps = [hours * 60 for hours in rule.steps]
    would, now = [0] * (len(steps) + 1), [0] * (max([len(steps), *(level for _minutes, level in rows)]) + 1)
    for minutes, level in rows:
        would[bisect_right(steps, minutes)] += 1
        now[level] += 1
    return [Would(level, rule.steps[level - 1] if level else 0, would[level], now[level]) for level in range(len(steps) + 1)], len(rows)


# Rule sets


def rules_for(places: QuerySet[Territory]) -> QuerySet[StarRule]:
    """Rule sets of these places, and the one for everywhere; those that wait for a second person first."""
    held = Q(territory__isnull=True) | Q(territory__in=places.order_by().values("pk"))
    return StarRule.objects.filter(held).select_related("territory", "proposed_by", "decided_by").order_by("-state", "territory__path", "-version")
