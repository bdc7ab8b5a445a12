"""May it be done? One answer type for every `can_*`, used by verbs and templates alike."""

from dataclasses import dataclass
from typing import Any

from liandong.core.errors import Denied


@dataclass(frozen=True)
class Decision:
    """True or not, with the reason, and who could grant what is missing."""

    allowed: bool
    reason: Any = ""
    who_can: Any = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


def deny(reason: Any, *, who_can: Any = "") -> Decision:
    return Decision(False, reason, who_can)


def require(decision: Decision) -> None:
    """Raise Denied unless the decision allows."""
    if not decision:
        raise Denied(decision.reason, who_can=decision.who_can)
