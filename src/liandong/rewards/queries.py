"""Everything read about rewards: the catalogue, vouchers, who never spends."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.text import fold
from liandong.needs.models import Need, Source
from liandong.organizations.models import Territory
from liandong.organizations.permissions import Actor
from liandong.points import queries as points
from liandong.points.models import PointsAccount
from liandong.rewards import permissions
from liandong.rewards.models import Redemption, Reward, RewardRule, SpendingCare
from liandong.venues.geo import Point, metres, walking_minutes
from liandong.volunteers.models import VolunteerProfile

State = Redemption.State
HELD = (State.RESERVED, State.USED)
MOST_SORTED = 1_000
SHOWN_TO_ASKED = 3
BETWEEN_ASKS = dt.timedelta(days=183)
LEFT = Q(left_count__isnull=True) | Q(left_count__gt=0)


def rule_on(day: dt.date) -> RewardRule:
    """The version of the rule that holds on a day."""
    return RewardRule.objects.filter(from_date__lte=day).order_by("-version").first() or RewardRule.objects.earliest("version")


# The catalogue


@dataclass(frozen=True, slots=True)
class Seen:
    """A reward as somebody looking around sees it. `distance` in metres, None without a place to start from or without a position."""

    reward: Reward
    distance: float | None = None

    @property
    def minutes(self) -> int | None:
        return walking_minutes(self.distance) if self.distance is not None else None


def catalogue(
    *, text: str = "", kind: str = "", territory: Territory | None = None, at_most: int | None = None, start: Point | None = None
) -> list[Seen]:
    """What is on offer today: the nearest first with a place to start from, else the cheapest. `at_most` is what one can afford."""
    rows = permissions.listed().select_related("host", "venue", "territory")
    if text := fold(text)[:60]:
        rows = rows.filter(Q(title__icontains=text) | Q(words__icontains=text) | Q(host__name__icontains=text) | Q(where_words__icontains=text))
    if kind in Reward.Kind.values:
        rows = rows.filter(kind=kind)
    if territory is not None:
        rows = rows.filter(territory__path__startswith=territory.path)
    if at_most is not None:
        rows = rows.filter(LEFT, points__lte=at_most)
    found = [Seen(row, _distance(row, start)) for row in rows.order_by("points", "id")[:MOST_SORTED]]
    if start is not None:
        found.sort(key=lambda seen: (seen.distance is None, seen.distance or 0))
    found.sort(key=lambda seen: seen.reward.left_count == 0)
    return found


def _distance(reward: Reward, start: Point | None) -> float | None:
    venue = reward.venue
    if start is None or venue is None or venue.latitude is None or venue.longitude is None:
        return None
    return metres(start, Point(float(venue.latitude), float(venue.longitude)))


def places() -> QuerySet[Territory]:
    """Streets and communities in which something is on offer, by name."""
    return Territory.objects.filter(pk__in=permissions.listed().values("territory")).order_by("pinyin", "id")


def in_full() -> QuerySet[Reward]:
    return Reward.objects.select_related("host__territory", "venue__territory", "territory", "activity", "proposed_by", "decided_by")


def offers_of(by: Actor) -> QuerySet[Reward]:
    """Offers of the bodies whose offers the person keeps, with how many hold a voucher (`held_count`) and used one (`used_count`)."""
    return (
        Reward.objects.filter(host__in=permissions.hosts_of(by))
        .select_related("host", "territory")
        .annotate(
            held_count=Count("redemptions", filter=Q(redemptions__state=State.RESERVED)),
            used_count=Count("redemptions", filter=Q(redemptions__state=State.USED)),
        )
        .order_by("host__pinyin", "state", "title", "id")
    )


def waiting_for(by: Actor) -> QuerySet[Reward]:
    """Offers on the person's ground that wait for the hub, oldest first."""
    return (
        permissions.decidable_by(by)
        .filter(state=Reward.State.WAITING)
        .select_related("host", "territory", "proposed_by")
        .order_by("created_at", "id")
    )


# What somebody took


def taken_by(person: Person, reward: Reward) -> int:
    return Redemption.objects.filter(person=person, reward=reward, state__in=HELD).count()


def redemptions() -> QuerySet[Redemption]:
    return Redemption.objects.select_related(
        "reward__host__territory", "reward__venue", "reward__territory", "reward__activity", "need", "person", "given_by"
    )


def mine(person: Person) -> QuerySet[Redemption]:
    """Those that can be used first, then the newest."""
    return redemptions().filter(person=person).order_by(Case(When(state=State.RESERVED, then=0), default=1), "-reserved_at", "-id")


def open_count(person: Person) -> int:
    return Redemption.objects.filter(person=person, state=State.RESERVED).count()


def by_code(code: str) -> Redemption | None:
    return redemptions().filter(code=code).first() if code else None


def taken_of(by: Actor) -> QuerySet[Redemption]:
    """What was taken of offers of the bodies at which the person works, newest first."""
    return redemptions().filter(reward__host__in=permissions.hosts_of(by)).order_by("-reserved_at", "-id")


def open_services() -> QuerySet[Redemption]:
    return Redemption.objects.filter(state=State.RESERVED, need__isnull=False).select_related("need", "reward").order_by("id")


def services_of(need_id: int) -> QuerySet[Redemption]:
    """Services whose need this is, or was joined with it."""
    return open_services().filter(Q(need=need_id) | Q(need__merged_into=need_id))


def giving_back(need: Need) -> Redemption | None:
    """What makes a need one of giving back: the redemption that raised it. Their keys are made from another key (version 5): others are not even asked for."""
    if need.submission_key is None or need.submission_key.version != 5 or need.source != Source.FORM:
        return None
    return Redemption.objects.filter(need=need).select_related("reward__host", "person").first()


def running_out(*, on: dt.date) -> QuerySet[Redemption]:
    """Vouchers whose last day this is; services are not hurried."""
    end = clock.day_bounds(on)[1]
    return redemptions().filter(state=State.RESERVED, need__isnull=True, holds_until_at=end).order_by("id")


# People who never spend


def to_ask(*, limit: int) -> list[tuple[Person, list[Reward]]]:
    """Who has had points for long and never spent any, was not asked within half a year and does not mind being asked; with three things that suit each."""
    asked = SpendingCare.objects.filter(Q(wants_none=True) | Q(asked_at__gt=clock.now() - BETWEEN_ASKS)).values("person")
    rows = list(
        never_spent()
        .filter(person__account__isnull=False)
        .exclude(person__in=asked)
        .exclude(person__in=Redemption.objects.filter(state=State.RESERVED).values("person"))[:limit]
    )
    shelf = list(_shelf())
    profiles = VolunteerProfile.objects.filter(person__in=[row.person_id for row in rows], residence__isnull=False)
    homes = dict(profiles.values_list("person_id", "residence__path"))
    return [(row.person, chosen) for row in rows if row.person and (chosen := suits(shelf, row.available, homes.get(row.person_id or 0, "")))]


def _shelf() -> QuerySet[Reward]:
    return permissions.listed().filter(LEFT).select_related("territory", "host").order_by("points", "id")


def suits(shelf: Iterable[Reward], available: int, home: str) -> list[Reward]:
    """Three that one can afford: near home first, of different kinds first, the dearer ones first (whoever saved long would not ask for a bottle of water)."""
    fitting = [reward for reward in shelf if reward.points <= available]
    fitting.sort(key=lambda reward: (-_nearness(reward.territory.path, home), -reward.points, reward.pk))
    chosen: list[Reward] = []
    for other_kinds in (True, False):
        for reward in fitting:
            if len(chosen) < SHOWN_TO_ASKED and reward not in chosen and not (other_kinds and reward.kind in {each.kind for each in chosen}):
                chosen.append(reward)
    return chosen


def _nearness(path: str, home: str) -> int:
    """How many places around both are the same."""
    return sum(1 for one, other in zip(path.split("/"), home.split("/"), strict=False) if one and one == other)


def three_for(person: Person, *, available: int) -> list[Reward]:
    """The same, for the person's own page."""
    home = VolunteerProfile.objects.filter(person=person, residence__isnull=False).values_list("residence__path", flat=True).first() or ""
    held = Redemption.objects.filter(person=person, state=State.RESERVED).values("reward")
    return suits(_shelf().filter(points__lte=available).exclude(pk__in=held)[:MOST_SORTED], available, home)


def care_of(person: Person) -> SpendingCare | None:
    return SpendingCare.objects.filter(person=person).first()


def never_spent() -> QuerySet[PointsAccount]:
    """Accounts of those who have had enough points for long enough, by the rule, and never spent any."""
    today = clock.today()
    rule = rule_on(today)
    return points.never_spent(at_least=rule.ask_from_points, since=today - dt.timedelta(days=rule.ask_after_days))


def rule_versions() -> QuerySet[RewardRule]:
    return RewardRule.objects.select_related("made_by").order_by("-version")
