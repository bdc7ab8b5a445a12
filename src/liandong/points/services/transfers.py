"""The points ledger: transfers between accounts. What leaves one account enters another, once, or nothing happens."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.points import permissions
from liandong.points.models import PointsAccount, PointsEntry, PointsTransfer
from liandong.points.permissions import Actor

Kind = PointsTransfer.Kind


@transaction.atomic
def transfer(
    transfer_id: uuid.UUID, *, source: PointsAccount, target: PointsAccount, amount: int, kind: str = Kind.GIFT, words: str = "", by: Actor
) -> PointsTransfer:
    """Move `amount` whole points from `source` to `target`.

    The caller chooses the id. The same id with the same body again answers with the first transfer and moves nothing; with another body it is refused.
    Refuses what the source does not have. Awards and corrections are not made here but by the verbs of the record.
    """
    accounts = lock_accounts([source.pk, target.pk])
    source, target = accounts[source.pk], accounts[target.pk]
    require(permissions.can_transfer(by, source))
    if kind in (Kind.AWARD, Kind.CORRECTION):
        raise Refused(_("Points for service come from a confirmed record only."))
    if amount < 1 or source.pk == target.pk:
        raise Refused(_("Give at least one point to somebody else."), field="amount")
    return post(transfer_id, kind=kind, moves={source.pk: -amount, target.pk: amount}, accounts=accounts, words=words, by=by)


def post(
    transfer_id: uuid.UUID,
    *,
    kind: str,
    moves: Mapping[int, int],
    accounts: Mapping[int, PointsAccount],
    words: str = "",
    by: Actor,
) -> PointsTransfer:
    """Write a transfer between accounts that the caller has locked. `moves` sums to zero; empty for an award of nothing."""
    if earlier := PointsTransfer.objects.filter(pk=transfer_id).first():
        return _same(earlier, kind=kind, moves=moves)
    for pk, amount in moves.items():
        account = accounts[pk]
        if account.floor is not None and account.balance + amount < account.floor:
            raise Refused(_("Not enough points: there are %(balance)s, %(amount)s are needed.") % {"balance": account.balance, "amount": -amount})
    try:
        with transaction.atomic():
            made = PointsTransfer.objects.create(id=transfer_id, kind=kind, words=words, made_by=journal.key_of(by), made_at=clock.now())
    except IntegrityError:  # the same id, between other accounts, a moment ago
        return _same(PointsTransfer.objects.get(pk=transfer_id), kind=kind, moves=moves)
    PointsEntry.objects.bulk_create(PointsEntry(transfer=made, account_id=pk, amount=amount) for pk, amount in moves.items())
    journal.record("points.transferred", on=made, after={"kind": kind, "amount": max(moves.values(), default=0)}, by=by)
    return made


def _same(earlier: PointsTransfer, *, kind: str, moves: Mapping[int, int]) -> PointsTransfer:
    entries = dict(earlier.entries.values_list("account_id", "amount"))
    if (earlier.kind, entries) != (kind, dict(moves)):
        raise Refused(_("This transfer number was already used for something else."))
    return earlier


def lock_accounts(ids: Iterable[int]) -> dict[int, PointsAccount]:
    """The accounts by id, locked in the order of their ids, so that two transfers never wait for each other."""
    rows = PointsAccount.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {account.pk: account for account in rows}


def account_of(person: Person) -> PointsAccount:
    """The person's account, opened when there is none."""
    return PointsAccount.objects.get_or_create(person=person, defaults={"kind": PointsAccount.Kind.PERSON})[0]


def issue_account() -> PointsAccount:
    """The account all points for service come from; its balance is minus what was issued."""
    return PointsAccount.objects.get(kind=PointsAccount.Kind.ISSUE)


def settle(transfer_id: uuid.UUID, *, person: Person, due: int, is_correction: bool, by: Actor) -> tuple[PointsTransfer, int, int]:
    """Bring what a service is worth to the person's account: (the transfer, points moved, points that could not be taken back).

    `due` is the difference to what the service brought so far. What was already spent is not taken back: the volunteer gave it away in good faith.
    """
    issue, own = issue_account(), account_of(person)
    accounts = lock_accounts([issue.pk, own.pk])
    moved = max(due, -accounts[own.pk].balance) if due < 0 else due
    moves = {issue.pk: -moved, own.pk: moved} if moved else {}
    made = post(transfer_id, kind=Kind.CORRECTION if is_correction else Kind.AWARD, moves=moves, accounts=accounts, by=by)
    return made, moved, moved - due
