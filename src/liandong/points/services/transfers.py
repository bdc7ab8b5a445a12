"""The points ledger: transfers between accounts. What leaves one account enters another, once, or nothing happens."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.context import request_id
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.journal import reactions_registry
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.points import permissions, queries
from liandong.points.models import PointsAccount, PointsEntry, PointsRule, PointsTransfer
from liandong.points.permissions import Actor
from liandong.points.services.accounts import account_of, issue_account, lock_accounts, stands_for, written_off_of

Kind = PointsTransfer.Kind
VERB = "points.transferred"


def transfer(
    transfer_id: uuid.UUID,
    *,
    source: PointsAccount,
    target: PointsAccount,
    amount: int,
    kind: str = Kind.GIFT,
    words: str = "",
    rule: PointsRule | None = None,
    by: Actor,
) -> PointsTransfer:
    """Move `amount` whole points from `source` to `target`: one SQL statement, which is a transaction of its own when there is none around it.

    The caller chooses the id. The same id with the same body again answers with the first transfer and moves nothing; with another body it is a Conflict.
    Refuses what the source does not have free. Awards and corrections are not made here but by the verbs of the record. Journal: points.transferred.
    """
    require(permissions.can_transfer(by, source))
    if kind in (Kind.AWARD, Kind.CORRECTION):
        raise Refused(_("Points for service come from a confirmed record only."))
    if amount < 1 or source.pk == target.pk:
        raise Refused(_("Give at least one point to somebody else."), field="amount")
    made_by, now = journal.key_of(by), clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "select answer, there, entry from points_transfer(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [transfer_id, kind, source.pk, target.pk, amount, words, made_by, now, clock.today(), rule.pk if rule else None, request_id()],
        )
        answer, there, entry = cursor.fetchone()
    if answer == "short":
        raise short(there, amount)
    if answer == "other":
        raise used_before()
    if answer == "same":
        return PointsTransfer.objects.get(pk=transfer_id)
    for name in reactions_registry.names_for(VERB):
        reactions_registry.defer(name, entry_id=entry)
    return PointsTransfer(id=transfer_id, kind=kind, words=words, made_by=made_by, made_at=now, on_date=clock.today(), rule=rule)


def post(
    transfer_id: uuid.UUID,
    *,
    kind: str,
    moves: Mapping[int, int],
    accounts: Mapping[int, PointsAccount],
    words: str = "",
    on_date: dt.date | None = None,
    rule: PointsRule | None = None,
    capped: int = 0,
    refund_of: PointsTransfer | None = None,
    by: Actor,
) -> PointsTransfer:
    """Write a transfer between accounts that the caller has locked. `moves` sums to zero; empty for an award of nothing."""
    if earlier := PointsTransfer.objects.filter(pk=transfer_id).first():
        return _same(earlier, kind=kind, moves=moves)
    for pk, amount in moves.items():
        account = accounts[pk]
        if account.floor is not None and amount < 0 and account.available + amount < account.floor:
            raise short(account.available, -amount)
    try:
        with transaction.atomic():
            made = PointsTransfer.objects.create(
                id=transfer_id,
                kind=kind,
                words=words,
                made_by=journal.key_of(by),
                made_at=clock.now(),
                on_date=on_date or clock.today(),
                rule=rule,
                capped=capped,
                refund_of=refund_of,
            )
    except IntegrityError:  # the same id, between other accounts, a moment ago
        return _same(PointsTransfer.objects.get(pk=transfer_id), kind=kind, moves=moves)
    PointsEntry.objects.bulk_create(PointsEntry(transfer=made, account_id=pk, amount=amount) for pk, amount in moves.items())
    journal.record(VERB, on=made, after={"kind": kind, "amount": max(moves.values(), default=0)}, by=by)
    return made


def short(available: int, amount: int) -> Refused:
    return Refused(_("Not enough points: there are %(balance)s, %(amount)s are needed.") % {"balance": available, "amount": amount}, field="amount")


def used_before() -> Conflict:
    return Conflict(_("This transfer number was already used for something else."))


def _same(earlier: PointsTransfer, *, kind: str, moves: Mapping[int, int]) -> PointsTransfer:
    entries = dict(earlier.entries.values_list("account_id", "amount"))
    if (earlier.kind, entries) != (kind, dict(moves)):
        raise used_before()
    return earlier


@transaction.atomic
def refund(transfer_id: uuid.UUID, *, amount: int | None = None, reason: str = "", refund_id: uuid.UUID | None = None, by: Actor) -> PointsTransfer:
    """Give points of a finished exchange back to whom they came from: all that is left of it, or `amount`. Never more than was given.

    Asked again without `refund_id` and `amount` it answers with the first refund; parts carry an id of their own. Journal: points.transferred.
    """
    first = PointsTransfer.objects.filter(pk=transfer_id).first()
    if first is None or first.kind not in (Kind.SPEND, Kind.GIFT):
        raise Refused(_("There is nothing to give back: these points were not handed over."))
    (source, given), (target, _got) = first.entries.order_by("amount").values_list("account_id", "amount")
    source = stands_for(source)
    accounts = lock_accounts([source, target])
    require(permissions.can_refund(by, accounts[target]))
    refund_id = refund_id or uuid.uuid5(transfer_id, "refund")
    if earlier := PointsTransfer.objects.filter(pk=refund_id).first():
        if earlier.refund_of_id != transfer_id or (amount is not None and not earlier.entries.filter(amount=amount).exists()):
            raise used_before()
        return earlier
    left = -given - queries.refunded(first)
    amount = left if amount is None else amount
    if not 1 <= amount <= left:
        raise Refused(_("Between 1 and %(left)s points can be given back.") % {"left": left}, field="amount")
    return post(
        refund_id,
        kind=Kind.REFUND,
        moves={target: -amount, source: amount},
        accounts=accounts,
        words=reason[:200],
        rule=first.rule,
        refund_of=first,
        by=by,
    )


@transaction.atomic
def settle(
    transfer_id: uuid.UUID,
    *,
    person: Person,
    due: int,
    is_correction: bool,
    organization: Organization | None = None,
    rule: PointsRule | None = None,
    on_date: dt.date | None = None,
    by: Actor,
) -> tuple[PointsTransfer, int, int]:
    """Bring what a service is worth to the person's account: (the transfer, points moved, points that could not be taken back).

    `due` is the difference to what the service brought so far; `organization` the body that issues the points; `rule` the version, whose caps of the day
    and the month of `on_date` keep back what is above them (`capped` on the transfer). When points are taken back that were already spent, what is there
    and free is taken; the rest is written off by the body that recorded wrongly. Nobody goes below zero, nobody is asked to pay (docs/points.md).
    """
    issue, own, lost = issue_account(organization), account_of(person), written_off_of(organization)
    accounts = lock_accounts([issue.pk, own.pk, lost.pk] if due < 0 else [issue.pk, own.pk])
    kind = Kind.CORRECTION if is_correction else Kind.AWARD
    if earlier := PointsTransfer.objects.filter(pk=transfer_id).first():  # told again: what was moved then
        sums = dict(earlier.entries.values_list("account_id", "amount"))
        if earlier.kind != kind or (sums.get(own.pk, 0) - due + earlier.capped if due >= 0 else sums.get(issue.pk, 0) + due):
            raise used_before()
        return earlier, sums.get(own.pk, 0), -sums.get(lost.pk, 0)
    moves, capped, kept = {}, 0, 0
    if due > 0:
        capped = due - min(due, _room(own, rule, on_date or clock.today()))
        moves = {issue.pk: capped - due, own.pk: due - capped}
    elif due < 0:
        taken = min(-due, max(accounts[own.pk].available, 0))
        kept = -due - taken
        moves = {issue.pk: -due, own.pk: -taken, lost.pk: -kept}
    moves = {pk: amount for pk, amount in moves.items() if amount}
    made = post(transfer_id, kind=kind, moves=moves, accounts=accounts, on_date=on_date, rule=rule, capped=capped, by=by)
    return made, moves.get(own.pk, 0), kept


def _room(own: PointsAccount, rule: PointsRule | None, day: dt.date) -> int:
    """How many points for service may still come in for this day, by the caps of the rule."""
    if rule is None or (rule.day_cap_points is None and rule.month_cap_points is None):
        return 2**31
    earned = PointsEntry.objects.filter(account=own, transfer__kind__in=(Kind.AWARD, Kind.CORRECTION))
    of_month = earned.filter(transfer__on_date__year=day.year, transfer__on_date__month=day.month)
    room = 2**31
    if rule.day_cap_points is not None:
        room = rule.day_cap_points - (of_month.filter(transfer__on_date=day).aggregate(total=Sum("amount"))["total"] or 0)
    if rule.month_cap_points is not None:
        room = min(room, rule.month_cap_points - (of_month.aggregate(total=Sum("amount"))["total"] or 0))
    return max(room, 0)
