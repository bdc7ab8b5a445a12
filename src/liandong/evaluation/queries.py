"""What people thought of it: n of N, shares, intervals; nothing below five answers."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Value

from liandong.activities.models import Activity, Attendance, Position, SignUp
from liandong.core import clock
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.evaluation.permissions import ASKED_KINDS

LEAST = 5  # fewer answers are not shown: they could be told apart
ONE_DAY = dt.timedelta(days=1)
OPEN_FOR = dt.timedelta(days=30)
_Z = 1.959963984540054  # 95 % of a normal distribution
KIND_OF_SIDE = {Rating.Side.SERVED: Position.Kind.PARTICIPANT, Rating.Side.SERVING: Position.Kind.VOLUNTEER}


@dataclass(frozen=True)
class Satisfaction:
    """`answered` of `asked` people, all on one `side`. Counts (score -> n), share and interval in percent; empty and None below five answers."""

    side: str
    answered: int
    asked: int
    counts: dict[int, int]
    share: int | None
    low: int | None
    high: int | None

    @property
    def is_shown(self) -> bool:
        return self.answered >= LEAST

    @property
    def parts(self) -> list[tuple[Any, int]]:
        """(label, count) from best to worst, for the ratio bar."""
        return [(score.label, self.counts.get(score.value, 0)) for score in Rating.Score] if self.is_shown else []


def wilson(good: int, n: int) -> tuple[float, float]:
    """The 95 % interval of Wilson (1927) for a share of `good` in `n`; honest for few answers too."""
    if n == 0:
        return 0.0, 1.0
    share, square = good / n, _Z**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def satisfaction_with(activities: Iterable[Activity]) -> Satisfaction:
    """The same of activities that are at hand."""
    return satisfaction_of(Activity.objects.filter(pk__in=[activity.pk for activity in activities]))


def satisfaction_of(activities: QuerySet[Activity]) -> Satisfaction:
    """Of the people served by these activities; where none was asked, of the volunteers. Never both: one could be subtracted from the other."""
    inside = activities.order_by().values("pk")
    # One statement: (kind of place, 0, asked), then (side, score, answered).
    invited = RatingInvitation.objects.filter(activity__in=inside).values_list("sign_up__position__kind", Value(0)).annotate(n=Count("pk"))
    rated = Rating.objects.filter(activity__in=inside).order_by().values_list("side", "score").annotate(n=Count("pk"))
    found = list(invited.union(rated, all=True))
    asked = {kind: n for kind, score, n in found if not score}
    side = Rating.Side.SERVED if asked.get(Position.Kind.PARTICIPANT) else Rating.Side.SERVING
    counts = {score: n for whose, score, n in found if score and whose == side}
    return _satisfaction(side, counts, asked.get(KIND_OF_SIDE[side], 0))


def _satisfaction(side: str, counts: dict[int, int], asked: int) -> Satisfaction:
    answered = sum(counts.values())
    if answered < LEAST:
        return Satisfaction(side, answered, max(asked, answered), {}, None, None, None)
    good = counts.get(Rating.Score.VERY_GOOD, 0) + counts.get(Rating.Score.GOOD, 0)
    low, high = wilson(good, answered)
    return Satisfaction(side, answered, max(asked, answered), counts, round(100 * good / answered), round(100 * low), round(100 * high))


def rating_counts(activities: Iterable[int]) -> dict[int, int]:
    """Activity -> how many answers, from whomever."""
    return dict(Rating.objects.filter(activity__in=list(activities)).order_by().values_list("activity").annotate(n=Count("pk")))


def words_about(activity: Activity, *, side: str) -> list[str]:
    """What people wrote, in the order of the random ids; nothing below five answers."""
    said = list(Rating.objects.filter(activity=activity, side=side).order_by("id").values_list("words", flat=True))
    return [words for words in said if words] if len(said) >= LEAST else []


def invitation_for(code: str) -> RatingInvitation | None:
    """By the code of the sign-up."""
    return (
        RatingInvitation.objects.select_related("sign_up__person", "sign_up__position", "sign_up__shift", "activity__host")
        .filter(sign_up__code=code)
        .first()
    )


def to_invite() -> QuerySet[SignUp]:
    """People who came to shifts that ended in the last week and were not asked yet."""
    now = clock.now()
    return (
        SignUp.objects.filter(
            Exists(Attendance.objects.filter(sign_up=OuterRef("pk"), out_at__isnull=False)),
            ~Exists(RatingInvitation.objects.filter(sign_up=OuterRef("pk"))),
            position__kind__in=ASKED_KINDS,
            shift__ends_at__lte=now,
            shift__ends_at__gte=now - 7 * ONE_DAY,
        )
        .select_related("person", "position", "shift__activity")
        .order_by("pk")
    )


def is_closed(invitation: RatingInvitation) -> bool:
    """Too late to answer."""
    return invitation.asked_at < clock.now() - OPEN_FOR
