"""What the verbs of rosters share: the lock, the version, the figures after a change."""

from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused
from liandong.matching import permissions
from liandong.matching.models import Roster, RosterLine
from liandong.matching.problems.rosters import Frame, frame_of, slot

Actor = Person | System
PLANNER = System("roster")
FIGURES = ["required", "covered", "wishes", "wishes_met", "spread_minutes", "changes", "unmet"]


def lock_roster(roster: Roster, *, version: int | None = None, by: Actor) -> Roster:
    """The row under lock, for those who plan. `version`: what the planner looked at; somebody else's change since then is a conflict."""
    row = (
        Roster.objects.select_for_update(of=("self",))
        .select_related("activity__host__territory", "activity__territory", "activity__venue", "activity__leader")
        .get(pk=roster.pk)
    )
    require(permissions.can_plan(by, row.activity))
    if version is not None and version != row.version:
        raise Conflict(_("Somebody changed this roster in the meantime."), mine=str(version), theirs=str(row.version), when=row.saved_at)
    return row


def require_open(row: Roster) -> None:
    if row.state == Roster.State.SOLVING:
        raise Refused(_("This roster is being calculated. Stop the calculation or wait."))
    if not row.is_open:
        raise Refused(_("This roster has been withdrawn."))


def save_figures(row: Roster, *fields: str, by_hand: bool = False) -> Frame:
    """After any change of lines: count again, say again what is missing, one version further. A change by hand makes the last proof void."""
    if by_hand:
        row.tiers, row.helps, row.is_proven = [], [], False
        fields = (*fields, "tiers", "helps", "is_proven")
    frame = frame_of(row)
    base = None
    if row.copied_from_id:
        base = [slot(line) for line in RosterLine.objects.filter(roster=row.copied_from_id).exclude(answer=RosterLine.Answer.DECLINED)]
    for name, value in frame.figures(base=base).items():
        setattr(row, name, value)
    row.saved_at, row.version = clock.now(), row.version + 1
    row.save(update_fields=[*FIGURES, "saved_at", "version", *fields])
    return frame
