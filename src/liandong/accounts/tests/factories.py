"""People for tests."""

import itertools
from typing import Any

from liandong.accounts.models import Account, Person

_next = itertools.count(1)


def person(*, name: str = "李晓雯", **values: Any) -> Person:
    made = Person(name=name, **values)
    made.save()
    return made


def account(
    *, person_: Person | None = None, phone: str | None = None, username: str | None = None, password: str | None = None, **values: Any
) -> Account:
    """Somebody who can sign in."""
    phone = phone or f"139{next(_next):08}"
    who = person_ or person(phone=phone, **values)
    return Account.objects.create_account(person=who, phone=phone, username=username, password=password)
