"""Pages about overlaps."""

from liandong.overlap.views.alarms import ask_hub, decide, index, look
from liandong.overlap.views.hosting import agree, call_off_twin, decline, hosting, hostings, propose, withdraw
from liandong.overlap.views.people import delete_people, people

__all__ = [
    "agree",
    "ask_hub",
    "call_off_twin",
    "decide",
    "decline",
    "delete_people",
    "hosting",
    "hostings",
    "index",
    "look",
    "people",
    "propose",
    "withdraw",
]
