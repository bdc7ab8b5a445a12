"""Messages for tests."""

import itertools
from typing import Any

from liandong.accounts.models import Person
from liandong.accounts.tests import factories as people
from liandong.notices import services
from liandong.notices.models import Notice

_next = itertools.count(1)


def notice(*, person: Person | None = None, kind: str = "account.password_set", **values: Any) -> Notice:
    made = services.notify(person or people.person(), kind=kind, once_key=f"test:{next(_next)}", **values)
    assert made is not None
    return made
