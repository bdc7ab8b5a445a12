"""Which points are spent first, said once: statement, warning, expiry and the board of promises read what is left of each coming-in from here."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.points.models import PointsTransfer, TransferKind

# Points that expire first are spent first, then the oldest, whatever they are spent on. So what an account has is what goes last: `owed` of each coming-in,
# and `free` of it without what is kept back. Over all of somebody's lots `owed` sums to the balance. Takes a condition on the accounts `a`, and `zone`.
LOTS = """
select l.*, greatest(0, least(amount, balance - later))::bigint as owed, greatest(0, least(amount, balance - pending - later))::bigint as free
from (
    select c.*, sum(amount) over (partition by account_id order by expires_on desc nulls first, made_at desc, entry_id desc) - amount as later
    from (
        select e.account_id, a.person_id, a.balance, a.pending, e.id as entry_id, e.amount, t.made_at,
               aged.came_on, (aged.came_on + make_interval(months => r.expiry_months))::date as expires_on
        from points_pointsaccount a join points_pointsentry e on e.account_id = a.id and e.amount > 0
        join points_pointstransfer t on t.id = e.transfer_id left join points_pointsrule r on r.id = t.rule_id
        cross join lateral (select case when t.kind = 'merge' then t.on_date else (t.made_at at time zone %(zone)s)::date end as came_on) aged
        where a.kind = 'person' and a.balance > 0 and {accounts}
    ) c
) l
"""


def came_on(transfer: PointsTransfer) -> dt.date:
    """The day from which points of a transfer age; those of an entry that was joined keep theirs."""
    return transfer.on_date if transfer.kind == TransferKind.MERGE and transfer.on_date else timezone.localdate(transfer.made_at)


@dataclass(frozen=True)
class Lot:
    """What is free of one coming-in of points: `expires_on` is the first day on which it is gone, None for never."""

    person: int
    entry: int
    left: int
    expires_on: dt.date | None

    @property
    def last_day(self) -> dt.date | None:
        return self.expires_on - dt.timedelta(days=1) if self.expires_on else None


def lots_of(person: Person) -> list[Lot]:
    """What somebody's free points are made of, soonest gone first."""
    return _lots("a.person_id = %(person)s", "true", person=person.pk)


def lots_ending(*, before: dt.date) -> list[Lot]:
    """What of everybody's points is gone before this day. Looks only at accounts whose points can expire at all."""
    some = "exists (select 1 from points_pointsrule u where u.expiry_months is not null)"
    return _lots(some, "expires_on < %(before)s", before=before)


_FREE = """
select person_id, entry_id, free, expires_on from ({all}) f where free > 0 and {lots} order by account_id, expires_on nulls last, made_at, entry_id
"""


def _lots(accounts: str, lots: str, **values: int | dt.date) -> list[Lot]:
    with connection.cursor() as cursor:
        cursor.execute(_FREE.format(all=LOTS.format(accounts=accounts), lots=lots), {"zone": settings.TIME_ZONE, **values})
        return [Lot(*row) for row in cursor.fetchall()]


def expiring_soon(person: Person, *, days: int = 30) -> tuple[int, dt.date | None]:
    """(points, the last day of the first of them) that are gone within so many days."""
    until = clock.today() + dt.timedelta(days=days)
    soon = [lot for lot in lots_of(person) if lot.expires_on is not None and lot.expires_on <= until]
    return sum(lot.left for lot in soon), soon[0].last_day if soon else None
