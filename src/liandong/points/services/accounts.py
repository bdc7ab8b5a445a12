"""Accounts: found, opened, locked."""

from collections.abc import Iterable

from liandong.accounts.models import Person
from liandong.organizations.models import Organization
from liandong.points.models import PointsAccount

Kind = PointsAccount.Kind


def lock_accounts(ids: Iterable[int]) -> dict[int, PointsAccount]:
    """The accounts by id, locked in the order of their ids, so that two transfers never wait for each other."""
    rows = PointsAccount.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {account.pk: account for account in rows}


def stands_for(account_id: int) -> int:
    """The account itself; of an entry that was joined to another, that of the other, so that nothing comes to an account nobody looks at."""
    into = PointsAccount.objects.filter(pk=account_id).values_list("person__merged_into", flat=True).first()
    return PointsAccount.objects.get_or_create(person_id=into, defaults={"kind": Kind.PERSON})[0].pk if into else account_id


def account_of(person: Person) -> PointsAccount:
    """The person's account, opened when there is none."""
    return PointsAccount.objects.get_or_create(person=person, defaults={"kind": Kind.PERSON})[0]


def issue_account(organization: Organization | None = None) -> PointsAccount:
    """The account that points for service come from, of a body or of the hub; its balance is minus what was issued and did not come back."""
    return _of_body(Kind.ISSUE, organization, floor=None)


def pool_of(organization: Organization | None) -> PointsAccount:
    """The caring pool of a body (None: of the hub): what people gave and what expired, to be given to those in need."""
    return _of_body(Kind.POOL, organization, floor=0)


def till_of(organization: Organization | None) -> PointsAccount:
    """What a body took in for rewards, until it is settled with those who issued it."""
    return _of_body(Kind.TILL, organization, floor=None)


def written_off_of(organization: Organization | None) -> PointsAccount:
    """Points a body recorded wrongly and people had spent in good faith; its balance is minus their sum."""
    return _of_body(Kind.WRITTEN_OFF, organization, floor=None)


def _of_body(kind: str, organization: Organization | None, *, floor: int | None) -> PointsAccount:
    return PointsAccount.objects.get_or_create(kind=kind, organization=organization, defaults={"floor": floor})[0]
