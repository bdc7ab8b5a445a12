"""Balances, statements, family, and who never spends."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.points.models import FamilyTie, PointsAccount, PointsEntry, PointsReservation, PointsTransfer, TransferKind


def balance_of(person: Person) -> int:
    return PointsAccount.objects.filter(person=person).values_list("balance", flat=True).first() or 0


def available_of(person: Person) -> int:
    """What somebody may spend now: the balance without what is kept back."""
    balance, pending = PointsAccount.objects.filter(person=person).values_list("balance", "pending").first() or (0, 0)
    return balance - pending


def account_if_any(person: Person) -> PointsAccount | None:
    return PointsAccount.objects.filter(person=person).first()


def statement_of(person: Person) -> QuerySet[PointsEntry]:
    """The person's entries, newest first, each with `running`: the balance after it, whatever is filtered afterwards."""
    earlier = Q(transfer__made_at__lt=OuterRef("transfer__made_at")) | Q(transfer__made_at=OuterRef("transfer__made_at"), pk__lte=OuterRef("pk"))
    upto = PointsEntry.objects.filter(earlier, account=OuterRef("account")).order_by().values("account")
    return (
        PointsEntry.objects.filter(account__person=person)
        .annotate(running=Subquery(upto.annotate(total=Sum("amount")).values("total")))
        .select_related("transfer__rule")
        .order_by("-transfer__made_at", "-id")
    )


def entries_of(account: PointsAccount) -> QuerySet[PointsEntry]:
    """The entries of an account as they were written, newest first."""
    return PointsEntry.objects.filter(account=account).select_related("transfer").order_by("-id")


def put_running(entries: Sequence[PointsEntry], account: PointsAccount) -> None:
    """Give neighbouring entries, newest first, their `running`: the balance after each. One query, however long the account is."""
    if not entries:
        return
    newer = PointsEntry.objects.filter(account=account, pk__gt=entries[0].pk).aggregate(total=Sum("amount"))["total"] or 0
    running = account.balance - newer
    for entry in entries:
        entry.running = running  # type: ignore[attr-defined]
        running -= entry.amount


def others_of(entries: Iterable[PointsEntry]) -> dict[uuid.UUID, PointsAccount]:
    """Transfer -> the other account of it, where there is just one: who gave, who got."""
    entries = list(entries)
    own = {entry.transfer_id: entry.account_id for entry in entries}
    found: dict[uuid.UUID, PointsAccount] = {}
    rows = PointsEntry.objects.filter(transfer__in=own).select_related("account__person", "account__organization").order_by("id")
    for row in rows:
        if row.account_id != own[row.transfer_id]:
            found[row.transfer_id] = row.account
    return found


@dataclass(frozen=True)
class Sums:
    """What came to somebody and went, since the beginning; corrections count to what was earned."""

    earned: int
    received: int
    spent: int
    given: int
    expired: int

    @property
    def used(self) -> int:
        return self.spent + self.given


def sums_of(person: Person) -> Sums:
    rows = PointsEntry.objects.filter(account__person=person).order_by().values_list("transfer__kind")
    found = {kind: (total, plus or 0) for kind, total, plus in rows.annotate(total=Sum("amount"), plus=Sum("amount", filter=Q(amount__gt=0)))}

    def total(*kinds: str) -> int:
        return sum(found.get(kind, (0, 0))[0] for kind in kinds)

    got = found.get("gift", (0, 0))[1]
    return Sums(
        earned=total("award", "correction", "starter", "merge"),
        received=got + total("pool"),
        spent=-total("spend", "refund"),
        given=got - total("gift"),
        expired=-total("expiry"),
    )


def pending_of(person: Person) -> QuerySet[PointsReservation]:
    """What is kept back for something, soonest end first."""
    return (
        PointsReservation.objects.filter(source__person=person, state=PointsReservation.State.PENDING)
        .select_related("target__person", "target__organization")
        .order_by(F("until_at").asc(nulls_last=True), "made_at")
    )


# Who never spends


def never_spent(*, at_least: int = 1, since: dt.date | None = None, people: Iterable[int] | None = None) -> QuerySet[PointsAccount]:
    """Accounts of people with at least so many free points who never exchanged and never gave any, the fullest first; `since`: whose first
    points came before that day. For asking kindly whether something keeps them."""
    entries = PointsEntry.objects.filter(account=OuterRef("pk"))
    found = PointsAccount.objects.filter(
        ~Exists(entries.filter(amount__lt=0, transfer__kind__in=(TransferKind.SPEND, TransferKind.GIFT))),
        kind=PointsAccount.Kind.PERSON,
        balance__gte=F("pending") + at_least,
        person__merged_into__isnull=True,
        person__erased_at__isnull=True,
    ).select_related("person")
    if since is not None:
        found = found.filter(Exists(entries.filter(amount__gt=0, transfer__made_at__lt=clock.day_bounds(since)[0])))
    if people is not None:
        found = found.filter(person__in=list(people))
    return found.order_by("-balance", "id")


def refunded(transfer: PointsTransfer) -> int:
    return PointsEntry.objects.filter(transfer__refund_of=transfer, amount__gt=0).aggregate(total=Sum("amount"))["total"] or 0


def are_family(one: Person, other: Person) -> bool:
    """Both have said so."""
    return family_of(one).filter(Q(person=other) | Q(relative=other), state=FamilyTie.State.CONFIRMED).exists()


def given_this_month(source: PointsAccount) -> int:
    """Points given to family since the first of the month, those on their way too."""
    start = clock.day_bounds(clock.today().replace(day=1))[0]
    moved = PointsEntry.objects.filter(account=source, amount__lt=0, transfer__kind=TransferKind.GIFT, transfer__made_at__gte=start)
    moved = moved.filter(transfer__entries__account__kind="person", transfer__entries__amount__gt=0)
    waiting = PointsReservation.objects.filter(source=source, kind=TransferKind.GIFT, state="pending", target__kind="person")
    return (waiting.aggregate(total=Sum("amount"))["total"] or 0) - (moved.aggregate(total=Sum("amount"))["total"] or 0)


def family_of(person: Person) -> QuerySet[FamilyTie]:
    """Ties that stand or were asked for, on either side, the newest first."""
    return (
        FamilyTie.objects.exclude(state=FamilyTie.State.ENDED)
        .filter(Q(person=person) | Q(relative=person))
        .select_related("person", "relative")
        .order_by("-asked_at", "-id")
    )
