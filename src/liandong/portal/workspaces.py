"""Where a person works: the hub of a territory, and every body they hold a role in."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.organizations.models import Organization, Right, Territory
from liandong.organizations.permissions import RIGHTS_OF, grants_of

HUB = "hub"
SESSION_KEY = "workspace"


@dataclass(frozen=True)
class Workspace:
    """The hub (`organization` is None) or one body."""

    key: str
    label: str
    note: Any
    href: str
    territory: Territory
    organization: Organization | None = None


def address(name: str, *arguments: Any, query: str = "") -> str:
    """The address of a page, or "" where that page does not exist."""
    try:
        return reverse(name, args=arguments) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""


def workspaces_of(person: Person | None) -> list[Workspace]:
    """The hub first, widest territory first, then the bodies by name. A body on whose ground the person works is opened from the list of organisations instead."""
    grants = [grant for grant in grants_of(person) if Right.SEE_WORK in RIGHTS_OF[grant.role]]
    grounds = sorted((grant.territory for grant in grants if grant.territory is not None), key=lambda territory: len(territory.path))
    bodies = {grant.organization_id: grant.organization for grant in grants if grant.organization is not None}
    found = []
    if grounds:
        found.append(
            Workspace(HUB, _("%(territory)s hub") % {"territory": grounds[0].name}, _("Mobilisation centre"), address("portal:hub"), grounds[0])
        )
    for body in sorted((body for body in bodies.values() if body is not None), key=lambda body: body.pinyin):
        found.append(Workspace(body.slug, body.label, body.get_kind_display(), address("portal:workbench", body.slug), body.territory, body))
    return found


def current_of(spaces: list[Workspace], chosen: str) -> Workspace | None:
    """The one chosen last, else the first."""
    return next((space for space in spaces if space.key == chosen), spaces[0] if spaces else None)
