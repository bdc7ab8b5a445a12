"""What somebody has been honoured with."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from liandong.accounts.models import Person
from liandong.core import ids
from liandong.core.text import fold
from liandong.honours import permissions
from liandong.honours.models import Honour, ThanksReceipt
from liandong.honours.queries.stars import StarRow, grants_of

VALID = Honour.State.VALID


def honours_of(person: Person) -> QuerySet[Honour]:
    """The person's own honours, also the withdrawn ones, newest first."""
    return Honour.objects.filter(person=person).select_related("issuer", "award").order_by("-granted_on", "-id")


def register(person: Person, *, words: str = "", state: str = "") -> QuerySet[Honour]:
    """All honours the person sees, newest first; `state` also "asked": somebody asks to withdraw it."""
    rows = permissions.honours_visible_to(person).select_related("person", "team", "organization", "issuer", "award")
    if words := fold(words):
        named = Q(person__name__contains=words) | Q(team__name__icontains=words) | Q(organization__name__icontains=words)
        rows = rows.filter(Q(title__icontains=words) | Q(code__iexact=words) | named)
    if state in Honour.State.values:
        rows = rows.filter(state=state)
    elif state == "asked":
        rows = rows.filter(state=VALID, asked_at__isnull=False)
    return rows.order_by("-granted_on", "-id")


def honour_by_code(code: str) -> Honour | None:
    code = ids.clean_code(code)[:14]
    return Honour.objects.filter(code=code).select_related("person", "team", "organization", "issuer", "award").first() if code else None


@dataclass(frozen=True)
class Earned:
    """What a desk shows of a volunteer: the highest star that stands, honours, how many thanks."""

    star: StarRow | None
    honours: list[Honour]
    thanks: int


def earned_by(person: Person) -> Earned:
    """Three queries."""
    stars = [row for row in grants_of(person) if row.stands]
    rows: Any = honours_of(person).filter(state=VALID)[:5]
    thanks = ThanksReceipt.objects.filter(person=person, state=ThanksReceipt.State.SHOWN).count()
    return Earned(stars[0] if stars else None, list(rows), thanks)
