"""One full value of a person on a page: named in the session, read for half a minute."""

import datetime as dt

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.organizations.queries import REVEALABLE, full_value

KEY = "shown"
HALF_A_MINUTE = dt.timedelta(seconds=30)


def remember(request: HttpRequest, person: Person, *, field: str) -> None:
    """After `reveal` allowed it: which value may be read, and until when. The value itself is never kept in the session."""
    request.session[KEY] = {"number": person.number, "field": field, "until": (clock.now() + HALF_A_MINUTE).isoformat()}


def shown(request: HttpRequest, person: Person, *, allowed: bool) -> dict[str, str]:
    """Label and value of what was asked for less than half a minute ago, if the right is still there; else nothing."""
    asked = request.session.get(KEY, {})
    if not allowed or asked.get("number") != person.number or clock.now() > dt.datetime.fromisoformat(asked["until"]):
        return {}
    return {"label": str(REVEALABLE[asked["field"]]), "value": full_value(person, asked["field"]) or _("None")}
