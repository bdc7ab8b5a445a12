"""Everything written about rosters. Locks are taken in one order: the roster, then what `activities` locks."""

from liandong.matching.services.answering import accept_line, accept_substitutes, decline_line, note_cancelled, propose_substitutes
from liandong.matching.services.placing import lock_line, place, say_times, take_off, unlock_line
from liandong.matching.services.planning import add_candidates, copy_roster, make_roster, next_name
from liandong.matching.services.publishing import publish_roster, withdraw_roster
from liandong.matching.services.solving import solve_now, solve_roster, stop_solving, work_on_roster

__all__ = [
    "accept_line",
    "accept_substitutes",
    "add_candidates",
    "copy_roster",
    "decline_line",
    "lock_line",
    "make_roster",
    "next_name",
    "note_cancelled",
    "place",
    "propose_substitutes",
    "publish_roster",
    "say_times",
    "solve_now",
    "solve_roster",
    "stop_solving",
    "take_off",
    "unlock_line",
    "withdraw_roster",
    "work_on_roster",
]
