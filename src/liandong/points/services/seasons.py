"""What the calendar does to points: welcome points, expiry, settling between bodies, the published digest."""

import datetime as dt
import uuid
from collections import defaultdict
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.journal import services as journal
from liandong.notices.services import notify
from liandong.organizations.models import Organization
from liandong.points import clearing, digests, permissions, queries
from liandong.points.models import (
    ClearingLine,
    ClearingPosition,
    ClearingRun,
    PointsAccount,
    PointsDigest,
    PointsEntry,
    PointsTransfer,
    TransferKind,
)
from liandong.points.services.accounts import account_of, issue_account, lock_accounts, pool_of
from liandong.points.services.transfers import post

SPACE = uuid.UUID("0e0c4a52-56f3-5b3d-9a14-5e9c2f1b7a60")  # of ids made of what a transfer is for
WARN_DAYS = 30


@transaction.atomic
def grant_starter(person: Person, *, by: System) -> PointsTransfer | None:
    """Welcome points, once in a life, under whatever entry, as the rule of the place says; None when it gives none."""
    key = uuid.uuid5(SPACE, f"starter:{person.pk}")
    if earlier := PointsTransfer.objects.filter(pk=key).first():
        return earlier
    joined = PointsEntry.objects.filter(transfer__kind=TransferKind.STARTER, amount__gt=0).filter(
        Q(account__person=person) | Q(account__person__merged_into=person)
    )
    if earlier := PointsTransfer.objects.filter(entries__in=joined).first():
        return earlier
    rule = queries.rule_of(person)
    if not rule.starter_points:
        return None
    issue, own = issue_account(), account_of(person)
    accounts = lock_accounts([issue.pk, own.pk])
    moves = {issue.pk: -rule.starter_points, own.pk: rule.starter_points}
    return post(key, kind=TransferKind.STARTER, moves=moves, accounts=accounts, rule=rule, by=by)


def warn_of_expiry(*, today: dt.date) -> int:
    """Tell people once what will be gone within 30 days, and what they can do with it. Returns how many were told."""
    told = 0
    lots = [lot for lot in queries.lots_ending(before=today + dt.timedelta(days=WARN_DAYS + 1)) if lot.expires_on and lot.expires_on > today]
    people = Person.objects.in_bulk({lot.person for lot in lots})
    for (owner, last_day), some in groupby(lots, key=lambda lot: (lot.person, lot.last_day)):
        values = {"points": sum(lot.left for lot in some), "day": str(last_day)}
        key = f"points.expiring:{last_day}"
        told += notify(people[owner], kind="points.expiring", values=values, url=reverse("points:mine"), once_key=key) is not None
    return told


def expire(*, today: dt.date, by: System) -> int:
    """What is older than its rule allows goes into the caring pool of where its owner lives. Returns how many people. Each in a transaction of its own."""
    owners = {lot.person for lot in queries.lots_ending(before=today + dt.timedelta(days=1))}
    return sum(_expire_of(person, today=today, by=by) for person in Person.objects.filter(pk__in=owners).order_by("pk"))


@transaction.atomic
def _expire_of(person: Person, *, today: dt.date, by: System) -> bool:
    home = queries.home_of(person)
    own, pool = account_of(person), pool_of(home if home is not None and home.kind == Organization.Kind.COMMUNITY else None)
    accounts = lock_accounts([own.pk, pool.pk])
    gone = [lot for lot in queries.lots_of(person) if lot.expires_on is not None and lot.expires_on <= today]
    amount = sum(lot.left for lot in gone)
    if not amount:
        return False
    key = uuid.uuid5(SPACE, f"expiry:{own.pk}:{','.join(f'{lot.entry}-{lot.left}' for lot in gone)}")
    post(key, kind=TransferKind.EXPIRY, moves={own.pk: -amount, pool.pk: amount}, accounts=accounts, by=by)
    return True


# Settling between bodies


@transaction.atomic
def clear(month: dt.date, *, by: System) -> ClearingRun:
    """Settle a month, once: what lies in the tills goes back to those who issued it, and the fewest payments make the bodies even.

    What a body took in of its own points simply ends. Between two bodies no more is due in a month than the rule's limit; the rest follows in later months.
    Journal: points.cleared.
    """
    month = month.replace(day=1)
    books = PointsAccount.objects.filter(kind__in=(PointsAccount.Kind.TILL, PointsAccount.Kind.ISSUE)).values_list("pk", flat=True)
    accounts = lock_accounts(books)
    if earlier := ClearingRun.objects.filter(month_on=month).first():
        return earlier
    known = {pk: (kind, body) for pk, kind, body in PointsAccount.objects.values_list("pk", "kind", "organization")}
    held = clearing.origins(queries.transfers_in_order(), known)
    issuers = {account.organization_id: pk for pk, account in accounts.items() if account.kind == PointsAccount.Kind.ISSUE}
    moves: dict[int, int] = defaultdict(int)
    taken: dict[int | None, int] = defaultdict(int)
    redeemed: dict[int | None, int] = defaultdict(int)
    for pk, account in accounts.items():
        if account.kind != PointsAccount.Kind.TILL or account.balance <= 0:
            continue
        for issuer, amount in held.get(pk, {}).items():
            home = issuer if issuer in issuers else None
            moves[pk] -= amount
            moves[issuers[home]] += amount
            if home != account.organization_id:
                taken[account.organization_id] += amount
                redeemed[home] += amount
    made = None
    if moves:
        made = post(uuid.uuid5(SPACE, f"clearing:{month}"), kind=TransferKind.CLEARING, moves=dict(moves), accounts=accounts, by=by)
    run = ClearingRun.objects.create(month_on=month, transfer=made, made_at=clock.now())
    bodies = sorted({*taken, *redeemed}, key=lambda body: body or 0)
    ClearingPosition.objects.bulk_create(
        ClearingPosition(run=run, organization_id=body, redeemed_elsewhere=redeemed[body], taken_in=taken[body]) for body in bodies
    )
    limit = queries.rule_on(clock.today()).pair_limit
    lines = []
    for paid in clearing.net({body: taken[body] - redeemed[body] for body in bodies}):
        due = clock.next_month(month)
        for part in clearing.instalments(paid.amount, limit):
            lines.append(ClearingLine(run=run, debtor_id=paid.debtor, creditor_id=paid.creditor, amount=part, due_on=due))
            due = clock.next_month(due)
    ClearingLine.objects.bulk_create(lines)
    journal.record("points.cleared", on=run, after={"month": month, "lines": len(lines), "points": sum(line.amount for line in lines)}, by=by)
    return run


@transaction.atomic
def settle_line(line: ClearingLine, *, by: Person) -> ClearingLine:
    """The body that is owed says that it was made good. Said again it answers the same. Journal: points.line_settled."""
    line = ClearingLine.objects.select_for_update(of=["self"]).select_related("creditor__territory").get(pk=line.pk)
    require(permissions.can_settle_line(by, line))
    if line.settled_at is None:
        line.settled_at, line.settled_by = clock.now(), by
        line.save(update_fields=["settled_at", "settled_by"])
        journal.record("points.line_settled", on=line, after={"amount": line.amount}, by=by)
    return line


# The published digest


@transaction.atomic
def publish_digests(*, today: dt.date) -> int:
    """The digest of every month that is over and has none yet, in order. Returns how many were written. Published once, never changed."""
    first = PointsTransfer.objects.order_by("made_at").values_list("made_at", flat=True).first()
    if first is None:
        return 0
    last = PointsDigest.objects.select_for_update().order_by("-month_on").first()
    month = clock.next_month(last.month_on) if last else timezone.localtime(first).date().replace(day=1)
    previous, written = last.digest if last else "", 0
    while clock.next_month(month) <= today:
        digest, count = digests.digest_of(month, previous=previous)
        row = PointsDigest.objects.create(month_on=month, previous=previous, digest=digest, transfer_count=count, made_at=clock.now())
        journal.record("points.digest_published", on=row, after={"month": month, "digest": digest, "transfers": count}, by=System("ledger"))
        previous, month, written = digest, clock.next_month(month), written + 1
    return written
