"""Pages of rosters: the board and its cells for those who plan, one page for those who are asked."""

from liandong.matching.views.answers import accept, answer, decline
from liandong.matching.views.board import copy, publish, roster, solve, stop, substitute, withdraw
from liandong.matching.views.cells import cell, lock, take_off, times
from liandong.matching.views.plans import new, people, rosters

__all__ = [
    "accept", "answer", "cell", "copy", "decline", "lock", "new", "people", "publish", "roster", "rosters", "solve", "stop", "substitute", "take_off", "times",
    "withdraw",
]  # fmt: skip
