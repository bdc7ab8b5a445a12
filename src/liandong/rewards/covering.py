"""What the board of promises reads: points outstanding by age, by place and by the age of their people; what the shelf gives in a month; how both went."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from liandong.core import clock
from liandong.core.memory import kept
from liandong.organizations.models import Territory
from liandong.points import queries as points
from liandong.points.models import PointsAccount, PointsEntry, TransferKind
from liandong.rewards import permissions
from liandong.rewards.models import Redemption, Reward
from liandong.rewards.solvency import AGES, LOTS, OLDEST, YOUNGEST, Start

USUAL_AGE = 45  # of somebody whose day of birth is not known
EARNED = (TransferKind.AWARD, TransferKind.CORRECTION, TransferKind.STARTER, TransferKind.POOL)

# What is spent first, the ledger says (`points.LOTS`); what is kept back for a voucher is still promised.
_LOTS = """
with people as (
    select a.id, coalesce(extract(year from age(%(today)s::date, p.birth_date))::int, %(usual)s) as age, t.path
    from points_pointsaccount a join accounts_person p on p.id = a.person_id
    left join volunteers_volunteerprofile v on v.person_id = p.id left join organizations_territory t on t.id = v.residence_id
)
select extract(year from lots.came_on)::int, people.path, people.age, (%(today)s::date - lots.came_on) / 365, sum(lots.owed)::bigint
from ({lots}) lots join people on people.id = lots.account_id where lots.owed > 0
group by 1, 2, 3, 4
"""
_EARNED = """
select coalesce(extract(year from age(%(today)s::date, p.birth_date))::int, %(usual)s), v_t.path, sum(e.amount)::bigint
from points_pointsentry e join points_pointstransfer t on t.id = e.transfer_id join points_pointsaccount a on a.id = e.account_id and a.kind = 'person'
join accounts_person p on p.id = a.person_id
left join volunteers_volunteerprofile v on v.person_id = p.id left join organizations_territory v_t on v_t.id = v.residence_id
where t.kind = any(%(kinds)s) and t.made_at >= %(since)s group by 1, 2
"""


@dataclass(frozen=True)
class Lot:
    year: int
    path: str
    age: int
    years_old: int
    left: int


@dataclass(frozen=True)
class Figures:
    """One ground, today."""

    lots: list[Lot]
    earned: list[tuple[int, str, int]]  # age, home, points in the last year
    shelf_month: float

    @property
    def promised(self) -> int:
        return sum(lot.left for lot in self.lots)

    @property
    def shelf_year(self) -> float:
        return 12 * self.shelf_month

    @property
    def cover(self) -> int | None:
        """The shelf of a year against all that is promised, in percent; None where nothing is."""
        return round(100 * self.shelf_year / self.promised) if self.promised else None

    @property
    def by_year(self) -> list[tuple[int, int]]:
        """Outstanding points by the year in which they were earned, the oldest first."""
        sums: dict[int, int] = defaultdict(int)
        for lot in self.lots:
            sums[lot.year] += lot.left
        return sorted(sums.items())

    def start(self) -> Start:
        """For the model."""
        held, earned = np.zeros((AGES, LOTS)), np.zeros(AGES)
        for lot in self.lots:
            held[_row(lot.age), min(max(lot.years_old, 0), LOTS - 1)] += lot.left
        for age, _path, amount in self.earned:
            earned[_row(age)] += max(amount, 0)
        return Start(held, earned, self.shelf_year)


def _row(age: int) -> int:
    return min(max(age, YOUNGEST), OLDEST) - YOUNGEST


def figures(territory: Territory | None) -> Figures:
    """Of a ground; None is the whole site. People whose home is not known count to the whole site only, or to its only street."""
    today = clock.today()
    values: dict[str, Any] = {"today": today, "usual": USUAL_AGE}
    since = clock.day_bounds(today - dt.timedelta(days=365))[0]

    def read() -> tuple[list[Lot], list[tuple[int, str, int]]]:
        with connection.cursor() as cursor:
            cursor.execute(_LOTS.format(lots=points.LOTS.format(accounts="true")), values | {"zone": settings.TIME_ZONE})
            lots = [Lot(year, path or "", age, years_old, left) for year, path, age, years_old, left in cursor.fetchall()]
            cursor.execute(_EARNED, values | {"kinds": [str(kind) for kind in EARNED], "since": since})
            return lots, [(age, path or "", amount) for age, path, amount in cursor.fetchall()]

    lots, earned = kept("rewards.lots", read)
    inside = _inside(territory)
    return Figures([lot for lot in lots if inside(lot.path)], [row for row in earned if inside(row[1])], shelf_month(territory))


def _inside(territory: Territory | None) -> Callable[[str], bool]:
    if territory is None:
        return lambda path: True
    others = Territory.objects.filter(level=Territory.Level.STREET, to_date__isnull=True).exclude(path__startswith=territory.path).exists()
    return lambda path: path.startswith(territory.path) or (not path and not others)


def on_shelf(territory: Territory | None) -> QuerySet[Reward]:
    rows = permissions.listed()
    return rows if territory is None else rows.filter(territory__path__startswith=territory.path)


def monthly(reward: Reward) -> float:
    """Pieces a month: what the body says it can give, and no more than its stock gives over the year (or until its last day)."""
    if reward.left_count is None:
        return float(reward.monthly_count)
    months = 12.0
    if reward.to_date is not None:
        months = min(12.0, max(1.0, (reward.to_date - clock.today()).days / 30.4))
    return min(float(reward.monthly_count), reward.left_count / months)


def shelf_month(territory: Territory | None) -> float:
    return sum(monthly(reward) * reward.points for reward in on_shelf(territory).only("left_count", "monthly_count", "to_date", "points"))


@dataclass(frozen=True)
class Place:
    name: str
    promised: int
    shelf_month: float

    @property
    def cover(self) -> int | None:
        return round(100 * 12 * self.shelf_month / self.promised) if self.promised else None

    @property
    def words(self) -> str:
        return "–" if self.cover is None else f"{min(self.cover, 999)}%"


def by_place(found: Figures, territory: Territory | None) -> list[Place]:
    """One level below: the streets of a district, the communities of a street. The worst covered first."""
    below = Territory.objects.filter(to_date__isnull=True).exclude(level=Territory.Level.BUILDING)
    below = below.filter(level=Territory.Level.STREET) if territory is None or territory.level in _WIDE else below.filter(parent=territory)
    if territory is not None:
        below = below.filter(path__startswith=territory.path)
    shelf: dict[str, float] = defaultdict(float)
    for reward in on_shelf(territory).select_related("territory"):
        shelf[reward.territory.path] += monthly(reward) * reward.points
    promised: dict[str, int] = defaultdict(int)
    for lot in found.lots:
        promised[lot.path] += lot.left
    places = [
        Place(
            row.name,
            sum(left for path, left in promised.items() if path.startswith(row.path)),
            sum(value for path, value in shelf.items() if path.startswith(row.path)),
        )
        for row in below.order_by("pinyin", "id")
    ]
    return sorted(places, key=lambda place: (place.cover is None, place.cover or 0, place.name))


_WIDE = (Territory.Level.PROVINCE, Territory.Level.CITY, Territory.Level.DISTRICT)


@dataclass(frozen=True)
class Month:
    first: dt.date
    promised: int
    spent: int


def history(months: int = 12) -> list[Month]:
    """Of the whole site: what was promised at the end of each month, and what was spent in it."""
    return kept(f"rewards.history:{months}:{clock.today()}", lambda: _history(months))


def _history(months: int) -> list[Month]:
    today = clock.today()
    firsts = [_month_back(today, n) for n in range(months - 1, -1, -1)]
    rows = (
        PointsEntry.objects.filter(account__kind=PointsAccount.Kind.PERSON)
        .annotate(month=TruncMonth("transfer__made_at"))
        .order_by()
        .values_list("month")
        .annotate(total=Sum("amount"), out=Sum("amount", filter=Q(transfer__kind=TransferKind.SPEND, amount__lt=0)))
    )
    moved: dict[dt.date, tuple[int, int]] = {month.date(): (total or 0, -(out or 0)) for month, total, out in rows}
    return [Month(first, sum(total for month, (total, _out) in moved.items() if month <= first), moved.get(first, (0, 0))[1]) for first in firsts]


def _month_back(day: dt.date, n: int) -> dt.date:
    index = day.year * 12 + day.month - 1 - n
    return dt.date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Spenders:
    """How many of those with points have ever spent some."""

    people: int
    spent: int

    @property
    def percent(self) -> int:
        return round(100 * self.spent / self.people) if self.people else 0


def spenders() -> Spenders:
    return kept("rewards.spenders", _spenders)


def _spenders() -> Spenders:
    holders = PointsAccount.objects.filter(kind=PointsAccount.Kind.PERSON, entries__amount__gt=0).distinct().count()
    spent = Redemption.objects.filter(state__in=(Redemption.State.RESERVED, Redemption.State.USED)).values("person").distinct().count()
    return Spenders(holders, min(spent, holders))
