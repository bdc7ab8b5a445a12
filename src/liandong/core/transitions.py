"""State tables: from -> allowed. A model carries one as `TRANSITIONS`; verbs ask it before they write."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from liandong.core.errors import Refused


def require_transition(table: Mapping[str, tuple[str, ...]], old: str, new: str) -> None:
    """Refuse a step that the table does not hold. An unknown state is a fault, not a refusal."""
    if new not in table[old]:
        raise Refused(_("This step is not possible now: the state has already changed. Reload the page to see the current state."))
