"""Everything written about overlaps."""

from liandong.overlap.services.deciding import ask_hub, decide
from liandong.overlap.services.hosting import agree, call_off_twin, decline, propose_co_hosting, withdraw
from liandong.overlap.services.lists import delete_list, forget_expired, keep_list

__all__ = [
    "agree",
    "ask_hub",
    "call_off_twin",
    "decide",
    "decline",
    "delete_list",
    "forget_expired",
    "keep_list",
    "propose_co_hosting",
    "withdraw",
]
