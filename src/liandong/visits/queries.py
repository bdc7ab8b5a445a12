"""Everything read about visits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from liandong.accounts.models import Person
from liandong.core import clock, masking
from liandong.needs import suggest
from liandong.needs.mining import Sentence, asking
from liandong.needs.models import Segment
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right, Territory
from liandong.visits import permissions
from liandong.visits.models import FollowUp, Visit, VisitNote, Visitor, VisitPlan, VisitSentence

State = Visit.State
YEAR = dt.timedelta(days=365)
BODY = ("host", "visited_organization", "visited_person", "territory", "handler")


# Plans


def with_due(plans: QuerySet[VisitPlan]) -> QuerySet[Any]:
    """`last_on`, `planned_on` (a visit that waits), and `due_on`: so many weeks after the last visit, never before the plan begins."""
    done = Visit.objects.filter(plan=OuterRef("pk"), state=State.DONE).order_by().values("plan").annotate(day=Max("visited_on")).values("day")
    waiting = Visit.objects.filter(plan=OuterRef("pk"), state=State.PLANNED).order_by().values("plan").annotate(day=Min("planned_date")).values("day")
    number = Visit.objects.filter(plan=OuterRef("pk"), state=State.PLANNED).order_by("planned_date", "id").values("number")
    after = ExpressionWrapper(F("last_on") + F("every_weeks") * 7, output_field=DateField())
    return plans.annotate(
        last_on=Subquery(done, output_field=DateField()),
        planned_on=Subquery(waiting, output_field=DateField()),
        planned_number=Subquery(number[:1]),
    ).annotate(due_on=Greatest(Coalesce(after, F("from_date")), F("from_date")))


def active(plans: QuerySet[VisitPlan]) -> QuerySet[VisitPlan]:
    return plans.filter(Q(to_date__isnull=True) | Q(to_date__gte=clock.today()))


def due_plans(plans: QuerySet[VisitPlan], *, by: dt.date) -> QuerySet[Any]:
    """Running plans that fall due by the day and have no visit on a day yet."""
    return with_due(active(plans)).filter(due_on__lte=by, planned_on__isnull=True)


@dataclass
class Week:
    """Plans that fall due in one stretch of the board."""

    key: str
    starts_on: dt.date | None
    plans: list[Any] = field(default_factory=list)


LONG_OVERDUE = dt.timedelta(weeks=4)


def board(person: Person, *, host: str = "", limit: int = 300) -> tuple[list[Week], int]:
    """The visiting plan by week: long overdue, overdue, this week and the next five, later; and how many plans there are. One query."""
    plans = with_due(active(permissions.plans_visible_to(person))).select_related(*BODY)
    if host:
        plans = plans.filter(host__slug=host)
    today = clock.today()
    monday = today - dt.timedelta(days=today.weekday())
    weeks = [Week("long", None), Week("late", None), *(Week("week", monday + dt.timedelta(weeks=n)) for n in range(6)), Week("later", None)]
    rows = list(plans.order_by("due_on", "id")[:limit])
    for plan in rows:
        day = plan.planned_on or plan.due_on
        if day < today - LONG_OVERDUE:
            place = 0
        elif day < today:
            place = 1
        else:
            place = min(2 + (day - monday).days // 7, len(weeks) - 1)
        weeks[place].plans.append(plan)
    return [week for week in weeks if week.plans], len(rows)


def unvisited(host: Organization, *, segment: str = "", since: dt.date | None = None) -> QuerySet[Organization]:
    """Active bodies on the ground of the host that it has not visited since the day (None: never) and has no running plan for. `last_on`: its last visit."""
    visits = Visit.objects.filter(host=host, visited_organization=OuterRef("pk"), state=State.DONE)
    plans = active(VisitPlan.objects.filter(host=host, visited_organization=OuterRef("pk")))
    last = visits.order_by().values("visited_organization").annotate(day=Max("visited_on")).values("day")
    rows = (
        Organization.objects.filter(state=Organization.State.ACTIVE, territory__path__startswith=host.territory.path)
        .exclude(pk=host.pk)
        .exclude(kind__in=permissions.OF_THE_GROUND)
        .filter(~Exists(plans), ~Exists(visits.filter(visited_on__gte=since) if since else visits))
        .annotate(last_on=Subquery(last, output_field=DateField()))
        .select_related("territory")
    )
    return in_segment(rows, segment).order_by(F("last_on").asc(nulls_first=True), "pinyin", "id")


def in_segment(rows: QuerySet[Organization], segment: str) -> QuerySet[Organization]:
    """Firms of a size, or bodies of a party; "" for all."""
    small, medium = suggest.SMALL_FIRM_BELOW, suggest.MEDIUM_FIRM_BELOW
    sizes = {
        Segment.SMALL_FIRM: Q(staff_count__lt=small),
        Segment.MEDIUM_FIRM: Q(staff_count__gte=small, staff_count__lt=medium),
        Segment.LARGE_FIRM: Q(staff_count__gte=medium),
    }
    if segment in sizes:
        return rows.filter(sizes[Segment(segment)], kind=Organization.Kind.ENTERPRISE)
    if segment in Organization.Party.values:
        return rows.filter(kind__in=[kind for kind, party in Organization.PARTY_OF.items() if party == segment])
    return rows


# Visits


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; unknown values narrow to nothing and are ignored."""

    text: str = ""
    scope: str = ""
    state: str = ""
    kind: str = ""


def visits(person: Person, filters: Filters) -> QuerySet[Visit]:
    """Visits of the person's work: what is late first, then what comes, then the latest."""
    rows = Visit.objects.filter(permissions.concerns(person) if filters.scope == "to_us" else permissions.in_scope(person))
    if filters.scope == "mine":
        rows = rows.filter(Q(handler=person) | Q(Exists(Visitor.objects.filter(visit=OuterRef("pk"), person=person))))
    elif filters.scope == "ours":
        rows = rows.filter(host__in=permissions.hosts_of(person).order_by().values("pk"))
    rows = _in_state(rows, filters.state)
    if filters.kind == "bodies":
        rows = rows.filter(visited_organization__isnull=False)
    elif filters.kind == "homes":
        rows = rows.filter(visited_organization__isnull=True)
    rows = found(rows, filters.text, person)
    order = Case(When(state=State.PLANNED, then=Value(0)), default=Value(1), output_field=IntegerField())
    upcoming = Case(When(state=State.PLANNED, then=F("planned_date")), default=Value(None), output_field=DateField())
    return (
        rows.select_related(*BODY)
        .annotate(waits=order, soon=upcoming, open_promises=_open_promises())
        .order_by("waits", "soon", F("visited_on").desc(nulls_last=True), "-id")
    )


def _open_promises() -> Coalesce:
    rows = FollowUp.objects.filter(visit=OuterRef("pk"), done_at__isnull=True).order_by().values("visit").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def _in_state(rows: QuerySet[Visit], state: str) -> QuerySet[Visit]:
    today = clock.today()
    if state == "due":
        return rows.filter(state=State.PLANNED, planned_date__lte=today + dt.timedelta(days=7))
    if state == "overdue":
        return rows.filter(state=State.PLANNED, planned_date__lt=today)
    return rows.filter(state=state) if state in State.values else rows


def found(rows: QuerySet[Visit], text: str, person: Person) -> QuerySet[Visit]:
    """By the body, the number, or the place; names of people only among those whose notes the person reads."""
    text = text.strip()[:80]
    if not text:
        return rows
    body = organizations.organizations(None, words=text).order_by().values("pk")
    people = Q(visited_name__contains=text) | Q(visited_person__name__contains=text)
    return rows.filter(
        Q(number__iexact=text) | Q(visited_organization__in=body) | Q(territory__name__icontains=text) | (people & permissions.kept_by(person))
    )


def counts(person: Person) -> dict[str, int]:
    """For the chips. One query."""
    today = clock.today()
    planned = Q(state=State.PLANNED)
    return Visit.objects.filter(permissions.in_scope(person)).aggregate(
        due=Count("pk", filter=planned & Q(planned_date__lte=today + dt.timedelta(days=7))),
        overdue=Count("pk", filter=planned & Q(planned_date__lt=today)),
        planned=Count("pk", filter=planned),
        done=Count("pk", filter=Q(state=State.DONE)),
    )


def visit_in_full(number: str, *, person: Person | None) -> Visit | None:
    return (
        permissions.visible_to(person)
        .filter(number=number)
        .select_related("host__territory", "plan", "visited_organization__territory", "visited_person", "territory", "handler")
        .prefetch_related(
            Prefetch("visitors", Visitor.objects.select_related("person").order_by("id")),
            Prefetch("follow_ups", FollowUp.objects.select_related("handler", "done_by").order_by("due_date", "id")),
        )
        .first()
    )


def notes_of(visit: Visit) -> list[VisitNote]:
    """All versions, the newest first; the draft of a visit that waits is the only one."""
    return list(visit.notes.select_related("written_by").order_by("-version"))


@dataclass(frozen=True)
class Said:
    """A sentence of the notes: whether it states a need, and the need that was made of it."""

    start: int
    end: int
    words: str
    asks: bool
    between: str
    need: Any = None


def sentences_of(note: VisitNote) -> list[Said]:
    """The notes in order, nothing left out: `between` is what stands after the sentence (spaces, new lines)."""
    made = {row.words: row.need for row in VisitSentence.objects.filter(note__visit=note.visit_id).select_related("need")}
    parts: list[Sentence] = asking(note.words)
    rows = []
    for place, part in enumerate(parts):
        following = parts[place + 1].start if place + 1 < len(parts) else len(note.words)
        need = made.get(part.words)
        rows.append(Said(part.start, part.end, part.words, part.asks or need is not None, note.words[part.end : following], need))
    return rows


def of_body(organization: Organization, *, person: Person | None, limit: int = 5) -> list[Visit]:
    """The latest visits to a body that the person may see, with what was promised."""
    if person is None:
        return []
    return list(
        permissions.visible_to(person)
        .filter(visited_organization=organization)
        .exclude(state=State.CANCELLED)
        .select_related("host", "handler")
        .annotate(open_promises=_open_promises())
        .order_by(F("visited_on").desc(nulls_first=True), "-planned_date", "-id")[:limit]
    )


def to_me(person: Person) -> QuerySet[Visit]:
    """Visits to the person or to a body they work for: that they took place, and what was promised."""
    return (
        Visit.objects.filter(permissions.concerns(person))
        .exclude(state=State.CANCELLED)
        .select_related("host", "visited_organization", "visited_person")
        .prefetch_related(Prefetch("follow_ups", FollowUp.objects.order_by("due_date", "id")))
        .order_by("-planned_date", "-id")
    )


def sentence_of(need_id: int) -> VisitSentence | None:
    """The sentence of a visit that a need was made of."""
    return (
        VisitSentence.objects.filter(need=need_id)
        .select_related("note__visit__host__territory", "note__visit__territory", "note__visit__visited_organization", "note__visit__visited_person")
        .first()
    )


# What was promised


def follow_ups(person: Person, *, scope: str = "", state: str = "") -> QuerySet[FollowUp]:
    """Promises of the visits of the person's work: open ones by day, then those kept lately."""
    inside = Visit.objects.filter(permissions.in_scope(person)).order_by().values("pk")
    rows = FollowUp.objects.filter(visit__in=inside)
    if scope == "mine":
        rows = rows.filter(handler=person)
    if state == "done":
        rows = rows.filter(done_at__isnull=False)
    elif state == "overdue":
        rows = rows.filter(done_at__isnull=True, due_date__lt=clock.today())
    elif state != "all":
        rows = rows.filter(done_at__isnull=True)
    done = Case(When(done_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        rows.select_related(
            "handler", "done_by", *(f"visit__{name}" for name in ("host__territory", "visited_organization", "visited_person", "territory"))
        )
        .annotate(is_done=done)
        .order_by("is_done", F("due_date").asc(nulls_last=True), "-done_at", "id")
    )


# For forms, desks and reminders


def staff_of(host: Organization) -> QuerySet[Person]:
    """Who may go for the body: its staff who work on needs; for a hub those of its ground."""
    if host.kind in permissions.OF_THE_GROUND:
        return organizations.hub_people(host.territory, Right.CLAIM_NEEDS) | organizations.people_with(host, Right.CLAIM_NEEDS)
    return organizations.people_with(host, Right.CLAIM_NEEDS)


def bodies_near(hosts: Iterable[Organization]) -> QuerySet[Organization]:
    """Bodies on the ground of these hosts, for a form that asks whom."""
    query = Q(pk__in=[])
    for host in hosts:
        query |= Q(territory__path__startswith=host.territory.path)
    return Organization.objects.filter(query, state=Organization.State.ACTIVE).exclude(kind__in=permissions.OF_THE_GROUND).order_by("pinyin", "id")


def communities_near(hosts: Iterable[Organization]) -> QuerySet[Territory]:
    query = Q(pk__in=[])
    for host in hosts:
        query |= Q(path__startswith=host.territory.path)
    return organizations.communities().filter(query)


@dataclass(frozen=True)
class Waiting:
    """Something a desk shows as waiting: a visit on a day that is near or over, a plan without a day, a promise. `total`: how many of its kind there are."""

    kind: str
    whom: str
    day: dt.date
    number: str
    words: str
    total: int


def waiting(where: Q, *, limit: int = 7) -> list[Waiting]:
    """`where` narrows visits and plans alike (by host or territory). One query: the first of each kind, with the number of all."""
    today = clock.today()
    soon = Visit.objects.filter(where, state=State.PLANNED, planned_date__lte=today + dt.timedelta(days=2))
    late = due_plans(VisitPlan.objects.filter(where), by=today - dt.timedelta(days=1))
    inside = Visit.objects.filter(where).order_by().values("pk")
    owed = FollowUp.objects.filter(visit__in=inside, done_at__isnull=True, due_date__lte=today + dt.timedelta(days=1))
    parts = [
        _waiting(soon, "visit", day="planned_date", number=F("number"), limit=limit),
        _waiting(late, "plan", day="due_on", limit=limit),
        _waiting(owed, "promise", day="due_date", number=F("visit__number"), words=F("words"), path="visit__", limit=limit),
    ]
    rows = parts[0].union(*parts[1:], all=True)
    return [
        Waiting(kind, short or name or masking.mask_name(person or home), day, number, words, total)
        for kind, short, name, person, home, day, number, words, total in rows
    ]


EMPTY = Value("")


def _waiting(rows: QuerySet[Any], kind: str, *, day: str, limit: int, number: Any = EMPTY, words: Any = EMPTY, path: str = "") -> Any:
    """The same nine columns of each kind, so that they can be asked for at once."""
    text = TextField()
    columns: dict[str, Any] = {
        "w_kind": Value(kind),
        "w_short": F(f"{path}visited_organization__short_name"),
        "w_name": F(f"{path}visited_organization__name"),
        "w_person": F(f"{path}visited_person__name"),
        "w_home": F(f"{path}visited_name"),
        "w_number": number,
        "w_words": words,
    }
    named = {name: Coalesce(Cast(value, text), Value(""), output_field=text) for name, value in columns.items()}
    found = rows.annotate(**named, w_day=F(day), w_total=Window(Count("pk"))).order_by("w_day", "pk")[:limit]
    return found.values_list("w_kind", "w_short", "w_name", "w_person", "w_home", "w_day", "w_number", "w_words", "w_total")


def to_remind(*, today: dt.date) -> tuple[list[Visit], list[Any], list[FollowUp]]:
    """Visits, plans and promises that are due tomorrow or late."""
    tomorrow = today + dt.timedelta(days=1)
    visits = Visit.objects.filter(state=State.PLANNED, planned_date__lte=tomorrow).select_related(
        "host__territory", "handler", "visited_organization", "visited_person"
    )
    plans = due_plans(VisitPlan.objects.all(), by=tomorrow).select_related("host__territory", "handler", "visited_organization", "visited_person")
    promises = FollowUp.objects.filter(done_at__isnull=True, due_date__lte=tomorrow).select_related(
        "handler", "visit__host__territory", "visit__handler", "visit__visited_organization", "visit__visited_person"
    )
    return list(visits.order_by("id")), list(plans.order_by("id")), list(promises.order_by("id"))
