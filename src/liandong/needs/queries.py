"""Everything read about needs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, search
from liandong.core.text import whole_number
from liandong.needs import permissions, suggest
from liandong.needs.models import Introduction, Need, NeedAnswer, Objection
from liandong.organizations import queries as organizations
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import grants_of, holds_anywhere

State = Need.State
WAITING_FOR_A_BODY = (State.SUBMITTED, State.ACCEPTED)
IN_HAND = (State.CLAIMED, State.MATCHED, State.PLANNED, State.ACTIVE)
DONE = (State.DONE, State.CONFIRMED)
ENDED = (State.DECLINED, State.WITHDRAWN, State.MERGED)
# What the chips of the lists mean.
GROUPS: dict[str, tuple[str, ...]] = {"waiting": WAITING_FOR_A_BODY, "in_hand": IN_HAND, "done": DONE, "ended": ENDED}
SLIM = ("search", "words", "note", "closing_words")


def unanswered(*, at: dt.datetime | None = None) -> Q:
    """The answer clock runs; with `at`, and has run out by then."""
    query = Q(answered_at__isnull=True, state__in=Need.OPEN_STATES)
    return query & Q(answer_due_at__lt=at) if at is not None else query


def found(needs: QuerySet[Need], text: str) -> QuerySet[Need]:
    """Needs whose words, title, number or place answer the text."""
    text = text.strip()
    if not text:
        return needs
    return needs.filter(Q(search=search.query(text)) | Q(title__icontains=text) | Q(number__iexact=text) | Q(outside_number__iexact=text))


# What anybody may read


def public_list(*, text: str = "", category: str = "", group: str = "", territory: Territory | None = None) -> QuerySet[Need]:
    """Public needs that have not ended without anything done, newest first."""
    needs = Need.objects.filter(is_public=True).exclude(state__in=ENDED)
    if group in GROUPS:
        needs = needs.filter(state__in=GROUPS[group])
    if category:
        needs = needs.filter(category=category)
    if territory is not None:
        needs = needs.filter(territory__path__startswith=territory.path)
    return found(needs, text).select_related("territory", "asker_organization", "asker", "claimed_by").defer(*SLIM).order_by("-submitted_at", "-id")


def wishes(*, category: str = "", group: str = "", community: str = "") -> QuerySet[Need]:
    """The wish wall: public wishes that somebody has looked at, newest first, each with whether a giver is at it (`has_giver`)."""
    giver = Introduction.objects.filter(need=OuterRef("pk"), state__in=Introduction.UNDER_WAY)
    rows = Need.objects.filter(is_public=True, is_wish=True).exclude(state__in=(*ENDED, State.SUBMITTED)).annotate(has_giver=Exists(giver))
    if group == "free":
        rows = rows.exclude(state__in=DONE).filter(has_giver=False)
    elif group == "taken":
        rows = rows.exclude(state__in=DONE).filter(has_giver=True)
    elif group == "done":
        rows = rows.filter(state__in=DONE)
    if category:
        rows = rows.filter(category=category)
    if (key := whole_number(community)) is not None:
        rows = rows.filter(territory=key)
    order = Case(When(state__in=DONE, then=Value(1)), default=Value(0), output_field=IntegerField())
    return rows.select_related("territory").defer(*SLIM).order_by(order, "has_giver", "-submitted_at", "-id")


def wish_communities(*, limit: int = 12) -> list[tuple[int, str, int]]:
    """(id, name, wishes) of the places of the wall, most wishes first."""
    rows = wishes().order_by().values("territory", "territory__name").annotate(n=Count("pk")).order_by("-n", "territory__name")[:limit]
    return [(row["territory"], row["territory__name"], row["n"]) for row in rows]


def introductions_of(need: Need) -> list[Introduction]:
    """The offers to fulfil a wish that were not taken back, the one under way first, then in line."""
    if not need.is_wish:
        return []
    rows = need.introductions.exclude(state=Introduction.State.WITHDRAWN).select_related("giver", "giver_organization__territory")
    return sorted(rows, key=lambda row: (not row.is_under_way, row.offered_at, row.pk))


def introduction(pk: int) -> Introduction | None:
    """One offer with its wish and both sides."""
    return (
        Introduction.objects.filter(pk=pk)
        .select_related("giver", "giver_organization__territory", "need__territory", "need__asker__account", "need__asker_organization__territory")
        .first()
    )


def offers_of(person: Person) -> QuerySet[Introduction]:
    """Wishes the person has offered to fulfil, newest first."""
    return (
        Introduction.objects.filter(giver=person)
        .exclude(state=Introduction.State.WITHDRAWN)
        .select_related("need__territory", "giver_organization")
        .order_by("-offered_at", "-id")
    )


def people_behind(introduction: Introduction) -> tuple[list[Person], list[Person]]:
    """(who hears for the giver, who hears for the asker): the asker with an account, else whoever wrote it down or answers for the ground."""
    need = introduction.need
    if need.asker is not None and hasattr(need.asker, "account"):
        return [introduction.giver], [need.asker]
    if need.submitted_by is not None:
        return [introduction.giver], [need.submitted_by]
    return [introduction.giver], people_to_tell(need)


def alike(words: str, *, leave_out: Need | None = None, limit: int = 3, person: Person | None = None) -> list[Need]:
    """Open needs that seem to say the same: public ones, and those the person may see anyway."""
    telling = sorted(suggest.telling_words(words))[:20]
    if not telling:
        return []
    asked = SearchQuery(" | ".join(f"'{word}'" for word in telling if word.isalnum()) or "''", search_type="raw", config="simple")
    needs = permissions.readable_by(person).filter(search=asked, state__in=Need.OPEN_STATES)
    if leave_out is not None:
        needs = needs.exclude(pk=leave_out.pk)
    candidates = {need.pk: need for need in needs.select_related("territory").defer("search").order_by("-submitted_at")[:200]}
    keys = suggest.most_alike(words, [(need.pk, f"{need.title} {need.words}") for need in candidates.values()], limit=limit)
    return [candidates[key] for key in keys]


# One need


def need_in_full(number: str, *, person: Person | None) -> Need | None:
    """The need, if the person may open its page, with everything one step away."""
    return (
        permissions.readable_by(person)
        .filter(number=number)
        .select_related(
            "territory", "asker", "asker_organization__territory", "submitted_by", "claimed_by__territory", "handler", "merged_into__territory"
        )
        .annotate(was_objected=Exists(Objection.objects.filter(need=OuterRef("pk"))))
        .defer("search")
        .first()
    )


def answers_of(need: Need) -> list[NeedAnswer]:
    return list(need.answers.select_related("answered_by", "organization").order_by("answered_at", "id"))


def objections_of(need: Need) -> list[Objection]:
    """Oldest first. A need from `need_in_full` knows whether it has any."""
    if not getattr(need, "was_objected", True):
        return []
    return list(need.objections.select_related("raised_by").order_by("raised_at"))


def joined_with(need: Need) -> QuerySet[Need]:
    """The needs that were joined with this one."""
    return Need.objects.filter(merged_into=need).select_related("territory").order_by("submitted_at")


# My needs


def mine(person: Person) -> QuerySet[Need]:
    """What the person asked, for themselves, for another, or in the name of a body they work for; newest first."""
    bodies = [grant.organization_id for grant in grants_of(person) if grant.organization_id]
    query = Q(asker=person) | Q(submitted_by=person)
    if bodies:
        query |= Q(asker_organization__in=bodies)
    return (
        Need.objects.filter(query)
        .select_related("territory", "claimed_by", "handler", "asker", "asker_organization", "merged_into")
        .defer("search")
        .order_by("-submitted_at", "-id")
    )


@dataclass(frozen=True)
class Told:
    """A need for its asker: the five-node chain, the last words said, by when the next ones come."""

    need: Need
    chain: list[tuple[Any, str]]
    answer: NeedAnswer | None

    @property
    def promised_date(self) -> dt.date | None:
        """The day something is promised for: from the last answer, or the answer clock itself."""
        if not self.need.is_open:
            return None
        if self.answer is not None:
            return self.answer.promised_date
        return timezone.localtime(self.need.answer_due_at).date()


CHAIN = (
    pgettext_lazy("chain", "Asked"),
    pgettext_lazy("chain", "Taken"),
    pgettext_lazy("chain", "Matched"),
    pgettext_lazy("chain", "Under way"),
    pgettext_lazy("chain", "Followed up"),
)
# How many of the five nodes lie behind a need in this state.
REACHED = {
    State.SUBMITTED: 1, State.ACCEPTED: 1, State.CLAIMED: 2, State.MATCHED: 3, State.PLANNED: 3, State.ACTIVE: 3, State.DONE: 4, State.CONFIRMED: 5,
}  # fmt: skip


def chain_of(need: Need) -> list[tuple[Any, str]]:
    """(label, "done" | "now" | "next") for the five nodes; a need that ended on the way has no node that is now."""
    if need.state in ENDED:
        reached = 3 if need.matched_at else 2 if need.claimed_at else 1
        return [(name, "done" if place < reached else "next") for place, name in enumerate(CHAIN)]
    reached = REACHED[State(need.state)]
    return [(name, "done" if place < reached else "now" if place == reached else "next") for place, name in enumerate(CHAIN)]


def told(needs: list[Need]) -> list[Told]:
    last = {answer.need_id: answer for answer in NeedAnswer.objects.filter(need__in=needs).order_by("answered_at", "id")}
    return [Told(need, chain_of(need), last.get(need.pk)) for need in needs]


# The desk


def worked_on_by(person: Person) -> QuerySet[Need]:
    """What stands in a person's inbox: needs in the scope of their work, and public ones that wait for a body when they may take one over."""
    query = permissions.in_scope(person)
    if holds_anywhere(person, Right.CLAIM_NEEDS):
        query |= Q(is_public=True, state__in=WAITING_FOR_A_BODY)
    return Need.objects.filter(query)


@dataclass(frozen=True)
class Filters:
    """What the inbox is narrowed to; unknown values narrow to nothing and are ignored."""

    text: str = ""
    group: str = ""
    category: str = ""
    clock: str = ""
    assignee: str = ""
    community: str = ""


def inbox(person: Person, filters: Filters) -> QuerySet[Need]:
    """The inbox, narrowed; needs that wait for an answer come first, the longest overdue on top, then the newest."""
    needs = found(worked_on_by(person), filters.text)
    if filters.group in GROUPS:
        needs = needs.filter(state__in=GROUPS[filters.group])
    elif filters.group in State.values:
        needs = needs.filter(state=filters.group)
    if filters.category:
        needs = needs.filter(category=filters.category)
    if (key := whole_number(filters.community)) is not None:
        place = Territory.objects.filter(pk=key).first()
        needs = needs.filter(territory__path__startswith=place.path) if place is not None else needs.none()
    needs = _by_clock(needs, filters.clock)
    needs = _by_assignee(needs, filters.assignee, person)
    waits = Case(When(unanswered(), then=Value(0)), default=Value(1), output_field=IntegerField())
    due = Case(When(unanswered(), then="answer_due_at"), default=Value(None))
    return (
        needs.select_related("territory", "claimed_by", "handler", "asker", "asker_organization")
        .defer(*SLIM)
        .annotate(waits=waits, due=due)
        .order_by("waits", "due", "-submitted_at", "-id")
    )


def _by_clock(needs: QuerySet[Need], which: str) -> QuerySet[Need]:
    now = clock.now()
    if which == "overdue":
        return needs.filter(unanswered(at=now))
    if which == "today":
        return needs.filter(unanswered(), answer_due_at__gte=now, answer_due_at__lt=clock.day_bounds(clock.today())[1])
    if which == "waiting":
        return needs.filter(unanswered())
    if which == "objected":
        return needs.filter(objections__answered_at__isnull=True, objections__isnull=False).distinct()
    return needs


def _by_assignee(needs: QuerySet[Need], which: str, person: Person) -> QuerySet[Need]:
    if which == "me":
        return needs.filter(handler=person)
    if which == "ours":
        return needs.filter(claimed_by__in=[grant.organization_id for grant in grants_of(person) if grant.organization_id])
    if which == "nobody":
        return needs.filter(claimed_by__isnull=True)
    return needs


def counts(person: Person) -> dict[str, int]:
    """For the chips and the navigation: overdue, waiting for an answer, waiting for a body, in hand, done. One query."""
    return worked_on_by(person).aggregate(
        overdue=Count("pk", filter=unanswered(at=clock.now())),
        unanswered=Count("pk", filter=unanswered()),
        waiting=Count("pk", filter=Q(state__in=WAITING_FOR_A_BODY)),
        in_hand=Count("pk", filter=Q(state__in=IN_HAND)),
        done=Count("pk", filter=Q(state__in=DONE)),
        total=Count("pk"),
    )


def communities_in(person: Person, *, limit: int = 12) -> list[tuple[int, str, int]]:
    """(id, name, open needs) of the places whose needs stand in the inbox, most needs first."""
    rows = (
        worked_on_by(person)
        .filter(state__in=Need.OPEN_STATES)
        .values("territory", "territory__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "territory__name")[:limit]
    )
    return [(row["territory"], row["territory__name"], row["n"]) for row in rows]


def to_remind(*, before: dt.datetime) -> QuerySet[Need]:
    """Open needs whose answer is due before the moment and has not been given."""
    return Need.objects.filter(unanswered(at=before)).select_related("territory", "claimed_by__territory", "handler").order_by("answer_due_at")


def objections_to_remind(*, before: dt.datetime) -> QuerySet[Objection]:
    return (
        Objection.objects.filter(answered_at__isnull=True, answer_due_at__lt=before)
        .select_related("need__territory", "need__claimed_by__territory", "need__handler")
        .order_by("answer_due_at")
    )


def people_to_tell(need: Need) -> list[Person]:
    """Who answers for the need now: its handler, else those of the body that took it over, else the hub and the community of its place."""
    if need.handler is not None:
        return [need.handler]
    if need.claimed_by is not None:
        return list(organizations.people_with(need.claimed_by, Right.CLAIM_NEEDS))
    around = need.territory.line_ids
    people = {person.pk: person for person in organizations.hub_people(need.territory, Right.TRIAGE_NEEDS)}
    for body in Organization.objects.filter(kind=Organization.Kind.COMMUNITY, territory__in=around, state=Organization.State.ACTIVE):
        people |= {person.pk: person for person in organizations.people_with(body, Right.CLAIM_NEEDS)}
    return list(people.values())


def asking_people(need: Need) -> list[Person]:
    """Who asked, and who wrote it down for them; for a body, who wrote it down."""
    people: dict[int, Any] = {person.pk: person for person in (need.asker, need.submitted_by) if person is not None}
    return list(people.values())
