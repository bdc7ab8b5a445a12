"""The books: sums by kind of account, caring pools, months that were settled."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum

from liandong.accounts.models import Person
from liandong.organizations.models import Organization
from liandong.points import permissions
from liandong.points.models import ClearingLine, ClearingRun, PointsAccount, PointsEntry, PointsReservation, PoolGrant
from liandong.points.permissions import Actor
from liandong.points.queries.rules import home_of

MOST_POOLS = 8


@dataclass(frozen=True)
class KindSum:
    kind: str
    balance: int
    pending: int
    count: int


def kinds_of(accounts: QuerySet[PointsAccount]) -> dict[str, KindSum]:
    """Kind -> what lies on its accounts, what of it is kept back, how many accounts."""
    rows = accounts.order_by().values("kind").annotate(total=Sum("balance"), held=Sum("pending"), n=Count("pk"))
    found = {row["kind"]: KindSum(row["kind"], row["total"], row["held"], row["n"]) for row in rows}
    return {kind: found.get(kind, KindSum(kind, 0, 0, 0)) for kind in PointsAccount.Kind.values}


def pools_near(person: Person) -> list[Organization]:
    """Bodies whose caring pool somebody may give to: their own community first, then the communities of the same street."""
    home = home_of(person)
    found = Organization.objects.filter(kind=Organization.Kind.COMMUNITY, state=Organization.State.ACTIVE).order_by("pinyin", "id")
    if home is None:
        return list(found[:MOST_POOLS])
    street = "/".join(home.territory.path.split("/")[:-2]) + "/" if home.territory.level == "community" else home.territory.path
    near = list(found.filter(territory__path__startswith=street).exclude(pk=home.pk)[: MOST_POOLS - 1])
    return [home, *near] if home.kind == Organization.Kind.COMMUNITY else near


def grants_of(organization: Organization) -> QuerySet[PoolGrant]:
    return (
        PoolGrant.objects.filter(organization=organization)
        .select_related("reservation", "person", "proposed_by", "approved_by", "organization__territory")
        .order_by("-id")
    )


def grants_waiting(by: Actor) -> QuerySet[PoolGrant]:
    """Grants of the reader's bodies that wait for a second person, other than those they proposed themselves."""
    found = PoolGrant.objects.filter(organization__in=permissions.pools_with(by), reservation__state=PointsReservation.State.PENDING)
    return found.exclude(proposed_by=by) if isinstance(by, Person) else found


def transfers_in_order() -> Iterator[list[tuple[int, int]]]:
    """All transfers in the order they were written, each as (account, amount)."""
    unfinished: dict[uuid.UUID, list[tuple[int, int]]] = defaultdict(list)  # two written at the same moment may stand in each other's way
    for transfer, account, amount in (
        PointsEntry.objects.order_by("id").values_list("transfer_id", "account_id", "amount").iterator(chunk_size=20_000)
    ):
        unfinished[transfer].append((account, amount))
        if not sum(amount for _account, amount in unfinished[transfer]):
            yield unfinished.pop(transfer)


def runs() -> QuerySet[ClearingRun]:
    return ClearingRun.objects.order_by("-month_on")


def lines_of_run(run: ClearingRun) -> QuerySet[ClearingLine]:
    return ClearingLine.objects.filter(run=run).select_related("debtor", "creditor__territory").order_by("due_on", F("amount").desc(), "id")
