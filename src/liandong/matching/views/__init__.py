"""Pages of rosters: the board and its cells for those who plan, one page for those who are asked."""

from liandong.matching.views.answers import accept, answer, decline
from liandong.matching.views.board import copy, publish, roster, solve, stop, substitute, withdraw
from liandong.matching.views.cells import cell, lock, move, take_off, times
from liandong.matching.views.draws import draw, draw_file, draw_list, draws, run_draw
from liandong.matching.views.finding import find_people
from liandong.matching.views.packages import ask_piece, make_project, match, need_packages, packages, stop_match
from liandong.matching.views.plans import new, people, rosters
from liandong.matching.views.resources import edit_resource, new_resource, resource, resource_state, resources
from liandong.matching.views.suggestions import choose, decline_invitation, for_me, invitation, refuse, refused, take_back

__all__ = [
    "accept",
    "answer",
    "ask_piece",
    "cell",
    "choose",
    "copy",
    "decline",
    "decline_invitation",
    "draw",
    "draw_file",
    "draw_list",
    "draws",
    "edit_resource",
    "find_people",
    "for_me",
    "invitation",
    "lock",
    "make_project",
    "match",
    "move",
    "need_packages",
    "new",
    "new_resource",
    "packages",
    "people",
    "publish",
    "refuse",
    "refused",
    "resource",
    "resource_state",
    "resources",
    "roster",
    "rosters",
    "run_draw",
    "solve",
    "stop",
    "stop_match",
    "substitute",
    "take_back",
    "take_off",
    "times",
    "withdraw",
]  # fmt: skip
