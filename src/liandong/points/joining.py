"""Points when two entries of one person become one: nothing is lost, nothing doubled, and what expires keeps its day."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from liandong.accounts.joining import hindrance, moves
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.points import queries
from liandong.points.models import PointsAccount, PointsEntry, PointsReservation, PointsRule, PoolGrant, TransferKind
from liandong.points.services.accounts import lock_accounts
from liandong.points.services.seasons import SPACE
from liandong.points.services.transfers import post


def accounts_of(person: Person, into: Person) -> tuple[PointsAccount | None, PointsAccount | None]:
    found = {account.person_id: account for account in PointsAccount.objects.filter(person__in=[person, into])}
    return found.get(person.pk), found.get(into.pk)


@hindrance
def points_on_their_way(person: Person, into: Person) -> Iterator[str]:
    """What is kept back names its account and keeps it: a voucher is used or given back first, a gift arrives first."""
    own, kept = accounts_of(person, into)
    if own is None or kept is None:
        return
    waiting = PointsReservation.objects.filter(state=PointsReservation.State.PENDING)
    if waiting.filter(source=own).exists() or waiting.filter(target=own).exists():
        yield _("Points of the entry that goes are kept back for a voucher or a gift. Have it used or given back first, or join the other way round.")


@hindrance
def granted_to_oneself(person: Person, into: Person) -> Iterator[str]:
    two = [person.pk, into.pk]
    if PoolGrant.objects.filter(Q(proposed_by__in=two) | Q(approved_by__in=two), person__in=two).exists():
        yield _("One of the two entries gave the other points from a caring pool. Look into it before you join them.")


@moves(PointsAccount)
def carry_points(person: Person, into: Person, by: Actor) -> int:
    """The account changes hands as it is; where both have one, what is left goes over: what never expires at once, of the rest each coming-in under its own day and rule. Welcome points count once."""
    own, kept = accounts_of(person, into)
    if own is None:
        return 0
    if kept is None:
        return PointsAccount.objects.filter(pk=own.pk).update(person=into)
    _give_back_second_welcome(lock_accounts([own.pk, kept.pk])[own.pk], kept, by=by)
    came = {entry.pk: entry.transfer for entry in PointsEntry.objects.filter(account=own, amount__gt=0).select_related("transfer__rule")}
    forever: tuple[dt.date | None, PointsRule | None] = (None, None)
    sums: dict[tuple[dt.date | None, PointsRule | None], int] = defaultdict(int)
    for lot in queries.lots_of(person):
        sums[forever if lot.expires_on is None else (queries.came_on(came[lot.entry]), came[lot.entry].rule)] += lot.left
    for (day, rule), amount in sums.items():
        key = uuid.uuid5(SPACE, f"merge:{own.pk}:{kept.pk}:{day}:{rule and rule.pk}")
        moved = {own.pk: -amount, kept.pk: amount}
        post(key, kind=TransferKind.MERGE, moves=moved, accounts=lock_accounts(moved), words=person.number, on_date=day, rule=rule, by=by)
    return 1


def _give_back_second_welcome(own: PointsAccount, kept: PointsAccount, *, by: Actor) -> None:
    """Both entries were welcomed, and one person is welcomed once: the second goes back to where it came from, as far as it is still there."""
    welcome = PointsEntry.objects.filter(transfer__kind=TransferKind.STARTER, amount__gt=0)
    second = welcome.filter(account=own).select_related("transfer__rule").first()
    if second is None or not welcome.filter(account=kept).exists():
        return
    source = second.transfer.entries.get(amount__lt=0).account_id
    amount = min(second.amount, own.available)
    if amount > 0:
        key = uuid.uuid5(SPACE, f"merge:welcome:{own.pk}")
        accounts = lock_accounts([own.pk, source])
        post(key, kind=TransferKind.MERGE, moves={own.pk: -amount, source: amount}, accounts=accounts, rule=second.transfer.rule, by=by)
