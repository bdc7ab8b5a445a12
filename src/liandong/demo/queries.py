"""The people through whose eyes the demo town can be seen."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Account, Person

PREFIX = "demo."
ROLES: dict[str, tuple[Any, Any]] = {
    "resident": (_("Resident"), _("Asked for a repair: see what became of it.")),
    "volunteer": (_("Volunteer and employee"), _("Has an activity today, hours, points and a need of her own.")),
    "leader": (_("Activity leader"), _("Leads today's activity and checks people in.")),
    "community": (_("Community worker"), _("Registers needs, lends the room, confirms hours.")),
    "enterprise": (_("Enterprise HR"), _("Sees what the staff gave and what the firm promised.")),
    "agency": (_("Social work agency"), _("Turns needs into projects and activities.")),
    "hub": (_("Hub manager"), _("Sees the whole street and what needs a hand.")),
}


@dataclass(frozen=True)
class Persona:
    """Somebody of the demo town whom a visitor may become."""

    key: str
    name: str
    role: Any
    blurb: Any
    person: Person
    account: Account


def personas() -> list[Persona]:
    """All personas in the order of the loop; empty outside the demo."""
    if not settings.DEMO:
        return []
    accounts = {a.username: a for a in Account.objects.filter(username__startswith=PREFIX, is_active=True).select_related("person")}
    return [
        Persona(key, accounts[PREFIX + key].person.name, role, blurb, accounts[PREFIX + key].person, accounts[PREFIX + key])
        for key, (role, blurb) in ROLES.items()
        if PREFIX + key in accounts
    ]
