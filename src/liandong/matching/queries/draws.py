"""What is read about draws."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities.models import Activity, Position, SignUp
from liandong.core import clock
from liandong.matching import permissions
from liandong.matching.models import Draw, DrawList
from liandong.matching.solver import draw as lots
from liandong.organizations.models import Organization


def draw_of(activity: Activity) -> Draw | None:
    """The draw of an activity whose places go by draw; None elsewhere, and in the moment before it is announced."""
    if activity.places_by != Activity.PlacesBy.DRAW:
        return None
    row = Draw.objects.filter(activity=activity).first()
    if row is not None:
        row.activity = activity
    return row


def draws_for(person: Person, *, state: str = "") -> QuerySet[Draw]:
    """The draws somebody works on, the one that closes last first, each with `entered` and `places_count`."""
    entered = (
        SignUp.objects.filter(shift__activity=OuterRef("activity"), state__in=(SignUp.State.WAITING, *activities.TAKEN))
        .exclude(slip="").order_by().values("shift__activity").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    listed = DrawList.objects.filter(draw=OuterRef("pk")).order_by().values("draw").annotate(n=Sum("entries")).values("n")
    places = (
        Position.objects.filter(shift__activity=OuterRef("activity"), kind__in=activities.OPEN_KINDS)
        .order_by().values("shift__activity").annotate(n=Sum("capacity")).values("n")
    )  # fmt: skip
    rows = permissions.draws_visible_to(person)
    if state in Draw.State.values:
        rows = rows.filter(state=state)
    return rows.annotate(
        entered=Coalesce(Subquery(listed, output_field=IntegerField()), Subquery(entered, output_field=IntegerField()), Value(0)),
        places_count=Coalesce(Subquery(places, output_field=IntegerField()), Value(0)),
    ).order_by("-closes_at", "-pk")


def draws_to_close() -> QuerySet[Draw]:
    """Whose time has come, by the clock or because the activity begins."""
    now = clock.now()
    due = Q(closes_at__lte=now) | Q(activity__first_starts_at__lte=now)
    return Draw.objects.filter(due, state=Draw.State.OPEN, activity__state=Activity.State.PUBLISHED).order_by("pk")


def draws_to_hold(body: Organization) -> QuerySet[Draw]:
    """Of activities of a body: the list is closed, and everybody waits."""
    rows = Draw.objects.filter(state=Draw.State.CLOSED, activity__host=body, activity__state=Activity.State.PUBLISHED)
    return rows.select_related("activity").order_by("activity__first_starts_at", "pk")


def one_person(person: Person) -> int:
    """Somebody who was kept under two numbers is one person."""
    return person.merged_into_id or person.pk


def losses_of(people: Iterable[int]) -> dict[int, int]:
    """Person -> draws lost since their last place in one. A draw of an activity that was called off counts neither way, nor does withdrawing before the draw.

    Whoever moved up later got a place.
    """
    asked = set(people)
    rows = (
        SignUp.objects.filter(Q(person__in=asked) | Q(person__merged_into__in=asked), drawn_rank__isnull=False)
        .exclude(shift__activity__state=Activity.State.CANCELLED)
        .annotate(who=Coalesce(F("person__merged_into"), F("person")))
        .order_by("shift__activity__drawn_at", "shift__activity", "pk")
        .values_list("who", "shift__activity", "moved_up_at", "state")
    )
    won: dict[int, dict[int, bool]] = {}
    for who, activity, moved_up_at, state in rows:
        own = won.setdefault(who, {})
        own[activity] = own.get(activity, False) or moved_up_at is not None or state in activities.TAKEN
    lost = {}
    for who, results in won.items():
        count = 0
        for got in results.values():
            count = 0 if got else count + 1
        lost[who] = count
    return lost


def tickets_of(people: Iterable[int]) -> Mapping[int, int]:
    """Person -> tickets in the next draw."""
    asked = list(people)
    lost = losses_of(asked)
    return {who: lots.tickets(lost.get(who, 0)) for who in asked}


@dataclass(frozen=True)
class Pot:
    """How many entered for how many places of one position."""

    position: Position
    entered: int
    list: DrawList | None = None

    @property
    def places(self) -> int:
        return self.list.places if self.list is not None and self.list.draw.state == Draw.State.DRAWN else self.position.capacity


def pots_of(draw: Draw) -> list[Pot]:
    """Each open position with those who entered, or stand on its list once it is closed."""
    lists = {each.position_id: each for each in draw.lists.all()}
    for each in lists.values():
        each.draw = draw
    entered = Count("sign_ups", filter=Q(sign_ups__state=SignUp.State.WAITING) & ~Q(sign_ups__slip=""))
    rows = Position.objects.filter(shift__activity=draw.activity_id, kind__in=activities.OPEN_KINDS).select_related("shift").annotate(entered=entered)
    rows = rows.order_by("shift__starts_at", "shift_id", "order", "pk")
    if draw.state == Draw.State.OPEN:
        return [Pot(row, row.entered) for row in rows]
    return [Pot(row, lists[row.pk].entries, lists[row.pk]) for row in rows if row.pk in lists]


def slips_of(draw: Draw, person: Person | None) -> list[SignUp]:
    """A person's own entries."""
    if person is None:
        return []
    rows = SignUp.objects.filter(shift__activity=draw.activity_id, person=person).exclude(slip="").exclude(state=SignUp.State.CANCELLED)
    return list(rows.select_related("position", "shift__activity").order_by("shift__starts_at", "pk"))


def document_of(draw: Draw) -> dict[str, Any]:
    """All that is needed to compute the draw again, as `liandong solve draw` reads it. Never a name."""
    pots = pots_of(draw)
    return {
        "liandong_draw": 1,
        "activity": draw.activity.code,
        "seed_digest": draw.seed_digest,
        "public_rule": draw.public_rule,
        "seed": draw.seed,
        "public_number": draw.public_number,
        "lists": [
            {
                "position": pot.position.name,
                "starts_at": pot.position.shift.starts_at.isoformat(),
                "places": pot.places,
                "list": pot.list.published,
                "list_digest": pot.list.digest,
                "order": pot.list.order,
                "winners": pot.list.winners,
                "passed": pot.list.passed,
            }
            for pot in pots
            if pot.list is not None
        ],
    }
