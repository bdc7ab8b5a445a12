"""Everything written about rosters. Locks are taken in one order: the roster, then what `activities` locks."""

from liandong.matching.services.answering import accept_line, accept_substitutes, decline_line, note_cancelled, propose_substitutes
from liandong.matching.services.drawing import announce_draw, close_draw, hold_draw, keep_before_start, plan_draw
from liandong.matching.services.inviting import Invited, decline_invitation, invite
from liandong.matching.services.packages import (
    answer_now,
    answer_together,
    ask_for_piece,
    make_project_of,
    match_needs,
    match_now,
    stop_matching,
    work_on_run,
)
from liandong.matching.services.placing import lock_line, move_line, place, say_times, take_off, unlock_line
from liandong.matching.services.planning import add_candidates, copy_roster, make_roster, next_name
from liandong.matching.services.publishing import publish_roster, withdraw_roster
from liandong.matching.services.resources import edit_resource, make_resource, set_resource_state
from liandong.matching.services.solving import solve_now, solve_roster, stop_solving, work_on_roster
from liandong.matching.services.suggesting import choose_profile, choose_quiet, refuse_suggestion, take_back_refusal

__all__ = [
    "Invited",
    "accept_line",
    "accept_substitutes",
    "add_candidates",
    "announce_draw",
    "answer_now",
    "answer_together",
    "ask_for_piece",
    "choose_profile",
    "choose_quiet",
    "close_draw",
    "copy_roster",
    "decline_invitation",
    "decline_line",
    "edit_resource",
    "hold_draw",
    "invite",
    "keep_before_start",
    "lock_line",
    "make_project_of",
    "make_resource",
    "make_roster",
    "match_needs",
    "match_now",
    "move_line",
    "next_name",
    "note_cancelled",
    "place",
    "plan_draw",
    "propose_substitutes",
    "publish_roster",
    "refuse_suggestion",
    "say_times",
    "set_resource_state",
    "solve_now",
    "solve_roster",
    "stop_matching",
    "stop_solving",
    "take_back_refusal",
    "take_off",
    "unlock_line",
    "withdraw_roster",
    "work_on_roster",
    "work_on_run",
]
