"""What is counted, and how. The counting rules are written in README.md; every page and file reads them from here.

A queryset here is the set of rows that a figure counts. A figure is the sum or the number of exactly these rows.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Func, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce

from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import clock
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.insight.filters import MEMBERS, Filters
from liandong.insight.spans import Span, month_end, months_back
from liandong.needs.models import Need
from liandong.organizations.models import Membership, Organization, Territory
from liandong.overlap.models import HostShare
from liandong.projects.models import Milestone, Pledge, Project
from liandong.recognition.models import ServiceRecord
from liandong.volunteers.models import Team, TeamMembership

WAITING_STATES = [Need.State.SUBMITTED, Need.State.ACCEPTED, Need.State.CLAIMED, Need.State.MATCHED, Need.State.PLANNED]
SMALL = 5  # a group of fewer people is never shown on its own


# Who


def people_of(organization: Organization) -> QuerySet[Any]:
    """Ids of those who belong to the body today."""
    return Membership.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=clock.today()), organization=organization).values("person")


def members_of(team: Team) -> QuerySet[Any]:
    return TeamMembership.objects.filter(team=team, to_date__isnull=True).values("person")


def inside(territory: Territory) -> QuerySet[Territory, Any]:
    """Ids of a territory and of everything in it: as a subquery the planner knows how few they are."""
    return Territory.objects.filter(path__startswith=territory.path).values("pk")


# Service


def _records_for(filters: Filters) -> QuerySet[ServiceRecord]:
    rows: QuerySet[Any] = ServiceRecord.objects.counting()
    if filters.territory is not None:
        rows = rows.filter(territory__in=inside(filters.territory))
    if filters.organization is not None and filters.side == MEMBERS:
        rows = rows.filter(person__in=people_of(filters.organization))
    elif filters.organization is not None:
        rows = _hosted(rows, filters.organization, activity="activity", host="organization")
    if filters.team is not None:
        rows = rows.filter(Exists(TeamMembership.objects.filter(_on_the_day(), team=filters.team, person=OuterRef("person"))))
    return rows.annotate(counted=_share_of(filters, "minutes", "hours"))


def _hosted(rows: QuerySet[Any], organization: Organization, *, activity: str, host: str) -> QuerySet[Any]:
    """What a body organised alone or together with others."""
    joint = joint_activities(organization)
    return rows.filter(Q(**{host: organization}) | Q(**{f"{activity}__in": joint}) if joint else Q(**{host: organization}))


def joint_activities(organization: Organization) -> list[int]:
    """The activities of which the body counts a share. Read once per organization object: a page holds one."""
    known = organization.__dict__.get("_joint_activities")
    if known is None:
        known = organization.__dict__["_joint_activities"] = list(
            HostShare.objects.filter(organization=organization).values_list("activity", flat=True)
        )
    return list(known)


def _share_of(filters: Filters, field: str, part: str) -> Any:
    """The part of a number that counts for the body asked for: all of it, or its stretch of a joint activity. Parts of whole numbers are whole and add up again."""
    if filters.organization is None or filters.side == MEMBERS or not joint_activities(filters.organization):
        return F(field)
    share = HostShare.objects.filter(activity=OuterRef("activity" if part == "hours" else "pk"), organization=filters.organization)
    high, low = (Subquery(share.values(f"{part}_{end}")[:1], output_field=IntegerField()) for end in ("to", "from"))
    whole = Cast(F(field), IntegerField())
    return Coalesce(whole * high / 100 - whole * low / 100, whole)


def _on_the_day() -> Q:
    """Membership held on the day of the record around it: an hour stays with the team it was served in."""
    return Q(Q(to_date__isnull=True) | Q(to_date__gte=OuterRef("service_date")), from_date__lte=OuterRef("service_date"))


def records(filters: Filters) -> QuerySet[ServiceRecord]:
    return _records_for(filters).filter(service_date__range=(filters.span.first, filters.span.last)).order_by("-service_date", "-id")


def minutes(filters: Filters) -> int:
    return records(filters).order_by().aggregate(sum=Sum("counted"))["sum"] or 0


def minutes_by_day(filters: Filters) -> dict[dt.date, int]:
    """Minutes of each day since the beginning of the month 23 months ago: enough for any running span, the year before it, and the chart."""
    rows = _records_for(filters).filter(service_date__gte=months_back(clock.today(), 23), service_date__lte=clock.today())
    return dict(rows.values_list("service_date").annotate(sum=Sum("counted")).order_by("service_date"))


def sum_over(days: dict[dt.date, int], span: Span) -> int:
    return sum(value for day, value in days.items() if span.first <= day <= span.last)


def by_month(days: dict[dt.date, int]) -> tuple[list[dt.date], list[int], list[int]]:
    """The last 12 months, their minutes, and those of the same months a year before; the running month only to the same day."""
    today = clock.today()
    firsts = [months_back(today, back) for back in range(11, -1, -1)]
    spans = [Span("", first, min(month_end(first), today)) for first in firsts]
    return firsts, [sum_over(days, span) for span in spans], [sum_over(days, span.year_before()) for span in spans]


def records_by_person(filters: Filters) -> QuerySet[Any, Any]:
    return (
        records(filters)
        .values("person_id", "person__name", "person__number")
        .annotate(minutes=Sum("counted"), times=Count("pk"), last=Max("service_date"))
        .order_by("-minutes", "person_id")
    )


def records_by_activity(filters: Filters) -> QuerySet[Any, Any]:
    return (
        records(filters)
        .values("activity_id", "activity__code", "activity__title", "organization__name", "organization__short_name")
        .annotate(minutes=Sum("counted"), people=Count("person", distinct=True), first=Min("service_date"))
        .order_by("-first", "-activity_id")
    )


def too_few(filters: Filters) -> bool:
    """Whether so few of an employer's people served or came that its figures would tell about single ones. No query for other figures."""
    if filters.side != MEMBERS:
        return False
    served = records(filters).order_by().aggregate(n=Count("person", distinct=True))["n"]
    return 0 < max(served, people_count(filters)) < SMALL


# Taking part


def _attendances_for(filters: Filters) -> QuerySet[Attendance]:
    rows = Attendance.objects.all()
    if filters.territory is not None:
        rows = rows.filter(sign_up__shift__activity__territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = (
            rows.filter(sign_up__person__in=people_of(filters.organization))
            if filters.side == MEMBERS
            else rows.filter(sign_up__shift__activity__host=filters.organization)
        )
    if filters.team is not None:
        rows = rows.filter(sign_up__person__in=members_of(filters.team))
    return rows


def _shift_in(span: Span, prefix: str) -> Q:
    return Q(**{f"{prefix}__gte": span.start_at, f"{prefix}__lt": span.end_at})


def attendances(filters: Filters) -> QuerySet[Attendance]:
    return _attendances_for(filters).filter(_shift_in(filters.span, "sign_up__shift__starts_at")).order_by("-sign_up__shift__starts_at", "-id")


def people(filters: Filters) -> QuerySet[Any, Any]:
    """Everybody who came at least once, each counted once."""
    return (
        attendances(filters)
        .values(person_id=F("sign_up__person_id"), person__name=F("sign_up__person__name"), person__number=F("sign_up__person__number"))
        .annotate(times=Count("pk"), last=Max("sign_up__shift__starts_at"))
        .order_by("-times", "person_id")
    )


def people_count(filters: Filters) -> int:
    return attendances(filters).order_by().aggregate(n=Count("sign_up__person", distinct=True))["n"]


def shifts(filters: Filters) -> QuerySet[Shift]:
    """Shifts that took place: ended, of an activity that was published and not cancelled."""
    return _shifts_for(filters).filter(_shift_in(filters.span, "starts_at"))


def _shifts_for(filters: Filters) -> QuerySet[Shift]:
    rows = Shift.objects.filter(ends_at__lte=clock.now(), activity__state__in=[Activity.State.PUBLISHED, Activity.State.FINISHED])
    if filters.territory is not None:
        rows = rows.filter(activity__territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = rows.filter(activity__host=filters.organization)
    return rows.select_related("activity__host").order_by("-starts_at", "-id")


def served(filters: Filters) -> QuerySet[Activity]:
    """Finished activities with the number of people their leaders reported as served."""
    return _served_for(filters).filter(_shift_in(filters.span, "first_starts_at"))


def _served_for(filters: Filters) -> QuerySet[Activity]:
    rows = Activity.objects.filter(state=Activity.State.FINISHED, served_count__gt=0)
    if filters.territory is not None:
        rows = rows.filter(territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = _hosted(rows, filters.organization, activity="pk", host="host")
    return rows.annotate(counted=_share_of(filters, "served_count", "people")).select_related("host").order_by("-first_starts_at", "-id")


def volunteer_places(filters: Filters) -> QuerySet[SignUp]:
    """Places that volunteers had taken in shifts that are over: they came or they did not."""
    places = _places_for(filters).filter(_shift_in(filters.span, "shift__starts_at"))
    return places.select_related("person", "shift__activity", "position", "attendance").order_by("-shift__starts_at", "-id")


def _places_for(filters: Filters) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(
        shift__ends_at__lte=clock.now(),
        shift__activity__state__in=[Activity.State.PUBLISHED, Activity.State.FINISHED],
        position__kind=Position.Kind.VOLUNTEER,
        state__in=[SignUp.State.CONFIRMED, SignUp.State.ABSENT],
    )
    if filters.territory is not None:
        rows = rows.filter(shift__activity__territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = (
            rows.filter(person__in=people_of(filters.organization))
            if filters.side == MEMBERS
            else rows.filter(shift__activity__host=filters.organization)
        )
    if filters.team is not None:
        rows = rows.filter(person__in=members_of(filters.team))
    return rows


# Needs


def needs_for(filters: Filters) -> QuerySet[Need]:
    rows = Need.objects.all()
    if filters.territory is not None:
        rows = rows.filter(territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = rows.filter(Q(claimed_by=filters.organization) | Q(asker_organization=filters.organization, is_wish=False))
    return rows.select_related("territory", "claimed_by", "asker", "asker_organization").order_by("-submitted_at", "-id")


def new_needs(filters: Filters) -> QuerySet[Need]:
    return needs_for(filters).filter(_shift_in(filters.span, "submitted_at"))


def done_needs(filters: Filters) -> QuerySet[Need]:
    return needs_for(filters).filter(_shift_in(filters.span, "done_at")).order_by("-done_at", "-id")


def _clock_ended() -> Q:
    """The answer clock of the need has stopped, by an answer or by running out. Needs taken back before an answer are left out."""
    return Q(answered_at__isnull=False) | (Q(answer_due_at__lt=clock.now()) & ~Q(state__in=[Need.State.WITHDRAWN, Need.State.MERGED]))


def _in_time() -> Q:
    return Q(answered_at__isnull=False, answered_at__lte=F("answer_due_at"))


def _overdue() -> Q:
    return Q(answered_at__isnull=True, answer_due_at__lt=clock.now(), state__in=Need.OPEN_STATES)


def clocked_needs(filters: Filters) -> QuerySet[Need]:
    return new_needs(filters).filter(_clock_ended())


def overdue_needs(filters: Filters) -> QuerySet[Need]:
    return needs_for(filters).filter(_overdue()).order_by("answer_due_at", "id")


def waiting_needs(filters: Filters) -> QuerySet[Need]:
    """Open needs without a published activity yet, the oldest first."""
    return needs_for(filters).filter(state__in=WAITING_STATES).order_by("submitted_at", "id")


FUNNEL = ("asked", "matched", "project", "activity", "done")
_REACHED = {  # a need has come to a step when it came to that step or to a later one
    "asked": Q(),
    "matched": Q(matched_at__isnull=False) | Q(planned_at__isnull=False) | Q(active_at__isnull=False) | Q(done_at__isnull=False),
    "project": Q(planned_at__isnull=False) | Q(active_at__isnull=False) | Q(done_at__isnull=False),
    "activity": Q(active_at__isnull=False) | Q(done_at__isnull=False),
    "done": Q(done_at__isnull=False),
}
_STEP_FIELDS = ("submitted_at", "matched_at", "planned_at", "active_at", "done_at")


def funnel_needs(filters: Filters, step: str) -> QuerySet[Need]:
    return new_needs(filters).filter(_REACHED[step])


@dataclass(frozen=True)
class FunnelStep:
    key: str
    count: int
    median_days: float | None  # from the step before


def funnel(filters: Filters) -> list[FunnelStep]:
    """Needs asked in the span and how far they came, in one statement; the median of the days between two steps where both have a date."""
    sql, parameters = new_needs(filters).order_by().values("pk", *_STEP_FIELDS).query.sql_with_params()
    parts = ["count(*)"]
    for place in range(1, len(_STEP_FIELDS)):
        reached = " or ".join(f"{field} is not null" for field in _STEP_FIELDS[place:])
        parts.append(f"count(*) filter (where {reached})")
        parts.append(f"percentile_cont(0.5) within group (order by extract(epoch from {_STEP_FIELDS[place]} - {_STEP_FIELDS[place - 1]}) / 86400)")
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)} from ({sql}) as asked", parameters)  # noqa: S608 -- names are ours, values are parameters
        row = cursor.fetchone()
    steps = [FunnelStep("asked", row[0], None)]
    for place, key in enumerate(FUNNEL[1:]):
        steps.append(FunnelStep(key, row[1 + 2 * place], row[2 + 2 * place]))
    return steps


# Projects


def _projects_for(filters: Filters) -> QuerySet[Project]:
    rows = Project.objects.all()
    if filters.territory is not None:
        rows = rows.filter(territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = rows.filter(Q(lead=filters.organization) | Exists(Pledge.objects.filter(project=OuterRef("pk"), organization=filters.organization)))
    return rows.select_related("lead", "territory").order_by("-created_at", "-id")


def _late_milestones() -> Exists:
    return Exists(Milestone.objects.filter(project=OuterRef("pk"), done_date__isnull=True, due_date__lt=clock.today()))


def running_projects(filters: Filters) -> QuerySet[Project]:
    return _projects_for(filters).filter(state=Project.State.RUNNING)


def late_projects(filters: Filters) -> QuerySet[Project]:
    return running_projects(filters).filter(_late_milestones())


# Satisfaction


def ratings(filters: Filters) -> QuerySet[Rating]:
    rows = Rating.objects.filter(rated_date__range=(filters.span.first, filters.span.last))
    if filters.territory is not None:
        rows = rows.filter(activity__territory__in=inside(filters.territory))
    if filters.organization is not None:
        rows = rows.filter(activity__host=filters.organization)
    return rows


@dataclass(frozen=True)
class Satisfaction:
    """The mean on a scale of 1 to 5 with its 95 % interval. Fewer than five answers have no mean."""

    answers: int
    mean: float | None
    margin: float | None
    asked: int = 0


def satisfaction(filters: Filters) -> Satisfaction:
    invited = RatingInvitation.objects.filter(asked_at__gte=filters.span.start_at, asked_at__lt=filters.span.end_at)
    if filters.territory is not None:
        invited = invited.filter(activity__territory__in=inside(filters.territory))
    if filters.organization is not None:
        invited = invited.filter(activity__host=filters.organization)
    scores, score_values = ratings(filters).values("score").query.sql_with_params()
    invitations, invitation_values = invited.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(score), avg(score), stddev_samp(score), (select count(*) from ({invitations}) as i) from ({scores}) as r",  # noqa: S608 -- built by the ORM
            (*invitation_values, *score_values),
        )
        n, mean, spread, asked = cursor.fetchone()
    asked = max(asked, n)
    if n < SMALL:
        return Satisfaction(n, None, None, asked)
    return Satisfaction(n, float(mean), 1.96 * float(spread or 0) / math.sqrt(n), asked)


def ratings_by_activity(filters: Filters) -> list[dict[str, Any]]:
    """Answers and mean of each activity. Activities with few answers are put together until the group holds five people, so that no single answer can be worked out."""
    rows = list(
        ratings(filters)
        .values("activity_id", "activity__code", "activity__title", "activity__host__name")
        .annotate(people=Count("pk"), score=Sum("score"), first=Max("activity__first_starts_at"))
        .order_by("-first", "-activity_id")
    )
    return merge_small(rows, size="people", sums=("people", "score"))


def merge_small(rows: list[Any], *, size: str, sums: Iterable[str]) -> list[dict[str, Any]]:
    """Rows about fewer than five people become one row at the end, together with the next smallest ones until it holds five. Sums stay the same."""
    small = [row for row in rows if row[size] < SMALL]
    if not small:
        return rows
    large = [row for row in rows if row[size] >= SMALL]
    # Two rows at least: a single one could be worked out from the total.
    while large and (sum(row[size] for row in small) < SMALL or len(small) < 2):
        smallest = min(large, key=lambda row: row[size])
        large.remove(smallest)
        small.append(smallest)
    merged: dict[str, Any] = dict.fromkeys(small[0])
    merged |= {name: sum(row[name] for row in small) for name in sums} | {"merged": len(small)}
    return [*large, merged]


# The strip of the hub: now and a year ago, one statement a table


@dataclass(frozen=True)
class Pair:
    now: int
    before: int

    @property
    def change(self) -> int | None:
        """Percent more or less than a year ago."""
        return round(100 * (self.now - self.before) / self.before) if self.before else None


def people_pair(filters: Filters) -> Pair:
    is_now, is_before = (_shift_in(span, "sign_up__shift__starts_at") for span in (filters.span, filters.span.year_before()))
    found = (
        _attendances_for(filters)
        .filter(is_now | is_before)
        .aggregate(now=Count("sign_up__person", distinct=True, filter=is_now), before=Count("sign_up__person", distinct=True, filter=is_before))
    )
    return Pair(found["now"], found["before"])


@dataclass(frozen=True)
class NeedFigures:
    new: Pair
    clocked: int
    in_time: int
    overdue: int
    done: int
    waiting: int
    clocked_before: int
    in_time_before: int
    done_before: int

    @property
    def in_time_percent(self) -> int | None:
        return round(100 * self.in_time / self.clocked) if self.clocked else None


def need_figures(filters: Filters) -> NeedFigures:
    now, before = _shift_in(filters.span, "submitted_at"), _shift_in(filters.span.year_before(), "submitted_at")
    found = (
        needs_for(filters)
        .order_by()
        .aggregate(
            now=Count("pk", filter=now),
            before=Count("pk", filter=before),
            clocked=Count("pk", filter=now & _clock_ended()),
            in_time=Count("pk", filter=now & _clock_ended() & _in_time()),
            overdue=Count("pk", filter=_overdue()),
            done=Count("pk", filter=_shift_in(filters.span, "done_at")),
            waiting=Count("pk", filter=Q(state__in=WAITING_STATES)),
            clocked_before=Count("pk", filter=before & _clock_ended()),
            in_time_before=Count("pk", filter=before & _clock_ended() & _in_time()),
            done_before=Count("pk", filter=_shift_in(filters.span.year_before(), "done_at")),
        )
    )
    return NeedFigures(Pair(found.pop("now"), found.pop("before")), **found)


def project_figures(filters: Filters) -> tuple[int, int]:
    """Running projects, and how many of them have a milestone that is late."""
    found = running_projects(filters).order_by().aggregate(running=Count("pk"), late=Count("pk", filter=_late_milestones()))
    return found["running"], found["late"]


# Tables of the hub and the month report


@dataclass
class TeamRow:
    team: Team
    members: int
    minutes: int
    came: int
    places: int
    idle: int
    led: int

    @property
    def show_up(self) -> int | None:
        return round(100 * self.came / self.places) if self.places else None


IDLE_DAYS = 60
MANY_SHIFTS = 5


def team_table(filters: Filters, *, limit: int = 5) -> tuple[int, int, list[TeamRow]]:
    """Number of active teams and of the people in them, and the teams whose members served most."""
    teams = Team.objects.filter(state=Team.State.ACTIVE)
    if filters.territory is not None:
        teams = teams.filter(territory__in=inside(filters.territory))
    if filters.organization is not None:
        teams = teams.filter(organization=filters.organization)
    joined = TeamMembership.objects.filter(to_date__isnull=True, team__in=teams)
    totals = joined.aggregate(people=Count("person", distinct=True), teams=Count("team", distinct=True))
    served, served_values = records(filters).order_by().values("person_id", "service_date", "minutes").query.sql_with_params()
    in_teams, team_values = (
        TeamMembership.objects.filter(team__in=teams).values("team_id", "person_id", "from_date", "to_date").query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select inside.team_id, sum(served.minutes) from ({in_teams}) as inside join ({served}) as served using (person_id)"  # noqa: S608 -- built by the ORM
            " where inside.from_date <= served.service_date and (inside.to_date is null or inside.to_date >= served.service_date)"
            " group by 1 order by 2 desc, 1 limit %s",
            (*team_values, *served_values, limit),
        )
        sums = {team_id: int(minutes) for team_id, minutes in cursor.fetchall()}
    best = list(sums)
    led = Shift.objects.filter(
        _shift_in(filters.span, "starts_at"), activity__leader=OuterRef("leader"), activity__state__in=["published", "finished"]
    )
    found = teams.select_related("organization").annotate(led=Subquery(_count(led))).in_bulk(best)
    facts = _team_facts(filters, best) if best else {}
    rows = [TeamRow(found[team_id], minutes=sums[team_id], led=found[team_id].led or 0, **facts[team_id]) for team_id in best]
    return totals["teams"], totals["people"], rows


def _team_facts(filters: Filters, ids: list[int]) -> dict[int, dict[str, int]]:
    """Members, show-up and members who stayed away, for a few teams."""
    facts = {team_id: {"members": 0, "came": 0, "places": 0, "idle": 0} for team_id in ids}
    since = clock.today() - dt.timedelta(days=IDLE_DAYS)
    served = ServiceRecord.objects.counting().filter(person=OuterRef("person"))
    stopped = Exists(served.filter(service_date__lt=since)) & ~Exists(served.filter(service_date__gte=since))
    people_in: dict[int, list[int]] = {}
    for team_id, person_id, stayed_away in (
        TeamMembership.objects.filter(team__in=ids, to_date__isnull=True).annotate(stopped=stopped).values_list("team_id", "person_id", "stopped")
    ):
        facts[team_id]["members"] += 1
        facts[team_id]["idle"] += stayed_away
        people_in.setdefault(person_id, []).append(team_id)
    places = volunteer_places(Filters(filters.span, filters.territory)).select_related(None).order_by().filter(person__in=list(people_in))
    for person_id, came, taken in places.values_list("person_id").annotate(came=Count("attendance"), taken=Count("pk")):
        for team_id in people_in[person_id]:
            facts[team_id]["came"] += came
            facts[team_id]["places"] += taken
    return facts


def _count(rows: QuerySet[Any]) -> QuerySet[Any]:
    """A queryset as a number, for a subquery."""
    return rows.order_by().annotate(counted=Func(F("pk"), function="count")).values("counted")


def top_organizations(filters: Filters, *, limit: int = 5) -> list[Any]:
    """Bodies by the service minutes of the activities they organised. The minutes of a joint activity are split by the shares of its hosts: their sum is the total."""
    served, values = records(filters).order_by().values("activity_id", "organization_id", "person_id", "minutes").query.sql_with_params()
    names = (
        "organization_id",
        "organization__name",
        "organization__short_name",
        "organization__slug",
        "organization__kind",
        "minutes",
        "people",
        "activities",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select o.id, o.name, o.short_name, o.slug, o.kind, ranked.minutes, ranked.people, ranked.activities from (
                    select body, sum(part)::bigint as minutes, count(distinct person_id) as people, count(distinct activity_id) as activities from (
                        select coalesce(share.organization_id, served.organization_id) as body, served.person_id, served.activity_id,
                               coalesce(served.minutes * share.hours_to / 100 - served.minutes * share.hours_from / 100, served.minutes) as part
                        from ({served}) as served left join overlap_hostshare share on share.activity_id = served.activity_id) as parts
                    group by 1 having sum(part) > 0 order by 2 desc, 1 limit %s) as ranked
                join organizations_organization o on o.id = ranked.body order by ranked.minutes desc, o.id""",  # noqa: S608 -- built by the ORM
            (*values, limit),
        )
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def minutes_by_territory(filters: Filters) -> list[Any]:
    return list(
        records(filters)
        .values("territory_id", "territory__name")
        .annotate(minutes=Sum("counted"), people=Count("person", distinct=True), activities=Count("activity", distinct=True))
        .order_by("-minutes", "territory_id")
    )


def minutes_by_category(filters: Filters) -> list[Any]:
    return list(
        records(filters).values("category").annotate(minutes=Sum("counted"), people=Count("person", distinct=True)).order_by("-minutes", "category")
    )


def attendances_count(filters: Filters) -> int:
    return attendances(filters).order_by().count()


def shifts_count(filters: Filters) -> int:
    return shifts(filters).order_by().count()


def served_sum(filters: Filters) -> int:
    return served(filters).order_by().aggregate(sum=Coalesce(Sum("counted"), 0))["sum"]


def pairs(filters: Filters) -> dict[str, tuple[float | None, float | None]]:
    """The figures of the report, now and a year before, with one statement a table. Each equals its indicator's total."""
    now, before = filters.span, filters.span.year_before()

    def over(field: str) -> tuple[Q, Q]:
        return _shift_in(now, field), _shift_in(before, field)

    is_now, is_before = Q(service_date__range=(now.first, now.last)), Q(service_date__range=(before.first, before.last))
    served_by = (
        _records_for(filters)
        .filter(is_now | is_before)
        .aggregate(
            a=Sum("counted", filter=is_now),
            b=Sum("counted", filter=is_before),
            c=Count("person", distinct=True, filter=is_now),
            d=Count("person", distinct=True, filter=is_before),
        )
    )
    is_now, is_before = over("sign_up__shift__starts_at")
    came = (
        _attendances_for(filters)
        .filter(is_now | is_before)
        .aggregate(
            a=Count("sign_up__person", distinct=True, filter=is_now),
            b=Count("sign_up__person", distinct=True, filter=is_before),
            c=Count("pk", filter=is_now),
            d=Count("pk", filter=is_before),
        )
    )
    is_now, is_before = over("starts_at")
    held = _shifts_for(filters).filter(is_now | is_before).order_by().aggregate(a=Count("pk", filter=is_now), b=Count("pk", filter=is_before))
    is_now, is_before = over("first_starts_at")
    helped = _served_for(filters).filter(is_now | is_before).order_by().aggregate(a=Sum("counted", filter=is_now), b=Sum("counted", filter=is_before))
    is_now, is_before = over("shift__starts_at")
    places = (
        _places_for(filters)
        .filter(is_now | is_before)
        .order_by()
        .aggregate(
            a=Count("attendance", filter=is_now),
            b=Count("attendance", filter=is_before),
            c=Count("pk", filter=is_now),
            d=Count("pk", filter=is_before),
        )
    )
    needs = need_figures(filters)
    running, late = project_figures(filters)
    return {
        "service-hours": (served_by["a"] or 0, served_by["b"] or 0),
        "volunteers": (served_by["c"], served_by["d"]),
        "people": (came["a"], came["b"]),
        "attendances": (came["c"], came["d"]),
        "shifts": (held["a"], held["b"]),
        "served": (helped["a"] or 0, helped["b"] or 0),
        "show-up": (share(places["a"], places["c"]), share(places["b"], places["d"])),
        "new-needs": (needs.new.now, needs.new.before),
        "answered-in-time": (share(needs.in_time, needs.clocked), share(needs.in_time_before, needs.clocked_before)),
        "overdue-needs": (needs.overdue, None),
        "finished-needs": (needs.done, needs.done_before),
        "running-projects": (running, None),
        "late-projects": (late, None),
        "satisfaction": (satisfaction(filters).mean, satisfaction(filters.over(before)).mean),
    }


def share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
