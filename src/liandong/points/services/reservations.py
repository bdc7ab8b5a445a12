"""Two-phase transfers: points are kept back while something is being handed over, then move, or stay."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal
from liandong.points import permissions, queries
from liandong.points.models import PointsAccount, PointsReservation, PointsTransfer
from liandong.points.permissions import Actor
from liandong.points.services.accounts import lock_accounts
from liandong.points.services.transfers import post, short, used_before

State = PointsReservation.State
Kind = PointsTransfer.Kind


@transaction.atomic
def reserve(
    transfer_id: uuid.UUID,
    *,
    source: PointsAccount,
    target: PointsAccount,
    amount: int,
    kind: str = Kind.SPEND,
    words: str = "",
    until: dt.datetime | None = None,
    at_end: str = State.RELEASED,
    by: Actor,
) -> PointsReservation:
    """Keep `amount` points back on `source`, for `target`, until `complete` or `release`; at `until` it ends by itself as `at_end` says.

    The same id with the same body again answers with the first; with another body it is a Conflict. Refuses what is not free. Journal: points.reserved.
    """
    if earlier := PointsReservation.objects.filter(pk=transfer_id).first():
        return _same(earlier, source=source, target=target, amount=amount, kind=kind)
    accounts = lock_accounts([source.pk, target.pk])
    if earlier := PointsReservation.objects.filter(pk=transfer_id).first():
        return _same(earlier, source=source, target=target, amount=amount, kind=kind)
    if PointsTransfer.objects.filter(pk=transfer_id).exists():
        raise used_before()
    require(permissions.can_transfer(by, source))
    if kind in (Kind.AWARD, Kind.CORRECTION):
        raise Refused(_("Points for service come from a confirmed record only."))
    if amount < 1 or source.pk == target.pk:
        raise Refused(_("Give at least one point to somebody else."), field="amount")
    locked = accounts[source.pk]
    if locked.floor is not None and locked.available - amount < locked.floor:
        raise short(locked.available, amount)
    try:
        with transaction.atomic():
            made = PointsReservation.objects.create(
                id=transfer_id,
                kind=kind,
                source=source,
                target=target,
                amount=amount,
                words=words[:200],
                until_at=until,
                at_end=at_end,
                made_by=journal.key_of(by),
                made_at=clock.now(),
            )
    except IntegrityError:  # the same id, between other accounts, a moment ago
        return _same(PointsReservation.objects.get(pk=transfer_id), source=source, target=target, amount=amount, kind=kind)
    journal.record("points.reserved", on=made, after={"kind": kind, "amount": amount, "until": until}, by=by)
    return made


@transaction.atomic
def complete(transfer_id: uuid.UUID, *, amount: int | None = None, by: Actor) -> PointsTransfer:
    """What was kept back moves, all of it or `amount` of it (the rest is free again). Completed again it answers with the transfer that was made."""
    row, accounts = _locked(transfer_id)
    require(permissions.can_complete(by, row))
    if row.state == State.COMPLETED:
        assert row.transfer is not None
        if amount is not None and not row.transfer.entries.filter(amount=amount).exists():
            raise used_before()
        return row.transfer
    if row.state == State.RELEASED:
        raise Refused(_("These points were released already: %(reason)s") % {"reason": row.end_reason})
    amount = row.amount if amount is None else amount
    if not 1 <= amount <= row.amount:
        raise Refused(_("Between 1 and %(left)s points were kept back.") % {"left": row.amount}, field="amount")
    accounts[row.source_id].pending -= row.amount
    moves = {row.source_id: -amount, row.target_id: amount}
    # The reservation ends first, so that its points are free for the transfer; the key to it is checked when both are written.
    row.state, row.ended_by, row.ended_at, row.transfer_id = State.COMPLETED, journal.key_of(by), clock.now(), row.pk
    row.save(update_fields=["state", "ended_by", "ended_at", "transfer"])
    rule = queries.rule_of(row.target.person) if row.target.person is not None else None
    made = post(row.pk, kind=row.kind, moves=moves, accounts=accounts, words=row.words, rule=rule, by=by)
    journal.record("points.completed", on=row, before={"state": "pending"}, after={"state": "completed", "amount": amount}, by=by)
    return made


@transaction.atomic
def release(transfer_id: uuid.UUID, *, reason: str = "", by: Actor) -> PointsReservation:
    """Nothing was handed over: the points are free again. Released again it answers the same. Journal: points.released."""
    row, _accounts = _locked(transfer_id)
    require(permissions.can_release(by, row))
    if row.state == State.RELEASED:
        return row
    if row.state == State.COMPLETED:
        raise Refused(_("This was handed over already. What is returned is a refund."))
    row.state, row.ended_by, row.ended_at, row.end_reason = State.RELEASED, journal.key_of(by), clock.now(), reason[:200]
    row.save(update_fields=["state", "ended_by", "ended_at", "end_reason"])
    journal.record("points.released", on=row, before={"state": "pending"}, after={"state": "released"}, reason=reason, by=by)
    return row


def end_due(*, by: Actor) -> int:
    """End what has come to its `until`, each in a transaction of its own. Returns how many."""
    due = PointsReservation.objects.filter(state=State.PENDING, until_at__lte=clock.now()).order_by("until_at", "pk")
    ended = 0
    for row in list(due[:500]):
        try:
            if row.at_end == State.COMPLETED:
                complete(row.pk, by=by)
            else:
                release(row.pk, reason=_("Time ran out"), by=by)
        except Refused:  # it was ended the other way a moment ago, by hand
            continue
        ended += 1
    return ended


def _locked(transfer_id: uuid.UUID) -> tuple[PointsReservation, dict[int, PointsAccount]]:
    row = PointsReservation.objects.filter(pk=transfer_id).first()
    if row is None:
        raise Refused(_("No points were kept back under this number."))
    accounts = lock_accounts([row.source_id, row.target_id])
    row = (
        PointsReservation.objects.select_for_update(of=["self"])
        .select_related("source", "target__organization", "target__person", "transfer")
        .get(pk=transfer_id)
    )
    return row, accounts


def _same(earlier: PointsReservation, *, source: PointsAccount, target: PointsAccount, amount: int, kind: str) -> PointsReservation:
    if (earlier.source_id, earlier.target_id, earlier.amount, earlier.kind) != (source.pk, target.pk, amount, kind):
        raise used_before()
    return earlier
