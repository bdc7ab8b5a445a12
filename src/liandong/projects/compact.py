"""The compact as people read it: who brings what, and what is still missing, by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liandong.projects.models import Pledge, Project
from liandong.projects.queries import STANDING, missing_to_start

ICONS = {"place": "home", "plan": "clipboard-text", "hours": "users", "money": "coin", "goods": "gift"}
TONES = {"proposed": "warn", "agreed": "primary", "declined": "danger", "kept": "success", "broken": "danger"}


@dataclass(frozen=True)
class Missing:
    """A piece without which the project cannot start, and where it hangs."""

    kind: Any
    words: str


def hosts_of(pledges: Iterable[Pledge]) -> list[tuple[str, str, str]]:
    """(body, what it brings, icon), one line a body, promises that stand."""
    rows: dict[int, list[Pledge]] = {}
    for pledge in pledges:
        if pledge.state in STANDING:
            rows.setdefault(pledge.organization_id, []).append(pledge)
    return [(group[0].organization.name, _(", ").join(pledge.words for pledge in group), ICONS[group[0].kind]) for group in rows.values()]


def missing_of(project: Project) -> list[Missing]:
    """The missing pieces of a project that has not started."""
    if project.state not in (Project.State.DRAFT, Project.State.PROPOSED):
        return []
    missing = []
    for kind in missing_to_start(project):
        asked = [pledge for pledge in project.pledges.all() if pledge.kind == kind]
        waiting = [pledge.organization.label for pledge in asked if pledge.state == Pledge.State.PROPOSED]
        declined = [pledge.organization.label for pledge in asked if pledge.state == Pledge.State.DECLINED]
        if waiting:
            words = _("%(names)s has not answered yet") % {"names": _(", ").join(waiting)}
        elif declined:
            words = _("%(names)s declined, ask somebody else") % {"names": _(", ").join(declined)}
        else:
            words = _("nobody has been asked")
        missing.append(Missing(kind.label, words))
    return missing
